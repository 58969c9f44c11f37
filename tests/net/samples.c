/* SPDX-License-Identifier: MIT */
#include "samples.h"
#include "samples_parts.h"
#include "net/bytes.h"
#include "net/packet_build.h"
#include "net_help.h"
#include "base/mem.h"

#include <stdlib.h>

enum { FRAGMENT_STEP = 48 };

#define MACS       "\x02\0\0\0\0\x01\x02\0\0\0\0\x02"
#define ETHER_IPV4 MACS "\x08\x00"
#define ETHER_IPV6 MACS "\x86\xdd"

static void udp(struct buf *to, const char *src, const char *dst, const char *tag)
{
	struct net_addr a = help_addr(src), b = help_addr(dst);

	packet_build_udp(to, &a, &b, slice_of(help_request(tag)));
}

static void udp4(struct buf *to)
{
	udp(to, "10.0.0.1:5060", "10.0.0.2:5060", "four");
}

static void udp6(struct buf *to)
{
	udp(to, "[2001:db8::1]:5060", "[2001:db8::2]:5060", "six");
}

/* Puts the packet into an outer IP packet. */
static void in_ip(struct buf *packet, const char *src, const char *dst, uint8_t protocol)
{
	struct net_addr a = help_addr(src), b = help_addr(dst);
	struct buf outer = {0};

	packet_build_ip(&outer, &a, &b, protocol, packet->len);
	buf_add(&outer, buf_slice(packet));
	buf_done(packet);
	*packet = outer;
}

static void in_ip4(struct buf *packet, uint8_t protocol)
{
	in_ip(packet, "192.0.2.1:1", "192.0.2.2:1", protocol);
}

static void in_udp(struct buf *packet, const char *src, const char *dst)
{
	struct net_addr a = help_addr(src), b = help_addr(dst);
	struct buf outer = {0};

	packet_build_udp(&outer, &a, &b, buf_slice(packet));
	buf_done(packet);
	*packet = outer;
}

/* A file of one packet; frees the packet. */
static void file_of(struct buf *to, uint32_t link, struct buf *packet)
{
	help_pcap_head(to, link);
	help_pcap_packet(to, buf_slice(packet));
	buf_done(packet);
}

/* Link layers: a head in front of one of the two packets. */
#define LINK_SAMPLE(function, link, build, head)                                                                       \
	static void function(struct buf *to)                                                                           \
	{                                                                                                              \
		struct buf packet = {0};                                                                               \
		build(&packet);                                                                                        \
		HELP_WRAP(&packet, head);                                                                              \
		file_of(to, link, &packet);                                                                            \
	}

LINK_SAMPLE(make_ethernet, LINK_ETHERNET, udp4, ETHER_IPV4)
LINK_SAMPLE(make_ethernet6, LINK_ETHERNET, udp6, ETHER_IPV6)
LINK_SAMPLE(make_vlan, LINK_ETHERNET, udp4, MACS "\x81\x00\x00\x05\x08\x00")
LINK_SAMPLE(make_qinq, LINK_ETHERNET, udp4, MACS "\x88\xa8\x00\x07\x81\x00\x00\x05\x08\x00")
LINK_SAMPLE(make_mpls, LINK_ETHERNET, udp4, MACS "\x88\x47\x00\x01\x00\x40\x00\x02\x01\x40")
LINK_SAMPLE(make_pseudo_wire, LINK_ETHERNET, udp4, MACS "\x88\x47\x00\x02\x01\x40\0\0\0\0" ETHER_IPV4)
LINK_SAMPLE(make_sll, LINK_SLL, udp4, "\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0\x08\x00")
LINK_SAMPLE(make_sll_vlan, LINK_SLL, udp4, "\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0\x81\x00\x00\x05\x08\x00")
LINK_SAMPLE(make_sll2, LINK_SLL2, udp6, "\x86\xdd\0\0\0\0\0\x02\0\x01\0\x06\x02\0\0\0\0\x01\0\0")
LINK_SAMPLE(make_null, LINK_NULL, udp4, "\x02\0\0\0")
LINK_SAMPLE(make_null_big, LINK_NULL, udp4, "\0\0\0\x02")
LINK_SAMPLE(make_null6, LINK_NULL, udp6, "\x1e\0\0\0")
LINK_SAMPLE(make_loop, LINK_LOOP, udp4, "\0\0\0\x02")
LINK_SAMPLE(make_ppp, LINK_PPP, udp4, "\xff\x03\x00\x21")
LINK_SAMPLE(make_raw12, LINK_RAW_12, udp4, "")
LINK_SAMPLE(make_raw4, LINK_RAW, udp4, "")
LINK_SAMPLE(make_raw6, LINK_RAW, udp6, "")
LINK_SAMPLE(make_ipv4, LINK_IPV4, udp4, "")
LINK_SAMPLE(make_ipv6, LINK_IPV6, udp6, "")

