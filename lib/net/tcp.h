/* SPDX-License-Identifier: MIT
 *
 * TCP connections that carry SIP, put in order (RFC 9293 3.4). A connection costs memory from its SYN until its first
 * bytes show that it is no SIP; one without a SYN in the capture from the first segment that starts like SIP. Segments
 * in order go to the sink in place, only those behind a hole are copied. Fed by ip.c. */
#ifndef NET_TCP_H
#define NET_TCP_H

#include "net/assoc.h"
#include "net/link.h"
#include "net/net.h"

struct ip_pair;

/* Zeroed: empty. */
struct tcp {
	struct assoc open,
		closed;      /* closed ones stay for a while, so that late copies of their segments start nothing */
	size_t queued_bytes; /* that wait behind holes */
	uint64_t swept;      /* when tcp_sweep looked last */
};

void tcp_segment(struct net *net, const struct ip_pair *ip, struct layer l);
/* Gives up holes that nothing fills any more, also where nothing comes of their connection; to be called while
 * queued_bytes is not 0, at any rate. */
void tcp_sweep(struct net *net);
/* Hands over what waits, with its gaps, and ends all streams. */
void tcp_finish(struct net *net);
void tcp_done(struct tcp *tcp);

#endif
