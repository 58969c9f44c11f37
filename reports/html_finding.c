/* SPDX-License-Identifier: MIT
 *
 * The worst findings stand whole, as many as the requirement's share of the page lets; then come lines, then a count.
 */
#include "reports/html.h"
#include "reports/words.h"

enum { WHOLE_MAX = 10, LINES_MAX = 40, PASSES_MAX = 5 /* of one requirement and verdict */ };

static void put_title(struct html *html, const struct finding *f)
{
	struct buf *out = &html->out;

	html_verdict(out, f->verdict);
	if (f->case_name) {
		buf_puts(out, " case ");
		html_case_link(html, f->case_name);
	}
	if (*f->user)
		html_put(out, " <code>%s</code>", f->user);
	if (*f->rule)
		html_put(out, " (%s)", f->rule);
}

static void put_said(struct buf *out, const struct finding *f)
{
	buf_puts(out, "<dl>\n");
	if (*f->expected)
		html_put(out, "<dt>expected</dt><dd>%s</dd>\n", f->expected);
	if (*f->seen)
		html_put(out, "<dt>seen</dt><dd>%s</dd>\n", f->seen);
	if (*f->reason)
		html_put(out, "<dt>because</dt><dd>%s</dd>\n", f->reason);
	buf_puts(out, "</dl>\n");
}

/* The decisive message is open, the others are a key away. */
static void put_evidence(struct html *html, const struct evidence *evidence, bool open, bool room)
{
	struct buf line = {0};

	words_evidence(&line, html->campaign, evidence);
	if (line.len == 0)
		return;
	if (evidence->raw && *evidence->raw && room) {
		html_put(&html->out,
			 open ? "<details open><summary>%s</summary>\n" : "<details><summary>%s</summary>\n", line.p);
		html_message(&html->out, evidence->raw, evidence->from, evidence->to);
		buf_puts(&html->out, "</details>\n");
	} else {
		html_put(&html->out, "<p class=\"soft\">%s</p>\n", line.p);
	}
	buf_done(&line);
}

static void put_whole(struct html *html, const struct finding *f, size_t limit)
{
	html_put(&html->out, "<article class=\"finding %s\">\n<h4>", verdict_name(f->verdict));
	put_title(html, f);
	buf_puts(&html->out, "</h4>\n");
	put_said(&html->out, f);
	for (unsigned i = 0; i < f->evidence_count; i++)
		put_evidence(html, &f->evidence[i], i == 0, html->out.len < limit);
	buf_puts(&html->out, "</article>\n");
}

static void put_short(struct html *html, const struct finding *f)
{
	struct buf line = {0};

	buf_puts(&html->out, "<li>");
	put_title(html, f);
	html_put(&html->out, " %s", f->seen);
	if (f->evidence_count)
		words_evidence(&line, html->campaign, &f->evidence[0]);
	if (line.len)
		html_put(&html->out, " <span class=\"soft\">%s</span>", line.p);
	buf_puts(&html->out, "</li>\n");
	buf_done(&line);
}

static void put_more(struct html *html, uint64_t more, enum verdict verdict)
{
	if (more)
		html_put(&html->out, "<p class=\"soft\">%u more with the verdict %s</p>\n", more,
			 verdict_name(verdict));
}

/* The findings of that verdict from `first` on, one line each; returns how many. */
static uint64_t put_lines(struct html *html, const struct campaign_requirement *r, enum verdict verdict, size_t first,
			  uint64_t max, size_t limit)
{
	uint64_t shown = 0;

	for (size_t i = first; i < r->count && shown < max && html->out.len < limit; i++) {
		if (r->findings[i].verdict != verdict)
			continue;
		buf_puts(&html->out, shown++ ? "" : "<ul class=\"list\">\n");
		put_short(html, &r->findings[i]);
	}
	if (shown)
		buf_puts(&html->out, "</ul>\n");
	return shown;
}

static void put_verdict(struct html *html, const struct campaign_requirement *r, enum verdict verdict, size_t limit)
{
	uint64_t shown = 0;
	size_t i;

	for (i = 0; i < r->count && shown < WHOLE_MAX; i++) {
		if (r->findings[i].verdict != verdict)
			continue;
		if (shown && html->out.len >= limit)
			break;
		put_whole(html, &r->findings[i], limit);
		shown++;
	}
	shown += put_lines(html, r, verdict, i, LINES_MAX, limit + html->share / 4);
	put_more(html, r->counts[verdict] - shown, verdict);
}

void html_findings(struct html *html, const struct campaign_requirement *r)
{
	size_t limit = html->out.len + html->share;
	uint64_t shown;

	for (unsigned v = VERDICT_COUNT; v-- > VERDICT_WARN;)
		put_verdict(html, r, (enum verdict)v, limit);
	shown = put_lines(html, r, VERDICT_PASS, 0, PASSES_MAX, limit + html->share / 4);
	put_more(html, r->counts[VERDICT_PASS] - shown, VERDICT_PASS);
}
