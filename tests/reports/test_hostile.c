/* SPDX-License-Identifier: MIT
 *
 * Every one- and two-byte value of the wire, through every format, wherever texts of the wire may stand. */
#include "reports/sample.h"
#include "base/mem.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include "reports/json_read.h"
#include <libxml/parser.h>
#include <stdlib.h>

enum { VALUES = 257 }; /* cases of one campaign: a first byte alone, and with every second one */

struct hostile {
	struct sample sample;
	char *clean[VALUES]; /* names of the cases */
};

static char *clean_of(unsigned first, unsigned i)
{
	char bytes[2] = {(char)first, (char)(i - 1)};
	struct buf out = {0};

	buf_printf(&out, "%03u ", i);
	text_clean(&out, (struct slice){bytes, i ? 2 : 1}, TEXT_LINE_MAX);
	return buf_take(&out);
}

static void hostile_init(struct hostile *hostile, unsigned first)
{
	struct campaign *campaign;

	sample_init(&hostile->sample, CAMPAIGN_RUN);
	campaign = hostile->sample.campaign;
	for (unsigned i = 0; i < VALUES; i++) {
		const char *wire = hostile->clean[i] = clean_of(first, i);
		struct campaign_case *c = campaign_add_case(campaign, i, wire, NULL);
		struct finding f = sample_finding("6.1.1.5-1", VERDICT_FAIL, i, wire);

		c->verdict = VERDICT_FAIL;
		campaign_set_text(&c->reason, wire + 4);
		campaign_set_text(&c->repeat, wire + 4);
		campaign_set_text(&c->ladder, wire);
		f.expected = mem_strdup(wire + 4);
		cr_assert_eq(campaign_add_finding(campaign, &f, NULL), 0);
	}
	campaign_add_note(campaign, hostile->clean[0] + 4);
	campaign->complete = true;
	campaign_settle(campaign);
}

static void hostile_done(struct hostile *hostile)
{
	for (unsigned i = 0; i < VALUES; i++)
		free(hostile->clean[i]);
	sample_done(&hostile->sample);
}

typedef void check_fn(const struct hostile *hostile, char *report);

static void check_every_value(const char *format, check_fn *check)
{
	for (unsigned first = 0; first < 256; first++) {
		struct hostile hostile;
		char *report;

		hostile_init(&hostile, first);
		report = sample_report(format, hostile.sample.campaign, &(struct report_options){0});
		check(&hostile, report);
		free(report);
		hostile_done(&hostile);
	}
}

/* Nothing that a CI runner, a terminal or an editor could take for more than text. */
static void check_line(const char *line)
{
	const char *start = line + strspn(line, " \t");

	cr_assert(strncmp(start, "::", 2) != 0, "%s", line);
	cr_assert_null(strstr(line, "##["), "%s", line);
	for (const char *p = line; *p; p++)
		cr_assert((unsigned char)*p >= 0x20 && *p != 0x7f, "%s", line);
}

static unsigned count_lines(char *report, const char *prefix)
{
	unsigned n = 0;

	for (char *line = strtok(report, "\n"); line; line = strtok(NULL, "\n")) {
		check_line(line);
		n += strncmp(line, prefix, strlen(prefix)) == 0;
	}
	return n;
}

static void check_text(const struct hostile *hostile, char *report)
{
	for (unsigned i = 0; i < VALUES; i++)
		cr_assert(strstr(report, hostile->clean[i]) || strstr(hostile->clean[i], "##") ||
				  hostile->clean[i][strlen(hostile->clean[i]) - 1] == ' ',
			  "'%s' is not shown", hostile->clean[i]);
	cr_assert_eq(count_lines(report, "fail   case "), VALUES);
}

Test(reports, hostile_text)
{
	check_every_value("text", check_text);
}

static void check_sctr(const struct hostile *hostile, char *report)
{
	cr_assert_eq(count_lines(report, "fail    "), VALUES + 1);
}

Test(reports, hostile_sctr)
{
	check_every_value("sctr", check_sctr);
}

