/* SPDX-License-Identifier: MIT */
#include "reports/html.h"
#include "base/time.h"
#include "reports/ladder.h"
#include "reports/words.h"

#include <inttypes.h>
#include <stdlib.h>

/* In pixels; a character is taken to be as wide as in common fonts of fixed width. */
enum { LEFT = 86, SIDE = 76, GAP = 330, ROW = 36, HEAD = 30, CHAR = 8, PARTIES_MAX = 12 };

#define WRONG    "#d9363e" /* readable on black and on white */
#define EXPECTED "#2f7fe0"

struct drawing {
	struct buf *to;
	const char *parties[PARTIES_MAX];
	unsigned count;
	unsigned y;
	uint64_t begin;
	bool times;
};

static unsigned party_index(struct drawing *drawing, const char *name)
{
	unsigned i = 0;

	while (i < drawing->count && strcmp(drawing->parties[i], name))
		i++;
	if (i == drawing->count && i < PARTIES_MAX)
		drawing->parties[drawing->count++] = name;
	return i;
}

static bool find_parties(struct drawing *drawing, const struct ladder_arrow *arrows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (party_index(drawing, arrows[i].from) == PARTIES_MAX ||
		    party_index(drawing, arrows[i].to) == PARTIES_MAX)
			return false;
	return true;
}

static unsigned party_x(struct drawing *drawing, const char *name)
{
	return LEFT + SIDE + party_index(drawing, name) * GAP;
}

/* Cut to `columns`, with "…". */
static void put_cut(struct buf *to, const char *text, size_t columns)
{
	bool cut = words_columns(text) > columns;

	html_text(to, text, words_fit(text, cut ? columns - 1 : columns));
	if (cut)
		buf_puts(to, "…");
}

static void put_label(struct drawing *drawing, unsigned x, unsigned y, const char *attributes, const char *before,
		      const char *text, size_t columns)
{
	buf_printf(drawing->to, "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\"%s>%s", x, y, attributes, before);
	put_cut(drawing->to, text, columns);
	buf_puts(drawing->to, "</text>\n");
}

static void put_line(struct drawing *drawing, unsigned a, unsigned b, unsigned y, const char *color, const char *dashes,
		     unsigned width)
{
	int back = a < b ? -9 : 9;

	buf_printf(drawing->to, "<path d=\"M%u %uH%d\" stroke=\"%s\" stroke-width=\"%u\"%s fill=\"none\"/>\n", a, y,
		   (int)b + back, color, width, dashes);
	buf_printf(drawing->to, "<path d=\"M%u %ul%d -5v10z\" fill=\"%s\"/>\n", b, y, back, color);
}

