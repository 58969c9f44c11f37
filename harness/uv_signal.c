/* SPDX-License-Identifier: MIT */
#include "harness/uv_signal.h"
#include "base/mem.h"
#include "harness/uv_world.h"

#include <signal.h>
#include <stdlib.h>

enum { SIGNALS = 2 };

struct uv_signals {
	struct world *world;
	uv_signal_t handles[SIGNALS];
	unsigned open; /* handles whose close callback has not come */
	void (*call)(void *arg, int signal);
	void *arg;
};

static void on_signal(uv_signal_t *handle, int number)
{
	struct uv_signals *signals = handle->data;

	signals->call(signals->arg, number);
}

struct uv_signals *uv_signals_new(struct world *world, void (*call)(void *arg, int signal), void *arg)
{
	static const int numbers[SIGNALS] = {SIGINT, SIGTERM};
	struct uv_signals *signals = mem_alloc(sizeof(*signals));

	signals->world = world;
	signals->call = call;
	signals->arg = arg;
	for (; signals->open < SIGNALS; signals->open++) {
		uv_signal_t *handle = &signals->handles[signals->open];

		uv_signal_init(uv_world_loop(world), handle);
		handle->data = signals;
		uv_signal_start(handle, on_signal, numbers[signals->open]);
	}
	return signals;
}

static void on_closed(uv_handle_t *handle)
{
	struct uv_signals *signals = handle->data;

	signals->open--;
}

void uv_signals_free(struct uv_signals *signals)
{
	if (!signals)
		return;
	for (unsigned i = 0; i < SIGNALS; i++)
		uv_close((uv_handle_t *)&signals->handles[i], on_closed);
	while (signals->open)
		uv_run(uv_world_loop(signals->world), UV_RUN_NOWAIT);
	free(signals);
}
