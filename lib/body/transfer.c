/* SPDX-License-Identifier: MIT */
#include "body/transfer.h"

#include <string.h>

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_line_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* RFC 2045 6.8: lines of any length; what is no digit is not forgiven, so that other things are not taken for it. */
static bool base64_decode(struct slice body, char *to, size_t *ret_len)
{
	uint32_t bits = 0;
	unsigned count = 0, pads = 0;
	size_t len = 0;

	for (size_t i = 0; i < body.len; i++) {
		int value = base64_value(body.p[i]);

		if (is_line_blank(body.p[i]))
			continue;
		pads += body.p[i] == '=';
		if (body.p[i] != '=' && (value < 0 || pads))
			return false;
		bits = bits << 6 | (value < 0 ? 0 : (uint32_t)value);
		if (++count % 4 == 0)
			for (int shift = 16; shift >= 0; shift -= 8)
				to[len++] = (char)(bits >> shift);
	}
	*ret_len = len - pads;
	return count % 4 == 0 && pads <= 2 && pads <= len;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 2045 6.7: "=" and two hex digits, or "=" at the end of a line that goes on. */
static bool quoted_printable_decode(struct slice body, char *to, size_t *ret_len)
{
	size_t len = 0, i = 0;

	while (i < body.len) {
		size_t end = i + 1;

		if (body.p[i] != '=') {
			to[len++] = body.p[i++];
			continue;
		}
		if (i + 2 < body.len && hex_value(body.p[i + 1]) >= 0 && hex_value(body.p[i + 2]) >= 0) {
			to[len++] = (char)(hex_value(body.p[i + 1]) << 4 | hex_value(body.p[i + 2]));
			i += 3;
			continue;
		}
		while (end < body.len && (body.p[end] == ' ' || body.p[end] == '\t' || body.p[end] == '\r'))
			end++;
		if (end < body.len && body.p[end] != '\n')
			return false;
		i = end + 1;
	}
	*ret_len = len;
	return true;
}

bool transfer_decode(struct slice encoding, struct slice body, struct arena *arena, struct slice *ret)
{
	bool base64 = slice_is_nocase(encoding, "base64");
	size_t len;
	char *to;

	if (!encoding.len || slice_is_nocase(encoding, "7bit") || slice_is_nocase(encoding, "8bit") ||
	    slice_is_nocase(encoding, "binary")) {
		*ret = body;
		return true;
	}
	if (!base64 && !slice_is_nocase(encoding, "quoted-printable"))
		return false;
	to = arena_alloc(arena, body.len + 4);
	if (!(base64 ? base64_decode : quoted_printable_decode)(body, to, &len))
		return false;
	*ret = (struct slice){to, len};
	return true;
}
