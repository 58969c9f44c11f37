/* SPDX-License-Identifier: MIT
 *
 * Lines of a journal read back. journal_json.c is the one file here that knows jansson. For journal*.c only. */
#ifndef REPORTS_JOURNAL_JSON_H
#define REPORTS_JOURNAL_JSON_H

#include "reports/journal.h"
#include "reports/journal_lines.h"

struct journal_line {
	enum journal_kind kind;
	uint64_t order;         /* finding, case; else 0 */
	const char *name;       /* case: its name; excuse, claim, shown, finding, count: the requirement; else "" */
	enum verdict verdict;   /* finding, case, count */
	unsigned shard, shards; /* part, count, input, end; `shards` of part only */
	void *json;             /* the whole, jansson's */
};

/* Checks that the line is one of ours, with all that its kind needs. -EBADMSG with what is wrong. */
int journal_line_parse(struct slice text, struct journal_line *ret, struct err *err);
void journal_line_done(struct journal_line *line);
/* Adds what the line says. A line of kind CAMPAIGN makes catalogue and campaign, which must not be there yet, and all
 * others need them. -EBADMSG. */
int journal_line_apply(const struct journal_line *line, struct journal_campaign *into, struct err *err);
/* Of two first lines: the first key whose value differs, NULL if they are of one campaign. Lives with `a`, or is
 * constant. */
const char *journal_line_differs(const struct journal_line *a, const struct journal_line *b);
/* What a line of kind COUNT counts; 0 for any other. */
uint64_t journal_line_count_of(struct slice text);

#endif
