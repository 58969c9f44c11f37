/* SPDX-License-Identifier: MIT
 *
 * Whole campaigns over TLS, in the virtual world: what passes by UDP passes by TLS, what is wrong is found, the
 * evidence shows plain messages, and what is wrong with TLS alone is held against nobody's SIP. */
#include "tls_help.h"

#include "audit_help.h"
#include "client_help.h"
#include "harness_test.h"
#include "runner_help.h"

#include <criterion/criterion.h>

static struct tls_lab lab;
static struct tls_context *harness, *iut, *stranger; /* the last is believed by nobody */
static struct audit_bench bench;

static void init(void)
{
	static const struct tls_settings required = {.clients = TLS_CLIENTS_REQUIRED};

	tls_lab_init(&lab);
	tls_lab_issue(&lab,
		      &(struct tls_order){.name = "core", .san = "URI:sip:im.example,IP:127.0.0.1", .issuer = "ca"});
	tls_lab_issue(&lab, &(struct tls_order){.name = "server", .san = "IP:127.0.0.1", .issuer = "ca"});
	tls_lab_issue(&lab, &(struct tls_order){.name = "self", .san = "IP:127.0.0.1"});
	harness = tls_lab_context(&lab, "core", "ca", &required);
	iut = tls_lab_context(&lab, "server", "ca", &required);
	stranger = tls_lab_context(&lab, "self", "ca", NULL);
	audit_bench_init(&bench);
}

static void done(void)
{
	audit_bench_done(&bench);
	tls_context_free(harness);
	tls_context_free(iut);
	tls_context_free(stranger);
	tls_lab_done(&lab);
}

TestSuite(harness_tls_campaign, .init = init, .fini = done, .timeout = 120);

static void expect_all_pass(const struct campaign *campaign)
{
	struct buf text = {0};

	verdicts_write(campaign, true, &text);
	cr_assert_eq(campaign_exit_status(campaign), 0, "%s", text.p);
	for (size_t i = 0; i < campaign->case_count; i++)
		cr_expect_eq(campaign->cases[i].verdict, VERDICT_PASS, "%s: %s", campaign->cases[i].name,
			     campaign->cases[i].reason);
	cr_expect_eq(campaign->note_count, 0, "%s", campaign->note_count ? campaign->notes[0] : "");
	buf_done(&text);
}

Test(harness_tls_campaign, reference_server_passes_everything_by_sip_and_sips)
{
	for (int sips = 0; sips < 2; sips++) {
		struct rehearsal r = rehearse(&(struct rehearsal_plan){
			.seed = 7, .weather = {.delay = MS}, .tls = harness, .peer_tls = iut, .sips = sips});

		expect_all_pass(r.campaign);
		rehearsal_done(&r);
	}
}

Test(harness_tls_campaign, reference_client_passes_everything)
{
	struct rehearsal r = rehearse_client(
		&(struct client_plan){.seed = 5, .transport = NET_TLS, .tls = harness, .peer_tls = iut});

	expect_all_pass(r.campaign);
	rehearsal_done(&r);
}

Test(harness_tls_campaign, faults_are_found)
{
	static const enum server_fault of_server[] = {FAULT_TAG_IGNORED, FAULT_EVENT_400, FAULT_INVITE_RECVONLY};
	static const enum client_fault of_client[] = {CLIENT_FAULT_PUBLISH_EARLY, CLIENT_FAULT_ETAG_INVENTED,
						      CLIENT_FAULT_BODY_VALUE};

	for (int i = 0; i < 3; i++) {
		struct rehearsal r = rehearse(&(struct rehearsal_plan){.seed = 7,
								       .weather = {.delay = MS},
								       .tls = harness,
								       .peer_tls = iut,
								       .fault = server_faults.list[of_server[i]].name});

		cr_expect_eq(verdict_of_requirement(r.campaign, server_faults.list[of_server[i]].ids), VERDICT_FAIL,
			     "%s", server_faults.list[of_server[i]].name);
		rehearsal_done(&r);
		r = rehearse_client(&(struct client_plan){.seed = 5,
							  .transport = NET_TLS,
							  .tls = harness,
							  .peer_tls = iut,
							  .fault = client_faults.list[of_client[i]].name});
		cr_expect_eq(verdict_of_requirement(r.campaign, client_faults.list[of_client[i]].ids), VERDICT_FAIL,
			     "%s", client_faults.list[of_client[i]].name);
		rehearsal_done(&r);
	}
}

/* --- evidence --- */

