/* SPDX-License-Identifier: MIT */
#include "sip/chars.h"
#include "sip/value.h"

enum {
	WORD = SIP_CHAR_TOKEN | SIP_CHAR_HOST | SIP_CHAR_SCHEME,
	WORD_HEX = WORD | SIP_CHAR_HEX,
	MARK = SIP_CHAR_TOKEN,
	NEVER = SIP_CHAR_NOT_URI,
};

__extension__ const uint8_t sip_chars[256] = {
	['0' ... '9'] = WORD_HEX,
	['a' ... 'f'] = WORD_HEX,
	['A' ... 'F'] = WORD_HEX,
	['g' ... 'z'] = WORD,
	['G' ... 'Z'] = WORD,
	['-'] = WORD,
	['.'] = WORD,
	['_'] = SIP_CHAR_TOKEN | SIP_CHAR_HOST,
	['!'] = MARK,
	['%'] = MARK,
	['*'] = MARK,
	['+'] = SIP_CHAR_TOKEN | SIP_CHAR_SCHEME,
	['`'] = MARK,
	['\''] = MARK,
	['~'] = MARK,
	[0 ... ' '] = NEVER,
	[0x7f] = NEVER,
	['<'] = NEVER,
	['>'] = NEVER,
	['"'] = NEVER,
	['\\'] = NEVER,
	['^'] = NEVER,
};

bool sip_is_token(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!sip_is_token_char(s.p[i]))
			return false;
	return s.len > 0;
}

bool sip_is_hex(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!sip_is(s.p[i], SIP_CHAR_HEX))
			return false;
	return true;
}

static int hex_digit(char c)
{
	if (sip_is_digit(c))
		return c - '0';
	c = sip_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int sip_unescape(struct slice s)
{
	int high, low;

	if (s.len < 3 || s.p[0] != '%')
		return -1;
	high = hex_digit(s.p[1]);
	low = hex_digit(s.p[2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

int64_t sip_length_read(struct slice value)
{
	int64_t length = 0;

	if (value.len == 0)
		return -2;
	for (size_t i = 0; i < value.len; i++) {
		if (!sip_is_digit(value.p[i]))
			return -2;
		if (__builtin_mul_overflow(length, 10, &length) ||
		    __builtin_add_overflow(length, value.p[i] - '0', &length))
			length = INT64_MAX;
	}
	return length;
}

struct slice sip_take_until(struct slice *s, const char *stops)
{
	struct slice word = {s->p, 0};

	while (word.len < s->len &&
	       (sip_is_token_char(s->p[word.len]) ||
		(!sip_is_blank(s->p[word.len]) && (s->p[word.len] == '\0' || !strchr(stops, s->p[word.len])))))
		word.len++;
	s->p += word.len;
	s->len -= word.len;
	return word;
}

struct slice sip_cut(struct slice *s, char c)
{
	const char *at = s->len ? memchr(s->p, c, s->len) : NULL;
	struct slice rest = SLICE_NONE;

	if (at) {
		rest = slice_range(at + 1, s->p + s->len);
		s->len = (size_t)(at - s->p);
	}
	return rest;
}

bool sip_is_number(struct slice s)
{
	bool global = s.len && s.p[0] == '+', any = false;

	for (size_t i = global; i < s.len; i++) {
		bool hex = sip_is(s.p[i], SIP_CHAR_HEX) || s.p[i] == '*' || s.p[i] == '#';

		if (!sip_is_separator(s.p[i]) && !(global ? sip_is_digit(s.p[i]) : hex))
			return false;
		any = any || !sip_is_separator(s.p[i]);
	}
	return any;
}
