/* SPDX-License-Identifier: MIT
 *
 * The reference client against the registrar: everything passes, and each single fault is found where it bites. */
#include "client_help.h"
#include "harness_test.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static void expect_all_pass(const struct campaign *campaign)
{
	struct buf text = {0};

	verdicts_write(campaign, true, &text);
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct requirement *r = campaign->requirements[i].requirement;

		if (r->live && r->condition == CONDITION_ALWAYS)
			cr_assert_eq(campaign->requirements[i].verdict, VERDICT_PASS, "%s:\n%s", r->id, text.p);
	}
	for (size_t i = 0; i < campaign->case_count; i++)
		cr_assert_eq(campaign->cases[i].verdict, VERDICT_PASS, "%s:\n%s", campaign->cases[i].name, text.p);
	buf_done(&text);
}

Test(harness, client_reference_passes)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 1});
	struct buf text = {0};

	if (getenv("SHOW")) {
		verdicts_write(r.campaign, true, &text);
		printf("%s", text.p);
	}
	expect_all_pass(r.campaign);
	cr_assert_gt(r.most_at_once, 8);
	buf_done(&text);
}

/* Whoever stays away from a core that answered 503 does so for all his users. */
Test(harness, client_cases_that_go_ahead_are_apart)
{
	struct client_plan plan = {
		.seed = 2,
		.only = {"client-registers", "client-unavailable-503", "client-publish-503", "client-pushed"}};
	struct rehearsal r = rehearse_client(&plan);
	struct buf text = {0};

	verdicts_write(r.campaign, true, &text);
	cr_assert_eq(campaign_exit_status(r.campaign), 0, "%s", text.p);
	cr_assert_eq(r.campaign->case_count, 4);
	cr_expect_eq(r.most_at_once, 3, "at most two of those that go ahead, or one and the rest");
	cr_expect_gt(r.lasted, 10 * 1000 * MS);
	buf_done(&text);
}

/* --- single faults --- */

static const struct requirement *requirement_of(const char *id)
{
	return catalogue_find(rehearsal_catalogue(), id);
}

/* What is contested, and what a NOTE says, fails as a warning. */
static bool is_contested(enum client_fault fault)
{
	static const enum client_fault contested[] = {
		CLIENT_FAULT_REGISTER_NO_TAG,  CLIENT_FAULT_REGISTER_TAG_IN_URI, CLIENT_FAULT_PUBLISH_CONTACT,
		CLIENT_FAULT_USER_AGENT_LATE,  CLIENT_FAULT_EXPIRES_FAR,         CLIENT_FAULT_PUBLISH_NOT_REFRESHED,
		CLIENT_FAULT_REFRESH_CALL_ID,  CLIENT_FAULT_REFRESH_CSEQ,        CLIENT_FAULT_REFRESH_NEVER,
		CLIENT_FAULT_IMS_EXPIRES,      CLIENT_FAULT_IMS_NO_REG,          CLIENT_FAULT_IMS_NO_ACCESS,
		CLIENT_FAULT_IMS_REFRESH_LATE, CLIENT_FAULT_NEVER_ANEW,
	};

	for (size_t i = 0; i < sizeof(contested) / sizeof(contested[0]); i++)
		if (contested[i] == fault)
			return true;
	return false;
}

static void check_fault(enum client_fault fault)
{
	const char *id = client_faults.list[fault].ids;
	struct rehearsal r =
		rehearse_client(&(struct client_plan){.seed = 7,
						      .fault = client_faults.list[fault].name,
						      .ims = requirement_of(id)->condition == CONDITION_IMS});
	struct buf text = {0};

	cr_assert_not_null(requirement_of(id), "%s", id);
	verdicts_write(r.campaign, true, &text);
	cr_expect_eq(verdict_of_requirement(r.campaign, id), is_contested(fault) ? VERDICT_WARN : VERDICT_FAIL,
		     "%s shall break %s:\n%s", client_faults.list[fault].name, id, text.p);
	buf_done(&text);
}

Test(harness, client_faults_are_found)
{
	for (size_t i = 0; i < CLIENT_FAULT_COUNT; i++)
		check_fault((enum client_fault)i);
}

/* --- clients that are none --- */

static void expect_no_pass(const struct campaign *campaign, const char *word)
{
	struct buf text = {0};

	verdicts_write(campaign, true, &text);
	for (size_t i = 0; i < campaign->requirement_count; i++)
		cr_assert_neq(campaign->requirements[i].verdict, VERDICT_PASS, "%s", text.p);
	cr_assert_not_null(strstr(text.p, word), "'%s' is not in:\n%s", word, text.p);
	cr_assert_eq(campaign_exit_status(campaign), 3, "%s", text.p);
	buf_done(&text);
}

Test(harness, client_that_never_comes)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 3, .client = CLIENT_NEVER, .jobs = 1});

	expect_no_pass(r.campaign, "sent no REGISTER within 4.0 s");
	expect_no_pass(r.campaign, "no client came");
	cr_assert_eq(r.campaign->note_count, 1);
	cr_expect_eq(strncmp(r.campaign->notes[0], "no client came to 127.0.0.1:", 28), 0, "%s", r.campaign->notes[0]);
	cr_assert_lt(r.lasted, 60000 * MS, "the others need not be waited for");
}

