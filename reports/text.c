/* SPDX-License-Identifier: MIT
 *
 * The report for people at a terminal, 80 columns wide. */
#include "reports/ladder.h"
#include "reports/report.h"
#include "reports/words.h"
#include "base/mem.h"
#include "reports/matrix.h"

enum { REASON_COLUMN = 36, FIELD_COLUMN = 14 };

enum { SAME_MIN = 10 };

struct text_report {
	const struct campaign *campaign;
	const char *same; /* why very many cases are open, which is then said once; NULL: for reasons of their own */
	size_t same_count;
	const struct report_options *options;
	struct buf line;
	FILE *to;
};

static void put_verdict(struct text_report *report, enum verdict verdict)
{
	static const char *const colors[VERDICT_COUNT] = {
		[VERDICT_NONE] = "\033[36m", [VERDICT_PASS] = "\033[32m",   [VERDICT_WARN] = "\033[33m",
		[VERDICT_FAIL] = "\033[31m", [VERDICT_INCONC] = "\033[35m", [VERDICT_ERROR] = "\033[1;31m",
	};
	const char *name = verdict_name(verdict);

	if (report->options->color)
		buf_printf(&report->line, "%s%s\033[0m%*s", colors[verdict], name, 7 - (int)strlen(name), "");
	else
		buf_printf(&report->line, "%-7s", name);
}

static void put_title(struct text_report *report, const char *title)
{
	buf_printf(&report->line, report->options->color ? "\n\033[1m%s\033[0m\n" : "\n%s\n", title);
}

/* "    expected  the answer has status 403" */
static void put_field(void *arg, const char *name, const char *text)
{
	struct text_report *report = arg;

	buf_printf(&report->line, "    %-8s  ", name);
	words_wrap(&report->line, text, FIELD_COLUMN, FIELD_COLUMN - 2);
	words_flush(&report->line, report->to);
}

static void put_head(struct text_report *report)
{
	struct buf text = {0};

	buf_puts(&text, "imconform: ");
	words_campaign(&text, report->campaign);
	words_wrap(&report->line, text.p, 0, 2);
	buf_clear(&text);
	words_input(&text, report->campaign);
	words_wrap(&report->line, text.p, 0, 2);
	for (size_t i = 0; i < report->campaign->note_count; i++) {
		buf_puts(&report->line, "note: ");
		words_wrap(&report->line, report->campaign->notes[i], 6, 4);
	}
	buf_done(&text);
}

static void put_line(struct text_report *report, const struct campaign_requirement *r)
{
	size_t column = REASON_COLUMN;

	put_verdict(report, r->verdict);
	buf_printf(&report->line, "%-18s %-9s ", r->requirement->id, level_name(r->requirement->level));
	if (strlen(r->requirement->id) > 18)
		column += strlen(r->requirement->id) - 18;
	words_wrap(&report->line, r->reason, column, REASON_COLUMN - 2);
	words_flush(&report->line, report->to);
}

/* Those that were judged; the others are told by their reasons, further below. */
static void put_requirements(struct text_report *report)
{
	const struct campaign *campaign = report->campaign;
	uint64_t counts[VERDICT_COUNT];

	campaign_summary(campaign, counts);
	if (counts[VERDICT_NONE] < campaign->requirement_count)
		put_title(report, "Requirements");
	for (size_t i = 0; i < campaign->requirement_count; i++)
		if (campaign->requirements[i].verdict != VERDICT_NONE)
			put_line(report, &campaign->requirements[i]);
}

static void put_finding(void *arg, const struct finding *f)
{
	struct text_report *report = arg;
	struct buf place = {0};

	buf_puts(&report->line, "  ");
	put_verdict(report, f->verdict);
	words_place(&place, f);
	words_wrap(&report->line, place.p, 9, 9);
	buf_done(&place);
}

static void put_more(void *arg, enum verdict verdict, uint64_t count)
{
	struct text_report *report = arg;

	buf_printf(&report->line, "  %-7s%llu more\n", verdict_name(verdict), (unsigned long long)count);
}

/* Is there nothing more to say of it than what is said once? */
static bool is_the_same(const struct text_report *report, const struct campaign_requirement *r)
{
	if (!report->same || r->verdict != VERDICT_INCONC)
		return false;
	for (size_t i = 0; i < r->count; i++)
		if (r->findings[i].verdict != VERDICT_INCONC || strcmp(r->findings[i].reason, report->same) != 0)
			return false;
	return true;
}

static void put_details(struct text_report *report, const struct campaign_requirement *r)
{
	const struct words_showing showing = {put_finding, put_field, put_more, report};
	struct buf title = {0};

	if (r->verdict < VERDICT_WARN || is_the_same(report, r))
		return;
	buf_printf(&title, "%s (%s, %s)", r->requirement->id, level_name(r->requirement->level),
		   actor_name(r->requirement->actor));
	put_title(report, title.p);
	buf_done(&title);
	buf_puts(&report->line, "  ");
	words_wrap(&report->line, r->requirement->text, 2, 2);
	if (r->requirement->reading)
		put_field(report, "read as", r->requirement->reading);
	words_findings(report->campaign, r, &showing);
	words_flush(&report->line, report->to);
}

static bool is_open_for(const struct campaign_case *c, const char *reason)
{
	return c->verdict == VERDICT_INCONC && !c->ladder && strcmp(c->reason, reason) == 0;
}

