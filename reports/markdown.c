/* SPDX-License-Identifier: MIT
 *
 * GitHub's Markdown, for job summaries and merge requests. A summary over 1 MiB is dropped as a whole by GitHub, so
 * details end before that, with a line that says so. */
#include "reports/ladder.h"
#include "reports/quote.h"
#include "reports/report.h"
#include "reports/words.h"
#include "reports/matrix.h"

enum { MARKDOWN_MAX = 900 * 1024 };

struct markdown {
	const struct campaign *campaign;
	struct buf out; /* the whole report */
	bool full, times;
};

static void put_code(struct markdown *markdown, const char *text)
{
	buf_puts(&markdown->out, "<code>");
	quote_markdown(&markdown->out, text);
	buf_puts(&markdown->out, "</code>");
}

static bool has_room(struct markdown *markdown)
{
	if (markdown->out.len < MARKDOWN_MAX)
		return true;
	if (!markdown->full)
		buf_puts(&markdown->out, "\n*More is left out here; the other reports have it.*\n");
	markdown->full = true;
	return false;
}

static void put_head(struct markdown *markdown)
{
	static const char *const ends[] = {"passed", "FAILED", "", "not decided", "harness error"};
	const struct campaign *campaign = markdown->campaign;
	const char *lack = words_lack(campaign);
	struct buf text = {0};

	buf_printf(&markdown->out, "## imconform: %s\n\n", ends[campaign_exit_status(campaign)]);
	words_summary(&text, campaign);
	buf_printf(&markdown->out, "**%s**%s%s\n\n", text.p, *lack ? "; " : "", lack);
	buf_clear(&text);
	words_campaign(&text, campaign);
	buf_puts(&text, "; ");
	words_input(&text, campaign);
	quote_markdown(&markdown->out, text.p);
	buf_puts(&markdown->out, "\n\n");
	for (size_t i = 0; i < campaign->note_count; i++) {
		buf_puts(&markdown->out, "- note: ");
		quote_markdown(&markdown->out, campaign->notes[i]);
		buf_putc(&markdown->out, '\n');
	}
	buf_done(&text);
}

static void put_row(struct markdown *markdown, const struct campaign_requirement *r)
{
	buf_printf(&markdown->out, "| %s | %s | ", verdict_name(r->verdict), level_name(r->requirement->level));
	put_code(markdown, r->requirement->id);
	buf_puts(&markdown->out, " | ");
	quote_markdown(&markdown->out, r->reason);
	buf_puts(&markdown->out, " |\n");
}

/* A table of the requirements with these verdicts; nothing where there are none. */
static void put_table(struct markdown *markdown, const char *title, enum verdict from, enum verdict to)
{
	const struct campaign *campaign = markdown->campaign;
	bool begun = false;

	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		if (r->verdict < from || r->verdict > to || !has_room(markdown))
			continue;
		if (!begun)
			buf_printf(&markdown->out,
				   "\n### %s\n\n| verdict | level | requirement | reason |\n"
				   "|---|---|---|---|\n",
				   title);
		begun = true;
		put_row(markdown, r);
	}
}

static void put_field(void *arg, const char *name, const char *text)
{
	struct markdown *markdown = arg;

	buf_printf(&markdown->out, "  - %s: ", name);
	put_code(markdown, text);
	buf_putc(&markdown->out, '\n');
}

static void put_finding(void *arg, const struct finding *f)
{
	struct markdown *markdown = arg;
	struct buf place = {0};

	buf_printf(&markdown->out, "- **%s** ", verdict_name(f->verdict));
	words_place(&place, f);
	put_code(markdown, place.p);
	buf_putc(&markdown->out, '\n');
	buf_done(&place);
}

static void put_more(void *arg, enum verdict verdict, uint64_t count)
{
	buf_printf(&((struct markdown *)arg)->out, "- **%s** %llu more\n", verdict_name(verdict),
		   (unsigned long long)count);
}

static void put_details(struct markdown *markdown, const struct campaign_requirement *r)
{
	const struct words_showing showing = {put_finding, put_field, put_more, markdown};

	if (r->verdict < VERDICT_WARN || !has_room(markdown))
		return;
	buf_puts(&markdown->out, "\n#### ");
	put_code(markdown, r->requirement->id);
	buf_printf(&markdown->out, "\n\n**%s** ", level_name(r->requirement->level));
	quote_markdown(&markdown->out, r->requirement->text);
	buf_puts(&markdown->out, "\n\n");
	words_findings(markdown->campaign, r, &showing);
}

static void put_case(struct markdown *markdown, const struct campaign_case *c)
{
	struct buf ladder = {0};

	if (c->verdict < VERDICT_WARN || !has_room(markdown))
		return;
	buf_printf(&markdown->out, "\n#### Case ");
	put_code(markdown, c->name);
	buf_printf(&markdown->out, ": %s\n\n", verdict_name(c->verdict));
	if (*c->reason)
		put_field(markdown, "because", c->reason);
	if (*c->repeat)
		put_field(markdown, "repeat", c->repeat);
	if (c->ladder) {
		buf_puts(&markdown->out, "\n<pre>\n");
		ladder_show(&ladder, c->ladder, markdown->times);
		quote_markdown(&markdown->out, ladder.p ? ladder.p : "");
		buf_puts(&markdown->out, "</pre>\n");
	}
	buf_done(&ladder);
}

static void put_claims(struct markdown *markdown)
{
	const struct campaign_requirement *r = words_claim(markdown->campaign, NULL);

	if (r)
		buf_puts(&markdown->out, "\n### What the ICS claims, and what was seen\n\n");
	for (; r; r = words_claim(markdown->campaign, r)) {
		buf_printf(&markdown->out, "- **%s** ", verdict_name(r->claim_verdict));
		put_code(markdown, r->requirement->id);
		buf_putc(&markdown->out, ' ');
		quote_markdown(&markdown->out, r->claim_text);
		buf_putc(&markdown->out, '\n');
	}
}

int report_markdown(const struct campaign *campaign, const struct report_options *options, FILE *to, struct err *err)
{
	struct markdown markdown = {.campaign = campaign, .times = options->times};

	put_head(&markdown);
	matrix_markdown(&markdown.out, campaign->matrix);
	put_table(&markdown, "Did not pass", VERDICT_WARN, VERDICT_ERROR);
	put_claims(&markdown);
	put_table(&markdown, "Not judged", VERDICT_NONE, VERDICT_NONE);
	for (size_t i = 0; i < campaign->requirement_count; i++)
		put_details(&markdown, &campaign->requirements[i]);
	for (size_t i = 0; i < campaign->case_count; i++)
		put_case(&markdown, &campaign->cases[i]);
	put_table(&markdown, "Passed", VERDICT_PASS, VERDICT_PASS);
	words_flush(&markdown.out, to);
	buf_done(&markdown.out);
	return words_end(to, err);
}
