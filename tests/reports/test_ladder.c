/* SPDX-License-Identifier: MIT */
#include "reports/ladder.h"
#include "base/mem.h"
#include "reports/sample.h"
#include "reports/words.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static void expect_ladder(const char *golden, const struct ladder_arrow *list, size_t count,
			  const struct ladder_options *options)
{
	struct buf text = {0};

	ladder_draw(&text, list, count, options);
	sample_golden(golden, buf_take(&text));
}

/* clang-format off */
static const struct ladder_arrow arrows[] = {
	{.time = 1000000000, .from = "client", .to = "core", .label = "REGISTER"},
	{.time = 1010000000, .from = "core", .to = "client", .label = "401 Unauthorized"},
	{.time = 1500000000, .from = "core", .to = "server", .label = "PUBLISH sip:alice@im.example and more"},
	{.time = 2000000000, .from = "core", .to = "server", .label = "PUBLISH", .mark = LADDER_AGAIN},
	{.time = 13100000000, .from = "server", .to = "core", .label = "200 OK", .mark = LADDER_WRONG,
	 .note = "6.1.1.5-1 fail; expected: the answer has status 403; seen: 200\nsecond note"},
	{.time = 13200000000, .from = "client", .to = "server", .label = "BYE"},
	{.time = 13200000000, .from = "core", .to = "core", .label = "OPTIONS"},
};
/* clang-format on */

Test(reports, ladder_has_columns_times_marks_and_notes)
{
	expect_ladder("ladder.txt", arrows, ARRAY_LEN(arrows), &(struct ladder_options){.times = true});
}

Test(reports, ladder_without_times_has_the_columns_that_were_asked_for)
{
	static const char *const columns[] = {"server", "core", "client", NULL};

	expect_ladder("ladder-plain.txt", arrows, 2, &(struct ladder_options){columns, false});
}

Test(reports, ladder_of_many_parties_is_a_list)
{
	static const char *const columns[] = {"a", "b", "c", "d", NULL};

	expect_ladder("ladder-list.txt", arrows + 2, 3, &(struct ladder_options){columns, true});
}

Test(reports, ladder_of_nothing_is_nothing)
{
	struct buf text = {0};

	ladder_draw(&text, arrows, 0, &(struct ladder_options){0});
	cr_expect_eq(text.len, 0);
}

/* Whatever stands in it, a line has at most 80 columns, and starts with a word or sign of ours. */
Test(reports, ladder_stays_in_its_columns)
{
	static const char *const texts[] = {"",
					    "::cmd::", "ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää",
					    "x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x",
					    "::1::1::1::1::1::1::1::1::1::1::1::1::1::1::1::1::1::1::1::1::1::1::1::1"};

	for (unsigned i = 0; i < 625 * 2; i++) {
		const struct ladder_arrow arrow = {
			0, texts[i % 5], texts[i / 5 % 5], texts[i / 25 % 5], LADDER_WRONG, texts[i / 125 % 5]};
		struct buf text = {0};

		ladder_draw(&text, &arrow, 1, &(struct ladder_options){NULL, i >= 625});
		for (char *line = strtok(text.p, "\n"); line; line = strtok(NULL, "\n")) {
			cr_assert_leq(words_columns(line), LADDER_WIDTH, "%s", line);
			cr_assert_neq(line[strspn(line, " ")], ':', "%s", line);
		}
		buf_done(&text);
	}
}

/* A case keeps its ladder as notation, and it is drawn the same from there. */
Test(reports, ladder_is_kept_as_notation)
{
	struct buf notation = {0}, text = {0};

	ladder_note(&notation, arrows, ARRAY_LEN(arrows));
	ladder_show(&text, notation.p, true);
	sample_golden("ladder.txt", buf_take(&text));
	for (size_t i = 0; i < notation.len; i++) {
		char *begin = strndup(notation.p, i);

		ladder_show(&text, begin, false);
		cr_assert(i == 0 || text.len > 0, "%zu", i);
		buf_clear(&text);
		free(begin);
	}
	buf_done(&notation);
	buf_done(&text);
}

Test(reports, what_is_no_notation_stands_as_it_is)
{
	static const char *const texts[] = {"SIP   core\n", "@ x plain\n",      "@ 1 odd\n",
					    "< a\n",        "@ 1 plain\n* x\n", "@\n"};
	struct buf text = {0};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		ladder_show(&text, texts[i], true);
		cr_expect_str_eq(text.p, texts[i]);
		buf_clear(&text);
	}
	ladder_show(&text, NULL, true);
	cr_expect_eq(text.len, 0);
	buf_done(&text);
}
