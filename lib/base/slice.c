/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/slice.h"

static inline unsigned char fold(char c)
{
	unsigned char u = (unsigned char)c;
	return u >= 'A' && u <= 'Z' ? u | 0x20 : u;
}

static inline bool same_word(const char *a, const char *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x == y;
}

bool slice_eq_nocase_of(struct slice a, const char *b)
{
	enum { WORD = sizeof(uint64_t) };
	size_t i = 0;

	while (a.len - i >= WORD && same_word(a.p + i, b + i)) /* most are written alike */
		i += WORD;
	if (i > 0 && a.len - i < WORD && same_word(a.p + a.len - WORD, b + a.len - WORD))
		return true;
	for (; i < a.len; i++)
		if (a.p[i] != b[i] && fold(a.p[i]) != fold(b[i]))
			return false;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim_blanks(struct slice s)
{
	while (s.len && is_blank(s.p[0]))
		s.p++, s.len--;
	while (s.len && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

const char *slice_find(struct slice s, struct slice needle)
{
	return s.len ? memmem(s.p, s.len, needle.p, needle.len) : NULL;
}

const char *slice_find_nocase(struct slice s, struct slice needle)
{
	for (size_t i = 0; i + needle.len <= s.len; i++)
		if (slice_eq_nocase((struct slice){s.p + i, needle.len}, needle))
			return s.p + i;
	return NULL;
}

bool slice_to_u64(struct slice s, uint64_t *ret)
{
	uint64_t value = 0;

	if (s.len == 0 || s.len > 20)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value))
			return false;
	}
	*ret = value;
	return true;
}
