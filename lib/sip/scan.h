/* SPDX-License-Identifier: MIT
 *
 * The searches that reading a message consists of, sixteen bytes at a time where the machine can. Internal. */
#ifndef SIP_SCAN_H
#define SIP_SCAN_H

#include "base/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>

static inline unsigned sip_scan_mask(const char *p, char c)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
}
#endif

/* The LFs of some bytes, one after the other. */
struct sip_lfs {
	const char *p, *end; /* not looked at yet */
#ifdef __SSE2__
	const char *block; /* of 64 bytes, looked at last, */
	uint64_t found;    /* and those of its LFs that were not told yet, as bits */
#endif
};

static inline void sip_lfs_start(struct sip_lfs *lfs, const char *p, const char *end)
{
	*lfs = (struct sip_lfs){.p = p, .end = end};
}

#ifdef __SSE2__
static inline uint64_t sip_scan_mask64(const char *p, char c)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < 4; i++)
		mask |= (uint64_t)sip_scan_mask(p + 16 * i, c) << (16 * i);
	return mask;
}

static inline void sip_lfs_read(struct sip_lfs *lfs)
{
	size_t rest = (size_t)(lfs->end - lfs->p), n = rest < 64 ? rest : 64;
	char last[64] = {0};

	lfs->found = sip_scan_mask64(n == 64 ? lfs->p : memcpy(last, lfs->p, n), '\n');
	lfs->block = lfs->p;
	lfs->p += n;
}
#endif

/* The next one, or NULL. */
static inline const char *sip_lfs_next(struct sip_lfs *lfs)
{
	const char *lf;

#ifdef __SSE2__
	while (!lfs->found && lfs->p < lfs->end)
		sip_lfs_read(lfs);
	lf = lfs->found ? lfs->block + __builtin_ctzll(lfs->found) : NULL;
	lfs->found &= lfs->found - 1;
#else
	lf = lfs->p < lfs->end ? memchr(lfs->p, '\n', (size_t)(lfs->end - lfs->p)) : NULL;
	lfs->p = lf ? lf + 1 : lfs->end;
#endif
	return lf;
}

/* The first colon where it is among the next sixteen bytes and they can be read at once; NULL says nothing. */
static inline const char *sip_scan_near_colon(const char *p, const char *end)
{
#ifdef __SSE2__
	unsigned colon = end - p >= 16 ? sip_scan_mask(p, ':') : 0;

	return colon ? p + __builtin_ctz(colon) : NULL;
#else
	return NULL;
#endif
}

/* The first of four characters at or behind p, or NULL. */
static inline const char *sip_scan_any(const char *p, const char *end, char a, char b, char c, char d)
{
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i ab =
			_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b)));
		__m128i cd =
			_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(d)));
		unsigned found = (unsigned)_mm_movemask_epi8(_mm_or_si128(ab, cd));

		if (found)
			return p + __builtin_ctz(found);
	}
#endif
	for (; p < end; p++)
		if (*p == a || *p == b || *p == c || *p == d)
			return p;
	return NULL;
}

#endif