Test(harness, client_of_garbage)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 3, .client = CLIENT_GARBAGE});

	expect_no_pass(r.campaign, "sent no REGISTER");
}

Test(harness, client_of_another_user)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 3, .client = CLIENT_STRANGER});

	expect_no_pass(r.campaign, "sent no REGISTER");
	cr_assert_gt(r.campaign->note_count, 0);
	cr_assert_not_null(strstr(r.campaign->notes[0], "sip:somebody-else@im.example, whom no case was playing"), "%s",
			   r.campaign->notes[0]);
}

Test(harness, client_whose_tester_lies)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 3, .client = CLIENT_LIAR});

	expect_no_pass(r.campaign, "sent no REGISTER");
}

/* It registers, without ever giving a sign of life: nothing that it does not do is held against it. */
Test(harness, client_that_only_registers)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 3, .client = CLIENT_REGISTERS_ONLY});

	struct buf text = {0};

	verdicts_write(r.campaign, true, &text);
	for (size_t i = 0; i < r.campaign->requirement_count; i++)
		if (strcmp(r.campaign->requirements[i].requirement->id, "5.2.2-publish"))
			cr_assert_leq(r.campaign->requirements[i].verdict, VERDICT_INCONC, "%s", text.p);
	/* it is seen alive when the cases come that did not go ahead */
	cr_assert_eq(verdict_of_requirement(r.campaign, "5.2.2-publish"), VERDICT_FAIL, "%s", text.p);
	cr_assert_neq(verdict_of_requirement(r.campaign, "5.2.4-4"), VERDICT_PASS, "%s", text.p);
	buf_done(&text);
}

/* What a client can't be made to do is not judged, with the reason. */
Test(harness, client_that_can_only_be_made_to_register)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 3, .client = CLIENT_UNABLE});
	struct buf text = {0};

	verdicts_write(r.campaign, true, &text);
	cr_assert_eq(verdict_of_requirement(r.campaign, "5.2.4-subscribe"), VERDICT_NONE, "%s", text.p);
	cr_assert_not_null(strstr(text.p, "none   5.2.4-subscribe    there is no hook for it"), "%s", text.p);
	cr_assert_eq(verdict_of_requirement(r.campaign, "5.2.4-4"), VERDICT_PASS, "%s", text.p);
	buf_done(&text);
}

static void expect_undecided(enum null_client client, const char *why)
{
	struct rehearsal r = rehearse_client(
		&(struct client_plan){.seed = 3, .client = client, .only = {"client-delivery-off"}, .jobs = 1});
	struct buf text = {0};

	verdicts_write(r.campaign, true, &text);
	cr_expect_eq(verdict_of_requirement(r.campaign, "5.2.4-subscribe"), VERDICT_INCONC, "%s", text.p);
	cr_expect_not_null(strstr(text.p, why), "%s", text.p);
	buf_done(&text);
}

/* What the user set has to show: else the case was about nothing. */
Test(harness, client_that_does_not_publish_what_its_user_set)
{
	expect_undecided(CLIENT_DEAF, "sent no PUBLISH within 4.0 s");
	expect_undecided(CLIENT_CONTRARY, "published offline delivery on, and was told off");
}

/* A program is told nothing more of its client before it has said what came of the last: a hook that de-registers may
 * still be at work when its REGISTER is seen. */
Test(harness, client_whose_tester_is_slow)
{
	expect_all_pass(rehearse_client(&(struct client_plan){.seed = 3, .client = CLIENT_SLOW, .jobs = 1}).campaign);
}

/* The PUBLISH that takes its settings back is not the one that the play waits for then. */
Test(harness, client_that_publishes_late_when_it_comes_again)
{
	const enum client_variant late = CLIENT_VARIANT_PUBLISH_LATE;
	struct rehearsal r = rehearse_client(
		&(struct client_plan){.seed = 3, .variant = &late, .only = {"client-registers-again"}, .jobs = 1});
	struct buf text = {0};

	verdicts_write(r.campaign, true, &text);
	cr_expect_eq(verdict_of_requirement(r.campaign, "5.2.2-publish"), VERDICT_PASS, "%s", text.p);
	buf_done(&text);
}

/* Nobody owes it to take a push. */
Test(harness, client_that_is_busy_passes)
{
	const enum client_variant busy = CLIENT_VARIANT_PUSH_REFUSED;

	expect_all_pass(rehearse_client(&(struct client_plan){.seed = 4, .variant = &busy}).campaign);
}

/* --- other worlds --- */

Test(harness, client_reference_passes_over_tcp)
{
	expect_all_pass(rehearse_client(&(struct client_plan){.seed = 5, .transport = NET_TCP}).campaign);
}

Test(harness, client_reference_passes_over_ipv6)
{
	expect_all_pass(rehearse_client(&(struct client_plan){.seed = 5, .ipv6 = true}).campaign);
}

Test(harness, client_reference_passes_one_by_one)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 6, .jobs = 1});

	expect_all_pass(r.campaign);
	cr_assert_eq(r.most_at_once, 1);
}
