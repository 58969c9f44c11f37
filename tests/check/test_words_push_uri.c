/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>

TestSuite(check_push_uri, .init = stage_init, .fini = stage_done);

#define NOW   (1000 * SECOND)
#define WHOSE "unknown: whose the number is was not seen"

static void invite(const char *head)
{
	stage_txn(OCCASION_PUSH, stage_say(NOW, "server core", head, NULL), NULL);
}

#define TO_URI(uri, cseq) "INVITE " uri " SIP/2.0\nCSeq: " cseq " INVITE\n"
#define NOT_ALICE(uri)    "no: Request-URI " uri " for the user sip:alice@im.example"

Test(check_push_uri, uri_is_user)
{
	invite(TO_URI("sip:alice@im.example;x=1", "1"));
	expect_word("uri_is_user", "yes");
	invite(TO_URI("tel:+4420555", "2"));
	expect_word("uri_is_user", "yes");
	invite(TO_URI("sip:bob@im.example", "3"));
	expect_word("uri_is_user", NOT_ALICE("sip:bob@im.example"));
	invite(TO_URI("tel:+4420999", "4"));
	expect_word("uri_is_user", WHOSE);
	stage.txn->before.registered_here = true;
	expect_word("uri_is_user", NOT_ALICE("tel:+4420999"));
	stage.txn->before.registered_here = false;
	stage.flow->label = SLICE("a case"); /* whose identities are all told */
	expect_word("uri_is_user", NOT_ALICE("tel:+4420999"));
}

/* A number is that of one subscriber whatever domain stands behind it, and he is of some domains only. */
Test(check_push_uri, uri_is_user_at_his_domain)
{
	invite(TO_URI("sip:+4420555@IM.example;user=phone", "1"));
	expect_word("uri_is_user", "yes");
	invite(TO_URI("sip:+4420555@nowhere.example", "2"));
	expect_word("uri_is_user", WHOSE);
	stage.txn->before.registered_as = SLICE("sip:+4420555@nowhere.example;user=phone");
	expect_word("uri_is_user", "yes");
	stage.txn->before.registered_as = SLICE("sip:bob@nowhere.example");
	expect_word("uri_is_user", WHOSE);
	stage.txn->before.associated = SLICE("<sip:alice@im.example>, <tel:+4420555>, <sip:+4420555@nowhere.example>");
	expect_word("uri_is_user", "yes");
	stage.txn->before.associated = SLICE_NONE;
	stage.flow->label = SLICE("a case"); /* whose identities are all told */
	expect_word("uri_is_user", NOT_ALICE("sip:+4420555@nowhere.example"));
}

#define PUBLISH_FROM(way, n)                                                                                           \
	stage_say(NOW, way,                                                                                            \
		  "PUBLISH sip:+4420555@a.example;user=phone SIP/2.0\nTo: <sip:+4420555@b.example>\nCSeq: " n          \
		  " PUBLISH\n",                                                                                        \
		  NULL)

/* What the server itself says proves nothing, nor does what is said later. */
Test(check_push_uri, uri_is_user_as_others_name_him)
{
	PUBLISH_FROM("server core", "7");
	invite(TO_URI("sip:+4420555@b.example", "1"));
	expect_word("uri_is_user", WHOSE);
	PUBLISH_FROM("client core", "8");
	expect_word("uri_is_user", WHOSE);
	invite(TO_URI("sip:+4420555@b.example", "2"));
	expect_word("uri_is_user", "yes");
}

/* Of whom nothing but the number is known, no domain is known either. */
Test(check_push_uri, uri_is_user_of_a_number_alone)
{
	stage.flow->identity_count = 0;
	flow_add_identity(stage.flow, SLICE("+4420555"));
	invite(TO_URI("sip:+4420555@b.example", "1"));
	expect_word("uri_is_user", "yes");
	PUBLISH_FROM("client core", "8");
	invite(TO_URI("sip:+4420555@a.example", "2"));
	expect_word("uri_is_user", WHOSE);
}

