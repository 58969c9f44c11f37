-- SPDX-License-Identifier: MIT
-- 5.2.2 IM service registration and re-registration: what the IM Client sends to the SIP/IP core.

clause { "5.2.2", "IM service registration and re-registration", actor = "client" }

step { "5.2.2-1",
  shall = "generate a valid REGISTER whose Contact carries the IM feature tag",
  live = "the harness is the registrar", capture = "the client's REGISTERs",
  rules = {
    rule { "a valid REGISTER",
      on = register {},
      expect = all { valid_request(), domain_uri() },
      broken = { edit("request", "header", "Max-Forwards", "many") },
    },
    rule { "the feature tag in Contact",
      on = register { binds() },
      expect = tagged("Contact"),
      contested = "that the tag stands in the Contact of REGISTER is in 5.2.1, which the text only cites",
      broken = { edit("request", "replace", ";+g.oma.sip-im", "") },
    },
  },
}

step { "5.2.2-2",
  shall = "insert the security parameters that the core asks for",
  reading = "Digest credentials that answer the challenge of a 401 or 407; the response value is checked where the password is known",
  live = "the registrar challenges", capture = "form always; the value only with the password",
  on = register { challenged() },
  expect = credentials(),
  broken = { edit("request", "remove", "Authorization"), edit("request", "header", "X-Removed", "Authorization") },
}

step { "5.2.2-publish",
  shall = "publish the settings after each successful initial registration, and none before",
  live = "registrations that succeed and that are refused", capture = "what follows the 200 to an initial REGISTER",
  rules = {
    rule { "published after it",
      on = register { binds(), initial(), answered(), answer { class(2) } },
      expect = publish_follows(),
      broken = { edit("publishes", "drop") },
    },
    rule { "not before it succeeded",
      on = client_publish { registered_known() },
      expect = registered(),
      broken = { edit("before", "drop") },
    },
  },
}

step { "5.2.2-refresh",
  note = "a re-registration keeps Call-ID and raises CSeq; it owes no new PUBLISH",
  live = "short times granted", capture = "REGISTERs of a registration whose beginning is in the capture",
  on = register { binds(), registered_known(), registered(), no { initial() } },
  expect = same_registration(),
  broken = { edit("request", "header", "Call-ID", "another-call") },
}

step { "5.2.2-ims",
  shall = "use the 3GPP/3GPP2 IMS registration mechanisms where the core is an IMS",
  condition = "ims",
  live = "IMS core mode", capture = "the client's REGISTERs",
}

-- plays
