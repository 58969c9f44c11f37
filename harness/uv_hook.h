/* SPDX-License-Identifier: MIT
 *
 * Hooks of the IXIT: shell commands of the user's own, run beside the loop of a real world. */
#ifndef HARNESS_UV_HOOK_H
#define HARNESS_UV_HOOK_H

#include "harness/world.h"

struct uv_hooks; /* those that run */

struct uv_hooks *uv_hooks_new(struct world *world);
/* Kills what still runs, silently. Before world_free. NULL is fine. */
void uv_hooks_free(struct uv_hooks *hooks);

/* Runs `command` by /bin/sh with `variables` ("NAME=value", NULL-ended) added to the environment; its output goes to
 * our stderr. `done` is told once, never from within: `wrong` NULL where it ended with status 0; it has 30 s. */
void uv_hook_run(struct uv_hooks *hooks, const char *command, const char *const *variables,
		 void (*done)(void *arg, const char *wrong), void *arg);

/* The same for a program that goes on until it is stopped, or ends by itself; it is the head of a process group of its
 * own. The result is valid until uv_hook_stop or uv_hooks_free. */
struct uv_hook;
struct uv_hook *uv_hook_start(struct uv_hooks *hooks, const char *command, const char *const *variables);
/* Ends the group: SIGTERM, and SIGKILL where that is not enough within 2 s. */
void uv_hook_stop(struct uv_hook *hook);

#endif