static void make_pppoe(struct buf *to)
{
	uint8_t head[] = "\x88\x64\x11\x00\x00\x01\0\0\x00\x21";
	struct buf packet = {0};

	udp4(&packet);
	put_be16(head + 6, (uint32_t)packet.len + 2);
	help_wrap(&packet, head, 10);
	HELP_WRAP(&packet, MACS);
	buf_add(&packet, SLICE("\0\0\0\0\0\0"));
	file_of(to, LINK_ETHERNET, &packet);
}

/* Tunnels: heads in front of the inner packet, then an outer IP header. */
#define TUNNEL_SAMPLE(function, build, head, protocol)                                                                 \
	static void function(struct buf *to)                                                                           \
	{                                                                                                              \
		struct buf packet = {0};                                                                               \
		build(&packet);                                                                                        \
		HELP_WRAP(&packet, head);                                                                              \
		in_ip4(&packet, protocol);                                                                             \
		file_of(to, LINK_RAW, &packet);                                                                        \
	}

TUNNEL_SAMPLE(make_ipip, udp4, "", IPPROTO_NUM_IPIP)
TUNNEL_SAMPLE(make_6in4, udp6, "", IPPROTO_NUM_6IN4)
TUNNEL_SAMPLE(make_gre, udp4, "\0\0\x08\x00", IPPROTO_NUM_GRE)
TUNNEL_SAMPLE(make_gre_fields, udp6, "\xb0\x00\x86\xdd\x12\x34\0\0\0\0\0\x07\0\0\0\x01", IPPROTO_NUM_GRE)
TUNNEL_SAMPLE(make_gre_ethernet, udp4, "\0\0\x65\x58" ETHER_IPV4, IPPROTO_NUM_GRE)
TUNNEL_SAMPLE(make_gre_ppp, udp4, "\x30\x81\x88\x0b\x01\x00\0\x01\0\0\0\x01\0\0\0\x02\xff\x03\x00\x21", IPPROTO_NUM_GRE)
TUNNEL_SAMPLE(make_gre_mpls, udp4, "\0\0\x88\x47\x00\x02\x01\x40", IPPROTO_NUM_GRE)
TUNNEL_SAMPLE(make_erspan1, udp4, "\0\0\x88\xbe" ETHER_IPV4, IPPROTO_NUM_GRE)
TUNNEL_SAMPLE(make_erspan2, udp4, "\x10\0\x88\xbe\0\0\0\x01\x10\x01\0\x01\0\0\0\0" ETHER_IPV4, IPPROTO_NUM_GRE)
TUNNEL_SAMPLE(make_erspan3, udp4, "\x10\0\x22\xeb\0\0\0\x01\x20\x01\0\x01\0\0\0\0\0\0\0\0" ETHER_IPV4, IPPROTO_NUM_GRE)

