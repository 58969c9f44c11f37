/* SPDX-License-Identifier: MIT
 *
 * Journals of one campaign as one set of lines: sorted, each once, shards folded into the whole when they are all
 * there. Of a line there is only what sorts it and its place in its file; the text is read again when it is asked for,
 * so that a set takes some 50 bytes a line, however long the lines are. For journal*.c only. */
#ifndef REPORTS_JOURNAL_SET_H
#define REPORTS_JOURNAL_SET_H

#include "reports/journal_lines.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"

struct journal_entry {
	enum journal_kind kind : 8;
	enum verdict verdict : 8;
	unsigned file : 16; /* of set.files; JOURNAL_NO_FILE: `text` has it */
	uint32_t len;       /* of the line, without its end */
	uint64_t order;
	unsigned shard, shards;
	const char *name; /* the set's, one copy of each */
	union {
		uint64_t offset;
		const char *text; /* the set's */
	};
};

enum { JOURNAL_FILES_MAX = 4096, JOURNAL_NO_FILE = 65535 };

struct journal_set {
	struct journal_entry *list;
	size_t count, cap;
	struct arena arena; /* names, and lines that have no file to be read from again */
	struct map names;
	struct journal_file *files;
	size_t file_count;
	struct buf lines[2]; /* scratch */
	struct err failed;   /* the first line that was not there any more */
};

/* All lines of the journals, folded and collapsed. Errors as journal_merge. journal_set_done in any case. */
int journal_set_load(struct journal_set *set, const char *const *paths, size_t count, struct err *err);
void journal_set_done(struct journal_set *set);
/* The text of a line, valid until the next call. -EIO where its file has become another. */
int journal_set_text(struct journal_set *set, const struct journal_entry *entry, struct slice *ret, struct err *err);

/* Sorts the lines from `from` on and leaves one of those that tell of the same thing. */
void journal_set_fold(struct journal_set *set, size_t from);
/* The lines from `from` on are one journal's. Where it is the whole of an audit, findings that are too many to keep are
 * only counted. */
void journal_set_trim(struct journal_set *set, size_t from);
/* Adds lines that this program has just written. */
void journal_set_add(struct journal_set *set, struct slice lines);
/* Once every shard is finished, or the whole is there, no shard is told of any more. -EINVAL where shards don't fit
 * together. */
int journal_set_collapse(struct journal_set *set, struct err *err);

#endif
