-- SPDX-License-Identifier: MIT
-- 5.2.2 IM service registration and re-registration: what the IM Client sends to the SIP/IP core.

clause { "5.2.2", "IM service registration and re-registration", actor = "client" }

step { "5.2.2-1",
  shall = "generate a valid REGISTER whose Contact carries the IM feature tag",
  live = "the harness is the registrar", capture = "the client's REGISTERs",
  rules = {
    rule { "a valid REGISTER",
      on = register {},
      expect = all { valid_request(), domain_uri(), contacts_allowed(), any { no { has("Expires") }, number("Expires") } },
      broken = { edit("request", "header", "Max-Forwards", "many") },
    },
    rule { "the feature tag in Contact",
      on = register { binds() },
      expect = tagged("Contact"),
      contested = "that the tag stands in the Contact of REGISTER is in 5.2.1, which the text only cites",
      broken = { edit("request", "replace", ";+g.oma.sip-im", "") },
    },
    rule { "after a 423 at least Min-Expires (RFC 3261 10.2.8)",
      on = register { binds(), after_status(423) },
      expect = min_expires_met(),
      broken = { edit("request", "header", "Expires", "1") },
    },
  },
}

step { "5.2.2-2",
  shall = "insert the security parameters that the core asks for",
  reading = "Digest credentials that answer the challenge of a 401 or 407; the response value is checked where the password is known",
  live = "the registrar challenges", capture = "form always; the value only with the password",
  rules = {
    rule { "right credentials",
      on = register { challenged() },
      expect = credentials(),
      broken = { edit("request", "remove", "Authorization"), edit("request", "header", "X-Removed", "Authorization") },
    },
    rule { "RFC 3261 22.1: what was refused is not tried again",
      on = register { credentials_refused() },
      expect = not_tried_again(),
      broken = { edit("request", "copy", 1000) },
    },
    rule { "no challenge is left unanswered",
      on = register { binds(), challenges() },
      expect = answers_challenge(),
      broken = { edit("later", "drop") },
      falls_with = { ["5.2.2-publish"] = "the registration that was published for is gone" },
    },
  },
}

step { "5.2.2-publish",
  shall = "publish the settings after each successful initial registration, and none before",
  reading = "who has not published while he was watched, timers.answer_ms and then timers.quiet_ms, does not publish; a slower client wants larger ones",
  live = "registrations that succeed and that are refused", capture = "what follows the 200 to an initial REGISTER",
  rules = {
    rule { "published after it",
      on = register { first_hop(), binds(), initial(), answered(), answer { class(2) } },
      expect = publish_follows(),
      broken = { edit("publishes", "drop") },
    },
    rule { "not before it succeeded",
      on = client_publish { first_hop(), registered_known(), no { removal() } },
      expect = registered(),
      broken = { edit("before", "drop") },
    },
  },
}

step { "5.2.2-refresh",
  note = "a re-registration keeps Call-ID and raises CSeq; it owes no new PUBLISH",
  live = "short times granted", capture = "REGISTERs of a registration whose beginning is in the capture",
  rules = {
    rule { "the same Call-ID and a higher CSeq",
      on = register { binds(), registered_known(), registered(), no { initial() }, rebinds() },
      expect = same_registration(),
      broken = { edit("request", "header", "Call-ID", "another-call") },
    },
    rule { "before the time granted is over",
      on = register { binds(), answered(), answer { class(2) }, outlived() },
      expect = refreshed_in_time(),
      broken = { edit("later", "drop") },
      falls_with = { ["5.2.2-publish"] = "what is published later comes from one who is not registered any more" },
    },
  },
}

