/* SPDX-License-Identifier: MIT
 *
 * The words of words_dialog.c about what follows the INVITE: its dialog. */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NOW       (1000 * SECOND)
#define LOST      "unknown: packets are missing from the capture"
#define INVITE(n) "INVITE sip:alice@im.example SIP/2.0\nCSeq: " n " INVITE\n"

static void init(void)
{
	stage_init();
	stage_txn(OCCASION_PUSH, stage_say(NOW, "server core", INVITE("1"), NULL), NULL);
}

TestSuite(check_dialog, .init = init, .fini = stage_done);

static struct txn *push(void)
{
	return stage.story.txns[0];
}

/* A provisional or final answer to the INVITE. */
static struct event *answer(uint64_t time, const char *head)
{
	return stage_answer(push(), stage_say(time, "core server", head, NULL));
}

/* What the server sends in the dialog; words look at it. */
static struct txn *inside(const char *method, const char *uri, const char *more)
{
	char head[512];
	struct txn *txn;

	snprintf(head, sizeof(head), "%s %s SIP/2.0\nCSeq: %zu %s\n%s", method, uri, stage.flow->count + 1, method,
		 more);
	txn = stage_txn(OCCASION_PUSH_REQUEST, stage_say(NOW + 9 * SECOND, "server core", head, NULL), NULL);
	txn->push = push();
	return txn;
}

#define RINGING "SIP/2.0 180 Ringing\nCSeq: 1 INVITE\nContact: <sip:a@10.1.0.1>\nAllow: INVITE, ACK\n"
#define OK      "SIP/2.0 200 OK\nCSeq: 1 INVITE\nContact: <sip:b@10.1.0.1>\nAllow: INVITE, ACK, BYE\n"
#define B       "sip:b@10.1.0.1"

Test(check_dialog, target_from_and_allow_from)
{
	struct event *ok = answer(NOW, OK);

	inside("BYE", B, "");
	expect_word("target_from 2", "no");
	expect_word("allow_from 2", "no");
	stage.txn->target_from = ok;
	expect_word("target_from 2", "yes");
	expect_word("target_from 1 2", "yes");
	expect_word("target_from 1 3", "no");
	expect_word("allow_from 2", "no");
	stage.txn->allow_from = ok;
	expect_word("allow_from 2", "yes");
	expect_word("allow_from 1", "no");
}

Test(check_dialog, early_contact)
{
	struct event *event = answer(NOW, "SIP/2.0 101 Early\nCSeq: 1 INVITE\nContact: <sip:a@10.1.0.1>\n");

	inside("ACK", B, "");
	expect_word("early_contact", "yes");
	event->msg.status = 199;
	expect_word("early_contact", "yes");
	event->msg.status = 200;
	expect_word("early_contact", "no");
	event->msg.status = 100;
	expect_word("early_contact", "no");
	event->msg.status = 180;
	event->number = stage.txn->request->number + 1;
	expect_word("early_contact", "no");
	stage.txn->push = NULL;
	expect_word("early_contact", "no");
}

Test(check_dialog, early_contact_of_an_answer_without_one)
{
	answer(NOW, "SIP/2.0 180 Ringing\nCSeq: 1 INVITE\n");
	inside("ACK", B, "");
	expect_word("early_contact", "no");
}

/* --- is every answer there that may have said otherwise? --- */

#define MOVED "unknown: an answer that may have moved the target was not seen"

/* In the dialog with one answer, which is the target. */
static void expect_target(const char *method, const char *more, const char *want)
{
	inside(method, B, more);
	stage.txn->target_from = push()->answers[push()->answer_count - 1];
	expect_word("to_target", want);
}

Test(check_dialog, answer_seen)
{
	answer(NOW, OK);
	expect_target("BYE", "", "yes");
	expect_target("ACK", "", "yes");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("to_target", MOVED);
	stage.flow->gaps = FLOW_GAP_LOSSY; /* of answers none is missing where they arrive */
	expect_word("to_target", "yes");
	stage.flow->gaps = FLOW_GAP_NAMED; /* nor of a call, whosever name it has */
	expect_word("to_target", "yes");
}

