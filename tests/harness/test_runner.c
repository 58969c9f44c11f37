/* SPDX-License-Identifier: MIT */
#include "runner_help.h"
#include "harness_test.h"
#include "reports/report.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static char *verdicts(const struct rehearsal_plan *plan)
{
	struct rehearsal r = rehearse(plan);
	struct buf text = {0};

	verdicts_write(r.campaign, false, &text);
	rehearsal_done(&r);
	return buf_take(&text);
}

static char *json(const struct rehearsal_plan *plan)
{
	struct report_options options = {0};
	struct rehearsal r = rehearse(plan);
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	cr_assert_eq(report_json(r.campaign, &options, to, NULL), 0);
	fclose(to);
	rehearsal_done(&r);
	return text;
}

Test(harness_runner, reference_passes_everything)
{
	struct rehearsal_plan plan = {.seed = 7, .weather = {.delay = MS}};
	struct rehearsal r = rehearse(&plan);
	struct buf text = {0};

	verdicts_write(r.campaign, true, &text);
	cr_assert_eq(campaign_exit_status(r.campaign), 0, "%s", text.p);
	for (size_t i = 0; i < r.campaign->requirement_count; i++) {
		const struct campaign_requirement *q = &r.campaign->requirements[i];
		bool due = q->requirement->condition != CONDITION_IMS;

		cr_expect_eq(q->verdict, due ? VERDICT_PASS : VERDICT_NONE, "%s: %s", q->requirement->id, q->reason);
	}
	for (size_t i = 0; i < r.campaign->case_count; i++)
		cr_expect_eq(r.campaign->cases[i].verdict, VERDICT_PASS, "%s: %s", r.campaign->cases[i].name,
			     r.campaign->cases[i].reason);
	cr_expect_eq(r.most_at_once, r.campaign->case_count);
	cr_expect(r.campaign->complete);
	/* the longest silence that is watched, and what stands before and after it */
	cr_expect_lt(r.lasted, 61 * 1000 * MS);
	buf_done(&text);
	rehearsal_done(&r);
}

Test(harness_runner, same_seed_same_bytes)
{
	struct rehearsal_plan plan = {.seed = 42, .weather = {.delay = MS, .jitter = 2 * MS}};

	char *first = json(&plan), *second = json(&plan);

	cr_assert_str_eq(first, second);
	free(first);
	free(second);
}

Test(harness_runner, order_and_concurrency_do_not_matter)
{
	struct rehearsal_plan plans[] = {
		{.seed = 1, .weather = {.delay = MS}},
		{.seed = 2, .weather = {.delay = MS}},
		{.seed = 1, .jobs = 1, .weather = {.delay = MS}},
		{.seed = 3, .jobs = 7, .weather = {.delay = MS}},
	};
	char *first = verdicts(&plans[0]);

	for (size_t i = 1; i < 4; i++) {
		char *other = verdicts(&plans[i]);

		cr_expect_str_eq(other, first, "plan %zu", i);
		free(other);
	}
	free(first);
}

Test(harness_runner, bad_weather_fails_nobody)
{
	struct rehearsal_plan plan = {.seed = 5,
				      .weather = {.delay = 20 * MS, .jitter = 10 * MS, .loss = 50, .duplicate = 50}};
	struct rehearsal r = rehearse(&plan);
	uint64_t counts[VERDICT_COUNT];

	campaign_summary(r.campaign, counts);
	for (size_t i = 0; i < r.campaign->requirement_count; i++)
		cr_expect_neq(r.campaign->requirements[i].verdict, VERDICT_FAIL, "%s: %s",
			      r.campaign->requirements[i].requirement->id, r.campaign->requirements[i].reason);
	cr_expect_eq(counts[VERDICT_ERROR], 0);
	rehearsal_done(&r);
}

/* --- selection --- */

