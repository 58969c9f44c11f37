/* SPDX-License-Identifier: MIT
 *
 * IMS mode: both references pass whole campaigns in it, on sockets too; what there is nothing to judge by is none, with
 * its reason; and a capture shows by itself that its core is an IMS. The self-proof does the rest (test_prove.c). */
#include "audit_help.h"
#include "client_help.h"
#include "harness_test.h"
#include "runner_help.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(harness_ims, .timeout = 120);

static void expect_ims_passes(const struct campaign *campaign, const char *one, const char *other)
{
	struct buf text = {0};

	verdicts_write(campaign, true, &text);
	cr_expect_eq(verdict_of_requirement(campaign, one), VERDICT_PASS, "%s", text.p);
	cr_expect_eq(verdict_of_requirement(campaign, other), VERDICT_PASS, "%s", text.p);
	for (size_t i = 0; i < campaign->case_count; i++)
		cr_expect_eq(campaign->cases[i].verdict, VERDICT_PASS, "%s:\n%s", campaign->cases[i].name, text.p);
	buf_done(&text);
}

Test(harness_ims, the_client_passes_everything)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 1, .ims = true});

	expect_ims_passes(r.campaign, "5.2.2-ims", "5.2.4-ims");
	for (size_t i = 0; i < r.campaign->requirement_count; i++)
		if (r.campaign->requirements[i].requirement->live)
			cr_expect_eq(r.campaign->requirements[i].verdict, VERDICT_PASS, "%s",
				     r.campaign->requirements[i].requirement->id);
	rehearsal_done(&r);
}

Test(harness_ims, the_server_passes_everything)
{
	struct rehearsal r = rehearse(&(struct rehearsal_plan){.seed = 1, .ims = true, .weather = {.delay = 1000000}});

	expect_ims_passes(r.campaign, "6.1.1.5-ims", "12.2.2.2-ims");
	for (size_t i = 0; i < r.campaign->requirement_count; i++)
		cr_expect_eq(r.campaign->requirements[i].verdict, VERDICT_PASS, "%s",
			     r.campaign->requirements[i].requirement->id);
	rehearsal_done(&r);
}

Test(harness_ims, the_client_passes_on_sockets)
{
	static const enum net_transport transports[] = {NET_UDP, NET_TCP};

	for (size_t i = 0; i < 2; i++) {
		struct rehearsal r = rehearse_client(&(struct client_plan){
			.seed = 4,
			.ims = true,
			.real = true,
			.transport = transports[i],
			.only = {"client-ims-aka", "client-ims-digest", "client-ims-routes", "client-ims-barred"}});

		expect_ims_passes(r.campaign, "5.2.2-ims", "5.2.4-ims");
		rehearsal_done(&r);
	}
}

Test(harness_ims, cases_of_an_ims_run_in_an_ims_only)
{
	struct rehearsal r = rehearse(&(struct rehearsal_plan){.seed = 1});

	for (size_t i = 0; i < r.campaign->case_count; i++)
		cr_expect_neq(strncmp(r.campaign->cases[i].name, "ims-", 4), 0, "%s", r.campaign->cases[i].name);
	cr_expect_eq(verdict_of_requirement(r.campaign, "12.2.2.2-ims"), VERDICT_NONE);
	expect_left_out(r.campaign, "ims-push", "the core is no IMS");
	rehearsal_done(&r);
}

/* --- AKA and its keys --- */

Test(harness_ims, without_keys_no_challenge_of_aka)
{
	static const struct ixit_user users[] = {{.address = "sip:alice@im.example", .private_id = "alice"}};
	struct rehearsal r = rehearse_client(&(struct client_plan){
		.seed = 1, .ims = true, .only = {"client-ims-aka"}, .users = users, .user_count = 1});
	const struct campaign_requirement *ims = campaign_find(r.campaign, "5.2.2-ims");

	cr_expect_eq(ims->verdict, VERDICT_NONE);
	cr_expect_str_eq(ims->reason, "the IXIT has no keys of AKA for sip:alice@im.example");
	rehearsal_done(&r);
}

Test(harness_ims, keys_of_the_ixit_are_those_of_the_card)
{
	struct milenage keys = {.k = {1, 2, 3}, .opc = {4, 5, 6}};
	struct ixit_user users[] = {{.address = "sip:alice@im.example", .private_id = "alice-p", .keys = &keys}};
	struct rehearsal r = rehearse_client(&(struct client_plan){
		.seed = 1, .ims = true, .only = {"client-ims-aka-replayed"}, .users = users, .user_count = 1});

	cr_expect_eq(verdict_of_requirement(r.campaign, "5.2.2-ims"), VERDICT_PASS);
	rehearsal_done(&r);
}

/* --- captures --- */

static struct audit_bench bench;

static void setup(void)
{
	audit_bench_init(&bench);
}

static void teardown(void)
{
	audit_bench_done(&bench);
}

TestSuite(harness_ims_audit, .init = setup, .fini = teardown, .timeout = 120);

static enum verdict audited(bool ims, const char *id)
{
	struct rehearsal r = rehearse(&(struct rehearsal_plan){
		.seed = 2,
		.ims = ims,
		.evidence = bench.files[0],
		.only = {"push-invite", "ims-push-twice", "ims-served-user", "register-multipart"}});

	rehearsal_done(&r);
	bench.config.from_start = true;
	bench.judge.ims = ims;
	audit_bench_run(&bench, 1);
	return verdict_of_requirement(bench.campaign, id);
}

Test(harness_ims_audit, an_ims_is_judged_as_one)
{
	cr_expect_eq(audited(true, "12.2.2.2-ims"), VERDICT_PASS);
	cr_expect_eq(verdict_of_requirement(bench.campaign, "6.1.1.5-ims"), VERDICT_PASS);
}

Test(harness_ims_audit, another_core_is_none)
{
	const struct campaign_requirement *r;

	cr_expect_eq(audited(false, "12.2.2.2-ims"), VERDICT_NONE);
	r = campaign_find(bench.campaign, "12.2.2.2-ims");
	cr_expect_str_eq(r->reason, "core.ims of the IXIT does not say that the core is an IMS");
}

static enum verdict audited_client(bool ims)
{
	struct rehearsal r;

	setenv("EVIDENCE", bench.files[0], 1);
	r = rehearse_client(&(struct client_plan){.seed = 2, .ims = ims});
	unsetenv("EVIDENCE");
	rehearsal_done(&r);
	bench.config.from_start = true;
	bench.judge.ims = ims;
	audit_bench_run(&bench, 1);
	return verdict_of_requirement(bench.campaign, "5.2.4-ims");
}

Test(harness_ims_audit, a_client_of_an_ims_is_judged_as_one)
{
	cr_expect_eq(audited_client(true), VERDICT_PASS);
}

Test(harness_ims_audit, a_client_of_another_core_is_not)
{
	cr_expect_eq(audited_client(false), VERDICT_NONE);
}
