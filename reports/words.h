/* SPDX-License-Identifier: MIT
 *
 * What several reports say in the same words, and how lines are kept at 80 columns.
 *
 * CI runners act on "::command::" at the start of a line, blanks before it or not, and on "##[command]" anywhere. So a
 * line that goes on starts with a bar, and of "##" the second is written as \x23. */
#ifndef REPORTS_WORDS_H
#define REPORTS_WORDS_H

#include "judge/campaign.h"

#include <stdio.h>

enum { WORDS_WIDTH = 80, WORDS_FINDINGS_MAX = 10 /* shown of a requirement and verdict */ };

/* "run of the IM Server at 127.0.0.1:5070 (the built-in reference), seed 7", and the date where it is known */
void words_campaign(struct buf *to, const struct campaign *campaign);
/* "1 case", "4 cases" */
void words_count(struct buf *to, uint64_t count, const char *noun);
/* Of an audit "120 packets, 40 SIP messages, 3 flows; dropped: 2 fragment"; otherwise cases stand first, no packets. */
void words_input(struct buf *to, const struct campaign *campaign);
/* In the order in which they are told. */
enum { WORDS_VERDICTS = 6 };
extern const enum verdict words_verdicts[WORDS_VERDICTS];
/* "41 pass, 1 fail, 2 warn, 3 inconc, 12 none, 0 error" */
void words_summary(struct buf *to, const struct campaign *campaign);
/* What a campaign as a whole lacks, "" if nothing: "it was not finished", "nothing passed", "the ICS and what was
 * seen differ". */
const char *words_lack(const struct campaign *campaign);
/* The verdict that this is, beside those of requirements and cases: fail, inconc, or pass where nothing lacks. */
enum verdict words_whole(const struct campaign *campaign);
/* "frame 17 of trace.pcap, bytes 120 to 134: PUBLISH sip:alice@…", as far as it is known. */
void words_evidence(struct buf *to, const struct campaign *campaign, const struct evidence *evidence);
/* "6.1.1.5-1 fail; expected: the answer has status 403; seen: …; because: …; case publish-untagged" */
void words_sentence(struct buf *to, const struct finding *finding);
/* "case publish-untagged, sip:alice@im.example (rule)", as far as it is known. */
void words_place(struct buf *to, const struct finding *finding);

/* How a format shows the findings of a requirement. */
struct words_showing {
	void (*finding)(void *arg, const struct finding *finding);
	void (*field)(void *arg, const char *name, const char *text);  /* "expected", …; never empty */
	void (*more)(void *arg, enum verdict verdict, uint64_t count); /* this many were not shown */
	void *arg;
};
/* Those that did not pass, worst first, up to WORDS_FINDINGS_MAX of each verdict: each one and its fields. */
void words_findings(const struct campaign *campaign, const struct campaign_requirement *requirement,
		    const struct words_showing *showing);
/* Requirements whose claim in the ICS is a finding of its own; NULL: none. `after` NULL: the first one. */
const struct campaign_requirement *words_claim(const struct campaign *campaign,
					       const struct campaign_requirement *after);
/* Is this verdict a failure of the gate, where nobody expects it? */
bool words_gates(const struct campaign *campaign, enum verdict verdict);
/* Is the requirement's failure expected, and nothing else of it a failure of the gate? */
bool words_is_expected(const struct campaign_requirement *r);

/* Appends `text` at column `column`, broken at blanks into lines of WORDS_WIDTH; lines that go on start at column
 * `hang` with "| ". Ends with "\n". */
void words_wrap(struct buf *to, const char *text, size_t column, size_t hang);
/* Appends several lines, each with `prefix` in front and a "\n" behind. */
void words_lines(struct buf *to, const char *text, const char *prefix);
/* Columns of a text: characters, as all that is shown has one column. */
size_t words_columns(const char *text);
/* Bytes of the first `columns` columns. */
size_t words_fit(const char *text, size_t columns);
/* Writes what `from` has and empties it. */
void words_flush(struct buf *from, FILE *to);
/* 0, or -EIO where the stream took not everything; 0 as well where that is a pipe whose reader went away. */
int words_end(FILE *to, struct err *err);

#endif