Test(harness_runner, a_negative_case_brings_its_control)
{
	struct rehearsal_plan plan = {.seed = 1, .only = {"tag-star-only"}, .weather = {.delay = MS}};
	struct rehearsal r = rehearse(&plan);

	cr_assert_eq(r.campaign->case_count, 2);
	cr_expect_eq(campaign_exit_status(r.campaign), 0);
	cr_expect_eq(verdict_of_requirement(r.campaign, "6.1.1.5-1"), VERDICT_PASS);
	cr_expect_eq(verdict_of_requirement(r.campaign, "12.2.2.2-2h"), VERDICT_NONE);
	cr_expect_str_eq(campaign_find(r.campaign, "12.2.2.2-2h")->reason, "no case that is there for it was selected");
	expect_left_out(r.campaign, "register-initial", "not selected by --only and --skip");
	rehearsal_done(&r);
}

/* --- peers that deserve nothing --- */

static void expect_no_unearned_pass(const struct rehearsal_plan *plan, const char *const *earned)
{
	struct rehearsal r = rehearse(plan);

	for (size_t i = 0; i < r.campaign->requirement_count; i++) {
		const struct campaign_requirement *q = &r.campaign->requirements[i];
		bool deserves = false;

		for (const char *const *id = earned; *id; id++)
			deserves |= !strcmp(*id, q->requirement->id);
		if (!deserves)
			cr_expect_neq(q->verdict, VERDICT_PASS, "%s passes: %s", q->requirement->id, q->reason);
	}
	cr_expect_neq(campaign_exit_status(r.campaign), 0);
	cr_expect_neq(campaign_exit_status(r.campaign), 4);
	rehearsal_done(&r);
}

/* To say one thing to everything is an answer to a REGISTER, and one more line is right by chance. */
Test(harness_runner, one_answer_to_everything)
{
	static const char *const earned[] = {"5.3-support", "5.3-response", NULL};
	static const unsigned statuses[] = {200, 403, 489, 404, 500, 603};

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		expect_no_unearned_pass(
			&(struct rehearsal_plan){
				.peer = PEER_STATUS, .status = statuses[i], .seed = 1, .weather = {.delay = MS}},
			earned);
}

Test(harness_runner, silence_earns_nothing)
{
	static const char *const nothing[] = {NULL};
	static const enum null_peer peers[] = {PEER_SILENT, PEER_GARBAGE, PEER_NOBODY, PEER_LIVING};

	for (size_t i = 0; i < 4; i++)
		expect_no_unearned_pass(&(struct rehearsal_plan){.peer = peers[i], .seed = 1, .weather = {.delay = MS}},
					nothing);
}

Test(harness_runner, nobody_there_is_told_once_and_judges_nothing)
{
	struct rehearsal_plan plan = {.peer = PEER_NOBODY, .seed = 1, .weather = {.delay = MS}};
	struct rehearsal r = rehearse(&plan);

	cr_assert_eq(campaign_exit_status(r.campaign), 3);
	cr_assert_eq(r.campaign->note_count, 1);
	cr_expect_str_eq(r.campaign->notes[0], "the IUT at 127.0.0.1:5070 does not answer: "
					       "cannot send to 127.0.0.1:5070: Connection refused");
	for (size_t i = 0; i < r.campaign->case_count; i++) {
		cr_expect_eq(r.campaign->cases[i].verdict, VERDICT_INCONC);
		cr_expect_str_eq(r.campaign->cases[i].reason, "the IUT does not answer");
	}
	rehearsal_done(&r);
}

/* Its program was started together with ours. */
Test(harness_runner, who_comes_late_is_waited_for)
{
	struct rehearsal r = rehearse(&(struct rehearsal_plan){
		.peer = PEER_LATE, .seed = 1, .only = {"tag-another"}, .weather = {.delay = MS}});

	cr_expect_eq(verdict_of_requirement(r.campaign, "6.1.1.5-1"), VERDICT_PASS);
	cr_expect_eq(r.campaign->note_count, 0);
	rehearsal_done(&r);
}

/* --- faults --- */

