/* SPDX-License-Identifier: MIT
 *
 * Test Anything Protocol, version 13 (later ones are parse errors for Debian's prove). A point for each requirement,
 * one for each case, and one for the campaign as a whole, so that prove says "PASS" exactly where the exit status is 0:
 * a failure that is expected does not count there. '#' begins a directive: in any other text it is written as \x23. */
#include "base/mem.h"
#include "reports/ladder.h"
#include "reports/report.h"
#include "reports/words.h"

#include <stdlib.h>

struct tap {
	const struct campaign *campaign;
	struct buf line;
	FILE *to;
	size_t number;
	bool times;
};

static void put_text(struct buf *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '#')
			buf_puts(to, "\\x23");
		else
			buf_putc(to, *text == '\n' ? ' ' : *text);
	}
}

static void put_point(struct tap *tap, enum verdict verdict, const char *name, const char *detail, const char *reason)
{
	buf_printf(&tap->line, "%s %zu - ", words_gates(tap->campaign, verdict) ? "not ok" : "ok", ++tap->number);
	put_text(&tap->line, name);
	put_text(&tap->line, detail);
	if (verdict == VERDICT_NONE) {
		buf_puts(&tap->line, " # SKIP ");
	} else {
		if (verdict != VERDICT_PASS)
			buf_printf(&tap->line, " (%s)", verdict_name(verdict));
		if (*reason)
			buf_puts(&tap->line, ": ");
	}
	put_text(&tap->line, reason);
}

/* The directive in two pieces: in one it would be taken for work that is left here. */
static void end_point(struct tap *tap, bool expected)
{
	if (expected)
		buf_printf(&tap->line, " # %s%s expected", "TO", "DO");
	buf_putc(&tap->line, '\n');
}

static void put_field(void *arg, const char *name, const char *text)
{
	struct tap *tap = arg;

	buf_printf(&tap->line, "#   %-8s  ", name);
	put_text(&tap->line, text);
	buf_putc(&tap->line, '\n');
}

static void put_finding(void *arg, const struct finding *f)
{
	struct tap *tap = arg;
	struct buf place = {0};

	words_place(&place, f);
	buf_printf(&tap->line, "# %s ", verdict_name(f->verdict));
	put_text(&tap->line, place.p);
	buf_putc(&tap->line, '\n');
	buf_done(&place);
}

static void put_more(void *arg, enum verdict verdict, uint64_t count)
{
	buf_printf(&((struct tap *)arg)->line, "# %s %llu more\n", verdict_name(verdict), (unsigned long long)count);
}

static void put_requirement(struct tap *tap, const struct campaign_requirement *r)
{
	const struct words_showing showing = {put_finding, put_field, put_more, tap};
	struct buf level = {0};

	buf_printf(&level, " %s", level_name(r->requirement->level));
	put_point(tap, r->verdict, r->requirement->id, level.p, r->reason);
	end_point(tap, words_is_expected(r));
	buf_done(&level);
	words_findings(tap->campaign, r, &showing);
	words_flush(&tap->line, tap->to);
}

static void put_lines(struct tap *tap, const char *text)
{
	for (; *text; text += *text == '\n') {
		char *line = mem_printf("%.*s", (int)strcspn(text, "\n"), text);

		buf_puts(&tap->line, "# ");
		put_text(&tap->line, line);
		buf_putc(&tap->line, '\n');
		text += strlen(line);
		free(line);
	}
}

static void put_case(struct tap *tap, const struct campaign_case *c)
{
	struct buf ladder = {0};

	put_point(tap, c->verdict, "case ", c->name, c->reason);
	end_point(tap, c->expected);
	if (c->verdict >= VERDICT_WARN) {
		ladder_show(&ladder, c->ladder, tap->times);
		if (ladder.len)
			put_lines(tap, ladder.p);
		if (*c->repeat)
			put_field(tap, "repeat", c->repeat);
	}
	words_flush(&tap->line, tap->to);
	buf_done(&ladder);
}

static void put_head(struct tap *tap)
{
	const struct campaign *campaign = tap->campaign;
	struct buf text = {0};

	buf_printf(&tap->line, "TAP version 13\n1..%zu\n# ", campaign->requirement_count + campaign->case_count + 1);
	words_campaign(&text, campaign);
	put_text(&tap->line, text.p);
	buf_putc(&tap->line, '\n');
	for (size_t i = 0; i < campaign->note_count; i++)
		put_field(tap, "note", campaign->notes[i]);
	words_flush(&tap->line, tap->to);
	buf_done(&text);
}

int report_tap(const struct campaign *campaign, const struct report_options *options, FILE *to, struct err *err)
{
	struct tap tap = {.campaign = campaign, .to = to, .times = options->times};
	const char *lack = words_lack(campaign);
	struct buf summary = {0};

	put_head(&tap);
	for (size_t i = 0; i < campaign->requirement_count; i++)
		put_requirement(&tap, &campaign->requirements[i]);
	for (size_t i = 0; i < campaign->case_count; i++)
		put_case(&tap, &campaign->cases[i]);
	words_summary(&summary, campaign);
	put_point(&tap, words_whole(campaign), "campaign", "", *lack ? lack : summary.p);
	end_point(&tap, false);
	words_flush(&tap.line, to);
	buf_done(&tap.line);
	buf_done(&summary);
	return words_end(to, err);
}