/* Where nobody answered, all cases say so. */
static void find_same(struct text_report *report)
{
	const struct campaign *campaign = report->campaign;
	const char *last = campaign->case_count ? campaign->cases[campaign->case_count - 1].reason : "";
	size_t count = 0;

	for (size_t i = 0; i < campaign->case_count; i++)
		count += is_open_for(&campaign->cases[i], last);
	if (count < SAME_MIN)
		return;
	report->same = last;
	report->same_count = count;
}

static void put_same(struct text_report *report)
{
	if (!report->same)
		return;
	buf_putc(&report->line, '\n');
	put_verdict(report, VERDICT_INCONC);
	buf_printf(&report->line, "%zu cases\n", report->same_count);
	put_field(report, "because", report->same);
}

static void put_case(struct text_report *report, const struct campaign_case *c)
{
	struct buf ladder = {0};

	if (c->verdict < VERDICT_WARN || (report->same && is_open_for(c, report->same)))
		return;
	buf_putc(&report->line, '\n');
	put_verdict(report, c->verdict);
	buf_puts(&report->line, "case ");
	words_wrap(&report->line, c->name, 12, 9);
	if (*c->reason)
		put_field(report, "because", c->reason);
	ladder_show(&ladder, c->ladder, report->options->times);
	if (ladder.len)
		words_lines(&report->line, ladder.p, "");
	buf_done(&ladder);
	if (*c->repeat) /* in one piece, to be copied */
		words_lines(&report->line, c->repeat, "    repeat    ");
	words_flush(&report->line, report->to);
}

/* Ids of requirements that were not judged for this reason, as one paragraph. */
static void put_unjudged(struct text_report *report, size_t first)
{
	const struct campaign *campaign = report->campaign;
	struct buf ids = {0};

	for (size_t i = first; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		if (r->verdict == VERDICT_NONE && strcmp(r->reason, campaign->requirements[first].reason) == 0)
			buf_printf(&ids, "%s%s", ids.len ? " " : "", r->requirement->id);
	}
	buf_puts(&report->line, "- "); /* no line begins with a reason */
	words_wrap(&report->line, campaign->requirements[first].reason, 2, 2);
	buf_puts(&report->line, "    ");
	words_wrap(&report->line, ids.p, 4, 2);
	buf_done(&ids);
}

static bool is_first_with_reason(const struct campaign *campaign, size_t i)
{
	if (campaign->requirements[i].verdict != VERDICT_NONE)
		return false;
	for (size_t j = 0; j < i; j++)
		if (campaign->requirements[j].verdict == VERDICT_NONE &&
		    strcmp(campaign->requirements[j].reason, campaign->requirements[i].reason) == 0)
			return false;
	return true;
}

static void put_all_unjudged(struct text_report *report)
{
	uint64_t counts[VERDICT_COUNT];
	struct buf title = {0};

	campaign_summary(report->campaign, counts);
	if (counts[VERDICT_NONE] == 0)
		return;
	buf_printf(&title, "NOT JUDGED: %llu of %zu requirements", (unsigned long long)counts[VERDICT_NONE],
		   report->campaign->requirement_count);
	put_title(report, title.p);
	buf_done(&title);
	for (size_t i = 0; i < report->campaign->requirement_count; i++)
		if (is_first_with_reason(report->campaign, i))
			put_unjudged(report, i);
}

static void put_claims(struct text_report *report)
{
	const struct campaign_requirement *r = words_claim(report->campaign, NULL);

	if (r)
		put_title(report, "What the ICS claims, and what was seen");
	for (; r; r = words_claim(report->campaign, r)) {
		put_verdict(report, r->claim_verdict);
		buf_printf(&report->line, "%-18s ", r->requirement->id);
		words_wrap(&report->line, r->claim_text, 26, 24);
	}
	words_flush(&report->line, report->to);
}

/* The last line, whatever was left out above. */
static void put_summary(struct text_report *report)
{
	static const char *const ends[] = {"PASSED", "FAILED", "", "NOT DECIDED", "HARNESS ERROR"};
	const char *lack = words_lack(report->campaign);
	struct buf text = {0};

	words_summary(&text, report->campaign);
	buf_printf(&report->line, "\n%s: %s", ends[campaign_exit_status(report->campaign)], text.p);
	if (*lack)
		buf_printf(&report->line, "; %s", lack);
	buf_putc(&report->line, '\n');
	buf_done(&text);
}

int report_text(const struct campaign *campaign, const struct report_options *options, FILE *to, struct err *err)
{
	struct text_report report = {.campaign = campaign, .options = options, .to = to};

	find_same(&report);
	put_head(&report);
	if (campaign->matrix)
		put_title(&report, campaign->matrix->title);
	matrix_text(&report.line, campaign->matrix);
	if (!options->quiet)
		put_requirements(&report);
	for (size_t i = 0; i < campaign->requirement_count; i++)
		put_details(&report, &campaign->requirements[i]);
	for (size_t i = 0; i < campaign->case_count; i++)
		put_case(&report, &campaign->cases[i]);
	put_same(&report);
	put_claims(&report);
	put_all_unjudged(&report);
	put_summary(&report);
	words_flush(&report.line, to);
	buf_done(&report.line);
	return words_end(to, err);
}
