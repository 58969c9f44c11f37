/* SPDX-License-Identifier: MIT
 *
 * Clients that know nothing of IM, for the self-proof: an upper tester that says "done" to everything, and behind it,
 * for each user, a null peer that registers, if that, and then does one useless thing. No SHALL may pass that they did
 * not earn. */
#ifndef HARNESS_NULL_CLIENT_H
#define HARNESS_NULL_CLIENT_H

#include "harness/null_peer.h"
#include "harness/tester.h"

/* X(id, "name", behaviour as a NULL_PEER, "what it may earn", "what the client does") */
#define NULL_CLIENTS(X)                                                                                                \
	X(SILENT, "silent", NOBODY, "", "never comes")                                                                 \
	X(REGISTERS, "registers-only", SILENT, "5.2.2-1", "registers by the rules, and says nothing else")             \
	X(PLAIN, "plain", SILENT, "", "registers as a telephone does, and says nothing else")                          \
	X(REFUSE_403, "refuse-403", REFUSE_403, "", "registers so, and answers 403 to everything")                     \
	X(REFUSE_489, "refuse-489", REFUSE_489, "", "registers so, and answers 489 to everything")                     \
	X(REFUSE_503, "refuse-503", REFUSE_503, "", "registers so, and answers 503 to everything")                     \
	X(ACCEPT, "accept", ACCEPT, "", "registers so, and answers 200 to everything")                                 \
	X(ECHO, "echo", ECHO, "", "registers so, and sends everything back as it came")                                \
	X(RANDOM, "random", RANDOM, "", "registers so, and answers a code by chance")                                  \
	X(CLOSE, "close", CLOSE, "", "registers by TCP, and closes the connection at once")                            \
	X(OTHER_PORT, "other-port", OTHER_PORT, "", "registers so, and answers 200 from another port")                 \
	X(LATE, "late", LATE, "", "registers so, and answers 200 when nobody waits any more")                          \
	X(TWICE, "twice", TWICE, "", "registers so, and answers 200, and then 403")                                    \
	X(CRASH, "crash", CRASH, "", "registers so, and is gone with the first byte")                                  \
	X(GARBAGE, "garbage", SILENT, "", "sends bytes that are no SIP")                                               \
	X(STRANGER, "stranger", ACCEPT, "", "registers another user")

enum null_client_kind {
#define X(id, name, peer, earns, text) NULL_CLIENT_##id,
	NULL_CLIENTS(X)
#undef X
		NULL_CLIENT_COUNT
};

extern const struct manners null_clients;

/* Its clients go to the core. `domain` outlives the tester. */
struct tester *null_client_new(struct world *world, enum null_client_kind kind, const struct net_addr *core,
			       const char *domain);

#endif