static void check_tap(const struct hostile *hostile, char *report)
{
	cr_assert_null(strstr(report, "# TO"
				      "DO"));
	cr_assert_eq(count_lines(report, "not ok "), VALUES + 2);
}

Test(reports, hostile_tap)
{
	check_every_value("tap", check_tap);
}

static void check_json(const struct hostile *hostile, char *report)
{
	json_error_t error;
	json_t *json = json_loads(report, JSON_REJECT_DUPLICATES, &error);
	json_t *cases = json_object_get(json, "cases");

	cr_assert_not_null(json, "%s at %d", error.text, error.position);
	for (unsigned i = 0; i < VALUES; i++)
		cr_assert_str_eq(json_string_value(json_object_get(json_array_get(cases, i), "name")),
				 hostile->clean[i]);
	json_decref(json);
}

Test(reports, hostile_json)
{
	check_every_value("json", check_json);
}

/* The cases' suite is the second; attributes and texts are read back. */
static void check_junit(const struct hostile *hostile, char *report)
{
	xmlDoc *doc = xmlReadMemory(report, (int)strlen(report), "junit", NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
	xmlNode *test;
	unsigned i = 0;

	cr_assert_not_null(doc);
	test = xmlDocGetRootElement(doc)->children->next->children;
	for (; test; test = test->next, i++) {
		xmlChar *name = xmlGetProp(test, (const xmlChar *)"name");

		if (!strstr(hostile->clean[i], "[["))
			cr_assert_str_eq((char *)name, hostile->clean[i]);
		cr_assert_str_eq((char *)test->children->name, "failure");
		xmlFree(name);
	}
	cr_assert_eq(i, VALUES);
	xmlFreeDoc(doc);
}

Test(reports, hostile_junit)
{
	check_every_value("junit", check_junit);
	xmlCleanupParser();
}

/* Only our own marks: whatever comes from the wire is an entity. */
static void check_markdown(const struct hostile *hostile, char *report)
{
	for (const char *p = strchr(report, '<'); p; p = strchr(p + 1, '<'))
		cr_assert(strncmp(p, "<code>", 6) == 0 || strncmp(p, "</code>", 7) == 0 ||
				  strncmp(p, "<pre>", 5) == 0 || strncmp(p, "</pre>", 6) == 0,
			  "%.40s", p);
	cr_assert_null(strpbrk(report, "`@[]\\\"'$~{}^"));
	cr_assert_eq(count_lines(report, "#### Case "), VALUES);
}

Test(reports, hostile_markdown)
{
	check_every_value("markdown", check_markdown);
}

/* What tries to be a command, a directive, an attachment or the end of something. */
Test(reports, hostile_commands)
{
	static const char wire[] = "::error::x ##[error]x ##vso[x] # TO"
				   "DO x # SKIP [[ATTACHMENT|/etc/passwd]] ]]> <!-- "
				   "</failure> &amp; ``` | @all [x](y) Bail out!";
	struct sample sample;
	char *text;

	sample_init(&sample, CAMPAIGN_RUN);
	sample_fill(&sample, wire);
	text = sample_report("junit", sample.campaign, &(struct report_options){0});
	cr_expect_null(strstr(text, "[[ATTACHMENT|/etc"));
	cr_expect_null(strstr(text, "]]>"));
	free(text);
	text = sample_report("tap", sample.campaign, &(struct report_options){0});
	cr_expect_null(strstr(text, "# TO"
				    "DO"));
	cr_expect_null(strstr(text, "x # SKIP"));
	cr_expect_null(strstr(text, "##"));
	cr_expect_eq(count_lines(text, "Bail out"), 0);
	free(text);
	text = sample_report("text", sample.campaign, &(struct report_options){0});
	cr_expect_eq(count_lines(text, "Bail out"), 0);
	free(text);
	text = sample_report("markdown", sample.campaign, &(struct report_options){0});
	cr_expect_null(strstr(text, "@all"));
	cr_expect_null(strstr(text, "<!--"));
	free(text);
	sample_done(&sample);
}
