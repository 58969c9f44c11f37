/* SPDX-License-Identifier: MIT
 *
 * imconform show FILE: the SIP ladder of a capture, or of the captures that a journal's findings point into. */
#include "harness/commands.h"
#include "harness/show_ladder.h"
#include "reports/ladder.h"
#include "reports/journal.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print(struct buf *text)
{
	if (text->len)
		fwrite(text->p, 1, text->len, stdout);
	buf_clear(text);
}

/* A capture lies where the campaign saw it, or has moved together with its journal. */
static char *find_capture(const char *journal, const char *path)
{
	const char *slash = strrchr(journal, '/');
	char *beside;

	if (*path == '/' || !slash || access(path, R_OK) == 0)
		return mem_strdup(path);
	beside = mem_printf("%.*s/%s", (int)(slash - journal), journal, path);
	if (access(beside, R_OK) == 0)
		return beside;
	free(beside);
	return mem_strdup(path);
}

/* The ladders that the run drew itself, of cases that did not pass. */
static void print_cases(const struct campaign *campaign)
{
	struct buf text = {0};

	for (size_t i = 0; i < campaign->case_count; i++) {
		const struct campaign_case *c = &campaign->cases[i];

		if (!c->ladder)
			continue;
		ladder_show(&text, c->ladder, true);
		printf("case %s: %s\n%s\n", c->name, verdict_name(c->verdict), text.p);
		buf_clear(&text);
	}
	buf_done(&text);
}

static int show_journal(const char *path, struct err *err)
{
	struct journal_campaign journal;
	struct buf text = {0};
	size_t shown = 0;

	if (journal_read(&path, 1, &journal, err) < 0)
		return EXIT_USAGE;
	for (uint32_t i = 0; i < journal.campaign->file_count; i++) {
		char *capture = find_capture(path, journal.campaign->files[i]);
		int r = show_ladder(&text, capture, journal.campaign, i, err);

		free(capture);
		if (r < 0)
			fprintf(stderr, "imconform show: %s\n", err->text);
		if (text.len == 0)
			continue;
		printf("%s\n", journal.campaign->file_names[i]);
		print(&text);
		shown++;
	}
	if (shown == 0)
		print_cases(journal.campaign);
	buf_done(&text);
	journal_campaign_done(&journal);
	return EXIT_PASSED;
}

static int show_capture(const char *path, struct err *err)
{
	struct buf text = {0};
	int r = show_ladder(&text, path, NULL, 0, err);

	print(&text);
	buf_done(&text);
	return r < 0 ? EXIT_USAGE : EXIT_PASSED;
}

int cmd_show(const struct options *options)
{
	const char *path = options->operands.items[0];
	struct err err;
	int status = journal_probe(path) ? show_journal(path, &err) : show_capture(path, &err);

	if (status != EXIT_PASSED)
		fprintf(stderr, "imconform show: %s\n", err.text);
	return status;
}
