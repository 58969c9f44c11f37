/* SPDX-License-Identifier: MIT
 *
 * How the messages of a generated capture travel: plainly, in fragments, in TCP connections that many users share, or
 * as two in a hundred packets of other traffic. All is decided by the seed. For make_captures. */
#ifndef TESTS_WIRE_GEN_H
#define TESTS_WIRE_GEN_H

#include "base/slice.h"
#include "net/addr.h"

#include <stdio.h>

enum wire_mode {
	WIRE_UDP,
	WIRE_TCP,   /* cut at random, several messages in a segment, 1 % out of order, 1 % sent twice */
	WIRE_FRAG,  /* links of 600 bytes: larger datagrams go in fragments, 2 % of which are swapped */
	WIRE_MIXED, /* 2 % of the packets are SIP, the rest is media over UDP and bulk over TCP */
	WIRE_MODE_COUNT
};

/* "udp", "tcp", "frag", "mixed". */
extern const char *const wire_mode_names[WIRE_MODE_COUNT];

struct wire;

/* Writes a capture to `file`, which stays the caller's, for `users` users. */
struct wire *wire_new(enum wire_mode mode, FILE *file, uint32_t users, uint64_t seed);
/* A message of that user's. Over TCP the ports, and the clients' addresses, are those of the connection. */
void wire_message(struct wire *wire, uint32_t user, const struct net_addr *src, const struct net_addr *dst,
		  struct slice message);
/* What is on its way arrives first. */
void wire_free(struct wire *wire);

#endif
