/* SPDX-License-Identifier: MIT */
#include "reports/ladder.h"
#include "base/time.h"
#include "reports/words.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TIME_COLUMNS = 11, CORNER_COLUMNS = 4 };

struct ladder {
	struct buf *to;
	const char *names[LADDER_COLUMNS_MAX];
	unsigned count;
	size_t left;  /* columns before the first party's field */
	size_t field; /* columns of one party's field */
	uint64_t begin;
	bool times;
	char cells[LADDER_WIDTH][5]; /* the line being drawn, a character each */
};

static void line_clear(struct ladder *ladder)
{
	memset(ladder->cells, 0, sizeof(ladder->cells));
}

/* Puts text of at most `max` columns; a longer one ends in "…". */
static void line_put(struct ladder *ladder, size_t column, const char *text, size_t max)
{
	bool cut = words_columns(text) > max;

	for (size_t i = 0; i < max && *text && column + i < LADDER_WIDTH; i++) {
		size_t n = words_fit(text, 1);

		if (cut && i + 1 == max) {
			text = "…";
			n = strlen(text);
		}
		if (n < sizeof(ladder->cells[0])) {
			memcpy(ladder->cells[column + i], text, n);
			ladder->cells[column + i][n] = '\0';
		}
		text += n;
	}
}

static void line_end(struct ladder *ladder)
{
	size_t n = LADDER_WIDTH;

	while (n > 0 && (ladder->cells[n - 1][0] == '\0' || ladder->cells[n - 1][0] == ' '))
		n--;
	for (size_t i = 0; i < n; i++)
		buf_puts(ladder->to, ladder->cells[i][0] ? ladder->cells[i] : " ");
	buf_putc(ladder->to, '\n');
}

static int party_find(const struct ladder *ladder, const char *name)
{
	for (unsigned i = 0; i < ladder->count; i++)
		if (strcmp(ladder->names[i], name) == 0)
			return (int)i;
	return -1;
}

/* false: there are more than fit. */
static bool party_add(struct ladder *ladder, const char *name)
{
	if (party_find(ladder, name) >= 0)
		return true;
	if (ladder->count == LADDER_COLUMNS_MAX)
		return false;
	ladder->names[ladder->count++] = name;
	return true;
}

static bool find_parties(struct ladder *ladder, const struct ladder_arrow *arrows, size_t count,
			 const char *const *columns)
{
	for (; columns && *columns; columns++)
		if (!party_add(ladder, *columns))
			return false;
	for (size_t i = 0; i < count; i++)
		if (!party_add(ladder, arrows[i].from) || !party_add(ladder, arrows[i].to))
			return false;
	return true;
}

static size_t party_column(const struct ladder *ladder, int party)
{
	return ladder->left + (size_t)party * ladder->field + ladder->field / 2;
}

/* The corner holds a word of ours, so that no line starts with a name. */
static void draw_names(struct ladder *ladder)
{
	line_clear(ladder);
	line_put(ladder, 0, ladder->times ? "  seconds" : "SIP", TIME_COLUMNS);
	for (unsigned i = 0; i < ladder->count; i++) {
		size_t n = words_columns(ladder->names[i]), max = ladder->field - 1;

		n = n < max ? n : max;
		line_put(ladder, party_column(ladder, (int)i) - n / 2, ladder->names[i], n);
	}
	line_end(ladder);
}

