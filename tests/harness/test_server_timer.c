/* SPDX-License-Identifier: MIT */
#include "harness/server_peer.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(server_timer);

#define BY_US   "Session-Expires: 90;refresher=uac\r\nRequire: timer\r\n"
#define BY_THEM "Session-Expires: 90;refresher=uas\r\nRequire: timer\r\n"
#define UPDATES "Allow: INVITE, ACK, BYE, UPDATE\r\n"

/* A session that stays up: the client is to connect, and does not. */
static struct server_peer *peer_held(const char *fault, const char *headers)
{
	struct server_peer *peer = server_peer_new(fault, NULL);

	peer->hold = true;
	peer->setup = "active";
	peer->headers = headers;
	peer->refresh_headers = BY_US UPDATES;
	peer_deposit(peer, "x");
	peer_register(peer, "3600");
	PUBLISH(peer);
	peer_run(peer, 1);
	return peer;
}

static double seconds_between(const struct came *from, const struct came *to)
{
	return (double)(to->time - from->time) / 1e9;
}

Test(server_timer, refreshes_by_update_at_half_the_interval)
{
	struct server_peer *peer = peer_held(NULL, BY_US UPDATES);
	const struct came *update;

	peer_run(peer, 40);
	cr_assert_eq(peer_count(peer, SIP_METHOD_UPDATE), 0);
	peer_run(peer, 60);
	cr_assert_eq(peer_count(peer, SIP_METHOD_UPDATE), 2);
	update = peer_came(peer, SIP_METHOD_UPDATE, 0);
	cr_assert_float_eq(seconds_between(peer_came(peer, SIP_METHOD_INVITE, 0), update), 45, 0.5);
	cr_assert(peer_has(update, "\r\nSession-Expires: 90;refresher=uac\r\n"));
	cr_assert(peer_has(update, "\r\nContact: <sip:im-server@127.0.0.1:5070>;automata;+g.oma.sip-im\r\n"));
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 0);
	server_peer_free(peer);
}

Test(server_timer, refreshes_by_invite_where_update_is_not_allowed)
{
	struct server_peer *peer = peer_held(NULL, BY_US "Allow: INVITE, ACK, BYE\r\n");

	peer->refresh_headers = BY_US;
	peer_run(peer, 50);
	cr_assert_eq(peer_count(peer, SIP_METHOD_UPDATE), 0);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 2);
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_INVITE, 1), "\r\na=sendonly\r\n"));
	cr_assert_eq(peer_count(peer, SIP_METHOD_ACK), 2);
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_ACK, 1), "\r\nCSeq: 2 ACK\r\n"));
	server_peer_free(peer);
}

Test(server_timer, no_session_expires_is_no_timer)
{
	struct server_peer *peer = peer_held(NULL, UPDATES);

	peer_run(peer, 170);
	cr_assert_eq(peer_count(peer, SIP_METHOD_UPDATE), 0);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 0);
	server_peer_free(peer);
}

Test(server_timer, bye_when_the_client_does_not_refresh)
{
	struct server_peer *peer = peer_held(NULL, BY_THEM UPDATES);

	peer_run(peer, 100);
	cr_assert_eq(peer_count(peer, SIP_METHOD_UPDATE), 0);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1);
	cr_assert_float_eq(seconds_between(peer_came(peer, SIP_METHOD_INVITE, 0), peer_came(peer, SIP_METHOD_BYE, 0)),
			   60, 0.5);
	server_peer_free(peer);
}

