/* SPDX-License-Identifier: MIT
 *
 * How far a campaign or an audit is, as one line of a terminal that the next one takes the place of. In a pipe, in CI,
 * and on terminals that can't go back to the line's begin, nothing of it is shown. No colours, so NO_COLOR changes
 * nothing. */
#ifndef HARNESS_PROGRESS_H
#define HARNESS_PROGRESS_H

#include "base/buf.h"

#include <stdio.h>

struct progress {
	FILE *to;          /* NULL: nothing is shown */
	uint64_t shown_at; /* ns */
	bool shown;
};

struct progress_counts {                    /* of a run */
	size_t done, all, running, waiting; /* waiting: not begun yet */
	uint64_t time;                      /* ns since the begin */
};

struct progress_read {       /* of an audit */
	uint64_t bytes, all; /* of the captures; `all` 0: nobody knows */
	uint64_t messages, findings;
	uint64_t time; /* ns since the begin */
};

/* "37 of 140 cases done, 12 in flight, about 40 s left"; where no case waits any more, how long it has been so far */
void progress_text(struct buf *to, const struct progress_counts *counts);
/* "1.2 of 4.0 GB read, 310 MB/s, 5012 SIP messages, 17 findings, about 9 s left" */
void progress_read_text(struct buf *to, const struct progress_read *read);
/* Is this a place for it? `get` is getenv in the program. */
bool progress_is_wanted(bool quiet, bool terminal, char *(*get)(const char *name));
/* Is it time for another line? At most ten times a second; never where nothing is shown. `time`: ns since the begin. */
bool progress_is_due(const struct progress *progress, uint64_t time);
/* Shows `text` as the line, cut where it is too long. */
void progress_show(struct progress *progress, uint64_t time, const char *text);
/* Takes the line away, before something else is written. */
void progress_clear(struct progress *progress);

#endif
