/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <criterion/criterion.h>

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
