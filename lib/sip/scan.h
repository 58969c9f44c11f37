/* SPDX-License-Identifier: MIT
 *
 * The searches that reading a message consists of, sixteen bytes at a time where the machine can. Internal. */
#ifndef SIP_SCAN_H
#define SIP_SCAN_H

#include "sip/chars.h"

/* Of what is looked for much is constant where it is called: none of this is worth a call. */
#define SIP_SCAN_INLINE inline __attribute__((always_inline))

#ifdef __SSE2__
#include <emmintrin.h>

static SIP_SCAN_INLINE unsigned sip_scan_mask(const char *p, char c)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
}
#endif

enum { SIP_SCAN_WIDTH = 16 }; /* bytes that are looked at together */

/* So many bytes: are they the same in the bits of `mask`? `b` and `mask` lie at a multiple of their size. */
static SIP_SCAN_INLINE bool sip_scan_same(const char *a, const char *b, const char *mask)
{
#ifdef __SSE2__
	__m128i differing =
		_mm_xor_si128(_mm_loadu_si128((const __m128i *)(const void *)a), *(const __m128i *)(const void *)b);
	__m128i counting = _mm_and_si128(differing, *(const __m128i *)(const void *)mask);

	return _mm_movemask_epi8(_mm_cmpeq_epi8(counting, _mm_setzero_si128())) == 0xffff;
#else
	for (unsigned i = 0; i < SIP_SCAN_WIDTH; i++)
		if ((a[i] ^ b[i]) & mask[i])
			return false;
	return true;
#endif
}

/* May so many bytes all stand in a URI (SIP_CHAR_NOT_URI of sip/chars.h)? */
static SIP_SCAN_INLINE bool sip_scan_is_uri(const char *p)
{
#ifdef __SSE2__
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p), bad;

	bad = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(' ')), bytes); /* control characters and blanks */
	bad = _mm_or_si128(bad, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
	bad = _mm_or_si128(bad, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
	bytes = _mm_and_si128(bytes, _mm_set1_epi8((char)~2)); /* '<' is '>' then, and '\\' is '^' */
	bad = _mm_or_si128(bad, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('<')));
	bad = _mm_or_si128(bad, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
	return _mm_movemask_epi8(bad) == 0;
#else
	for (unsigned i = 0; i < SIP_SCAN_WIDTH; i++)
		if (sip_is(p[i], SIP_CHAR_NOT_URI))
			return false;
	return true;
#endif
}

#ifdef __SSE2__
/* Which of so many bytes are none of a name's (SIP_CHAR_HOST), as bits. */
static SIP_SCAN_INLINE unsigned sip_scan_mask_not_host(const char *p)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p), letters, others, good;

	letters = _mm_sub_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
	good = _mm_cmpeq_epi8(_mm_min_epu8(letters, _mm_set1_epi8('z' - 'a')), letters);
	others = _mm_sub_epi8(bytes, _mm_set1_epi8('-')); /* "-./" and digits */
	others = _mm_cmpeq_epi8(_mm_min_epu8(others, _mm_set1_epi8('9' - '-')), others);
	others = _mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('/')), others);
	good = _mm_or_si128(_mm_or_si128(good, others), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')));
	return (unsigned)_mm_movemask_epi8(good) ^ 0xffff;
}
#endif

/* Behind those at p that stand in names, as far as they can be looked at together: more of them may follow. */
static SIP_SCAN_INLINE const char *sip_scan_host(const char *p, const char *end)
{
#ifdef __SSE2__
	for (unsigned other; end - p >= SIP_SCAN_WIDTH; p += SIP_SCAN_WIDTH)
		if ((other = sip_scan_mask_not_host(p)))
			return p + __builtin_ctz(other);
#endif
	return p;
}

/* May the bytes from p to `end` all stand in a name? What begins at `text`, p or before it, can be read. */
static SIP_SCAN_INLINE bool sip_scan_is_host(const char *text, const char *p, const char *end)
{
#ifdef __SSE2__
	if (end - p < SIP_SCAN_WIDTH && end - text >= SIP_SCAN_WIDTH)
		return !(sip_scan_mask_not_host(end - SIP_SCAN_WIDTH) >> (SIP_SCAN_WIDTH - (end - p)));
#endif
	for (p = sip_scan_host(p, end); p < end; p++)
		if (!sip_is(*p, SIP_CHAR_HOST))
			return false;
	return true;
}

/* Which of so many bytes, as bits, are no letters in lower case, digits, '-' or '.'? */
static SIP_SCAN_INLINE unsigned sip_scan_not_plain(const char *p)
{
#ifdef __SSE2__
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i low = _mm_min_epu8(_mm_max_epu8(bytes, _mm_set1_epi8('-')), _mm_set1_epi8('9'));
	__m128i high = _mm_min_epu8(_mm_max_epu8(bytes, _mm_set1_epi8('a')), _mm_set1_epi8('z'));
	__m128i in = _mm_or_si128(_mm_cmpeq_epi8(bytes, low), _mm_cmpeq_epi8(bytes, high));

	return (unsigned)_mm_movemask_epi8(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('/')), in)) ^ 0xffff;
