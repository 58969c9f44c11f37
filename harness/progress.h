/* SPDX-License-Identifier: MIT
 *
 * How far a campaign is, as one line of a terminal that the next one takes the place of. In a pipe, in CI, and on
 * terminals that can't go back to the line's begin, nothing of it is shown. No colours, so NO_COLOR changes nothing. */
#ifndef HARNESS_PROGRESS_H
#define HARNESS_PROGRESS_H

#include "base/buf.h"

#include <stdio.h>

struct progress {
	FILE *to;          /* NULL: nothing is shown */
	uint64_t shown_at; /* ns */
	bool shown;
};

struct progress_counts {
	size_t done, all, running;
	uint64_t time; /* ns since the begin */
};

/* "37 of 140 cases done, 12 in flight, about 40 s left" */
void progress_text(struct buf *to, const struct progress_counts *counts);
/* Is this a place for it? `get` is getenv in the program. */
bool progress_is_wanted(bool quiet, bool terminal, char *(*get)(const char *name));
/* Shows the line, at most ten times a second. */
void progress_show(struct progress *progress, const struct progress_counts *counts);
/* Takes the line away, before something else is written. */
void progress_clear(struct progress *progress);

#endif
