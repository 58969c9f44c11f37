-- SPDX-License-Identifier: MIT
-- 5.2.4 IM service settings client procedure: what the IM Client's PUBLISH holds, and what it does about the answer.

clause { "5.2.4", "IM Service Settings Client procedure", actor = "client" }

step { "5.2.4-1",
  shall = "generate the PUBLISH by the rules of RFC 3903 and RFC 4354",
  reading = "step 1 names RFC 4353, a misprint for RFC 4354, the poc-settings package",
  live = "answers 200, 412, 423 and none", capture = "the client's PUBLISHes",
  rules = {
    rule { "a valid request",
      on = client_publish {},
      expect = valid_request(),
      broken = { edit("request", "header", "Max-Forwards", "many") },
    },
    rule { "an initial PUBLISH has a body",
      on = client_publish { no { has("SIP-If-Match") }, no { removal() } },
      expect = body(),
      broken = { edit("request", "body", "") },
    },
    rule { "a removal says what it removes",
      on = client_publish { removal(), tag_given() },
      expect = has("SIP-If-Match"),
      broken = { edit("request", "remove", "SIP-If-Match") },
    },
    rule { "an entity tag is the last one given",
      on = client_publish { has("SIP-If-Match") },
      expect = all { one_token("SIP-If-Match"), no { tag_is("unknown"), tag_is("superseded"), tag_is("removed") } },
      broken = { edit("request", "header", "SIP-If-Match", "never-given") },
    },
    rule { "after a 412 a new beginning, without the stale tag",
      on = client_publish { after_status(412) },
      expect = all { no { has("SIP-If-Match") }, body() },
      broken = { edit("request", "header", "SIP-If-Match", "stale") },
    },
    rule { "after a 412 the settings are set anew",
      on = client_publish { first_hop(), has("SIP-If-Match"), no { removal() }, answered(), answer { status(412) } },
      expect = published_anew(),
      contested = "RFC 3903 4.4 says SHOULD",
      broken = { edit("later", "drop") },
    },
    rule { "after a 423 at least Min-Expires",
      on = client_publish { after_status(423) },
      expect = min_expires_met(),
      broken = { edit("request", "header", "Expires", "1") },
    },
    rule { "refreshed before its time is over",
      on = client_publish { no { removal() }, answered(), answer { class(2) }, outlived() },
      expect = refreshed_in_time(),
      contested = "a client may let its settings expire, though nothing in the text says why it should",
      broken = { edit("later", "drop") },
    },
    rule { "no Contact in a PUBLISH",
      on = client_publish {},
      expect = no { has("Contact") },
      contested = "RFC 3903's table says not applicable; it does no harm",
      broken = { edit("request", "header", "Contact", "<sip:needless@192.0.2.1>") },
    },
    rule { "no Record-Route in a PUBLISH",
      on = client_publish { first_hop() },
      expect = no { has("Record-Route") },
      contested = "RFC 3903's table says not applicable; it does no harm",
      broken = { edit("request", "header", "Record-Route", "<sip:192.0.2.1;lr>") },
    },
  },
}

step { "5.2.4-2",
  shall = "set the Request-URI to the IM address of the user",
  live = "every PUBLISH", capture = "the client's PUBLISHes",
  on = client_publish { first_hop() },
  expect = uri_is_sender(),
  broken = { edit("request", "uri", "sip:settings-server.nowhere.example") },
}

step { "5.2.4-3",
  shall = "include the user's IM address as the authenticated originator's (5.1)",
  reading = "P-Preferred-Identity, or From where that is absent; never another user's",
  live = "every PUBLISH", capture = "the client's PUBLISHes",
  on = client_publish { first_hop() },
  expect = originates(),
  broken = { edit("request", "header", "P-Preferred-Identity", "<sip:somebody-else@nowhere.example>") },
}

step { "5.2.4-4",
  shall = "include an Accept-Contact with the IM feature tag",
  live = "every PUBLISH", capture = "the client's PUBLISHes",
  on = client_publish {},
  expect = tagged("Accept-Contact"),
  broken = { edit("request", "remove", "Accept-Contact") },
}

step { "5.2.4-5",
  shall = "include a User-Agent that tells the IM release version (Appendix F)",
  live = "every PUBLISH", capture = "the client's PUBLISHes",
  rules = {
    rule { "the release token is there",
      on = client_publish {},
      expect = released("client"),
      broken = { edit("request", "header", "User-Agent", "PoC-client/OMA1.0") },
    },
    rule { "the release token comes first, in its letter case",
      on = client_publish { released("client") },
      expect = released_plainly("client"),
      contested = "position and letter case are in Appendix F, which the text only cites",
      broken = { edit("request", "header", "User-Agent", "anything/1.0 im-client/oma1.0") },
    },
  },
}

step { "5.2.4-6",
  shall = "set Event to 'poc-settings'",
  live = "every PUBLISH", capture = "the client's PUBLISHes",
  on = client_publish {},
  expect = event_right(),
  broken = { edit("request", "header", "Event", "presence") },
}

