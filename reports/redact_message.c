/* SPDX-License-Identifier: MIT
 *
 * Values of headers that the protocol needs are read for identities; those of all other headers are hidden, as nobody
 * knows what they tell. */
#include "reports/redact_private.h"
#include "reports/message.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* Of SIP, MSRP, CPIM and MIME; all of one letter but s are compact forms of these. */
static const char *const known[] = {
	"via",
	"from",
	"to",
	"contact",
	"cseq",
	"max-forwards",
	"route",
	"record-route",
	"path",
	"service-route",
	"expires",
	"min-expires",
	"event",
	"allow-events",
	"accept",
	"accept-contact",
	"reject-contact",
	"request-disposition",
	"allow",
	"supported",
	"require",
	"proxy-require",
	"unsupported",
	"content-type",
	"content-length",
	"content-encoding",
	"content-disposition",
	"content-language",
	"content-transfer-encoding",
	"content-id",
	"accept-encoding",
	"accept-language",
	"user-agent",
	"server",
	"sip-etag",
	"sip-if-match",
	"suppress-if-match",
	"authorization",
	"www-authenticate",
	"proxy-authorization",
	"proxy-authenticate",
	"authentication-info",
	"p-asserted-identity",
	"p-preferred-identity",
	"p-called-party-id",
	"p-associated-uri",
	"p-asserted-service",
	"p-preferred-service",
	"privacy",
	"session-expires",
	"min-se",
	"refer-to",
	"referred-by",
	"refer-sub",
	"subscription-state",
	"retry-after",
	"reason",
	"date",
	"timestamp",
	"mime-version",
	"warning",
	"history-info",
	"diversion",
	"rack",
	"rseq",
	"to-path",
	"from-path",
	"message-id",
	"byte-range",
	"success-report",
	"failure-report",
	"status",
	"use-path",
	"flow-timer",
	"call-info",
	"error-info",
	"cc",
	"datetime",
	"ns",
	"required",
	"imdn.message-id",
	"imdn.disposition-notification",
	"answer-mode",
	"feature-caps",
	"resource-priority",
	"security-client",
	"security-server",
	"security-verify",
};

struct slice redact_line(struct slice s)
{
	const char *end = memchr(s.p, '\n', s.len);

	return end ? slice_range(s.p, end + 1) : s;
}

static bool is_known(struct slice name)
{
	if (name.len == 1)
		return (*name.p | 0x20) != 's';
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (slice_is_nocase(name, known[i]))
			return true;
	return false;
}

static bool is_any(struct slice name, const char *a, const char *b)
{
	return slice_is_nocase(name, a) || slice_is_nocase(name, b);
}

/* RFC 3261 20.8: the same call has the same name wherever it is told. */
static void put_call_ids(struct redact_writer *w, struct slice value)
{
	const char *p = value.p, *end = value.p + value.len;
	size_t n = strcspn(p, "@;, \t\n");

	n = n < value.len ? n : value.len;
	redact_as(w, REDACT_CALL, (struct slice){p, n});
	p += n;
	if (p < end && *p == '@') {
		redact_copy(w, (struct slice){p++, 1});
		n = redact_host_len(p, end);
		redact_host(w, (struct slice){p, n});
		p += n;
	}
	redact_value(w, slice_range(p, end));
}

/* The host behind the protocol; what follows names hosts by their form. */
static void put_via(struct redact_writer *w, struct slice value)
{
	const char *p = value.p, *end = value.p + value.len;
	size_t n = 0;

	while (p + n < end && !strchr(" \t\n", p[n]))
		n++;
	while (p + n < end && strchr(" \t\n", p[n]))
		n++;
	redact_copy(w, (struct slice){p, n});
	p += n;
	n = redact_host_len(p, end);
	redact_host(w, (struct slice){p, n});
	redact_value(w, slice_range(p + n, end));
}

/* Alice Smith <sip:…>: a display name without quotes. */
static void put_addresses(struct redact_writer *w, struct slice value)
{
	const char *p = value.p, *end = value.p + value.len;

	while (p < end) {
		size_t n = 0;
		struct slice name;
		const char *next;

		while (p + n < end && !strchr("<\",;:@", p[n]))
			n++;
		name = redact_trim((struct slice){p, n});
		if (p + n < end && p[n] == '<' && name.len) {
			redact_copy(w, slice_range(p, name.p));
			redact_as(w, REDACT_NAME, name);
			p = name.p + name.len;
		}
		for (next = p; next < end && *next != ','; next++)
			if (*next == '"')
				for (next++; next < end && *next != '"';)
					next++;
		next = next < end ? next + 1 : end;
		redact_value(w, slice_range(p, next));
		p = next;
	}
}

