/* SPDX-License-Identifier: MIT
 *
 * Journals joined: in any order and grouping the same bytes. */
#include "reports/sample.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void append(char **list, size_t count, const char *prefix)
{
	for (size_t i = 0; i < count; i++)
		list[i] = mem_printf("%s%zu", sample_path(prefix), i);
}

/* Three shards of the sample's run, each with a third of the findings and cases. */
/* Facts and claims are the campaign's, so each shard has them. */
static void copy_said(struct campaign *to, const struct campaign *from)
{
	for (size_t i = 0; i < from->fact_count; i++)
		campaign_add_fact(to, from->facts[i].group, from->facts[i].name, from->facts[i].value);
	for (size_t i = 0; i < from->requirement_count; i++)
		campaign_claim(to, from->requirements[i].requirement->id, from->requirements[i].claim, NULL);
}

static void write_shards(char *paths[3])
{
	append(paths, 3, "shard");
	for (unsigned shard = 1; shard <= 3; shard++) {
		struct sample whole, part;
		struct journal *journal;
		struct err err = {0};

		sample_init(&whole, CAMPAIGN_RUN);
		sample_fill(&whole, "wire");
		sample_init(&part, CAMPAIGN_RUN);
		campaign_set_address(part.campaign, "127.0.0.1:5070");
		campaign_add_file(part.campaign, "evidence.pcapng");
		campaign_excuse(part.campaign, "12.2.2.2-2i", "not declared in the ICS", NULL);
		campaign_add_note(part.campaign, "the IM Server was told from its answers");
		copy_said(part.campaign, whole.campaign);
		part.campaign->complete = true;
		part.campaign->input.packets = shard == 1 ? 120 : 0;
		part.campaign->input.sip_messages = shard == 1 ? 10 : 15;
		part.campaign->input.flows = shard == 3;
		campaign_add_dropped(part.campaign, "fragment", shard == 2 ? 2 : 0);
		cr_assert_eq(journal_create(paths[shard - 1], part.campaign, shard, 3, &journal, &err), 0);
		for (size_t i = 0; i < whole.campaign->requirement_count; i++)
			for (size_t j = 0; j < whole.campaign->requirements[i].count; j++)
				if (whole.campaign->requirements[i].findings[j].order % 3 == shard - 1)
					journal_add_finding(journal, &whole.campaign->requirements[i].findings[j],
							    &err);
		for (size_t i = 0; i < whole.campaign->case_count; i++)
			if (i % 3 == shard - 1)
				journal_add_case(journal, &whole.campaign->cases[i], &err);
		cr_assert_eq(journal_close(journal, &err), 0);
		sample_done(&whole);
		sample_done(&part);
	}
}

static char *merged(const char *const *paths, size_t count, const char *out)
{
	struct err err = {0};

	cr_assert_eq(journal_merge(paths, count, out, &err), 0, "%s", err.text);
	return sample_read(out);
}

static void expect_merged(const char *expected, const char *const *paths, size_t count)
{
	char *text = merged(paths, count, sample_path("merged"));

	cr_expect_str_eq(text, expected);
	free(text);
}

Test(reports, merge_in_any_order_and_grouping_is_the_whole)
{
	const char *whole = sample_path("one-process"), *pair = sample_path("pair"), *canon = sample_path("canon");
	static const unsigned orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct journal_campaign read;
	char *shards[3], *expected;
	struct err err = {0};

	sample_write_journal(whole, "wire");
	write_shards(shards);
	expected = merged(&whole, 1, canon);
	expect_merged(expected, &canon, 1);
	for (size_t i = 0; i < 6; i++) {
		const char *a = shards[orders[i][0]], *b = shards[orders[i][1]], *c = shards[orders[i][2]];

		expect_merged(expected, (const char *[]){a, b, c}, 3);
		expect_merged(expected, (const char *[]){a, b, a, c, b, c}, 6);
		free(merged((const char *[]){a, b}, 2, pair));
		expect_merged(expected, (const char *[]){pair, c}, 2);
		expect_merged(expected, (const char *[]){c, pair, a}, 3);
		expect_merged(expected, (const char *[]){whole, pair}, 2);
		expect_merged(expected, (const char *[]){c, whole}, 2);
	}
	cr_assert_eq(journal_read((const char *const *)shards, 3, &read, &err), 0);
	cr_expect(read.campaign->complete);
	cr_expect_eq(read.campaign->input.sip_messages, 40);
	journal_campaign_done(&read);
	for (size_t i = 0; i < 3; i++)
		free(shards[i]);
	free(expected);
}

Test(reports, merge_of_some_shards_is_not_complete)
{
	const char *pair = sample_path("two-of-three");
	struct journal_campaign read;
	char *shards[3];
	struct err err = {0};

	write_shards(shards);
	free(merged((const char *[]){shards[0], shards[2]}, 2, pair));
	cr_assert_eq(journal_read(&pair, 1, &read, &err), 0, "%s", err.text);
	cr_expect_not(read.campaign->complete);
	cr_expect_eq(read.campaign->input.packets, 120);
	journal_campaign_done(&read);
	/* into one of its inputs */
	free(merged((const char *[]){pair, shards[1]}, 2, pair));
	cr_assert_eq(journal_read(&pair, 1, &read, &err), 0, "%s", err.text);
	cr_expect(read.campaign->complete);
	journal_campaign_done(&read);
	for (size_t i = 0; i < 3; i++)
		free(shards[i]);
}

