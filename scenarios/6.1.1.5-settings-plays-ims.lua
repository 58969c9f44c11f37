-- SPDX-License-Identifier: MIT
-- 6.1.1.5 where the core is an IMS (3GPP TS 24.229): what an S-CSCF sends over ISC. These run with `core.ims = true` only.

clause { "6.1.1.5", "IM service setting procedure", actor = "server" }

local function registers(with)
  return function(t)
    local alice = t:user()
    alice:register { with = with }
    alice:publish { active = false }
  end
end

play { "ims-register", "the S-CSCF registers a user, and he publishes", registers(nil), covers = { "6.1.1.5-ims" } }
play { "ims-register-message-sip", "with the user's REGISTER in it", registers("message/sip"), covers = { "6.1.1.5-ims" } }
play { "ims-register-service-info", "with service information in it", registers("service-info"), covers = { "6.1.1.5-ims" } }
play { "ims-register-multipart", "with service information, the user's REGISTER and its answer in it", registers("multipart"),
  covers = { "6.1.1.5-ims" } }

-- His number is asserted, as he called from it; the S-CSCF serves him by his address, which is in the same implicit
-- registration set.
play { "ims-served-user", "the user publishes with his number asserted, and is P-Served-User by his address",
  function(t)
    local alice = t:user()
    alice:deposit {}
    alice:register { with = "multipart" }
    alice:publish { asserted = { alice.tel or "tel:+8835100" },
      headers = { "P-Served-User: <" .. alice.address .. ">;sescase=orig;regstate=reg" } }
    alice:await_push {}
    alice:await_end {}
    t:quiet()
  end,
  covers = { "6.1.1.5-ims" },
}
