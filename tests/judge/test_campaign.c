/* SPDX-License-Identifier: MIT */
#include "reports/sample.h"
#include "base/mem.h"
#include "judge/campaign.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const char *reason_of(const struct sample *sample, const char *id)
{
	return campaign_find(sample->campaign, id)->reason;
}

static void add(struct sample *sample, const char *id, enum verdict verdict, uint64_t order, const char *seen)
{
	struct finding f = sample_finding(id, verdict, order, seen);

	cr_assert_eq(campaign_add_finding(sample->campaign, &f, NULL), 0);
}

Test(judge, verdicts_have_names_and_an_order)
{
	enum verdict v;

	for (unsigned i = 0; i < VERDICT_COUNT; i++) {
		cr_expect(verdict_of(slice_of(verdict_name((enum verdict)i)), &v));
		cr_expect_eq(v, (enum verdict)i);
	}
	cr_expect_not(verdict_of(SLICE("passed"), &v));
	cr_expect_not(verdict_of(SLICE(""), &v));
	cr_expect_eq(verdict_worse(VERDICT_INCONC, VERDICT_FAIL), VERDICT_FAIL);
	cr_expect_eq(verdict_worse(VERDICT_INCONC, VERDICT_PASS), VERDICT_INCONC);
}

Test(judge, campaign_says_why_nothing_was_judged)
{
	struct sample run, audit;

	sample_init(&run, CAMPAIGN_RUN);
	cr_assert_eq(campaign_excuse(run.campaign, "6.1.1.5-2", "not declared in the ICS", NULL), 0);
	cr_assert_eq(campaign_excuse(run.campaign, "6.1.1.5-2", "another", NULL), 0);
	campaign_settle(run.campaign);
	cr_expect_str_eq(reason_of(&run, "6.1.1.5-1"), "not exercised");
	cr_expect_str_eq(reason_of(&run, "6.1.1.5-2"), "not declared in the ICS");
	cr_expect_str_eq(reason_of(&run, "6.1.1.5-ims"), "the core is no IMS");
	cr_expect_str_eq(reason_of(&run, "5.2.4-indicate"), "not observable in a run");
	run.campaign->ims = true;
	campaign_settle(run.campaign);
	cr_expect_str_eq(reason_of(&run, "6.1.1.5-ims"), "not exercised");
	sample_done(&run);
	sample_init(&audit, CAMPAIGN_AUDIT);
	((struct requirement *)audit.catalogue.requirements[0])->capture = NULL;
	campaign_settle(audit.campaign);
	cr_expect_str_eq(reason_of(&audit, "6.1.1.5-1"), "not observable in a capture");
	sample_done(&audit);
}

Test(judge, campaign_reason_has_counts_what_was_seen_and_where)
{
	struct sample sample;
	struct finding f;

	sample_init(&sample, CAMPAIGN_AUDIT);
	f = sample_finding("6.1.1.5-1", VERDICT_PASS, 5, "PUBLISH → 403");
	f.evidence[0].frame = 17;
	f.evidence_count = 1;
	cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	add(&sample, "6.1.1.5-1", VERDICT_PASS, 6, "later");
	campaign_settle(sample.campaign);
	cr_expect_str_eq(reason_of(&sample, "6.1.1.5-1"), "2 of 2 held at frame 17");
	campaign_add_file(sample.campaign, "a.pcap"); /* with one file nobody needs to be told which */
	campaign_settle(sample.campaign);
	cr_expect_str_eq(reason_of(&sample, "6.1.1.5-1"), "2 of 2 held at frame 17");
	campaign_add_file(sample.campaign, "b\n.pcap");
	campaign_settle(sample.campaign);
	cr_expect_str_eq(reason_of(&sample, "6.1.1.5-1"), "2 of 2 held at frame 17 of a.pcap");
	cr_expect_str_eq(sample.campaign->file_names[1], "b\\x0a.pcap");
	add(&sample, "6.1.1.5-1", VERDICT_FAIL, 9, "PUBLISH → 200");
	campaign_settle(sample.campaign);
	cr_expect_str_eq(reason_of(&sample, "6.1.1.5-1"), "1 of 3 did not hold; PUBLISH → 200");
	f = sample_finding("6.1.1.5-3", VERDICT_FAIL, 1, "PUBLISH → 202");
	f.evidence_count = 1;
	f.evidence[0].frame = 0;
	cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	campaign_settle(sample.campaign);
	cr_expect_str_eq(reason_of(&sample, "6.1.1.5-3"), "1 of 1 did not hold; PUBLISH → 202");
	cr_expect_eq(campaign_find(sample.campaign, "6.1.1.5-1")->verdict, VERDICT_FAIL);
	f = sample_finding("6.1.1.5-2", VERDICT_INCONC, 0, NULL);
	f.reason = mem_strdup("no proof of life");
	cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	campaign_settle(sample.campaign);
	cr_expect_str_eq(reason_of(&sample, "6.1.1.5-2"), "1 of 1 not decided; no proof of life");
	sample_done(&sample);
}

