/* SPDX-License-Identifier: MIT
 *
 * The two searches that indexing a message consists of, sixteen bytes at a time where the machine can. Internal. */
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

/* First LF at or behind p, or NULL. *ret_nul is raised where a NUL stands before it. */
static inline const char *sip_scan_lf(const char *p, const char *end, bool *ret_nul)
{
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		unsigned lf = sip_scan_mask(p, '\n'), nul = sip_scan_mask(p, '\0');

		if (__builtin_expect(nul & (lf - 1) & ~lf, 0))
			*ret_nul = true;
		if (lf)
			return p + __builtin_ctz(lf);
	}
#endif
	for (; p < end; p++) {
		if (*p == '\n')
			return p;
		if (*p == '\0')
			*ret_nul = true;
	}
	return NULL;
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

#endif
