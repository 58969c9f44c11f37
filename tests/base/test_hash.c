/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* One bit more, less or elsewhere is another hash. */
Test(base, hash_looks_at_every_byte)
{
	char bytes[150] = ""; /* more than two times what goes side by side */
	uint64_t seen[sizeof(bytes) * 8 + 1];
	size_t count = 0;

	for (size_t len = 0; len <= sizeof(bytes); len++)
		for (size_t shorter = 0; shorter < len; shorter++)
			cr_assert_neq(hash_slice((struct slice){bytes, len}, 1),
				      hash_slice((struct slice){bytes, shorter}, 1));
	seen[count++] = hash_slice((struct slice){bytes, sizeof(bytes)}, 1);
	for (size_t bit = 0; bit < sizeof(bytes) * 8; bit++) {
		bytes[bit / 8] ^= (char)(1 << bit % 8);
		seen[count++] = hash_slice((struct slice){bytes, sizeof(bytes)}, 1);
		bytes[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			cr_assert_neq(seen[i], seen[j], "%zu %zu", i, j);
	cr_expect_neq(hash_slice(SLICE("x"), 1), hash_slice(SLICE("x"), 2));
}

/* What goes side by side does not change places. */
Test(base, hash_tells_the_order_of_what_is_long)
{
	char bytes[192];
	uint64_t plain;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i / 16);
	plain = hash_slice((struct slice){bytes, sizeof(bytes)}, 1);
	for (size_t one = 0; one < sizeof(bytes); one += 16)
		for (size_t other = 0; other < one; other += 16) {
			memset(bytes + one, (int)(other / 16), 16);
			memset(bytes + other, (int)(one / 16), 16);
			cr_expect_neq(hash_slice((struct slice){bytes, sizeof(bytes)}, 1), plain, "%zu %zu", one,
				      other);
			memset(bytes + one, (int)(one / 16), 16);
			memset(bytes + other, (int)(other / 16), 16);
		}
	cr_expect_eq(hash_slice((struct slice){bytes, sizeof(bytes)}, 1), plain);
}

/* Whoever knows a hash makes texts that share it: these do, in the one that is the same everywhere. */
Test(base, hash_of_a_table_is_another_with_another_secret)
{
	char one[16] = "", other[16] = "";
	uint64_t plain;

	other[7] = other[15] = (char)0x80;
	other[12] = 4;
	cr_expect_eq(hash_stable((struct slice){one, 16}, 1), hash_stable((struct slice){other, 16}, 1));
	cr_expect_neq(hash_slice((struct slice){one, 16}, 1), hash_slice((struct slice){other, 16}, 1));
	plain = hash_slice(SLICE("call"), 'c');
	cr_expect_eq(plain, hash_slice(SLICE("call"), 'c'));
	for (unsigned i = 0; i < HASH_SECRETS; i++) {
		uint64_t secret[HASH_SECRETS] = {1, 2, 3};

		hash_seed(secret);
		plain = hash_slice(SLICE("call"), 'c');
		secret[i] ^= 1ull << 50;
		hash_seed(secret);
		cr_expect_neq(hash_slice(SLICE("call"), 'c'), plain, "%u", i);
	}
}

/* Addresses and users that are made up, and shards, stay those that they were. */
Test(base, hash_stable_stays_what_it_is)
{
	hash_seed((const uint64_t[HASH_SECRETS]){1, 2, 3});
	cr_expect_eq(hash_stable(SLICE("sip:alice@im.example"), 0), 0xb752bf63966509ceull);
	cr_expect_eq(hash_stable(SLICE_NONE, 0), 0x4e17cf67001b3979ull);
}

/* Names that differ by a number fill a table's places as dice would. */
Test(base, hash_spreads_what_differs_little)
{
	enum { PLACES = 1 << 12, NAMES = 4 * PLACES };
	static unsigned char low[PLACES], high[PLACES];
	unsigned most = 0;
	char name[32];

	for (int i = 0; i < NAMES; i++) {
		int len = snprintf(name, sizeof(name), "call-%d@client.example", i);
		uint64_t hash = hash_slice((struct slice){name, (size_t)len}, 'c');

		low[hash % PLACES]++;
		high[hash / (UINT64_MAX / PLACES + 1)]++;
	}
	for (int i = 0; i < PLACES; i++) {
		most = low[i] > most ? low[i] : most;
		most = high[i] > most ? high[i] : most;
	}
	cr_expect_lt(most, 20); /* 4 on the average */
}

/* The same seed gives the same numbers, here those that the algorithm's authors give for the seed 0. */
Test(base, random_numbers_are_those_of_splitmix64)
{
	uint64_t state = 0;

	cr_expect_eq(rng_next(&state), 0xe220a8397b1dcdafull);
	cr_expect_eq(rng_next(&state), 0x6e789e6aa1b965f4ull);
	cr_expect_eq(rng_next(&state), 0x06c45d188009454full);
}

Test(base, random_numbers_stay_below_and_reach_all)
{
	uint64_t state = 3;
	unsigned seen[7] = {0};

	for (int i = 0; i < 7000; i++) {
		uint64_t n = rng_below(&state, 7);

		cr_assert_lt(n, 7);
		seen[n]++;
	}
	for (int i = 0; i < 7; i++)
		cr_expect(seen[i] > 800 && seen[i] < 1200, "%d: %u", i, seen[i]);
	cr_expect_eq(rng_below(&state, 1), 0);
}
