-- SPDX-License-Identifier: MIT
-- 12.2.2.2 Delivering of offline messages: when the push INVITE goes out, what it carries, what follows.

clause { "12.2.2.2", "Delivering of offline Messages", actor = "server" }

local accepted = all { tagged("Accept-Contact"), event_right(), no { originator_wrong() }, answered(), answer { class(2) } }

step { "12.2.2.2-trigger",
  shall = "push each time an initial registration and a PUBLISH have succeeded, in that order",
  reading = "owed for the first PUBLISH after an initial registration; later ones may push where messages are still stored",
  live = "fresh users with deferred messages", capture = "as seen at the server",
  rules = {
    rule { "the push comes",
      on = publish { accepted, delivery_told(), registered(), no { published() }, delivery_after("on"),
        waiting() },
      expect = push_follows(),
      broken = { edit("dialog", "drop") },
    },
    rule { "no push to who is not registered",
      on = publish { accepted, registers_supported(), no { registered() }, delivery_after("on"), waiting(), watched() },
      expect = no_push(),
      broken = { edit("answer", "insert_push", 50) },
    },
  },
}

step { "12.2.2.2-1",
  shall = "push only with offline delivery set to active=\"true\" and deferred messages stored",
  reading = "<deferred-settings> with <offline-delivery active=\"true\">; without the element nothing is pushed",
  live = "active true, false and absent, with messages and without", capture = "settings always; stored messages where their MESSAGE is in the capture",
  rules = {
    rule { "a push finds the settings active",
      on = push { caused_by("publish") },
      expect = delivery("on"),
      broken = { edit("cause", "replace", "true", "false") },
    },
    rule { "a push finds messages stored",
      on = push { caused_by("publish"), waiting_known() },
      expect = waiting(),
      broken = { edit("deposits", "drop") },
    },
    rule { "silence where delivery is not active",
      on = publish { accepted, any { body(), removal() }, delivery_after("none", "off", "absent"), waiting(), watched() },
      expect = no_push(),
      broken = { edit("answer", "insert_push", 50) },
    },
    rule { "silence where nothing is stored",
      on = publish { accepted, delivery_after("on"), no { waiting() }, watched() },
      expect = no_push(),
      broken = { edit("answer", "insert_push", 50) },
    },
  },
}

step { "12.2.2.2-2",
  shall = "generate an initial INVITE by the rules of RFC 3261",
  reading = "the headers of RFC 3261 8.1.1, and the ACK that ends a refused INVITE (17.1.1.3)",
  live = "every push", capture = "as seen at the server",
  rules = {
    rule { "a valid request",
      on = push {},
      expect = valid_invite(),
      broken = { edit("request", "header", "Max-Forwards", "many") },
    },
    rule { "a refusal is acknowledged",
      on = push { answered(), answer { class(3, 4, 5, 6) }, awaited() },
      expect = acknowledged(),
      broken = { edit("ack", "drop"), edit("answer", "repeat", 3) },
    },
  },
}

step { "12.2.2.2-2a",
  shall = "set the Request-URI to the served user's public user identity",
  live = "every push", capture = "as seen at the server",
  on = push {},
  expect = uri_is_user(),
  broken = { edit("request", "uri", "sip:somebody-else@nowhere.example") },
}

step { "12.2.2.2-2b",
  shall = "include an Accept-Contact with the IM feature tag (RFC 3841)",
  live = "every push", capture = "as seen at the server",
  on = push {},
  expect = tagged("Accept-Contact"),
  broken = { edit("request", "remove", "Accept-Contact") },
}

step { "12.2.2.2-2c",
  shall = "include a User-Agent that tells the IM release version (Appendix F)",
  reading = "the release token anywhere among the products; its place and letter case are in Appendix F, which the text only cites",
  live = "every push", capture = "as seen at the server",
  rules = {
    rule { "the release token is there",
      on = push {},
      expect = released("server"),
      broken = { edit("request", "header", "User-Agent", "anything/1.0") },
    },
    rule { "the release token comes first, in its letter case",
      on = push { released("server") },
      expect = released_plainly("server"),
      contested = "position and letter case are in Appendix F, which the text only cites",
      broken = { edit("request", "header", "User-Agent", "anything/1.0 im-serv/oma1.0") },
    },
  },
}

step { "12.2.2.2-2d",
  should = "include an Allow with all the methods supported in the dialog",
  reading = "at least INVITE, ACK, CANCEL and BYE, which every dialog needs",
  live = "every push", capture = "as seen at the server",
  on = push {},
  expect = lists("Allow", "INVITE", "ACK", "CANCEL", "BYE"),
  broken = { edit("request", "remove", "Allow") },
}

step { "12.2.2.2-2e",
  shall = "include the IM feature tag in the Contact",
  live = "every push", capture = "as seen at the server",
  on = push {},
  expect = tagged("Contact"),
  broken = { edit("request", "replace", ";+g.oma.sip-im", "") },
  falls_with = { ["12.2.2.2-2b"] = "the edit takes the tag out of Accept-Contact, too" },
}

step { "12.2.2.2-2f",
  shall = "include the feature tag automata in the Contact (RFC 3840)",
  live = "every push", capture = "as seen at the server",
  on = push {},
  expect = feature("Contact", "automata"),
  broken = { edit("request", "replace", ";automata", "") },
}

