/* SPDX-License-Identifier: MIT */
#include "harness/server_peer.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(server_push);

/* Registered, one message stored; then the PUBLISH. */
static struct server_peer *peer_pushed(const char *fault, const struct server_config *more)
{
	struct server_peer *peer = server_peer_new(fault, more);

	cr_assert_eq(peer_deposit(peer, "hello"), 202);
	cr_assert_eq(peer_register(peer, "3600"), 200);
	cr_assert_eq(PUBLISH(peer), 200);
	return peer;
}

Test(server_push, messages_are_delivered_after_register_and_publish)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(peer_deposit(peer, "one"), 202);
	cr_assert_eq(peer_deposit(peer, "two"), 202);
	cr_assert_eq(peer_register(peer, "3600"), 200);
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 0, "no push by REGISTER");
	cr_assert_eq(PUBLISH(peer), 200);
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_ACK), 1);
	cr_assert_str_eq(peer->delivered.p, "one|two|");
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1);
	cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 0);
	server_peer_free(peer);
}