Test(reports, merge_keeps_the_worse_end_of_a_case)
{
	const char *good = sample_path("good"), *bad = sample_path("worse");
	const char *both[] = {bad, good, bad};
	struct journal_campaign read;
	struct sample sample;
	struct err err = {0};

	sample_init(&sample, CAMPAIGN_RUN);
	campaign_add_case(sample.campaign, 0, "push", NULL)->verdict = VERDICT_PASS;
	sample_journal(good, sample.campaign, 0, 1);
	campaign_add_case(sample.campaign, 0, "push", NULL)->verdict = VERDICT_INCONC;
	sample_journal(bad, sample.campaign, 0, 1);
	cr_assert_eq(journal_read(both, 3, &read, &err), 0, "%s", err.text);
	cr_assert_eq(read.campaign->case_count, 1);
	cr_expect_eq(read.campaign->cases[0].verdict, VERDICT_INCONC);
	journal_campaign_done(&read);
	sample_done(&sample);
}

Test(reports, merge_refuses_what_does_not_belong_together)
{
	const char *a = sample_path("seed-a"), *b = sample_path("seed-b"), *out = sample_path("never");
	struct sample sample;
	struct err err = {0};
	char *expected;

	sample_init(&sample, CAMPAIGN_RUN);
	sample_journal(a, sample.campaign, 1, 2);
	sample.campaign->seed = 8;
	sample_journal(b, sample.campaign, 2, 2);
	cr_expect_eq(journal_merge((const char *[]){a, b}, 2, out, &err), -EINVAL);
	expected = mem_printf("%s:1: %s and %s are of different campaigns: 'seed' differs", b, a, b);
	cr_expect_str_eq(err.text, expected);
	free(expected);
	sample.campaign->seed = 7;
	sample_journal(b, sample.campaign, 2, 5);
	cr_expect_eq(journal_merge((const char *[]){a, b}, 2, out, &err), -EINVAL);
	cr_expect_str_eq(err.text, "shards of 2 and of 5 can't be joined");
	cr_expect_neq(access(out, F_OK), 0);
	cr_expect_eq(journal_merge(&a, 1, "/nonexistent/out", &err), -ENOENT);
	cr_expect_str_eq(err.text, "/nonexistent/out: No such file or directory");
	sample_done(&sample);
}

/* --- audits: more findings than are kept --- */

static void write_audit(const char *path, unsigned shard, unsigned shards)
{
	struct sample sample;
	struct journal *journal;
	struct err err = {0};

	sample_init(&sample, CAMPAIGN_AUDIT);
	campaign_set_address(sample.campaign, "127.0.0.1:5070");
	sample.campaign->input.packets = 9000;
	campaign_add_dropped(sample.campaign, "fragment", 2);
	cr_assert_eq(journal_create(path, sample.campaign, shard, shards, &journal, &err), 0, "%s", err.text);
	for (unsigned i = 0; i < 2600; i++) {
		enum verdict verdict = i % 2 ? VERDICT_FAIL : VERDICT_PASS;
		struct finding f = sample_finding("6.1.1.5-1", verdict, i, i % 3 ? "seen" : "other");

		if (shards > 1 && i / 7 % shards != shard - 1) {
			finding_done(&f);
			continue;
		}
		if (verdict != VERDICT_PASS)
			cr_assert_eq(journal_add_finding(journal, &f, &err), 0);
		cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	}
	sample.campaign->complete = true;
	campaign_settle(sample.campaign);
	cr_assert_eq(journal_close(journal, &err), 0);
	sample_done(&sample);
}

/* The first of them, and the number of all, however the audit was cut and joined. */
Test(reports, merge_of_an_audit_keeps_as_much_as_one_process)
{
	const char *whole = sample_path("audit"), *canon = sample_path("audit-canon"),
		   *pair = sample_path("audit-pair");
	const char *a = sample_path("audit-1"), *b = sample_path("audit-2"), *c = sample_path("audit-3");
	struct journal_campaign read;
	struct err err = {0};
	char *expected;

	write_audit(whole, 0, 1);
	write_audit(a, 1, 3);
	write_audit(b, 2, 3);
	write_audit(c, 3, 3);
	expected = merged(&whole, 1, canon);
	expect_merged(expected, &canon, 1);
	expect_merged(expected, (const char *[]){c, a, b}, 3);
	free(merged((const char *[]){b, c}, 2, pair));
	expect_merged(expected, (const char *[]){pair, a}, 2);
	expect_merged(expected, (const char *[]){pair, whole, canon, a}, 4);
	cr_assert_eq(journal_read((const char *[]){c, a, b}, 3, &read, &err), 0, "%s", err.text);
	cr_expect_eq(read.campaign->requirements[0].counts[VERDICT_FAIL], 1300);
	cr_expect_eq(read.campaign->requirements[0].counts[VERDICT_PASS], 1300);
	cr_expect_eq(read.campaign->requirements[0].kept[VERDICT_FAIL], CAMPAIGN_FINDINGS_MAX);
	cr_expect_eq(read.campaign->requirements[0].kept[VERDICT_PASS], CAMPAIGN_PASSES_MAX);
	cr_expect_eq(read.campaign->input.packets, 9000);
	cr_expect_eq(read.campaign->input.dropped[0].count, 2);
	journal_campaign_done(&read);
	free(expected);
}

/* A pipe can be read once only; its lines are kept. */
Test(reports, merge_reads_pipes)
{
	const char *whole = sample_path("piped"), *canon = sample_path("piped-canon"), *pipe = sample_path("pipe");
	char *expected, *command = mem_printf("cat '%s' > '%s' &", whole, pipe);

	sample_write_journal(whole, "wire");
	expected = merged(&whole, 1, canon);
	cr_assert_eq(mkfifo(pipe, 0600), 0);
	cr_assert_eq(system(command), 0);
	expect_merged(expected, &pipe, 1);
	free(command);
	free(expected);
}