step { "5.2.2-ims",
  shall = "use the 3GPP/3GPP2 IMS registration mechanisms where the core is an IMS",
  condition = "ims",
  reading = "what TS 24.229 5.1.1 asks of every UE and a message shows, each with its clause; IPsec and TLS are not looked into",
  live = "IMS core mode: Digest and AKA challenges, short times granted", capture = "the client's REGISTERs and what follows them",
  rules = {
    rule { "TS 24.229 5.1.1.2.1, 5.1.1.4.1: Supported: path",
      on = register { binds() },
      expect = lists("Supported", "path"),
      broken = { edit("request", "remove", "Supported") },
    },
    rule { "TS 24.229 5.1.1.2.2, 5.1.1.2.3: initial Authorization",
      on = register { binds(), initial(), no { challenged() }, answered(), answer { status(401) } },
      expect = initial_authorization(),
      broken = { edit("request", "remove", "Authorization") },
    },
    rule { "TS 24.229 5.1.1.2.1: 600000 s asked for",
      on = register { binds(), no { challenged() }, initial() },
      expect = asks_for(600000),
      contested = "the S-CSCF decides, and clients in the field ask for what their operator says",
      broken = { edit("request", "header", "Expires", "1800") },
    },
    rule { "TS 24.229 5.1.1.5.1, RFC 3310: AKA answered",
      on = register { challenged(), aka_asked("any"), no { aka_asked("replayed"), aka_asked("forged") } },
      expect = aka_answered("response"),
      broken = { edit("request", "replace", "response=\"", "response=\"\", x=\"") },
    },
    rule { "TS 24.229 5.1.1.5.3: a sequence number of the past is answered by auts",
      on = register { challenged(), aka_asked("replayed") },
      expect = aka_answered("resync"),
      broken = { edit("request", "replace", "auts=", "x=") },
      falls_with = { ["5.2.2-2"] = "the value is made of no RES" },
    },
    rule { "TS 24.229 5.1.1.5.3: a network that is none gets no response",
      on = register { challenged(), aka_asked("forged") },
      expect = aka_answered("none"),
      broken = { edit("request", "replace", "response=\"", "response=\"00112233445566778899aabbccddeeff") },
      falls_with = { ["5.2.2-2"] = "the value can't be right" },
    },
    rule { "TS 24.229 5.1.1.4.1: registered again in time",
      on = register { binds(), answered(), answer { class(2) }, refresh_due() },
      expect = refreshed_early(),
      contested = "not owed where the user or the application has decided that no registration is needed any more, which nobody sees",
      broken = { edit("later", "drop") },
      falls_with = { ["5.2.2-refresh"] = "the registration comes to its end, too",
        ["5.2.2-publish"] = "what is published later comes from nobody" },
    },
    rule { "TS 24.229 5.1.1.3: subscribed to the registration state",
      on = register { binds(), initial(), answered(), answer { class(2) } },
      expect = reg_subscribed(),
      contested = "another part of the same device may do it, where its registration is shared",
      broken = { edit("subscribes", "drop") },
      falls_with = { ["5.2.4-subscribe"] = "the other subscriptions go with it" },
    },
  },
}

-- plays

local function registers(options)
  return function(t)
    local alice = t:client(options)
    alice:register()
    alice:await_publish()
    t:quiet()
  end
end

play { "client-registers", "the client registers, and nobody asks who it is",
  registers {},
  covers = { "5.2.2-1", "5.2.2-publish" },
}

play { "client-challenge-md5", "the client is challenged: MD5, qop auth",
  registers { algorithms = { "MD5" } },
  covers = { "5.2.2-1", "5.2.2-2", "5.2.2-publish" },
}

play { "client-challenge-sha256", "the client is challenged: SHA-256, qop auth",
  registers { algorithms = { "SHA-256" } },
  covers = { "5.2.2-2" },
}

play { "client-challenge-no-qop", "the client is challenged in the form of RFC 2069, without qop",
  registers { algorithms = { "MD5" }, qop = false },
  covers = { "5.2.2-2" },
}

play { "client-challenge-auth-int", "the client is challenged: only qop auth-int is offered",
  registers { algorithms = { "MD5" }, qop = "auth-int" },
  covers = { "5.2.2-2" },
}

play { "client-challenge-both-qops", "the client is challenged: auth and auth-int are offered",
  registers { algorithms = { "SHA-256" }, qop = "auth,auth-int" },
  covers = { "5.2.2-2" },
}

play { "client-challenge-several", "the client is challenged with SHA-256 and MD5, the better one first (RFC 8760)",
  registers { algorithms = { "SHA-256", "MD5" } },
  covers = { "5.2.2-2" },
}

