/* SPDX-License-Identifier: MIT
 *
 * A run's own evidence, audited: what the server did right or wrong in the run, it did in the capture. What lies before
 * a capture is not known, and silence may be a lost packet there: the audit may leave open what the run has decided,
 * and never decides it otherwise. */
#include "harness/audit_help.h"
#include "harness/harness_test.h"
#include "harness/runner_help.h"

#include <criterion/criterion.h>

static struct audit_bench bench;

static void init(void)
{
	audit_bench_init(&bench);
}

static void done(void)
{
	audit_bench_done(&bench);
}

TestSuite(harness_audit_run, .init = init, .fini = done, .timeout = 60);

static bool is_servers(const struct campaign_requirement *r)
{
	return r->requirement->actor == ACTOR_SERVER;
}

/* How many of the server's requirements does the audit decide as the run did? */
static unsigned compare(const struct campaign *run, enum verdict verdict)
{
	unsigned same = 0;

	for (size_t i = 0; i < run->requirement_count; i++) {
		const struct campaign_requirement *ran = &run->requirements[i];
		const struct campaign_requirement *audited = campaign_find(bench.campaign, ran->requirement->id);
		if (!is_servers(ran) || ran->verdict != verdict)
			continue;
		if (verdict == VERDICT_PASS)
			cr_expect_neq(audited->verdict, VERDICT_FAIL, "%s: %s", ran->requirement->id, audited->reason);
		same += audited->verdict == verdict;
	}
	return same;
}

Test(harness_audit_run, the_reference_has_no_failure)
{
	struct rehearsal_plan plan = {.seed = 3, .weather = {.delay = MS}, .evidence = bench.files[0]};
	struct rehearsal run = rehearse(&plan);

	audit_bench_run(&bench, 1);
	cr_expect_eq(bench.result, 0, "%s", bench.err.text);
	for (size_t i = 0; i < bench.campaign->requirement_count; i++)
		if (is_servers(&bench.campaign->requirements[i]))
			cr_expect_eq(bench.campaign->requirements[i].counts[VERDICT_FAIL], 0, "%s: %s",
				     bench.campaign->requirements[i].requirement->id,
				     bench.campaign->requirements[i].reason);
	cr_expect_gt(compare(run.campaign, VERDICT_PASS), 20);
	rehearsal_done(&run);
}

Test(harness_audit_run, a_fault_that_the_run_finds_is_found)
{
	static const char *const faults[][2] = {
		{"register-expires-unequal", "5.3-expires"},
		{"tag-ignored", "6.1.1.5-1"},
		{"tag-400", "6.1.1.5-1"},
		{"event-ignored", "6.1.1.5-2"},
		{"event-400", "6.1.1.5-2"},
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct rehearsal_plan plan = {
			.seed = 3, .weather = {.delay = MS}, .fault = faults[i][0], .evidence = bench.files[0]};
		struct rehearsal run = rehearse(&plan);

		audit_bench_run(&bench, 1);
		cr_expect_eq(verdict_of_requirement(run.campaign, faults[i][1]), VERDICT_FAIL, "%s", faults[i][0]);
		cr_expect_gt(audit_bench_count(&bench, faults[i][1], VERDICT_FAIL), 0, "%s", faults[i][0]);
		compare(run.campaign, VERDICT_PASS);
		rehearsal_done(&run);
	}
}
