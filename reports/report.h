/* SPDX-License-Identifier: MIT
 *
 * Reports: one writer a format, each a function from a settled campaign to a stream. They read the campaign only, so
 * that a report looks the same whether the campaign was just run, audited, read from a journal, or merged.
 *
 * Texts in a campaign are clean already (base/text.h); every writer adds the quoting of its format. Nothing here shows
 * a clock, a host name or an address of memory: two runs with one seed give the same bytes, unless times are asked for.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "judge/campaign.h"

#include <stdio.h>

struct report_options {
	bool color; /* text: escape sequences for a terminal */
	bool times; /* how long cases took, and when in a run a message was seen; otherwise those numbers are 0 */
	bool quiet; /* text: the summary line and what did not pass, no list of requirements that did */
	struct redaction *redaction; /* pcapng: only SIP, and nobody's names in it; NULL: the packets as they are */
};

/* Writers return 0; -EIO where the stream took not everything; pcapng also where an evidence file can't be read. The
 * campaign has been settled. */
typedef int report_fn(const struct campaign *campaign, const struct report_options *options, FILE *to, struct err *err);

report_fn report_text, report_json, report_junit, report_tap, report_markdown, report_html, report_sctr, report_pcapng;

struct interop;
typedef int report_interop_fn(const struct interop *interop, const struct report_options *options, FILE *to,
			      struct err *err);

struct report_format {
	const char *name; /* as in -o NAME:PATH */
	report_fn *write;
	report_interop_fn *interop; /* several implementations side by side; NULL: has no form for that */
};

/* All formats, in the order in which they are shown; ended by a NULL name. */
extern const struct report_format report_formats[];
/* NULL for an unknown name. */
const struct report_format *report_format_find(struct slice name);
/* "text json junit …", for messages and --help; a constant text. */
const char *report_format_names(void);

#endif