play { "client-challenge-other-realm", "a challenge for a realm that the client has no password for stands first",
  registers { algorithms = { "MD5" }, other_realm = true },
  covers = { "5.2.2-2" },
}

play { "client-challenge-proxy", "the client is challenged by 407",
  registers { algorithms = { "MD5" }, proxy = true },
  covers = { "5.2.2-2" },
}

play { "client-challenge-stale", "the nonce has grown stale: the client answers once more, with the new one",
  registers { algorithms = { "MD5" }, stale = 1 },
  covers = { "5.2.2-2" },
}

play { "client-several-contacts", "the answer lists another device first, and the time granted in Contact only",
  registers { several = true, granted_in = "contact", expires = 1800 },
  covers = { "5.2.2-1", "5.2.2-publish" },
}

play { "client-gifts", "the answer brings Path, P-Associated-URI and a GRUU",
  registers { path = true, gruu = true, associated = "<{address}>, <tel:{number}>" },
  covers = { "5.2.2-publish" },
}

-- Registrations that do not succeed: no PUBLISH may follow.

local function refused(answer, options, later)
  return function(t)
    local alice = t:client(options)
    if answer then
      alice:registrations { answer, later }
    end
    alice:register()
    t:quiet()
  end
end

play { "client-refused-403", "the registration is refused: nothing is published",
  refused { 403 },
  covers = { "5.2.2-1" },
}

play { "client-refused-404", "the registrar does not know the user",
  refused { 404 },
  covers = { "5.2.2-1" },
}

play { "client-wrong-password", "no credentials are good enough for the registrar",
  refused(nil, { algorithms = { "MD5" }, reject = true }),
  covers = { "5.2.2-2" },
}

play { "client-redirected", "the registrar sends the client elsewhere, and it does not take that for a success",
  refused({ 302, contact = "<sip:192.0.2.9>" }, nil, { 404 }), -- a client that goes there may come this way again
  covers = { "5.2.2-1" },
}

-- Who is answered 503 stays away for as long as Retry-After says, perhaps with all its users (RFC 3261 21.5.4).
play { "client-unavailable-503", "the registrar is not available now; the client comes again, and then publishes",
  function(t)
    local alice = t:client()
    alice:registrations { { 503, retry_after = 3 }, { 200 } }
    alice:register()
    t:quiet()
    if alice:await_register { within = 60000 } then
      alice:await_publish()
    end
    t:quiet()
  end,
  covers = { "5.2.2-1", "5.2.2-publish" }, ahead = 5000,
}

play { "client-too-brief-423", "the client asks for too short a time, and learns what is the least",
  function(t)
    local alice = t:client()
    alice:registrations { { 423, min_expires = 7200 }, { 200 } }
    alice:register()
    if alice:await_register() then
      alice:await_publish()
    end
    t:quiet()
  end,
  covers = { "5.2.2-1", "5.2.2-publish" },
}

-- Time goes on.

play { "client-re-registers", "a short time is granted: the client refreshes its registration, and owes no new PUBLISH",
  function(t)
    local alice = t:client { expires = 20, algorithms = { "MD5" } }
    alice:register()
    alice:await_publish()
    alice:await_register { within = 23000 }
    alice:await_register { within = 23000 }
    t:quiet()
  end,
  covers = { "5.2.2-refresh", "5.2.2-1" },
}

play { "client-re-registers-stale", "the refresh comes with a nonce that is not good any more",
  function(t)
    local alice = t:client { expires = 20, algorithms = { "MD5" } }
    alice:register()
    alice:await_publish()
    alice:registrar { expires = 20, algorithms = { "MD5" }, stale = 1 }
    alice:await_register { within = 20000 }
    t:quiet()
  end,
  covers = { "5.2.2-refresh", "5.2.2-2" },
}

play { "client-registers-again", "de-registered and registered once more: the settings are owed once more",
  function(t)
    local alice = t:client { algorithms = { "MD5" } }
    alice:register()
    alice:await_publish()
    alice:deregister()
    alice:register()
    alice:await_publish()
    t:quiet()
  end,
  covers = { "5.2.2-publish" },
}
