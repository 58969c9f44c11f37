/* SPDX-License-Identifier: MIT
 *
 * One end of a hop: an IPv4 or IPv6 address with a port, small enough to be copied about, and the transports that SIP
 * has. Filled by the packet decoder and by the live side; read by everything that names a hop. */
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"

enum net_family { NET_FAMILY_NONE = 0, NET_FAMILY_V4 = 4, NET_FAMILY_V6 = 6 };

/* Zeroed: no address. All bytes are significant, so that memcmp compares. */
struct net_addr {
	uint8_t ip[16]; /* network order; IPv4 has the first four, the rest is zero */
	uint16_t port;  /* host order */
	uint8_t family; /* enum net_family */
	uint8_t zero;   /* no meaning, always 0 */
};
_Static_assert(sizeof(struct net_addr) == 20, "compact, without padding");

enum net_transport { NET_UDP, NET_TCP, NET_SCTP, NET_TLS, NET_WS, NET_WSS, NET_TRANSPORT_COUNT };

/* "udp", "tcp", …: lower case as in a URI's transport parameter. */
const char *net_transport_name(enum net_transport transport);
/* Without case, as Via (RFC 3261 25.1) and URIs have it. Returns false, *ret untouched, for an unknown name. */
bool net_transport_parse(struct slice name, enum net_transport *ret);

struct net_addr net_addr_v4(const uint8_t ip[4], uint16_t port);
struct net_addr net_addr_v6(const uint8_t ip[16], uint16_t port);

static inline bool net_addr_eq(const struct net_addr *a, const struct net_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* The same host, whatever the ports. */
static inline bool net_addr_eq_ip(const struct net_addr *a, const struct net_addr *b)
{
	return a->family == b->family && memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

bool net_addr_is_loopback(const struct net_addr *a); /* 127.0.0.0/8 (RFC 1122 3.2.1.3), ::1 (RFC 4291 2.5.3) */

static inline uint64_t net_addr_hash(const struct net_addr *a, uint64_t seed)
{
	return hash_slice((struct slice){(const char *)a, sizeof(*a)}, seed);
}

static inline uint64_t net_addr_hash_stable(const struct net_addr *a)
{
	return hash_stable((struct slice){(const char *)a, sizeof(*a)}, 0);
}

/* A total order, for stable output: IPv4 first, then by address, then by port. */
int net_addr_cmp(const struct net_addr *a, const struct net_addr *b);

/* An address alone, without brackets ("192.0.2.1", "2001:db8::1"). Returns false, *ret untouched, otherwise. */
bool net_addr_parse_ip(struct slice text, uint16_t port, struct net_addr *ret);
/* "HOST:PORT" or "[v6]:PORT" with a numeric host; the port may be left out where `default_port` is not 0.
 * -EINVAL with a text otherwise. */
int net_addr_parse(struct slice text, uint16_t default_port, struct net_addr *ret, struct err *err);

enum { NET_ADDR_TEXT_MAX = 64 };
/* "127.0.0.1:5060", "[::1]:5060", without a port that is 0, "?" for no address. Writes at most NET_ADDR_TEXT_MAX bytes,
 * returns `to`. */
char *net_addr_format(char to[NET_ADDR_TEXT_MAX], const struct net_addr *addr);

/* Which addresses play a role: "ADDR[/BITS][:PORT]". */
struct net_pattern {
	struct net_addr addr; /* port 0: any */
	uint8_t bits;         /* leading bits of the address that must match */
};

/* "10.0.0.2", "10.0.0.0/8", "10.0.0.2:5060", "10.0.0.0/8:5060", "2001:db8::/32", "[2001:db8::1]:5060",
 * "[2001:db8::]/32:5060". -EINVAL with a text otherwise. */
int net_pattern_parse(struct slice text, struct net_pattern *ret, struct err *err);
bool net_pattern_match(const struct net_pattern *pattern, const struct net_addr *addr);

#endif
