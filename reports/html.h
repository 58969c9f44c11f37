/* SPDX-License-Identifier: MIT
 *
 * The HTML report: one file that asks for nothing else, works without styles and without scripts, and holds what a
 * person wants to see of a campaign. For html*.c only.
 *
 *   html.c          the page: head, what did not pass, what was not judged, requirements by clause
 *   html_finding.c  the findings of a requirement
 *   html_message.c  a message with the bytes that matter marked
 *   html_case.c     cases, with their ladders
 *   html_ladder.c   a ladder as SVG, drawn with attributes only: it survives where styles are stripped
 *   html_style.c    the style sheet, and the beginning and end of every page
 *   html_interop.c  several implementations side by side
 *   html_put.c      the one function that writes texts, and so the one place where they are escaped */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "reports/report.h"
#include "base/buf.h"

/* Bytes; what doesn't fit is listed by a line, then counted. The whole page stays under 2 MB. */
enum { HTML_FINDINGS_MAX = 900 * 1000, HTML_CASES_MAX = 600 * 1000 };

struct html {
	const struct campaign *campaign;
	const struct report_options *options;
	struct buf out;
	size_t share;  /* bytes for the findings of one requirement */
	bool no_cases; /* the page has no section of cases to lead to */
};

/* Appends `format`, in which %s is a text, escaped, and %u a uint64_t; %% is a percent sign. Nothing else is known, so
 * that no text reaches a page by another way. */
void html_put(struct buf *to, const char *format, ...);
/* Escapes `len` bytes of a text. */
void html_text(struct buf *to, const char *text, size_t len);
/* What an element of that name is called in the page, inside of its details, so that a link opens them: `prefix` and
 * the name, or `prefix` and the number where the name has characters that addresses don't. */
void html_anchor(struct buf *to, const char *prefix, const char *name, size_t number);

/* From <!DOCTYPE html> into <body>, and the end. */
void html_begin(struct buf *to, const char *title);
void html_finish(struct buf *to);
/* "fail" as a mark of its own. */
void html_verdict(struct buf *to, enum verdict verdict);

/* Findings of one requirement, worst first. */
void html_findings(struct html *html, const struct campaign_requirement *requirement);
/* A link to the case; its name alone where the campaign doesn't know it. */
void html_case_link(struct html *html, const char *name);
/* A link to the requirement of that index. */
void html_requirement_link(struct html *html, size_t index);
/* The section of all cases; nothing where there are none. */
void html_cases(struct html *html);
/* The message of the evidence, with the bytes [from, end) of the wire marked. `raw` is the text_clean_lines of it. */
void html_message(struct buf *to, const char *raw, uint32_t from, uint32_t end);
/* A ladder in the notation of reports/ladder.h as SVG. false where it is none: nothing is written. */
bool html_ladder(struct buf *to, const char *notation, bool times);

#endif
