/* SPDX-License-Identifier: MIT
 *
 * Makes IP packets with valid checksums around bytes that were sent or seen, so that evidence opens in Wireshark. The
 * writer of evidence captures and the tests' generators feed it; it appends to the caller's buffer. */
#ifndef NET_PACKET_BUILD_H
#define NET_PACKET_BUILD_H

#include "base/buf.h"
#include "net/addr.h"

enum { /* IP protocol numbers (IANA) */
       IPPROTO_NUM_IPIP = 4,
       IPPROTO_NUM_TCP = 6,
       IPPROTO_NUM_UDP = 17,
       IPPROTO_NUM_6IN4 = 41,
       IPPROTO_NUM_GRE = 47,
       IPPROTO_NUM_SCTP = 132
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

/* Largest payload of one packet that both IP versions carry, per transport header. */
enum { PACKET_UDP_MAX = 65535 - 20 - 8, PACKET_TCP_MAX = 65535 - 20 - 20, PACKET_SCTP_MAX = 65535 - 20 - 28 };

/* The ones' complement sum of RFC 1071, `sum` carrying what was summed before; finished by packet_sum_end. */
uint32_t packet_sum(uint32_t sum, const uint8_t *p, size_t len);
uint16_t packet_sum_end(uint32_t sum);

/* Appends an IPv4 or IPv6 header, as src->family says, for `payload_len` bytes that the caller appends next. */
void packet_build_ip(struct buf *to, const struct net_addr *src, const struct net_addr *dst, uint8_t protocol,
		     size_t payload_len);

/* Each appends one whole IP packet. src and dst are of one family; the payload is at most PACKET_…_MAX bytes. */
void packet_build_udp(struct buf *to, const struct net_addr *src, const struct net_addr *dst, struct slice payload);
void packet_build_tcp(struct buf *to, const struct net_addr *src, const struct net_addr *dst, uint32_t seq,
		      uint32_t ack, uint8_t flags, struct slice payload);
/* One DATA chunk that is a whole message (RFC 9260 3.3.1), stream 0, unordered. */
void packet_build_sctp(struct buf *to, const struct net_addr *src, const struct net_addr *dst, uint32_t tsn,
		       struct slice payload);

#endif
