/* SPDX-License-Identifier: MIT
 *
 * What carries packets inside IP: GRE (RFC 2784, 2890, 2637) with ERSPAN, GTP-U (TS 29.281), VXLAN (RFC 7348); and
 * exported PDUs, which carry messages without packets. */
#include "net/net_priv.h"
#include "net/bytes.h"

enum {
	GRE_PPP = 0x880b,
	GRE_ETHERNET = 0x6558,
	GRE_ERSPAN = 0x88be,
	GRE_ERSPAN_3 = 0x22eb,
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080
};

static void erspan_3(struct net *net, struct layer l)
{
	uint32_t head = 12;

	if (l.len < 12) {
		layer_short(net, &l);
		return;
	}
	if (l.p[11] & 1) /* a platform-specific subheader follows */
		head = 20;
	if (!layer_skip(&l, head)) {
		layer_short(net, &l);
		return;
	}
	link_ethernet(net, l);
}

void tunnel_gre(struct net *net, struct layer l)
{
	uint32_t flags, type, head = 4;

	if (++l.depth > LAYER_DEPTH_MAX) {
		net_count(net, NET_LOST_TOO_DEEP);
		return;
	}
	if (l.len < 4) {
		layer_short(net, &l);
		return;
	}
	flags = get_be16(l.p);
	type = get_be16(l.p + 2);
	if (flags & GRE_ROUTING) {
		net_count(net, NET_LOST_BROKEN);
		return;
	}
	head += flags & GRE_CHECKSUM ? 4 : 0;
	head += flags & GRE_KEY ? 4 : 0;
	head += flags & GRE_SEQUENCE ? 4 : 0;
	head += (flags & 7) == 1 && flags & GRE_ACK ? 4 : 0;
	if (type == GRE_ERSPAN && flags & GRE_SEQUENCE) /* type I has neither a sequence number nor a header */
		head += 8;
	if (!layer_skip(&l, head)) {
		layer_short(net, &l);
		return;
	}
	if (type == GRE_PPP)
		link_ppp(net, l);
	else if (type == GRE_ETHERNET || type == GRE_ERSPAN)
		link_ethernet(net, l);
	else if (type == GRE_ERSPAN_3)
		erspan_3(net, l);
	else
		link_ethertype(net, type, l);
}

/* The optional fields and extension headers of GTP-U (TS 29.281 5.1, 5.2). */
static bool gtp_extensions(struct layer *l)
{
	uint32_t next, len;

	if (l->len < 4)
		return false;
	next = l->p[3];
	layer_skip(l, 4);
	while (next) {
		len = l->len ? l->p[0] * 4u : 0;
		if (len == 0 || l->len < len)
			return false;
		next = l->p[len - 1];
		layer_skip(l, len);
	}
	return true;
}

bool tunnel_gtp(struct net *net, struct layer l)
{
	enum { VERSION_1 = 0x30, OPTIONAL = 0x07, G_PDU = 255 };
	uint8_t flags;

	if (l.len < 8 || (l.p[0] & 0xf0) != VERSION_1 || l.p[1] != G_PDU)
		return false;
	flags = l.p[0];
	layer_skip(&l, 8);
	if (flags & OPTIONAL && !gtp_extensions(&l))
		return layer_short(net, &l), true;
	if (l.len && (l.p[0] >> 4 == 4 || l.p[0] >> 4 == 6)) /* anything else is a PDU that is no IP */
		ip_packet(net, l);
	return true;
}

bool tunnel_vxlan(struct net *net, struct layer l)
{
	if (l.len < 8 || l.p[0] != 0x08 || ++l.depth > LAYER_DEPTH_MAX)
		return false;
	layer_skip(&l, 8);
	link_ethernet(net, l);
	return true;
}

enum {
	PDU_END = 0,
	PDU_IPV4_SRC = 20,
	PDU_IPV4_DST = 21,
	PDU_IPV6_SRC = 22,
	PDU_IPV6_DST = 23,
	PDU_PORT_TYPE = 24,
	PDU_SRC_PORT = 25,
	PDU_DST_PORT = 26
};

static void pdu_ip(struct net_addr *addr, const uint8_t *p, uint32_t len)
{
	if (len == 4)
		*addr = net_addr_v4(p, addr->port);
	else if (len == 16)
		*addr = net_addr_v6(p, addr->port);
}

/* The port types of Wireshark's export format; what came over TCP was decrypted, else nobody would have exported it. */
static enum net_transport pdu_transport(uint32_t type)
{
	enum { TYPE_SCTP = 1, TYPE_TCP = 2 };

	return type == TYPE_TCP ? NET_TLS : type == TYPE_SCTP ? NET_SCTP : NET_UDP;
}

static void pdu_tag(struct net_datagram *d, uint32_t tag, const uint8_t *p, uint32_t len)
{
	if (tag == PDU_IPV4_SRC || tag == PDU_IPV6_SRC)
		pdu_ip(&d->src, p, len);
	else if (tag == PDU_IPV4_DST || tag == PDU_IPV6_DST)
		pdu_ip(&d->dst, p, len);
	else if (tag == PDU_PORT_TYPE && len == 4)
		d->transport = pdu_transport(get_be32(p));
	else if (tag == PDU_SRC_PORT && len == 4)
		d->src.port = (uint16_t)get_be32(p);
	else if (tag == PDU_DST_PORT && len == 4)
		d->dst.port = (uint16_t)get_be32(p);
}

/* Wireshark exports what a segment holds once for each message in it. The repetitions follow at once. */
static bool pdu_repeated(struct net *net, const struct net_datagram *d)
{
	uint64_t hash = hash_slice(d->bytes, net_addr_hash(&d->dst, net_addr_hash(&d->src, 1)));
	bool again = net->pdu.hash == hash && net->pdu.time == net->now.time;

	net->pdu.hash = hash;
	net->pdu.time = net->now.time;
	return again;
}

void tunnel_exported_pdu(struct net *net, struct layer l)
{
	struct net_datagram d = {0};
	uint32_t tag, len;

	do {
		if (l.len < 4) {
			layer_short(net, &l);
			return;
		}
		tag = get_be16(l.p);
		len = get_be16(l.p + 2);
		layer_skip(&l, 4);
		if (l.len < len) {
			layer_short(net, &l);
			return;
		}
		pdu_tag(&d, tag, l.p, len);
		layer_skip(&l, len);
	} while (tag != PDU_END);
	d.bytes = slice_bytes(l.p, l.len);
	d.missing = l.missing;
	d.several = d.transport == NET_TLS;
	if (net->sink.probe(d.bytes) == NET_PROBE_YES && !(d.several && pdu_repeated(net, &d)))
		net_emit(net, &d);
}
