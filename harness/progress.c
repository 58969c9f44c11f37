/* SPDX-License-Identifier: MIT */
#include "harness/progress.h"

enum { COLUMNS = 79 };

#define INTERVAL 100000000ull

void progress_text(struct buf *to, const struct progress_counts *counts)
{
	buf_printf(to, "%zu of %zu cases done, %zu in flight", counts->done, counts->all, counts->running);
	if (counts->done && counts->done < counts->all)
		buf_printf(to, ", about %.0f s left",
			   (double)counts->time / 1e9 / (double)counts->done * (double)(counts->all - counts->done));
}

bool progress_is_wanted(bool quiet, bool terminal, char *(*get)(const char *name))
{
	const char *kind = get("TERM"), *ci = get("CI");

	return !quiet && terminal && kind && *kind && strcmp(kind, "dumb") && (!ci || !*ci);
}

void progress_show(struct progress *progress, const struct progress_counts *counts)
{
	struct buf line = {0};

	if (!progress->to || (progress->shown && counts->time - progress->shown_at < INTERVAL))
		return;
	progress_text(&line, counts);
	fprintf(progress->to, "\r%-*.*s", COLUMNS, COLUMNS, line.p);
	fflush(progress->to);
	progress->shown = true;
	progress->shown_at = counts->time;
	buf_done(&line);
}

void progress_clear(struct progress *progress)
{
	if (!progress->shown)
		return;
	fprintf(progress->to, "\r%*s\r", COLUMNS, "");
	fflush(progress->to);
	progress->shown = false;
}
