/* SPDX-License-Identifier: MIT
 *
 * Talk in lines with somebody outside of the program, beside the loop of a real world: a child process on its standard
 * input and output, or a person at the terminal. */
#ifndef HARNESS_UV_CHILD_H
#define HARNESS_UV_CHILD_H

#include "base/err.h"
#include "harness/world.h"

enum { UV_CHILD_LINE_MAX = 64 * 1024 };

struct uv_child;
struct uv_child_events {
	void (*on_line)(void *arg, struct slice line); /* without its end */
	/* No further line: it has ended, or said one that is too long. Told once, never from within a call of ours. */
	void (*on_end)(void *arg, const char *why);
};

/* `command` by /bin/sh, in a process group of its own; its stderr is ours. -errno. `events` must outlive it. */
int uv_child_new(struct world *world, const char *command, const struct uv_child_events *events, void *arg,
		 struct uv_child **ret, struct err *err);
/* Lines that a person types at our standard input. -errno where it is no terminal. */
int uv_child_new_terminal(struct world *world, const struct uv_child_events *events, void *arg, struct uv_child **ret,
			  struct err *err);
/* To the child. A line that it does not take any more is lost: on_end tells. */
void uv_child_write(struct uv_child *child, struct slice line);
/* Ends the child's group; silently. Before world_free. NULL is fine. */
void uv_child_free(struct uv_child *child);

#endif
