/* SPDX-License-Identifier: MIT */
#include "reports/sample.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes the sample as a run would: findings and cases as they come, then the end. */
static void write_journal(const char *path, const struct campaign *campaign, unsigned shard, unsigned shards)
{
	struct journal *journal;
	struct err err = {0};

	cr_assert_eq(journal_create(path, campaign, shard, shards, &journal, &err), 0, "%s", err.text);
	for (size_t i = 0; i < campaign->requirement_count; i++)
		for (size_t j = 0; j < campaign->requirements[i].count; j++)
			cr_assert_eq(journal_add_finding(journal, &campaign->requirements[i].findings[j], &err), 0);
	for (size_t i = 0; i < campaign->case_count; i++)
		cr_assert_eq(journal_add_case(journal, &campaign->cases[i], &err), 0);
	cr_assert_eq(journal_close(journal, &err), 0, "%s", err.text);
}

static void write_sample(const char *path, const char *wire)
{
	struct sample sample;

	sample_init(&sample, CAMPAIGN_RUN);
	sample_fill(&sample, wire);
	write_journal(path, sample.campaign, 0, 1);
	sample_done(&sample);
}

static void expect_same_reports(const struct campaign *a, const struct campaign *b)
{
	static const char *const formats[] = {"text", "json", "junit", "tap", "markdown"};
	const struct report_options options = {.times = true};

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		char *x = sample_report(formats[i], a, &options), *y = sample_report(formats[i], b, &options);

		cr_expect_str_eq(x, y, "%s differs", formats[i]);
		free(x);
		free(y);
	}
}

Test(reports, journal_tells_all_that_reports_show)
{
	const char *path = sample_path("round-trip.jsonl");
	struct journal_campaign read;
	struct sample sample;
	struct err err = {0};

	sample_init(&sample, CAMPAIGN_RUN);
	sample.campaign->seed = UINT64_MAX;
	sample_fill(&sample, "\"\\\n\x01 ü\xff");
	write_journal(path, sample.campaign, 0, 1);
	cr_assert(journal_probe(path));
	cr_assert_eq(journal_read(&path, 1, &read, &err), 0, "%s", err.text);
	cr_expect(read.campaign->complete);
	cr_expect_eq(read.campaign->seed, UINT64_MAX);
	expect_same_reports(sample.campaign, read.campaign);
	journal_campaign_done(&read);
	sample_done(&sample);
}

/* An audit writes what failed as it goes; the rest comes at the end, as far as it was kept. */
Test(reports, journal_of_an_audit_counts_what_it_did_not_keep)
{
	const char *path = sample_path("audit.jsonl");
	struct journal_campaign read;
	struct journal *journal;
	struct sample sample;
	struct err err = {0};

	sample_init(&sample, CAMPAIGN_AUDIT);
	sample.campaign->passes_max = 3;
	cr_assert_eq(journal_create(path, sample.campaign, 0, 1, &journal, &err), 0);
	for (uint64_t i = 0; i < 50; i++) {
		struct finding f = sample_finding("6.1.1.5-1", i == 20 ? VERDICT_FAIL : VERDICT_PASS, i, "x");

		if (f.verdict != VERDICT_PASS)
			cr_assert_eq(journal_add_finding(journal, &f, &err), 0);
		cr_assert_eq(campaign_add_finding(sample.campaign, &f, &err), 0);
	}
	sample.campaign->complete = true;
	campaign_settle(sample.campaign);
	cr_assert_eq(journal_close(journal, &err), 0);
	cr_assert_eq(journal_read(&path, 1, &read, &err), 0, "%s", err.text);
	cr_expect_eq(read.campaign->requirements[0].counts[VERDICT_PASS], 49);
	cr_expect_eq(read.campaign->requirements[0].count, 4);
	expect_same_reports(sample.campaign, read.campaign);
	journal_campaign_done(&read);
	sample_done(&sample);
}

/* Wherever a run is killed, what it wrote before is there. */
Test(reports, journal_cut_anywhere_is_read)
{
	const char *path = sample_path("whole.jsonl"), *cut = sample_path("cut.jsonl");
	size_t first, len, lines_seen = 0;
	char *text;

	write_sample(path, "");
	text = sample_read(path);
	first = strcspn(text, "\n") + 1;
	len = strlen(text);
	for (size_t n = first; n < len; n++) {
		char after = text[n];
		struct journal_campaign read;
		struct err err = {0};
		uint64_t findings = 0;

		text[n] = '\0';
		sample_write(cut, text);
		text[n] = after;
		cr_assert_eq(journal_read(&cut, 1, &read, &err), 0, "cut at %zu: %s", n, err.text);
		cr_expect_not(read.campaign->complete);
		if (text[n - 1] != '\n')
			cr_expect_str_eq(read.campaign->notes[0], "a journal ends in half a line: its run was killed "
								  "while it wrote; the half line is left out");
		for (size_t i = 0; i < read.campaign->requirement_count; i++)
			for (unsigned v = 0; v < VERDICT_COUNT; v++)
				findings += read.campaign->requirements[i].counts[v];
		cr_expect_geq(findings, lines_seen);
		lines_seen = findings;
		cr_expect_neq(campaign_exit_status(read.campaign), 0);
		journal_campaign_done(&read);
	}
	cr_expect_eq(lines_seen, 6);
	free(text);
}

