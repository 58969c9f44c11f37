/* SPDX-License-Identifier: MIT
 *
 * What a client of another make writes: the same, otherwise (harness/restyle). The document is changed before the
 * credentials are made, which may depend on it. */
#include "harness/client_private.h"
#include "base/mem.h"
#include "harness/restyle.h"

#include <string.h>

#define BOUNDARY    "of-my-parts"
#define INSTANCE(n) ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e12" n ">\""

static const struct restyle_change changes[] = {
	RESTYLE_COMMON(CLIENT_VARIANT_),
	{CLIENT_VARIANT_PARAMETERS, RESTYLE_EVERYWHERE, RESTYLE_APPEND, "From", ";x-vendor=\"a;b\""},
	{CLIENT_VARIANT_PARAMETERS, RESTYLE_REGISTER, RESTYLE_APPEND, "Contact", ";x-vendor"},
	{CLIENT_VARIANT_PARAMETERS, RESTYLE_PUBLISH, RESTYLE_APPEND, "Accept-Contact", ";x-vendor"},
	{CLIENT_VARIANT_MAX_FORWARDS_LESS, RESTYLE_REQUESTS, RESTYLE_REPLACE, "Max-Forwards", "10"},
	{CLIENT_VARIANT_CALL_ID_HOST, RESTYLE_REGISTER, RESTYLE_APPEND, "Call-ID", "@client.im.example"},
	{CLIENT_VARIANT_CALL_ID_HOST, RESTYLE_PUBLISH, RESTYLE_APPEND, "Call-ID", "@client.im.example"},
	{CLIENT_VARIANT_EXPIRES_IN_CONTACT, RESTYLE_REGISTER, RESTYLE_REMOVE, "Expires", NULL},
	{CLIENT_VARIANT_CONTACT_MORE, RESTYLE_REGISTER, RESTYLE_APPEND, "Contact",
	 ";methods=\"INVITE,BYE\";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\";audio=\"FALSE\""},
	{CLIENT_VARIANT_CONTACT_AND_OTHER, RESTYLE_REGISTER, RESTYLE_APPEND, "Contact",
	 ";q=0.8, <sip:desk@192.0.2.78:5062;transport=tcp>;q=0.2;audio"},
	{CLIENT_VARIANT_CONTACT_BEHIND_OTHER, RESTYLE_REGISTER, RESTYLE_PREPEND, "Contact",
	 "\"Desk, old\" <sip:desk@192.0.2.78:5062>;audio;q=0.2, "},
	{CLIENT_VARIANT_CONTACT_LINES, RESTYLE_REGISTER, RESTYLE_APPEND, "Contact", ";q=0.9" INSTANCE("1")},
	{CLIENT_VARIANT_CONTACT_LINES, RESTYLE_REGISTER, RESTYLE_ADD, "Contact",
	 "<sip:tablet@192.0.2.79>;+g.oma.sip-im;q=0.1" INSTANCE("2")},
	{CLIENT_VARIANT_OUTBOUND, RESTYLE_REGISTER, RESTYLE_APPEND, "Contact", ";reg-id=1" INSTANCE("1")},
	{CLIENT_VARIANT_OUTBOUND, RESTYLE_REGISTER, RESTYLE_APPEND, "Supported", ", outbound"},
	{CLIENT_VARIANT_CONTACT_NAME, RESTYLE_REGISTER, RESTYLE_PREPEND, "Contact", "\"At <home>, or so\" "},
	{CLIENT_VARIANT_CONTACT_NAME, RESTYLE_REGISTER, RESTYLE_APPEND, "Contact", ";q=0.7"},
	{CLIENT_VARIANT_CONTACT_TRUE, RESTYLE_REGISTER, RESTYLE_APPEND, "Contact", "=\"TRUE\""},
	{CLIENT_VARIANT_REGISTER_BARE, RESTYLE_REGISTER, RESTYLE_REMOVE, "Allow", NULL},
	{CLIENT_VARIANT_REGISTER_BARE, RESTYLE_REGISTER, RESTYLE_REMOVE, "User-Agent", NULL},
	{CLIENT_VARIANT_PREFERRED_NONE, RESTYLE_PUBLISH, RESTYLE_REMOVE, "P-Preferred-Identity", NULL},
	{CLIENT_VARIANT_PREFERRED_NAME, RESTYLE_PUBLISH, RESTYLE_PREPEND, "P-Preferred-Identity", "\"<sip:me>, too\" "},
	{CLIENT_VARIANT_TAG_TRUE, RESTYLE_PUBLISH, RESTYLE_REPLACE, "Accept-Contact", "*;+g.oma.sip-im=\"TRUE\""},
	{CLIENT_VARIANT_TAG_UPPER_CASE, RESTYLE_PUBLISH, RESTYLE_REPLACE, "Accept-Contact", "*;+G.OMA.SIP-IM"},
	{CLIENT_VARIANT_ACCEPT_CONTACT_EXPLICIT, RESTYLE_PUBLISH, RESTYLE_APPEND, "Accept-Contact",
	 ";require;explicit"},
	{CLIENT_VARIANT_ACCEPT_CONTACT_SECOND, RESTYLE_PUBLISH, RESTYLE_REPLACE, "Accept-Contact",
	 "*;methods=\"PUBLISH\";explicit, *;+g.oma.sip-im"},
	{CLIENT_VARIANT_ACCEPT_CONTACT_LINES, RESTYLE_PUBLISH, RESTYLE_REPLACE, "Accept-Contact",
	 "*;methods=\"PUBLISH\""},
	{CLIENT_VARIANT_ACCEPT_CONTACT_LINES, RESTYLE_PUBLISH, RESTYLE_ADD, "Accept-Contact", "*;+g.oma.sip-im"},
	{CLIENT_VARIANT_USER_AGENT_MORE, RESTYLE_REQUESTS, RESTYLE_APPEND, "User-Agent",
	 " acme-im/3.2.1 (build \"7\")"},
	{CLIENT_VARIANT_EVENT_PARAMETER, RESTYLE_PUBLISH, RESTYLE_APPEND, "Event", ";x-vendor=settings"},
	{CLIENT_VARIANT_CONTENT_PARAMETER, RESTYLE_PUBLISH, RESTYLE_APPEND, "Content-Type", ";charset=\"utf-8\""},
	{CLIENT_VARIANT_CONTENT_MORE, RESTYLE_PUBLISH, RESTYLE_ADD, "Content-Language", "en"},
	{CLIENT_VARIANT_CONTENT_MORE, RESTYLE_PUBLISH, RESTYLE_ADD, "Content-Disposition", "render;handling=required"},
	{CLIENT_VARIANT_CONTENT_MORE, RESTYLE_PUBLISH, RESTYLE_ADD, "MIME-Version", "1.0"},
	{CLIENT_VARIANT_BODY_MULTIPART, RESTYLE_PUBLISH, RESTYLE_REPLACE, "Content-Type",
	 "multipart/mixed;boundary=\"" BOUNDARY "\""},
	{CLIENT_VARIANT_SDP_SESSION, RESTYLE_ANSWERS, RESTYLE_BODY, "a=recvonly\r\n", ""},
	{CLIENT_VARIANT_SDP_SESSION, RESTYLE_ANSWERS, RESTYLE_BODY, "t=0 0\r\n", "t=0 0\r\na=recvonly\r\n"},
	{CLIENT_VARIANT_SDP_MORE, RESTYLE_ANSWERS, RESTYLE_BODY, "t=0 0\r\n",
	 "b=AS:64\r\nt=0 0\r\na=tool:im-client 1.0\r\na=x-vendor\r\n"},
};

