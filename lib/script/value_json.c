/* SPDX-License-Identifier: MIT
 *
 * Data files in JSON. */
#include "script/value_build.h"

#include "base/text.h"

#include <jansson.h>

static int convert(struct value_build *build, const json_t *json, struct value *to, struct err *err);

/* null is as good as absent */
static int convert_item(struct value_build *build, const char *name, size_t index, const json_t *json, struct value *to,
			struct err *err)
{
	size_t mark;
	int result;

	if (json_is_null(json))
		return 0;
	result = value_build_enter(build, name, index, &mark, err);
	if (!result)
		result = convert(build, json, &to->items[to->count], err);
	if (!result && name)
		to->names[to->count] = arena_copy(build->arena, slice_of(name)).p;
	to->count++;
	value_build_leave(build, mark);
	return result;
}

static int convert_object(struct value_build *build, const json_t *json, struct value *to, struct err *err)
{
	const char *name;
	json_t *item;
	int result;

	value_build_items(build, VALUE_TABLE, json_object_size(json), to);
	json_object_foreach((json_t *)json, name, item)
	{
		result = convert_item(build, name, 0, item, to, err);
		if (result)
			return result;
	}
	value_build_sort(to);
	return 0;
}

static int convert_array(struct value_build *build, const json_t *json, struct value *to, struct err *err)
{
	json_t *item;
	size_t i;
	int result;

	value_build_items(build, VALUE_LIST, json_array_size(json), to);
	json_array_foreach(json, i, item)
	{
		result = convert_item(build, NULL, i + 1, item, to, err);
		if (result)
			return result;
	}
	return 0;
}

static int convert(struct value_build *build, const json_t *json, struct value *to, struct err *err)
{
	to->line = value_build_line(build);
	switch (json_typeof(json)) {
	case JSON_TRUE:
	case JSON_FALSE:
		to->kind = VALUE_FLAG;
		to->flag = json_is_true(json);
		return 0;
	case JSON_INTEGER:
		to->kind = VALUE_NUMBER;
		to->number = json_integer_value(json);
		return 0;
	case JSON_STRING:
		return value_build_text(build, (struct slice){json_string_value(json), json_string_length(json)}, to,
					err);
	case JSON_OBJECT:
		return convert_object(build, json, to, err);
	case JSON_ARRAY:
		return convert_array(build, json, to, err);
	default:
		return value_build_err(build, err, "has a fraction, expected a whole number");
	}
}

int value_of_json(struct value_build *build, struct value *to, struct err *err)
{
	char text[sizeof(err->text) / 2];
	json_error_t error;
	json_t *json;
	int result;

	json = json_loadb(build->text.p ? build->text.p : "", build->text.len, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		return err_set(err, -EINVAL, "%s:%d: %s, expected JSON", build->file, error.line > 0 ? error.line : 1,
			       text_clean_fixed(text, sizeof(text), slice_of(error.text)));
	if (json_is_object(json))
		result = convert(build, json, to, err);
	else
		result = err_set(err, -EINVAL, "%s:1: is no object, expected { … }", build->file);
	json_decref(json);
	return result;
}