Test(reports, journal_is_on_disk_line_by_line)
{
	const char *path = sample_path("flushed.jsonl");
	struct finding f = sample_finding("6.1.1.5-1", VERDICT_FAIL, 1, "x");
	struct journal_campaign read;
	struct journal *journal;
	struct sample sample;
	struct err err = {0};

	sample_init(&sample, CAMPAIGN_RUN);
	campaign_excuse(sample.campaign, "6.1.1.5-2", "not selected", NULL);
	cr_assert_eq(journal_create(path, sample.campaign, 0, 1, &journal, &err), 0);
	cr_assert_eq(journal_add_finding(journal, &f, &err), 0);
	cr_assert_eq(journal_read(&path, 1, &read, &err), 0, "%s", err.text);
	cr_expect_eq(read.campaign->requirements[0].verdict, VERDICT_FAIL);
	cr_expect_str_eq(read.campaign->requirements[1].reason, "not selected");
	cr_expect_not(read.campaign->complete);
	journal_campaign_done(&read);
	finding_done(&f);
	cr_assert_eq(journal_close(journal, &err), 0);
	sample_done(&sample);
}

static void expect_error(const char *text, int code, const char *message)
{
	const char *path = sample_path("bad.jsonl");
	const char *twice[] = {path, path};
	struct journal_campaign read;
	struct err err = {0};
	char *expected = mem_printf("%s%s", path, message);

	sample_write(path, text);
	cr_expect_eq(journal_read(&path, 1, &read, &err), code, "%s", text);
	cr_expect_str_eq(err.text, expected);
	cr_expect_eq(journal_read(twice, 2, &read, &err), code, "%s", text);
	cr_expect_str_eq(err.text, expected);
	free(expected);
}

#define HEAD                                                                                                           \
	"{\"t\":\"campaign\",\"format\":1,\"kind\":\"run\",\"role\":\"server\",\"both_roles\":false,"                  \
	"\"reference\":false,\"seed\":\"1\",\"strict\":false,\"ims\":false,\"requirements\":[]}\n"

Test(reports, journal_errors_name_the_line)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
		{"", ": not a journal: no whole line"},
		{"{\"t\":", ": not a journal: no whole line"},
		{"\n", ":1: no JSON at byte 0: '[' or '{' expected near end of file"},
		{"{\"t\":\"note\",\"text\":\"x\"}\n", ":1: not a journal: no 'campaign' line first"},
		{HEAD HEAD, ":2: a second 'campaign' line"},
		{HEAD "{}\n", ":2: 't' is missing"},
		{HEAD "{\"t\":\"noise\"}\n", ":2: 't' has an unknown value"},
		{HEAD "{\"t\":\"note\"}\n", ":2: 'text' is missing"},
		{HEAD "{\"t\":\"note\",\"text\":1}\n", ":2: 'text' must be a text"},
		{HEAD "{\"t\":\"end\",\"shard\":-1}\n", ":2: 'shard' must be a whole number from 0"},
		{HEAD "{\"t\":\"count\",\"shard\":0,\"requirement\":\"x\",\"verdict\":\"good\",\"count\":1}\n",
		 ":2: 'verdict' has an unknown value"},
		{HEAD "{\"t\":\"count\",\"shard\":0,\"requirement\":\"x\",\"verdict\":\"pass\",\"count\":1}\n",
		 ":2: no requirement 'x' for this role"},
		{HEAD "{\"t\":\"excuse\",\"requirement\":\"x\",\"reason\":\"y\"}\n",
		 ":2: no requirement 'x' for this role"},
		{HEAD "{\"t\":\"finding\",\"order\":0,\"verdict\":\"pass\",\"evidence\":[{}]}\n",
		 ":2: 'requirement' is missing"},
		{HEAD "{\"t\":\"input\",\"shard\":0,\"dropped\":[]}\n", ":2: 'dropped' must be an object"},
		{HEAD "{\"t\":\"part\",\"shard\":0,\"shards\":1,\"address\":null}\n", ":2: 'address' must be a text"},
		{HEAD "\xff\n", ":2: no JSON at byte 0: unable to decode byte 0xff"},
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect_error(bad[i].text, -EBADMSG, bad[i].message);
}

Test(reports, journal_errors_of_the_first_line)
{
	expect_error("{\"t\":\"campaign\",\"format\":2,\"kind\":\"run\",\"role\":\"server\",\"requirements\":[]}\n",
		     -EBADMSG, ":1: format 2 is not known; this program reads 1");
	expect_error("{\"t\":\"campaign\",\"format\":1,\"kind\":\"walk\",\"role\":\"server\",\"requirements\":[]}\n",
		     -EBADMSG, ":1: 'kind' has an unknown value");
	expect_error("{\"t\":\"campaign\",\"format\":1,\"kind\":\"run\",\"role\":\"server\",\"requirements\":[{}]}\n",
		     -EBADMSG, ":1: requirements: 'id' is missing");
	expect_error("{\"t\":\"campaign\",\"format\":1,\"kind\":\"run\",\"role\":\"server\",\"both_roles\":false,"
		     "\"reference\":false,\"seed\":\"-1\",\"strict\":false,\"ims\":false,\"requirements\":[]}\n",
		     -EBADMSG, ":1: 'seed' must be a number in a text");
}

