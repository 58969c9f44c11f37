/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

uint64_t hash_secret[HASH_SECRETS] = {0x8b51f9dd24c9a703ull, 0xb3f0a9d1c46e5827ull, 0x5d9c37e2a8b4f619ull};

void hash_seed(const uint64_t secret[HASH_SECRETS])
{
	memcpy(hash_secret, secret, sizeof(hash_secret));
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