/* RFC 3261 8.1.3.4: a redirected INVITE goes to the Contacts of the 3xx. */
Test(check_push_uri, uri_is_of_a_redirection)
{
	struct txn *first, *second;
	struct event *moved;

	invite(TO_URI("sip:alice@im.example", "1"));
	first = stage.txn;
	moved = stage_say(NOW, "core server",
			  "SIP/2.0 399 Moved\nCSeq: 1 INVITE\nContact: <sip:x@10.9.9.9>, <sip:bob@10.9.9.9>\n", NULL);
	invite(TO_URI("sip:bob@10.9.9.9", "2"));
	second = stage.txn;
	expect_word("uri_is_user", NOT_ALICE("sip:bob@10.9.9.9")); /* no answer yet */
	first->final = moved;
	expect_word("uri_is_user", "yes");
	first->occasion = OCCASION_OTHER;
	expect_word("uri_is_user", NOT_ALICE("sip:bob@10.9.9.9"));
	first->occasion = OCCASION_PUSH;
	moved->msg.status = 400;
	expect_word("uri_is_user", NOT_ALICE("sip:bob@10.9.9.9"));
	moved->msg.status = 300;
	moved->number = second->request->number + 1; /* the redirection came later */
	expect_word("uri_is_user", NOT_ALICE("sip:bob@10.9.9.9"));
	moved->number = 0;
	invite(TO_URI("sip:carol@10.9.9.9", "3"));
	expect_word("uri_is_user", NOT_ALICE("sip:carol@10.9.9.9"));
}

/* Where the server is the registrar, its INVITE goes to the Contact that the user gave it. */
Test(check_push_uri, retargeted)
{
	struct event *there = stage_say(NOW, "client server",
					"REGISTER sip:im.example SIP/2.0\nContact: <sip:x@10.1.0.1>, "
					"<sip:a@10.1.0.1\nContact: <sip:a@10.1.0.1>\n",
					NULL);
	struct event *away =
		stage_say(NOW, "client core", "REGISTER sip:im.example SIP/2.0\nContact: <sip:c@10.1.0.1>\n", NULL);
	struct txn *txn = stage_txn(OCCASION_REGISTER, there, NULL);

	stage_txn(OCCASION_REGISTER, away, NULL);
	invite(TO_URI("sip:c@10.1.0.1", "1"));
	expect_word("retargeted", "no");
	invite(TO_URI("sip:d@10.1.0.1", "2"));
	expect_word("retargeted", "no");
	invite(TO_URI("sip:a@10.1.0.1", "3"));
	expect_word("retargeted", "yes");
	txn->occasion = OCCASION_PUBLISH;
	expect_word("retargeted", "no");
	txn->occasion = OCCASION_REGISTER;
	there->number = stage.event->number + 1; /* he gave it later */
	expect_word("retargeted", "no");
}

/* Where his registration was not seen, and nothing shows a core, he may have registered with the server. */
Test(check_push_uri, retargeted_by_what_was_before)
{
	struct event *event =
		stage_say(NOW, "core server", "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: 1 PUBLISH\n", NULL);
	struct txn *cause = stage_txn(OCCASION_PUBLISH, event, NULL);

	invite(TO_URI("sip:a@10.1.0.1", "3"));
	stage.txn->before.registered = TRI_UNKNOWN;
	expect_word("retargeted", "unknown: the user may have registered that Contact with the server itself");
	stage.txn->cause = cause;
	cause->vias = 2;
	expect_word("retargeted", "no");
	cause->vias = 1;
	stage.flow->label = SLICE("live");
	expect_word("retargeted", "no");
	stage.flow->label = SLICE_NONE;
	invite(TO_URI("sip:alice@im.example", "4"));
	stage.txn->before.registered = TRI_UNKNOWN;
	expect_word("retargeted", "no");
}
