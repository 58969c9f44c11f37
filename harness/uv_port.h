/* SPDX-License-Identifier: MIT
 *
 * The inside of a UDP port of the real world: uv_udp.c opens it and reads, uv_udp_send.c sends. Nobody else includes
 * this. */
#ifndef HARNESS_UV_PORT_H
#define HARNESS_UV_PORT_H

#include "base/buf.h"
#include "harness/uv_order.h"

enum { UDP_BATCH_MAX = 32 };

struct udp_batch { /* datagrams to one address that were taken and not sent yet */
	struct net_addr dst;
	struct buf bytes; /* one behind the other */
	uint32_t lens[UDP_BATCH_MAX];
	unsigned count;
};

struct uv_port {
	struct port port;
	uv_udp_t udp;
	struct uv_order order;
	struct net_addr known; /* the last datagram went there, and nothing came back against it; none: nowhere */
	struct udp_batch batch;
	bool is_unsent; /* in the world's list */
	struct uv_port *next_unsent;
};

static inline struct uv_port *uv_port_of(struct port *port)
{
	return CONTAINER(struct uv_port, port, port);
}

/* Tells of ICMP errors: they wait in a queue of their own (IP_RECVERR), each with the address that it is about. */
void uv_port_drain_errors(struct uv_port *uv);

#endif
