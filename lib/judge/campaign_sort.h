/* SPDX-License-Identifier: MIT
 *
 * The order of a campaign's parts, whatever the order of their arrival was. For campaign*.c only. */
#ifndef JUDGE_CAMPAIGN_SORT_H
#define JUDGE_CAMPAIGN_SORT_H

#include "judge/campaign.h"

/* Sorts the findings of one requirement, and frees those beyond the first `max` of each verdict (0: none). */
void campaign_sort_findings(struct campaign_requirement *requirement, size_t max);
void campaign_sort_cases(struct campaign *campaign);
void campaign_sort_notes(struct campaign *campaign);
void campaign_sort_dropped(struct campaign *campaign);
/* The cases have moved: finds them by name again. */
void campaign_reindex_cases(struct campaign *campaign);

#endif