step { "12.2.2.2-2g",
  should = "include Session-Expires with refresher=uac (RFC 4028)",
  live = "every push", capture = "as seen at the server",
  reading = "of 90 s at least, RFC 4028's floor",
  on = push {},
  expect = all { param_is("Session-Expires", "refresher", "uac"), at_least("Session-Expires", 90) },
  broken = { edit("request", "remove", "Session-Expires") },
}

step { "12.2.2.2-2h",
  shall = "include an SDP offer (RFC 3264, RFC 4566) with sendonly at session level or on the m=message media",
  reading = "what is in force for m=message counts: an attribute of the media overrides the session's",
  live = "every push", capture = "as seen at the server",
  rules = {
    rule { "an SDP offer",
      on = push {},
      expect = offer(),
      broken = { edit("request", "body", "") },
    },
    rule { "sendonly",
      on = push {},
      expect = sendonly(),
      broken = { edit("request", "replace", "sendonly", "recvonly") },
    },
  },
}

step { "12.2.2.2-2i",
  shall = "send the INVITE towards the served user: once per push, and to nobody else",
  reading = "a push that was refused may be tried again",
  live = "every push", capture = "as seen at the server",
  rules = {
    rule { "to a user for whom one is due",
      on = push {},
      expect = due(),
      broken = { edit("before", "drop") },
    },
    rule { "once",
      on = push { due() },
      expect = once(),
      broken = { edit("request", "copy", 700) },
      falls_with = { ["12.2.2.2-1"] = "the messages may be delivered by then" },
    },
  },
}

step { "12.2.2.2-any-1",
  shall = "keep the methods of the Allow in any provisional or final answer",
  reading = "seen in what the server sends later in the dialog: only methods that the last Allow lists",
  live = "answers with and without UPDATE in Allow, then a session that needs a refresh", capture = "where a refresh or other request shows it",
  on = push_request { no { method("ACK", "BYE", "CANCEL") }, any { allow_from(1), allow_from(2) } },
  expect = allowed(),
  broken = { edit("request", "replace", "UPDATE sip:", "OTHER sip:"), edit("request", "replace", " UPDATE\r\n", " OTHER\r\n") },
  falls_with = { ["12.2.2.2-ok-2"] = "a 200 is a final answer" },
}

step { "12.2.2.2-any-2",
  shall = "keep the Contact of any provisional or final answer",
  reading = "requests in the dialog go to the Contact of the last answer that gave one",
  live = "180 and 200 with Contacts of their own", capture = "as seen at the server",
  on = push_request { early_contact(), target_from(1, 2) },
  expect = to_target(),
  broken = { edit("request", "uri", "sip:elsewhere@nowhere.example") },
  falls_with = { ["12.2.2.2-ok-3"] = "after the 200 the target is that of the 200" },
}

step { "12.2.2.2-ok-1",
  shall = "start the session timer from the Session-Expires of the 200 (RFC 4028)",
  reading = "the server refreshes where it is the refresher; it ends the session where the client was and did not",
  live = "a session of 90 s that stays up, refreshed by either side or not", capture = "where a session lasts that long",
  rules = {
    rule { "the server refreshes",
      on = push { session_due("server") },
      expect = session_kept(),
      broken = { edit("refresh", "delay", 60000), edit("end", "delay", 60000) },
    },
    rule { "the server ends what the client did not refresh",
      on = push { session_due("client") },
      expect = session_kept(),
      broken = { edit("end", "delay", 60000) },
    },
  },
}

step { "12.2.2.2-ok-2",
  shall = "keep the methods of the Allow in the 200",
  reading = "seen in what the server sends later in the dialog",
  live = "200s with and without UPDATE in Allow, then a session that needs a refresh", capture = "where a refresh or other request shows it",
  on = push_request { no { method("ACK", "BYE", "CANCEL") }, allow_from(2) },
  expect = allowed(),
  broken = { edit("request", "replace", "UPDATE sip:", "OTHER sip:"), edit("request", "replace", " UPDATE\r\n", " OTHER\r\n") },
  falls_with = { ["12.2.2.2-any-1"] = "a 200 is a final answer" },
}

step { "12.2.2.2-ok-3",
  shall = "keep the IM session identity in the Contact of the 200",
  reading = "the ACK comes, and it and what follows go to that Contact",
  live = "200s with a Contact that differs from the registration's", capture = "as seen at the server",
  rules = {
    rule { "requests go to the Contact of the 200",
      on = push_request { target_from(2) },
      expect = to_target(),
      broken = { edit("request", "uri", "sip:elsewhere@nowhere.example") },
      falls_with = { ["12.2.2.2-any-2"] = "a 200 is a final answer" },
    },
    rule { "the 200 is acknowledged",
      on = push { answered(), answer { class(2) } },
      expect = acknowledged(),
      broken = { edit("ack", "drop"), edit("answer", "repeat", 3) },
    },
  },
}

step { "12.2.2.2-ims",
  shall = "use the 3GPP/3GPP2 IMS session establishment mechanisms where the core is an IMS",
  condition = "ims",
  live = "IMS core mode", capture = "as seen at the server",
}

-- plays