Test(judge, campaign_refuses_requirements_that_it_does_not_know)
{
	struct sample sample;
	struct finding f = sample_finding("9.9-1", VERDICT_PASS, 0, "x");
	struct err err;

	sample_init(&sample, CAMPAIGN_RUN);
	cr_expect_eq(campaign_add_finding(sample.campaign, &f, &err), -ENOENT);
	cr_expect_str_eq(err.text, "no requirement '9.9-1' for this role");
	cr_expect_eq(campaign_add_count(sample.campaign, "9.9-1", VERDICT_PASS, 1, &err), -ENOENT);
	cr_expect_eq(campaign_excuse(sample.campaign, "9.9-1", "x", &err), -ENOENT);
	cr_expect_null(campaign_find(sample.campaign, "9.9-1"));
	sample_done(&sample);
}

Test(judge, campaign_keeps_the_first_findings_whatever_their_arrival)
{
	static const uint64_t steps[] = {1, 3, 7, 999, 501};

	for (size_t s = 0; s < ARRAY_LEN(steps); s++) {
		const struct campaign_requirement *r;
		struct sample sample;

		sample_init(&sample, CAMPAIGN_RUN);
		sample.campaign->findings_max = 5;
		sample.campaign->passes_max = 2;
		for (uint64_t i = 0; i < 1000; i++)
			add(&sample, "6.1.1.5-1", i * steps[s] % 1000 % 3 ? VERDICT_FAIL : VERDICT_PASS,
			    i * steps[s] % 1000, "x");
		campaign_settle(sample.campaign);
		campaign_settle(sample.campaign);
		r = campaign_find(sample.campaign, "6.1.1.5-1");
		cr_assert_eq(r->count, 7);
		cr_expect_eq(r->counts[VERDICT_PASS], 334);
		cr_expect_eq(r->counts[VERDICT_FAIL], 666);
		for (uint64_t i = 0; i < 5; i++)
			cr_expect_eq(r->findings[i].order, i);
		cr_expect_eq(r->findings[5].order, 5);
		cr_expect_eq(r->findings[6].order, 7);
		sample_done(&sample);
	}
}

Test(judge, campaign_only_counts_what_it_would_not_keep)
{
	const struct campaign_requirement *r;
	struct sample sample;

	sample_init(&sample, CAMPAIGN_RUN);
	sample.campaign->passes_max = 2;
	r = campaign_find(sample.campaign, "6.1.1.5-1");
	cr_expect_not(campaign_only_count(sample.campaign, "6.1.1.5-1", VERDICT_PASS, 1000));
	for (uint64_t i = 0; i < 4; i++)
		add(&sample, "6.1.1.5-1", VERDICT_PASS, i, "x");
	cr_expect(campaign_only_count(sample.campaign, "6.1.1.5-1", VERDICT_PASS, 2));
	cr_expect_not(campaign_only_count(sample.campaign, "6.1.1.5-1", VERDICT_PASS, 1));
	cr_expect_not(campaign_only_count(sample.campaign, "6.1.1.5-1", VERDICT_FAIL, 1000));
	cr_expect_not(campaign_only_count(sample.campaign, "9.9-1", VERDICT_PASS, 1000));
	cr_expect_eq(r->counts[VERDICT_PASS], 5);
	cr_expect_eq(r->counts[VERDICT_FAIL], 0);
	sample_done(&sample);
}

