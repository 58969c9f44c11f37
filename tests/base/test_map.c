/* SPDX-License-Identifier: MIT */
#include "base/map.h"
#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { KEYS = 500 };

static struct slice key_of(char to[16], unsigned number)
{
	return (struct slice){to, (size_t)snprintf(to, 16, "%u", number)};
}

Test(base, map_sets_replaces_and_removes)
{
	struct map map = {0};
	int a, b;

	cr_expect_null(map_get(&map, SLICE("x")));
	cr_expect_null(map_remove(&map, SLICE("x")));
	cr_expect_null(map_set(&map, SLICE("x\0y"), &a));
	cr_expect_null(map_get(&map, SLICE("x")));
	cr_expect_eq(map_get(&map, SLICE("x\0y")), &a);
	cr_expect_eq(map_set(&map, SLICE("x\0y"), &b), &a);
	cr_expect_null(map_set(&map, SLICE_NONE, &a));
	cr_expect_eq(map_get(&map, SLICE("")), &a);
	cr_expect_eq(map.count, 2);
	cr_expect_eq(map_remove(&map, SLICE("x\0y")), &b);
	cr_expect_null(map_get(&map, SLICE("x\0y")));
	cr_expect_eq(map.count, 1);
	map_done(&map);
}

/* Against a plain array, through growth and many removals. */
Test(base, map_is_right_through_a_long_history)
{
	static int there[KEYS], *const none = NULL;
	struct map map = {0};
	uint64_t random = 1;
	size_t count = 0;
	char text[16];

	for (unsigned i = 0; i < 20000; i++) {
		unsigned n = (unsigned)rng_below(&random, KEYS);
		struct slice key = key_of(text, n);

		cr_assert_eq(map_get(&map, key), there[n] ? &there[n] : none);
		if (rng_below(&random, 2)) {
			cr_assert_eq(map_set(&map, key, &there[n]), there[n] ? &there[n] : none);
			count += !there[n];
			there[n] = 1;
		} else {
			cr_assert_eq(map_remove(&map, key), there[n] ? &there[n] : none);
			count -= (size_t)there[n];
			there[n] = 0;
		}
		cr_assert_eq(map.count, count);
	}
	map_done(&map);
}

Test(base, map_visits_each_once)
{
	static int seen[KEYS];
	struct map map = {0};
	struct slice key;
	char text[16];
	size_t at = 0;
	void *value;

	for (unsigned i = 0; i < KEYS; i++)
		map_set(&map, key_of(text, i), &seen[i]);
	while (map_next(&map, &at, &key, &value)) {
		cr_expect(slice_eq(key, key_of(text, (unsigned)((int *)value - seen))));
		++*(int *)value;
	}
	for (unsigned i = 0; i < KEYS; i++)
		cr_expect_eq(seen[i], 1, "%u", i);
	map_done(&map);
}

enum { COUNT = 1000 };

Test(base, map_keeps_what_was_set_and_copies_its_keys)
{
	static int values[COUNT];
	struct map map = {0};
	char key[16];

	for (int i = 0; i < COUNT; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		cr_assert_null(map_set(&map, slice_of(key), &values[i]));
	}
	for (int i = 0; i < COUNT; i += 2) {
		snprintf(key, sizeof(key), "key %d", i);
		cr_assert_eq(map_remove(&map, slice_of(key)), &values[i]);
	}
	for (int i = 0; i < COUNT; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		cr_assert_eq(map_get(&map, slice_of(key)), i % 2 ? &values[i] : NULL);
	}
	cr_expect_eq(map.count, COUNT / 2);
	map_done(&map);
}

Test(base, map_with_lent_keys_uses_those_of_the_last_one_that_was_set)
{
	char first[] = "alice", second[] = "alice";
	struct map map = {.lent = true};
	struct slice key;
	size_t at = 0;
	void *value;

	cr_assert_null(map_set(&map, slice_of(first), first));
	cr_assert_eq(map_set(&map, slice_of(second), second), first);
	first[0] = 'x'; /* gone */
	cr_assert_eq(map_get(&map, SLICE("alice")), second);
	cr_assert(map_next(&map, &at, &key, &value));
	cr_expect_eq(key.p, second);
	cr_assert_eq(map_remove(&map, SLICE("alice")), second);
	cr_assert_null(map_get(&map, SLICE("alice")));
	map_done(&map);
	cr_expect(map.lent);
}
