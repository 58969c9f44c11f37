/* SPDX-License-Identifier: MIT */
#include "check/stage.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(check_push, .init = stage_init, .fini = stage_done);

#define NOW       (1000 * SECOND)
#define LOST      "unknown: packets are missing from the capture"
#define CUT       "unknown: the message was cut off in the capture"
#define NOT_KNOWN "unknown: what was before is not known"
#define VALID                                                                                                          \
	"Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi\nFrom: <sip:im@im.example>;tag=f\n"                            \
	"To: <sip:alice@im.example>\nCall-ID: p\nCSeq: 1 INVITE\nMax-Forwards: 70\n"
#define INVITE "INVITE sip:alice@im.example SIP/2.0\n"

static struct event *invite(const char *head, const char *body)
{
	struct event *event = stage_say(NOW, "server core", head, body);

	stage_txn(OCCASION_PUSH, event, NULL);
	return event;
}

/* --- the INVITE --- */

Test(check_push, valid_invite)
{
	static const char contact[] = "no: the Contact header is missing, or is not exactly one SIP URI";
	static const struct {
		const char *head, *want;
	} heads[] = {
		{INVITE VALID "Contact: <sip:s@10.0.0.2>\n", "yes"},
		{INVITE VALID "Contact: <sips:s@10.0.0.2>\n", "yes"},
		{INVITE VALID "Contact: <tel:+4420555>\n", contact},
		{INVITE VALID "Contact: <sip:>\n", contact},
		{INVITE VALID "Contact: <sip:s@10.0.0.2\n", contact},
		{INVITE VALID "Contact: <sip:s@10.0.0.2>, <sip:t@10.0.0.2>\n", contact},
		{INVITE VALID, contact},
		{INVITE "Contact: <sip:s@10.0.0.2>\n", "no: the From header is missing, can't be read or has no tag"},
	};

	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		invite(heads[i].head, NULL);
		expect_word("valid_invite", heads[i].want);
	}
	invite(INVITE VALID, NULL)->cut = true;
	expect_word("valid_invite", CUT);
}

#define LAST_HOP                                                                                                       \
	"Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi\nFrom: <sip:im@im.example>;tag=f\n"                            \
	"To: <sip:alice@im.example>\nCall-ID: p\nCSeq: 1 INVITE\nContact: <sip:s@10.0.0.2>\nMax-Forwards: "

/* RFC 3261 16.3: a proxy refuses it; a server that reaches the client by itself needs none. */
Test(check_push, valid_invite_that_can_be_sent_on)
{
	invite(INVITE LAST_HOP "1\n", NULL);
	expect_word("valid_invite", "yes");
	invite(INVITE LAST_HOP "0\n", NULL);
	expect_word("valid_invite", "no: Max-Forwards of 0, with which the core may not send it on to the user");
	stage_other(OCCASION_REGISTER,
		    stage_say(NOW - SECOND, "client server",
			      "REGISTER sip:im.example SIP/2.0\nContact: <sip:alice@10.1.0.1>\n", NULL),
		    NULL);
	invite("INVITE sip:alice@10.1.0.1 SIP/2.0\n" LAST_HOP "0\n", NULL);
	expect_word("valid_invite", "yes");
}

/* RFC 3261 8.1.1.4; what is tried again in the same call has a higher CSeq. */
Test(check_push, valid_invite_in_a_call_of_its_own)
{
	static const char again[] = "no: the Call-ID of an earlier INVITE that was answered, with no higher CSeq";
	struct event *first = invite(INVITE VALID "Contact: <sip:s@10.0.0.2>\n", NULL);
	struct txn *push = stage.txn;

	invite(INVITE VALID "Contact: <sip:s@10.0.0.2>\n", NULL); /* a copy at another hop, for all that is known */
	expect_word("valid_invite", "yes");
	push->final = stage_say(NOW, "core server", "SIP/2.0 200 OK\nCSeq: 1 INVITE\n", NULL);
	expect_word("valid_invite", "yes"); /* it came before */
	invite(INVITE VALID "Contact: <sip:s@10.0.0.2>\n", NULL);
	expect_word("valid_invite", again);
	cr_expect_eq(stage.why.also, first);
	push->occasion = OCCASION_OTHER;
	expect_word("valid_invite", "yes");
}

/* --- its cause --- */

/* A push 3 s after its cause. */
static struct txn *cause(enum occasion occasion, const char *method)
{
	char head[128];
	struct txn *txn;

	snprintf(head, sizeof(head), "%s sip:alice@im.example SIP/2.0\nCSeq: 1 %s\n", method, method);
	txn = stage_txn(occasion, stage_say(NOW - 3 * SECOND, "core server", head, NULL), NULL);
	txn->after.published = TRI_NO;
	invite(INVITE "CSeq: 2 INVITE\n", NULL);
	stage.txn->before.published = TRI_NO;
	stage.txn->cause = txn;
	return txn;
}

