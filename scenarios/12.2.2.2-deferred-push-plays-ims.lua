-- SPDX-License-Identifier: MIT
-- 12.2.2.2 where the core is an IMS (3GPP TS 24.229): pushes as an application server originates them. These run with
-- `core.ims = true` only.

clause { "12.2.2.2", "Delivering of offline Messages", actor = "server" }

local function pushed(t, alice, more)
  alice:deposit(more or {})
  alice:register {}
  alice:publish { active = true }
  alice:await_push {}
  alice:await_end {}
end

play { "ims-push", "a push in an IMS",
  function(t)
    local alice = t:user()
    pushed(t, alice)
    t:quiet()
  end,
  covers = { "12.2.2.2-ims" },
}

play { "ims-push-twice", "two registrations, two pushes: charged apart",
  function(t)
    local alice = t:user()
    pushed(t, alice)
    alice:deregister {}
    pushed(t, alice)
    t:quiet()
  end,
  covers = { "12.2.2.2-ims" },
}

play { "ims-push-session", "a session that lasts, and is ended by the user",
  function(t)
    local alice = t:user()
    alice:answers { { 180 }, { 200, session_expires = 90, refresher = "uac" }, hold = true }
    alice:deposit {}
    alice:register {}
    alice:publish { active = true }
    alice:await_push {}
    alice:await_request { within = 50000 }
    alice:hang_up()
    t:quiet()
  end,
  covers = { "12.2.2.2-ims" },
}

play { "ims-push-to-a-number", "a user whose public identity is a telephone number (5.2.2, NOTE 3)",
  function(t)
    local alice = t:user()
    local number = alice.tel or alice.address
    local to = "<" .. number .. ">"
    alice:deposit { uri = number, to = to }
    alice:register { to = to }
    alice:publish { active = true, uri = number, asserted = { number } }
    alice:await_push {}
    alice:await_end {}
    t:quiet()
  end,
  covers = { "12.2.2.2-ims" },
}
