/* SPDX-License-Identifier: MIT */
#include "reports/json_read.h"
#include "base/text.h"

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

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e)
			return false;
	return true;
}

/* Backslashes stand for themselves here: they are what an earlier cleaning has made. */
static void clean_text(json_t *value, bool lines)
{
	const char *text = json_string_value(value);
	struct buf out = {0};

	if (is_plain(text))
		return;
	for (;;) {
		size_t n = strcspn(text, "\\");

		(lines ? text_clean_lines : text_clean)(&out, (struct slice){text, n}, TEXT_NO_MAX);
		text += n;
		if (*text == '\0')
			break;
		buf_putc(&out, *text++);
	}
	if (strcmp(out.p, json_string_value(value)) != 0)
		json_string_set(value, out.p);
	buf_done(&out);
}

static bool is_listed(const char *const *list, const char *key)
{
	while (*list && strcmp(*list, key) != 0)
		list++;
	return *list != NULL;
}

static void clean_value(json_t *value, const char *const *lines, bool several)
{
	const char *key;
	json_t *below;
	size_t i;

	if (json_is_string(value))
		clean_text(value, several);
	json_array_foreach(value, i, below) clean_value(below, lines, several);
	json_object_foreach(value, key, below) clean_value(below, lines, is_listed(lines, key));
}

void reading_clean(json_t *root, const char *const *lines)
{
	clean_value(root, lines, false);
}