/* To the left: when, or where times are not asked for, the how manieth. */
static void put_left(struct drawing *drawing, const struct ladder_arrow *arrow, size_t number)
{
	uint64_t ms = arrow->time > drawing->begin ? (arrow->time - drawing->begin) / MILLISECOND : 0;

	buf_printf(drawing->to, "<text x=\"%u\" y=\"%u\" text-anchor=\"end\" opacity=\".75\">", LEFT - 20,
		   drawing->y + 4);
	if (drawing->times)
		buf_printf(drawing->to, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
	else
		buf_printf(drawing->to, "%zu", number + 1);
	buf_puts(drawing->to, "</text>\n");
	if (arrow->mark == LADDER_WRONG)
		buf_printf(drawing->to,
			   "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\" fill=\"" WRONG
			   "\" font-weight=\"bold\">✗</text>\n",
			   LEFT - 8, drawing->y + 5);
}

static void put_expected(struct drawing *drawing, const struct ladder_arrow *arrow, unsigned a, unsigned b,
			 size_t columns)
{
	drawing->y += ROW;
	put_line(drawing, a, b, drawing->y, EXPECTED, " stroke-dasharray=\"6 5\"", 2);
	put_label(drawing, (a + b) / 2, drawing->y - 7, " font-style=\"italic\"", "expected: ", arrow->expected,
		  columns > 14 ? columns - 10 : 4);
}

static void put_arrow(struct drawing *drawing, const struct ladder_arrow *arrow, size_t number)
{
	static const char *const colors[] = {"currentColor", "currentColor", WRONG};
	unsigned a = party_x(drawing, arrow->from), b = party_x(drawing, arrow->to);
	size_t columns = (size_t)abs((int)b - (int)a) / CHAR - 1;
	bool wrong = arrow->mark == LADDER_WRONG;

	drawing->y += ROW;
	put_left(drawing, arrow, number);
	if (a == b) {
		put_label(drawing, a, drawing->y + 4, "", "to itself: ", arrow->label, 2 * SIDE / CHAR - 11);
		return;
	}
	put_line(drawing, a, b, drawing->y, colors[arrow->mark], arrow->mark == LADDER_AGAIN ? " opacity=\".5\"" : "",
		 wrong ? 3 : 1);
	put_label(drawing, (a + b) / 2, drawing->y - 7, wrong ? " font-weight=\"bold\"" : "",
		  arrow->mark == LADDER_AGAIN ? "again " : "", arrow->label,
		  arrow->mark == LADDER_AGAIN ? columns - 6 : columns);
	if (wrong && arrow->expected)
		put_expected(drawing, arrow, a, b, columns);
}

static unsigned height_of(const struct ladder_arrow *arrows, size_t count)
{
	unsigned rows = 0;

	for (size_t i = 0; i < count; i++)
		rows += arrows[i].mark == LADDER_WRONG && arrows[i].expected && strcmp(arrows[i].from, arrows[i].to)
				? 2
				: 1;
	return HEAD + rows * ROW + ROW / 2;
}

/* What somebody hears who doesn't see it. */
static void put_name(struct buf *to, const struct ladder_arrow *arrows, size_t count)
{
	html_put(to, "Ladder of %u messages", (uint64_t)count);
	for (size_t i = 0, wrong = 0; i < count && wrong < 3; i++) {
		if (arrows[i].mark != LADDER_WRONG)
			continue;
		html_put(to, "; message %u is wrong: %s from %s to %s", (uint64_t)i + 1, arrows[i].label,
			 arrows[i].from, arrows[i].to);
		wrong++;
	}
}

static void put_columns(struct drawing *drawing, unsigned height)
{
	for (unsigned i = 0; i < drawing->count; i++) {
		unsigned x = LEFT + SIDE + i * GAP;

		put_label(drawing, x, 22, " font-weight=\"bold\"", "", drawing->parties[i], 2 * SIDE / CHAR);
		buf_printf(drawing->to, "<path d=\"M%u 32V%u\" stroke=\"currentColor\" opacity=\".35\"/>\n", x,
			   height - 4);
	}
}

bool html_ladder(struct buf *to, const char *notation, bool times)
{
	struct drawing drawing = {.to = to, .times = times, .y = HEAD};
	struct arena arena = {0};
	struct ladder_arrow *arrows;
	size_t count = ladder_read(notation, &arena, &arrows);
	bool fits = count > 0 && find_parties(&drawing, arrows, count);

	if (fits) {
		unsigned width = LEFT + 2 * SIDE + (drawing.count - 1) * GAP, height = height_of(arrows, count);

		drawing.begin = arrows[0].time;
		buf_puts(to, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Ladder\">\n");
		buf_printf(
			to,
			"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\" "
			"font-family=\"ui-monospace, monospace\" font-size=\"13\" fill=\"currentColor\" role=\"img\" "
			"aria-label=\"",
			width, height, width, height);
		put_name(to, arrows, count);
		buf_puts(to, "\">\n");
		put_columns(&drawing, height);
		for (size_t i = 0; i < count; i++)
			put_arrow(&drawing, &arrows[i], i);
		buf_puts(to, "</svg>\n</div>\n");
	}
	arena_done(&arena);
	return fits;
}
