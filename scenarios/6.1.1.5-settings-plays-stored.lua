-- SPDX-License-Identifier: MIT
-- 6.1.1.5 step 5: what is stored, shown by what a later publication without a body makes the server do.

clause { "6.1.1.5", "IM service setting procedure", actor = "server" }

-- Publishes, changes it perhaps, goes away, gets a message, comes back and only refreshes.
local function comes_back(publish, change, pushed)
  return function(t)
    local alice = t:user()
    alice:register {}
    alice:publish(publish)
    if change then
      change(alice)
    end
    t:sleep(t.answer_ms) -- who looks for messages a moment after the 200 has looked by then
    alice:deregister {}
    alice:deposit {}
    alice:register {}
    alice:refresh {}
    if pushed then
      alice:await_push {}
      alice:await_end {}
      t:sleep(2500) -- as long as a push that is owed would be waited for
    end
    t:quiet()
  end
end

local function nothing() end

play { "stored-on", "settings that are on serve the next registration",
  comes_back({ active = true }, nothing, true),
  covers = { "6.1.1.5-5" },
}

play { "stored-off", "settings that are off hold the push back in the next registration",
  comes_back({ active = false }),
  covers = { "6.1.1.5-5" }, control = "stored-on",
}

play { "stored-refreshed", "settings survive refreshes",
  comes_back({ active = true }, function(alice)
    alice:refresh {}
    alice:refresh {}
  end, true),
  covers = { "6.1.1.5-5" },
}

play { "stored-modified-on", "settings changed from off to on serve the next registration",
  comes_back({ active = false }, function(alice) alice:modify { active = true } end, true),
  covers = { "6.1.1.5-5" },
}

play { "stored-modified-off", "settings changed from on to off hold the push back",
  comes_back({ active = true }, function(alice) alice:modify { active = false } end),
  covers = { "6.1.1.5-5" }, control = "stored-on",
}

play { "stored-modified-absent", "settings changed to a document without the element hold the push back",
  comes_back({ active = true }, function(alice) alice:modify { active = "absent" } end),
  covers = { "6.1.1.5-5" }, control = "stored-on",
}

play { "modified-to-on", "off, then on, while the message waits",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register {}
    alice:publish { active = false }
    t:quiet()
    alice:modify { active = true }
    alice:await_push {}
    alice:await_end {}
    t:sleep(2500)
    t:quiet()
  end,
  covers = { "6.1.1.5-5" },
}

-- An initial publication, for want of the entity tag: a client that has begun anew.
local function begins_anew(name, title, before, now)
  play { name, title,
    function(t)
      local alice = t:user()
      alice:register {}
      alice:publish { active = before }
      t:sleep(t.answer_ms)
      alice:deregister {}
      alice:deposit {}
      alice:register {}
      alice:publish { active = now }
      if now then
        alice:await_push {}
        alice:await_end {}
        t:sleep(2500)
      end
      t:quiet()
    end,
    covers = { now and "12.2.2.2-trigger" or "12.2.2.2-1" }, control = "push-after-publish",
  }
end

begins_anew("replaced-on", "settings published anew, off before and on now", false, true)
begins_anew("replaced-off", "settings published anew, on before and off now", true, false)

play { "removed", "removed settings can't be refreshed, and nothing is pushed for them",
  function(t)
    local alice = t:user()
    alice:register {}
    local last = alice:publish { active = true }
    alice:remove {}
    t:sleep(t.answer_ms)
    alice:deregister {}
    alice:deposit {}
    alice:register {}
    alice:refresh { if_match = last.etag or "none" }
    alice:refresh {}
    t:quiet()
  end,
  covers = { "6.1.1.5-5" }, control = "stored-on",
}

-- For servers that grant a time which a campaign can wait for.
play { "expired", "expired settings can't be refreshed, and nothing is pushed for them",
  function(t)
    local alice = t:user()
    alice:register {}
    local answer = alice:publish { active = true, expires = 2 }
    if not answer.expires or answer.expires > 60 then
      return
    end
    t:sleep(answer.expires * 1000 + 1500)
    alice:deregister {}
    alice:deposit {}
    alice:register {}
    alice:refresh {}
    t:quiet()
  end,
  covers = { "6.1.1.5-5" }, control = "stored-on",
}

-- The same servers: a refresh moves the end. It comes early enough, and what follows it late enough. When a server that
-- takes seconds for an answer has decided is not known: it is asked for so much longer a time that it does not matter.
play { "refreshed-in-time", "settings that were refreshed are there when they would have expired",
  function(t)
    local alice = t:user()
    alice:register {}
    local answer = alice:publish { active = false, expires = 4 }
    local least = 4 + 3 * ((answer.took + 500) // 1000)
    if answer.status == 423 and answer.min_expires and answer.min_expires > least then
      least = answer.min_expires
    end
    if least > 4 then
      answer = alice:publish { active = false, expires = least }
    end
    if not answer.expires or answer.expires < 4 or answer.expires > 60 then
      return
    end
    local early = 2000 + answer.took
    if early > answer.expires * 500 then
      early = answer.expires * 500
    end
    t:sleep(early)
    local rest = answer.expires * 1000 + 600 - early - alice:refresh { expires = answer.expires }.took
    if rest > 0 then
      t:sleep(rest)
    end
    alice:refresh { expires = answer.expires }
  end,
  covers = { "6.1.1.5-5" },
}
