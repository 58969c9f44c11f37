/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <criterion/criterion.h>

/* One bit more, less or elsewhere is another hash. */
Test(base, hash_looks_at_every_byte)
{
	char bytes[20] = "";
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
