/* SPDX-License-Identifier: MIT
 *
 * Failures that are known, so that a gate stands on what is new. A file of lines
 *   REQUIREMENT | CASE | REASON | OWNER | EXPIRY
 * CASE and REQUIREMENT are names, or else patterns (catalogue_match; "*" for any, and for audits, which have no cases),
 * REASON is a part of what the finding says was seen or why, OWNER whoever has to mend it, EXPIRY the last day
 * (YYYY-MM-DD) on which the line counts. Empty lines and those that begin with # say nothing. */
#ifndef REPORTS_EXPECTED_H
#define REPORTS_EXPECTED_H

#include "judge/campaign.h"

struct expected_line {
	const char *requirement, *test_case, *reason, *owner, *expiry;
	int number; /* in the file */
};

struct expected {
	struct arena arena;
	struct expected_line *lines;
	size_t count, cap;
};

/* -errno with "PATH: reason", -EBADMSG with "PATH:LINE: reason". expected_done in any case. */
int expected_read(const char *path, struct expected *ret, struct err *err);
void expected_done(struct expected *expected);
/* Failures that a line names for its reason do not gate any more (campaign_requirement.expected,
 * campaign_case.expected). A line whose failure passed, or that has expired on `today` (YYYY-MM-DD), refuses the
 * campaign. Everything becomes notes. The campaign is settled. */
void expected_apply(const struct expected *expected, const char *today, struct campaign *campaign);

#endif
