/* SPDX-License-Identifier: MIT
 *
 * The IXIT as facts of a campaign: the conformance report says what the test was told. */
#ifndef HARNESS_IXIT_FACTS_H
#define HARNESS_IXIT_FACTS_H

#include "harness/ixit.h"
#include "judge/campaign.h"

/* Before the journal is begun. Of an audit, only what it goes by. */
void ixit_tell(const struct ixit *ixit, const struct options *options, struct campaign *campaign);

#endif
