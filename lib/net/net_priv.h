/* SPDX-License-Identifier: MIT
 *
 * The inside of struct net, shared by the files that decode for it. */
#ifndef NET_NET_PRIV_H
#define NET_NET_PRIV_H

#include "net/fragment.h"
#include "net/link.h"
#include "net/net.h"
#include "net/sctp.h"
#include "net/tcp.h"

struct net {
	struct net_sink sink;
	struct net_limits limits;
	uint16_t *ports;
	size_t port_count;
	struct net_ref now;   /* the frame being read */
	struct net_ref first; /* where its datagram's first fragment came; else the same */
	struct fragments fragments;
	struct tcp tcp;
	struct sctp sctp;
	struct { /* the last exported PDU */
		uint64_t time, hash;
	} pdu;
	struct net_stats stats;
};

/* The addresses of an IP packet, still in its bytes: most packets need no more. */
struct ip_pair {
	const uint8_t *src, *dst; /* 4 or 16 bytes */
	uint8_t family;
};

static inline struct net_addr ip_pair_addr(uint8_t family, const uint8_t *ip, uint16_t port)
{
	return family == NET_FAMILY_V4 ? net_addr_v4(ip, port) : net_addr_v6(ip, port);
}

static inline void net_count_many(struct net *net, enum net_reason reason, uint64_t count)
{
	net->stats.reasons[reason] += count;
	net->stats.lost += count;
}

static inline void net_count(struct net *net, enum net_reason reason)
{
	net_count_many(net, reason, 1);
}

/* A header does not fit into what is there of it: the capture's fault or the packet's. */
static inline void layer_short(struct net *net, const struct layer *l)
{
	net_count(net, l->missing ? NET_LOST_SNAPPED : NET_LOST_BROKEN);
}

bool net_port_forced(const struct net *net, uint16_t sport, uint16_t dport);
/* Counts it, fills .first and .last, and hands it to the sink. */
void net_emit(struct net *net, struct net_datagram *datagram);
/* A TLS record starts here (RFC 8446 5.1)? */
bool net_is_tls(struct slice bytes);
void net_count_tls(struct net *net, const struct net_addr *src, const struct net_addr *dst);

void ip_packet(struct net *net, struct layer l);
/* What an IP header, or a finished set of fragments, carries. */
void ip_payload(struct net *net, const struct ip_pair *ip, uint8_t protocol, struct layer l);

/* Tunnels. */
void tunnel_gre(struct net *net, struct layer l);
/* Each returns false where the bytes are not what the port promises. */
bool tunnel_gtp(struct net *net, struct layer l);
bool tunnel_vxlan(struct net *net, struct layer l);
void tunnel_exported_pdu(struct net *net, struct layer l);

#endif
