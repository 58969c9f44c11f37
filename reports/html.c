/* SPDX-License-Identifier: MIT */
#include "reports/html.h"
#include "reports/words.h"
#include "reports/matrix.h"

static const char *const ends[] = {"PASSED", "FAILED", "", "NOT DECIDED", "HARNESS ERROR"};
static const enum verdict end_verdicts[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_NONE, VERDICT_INCONC, VERDICT_ERROR};

void html_requirement_link(struct html *html, size_t i)
{
	const char *id = html->campaign->requirements[i].requirement->id;

	buf_puts(&html->out, "<a href=\"#");
	html_anchor(&html->out, "r", id, i);
	html_put(&html->out, "\"><code>%s</code></a>", id);
}

/* --- head --- */

static void put_counts(struct html *html)
{
	static const struct {
		enum verdict verdict;
		const char *title, *section;
	} tiles[] = {
		{VERDICT_FAIL, "failed", "bad"},         {VERDICT_ERROR, "harness errors", "bad"},
		{VERDICT_INCONC, "not decided", "bad"},  {VERDICT_WARN, "warnings", "bad"},
		{VERDICT_NONE, "not exercised", "none"}, {VERDICT_PASS, "passed", "requirements"},
	};
	uint64_t counts[VERDICT_COUNT];

	campaign_summary(html->campaign, counts);
	buf_puts(&html->out, "<ul class=\"counts\">\n");
	for (size_t i = 0; i < sizeof(tiles) / sizeof(tiles[0]); i++) {
		uint64_t count = counts[tiles[i].verdict];

		html_put(&html->out, "<li class=\"%s\"><b>%u</b> ", verdict_name(tiles[i].verdict), count);
		if (count)
			html_put(&html->out, "<a href=\"#%s\">%s</a></li>\n", tiles[i].section, tiles[i].title);
		else
			html_put(&html->out, "<span>%s</span></li>\n", tiles[i].title);
	}
	buf_puts(&html->out, "</ul>\n");
}

static void put_notes(struct html *html)
{
	const struct campaign *campaign = html->campaign;

	if (campaign->note_count == 0)
		return;
	buf_puts(&html->out, "<ul class=\"list\">\n");
	for (size_t i = 0; i < campaign->note_count; i++)
		html_put(&html->out, "<li>note: %s</li>\n", campaign->notes[i]);
	buf_puts(&html->out, "</ul>\n");
}

static void put_head(struct html *html)
{
	const struct campaign *campaign = html->campaign;
	int status = campaign_exit_status(campaign);
	const char *lack = words_lack(campaign);
	struct buf text = {0};

	words_campaign(&text, campaign);
	html_begin(&html->out, "imconform report");
	html_put(&html->out,
		 "<a class=\"skip\" href=\"#requirements\">Skip to the requirements</a>\n<header>\n"
		 "<h1>imconform: <span class=\"%s\">%s</span></h1>\n<p><strong>%s</strong></p>\n",
		 verdict_name(end_verdicts[status]), ends[status], text.p);
	if (*lack)
		html_put(&html->out, "<p><strong>As a whole: %s.</strong></p>\n", lack);
	buf_clear(&text);
	words_input(&text, campaign);
	html_put(&html->out, "<p class=\"soft\">%s</p>\n", text.p);
	html_put(&html->out, "<p>Of %u requirements:</p>\n", (uint64_t)campaign->requirement_count);
	put_counts(html);
	put_notes(html);
	buf_puts(&html->out, "</header>\n<main>\n");
	buf_done(&text);
}

/* --- what did not pass, worst first --- */

static void put_bad(struct html *html)
{
	const struct campaign *campaign = html->campaign;
	bool begun = false;

	for (int v = VERDICT_COUNT; v-- > VERDICT_WARN;) {
		for (size_t i = 0; i < campaign->requirement_count; i++) {
			const struct campaign_requirement *r = &campaign->requirements[i];

			if (r->verdict != (enum verdict)v)
				continue;
			buf_puts(&html->out, begun ? ""
						   : "<section aria-labelledby=\"bad\">\n"
						     "<h2 id=\"bad\">Did not pass</h2>\n<ul class=\"list\">\n");
			begun = true;
			buf_puts(&html->out, "<li>");
			html_verdict(&html->out, r->verdict);
			buf_putc(&html->out, ' ');
			html_requirement_link(html, i);
			html_put(&html->out, " <strong>%s</strong> %s<br><span class=\"why\">%s</span></li>\n",
				 level_name(r->requirement->level), r->requirement->text, r->reason);
		}
	}
	if (begun)
		buf_puts(&html->out, "</ul>\n</section>\n");
}

/* --- what was not exercised, by reason --- */

static bool is_unjudged(const struct campaign *campaign, size_t i, const char *reason)
{
	const struct campaign_requirement *r = &campaign->requirements[i];

	return r->verdict == VERDICT_NONE && strcmp(r->reason, reason) == 0;
}

static bool is_first_with_reason(const struct campaign *campaign, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (is_unjudged(campaign, j, campaign->requirements[i].reason))
			return false;
	return campaign->requirements[i].verdict == VERDICT_NONE;
}

