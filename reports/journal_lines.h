/* SPDX-License-Identifier: MIT
 *
 * The lines of a journal, one function a kind; each writes one whole line. For journal*.c only. */
#ifndef REPORTS_JOURNAL_LINES_H
#define REPORTS_JOURNAL_LINES_H

#include "judge/campaign.h"

#include <stdio.h>

enum { JOURNAL_FORMAT = 1 };

/* In canonical order of their lines. */
enum journal_kind {
	JOURNAL_CAMPAIGN,
	JOURNAL_PART,
	JOURNAL_FILE,
	JOURNAL_NOTE,
	JOURNAL_FACT,
	JOURNAL_EXCUSE,
	JOURNAL_CLAIM,
	JOURNAL_SHOWN,
	JOURNAL_FINDING,
	JOURNAL_CASE,
	JOURNAL_COUNT,
	JOURNAL_INPUT,
	JOURNAL_END,
	JOURNAL_KIND_COUNT
};

const char *journal_kind_name(enum journal_kind kind); /* what "t" says */

void journal_line_campaign(FILE *to, const struct campaign *campaign);
/* Shard 0 of 1 is the whole. */
void journal_line_part(FILE *to, unsigned shard, unsigned shards, const char *address);
void journal_line_file(FILE *to, const char *path);
void journal_line_note(FILE *to, const char *text);
void journal_line_fact(FILE *to, const struct campaign_fact *fact);
void journal_line_excuse(FILE *to, const char *requirement, const char *reason);
void journal_line_claim(FILE *to, const char *requirement, enum claim claim);
void journal_line_shown(FILE *to, const char *requirement);
void journal_line_finding(FILE *to, const struct campaign *campaign, const struct finding *finding);
void journal_line_case(FILE *to, const struct campaign_case *test_case);
void journal_line_count(FILE *to, unsigned shard, const char *requirement, enum verdict verdict, uint64_t count);
void journal_line_input(FILE *to, unsigned shard, const struct campaign_input *input);
void journal_line_end(FILE *to, unsigned shard);

#endif
