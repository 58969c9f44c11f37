/* SPDX-License-Identifier: MIT */
#include "reports/message.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Of the cleaned text at p: how many characters stand for how many bytes of the wire. */
struct unit {
	size_t len, bytes;
};

static struct unit unit_at(const char *p, size_t end_of_line)
{
	if (p[0] == '\n')
		return (struct unit){1, end_of_line};
	if (p[0] == '\\' && p[1] == '\\')
		return (struct unit){2, 1};
	if (p[0] == '\\' && p[1] == 'x' && p[2] && p[3])
		return (struct unit){4, 1};
	return (struct unit){1, 1};
}

static size_t bytes_of(const char *text, size_t end_of_line)
{
	size_t bytes = 0;

	while (*text) {
		struct unit unit = unit_at(text, end_of_line);

		text += unit.len;
		bytes += unit.bytes;
	}
	return bytes;
}

static const char *body_of(const char *raw)
{
	const char *gap = strstr(raw, "\n\n");

	return gap ? gap + 2 : raw + strlen(raw);
}

/* CRLF and LF look the same in cleaned text: in the body, Content-Length tells which it was. */
static size_t body_end_of_line(const char *raw, const char *body)
{
	for (const char *line = strchr(raw, '\n'); line && line + 1 < body; line = strchr(line + 1, '\n')) {
		const char *colon = strchr(line, ':');

		if (!colon || (strncasecmp(line + 1, "content-length", 14) && strncasecmp(line + 1, "l:", 2)))
			continue;
		return strtoull(colon + 1, NULL, 10) == bytes_of(body, 1) ? 1 : 2;
	}
	return 2;
}

struct place {
	const char *p; /* in the text */
	size_t byte;   /* on the wire */
};

/* Goes through the text until it has come to `p` or to `byte`, or to its end. */
static struct place walk(const char *raw, const char *p, size_t byte)
{
	const char *body = body_of(raw);
	size_t end_of_line = body_end_of_line(raw, body);
	struct place at = {raw, 0};

	while (at.p < p && at.byte < byte && *at.p) {
		struct unit unit = unit_at(at.p, at.p < body ? 2 : end_of_line);

		at.p += unit.len;
		at.byte += unit.bytes;
	}
	return at;
}

const char *message_place(const char *raw, uint32_t byte)
{
	struct place at = walk(raw, raw + strlen(raw), byte);

	return at.byte >= byte ? at.p : NULL;
}

uint32_t message_byte(const char *raw, const char *place)
{
	return (uint32_t)walk(raw, place, SIZE_MAX).byte;
}

static char byte_of(const char *p, struct unit unit)
{
	char digits[3] = {unit.len == 4 ? p[2] : '0', unit.len == 4 ? p[3] : '0', 0};

	return unit.len == 4 ? (char)strtoul(digits, NULL, 16) : *p;
}

void message_bytes(const char *raw, struct buf *to)
{
	const char *body = body_of(raw);
	size_t end_of_line = body_end_of_line(raw, body);

	for (const char *p = raw; *p;) {
		struct unit unit = unit_at(p, p < body ? 2 : end_of_line);

		if (*p == '\n' && unit.bytes == 2)
			buf_putc(to, '\r');
		buf_putc(to, byte_of(p, unit));
		p += unit.len;
	}
}
