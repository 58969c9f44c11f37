/* SPDX-License-Identifier: MIT
 *
 * JUnit XML as GitLab and Jenkins read it: of a case they take one problem, of two cases with one name the first, of a
 * file at most 30 MB. So a requirement is one test case with one problem, and texts are capped. */
#include "reports/ladder.h"
#include "base/time.h"
#include "reports/quote.h"
#include "reports/report.h"
#include "reports/words.h"

enum { DETAIL_MAX = 16 * 1024 };

struct junit {
	const struct campaign *campaign;
	const struct report_options *options;
	struct buf out;
	FILE *to;
};

static void put_attribute(struct junit *junit, const char *name, const char *value)
{
	buf_printf(&junit->out, " %s=\"", name);
	quote_xml(&junit->out, value);
	buf_putc(&junit->out, '"');
}

/* What a test case shows: a verdict, and whether it is a failure that is expected. */
struct shown {
	enum verdict verdict;
	bool expected;
};

/* What stands in a test case for it; NULL: nothing, as for a pass. A warning that doesn't gate is output. */
static const char *element_of(const struct junit *junit, struct shown shown)
{
	if (shown.expected)
		return "skipped";
	switch (shown.verdict) {
	case VERDICT_PASS:
		return NULL;
	case VERDICT_NONE:
		return "skipped";
	case VERDICT_WARN:
		return junit->campaign->strict ? "failure" : "system-out";
	case VERDICT_FAIL:
		return "failure";
	default:
		return "error";
	}
}

static const char *type_of(struct shown shown)
{
	if (shown.expected)
		return "expected";
	return shown.verdict == VERDICT_INCONC ? "inconclusive" : verdict_name(shown.verdict);
}

/* Text in an element, cut at DETAIL_MAX before a character. */
static void put_detail(struct junit *junit, struct buf *detail)
{
	size_t n = detail->len;

	if (n > DETAIL_MAX) {
		for (n = DETAIL_MAX; n > 0 && ((unsigned char)detail->p[n] & 0xc0) == 0x80;)
			n--;
		detail->p[n] = '\0';
	}
	quote_xml(&junit->out, detail->p ? detail->p : "");
	if (n < detail->len)
		buf_printf(&junit->out, "… %zu bytes more", detail->len - n);
}

static void put_problem(struct junit *junit, struct shown shown, const char *reason, struct buf *detail)
{
	const char *element = element_of(junit, shown);
	bool output = shown.verdict == VERDICT_WARN && !junit->campaign->strict;

	if (!element)
		return;
	buf_printf(&junit->out, "   <%s", element);
	if (!output) {
		put_attribute(junit, "type", type_of(shown));
		put_attribute(junit, "message", reason);
	}
	buf_putc(&junit->out, '>');
	if (output) {
		buf_puts(&junit->out, "warn: ");
		quote_xml(&junit->out, reason);
		buf_putc(&junit->out, '\n');
	}
	put_detail(junit, detail);
	buf_printf(&junit->out, "</%s>\n", element);
}

static void put_test(struct junit *junit, const char *class, const char *name, uint64_t duration)
{
	uint64_t ms = junit->options->times ? duration / MILLISECOND : 0;

	buf_puts(&junit->out, "  <testcase");
	put_attribute(junit, "classname", class);
	put_attribute(junit, "name", name);
	buf_printf(&junit->out, " time=\"%llu.%03llu\">\n", (unsigned long long)(ms / 1000),
		   (unsigned long long)(ms % 1000));
}

static void end_test(struct junit *junit)
{
	buf_puts(&junit->out, "  </testcase>\n");
	words_flush(&junit->out, junit->to);
}

static void put_field(void *arg, const char *name, const char *text)
{
	buf_printf(arg, " %s: %s\n", name, text);
}

static void put_finding(void *arg, const struct finding *f)
{
	buf_printf(arg, "%s: ", verdict_name(f->verdict));
	words_place(arg, f);
	buf_putc(arg, '\n');
}

static void put_more(void *arg, enum verdict verdict, uint64_t count)
{
	buf_printf(arg, "%s: %llu more\n", verdict_name(verdict), (unsigned long long)count);
}

static struct shown shown_requirement(const struct campaign_requirement *r)
{
	return (struct shown){r->verdict, words_is_expected(r)};
}

static struct shown shown_case(const struct campaign_case *c)
{
	return (struct shown){c->verdict, c->expected};
}

static struct shown shown_campaign(const struct campaign *campaign)
{
	return (struct shown){words_whole(campaign), false};
}

