/* SPDX-License-Identifier: MIT
 *
 * What a server of another make writes: the same, otherwise. Applied to the whole text of a message, after the
 * reference has written it. */
#include "harness/server_private.h"
#include "sip/chars.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* --- a message taken apart --- */

enum { LINES_MAX = 64 };

struct draft {
	const struct server *server;
	struct arena arena;
	struct sip_msg msg;
	const char *start;
	struct {
		const char *name;
		struct slice value;
	} lines[LINES_MAX];
	size_t count;
	struct slice body;
};

static bool has(const struct draft *draft, enum server_variant variant)
{
	return server_has_variant(draft->server, variant);
}

static bool draft_read(struct draft *draft, const struct buf *text)
{
	const char *end;

	if (sip_msg_index(&draft->msg, arena_copy(&draft->arena, buf_slice(text)), &draft->arena, NULL) < 0 ||
	    draft->msg.line_count > LINES_MAX / 2)
		return false;
	end = slice_find(draft->msg.raw, SLICE("\r\n"));
	draft->start = arena_printf(&draft->arena, "%.*s", (int)(end - draft->msg.raw.p), draft->msg.raw.p);
	draft->body = draft->msg.body;
	for (uint16_t i = 0; i < draft->msg.line_count; i++) {
		const struct sip_line *line = &draft->msg.lines[i];

		draft->lines[draft->count].name =
			arena_printf(&draft->arena, "%.*s", line->name_len, draft->msg.raw.p + line->offset);
		draft->lines[draft->count++].value = sip_line_value(&draft->msg, line);
	}
	return true;
}

/* --- changes of what is said --- */

enum where { EVERYWHERE, IN_REQUESTS, IN_ANSWERS, IN_INVITE, IN_OK_REGISTER };
enum what { ADD, APPEND, REPLACE, REMOVE, BODY };

struct change {
	enum server_variant variant;
	enum where where;
	enum what what;
	const char *name, *value; /* BODY: old and new text */
};

