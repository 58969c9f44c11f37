/* SPDX-License-Identifier: MIT */
#include "harness/restyle.h"
#include "base/arena.h"
#include "sip/chars.h"
#include "sip/msg.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* --- a message taken apart --- */

enum { LINES_MAX = 64 };

struct draft {
	struct arena arena;
	struct sip_msg msg;
	unsigned forms;
	const char *start;
	struct {
		const char *name;
		struct slice value;
	} lines[LINES_MAX];
	size_t count;
	struct slice body;
};

static bool has(const struct draft *draft, enum restyle_form form)
{
	return draft->forms & form;
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

static bool is_request(const struct sip_msg *msg, enum sip_method method)
{
	return msg->is_request && msg->method == method;
}

static bool is_there(const struct sip_msg *msg, enum restyle_where where)
{
	switch (where) {
	case RESTYLE_REQUESTS:
		return msg->is_request;
	case RESTYLE_ANSWERS:
		return !msg->is_request;
	case RESTYLE_INVITE:
		return is_request(msg, SIP_METHOD_INVITE);
	case RESTYLE_REGISTER:
		return is_request(msg, SIP_METHOD_REGISTER);
	case RESTYLE_PUBLISH:
		return is_request(msg, SIP_METHOD_PUBLISH);
	case RESTYLE_OK_REGISTER:
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

static void change_lines(struct draft *draft, const struct restyle_change *change)
{
	size_t kept = 0;

	for (size_t i = 0; i < draft->count; i++) {
		struct slice *value = &draft->lines[i].value;
		bool named = !strcasecmp(draft->lines[i].name, change->name);

		if (named && change->what == RESTYLE_APPEND)
			*value = slice_of(arena_printf(&draft->arena, "%.*s%s", SLICE_F(*value), change->value));
		else if (named && change->what == RESTYLE_PREPEND)
			*value = slice_of(arena_printf(&draft->arena, "%s%.*s", change->value, SLICE_F(*value)));
		else if (named && change->what == RESTYLE_REPLACE)
			*value = slice_of(change->value);
		if (!named || change->what != RESTYLE_REMOVE)
			draft->lines[kept++] = draft->lines[i];
	}
	draft->count = kept;
}

static void draft_change(struct draft *draft, const struct restyle_change *change)
{
	if (change->what == RESTYLE_ADD)
		add_line(draft, change->name, slice_of(change->value));
	else if (change->what == RESTYLE_BODY)
		change_body(draft, change->name, change->value);
	else
		change_lines(draft, change);
}

/* "IM Server" <sip:…> */
static void name_people(struct draft *draft)
{
	for (size_t i = 0; i < draft->count; i++) {
		struct slice *value = &draft->lines[i].value;

		if (value->len && value->p[0] == '<' &&
		    (!strcmp(draft->lines[i].name, "From") || !strcmp(draft->lines[i].name, "To")))
			*value = slice_of(arena_printf(&draft->arena, "\"IM \\\"<;>\\\" %s\" %.*s",
						       draft->lines[i].name, SLICE_F(*value)));
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
	bool upper = has(draft, RESTYLE_UPPER_CASE), lower = has(draft, RESTYLE_LOWER_CASE);

	for (const char *p = has(draft, RESTYLE_COMPACT) ? compact_name(name) : name; *p; p++)
		buf_putc(to, (char)(upper ? toupper((unsigned char)*p) : lower ? tolower((unsigned char)*p) : *p));
}

static void put_line(const struct draft *draft, size_t i, struct buf *to)
{
	const char *colon = has(draft, RESTYLE_FOLDED)   ? ":\r\n\t"
			    : has(draft, RESTYLE_SPACED) ? " \t:  "
			    : has(draft, RESTYLE_DENSE)  ? ":"
							 : ": ";

	put_name(draft, draft->lines[i].name, to);
	buf_puts(to, colon);
	buf_add(to, draft->lines[i].value);
	buf_puts(to, has(draft, RESTYLE_SPACED) ? "  \r\n" : "\r\n");
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
	if (!draft->msg.is_request && has(draft, RESTYLE_REASON_OTHER))
		buf_printf(to, "SIP/2.0 %u It's all the same to me: 200 OK\r\n", draft->msg.status);
	else if (!draft->msg.is_request && has(draft, RESTYLE_REASON_EMPTY))
		buf_printf(to, "SIP/2.0 %u \r\n", draft->msg.status);
	else if (!draft->msg.is_request && has(draft, RESTYLE_REASON_UTF8))
		buf_printf(to, "SIP/2.0 %u \xc3\x84ndert nichts \xe2\x9c\x93\r\n", draft->msg.status);
	else
		buf_printf(to, "%s\r\n", draft->start);
}

static void draft_write(struct draft *draft, struct buf *to)
{
	const char *length =
		arena_printf(&draft->arena, has(draft, RESTYLE_LENGTH_ZEROS) ? "%08zu" : "%zu", draft->body.len);

	for (size_t i = 0; i < draft->count; i++)
		if (!strcmp(draft->lines[i].name, "Content-Length"))
			draft->lines[i].value = slice_of(length);
	buf_clear(to);
	put_start(draft, to);
	if (has(draft, RESTYLE_REVERSED))
		put_reversed(draft, to);
	for (size_t i = 0; i < draft->count && !has(draft, RESTYLE_REVERSED); i++)
		put_line(draft, i, to);
	buf_puts(to, "\r\n");
	buf_add(to, draft->body);
}

/* --- all of it --- */

static bool is_on(const struct restyle_change *change, const uint64_t *variants)
{
	return manner_is_in(variants, change->variant);
}

static void change_all(struct draft *draft, const struct restyle_change *changes, size_t count,
		       const uint64_t *variants)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_on(&changes[i], variants) || !is_there(&draft->msg, changes[i].where))
			continue;
		if (changes[i].what == RESTYLE_FORM)
			draft->forms |= changes[i].form;
		else
			draft_change(draft, &changes[i]);
	}
	if (has(draft, RESTYLE_NAMES))
		name_people(draft);
}

static bool any_on(const struct restyle_change *changes, size_t count, const uint64_t *variants)
{
	for (size_t i = 0; i < count; i++)
		if (is_on(&changes[i], variants))
			return true;
	return false;
}

void restyle(struct buf *text, const struct restyle_change *changes, size_t count, const uint64_t *variants)
{
	struct draft draft = {0};

	if (!any_on(changes, count, variants))
		return;
	if (draft_read(&draft, text)) {
		change_all(&draft, changes, count, variants);
		draft_write(&draft, text);
	}
	arena_done(&draft.arena);
}
