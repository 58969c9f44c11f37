/* SPDX-License-Identifier: MIT */
#include "script/schema.h"

#include "script/suggest.h"

#include "base/buf.h"
#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct reading {
	const char *file;
	struct arena *arena;
	struct err *err;
	struct buf path;
};

static int reading_err(const struct reading *reading, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int reading_err(const struct reading *reading, int line, const char *format, ...)
{
	char text[320], path[128];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text_clean_fixed(path, sizeof(path), buf_slice(&reading->path));
	return err_set(reading->err, -EINVAL, "%s:%d: %s%s%s", reading->file, line, path, *path ? " " : "", text);
}

static size_t path_enter(struct reading *reading, const char *name)
{
	size_t mark = reading->path.len;

	buf_printf(&reading->path, mark ? ".%s" : "%s", name);
	return mark;
}

static int wrong_kind(const struct reading *reading, const struct value *value, const char *expected)
{
	return reading_err(reading, value->line, "is %s, expected %s", value_kind_name(value), expected);
}

static int read_number(const struct reading *reading, const struct schema_field *field, const struct value *value,
		       int64_t *to)
{
	if (value->kind != VALUE_NUMBER)
		return reading_err(reading, value->line, "is %s, expected a whole number from %" PRId64 " to %" PRId64,
				   value_kind_name(value), field->min, field->max);
	if (value->number < field->min || value->number > field->max)
		return reading_err(reading, value->line, "is %" PRId64 ", expected %" PRId64 " to %" PRId64,
				   value->number, field->min, field->max);
	*to = value->number;
	return 0;
}

static int read_text(const struct reading *reading, const struct value *value, const char **to)
{
	if (value->kind != VALUE_TEXT)
		return wrong_kind(reading, value, "text");
	if (!value->text.len)
		return reading_err(reading, value->line, "is empty, expected text");
	*to = value->text.p;
	return 0;
}

static int read_word(const struct reading *reading, const struct schema_field *field, const struct value *value,
		     unsigned *to)
{
	char text[128] = "", suggestion[SUGGEST_TEXT_MAX], seen[64];
	const char *const *word;

	for (word = field->words; *word; word++) {
		if (value->kind == VALUE_TEXT && slice_is(value->text, *word)) {
			*to = (unsigned)(word - field->words);
			return 0;
		}
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s\"%s\"", word == field->words ? "" : ", ",
			 *word);
	}
	if (value->kind != VALUE_TEXT)
		return reading_err(reading, value->line, "is %s, expected one of %s", value_kind_name(value), text);
	return reading_err(reading, value->line, "is '%s', expected one of %s%s",
			   text_clean_fixed(seen, sizeof(seen), value->text), text,
			   suggest_from(suggestion, value->text, field->words));
}

static int check_count(const struct reading *reading, const struct schema_field *field, const struct value *list)
{
	if (!field->max || (int64_t)list->count <= field->max)
		return 0;
	return reading_err(reading, list->line, "has %zu items, expected at most %" PRId64, list->count, field->max);
}

static int read_texts(struct reading *reading, const struct schema_field *field, const struct value *value,
		      const char *const **to)
{
	const char **texts;
	size_t i;
	int result = 0;

	if (value->kind != VALUE_LIST)
		return wrong_kind(reading, value, "a list of texts");
	if (check_count(reading, field, value))
		return -EINVAL;
	texts = arena_alloc(reading->arena, (value->count + 1) * sizeof(*texts));
	for (i = 0; i < value->count && !result; i++)
		result = read_text(reading, &value->items[i], &texts[i]);
	*to = texts;
	return result;
}

static int read_table(struct reading *reading, const struct schema *schema, const struct value *value, void *to);

static int read_tables(struct reading *reading, const struct schema_field *field, const struct value *value, void *to)
{
	const struct schema *schema = field->table;
	char *items, number[24];
	size_t i, mark;
	int result = 0;

	if (value->kind != VALUE_LIST)
		return wrong_kind(reading, value, "a list of tables");
	if (check_count(reading, field, value))
		return -EINVAL;
	items = arena_alloc(reading->arena, (value->count + 1) * schema->size);
	for (i = 0; i < value->count && !result; i++) {
		snprintf(number, sizeof(number), "%zu", i + 1);
		mark = path_enter(reading, number);
		result = read_table(reading, schema, &value->items[i], items + i * schema->size);
		reading->path.len = mark;
	}
	*(void **)((char *)to + field->offset) = items;
	*(size_t *)((char *)to + field->count_offset) = value->count;
	return result;
}

static int read_field(struct reading *reading, const struct schema_field *field, const struct value *value,
		      void *structure)
{
	void *to = (char *)structure + field->offset;

	switch (field->type) {
	case SCHEMA_TEXT:
		return read_text(reading, value, to);
	case SCHEMA_NUMBER:
		return read_number(reading, field, value, to);
	case SCHEMA_WORD:
		return read_word(reading, field, value, to);
	case SCHEMA_TEXTS:
		return read_texts(reading, field, value, to);
	case SCHEMA_TABLE:
		return read_table(reading, field->table, value, to);
	case SCHEMA_TABLES:
		return read_tables(reading, field, value, structure);
	case SCHEMA_FLAG:
		if (value->kind != VALUE_FLAG)
			return wrong_kind(reading, value, "true or false");
		*(bool *)to = value->flag;
		return 0;
	case SCHEMA_ANY:
		*(const struct value **)to = value;
		return 0;
	}
	assert(false);
	return -EINVAL;
}

static const struct schema_field *field_of(const struct schema *schema, const char *name)
{
	const struct schema_field *field;

	for (field = schema->fields; field->name; field++)
		if (!strcmp(field->name, name))
			return field;
	return NULL;
}

static int unknown_field(const struct reading *reading, const struct schema *schema, const char *name, int line)
{
	char text[SUGGEST_TEXT_MAX], known[192] = "", seen[64];
	const struct schema_field *field;
	struct suggest suggest;

	suggest_init(&suggest, slice_of(name));
	for (field = schema->fields; field->name; field++) {
		suggest_offer(&suggest, field->name);
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s", *known ? ", " : "", field->name);
	}
	return reading_err(reading, line, "has an unknown key '%s', expected one of: %s%s",
			   text_clean_fixed(seen, sizeof(seen), slice_of(name)), known, suggest_text(&suggest, text));
}

static int read_table(struct reading *reading, const struct schema *schema, const struct value *value, void *to)
{
	const struct schema_field *field;
	size_t i, mark;
	int result;

	if (value->kind != VALUE_TABLE && !(value->kind == VALUE_LIST && !value->count))
		return wrong_kind(reading, value, "a table of names");
	for (i = 0; i < value->count; i++) {
		field = field_of(schema, value->names[i]);
		if (!field)
			return unknown_field(reading, schema, value->names[i], value->items[i].line);
		mark = path_enter(reading, field->name);
		result = read_field(reading, field, &value->items[i], to);
		reading->path.len = mark;
		if (result)
			return result;
	}
	for (field = schema->fields; field->name; field++)
		if (field->needed && !value_get(value, field->name))
			return reading_err(reading, value->line, "has no %s, expected one", field->name);
	return 0;
}

int schema_read(const struct schema *schema, const char *file, const struct value *value, void *to, struct arena *arena,
		struct err *err)
{
	struct reading reading = {.file = file, .arena = arena, .err = err};
	int result = read_table(&reading, schema, value, to);

	buf_done(&reading.path);
	return result;
}
