/* SPDX-License-Identifier: MIT
 *
 * The report for terminals, where goldens do not reach. */
#include "reports/sample.h"
#include "reports/quote.h"
#include "base/mem.h"
#include "reports/journal.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static void add_open(struct sample *sample, unsigned number, const char *reason)
{
	struct finding f = sample_finding("6.1.1.5-1", VERDICT_INCONC, number, "");
	struct campaign_case *c;
	char name[16];

	f.reason = mem_strdup(reason);
	cr_assert_eq(campaign_add_finding(sample->campaign, &f, NULL), 0);
	snprintf(name, sizeof(name), "case-%u", number);
	c = campaign_add_case(sample->campaign, number, name, NULL);
	c->verdict = VERDICT_INCONC;
	campaign_set_text(&c->reason, reason);
}

/* One that nobody answers says so once; what a case has of its own is still told. */
Test(reports, text_tells_once_why_all_cases_are_open)
{
	struct sample sample;
	char *text;

	sample_init(&sample, CAMPAIGN_RUN);
	add_open(&sample, 0, "a reason of its own");
	for (unsigned i = 1; i <= 20; i++)
		add_open(&sample, i, "the IUT does not answer");
	campaign_settle(sample.campaign);
	text = sample_report("text", sample.campaign, &(struct report_options){0});
	cr_expect_not_null(strstr(text, "inconc 20 cases\n    because   the IUT does not answer\n"), "%s", text);
	cr_expect_not_null(strstr(text, "inconc case case-0\n    because   a reason of its own\n"), "%s", text);
	cr_expect_null(strstr(text, "case case-7"), "%s", text);
	cr_expect_not_null(strstr(text, "6.1.1.5-1 (SHALL, server)"), "%s", text);
	free(text);
	sample_done(&sample);
}

/* What the ICS claims and what was seen differ: in every format, and back from a journal. */
Test(reports, claims_show_in_every_format)
{
	static const char *const formats[] = {"text", "json", "markdown", "html", "sctr", "tap", "junit"};
	const char *path = sample_path("claims.journal");
	struct journal_campaign read;
	struct journal *journal;
	struct sample sample;
	struct err err = {0};

	sample_init(&sample, CAMPAIGN_RUN);
	sample.campaign->complete = true;
	campaign_claim(sample.campaign, "12.2.2.2-2g", CLAIM_NO, NULL);
	campaign_claim(sample.campaign, "6.1.1.5-1", CLAIM_NO, NULL);
	campaign_shown(sample.campaign, "12.2.2.2-2g", NULL);
	cr_assert_eq(journal_create(path, sample.campaign, 0, 1, &journal, &err), 0, "%s", err.text);
	cr_assert_eq(journal_close(journal, &err), 0, "%s", err.text);
	cr_assert_eq(journal_read(&path, 1, &read, &err), 0, "%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		char *text = sample_report(formats[i], read.campaign, &(struct report_options){0});
		const char *wanted = i < 5 ? "mandatory, and not claimed" : "nothing was judged";

		cr_expect_not_null(strstr(text, wanted), "%s:\n%s", formats[i], text);
		cr_expect(i >= 5 || strstr(text, "present and not declared"), "%s:\n%s", formats[i], text);
		free(text);
	}
	cr_expect_eq(campaign_exit_status(read.campaign), 1);
	journal_campaign_done(&read);
	sample_done(&sample);
}

Test(reports, claims_of_a_campaign_that_passed_refuse_it)
{
	struct finding pass = sample_finding("6.1.1.5-2", VERDICT_PASS, 1, "489");
	struct sample sample;
	char *text;

	sample_init(&sample, CAMPAIGN_RUN);
	sample.campaign->complete = true;
	campaign_claim(sample.campaign, "6.1.1.5-1", CLAIM_NO, NULL);
	cr_assert_eq(campaign_add_finding(sample.campaign, &pass, NULL), 0);
	campaign_settle(sample.campaign);
	text = sample_report("tap", sample.campaign, &(struct report_options){0});
	cr_expect_not_null(strstr(text, "the ICS and what was seen differ"), "%s", text);
	free(text);
	sample_done(&sample);
}

Test(reports, a_word_of_a_command_line_is_one_word)
{
	struct buf to = {0};

	quote_shell(&to, "it's $HOME; `x` \"y\"\n");
	cr_expect_str_eq(to.p, "'it'\\''s $HOME; `x` \"y\"\n'");
	buf_clear(&to);
	quote_shell(&to, "");
	cr_expect_str_eq(to.p, "''");
	buf_done(&to);
}
