/* SPDX-License-Identifier: MIT
 *
 * Run and audit are compared, and a difference is told. */
#include "harness/prove_audit.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct options options = {.shard = {1, 1}};
static struct prove_stage stage;
static struct prove_job job;
static struct prove_live live;

static void init(void)
{
	struct err err;

	settings_init();
	cr_assert_eq(prove_stage_init(&stage, &options, &err), 0, "%s", err.text);
	job = (struct prove_job){.side = &prove_server, .kind = PROOF_BROKEN};
	live = (struct prove_live){0};
	prove_live_init(&live, &stage, &job);
}

static void done(void)
{
	proofs_done(&job.proofs);
	prove_live_done(&live);
	prove_stage_done(&stage);
}

TestSuite(harness_prove_audit, .init = init, .fini = done);

static struct campaign *campaign_of(const char *id, enum verdict verdict)
{
	struct campaign *campaign = campaign_new(CAMPAIGN_RUN, &stage.catalogue, ACTOR_SERVER, false);

	if (verdict != VERDICT_NONE)
		cr_assert_eq(campaign_add_count(campaign, id, verdict, 1, NULL), 0);
	campaign_settle(campaign);
	return campaign;
}

static const struct proof *compare(const char *id, enum verdict run, enum verdict flow, enum verdict audited)
{
	struct campaign *a = campaign_of(id, run), *b = campaign_of(id, audited);
	size_t place = prove_stage_place(&stage, id);

	memset(live.counts[place], 0, sizeof(live.counts[place]));
	if (flow != VERDICT_NONE)
		live.counts[place][flow] = 1;
	proofs_done(&job.proofs);
	job.proofs = (struct proofs){0};
	prove_agreement(&live, &job, a, b);
	campaign_free(a);
	campaign_free(b);
	for (size_t i = 0; i < job.proofs.count; i++)
		if (job.proofs.list[i].requirement == place)
			return &job.proofs.list[i];
	cr_assert_fail("no proof about %s", id);
	return NULL;
}

Test(harness_prove_audit, the_same_holds_and_whatever_contradicts_does_not)
{
	static const struct {
		enum verdict run, flow, audited;
		bool held;
		const char *text;
	} cases[] = {
		{VERDICT_PASS, VERDICT_PASS, VERDICT_PASS, true, "pass: as in the run"},
		{VERDICT_FAIL, VERDICT_FAIL, VERDICT_FAIL, true, "fail: as in the run"},
		{VERDICT_NONE, VERDICT_NONE, VERDICT_NONE, true, "none: as in the run"},
		{VERDICT_INCONC, VERDICT_PASS, VERDICT_PASS, true, "pass: as of each flow of the run"},
		{VERDICT_INCONC, VERDICT_INCONC, VERDICT_FAIL, true, "fail: the capture goes on where the case ended"},
		{VERDICT_NONE, VERDICT_NONE, VERDICT_PASS, true, "pass: the capture goes on where the case ended"},
		{VERDICT_NONE, VERDICT_NONE, VERDICT_FAIL, false, "none in the run"},
		{VERDICT_PASS, VERDICT_PASS, VERDICT_FAIL, false, "pass in the run"},
		{VERDICT_PASS, VERDICT_PASS, VERDICT_INCONC, false, "pass in the run"},
		{VERDICT_PASS, VERDICT_PASS, VERDICT_NONE, false, "pass in the run"},
		{VERDICT_FAIL, VERDICT_FAIL, VERDICT_PASS, false, "fail in the run"},
		{VERDICT_FAIL, VERDICT_FAIL, VERDICT_NONE, false, "fail in the run"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct proof *proof = compare("6.1.1.5-1", cases[i].run, cases[i].flow, cases[i].audited);

		cr_expect_eq(proof->kind, PROOF_AUDIT);
		cr_expect_eq(proof->held, cases[i].held, "%zu", i);
		cr_expect_eq(strncmp(proof->text, cases[i].text, strlen(cases[i].text)), 0, "%zu: %s", i, proof->text);
	}
}
