/* SPDX-License-Identifier: MIT
 *
 * Peers that know nothing of IM, for the self-proof: whatever they do, no SHALL may pass that they did not earn. */
#ifndef HARNESS_NULL_PEER_H
#define HARNESS_NULL_PEER_H

#include "harness/manners.h"
#include "harness/world.h"

/* X(id, "name", "what it may earn", "what the peer does"). To answer a REGISTER at all is to do what is asked there;
 * what says 200 or 403 to everything is right where that is asked, but no control case passes with it. */
#define NULL_PEERS(X)                                                                                                  \
	X(SILENT, "silent", "", "takes everything and says nothing")                                                   \
	X(REFUSE_403, "refuse-403", "5.3-support 5.3-response", "answers 403 to everything")                           \
	X(REFUSE_489, "refuse-489", "5.3-support 5.3-response", "answers 489 to everything")                           \
	X(REFUSE_405, "refuse-405", "5.3-response", "answers 405 to everything")                                       \
	X(REFUSE_503, "refuse-503", "5.3-support 5.3-response", "answers 503 to everything")                           \
	X(ACCEPT, "accept", "5.3-support 5.3-response", "answers 200 to everything")                                   \
	X(ECHO, "echo", "", "sends everything back as it came")                                                        \
	X(RANDOM, "random", "5.3-support 5.3-response", "answers a code by chance")                                    \
	X(CLOSE, "close", "", "listens on TCP only, and closes each connection")                                       \
	X(OTHER_PORT, "other-port", "5.3-support 5.3-response",                                                        \
	  "answers 200 from another port, outside of any transaction")                                                 \
	X(LATE, "late", "", "answers 200 when nobody waits any more")                                                  \
	X(TWICE, "twice", "5.3-support 5.3-response", "answers 200, and then 403")                                     \
	X(CRASH, "crash", "", "is gone with the first byte")                                                           \
	X(NOBODY, "nobody", "", "was never there")

enum null_peer_kind {
#define X(id, name, earns, text) NULL_PEER_##id,
	NULL_PEERS(X)
#undef X
		NULL_PEER_COUNT
};

extern const struct manners null_peers;

struct null_peer;
/* Listens on `bind`, UDP and TCP, as far as it listens at all. */
int null_peer_new(struct world *world, enum null_peer_kind kind, const struct net_addr *bind,
		  struct null_peer **ret_peer, struct err *err);
void null_peer_free(struct null_peer *peer); /* NULL is fine */
/* Of its UDP port, and something sent from there; for who speaks first. Not of those that have none: CLOSE, NOBODY. */
const struct net_addr *null_peer_addr(const struct null_peer *peer);
void null_peer_send(struct null_peer *peer, const struct net_addr *dst, struct slice bytes);

#endif
