/* SPDX-License-Identifier: MIT */
#include "reports/quote.h"

/* First and last allowed second byte, where they are narrower than 80..bf. */
static bool is_second_fine(unsigned char first, unsigned char second)
{
	if (first == 0xe0)
		return second >= 0xa0;
	if (first == 0xed)
		return second <= 0x9f;
	if (first == 0xf0)
		return second >= 0x90;
	return first != 0xf4 || second <= 0x8f;
}

size_t quote_utf8_len(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] <= 0xf4 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n > 1 && !is_second_fine(p[0], p[1]) ? 0 : n;
}

static bool is_xml(const char *p, size_t n)
{
	if (n == 1)
		return (unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t';
	return n > 1 && memcmp(p, "\xef\xbf\xbe", 3) != 0 && memcmp(p, "\xef\xbf\xbf", 3) != 0;
}

const char *quote_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void quote_xml(struct buf *to, const char *text)
{
	for (const char *p = text; *p;) {
		size_t n = quote_utf8_len(p);

		if (quote_entity(*p))
			buf_puts(to, quote_entity(*p));
		else if (*p == '[' && p > text && p[-1] == '[')
			buf_puts(to, "\\x5b");
		else if (is_xml(p, n))
			buf_add(to, (struct slice){p, n});
		else
			buf_printf(to, "\\x%02x", (unsigned char)*p);
		p += n ? n : 1;
	}
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Numbers and names keep their dots and dashes for the reader; "www.", "1. " and "--" are not left to Markdown. */
static bool is_inner(const char *text, const char *p)
{
	if (p == text || !is_alnum(p[-1]) || !is_alnum(p[1]))
		return false;
	return *p == '-' || (*p == '.' && (is_digit(p[-1]) || is_digit(p[1])));
}

void quote_markdown(struct buf *to, const char *text)
{
	for (const char *p = text; *p; p++) {
		bool plain = is_alnum(*p) || (unsigned char)*p >= 0x80 || strchr(" ,;()/=\n", *p);

		if (plain || is_inner(text, p))
			buf_putc(to, *p);
		else
			buf_printf(to, "&#%u;", (unsigned char)*p);
	}
}

void quote_shell(struct buf *to, const char *word)
{
	buf_putc(to, '\'');
	for (; *word; word++)
		if (*word == '\'')
			buf_puts(to, "'\\''");
		else
			buf_putc(to, *word);
	buf_putc(to, '\'');
}
