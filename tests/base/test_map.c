/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <criterion/criterion.h>
#include <stdio.h>

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
