/* SPDX-License-Identifier: MIT */
#include "harness/uv_hook.h"
#include "base/mem.h"
#include "base/time.h"
#include "harness/uv_world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

extern char **environ;
static const uint64_t patience = 30 * SECOND, grace = 2 * SECOND;

struct uv_hook {
	struct uv_hook *next;
	struct uv_hooks *hooks;
	uv_process_t process;
	struct world_timer timer;
	void (*done)(void *arg, const char *wrong); /* NULL: told already, or nobody asks */
	void *arg;
	bool background; /* the head of a group of its own, without an end that is known */
	bool ended;      /* a background one that waits for its uv_hook_stop */
	bool stopped;
	char wrong[120];
};

struct uv_hooks {
	struct world *world;
	struct uv_hook *list; /* until their handles are closed */
};

static void tell(struct uv_hook *hook)
{
	void (*done)(void *arg, const char *wrong) = hook->done;

	hook->done = NULL;
	if (done)
		done(hook->arg, hook->wrong[0] ? hook->wrong : NULL);
}

static void on_closed(uv_handle_t *handle)
{
	struct uv_hook *hook = handle->data, **at = &hook->hooks->list;

	while (*at != hook)
		at = &(*at)->next;
	*at = hook->next;
	free(hook);
}

static void on_exit_status(uv_process_t *process, int64_t status, int signal)
{
	struct uv_hook *hook = process->data;

	world_timer_stop(&hook->timer);
	if (hook->wrong[0])
		; /* it was late, and was killed */
	else if (signal)
		snprintf(hook->wrong, sizeof(hook->wrong), "ended by signal %d", signal);
	else if (status)
		snprintf(hook->wrong, sizeof(hook->wrong), "ended with status %d", (int)status);
	tell(hook);
	hook->ended = hook->background && !hook->stopped;
	if (!hook->ended)
		uv_close((uv_handle_t *)process, on_closed);
}

/* A group is known by its head, and outlives it. */
static void hook_kill(struct uv_hook *hook, int signal)
{
	if (hook->background && hook->process.pid > 1)
		kill(-hook->process.pid, signal);
	else
		uv_process_kill(&hook->process, signal);
}

static void on_late(void *arg)
{
	struct uv_hook *hook = arg;

	snprintf(hook->wrong, sizeof(hook->wrong), "not done after 30 s");
	hook_kill(hook, SIGKILL);
}

static void on_not_started(void *arg)
{
	struct uv_hook *hook = arg;

	tell(hook);
	uv_close((uv_handle_t *)&hook->process, on_closed);
}

static char **environment(const char *const *variables)
{
	size_t count = 0, own = 0;
	char **list;

	while (environ[count])
		count++;
	while (variables[own])
		own++;
	list = mem_alloc((count + own + 1) * sizeof(*list));
	for (size_t i = 0; i < own; i++)
		list[i] = (char *)variables[i];
	for (size_t i = 0; i < count; i++)
		list[own + i] = environ[i];
	return list;
}

static struct uv_hook *spawn(struct uv_hooks *hooks, const char *command, const char *const *variables, bool background,
			     int *ret_rc)
{
	struct uv_hook *hook = mem_alloc(sizeof(*hook));
	char *args[] = {(char *)"/bin/sh", (char *)"-c", (char *)command, NULL};
	uv_stdio_container_t stdio[] = {
		{.flags = UV_IGNORE}, {.flags = UV_INHERIT_FD, .data.fd = 2}, {.flags = UV_INHERIT_FD, .data.fd = 2}};
	uv_process_options_t options = {
		.file = args[0],
		.args = args,
		.env = environment(variables),
		.stdio = stdio,
		.stdio_count = 3,
		.exit_cb = on_exit_status,
		.flags = background ? UV_PROCESS_DETACHED : 0,
	};

	*hook = (struct uv_hook){.next = hooks->list, .hooks = hooks, .background = background};
	hooks->list = hook;
	*ret_rc = uv_spawn(uv_world_loop(hooks->world), &hook->process, &options);
	hook->process.data = hook;
	free(options.env);
	return hook;
}

void uv_hook_run(struct uv_hooks *hooks, const char *command, const char *const *variables,
		 void (*done)(void *arg, const char *wrong), void *arg)
{
	int rc;
	struct uv_hook *hook = spawn(hooks, command, variables, false, &rc);

	hook->done = done;
	hook->arg = arg;
	if (rc == 0) {
		world_timer_start(hooks->world, &hook->timer, patience, on_late, hook);
		return;
	}
	snprintf(hook->wrong, sizeof(hook->wrong), "%s", uv_strerror(rc));
	world_timer_start(hooks->world, &hook->timer, 0, on_not_started, hook);
}

struct uv_hook *uv_hook_start(struct uv_hooks *hooks, const char *command, const char *const *variables)
{
	int rc;
	struct uv_hook *hook = spawn(hooks, command, variables, true, &rc);

	hook->ended = rc != 0;
	return hook;
}

void uv_hook_stop(struct uv_hook *hook)
{
	hook->stopped = true;
	if (hook->ended) {
		hook->ended = false;
		uv_close((uv_handle_t *)&hook->process, on_closed);
		return;
	}
	hook_kill(hook, SIGTERM);
	world_timer_start(hook->hooks->world, &hook->timer, grace, on_late, hook);
}

struct uv_hooks *uv_hooks_new(struct world *world)
{
	struct uv_hooks *hooks = mem_alloc(sizeof(*hooks));

	hooks->world = world;
	return hooks;
}

void uv_hooks_free(struct uv_hooks *hooks)
{
	if (!hooks)
		return;
	for (struct uv_hook *hook = hooks->list; hook; hook = hook->next) {
		world_timer_stop(&hook->timer);
		hook->done = NULL;
		if (!uv_is_closing((uv_handle_t *)&hook->process)) {
			if (!hook->ended)
				hook_kill(hook, SIGKILL);
			uv_close((uv_handle_t *)&hook->process, on_closed);
		}
	}
	while (hooks->list)
		uv_run(uv_world_loop(hooks->world), UV_RUN_NOWAIT);
	free(hooks);
}