step { "5.2.4-7",
  shall = "set the expiration timer in Expires, in the same range as the registration timer",
  reading = "the range is read as half to twice the time granted for the registration",
  live = "every PUBLISH", capture = "the client's PUBLISHes",
  rules = {
    rule { "Expires is there",
      on = client_publish {},
      expect = number("Expires"),
      broken = { edit("request", "remove", "Expires") },
    },
    rule { "in the range of the registration",
      on = client_publish { number("Expires"), no { removal() }, no { after_status(423) }, registered_here() },
      expect = registration_range(),
      contested = "the text does not say how wide the range is",
      broken = { edit("request", "header", "Expires", "1") },
    },
  },
}

step { "5.2.4-8",
  shall = "include the IM service settings as described in Appendix E.2",
  live = "every PUBLISH with a body", capture = "the client's PUBLISHes",
  on = client_publish { body() },
  expect = settings_valid(),
  broken = { edit("request", "replace", "</", "<") },
}

local function setting_step(id, text, name, known)
  step { id,
    shall = "include the " .. text,
    reading = not known and "names are the profile's; a document with names that it does not know is undecided" or nil,
    live = "every PUBLISH with a body", capture = "the client's PUBLISHes",
    on = client_publish { body() },
    expect = setting(name),
    broken = { edit("request", "unset", name) },
  }
end

setting_step("5.2.4-8a", "incoming IM session barring setting", "session-barring")
setting_step("5.2.4-8b", "incoming pager mode and large mode IM barring setting", "pager-barring")
setting_step("5.2.4-8c", "IM invisibility setting", "invisibility")
setting_step("5.2.4-8d", "pager mode and large mode message offline delivery activation", "offline-delivery", true)
setting_step("5.2.4-8e", "conversation storing activation for session mode", "session-storing")
setting_step("5.2.4-8f", "conversation storing activation for pager mode and large mode", "pager-storing")

step { "5.2.4-9",
  shall = "send the PUBLISH by the rules of the core",
  reading = "through the Service-Route learnt at registration, else by the way on which the REGISTER went",
  live = "registrations with and without Service-Route", capture = "where the client's own hop and its registration are in the capture",
  rules = {
    rule { "through the Service-Route",
      on = client_publish { first_hop(), registered_here(), service_route() },
      expect = routed(),
      broken = { edit("request", "header", "Route", "<sip:another-way.nowhere.example;lr>") },
    },
    rule { "by the way of the REGISTER",
      on = client_publish { first_hop(), registered_here(), no { service_route() } },
      expect = routed(),
      broken = { edit("request", "host", "192.0.2.9") },
    },
  },
}

step { "5.2.4-subscribe",
  shall = "send a SUBSCRIBE to the metadata of deferred messages (12.1.2.2) after publishing active=\"false\", and only then",
  reading = "any of the profile's event packages; which one is contested, that there is one is not",
  live = "settings published with active=\"false\" and \"true\"", capture = "the client's SUBSCRIBEs",
  rules = {
    rule { "subscribed after active=\"false\"",
      on = client_publish { first_hop(), body(), answered(), answer { class(2) }, delivery_after("off") },
      expect = subscribe_follows(),
      broken = { edit("subscribes", "drop") },
    },
    rule { "only then",
      on = subscribe { metadata(), no { removal() } },
      expect = any { delivery("off"), off_published() },
      broken = { edit("publishes", "replace", "<im:offline-delivery active=\"false\"/>", "<im:offline-delivery active=\"true\"/>") },
    },
  },
}

step { "5.2.4-indicate",
  may = "indicate the success to the user after the 200",
  live = false, capture = false,
}

step { "5.2.4-ims",
  shall = "use the 3GPP/3GPP2 IMS mechanisms where the core is an IMS",
  condition = "ims",
  reading = "the text says PoC Client here: the IM Client; of TS 24.229 5.1.2A what a message shows, each with its clause",
  live = "IMS core mode", capture = "the client's PUBLISHes and SUBSCRIBEs",
  rules = {
    rule { "TS 24.229 5.1.2A.1.1: Route of the P-CSCF and Service-Route",
      on = client_publish { first_hop(), registered_here(), service_route() },
      expect = preloaded_route(),
      broken = { edit("request", "remove", "Route") },
      falls_with = { ["5.2.4-9"] = "the Service-Route is not followed" },
    },
    rule { "TS 24.229 5.1.2A.1.1: the same for a SUBSCRIBE",
      on = subscribe { first_hop(), registered_here(), service_route(), begins() },
      expect = preloaded_route(),
      broken = { edit("request", "remove", "Route") },
    },
    rule { "TS 24.229 5.1.2A.1.1: P-Access-Network-Info",
      on = client_publish { first_hop() },
      expect = has("P-Access-Network-Info"),
      contested = "it is owed where the access network tells the client what it is",
      broken = { edit("request", "remove", "P-Access-Network-Info") },
    },
    rule { "TS 24.229 5.1.1.2.1: no barred identity preferred",
      on = client_publish { first_hop(), registered_here(), associated(), prefers_registered() },
      expect = not_barred(),
      broken = { edit("before", "header", "P-Associated-URI", "<sip:somebody-else@nowhere.example>") },
    },
  },
}

-- plays
