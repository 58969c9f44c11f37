/* SPDX-License-Identifier: MIT
 *
 * Journals of one campaign as one set of lines: sorted, each once, shards folded into the whole when they are all
 * there. For journal*.c only. */
#ifndef REPORTS_JOURNAL_SET_H
#define REPORTS_JOURNAL_SET_H

#include "reports/journal_lines.h"
#include "base/err.h"
#include "base/slice.h"

struct journal_entry {
	enum journal_kind kind;
	enum verdict verdict;
	uint64_t order;
	unsigned shard, shards;
	char *name;
	char *text; /* the line, without its end */
};

struct journal_set {
	struct journal_entry *list;
	size_t count, cap;
};

/* All lines of the journals, folded and collapsed. Errors as journal_merge. journal_set_done in any case. */
int journal_set_load(struct journal_set *set, const char *const *paths, size_t count, struct err *err);
void journal_set_done(struct journal_set *set);
void journal_entry_done(struct journal_entry *entry);

/* Sorts the lines and leaves one of those that tell of the same thing. */
void journal_set_fold(struct journal_set *set);
/* Adds lines that this program has just written. */
void journal_set_add(struct journal_set *set, struct slice lines);
/* Once every shard is finished, or the whole is there, no shard is told of any more. -EINVAL where shards don't fit
 * together. */
int journal_set_collapse(struct journal_set *set, struct err *err);

#endif
