/* SPDX-License-Identifier: MIT
 *
 * IPv4 and IPv6 with extension headers, and UDP on top. ICMP is not read: SIP quoted in its errors is no message. */
#include "net/net_priv.h"
#include "net/bytes.h"
#include "net/packet_build.h"

enum { EXT_HOP = 0, EXT_ROUTING = 43, EXT_FRAGMENT = 44, EXT_AH = 51, EXT_DESTINATION = 60, EXT_MOBILITY = 135 };
enum { PORT_GTP_U = 2152, PORT_VXLAN = 4789 };

/* The header says that `len` bytes belong to this layer: what stands behind is padding, what is absent is missing. */
static void layer_limit(struct layer *l, uint32_t len)
{
	l->missing = len > l->len ? len - l->len : 0;
	if (l->len > len)
		l->len = len;
}

static void udp_payload(struct net *net, const struct ip_pair *ip, uint16_t sport, uint16_t dport, struct layer l)
{
	struct slice bytes = slice_bytes(l.p, l.len);
	bool probed = net->sink.probe(bytes) == NET_PROBE_YES;

	if (!probed && !net_port_forced(net, sport, dport))
		return;
	net_emit(net, &(struct net_datagram){
			      .src = ip_pair_addr(ip->family, ip->src, sport),
			      .dst = ip_pair_addr(ip->family, ip->dst, dport),
			      .transport = NET_UDP,
			      .bytes = bytes,
			      .missing = l.missing,
			      .probed = probed,
		      });
}

static inline void udp_packet(struct net *net, const struct ip_pair *ip, struct layer l)
{
	uint16_t sport, dport;
	uint32_t len;

	if (l.len < 8) {
		layer_short(net, &l);
		return;
	}
	sport = get_be16(l.p);
	dport = get_be16(l.p + 2);
	len = get_be16(l.p + 4);
	if (len && len < 8) {
		net_count(net, NET_LOST_BROKEN);
		return;
	}
	layer_skip(&l, 8);
	if (len) /* 0: larger than 16 bits can say (RFC 2675 4) or to be filled in by the network card */
		layer_limit(&l, len - 8);
	if ((sport == PORT_GTP_U || dport == PORT_GTP_U) && tunnel_gtp(net, l))
		return;
	if (dport == PORT_VXLAN && tunnel_vxlan(net, l))
		return;
	udp_payload(net, ip, sport, dport, l);
}

void ip_payload(struct net *net, const struct ip_pair *ip, uint8_t protocol, struct layer l)
{
	switch (protocol) {
	case IPPROTO_NUM_UDP:
		udp_packet(net, ip, l);
		break;
	case IPPROTO_NUM_TCP:
		tcp_segment(net, ip, l);
		break;
	case IPPROTO_NUM_SCTP:
		sctp_packet(net, ip, l);
		break;
	case IPPROTO_NUM_IPIP:
	case IPPROTO_NUM_6IN4:
		ip_packet(net, l);
		break;
	case IPPROTO_NUM_GRE:
		tunnel_gre(net, l);
		break;
	default:
		return;
	}
}

static void fragment_packet(struct net *net, const struct ip_pair *ip, const struct fragment *f, struct layer l)
{
	if (l.missing) {
		net_count(net, NET_LOST_SNAPPED);
		return;
	}
	fragment_add(net, ip, f, l);
}

static inline void ipv4(struct net *net, struct layer l)
{
	const uint8_t *h = l.p;
	struct ip_pair ip = {h + 12, h + 16, NET_FAMILY_V4};
	uint32_t head, total, flags;

	if (l.len < 20) {
		layer_short(net, &l);
		return;
	}
	head = (h[0] & 15) * 4u;
	total = get_be16(h + 2);
	if (head < 20 || (total && total < head)) {
		net_count(net, NET_LOST_BROKEN);
		return;
	}
	if (total) /* 0: to be filled in by the network card */
		layer_limit(&l, total);
	if (!layer_skip(&l, head)) {
		layer_short(net, &l);
		return;
	}
	flags = get_be16(h + 6);
	if (flags & 0x3fff) {
		struct fragment f = {get_be16(h + 4), (flags & 0x1fff) * 8, h[9], flags & 0x2000};
		fragment_packet(net, &ip, &f, l);
		return;
	}
	ip_payload(net, &ip, h[9], l);
}

static bool is_extension(uint8_t type)
{
	return type == EXT_HOP || type == EXT_ROUTING || type == EXT_DESTINATION || type == EXT_MOBILITY ||
	       type == EXT_AH || type == EXT_FRAGMENT;
}

/* Takes the extension header at l->p away (RFC 8200 4, RFC 4302 2.2); *type is the next one's. */
static bool extension_skip(uint8_t *type, struct layer *l)
{
	uint32_t len = *type == EXT_AH ? (l->p[1] + 2u) * 4 : (l->p[1] + 1u) * 8;

	*type = l->p[0];
	return layer_skip(l, len);
}

/* RFC 8200 4.5. A fragment that is the whole (RFC 6946) has nothing to wait for. */
static bool fragment_header(struct net *net, const struct ip_pair *ip, uint8_t *type, struct layer *l)
{
	uint32_t field = get_be16(l->p + 2);
	struct fragment f = {get_be32(l->p + 4), field & 0xfff8, l->p[0], field & 1};

	*type = f.protocol;
	layer_skip(l, 8);
	if (f.offset == 0 && !f.more)
		return false;
	fragment_packet(net, ip, &f, *l);
	return true;
}

static void ipv6(struct net *net, struct layer l)
{
	const uint8_t *h = l.p;
	struct ip_pair ip = {h + 8, h + 24, NET_FAMILY_V6};
	uint8_t type;

	if (!layer_skip(&l, 40)) {
		layer_short(net, &l);
		return;
	}
	type = h[6];
	if (get_be16(h + 4))
		layer_limit(&l, get_be16(h + 4));
	while (is_extension(type)) {
		bool is_fragment = type == EXT_FRAGMENT;

		if (l.len < 8 || (!is_fragment && !extension_skip(&type, &l))) {
			layer_short(net, &l);
			return;
		}
		if (is_fragment && fragment_header(net, &ip, &type, &l))
			return;
	}
	ip_payload(net, &ip, type, l);
}

void ip_packet(struct net *net, struct layer l)
{
	if (++l.depth > LAYER_DEPTH_MAX) {
		net_count(net, NET_LOST_TOO_DEEP);
		return;
	}
	if (l.len == 0) {
		layer_short(net, &l);
		return;
	}
	if (l.p[0] >> 4 == 4)
		ipv4(net, l);
	else if (l.p[0] >> 4 == 6)
		ipv6(net, l);
	else
		net_count(net, NET_LOST_BROKEN);
}