Test(server_timer, refreshes_of_the_client_are_taken)
{
	struct server_peer *peer = peer_held(NULL, BY_THEM UPDATES);

	peer_run(peer, 45);
	cr_assert_eq(peer_in_dialog(peer, "UPDATE", "Session-Expires: 60;refresher=uac\r\n"), 422);
	cr_assert(peer_answer_has(peer, "\r\nMin-SE: 90\r\n"));
	cr_assert_eq(peer_in_dialog(peer, "UPDATE", "Session-Expires: 120;refresher=uac\r\n"), 200);
	cr_assert(peer_answer_has(peer, "\r\nSession-Expires: 120;refresher=uac\r\n"));
	cr_assert(peer_answer_has(peer, "\r\nRequire: timer\r\n"));
	peer_run(peer, 80);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 0);
	peer_run(peer, 20);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1);
	server_peer_free(peer);
}

Test(server_timer, the_client_may_hand_the_refreshing_over)
{
	struct server_peer *peer = peer_held(NULL, BY_THEM UPDATES);

	peer_run(peer, 10);
	cr_assert_eq(peer_in_dialog(peer, "INVITE",
				    "Contact: <sip:new@127.0.0.1:5060>\r\n"
				    "Session-Expires: 90;refresher=uas\r\n"),
		     200);
	cr_assert(peer_answer_has(peer, "\r\na=sendonly\r\n"));
	peer_run(peer, 50);
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_UPDATE, 0), "UPDATE sip:new@127.0.0.1:5060 SIP/2.0\r\n"));
	server_peer_free(peer);
}

Test(server_timer, an_answer_without_ack_ends_the_session)
{
	struct server_peer *peer = peer_held(NULL, UPDATES);

	peer->ack_not = true;
	cr_assert_eq(peer_in_dialog(peer, "INVITE", "Contact: <sip:ue@127.0.0.1:5060>\r\n"), 200);
	peer_run(peer, 30);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 0);
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1);
	server_peer_free(peer);
}

Test(server_timer, too_small_an_interval_is_tried_again)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->plan[0] = 422;
	peer->plan[1] = 480;
	peer->headers = "Min-SE: 3600\r\n";
	peer_deposit(peer, "x");
	peer_register(peer, "3600");
	PUBLISH(peer);
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 2);
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_INVITE, 1), "\r\nSession-Expires: 3600;refresher=uac\r\n"));
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_INVITE, 1), "\r\nMin-SE: 3600\r\n"));
	server_peer_free(peer);
}

Test(server_timer, a_refused_refresh)
{
	static const struct {
		unsigned status;
		const char *headers;
		size_t updates, byes; /* 70 s after the push */
	} cases[] = {
		{481, "", 1, 1}, {408, "", 1, 1}, {500, "", 1, 0}, {491, "", 9, 0}, {422, "Min-SE: 200\r\n", 2, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server_peer *peer = peer_held(NULL, BY_US UPDATES);

		peer->refresh_status = cases[i].status;
		peer->refresh_headers = cases[i].headers;
		peer_run(peer, 70);
		cr_assert_eq(peer_count(peer, SIP_METHOD_UPDATE), cases[i].updates, "%u: %zu", cases[i].status,
			     peer_count(peer, SIP_METHOD_UPDATE));
		cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), cases[i].byes, "%u", cases[i].status);
		server_peer_free(peer);
	}
}

Test(server_timer, faults)
{
	struct server_peer *peer = peer_held("update-forbidden", BY_US "Allow: INVITE, ACK, BYE\r\n");

	peer_run(peer, 50);
	cr_assert_eq(peer_count(peer, SIP_METHOD_UPDATE), 1);
	server_peer_free(peer);
	peer = peer_held("refresh-never", BY_US UPDATES);
	peer_run(peer, 100);
	cr_assert_eq(peer_count(peer, SIP_METHOD_UPDATE), 0);
	server_peer_free(peer);
	peer = peer_held("refresher-wrong", BY_THEM UPDATES);
	peer_run(peer, 50);
	cr_assert_eq(peer_count(peer, SIP_METHOD_UPDATE), 1);
	server_peer_free(peer);
	peer = peer_held("expiry-ignored", BY_THEM UPDATES);
	peer_run(peer, 170);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 0);
	server_peer_free(peer);
}
