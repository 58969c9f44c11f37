/* SPDX-License-Identifier: MIT
 *
 * The inside of the real world: libuv's loop, sockets and the monotonic clock. Only harness/uv_*.c and world_uv.c
 * include libuv; a caller with handles of its own (child processes, signals) includes this and takes the loop. */
#ifndef HARNESS_UV_WORLD_H
#define HARNESS_UV_WORLD_H

#include "harness/world_impl.h"

#include <netinet/in.h>
#include <uv.h>

enum {
	UV_WORLD_SOCKET_BUFFER = 4 * 1024 * 1024, /* with the default ones, bursts are lost */
	UV_WORLD_READ = 20 * 64 * 1024,           /* what libuv's recvmmsg can fill at once: 20 datagrams */
};

struct uv_world {
	struct world world;
	uv_loop_t loop;
	uv_timer_t timer; /* the heap's first */
	uint64_t start, epoch;
	uint64_t armed;      /* what `timer` waits for; 0 while timers fire, UINT64_MAX while it is stopped */
	uv_prepare_t before; /* the loop waits, */
	uv_check_t behind;   /* and when it has read: what was said meanwhile goes out */
	struct uv_port *unsent;
	bool running;
	struct uv_order *ordered; /* sockets that carry SIP, see uv_order.h; */
	unsigned ordered_streams; /* so many of them are streams */
	char *read;               /* UV_WORLD_READ bytes that all sockets read into */
};

/* The loop of a real world, for handles of other kinds (loop->data is the world's); they are closed, by their owner and
 * with their close callbacks called, before world_free. NULL in a virtual world. */
uv_loop_t *uv_world_loop(struct world *world);

static inline struct uv_world *uv_world_of(struct world *world)
{
	return CONTAINER(struct uv_world, world, world);
}

/* uv_udp_t and uv_stream_t hand this out for reading. */
void uv_world_alloc(uv_handle_t *handle, size_t want, uv_buf_t *buf);

struct net_addr uv_world_addr(const struct sockaddr *from);
/* Fills *to; returns it, for use as an argument. */
struct sockaddr *uv_world_sockaddr(struct sockaddr_storage *to, const struct net_addr *from);

/* uv_udp.c */
int uv_world_udp_open(struct world *world, const struct net_addr *bind, struct port **ret_port, struct err *err);
void uv_world_udp_close(struct port *port);
int uv_world_udp_send(struct port *port, const struct net_addr *dst, struct slice bytes, struct err *err);
void uv_world_udp_flush(struct uv_world *uv); /* sends what was taken so far */

/* uv_tcp.c */
int uv_world_listen(struct world *world, const struct net_addr *bind, struct listener **ret_listener, struct err *err);
void uv_world_listener_close(struct listener *listener);
int uv_world_connect(struct world *world, const struct net_addr *dst, struct stream **ret_stream, struct err *err);
int uv_world_stream_send(struct stream *stream, struct slice bytes);
void uv_world_stream_close(struct stream *stream);
void uv_world_stream_in_order(struct stream *stream);
void uv_world_stream_cut(uv_handle_t *tcp); /* of a stream that was closed and still sends */

#endif