static void add_to_other(void *arg, struct finding *finding)
{
	cr_expect_eq(campaign_add_finding(arg, finding, NULL), 0);
}

Test(judge, campaign_hands_over_what_it_has_of_a_requirement_and_verdict)
{
	struct sample from, to;

	sample_init(&from, CAMPAIGN_RUN);
	sample_init(&to, CAMPAIGN_RUN);
	from.campaign->passes_max = 2;
	add(&from, "6.1.1.5-1", VERDICT_FAIL, 3, "wrong");
	for (uint64_t i = 0; i < 10; i++)
		add(&from, "6.1.1.5-1", VERDICT_PASS, 9 - i, "right");
	add(&from, "6.1.1.5-2", VERDICT_PASS, 1, "right");
	cr_expect_eq(campaign_take(from.campaign, "6.1.1.5-1", VERDICT_PASS, add_to_other, to.campaign), 10 - 2);
	campaign_settle(from.campaign);
	campaign_settle(to.campaign);
	cr_expect_eq(campaign_find(from.campaign, "6.1.1.5-1")->verdict, VERDICT_FAIL);
	cr_expect_eq(campaign_find(from.campaign, "6.1.1.5-1")->counts[VERDICT_PASS], 0);
	cr_expect_eq(campaign_find(from.campaign, "6.1.1.5-2")->count, 1);
	cr_expect_eq(campaign_find(to.campaign, "6.1.1.5-1")->count, 2);
	cr_expect_eq(campaign_find(to.campaign, "6.1.1.5-1")->findings[0].order, 0);
	cr_expect_eq(campaign_take(from.campaign, "9.9-1", VERDICT_PASS, add_to_other, to.campaign), 0);
	sample_done(&from);
	sample_done(&to);
}

Test(judge, campaign_orders_findings_of_one_place_by_what_they_say)
{
	struct sample sample;
	const struct campaign_requirement *r;

	sample_init(&sample, CAMPAIGN_RUN);
	add(&sample, "6.1.1.5-1", VERDICT_FAIL, 1, "b");
	add(&sample, "6.1.1.5-1", VERDICT_FAIL, 1, "a");
	add(&sample, "6.1.1.5-1", VERDICT_PASS, 1, "c");
	campaign_settle(sample.campaign);
	r = campaign_find(sample.campaign, "6.1.1.5-1");
	cr_expect_str_eq(r->findings[0].seen, "c");
	cr_expect_str_eq(r->findings[1].seen, "a");
	cr_expect_str_eq(r->findings[2].seen, "b");
	sample_done(&sample);
}

Test(judge, campaign_finds_its_cases_again_after_it_was_settled)
{
	static const char *const ids[] = {"6.1.1.5-1", NULL};
	struct sample sample;

	sample_init(&sample, CAMPAIGN_RUN);
	campaign_add_case(sample.campaign, 2, "second", ids)->verdict = VERDICT_PASS;
	campaign_add_case(sample.campaign, 1, "first", NULL);
	campaign_settle(sample.campaign);
	cr_expect_str_eq(sample.campaign->cases[0].name, "first");
	cr_expect_eq(campaign_find_case(sample.campaign, "second"), &sample.campaign->cases[1]);
	cr_expect_null(campaign_find_case(sample.campaign, "third"));
	cr_expect_eq(campaign_add_case(sample.campaign, 9, "second", NULL)->verdict, VERDICT_PASS);
	cr_expect_str_eq(campaign_add_case(sample.campaign, 9, "second", NULL)->requirements[0], "6.1.1.5-1");
	cr_expect_eq(sample.campaign->case_count, 2);
	sample_done(&sample);
}