Test(reports, journal_errors_of_the_system)
{
	const char *none = "/nonexistent/journal";
	struct journal_campaign read;
	struct journal *journal;
	struct sample sample;
	struct err err = {0};

	cr_expect_eq(journal_read(&none, 1, &read, &err), -ENOENT);
	cr_expect_str_eq(err.text, "/nonexistent/journal: No such file or directory");
	cr_expect_not(journal_probe(none));
	sample_init(&sample, CAMPAIGN_RUN);
	cr_expect_eq(journal_create(none, sample.campaign, 0, 1, &journal, &err), -ENOENT);
	cr_expect_str_eq(err.text, "/nonexistent/journal: No such file or directory");
	cr_expect_eq(journal_create("/dev/full", sample.campaign, 0, 1, &journal, &err), -ENOSPC);
	cr_expect_str_eq(err.text, "/dev/full: No space left on device");
	sample_done(&sample);
}

static void append(char **list, size_t count, const char *prefix)
{
	for (size_t i = 0; i < count; i++)
		list[i] = mem_printf("%s%zu", sample_path(prefix), i);
}

/* Three shards of the sample's run, each with a third of the findings and cases. */
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

	write_sample(whole, "wire");
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
	write_journal(good, sample.campaign, 0, 1);
	campaign_add_case(sample.campaign, 0, "push", NULL)->verdict = VERDICT_INCONC;
	write_journal(bad, sample.campaign, 0, 1);
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
	write_journal(a, sample.campaign, 1, 2);
	sample.campaign->seed = 8;
	write_journal(b, sample.campaign, 2, 2);
	cr_expect_eq(journal_merge((const char *[]){a, b}, 2, out, &err), -EINVAL);
	expected = mem_printf("%s:1: %s and %s are of different campaigns: 'seed' differs", b, a, b);
	cr_expect_str_eq(err.text, expected);
	free(expected);
	sample.campaign->seed = 7;
	write_journal(b, sample.campaign, 2, 5);
	cr_expect_eq(journal_merge((const char *[]){a, b}, 2, out, &err), -EINVAL);
	cr_expect_str_eq(err.text, "shards of 2 and of 5 can't be joined");
	cr_expect_neq(access(out, F_OK), 0);
	cr_expect_eq(journal_merge(&a, 1, "/nonexistent/out", &err), -ENOENT);
	cr_expect_str_eq(err.text, "/nonexistent/out: No such file or directory");
	sample_done(&sample);
}

/* A journal is a file like any other: what it says is no cleaner than who wrote it. */
Test(reports, journal_texts_are_clean_once_read)
{
	const char *path = sample_path("dirty.jsonl");
	struct journal_campaign read;
	struct err err = {0};

	sample_write(path, HEAD "{\"t\":\"note\",\"text\":\"a\\u001b[31m\\n::error::\\\\x01\\u202eü\"}\n"
				"{\"t\":\"case\",\"order\":0,\"name\":\"\\r\",\"requirements\":[\"\\u0007\",1],"
				"\"verdict\":\"fail\",\"reason\":\"\",\"duration\":0,\"user\":\"\",\"repeat\":\"\","
				"\"ladder\":\"a\\nb\\u0000\"}\n");
	cr_expect_eq(journal_read(&path, 1, &read, &err), -EBADMSG);
	sample_write(path, HEAD "{\"t\":\"note\",\"text\":\"a\\u001b[31m\\n::error::\\\\x01\\u202eü\"}\n"
				"{\"t\":\"case\",\"order\":0,\"name\":\"\\r\",\"requirements\":[\"\\u0007\"],"
				"\"verdict\":\"fail\",\"reason\":\"\",\"duration\":0,\"user\":\"\",\"repeat\":\"\","
				"\"ladder\":\"a\\nb\\u0001\"}\n");
	cr_assert_eq(journal_read(&path, 1, &read, &err), 0, "%s", err.text);
	cr_expect_str_eq(read.campaign->notes[0], "a\\x1b[31m\\x0a::error::\\x01\\xe2\\x80\\xaeü");
	cr_expect_str_eq(read.campaign->cases[0].name, "\\x0d");
	cr_expect_str_eq(read.campaign->cases[0].requirements[0], "\\x07");
	cr_expect_str_eq(read.campaign->cases[0].ladder, "a\nb\\x01");
	journal_campaign_done(&read);
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

	write_sample(whole, "wire");
	expected = merged(&whole, 1, canon);
	cr_assert_eq(mkfifo(pipe, 0600), 0);
	cr_assert_eq(system(command), 0);
	expect_merged(expected, &pipe, 1);
	free(command);
	free(expected);
}
