/* SPDX-License-Identifier: MIT */
#include "reports/html.h"
#include "reports/message.h"
#include "base/mem.h"

#include <stdlib.h>
#include <strings.h>

#define BLANK " \t\n"

/* The end of the header line at p with what is folded behind it (RFC 3261 7.3.1). */
static char *end_of_header(char *p)
{
	while ((p += strcspn(p, "\n")), *p && (p[1] == ' ' || p[1] == '\t'))
		p++;
	return p;
}

/* Behind the string at p, or the end. */
static char *end_of_string(char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\' && p + 3 < end) /* cleaned text has each backslash twice, and "\\x" otherwise */
			p += p[2] == '\\' ? 3 : 2;
	return p < end ? p + 1 : p;
}

/* The value of the parameter at p, or NULL if that is no Digest answer. */
static char *answer_at(char *p, const char *end)
{
	if (strncasecmp(p, "response", 8) != 0)
		return NULL;
	p += 8 + strspn(p + 8, BLANK);
	if (p >= end || *p != '=')
		return NULL;
	p++;
	p += strspn(p, BLANK);
	return p < end ? p : NULL;
}

static void put_stars(char *p, const char *end)
{
	for (; p < end; p++)
		if (!strchr(BLANK "\"", *p))
			*p = '*';
}

/* Digest answers are as good as the password to whoever can guess, and other schemes send the password itself: their
 * characters become stars, one for one. */
static void mask_credentials(char *p, const char *end)
{
	p += strspn(p, BLANK);
	if (p < end && strncasecmp(p, "digest", 6) != 0)
		put_stars(p + strcspn(p, BLANK), end);
	while ((p += strspn(p, BLANK ",")) < end) {
		char *answer = answer_at(p, end);

		if (answer)
			p = answer;
		p = *p == '"' ? end_of_string(p, end) : p + strcspn(p, answer ? BLANK "," : BLANK ",\"");
		if (answer)
			put_stars(answer, p);
	}
}

static void mask(char *raw)
{
	static const char *const names[] = {"authorization", "proxy-authorization"};

	for (char *line = raw; *line;) {
		char *end = end_of_header(line), *value = memchr(line, ':', (size_t)(end - line));
		struct slice name = slice_trim(slice_range(line, value ? value : line));

		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (slice_is_nocase(name, names[i]))
				mask_credentials(value + 1, end);
		line = end + (*end != '\0');
	}
}

void html_message(struct buf *to, const char *raw, uint32_t from, uint32_t end)
{
	char *shown = mem_strdup(raw);
	const char *first = message_place(shown, from), *last = message_place(shown, end);

	mask(shown);
	buf_puts(to, "<pre><code>");
	if (from < end && first && last && first < last) {
		html_text(to, shown, (size_t)(first - shown));
		buf_puts(to, "<mark>");
		html_text(to, first, (size_t)(last - first));
		buf_puts(to, "</mark>");
		html_text(to, last, strlen(last));
	} else {
		html_text(to, shown, strlen(shown));
	}
	buf_puts(to, "</code></pre>\n");
	free(shown);
}
