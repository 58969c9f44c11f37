/* SPDX-License-Identifier: MIT
 *
 * The report for terminals, where goldens do not reach. */
#include "reports/sample.h"
#include "base/mem.h"

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
