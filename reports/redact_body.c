/* SPDX-License-Identifier: MIT
 *
 * Bodies by their Content-Type. What nobody can read for identities is hidden whole: its text becomes "text-1". */
#include "reports/redact_private.h"
#include "base/mem.h"

#include <strings.h>

enum { DEPTH_MAX = 8 }; /* parts in parts */

static struct slice rest_of(struct slice whole, struct slice done)
{
	return slice_range(done.p + done.len, whole.p + whole.len);
}

/* `s` without the blanks around it becomes one word. */
static void put_trimmed(struct redact_writer *w, enum redact_kind kind, struct slice s)
{
	struct slice text = redact_trim(s);

	if (!text.len) {
		redact_copy(w, s);
		return;
	}
	redact_copy(w, slice_range(s.p, text.p));
	redact_as(w, kind, text);
	redact_copy(w, slice_range(text.p + text.len, s.p + s.len));
}

/* --- SDP (RFC 4566) --- */

/* o=alice 1 1 IN IP4 192.0.2.1 */
static void put_origin(struct redact_writer *w, struct slice value)
{
	size_t n = strcspn(value.p, " \n");

	n = n < value.len ? n : value.len;
	if (n == 1 && *value.p == '-')
		redact_copy(w, (struct slice){value.p, n});
	else
		redact_user(w, (struct slice){value.p, n});
	redact_value(w, (struct slice){value.p + n, value.len - n});
}

/* A host by its name stands behind the type of address. */
static void put_connection(struct redact_writer *w, struct slice value)
{
	const char *type = slice_find(value, SLICE(" IP4 ")), *host;
	size_t n;

	type = type ? type : slice_find(value, SLICE(" IP6 "));
	type = type ? type : slice_find(value, SLICE("IP4 ")) ? slice_find(value, SLICE("IP4 ")) - 1 : NULL;
	host = type ? type + 5 : value.p;
	n = type ? redact_host_len(host, value.p + value.len) : 0;
	redact_value(w, slice_range(value.p, host));
	if (n && !memchr(host, ':', strcspn(host, "\n") < value.len ? strcspn(host, "\n") : 0)) {
		redact_host(w, (struct slice){host, n});
		host += n;
	}
	redact_value(w, slice_range(host, value.p + value.len));
}

