/* SPDX-License-Identifier: MIT
 *
 * What the readers of this folder share: cutting lines and fields off the front of a slice, and classes of characters.
 */
#ifndef BODY_CUT_H
#define BODY_CUT_H

#include "base/slice.h"

/* Takes everything up to the next `at` off *rest, and `at` with it. The last piece leaves *rest absent (p NULL); false,
 * and an absent piece, where *rest is absent already. */
static inline bool cut_at(struct slice *rest, char at, struct slice *ret_piece)
{
	const char *end;

	*ret_piece = SLICE_NONE;
	if (!rest->p)
		return false;
	end = rest->len ? memchr(rest->p, at, rest->len) : NULL;
	if (end) {
		*ret_piece = slice_range(rest->p, end);
		*rest = slice_range(end + 1, rest->p + rest->len);
	} else {
		*ret_piece = *rest;
		*rest = SLICE_NONE;
	}
	return true;
}

/* Takes a line off *rest, whose end is LF or CRLF and counts in neither; what no line end closes is a line too. False
 * at the end. */
static inline bool cut_line(struct slice *rest, struct slice *ret_line)
{
	*ret_line = SLICE_NONE;
	if (rest->len == 0 || !cut_at(rest, '\n', ret_line))
		return false;
	if (ret_line->len && ret_line->p[ret_line->len - 1] == '\r')
		ret_line->len--;
	return true;
}

static inline bool is_digits(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len > 0;
}

static inline bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 4566 9, RFC 2045 5.1: the printable ones but for ()<>@,;:\"/[]?= */
static inline bool is_token_char(char c)
{
	static const bool token[256] = {['!'] = true,         ['#' ... '\''] = true, ['*' ... '+'] = true,
					['-' ... '.'] = true, ['0' ... '9'] = true,  ['A' ... 'Z'] = true,
					['^' ... '~'] = true};

	return token[(unsigned char)c];
}

/* At least one character; `more`: characters that are allowed as well. */
static inline bool is_token(struct slice s, const char *more)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_token_char(s.p[i]) && !((unsigned char)s.p[i] > ' ' && strchr(more, s.p[i])))
			return false;
	return s.len > 0;
}

#endif
