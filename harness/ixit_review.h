/* SPDX-License-Identifier: MIT
 *
 * The static review: what is wrong with IXIT and ICS by themselves, before the first packet. Schemas have looked at
 * names, types and ranges already; this looks at what contradicts itself, the catalogue, or the role. */
#ifndef HARNESS_IXIT_REVIEW_H
#define HARNESS_IXIT_REVIEW_H

#include "harness/ixit.h"
#include "judge/campaign.h"

enum review_kind {
	REVIEW_NOTE,  /* is worth a word: a key that has no effect */
	REVIEW_FAIL,  /* a finding about the IUT: what is mandatory is not claimed */
	REVIEW_ERROR, /* can't be meant: no run */
};

/* Tells each one, "FILE:LINE: …" where it has a place. Returns the worst kind, or -1 where there was nothing. */
int ixit_review(const struct ixit *ixit, const struct catalogue *catalogue,
		void (*tell)(void *arg, enum review_kind kind, const char *text), void *arg);

/* For a run or an audit: notes go to the campaign, and so do the claims of the ICS. -EINVAL: the first error. Failures
 * show in the campaign's findings about claims. */
int ixit_review_check(const struct ixit *ixit, const struct catalogue *catalogue, struct err *err);
void ixit_review_apply(const struct ixit *ixit, struct campaign *campaign);

#endif
