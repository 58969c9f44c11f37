/* SPDX-License-Identifier: MIT */
#include "reports/html.h"
#include "reports/ladder.h"
#include "base/mem.h"

void html_case_link(struct html *html, const char *name)
{
	const struct campaign_case *c = campaign_find_case(html->campaign, name);

	if (html->no_cases || !c) {
		html_put(&html->out, "<code>%s</code>", name);
		return;
	}
	buf_puts(&html->out, "<a href=\"#");
	html_anchor(&html->out, "case", name, (size_t)(c - html->campaign->cases));
	html_put(&html->out, "\"><code>%s</code></a>", name);
}

/* The requirements that the case is there for. */
static void put_covered(struct html *html, const struct campaign_case *c)
{
	const struct campaign *campaign = html->campaign;
	bool begun = false;

	for (char **id = c->requirements; *id; id++) {
		const struct campaign_requirement *r = campaign_find(campaign, *id);

		if (!r)
			continue;
		buf_puts(&html->out, begun ? ", " : "<p>There for ");
		html_requirement_link(html, (size_t)(r - campaign->requirements));
		begun = true;
	}
	if (begun)
		buf_puts(&html->out, "</p>\n");
}

static void put_finding(struct html *html, const struct finding *f, size_t requirement)
{
	buf_puts(&html->out, "<li>");
	html_verdict(&html->out, f->verdict);
	buf_putc(&html->out, ' ');
	html_requirement_link(html, requirement);
	if (*f->expected)
		html_put(&html->out, " expected: %s;", f->expected);
	html_put(&html->out, " seen: %s</li>\n", *f->seen ? f->seen : f->reason);
}

/* What was found in the case and did not pass. */
static void put_findings(struct html *html, const struct campaign_case *c)
{
	const struct campaign *campaign = html->campaign;
	bool begun = false;

	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		for (size_t j = 0; j < r->count; j++) {
			const struct finding *f = &r->findings[j];

			if (f->verdict < VERDICT_WARN || !f->case_name || strcmp(f->case_name, c->name))
				continue;
			buf_puts(&html->out, begun ? "" : "<ul class=\"list\">\n");
			put_finding(html, f, i);
			begun = true;
		}
	}
	if (begun)
		buf_puts(&html->out, "</ul>\n");
}

/* Where no columns are to be had, the ladder is text. */
static void put_ladder(struct html *html, const char *notation)
{
	struct buf text = {0};

	if (!notation || html_ladder(&html->out, notation, html->options->times))
		return;
	ladder_show(&text, notation, html->options->times);
	if (text.len)
		html_put(&html->out,
			 "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Ladder\">"
			 "<pre>%s</pre></div>\n",
			 text.p);
	buf_done(&text);
}

static void put_case(struct html *html, const struct campaign_case *c, size_t number, size_t limit)
{
	bool bad = c->verdict >= VERDICT_WARN, room = html->out.len < limit;

	buf_puts(&html->out, "<details class=\"card\"><summary>");
	html_verdict(&html->out, c->verdict);
	html_put(&html->out, " <code>%s</code>", c->name);
	if (*c->reason)
		html_put(&html->out, "<br><span class=\"why\">%s</span>", c->reason);
	buf_puts(&html->out, "</summary><div id=\"");
	html_anchor(&html->out, "case", c->name, number);
	buf_puts(&html->out, "\">\n");
	put_covered(html, c);
	if (bad && room) {
		put_findings(html, c);
		put_ladder(html, c->ladder);
	} else if (bad) {
		buf_puts(&html->out, "<p>Its ladder has no room here; <code>imconform show</code> has it.</p>\n");
	}
	if (*c->repeat)
		html_put(&html->out, "<p>Repeat it:</p>\n<pre><code>%s</code></pre>\n", c->repeat);
	buf_puts(&html->out, "</div></details>\n");
}

void html_cases(struct html *html)
{
	const struct campaign *campaign = html->campaign;
	size_t limit;

	if (campaign->case_count == 0)
		return;
	buf_puts(&html->out, "<section aria-labelledby=\"cases\">\n<h2 id=\"cases\">Cases</h2>\n");
	limit = html->out.len + HTML_CASES_MAX;
	for (int v = VERDICT_COUNT; v-- > 0;)
		for (size_t i = 0; i < campaign->case_count; i++)
			if (campaign->cases[i].verdict == (enum verdict)v)
				put_case(html, &campaign->cases[i], i, limit);
	buf_puts(&html->out, "</section>\n");
}
