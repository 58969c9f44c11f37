/* SPDX-License-Identifier: MIT */
#include "net/link.h"
#include "net/bytes.h"
#include "net/net_priv.h"

enum { /* LINKTYPE_… of tcpdump.org; some systems write their own DLT_ number of raw IP */
       LINK_NULL = 0,
       LINK_ETHERNET = 1,
       LINK_PPP = 9,
       LINK_RAW_12 = 12,
       LINK_RAW_14 = 14,
       LINK_PPP_HDLC = 50,
       LINK_RAW = 101,
       LINK_LOOP = 108,
       LINK_SLL = 113,
       LINK_IPV4 = 228,
       LINK_IPV6 = 229,
       LINK_PDU = 252,
       LINK_SLL2 = 276
};
enum {
	TYPE_IPV4 = 0x0800,
	TYPE_IPV6 = 0x86dd,
	TYPE_VLAN = 0x8100,
	TYPE_QINQ = 0x88a8,
	TYPE_QINQ_OLD = 0x9100,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_MULTICAST = 0x8848,
	TYPE_PPPOE = 0x8864
};
enum { PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057, PPP_MPLS = 0x0281 };

bool link_known(uint32_t link)
{
	switch (link) {
	case LINK_NULL:
	case LINK_ETHERNET:
	case LINK_PPP:
	case LINK_RAW_12:
	case LINK_RAW_14:
	case LINK_PPP_HDLC:
	case LINK_RAW:
	case LINK_LOOP:
	case LINK_SLL:
	case LINK_IPV4:
	case LINK_IPV6:
	case LINK_PDU:
	case LINK_SLL2:
		return true;
	default:
		return false;
	}
}

void link_ethernet(struct net *net, struct layer l)
{
	uint32_t type;

	if (l.len < 14) {
		layer_short(net, &l);
		return;
	}
	type = get_be16(l.p + 12);
	layer_skip(&l, 14);
	if (type >= 0x600) /* below: the length of an IEEE 802.3 frame, which carries no IP that matters */
		link_ethertype(net, type, l);
}

/* RFC 3032: labels down to the bottom of the stack; then the first nibble tells, a pseudo wire is Ethernet (RFC 4448)
 * behind a control word that starts with 0. */
static void mpls(struct net *net, struct layer l)
{
	bool bottom = false;

	while (!bottom) {
		if (l.len < 4) {
			layer_short(net, &l);
			return;
		}
		bottom = l.p[2] & 1;
		layer_skip(&l, 4);
	}
	if (l.len < 4) {
		layer_short(net, &l);
		return;
	}
	if (l.p[0] >> 4 == 4 || l.p[0] >> 4 == 6) {
		ip_packet(net, l);
		return;
	}
	if (l.p[0] >> 4 == 0)
		layer_skip(&l, 4);
	link_ethernet(net, l);
}

/* RFC 2516 4: session data only; its length cuts off Ethernet's padding. */
static void pppoe(struct net *net, struct layer l)
{
	uint32_t len;

	if (l.len < 6) {
		layer_short(net, &l);
		return;
	}
	len = get_be16(l.p + 4);
	layer_skip(&l, 6);
	if (len < l.len) {
		l.len = len;
		l.missing = 0;
	}
	link_ppp(net, l);
}

void link_ethertype(struct net *net, uint32_t type, struct layer l)
{
	if (++l.depth > LAYER_DEPTH_MAX) {
		net_count(net, NET_LOST_TOO_DEEP);
		return;
	}
	switch (type) {
	case TYPE_IPV4:
	case TYPE_IPV6:
		ip_packet(net, l);
		break;
	case TYPE_VLAN:
	case TYPE_QINQ:
	case TYPE_QINQ_OLD:
		if (l.len < 4) {
			layer_short(net, &l);
			return;
		}
		type = get_be16(l.p + 2);
		layer_skip(&l, 4);
		link_ethertype(net, type, l);
		return;
	case TYPE_MPLS:
	case TYPE_MPLS_MULTICAST:
		mpls(net, l);
		break;
	case TYPE_PPPOE:
		pppoe(net, l);
		break;
	default: /* ARP and others: never SIP */
		return;
	}
}

void link_ppp(struct net *net, struct layer l)
{
	uint32_t type;

	if (l.len >= 2 && l.p[0] == 0xff && l.p[1] == 0x03)
		layer_skip(&l, 2);
	if (l.len < 2) {
		layer_short(net, &l);
		return;
	}
	type = l.p[0] & 1 ? l.p[0] : get_be16(l.p); /* RFC 1661 6.5: the first byte may be left out where it is 0 */
	layer_skip(&l, l.p[0] & 1 ? 1 : 2);
	if (type == PPP_IPV4 || type == PPP_IPV6)
		ip_packet(net, l);
	else if (type == PPP_MPLS)
		mpls(net, l);
}

/* A family number of the capturing system, in its byte order for NULL and in the network's for LOOP; IPv6 has different
 * numbers, so the packet itself is asked. */
static void loopback(struct net *net, struct layer l)
{
	if (layer_skip(&l, 4) && l.len)
		ip_packet(net, l);
	else
		layer_short(net, &l);
}

static void cooked(struct net *net, struct layer l, uint32_t type_at, uint32_t head)
{
	uint32_t type;

	if (l.len < head) {
		layer_short(net, &l);
		return;
	}
	type = get_be16(l.p + type_at);
	layer_skip(&l, head);
	link_ethertype(net, type, l);
}

void link_packet(struct net *net, uint32_t link, struct layer l)
{
	switch (link) {
	case LINK_ETHERNET:
		link_ethernet(net, l);
		break;
	case LINK_NULL:
	case LINK_LOOP:
		loopback(net, l);
		break;
	case LINK_PPP:
	case LINK_PPP_HDLC:
		link_ppp(net, l);
		break;
	case LINK_RAW_12:
	case LINK_RAW_14:
	case LINK_RAW:
	case LINK_IPV4:
	case LINK_IPV6:
		ip_packet(net, l);
		break;
	case LINK_SLL:
		cooked(net, l, 14, 16);
		break;
	case LINK_SLL2:
		cooked(net, l, 0, 20);
		break;
	case LINK_PDU:
		tunnel_exported_pdu(net, l);
		break;
	default:
		net_count(net, NET_LOST_LINK_UNKNOWN);
	}
}
