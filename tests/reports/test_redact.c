/* SPDX-License-Identifier: MIT */
#include "reports/sample.h"
#include "base/mem.h"
#include "reports/redact.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const char raw[] = "PUBLISH sip:alice@im.example SIP/2.0\n"
			  "From: \"Alice Smith\" <sip:alice@im.example>;tag=1\n"
			  "Event: odd\nContact: <tel:+4912345;x=1>, <sip:im.example>\n\n";

static void expect_range(const char *marked, const char *after)
{
	const char *place = strstr(raw, marked);
	struct finding f = sample_finding("6.1.1.5-1", VERDICT_FAIL, 1, "alice sent x for bob-1. and malice");
	struct sample sample;
	char *page;
	uint32_t from = (uint32_t)(place - raw);

	for (const char *p = raw; p < place; p++)
		from += *p == '\n';
	sample_init(&sample, CAMPAIGN_RUN);
	f.reason = mem_strdup("im:bob-1@im.example is unknown");
	f.evidence[0] =
		(struct evidence){0, 1, 0, from, from + (uint32_t)strlen(marked), mem_strdup("x"), mem_strdup(raw)};
	f.evidence_count = 1;
	cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	campaign_settle(sample.campaign);
	redact_campaign(sample.campaign);
	page = sample_report("html", sample.campaign, &(struct report_options){0});
	cr_expect(strstr(page, after), "%s in %s", after, page);
	cr_expect_null(strstr(page, "Alice"));
	cr_expect_null(strstr(page, "bob-1"));
	cr_expect_null(strstr(page, "4912345"));
	cr_expect(strstr(page, "user-1 sent x for user-2. and malice"));
	cr_expect(strstr(page, "&lt;tel:user-3;x=1&gt;, &lt;sip:im.example&gt;"));
	free(page);
	sample_done(&sample);
}

/* The same identity has the same pseudonym everywhere, and what is marked stays marked. */
Test(reports, redaction_moves_marks)
{
	expect_range("Event: odd", "<mark>Event: odd</mark>\n");
	expect_range("PUBLISH", "<mark>PUBLISH</mark> sip:user-1@im.example");
	expect_range("sip:alice@im.example", "<mark>sip:user-1@im.example</mark> SIP/2.0");
	expect_range("lice Smith", "&quot;<mark>name</mark>&quot; &lt;sip:user-1@");
	expect_range("tag=1", ";<mark>tag=1</mark>\n");
}

/* Names of cases and ids stay, and so does a campaign without users. */
Test(reports, redaction_of_the_sample)
{
	struct sample sample;

	sample_init(&sample, CAMPAIGN_RUN);
	sample_fill(&sample, "");
	redact_campaign(sample.campaign);
	sample_golden("redacted.txt", sample_report("text", sample.campaign, &(struct report_options){0}));
	sample_done(&sample);
}