void client_variants_write(const struct client *c, struct buf *text)
{
	restyle(text, changes, ARRAY_LEN(changes), c->config.variants.set);
}

/* --- the document --- */

static void replace_all(struct buf *body, const char *old, const char *new)
{
	struct buf text = {0};
	struct slice rest = buf_slice(body);
	const char *at;

	while ((at = slice_find(rest, slice_of(old)))) {
		buf_add(&text, slice_range(rest.p, at));
		buf_puts(&text, new);
		rest = slice_range(at + strlen(old), rest.p + rest.len);
	}
	buf_add(&text, rest);
	buf_done(body);
	*body = text;
}

static void wrap(struct buf *body, const char *type)
{
	struct buf text = {0};

	buf_printf(&text,
		   "What nobody reads.\r\n--" BOUNDARY "\r\nContent-Type: text/plain\r\n\r\nMy settings:\r\n"
		   "--" BOUNDARY "\r\nContent-Type: %s\r\n\r\n",
		   type);
	buf_add(&text, buf_slice(body));
	buf_puts(&text, "\r\n--" BOUNDARY "--\r\n");
	buf_done(body);
	*body = text;
}

static void drop_declaration(struct buf *body)
{
	const char *end = slice_find(buf_slice(body), SLICE("?>"));
	size_t len = (size_t)(end - body->p) + strlen("?>");

	memmove(body->p, body->p + len, body->len - len);
	body->len -= len;
}

void client_variants_body(const struct client *c, struct buf *body)
{
	if (client_has_variant(c, CLIENT_VARIANT_BODY_COMMENT))
		replace_all(body, "?>\n", "?>\n<!-- of mine -->\n<?x-vendor settings?>\n");
	if (client_has_variant(c, CLIENT_VARIANT_BODY_QUOTES))
		replace_all(body, "\"", "'");
	if (client_has_variant(c, CLIENT_VARIANT_BODY_DENSE)) {
		drop_declaration(body);
		replace_all(body, "\n", "");
		replace_all(body, "\t", "");
	}
	if (client_has_variant(c, CLIENT_VARIANT_BODY_DIGITS)) {
		replace_all(body, "\"true\"", "\"1\"");
		replace_all(body, "\"false\"", "\"0\"");
	}
	if (client_has_variant(c, CLIENT_VARIANT_BODY_MULTIPART))
		wrap(body, c->config.profile->settings.mime);
}

/* --- credentials: "Digest a=…, b=…" --- */

void client_variants_credentials(const struct client *c, struct buf *value)
{
	static const char scheme[] = "Digest ";
	struct buf text = {0};
	struct slice rest;
	const char *at;

	if (client_has_variant(c, CLIENT_VARIANT_AUTH_DENSE))
		replace_all(value, ", ", ",");
	if (!client_has_variant(c, CLIENT_VARIANT_AUTH_ORDER))
		return;
	rest = slice_range(value->p + strlen(scheme), value->p + value->len);
	at = slice_find(rest, SLICE(", ")); /* the first one becomes the last */
	buf_puts(&text, scheme);
	buf_add(&text, slice_range(at + strlen(", "), rest.p + rest.len));
	buf_puts(&text, ", ");
	buf_add(&text, slice_range(rest.p, at));
	buf_done(value);
	*value = text;
}