static void put_field(struct redact_writer *w, struct slice name, struct slice value)
{
	static const char *const people[] = {"from",
					     "f",
					     "to",
					     "t",
					     "contact",
					     "m",
					     "cc",
					     "p-asserted-identity",
					     "refer-to",
					     "r",
					     "referred-by",
					     "p-preferred-identity",
					     "route",
					     "record-route",
					     "path",
					     "b",
					     "diversion",
					     "history-info",
					     "p-called-party-id",
					     "p-associated-uri"};

	if (is_any(name, "call-id", "i") || is_any(name, "in-reply-to", "replaces") ||
	    is_any(name, "target-dialog", "join")) {
		put_call_ids(w, value);
		return;
	}
	if (is_any(name, "via", "v")) {
		put_via(w, value);
		return;
	}
	if (!is_known(name)) {
		redact_as(w, REDACT_VALUE, value);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(people); i++)
		if (slice_is_nocase(name, people[i])) {
			put_addresses(w, value);
			return;
		}
	redact_value(w, value);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The field at the begin of `s`, with the lines that go on with it (RFC 3261 7.3.1). */
static struct slice field_of(struct slice s)
{
	struct slice line = redact_line(s);

	while (line.len < s.len && is_blank(s.p[line.len]))
		line.len += redact_line((struct slice){s.p + line.len, s.len - line.len}).len;
	return line;
}

static void put_header(struct redact_writer *w, struct slice field, const char *length)
{
	const char *colon = memchr(field.p, ':', field.len), *end = field.p + field.len;
	struct slice name = redact_trim(slice_range(field.p, colon ? colon : field.p));
	struct slice value = redact_trim(slice_range(colon ? colon + 1 : field.p, end));

	redact_copy(w, slice_range(field.p, value.p));
	if (length && is_any(name, "content-length", "l"))
		redact_put(w, value, length);
	else
		put_field(w, name, value);
	redact_copy(w, slice_range(value.p + value.len, end));
}

struct slice redact_headers(struct redact_writer *w, struct slice s, const char *length)
{
	while (s.len && *s.p != '\n') {
		struct slice field = field_of(s);

		put_header(w, field, length);
		s = slice_range(field.p + field.len, s.p + s.len);
	}
	redact_copy(w, (struct slice){s.p, s.len > 0});
	return s.len ? (struct slice){s.p + 1, s.len - 1} : s;
}

/* --- length of the body, as far from the truth as it was --- */

struct slice redact_find_field(struct slice head, const char *name, const char *compact)
{
	while (head.len && *head.p != '\n') {
		struct slice field = field_of(head);
		const char *colon = memchr(field.p, ':', field.len);

		if (colon && is_any(redact_trim(slice_range(field.p, colon)), name, compact))
			return redact_trim(slice_range(colon + 1, field.p + field.len));
		head = slice_range(field.p + field.len, head.p + head.len);
	}
	return SLICE_NONE;
}

/* Ends of lines of the body, as Content-Length tells (reports/message.h). */
static size_t bytes_of(struct slice text, size_t end_of_line)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; n++) {
		bool escape = text.p[i] == '\\' && i + 1 < text.len;

		n += text.p[i] == '\n' ? end_of_line - 1 : 0;
		i += !escape ? 1 : text.p[i + 1] == 'x' ? 4 : 2;
	}
	return n;
}

static const char *length_of(struct redact_writer *w, struct slice head, struct slice body, struct slice type, char *to,
			     size_t size)
{
	struct redact_writer scratch = {.redaction = w->redaction, .text = w->text, .mark = {SIZE_MAX, SIZE_MAX}};
	uint64_t told, was, is;
	size_t end_of_line;

	if (!slice_to_u64(redact_find_field(head, "content-length", "l"), &told))
		return NULL;
	redact_body(&scratch, type, body);
	end_of_line = told == bytes_of(body, 1) ? 1 : 2;
	was = bytes_of(body, end_of_line);
	is = bytes_of(buf_slice(&scratch.out), end_of_line);
	buf_done(&scratch.out);
	snprintf(to, size, "%llu", (unsigned long long)(told + is > was ? told + is - was : 0));
	return to;
}

/* MSRP ends a message with a line of its own (RFC 4975 7.1). */
static struct slice msrp_end(struct slice message, struct slice body)
{
	if (message.len > 5 && memcmp(message.p, "MSRP ", 5) == 0)
		for (const char *p = body.p; (size_t)(body.p + body.len - p) >= 7; p++)
			if (memcmp(p, "-------", 7) == 0 && (p == body.p || p[-1] == '\n'))
				return slice_range(p, body.p + body.len);
	return (struct slice){body.p + body.len, 0};
}

void redact_message(struct redact_writer *w, struct slice message)
{
	const char *gap = slice_find(message, SLICE("\n\n")), *end = message.p + message.len;
	struct slice start = redact_line(message), body = slice_range(gap ? gap + 2 : end, end), tail, head, type;
	char length[24];

	tail = msrp_end(message, body);
	body = slice_range(body.p, tail.p);
	head = slice_range(start.p + start.len, body.p);
	type = redact_find_field(head, "content-type", "c");
	redact_value(w, start);
	redact_headers(w, head, length_of(w, head, body, type, length, sizeof(length)));
	redact_body(w, type, body);
	redact_copy(w, tail);
}

void redaction_message(struct redaction *redaction, struct slice bytes, struct buf *to)
{
	struct redact_writer w = {.redaction = redaction, .mark = {SIZE_MAX, SIZE_MAX}};
	struct buf clean = {0};

	text_clean_lines(&clean, bytes, TEXT_NO_MAX);
	w.text = clean.p ? clean.p : "";
	redact_message(&w, (struct slice){w.text, clean.len});
	if (w.out.len)
		message_bytes(w.out.p, to);
	buf_done(&w.out);
	buf_done(&clean);
}
