/* SPDX-License-Identifier: MIT */
#include "judge/claim.h"

#include "judge/campaign.h"

static const char *const names[] = {"open", "yes", "no"};

const char *claim_name(enum claim claim)
{
	return names[claim];
}

static struct campaign_requirement *find(struct campaign *campaign, const char *id, struct err *err)
{
	struct campaign_requirement *r = (struct campaign_requirement *)campaign_find(campaign, id);

	if (!r)
		err_set(err, -ENOENT, "the campaign has no requirement '%s'", id);
	return r;
}

int campaign_claim(struct campaign *campaign, const char *requirement, enum claim claim, struct err *err)
{
	struct campaign_requirement *r = find(campaign, requirement, err);

	if (!r)
		return -ENOENT;
	r->claim = claim;
	return 0;
}

int campaign_shown(struct campaign *campaign, const char *requirement, struct err *err)
{
	struct campaign_requirement *r = find(campaign, requirement, err);

	if (!r)
		return -ENOENT;
	r->shown = true;
	return 0;
}

static bool is_mandatory(const struct campaign *campaign, const struct requirement *requirement)
{
	return (requirement->level == LEVEL_SHALL || requirement->level == LEVEL_SHALL_NOT) &&
	       (requirement->condition == CONDITION_ALWAYS || campaign->ims);
}

/* A warning that rests on contested text is no proof that something is absent. */
static bool is_absent(const struct campaign_requirement *r)
{
	bool owed = r->requirement->level == LEVEL_SHOULD || r->requirement->level == LEVEL_MAY;

	return r->verdict == VERDICT_FAIL || (r->verdict == VERDICT_WARN && owed);
}

static void put(struct campaign_requirement *r, enum verdict verdict, const char *text)
{
	r->claim_verdict = verdict;
	campaign_set_text(&r->claim_text, text);
}

void claim_settle(const struct campaign *campaign, struct campaign_requirement *r)
{
	put(r, VERDICT_NONE, "");
	if (r->claim == CLAIM_NO && is_mandatory(campaign, r->requirement))
		put(r, VERDICT_FAIL,
		    r->shown ? "mandatory, and not claimed, though it was seen to hold" : "mandatory, and not claimed");
	else if (r->claim == CLAIM_NO && r->shown)
		put(r, VERDICT_WARN, "present and not declared: it was seen to hold, and the ICS does not claim it");
	else if (r->claim == CLAIM_YES && is_absent(r))
		put(r, VERDICT_FAIL, "declared and absent: the ICS claims it, and it did not hold");
}
