/* SPDX-License-Identifier: MIT
 *
 * The ICS against what was seen. Its answers come with campaign_claim() before the first finding; once a campaign is
 * settled, each requirement has a finding of its own about its claim, or none. Findings about a requirement that is not
 * claimed are no verdicts: they only tell that it is there. */
#ifndef JUDGE_CLAIM_H
#define JUDGE_CLAIM_H

#include "base/err.h"

struct campaign;
struct campaign_requirement;

enum claim {
	CLAIM_OPEN, /* the ICS names neither the requirement nor what it belongs to, or answers unknown */
	CLAIM_YES,  /* named, and answered yes */
	CLAIM_NO,
};

const char *claim_name(enum claim claim); /* "open", "yes", "no" */

/* What the ICS says of a requirement. Unknown ids: -ENOENT. */
int campaign_claim(struct campaign *campaign, const char *requirement, enum claim claim, struct err *err);
/* A requirement that the ICS does not claim was seen to hold. Unknown ids: -ENOENT. */
int campaign_shown(struct campaign *campaign, const char *requirement, struct err *err);

/* Sets claim_verdict and claim_text from the claim and the verdict, which is settled. FAIL: mandatory and not claimed,
 * or claimed and failed (of a SHOULD, too: who claims it owes it). WARN: not claimed and there. NONE: nothing to say.
 */
void claim_settle(const struct campaign *campaign, struct campaign_requirement *requirement);

#endif
