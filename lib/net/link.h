/* SPDX-License-Identifier: MIT
 *
 * What stands around an IP packet: the link layers of captures, and the protocols that carry Ethernet, PPP or MPLS
 * inside IP again. Called by net_feed and by the tunnels; hands what it finds to ip.h. */
#ifndef NET_LINK_H
#define NET_LINK_H

#include "base/slice.h"

/* A part of a packet on its way inwards. */
struct layer {
	const uint8_t *p;
	uint32_t len;
	uint32_t missing; /* bytes of this layer that were on the wire behind the len ones */
	uint32_t depth;   /* layers around it, so that nothing nests for ever */
};

enum { LAYER_DEPTH_MAX = 32 };

static inline bool layer_skip(struct layer *l, uint32_t n)
{
	if (l->len < n)
		return false;
	l->p += n;
	l->len -= n;
	return true;
}

/* Can packets of this LINKTYPE_ be read? */
bool link_known(uint32_t link);

struct net;
void link_packet(struct net *net, uint32_t link, struct layer l);
void link_ethernet(struct net *net, struct layer l);
void link_ethertype(struct net *net, uint32_t type, struct layer l);
/* From the protocol field on; address and control bytes before it may stand there (RFC 1662) or not. */
void link_ppp(struct net *net, struct layer l);

#endif
