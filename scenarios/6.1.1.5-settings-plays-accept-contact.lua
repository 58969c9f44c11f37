-- SPDX-License-Identifier: MIT
-- 6.1.1.5 step 1: PUBLISHes without the feature tag, with something like it, and with it in every legal form.

clause { "6.1.1.5", "IM service setting procedure", actor = "server" }

-- The good case that everything here changes in one place.
play { "publish-accepted", "a PUBLISH that is right in everything",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register {}
    alice:publish {}
    t:quiet()
  end,
  covers = { "6.1.1.5-6" },
}

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
  play { name, title, publishes(options), covers = { "6.1.1.5-1" }, control = "publish-accepted" }
end

local function accepted(name, title, options)
  play { name, title, publishes(options), covers = { "6.1.1.5-1", "6.1.1.5-6" } }
end

refused("tag-absent", "no Accept-Contact at all", { accept_contact = false })
refused("tag-star-only", "an Accept-Contact without any tag", { accept_contact = "*" })
refused("tag-another", "the tag of another service", { accept_contact = "*;+g.poc.talkburst" })
refused("tag-large-message-only", "only the longer tag for large messages", { accept_contact = "*;+g.oma.sip-im.large-message" })
refused("tag-shorter", "a tag that ends too early", { accept_contact = "*;+g.oma.sip" })
refused("tag-in-string", "the tag inside a quoted string", { accept_contact = '*;language="en;+g.oma.sip-im"' })
refused("tag-in-uri", "the tag as a parameter of a URI", { accept_contact = "<sip:someone@im.example;+g.oma.sip-im>;require" })
refused("tag-false", "the tag, said to be false", { accept_contact = '*;+g.oma.sip-im="FALSE"' })
refused("tag-not-true", "the tag, said to be not true", { accept_contact = '*;+g.oma.sip-im="!TRUE"' })
refused("tag-in-reject-contact", "the tag in Reject-Contact", { accept_contact = false, headers = { "Reject-Contact: *;+g.oma.sip-im" } })
refused("tag-in-contact", "the tag in Contact only", { accept_contact = false, contact = "<sip:client@im.example>;+g.oma.sip-im" })

accepted("tag-compact", "the compact form of Accept-Contact", { accept_contact = false, headers = { "a: *;+g.oma.sip-im" } })
accepted("tag-folded", "the tag on a folded line", { accept_contact = false, headers = { "Accept-Contact: *\r\n ;+g.oma.sip-im" } })
accepted("tag-second-line", "the tag on the second line", { accept_contact = { "*;+g.poc.talkburst", "*;+g.oma.sip-im" } })
accepted("tag-comma-joined", "the tag in the second value of one line", { accept_contact = '*;language="en,fr", *;+g.oma.sip-im' })
accepted("tag-upper-case", "the tag in capitals", { accept_contact = "*;+G.OMA.SIP-IM" })
accepted("tag-true", "the tag, said to be true", { accept_contact = '*;+g.oma.sip-im="TRUE"' })
accepted("tag-explicit-require", "the tag between other parameters", { accept_contact = "*;explicit;+g.oma.sip-im;require" })
accepted("tag-beside-longer", "the tag behind the longer one", { accept_contact = "*;+g.oma.sip-im.large-message;+g.oma.sip-im" })
accepted("tag-header-lower-case", "the header's name in small letters", { accept_contact = false, headers = { "accept-contact : *;+g.oma.sip-im" } })

-- What was refused must leave no trace: the settings of before still count.
play { "tag-absent-stores-nothing", "a refused change from off to on, then a refresh of what was before",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register {}
    alice:publish { active = false }
    alice:modify { active = true, accept_contact = false }
    alice:refresh {}
    t:quiet()
  end,
  covers = { "6.1.1.5-1", "6.1.1.5-5" }, control = "push-after-publish",
}
