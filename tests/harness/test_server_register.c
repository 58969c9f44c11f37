/* SPDX-License-Identifier: MIT */
#include "harness/server_peer.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(server_register);

Test(server_register, options_prove_life)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(peer_request(peer, "OPTIONS", "sip:server@127.0.0.1:5070", "", NULL, NULL), 200);
	cr_assert(peer_answer_has(peer,
				  "\r\nAllow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, OPTIONS, MESSAGE, PUBLISH, "
				  "REGISTER\r\n"));
	cr_assert(peer_answer_has(peer, "\r\nAccept: application/poc-settings+xml\r\n"));
	cr_assert(peer_answer_has(peer, "\r\nAllow-Events: poc-settings\r\n"));
	cr_assert(peer_answer_has(peer, "\r\nServer: IM-serv/OMA1.0\r\n"));
	server_peer_free(peer);
}

Test(server_register, expires_comes_back_in_the_same_digits)
{
	static const char *const values[] = {"0", "1", "3600", "600000", "4294967295", "0060"};
	struct server_peer *peer = server_peer_new(NULL, NULL);
	char line[64];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		cr_assert_eq(peer_register(peer, values[i]), 200);
		snprintf(line, sizeof(line), "\r\nExpires: %s\r\n", values[i]);
		cr_assert(peer_answer_has(peer, line), "%s", values[i]);
	}
	server_peer_free(peer);
}

Test(server_register, absent_expires_is_answered_without)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(peer_register(peer, ""), 200);
	cr_assert_not(peer_answer_has(peer, "Expires"));
	server_peer_free(peer);
}

Test(server_register, malformed_expires_is_refused)
{
	static const char *const values[] = {
		"soon", "-1", "4294967296", "1;x", "60\r\nExpires: 61", "99999999999999999999999"};
	struct server_peer *peer = server_peer_new(NULL, NULL);

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		cr_assert_eq(peer_register(peer, values[i]), 400, "%s", values[i]);
	server_peer_free(peer);
}

Test(server_register, a_registration_may_be_too_brief)
{
	struct server_peer *peer = server_peer_new(NULL, &(struct server_config){.min_registration = 1800});

	cr_expect_eq(peer_register(peer, "1799"), 423);
	cr_expect(peer_answer_has(peer, "Min-Expires: 1800\r\n"));
	cr_expect_eq(peer_register(peer, "1800"), 200);
	cr_expect_eq(peer_register(peer, "0"), 200);
	server_peer_free(peer);
}

Test(server_register, bodies_and_event_do_not_disturb)
{
	static const char lines[] = "To: <" ALICE ">\r\nExpires: 60\r\nEvent: registration\r\n"
				    "P-Visited-Network-ID: \"x\"\r\nContact: <sip:scscf@127.0.0.1>\r\n";
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(peer_request(peer, "REGISTER", "sip:as@im.example", lines, "message/sip",
				  "REGISTER sip:im.example SIP/2.0\r\n\r\n"),
		     200);
	cr_assert_eq(peer_request(peer, "REGISTER", "sip:as@im.example", lines, "application/3gpp-ims+xml", "<x/>"),
		     200);
	cr_assert_eq(peer_request(peer, "REGISTER", "sip:as@im.example", lines, "multipart/mixed;boundary=b",
				  "--b\r\n\r\nx\r\n--b--\r\n"),
		     200);
	server_peer_free(peer);
}

Test(server_register, users_of_other_domains_are_not_served)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(peer_request(peer, "REGISTER", "sip:as@im.example", "To: <sip:eve@other.example>\r\n", NULL, NULL),
		     404);
	cr_assert_eq(peer_request(peer, "REGISTER", "sip:as@im.example", "To: <tel:+4420123>\r\n", NULL, NULL), 200);
	cr_assert_eq(peer_request(peer, "REGISTER", "sip:as@im.example", "To: <>\r\n", NULL, NULL), 400);
	server_peer_free(peer);
}

Test(server_register, other_methods_are_refused)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(peer_request(peer, "SUBSCRIBE", ALICE, "", NULL, NULL), 405);
	cr_assert_eq(peer_request(peer, "JUGGLE", ALICE, "", NULL, NULL), 501);
	cr_assert_eq(peer_request(peer, "BYE", ALICE, "To: <" ALICE ">;tag=7\r\n", NULL, NULL), 481);
	server_peer_free(peer);
}

Test(server_register, no_push_at_first_or_refreshed_registration)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	peer_register(peer, "3600");
	PUBLISH(peer);
	peer_register(peer, "0");
	cr_assert_eq(peer_deposit(peer, "x"), 202);
	peer_register(peer, "3600");
	peer_register(peer, "3600");
	peer_run(peer, 10);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 0);
	server_peer_free(peer);
}

Test(server_register, faults)
{
	struct server_peer *peer = server_peer_new("register-expires-unequal", NULL);

	peer_register(peer, "3600");
	cr_assert(peer_answer_has(peer, "Expires: 1800\r\n"));
	server_peer_free(peer);
	peer = server_peer_new("register-expires-missing", NULL);
	peer_register(peer, "3600");
	cr_assert_not(peer_answer_has(peer, "Expires"));
	server_peer_free(peer);
	peer = server_peer_new("register-silent", NULL);
	cr_assert_eq(peer_register(peer, "3600"), 0);
	server_peer_free(peer);
	peer = server_peer_new("push-on-register", NULL);
	peer_deposit(peer, "x");
	peer_register(peer, "3600");
	peer_run(peer, 1);
	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 1);
	server_peer_free(peer);
}
