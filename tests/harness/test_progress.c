/* SPDX-License-Identifier: MIT */
#include "harness/progress.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static void expect_text(struct progress_counts counts, const char *text)
{
	struct buf out = {0};

	progress_text(&out, &counts);
	cr_expect_str_eq(out.p, text);
	buf_done(&out);
}

Test(harness_progress, tells_how_far_it_is)
{
	expect_text((struct progress_counts){.all = 140, .running = 12, .waiting = 128},
		    "0 of 140 cases done, 12 in flight");
	expect_text((struct progress_counts){35, 140, 12, 93, 10000000000},
		    "35 of 140 cases done, 12 in flight, about 30 s left");
	expect_text((struct progress_counts){120, 140, 12, 0, 10000000000},
		    "120 of 140 cases done, 12 in flight, 10 s so far");
	expect_text((struct progress_counts){140, 140, 0, 0, 10000000000}, "140 of 140 cases done, 0 in flight");
}

static void expect_read(struct progress_read read, const char *text)
{
	struct buf out = {0};

	progress_read_text(&out, &read);
	cr_expect_str_eq(out.p, text);
	buf_done(&out);
}

Test(harness_progress, tells_how_far_the_reading_is)
{
	expect_read((struct progress_read){.bytes = 100000, .time = 0}, "0.1 MB read, 0 SIP messages, 0 findings");
	expect_read((struct progress_read){1000000000, 4000000000, 5012, 1, 5000000000},
		    "1.0 of 4.0 GB read, 200 MB/s, 5012 SIP messages, 1 finding, about 15 s left");
	expect_read((struct progress_read){20000000, 10000000, 7, 2, 1000000000},
		    "20.0 MB read, 20 MB/s, 7 SIP messages, 2 findings");
	expect_read((struct progress_read){10000000, 10000000, 7, 2, 1000000000},
		    "10.0 of 10.0 MB read, 10 MB/s, 7 SIP messages, 2 findings");
}

static const char *kind, *ci;

static char *get(const char *name)
{
	return (char *)(strcmp(name, "TERM") == 0 ? kind : strcmp(name, "CI") == 0 ? ci : NULL);
}

static bool is_wanted(bool quiet, bool terminal, const char *the_kind, const char *the_ci)
{
	kind = the_kind;
	ci = the_ci;
	return progress_is_wanted(quiet, terminal, get);
}

Test(harness_progress, is_for_terminals_only)
{
	cr_expect(is_wanted(false, true, "xterm", NULL));
	cr_expect(is_wanted(false, true, "xterm", ""));
	cr_expect_not(is_wanted(true, true, "xterm", NULL));
	cr_expect_not(is_wanted(false, false, "xterm", NULL));
	cr_expect_not(is_wanted(false, true, "dumb", NULL));
	cr_expect_not(is_wanted(false, true, NULL, NULL));
	cr_expect_not(is_wanted(false, true, "xterm", "true"));
}

Test(harness_progress, takes_its_line_away)
{
	struct progress progress = {0};
	char *text = NULL;
	size_t len;

	progress_show(&progress, 0, "0 of 2 cases done, 0 in flight");
	cr_expect_not(progress_is_due(&progress, 0));
	progress_clear(&progress);
	progress.to = open_memstream(&text, &len);
	cr_expect(progress_is_due(&progress, 1));
	progress_show(&progress, 1, "0 of 2 cases done, 0 in flight");
	cr_expect_not(progress_is_due(&progress, 2));
	progress_show(&progress, 2, "1 of 2 cases done, 0 in flight");
	progress_clear(&progress);
	progress_clear(&progress);
	fclose(progress.to);
	cr_expect_eq(len, 1 + 79 + 1 + 79 + 1);
	cr_expect_eq(strncmp(text, "\r0 of 2 cases done, 0 in flight ", 32), 0);
	cr_expect_eq(text[len - 1], '\r');
	free(text);
}
