/* SPDX-License-Identifier: MIT */
#include "harness/uv_hook.h"
#include "base/mem.h"
#include "harness/uv_world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

extern char **environ;
static const uint64_t patience = 30000000000ull;

struct hook {
	struct hook *next;
	struct uv_hooks *hooks;
	uv_process_t process;
	struct world_timer timer;
	void (*done)(void *arg, const char *wrong); /* NULL: told already, or nobody asks */
	void *arg;
	char wrong[120];
};

struct uv_hooks {
	struct world *world;
	struct hook *list; /* until their handles are closed */
};

static void tell(struct hook *hook)
{
	void (*done)(void *arg, const char *wrong) = hook->done;

	hook->done = NULL;
	if (done)
		done(hook->arg, hook->wrong[0] ? hook->wrong : NULL);
}

static void on_closed(uv_handle_t *handle)
{
	struct hook *hook = handle->data, **at = &hook->hooks->list;

	while (*at != hook)
		at = &(*at)->next;
	*at = hook->next;
	free(hook);
}

static void on_exit_status(uv_process_t *process, int64_t status, int signal)
{
	struct hook *hook = process->data;

	world_timer_stop(&hook->timer);
	if (hook->wrong[0])
		; /* it was late, and was killed */
	else if (signal)
		snprintf(hook->wrong, sizeof(hook->wrong), "ended by signal %d", signal);
	else if (status)
		snprintf(hook->wrong, sizeof(hook->wrong), "ended with status %d", (int)status);
	tell(hook);
	uv_close((uv_handle_t *)process, on_closed);
}

static void on_late(void *arg)
{
	struct hook *hook = arg;

	snprintf(hook->wrong, sizeof(hook->wrong), "not done after 30 s");
	uv_process_kill(&hook->process, SIGKILL);
}

static void on_not_started(void *arg)
{
	struct hook *hook = arg;

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

void uv_hook_run(struct uv_hooks *hooks, const char *command, const char *const *variables,
		 void (*done)(void *arg, const char *wrong), void *arg)
{
	struct hook *hook = mem_alloc(sizeof(*hook));
	char *args[] = {(char *)"/bin/sh", (char *)"-c", (char *)command, NULL};
	uv_stdio_container_t stdio[] = {
		{.flags = UV_IGNORE}, {.flags = UV_INHERIT_FD, .data.fd = 2}, {.flags = UV_INHERIT_FD, .data.fd = 2}};
	uv_process_options_t options = {
		.file = args[0], .args = args, .env = environment(variables), .stdio = stdio, .stdio_count = 3,
		.exit_cb = on_exit_status,
	};
	int rc;

	*hook = (struct hook){.next = hooks->list, .hooks = hooks, .done = done, .arg = arg};
	hooks->list = hook;
	rc = uv_spawn(uv_world_loop(hooks->world), &hook->process, &options);
	hook->process.data = hook;
	free(options.env);
	if (rc == 0) {
		world_timer_start(hooks->world, &hook->timer, patience, on_late, hook);
		return;
	}
	snprintf(hook->wrong, sizeof(hook->wrong), "%s", uv_strerror(rc));
	world_timer_start(hooks->world, &hook->timer, 0, on_not_started, hook);
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
	for (struct hook *hook = hooks->list; hook; hook = hook->next) {
		world_timer_stop(&hook->timer);
		hook->done = NULL;
		if (!uv_is_closing((uv_handle_t *)&hook->process)) {
			uv_process_kill(&hook->process, SIGKILL);
			uv_close((uv_handle_t *)&hook->process, on_closed);
		}
	}
	while (hooks->list)
		uv_run(uv_world_loop(hooks->world), UV_RUN_NOWAIT);
	free(hooks);
}
