/* SPDX-License-Identifier: MIT
 *
 * The interop table as a page: each cell leads to its findings. */
#include "reports/html.h"
#include "reports/interop.h"
#include "reports/words.h"

#include <stdlib.h>

struct page {
	const struct interop *interop;
	const char **ids;
	struct html html; /* `campaign` is the one at hand */
};

static void put_anchor(struct page *page, size_t requirement, size_t index)
{
	html_put(&page->html.out, "cell-%u-%u", (uint64_t)requirement, (uint64_t)index);
}

static void put_head(struct page *page)
{
	struct buf *out = &page->html.out, line = {0};

	html_begin(out, "imconform: implementations side by side");
	html_put(out, "<header>\n<h1>imconform: %u implementations side by side</h1>\n<ul class=\"list\">\n",
		 (uint64_t)page->interop->count);
	for (size_t i = 0; i < page->interop->count; i++) {
		buf_clear(&line);
		interop_head(&line, page->interop, i);
		html_put(out, "<li>%s</li>\n", line.p);
	}
	buf_puts(out, "</ul>\n</header>\n<main>\n");
	buf_done(&line);
}

static void put_cell(struct page *page, size_t requirement, size_t index)
{
	const struct campaign_requirement *r = campaign_find(page->interop->campaigns[index], page->ids[requirement]);
	struct buf *out = &page->html.out;

	if (!r) {
		buf_puts(out, "<td class=\"soft\">unknown</td>");
		return;
	}
	buf_puts(out, "<td><a href=\"#");
	put_anchor(page, requirement, index);
	buf_puts(out, "\">");
	html_verdict(out, r->verdict);
	buf_puts(out, "</a></td>");
}

static void put_table(struct page *page)
{
	struct buf *out = &page->html.out;

	buf_puts(out,
		 "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Requirements by implementation\">\n"
		 "<table>\n<thead><tr><th scope=\"col\">requirement</th>");
	for (size_t i = 0; i < page->interop->count; i++)
		html_put(out, "<th scope=\"col\">%s</th>", page->interop->names[i]);
	buf_puts(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; page->ids[i]; i++) {
		const struct requirement *requirement = interop_requirement(page->interop, page->ids[i]);

		html_put(out, "<tr><th scope=\"row\"><code>%s</code> <strong>%s</strong> %s</th>", requirement->id,
			 level_name(requirement->level), requirement->text);
		for (size_t j = 0; j < page->interop->count; j++)
			put_cell(page, i, j);
		buf_puts(out, "</tr>\n");
	}
	buf_puts(out, "</tbody>\n</table>\n</div>\n");
}

static void put_findings(struct page *page, size_t requirement, size_t index)
{
	struct buf *out = &page->html.out;
	const struct campaign_requirement *r;

	page->html.campaign = page->interop->campaigns[index];
	r = campaign_find(page->html.campaign, page->ids[requirement]);
	if (!r)
		return;
	buf_puts(out, "<details class=\"card\"><summary>");
	html_verdict(out, r->verdict);
	html_put(out, " <code>%s</code> %s<br><span class=\"why\">%s</span></summary><div id=\"",
		 page->ids[requirement], page->interop->names[index], r->reason);
	put_anchor(page, requirement, index);
	buf_puts(out, "\">\n");
	html_findings(&page->html, r);
	buf_puts(out, "</div></details>\n");
}

static size_t share_of(const struct interop *interop)
{
	size_t bad = 1;

	for (size_t i = 0; i < interop->count; i++)
		for (size_t j = 0; j < interop->campaigns[i]->requirement_count; j++)
			bad += interop->campaigns[i]->requirements[j].verdict >= VERDICT_WARN;
	return HTML_FINDINGS_MAX / bad;
}

int interop_html(const struct interop *interop, const struct report_options *options, FILE *to, struct err *err)
{
	struct page page = {.interop = interop,
			    .html = {.options = options, .share = share_of(interop), .no_cases = true}};

	page.ids = interop_requirements(interop);
	put_head(&page);
	put_table(&page);
	buf_puts(&page.html.out, "<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n");
	for (size_t i = 0; page.ids[i]; i++)
		for (size_t j = 0; j < interop->count; j++)
			put_findings(&page, i, j);
	buf_puts(&page.html.out, "</section>\n</main>\n");
	html_finish(&page.html.out);
	words_flush(&page.html.out, to);
	buf_done(&page.html.out);
	free(page.ids);
	return words_end(to, err);
}
