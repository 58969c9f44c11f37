/* SPDX-License-Identifier: MIT */
#include "reports/sample.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

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
	sample_journal(path, sample.campaign, 0, 1);
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

	sample_write_journal(path, "");
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
		{"\n", ":1: not a journal: no 'campaign' line first"},
		{"{\n", ":1: no JSON at byte 1: string or '}' expected near end of file"},
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
