-- SPDX-License-Identifier: MIT
-- 6.1.1.5 step 3, and the order of the steps: who publishes for whom, and several faults at once.

clause { "6.1.1.5", "IM service setting procedure", actor = "server" }

-- A user with a message that waits, and another one who is known to the server, too.
local function two(t)
  local alice, bob = t:user(), t:user()
  alice:deposit {}
  alice:register {}
  bob:register {}
  return alice, bob
end

local function publishes(options)
  return function(t)
    local alice, bob = two(t)
    alice:publish(options(alice, bob))
    t:quiet()
  end
end

local function refused(name, title, options)
  play { name, title, publishes(options), covers = { "6.1.1.5-3" }, control = "publish-accepted" }
end

local function accepted(name, title, options)
  play { name, title, publishes(options), covers = { "6.1.1.5-3", "6.1.1.5-6" } }
end

refused("originator-another", "another user is asserted", function(alice, bob) return { asserted = bob.address } end)
refused("originator-none", "nobody is asserted", function() return { asserted = false } end)
refused("originator-preferred-only", "the user says who he is, and nobody asserts it", function(alice)
  return { asserted = false, headers = { "P-Preferred-Identity: <" .. alice.address .. ">" } }
end)
refused("originator-other-domain", "the user of that name in another domain is asserted", function(alice)
  return { asserted = "sip:" .. alice.name .. "@elsewhere.example" }
end)
refused("originator-another-twice", "two identities of another user are asserted", function(alice, bob)
  return { asserted = { bob.address, bob.tel } }
end)

accepted("originator-second", "the telephone number is asserted first, the address second", function(alice)
  return { asserted = { alice.tel or "tel:+8835100", alice.address } }
end)
accepted("originator-joined", "both are asserted on one line", function(alice)
  return { asserted = false, headers = { "P-Asserted-Identity: <" .. (alice.tel or "tel:+8835100") .. ">, \"A, B\" <" .. alice.address .. ">" } }
end)
accepted("originator-without-brackets", "the address is asserted without brackets", function(alice)
  return { asserted = false, headers = { "P-Asserted-Identity: " .. alice.address } }
end)
accepted("originator-from-anonymous", "From hides the user, the core asserts him", function(alice)
  return { from = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a1" }
end)

play { "originator-another-stores-nothing", "another user changes the settings from off to on, then a refresh",
  function(t)
    local alice, bob = two(t)
    alice:publish { active = false }
    alice:modify { active = true, asserted = bob.address }
    alice:refresh {}
    t:quiet()
  end,
  covers = { "6.1.1.5-3", "6.1.1.5-5" }, control = "push-after-publish",
}

-- Several faults at once: the first step's answer.
local tag = { accept_contact = false }
local event = { event = "presence" }
local originator = { asserted = "sip:somebody-else@im.example" }
local body = { body = "<poc-settings" }
local no_body = { body = false }
local entity_tag = { body = false, if_match = "never-given" }

local function joined(...)
  local all = {}
  for _, fault in ipairs { ... } do
    for name, value in pairs(fault) do
      all[name] = value
    end
  end
  return all
end

local function faults(name, title, covers, ...)
  local options = joined(...)
  play { name, title,
    function(t)
      local alice = two(t)
      alice:publish(options)
      t:quiet()
    end,
    covers = covers, control = "publish-accepted",
  }
end

faults("order-tag-event", "no tag, another event", { "6.1.1.5-order" }, tag, event)
faults("order-tag-originator", "no tag, nobody who may", { "6.1.1.5-order" }, tag, originator)
faults("order-event-originator", "another event, nobody who may", { "6.1.1.5-order" }, event, originator)
faults("order-all", "no tag, another event, nobody who may", { "6.1.1.5-order" }, tag, event, originator)
faults("order-tag-body", "no tag, and a body that is broken", { "6.1.1.5-1" }, tag, body)
faults("order-tag-no-body", "no tag, and no body", { "6.1.1.5-1" }, tag, no_body)
faults("order-tag-entity-tag", "no tag, and an entity tag that was never given", { "6.1.1.5-1" }, tag, entity_tag)
faults("order-event-body", "another event, and a body that is broken", { "6.1.1.5-2" }, event, body)
faults("order-event-entity-tag", "another event, and an entity tag that was never given", { "6.1.1.5-2" }, event, entity_tag)
faults("order-originator-body", "nobody who may, and a body that is broken", { "6.1.1.5-3" }, originator, body)
faults("order-originator-no-body", "nobody who may, and no body", { "6.1.1.5-3" }, originator, no_body)
