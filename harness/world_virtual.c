/* SPDX-License-Identifier: MIT */
#include "harness/vnet.h"

#include "base/mem.h"
#include "base/time.h"

#include <stdlib.h>

enum { FIRST_PORT = 20000, LAST_PORT = 65000 };
#define JUMP_EVERY (30 * SECOND) /* on average */

static void virtual_free(struct world *world)
{
	struct vnet *net = vnet_of(world);

	vnet_udp_done(net);
	map_done(&net->ports);
	map_done(&net->listeners);
	world_heap_done(&world->heap);
	free(net);
}

static uint64_t virtual_now(const struct world *world)
{
	return CONTAINER(const struct vnet, world, world)->now;
}

static uint64_t virtual_epoch(const struct world *world)
{
	return 0;
}

static uint64_t next_jump(struct vnet *net)
{
	return net->weather.jump ? net->now + rng_below(&net->dice, 2 * JUMP_EVERY) : UINT64_MAX;
}

/* To the next event; where the clock leaps before it, it comes late. */
static void clock_turn(struct vnet *net, uint64_t event)
{
	if (event >= net->next_jump) {
		net->now = net->next_jump + rng_below(&net->dice, net->weather.jump + 1);
		net->next_jump = next_jump(net);
	}
	if (event > net->now)
		net->now = event;
}

static void virtual_run(struct world *world)
{
	struct world_timer *timer;

	while (!world->stopped && (timer = world_heap_first(&world->heap))) {
		clock_turn(vnet_of(world), timer->at);
		world_fire(world, vnet_of(world)->now);
	}
}

static void virtual_stop(struct world *world)
{
}

static const struct world_ops virtual_ops = {
	.free = virtual_free,
	.now = virtual_now,
	.epoch = virtual_epoch,
	.run = virtual_run,
	.stop = virtual_stop,
	.udp_open = vnet_udp_open,
	.udp_close = vnet_udp_close,
	.udp_send = vnet_udp_send,
	.listen = vnet_listen,
	.listener_close = vnet_listener_close,
	.connect = vnet_connect,
	.stream_send = vnet_stream_send,
	.stream_close = vnet_stream_close,
};

struct world *world_new_virtual(uint64_t seed, const struct weather *weather)
{
	struct vnet *net = mem_alloc(sizeof(*net));

	world_init(&net->world, &virtual_ops, seed);
	net->dice = hash_mix(seed + 1);
	net->next_port = FIRST_PORT;
	if (weather)
		net->weather = *weather;
	net->next_jump = next_jump(net);
	return &net->world;
}

bool world_is_virtual(const struct world *world)
{
	return world->ops == &virtual_ops;
}

uint64_t vnet_delay(struct vnet *net)
{
	uint64_t jitter = net->weather.jitter;

	return net->weather.delay + (jitter ? rng_below(&net->dice, jitter + 1) : 0);
}

int vnet_claim(struct vnet *net, struct map *map, const struct net_addr *bind, void *owner, struct net_addr *ret,
	       struct err *err)
{
	struct net_addr addr = *bind;
	int tries = bind->port ? 1 : LAST_PORT - FIRST_PORT;

	for (; tries; tries--) {
		if (!bind->port) {
			addr.port = net->next_port;
			net->next_port = net->next_port == LAST_PORT ? FIRST_PORT : net->next_port + 1;
		}
		if (map_get(map, vnet_key(&addr)))
			continue;
		map_set(map, vnet_key(&addr), owner);
		*ret = addr;
		return 0;
	}
	return world_fail(err, -EADDRINUSE, "bind", bind);
}
