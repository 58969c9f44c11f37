/* SPDX-License-Identifier: MIT
 *
 * Makes captures of deferred pushes: whole sessions of users, as a core and an IM Server see them, conforming or with
 * one fault each. Unit tests take single sessions; the benchmark takes hundreds of thousands, interleaved. All is
 * decided by the session's number.
 *
 * Hosts: the client 10.1.x.y, the core 10.0.0.1, the IM Server 10.0.0.2. Messages of a session, in their order:
 *   deposit (2), REGISTER with a challenge (4), third-party REGISTER (2), PUBLISH on both hops (4), push (5), BYE (2)
 */
#ifndef TESTS_CAPTURE_GEN_H
#define TESTS_CAPTURE_GEN_H

#include "base/buf.h"
#include "net/addr.h"

enum gen_fault {
	GEN_CONFORMING,
	GEN_EXPIRES,     /* 5.3-expires: another Expires in the 200 */
	GEN_NO_TAG,      /* 5.2.4-4: no tag in Accept-Contact; 6.1.1.5-1: the PUBLISH is taken all the same */
	GEN_NO_AUTOMATA, /* 12.2.2.2-2f */
	GEN_SENDRECV,    /* 12.2.2.2-2h */
	GEN_FAULT_COUNT
};
enum { GEN_MESSAGES = 19 };

struct gen_session {
	uint32_t number;
	enum gen_fault fault;
	bool tcp; /* as its Vias say; the packets are the caller's */
};

/* Message `at` of the session, its hop in *src and *dst. */
void gen_message(const struct gen_session *session, unsigned at, struct buf *to, struct net_addr *src,
		 struct net_addr *dst);

/* A classic capture of raw IPv4 in nanoseconds. */
void gen_capture_begin(struct buf *capture);
void gen_capture_record(struct buf *capture, uint64_t time, struct slice packet);
/* The message in a datagram. */
void gen_capture_packet(struct buf *capture, uint64_t time, const struct net_addr *src, const struct net_addr *dst,
			struct slice message);

#endif
