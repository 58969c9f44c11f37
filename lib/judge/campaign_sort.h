/* SPDX-License-Identifier: MIT
 *
 * The order of a campaign's parts, whatever the order of their arrival was. For campaign*.c only. */
#ifndef JUDGE_CAMPAIGN_SORT_H
#define JUDGE_CAMPAIGN_SORT_H

#include "judge/campaign.h"

/* How many findings of a verdict are kept; 0: all. */
size_t campaign_limit(const struct campaign *campaign, enum verdict verdict);
/* Sorts the findings of one requirement, and frees those beyond the limits. */
void campaign_sort_findings(const struct campaign *campaign, struct campaign_requirement *requirement);
void campaign_sort_cases(struct campaign *campaign);
void campaign_sort_notes(struct campaign *campaign);
void campaign_sort_facts(struct campaign *campaign);
void campaign_free_facts(struct campaign *campaign);
void campaign_sort_dropped(struct campaign *campaign);
/* The cases have moved: finds them by name again. */
void campaign_reindex_cases(struct campaign *campaign);

#endif
