/* SPDX-License-Identifier: MIT
 *
 * Captures in, verdicts out: conforming sessions, one fault each, and everything that must leave no mark. */
#include "harness/audit_help.h"
#include "base/hash.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct audit_bench bench;

static void init(void)
{
	audit_bench_init(&bench);
}

static void done(void)
{
	audit_bench_done(&bench);
}

TestSuite(harness_audit, .init = init, .fini = done);

Test(harness_audit, a_conforming_session_passes)
{
	audit_bench_session(&bench, 1, GEN_CONFORMING);
	audit_bench_run_all(&bench);
	cr_expect_eq(bench.result, 0);
	cr_expect_eq(audit_bench_total(&bench, VERDICT_FAIL), 0);
	cr_expect_eq(audit_bench_total(&bench, VERDICT_WARN), 0);
	cr_expect_eq(audit_bench_total(&bench, VERDICT_INCONC), 0);
	cr_expect_gt(audit_bench_count(&bench, "12.2.2.2-trigger", VERDICT_PASS), 0);
	cr_expect_gt(audit_bench_count(&bench, "6.1.1.5-6", VERDICT_PASS), 0);
	cr_expect_gt(audit_bench_count(&bench, "5.2.2-2", VERDICT_PASS), 0);
	cr_expect_eq(bench.campaign->input.sip_messages, GEN_MESSAGES + 1);
	cr_expect_eq(campaign_exit_status(bench.campaign), 0);
}

Test(harness_audit, each_fault_is_found_and_no_other)
{
	static const struct {
		enum gen_fault fault;
		const char *ids[3];
	} cases[] = {
		{GEN_EXPIRES, {"5.3-expires"}},
		{GEN_NO_TAG, {"6.1.1.5-1", "5.2.4-4"}},
		{GEN_NO_AUTOMATA, {"12.2.2.2-2f"}},
		{GEN_SENDRECV, {"12.2.2.2-2h"}},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t expected = 0;
		bench.count = 0;
		audit_bench_session(&bench, (uint32_t)i, cases[i].fault);
		audit_bench_session(&bench, 100 + (uint32_t)i, GEN_CONFORMING);
		audit_bench_run_all(&bench);
		for (; cases[i].ids[expected]; expected++)
			cr_expect_gt(audit_bench_count(&bench, cases[i].ids[expected], VERDICT_FAIL), 0, "%s",
				     cases[i].ids[expected]);
		if (cases[i].fault == GEN_NO_TAG) /* the client's hop and the server's are looked at */
			cr_expect_eq(audit_bench_total(&bench, VERDICT_FAIL), 2);
		else
			cr_expect_eq(audit_bench_total(&bench, VERDICT_FAIL), 1);
		cr_expect_eq(audit_bench_total(&bench, VERDICT_INCONC), 0);
		cr_expect_eq(campaign_exit_status(bench.campaign), 1);
	}
}

Test(harness_audit, a_finding_names_user_frame_and_file)
{
	const struct campaign_requirement *r;

	audit_bench_session(&bench, 7, GEN_NO_AUTOMATA);
	audit_bench_run_all(&bench);
	r = campaign_find(bench.campaign, "12.2.2.2-2f");
	for (size_t i = 0; i < r->count; i++) {
		if (r->findings[i].verdict != VERDICT_FAIL)
			continue;
		cr_expect_str_eq(r->findings[i].user, "sip:user7@ims.example");
		cr_expect_eq(r->findings[i].evidence[0].frame, 13); /* the INVITE is the 13th packet */
		cr_expect_eq(r->findings[i].evidence[0].file, 0);
	}
}

/* What a lost packet leaves open is no failure, and nothing passes that did not pass before. */
Test(harness_audit, each_packet_removed_in_turn_proves_nothing_new)
{
	uint64_t *before;

	audit_bench_session(&bench, 1, GEN_CONFORMING);
	audit_bench_session(&bench, 2, GEN_CONFORMING);
	audit_bench_run_all(&bench);
	before = calloc(bench.campaign->requirement_count, sizeof(*before));
	for (size_t i = 0; i < bench.campaign->requirement_count; i++)
		before[i] = bench.campaign->requirements[i].counts[VERDICT_PASS];
	for (size_t gone = 0; gone < bench.count; gone++) {
		audit_bench_write(&bench, 0, 0, bench.count, gone);
		audit_bench_run(&bench, 1);
		cr_expect_eq(audit_bench_total(&bench, VERDICT_FAIL), 0, "without packet %zu", gone + 1);
		cr_expect_eq(audit_bench_total(&bench, VERDICT_WARN), 0, "without packet %zu", gone + 1);
		for (size_t i = 0; i < bench.campaign->requirement_count; i++)
			cr_expect_leq(bench.campaign->requirements[i].counts[VERDICT_PASS], before[i],
				      "%s without packet %zu", bench.campaign->requirements[i].requirement->id,
				      gone + 1);
	}
	free(before);
}

