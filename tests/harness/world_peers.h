/* SPDX-License-Identifier: MIT
 *
 * Peers for the tests of both worlds: each writes what happens to it into a diary, as text: "1000 sip 54 udp
 * 127.0.0.1:5060" is a message at 1000 ms. In a real world the times are left out. */
#ifndef TESTS_HARNESS_WORLD_PEERS_H
#define TESTS_HARNESS_WORLD_PEERS_H

#include "base/buf.h"
#include "harness/world.h"
#include "harness_test.h"

struct diary {
	struct world *world;
	struct buf text;
};
void diary_note(struct diary *diary, const char *what);

extern const struct slice test_options; /* a SIP request of 54 bytes */

struct test_peer {
	struct diary diary;
	struct port *port;
	struct slice answer; /* sent back to whoever sends */
	bool closes;         /* its port at the first message */
	unsigned messages, errors;
};
extern const struct port_events test_peer_events;
void test_peer_open(struct test_peer *peer, struct world *world, enum net_transport transport, struct net_addr bind);
/* Opens both for TCP; a sends b three messages in four pieces. */
void test_tcp_messages(struct world *world, struct net_addr bind, struct test_peer *a, struct test_peer *b);

struct test_talker {
	struct diary diary;
	struct stream *stream;
	struct listener *listener;
	bool echo, closes;
	unsigned bytes, ends;
};
extern const struct stream_events test_talker_events;
void test_talker_accept(void *arg, struct stream *stream);

/* Runs the world until *count is at least `least`, or 3 s have gone. */
void test_run_until(struct world *world, const unsigned *count, unsigned least);

#endif
