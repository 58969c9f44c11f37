-- SPDX-License-Identifier: MIT
-- 6.1.1.5: a PUBLISH that is refused starts nothing, even where settings are stored that would ask for a push.

clause { "6.1.1.5", "IM service setting procedure", actor = "server" }

-- Settings are stored and on, a message waits, the user is back: only a good PUBLISH is missing.
local function refused(name, title, covers, bad)
  play { name, title,
    function(t)
      local alice = t:user()
      alice:register {}
      alice:publish { active = true }
      t:sleep(t.answer_ms) -- who looks for messages a moment after the 200 has looked by then
      alice:deregister {}
      alice:deposit {}
      alice:register {}
      alice:publish(bad(t))
      t:quiet()
    end,
    covers = covers, control = "stored-on",
  }
end

refused("refused-tag-meets-stored-on", "no feature tag, the stored settings being on", { "6.1.1.5-1" },
  function() return { active = true, accept_contact = false } end)
refused("refused-event-meets-stored-on", "another event, the stored settings being on", { "6.1.1.5-2" },
  function() return { active = true, event = "presence" } end)
refused("refused-originator-meets-stored-on", "another originator, the stored settings being on", { "6.1.1.5-3" },
  function(t) return { active = true, asserted = { t:user().address } } end)
refused("refused-body-meets-stored-on", "broken XML, the stored settings being on", { "6.1.1.5-4" },
  function() return { body = "<poc-settings>" } end)
refused("refused-entity-tag-meets-stored-on", "an entity tag that was never given, the stored settings being on", { "6.1.1.5-4" },
  function() return { body = false, if_match = "never-given" } end)

play { "removed-meets-waiting", "settings are removed while a message waits",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register {}
    alice:publish { active = false }
    alice:remove {}
    t:quiet()
  end,
  covers = { "12.2.2.2-1" }, control = "push-after-publish",
}
