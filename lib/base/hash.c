/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

uint64_t hash_secret[HASH_SECRETS] = {0x8b51f9dd24c9a703ull, 0xb3f0a9d1c46e5827ull, 0x5d9c37e2a8b4f619ull};

void hash_seed(const uint64_t secret[HASH_SECRETS])
{
	memcpy(hash_secret, secret, sizeof(hash_secret));
}

/* A product takes a while, and each needs the one before: four rows of them go side by side. */
uint64_t hash_blocks(const char *p, size_t count, uint64_t h)
{
	const uint64_t *secret = hash_secret;
	uint64_t rows[4] = {h, h, h, h};

	for (; count; count--, p += 64)
		for (int i = 0; i < 4; i++)
			rows[i] =
				hash_fold(hash_word(p + 16 * i, 8) ^ secret[1], hash_word(p + 16 * i + 8, 8) ^ rows[i]);
	return hash_fold(hash_fold(rows[0] ^ secret[1], rows[1] ^ secret[2]) ^ secret[0],
			 hash_fold(rows[2] ^ secret[1], rows[3] ^ secret[2]));
}

uint64_t hash_stable(struct slice s, uint64_t seed)
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
