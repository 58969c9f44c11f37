-- SPDX-License-Identifier: MIT
-- 5.2.4 where the core is an IMS (3GPP TS 24.229): routes and identities that the registration gave. These run with
-- `core.ims = true` only.

clause { "5.2.4", "IM Service Settings Client procedure", actor = "client" }

play { "client-ims-routes", "a Service-Route of two, and a SUBSCRIBE besides the PUBLISH",
  function(t)
    local alice = t:client { service_route = { "<sip:orig@scscf1.im.example;lr>", "<sip:services.im.example;lr>" } }
    alice:register()
    alice:await_publish()
    alice:set_offline_delivery(false)
    alice:await_publish()
    alice:await_subscribe()
    t:quiet()
  end,
  covers = { "5.2.4-ims" },
}

play { "client-ims-routes-change", "the refreshed registration gives another Service-Route",
  function(t)
    local alice = t:client { expires = 40, service_route = "<sip:orig@scscf1.im.example;lr>" }
    alice:publications { { 200, expires = 24 } } -- else both are refreshed at one moment
    alice:register()
    alice:await_publish()
    alice:registrar { expires = 40, service_route = "<sip:orig@scscf2.im.example;lr>" }
    alice:await_register { within = 38000 }
    t:sleep(1000) -- until the answer has come
    alice:set_offline_delivery(false)
    alice:await_publish()
    t:quiet()
  end,
  covers = { "5.2.4-ims" },
}

play { "client-ims-barred", "P-Associated-URI has other identities than the registered one, which is barred so",
  function(t)
    local alice = t:client { associated = "<sip:public-of-alice@im.example>, <tel:{number}>" }
    alice:register()
    alice:await_publish()
    t:quiet()
  end,
  covers = { "5.2.4-ims" },
}
