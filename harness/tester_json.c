/* SPDX-License-Identifier: MIT */
#include "harness/tester_json.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>

static void set_text(json_t *object, const char *name, const char *text)
{
	if (text)
		json_object_set_new(object, name, json_string(text));
}

void tester_json_write(struct buf *to, const struct tester_json *line)
{
	json_t *object = json_object();
	char *text;

	json_object_set_new(object, "id", json_integer((json_int_t)line->id));
	set_text(object, "command", line->command);
	if (line->user) {
		json_object_set_new(object, "active", json_boolean(line->active));
		set_text(object, "user", line->user->address);
		set_text(object, "username", line->user->username);
		set_text(object, "password", line->user->password);
		set_text(object, "core", line->core);
		set_text(object, "transport", line->transport);
	}
	text = json_dumps(object, JSON_COMPACT);
	if (text)
		buf_puts(to, text);
	free(text);
	json_decref(object);
}

static int read_result(const json_t *object, struct tester_reply *ret, struct err *err)
{
	static const char *const names[] = {"done", "cannot", "failed"};
	const char *result = json_string_value(json_object_get(object, "result"));
	const char *why = json_string_value(json_object_get(object, "why"));

	for (unsigned i = 0; result && i < 3; i++) {
		if (strcmp(result, names[i]))
			continue;
		ret->outcome = (enum tester_outcome)i;
		text_clean_fixed(ret->why, sizeof(ret->why), slice_of(why ? why : ""));
		return 0;
	}
	return err_set(err, -EBADMSG,
		       "a line of the upper tester has no result, expected \"done\", \"cannot\" or \"failed\"");
}

int tester_json_read(struct slice line, struct tester_reply *ret, struct err *err)
{
	json_error_t wrong;
	json_t *object = json_loadb(line.p ? line.p : "", line.len, 0, &wrong);
	const json_t *id = json_object_get(object, "id");
	char text[80];
	int rc;

	*ret = (struct tester_reply){0};
	if (!json_is_object(object) || !json_is_integer(id) || json_integer_value(id) < 0) {
		json_decref(object);
		return err_set(err, -EBADMSG, "'%s' from the upper tester, expected an object with an id and a result",
			       text_clean_fixed(text, sizeof(text), line));
	}
	ret->id = (uint64_t)json_integer_value(id);
	rc = read_result(object, ret, err);
	json_decref(object);
	return rc;
}