static void put_unjudged_of(struct html *html, const char *reason)
{
	html_put(&html->out, "<li>");
	html_verdict(&html->out, VERDICT_NONE);
	html_put(&html->out, " %s: ", reason);
	for (size_t i = 0; i < html->campaign->requirement_count; i++) {
		if (!is_unjudged(html->campaign, i, reason))
			continue;
		html_requirement_link(html, i);
		buf_putc(&html->out, ' ');
	}
	buf_puts(&html->out, "</li>\n");
}

static void put_unjudged(struct html *html)
{
	const struct campaign *campaign = html->campaign;
	uint64_t counts[VERDICT_COUNT];

	campaign_summary(campaign, counts);
	if (counts[VERDICT_NONE] == 0)
		return;
	html_put(&html->out,
		 "<section aria-labelledby=\"none\">\n<h2 id=\"none\">Not exercised: %u of %u</h2>\n"
		 "<ul class=\"list\">\n",
		 counts[VERDICT_NONE], (uint64_t)campaign->requirement_count);
	for (size_t i = 0; i < campaign->requirement_count; i++)
		if (is_first_with_reason(campaign, i))
			put_unjudged_of(html, campaign->requirements[i].reason);
	buf_puts(&html->out, "</ul>\n</section>\n");
}

static void put_claims(struct html *html)
{
	const struct campaign_requirement *r = words_claim(html->campaign, NULL);

	if (!r)
		return;
	html_put(&html->out, "<section aria-labelledby=\"ics\">\n<h2 id=\"ics\">What the ICS claims, and what was seen"
			     "</h2>\n<ul class=\"list\">\n");
	for (; r; r = words_claim(html->campaign, r)) {
		buf_puts(&html->out, "<li>");
		html_verdict(&html->out, r->claim_verdict);
		buf_putc(&html->out, ' ');
		html_requirement_link(html, (size_t)(r - html->campaign->requirements));
		html_put(&html->out, ": %s</li>\n", r->claim_text);
	}
	buf_puts(&html->out, "</ul>\n</section>\n");
}

/* --- requirements by clause --- */

static void put_cases_of(struct html *html, const char *id)
{
	const struct campaign *campaign = html->campaign;
	bool begun = false;

	for (size_t i = 0; i < campaign->case_count; i++) {
		char **covered = campaign->cases[i].requirements;

		while (*covered && strcmp(*covered, id))
			covered++;
		if (!*covered)
			continue;
		buf_puts(&html->out, begun ? ", " : "<p>Cases: ");
		html_case_link(html, campaign->cases[i].name);
		begun = true;
	}
	if (begun)
		buf_puts(&html->out, "</p>\n");
}

static void put_requirement(struct html *html, size_t i)
{
	const struct campaign_requirement *r = &html->campaign->requirements[i];
	const struct requirement *requirement = r->requirement;

	buf_puts(&html->out, "<details class=\"card\"><summary>");
	html_verdict(&html->out, r->verdict);
	html_put(&html->out,
		 " <code>%s</code> <strong>%s</strong> %s<br><span class=\"why\">%s</span></summary><div id=\"",
		 requirement->id, level_name(requirement->level), requirement->text, r->reason);
	html_anchor(&html->out, "r", requirement->id, i);
	buf_puts(&html->out, "\">\n");
	if (requirement->reading)
		html_put(&html->out, "<p>Read as: %s</p>\n", requirement->reading);
	html_put(&html->out, "<p>Owed by the IM %s.</p>\n", requirement->actor == ACTOR_SERVER ? "Server" : "Client");
	put_cases_of(html, requirement->id);
	html_findings(html, r);
	buf_puts(&html->out, "</div></details>\n");
}

static void put_requirements(struct html *html)
{
	const struct campaign *campaign = html->campaign;
	const char *clause = "";

	buf_puts(&html->out, "<section aria-labelledby=\"requirements\">\n<h2 id=\"requirements\">Requirements</h2>\n");
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct requirement *requirement = campaign->requirements[i].requirement;

		if (strcmp(clause, requirement->clause))
			html_put(&html->out, "<h3>%s %s</h3>\n", requirement->clause, requirement->clause_title);
		clause = requirement->clause;
		put_requirement(html, i);
	}
	buf_puts(&html->out, "</section>\n");
}

static size_t share_of(const struct campaign *campaign)
{
	size_t bad = 1;

	for (size_t i = 0; i < campaign->requirement_count; i++)
		bad += campaign->requirements[i].verdict >= VERDICT_WARN;
	return HTML_FINDINGS_MAX / bad;
}

int report_html(const struct campaign *campaign, const struct report_options *options, FILE *to, struct err *err)
{
	struct html html = {.campaign = campaign, .options = options, .share = share_of(campaign)};

	put_head(&html);
	matrix_html(&html.out, campaign->matrix);
	put_bad(&html);
	put_claims(&html);
	put_unjudged(&html);
	put_requirements(&html);
	html_cases(&html);
	buf_puts(&html.out, "</main>\n");
	html_finish(&html.out);
	words_flush(&html.out, to);
	buf_done(&html.out);
	return words_end(to, err);
}
