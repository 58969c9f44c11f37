/* SPDX-License-Identifier: MIT
 *
 * Character classes and the number that every SIP parser here shares (RFC 3261 25.1). Internal to lib/sip. */
#ifndef SIP_CHARS_H
#define SIP_CHARS_H

#include "base/slice.h"

enum sip_char { /* a byte's classes, or-ed */
		SIP_CHAR_TOKEN = 1,
		SIP_CHAR_HOST = 1 << 1, /* of a name or an IPv4 address */
		SIP_CHAR_HEX = 1 << 2,
		SIP_CHAR_NOT_URI = 1 << 3, /* no URI holds it unescaped (RFC 3986 2); bytes over 127 are let through,
					      since users are written so */
		SIP_CHAR_SCHEME = 1 << 4,
};
extern const uint8_t sip_chars[256];

static inline bool sip_is(char c, unsigned classes)
{
	return sip_chars[(unsigned char)c] & classes;
}

static inline bool sip_is_token_char(char c)
{
	return sip_is(c, SIP_CHAR_TOKEN);
}

/* LWS with its folds, and the line end that a value may carry. */
static inline bool sip_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool sip_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool sip_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ASCII only, whatever the locale. */
static inline char sip_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline struct slice sip_skip_blanks(struct slice s)
{
	while (s.len && sip_is_blank(s.p[0]))
		s.p++, s.len--;
	return s;
}

/* Takes the front of *s up to the first blank or one of `stops`, which are no characters of tokens. */
struct slice sip_take_until(struct slice *s, const char *stops);

/* Cuts *s at its first `c`; returns what stands behind it, or absent. */
struct slice sip_cut(struct slice *s, char c);

/* Visual separators of telephone numbers (RFC 3966 3). */
static inline bool sip_is_separator(char c)
{
	return c == '-' || c == '.' || c == '(' || c == ')';
}

/* A telephone number: global ones have digits only behind '+', local ones also "*", "#" and hex digits. */
bool sip_is_number(struct slice s);

/* The byte that "%41" at s.p stands for, or -1 where no complete escape stands there. */
int sip_unescape(struct slice s);

/* Content-Length as int64: -2 for anything but digits; INT64_MAX for more than that. */
int64_t sip_length_read(struct slice value);

#endif
