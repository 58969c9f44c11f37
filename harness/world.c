/* SPDX-License-Identifier: MIT */
#include "harness/world_impl.h"
#include "base/time.h"

void world_init(struct world *world, const struct world_ops *ops, uint64_t seed)
{
	world->ops = ops;
	world->ports.next = world->ports.prev = &world->ports;
	world->streams.next = world->streams.prev = &world->streams;
	world->random = seed;
}

static void ring_close(struct world_link *ring)
{
	while (ring->next != ring)
		ring->next->close(ring->next);
}

void world_free(struct world *world)
{
	if (!world)
		return;
	ring_close(&world->ports);
	ring_close(&world->streams);
	world->ops->free(world);
}

void world_link_add(struct world_link *ring, struct world_link *link, void (*close)(struct world_link *link))
{
	link->close = close;
	link->prev = ring->prev;
	link->next = ring;
	link->prev->next = link->next->prev = link;
}

void world_link_remove(struct world_link *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
}

uint64_t world_now(const struct world *world)
{
	return world->ops->now(world);
}

uint64_t world_epoch(const struct world *world)
{
	return world->ops->epoch(world);
}

uint64_t world_random(struct world *world)
{
	return rng_next(&world->random);
}

void world_seed(struct world *world, uint64_t seed)
{
	world->random = world_is_virtual(world) ? seed : hash_mix(world->random ^ seed);
}

void world_set_tls(struct world *world, struct tls_context *tls)
{
	world->tls = tls;
}

struct tls_context *world_tls(const struct world *world)
{
	return world->tls;
}

void world_run(struct world *world)
{
	world->stopped = false;
	world->ops->run(world);
}

void world_stop(struct world *world)
{
	world->stopped = true;
	world->ops->stop(world);
}

static void timers_changed(struct world *world)
{
	if (world->ops->timers_changed)
		world->ops->timers_changed(world);
}

void world_timer_start(struct world *world, struct world_timer *timer, uint64_t delay, void (*call)(void *arg),
		       void *arg)
{
	if (timer->world)
		world_heap_remove(&timer->world->heap, timer);
	timer->world = world;
	timer->at = world_now(world) + delay;
	timer->call = call;
	timer->arg = arg;
	world_heap_add(&world->heap, timer);
	timers_changed(world);
}

void world_timer_stop(struct world_timer *timer)
{
	struct world *world = timer->world;

	if (!world)
		return;
	world_heap_remove(&world->heap, timer);
	timer->world = NULL;
	timers_changed(world);
}

#define STOP SECOND

void world_fire(struct world *world, uint64_t now)
{
	uint64_t order = world->heap.order;
	struct world_timer *timer;

	/* what the callbacks start waits for its next turn, so that sockets are read between */
	while (!world->stopped && (timer = world_heap_first(&world->heap)) && timer->at <= now &&
	       timer->order < order) {
		world_heap_remove(&world->heap, timer);
		timer->world = NULL;
		world->stops += now - timer->at >= STOP;
		timer->call(timer->arg);
	}
}

uint64_t world_stops(const struct world *world)
{
	return world->stops;
}

int world_fail(struct err *err, int code, const char *what, const struct net_addr *addr)
{
	char text[NET_ADDR_TEXT_MAX];

	return err_set(err, code, "cannot %s %s: %s", what, net_addr_format(text, addr), strerror(-code));
}
