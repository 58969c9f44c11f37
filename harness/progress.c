/* SPDX-License-Identifier: MIT */
#include "harness/progress.h"
#include "base/time.h"

#include <inttypes.h>

enum { COLUMNS = 79 };

#define INTERVAL (SECOND / 10)

static void put_left(struct buf *to, uint64_t time, double share)
{
	if (share > 0 && share < 1)
		buf_printf(to, ", about %.0f s left", (double)time / 1e9 * (1 - share) / share);
}

void progress_text(struct buf *to, const struct progress_counts *counts)
{
	buf_printf(to, "%zu of %zu cases done, %zu in flight", counts->done, counts->all, counts->running);
	if (counts->waiting)
		put_left(to, counts->time, (double)counts->done / (double)counts->all);
	else if (counts->running) /* they end when each is over, not one after the other */
		buf_printf(to, ", %.0f s so far", (double)counts->time / 1e9);
}

void progress_read_text(struct buf *to, const struct progress_read *read)
{
	double unit = read->bytes >= 1000000000 || read->all >= 1000000000 ? 1e9 : 1e6;
	const char *name = unit == 1e9 ? "GB" : "MB";
	bool known = read->all >= read->bytes && read->all;

	if (known)
		buf_printf(to, "%.1f of %.1f %s read", (double)read->bytes / unit, (double)read->all / unit, name);
	else
		buf_printf(to, "%.1f %s read", (double)read->bytes / unit, name);
	if (read->time)
		buf_printf(to, ", %.0f MB/s", (double)read->bytes / 1e6 / ((double)read->time / 1e9));
	buf_printf(to, ", %" PRIu64 " SIP messages, %" PRIu64 " %s", read->messages, read->findings,
		   read->findings == 1 ? "finding" : "findings");
	put_left(to, read->time, known ? (double)read->bytes / (double)read->all : 0);
}

bool progress_is_wanted(bool quiet, bool terminal, char *(*get)(const char *name))
{
	const char *kind = get("TERM"), *ci = get("CI");

	return !quiet && terminal && kind && *kind && strcmp(kind, "dumb") && (!ci || !*ci);
}

bool progress_is_due(const struct progress *progress, uint64_t time)
{
	return progress->to && (!progress->shown || time - progress->shown_at >= INTERVAL);
}

void progress_show(struct progress *progress, uint64_t time, const char *text)
{
	if (!progress_is_due(progress, time))
		return;
	fprintf(progress->to, "\r%-*.*s", COLUMNS, COLUMNS, text);
	fflush(progress->to);
	progress->shown = true;
	progress->shown_at = time;
}

void progress_clear(struct progress *progress)
{
	if (!progress->shown)
		return;
	fprintf(progress->to, "\r%*s\r", COLUMNS, "");
	fflush(progress->to);
	progress->shown = false;
}
