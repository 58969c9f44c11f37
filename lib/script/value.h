/* SPDX-License-Identifier: MIT
 *
 * Data files (IXIT, ICS, profile): one table in Lua's notation, or the same in JSON (a name that ends in ".json", or a
 * text that begins with '{'), as a tree of values that schemas check. A Lua data file is text only, knows no name,
 * holds no function, and has a small budget. Everything lives in the caller's arena. */
#ifndef SCRIPT_VALUE_H
#define SCRIPT_VALUE_H

#include "base/arena.h"
#include "base/err.h"

enum value_kind { VALUE_FLAG, VALUE_NUMBER, VALUE_TEXT, VALUE_LIST, VALUE_TABLE };

enum { VALUE_FILE_MAX = 1024 * 1024, VALUE_DEPTH_MAX = 12, VALUE_COUNT_MAX = 200 * 1000 };

struct value {
	enum value_kind kind;
	int line; /* where it, or what it is part of, stands in the file; from 1 */
	bool flag;
	int64_t number;
	struct slice text;   /* a NUL follows, none is in it */
	const char **names;  /* TABLE: of the items, sorted */
	struct value *items; /* LIST, TABLE */
	size_t count;
};

/* Reads a file. -EINVAL with "file:line: …, expected …"; -ENOENT etc. where it can't be read. */
int value_read(const char *path, struct arena *arena, const struct value **ret, struct err *err);
/* The same of a text; `file` names it in messages. */
int value_parse(const char *file, struct slice text, struct arena *arena, const struct value **ret, struct err *err);

/* The item of a table; NULL where it is none or has no such item. */
const struct value *value_get(const struct value *value, const char *name);
/* "text", "a number" …, for messages; NULL is "nothing". */
const char *value_kind_name(const struct value *value);

#endif
