/* SPDX-License-Identifier: MIT */
#include "net/packet_build.h"
#include "net/bytes.h"

enum { IPV4_HEAD = 20, IPV6_HEAD = 40, HOPS = 64 };

uint32_t packet_sum(uint32_t sum, const uint8_t *p, size_t len)
{
	uint64_t wide = sum;

	for (; len >= 2; p += 2, len -= 2)
		wide += get_be16(p);
	if (len)
		wide += (uint32_t)p[0] << 8;
	while (wide >> 32)
		wide = (wide & 0xffffffffu) + (wide >> 32);
	return (uint32_t)wide;
}

uint16_t packet_sum_end(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint8_t *append_zeroed(struct buf *to, size_t len)
{
	uint8_t *p = (uint8_t *)buf_reserve(to, len);

	memset(p, 0, len + 1);
	to->len += len;
	return p;
}

static void build_ipv4(struct buf *to, const struct net_addr *src, const struct net_addr *dst, uint8_t protocol,
		       size_t payload_len)
{
	uint8_t *h = append_zeroed(to, IPV4_HEAD);

	h[0] = 0x45;
	put_be16(h + 2, (uint32_t)(IPV4_HEAD + payload_len));
	h[6] = 0x40; /* don't fragment: so the identification may stay 0 (RFC 6864 4.1) */
	h[8] = HOPS;
	h[9] = protocol;
	memcpy(h + 12, src->ip, 4);
	memcpy(h + 16, dst->ip, 4);
	put_be16(h + 10, packet_sum_end(packet_sum(0, h, IPV4_HEAD)));
}

static void build_ipv6(struct buf *to, const struct net_addr *src, const struct net_addr *dst, uint8_t protocol,
		       size_t payload_len)
{
	uint8_t *h = append_zeroed(to, IPV6_HEAD);

	h[0] = 0x60;
	put_be16(h + 4, (uint32_t)payload_len);
	h[6] = protocol;
	h[7] = HOPS;
	memcpy(h + 8, src->ip, 16);
	memcpy(h + 24, dst->ip, 16);
}

void packet_build_ip(struct buf *to, const struct net_addr *src, const struct net_addr *dst, uint8_t protocol,
		     size_t payload_len)
{
	(src->family == NET_FAMILY_V6 ? build_ipv6 : build_ipv4)(to, src, dst, protocol, payload_len);
}

/* The checksum of UDP and TCP over `len` bytes at p, pseudo header included (RFC 768, RFC 9293 3.1, RFC 8200 8.1). */
static uint16_t transport_sum(const struct net_addr *src, const struct net_addr *dst, uint8_t protocol,
			      const uint8_t *p, size_t len)
{
	size_t ip_len = src->family == NET_FAMILY_V6 ? 16 : 4;
	uint32_t sum = packet_sum(protocol + (uint32_t)len, src->ip, ip_len);

	return packet_sum_end(packet_sum(packet_sum(sum, dst->ip, ip_len), p, len));
}

/* IP header, zeroed transport header with both ports, payload. Returns the transport header, valid until the next
 * append. */
static uint8_t *build_frame(struct buf *to, const struct net_addr *src, const struct net_addr *dst, uint8_t protocol,
			    size_t head_len, struct slice payload)
{
	uint8_t *h;
	size_t at;

	packet_build_ip(to, src, dst, protocol, head_len + payload.len);
	at = to->len;
	append_zeroed(to, head_len);
	buf_add(to, payload);
	h = (uint8_t *)to->p + at;
	put_be16(h, src->port);
	put_be16(h + 2, dst->port);
	return h;
}

void packet_build_udp(struct buf *to, const struct net_addr *src, const struct net_addr *dst, struct slice payload)
{
	size_t len = 8 + payload.len;
	uint8_t *h = build_frame(to, src, dst, IPPROTO_NUM_UDP, 8, payload);
	uint16_t sum;

	put_be16(h + 4, (uint32_t)len);
	sum = transport_sum(src, dst, IPPROTO_NUM_UDP, h, len);
	put_be16(h + 6, sum ? sum : 0xffff);
}

void packet_build_tcp(struct buf *to, const struct net_addr *src, const struct net_addr *dst, uint32_t seq,
		      uint32_t ack, uint8_t flags, struct slice payload)
{
	uint8_t *h = build_frame(to, src, dst, IPPROTO_NUM_TCP, 20, payload);

	put_be32(h + 4, seq);
	put_be32(h + 8, ack);
	h[12] = 5 << 4;
	h[13] = flags;
	put_be16(h + 14, 65535);
	put_be16(h + 16, transport_sum(src, dst, IPPROTO_NUM_TCP, h, 20 + payload.len));
}

/* CRC32c (RFC 9260 appendix A), bit by bit: evidence is short. */
static uint32_t crc32c(const uint8_t *p, size_t len)
{
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
	}
	return ~crc;
}

void packet_build_sctp(struct buf *to, const struct net_addr *src, const struct net_addr *dst, uint32_t tsn,
		       struct slice payload)
{
	static const char zeros[3];
	size_t pad = -payload.len & 3, head = 12 + 16, at;
	uint8_t *h;

	packet_build_ip(to, src, dst, IPPROTO_NUM_SCTP, head + payload.len + pad);
	at = to->len;
	append_zeroed(to, head);
	buf_add(to, payload);
	buf_add(to, (struct slice){zeros, pad});
	h = (uint8_t *)to->p + at;
	put_be16(h, src->port);
	put_be16(h + 2, dst->port);
	put_be32(h + 4, 1); /* any verification tag but 0 */
	h[13] = 4 | 2 | 1;  /* unordered, begins, ends */
	put_be16(h + 14, (uint32_t)(16 + payload.len));
	put_be32(h + 16, tsn);
	put_le32(h + 8, crc32c(h, head + payload.len + pad));
}