static void in_gtp(struct buf *packet, const char *head, size_t len)
{
	uint8_t fixed[8] = {(uint8_t)head[0], 255, 0, 0, 0, 0, 0, 1};

	help_wrap(packet, head + 1, len - 1);
	put_be16(fixed + 2, (uint32_t)packet->len);
	help_wrap(packet, fixed, sizeof(fixed));
	in_udp(packet, "192.0.2.1:2152", "192.0.2.2:2152");
}

static void make_gtp(struct buf *to)
{
	struct buf packet = {0};

	udp4(&packet);
	in_gtp(&packet, "\x30", 1);
	file_of(to, LINK_RAW, &packet);
}

/* A sequence number, and a PDU session container behind it. */
static void make_gtp_extension(struct buf *to)
{
	struct buf packet = {0};

	udp6(&packet);
	in_gtp(&packet, "\x36\0\x01\0\x85\x01\x10\x01\0", 9);
	file_of(to, LINK_RAW, &packet);
}

static void make_vxlan(struct buf *to)
{
	struct buf packet = {0};

	udp4(&packet);
	HELP_WRAP(&packet, "\x08\0\0\0\0\0\x01\0" ETHER_IPV4);
	in_udp(&packet, "192.0.2.1:40000", "192.0.2.2:4789");
	file_of(to, LINK_RAW, &packet);
}

/* An ICMP error that quotes SIP is none. */
static void make_icmp(struct buf *to)
{
	struct buf packet = {0};

	udp4(&packet);
	HELP_WRAP(&packet, "\x03\x03\0\0\0\0\0\0");
	in_ip4(&packet, 1);
	file_of(to, LINK_RAW, &packet);
}

/* Two messages of one segment, as tshark exports them: the whole segment once for each. */
static void make_pdu(struct buf *to)
{
	static const char head[] =
		"\0\x0c\0\x04sip\0\0\x14\0\x04\x0a\0\0\x01\0\x15\0\x04\x0a\0\0\x02\0\x18\0\x04\0\0\0\x03"
		"\0\x19\0\x04\0\0\x13\xc4\0\x1a\0\x04\0\0\x13\xc4\0\0\0\0";
	struct buf packet = {0};

	buf_puts(&packet, help_request("pdu"));
	HELP_WRAP(&packet, head);
	file_of(to, LINK_PDU, &packet);
}

/* The fragments of one UDP packet, in the order given by `order`, as offsets in units of `step` bytes. */
static void put_fragment4(struct buf *to, const struct buf *whole, size_t step, size_t n)
{
	size_t from = 20 + n * step, len = whole->len - from < step ? whole->len - from : step;
	struct buf packet = {0};
	uint8_t *h;

	buf_add(&packet, (struct slice){whole->p, 20});
	buf_add(&packet, (struct slice){whole->p + from, len});
	h = (uint8_t *)packet.p;
	put_be16(h + 2, (uint32_t)packet.len);
	put_be16(h + 4, 77);
	put_be16(h + 6, (uint32_t)(n * step / 8) | (from + len < whole->len ? 0x2000 : 0));
	put_be16(h + 10, 0);
	put_be16(h + 10, packet_sum_end(packet_sum(0, h, 20)));
	help_pcap_packet(to, buf_slice(&packet));
	buf_done(&packet);
}

static void put_fragment6(struct buf *to, const struct buf *whole, size_t step, size_t n)
{
	size_t from = 40 + n * step, len = whole->len - from < step ? whole->len - from : step;
	uint8_t head[8] = {IPPROTO_NUM_UDP, 0, 0, 0, 0, 0, 0, 77};
	struct buf packet = {0};

	put_be16(head + 2, (uint32_t)(n * step) | (from + len < whole->len));
	buf_add(&packet, (struct slice){whole->p, 40});
	buf_add(&packet, slice_bytes(head, 8));
	buf_add(&packet, (struct slice){whole->p + from, len});
	packet.p[6] = 44;
	put_be16((uint8_t *)packet.p + 4, (uint32_t)packet.len - 40);
	help_pcap_packet(to, buf_slice(&packet));
	buf_done(&packet);
}