Test(harness_tls_campaign, the_evidence_audits_to_the_verdicts_of_the_run)
{
	struct rehearsal run = rehearse(&(struct rehearsal_plan){.seed = 3,
								 .weather = {.delay = MS},
								 .tls = harness,
								 .peer_tls = iut,
								 .evidence = bench.files[0],
								 .fault = server_faults.list[FAULT_TAG_IGNORED].name});

	bench.config.from_start = true;
	audit_bench_run(&bench, 1);
	for (size_t i = 0; i < run.campaign->requirement_count; i++) {
		const struct campaign_requirement *ran = &run.campaign->requirements[i];
		enum verdict audited = verdict_of_requirement(bench.campaign, ran->requirement->id);

		if (ran->requirement->actor == ACTOR_SERVER && audited != VERDICT_INCONC)
			cr_expect_eq(audited, ran->verdict, "%s", ran->requirement->id);
	}
	cr_expect_eq(verdict_of_requirement(bench.campaign, server_faults.list[FAULT_TAG_IGNORED].ids), VERDICT_FAIL);
	cr_expect_eq(verdict_of_requirement(bench.campaign, "12.2.2.2-2a"), VERDICT_PASS);
	rehearsal_done(&run);
}

/* --- TLS that fails --- */

static void expect_no_fail(const struct campaign *campaign)
{
	struct buf text = {0};

	verdicts_write(campaign, true, &text);
	for (size_t i = 0; i < campaign->requirement_count; i++)
		cr_expect_neq(campaign->requirements[i].verdict, VERDICT_FAIL, "%s: %s",
			      campaign->requirements[i].requirement->id, campaign->requirements[i].reason);
	cr_expect_eq(campaign_exit_status(campaign), 3, "%s", text.p);
	buf_done(&text);
}

static void expect_note(const struct campaign *campaign, const char *text)
{
	unsigned count = 0;

	for (size_t i = 0; i < campaign->note_count; i++)
		count += strstr(campaign->notes[i], text) != NULL;
	cr_expect_eq(count, 1, "%u notes: %s; the first: %s", count, text,
		     campaign->note_count ? campaign->notes[0] : "none");
}

Test(harness_tls_campaign, a_server_that_is_not_believed_is_told_of_once)
{
	struct rehearsal r = rehearse(
		&(struct rehearsal_plan){.seed = 7, .weather = {.delay = MS}, .tls = harness, .peer_tls = stranger});

	expect_no_fail(r.campaign);
	cr_expect_eq(r.campaign->note_count, 1);
	expect_note(r.campaign,
		    "the IUT at 127.0.0.1:5070 does not answer: TLS with 127.0.0.1:5070: its certificate is "
		    "not believed: it is signed by itself");
	for (size_t i = 0; i < r.campaign->case_count; i++)
		cr_expect_str_eq(r.campaign->cases[i].reason, "the IUT does not answer");
	rehearsal_done(&r);
}

/* We reach the server, and it does not believe us: its pushes do not come, and nobody knows whether it sent them. */
Test(harness_tls_campaign, a_server_that_does_not_believe_us_fails_nothing)
{
	struct tls_context *asks_nothing = tls_lab_context(&lab, "server", "ca", NULL);
	struct tls_context *shows_itself = tls_lab_context(&lab, "self", "ca", NULL);
	struct rehearsal r = rehearse(&(struct rehearsal_plan){
		.seed = 7, .weather = {.delay = MS}, .tls = shows_itself, .peer_tls = asks_nothing});

	expect_no_fail(r.campaign);
	expect_note(r.campaign,
		    "TLS with 127.0.0.1, which connected to us: the other side sent the alert \"unknown CA\": "
		    "it does not believe our certificate");
	/* what did come is worth what it always is */
	cr_expect_eq(verdict_of_requirement(r.campaign, "5.3-response"), VERDICT_PASS);
	cr_expect_eq(verdict_of_requirement(r.campaign, "12.2.2.2-1"), VERDICT_INCONC);
	cr_expect_not_null(strstr(campaign_find(r.campaign, "12.2.2.2-1")->reason,
				  "TLS failed, and what is missing may have been meant to come"));
	rehearsal_done(&r);
	tls_context_free(asks_nothing);
	tls_context_free(shows_itself);
}

Test(harness_tls_campaign, clients_that_do_not_come_through_fail_nothing)
{
	struct rehearsal r = rehearse_client(
		&(struct client_plan){.seed = 5, .transport = NET_TLS, .tls = harness, .peer_tls = stranger});

	expect_no_fail(r.campaign);
	expect_note(r.campaign,
		    "TLS with 127.0.0.1, which connected to us: its certificate is not believed: it is signed "
		    "by itself");
	rehearsal_done(&r);
}
