/* SPDX-License-Identifier: MIT */
#include "reports/json_read.h"

static void reading_wrong(struct reading *from, const char *key, const char *wrong)
{
	if (from->wrong)
		return;
	from->wrong = wrong;
	from->key = key;
}

static const json_t *get(struct reading *from, const char *key, bool ok_if_null, bool (*is)(const json_t *),
			 const char *must)
{
	const json_t *value = json_object_get(from->object, key);

	if (value && ((ok_if_null && json_is_null(value)) || is(value)))
		return value;
	reading_wrong(from, key, value ? must : "is missing");
	return NULL;
}

static bool is_text(const json_t *value)
{
	return json_is_string(value);
}

static bool is_number(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_bool(const json_t *value)
{
	return json_is_boolean(value);
}

static bool is_array(const json_t *value)
{
	return json_is_array(value);
}

static bool is_object(const json_t *value)
{
	return json_is_object(value);
}

const char *get_text(struct reading *from, const char *key)
{
	const json_t *value = get(from, key, false, is_text, "must be a text");

	return value ? json_string_value(value) : "";
}

const char *get_text_or_null(struct reading *from, const char *key)
{
	return json_string_value(get(from, key, true, is_text, "must be a text or null"));
}

uint64_t get_number(struct reading *from, const char *key)
{
	return (uint64_t)json_integer_value(get(from, key, false, is_number, "must be a whole number from 0"));
}

bool get_bool(struct reading *from, const char *key)
{
	return json_is_true(get(from, key, false, is_bool, "must be true or false"));
}

const json_t *get_array(struct reading *from, const char *key)
{
	return get(from, key, false, is_array, "must be an array");
}

const json_t *get_object(struct reading *from, const char *key)
{
	return get(from, key, false, is_object, "must be an object");
}

unsigned get_choice(struct reading *from, const char *key, const char *(*name)(unsigned), unsigned count)
{
	const char *text = get_text(from, key);

	for (unsigned i = 0; i < count; i++)
		if (strcmp(text, name(i)) == 0)
			return i;
	reading_wrong(from, key, "has an unknown value");
	return 0;
}

int reading_end(const struct reading *from, struct err *err)
{
	return from->wrong ? err_set(err, -EBADMSG, "'%s' %s", from->key, from->wrong) : 0;
}

uint64_t get_number_in_text(struct reading *from, const char *key)
{
	uint64_t number = 0;

	if (!slice_to_u64(slice_of(get_text(from, key)), &number))
		reading_wrong(from, key, "must be a number in a text");
	return number;
}
