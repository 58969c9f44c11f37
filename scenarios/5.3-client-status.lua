-- SPDX-License-Identifier: MIT
-- 5.3 Getting information on client status: what the IM Server makes of the core's third-party REGISTER.

clause { "5.3", "Getting Information on Client Status", actor = "server" }

step { "5.3-support",
  should = "support receiving third-party REGISTER requests from the SIP/IP core (TS 24.229)",
  reading = "405 and 501 say that it is not supported: a warning, no failure",
  live = "the core registers users with the server", capture = "as seen between core and server",
  on = third_party_register { answered() },
  expect = answer { no { status(405, 501) } },
  broken = { edit("answer", "status", 405) },
}

step { "5.3-response",
  shall = "answer a third-party REGISTER with 200 or an appropriate failure",
  reading = "a final answer of class 2, 4, 5 or 6 within Timer F",
  live = "well-formed and malformed REGISTERs", capture = "as seen between core and server",
  on = third_party_register {},
  expect = answer { class(2, 4, 5, 6) },
  broken = { edit("answer", "status", 302) },
}

step { "5.3-expires",
  shall = "put into the 200 an Expires value equal to the one received",
  reading = "the Expires header of the answer; where it has none, the expires parameter of its Contact",
  live = "0, 1, 3600, 600000 and 2^32-1", capture = "as seen between core and server",
  on = third_party_register { number("Expires"), answered(), answer { status(200) } },
  expect = answer { expires_equal() },
  broken = { edit("answer", "header", "Expires", "7") },
}

step { "5.3-no-push",
  shall_not = "push deferred messages because of a REGISTER, first or refreshed",
  reading = "comments I185 and I186, the point of the change: a push follows a PUBLISH, never a REGISTER alone",
  live = "REGISTERs of users who have deferred messages, then silence and a probe", capture = "where a push follows a REGISTER",
  rules = {
    rule { "silence after a REGISTER",
      on = third_party_register { answered(), answer { class(2) }, waiting(), watched() },
      expect = no_push(),
      broken = { edit("answer", "insert_push", 50) },
    },
    rule { "a push has a PUBLISH before it",
      on = push { due() },
      expect = caused_by("publish"),
      broken = { edit("cause", "drop"), edit("cause_answer", "drop") },
    },
  },
}

-- plays