Test(harness_runner, faults_fail_what_they_break)
{
	static const struct {
		const char *fault, *id;
		enum verdict verdict;
	} faults[] = {
		{"register-expires-unequal", "5.3-expires", VERDICT_FAIL},
		{"register-silent", "5.3-response", VERDICT_FAIL},
		{"push-on-register", "5.3-no-push", VERDICT_FAIL},
		{"tag-substring", "6.1.1.5-1", VERDICT_FAIL},
		{"event-case", "6.1.1.5-2", VERDICT_FAIL},
		{"originator-ignored", "6.1.1.5-3", VERDICT_FAIL},
		{"order-event-originator", "6.1.1.5-order", VERDICT_FAIL},
		{"etag-old-valid", "6.1.1.5-4", VERDICT_FAIL},
		{"store-refused", "6.1.1.5-1", VERDICT_FAIL},
		{"expires-raised", "6.1.1.5-6", VERDICT_FAIL},
		{"push-before-200", "6.1.1.5-7", VERDICT_FAIL},
		{"push-never", "12.2.2.2-trigger", VERDICT_FAIL},
		{"push-inactive", "12.2.2.2-1", VERDICT_FAIL},
		{"push-twice", "12.2.2.2-2i", VERDICT_FAIL},
		{"invite-no-allow", "12.2.2.2-2d", VERDICT_WARN},
		{"update-forbidden", "12.2.2.2-ok-2", VERDICT_FAIL},
		{"bye-aor", "12.2.2.2-any-2", VERDICT_FAIL},
		{"refresh-never", "12.2.2.2-ok-1", VERDICT_FAIL},
		{"expiry-ignored", "12.2.2.2-ok-1", VERDICT_FAIL},
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct rehearsal_plan plan = {.fault = faults[i].fault, .seed = 1, .weather = {.delay = MS}};
		struct rehearsal r = rehearse(&plan);

		cr_expect_eq(verdict_of_requirement(r.campaign, faults[i].id), faults[i].verdict, "%s: %s",
			     faults[i].fault, faults[i].id);
		rehearsal_done(&r);
	}
}

/* Nobody waits for the push any more when it comes: the campaign is there, and sees it. */
Test(harness_runner, a_wrong_push_after_the_end_of_its_case)
{
	struct rehearsal_plan plan = {
		.fault = "push-inactive", .seed = 1, .slow_push = true, .quiet = 500 * MS, .weather = {.delay = MS}};
	struct rehearsal r = rehearse(&plan);
	const struct campaign_case *c = campaign_find_case(r.campaign, "no-push-inactive");

	cr_expect_eq(verdict_of_requirement(r.campaign, "12.2.2.2-1"), VERDICT_FAIL);
	cr_assert_not_null(c);
	cr_expect_eq(c->verdict, VERDICT_FAIL, "%s", c->reason);
	rehearsal_done(&r);
}

Test(harness_runner, a_right_push_after_the_end_of_its_case)
{
	struct rehearsal_plan plan = {.seed = 1, .slow_push = true, .quiet = 500 * MS, .weather = {.delay = MS}};
	struct rehearsal r = rehearse(&plan);

	for (size_t i = 0; i < r.campaign->requirement_count; i++)
		cr_expect_neq(r.campaign->requirements[i].verdict, VERDICT_FAIL, "%s: %s",
			      r.campaign->requirements[i].requirement->id, r.campaign->requirements[i].reason);
	rehearsal_done(&r);
}

/* A push that never comes leaves the silences undecided, and no refusal. */
Test(harness_runner, controls_that_do_not_pass_leave_silences_open)
{
	struct rehearsal_plan plan = {.fault = "push-never", .seed = 1, .weather = {.delay = MS}};
	struct rehearsal r = rehearse(&plan);
	const struct campaign *campaign = r.campaign;

	cr_expect_eq(verdict_of_requirement(campaign, "5.3-no-push"), VERDICT_INCONC);
	cr_expect_neq(verdict_of_requirement(campaign, "6.1.1.5-2"), VERDICT_FAIL);
	cr_expect_eq(verdict_of_requirement(campaign, "6.1.1.5-6"), VERDICT_PASS);
	rehearsal_done(&r);
}
