-- SPDX-License-Identifier: MIT
-- 12.2.2.2: how the client answers a push, and what the server makes of it.

clause { "12.2.2.2", "Delivering of offline Messages", actor = "server" }

local update = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE"
local no_update = "INVITE, ACK, BYE, CANCEL, OPTIONS"

local function pushed(t, plan)
  local alice = t:user()
  alice:answers(plan(alice))
  alice:deposit {}
  alice:register {}
  alice:publish { active = true }
  alice:await_push {}
  return alice
end

local function answered(name, title, covers, plan)
  play { name, title,
    function(t)
      local alice = pushed(t, plan)
      alice:await_end {}
      t:sleep(500) -- the answer would be repeated, were it not acknowledged
      t:quiet()
    end,
    covers = covers,
  }
end

answered("answer-200", "200 at once, with the Contact of the registration", { "12.2.2.2-ok-3" },
  function() return { { 200 } } end)
answered("answer-contact", "200 with a Contact that the registration did not have", { "12.2.2.2-ok-3" },
  function(alice) return { { 200, contact = alice:contact_as("other") } } end)
answered("answer-180-contact", "180 and 200, each with a Contact of its own", { "12.2.2.2-any-2", "12.2.2.2-ok-3" },
  function(alice) return { { 180, contact = alice:contact_as("early") }, { 200, after = 100, contact = alice:contact_as("late") } } end)
answered("answer-183", "183 and 200, each with a Contact of its own", { "12.2.2.2-any-2", "12.2.2.2-ok-3" },
  function(alice) return { { 183, contact = alice:contact_as("early") }, { 200, after = 100, contact = alice:contact_as("late") } } end)
answered("answer-all-provisional", "100, 180, 183, 180, then 200", { "12.2.2.2-any-2", "12.2.2.2-ok-3" },
  function(alice)
    return { { 100 }, { 180, after = 50 }, { 183, after = 50, contact = alice:contact_as("early") }, { 180, after = 50 },
      { 200, after = 50, contact = alice:contact_as("late") } }
  end)
answered("answer-reliable", "a reliable 183 with a Contact of its own, where the server supports it (RFC 3262)",
  { "12.2.2.2-any-2", "12.2.2.2-any-1" },
  function(alice)
    return { { 183, contact = alice:contact_as("early"), allow = update .. ", PRACK", reliable = true },
      { 200, after = 700, contact = alice:contact_as("late") } }
  end)
answered("answer-late", "180, and the user takes a while", { "12.2.2.2-ok-3" },
  function(alice) return { { 180 }, { 200, after = 3000, contact = alice:contact_as("late") } } end)
answered("answer-and-bye", "the user ends the session himself", { "12.2.2.2-ok-3" },
  function() return { { 200 }, hold = true, bye_after = 500 } end)

for _, status in ipairs { 404, 480, 486, 488, 603 } do
  answered("answer-" .. status, "the push is refused with " .. status, { "12.2.2.2-2", "12.2.2.2-2i" },
    function() return { { 180 }, { status } } end)
end

play { "answer-302", "the push is redirected, to the same user; where the server follows, he is busy",
  function(t)
    local alice = t:user()
    alice:answers { { 302, contact = "<" .. alice.address .. ";moved=yes>" } }
    alice:then_answers { { 486 } }
    alice:deposit {}
    alice:register {}
    alice:publish { active = true }
    alice:await_push {}
    alice:await_end {}
    t:quiet()
  end,
  covers = { "12.2.2.2-2", "12.2.2.2-2i" },
}

play { "answer-422", "the session interval is too small for the user, who names a larger one",
  function(t)
    local alice = t:user()
    alice:answers { { 422, headers = { "Min-SE: 7200" } } }
    alice:then_answers { { 200 } }
    alice:deposit {}
    alice:register {}
    alice:publish { active = true }
    alice:await_push {}
    alice:await_push {}
    alice:await_end {}
    t:quiet()
  end,
  covers = { "12.2.2.2-2", "12.2.2.2-2i" },
}

play { "answer-none", "nothing at all comes back",
  function(t)
    pushed(t, function() return {} end)
    t:sleep(34000)
    t:quiet()
  end,
  covers = { "12.2.2.2-2", "12.2.2.2-2i" },
}

play { "answer-none-but-100", "100 and nothing more, then 200 after half a minute",
  function(t)
    local alice = pushed(t, function() return { { 100 }, { 200, after = 34000 } } end)
    alice:await_end { within = 45000 }
    t:quiet()
  end,
  covers = { "12.2.2.2-2", "12.2.2.2-2i" },
}

-- Sessions that stay up, because the client takes no message. Whoever waits for a refresh of theirs gives up after 68 s,
-- which no other timer is likely to be.
local function kept(name, title, covers, plan)
  play { name, title,
    function(t)
      local alice = pushed(t, plan)
      alice:await_request { within = 105000 }
      t:quiet()
      alice:hang_up()
      t:quiet()
    end,
    covers = covers,
  }
end

kept("session-refreshed-by-update", "the server refreshes, UPDATE is allowed",
  { "12.2.2.2-ok-1", "12.2.2.2-ok-2", "12.2.2.2-any-1" },
  function() return { { 180, allow = update }, { 200, allow = update, session_expires = 100, refresher = "uac" }, hold = true } end)
kept("session-refreshed-by-invite", "the server refreshes, UPDATE is not allowed",
  { "12.2.2.2-ok-1", "12.2.2.2-ok-2", "12.2.2.2-any-1" },
  function() return { { 180, allow = no_update }, { 200, allow = no_update, session_expires = 100, refresher = "uac" }, hold = true } end)
kept("session-allow-taken-back", "the 180 allows UPDATE, the 200 does not",
  { "12.2.2.2-ok-2" },
  function() return { { 180, allow = update }, { 200, allow = no_update, session_expires = 100, refresher = "uac" }, hold = true } end)
kept("session-allow-early-only", "the 180 does not allow UPDATE, the 200 says nothing",
  { "12.2.2.2-any-1" },
  function() return { { 180, allow = no_update }, { 200, allow = false, session_expires = 100, refresher = "uac" }, hold = true } end)
kept("session-contact", "the refresh goes to the Contact of the 200",
  { "12.2.2.2-ok-3", "12.2.2.2-any-2" },
  function(alice)
    return { { 180, contact = alice:contact_as("early") },
      { 200, contact = alice:contact_as("late"), session_expires = 100, refresher = "uac" }, hold = true }
  end)

play { "session-refreshed-by-client", "the client refreshes in time: the server leaves it to him",
  function(t)
    local alice = pushed(t, function() return { { 200, session_expires = 90, refresher = "uas" }, hold = true } end)
    t:sleep(50000)
    alice:hang_up()
    t:quiet()
  end,
  covers = { "12.2.2.2-ok-3" },
}

play { "session-not-refreshed", "the client should refresh and does not: the server ends the session",
  function(t)
    local alice = pushed(t, function()
      return { { 200, session_expires = 90, refresher = "uas" }, hold = true, refreshes = false }
    end)
    if not alice:await_end { within = 95000 } then
      t:quiet()
    end
  end,
  covers = { "12.2.2.2-ok-1" },
}
