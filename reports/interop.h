/* SPDX-License-Identifier: MIT
 *
 * Several implementations side by side: requirement by implementation. Each is a campaign of its own; a requirement
 * that only some of them know has an empty cell with the others. */
#ifndef REPORTS_INTEROP_H
#define REPORTS_INTEROP_H

#include "reports/report.h"

struct interop {
	const struct campaign *const *campaigns; /* settled */
	const char *const *names;                /* of the implementations, clean, one a campaign */
	size_t count;
};

/* Ids of all requirements, each once: in the order of the first campaign, then what only others have. Valid as long as
 * the campaigns; free(). NULL-ended. */
const char **interop_requirements(const struct interop *interop);
/* The first campaign's that has it; never NULL for an id of interop_requirements. */
const struct requirement *interop_requirement(const struct interop *interop, const char *id);
/* "A: run of the IM Server at …: 41 pass, …" */
void interop_head(struct buf *to, const struct interop *interop, size_t index);
/* The worst of the campaigns': 4, 1, 3, 0. */
int interop_exit_status(const struct interop *interop);

/* Writers; results as those of report.h. */
int interop_text(const struct interop *interop, const struct report_options *options, FILE *to, struct err *err);
int interop_markdown(const struct interop *interop, const struct report_options *options, FILE *to, struct err *err);
int interop_html(const struct interop *interop, const struct report_options *options, FILE *to, struct err *err);

#endif
