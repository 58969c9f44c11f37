/* SPDX-License-Identifier: MIT
 *
 * Hashes and random numbers. Not for secrets.
 *
 * hash_slice() is for tables. What stands in a capture or comes from a peer is chosen by others, and whoever knew the
 * hash could choose texts that share one, until a table is a list: so it depends on a secret of the process, which the
 * program draws when it starts. Nothing that a user sees may follow from it; what does, takes hash_stable(). */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/slice.h"

enum { HASH_SECRETS = 3 };
extern uint64_t hash_secret[HASH_SECRETS];
/* Before the first table and the first thread. Without it the secret is a fixed one: tests repeat. */
void hash_seed(const uint64_t secret[HASH_SECRETS]);

__extension__ typedef unsigned __int128 hash_product;

/* Both halves of the product: each bit of either factor tells in all of it. */
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
	hash_product product = (hash_product)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_word(const char *p, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, p, len);
	return word;
}

/* The first part of hash_slice: `count` times 64 bytes. */
uint64_t hash_blocks(const char *p, size_t count, uint64_t h);

/* 64-bit hash of bytes. Two texts with one hash are taken as equal only where a comparison follows, or where it is the
 * secret that makes it as good as impossible. `seed` tells uses apart, and joins hashes. */
static inline uint64_t hash_slice(struct slice s, uint64_t seed)
{
	const uint64_t *secret = hash_secret;
	uint64_t h = secret[0] ^ s.len, a = 0, b = 0;

	if (s.len > 64) {
		h = hash_blocks(s.p, s.len / 64, h);
		s = (struct slice){s.p + s.len / 64 * 64, s.len % 64};
	}
	for (; s.len > 16; s.p += 16, s.len -= 16)
		h = hash_fold(hash_word(s.p, 8) ^ secret[1], hash_word(s.p + 8, 8) ^ h);
	if (s.len >= 8) { /* what is left is read from both ends: the words may share bytes */
		a = hash_word(s.p, 8);
		b = hash_word(s.p + s.len - 8, 8);
	} else if (s.len >= 4) {
		a = hash_word(s.p, 4);
		b = hash_word(s.p + s.len - 4, 4);
	} else if (s.len) {
		a = hash_word(s.p, 1) | hash_word(s.p + s.len / 2, 1) << 8;
		b = hash_word(s.p + s.len - 1, 1);
	}
	return hash_fold(hash_fold(a ^ secret[1], b ^ h), seed ^ secret[2]);
}

static inline uint64_t hash_mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93ull;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93ull;
	return h ^ (h >> 32);
}

/* The same on every machine and in every run: for what is made up, and what is divided among processes. */
uint64_t hash_stable(struct slice s, uint64_t seed);

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
	return (uint64_t)(((hash_product)rng_next(state) * n) >> 64);
}

#endif
