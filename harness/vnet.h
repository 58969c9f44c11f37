/* SPDX-License-Identifier: MIT
 *
 * The inside of the virtual world: a clock that jumps, and a network in memory keyed by net_addr. A datagram or a piece
 * of a stream is a timer in the world's heap that carries bytes: so everything that happens has one order, which the
 * seed decides. */
#ifndef HARNESS_VNET_H
#define HARNESS_VNET_H

#include "base/buf.h"
#include "base/map.h"
#include "harness/world_impl.h"

struct vnet {
	struct world world;
	uint64_t now;
	uint64_t next_jump; /* of the clock; UINT64_MAX: never */
	struct weather weather;
	uint64_t dice;               /* the weather's own random numbers: traffic does not disturb those of the peers */
	struct map ports, listeners; /* by address */
	uint16_t next_port;
	struct vnet_packet *packets; /* in flight, to be freed with the world */
};

static inline struct vnet *vnet_of(struct world *world)
{
	return CONTAINER(struct vnet, world, world);
}

static inline struct slice vnet_key(const struct net_addr *addr)
{
	return (struct slice){(const char *)addr, sizeof(*addr)};
}

/* One way: the delay with a share of the jitter. */
uint64_t vnet_delay(struct vnet *net);
/* Claims `bind` in `map` for `owner`, choosing a port where it has none. -EADDRINUSE with a text. */
int vnet_claim(struct vnet *net, struct map *map, const struct net_addr *bind, void *owner, struct net_addr *ret,
	       struct err *err);

/* vnet_udp.c */
int vnet_udp_open(struct world *world, const struct net_addr *bind, struct port **ret_port, struct err *err);
void vnet_udp_close(struct port *port);
int vnet_udp_send(struct port *port, const struct net_addr *dst, struct slice bytes, struct err *err);
void vnet_udp_done(struct vnet *net); /* drops what is in flight */

/* vnet_stream.c */
int vnet_listen(struct world *world, const struct net_addr *bind, struct listener **ret_listener, struct err *err);
void vnet_listener_close(struct listener *listener);
int vnet_connect(struct world *world, const struct net_addr *dst, struct stream **ret_stream, struct err *err);
int vnet_stream_send(struct stream *stream, struct slice bytes);
void vnet_stream_close(struct stream *stream);

#endif
