/* SPDX-License-Identifier: MIT */
#include "harness/uv_world.h"
#include "base/mem.h"
#include "base/time.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static void close_handle(uv_handle_t *handle, void *arg)
{
	if (uv_is_closing(handle))
		return;
	if (handle->type == UV_TCP)
		uv_world_stream_cut(handle);
	else
		uv_close(handle, NULL);
}

static void uv_world_end(struct world *world)
{
	struct uv_world *uv = uv_world_of(world);

	/* a last chance for what was sent, not for timers; then what still waits for its peer is cut off */
	uv_timer_stop(&uv->timer);
	uv_run(&uv->loop, UV_RUN_NOWAIT);
	uv_walk(&uv->loop, close_handle, NULL);
	uv_run(&uv->loop, UV_RUN_DEFAULT);
	uv_loop_close(&uv->loop);
	world_heap_done(&world->heap);
	free(uv->read);
	free(uv);
}

static uint64_t uv_world_now(const struct world *world)
{
	return uv_hrtime() - CONTAINER(const struct uv_world, world, world)->start;
}

static uint64_t uv_world_epoch(const struct world *world)
{
	return CONTAINER(const struct uv_world, world, world)->epoch;
}

static void timer_fires(uv_timer_t *timer);

/* libuv's timers count whole milliseconds from the loop's cached time: round up, so that none fires early. `least` are
 * milliseconds, too. */
static void arm(struct uv_world *uv, uint64_t at, uint64_t least)
{
	uint64_t now = uv_world_now(&uv->world), wait = at > now ? (at - now + MILLISECOND - 1) / MILLISECOND : 0;

	uv->armed = at;
	uv_update_time(&uv->loop);
	uv_timer_start(&uv->timer, timer_fires, wait > least ? wait : least, 0);
}

/* An early wake-up is cheaper than arming anew each time that a timer is stopped or moved away. */
static void uv_world_timers_changed(struct world *world)
{
	struct uv_world *uv = uv_world_of(world);
	struct world_timer *first = world_heap_first(&world->heap);

	if (first && first->at < uv->armed) {
		arm(uv, first->at, 0);
	} else if (!first && uv->armed) {
		uv_timer_stop(&uv->timer);
		uv->armed = UINT64_MAX;
	}
}

static void timer_fires(uv_timer_t *timer)
{
	struct uv_world *uv = timer->data;
	struct world_timer *first;

	uv->armed = 0;
	world_fire(&uv->world, uv_world_now(&uv->world));
	uv->armed = UINT64_MAX;
	first = world_heap_first(&uv->world.heap);
	/* libuv 1.44 calls a timer of 0 ms again and again before it reads a socket, or sees that it was stopped */
	if (first && !uv->world.stopped)
		arm(uv, first->at, 1);
}

static void uv_world_run(struct world *world)
{
	struct uv_world *uv = uv_world_of(world);

	uv->running = true;
	uv->armed = UINT64_MAX; /* a world that was stopped in a timer has none armed */
	uv_world_timers_changed(world);
	uv_run(&uv->loop, UV_RUN_DEFAULT);
	uv->running = false;
}

static void uv_world_stop(struct world *world)
{
	struct uv_world *uv = uv_world_of(world);

	/* outside of a run it would end the next one */
	if (uv->running)
		uv_stop(&uv->loop);
}

static const struct world_ops uv_ops = {
	.free = uv_world_end,
	.now = uv_world_now,
	.epoch = uv_world_epoch,
	.run = uv_world_run,
	.stop = uv_world_stop,
	.timers_changed = uv_world_timers_changed,
	.udp_open = uv_world_udp_open,
	.udp_close = uv_world_udp_close,
	.udp_send = uv_world_udp_send,
	.listen = uv_world_listen,
	.listener_close = uv_world_listener_close,
	.connect = uv_world_connect,
	.stream_in_order = uv_world_stream_in_order,
	.stream_send = uv_world_stream_send,
	.stream_close = uv_world_stream_close,
};

static uint64_t entropy(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = uv_hrtime();
	return seed;
}

static void say_before(uv_prepare_t *handle)
{
	uv_world_udp_flush(handle->data);
}

static void say_behind(uv_check_t *handle)
{
	uv_world_udp_flush(handle->data);
}

/* They alone do not keep the loop going. */
static void start_saying(struct uv_world *uv)
{
	uv_prepare_init(&uv->loop, &uv->before);
	uv_check_init(&uv->loop, &uv->behind);
	uv->before.data = uv->behind.data = uv;
	uv_prepare_start(&uv->before, say_before);
	uv_check_start(&uv->behind, say_behind);
	uv_unref((uv_handle_t *)&uv->before);
	uv_unref((uv_handle_t *)&uv->behind);
}

struct world *world_new_real(struct err *err)
{
	struct uv_world *uv = mem_alloc(sizeof(*uv));
	struct timespec wall;
	int rc = uv_loop_init(&uv->loop);

	if (rc) {
		free(uv);
		err_set(err, rc, "cannot make an event loop: %s", uv_strerror(rc));
		return NULL;
	}
	signal(SIGPIPE, SIG_IGN);
	world_init(&uv->world, &uv_ops, entropy());
	uv_timer_init(&uv->loop, &uv->timer);
	uv->timer.data = uv;
	start_saying(uv);
	uv->armed = UINT64_MAX;
	uv->read = mem_alloc(UV_WORLD_READ);
	uv->loop.data = uv;
	clock_gettime(CLOCK_REALTIME, &wall);
	uv->epoch = (uint64_t)wall.tv_sec * 1000 * MILLISECOND + (uint64_t)wall.tv_nsec;
	uv->start = uv_hrtime();
	return &uv->world;
}

uv_loop_t *uv_world_loop(struct world *world)
{
	return world_is_virtual(world) ? NULL : &uv_world_of(world)->loop;
}

void uv_world_alloc(uv_handle_t *handle, size_t want, uv_buf_t *buf)
{
	struct uv_world *uv = handle->loop->data;

	*buf = uv_buf_init(uv->read, UV_WORLD_READ);
}

struct net_addr uv_world_addr(const struct sockaddr *from)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;

	if (from->sa_family == AF_INET6)
		return net_addr_v6(v6->sin6_addr.s6_addr, ntohs(v6->sin6_port));
	return net_addr_v4((const uint8_t *)&v4->sin_addr, ntohs(v4->sin_port));
}

struct sockaddr *uv_world_sockaddr(struct sockaddr_storage *to, const struct net_addr *from)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*to));
	if (from->family == NET_FAMILY_V6) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(from->port);
		memcpy(&v6->sin6_addr, from->ip, 16);
	} else {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(from->port);
		memcpy(&v4->sin_addr, from->ip, 4);
	}
	return (struct sockaddr *)to;
}
