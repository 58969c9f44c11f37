-- SPDX-License-Identifier: MIT
-- 6.1.1.5 step 4: publications by the rules of RFC 3903, one fault at a time, and what is right beside it.

clause { "6.1.1.5", "IM service setting procedure", actor = "server" }

-- With a message that waits, so that a server which goes on after a failure gives itself away.
local function arrives(t)
  local alice = t:user()
  alice:deposit {}
  alice:register {}
  return alice
end

local function refused(name, title, options)
  play { name, title,
    function(t)
      local alice = arrives(t)
      alice:publish(options)
      t:quiet()
    end,
    covers = { "6.1.1.5-4" }, control = "publish-accepted",
  }
end

play { "publish-life", "a publication is made, refreshed, changed and removed",
  function(t)
    local alice = t:user()
    alice:register {}
    alice:publish { active = false }
    alice:refresh {}
    alice:modify { active = false }
    alice:refresh {}
    alice:remove {}
  end,
  covers = { "6.1.1.5-4", "6.1.1.5-6" },
}

play { "publish-whole", "all six settings: more bytes than fit a datagram by RFC 3261 18.1.1",
  function(t)
    local alice = t:user()
    alice:register {}
    alice:publish { active = false, whole = true }
    alice:modify { active = true, whole = true }
  end,
  covers = { "6.1.1.5-4", "6.1.1.5-6" },
}

play { "publish-again", "two publications side by side, each with its own entity tag",
  function(t)
    local alice = t:user()
    alice:register {}
    alice:publish { active = false }
    alice:publish { active = false }
  end,
  covers = { "6.1.1.5-4", "6.1.1.5-6" },
}

refused("body-absent", "neither a body nor an entity tag", { body = false })
refused("body-empty", "a type without a body", { body = "", content_type = "application/poc-settings+xml" })
refused("body-broken", "XML that ends in the middle", { body = '<?xml version="1.0"?><poc-settings xmlns="urn:oma:params:xml:ns:poc:poc-settings"><entity id="do"' })
refused("body-no-xml", "a body that is no XML", { body = "offline-delivery=true" })
refused("body-without-value", "the element of offline delivery without its value", { active = "bare" })
refused("body-active-perhaps", "a value that is neither true nor false", { active = "perhaps" })
refused("body-text", "the right body under another type", { content_type = "text/plain" })
refused("body-other-xml", "the right body under the type of presence", { content_type = "application/pidf+xml" })
refused("require-unknown", "an extension that nobody knows", { require = "settings-by-telepathy" })
refused("tag-never-given", "an entity tag that was never given", { if_match = "never-given" })

play { "tag-superseded", "a refresh with the entity tag before the last one",
  function(t)
    local alice = arrives(t)
    local first = alice:publish { active = false }
    alice:refresh {}
    alice:modify { active = true, if_match = first.etag or "none" }
    t:quiet()
  end,
  covers = { "6.1.1.5-4" }, control = "publish-accepted",
}

play { "tag-of-another", "a refresh with the entity tag of another user",
  function(t)
    local alice, bob = arrives(t), t:user()
    bob:register {}
    bob:publish { active = true }
    alice:refresh { if_match = bob.etag or "none" }
    t:quiet()
  end,
  covers = { "6.1.1.5-4" }, control = "publish-accepted",
}

play { "tags-joined", "two entity tags on one line, the right one first",
  function(t)
    local alice = arrives(t)
    alice:publish { active = false }
    alice:modify { active = true, if_match = (alice.etag or "none") .. ", another" }
    t:quiet()
  end,
  covers = { "6.1.1.5-4" }, control = "publish-accepted",
}

play { "tags-on-two-lines", "two entity tags on two lines",
  function(t)
    local alice = arrives(t)
    alice:publish { active = false }
    alice:modify { active = true, if_match = { alice.etag or "none", "another" } }
    t:quiet()
  end,
  covers = { "6.1.1.5-4" }, control = "publish-accepted",
}

-- What is refused leaves the settings as they were: off, and known by their entity tag.
local function stores_nothing(name, title, bad)
  play { name, title,
    function(t)
      local alice = arrives(t)
      alice:publish { active = false }
      alice:modify(bad)
      alice:refresh {}
      t:quiet()
    end,
    covers = { "6.1.1.5-4", "6.1.1.5-5" }, control = "push-after-publish",
  }
end

stores_nothing("failure-stores-nothing", "a change from off to on that is refused for its Require, then a refresh",
  { active = true, require = "settings-by-telepathy" })
stores_nothing("failure-of-tag-stores-nothing", "a change to on with an entity tag that was never given, then a refresh",
  { active = true, if_match = "never-given" })
stores_nothing("failure-of-type-stores-nothing", "a change to on under another type, then a refresh",
  { active = true, content_type = "text/plain" })
stores_nothing("failure-of-body-stores-nothing", "a change whose XML is broken, then a refresh",
  { body = '<poc-settings><deferred-settings><offline-delivery active="true"' })

play { "expires-brief", "a very short publication, and where it is refused one that is long enough",
  function(t)
    local alice = t:user()
    alice:register {}
    alice:publish { expires = 1, active = false }
  end,
  covers = { "6.1.1.5-4", "6.1.1.5-6" },
}

play { "expires-long", "a publication for ever",
  function(t)
    local alice = t:user()
    alice:register {}
    alice:publish { expires = 4294967295, active = false }
  end,
  covers = { "6.1.1.5-6" },
}

play { "expires-zero", "a publication that ends at once",
  function(t)
    local alice = t:user()
    alice:register {}
    alice:publish { expires = 0, active = false }
  end,
  covers = { "6.1.1.5-6" },
}

play { "expires-absent", "a publication that leaves its time to the server",
  function(t)
    local alice = t:user()
    alice:register {}
    alice:publish { expires = false, active = false }
  end,
  covers = { "6.1.1.5-6" },
}
