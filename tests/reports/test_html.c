/* SPDX-License-Identifier: MIT
 *
 * The HTML report: its parts, its limits, and that no text becomes markup. */
#include "reports/sample.h"
#include "base/mem.h"
#include "base/text.h"
#include "reports/html.h"
#include "reports/ladder.h"

#include <criterion/criterion.h>
#include <libxml/HTMLparser.h>
#include <stdlib.h>

static void expect_message(const char *raw, uint32_t from, uint32_t to, const char *shown)
{
	struct buf out = {0};
	char *whole = mem_printf("<pre><code>%s</code></pre>\n", shown);

	html_message(&out, raw, from, to);
	cr_expect_str_eq(out.p, whole);
	free(whole);
	buf_done(&out);
}

Test(reports, html_marks_the_bytes_that_matter)
{
	expect_message("A: b\nC: d\n\n", 6, 7, "A: b\n<mark>C</mark>: d\n\n");
	expect_message("A: b\nC: d\n\n", 6, 10, "A: b\n<mark>C: d</mark>\n\n");
	expect_message("A: b", 0, 0, "A: b");
	expect_message("A: b", 3, 5, "A: b");
	expect_message("A: b", 3, 4, "A: <mark>b</mark>");
	expect_message("A: b\n\n\tc", 6, 9, "A: b\n<mark>\n\t</mark>c");
	expect_message("A: <b>", 3, 5, "A: <mark>&lt;b</mark>&gt;");
}

/* Each \xNN and each double backslash was one byte. */
Test(reports, html_marks_behind_escapes)
{
	expect_message("A\\x00\\x1b\\\\B", 4, 5, "A\\x00\\x1b\\\\<mark>B</mark>");
	expect_message("A\\x00\\x1b\\\\B", 2, 3, "A\\x00<mark>\\x1b</mark>\\\\B");
	expect_message("\xc3\xa4"
		       "B",
		       2, 3, "\xc3\xa4<mark>B</mark>");
}

/* The length of the body tells what its lines end in. */
Test(reports, html_marks_in_bodies)
{
	expect_message("A\nContent-Length: 4\n\na\nb\n", 26, 27, "A\nContent-Length: 4\n\na\n<mark>b</mark>\n");
	expect_message("A\nContent-Length: 6\n\na\nb\n", 27, 28, "A\nContent-Length: 6\n\na\n<mark>b</mark>\n");
	expect_message("A\nl: 4\n\na\nb\n", 13, 14, "A\nl: 4\n\na\n<mark>b</mark>\n");
}

Test(reports, html_masks_digest_answers)
{
	expect_message("Authorization: Digest uri=\"x\", response=\"0a1b\", nc=1\nresponse=\"0a\"", 0, 0,
		       "Authorization: Digest uri=&quot;x&quot;, response=&quot;****&quot;, nc=1\n"
		       "response=&quot;0a&quot;");
	expect_message("proxy-authorization: Digest response=\"0a", 0, 0,
		       "proxy-authorization: Digest response=&quot;**");
	expect_message("Authorization : Digest username=\"response\\\\\"\", response = 0a1b,qop=auth\n\nx", 0, 0,
		       "Authorization : Digest username=&quot;response\\\\&quot;&quot;, response = ****,qop=auth\n\nx");
	expect_message("Authorization: Digest uri=\"x\",\n\tresponse\n =\"0a\"\nTo: b", 0, 0,
		       "Authorization: Digest uri=&quot;x&quot;,\n\tresponse\n =&quot;**&quot;\nTo: b");
	expect_message("Authorization: Basic YTpi\nTo: b", 0, 0, "Authorization: Basic ****\nTo: b");
	expect_message("Authorization", 0, 0, "Authorization");
	expect_message("Authorization: Digest response=", 0, 0, "Authorization: Digest response=");
}

static char *ladder_of(const struct ladder_arrow *arrows, size_t count, bool times)
{
	struct buf notation = {0}, out = {0};

	ladder_note(&notation, arrows, count);
	cr_assert(html_ladder(&out, notation.p, times));
	buf_done(&notation);
	return buf_take(&out);
}

Test(reports, html_ladder)
{
	static const struct ladder_arrow arrows[] = {
		{.time = 5000000, .from = "alice", .to = "IM Server", .label = "PUBLISH"},
		{.time = 505000000, .from = "alice", .to = "IM Server", .label = "PUBLISH", .mark = LADDER_AGAIN},
		{.time = 1505000000,
		 .from = "IM Server",
		 .to = "alice",
		 .label = "200 <OK>",
		 .mark = LADDER_WRONG,
		 .note = "6.1.1.5-1 fail\nand more",
		 .expected = "the answer has status 403"},
		{.time = 1505000000, .from = "alice", .to = "alice", .label = "INFO"},
	};

	sample_golden("ladder.svg", ladder_of(arrows, 4, true));
	sample_golden("ladder-numbers.svg", ladder_of(arrows, 4, false));
}

Test(reports, html_ladder_of_too_many_parties_is_none)
{
	struct ladder_arrow arrows[13];
	struct buf notation = {0}, out = {0};
	char names[13][4];

	for (unsigned i = 0; i < ARRAY_LEN(arrows); i++) {
		snprintf(names[i], sizeof(names[i]), "p%u", i);
		arrows[i] = (struct ladder_arrow){.from = names[i], .to = names[0], .label = "INFO"};
	}
	ladder_note(&notation, arrows, ARRAY_LEN(arrows));
	cr_expect_not(html_ladder(&out, notation.p, false));
	cr_expect_not(html_ladder(&out, "", false));
	cr_expect_not(html_ladder(&out, "no ladder", false));
	cr_expect_eq(out.len, 0);
	buf_done(&notation);
}

