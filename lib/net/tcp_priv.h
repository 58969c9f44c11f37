/* SPDX-License-Identifier: MIT
 *
 * The inside of a TCP connection, shared by tcp.c (which connection, its life) and tcp_order.c (its bytes). */
#ifndef NET_TCP_PRIV_H
#define NET_TCP_PRIV_H

#include "net/net_priv.h"
#include "net/ws.h"

enum { TCP_SEEN = 4 };

struct tcp_piece; /* what waits behind a hole */

/* What a segment brings: `lost` bytes behind the `len` ones were cut off by the capture. */
struct tcp_bytes {
	uint32_t seq, len, lost;
	const uint8_t *p;
};

struct tcp_dir {
	uint32_t next;  /* sequence number that is expected, once anchored */
	uint32_t isn;   /* of its SYN, where has_isn */
	uint32_t acked; /* what the other side says it has, where has_acked */
	uint32_t fin;   /* sequence number behind its last byte, where has_fin */
	bool anchored, has_isn, has_acked, has_fin;
	uint32_t patience; /* packets since the other side acknowledged what is missing here */
	uint32_t waiting, waiting_bytes;
	uint64_t waiting_since;
	struct tcp_piece *queue; /* by sequence number, without overlaps, all behind `next` */
	struct tcp_seen {
		uint32_t seq, len;
		uint64_t hash;
	} seen[TCP_SEEN]; /* the last segments, to compare repetitions with */
	uint32_t seen_count;
};

enum tcp_mode { TCP_NEW, TCP_SIP, TCP_WS, TCP_DULL, TCP_CLOSED };

struct tcp_conn {
	struct assoc_node node;
	struct net_stream stream;
	enum tcp_mode mode;
	bool told; /* the sink knows it */
	struct tcp_dir dir[2];
	struct ws *ws; /* two, in TCP_WS */
};

/* Takes a segment's bytes: hands over what is in order, keeps what is not. May leave c->mode at TCP_DULL: the caller
 * forgets the connection then. */
void tcp_order_add(struct net *net, struct tcp_conn *c, int dir, struct tcp_bytes b);
/* A packet of the connection went by: patience with what is missing grows shorter. */
void tcp_order_count(struct tcp_conn *c);
/* Gives up holes that will not be filled any more. */
void tcp_order_check(struct net *net, struct tcp_conn *c);
/* Gives up all holes of the connection. */
void tcp_order_flush(struct net *net, struct tcp_conn *c);
/* Frees what waits. */
void tcp_order_done(struct tcp *tcp, struct tcp_dir *d);

#endif