static void put_requirement(struct junit *junit, const struct campaign_requirement *r)
{
	struct buf detail = {0}, name = {0};
	const struct words_showing showing = {put_finding, put_field, put_more, &detail};

	buf_printf(&name, "%s %s %s", r->requirement->id, level_name(r->requirement->level), r->requirement->text);
	put_test(junit, r->requirement->clause, name.p, 0);
	words_findings(junit->campaign, r, &showing);
	put_problem(junit, shown_requirement(r), r->reason, &detail);
	end_test(junit);
	buf_done(&detail);
	buf_done(&name);
}

static void put_case(struct junit *junit, const struct campaign_case *c)
{
	struct buf detail = {0};

	put_test(junit, "case", c->name, c->duration);
	if (*c->repeat)
		put_field(&detail, "repeat", c->repeat);
	ladder_show(&detail, c->ladder, junit->options->times);
	put_problem(junit, shown_case(c), c->reason, &detail);
	if (c->verdict == VERDICT_PASS && *c->reason) { /* of a self-proof: what was tried */
		buf_puts(&junit->out, "   <system-out>");
		quote_xml(&junit->out, c->reason);
		buf_puts(&junit->out, "</system-out>\n");
	}
	end_test(junit);
	buf_done(&detail);
}

/* The campaign itself: an error where it was not finished or judged nothing. Its output is the summary, and, for
 * Jenkins, where the captures lie. */
static void put_campaign(struct junit *junit)
{
	const struct campaign *campaign = junit->campaign;
	struct buf text = {0};

	put_test(junit, "imconform", "campaign", 0);
	put_problem(junit, shown_campaign(campaign), words_lack(campaign), &text);
	words_campaign(&text, campaign);
	buf_puts(&text, "\n");
	words_summary(&text, campaign);
	buf_puts(&text, "\n");
	for (size_t i = 0; i < campaign->note_count; i++)
		put_field(&text, "note", campaign->notes[i]);
	buf_puts(&junit->out, "   <system-out>");
	quote_xml(&junit->out, text.p);
	for (size_t i = 0; i < campaign->file_count && campaign->kind == CAMPAIGN_RUN; i++) {
		buf_puts(&junit->out, "[[ATTACHMENT|");
		quote_xml(&junit->out, campaign->file_names[i]);
		buf_puts(&junit->out, "]]\n");
	}
	buf_puts(&junit->out, "</system-out>\n");
	end_test(junit);
	buf_done(&text);
}

struct tally {
	uint64_t tests, failures, errors, skipped;
};

static void tally_add(struct tally *tally, const struct junit *junit, struct shown shown)
{
	const char *element = element_of(junit, shown);

	tally->tests++;
	if (!element)
		return;
	tally->failures += strcmp(element, "failure") == 0;
	tally->errors += strcmp(element, "error") == 0;
	tally->skipped += strcmp(element, "skipped") == 0;
}

static void put_tally(struct junit *junit, const struct tally *tally)
{
	buf_printf(&junit->out, " tests=\"%llu\" failures=\"%llu\" errors=\"%llu\" skipped=\"%llu\">\n",
		   (unsigned long long)tally->tests, (unsigned long long)tally->failures,
		   (unsigned long long)tally->errors, (unsigned long long)tally->skipped);
}

static void begin_suite(struct junit *junit, const char *name, const struct tally *tally)
{
	buf_puts(&junit->out, " <testsuite");
	put_attribute(junit, "name", name);
	put_tally(junit, tally);
}

static void put_requirements(struct junit *junit)
{
	const struct campaign *campaign = junit->campaign;
	struct tally tally = {0};

	for (size_t i = 0; i < campaign->requirement_count; i++)
		tally_add(&tally, junit, shown_requirement(&campaign->requirements[i]));
	tally_add(&tally, junit, shown_campaign(campaign));
	begin_suite(junit, "imconform requirements", &tally);
	for (size_t i = 0; i < campaign->requirement_count; i++)
		put_requirement(junit, &campaign->requirements[i]);
	put_campaign(junit);
	buf_puts(&junit->out, " </testsuite>\n");
}

static void put_cases(struct junit *junit)
{
	const struct campaign *campaign = junit->campaign;
	struct tally tally = {0};

	if (campaign->case_count == 0)
		return;
	for (size_t i = 0; i < campaign->case_count; i++)
		tally_add(&tally, junit, shown_case(&campaign->cases[i]));
	begin_suite(junit, "imconform cases", &tally);
	for (size_t i = 0; i < campaign->case_count; i++)
		put_case(junit, &campaign->cases[i]);
	buf_puts(&junit->out, " </testsuite>\n");
}

int report_junit(const struct campaign *campaign, const struct report_options *options, FILE *to, struct err *err)
{
	struct junit junit = {campaign, options, {0}, to};

	buf_puts(&junit.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"imconform\">\n");
	put_requirements(&junit);
	put_cases(&junit);
	buf_puts(&junit.out, "</testsuites>\n");
	words_flush(&junit.out, to);
	buf_done(&junit.out);
	return words_end(to, err);
}
