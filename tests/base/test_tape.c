/* SPDX-License-Identifier: MIT */
#include "base/tape.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { LEN = 5000 };

static char text[LEN], got[LEN];

static void fill(void)
{
	for (size_t i = 0; i < LEN; i++)
		text[i] = (char)(i * 7 + i / 251);
}

Test(base_tape, gives_back_what_was_written_however_it_is_cut)
{
	struct tape_pool pool = {0};

	fill();
	for (size_t step = 1; step < 1200; step += 31) {
		struct tape tape = {0};
		struct tape_reader reader;
		size_t other = 1200 - step;
		for (size_t at = 0; at < LEN; at += step)
			tape_append(&tape, &pool, text + at, LEN - at < step ? LEN - at : step);
		cr_assert_eq(tape.len, LEN);
		memset(got, 0, LEN);
		reader = tape_begin(&tape);
		for (size_t at = 0; at < LEN; at += other)
			tape_read(&reader, got + at, LEN - at < other ? LEN - at : other);
		cr_assert_arr_eq(got, text, LEN, "written by %zu, read by %zu", step, other);
		tape_clear(&tape, &pool);
		cr_expect_eq(tape.len, 0);
		cr_expect_null(tape.first);
	}
	tape_pool_done(&pool);
}

static size_t blocks_of(const struct tape_pool *pool)
{
	size_t count = 0;

	for (const void *block = pool->blocks; block; block = *(void *const *)block)
		count++;
	return count;
}

Test(base_tape, what_one_leaves_fits_any_other)
{
	struct tape_pool pool = {0};
	struct tape tapes[10] = {0};
	struct tape_reader reader;
	size_t blocks;

	fill();
	for (unsigned i = 0; i < 10; i++)
		tape_append(&tapes[i], &pool, text, LEN);
	blocks = blocks_of(&pool);
	for (unsigned round = 0; round < 50; round++) {
		tape_clear(&tapes[round % 10], &pool);
		for (unsigned i = 0; i <= round % 7; i++)
			tape_append(&tapes[round % 10], &pool, text + i, LEN / 7);
	}
	cr_expect_eq(blocks_of(&pool), blocks);
	reader = tape_begin(&tapes[9]);
	tape_read(&reader, got, LEN / 7);
	cr_expect_arr_eq(got, text, LEN / 7);
	tape_pool_done(&pool);
	cr_expect_null(pool.blocks);
}

Test(base_tape, grows_by_larger_blocks)
{
	struct tape_pool pool = {0};
	struct tape tape = {0};

	fill();
	for (size_t i = 0; i < 4500000 / LEN; i++)
		tape_append(&tape, &pool, text, LEN);
	cr_expect_eq(blocks_of(&pool), 7, "of 64, 128, 256, 512, 1024, 2048 KiB, and one more of 2 MiB");
	tape_pool_done(&pool);
}

Test(base_tape, pieces_go_from_pool_to_pool)
{
	struct tape_pool home = {0}, away = {0};
	struct tape one = {0}, other = {0};
	struct tape_reader reader;

	fill();
	tape_append(&one, &home, text, 600);
	tape_pool_move(&away, &home, 600);
	cr_expect_null(away.blocks, "they are the first one's");
	tape_append(&other, &away, text, 600);
	cr_expect_null(away.first, "it had as many as that takes");
	cr_expect_null(away.blocks);
	tape_clear(&one, &away);
	tape_append(&one, &away, text + 1, 600);
	cr_expect_null(away.blocks);
	tape_clear(&one, &away);
	tape_pool_join(&home, &away);
	cr_expect_null(away.first);
	reader = tape_begin(&other);
	tape_read(&reader, got, 600);
	cr_expect_arr_eq(got, text, 600);
	tape_pool_done(&home);
}

Test(base_tape, blocks_go_along_with_a_pool_that_is_joined)
{
	struct tape_pool home = {0}, away = {0};
	struct tape one = {0}, other = {0};
	struct tape_reader reader;

	fill();
	tape_append(&one, &home, text, LEN);
	tape_append(&other, &away, text, LEN);
	tape_clear(&other, &away);
	tape_pool_join(&home, &away);
	cr_expect_eq(blocks_of(&home), 2);
	tape_append(&other, &home, text + 3, 600);
	reader = tape_begin(&other);
	tape_read(&reader, got, 600);
	cr_expect_arr_eq(got, text + 3, 600);
	reader = tape_begin(&one);
	tape_read(&reader, got, LEN);
	cr_expect_arr_eq(got, text, LEN);
	tape_pool_done(&home);
}