/* Also where there are as many as an IXIT may name. */
Test(judge, campaign_has_each_fact_once)
{
	struct sample sample;
	struct campaign *campaign;
	size_t before;
	char name[16];

	sample_init(&sample, CAMPAIGN_RUN);
	campaign = sample.campaign;
	before = campaign->fact_count;
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "n%u", i / 2);
		campaign_add_fact(campaign, "many", name, i % 2 ? "second" : "first");
	}
	campaign_add_fact(campaign, "man", "yn0", "of another group");
	cr_expect_eq(campaign->fact_count, before + 10001);
	for (const struct campaign_fact *f = NULL; (f = campaign_next_fact(campaign, "many", f));)
		cr_expect_str_eq(f->value, "first");
	campaign_settle(campaign);
	campaign_add_fact(campaign, "many", "n7", "after it was sorted");
	cr_expect_eq(campaign->fact_count, before + 10001);
	sample_done(&sample);
}

Test(judge, campaign_has_bounded_reasons_for_what_was_dropped)
{
	struct sample sample;
	uint64_t sum = 0;
	char reason[32];

	sample_init(&sample, CAMPAIGN_AUDIT);
	for (unsigned i = 0; i < 50; i++) {
		snprintf(reason, sizeof(reason), "reason %02u", 49 - i);
		campaign_add_dropped(sample.campaign, reason, 2);
	}
	campaign_add_dropped(sample.campaign, "other", 1);
	campaign_settle(sample.campaign);
	cr_expect_eq(sample.campaign->input.dropped_count, ARRAY_LEN(sample.campaign->input.dropped));
	for (unsigned i = 0; i < sample.campaign->input.dropped_count; i++)
		sum += sample.campaign->input.dropped[i].count;
	cr_expect_eq(sum, 101);
	cr_expect_str_eq(sample.campaign->input.dropped[0].reason, "other");
	sample_done(&sample);
}

/* Exit status of a complete campaign with one requirement of each of these verdicts. */
static int status_of(const enum verdict *verdicts, size_t count, bool strict, bool complete)
{
	static const char *const ids[] = {"6.1.1.5-1", "6.1.1.5-2", "6.1.1.5-3", "5.3-no-push"};
	struct sample sample;
	int status;

	sample_init(&sample, CAMPAIGN_RUN);
	for (size_t i = 0; i < count; i++)
		add(&sample, ids[i], verdicts[i], i, "x");
	sample.campaign->strict = strict;
	sample.campaign->complete = complete;
	campaign_settle(sample.campaign);
	status = campaign_exit_status(sample.campaign);
	sample_done(&sample);
	return status;
}

#define STATUS(strict, complete, ...)                                                                                  \
	status_of((const enum verdict[]){__VA_ARGS__},                                                                 \
		  sizeof((const enum verdict[]){__VA_ARGS__}) / sizeof(enum verdict), strict, complete)

Test(judge, campaign_exit_status_is_the_worst)
{
	cr_expect_eq(status_of(NULL, 0, false, true), 3);
	cr_expect_eq(STATUS(false, true, VERDICT_PASS), 0);
	cr_expect_eq(STATUS(false, false, VERDICT_PASS), 3);
	cr_expect_eq(STATUS(false, true, VERDICT_PASS, VERDICT_WARN), 0);
	cr_expect_eq(STATUS(true, true, VERDICT_PASS, VERDICT_WARN), 1);
	cr_expect_eq(STATUS(false, true, VERDICT_WARN), 3);
	cr_expect_eq(STATUS(false, true, VERDICT_PASS, VERDICT_INCONC), 3);
	cr_expect_eq(STATUS(false, true, VERDICT_FAIL, VERDICT_INCONC, VERDICT_PASS), 1);
	cr_expect_eq(STATUS(false, false, VERDICT_FAIL), 1);
	cr_expect_eq(STATUS(false, true, VERDICT_FAIL, VERDICT_ERROR), 4);
}

