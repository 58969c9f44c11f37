-- SPDX-License-Identifier: MIT
-- 6.1.1.5 step 2: PUBLISHes for no event package, for others, and for poc-settings in every legal form.

clause { "6.1.1.5", "IM service setting procedure", actor = "server" }

local function publishes(options)
  return function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register {}
    alice:publish(options)
    t:quiet()
  end
end

local function refused(name, title, options)
  play { name, title, publishes(options), covers = { "6.1.1.5-2" }, control = "publish-accepted" }
end

local function accepted(name, title, options)
  play { name, title, publishes(options), covers = { "6.1.1.5-2", "6.1.1.5-6" } }
end

refused("event-absent", "no Event at all", { event = false })
refused("event-another", "the event package of presence", { event = "presence" })
refused("event-template", "a template on the right package", { event = "poc-settings.winfo" })
refused("event-upper-case", "the right word in other letter case", { event = "Poc-Settings" })
refused("event-longer", "a longer word that begins with the right one", { event = "poc-settings2" })
refused("event-in-parameter", "the right word as the parameter of another", { event = "presence;id=poc-settings" })

accepted("event-with-parameter", "the right word with a parameter", { event = "poc-settings;id=settings" })
accepted("event-compact", "the compact form of Event", { event = false, headers = { "o: poc-settings" } })
accepted("event-spaced", "blanks around, and the header's name in small letters", { event = false, headers = { "event \t:  poc-settings  " } })
accepted("event-folded", "the right word on a folded line", { event = false, headers = { "Event:\r\n poc-settings" } })

play { "event-another-stores-nothing", "a change from off to on for another package, then a refresh of what was before",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register {}
    alice:publish { active = false }
    alice:modify { active = true, event = "presence" }
    alice:refresh {}
    t:quiet()
  end,
  covers = { "6.1.1.5-2", "6.1.1.5-5" }, control = "push-after-publish",
}