static void put_time(struct ladder *ladder, const struct ladder_arrow *arrow)
{
	uint64_t ms = arrow->time > ladder->begin ? (arrow->time - ladder->begin) / MILLISECOND : 0;
	char text[32];

	snprintf(text, sizeof(text), "%5" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
	line_put(ladder, 0, text, TIME_COLUMNS - 1);
}

/* "----- PUBLISH ---->" between two parties, dashes apart where it is said again. */
static void put_arrow(struct ladder *ladder, const struct ladder_arrow *arrow)
{
	size_t a = party_column(ladder, party_find(ladder, arrow->from));
	size_t b = party_column(ladder, party_find(ladder, arrow->to));
	size_t low = a < b ? a : b, high = a < b ? b : a, gap = high - low - 1;
	const char *again = arrow->mark == LADDER_AGAIN ? "again " : "";
	char *label = mem_printf(" %s%s ", again, arrow->label);
	size_t len = words_columns(label), max = gap > 3 ? gap - 2 : gap;

	for (size_t i = low + 1; i < high; i++)
		line_put(ladder, i, arrow->mark == LADDER_AGAIN && (i - low) % 2 == 0 ? " " : "-", 1);
	len = len < max ? len : max;
	line_put(ladder, low + 1 + (gap - len) / 2, label, len);
	line_put(ladder, a < b ? high - 1 : low + 1, a < b ? ">" : "<", 1);
	free(label);
}

static void put_own(struct ladder *ladder, const struct ladder_arrow *arrow)
{
	size_t column = party_column(ladder, party_find(ladder, arrow->from)) + 2;
	char *label = mem_printf("%s (to itself)", arrow->label);

	line_put(ladder, column, label, LADDER_WIDTH - column);
	free(label);
}

static void put_note(struct ladder *ladder, const struct ladder_arrow *arrow)
{
	const char *p = arrow->note ? arrow->note : "";

	while (*p) {
		size_t n = strcspn(p, "\n");
		char *line = mem_printf("%.*s", (int)n, p);

		buf_printf(ladder->to, "%*s%s", (int)ladder->left, "", arrow->mark == LADDER_WRONG ? "! " : "- ");
		words_wrap(ladder->to, line, ladder->left + 2, ladder->left);
		free(line);
		p += n + (p[n] == '\n');
	}
}

static void draw_arrow(struct ladder *ladder, const struct ladder_arrow *arrow)
{
	line_clear(ladder);
	for (unsigned i = 0; i < ladder->count; i++)
		line_put(ladder, party_column(ladder, (int)i), "|", 1);
	if (ladder->times)
		put_time(ladder, arrow);
	if (strcmp(arrow->from, arrow->to) == 0)
		put_own(ladder, arrow);
	else
		put_arrow(ladder, arrow);
	if (arrow->mark == LADDER_WRONG)
		line_put(ladder, ladder->left - 2, "!", 1);
	line_end(ladder);
	put_note(ladder, arrow);
}

/* Too many parties for columns. */
static void list_arrow(struct ladder *ladder, const struct ladder_arrow *arrow)
{
	char *text = mem_printf("%s -> %s: %s%s", arrow->from, arrow->to, arrow->mark == LADDER_AGAIN ? "again " : "",
				arrow->label);

	line_clear(ladder);
	if (ladder->times)
		put_time(ladder, arrow);
	line_put(ladder, ladder->left - 2, arrow->mark == LADDER_WRONG ? "!" : "-", 1);
	line_put(ladder, ladder->left, text, LADDER_WIDTH - ladder->left);
	line_end(ladder);
	put_note(ladder, arrow);
	free(text);
}

void ladder_draw(struct buf *to, const struct ladder_arrow *arrows, size_t count, const struct ladder_options *options)
{
	struct ladder ladder = {.to = to, .times = options->times};
	bool fits;

	if (count == 0)
		return;
	fits = find_parties(&ladder, arrows, count, options->columns);
	ladder.begin = arrows[0].time;
	ladder.left = options->times ? TIME_COLUMNS : CORNER_COLUMNS;
	ladder.field = (LADDER_WIDTH - ladder.left) / ladder.count;
	if (fits)
		draw_names(&ladder);
	for (size_t i = 0; i < count; i++) {
		if (fits)
			draw_arrow(&ladder, &arrows[i]);
		else
			list_arrow(&ladder, &arrows[i]);
	}
}
