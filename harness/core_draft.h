/* SPDX-License-Identifier: MIT
 *
 * A request before it is text: header lines in order, which a play may change, drop or replace by raw ones, wrong ones
 * too. Made by harness/user_request and the core's REGISTER with all that a good request has; read by draft_write. */
#ifndef HARNESS_CORE_DRAFT_H
#define HARNESS_CORE_DRAFT_H

#include "base/arena.h"
#include "base/buf.h"

struct draft_line {
	const char *name; /* NULL: `value` is the whole line, name and all, as it is */
	struct slice value;
};

struct draft { /* zeroed, but for the arena, which holds all texts: empty */
	struct arena *arena;
	const char *method;
	struct slice uri;
	struct draft_line *lines; /* in the arena */
	size_t count, cap;
	const char *content_type; /* NULL: no such line */
	struct slice body;        /* absent: none */
	bool odd;                 /* some line is as the play has it: it may be one that nobody can read */
};

/* Adds a line at the end. Copies the value, not the name. */
void draft_add(struct draft *draft, const char *name, struct slice value);
void draft_printf(struct draft *draft, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The first line of that name gets another value, in its place; further ones go. Added where there was none. */
void draft_set(struct draft *draft, const char *name, struct slice value);
void draft_remove(struct draft *draft, const char *name);
/* A line as it is, without its line end. */
void draft_add_raw(struct draft *draft, struct slice line);

/* The same with all its texts in that arena. */
struct draft draft_copy(const struct draft *draft, struct arena *arena);

void draft_write(const struct draft *draft, struct buf *to);

#endif
