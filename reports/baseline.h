/* SPDX-License-Identifier: MIT
 *
 * A campaign against an older one: what fails anew, what was fixed, what is missing, what was not there. All of it
 * becomes notes of the campaign, so that every report shows it. */
#ifndef REPORTS_BASELINE_H
#define REPORTS_BASELINE_H

#include "judge/campaign.h"

enum { BASELINE_NAMES_MAX = 50 /* told of each kind; the rest is counted */ };

/* Both are settled. Something that the old campaign judged and the new one does not is missing: that refuses the new
 * one (campaign.refused), as silence is no success. */
void baseline_compare(struct campaign *campaign, const struct campaign *old);

#endif
