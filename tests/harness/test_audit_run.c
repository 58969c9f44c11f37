/* SPDX-License-Identifier: MIT
 *
 * A run's own evidence, audited: what the IUT did right or wrong in the run, it did in the capture. Told that nothing
 * was before, the audit gives the verdicts of the run. Not told, it may leave open what the run has decided, and never
 * decides it otherwise. */
#include "harness/audit_help.h"
#include "harness/client_help.h"
#include "harness/harness_test.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct audit_bench bench;

static void init(void)
{
	audit_bench_init(&bench);
}

static void done(void)
{
	audit_bench_done(&bench);
}

TestSuite(harness_audit_run, .init = init, .fini = done, .timeout = 120);

/* --- told that nothing was before --- */

static void expect_same(const struct campaign *run, enum actor actor, const char *what)
{
	unsigned decided = 0;

	for (size_t i = 0; i < run->requirement_count; i++) {
		const struct campaign_requirement *ran = &run->requirements[i];
		const struct campaign_requirement *audited = campaign_find(bench.campaign, ran->requirement->id);
		if (ran->requirement->actor != actor)
			continue;
		decided += audited->verdict == VERDICT_PASS || audited->verdict == VERDICT_FAIL;
		cr_expect_eq(audited->verdict, ran->verdict, "%s: %s is %s (%s) in the run and %s (%s) in the audit",
			     what, ran->requirement->id, verdict_name(ran->verdict), ran->reason,
			     verdict_name(audited->verdict), audited->reason);
	}
	cr_expect_gt(decided, 15, "%s", what);
}

static struct rehearsal audit_server(const char *fault)
{
	struct rehearsal_plan plan = {.seed = 3, .weather = {.delay = MS}, .fault = fault, .evidence = bench.files[0]};
	struct rehearsal run = rehearse(&plan);

	bench.config.from_start = true;
	audit_bench_run(&bench, 1);
	return run;
}

static void check_server(const char *fault, const char *breaks)
{
	struct rehearsal run = audit_server(fault);

	expect_same(run.campaign, ACTOR_SERVER, fault ? fault : "the reference server");
	if (breaks)
		cr_expect_eq(verdict_of_requirement(bench.campaign, breaks), VERDICT_FAIL, "%s", fault);
	rehearsal_done(&run);
}

Test(harness_audit_run, from_the_start_a_servers_campaign_has_the_verdicts_of_the_run)
{
	check_server(NULL, NULL);
	for (size_t i = 0; i < bench.campaign->note_count; i++)
		if (strstr(bench.campaign->notes[i], "--from-start says that nothing of theirs was before the capture"))
			return;
	cr_expect_fail("no note tells what the audit was told");
}

Test(harness_audit_run, from_the_start_a_servers_faults_have_the_verdicts_of_the_run)
{
	static const enum server_fault faults[] = {
		FAULT_REGISTER_EXPIRES_UNEQUAL, FAULT_TAG_IGNORED,      FAULT_EVENT_400,      FAULT_ORIGINATOR_IGNORED,
		FAULT_ORDER_TAG_EVENT,          FAULT_IF_MATCH_UNKNOWN, FAULT_ETAG_OLD_VALID, FAULT_STORE_FIRST_WINS,
		FAULT_PUSH_UNREGISTERED,        FAULT_INVITE_RECVONLY,  FAULT_ACK_AOR,
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		check_server(server_faults.list[faults[i]].name, server_faults.list[faults[i]].ids);
}

/* It knows the passwords that the run gave its users, as --password tells them to an audit. */
static bool find_secret(void *arg, struct slice username, struct slice realm, struct slice *ret_password)
{
	struct audit_bench *b = arg;

	*ret_password = slice_of(arena_printf(&b->arena, "secret of %.*s", SLICE_F(username)));
	return true;
}

static struct rehearsal audit_client(const char *fault)
{
	const struct secrets secrets = {.find = find_secret, .arg = &bench};
	struct rehearsal run;

	setenv("EVIDENCE", bench.files[0], 1);
	run = rehearse_client(&(struct client_plan){.seed = 7, .fault = fault});
	unsetenv("EVIDENCE");
	bench.config.from_start = true;
	bench.judge.secrets = &secrets;
	audit_bench_run(&bench, 1);
	return run;
}

static void check_client(const char *fault, const char *breaks)
{
	struct rehearsal run = audit_client(fault);

	expect_same(run.campaign, ACTOR_CLIENT, fault ? fault : "the reference client");
	if (breaks)
		cr_expect_eq(verdict_of_requirement(bench.campaign, breaks), VERDICT_FAIL, "%s", fault);
	rehearsal_done(&run);
}

Test(harness_audit_run, from_the_start_a_clients_campaign_has_the_verdicts_of_the_run)
{
	check_client(NULL, NULL);
}

Test(harness_audit_run, from_the_start_a_clients_faults_have_the_verdicts_of_the_run)
{
	static const enum client_fault faults[] = {
		CLIENT_FAULT_AUTH_NONCE,       CLIENT_FAULT_PUBLISH_EARLY,     CLIENT_FAULT_ETAG_INVENTED,
		CLIENT_FAULT_MIN_EXPIRES,      CLIENT_FAULT_PUBLISH_URI_OTHER, CLIENT_FAULT_BODY_VALUE,
		CLIENT_FAULT_SUBSCRIBE_ALWAYS, CLIENT_FAULT_ROUTE_NONE,
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		check_client(client_faults.list[faults[i]].name, client_faults.list[faults[i]].ids);
}

/* Its cases come to no end, so the run leaves open more than the audit. */
Test(harness_audit_run, a_wrong_password_is_found)
{
	struct rehearsal run = audit_client(client_faults.list[CLIENT_FAULT_AUTH_RESPONSE].name);

	cr_expect_eq(verdict_of_requirement(run.campaign, "5.2.2-2"), VERDICT_FAIL);
	cr_expect_eq(verdict_of_requirement(bench.campaign, "5.2.2-2"), VERDICT_FAIL);
	rehearsal_done(&run);
}

/* --- told nothing --- */

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
