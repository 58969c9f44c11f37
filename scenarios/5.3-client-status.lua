-- SPDX-License-Identifier: MIT
-- 5.3 Getting information on client status: what the IM Server makes of the core's third-party REGISTER.

clause { "5.3", "Getting Information on Client Status", actor = "server" }

step { "5.3-support",
  condition = "core",
  should = "support receiving third-party REGISTER requests from the SIP/IP core (TS 24.229)",
  reading = "2xx shows it; 405 and 501 say that it is not supported: a warning, no failure; other refusals tell nothing",
  live = "the core registers users with the server", capture = "as seen between core and server",
  on = third_party_register { answered(), any { answer { class(2) }, answer { status(405, 501) } } },
  expect = answer { no { status(405, 501) } },
  broken = { edit("answer", "status", 405) },
}

step { "5.3-response",
  condition = "core",
  shall = "answer a third-party REGISTER with 200 or an appropriate failure",
  reading = "a final answer of class 2, 4, 5 or 6 within Timer F; what can't be read (a broken Contact or Expires) may be dropped, RFC 3261 asks for no answer",
  live = "well-formed and malformed REGISTERs", capture = "as seen between core and server",
  on = third_party_register { any { readable(), answered() } },
  expect = answer { class(2, 4, 5, 6), in_time() },
  broken = { edit("answer", "status", 302) },
}

step { "5.3-expires",
  condition = "core",
  shall = "put into the 200 an Expires value equal to the one received",
  reading = "the Expires header of the answer; where it has none, the expires parameter of its Contact",
  live = "0, 1, 3600, 600000 and 2^32-1", capture = "as seen between core and server",
  on = third_party_register { number("Expires"), answered(), answer { status(200) } },
  expect = answer { expires_equal() },
  broken = { edit("answer", "header", "Expires", "7") },
}

step { "5.3-no-push",
  shall_not = "push deferred messages because of a REGISTER, first or refreshed",
  reading = "comments I185 and I186, the point of the change: a push follows a PUBLISH, never a REGISTER alone; what was stored while the user was away and comes by MESSAGE before the PUBLISH is pushed, too, other MESSAGEs are not",
  live = "REGISTERs of users who have deferred messages, then silence and a probe", capture = "where a push follows a REGISTER",
  rules = {
    rule { "silence after a REGISTER",
      on = third_party_register { answered(), answer { class(2) }, waiting(), watched() },
      expect = no_push(),
      broken = { edit("answer", "insert_push", 50) },
    },
    rule { "silence after a REGISTER of the client's own",
      on = register { at_server(), answered(), answer { class(2) }, waiting(), watched() },
      expect = no_push(),
      broken = { edit("answer", "insert_push", 50) },
    },
    rule { "nothing stored is handed out by MESSAGE",
      on = third_party_register { answered(), answer { class(2) }, waiting(), any { watched(), handout() } },
      expect = no_handout(),
      broken = { edit("answer", "insert_deposit", 50) },
    },
    rule { "nothing stored is handed out by MESSAGE, the client having registered by himself",
      on = register { at_server(), answered(), answer { class(2) }, waiting(), any { watched(), handout() } },
      expect = no_handout(),
      broken = { edit("answer", "insert_deposit", 50) },
    },
    rule { "a push has a PUBLISH before it",
      on = push { due() },
      expect = caused_by("publish"),
      broken = { edit("cause", "drop"), edit("cause_answer", "drop") },
    },
  },
}

-- plays

local function registers(options)
  return function(t)
    t:user():register(options)
  end
end

play { "register-initial", "the core registers a user with the server",
  registers {},
  covers = { "5.3-support", "5.3-response", "5.3-expires" },
}

play { "register-refresh", "a registration is refreshed with another time",
  function(t)
    local alice = t:user()
    alice:register { expires = 3600 }
    alice:register { expires = 1800 }
  end,
  covers = { "5.3-response", "5.3-expires" },
}

play { "register-deregister", "a registration comes to its end",
  function(t)
    local alice = t:user()
    alice:register {}
    alice:deregister {}
  end,
  covers = { "5.3-response", "5.3-expires" },
}

for _, seconds in ipairs { 0, 1, 600000, 4294967295 } do
  play { "register-expires-" .. seconds, "a REGISTER with Expires: " .. seconds,
    registers { expires = seconds },
    covers = { "5.3-expires" },
  }
end

play { "register-message-sip", "a REGISTER with the client's own REGISTER in it",
  registers { with = "message/sip" },
  covers = { "5.3-response", "5.3-expires" },
}

play { "register-service-info", "a REGISTER with service information in it",
  registers { with = "service-info" },
  covers = { "5.3-response", "5.3-expires" },
}

play { "register-multipart", "a REGISTER with service information and the client's REGISTER in it",
  registers { with = "multipart" },
  covers = { "5.3-response", "5.3-expires" },
}

play { "register-event", "a REGISTER with Event: registration, as some cores send it",
  registers { event = "registration" },
  covers = { "5.3-response", "5.3-expires" },
}

-- Whatever the server makes of these: it answers.
play { "register-expires-absent", "a REGISTER without Expires",
  registers { expires = false },
  covers = { "5.3-response" },
}

play { "register-expires-no-number", "a REGISTER whose Expires is no number",
  registers { expires = "soon" },
  covers = { "5.3-response" },
}

play { "register-expires-too-large", "a REGISTER whose Expires is over 2^32-1",
  registers { expires = "4294967296" },
  covers = { "5.3-response" },
}

play { "register-expires-twice", "a REGISTER with two Expires that differ",
  registers { expires = { "60", "3600" } },
  covers = { "5.3-response" },
}

play { "register-contact-broken", "a REGISTER whose Contact can't be read",
  registers { contact = "<sip:scscf@im.example;expires=" },
  covers = { "5.3-response" },
}

play { "no-push-on-register", "a first REGISTER of a user who has deferred messages",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register {}
    t:quiet()
  end,
  covers = { "5.3-no-push" }, control = "push-after-publish",
}

play { "no-push-on-register-with-tag", "the same, and the client's REGISTER in it shows the feature tag",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register { with = "message/sip" }
    t:quiet()
  end,
  covers = { "5.3-no-push" }, control = "push-after-publish",
}

play { "no-push-on-register-refresh", "a refreshed registration of a user who has deferred messages",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register {}
    alice:register {}
    t:quiet()
  end,
  covers = { "5.3-no-push" }, control = "push-after-publish",
}

-- The trap: everything is known from before, and still it is the PUBLISH that counts.
play { "no-push-on-register-with-settings", "a new REGISTER of a user whose settings are stored, and on, and its refresh",
  function(t)
    local alice = t:user()
    alice:register {}
    alice:publish { active = true }
    t:sleep(t.answer_ms) -- who looks for messages a moment after the 200 has looked by then
    alice:deregister {}
    alice:deposit {}
    alice:register {}
    t:quiet()
    alice:register {}
    t:quiet()
  end,
  covers = { "5.3-no-push" }, control = "push-after-publish",
}
