-- SPDX-License-Identifier: MIT
-- An IXIT: what the test must know of the server and of what surrounds it. Every line may be left out. A flag of the
-- command line goes before what stands here.
return {
  iut    = { role = "server", address = "127.0.0.1:5070", transport = "udp", -- as --target; a name may stand there
             orderly = true },           -- packets keep their order on the way; left out: on loopback only
  core   = { address = "127.0.0.1:5060", -- as --core
             trusted_by_iut = true,      -- the server believes the core's P-Asserted-Identity
             ims = false,                -- true: requirements on an IMS core are judged, too
             direct = false },           -- true, as --direct: there is no core; users come to the server themselves
  -- TLS, where iut.transport is "tls" or the target a sips URI; paths are relative to this file. As --tls-cert … --tls-secrets
  -- tls = { certificate = "core.pem", key = "core.key",  -- ours; without: one is made for the run
  --         authority = "lab-ca.pem",                    -- whom we believe; without: those of this machine
  --         name = "im.example",                         -- whom the server's certificate must be for
  --         clients = "required",                        -- certificates of who connects to us: any, asked, required
  --         insecure = false, keylog = "run.keys", secrets = false },
  domain = "im.example",                 -- of the users' addresses
  timers = { quiet_ms = 2000,            -- how long silence is watched before it counts as "no push"
             answer_ms = 4000,           -- how long an answer may take
             dns_ms = 2000 },            -- how long each of two tries of a question to a name server may take
  hosts  = { ["server.im.example"] = "127.0.0.1" }, -- as --host: such a name needs no name server
  report = { implementation = "Acme IM", version = "4.2", supplier = "Acme", -- the first page of -o sctr:
             laboratory = "Example Lab", client = "Acme", date = "2026-11-22" },
  dns    = { "127.0.0.1:53" },           -- as --dns: who is asked for other names; left out: those of this machine
  -- What makes a client act: docs/clients.md.
  -- hooks = { start = "my-client --user {user} --password {password} --proxy {core}" },
  -- A client's own users, taken in turn; k with opc or op (hexadecimal) are the keys of AKA, where core.ims is true and the
  -- client is to be challenged by it (docs/ims.md):
  -- users = { { address = "sip:alice@im.example", private_id = "alice", password_file = "alice.pw",
  --             k = "465b5ce8b199b49faa5f0a2ee238a6bc", opc = "cd63cb71954a9f4e48a5994e37a02baf" } },
}
