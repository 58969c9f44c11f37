/* SPDX-License-Identifier: MIT
 *
 * Where reports go: the values of -o FORMAT:PATH. They are checked before anything is run, each report is written to a
 * temporary file beside its path, and takes the path's place only when it is whole. */
#ifndef REPORTS_OUTPUT_H
#define REPORTS_OUTPUT_H

#include "reports/replace.h"
#include "reports/report.h"

enum { OUTPUTS_MAX = 32 };

struct output {
	const struct report_format *format;
	char *path;              /* "-": standard output */
	struct replacement file; /* open from outputs_open on; not for standard output */
};

struct outputs { /* zeroed: none */
	struct output list[OUTPUTS_MAX];
	unsigned count;
};

/* One value of -o. -EINVAL: no format, an unknown one (the text lists those that there are), no path, a path that was
 * given before, or more than OUTPUTS_MAX. */
int outputs_add(struct outputs *outputs, const char *value, struct err *err);
/* Is standard output for a report that programs read? Then no line of talk may stand there. */
bool outputs_own_stdout(const struct outputs *outputs);
/* Opens every output, so that a path that can't be written is told before the run: "-o json: PATH: reason". */
int outputs_open(struct outputs *outputs, struct err *err);
/* Writes all reports and moves them to their places; goes on after a failure and returns the first one. The campaign
 * has been settled. Opens what is not open yet. */
int outputs_write(struct outputs *outputs, const struct campaign *campaign, const struct report_options *options,
		  struct err *err);
/* The same of several implementations side by side. -EINVAL also where a format has no form for that. */
int outputs_write_interop(struct outputs *outputs, const struct interop *interop, const struct report_options *options,
			  struct err *err);
/* Removes what was not finished. */
void outputs_done(struct outputs *outputs);

#endif
