/* SPDX-License-Identifier: MIT
 *
 * Where the keys of a data file stand. Neither Lua nor jansson tells it, so this reads the text once more, as far as
 * brackets, strings, comments and separators go: enough for literals, and a harmless guess for anything else. */
#include "script/value_build.h"

enum { LEVELS_MAX = VALUE_DEPTH_MAX + 4 };

struct scan {
	struct value_build *build;
	const char *p, *end;
	int line;
	struct {
		size_t path; /* length of the path of the table itself */
		size_t index;
	} levels[LEVELS_MAX];
	unsigned depth; /* of brackets; deeper ones than LEVELS_MAX are only counted */
	struct err *err;
};

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool at(const struct scan *scan, size_t ahead, char c)
{
	return (size_t)(scan->end - scan->p) > ahead && scan->p[ahead] == c;
}

static void step(struct scan *scan)
{
	if (*scan->p++ == '\n')
		scan->line++;
}

/* "[[ … ]]", "[==[ … ]==]": true if there was one. */
static bool skip_long_bracket(struct scan *scan)
{
	size_t level = 1, i;

	while (at(scan, level, '='))
		level++;
	if (!at(scan, 0, '[') || !at(scan, level, '['))
		return false;
	for (scan->p += level + 1; scan->p < scan->end; step(scan)) {
		if (!at(scan, 0, ']') || !at(scan, level, ']'))
			continue;
		for (i = 1; i < level && scan->p[i] == '='; i++)
			;
		if (i < level)
			continue;
		scan->p += level + 1;
		return true;
	}
	return true;
}

static struct slice skip_quoted(struct scan *scan)
{
	char quote = *scan->p++;
	const char *from = scan->p, *to;

	while (scan->p < scan->end && *scan->p != quote && *scan->p != '\n') {
		if (*scan->p == '\\' && scan->p + 1 < scan->end)
			step(scan);
		step(scan);
	}
	to = scan->p;
	if (to < scan->end)
		step(scan);
	return slice_range(from, to);
}

static void skip_blanks(struct scan *scan)
{
	while (scan->p < scan->end) {
		if (!scan->build->json && at(scan, 0, '-') && at(scan, 1, '-')) {
			scan->p += 2;
			if (at(scan, 0, '[') && skip_long_bracket(scan))
				continue;
			while (scan->p < scan->end && *scan->p != '\n')
				scan->p++;
		} else if (memchr(" \t\r\n", *scan->p, 4)) {
			step(scan);
		} else {
			return;
		}
	}
}

static struct slice scan_name(struct scan *scan)
{
	const char *from = scan->p;

	while (scan->p < scan->end && is_name_char(*scan->p))
		scan->p++;
	return slice_range(from, scan->p);
}

/* A key and its '=' or ':'; otherwise an absent slice, and the scan stays where it was. */
static struct slice scan_key(struct scan *scan)
{
	struct scan before = *scan;
	struct slice key = SLICE_NONE;
	bool bracket = !scan->build->json && at(scan, 0, '[');

	if (bracket) {
		scan->p++;
		skip_blanks(scan);
	}
	if (at(scan, 0, '"') || at(scan, 0, '\''))
		key = skip_quoted(scan);
	else
		key = scan_name(scan);
	skip_blanks(scan);
	if (bracket && at(scan, 0, ']')) {
		scan->p++;
		skip_blanks(scan);
	}
	if (key.len && at(scan, 0, scan->build->json ? ':' : '=') && !at(scan, 1, '=')) {
		scan->p++;
		return key;
	}
	*scan = before;
	return SLICE_NONE;
}

/* At the begin of an item: notes its line under its path. */
static void scan_item(struct scan *scan)
{
	struct buf *path = &scan->build->path;
	struct slice key;
	int line;

	skip_blanks(scan);
	if (!scan->depth || scan->depth > LEVELS_MAX || at(scan, 0, '}') || (scan->build->json && at(scan, 0, ']')))
		return;
	line = scan->line;
	key = scan_key(scan);
	path->len = scan->levels[scan->depth - 1].path;
	if (path->len)
		buf_putc(path, '.');
	if (key.len)
		buf_add(path, key);
	else
		buf_printf(path, "%zu", ++scan->levels[scan->depth - 1].index);
	map_set(&scan->build->places, buf_slice(path), (void *)(intptr_t)line);
}

static void scan_open(struct scan *scan)
{
	scan->p++;
	if (scan->depth < LEVELS_MAX) {
		scan->levels[scan->depth].path = scan->depth ? scan->build->path.len : 0;
		scan->levels[scan->depth].index = 0;
	}
	scan->depth++;
	scan_item(scan);
}

static int scan_token(struct scan *scan)
{
	const struct value_build *build = scan->build;
	char c = *scan->p;

	if (c == '"' || (c == '\'' && !build->json)) {
		skip_quoted(scan);
	} else if (c == '{' || (c == '[' && build->json)) {
		scan_open(scan);
	} else if (c == '[' && skip_long_bracket(scan)) {
		return 0;
	} else if (c == '}' || (c == ']' && build->json)) {
		scan->depth -= scan->depth > 0;
		scan->p++;
	} else if (c == ',' || c == ';') {
		scan->p++;
		scan_item(scan);
	} else if (!is_name_char(c)) {
		step(scan);
	} else if (slice_is(scan_name(scan), "function") && !build->json) {
		return err_set(scan->err, -EINVAL, "%s:%d: holds a function, expected only data", build->file,
			       scan->line);
	}
	return 0;
}

int value_places(struct value_build *build, struct err *err)
{
	struct scan scan = {
		.build = build, .p = build->text.p, .end = build->text.p + build->text.len, .line = 1, .err = err};
	int result = 0;

	for (skip_blanks(&scan); !result && scan.p < scan.end; skip_blanks(&scan))
		result = scan_token(&scan);
	build->path.len = 0;
	return result;
}