#define AFTER_REGISTER "no: an INVITE 3000 ms after a REGISTER, with no PUBLISH after it"
#define AFTER_PUBLISH  "no: an INVITE 3000 ms after a PUBLISH, with no PUBLISH after it"
#define PUBLISH_BEFORE "unknown: a PUBLISH may have been there before"

Test(check_push, caused_by_publish)
{
	cause(OCCASION_PUBLISH, "PUBLISH");
	expect_word("caused_by publish", "yes");
	expect_word("caused_by register", AFTER_PUBLISH);
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("caused_by publish", "yes");
	expect_word("caused_by register", AFTER_PUBLISH);
}

Test(check_push, caused_by_register)
{
	struct txn *txn = cause(OCCASION_THIRD_PARTY, "REGISTER");

	expect_word("caused_by register", "yes");
	expect_word("caused_by publish", AFTER_REGISTER);
	cr_expect_eq(stage.why.also, txn->request);
	txn->after.published = TRI_UNKNOWN;
	expect_word("caused_by publish", PUBLISH_BEFORE);
	expect_word("caused_by register", "yes");
	txn->after.published = TRI_YES;
	expect_word("caused_by publish", AFTER_REGISTER);
	stage.txn->before.published = TRI_UNKNOWN;
	expect_word("caused_by publish", PUBLISH_BEFORE);
	stage.txn->before.published = TRI_NO;
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("caused_by publish", LOST);
	expect_word("caused_by register", "yes");
}

Test(check_push, caused_by_a_publish_though_it_is_not_known_what_was_before)
{
	struct txn *txn = cause(OCCASION_PUBLISH, "PUBLISH");

	txn->after.published = TRI_UNKNOWN;
	expect_word("caused_by register", AFTER_PUBLISH);
	expect_word("caused_by publish", "yes");
}

/* The PUBLISH that was sent on to the server is not in the evidence. */
Test(check_push, caused_by_register_for_all_that_is_seen)
{
	struct event *elsewhere;
	struct txn *txn = cause(OCCASION_THIRD_PARTY, "REGISTER"), *push = stage.txn;

	elsewhere = stage_say(NOW, "client core", "PUBLISH sip:alice@im.example SIP/2.0\nEvent: poc-settings\n", NULL);
	stage_txn(OCCASION_CLIENT_PUBLISH, elsewhere, NULL);
	stage.txn = push;
	stage.event = push->request;
	expect_word("caused_by publish", AFTER_REGISTER); /* it came later */
	((struct event *)push->request)->number = elsewhere->number + 1;
	expect_word("caused_by publish", "unknown: a PUBLISH was seen on its way, and not at the IM Server");
	expect_word("caused_by register", "yes");
	((struct event *)txn->request)->number = elsewhere->number + 1; /* it was before the REGISTER */
	expect_word("caused_by publish", AFTER_REGISTER);
}

Test(check_push, caused_by_nothing)
{
	invite(INVITE, NULL);
	expect_word("caused_by publish", "no");
	expect_word("caused_by register", "no");
	stage.flow->gaps = FLOW_GAP_START;
	expect_word("caused_by publish", NOT_KNOWN);
}

Test(check_push, due)
{
	cause(OCCASION_PUBLISH, "PUBLISH");
	expect_word("due", "yes");
	stage.txn->cause = NULL;
	expect_word("due", "no: an INVITE to a user for whom nothing was asked");
	stage.flow->gaps = FLOW_GAP_START;
	expect_word("due", NOT_KNOWN);
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("due", LOST);
	stage.flow->gaps = 0;
	invite("INVITE tel:+4420999 SIP/2.0\nCSeq: 4 INVITE\n", NULL);
	expect_word("due", "unknown: whose the number is was not seen");
	stage.txn->before.published = TRI_UNKNOWN;
	expect_word("due", PUBLISH_BEFORE);
}

#define OVERTAKEN "unknown: the answer to the PUBLISH came later, and may have been overtaken on its way"
#define UNSEEN    "unknown: the answer to the PUBLISH was not seen"
#define TOO_EARLY "no: the INVITE came before the answer to the PUBLISH"

