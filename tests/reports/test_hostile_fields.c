/* SPDX-License-Identifier: MIT
 *
 * What wants to be more than text, in every field that a report has, through every format. */
#include "reports/interop.h"
#include "reports/quote.h"
#include "reports/sample.h"
#include "base/mem.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include "reports/json_read.h"
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <stdlib.h>

static const char *const wires[] = {
	"<script>alert(1)</script>",
	"\"><img src=x onerror=alert(1)>",
	"' onmouseover='alert(1)",
	"</pre></code></td><a href=javascript:alert(1)>x</a>",
	"]]></failure><testcase name=\"x\"/>",
	"<!-- <![CDATA[ <?php",
	"&lt;b&gt; &#60; &amp",
	"::error file=x::owned",
	"##[error]owned",
	"##vso[task.complete]",
	"[[ATTACHMENT|/etc/passwd]]",
	"section_start:0:x",
	"ok 1 - owned\nBail out!\n1..0 # SKIP",
	"not ok # TO"
	"DO later",
	"=HYPERLINK(\"http://x\")",
	"=cmd|' /C calc'!A0",
	"+1+1 @SUM(A1) -2",
	"| a | b |\n|---|---|",
	"# heading `code` *bold* [x](y) @all #1",
	"{\"a\":\"\\u0000\"}",
	"\x1b[31m\x1b]0;owned\x07\x1b[2J",
	"\r\noverwritten\b\b\b\x7f",
	"\xe2\x80\xae"
	"dlrow \xe2\x81\xa6x",
	"\xff\xfe\xc3\x28\xed\xa0\x80\xf5",
	"\xef\xbf\xbe\xef\xbf\xbf\xef\xbb\xbf",
	"%s%n%x",
	"$(reboot) `reboot` ; reboot",
	"\\x3cscript\\x3e",
};

static char *clean_of(const char *wire)
{
	struct buf out = {0};

	text_clean(&out, slice_of(wire), TEXT_LINE_MAX);
	return buf_take(&out);
}

static void add_finding(struct campaign *campaign, const char *requirement, enum verdict verdict, uint64_t order,
			const char *text)
{
	struct finding f = sample_finding(requirement, verdict, order, text);

	free(f.user);
	f.user = mem_strdup(text);
	f.rule = mem_strdup(text);
	f.case_name = mem_strdup(text);
	f.expected = mem_strdup(verdict == VERDICT_PASS ? "" : text);
	f.reason = mem_strdup(verdict == VERDICT_FAIL ? "" : text);
	f.evidence[0] = (struct evidence){
		0, 1, 0, 0, 1, mem_strdup(text), mem_printf("%s\n%s: %s\n\n%s", text, text, text, text)};
	f.evidence_count = 1;
	cr_assert_eq(campaign_add_finding(campaign, &f, NULL), 0);
}

