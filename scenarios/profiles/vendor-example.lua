-- SPDX-License-Identifier: MIT
--
-- A vendor's dialect as an example, of nobody in particular: its clients name themselves otherwise, the metadata has an
-- event package of its own, and the settings are a document of the vendor's, with elements of other names. What is
-- not said here is as in the default profile; a list, such as the rules, is replaced as a whole.
return {
  name = "vendor-example",
  base = "default.lua",
  release = { client = "ExampleChat", server = "ExampleChat-AS", version = "*" },
  metadata = { events = { "example-deferred-list" } },
  settings = {
    mime = "application/vnd.example.im-settings+xml",
    root = "im-settings",
    root_namespace = "urn:example:im-settings",
    im_namespace = "urn:example:im-settings",
    rules = {
      { item = "session barring", container = "barring", element = "sessions", attribute = "active" },
      { item = "pager barring", container = "barring", element = "messages", attribute = "active" },
      { item = "invisibility", container = "presence", element = "invisible", attribute = "active" },
      { item = "offline delivery", container = "offline", element = "deliver", attribute = "active" },
      { item = "session storing", container = "history", element = "sessions", attribute = "active" },
      { item = "pager storing", container = "history", element = "messages", attribute = "active" },
    },
  },
}