Test(check_push, after_answer)
{
	struct txn *txn = cause(OCCASION_PUBLISH, "PUBLISH");

	stage.txn->open = TRI_NO;
	expect_word("after_answer", "yes");
	stage.txn->open = TRI_UNKNOWN;
	expect_word("after_answer", UNSEEN);
	txn->final = stage_say(NOW, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\n", NULL);
	expect_word("after_answer", OVERTAKEN);
	stage.txn->open = TRI_YES;
	expect_word("after_answer", TOO_EARLY);
	cr_expect_eq(stage.why.also, txn->final);
	stage.flow->gaps = FLOW_GAP_ORDER;
	expect_word("after_answer", "unknown: the network may have changed the order");
	stage.txn->open = TRI_UNKNOWN;
	stage.txn->cause = NULL;
	expect_word("after_answer", UNSEEN);
}

#define MAY_BE_LATE "unknown: the INVITE may be of an earlier PUBLISH"

/* Whoever obeys what he should not have obeyed pushes a moment later, when the next PUBLISH has come. */
Test(check_push, after_answer_to_which)
{
	struct txn *first, *second;
	struct event *final;

	invite(INVITE, NULL);
	stage.txn->open = TRI_YES;
	first = stage_other(OCCASION_PUBLISH,
			    stage_say(NOW - SECOND, "core server", "PUBLISH sip:a SIP/2.0\nCSeq: 7 PUBLISH\n", NULL),
			    NULL);
	final = stage_say(NOW - SECOND, "server core", "SIP/2.0 403 Forbidden\nCSeq: 7 PUBLISH\n", NULL);
	second = stage_other(OCCASION_PUBLISH,
			     stage_say(NOW, "core server", "PUBLISH sip:a SIP/2.0\nCSeq: 8 PUBLISH\n", NULL), NULL);
	second->final = stage_say(NOW + MS, "server core", "SIP/2.0 200 OK\nCSeq: 8 PUBLISH\n", NULL);
	stage.txn->cause = second;
	expect_word("after_answer", TOO_EARLY);
	first->final = final;
	expect_word("after_answer", MAY_BE_LATE);
	first->push = stage.txn;
	expect_word("after_answer", TOO_EARLY);
	first->push = NULL;
	final->msg.status = 423;
	expect_word("after_answer", TOO_EARLY);
	final->msg.status = 200;
	expect_word("after_answer", MAY_BE_LATE);
	final->time = stage.event->time - stage.timers.answer; /* the longer of the two times to wait */
	expect_word("after_answer", TOO_EARLY);
	final->time++;
	expect_word("after_answer", MAY_BE_LATE);
}

Test(check_push, once)
{
	invite(INVITE, NULL);
	stage.txn->repeat_doubt = true;
	expect_word("once", "yes");
	stage.txn->repeat = 1;
	expect_word("once", "unknown: an earlier push may not have delivered everything");
	stage.txn->repeat_doubt = false;
	expect_word("once", "no: INVITE number 2 for one and the same request");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("once", LOST);
}

/* --- the offer --- */

#define SDP_INVITE INVITE "Content-Type: application/sdp\n"
#define SESSION    "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\n"
#define MESSAGE    "m=message 2855 TCP/MSRP *\r\n"

Test(check_push, offer)
{
	struct event *event = invite(SDP_INVITE, SESSION MESSAGE);

	expect_word("offer", "yes");
	event->cut = true;
	expect_word("offer", "yes");
	invite(SDP_INVITE, SESSION "m=message 9 TCP/MSRP *\r\n"); /* who connects himself listens nowhere */
	expect_word("offer", "yes");
	invite(SDP_INVITE, SESSION "m=message 0 TCP/MSRP *\r\n");
	expect_word("offer", "no: SDP whose m=message has port 0");
	event = invite(SDP_INVITE, SESSION "m=audio 2855 RTP/AVP 0\r\n");
	expect_word("offer", "no: SDP without m=message");
	event->cut = true;
	expect_word("offer", CUT);
	event = invite(SDP_INVITE, SESSION "m=message x TCP/MSRP *\r\n");
	expect_word("offer", "no: SDP line 6: the media port is no number up to 65535");
	cr_expect_eq(stage.why.event, event);
	event->cut = true;
	expect_word("offer", CUT);
	event = invite(INVITE, NULL);
	expect_word("offer", "no: no SDP body");
	expect_word("sendonly", "no: no SDP body");
	event->cut = true;
	expect_word("offer", CUT);
}

Test(check_push, sendonly)
{
	struct event *event = invite(SDP_INVITE, SESSION MESSAGE "a=sendonly\r\n");

	expect_word("sendonly", "yes");
	invite(SDP_INVITE, SESSION "a=sendonly\r\n" MESSAGE);
	expect_word("sendonly", "yes");
	invite(SDP_INVITE, SESSION "a=sendonly\r\n" MESSAGE "a=sendrecv\r\n");
	expect_word("sendonly", "no: m=message is sendrecv");
	invite(SDP_INVITE, SESSION MESSAGE "a=sendonly\r\na=sendrecv\r\n");
	expect_word("sendonly", "no: m=message is sendonly, and something else, too");
	invite(SDP_INVITE, SESSION "a=sendonly\r\na=inactive\r\n" MESSAGE);
	expect_word("sendonly", "no: m=message is sendonly, and something else, too");
	invite(SDP_INVITE, SESSION "a=sendrecv\r\na=inactive\r\n" MESSAGE "a=sendonly\r\na=sendonly\r\n");
	expect_word("sendonly", "yes");
	invite(SDP_INVITE, SESSION "m=audio 2855 RTP/AVP 0\r\na=sendonly\r\n");
	expect_word("sendonly", "no: SDP without m=message");
	event = invite(SDP_INVITE, SESSION MESSAGE);
	expect_word("sendonly", "no: m=message is sendrecv (nothing said)");
	event->cut = true;
	expect_word("sendonly", CUT);
}
