/* SPDX-License-Identifier: MIT */
#include "harness/server_peer.h"

#include <criterion/criterion.h>

TestSuite(server_faults);

Test(server_faults, of_the_trigger)
{
	struct server_peer *peer = server_peer_new("push-before-200", NULL);

	peer_push(peer);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	server_peer_free(peer);

	peer = server_peer_new("push-unregistered", NULL);
	peer_deposit(peer, "x");
	PUBLISH(peer);
	peer_run(peer, 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	server_peer_free(peer);

	peer = server_peer_new("push-inactive", NULL);
	peer_deposit(peer, "x");
	peer_register(peer, "60");
	PUBLISH(peer, .body = peer_settings("false"));
	peer_run(peer, 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	server_peer_free(peer);

	peer = server_peer_new("push-absent", NULL);
	peer_deposit(peer, "x");
	peer_register(peer, "60");
	PUBLISH(peer, .body = peer_settings(NULL));
	peer_run(peer, 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	server_peer_free(peer);
}

Test(server_faults, of_the_messages)
{
	struct server_peer *peer = server_peer_new("push-empty", NULL);

	peer_register(peer, "60");
	PUBLISH(peer);
	peer_run(peer, 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 1);
	server_peer_free(peer);

	peer = server_peer_new("push-refresh-empty", NULL);
	peer_register(peer, "60");
	PUBLISH(peer);
	peer_run(peer, 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 0);
	PUBLISH(peer, .if_match = peer->etag);
	peer_run(peer, 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	server_peer_free(peer);
}

Test(server_faults, of_the_number)
{
	struct server_peer *peer = peer_pushed("push-twice");

	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 2);
	cr_assert_eq(peer_count(peer, SIP_METHOD_BYE), 2);
	cr_assert_eq(server_stored(peer->server, SLICE(ALICE)), 0);
	server_peer_free(peer);
	peer = peer_pushed("push-never");
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 0);
	server_peer_free(peer);
	peer = peer_pushed("push-once");
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	peer_register(peer, "0");
	peer_push(peer);
	peer_run(peer, 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	server_peer_free(peer);
}

Test(server_faults, of_the_invite)
{
	static const struct {
		const char *fault, *text;
		bool right; /* a correct INVITE has the text */
	} cases[] = {
		{"push-other-user", "INVITE sip:nobody@im.example SIP/2.0\r\n", false},
		{"invite-uri", "INVITE sip:im-server@im.example SIP/2.0\r\n", false},
		{"invite-no-accept-contact", "\r\nAccept-Contact:", true},
		{"invite-accept-contact-longer", "\r\nAccept-Contact: *;+g.oma.sip-im\r\n", true},
		{"invite-no-user-agent", "\r\nUser-Agent:", true},
		{"invite-release", "\r\nUser-Agent: PoC-serv/OMA1.0\r\n", false},
		{"invite-no-allow", "\r\nAllow:", true},
		{"invite-contact-no-tag", ">;automata\r\n", false},
		{"invite-contact-tag-in-uri", ";+g.oma.sip-im>;automata\r\n", false},
		{"invite-no-automata", "automata", true},
		{"invite-no-session-expires", "\r\nSession-Expires:", true},
		{"invite-refresher-uas", ";refresher=uas\r\n", false},
		{"invite-no-sdp", "application/sdp", true},
		{"invite-recvonly", "\r\na=recvonly\r\n", false},
		{"invite-sendrecv", "\r\na=sendrecv\r\n", false},
		{"invite-no-direction", "\r\na=sendonly\r\n", true},
		{"invite-other-media", "\r\nm=audio 9 RTP/AVP 0\r\na=sendonly\r\n", false},
		{"invite-direction-undone", "\r\na=sendrecv\r\n", false},
	};
	struct server_peer *right = peer_pushed(NULL), *wrong;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		wrong = peer_pushed(cases[i].fault);
		cr_assert_eq(peer_has(peer_came(right, SIP_METHOD_INVITE, 0), cases[i].text), cases[i].right, "%s",
			     cases[i].fault);
		cr_assert_neq(peer_has(peer_came(wrong, SIP_METHOD_INVITE, 0), cases[i].text), cases[i].right, "%s",
			      cases[i].fault);
		server_peer_free(wrong);
	}
	server_peer_free(right);
}

Test(server_faults, of_the_dialog)
{
	struct server_peer *peer = peer_pushed("ack-never");

	cr_assert_eq(peer_count(peer, SIP_METHOD_ACK), 0);
	server_peer_free(peer);
	peer = peer_pushed("ack-aor");
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_ACK, 0), "ACK sip:alice@im.example SIP/2.0\r\n"));
	server_peer_free(peer);
	peer = peer_pushed("bye-aor");
	cr_assert(peer_has(peer_came(peer, SIP_METHOD_BYE, 0), "BYE sip:alice@im.example SIP/2.0\r\n"));
	server_peer_free(peer);
}

Test(server_faults, have_names_and_texts)
{
	size_t found;

	for (size_t i = 0; i < SERVER_FAULT_COUNT; i++) {
		cr_assert(*server_faults.list[i].text);
		cr_assert(manner_find(&server_faults, slice_of(server_faults.list[i].name), &found));
		cr_assert_eq(found, i, "%s is there twice", server_faults.list[i].name);
	}
	cr_assert_not(manner_find(&server_faults, SLICE("no-such"), &found));
}
