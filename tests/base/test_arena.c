/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <criterion/criterion.h>

static bool is_zero(const char *p, size_t len)
{
	while (len && *p == 0)
		p++, len--;
	return len == 0;
}

Test(base, arena_gives_zeroed_memory_that_stays)
{
	struct arena arena = {0};
	char *all[200];

	for (size_t i = 0; i < 200; i++) {
		all[i] = arena_alloc(&arena, i * 7 + 1);
		cr_assert_eq((uintptr_t)all[i] % 16, 0);
		cr_assert(is_zero(all[i], i * 7 + 1));
		memset(all[i], (int)i, i * 7 + 1);
	}
	for (size_t i = 0; i < 200; i++)
		for (size_t j = 0; j < i * 7 + 1; j++)
			cr_assert_eq(all[i][j], (char)i);
	cr_expect_geq(arena.used, 200 * 199 / 2 * 7 + 200);
	arena_done(&arena);
	cr_expect_eq(arena.used, 0);
}

/* Used again, the memory is as new. */
Test(base, arena_is_rewound)
{
	struct arena arena = {0};

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 100; i++) {
			char *p = arena_alloc(&arena, 100);

			cr_assert(is_zero(p, 100));
			memset(p, 0xff, 100);
		}
		arena_rewind(&arena);
		cr_expect_eq(arena.used, 0);
	}
	arena_done(&arena);
	arena_rewind(&arena);
	arena_done(&arena);
}

Test(base, arena_copies_and_prints)
{
	struct arena arena = {0};
	struct slice copy = arena_copy(&arena, SLICE("a\0b"));
	int *numbers = NULL;
	size_t count = 0, cap = 0;

	cr_expect(slice_eq(copy, SLICE("a\0b")));
	cr_expect_eq(copy.p[3], '\0');
	cr_expect_str_eq(arena_copy(&arena, SLICE_NONE).p, "");
	cr_expect_str_eq(arena_printf(&arena, "%s-%d", "x", 3), "x-3");
	for (; count < 100; count++) {
		ARENA_GROW(&arena, numbers, count, cap);
		numbers[count] = (int)count;
	}
	for (size_t i = 0; i < count; i++)
		cr_expect_eq(numbers[i], (int)i);
	arena_done(&arena);
}

Test(base, arena_goes_on_in_memory_that_it_adopts)
{
	struct arena arena = {0}, spare = {0};
	const char *kept = arena_printf(&arena, "%s", "kept"), *block;

	block = arena_alloc(&spare, 10000);
	arena_rewind(&spare);
	arena_adopt(&arena, &spare);
	cr_expect_null(spare.block);
	cr_expect_eq(arena_alloc(&arena, 10000), block);
	cr_expect_str_eq(kept, "kept");
	arena_adopt(&arena, &spare); /* nothing */
	cr_expect_not_null(arena_alloc(&arena, 10000));
	arena_rewind(&arena);
	cr_expect_neq(arena_alloc(&arena, 1), kept);
	arena_done(&arena);
}