static void fill(struct campaign *campaign, const char *text)
{
	static const enum verdict verdicts[] = {VERDICT_FAIL, VERDICT_PASS,  VERDICT_INCONC,
						VERDICT_WARN, VERDICT_ERROR, VERDICT_NONE};
	struct campaign_case *c = campaign_add_case(campaign, 0, text, NULL);

	c->verdict = VERDICT_FAIL;
	campaign_set_text(&c->user, text);
	campaign_set_text(&c->reason, text);
	campaign_set_text(&c->repeat, text);
	free(c->ladder);
	c->ladder = mem_printf("@ 0 wrong\n< %s\n> b\n= %s\n? %s\n! %s\n", text, text, text, text);
	campaign_set_address(campaign, text);
	campaign_add_file(campaign, text);
	campaign_add_note(campaign, text);
	campaign_add_dropped(campaign, text, 1);
	campaign_add_fact(campaign, "ixit", text, text);
	campaign_add_fact(campaign, "left out", text, text);
	campaign_add_fact(campaign, "system", "implementation", text);
	cr_assert_eq(campaign_excuse(campaign, "6.1.1.5-6", text, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++)
		add_finding(campaign, campaign->requirements[i].requirement->id, verdicts[i], i, text);
	campaign->complete = true;
	campaign_settle(campaign);
}

static unsigned count_elements(const xmlNode *node)
{
	unsigned n = 0;

	for (; node; node = node->next)
		n += (node->type == XML_ELEMENT_NODE) + count_elements(node->children);
	return n;
}

static unsigned elements_of(const char *format, const char *report, const char *wire)
{
	bool html = strcmp(format, "html") == 0;
	int options = XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET;
	xmlDoc *doc = html ? htmlReadMemory(report, (int)strlen(report), NULL, "UTF-8",
					    HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET)
			   : xmlReadMemory(report, (int)strlen(report), NULL, NULL, options);
	unsigned n;

	cr_assert_not_null(doc, "%s of %s is not well formed", format, wire);
	n = count_elements(xmlDocGetRootElement(doc));
	xmlFreeDoc(doc);
	return n;
}

/* Of all formats: text that no terminal, no editor and no runner takes for more. */
static void check_bytes(const char *format, const char *report, const char *wire)
{
	static const char *const bidi[] = {"\xe2\x80\xae", "\xe2\x81\xa6", "\xef\xbb\xbf"};

	for (const char *p = report; *p;) {
		size_t n = quote_utf8_len(p);

		cr_assert_gt(n, 0, "%s of %s is no UTF-8", format, wire);
		cr_assert((unsigned char)*p >= 0x20 || *p == '\n', "%s of %s: control byte %02x", format, wire, *p);
		cr_assert_neq(*p, 0x7f, "%s of %s", format, wire);
		p += n;
	}
	for (size_t i = 0; i < ARRAY_LEN(bidi); i++)
		cr_assert_null(strstr(report, bidi[i]), "%s of %s turns its line around", format, wire);
}

/* Lines that a runner or a harness acts on begin with a word of theirs. */
static void check_lines(const char *format, const char *report, const char *wire)
{
	static const char *const words[] = {"::", "Bail out", "1..0", "section_start", "=", "+", "@"};
	unsigned plans = 0;

	cr_assert_null(strstr(report, "##["), "%s of %s", format, wire);
	cr_assert_null(strstr(report, "##vso["), "%s of %s", format, wire);

	for (const char *line = report; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		plans += strncmp(line, "1..", 3) == 0;
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			cr_assert_neq(strncmp(line + strspn(line, " \t"), words[i], strlen(words[i])), 0, "%s: %.60s",
				      format, line);
	}
	if (strcmp(format, "tap") == 0)
		cr_assert_eq(plans, 1, "%s", wire);
	if (strcmp(format, "tap") == 0)
		cr_assert_null(strstr(report, "# TO"
					      "DO"),
			       "%s", wire);
}

static void check_json(const char *report, const char *wire, const char *clean)
{
	json_error_t error;
	json_t *json = json_loads(report, JSON_REJECT_DUPLICATES, &error);
	const json_t *campaign = json_object_get(json, "campaign");

	cr_assert_not_null(json, "%s: %s", wire, error.text);
	cr_expect_str_eq(json_string_value(json_object_get(json_object_get(campaign, "iut"), "address")), clean);
	json_decref(json);
}

static void check_markdown(const char *report, const char *wire)
{
	static const char *const own[] = {"<code>", "</code>", "<pre>", "</pre>"};

	for (const char *p = strchr(report, '<'); p; p = strchr(p + 1, '<')) {
		bool is_own = false;

		for (size_t i = 0; i < ARRAY_LEN(own); i++)
			is_own |= strncmp(p, own[i], strlen(own[i])) == 0;
		cr_assert(is_own, "%s: %.40s", wire, p);
	}
	cr_assert_null(strpbrk(report, "`@[]\\\"'$~{}^"), "%s", wire);
}

struct shape { /* what must not depend on the wire */
	unsigned html, junit;
};

static struct shape check_wire(const char *wire)
{
	char *clean = clean_of(wire);
	struct shape shape = {0};
	struct sample sample;

	sample_init(&sample, CAMPAIGN_RUN);
	fill(sample.campaign, clean);
	for (const struct report_format *format = report_formats; format->name; format++) {
		char *report;

		if (strcmp(format->name, "pcapng") == 0)
			continue; /* of bytes: tests/reports/test_tools.c */
		report = sample_report(format->name, sample.campaign, &(struct report_options){.times = true});
		check_bytes(format->name, report, wire);
		if (strcmp(format->name, "html") == 0)
			shape.html = elements_of("html", report, wire);
		else if (strcmp(format->name, "junit") == 0)
			shape.junit = elements_of("junit", report, wire);
		else if (strcmp(format->name, "json") == 0)
			check_json(report, wire, clean);
		else if (strcmp(format->name, "markdown") == 0)
			check_markdown(report, wire);
		else
			check_lines(format->name, report, wire);
		if (strcmp(format->name, "junit") == 0)
			cr_expect_null(strstr(report, "[[ATTACHMENT|/etc"));
		free(report);
	}
	sample_done(&sample);
	free(clean);
	return shape;
}

Test(reports, hostile_fields)
{
	struct shape plain = check_wire("plain");

	cr_assert_gt(plain.html, 100);
	cr_assert_gt(plain.junit, 10);
	for (size_t i = 0; i < ARRAY_LEN(wires); i++) {
		struct shape shape = check_wire(wires[i]);

		cr_expect_eq(shape.html, plain.html, "%s: %u elements, not %u", wires[i], shape.html, plain.html);
		cr_expect_eq(shape.junit, plain.junit, "%s: %u elements, not %u", wires[i], shape.junit, plain.junit);
	}
	xmlCleanupParser();
}

/* The same side by side: names of implementations are those of files. */
Test(reports, hostile_names_of_implementations)
{
	for (size_t i = 0; i < ARRAY_LEN(wires); i++) {
		char *clean = clean_of(wires[i]), *text = NULL;
		const char *names[] = {clean, clean};
		struct sample a, b;
		size_t len;
		FILE *to = open_memstream(&text, &len);

		sample_init(&a, CAMPAIGN_RUN);
		sample_init(&b, CAMPAIGN_RUN);
		fill(a.campaign, clean);
		fill(b.campaign, clean);
		interop_html(&(struct interop){(const struct campaign *[]){a.campaign, b.campaign}, names, 2},
			     &(struct report_options){0}, to, NULL);
		fclose(to);
		check_bytes("html", text, wires[i]);
		cr_expect_null(strstr(text, "<script"), "%s", wires[i]);
		cr_expect_null(strstr(text, "<img"), "%s", wires[i]);
		cr_expect_null(strstr(text, "<!--"), "%s", wires[i]);
		free(text);
		free(clean);
		sample_done(&a);
		sample_done(&b);
	}
}
