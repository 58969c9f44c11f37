/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdio.h>

/* Length of the valid UTF-8 sequence at p and its code point, or 0 (RFC 3629: no surrogates, no overlong forms). */
static size_t utf8_read(const unsigned char *p, size_t len, uint32_t *ret_point)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = p[0] < 0x80 ? 1 : (p[0] >> 5) == 6 ? 2 : (p[0] >> 4) == 14 ? 3 : (p[0] >> 3) == 30 ? 4 : 0;
	uint32_t point = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	if (n == 0 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (p[i] & 0x3f);
	}
	if (point < least[n] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_point = point;
	return n;
}

/* Characters that could hide or reorder text, or that XML 1.0 (2.2) does not allow. */
static bool is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

/* Most of all text: stands for itself whatever surrounds it. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

static void put_escaped(struct buf *to, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(to, "\\x%02x", p[i]);
}

static size_t line_end(struct slice s, size_t i)
{
	if (s.p[i] == '\n')
		return 1;
	return s.p[i] == '\r' && i + 1 < s.len && s.p[i + 1] == '\n' ? 2 : 0;
}

static void clean(struct buf *to, struct slice s, size_t max, bool lines)
{
	size_t i = 0, n;

	while (i < s.len) {
		const unsigned char *p = (const unsigned char *)s.p + i;
		uint32_t point = 0;

		for (n = 0; i + n < s.len && is_plain(p[n]) && !(max && i + n + 1 > max);)
			n++;
		if (n) {
			buf_add(to, (struct slice){s.p + i, n});
			i += n;
			continue;
		}
		if (lines && (n = line_end(s, i)) > 0) {
			buf_putc(to, '\n');
			i += n;
			continue;
		}
		n = utf8_read(p, s.len - i, &point);
		if (max && i + (n ? n : 1) > max) {
			buf_printf(to, "… %zu byte%s more", s.len - i, s.len - i == 1 ? "" : "s");
			return;
		}
		if (n == 0 || (is_unsafe(point) && !(lines && point == '\t')))
			put_escaped(to, p, n ? n : 1);
		else if (point == '\\')
			buf_puts(to, "\\\\");
		else
			buf_add(to, (struct slice){s.p + i, n});
		i += n ? n : 1;
	}
}

void text_clean(struct buf *to, struct slice s, size_t max)
{
	clean(to, s, max, false);
}

void text_clean_lines(struct buf *to, struct slice s, size_t max)
{
	clean(to, s, max, true);
}

char *text_clean_fixed(char *to, size_t to_len, struct slice s)
{
	struct buf buf = {0};
	size_t n;

	text_clean(&buf, s, to_len > 64 ? to_len / 2 : TEXT_NO_MAX);
	n = buf.len < to_len - 1 ? buf.len : to_len - 1;
	while (n < buf.len && n > 0 && ((unsigned char)buf.p[n] & 0xc0) == 0x80)
		n--;
	if (n)
		memcpy(to, buf.p, n);
	to[n] = '\0';
	buf_done(&buf);
	return to;
}