static void make_fragments(struct buf *to, void build(struct buf *),
			   void put(struct buf *, const struct buf *, size_t, size_t), const char *order)
{
	struct buf whole = {0};

	build(&whole);
	help_pcap_head(to, LINK_RAW);
	for (; *order; order++)
		put(to, &whole, FRAGMENT_STEP, (size_t)(*order - '0'));
	buf_done(&whole);
}

static void make_fragments4(struct buf *to)
{
	make_fragments(to, udp4, put_fragment4, "01234");
}

static void make_fragments4_backwards(struct buf *to)
{
	make_fragments(to, udp4, put_fragment4, "43210");
}

static void make_fragments4_mixed(struct buf *to)
{
	make_fragments(to, udp4, put_fragment4, "3312004");
}

static void make_fragments6(struct buf *to)
{
	make_fragments(to, udp6, put_fragment6, "20143");
}

static void make_fragments_missing(struct buf *to)
{
	make_fragments(to, udp4, put_fragment4, "0134");
}

/* IPv6 with a hop-by-hop and a destination header. */
static void make_extensions6(struct buf *to)
{
	struct buf packet = {0}, whole = {0};

	udp6(&whole);
	buf_add(&packet, (struct slice){whole.p, 40});
	buf_add(&packet, SLICE("\x3c\0\x01\x04\0\0\0\0"
			       "\x11\0\x01\x04\0\0\0\0"));
	buf_add(&packet, (struct slice){whole.p + 40, whole.len - 40});
	packet.p[6] = 0;
	put_be16((uint8_t *)packet.p + 4, (uint32_t)packet.len - 40);
	buf_done(&whole);
	file_of(to, LINK_RAW, &packet);
}

#define SAME(name_, messages_)                                                                                         \
	{                                                                                                              \
#name_, make_##name_, messages_, messages_, NULL                                                       \
	}
const struct sample samples[] = {
	SAME(ethernet, 1),
	SAME(ethernet6, 1),
	SAME(vlan, 1),
	SAME(qinq, 1),
	SAME(mpls, 1),
	{"pseudo_wire", make_pseudo_wire, 1, 0, "tshark wants to be told which label is a pseudo wire"},
	SAME(pppoe, 1),
	SAME(sll, 1),
	SAME(sll_vlan, 1),
	SAME(sll2, 1),
	SAME(null, 1),
	SAME(null_big, 1),
	SAME(null6, 1),
	SAME(loop, 1),
	SAME(ppp, 1),
	SAME(raw12, 1),
	SAME(raw4, 1),
	SAME(raw6, 1),
	SAME(ipv4, 1),
	SAME(ipv6, 1),
	SAME(ipip, 1),
	SAME(6in4, 1),
	SAME(gre, 1),
	SAME(gre_fields, 1),
	SAME(gre_ethernet, 1),
	SAME(gre_ppp, 1),
	SAME(gre_mpls, 1),
	SAME(erspan1, 1),
	SAME(erspan2, 1),
	SAME(erspan3, 1),
	SAME(gtp, 1),
	SAME(gtp_extension, 1),
	SAME(vxlan, 1),
	{"icmp", make_icmp, 0, 1, "tshark shows what an ICMP error quotes"},
	SAME(pdu, 1),
	SAME(fragments4, 1),
	SAME(fragments4_backwards, 1),
	SAME(fragments4_mixed, 1),
	SAME(fragments6, 1),
	SAME(fragments_missing, 0),
	SAME(extensions6, 1),
	SAME(tcp, 2),
	{"tcp_cut", make_tcp_cut, 3, 2, "tshark shows nothing that follows a keep-alive in its segment"},
	SAME(tcp_reordered, 1),

	{"tcp_gap", make_tcp_gap, 2, 1, "tshark does not go on behind a hole"},
	SAME(tcp_midstream, 2),
	SAME(tls, 0),
	SAME(sctp, 1),
	SAME(sctp_fragments, 1),
	SAME(websocket, 2),
};
const size_t sample_count = ARRAY_LEN(samples);
