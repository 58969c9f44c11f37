-- SPDX-License-Identifier: MIT
-- 5.2.2 where the core is an IMS (3GPP TS 24.229): these run with `core.ims = true` only; a challenge of AKA needs the
-- subscriber's keys.

clause { "5.2.2", "IM service registration and re-registration", actor = "client" }

local function registers(options)
  return function(t)
    local alice = t:client(options)
    alice:register()
    alice:await_publish()
    t:quiet()
  end
end

play { "client-ims-digest", "an IMS that challenges by Digest",
  registers { algorithms = { "MD5" } },
  covers = { "5.2.2-ims", "5.2.4-ims" },
}

play { "client-ims-aka", "an IMS that challenges by AKA (RFC 3310)",
  registers { algorithms = { "AKAv1-MD5" } },
  covers = { "5.2.2-ims" },
}

play { "client-ims-aka-forged", "the first challenge comes from a network that does not know the key",
  registers { algorithms = { "AKAv1-MD5" }, aka = "forged" },
  covers = { "5.2.2-ims" },
}

play { "client-ims-aka-replayed", "a challenge that was there before: the card asks to synchronise",
  function(t)
    local alice = t:client { algorithms = { "AKAv1-MD5" } }
    alice:register()
    alice:await_publish()
    t:quiet()
    alice:deregister()
    alice:registrar { algorithms = { "AKAv1-MD5" }, aka = "replayed" }
    alice:register()
    alice:await_publish()
    t:quiet()
  end,
  covers = { "5.2.2-ims" },
}

play { "client-ims-pushed", "a deferred message is pushed to the client of an IMS",
  function(t)
    local alice = t:client { algorithms = { "MD5" } }
    alice:register()
    alice:await_publish()
    alice:push {}
    alice:await_delivery()
    alice:end_push()
    alice:await_end()
    t:quiet()
  end,
  covers = { "5.2.2-ims" },
}

play { "client-ims-re-registers", "a short time is granted: the client registers again after half of it",
  function(t)
    local alice = t:client { expires = 60, algorithms = { "AKAv1-MD5" } }
    alice:register()
    alice:await_publish()
    alice:await_register { within = 58000 }
    alice:await_register { within = 58000 }
    t:quiet()
  end,
  covers = { "5.2.2-ims" },
}
