/* SPDX-License-Identifier: MIT
 *
 * Hashes and random numbers that give the same on every machine. Not for secrets. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/slice.h"

/* 64-bit hash of bytes. Two texts with one hash are taken as equal only where a comparison follows. */
static inline uint64_t hash_mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93ull;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93ull;
	return h ^ (h >> 32);
}

static inline uint64_t hash_slice(struct slice s, uint64_t seed)
{
	uint64_t h = seed ^ (0x9e3779b97f4a7c15ull * (s.len + 1)), word;

	for (; s.len >= 8; s.p += 8, s.len -= 8) {
		memcpy(&word, s.p, 8);
		h = (h ^ word) * 0xff51afd7ed558ccdull;
		h ^= h >> 29;
	}
	for (word = 0; s.len; s.p++, s.len--)
		word = word << 8 | (unsigned char)*s.p;
	return hash_mix(h ^ word);
}

/* splitmix64: *state may start as any number (the campaign's --seed). */
static inline uint64_t rng_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* 0 <= result < n; n > 0 */
static inline uint64_t rng_below(uint64_t *state, uint64_t n)
{
	__extension__ typedef unsigned __int128 wide;

	return (uint64_t)(((wide)rng_next(state) * n) >> 64);
}

#endif
