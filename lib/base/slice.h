/* SPDX-License-Identifier: MIT
 *
 * A piece of somebody else's bytes: not NUL-terminated, never owned. A slice lives as long as what it points into. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *p; /* NULL only together with len 0: "absent" */
	size_t len;    /* bytes */
};

#define SLICE_NONE     ((struct slice){NULL, 0})
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})
/* for printf: "%.*s" */
#define SLICE_F(s) (int)(s).len, ((s).p ? (s).p : "")

static inline struct slice slice_of(const char *text)
{
	return (struct slice){text, text ? strlen(text) : 0};
}

static inline struct slice slice_range(const char *from, const char *to)
{
	return (struct slice){from, (size_t)(to - from)};
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* ASCII letters compare without case, as SIP tokens do (RFC 3261 7.3.1); other bytes compare exactly. */
bool slice_eq_nocase_of(struct slice a, const char *b); /* of a's length */
static inline bool slice_eq_nocase(struct slice a, struct slice b)
{
	/* most of what is compared differs in length or at once */
	return a.len == b.len && (a.len == 0 || (!((a.p[0] ^ b.p[0]) & ~0x20) && slice_eq_nocase_of(a, b.p)));
}

static inline bool slice_begins(struct slice s, struct slice front)
{
	return s.len >= front.len && memcmp(s.p, front.p, front.len) == 0;
}

static inline bool slice_is(struct slice s, const char *text)
{
	return slice_eq(s, slice_of(text));
}

static inline bool slice_is_nocase(struct slice s, const char *text)
{
	/* before the length of `text`, which has to be counted */
	return (s.len == 0 || !((s.p[0] ^ text[0]) & ~0x20)) && slice_eq_nocase(s, slice_of(text));
}

/* Without SP, HTAB, CR and LF at both ends. */
struct slice slice_trim_blanks(struct slice s);
static inline struct slice slice_trim(struct slice s)
{
	/* most of what is trimmed has none */
	if (s.len && (unsigned char)s.p[0] > ' ' && (unsigned char)s.p[s.len - 1] > ' ')
		return s;
	return slice_trim_blanks(s);
}

/* First place of `needle` in s, or NULL. The _nocase form folds ASCII letters. */
const char *slice_find(struct slice s, struct slice needle);
const char *slice_find_nocase(struct slice s, struct slice needle);

/* Whole slice as an unsigned decimal number. Returns false, and leaves *ret alone, for anything else than 1..20 digits
 * that fit in 64 bits. */
bool slice_to_u64(struct slice s, uint64_t *ret);

#endif
