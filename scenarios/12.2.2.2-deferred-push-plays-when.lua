-- SPDX-License-Identifier: MIT
-- 12.2.2.2: when there is a push, and when there is none.

clause { "12.2.2.2", "Delivering of offline Messages", actor = "server" }

-- A message waits, the user registers so, publishes that he wants it, and gets it.
local function delivers(registered)
  return function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register(registered)
    alice:publish { active = true }
    alice:await_push {}
    alice:await_end {}
    t:quiet()
  end
end

-- The good case that the silences here are measured by.
play { "push-after-publish", "a message waits, the user registers and publishes active=\"true\"",
  delivers {},
  covers = { "12.2.2.2-trigger" },
}

play { "push-after-answer", "the same, and the push comes after the answer to the PUBLISH",
  delivers {},
  covers = { "6.1.1.5-7" },
}

play { "push-invite", "what the INVITE of the push carries",
  delivers {},
  covers = { "12.2.2.2-2", "12.2.2.2-2a", "12.2.2.2-2b", "12.2.2.2-2c", "12.2.2.2-2d", "12.2.2.2-2e",
    "12.2.2.2-2f", "12.2.2.2-2g", "12.2.2.2-2h", "12.2.2.2-2i" },
}

play { "push-several-messages", "three messages wait: one push",
  function(t)
    local alice = t:user()
    for i = 1, 3 do
      alice:deposit { text = "Message " .. i .. " of 3." }
    end
    alice:register {}
    alice:publish { active = true }
    alice:await_push {}
    alice:await_end {}
    t:quiet()
  end,
  covers = { "12.2.2.2-trigger", "12.2.2.2-2i" },
}

play { "push-each-registration", "a push after the first PUBLISH of each registration",
  function(t)
    local alice = t:user()
    for _ = 1, 2 do
      alice:deposit {}
      alice:register {}
      alice:publish { active = true }
      alice:await_push {}
      alice:await_end {}
      t:quiet()
      alice:deregister {}
    end
  end,
  covers = { "12.2.2.2-trigger" },
}

play { "push-to-registered-with-tag", "the same where the core shows the client's REGISTER",
  delivers { with = "multipart" },
  covers = { "12.2.2.2-trigger" },
}

play { "push-after-refusal", "a PUBLISH that is refused, and then a good one",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register {}
    alice:publish { active = true, accept_contact = false }
    alice:publish { active = true }
    alice:await_push {}
    alice:await_end {}
    t:quiet()
  end,
  covers = { "12.2.2.2-trigger" },
}

local function silent(name, title, body, covers)
  play { name, title,
    function(t)
      body(t, t:user())
      t:quiet()
    end,
    covers = covers or { "12.2.2.2-1" }, control = "push-after-publish",
  }
end

silent("no-push-inactive", "offline delivery is not active", function(t, alice)
  alice:deposit {}
  alice:register {}
  alice:publish { active = false }
end)

silent("no-push-absent", "the settings do not hold offline delivery", function(t, alice)
  alice:deposit {}
  alice:register {}
  alice:publish { active = "absent" }
end)

silent("no-push-zero", "offline delivery is not active, in the other spelling of false", function(t, alice)
  alice:deposit {}
  alice:register {}
  alice:publish { active = "0" }
end)

silent("no-push-empty", "no message waits", function(t, alice)
  alice:register {}
  alice:publish { active = true }
end)

silent("no-push-refresh-empty", "no message waits, and the publication is refreshed", function(t, alice)
  alice:register {}
  alice:publish { active = true }
  alice:refresh {}
end)

silent("no-push-delivered", "everything was delivered, and the publication is refreshed", function(t, alice)
  alice:deposit {}
  alice:register {}
  alice:publish { active = true }
  alice:await_push {}
  alice:await_end {}
  t:sleep(2500) -- whoever lets a session end with something left may push that now
  if alice.messages > 0 then
    alice:refresh {}
  end
end)

silent("no-push-unregistered", "a PUBLISH of a user who never registered", function(t, alice)
  alice:deposit {}
  alice:register {}
  alice:deregister {}
  alice:publish { active = true }
end, { "12.2.2.2-trigger" })

silent("no-push-after-deregistration", "settings are stored, the registration is over", function(t, alice)
  alice:register {}
  alice:publish { active = true }
  t:sleep(t.answer_ms) -- who looks for messages a moment after the 200 has looked by then
  alice:deregister {}
  alice:deposit {}
  alice:refresh {}
end, { "12.2.2.2-trigger" })

play { "push-active-1", "offline delivery is active, in the other spelling of true",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register {}
    alice:publish { active = "1" }
    alice:await_push {}
    alice:await_end {}
    t:quiet()
  end,
  covers = { "12.2.2.2-trigger" },
}

play { "push-to-one-of-two", "two users have messages, one of them publishes",
  function(t)
    local alice, bob = t:user(), t:user()
    alice:deposit {}
    bob:deposit {}
    alice:register {}
    bob:register {}
    alice:publish { active = true }
    alice:await_push {}
    alice:await_end {}
    t:quiet()
  end,
  covers = { "12.2.2.2-trigger", "12.2.2.2-2i" },
}

play { "push-to-both", "two users have messages, and both publish",
  function(t)
    local alice, bob = t:user(), t:user()
    alice:deposit {}
    bob:deposit {}
    alice:register {}
    bob:register {}
    alice:publish { active = true }
    bob:publish { active = true }
    alice:await_push {}
    bob:await_push {}
    alice:await_end {}
    bob:await_end {}
    t:quiet()
  end,
  covers = { "12.2.2.2-trigger", "12.2.2.2-2a" },
}

play { "push-to-the-other-one", "one of two users with messages switched it off",
  function(t)
    local alice, bob = t:user(), t:user()
    alice:deposit {}
    bob:deposit {}
    alice:register {}
    bob:register {}
    alice:publish { active = false }
    bob:publish { active = true }
    bob:await_push {}
    bob:await_end {}
    t:quiet()
  end,
  covers = { "12.2.2.2-1", "12.2.2.2-2i" }, control = "push-after-publish",
}

play { "push-to-nobody-else", "one of two users with messages was never heard of",
  function(t)
    local alice, bob = t:user(), t:user()
    alice:deposit {}
    bob:deposit {}
    alice:register {}
    alice:publish { active = true }
    alice:await_push {}
    alice:await_end {}
    t:quiet()
  end,
  covers = { "12.2.2.2-2i" },
}

play { "push-refused-and-watched", "a push is refused, and the server is watched for longer",
  function(t)
    local alice = t:user()
    alice:answers { { 486 } }
    alice:deposit {}
    alice:register {}
    alice:publish { active = true }
    alice:await_push {}
    alice:await_end {}
    t:sleep(4000)
    t:quiet()
  end,
  covers = { "12.2.2.2-2", "12.2.2.2-2i" },
}