static uint64_t verdicts(void)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < bench.campaign->requirement_count; i++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			hash = hash * 1000003 + bench.campaign->requirements[i].counts[v];
	return hash;
}

Test(harness_audit, every_cut_between_two_files_in_any_order_gives_the_same)
{
	uint64_t whole;
	char *first = bench.files[0], *second = bench.files[1];

	audit_bench_session(&bench, 1, GEN_NO_TAG);
	audit_bench_session(&bench, 2, GEN_EXPIRES);
	audit_bench_run_all(&bench);
	whole = verdicts();
	for (size_t cut = 1; cut < bench.count; cut++) {
		audit_bench_write(&bench, 0, 0, cut, SIZE_MAX);
		audit_bench_write(&bench, 1, cut, bench.count, SIZE_MAX);
		bench.paths[0] = cut % 2 ? first : second;
		bench.paths[1] = cut % 2 ? second : first;
		audit_bench_run(&bench, 2);
		cr_expect_eq(verdicts(), whole, "cut behind packet %zu", cut);
	}
}

Test(harness_audit, threads_leave_no_mark)
{
	char *one, *many;

	for (uint32_t i = 0; i < 20; i++)
		audit_bench_session(&bench, i, (enum gen_fault)(i % GEN_FAULT_COUNT));
	bench.config.jobs = 1;
	audit_bench_run_all(&bench);
	one = audit_bench_report(&bench);
	for (unsigned jobs = 2; jobs < 5; jobs++) {
		bench.config.jobs = jobs;
		audit_bench_run_all(&bench);
		many = audit_bench_report(&bench);
		cr_expect_str_eq(one, many);
		free(many);
	}
	free(one);
}

Test(harness_audit, the_secret_of_the_hashes_leaves_no_mark)
{
	char *one, *other;

	for (uint32_t i = 0; i < 20; i++)
		audit_bench_session(&bench, i, (enum gen_fault)(i % GEN_FAULT_COUNT));
	bench.config.shards = 3; /* each process has a secret of its own, and they share the users among them */
	for (bench.config.shard = 1; bench.config.shard <= 3; bench.config.shard++) {
		hash_seed((const uint64_t[HASH_SECRETS]){1, 2, 3});
		audit_bench_run_all(&bench);
		one = audit_bench_report(&bench);
		cr_expect_gt(audit_bench_total(&bench, VERDICT_PASS), 0);
		hash_seed((const uint64_t[HASH_SECRETS]){~0ull, 1ull << 40, 77});
		audit_bench_run_all(&bench);
		other = audit_bench_report(&bench);
		cr_expect_str_eq(one, other);
		free(one);
		free(other);
	}
}

Test(harness_audit, repetitions_are_one_message_even_when_all_is_over)
{
	uint64_t passed;

	audit_bench_session(&bench, 1, GEN_CONFORMING);
	audit_bench_run_all(&bench);
	passed = audit_bench_total(&bench, VERDICT_PASS);
	for (size_t i = 0; i < GEN_MESSAGES; i++) { /* the whole session again, packet by packet */
		bench.packets[bench.count] = bench.packets[i];
		bench.packets[bench.count++].time = bench.now += 1000000;
	}
	audit_bench_run_all(&bench);
	cr_expect_eq(audit_bench_total(&bench, VERDICT_PASS), passed);
	cr_expect_eq(audit_bench_total(&bench, VERDICT_FAIL), 0);
}

Test(harness_audit, told_roles_override_the_traffic)
{
	struct net_pattern elsewhere;

	cr_assert_eq(net_pattern_parse(SLICE("192.0.2.9"), &elsewhere, NULL), 0);
	audit_bench_session(&bench, 1, GEN_EXPIRES);
	bench.config.server = (struct audit_patterns){&elsewhere, 1, 1};
	audit_bench_run_all(&bench);
	cr_expect_eq(audit_bench_count(&bench, "5.3-expires", VERDICT_FAIL), 0);
	cr_expect_eq(audit_bench_count(&bench, "12.2.2.2-2", VERDICT_PASS), 0);
	cr_expect_gt(audit_bench_count(&bench, "5.2.4-6", VERDICT_PASS), 0);
	cr_assert_eq(net_pattern_parse(SLICE("10.0.0.0/24:5060"), &elsewhere, NULL), 0);
	audit_bench_run_all(&bench);
	cr_expect_eq(audit_bench_count(&bench, "5.3-expires", VERDICT_FAIL), 1);
	bench.config.server = (struct audit_patterns){0};
}

