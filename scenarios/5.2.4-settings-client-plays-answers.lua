-- SPDX-License-Identifier: MIT
-- 5.2.4: plays about the client's PUBLISH, and what the IM Server may answer to it.

clause { "5.2.4", "IM Service Settings Client procedure", actor = "client" }

local every_publish = {
  "5.2.4-1", "5.2.4-2", "5.2.4-3", "5.2.4-4", "5.2.4-5", "5.2.4-6", "5.2.4-7", "5.2.4-8", "5.2.4-8a", "5.2.4-8b",
  "5.2.4-8c", "5.2.4-8d", "5.2.4-8e", "5.2.4-8f", "5.2.4-9",
}

local function publishes(answers, options, more)
  return function(t)
    local alice = t:client(options)
    if answers then
      alice:publications(answers)
    end
    alice:register()
    alice:await_publish()
    if more then
      more(alice, t)
    end
    t:quiet()
  end
end

play { "client-publishes", "the client registers and publishes its settings",
  publishes(),
  covers = every_publish,
}

play { "client-publishes-challenged", "the same behind a core that asks who it is",
  publishes(nil, { algorithms = { "MD5" } }),
  covers = every_publish,
}

play { "client-publish-brief", "the IM Server grants less time than was asked for: the client refreshes before it ends",
  publishes({ { 200, expires = 10 } }, { service_route = "<sip:orig@one.im.example;lr>" }, function(alice)
    alice:await_publish { within = 13000 }
    alice:await_publish { within = 13000 }
  end),
  covers = { "5.2.4-1", "5.2.4-7", "5.2.4-9" },
}

play { "client-publish-412", "the IM Server has lost the settings: the client begins anew",
  publishes({ { 200, expires = 10 }, { 412 }, { 200 } }, nil, function(alice)
    alice:await_publish { within = 10000 }
    alice:await_publish()
  end),
  covers = { "5.2.4-1" },
}

play { "client-publish-423", "the time asked for is too brief: the client asks for at least Min-Expires",
  publishes({ { 423, min_expires = 7200 }, { 200 } }, nil, function(alice)
    alice:await_publish()
  end),
  covers = { "5.2.4-1", "5.2.4-7" },
}

play { "client-publish-423-refresh", "a refresh is too brief",
  publishes({ { 200, expires = 10 }, { 423, min_expires = 7200 }, { 200 } }, nil, function(alice)
    alice:await_publish { within = 10000 }
    alice:await_publish()
  end),
  covers = { "5.2.4-1" },
}

local function refused(status)
  play { "client-publish-" .. status, "the PUBLISH is answered " .. status,
    publishes { { status } },
    covers = { "5.2.4-1", "5.2.4-2" },
  }
end

refused(403)
refused(415)
refused(489)

play { "client-publish-503", "the IM Server is not available now: the client may come again after the time told",
  publishes({ { 503, retry_after = 3 }, { 200 } }, nil, function(alice)
    alice:await_publish { within = 10000 }
  end),
  covers = { "5.2.4-1" }, ahead = 5000,
}

play { "client-publish-unanswered", "nobody answers the PUBLISH: it is repeated, and given up",
  publishes({ { 0 }, { 200 } }, nil, function(_, t)
    t:sleep(34000)
  end),
  covers = { "5.2.4-1" },
}

play { "client-publish-time", "the registration is granted for a time of the core's own choice",
  publishes(nil, { expires = 900 }),
  covers = { "5.2.4-7" },
}

play { "client-service-route", "the registration gives a Service-Route of two hops",
  publishes(nil, { service_route = { "<sip:orig@one.im.example;lr>", "<sip:two.im.example:5090;lr>" } }),
  covers = { "5.2.4-9" },
}

play { "client-service-route-joined", "the same in one line",
  publishes(nil, { service_route = "<sip:orig@one.im.example;lr>, <sip:two.im.example:5090;lr>" }),
  covers = { "5.2.4-9" },
}
