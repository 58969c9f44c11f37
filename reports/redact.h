/* SPDX-License-Identifier: MIT
 *
 * Reports for people who must not learn who the users are: identities become pseudonyms, "user-1" and so on, the same
 * one wherever the identity is named in the campaign. Addresses of hosts stay: they tell the hops apart. */
#ifndef REPORTS_REDACT_H
#define REPORTS_REDACT_H

#include "judge/campaign.h"

/* Changes all texts of a settled campaign that name users: user parts of sip, sips, im and pres URIs, numbers of tel
 * URIs, display names before them, and the same names wherever they stand alone. Byte ranges of evidence move along.
 * Names of requirements and of cases stay. */
void redact_campaign(struct campaign *campaign);

#endif
