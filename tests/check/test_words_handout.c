/* SPDX-License-Identifier: MIT
 *
 * The words of words_silence.c about stored messages that come by MESSAGE. */
#include "check/stage.h"

#include <criterion/criterion.h>

#define NOW     (1000 * SECOND)
#define HANDED  (NOW + 1500 * MS)
#define MISSING "unknown: a PUBLISH is missing from the evidence"

static struct event *deposit;
static struct stored_message stored;
static struct txn *message;

/* Bob's words were stored while alice was away; she registers, and half a second after the 200 they come. */
static void init(void)
{
	static const char head[] = "MESSAGE sip:alice@im.example SIP/2.0\nCSeq: 1 MESSAGE\n";
	struct event *request;

	stage_init();
	deposit = stage_say(NOW - SECOND, "core server", head, "how are you?");
	request = stage_say(NOW, "core server", "REGISTER sip:server SIP/2.0\nCSeq: 1 REGISTER\n", NULL);
	stage_txn(OCCASION_THIRD_PARTY, request,
		  stage_say(NOW + SECOND, "server core", "SIP/2.0 200 OK\nCSeq: 1 REGISTER\n", NULL));
	message = stage_other(OCCASION_OTHER,
			      stage_say(HANDED, "server core",
					"MESSAGE sip:alice@im.example SIP/2.0\nCSeq: 2 MESSAGE\n"
					"From: <sip:bob@im.example>;tag=b\n",
					"how are you?"),
			      NULL);
	stored = (struct stored_message){
		.writer = SLICE("sip:bob@im.example"), .text = SLICE("how are you?"), .away = true, .request = deposit};
	stage.txn->before.stored = message->before.stored = &stored;
	stage.txn->after.published = TRI_NO;
}

TestSuite(check_handout, .init = init, .fini = stage_done);

Test(check_handout, of_what_was_stored)
{
	expect_word("handout", "yes");
	expect_word("no_handout", "no: a MESSAGE with what had been stored, 1500 ms after the REGISTER");
	cr_expect_eq(stage.why.also, deposit);
	stored.request = NULL;
	expect_word("no_handout", "no: a MESSAGE with what had been stored long before, 1500 ms after the REGISTER");
}

/* Somebody else's words, which went through the server just now. */
Test(check_handout, of_what_is_said_now)
{
	stored.text = SLICE("see you");
	stage_other(
		OCCASION_DEPOSIT,
		stage_say(NOW + SECOND, "core server",
			  "MESSAGE sip:alice@im.example SIP/2.0\nCSeq: 9 MESSAGE\nFrom: <sip:bob@im.example>;tag=c\n",
			  "how are you?"),
		NULL);
	expect_word("handout", "no");
	stored.text = SLICE("how are you?");
	expect_word("handout", "yes");
}

Test(check_handout, of_what_was_not_stored_in_time)
{
	stage.txn->before.stored = NULL;
	expect_word("no_handout", "unknown: the message was not yet stored at the REGISTER");
	stage.txn->before.stored = &stored;
	stored.request = stage.txn->final;
	expect_word("no_handout", "unknown: the message was not yet stored at the REGISTER");
}

Test(check_handout, of_what_a_publish_may_have_asked_for)
{
	stage.txn->after.published = TRI_UNKNOWN;
	expect_word("no_handout", "unknown: an earlier PUBLISH may have asked for it");
	stage.txn->after.published = TRI_YES;
	expect_word("no_handout", "unknown: an earlier PUBLISH may have asked for it");
}

Test(check_handout, where_a_publish_was_lost)
{
	struct event *answer = stage_orphan(NOW + SECOND, "server core", "SIP/2.0 200 OK\nCSeq: 7 PUBLISH\n");

	expect_word("no_handout", "no: a MESSAGE with what had been stored, 1500 ms after the REGISTER");
	answer->number = stage.txn->final->number; /* before the MESSAGE */
	expect_word("no_handout", MISSING);
}

Test(check_handout, where_a_publish_was_seen_elsewhere)
{
	struct event *publish = stage_request("PUBLISH", NOW + SECOND, "Event: poc-settings\n");

	stage_other(OCCASION_OTHER, publish, NULL);
	expect_word("no_handout", "no: a MESSAGE with what had been stored, 1500 ms after the REGISTER");
	publish->number = stage.txn->final->number;
	expect_word("no_handout", MISSING);
}

/* One that was refused on its way never came to the server. */
Test(check_handout, where_a_publish_was_refused_elsewhere)
{
	struct event *publish = stage_request("PUBLISH", NOW + SECOND, "Event: poc-settings\n");
	struct event *answer = stage_response(300, NOW + SECOND, "CSeq: 7 PUBLISH\n");

	publish->number = stage.txn->final->number;
	stage_other(OCCASION_OTHER, publish, answer);
	expect_word("no_handout", "no: a MESSAGE with what had been stored, 1500 ms after the REGISTER");
	answer->msg.status = 299;
	expect_word("no_handout", MISSING);
}

Test(check_handout, where_something_is_missing)
{
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("no_handout", "unknown: packets are missing from the capture");
	stage.flow->gaps = 0;
	stored.cut = true;
	expect_word("handout", "unknown: a MESSAGE of the server's that may have been stored");
	expect_word("no_handout", "unknown: a MESSAGE of the server's that may have been stored");
	stage.txn->final = NULL;
	expect_word("no_handout", "unknown: the answer was not seen");
}
