-- SPDX-License-Identifier: MIT
--
-- What the change request cites and does not contain: the settings document (Appendix E.2, RFC 4354), the release version
-- (Appendix F) and the metadata of deferred messages (12.1.2.2). From this text, RFC 4354 and what the field sends.
-- A vendor's dialect is another such file, given with --profile; what a file leaves out has no default.

local extension = "urn:oma:xml:im:service-settings"

return {
  name = "default",
  feature_tag = "+g.oma.sip-im",
  event = "poc-settings",

  -- The token PRODUCT/VERSION anywhere in User-Agent or Server; a trailing * stands for any rest.
  release = { client = "IM-client", server = "IM-serv", version = "OMA*" },

  -- The event package is not settled in the field: any of these, pointed at the deferred list.
  metadata = {
    events = { "sip-profile", "ua-profile", "xcap-diff" },
    type = "application/vnd.oma.im.deferred-list+xml",
    auid = "org.openmobilealliance.deferred-list",
  },

  settings = {
    mime = "application/poc-settings+xml",
    root = "poc-settings",
    root_namespace = "urn:oma:params:xml:ns:poc:poc-settings",
    im_namespace = extension,
    entity = "entity",
    entity_id = "id",

    -- Which element tells which setting. An attribute holds a boolean; without one the element's text is the value.
    -- A selector is the attribute that tells two uses of one element apart. Documents that the harness writes have
    -- in_root_namespace elements in the root's namespace, the others in that of IM; readers know them in both.
    rules = {
      -- RFC 4354 has session barring without a service-id.
      { item = "session barring", container = "isb-settings", element = "incoming-session-barring", attribute = "active",
        selector = "service-id", selector_value = "session-mode", selector_default = true, in_root_namespace = true },
      { item = "pager barring", container = "isb-settings", element = "incoming-session-barring", attribute = "active",
        selector = "service-id", selector_value = "pager-large-mode", in_root_namespace = true },
      { item = "invisibility", container = "vis-settings", element = "vis-status", attribute = "active" },
      { item = "offline delivery", container = "deferred-settings", element = "offline-delivery", attribute = "active" },
      { item = "session storing", container = "hist-settings", element = "hist-activation", attribute = "active",
        selector = "service-id", selector_value = "session-mode" },
      { item = "pager storing", container = "hist-settings", element = "hist-activation", attribute = "active",
        selector = "service-id", selector_value = "pager-large-mode" },
      -- Known, and no setting of step 8.
      { item = "none", container = "am-settings", element = "answer-mode", values = "automatic manual" },
      { item = "none", container = "ipab-settings", element = "incoming-personal-alert-barring", attribute = "active" },
      { item = "none", container = "sss-settings", element = "simultaneous-sessions-support", attribute = "active" },
      { item = "none", container = "ext-app", element = "parallel-streams", attribute = "active" }, -- seen in the field
    },
  },
}
