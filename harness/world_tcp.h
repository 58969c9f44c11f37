/* SPDX-License-Identifier: MIT
 *
 * Between the two files of SIP over TCP and TLS: world_tcp.c, a port with its connections, and world_conn.c, one of
 * them. A connection is the port's, and is freed with its stream; within a callback, when that is back. */
#ifndef HARNESS_WORLD_TCP_H
#define HARNESS_WORLD_TCP_H

#include "base/buf.h"
#include "base/map.h"
#include "harness/tls.h"
#include "harness/world_impl.h"

struct tcp_port {
	struct port port;
	struct listener *listener;
	struct tls_context *tls; /* NULL: plain TCP */
	struct map conns;        /* by address of the other side, and lane */
	struct tcp_conn *all;    /* also those that lost their place in the map to a newer one */
	unsigned busy;           /* callbacks under way: freed when the last is back */
};

struct tcp_conn {
	struct tcp_port *owner;
	struct tcp_conn *next, **at;
	struct stream *stream;       /* NULL: gone */
	struct net_addr peer, alias; /* alias: where it is found besides; none: nowhere */
	unsigned lane;               /* whose it is; 0: everybody's */
	struct tls *tls;             /* NULL: plain TCP */
	struct world_timer handshake;
	struct buf in;
	bool accepted, opened;
	bool busy; /* being read */
};

/* All bytes are significant. */
struct conn_key {
	struct net_addr addr;
	uint32_t lane;
};
_Static_assert(sizeof(struct conn_key) == sizeof(struct net_addr) + sizeof(uint32_t), "without padding");

static inline struct tcp_conn *conn_at(const struct tcp_port *tcp, const struct net_addr *addr, unsigned lane)
{
	struct conn_key key = {*addr, lane};

	return map_get(&tcp->conns, (struct slice){(const char *)&key, sizeof(key)});
}

/* Is found at `addr`, in its lane, from now on. */
static inline void conn_stand(struct tcp_conn *conn, const struct net_addr *addr)
{
	struct conn_key key = {*addr, conn->lane};

	map_set(&conn->owner->conns, (struct slice){(const char *)&key, sizeof(key)}, conn);
}

/* Accepted, or connected out (stream_connect without events). It is in the port's books from now on. */
struct tcp_conn *conn_new(struct tcp_port *tcp, struct stream *stream, const struct net_addr *peer, unsigned lane,
			  bool accepted);
int conn_send(struct tcp_conn *conn, struct slice bytes);
/* In order: what was sent still arrives. Out of the books; the memory goes, now or when its callback is back. */
void conn_shut(struct tcp_conn *conn);
/* Not found at `addr` any more. */
void conn_lose(struct tcp_conn *conn, const struct net_addr *addr);
void tcp_port_release(struct tcp_port *tcp); /* ends what tcp->busy++ began */

#endif