#else
	unsigned others = 0;

	for (unsigned i = 0; i < SIP_SCAN_WIDTH; i++)
		if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= '-' && p[i] <= '9' && p[i] != '/')))
			others |= 1u << i;
	return others;
#endif
}

#ifdef __SSE2__
/* Where the first of those found is. */
static SIP_SCAN_INLINE const char *sip_scan_at(const char *p, unsigned found)
{
	return p + (unsigned)__builtin_ctz(found);
}
#endif

/* The first of a character at or behind p, or NULL. What begins at `text`, p or before it, can be read. */
static SIP_SCAN_INLINE const char *sip_scan_char(const char *text, const char *p, const char *end, char c)
{
#ifdef __SSE2__
	const char *last = end - SIP_SCAN_WIDTH;
	unsigned found;

	if (last >= text) {
		for (; p <= last; p += SIP_SCAN_WIDTH)
			if ((found = sip_scan_mask(p, c)))
				return sip_scan_at(p, found);
		found = sip_scan_mask(last, c) >> (p - last);
		return found ? sip_scan_at(p, found) : NULL;
	}
#endif
	return p < end ? memchr(p, c, (size_t)(end - p)) : NULL;
}

/* Each of a character in a text, one after the other. */
struct sip_scan_chars {
	const char *p, *end;
	unsigned found; /* bits of those that stand in the bytes before p */
};

static SIP_SCAN_INLINE struct sip_scan_chars sip_scan_chars_begin(struct slice text)
{
	return (struct sip_scan_chars){text.p, text.p + text.len, 0};
}

/* The next one, or NULL. `c` is the same at each call. */
static SIP_SCAN_INLINE const char *sip_scan_chars_next(struct sip_scan_chars *in, char c)
{
#ifdef __SSE2__
	unsigned at;

	for (; !in->found && in->end - in->p >= SIP_SCAN_WIDTH; in->p += SIP_SCAN_WIDTH)
		in->found = sip_scan_mask(in->p, c);
	if (in->found) {
		at = (unsigned)__builtin_ctz(in->found);
		in->found &= in->found - 1;
		return in->p - SIP_SCAN_WIDTH + at;
	}
#endif
	while (in->p < in->end)
		if (*in->p++ == c)
			return in->p - 1;
	return NULL;
}

/* The first colon where it is among the next 32 bytes and they can be read at once, or the first 16 of them; NULL says
 * nothing. */
static SIP_SCAN_INLINE const char *sip_scan_near_colon(const char *p, const char *end)
{
#ifdef __SSE2__
	unsigned colon = p <= end - SIP_SCAN_WIDTH ? sip_scan_mask(p, ':') : 0;

	if (!colon && p <= end - 2 * SIP_SCAN_WIDTH)
		colon = sip_scan_mask(p += SIP_SCAN_WIDTH, ':');
	return colon ? sip_scan_at(p, colon) : NULL;
#else
	return NULL;
#endif
}

#ifdef __SSE2__
static SIP_SCAN_INLINE unsigned sip_scan_mask_any(__m128i bytes, char a, char b, char c, char d)
{
	__m128i ab = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b)));
	__m128i cd = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(d)));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(ab, cd));
}

/* Fewer than sixteen bytes, but at least four: as two halves that overlap, so that nothing behind them is read. */
static SIP_SCAN_INLINE unsigned sip_scan_mask_few(const char *p, size_t n, char a, char b, char c, char d)
{
	unsigned half = n < 8 ? 4 : 8, found;
	uint64_t front = 0, back = 0;

	if (half == 8) {
		memcpy(&front, p, 8);
		memcpy(&back, p + n - 8, 8);
	} else {
		memcpy(&front, p, 4);
		memcpy(&back, p + n - 4, 4);
	}
	found = sip_scan_mask_any(_mm_set_epi64x((long long)back, (long long)front), a, b, c, d);
	return (found & ((1u << half) - 1)) | ((found >> 8 & ((1u << half) - 1)) << (n - half));
}
#endif

/* The first of four characters at or behind p, or NULL. Best with constants. */
static SIP_SCAN_INLINE const char *sip_scan_any(const char *p, const char *end, char a, char b, char c, char d)
{
#ifdef __SSE2__
	unsigned found;

	for (; end - p >= SIP_SCAN_WIDTH; p += SIP_SCAN_WIDTH) {
		found = sip_scan_mask_any(_mm_loadu_si128((const __m128i *)(const void *)p), a, b, c, d);
		if (found)
			return p + __builtin_ctz(found);
	}
	if (end - p >= 4) {
		found = sip_scan_mask_few(p, (size_t)(end - p), a, b, c, d);
		return found ? p + __builtin_ctz(found) : NULL;
	}
#endif
	for (; p < end; p++)
		if (*p == a || *p == b || *p == c || *p == d)
			return p;
	return NULL;
}

#endif