/* --- the whole page --- */

Test(reports, golden_html)
{
	struct sample sample;

	sample_init(&sample, CAMPAIGN_RUN);
	sample_fill(&sample, "");
	sample_golden("run.html", sample_report("html", sample.campaign, &(struct report_options){0}));
	sample_done(&sample);
	sample_init(&sample, CAMPAIGN_AUDIT);
	campaign_settle(sample.campaign);
	sample_golden("empty.html", sample_report("html", sample.campaign, &(struct report_options){0}));
	sample_done(&sample);
}

/* What the browser's test looks at: a ladder, a message with marked bytes, and a text that would like to be more. */
Test(reports, golden_html_with_all_there_is)
{
	static const char wire[] = "<script>alert(1)</script> \"><img src=x onerror=alert(1)> </pre></code>";
	static const struct ladder_arrow arrows[] = {
		{.time = 5000000, .from = "alice", .to = "IM Server", .label = "PUBLISH"},
		{.time = 1505000000,
		 .from = "IM Server",
		 .to = "alice",
		 .label = wire,
		 .mark = LADDER_WRONG,
		 .note = wire,
		 .expected = "the answer has status 403"},
	};
	struct sample sample;
	struct buf notation = {0};
	struct finding f;

	sample_init(&sample, CAMPAIGN_RUN);
	f = sample_finding("6.1.1.5-1", VERDICT_FAIL, 0, "SIP/2.0 200 OK");
	f.expected = mem_strdup("the answer has status 403");
	f.case_name = mem_strdup("publish-untagged");
	f.evidence[0] = (struct evidence){0, 1, 0, 8, 11, mem_strdup("200 OK (PUBLISH)"), NULL};
	f.evidence[0].raw = mem_printf("SIP/2.0 200 OK\nSubject: %s\n\n", wire);
	f.evidence_count = 1;
	cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	sample_fill(&sample, wire);
	ladder_note(&notation, arrows, ARRAY_LEN(arrows));
	for (size_t i = 0; i < sample.campaign->case_count; i++)
		campaign_set_text(&sample.campaign->cases[i].ladder, notation.p);
	sample_golden("whole.html", sample_report("html", sample.campaign, &(struct report_options){.times = true}));
	buf_done(&notation);
	sample_done(&sample);
}

static unsigned count_elements(const xmlNode *node)
{
	unsigned n = 0;

	for (; node; node = node->next)
		n += (node->type == XML_ELEMENT_NODE) + count_elements(node->children);
	return n;
}

static unsigned elements_of(const char *wire)
{
	struct sample sample;
	struct finding f;
	char *text;
	htmlDocPtr doc;
	unsigned n;

	sample_init(&sample, CAMPAIGN_RUN);
	f = sample_finding("6.1.1.5-1", VERDICT_FAIL, 0, "x");
	f.evidence[0] = (struct evidence){0, 1, 0, 2, 6, mem_strdup("line"), mem_printf("ab%sdefg", wire)};
	f.evidence_count = 1;
	cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	sample_fill(&sample, wire);
	text = sample_report("html", sample.campaign, &(struct report_options){0});
	cr_assert_null(strstr(text, "<script"));
	cr_assert_null(strstr(text, "<!--"));
	doc = htmlReadMemory(text, (int)strlen(text), NULL, "UTF-8",
			     HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	n = count_elements(xmlDocGetRootElement(doc));
	xmlFreeDoc(doc);
	free(text);
	sample_done(&sample);
	return n;
}

/* Whatever comes, the page has the same elements. */
Test(reports, hostile_html)
{
	static const char *const wires[] = {
		"<script>alert(1)</script>",
		"\"><img src=x onerror=alert(1)>",
		"'><svg onload=alert(1)>",
		"</pre></code><a href=x>",
		"<!-- ",
		"]]>",
		"&lt;b&gt;",
		"</title></style><b>",
		"=cmd|' /C calc'!A0",
		"::error::x",
		"\x1b[31m",
		"`",
		"\xff\xfe",
		"\xe2\x80\xae",
		"<\xc3",
		"%s%n",
	};
	unsigned n = elements_of("plain");

	cr_assert_gt(n, 100);
	for (size_t i = 0; i < ARRAY_LEN(wires); i++)
		cr_expect_eq(elements_of(wires[i]), n, "%s", wires[i]);
	xmlCleanupParser();
}

/* Every requirement fails for every user: the page stays small, and nothing is left uncounted. */
Test(reports, html_of_a_large_audit)
{
	struct sample sample;
	char *raw = mem_alloc(16001), *text;

	memset(raw, '<', 16000);
	sample_init(&sample, CAMPAIGN_AUDIT);
	for (size_t i = 0; i < sample.campaign->requirement_count; i++)
		for (unsigned j = 0; j < 1200; j++) {
			struct finding f = sample_finding(sample.campaign->requirements[i].requirement->id,
							  j % 2 ? VERDICT_FAIL : VERDICT_INCONC, j, "what was there");

			f.evidence[0] = (struct evidence){0, j + 1, 0, 0, 0, mem_strdup("line"), mem_strdup(raw)};
			f.evidence_count = 1;
			cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
		}
	campaign_settle(sample.campaign);
	text = sample_report("html", sample.campaign, &(struct report_options){0});
	cr_expect_lt(strlen(text), 2000000);
	cr_expect(strstr(text, "more with the verdict fail"));
	cr_expect(strstr(text, "more with the verdict inconc"));
	free(text);
	free(raw);
	sample_done(&sample);
}
