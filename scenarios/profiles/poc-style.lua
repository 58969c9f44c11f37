-- SPDX-License-Identifier: MIT
--
-- An edition as an example: the same procedures with the names of OMA PoC (Push-to-talk over Cellular), from which the
-- settings document and its event package come (RFC 4354). The tag is PoC's, the tokens of the release are PoC's, and
-- the settings of IM stand in PoC's own namespace. The procedures of the change request (profile default) stay.
return {
  name = "poc-style",
  base = "default.lua",
  feature_tag = "+g.poc.talkburst",
  release = { client = "PoC-client", server = "PoC-serv" },
  settings = { im_namespace = "urn:oma:params:xml:ns:poc:poc-settings" },
}
