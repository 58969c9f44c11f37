/* SPDX-License-Identifier: MIT */
#include "reports/interop.h"
#include "reports/quote.h"
#include "reports/words.h"
#include "base/mem.h"

#include <stdlib.h>

static bool is_in(const char *const *ids, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return false;
}

const char **interop_requirements(const struct interop *interop)
{
	size_t all = 0, count = 0;
	const char **ids;

	for (size_t i = 0; i < interop->count; i++)
		all += interop->campaigns[i]->requirement_count;
	ids = mem_alloc((all + 1) * sizeof(*ids));
	for (size_t i = 0; i < interop->count; i++) {
		const struct campaign *campaign = interop->campaigns[i];

		for (size_t j = 0; j < campaign->requirement_count; j++)
			if (!is_in(ids, count, campaign->requirements[j].requirement->id))
				ids[count++] = campaign->requirements[j].requirement->id;
	}
	return ids;
}

const struct requirement *interop_requirement(const struct interop *interop, const char *id)
{
	for (size_t i = 0; i < interop->count; i++) {
		const struct campaign_requirement *r = campaign_find(interop->campaigns[i], id);

		if (r)
			return r->requirement;
	}
	return NULL;
}

void interop_head(struct buf *to, const struct interop *interop, size_t index)
{
	const char *lack = words_lack(interop->campaigns[index]);

	buf_printf(to, "%s: ", interop->names[index]);
	words_campaign(to, interop->campaigns[index]);
	buf_puts(to, ": ");
	words_summary(to, interop->campaigns[index]);
	if (*lack)
		buf_printf(to, "; %s", lack);
}

int interop_exit_status(const struct interop *interop)
{
	static const int worst_first[] = {4, 1, 3};

	for (size_t i = 0; i < ARRAY_LEN(worst_first); i++)
		for (size_t j = 0; j < interop->count; j++)
			if (campaign_exit_status(interop->campaigns[j]) == worst_first[i])
				return worst_first[i];
	return 0;
}

static const char *cell_of(const struct interop *interop, size_t index, const char *id)
{
	const struct campaign_requirement *r = campaign_find(interop->campaigns[index], id);

	return r ? verdict_name(r->verdict) : "-";
}

/* --- text: the implementations are numbers, so that lines stay short --- */

int interop_text(const struct interop *interop, const struct report_options *options, FILE *to, struct err *err)
{
	const char **ids = interop_requirements(interop);
	struct buf out = {0}, line = {0};

	for (size_t i = 0; i < interop->count; i++) {
		buf_clear(&line);
		interop_head(&line, interop, i);
		buf_printf(&out, "%2zu  ", i + 1);
		words_wrap(&out, line.p, 4, 2);
	}
	buf_printf(&out, "\n%-28s", "requirement");
	for (size_t i = 0; i < interop->count; i++)
		buf_printf(&out, " %*zu", i + 1 < interop->count ? -6 : 0, i + 1);
	buf_putc(&out, '\n');
	for (const char **id = ids; *id; id++) {
		buf_printf(&out, "%-9s ", level_name(interop_requirement(interop, *id)->level));
		buf_printf(&out, "%-18s", *id);
		for (size_t i = 0; i < interop->count; i++)
			buf_printf(&out, " %*s", i + 1 < interop->count ? -6 : 0, cell_of(interop, i, *id));
		buf_putc(&out, '\n');
	}
	words_flush(&out, to);
	buf_done(&out);
	buf_done(&line);
	free(ids);
	return words_end(to, err);
}

/* --- markdown --- */

int interop_markdown(const struct interop *interop, const struct report_options *options, FILE *to, struct err *err)
{
	const char **ids = interop_requirements(interop);
	struct buf out = {0}, line = {0};

	buf_puts(&out, "## imconform: implementations side by side\n\n");
	for (size_t i = 0; i < interop->count; i++) {
		buf_clear(&line);
		interop_head(&line, interop, i);
		buf_puts(&out, "- ");
		quote_markdown(&out, line.p);
		buf_putc(&out, '\n');
	}
	buf_puts(&out, "\n| requirement | level |");
	for (size_t i = 0; i < interop->count; i++) {
		buf_putc(&out, ' ');
		quote_markdown(&out, interop->names[i]);
		buf_puts(&out, " |");
	}
	buf_puts(&out, "\n|---|---|");
	for (size_t i = 0; i < interop->count; i++)
		buf_puts(&out, "---|");
	for (const char **id = ids; *id; id++) {
		buf_puts(&out, "\n| <code>");
		quote_markdown(&out, *id);
		buf_printf(&out, "</code> | %s |", level_name(interop_requirement(interop, *id)->level));
		for (size_t i = 0; i < interop->count; i++)
			buf_printf(&out, " %s |", cell_of(interop, i, *id));
	}
	buf_putc(&out, '\n');
	words_flush(&out, to);
	buf_done(&out);
	buf_done(&line);
	free(ids);
	return words_end(to, err);
}
