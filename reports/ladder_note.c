/* SPDX-License-Identifier: MIT */
#include "reports/ladder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { NOTE_MAX = 8192 }; /* more of a note is left out */

static const char *const mark_names[] = {"plain", "again", "wrong"};

static void put_line(struct buf *to, char kind, const char *text)
{
	buf_printf(to, "%c %.*s\n", kind, (int)strcspn(text, "\n"), text);
}

static void put_note(struct buf *to, const char *note)
{
	for (; note && *note; note += *note == '\n') {
		put_line(to, '!', note);
		note += strcspn(note, "\n");
	}
}

void ladder_note(struct buf *to, const struct ladder_arrow *arrows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct ladder_arrow *arrow = &arrows[i];

		buf_printf(to, "@ %" PRIu64 " %s\n", arrow->time, mark_names[arrow->mark]);
		put_line(to, '<', arrow->from);
		put_line(to, '>', arrow->to);
		put_line(to, '=', arrow->label);
		if (arrow->expected)
			put_line(to, '?', arrow->expected);
		put_note(to, arrow->note);
	}
}

static bool read_head(struct ladder_arrow *arrow, const char *text)
{
	char *end;

	*arrow = (struct ladder_arrow){.from = "", .to = "", .label = ""};
	arrow->time = strtoull(text, &end, 10);
	for (unsigned i = 0; end != text && *end == ' ' && i < 3; i++) {
		if (strcmp(end + 1, mark_names[i]))
			continue;
		arrow->mark = (enum ladder_mark)i;
		return true;
	}
	return false;
}

static bool read_line(struct ladder_arrow *arrow, char kind, const char *text, struct arena *arena)
{
	switch (kind) {
	case '<':
		arrow->from = text;
		return true;
	case '>':
		arrow->to = text;
		return true;
	case '=':
		arrow->label = text;
		return true;
	case '?':
		arrow->expected = text;
		return true;
	case '!':
		if (arrow->note && strlen(arrow->note) > NOTE_MAX)
			return true;
		arrow->note = arrow->note ? arena_printf(arena, "%s\n%s", arrow->note, text) : text;
		return true;
	default:
		return false;
	}
}

static size_t count_messages(const char *notation)
{
	size_t count = 0;

	for (const char *p = notation; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		count += *p == '@';
	}
	return count;
}

size_t ladder_read(const char *notation, struct arena *arena, struct ladder_arrow **ret)
{
	struct ladder_arrow *arrows = arena_alloc(arena, (count_messages(notation) + 1) * sizeof(*arrows));
	size_t count = 0;

	*ret = arrows;
	for (const char *p = notation; *p; p += *p == '\n') {
		size_t len = strcspn(p, "\n");
		const char *line = arena_copy(arena, (struct slice){p, len}).p;

		if (len < 2 || line[1] != ' ')
			return 0;
		if (line[0] == '@' ? !read_head(&arrows[count++], line + 2)
				   : !count || !read_line(&arrows[count - 1], line[0], line + 2, arena))
			return 0;
		p += len;
	}
	return count;
}

void ladder_show(struct buf *to, const char *notation, bool times)
{
	const struct ladder_options options = {.times = times};
	struct ladder_arrow *arrows;
	struct arena arena = {0};
	size_t count = notation ? ladder_read(notation, &arena, &arrows) : 0;

	if (count)
		ladder_draw(to, arrows, count, &options);
	else if (notation)
		buf_puts(to, notation);
	arena_done(&arena);
}