Test(harness_audit, a_cut_file_gives_what_came_before)
{
	audit_bench_session(&bench, 1, GEN_CONFORMING);
	audit_bench_write(&bench, 0, 0, bench.count, SIZE_MAX);
	cr_assert_eq(truncate(bench.files[0], 24 + 16 + 300), 0);
	audit_bench_run(&bench, 1);
	cr_expect_eq(bench.result, 0);
	cr_expect(bench.campaign->input.truncated);
	cr_expect_gt(bench.campaign->note_count, 0);
}

Test(harness_audit, what_is_no_capture_is_told_and_the_rest_is_judged)
{
	FILE *stream = fopen(bench.files[1], "w");

	fputs("this is a letter", stream);
	fclose(stream);
	audit_bench_session(&bench, 1, GEN_EXPIRES);
	audit_bench_write(&bench, 0, 0, bench.count, SIZE_MAX);
	audit_bench_run(&bench, 2);
	cr_expect_lt(bench.result, 0);
	cr_expect_eq(bench.inputs.opened, 1);
	cr_expect_eq(bench.inputs.refused, 1);
	cr_expect(strstr(bench.err.text, "not a capture"), "%s", bench.err.text);
	cr_expect_eq(audit_bench_count(&bench, "5.3-expires", VERDICT_FAIL), 1);
}

Test(harness_audit, a_journal_is_told_from_a_capture)
{
	FILE *stream = fopen(bench.files[0], "w");
	char *expected =
		mem_printf("%s: a journal, expected a capture; imconform report reads journals", bench.files[0]);

	fputs("{\"t\":\"campaign\",\"format\":1}\n", stream);
	fclose(stream);
	audit_bench_run(&bench, 1);
	cr_expect_lt(bench.result, 0);
	cr_expect_str_eq(bench.err.text, expected);
	free(expected);
}

Test(harness_audit, what_a_limit_cuts_off_is_counted_and_never_a_failure)
{
	for (uint32_t i = 0; i < 6; i++)
		audit_bench_session(&bench, i, GEN_CONFORMING);
	for (size_t i = 0; i < bench.count; i++) /* all at once */
		bench.packets[i].time = 1700000000000000000ull + i % (GEN_MESSAGES + 1) * 20000000 + i;
	for (size_t i = 1; i < bench.count; i++) {
		struct audit_packet packet = bench.packets[i];
		size_t at = i;
		for (; at && bench.packets[at - 1].time > packet.time; at--)
			bench.packets[at] = bench.packets[at - 1];
		bench.packets[at] = packet;
	}
	bench.config.open_max = 2;
	audit_bench_run_all(&bench);
	cr_expect_eq(audit_bench_total(&bench, VERDICT_FAIL), 0);
	cr_expect_gt(bench.campaign->input.dropped_count, 0);
}

Test(harness_audit, telephony_is_none_of_our_business)
{
	audit_bench_say(
		&bench, 0, "10.9.0.1", "10.9.0.2",
		"REGISTER sip:tel.example SIP/2.0\nVia: SIP/2.0/UDP 10.9.0.1;branch=z9hG4bK1\nMax-Forwards: 70\n"
		"From: <sip:bob@tel.example>;tag=1\nTo: <sip:bob@tel.example>\nCall-ID: a\nCSeq: 1 REGISTER\n"
		"Contact: <sip:bob@10.9.0.1>\nExpires: 60\nContent-Length: 0\n\n");
	audit_bench_say(
		&bench, 10, "10.9.0.2", "10.9.0.1",
		"SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.9.0.1;branch=z9hG4bK1\n"
		"From: <sip:bob@tel.example>;tag=1\nTo: <sip:bob@tel.example>;tag=2\nCall-ID: a\nCSeq: 1 REGISTER\n"
		"Contact: <sip:bob@10.9.0.1>;expires=60\nContent-Length: 0\n\n");
	audit_bench_say(
		&bench, 10, "10.9.0.1", "10.9.0.2",
		"PUBLISH sip:bob@tel.example SIP/2.0\nVia: SIP/2.0/UDP 10.9.0.1;branch=z9hG4bK2\nMax-Forwards: 70\n"
		"From: <sip:bob@tel.example>;tag=3\nTo: <sip:bob@tel.example>\nCall-ID: b\nCSeq: 1 PUBLISH\n"
		"Event: presence\nExpires: 60\nContent-Length: 0\n\n");
	audit_bench_run_all(&bench);
	for (unsigned v = VERDICT_PASS; v < VERDICT_COUNT; v++)
		cr_expect_eq(audit_bench_total(&bench, (enum verdict)v), 0);
	cr_expect_eq(campaign_exit_status(bench.campaign), 3);
}