static const struct change changes[] = {
	{VARIANT_HEADERS_UNKNOWN, EVERYWHERE, ADD, "X-Vendor-Trace", "a=1, b=\"two, three\";c"},
	{VARIANT_HEADERS_UNKNOWN, EVERYWHERE, ADD, "P-Unheard-Of", "<sip:nobody@nowhere.example>;event=presence"},
	{VARIANT_HEADERS_INFORMATIVE, EVERYWHERE, ADD, "Date", "Thu, 21 Feb 2002 13:02:03 GMT"},
	{VARIANT_HEADERS_INFORMATIVE, IN_REQUESTS, ADD, "Timestamp", "54.3"},
	{VARIANT_HEADERS_INFORMATIVE, IN_REQUESTS, ADD, "Organization", "IM, Messages & Co."},
	{VARIANT_ANSWERS_TALKATIVE, IN_ANSWERS, ADD, "Supported", "path, timer"},
	{VARIANT_ANSWERS_TALKATIVE, IN_ANSWERS, ADD, "Warning", "399 im.example \"as \\\"usual\\\", 489\""},
	{VARIANT_ANSWERS_TALKATIVE, IN_ANSWERS, ADD, "Allow", server_methods},
	{VARIANT_ANSWERS_TERSE, IN_ANSWERS, REMOVE, "Server", NULL},
	{VARIANT_PARAMETERS, EVERYWHERE, APPEND, "From", ";x-vendor=\"a;b\""},
	{VARIANT_PARAMETERS, IN_INVITE, APPEND, "Contact", ";x-vendor"},
	{VARIANT_PARAMETERS, IN_INVITE, APPEND, "Session-Expires", ";x-vendor=1"},
	{VARIANT_PARAMETERS, IN_INVITE, APPEND, "Accept-Contact", ";x-vendor"},
	{VARIANT_EXPIRES_PARAM, IN_OK_REGISTER, ADD, "Contact", "<sip:core@im.example>"},
	{VARIANT_SESSION_SHORT, IN_INVITE, ADD, "Min-SE", "90"},
	{VARIANT_ALLOW_EVENTS_MORE, IN_ANSWERS, REPLACE, "Allow-Events", "presence, poc-settings, reg"},
	{VARIANT_ACCEPT_MORE, IN_ANSWERS, APPEND, "Accept", ";q=0.9, multipart/mixed"},
	{VARIANT_NO_ALLOW, IN_INVITE, REMOVE, "Allow", NULL},
	{VARIANT_NO_SESSION_TIMER, IN_INVITE, REMOVE, "Session-Expires", NULL},
	{VARIANT_NO_SHOULD, IN_INVITE, REMOVE, "Allow", NULL},
	{VARIANT_NO_SHOULD, IN_INVITE, REMOVE, "Session-Expires", NULL},
	{VARIANT_NO_ROUTE, IN_INVITE, REMOVE, "Route", NULL},
	{VARIANT_NO_ASSERTED, IN_INVITE, REMOVE, "P-Asserted-Identity", NULL},
	{VARIANT_TAG_TRUE, IN_INVITE, REPLACE, "Accept-Contact", "*;+g.oma.sip-im=\"TRUE\""},
	{VARIANT_TAG_TRUE, IN_INVITE, APPEND, "Contact", "=\"TRUE\""},
	{VARIANT_TAG_UPPER_CASE, IN_INVITE, REPLACE, "Accept-Contact", "*;+G.OMA.SIP-IM"},
	{VARIANT_ACCEPT_CONTACT_EXPLICIT, IN_INVITE, APPEND, "Accept-Contact", ";require;explicit"},
	{VARIANT_ACCEPT_CONTACT_SECOND, IN_INVITE, REPLACE, "Accept-Contact",
	 "*;methods=\"INVITE\";explicit, *;+g.oma.sip-im"},
	{VARIANT_ACCEPT_CONTACT_LINES, IN_INVITE, REPLACE, "Accept-Contact", "*;methods=\"INVITE\""},
	{VARIANT_ACCEPT_CONTACT_LINES, IN_INVITE, ADD, "Accept-Contact", "*;+g.oma.sip-im"},
	{VARIANT_CONTACT_MORE, IN_INVITE, APPEND, "Contact",
	 ";methods=\"INVITE,BYE\";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\";audio=\"FALSE\""},
	{VARIANT_USER_AGENT_MORE, IN_REQUESTS, APPEND, "User-Agent", " acme-im/3.2.1 (build \"7\")"},
	{VARIANT_ALLOW_LINES, IN_INVITE, REPLACE, "Allow", "INVITE, ACK"},
	{VARIANT_ALLOW_LINES, IN_INVITE, ADD, "Allow", "CANCEL,BYE"},
	{VARIANT_ALLOW_LINES, IN_INVITE, ADD, "Allow", "UPDATE , PRACK"},
	{VARIANT_ALLOW_LEAST, IN_INVITE, REPLACE, "Allow", "INVITE,ACK,CANCEL,BYE"},
	{VARIANT_SDP_SESSION, IN_REQUESTS, BODY, "a=sendonly\r\n", ""},
	{VARIANT_SDP_SESSION, IN_REQUESTS, BODY, "t=0 0\r\n", "t=0 0\r\na=sendonly\r\n"},
	{VARIANT_SDP_BOTH, IN_REQUESTS, BODY, "t=0 0\r\n", "t=0 0\r\na=sendonly\r\n"},
	{VARIANT_SDP_OVERRIDDEN, IN_REQUESTS, BODY, "t=0 0\r\n", "t=0 0\r\na=sendrecv\r\n"},
	{VARIANT_SDP_MORE, IN_REQUESTS, BODY, "t=0 0\r\n", "b=AS:64\r\nt=0 0\r\na=tool:im-server 1.0\r\na=x-vendor\r\n"},
	{VARIANT_SDP_UNUSED, IN_REQUESTS, BODY, "t=0 0\r\n", "t=0 0\r\nm=audio 0 RTP/AVP 0\r\n"},
	{VARIANT_SDP_TYPE_PARAMETER, IN_REQUESTS, APPEND, "Content-Type", ";charset=\"utf-8\""},
	{VARIANT_BYE_REASON, IN_REQUESTS, ADD, "Reason", "SIP;cause=200;text=\"all messages delivered\""},
};

static bool is_there(const struct draft *draft, enum where where)
{
	const struct sip_msg *msg = &draft->msg;

	switch (where) {
	case IN_REQUESTS:
		return msg->is_request;
	case IN_ANSWERS:
		return !msg->is_request;
	case IN_INVITE:
		return msg->is_request && msg->method == SIP_METHOD_INVITE;
	case IN_OK_REGISTER:
		return msg->status == 200 && msg->method == SIP_METHOD_REGISTER;
	default:
		return true;
	}
}

static void add_line(struct draft *draft, const char *name, struct slice value)
{
	if (draft->count == LINES_MAX)
		return;
	draft->lines[draft->count].name = name;
	draft->lines[draft->count++].value = value;
}

static void change_body(struct draft *draft, const char *old, const char *new)
{
	const char *at = slice_find(draft->body, slice_of(old));
	const char *end = draft->body.p + draft->body.len;

	if (!at)
		return;
	draft->body = slice_of(arena_printf(&draft->arena, "%.*s%s%.*s", (int)(at - draft->body.p), draft->body.p, new,
					    (int)(end - at - (long)strlen(old)), at + strlen(old)));
}

static void change_lines(struct draft *draft, const struct change *change)
{
	size_t kept = 0;

	for (size_t i = 0; i < draft->count; i++) {
		struct slice *value = &draft->lines[i].value;
		bool named = !strcasecmp(draft->lines[i].name, change->name);

		if (named && change->what == APPEND)
			*value = slice_of(arena_printf(&draft->arena, "%.*s%s", SLICE_F(*value), change->value));
		else if (named && change->what == REPLACE)
			*value = slice_of(change->value);
		if (!named || change->what != REMOVE)
			draft->lines[kept++] = draft->lines[i];
	}
	draft->count = kept;
}

