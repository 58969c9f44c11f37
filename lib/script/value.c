/* SPDX-License-Identifier: MIT */
#include "script/value_build.h"

#include "script/file.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int value_build_line(const struct value_build *build)
{
	struct slice path = buf_slice(&build->path);
	void *line = NULL;

	while (path.len && !(line = map_get(&build->places, path)))
		do
			path.len--;
		while (path.len && path.p[path.len] != '.');
	return line ? (int)(intptr_t)line : 1;
}

int value_build_err(const struct value_build *build, struct err *err, const char *format, ...)
{
	char text[256], path[128];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text_clean_fixed(path, sizeof(path), build->path.len ? buf_slice(&build->path) : SLICE("the file"));
	return err_set(err, -EINVAL, "%s:%d: %s %s", build->file, value_build_line(build), path, text);
}

int value_build_enter(struct value_build *build, const char *name, size_t index, size_t *ret_mark, struct err *err)
{
	*ret_mark = build->path.len;
	if (build->path.len)
		buf_putc(&build->path, '.');
	if (name)
		buf_puts(&build->path, name);
	else
		buf_printf(&build->path, "%zu", index);
	build->depth++;
	if (build->depth > VALUE_DEPTH_MAX)
		return value_build_err(build, err, "is too deep, expected at most %d levels", VALUE_DEPTH_MAX);
	if (++build->count > VALUE_COUNT_MAX)
		return value_build_err(build, err, "is one too many, expected at most %d values", VALUE_COUNT_MAX);
	return 0;
}

void value_build_leave(struct value_build *build, size_t mark)
{
	build->depth--;
	build->path.len = mark;
}

int value_build_text(struct value_build *build, struct slice text, struct value *to, struct err *err)
{
	if (text.len && memchr(text.p, '\0', text.len))
		return value_build_err(build, err, "holds a NUL, expected text");
	to->kind = VALUE_TEXT;
	to->text = arena_copy(build->arena, text);
	return 0;
}

void value_build_items(struct value_build *build, enum value_kind kind, size_t count, struct value *to)
{
	to->kind = kind;
	to->items = arena_alloc(build->arena, (count + 1) * sizeof(*to->items));
	to->names = kind == VALUE_TABLE ? arena_alloc(build->arena, (count + 1) * sizeof(*to->names)) : NULL;
}

struct named {
	const char *name;
	struct value item;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

void value_build_sort(struct value *table)
{
	struct named *pairs = mem_alloc((table->count + 1) * sizeof(*pairs));

	for (size_t i = 0; i < table->count; i++)
		pairs[i] = (struct named){table->names[i], table->items[i]};
	qsort(pairs, table->count, sizeof(*pairs), compare_names);
	for (size_t i = 0; i < table->count; i++) {
		table->names[i] = pairs[i].name;
		table->items[i] = pairs[i].item;
	}
	free(pairs);
}

static bool is_json(const char *file, struct slice text)
{
	struct slice name = slice_of(file), trimmed = slice_trim(text);

	if (name.len > 5 && slice_is_nocase(slice_range(name.p + name.len - 5, name.p + name.len), ".json"))
		return true;
	return trimmed.len && *trimmed.p == '{';
}

int value_parse(const char *file, struct slice text, struct arena *arena, const struct value **ret, struct err *err)
{
	struct value_build build = {.file = file, .text = text, .json = is_json(file, text), .arena = arena};
	struct value *value = arena_alloc(arena, sizeof(*value));
	int result;

	*ret = NULL;
	result = value_places(&build, err);
	if (!result)
		result = build.json ? value_of_json(&build, value, err) : value_of_lua(&build, value, err);
	map_done(&build.places);
	buf_done(&build.path);
	if (!result)
		*ret = value;
	return result;
}

int value_read(const char *path, struct arena *arena, const struct value **ret, struct err *err)
{
	struct buf text = {0};
	int result = file_read(path, VALUE_FILE_MAX, &text, err);

	*ret = NULL;
	if (!result)
		result = value_parse(path, buf_slice(&text), arena, ret, err);
	buf_done(&text);
	return result;
}

const struct value *value_get(const struct value *value, const char *name)
{
	size_t i;

	for (i = 0; value && value->kind == VALUE_TABLE && i < value->count; i++)
		if (!strcmp(value->names[i], name))
			return &value->items[i];
	return NULL;
}

const char *value_kind_name(const struct value *value)
{
	static const char *const names[] = {"true or false", "a number", "text", "a list", "a table"};

	if (value && value->kind == VALUE_LIST && !value->count)
		return "empty";
	return value ? names[value->kind] : "nothing";
}