Test(judge, campaign_exit_status_counts_cases)
{
	struct sample sample;

	sample_init(&sample, CAMPAIGN_RUN);
	add(&sample, "6.1.1.5-1", VERDICT_PASS, 0, "x");
	sample.campaign->complete = true;
	campaign_add_case(sample.campaign, 0, "script", NULL)->verdict = VERDICT_ERROR;
	campaign_settle(sample.campaign);
	cr_expect_eq(campaign_exit_status(sample.campaign), 4);
	campaign_add_case(sample.campaign, 0, "script", NULL)->verdict = VERDICT_INCONC;
	cr_expect_eq(campaign_exit_status(sample.campaign), 3);
	sample_done(&sample);
}

Test(judge, campaign_has_the_requirements_of_its_role)
{
	struct sample sample;
	struct campaign *client, *both;

	sample_init(&sample, CAMPAIGN_RUN);
	((struct requirement *)sample.catalogue.requirements[0])->actor = ACTOR_CLIENT;
	client = campaign_new(CAMPAIGN_AUDIT, &sample.catalogue, ACTOR_CLIENT, false);
	both = campaign_new(CAMPAIGN_AUDIT, &sample.catalogue, ACTOR_SERVER, true);
	cr_expect_eq(client->requirement_count, 1);
	cr_expect_eq(both->requirement_count, sample.catalogue.requirement_count);
	campaign_free(client);
	campaign_free(both);
	campaign_free(NULL);
	sample_done(&sample);
}

/* What is told to people is told once. */
Test(judge, campaign_notes_are_kept_once)
{
	struct sample sample;

	sample_init(&sample, CAMPAIGN_AUDIT);
	campaign_add_note(sample.campaign, "a clock was set back");
	campaign_add_note(sample.campaign, "a capture ends in the middle of a packet");
	campaign_add_note(sample.campaign, "a clock was set back");
	cr_assert_eq(sample.campaign->note_count, 2);
	campaign_settle(sample.campaign);
	cr_expect_str_eq(sample.campaign->notes[0], "a capture ends in the middle of a packet");
	cr_expect_str_eq(sample.campaign->notes[1], "a clock was set back");
	sample_done(&sample);
}

/* Threads and shards bring findings in any order: where all else is the same, what shows them decides. */
static const struct evidence shown[] = {
	{.frame = 1, .from = 9, .to = 9, .time = 9}, {.frame = 2, .from = 1, .to = 9, .time = 9},
	{.frame = 2, .from = 2, .to = 1, .time = 9}, {.frame = 2, .from = 2, .to = 2, .time = 1},
	{.frame = 2, .from = 2, .to = 2, .time = 2}, {.frame = 3, .from = 0, .to = 0, .time = 0},
};

Test(judge, campaign_findings_have_one_order)
{
	const struct campaign_requirement *r;
	struct sample sample;

	for (size_t first = 0; first < ARRAY_LEN(shown); first++) {
		sample_init(&sample, CAMPAIGN_AUDIT);
		for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
			struct finding f = sample_finding("6.1.1.5-1", VERDICT_FAIL, 1, "the same");
			f.evidence[0] = shown[(first + 5 * i) % ARRAY_LEN(shown)];
			f.evidence_count = 1;
			cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
		}
		campaign_settle(sample.campaign);
		r = campaign_find(sample.campaign, "6.1.1.5-1");
		cr_assert_eq(r->count, ARRAY_LEN(shown));
		for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
			const struct evidence *e = &r->findings[i].evidence[0];
			cr_expect(e->frame == shown[i].frame && e->from == shown[i].from && e->to == shown[i].to &&
					  e->time == shown[i].time,
				  "%zu of those that began with %zu", i, first);
		}
		sample_done(&sample);
	}
}
