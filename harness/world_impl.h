/* SPDX-License-Identifier: MIT
 *
 * What the two worlds share behind world.h. A world is its clock, one heap of timers, and operations for datagrams and
 * streams; SIP over TCP (world_tcp.c) is built on the streams of either. Included by harness/world*, vnet* and uv_*
 * only. */
#ifndef HARNESS_WORLD_IMPL_H
#define HARNESS_WORLD_IMPL_H

#include "harness/world_timer.h"

/* Everything that is open hangs in one of its world's two rings, so that world_free can close it: ports first, which
 * own streams and listeners. */
struct world_link {
	struct world_link *next, *prev;
	void (*close)(struct world_link *link);
};

struct world_ops {
	void (*free)(struct world *world); /* the clock and the network; lists are empty by then */
	uint64_t (*now)(const struct world *world);
	uint64_t (*epoch)(const struct world *world);
	void (*run)(struct world *world);
	void (*stop)(struct world *world);
	void (*timers_changed)(struct world *world); /* the heap's first may have moved; may be NULL */
	/* makes the port, with world and addr set */
	int (*udp_open)(struct world *world, const struct net_addr *bind, struct port **ret_port, struct err *err);
	void (*udp_close)(struct port *port); /* frees the port, now or soon */
	int (*udp_send)(struct port *port, const struct net_addr *dst, struct slice bytes, struct err *err);
	int (*listen)(struct world *world, const struct net_addr *bind, struct listener **ret_listener,
		      struct err *err);
	void (*listener_close)(struct listener *listener); /* frees */
	int (*connect)(struct world *world, const struct net_addr *dst, struct stream **ret_stream, struct err *err);
	/* see stream_in_order(); NULL where each stream is told in order anyway */
	void (*stream_in_order)(struct stream *stream);
	int (*stream_send)(struct stream *stream, struct slice bytes);
	void (*stream_close)(struct stream *stream); /* frees */
};

struct world {
	const struct world_ops *ops;
	struct world_heap heap;
	struct world_link ports, streams;
	struct tls_context *tls; /* what NET_TLS uses; NULL: there is none */
	uint64_t random;
	bool stopped;
	uint64_t stops; /* see world_stops() */
};

struct port {
	struct world_link link;
	struct world *world;
	enum net_transport transport;
	struct net_addr addr;
	const struct port_events *events;
	void *arg;
	bool closed; /* the owner has let go; nothing is told any more */
};

struct listener {
	struct world_link link;
	struct world *world;
	struct net_addr addr;
	void (*on_accept)(void *arg, struct stream *stream);
	void *arg;
};

struct stream {
	struct world_link link;
	struct world *world;
	struct net_addr local, peer;
	const struct stream_events *events;
	void *arg;
};

void world_init(struct world *world, const struct world_ops *ops, uint64_t seed);
/* Fires what is due at or before `now`; what is started meanwhile waits for the next call. */
void world_fire(struct world *world, uint64_t now);

void world_link_add(struct world_link *ring, struct world_link *link, void (*close)(struct world_link *link));
void world_link_remove(struct world_link *link);
void world_stream_init(struct stream *stream, struct world *world); /* and links it */
/* Tell the owner. After world_stream_end the caller frees the stream; during the others the owner may close it. */
void world_stream_opened(struct stream *stream);
void world_stream_bytes(struct stream *stream, struct slice bytes);
void world_stream_end(struct stream *stream, const struct err *err);

/* `tls` NULL: plain TCP */
int world_tcp_open(struct world *world, const struct net_addr *bind, struct tls_context *tls, struct port **ret_port,
		   struct err *err);
void world_tcp_close(struct port *port);
bool world_tcp_alias(struct port *port, const struct net_addr *peer, const struct net_addr *alias);
bool world_tcp_has(const struct port *port, const struct net_addr *dst);
int world_tcp_send(struct port *port, const struct net_addr *dst, unsigned lane, struct slice bytes, struct err *err);

/* "cannot WHAT ADDRESS: why", code as given. */
int world_fail(struct err *err, int code, const char *what, const struct net_addr *addr);
/* What came on a port as one datagram: frames it and tells. */
void port_receive(struct port *port, const struct net_addr *src, struct slice bytes);
void port_fail(struct port *port, const struct net_addr *peer, int code, const char *what);

#define CONTAINER(type, member, pointer) ((type *)((char *)(pointer)-offsetof(type, member)))

#endif
