/* SPDX-License-Identifier: MIT
 *
 * The ICS against what was seen: declared and absent, present and not declared, mandatory and not claimed. */
#include "judge/campaign.h"

#include "base/mem.h"

#include <criterion/criterion.h>

static const struct requirement shall = {.id = "1-shall", .level = LEVEL_SHALL, .live = "yes"},
				should = {.id = "1-should", .level = LEVEL_SHOULD, .live = "yes"},
				ims = {.id = "1-ims", .level = LEVEL_SHALL, .condition = CONDITION_IMS, .live = "yes"};

struct office {
	struct catalogue catalogue;
	struct campaign *campaign;
};

static void office_open(struct office *office)
{
	static const struct requirement *const all[] = {&shall, &should, &ims};

	catalogue_init(&office->catalogue);
	for (size_t i = 0; i < 3; i++)
		catalogue_add(&office->catalogue, (struct requirement *)all[i]);
	office->campaign = campaign_new(CAMPAIGN_RUN, &office->catalogue, ACTOR_SERVER, false);
	office->campaign->complete = true;
}

static void office_close(struct office *office)
{
	campaign_free(office->campaign);
	catalogue_done(&office->catalogue);
}

static void find(struct office *office, const char *id, enum verdict verdict)
{
	struct finding finding = {.verdict = verdict, .requirement = mem_strdup(id)};

	cr_assert_eq(campaign_add_finding(office->campaign, &finding, NULL), 0);
}

/* One requirement, its claim and one finding: what comes of the claim, and the exit status beside a pass elsewhere. */
static void expect(const char *id, enum claim claim, enum verdict verdict, enum verdict claim_verdict, const char *text,
		   int status)
{
	const struct campaign_requirement *r;
	struct office office;

	office_open(&office);
	cr_assert_eq(campaign_claim(office.campaign, id, claim, NULL), 0);
	if (verdict != VERDICT_NONE)
		find(&office, id, verdict);
	find(&office, id == shall.id ? should.id : shall.id, VERDICT_PASS);
	campaign_settle(office.campaign);
	r = campaign_find(office.campaign, id);
	cr_expect_eq(r->claim_verdict, claim_verdict, "%s: %s", id, verdict_name(r->claim_verdict));
	cr_expect_str_eq(r->claim_text, text);
	cr_expect_eq(campaign_exit_status(office.campaign), status);
	if (claim == CLAIM_NO)
		cr_expect_eq(r->verdict, VERDICT_NONE, "what is not claimed is not judged");
	office_close(&office);
}

static const char absent[] = "declared and absent: the ICS claims it, and it did not hold";

Test(judge, claims_and_what_was_seen)
{
	expect(should.id, CLAIM_YES, VERDICT_WARN, VERDICT_FAIL, absent, 1);
	expect(should.id, CLAIM_OPEN, VERDICT_WARN, VERDICT_NONE, "", 0);
	expect(should.id, CLAIM_YES, VERDICT_PASS, VERDICT_NONE, "", 0);
	expect(should.id, CLAIM_YES, VERDICT_NONE, VERDICT_NONE, "", 0);
	expect(should.id, CLAIM_NO, VERDICT_PASS, VERDICT_WARN,
	       "present and not declared: it was seen to hold, and the ICS does not claim it", 0);
	expect(should.id, CLAIM_NO, VERDICT_FAIL, VERDICT_NONE, "", 0);
	expect(shall.id, CLAIM_YES, VERDICT_FAIL, VERDICT_FAIL, absent, 1);
	expect(shall.id, CLAIM_YES, VERDICT_WARN, VERDICT_NONE, "", 0);
	expect(shall.id, CLAIM_NO, VERDICT_NONE, VERDICT_FAIL, "mandatory, and not claimed", 1);
	expect(shall.id, CLAIM_NO, VERDICT_PASS, VERDICT_FAIL, "mandatory, and not claimed, though it was seen to hold",
	       1);
	expect(ims.id, CLAIM_NO, VERDICT_NONE, VERDICT_NONE, "", 0);
}

Test(judge, claims_know_their_requirements)
{
	struct office office;
	struct err err;

	office_open(&office);
	cr_expect_eq(campaign_claim(office.campaign, "9", CLAIM_YES, &err), -ENOENT);
	cr_expect_str_eq(err.text, "the campaign has no requirement '9'");
	cr_expect_eq(campaign_shown(office.campaign, "9", NULL), -ENOENT);
	office.campaign->strict = true;
	campaign_claim(office.campaign, should.id, CLAIM_NO, NULL);
	cr_expect_eq(campaign_add_count(office.campaign, should.id, VERDICT_PASS, 3, NULL), 0);
	find(&office, shall.id, VERDICT_PASS);
	campaign_settle(office.campaign);
	cr_expect_eq(campaign_exit_status(office.campaign), 1, "a warning gates under --strict");
	office_close(&office);
}