static void draft_change(struct draft *draft, const struct change *change)
{
	if (change->what == ADD)
		add_line(draft, change->name, slice_of(change->value));
	else if (change->what == BODY)
		change_body(draft, change->name, change->value);
	else
		change_lines(draft, change);
}

/* "IM Server" <sip:…> */
static void name_people(struct draft *draft)
{
	for (size_t i = 0; i < draft->count; i++) {
		struct slice *value = &draft->lines[i].value;

		if (value->len && value->p[0] == '<' && (!strcmp(draft->lines[i].name, "From") || !strcmp(draft->lines[i].name, "To")))
			*value = slice_of(arena_printf(&draft->arena, "\"IM \\\"<;>\\\" %s\" %.*s", draft->lines[i].name,
						       SLICE_F(*value)));
	}
}

/* --- changes of form --- */

static const char *compact_name(const char *name)
{
	static const char letters[] = "abcdefijklmnoqrstuvxy";
	enum sip_header id = sip_header_of(slice_of(name));
	static const char names[26][2] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
					  "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z"};

	for (const char *l = letters; *l && id != SIP_HEADER_OTHER; l++)
		if (sip_header_of((struct slice){l, 1}) == id)
			return names[*l - 'a'];
	return name;
}

static void put_name(const struct draft *draft, const char *name, struct buf *to)
{
	bool upper = has(draft, VARIANT_UPPER_CASE), lower = has(draft, VARIANT_LOWER_CASE);

	for (const char *p = has(draft, VARIANT_COMPACT) ? compact_name(name) : name; *p; p++)
		buf_putc(to, (char)(upper ? toupper((unsigned char)*p) : lower ? tolower((unsigned char)*p) : *p));
}

static void put_line(const struct draft *draft, size_t i, struct buf *to)
{
	const char *colon = has(draft, VARIANT_FOLDED) ? ":\r\n\t" : has(draft, VARIANT_SPACED) ? " \t:  "
			    : has(draft, VARIANT_DENSE) ? ":" : ": ";

	put_name(draft, draft->lines[i].name, to);
	buf_puts(to, colon);
	buf_add(to, draft->lines[i].value);
	buf_puts(to, has(draft, VARIANT_SPACED) ? "  \r\n" : "\r\n");
}

/* Lines of one name keep their order among each other. */
static void put_reversed(const struct draft *draft, struct buf *to)
{
	for (size_t i = draft->count; i-- > 0;) {
		bool later = false;

		for (size_t j = i + 1; j < draft->count; j++)
			later |= !strcmp(draft->lines[j].name, draft->lines[i].name);
		for (size_t j = 0; j <= i && !later; j++)
			if (!strcmp(draft->lines[j].name, draft->lines[i].name))
				put_line(draft, j, to);
	}
}

static void put_start(const struct draft *draft, struct buf *to)
{
	if (!draft->msg.is_request && has(draft, VARIANT_REASON_OTHER))
		buf_printf(to, "SIP/2.0 %u It's all the same to me: 200 OK\r\n", draft->msg.status);
	else if (!draft->msg.is_request && has(draft, VARIANT_REASON_EMPTY))
		buf_printf(to, "SIP/2.0 %u \r\n", draft->msg.status);
	else if (!draft->msg.is_request && has(draft, VARIANT_REASON_UTF8))
		buf_printf(to, "SIP/2.0 %u \xc3\x84ndert nichts \xe2\x9c\x93\r\n", draft->msg.status);
	else
		buf_printf(to, "%s\r\n", draft->start);
}

static void draft_write(struct draft *draft, struct buf *to)
{
	const char *length = arena_printf(&draft->arena, has(draft, VARIANT_LENGTH_ZEROS) ? "%08zu" : "%zu", draft->body.len);

	for (size_t i = 0; i < draft->count; i++)
		if (!strcmp(draft->lines[i].name, "Content-Length"))
			draft->lines[i].value = slice_of(length);
	buf_clear(to);
	put_start(draft, to);
	if (has(draft, VARIANT_REVERSED))
		put_reversed(draft, to);
	for (size_t i = 0; i < draft->count && !has(draft, VARIANT_REVERSED); i++)
		put_line(draft, i, to);
	buf_puts(to, "\r\n");
	buf_add(to, draft->body);
}

void server_variants_write(const struct server *s, struct buf *text)
{
	static const struct server_variants none;
	struct draft draft = {.server = s};

	if (!memcmp(&s->config.variants, &none, sizeof(none)))
		return;
	if (draft_read(&draft, text)) {
		for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
			if (has(&draft, changes[i].variant) && is_there(&draft, changes[i].where))
				draft_change(&draft, &changes[i]);
		if (has(&draft, VARIANT_DISPLAY_NAMES) && draft.msg.is_request)
			name_people(&draft);
		draft_write(&draft, text);
	}
	arena_done(&draft.arena);
}
