/* SPDX-License-Identifier: MIT
 *
 * Two endpoints that talk, for the tests of endpoints. What happens is told in a diary. */
#ifndef TESTS_HARNESS_ENDPOINT_TALK_H
#define TESTS_HARNESS_ENDPOINT_TALK_H

#include "harness/endpoint.h"
#include "world_peers.h"

/* Two endpoints that talk: the diary is what a's tap saw, "ms >|< first line", and what its owner was told. */
struct side {
	struct endpoint *endpoint;
	struct buf *diary;
	struct talk *talk;
	const char *name;
};

struct talk {
	struct world *world;
	struct side a, b;
	struct buf diary;
	enum net_transport transport;
	unsigned statuses[4]; /* what b answers, in order, 0 ends */
	uint64_t answer_delay;
	bool silent;  /* b leaves requests alone */
	bool no_ack;  /* a sends no ACK to a 2xx */
	bool damaged; /* what comes may be anything */
	struct server_txn *waiting;
	struct world_timer later;
	unsigned requests, acks, outcomes, ends, missing;
	struct client_txn *invite;
};

extern const struct endpoint_events talk_events;

/* b's answer to the request that waits. */
void talk_answer(struct talk *talk, unsigned status);
/* Notes what a client transaction came to, and acknowledges a 2xx. */
void talk_on_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err);
/* a's request, the caller's to buf_done(). */
struct buf talk_request(struct talk *talk, const char *method, const char *branch);
/* Sends it from a to b. */
void talk_ask(struct talk *talk, const char *method, const char *branch);
void talk_side_open(struct talk *talk, struct side *side, const char *name, struct net_addr bind);
void talk_open(struct talk *talk, struct world *world, struct net_addr a, struct net_addr b);
/* On the virtual clock. */
void talk_start(struct talk *talk, uint64_t seed, const struct weather *weather);
void talk_end(struct talk *talk);
/* How often the diary says so. */
unsigned talk_count(const struct talk *talk, const char *what);

#endif
