-- SPDX-License-Identifier: MIT
-- 5.2.4: plays in which the user changes his settings, and what the client owes then; and the push that reaches him.

clause { "5.2.4", "IM Service Settings Client procedure", actor = "client" }

-- A user who is registered and has published.
local function with_settings(t, options)
  local alice = t:client(options)
  alice:register()
  alice:await_publish()
  return alice
end

play { "client-delivery-off", "the user switches offline delivery off: the client modifies its settings and subscribes",
  function(t)
    local alice = with_settings(t)
    alice:set_offline_delivery(false)
    alice:needs_publish()
    alice:await_subscribe()
    t:quiet()
  end,
  covers = { "5.2.4-1", "5.2.4-8d", "5.2.4-subscribe" },
}

play { "client-delivery-off-on", "and on again: from then on there is no subscription owed",
  function(t)
    local alice = with_settings(t)
    alice:set_offline_delivery(false)
    alice:needs_publish()
    alice:await_subscribe()
    alice:set_offline_delivery(true)
    alice:needs_publish()
    t:quiet()
  end,
  covers = { "5.2.4-1", "5.2.4-subscribe" },
}

play { "client-delivery-on", "offline delivery is active: nothing is subscribed",
  function(t)
    with_settings(t)
    t:quiet()
  end,
  covers = { "5.2.4-1" },
}

play { "client-registers-off", "de-registered and registered again while offline delivery is off",
  function(t)
    local alice = with_settings(t)
    alice:set_offline_delivery(false)
    alice:needs_publish()
    alice:await_subscribe()
    alice:deregister()
    alice:register()
    alice:await_publish()
    alice:await_subscribe()
    t:quiet()
  end,
  covers = { "5.2.2-publish", "5.2.4-subscribe" },
}

play { "client-delivery-off-412", "the IM Server lost the settings that are modified",
  function(t)
    local alice = t:client()
    alice:publications { { 200 }, { 412 }, { 200 } }
    alice:register()
    alice:await_publish()
    alice:set_offline_delivery(false)
    alice:needs_publish()
    alice:await_publish()
    alice:await_subscribe()
    t:quiet()
  end,
  covers = { "5.2.4-1", "5.2.4-subscribe" },
}

play { "client-pushed", "a deferred message is pushed to the client",
  function(t)
    local alice = with_settings(t)
    alice:push { session_expires = 1800 }
    alice:await_delivery()
    alice:refresh_push()
    t:sleep(500)
    alice:end_push()
    alice:await_end()
    t:quiet()
  end,
  covers = { "5.2.4-1" },
}

play { "client-pushed-session", "the same with sendonly on session level",
  function(t)
    local alice = with_settings(t)
    alice:push { at_session = true }
    alice:await_delivery()
    alice:end_push()
    alice:await_end()
    t:quiet()
  end,
  covers = { "5.2.4-1" },
}