Test(check_dialog, answer_not_seen)
{
	answer(NOW, "SIP/2.0 180 Ringing\nCSeq: 1 INVITE\nContact: <sip:b@10.1.0.1>\nRSeq: 7\n");
	expect_target("BYE", "", MOVED);
	expect_target("UPDATE", "", "yes"); /* which an early dialog may have */
}

/* RFC 3262 7.2: a PRACK says which answer it is for. */
Test(check_dialog, answer_that_a_prack_is_for)
{
	answer(NOW, "SIP/2.0 183 Progress\nCSeq: 1 INVITE\nContact: <sip:b@10.1.0.1>\nRSeq: 6\n");
	answer(NOW, "SIP/2.0 180 Ringing\nCSeq: 1 INVITE\nContact: <sip:b@10.1.0.1>\nRSeq: 7\n");
	expect_target("PRACK", "RAck: 7 1 INVITE\n", "yes");
	expect_target("PRACK", "RAck: 6 1 INVITE\n", "yes");
	expect_target("PRACK", "RAck: 8 1 INVITE\n", MOVED);
	expect_target("PRACK", "RAck: x\n", "yes");
	expect_target("PRACK", "", "yes");
}

Test(check_dialog, answer_without_a_number_to_a_prack)
{
	answer(NOW, "SIP/2.0 180 Ringing\nCSeq: 1 INVITE\nContact: <sip:b@10.1.0.1>\n");
	expect_target("PRACK", "RAck: 7 1 INVITE\n", MOVED);
}

/* An UPDATE or INVITE in the dialog moves the target by its answer. */
Test(check_dialog, answer_to_what_moves_the_target)
{
	static const char *const methods[] = {"UPDATE", "INVITE"};

	answer(NOW, OK);
	for (unsigned i = 0; i < 2; i++) {
		struct txn *moves = inside(methods[i], B, "");

		expect_target(methods[i], "", MOVED);
		stage.txn->final = stage.txn->target_from;
		expect_target("BYE", "", MOVED);
		moves->push = NULL;
		expect_word("to_target", "yes");
		moves->push = push();
		moves->final = push()->final;
		expect_word("to_target", "yes");
	}
}

Test(check_dialog, answer_to_itself_is_none_that_is_missing)
{
	answer(NOW, OK);
	expect_target("UPDATE", "", "yes");
	expect_target("BYE", "", MOVED);
	((struct event *)stage.story.txns[1]->request)->number = stage.txn->request->number + 1;
	expect_word("to_target", "yes");
}

Test(check_dialog, answer_to_what_moves_nothing)
{
	answer(NOW, OK);
	inside("BYE", B, "");
	expect_target("BYE", "", "yes");
}

Test(check_dialog, to_target)
{
	struct event *ok = answer(NOW, OK);

	inside("BYE", "sip:c@10.1.0.1", "");
	expect_word("to_target", "unknown: no answer with a readable Contact was seen");
	stage.txn->target_from = ok;
	expect_word("to_target", "no: BYE to sip:c@10.1.0.1, the Contact being sip:b@10.1.0.1");
	cr_expect_eq(stage.why.also, ok);
	stage.flow->gaps = FLOW_GAP_LOSSY;
	expect_word("to_target", "unknown: the network loses messages: one may be missing");
	stage.flow->gaps = 0;
	stage.txn->target_from = answer(NOW, "SIP/2.0 200 OK\nCSeq: 1 INVITE\nContact: <sip:b@10.1.0.1\n");
	expect_word("to_target", "unknown: no answer with a readable Contact was seen");
}

Test(check_dialog, allowed)
{
	struct event *ringing = answer(NOW, RINGING), *ok = answer(NOW, OK);

	inside("BYE", B, "");
	expect_word("allowed", "unknown: no answer with an Allow was seen");
	stage.txn->allow_from = ok;
	expect_word("allowed", "yes");
	stage.txn->allow_from = ringing;
	expect_word("allowed", "no: BYE, the Allow being: INVITE, ACK");
	cr_expect_eq(stage.why.also, ringing);
	stage.flow->gaps = FLOW_GAP_LOSSY;
	expect_word("allowed", "unknown: the network loses messages: one may be missing");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("allowed", "unknown: an answer that may have had another Allow was not seen");
}
