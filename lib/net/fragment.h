/* SPDX-License-Identifier: MIT
 *
 * IP datagrams that came in fragments, in any order (RFC 791 3.2, RFC 8200 4.5). The first byte of an overlap wins, a
 * differing second one is counted. Fed by ip.c; hands finished datagrams back to ip_payload. */
#ifndef NET_FRAGMENT_H
#define NET_FRAGMENT_H

#include "net/assoc.h"
#include "net/link.h"

struct net;
struct ip_pair;

/* Zeroed: empty. */
enum { FRAGMENTS_WHOLE = 64 };

struct fragments {
	struct assoc unfinished;
	size_t bytes;
	struct { /* the last ones that were whole: a port that is mirrored twice shows their fragments once more */
		uint64_t hash, time;
	} whole[FRAGMENTS_WHOLE];
	unsigned whole_next;
};

struct fragment {
	uint32_t id, offset;
	uint8_t protocol; /* of the first fragment's payload */
	bool more;        /* not the last one */
};

/* `l` is the fragment's payload, whole: nothing of it is missing. */
void fragment_add(struct net *net, const struct ip_pair *ip, const struct fragment *f, struct layer l);
/* Gives up what is unfinished. */
void fragments_finish(struct net *net);
void fragments_done(struct fragments *f);

#endif