static bool is_secret(struct slice attribute)
{
	static const char *const names[] = {"fingerprint:", "crypto:", "key-mgmt:", "ice-pwd:", "ice-ufrag:"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (attribute.len > strlen(names[i]) && strncasecmp(attribute.p, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static void put_attribute(struct redact_writer *w, struct slice value)
{
	const char *colon = is_secret(value) ? memchr(value.p, ':', value.len) : NULL;

	if (colon) {
		redact_copy(w, slice_range(value.p, colon + 1));
		put_trimmed(w, REDACT_VALUE, slice_range(colon + 1, value.p + value.len));
	} else {
		redact_value(w, value);
	}
}

static void put_sdp_line(struct redact_writer *w, struct slice line)
{
	struct slice value = {line.p + 2, line.len - 2};

	redact_copy(w, (struct slice){line.p, 2});
	if (*line.p == 'o')
		put_origin(w, value);
	else if (*line.p == 'c')
		put_connection(w, value);
	else if (*line.p == 'a')
		put_attribute(w, value);
	else if (strchr("siepk", *line.p) && !slice_is(redact_trim(value), "-"))
		put_trimmed(w, REDACT_TEXT, value);
	else
		redact_value(w, value);
}

static void put_sdp(struct redact_writer *w, struct slice body)
{
	while (body.len) {
		struct slice line = redact_line(body);

		if (line.len > 2 && line.p[1] == '=')
			put_sdp_line(w, line);
		else
			put_trimmed(w, REDACT_TEXT, line);
		body = rest_of(body, line);
	}
}

/* --- XML: names of elements and attributes stay, and values that are words of the formats --- */

static bool is_format_word(struct slice s)
{
	static const char *const words[] = {
		"true",
		"false",
		"yes",
		"no",
		"on",
		"off",
		"automatic",
		"manual",
		"active",
		"inactive",
		"open",
		"closed",
		"basic",
		"full",
		"partial",
		"session-mode",
		"pager-mode",
		"pager-large-mode",
		"large-message-mode",
		"init",
		"terminated",
		"pending",
		"registered",
		"created",
		"expired",
		"utf-8",
		"en",
		"add",
		"remove",
		"replace",
	};
	bool number = s.len > 0 && s.len <= 5;

	for (size_t i = 0; i < s.len; i++)
		number &= (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.';
	for (size_t i = 0; i < ARRAY_LEN(words) && !number; i++)
		number = slice_is_nocase(s, words[i]);
	return number;
}

/* sip:…, or text with an @: an identity by its form. */
static bool is_uri(struct slice s)
{
	return memchr(s.p, '@', s.len) || (s.len > 4 && (!strncasecmp(s.p, "sip:", 4) || !strncasecmp(s.p, "tel:", 4) ||
							 !strncasecmp(s.p, "http", 4) || !strncasecmp(s.p, "sips", 4)));
}

static void put_xml_text(struct redact_writer *w, struct slice s)
{
	struct slice text = redact_trim(s);

	if (is_format_word(text))
		redact_copy(w, s);
	else if (text.len && is_uri(text) && !memchr(text.p, ' ', text.len))
		redact_value(w, s);
	else
		put_trimmed(w, REDACT_VALUE, s);
}

/* Of the format, not of a user: namespaces and the like. */
static bool is_format_attribute(struct slice name)
{
	static const char *const names[] = {"version", "encoding", "standalone", "service-id", "type", "xml:lang"};

	if (name.len >= 5 && (memcmp(name.p, "xmlns", 5) == 0 || memcmp(name.p, "xsi:", 4) == 0))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (slice_is(name, names[i]))
			return true;
	return false;
}

static void put_tag(struct redact_writer *w, struct slice tag)
{
	const char *p = tag.p, *end = tag.p + tag.len;

	while (p < end) {
		const char *equals = memchr(p, '=', (size_t)(end - p)), *quote = equals ? equals + 1 : end, *close,
			   *name;

		while (quote < end && *quote != '"' && *quote != '\'')
			quote++;
		close = quote < end ? memchr(quote + 1, *quote, (size_t)(end - quote - 1)) : NULL;
		if (!close)
			break;
		for (name = equals; name > p && !strchr(" \t\n", name[-1]);)
			name--;
		redact_copy(w, slice_range(p, quote + 1));
		if (is_format_attribute(redact_trim(slice_range(name, equals))))
			redact_copy(w, slice_range(quote + 1, close));
		else
			put_xml_text(w, slice_range(quote + 1, close));
		p = close;
		redact_copy(w, (struct slice){p++, 1});
	}
	redact_copy(w, slice_range(p, end));
}

/* <!-- … --> and <![CDATA[ … ]]>; 0 if it is none. */
static size_t put_section(struct redact_writer *w, struct slice s)
{
	static const char *const marks[][2] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		struct slice begin = slice_of(marks[i][0]), end = slice_of(marks[i][1]);
		const char *close;

		if (s.len < begin.len || memcmp(s.p, begin.p, begin.len))
			continue;
		close = slice_find((struct slice){s.p + begin.len, s.len - begin.len}, end);
		close = close ? close : s.p + s.len;
		redact_copy(w, (struct slice){s.p, begin.len});
		put_xml_text(w, slice_range(s.p + begin.len, close));
		return (size_t)(close - s.p);
	}
	return 0;
}

static void put_xml(struct redact_writer *w, struct slice body)
{
	while (body.len) {
		const char *end = memchr(body.p, '<', body.len);
		struct slice part = slice_range(body.p, end ? end : body.p + body.len);

		put_xml_text(w, part);
		body = rest_of(body, part);
		if (!body.len)
			return;
		part.p = body.p;
		part.len = put_section(w, body);
		if (!part.len) {
			end = memchr(body.p, '>', body.len);
			part = slice_range(body.p, end ? end + 1 : body.p + body.len);
			put_tag(w, part);
		}
		body = rest_of(body, part);
	}
}

/* --- several parts (RFC 2046 5.1), CPIM (RFC 3862) --- */

static void put_body(struct redact_writer *w, struct slice type, struct slice body, unsigned depth);

static void put_part(struct redact_writer *w, struct slice part, unsigned depth)
{
	struct slice type = redact_find_field(part, "content-type", "c");

	put_body(w, type, redact_headers(w, part, NULL), depth + 1);
}

static bool is_boundary(struct slice line, struct slice boundary)
{
	return line.len >= boundary.len + 2 && memcmp(line.p, "--", 2) == 0 &&
	       memcmp(line.p + 2, boundary.p, boundary.len) == 0;
}

static struct slice boundary_of(struct slice type)
{
	const char *p = slice_find_nocase(type, SLICE("boundary=")), *end = type.p + type.len;
	size_t n = 0;

	if (!p)
		return SLICE_NONE;
	p += strlen("boundary=");
	p += p < end && *p == '"';
	while (p + n < end && !strchr("\"; \t\n", p[n]))
		n++;
	return (struct slice){p, n};
}

static void put_parts(struct redact_writer *w, struct slice boundary, struct slice body, unsigned depth)
{
	bool begun = false;

	while (body.len) {
		struct slice part = {body.p, 0}, line = redact_line(body);

		while (part.len < body.len && !is_boundary(line, boundary)) {
			part.len += line.len;
			line = redact_line(rest_of(body, part));
		}
		if (begun && part.len)
			put_part(w, part, depth);
		else
			put_trimmed(w, REDACT_TEXT, part);
		begun = line.len < boundary.len + 4 || memcmp(line.p + 2 + boundary.len, "--", 2);
		redact_copy(w, line);
		body = rest_of(body, part);
		body = rest_of(body, line);
	}
}

static bool is_type(struct slice type, const char *part)
{
	return slice_find_nocase(type, slice_of(part));
}

static void put_body(struct redact_writer *w, struct slice type, struct slice body, unsigned depth)
{
	struct slice boundary = is_type(type, "multipart/") ? boundary_of(type) : SLICE_NONE;

	if (depth > DEPTH_MAX)
		put_trimmed(w, REDACT_TEXT, body);
	else if (boundary.len)
		put_parts(w, boundary, body, depth);
	else if (is_type(type, "message/cpim"))
		put_part(w, redact_headers(w, body, NULL), depth);
	else if (is_type(type, "application/sdp"))
		put_sdp(w, body);
	else if (is_type(type, "xml"))
		put_xml(w, body);
	else
		put_trimmed(w, REDACT_TEXT, body);
}

void redact_body(struct redact_writer *w, struct slice type, struct slice body)
{
	put_body(w, type, body, 0);
}
