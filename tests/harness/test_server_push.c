/* SPDX-License-Identifier: MIT */
#include "harness/server_peer.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(server_push);

Test(server_push, messages_are_delivered_after_register_and_publish)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(peer_deposit(peer, "one"), 202);
	cr_assert_eq(peer_deposit(peer, "two"), 202);
	cr_assert_eq(peer_register(peer, "3600"), 200);
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 0, "no push by REGISTER");
	cr_assert_eq(PUBLISH(peer), 200);
	cr_assert(peer_count(peer, SIP_METHOD_INVITE) == 0 ||
			  peer_came(peer, SIP_METHOD_INVITE, 0)->time >= peer->answered_at,
		  "after the 200");
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_ACK), 1);
	cr_assert_str_eq(peer->delivered.p, "one|two|");
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1);
	cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 0);
	server_peer_free(peer);
}

Test(server_push, invite_has_all_that_the_text_asks)
{
	static const char *const lines[] = {
		"INVITE sip:alice@im.example SIP/2.0\r\n",
		"\r\nTo: <sip:alice@im.example>\r\n",
		"\r\nRoute: <sip:127.0.0.1:5060;lr>\r\n",
		"\r\nAccept-Contact: *;+g.oma.sip-im\r\n",
		"\r\nUser-Agent: IM-serv/OMA1.0\r\n",
		"\r\nAllow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, ",
		"\r\nContact: <sip:im-server@127.0.0.1:5070>;automata;+g.oma.sip-im\r\n",
		"\r\nSession-Expires: 1800;refresher=uac\r\n",
		"\r\nSupported: timer, 100rel\r\n",
		"\r\nContent-Type: application/sdp\r\n",
		"\r\nm=message ",
		"\r\na=setup:actpass\r\na=sendonly\r\n",
	};
	struct server_peer *peer = peer_pushed(NULL);

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_assert(peer_has(peer_came(peer, SIP_METHOD_INVITE, 0), lines[i]), "%s", lines[i]);
	server_peer_free(peer);
}

Test(server_push, client_may_be_the_one_who_connects)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->setup = "active";
	peer_push(peer);
	peer_run(peer, 5);
	cr_assert_str_eq(peer->delivered.p, "hello|");
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1);
	server_peer_free(peer);
}

Test(server_push, none_without_conditions)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(PUBLISH(peer), 200); /* nothing registered, nothing stored */
	peer_deposit(peer, "x");
	cr_assert_eq(PUBLISH(peer), 200); /* not registered */
	peer_register(peer, "3600");
	PUBLISH(peer, .body = peer_settings("false"));
	PUBLISH(peer, .body = peer_settings(NULL));
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 0);
	PUBLISH(peer, .body = peer_settings("1"));
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	PUBLISH(peer); /* nothing stored any more */
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	server_peer_free(peer);
}

Test(server_push, none_when_the_registration_has_expired)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer_deposit(peer, "x");
	peer_register(peer, "10");
	peer_run(peer, 11);
	PUBLISH(peer);
	peer_register(peer, "10");
	peer_register(peer, "0");
	PUBLISH(peer);
	peer_run(peer, 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 0);
	server_peer_free(peer);
}

Test(server_push, refused_messages_wait_for_the_next_time)
{
	static const unsigned statuses[] = {480, 486, 404, 603, 500};
	struct server_peer *peer;

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		peer = server_peer_new(NULL, NULL);
		peer->plan[0] = statuses[i];
		peer_push(peer);
		peer_run(peer, 40);
		cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 1);
		cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
		peer->plan[0] = 200;
		peer_register(peer, "0");
		peer_register(peer, "3600");
		PUBLISH(peer);
		peer_run(peer, 5);
		cr_assert_str_eq(peer->delivered.p, "hello|");
		server_peer_free(peer);
	}
}

Test(server_push, no_answer_keeps_the_messages)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->plan[0] = 0;
	peer_push(peer);
	peer_run(peer, 100);
	cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_CANCEL), 0);
	server_peer_free(peer);
}

Test(server_push, ringing_too_long_is_cancelled)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->plan[0] = 180;
	peer_push(peer);
	peer_run(peer, 61);
	cr_assert_eq(peer_count(peer, SIP_METHOD_CANCEL), 1);
	peer_answer_invite(peer, 487);
	peer_run(peer, 100);
	cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 0);
	server_peer_free(peer);
}

Test(server_push, a_200_that_crosses_the_cancel_is_ended)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->plan[0] = 180;
	peer_push(peer);
	peer_run(peer, 61);
	peer_answer_invite(peer, 200);
	peer_run(peer, 100);
	cr_assert_eq(peer_count(peer, SIP_METHOD_ACK), 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1);
	cr_assert_eq(peer->delivered.len, 0);
	server_peer_free(peer);
}

Test(server_push, a_redirection_is_followed_once)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->plan[0] = 302;
	peer->contact = "<sip:alice2@127.0.0.1:5060>";
	peer_push(peer);
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 2);
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_INVITE, 1), "INVITE sip:alice2@127.0.0.1:5060 SIP/2.0\r\n"));
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_INVITE, 1), "\r\nCSeq: 2 INVITE\r\n"));
	cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 1);
	server_peer_free(peer);
}

