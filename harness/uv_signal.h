/* SPDX-License-Identifier: MIT
 *
 * SIGINT and SIGTERM as events of a real world, so that a command can end what it does in order. */
#ifndef HARNESS_UV_SIGNAL_H
#define HARNESS_UV_SIGNAL_H

#include "harness/world.h"

struct uv_signals;

/* `call` is called from within world_run(), with the signal's number, each time one comes. The world must be a real
 * one. */
struct uv_signals *uv_signals_new(struct world *world, void (*call)(void *arg, int signal), void *arg);
/* Before world_free. NULL is fine. */
void uv_signals_free(struct uv_signals *signals);

#endif
