/* SPDX-License-Identifier: MIT
 *
 * What the two notations of data files share while a tree is built. */
#ifndef SCRIPT_VALUE_BUILD_H
#define SCRIPT_VALUE_BUILD_H

#include "script/value.h"

#include "base/buf.h"
#include "base/map.h"

struct value_build {
	const char *file;
	struct slice text;
	bool json;
	struct arena *arena;
	struct map places; /* path → line; the lines as pointers, never NULL */
	struct buf path;   /* of the value that is being built: "users.2.address" */
	size_t count;      /* values so far */
	unsigned depth;
};

/* Finds the line of every key and item in the text, as far as a table is written as a literal. -EINVAL: the text holds
 * a function. Lives as long as the build. */
int value_places(struct value_build *build, struct err *err);

/* Line of the path, or of the nearest thing around it. */
int value_build_line(const struct value_build *build);
/* "file:line: PATH …" */
int value_build_err(const struct value_build *build, struct err *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* One level down, to the item `name`, or (NULL) to the item number `index`; the limits are checked. Returns what
 * value_build_leave() needs. */
int value_build_enter(struct value_build *build, const char *name, size_t index, size_t *ret_mark, struct err *err);
void value_build_leave(struct value_build *build, size_t mark);
int value_build_text(struct value_build *build, struct slice text, struct value *to, struct err *err);
/* Room for `count` items. */
void value_build_items(struct value_build *build, enum value_kind kind, size_t count, struct value *to);
void value_build_sort(struct value *table);

int value_of_lua(struct value_build *build, struct value *to, struct err *err);
int value_of_json(struct value_build *build, struct value *to, struct err *err);

#endif