Test(server_push, requests_go_to_the_contact_by_the_route)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->contact = "<sip:device@client.example>;+g.oma.sip-im";
	peer->headers = "Record-Route: <sip:b@127.0.0.1:5060;lr>, <sip:a@127.0.0.1:5060;lr>\r\n";
	peer_push(peer);
	peer_run(peer, 5);
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_ACK, 0), "ACK sip:device@client.example SIP/2.0\r\n"));
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_ACK, 0),
			   "\r\nRoute: <sip:a@127.0.0.1:5060;lr>\r\nRoute: <sip:b@127.0.0.1:5060;lr>\r\n"));
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_BYE, 0), "BYE sip:device@client.example SIP/2.0\r\n"));
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_BYE, 0), "\r\nCSeq: 2 BYE\r\n"));
	server_peer_free(peer);
}

Test(server_push, reliable_provisional_answers_are_acknowledged)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->plan[0] = 183;
	peer->headers = "Require: 100rel\r\nRSeq: 7\r\n";
	peer_push(peer);
	peer_run(peer, 1);
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_PRACK, 0), "\r\nRAck: 7 1 INVITE\r\n"));
	peer->headers = NULL;
	peer_answer_invite(peer, 200);
	peer_run(peer, 5);
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_ACK, 0), "\r\nCSeq: 1 ACK\r\n"));
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_BYE, 0), "\r\nCSeq: 3 BYE\r\n"));
	server_peer_free(peer);
}

Test(server_push, an_answer_that_takes_nothing_ends_the_session)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->hold = true; /* the message is never answered: 30 s, then patience */
	peer_push(peer);
	peer_run(peer, 100);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 0);
	peer_run(peer, 200);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1);
	cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 1);
	server_peer_free(peer);
}

Test(server_push, bye_of_the_client_keeps_what_was_not_taken)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->hold = true;
	peer_push(peer);
	peer_run(peer, 5);
	cr_assert_eq(peer_in_dialog(peer, "INFO", ""), 405);
	cr_assert_eq(peer_in_dialog(peer, "BYE", ""), 200);
	cr_assert_eq(peer_in_dialog(peer, "BYE", ""), 481);
	peer_run(peer, 300);
	cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 0);
	server_peer_free(peer);
}

Test(server_push, a_new_registration_replaces_a_push_without_end)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer->hold = true;
	peer_push(peer);
	peer_run(peer, 5);
	PUBLISH(peer);
	peer_run(peer, 5);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1, "one push at a time");
	peer_register(peer, "0");
	peer_register(peer, "3600");
	PUBLISH(peer);
	peer_run(peer, 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 2);
	server_peer_free(peer);
}

Test(server_push, messages_to_an_online_user_are_forwarded)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer_register(peer, "3600");
	PUBLISH(peer);
	cr_assert_eq(peer_deposit(peer, "now"), 200);
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_MESSAGE, 0), "\r\nRoute: <sip:127.0.0.1:5060;lr>\r\n"));
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_MESSAGE, 0), "\r\nContent-Type: text/plain\r\n"));
	cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 0);
	cr_assert_eq(peer_request(peer, "MESSAGE", "sip:x@other.example", "", "text/plain", "x"), 404);
	server_peer_free(peer);
}

/* A 200 of another device: acknowledged and ended in its own dialog. The first one again: the same ACK again. */
Test(server_push, further_answers_are_not_left_alone)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);
	const struct came *came;
	struct buf text = {0};

	peer->hold = true;
	peer_push(peer);
	peer_run(peer, 1);
	sip_text_answer(&text, server_txn_request(peer->invite), 200, "fork");
	sip_text_header(&text, "Contact", "<sip:other@127.0.0.1:5060>");
	sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_send(peer->endpoint, NET_UDP, server_addr(peer->server), buf_slice(&text), NULL);
	peer_run(peer, 1);
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_ACK, 1), "ACK sip:other@127.0.0.1:5060 SIP/2.0\r\n"));
	came = peer_came(peer, SIP_METHOD_BYE, 0);
	cr_assert(peer_has(came, "BYE sip:other@127.0.0.1:5060 SIP/2.0\r\n"));
	cr_assert(peer_has(came, ";tag=fork\r\n"));
	buf_clear(&text);
	sip_text_answer(&text, server_txn_request(peer->invite), 200, "peer");
	sip_text_header(&text, "Contact", "<sip:ue@127.0.0.1:5060>");
	sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_send(peer->endpoint, NET_UDP, server_addr(peer->server), buf_slice(&text), NULL);
	peer_run(peer, 1);
	cr_assert_str_eq(peer_came(peer, SIP_METHOD_ACK, 2)->text, peer_came(peer, SIP_METHOD_ACK, 0)->text);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1, "the session stays");
	buf_done(&text);
	server_peer_free(peer);
}

/* A registered user who does not answer: stored in time for the sender to learn it. */
Test(server_push, a_message_that_is_not_taken_is_stored)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer_register(peer, "3600");
	PUBLISH(peer, .body = peer_settings("false"));
	peer->silent = true;
	cr_assert_eq(peer_deposit(peer, "later"), 202);
	cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 1);
	server_peer_free(peer);
}
