/* SPDX-License-Identifier: MIT
 *
 * The words of words_silence.c: what followed a request, or did not. */
#include "check/stage.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NOW   (1000 * SECOND)
#define FINAL (NOW + SECOND)                /* when the request was answered */
#define QUIET (FINAL + stage.timers.quiet)  /* when silence has lasted */
#define DUE   (FINAL + stage.timers.answer) /* when what is owed should have come */
#define LOST  "unknown: packets are missing from the capture"
#define TO_ALICE(method, cseq)                                                                                         \
	method " sip:alice@im.example SIP/2.0\nCSeq: " cseq " " method "\nCall-ID: " method cseq "\n"

static void init(void)
{
	stage_init();
	stage_txn(OCCASION_PUBLISH, stage_say(NOW, "core server", TO_ALICE("PUBLISH", "1"), NULL), NULL);
}

static void init_answered(void)
{
	init();
	stage.txn->final = stage_say(FINAL, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\n", NULL);
	stage_alive("server", QUIET);
	stage.flow->watched_until = QUIET;
}

TestSuite(check_silence, .init = init_answered, .fini = stage_done);

Test(check_silence, watched)
{
	expect_word("watched", "yes");
	stage.flow->watched_until = QUIET - 1;
	expect_word("watched", "unknown");
	stage.txn->final = NULL;
	expect_word("watched", "no");
	stage.txn->push = stage.txn;
	expect_word("watched", "yes");
}

/* What else may cause a push ends the silence. */
Test(check_silence, watched_until_the_next_cause)
{
	static const enum occasion causes[] = {OCCASION_PUBLISH, OCCASION_REGISTER, OCCASION_THIRD_PARTY};
	struct txn *next =
		stage_other(OCCASION_DEPOSIT, stage_say(QUIET, "core server", TO_ALICE("REGISTER", "9"), NULL), NULL);
	struct event *request = (struct event *)next->request;

	for (size_t i = 0; i < ARRAY_LEN(causes); i++) {
		next->occasion = causes[i];
		request->time = QUIET;
		expect_word("watched", "yes");
		request->time = QUIET - 1;
		expect_word("watched", "no");
	}
	next->occasion = OCCASION_DEPOSIT;
	expect_word("watched", "yes");
}

/* What came before the answer, and after the request, may be what is acted upon. */
Test(check_silence, watched_where_a_cause_came_before_the_answer)
{
	struct event *next = stage_say(NOW, "core server", TO_ALICE("PUBLISH", "9"), NULL);

	stage_other(OCCASION_PUBLISH, next, NULL);
	stage.txn->final = stage_say(FINAL, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\nX: 1\n", NULL);
	expect_word("watched", "no");
}

/* A cause before the request is none that came in the silence, whatever its clock says. */
Test(check_silence, watched_after_an_earlier_cause)
{
	struct txn *earlier = stage.txn;
	struct event *late = stage_say(NOW, "core server", TO_ALICE("PUBLISH", "2"), NULL);

	stage_txn(OCCASION_PUBLISH, late, NULL);
	stage.txn->final = stage_say(FINAL, "server core", "SIP/2.0 200 OK\nCSeq: 2 PUBLISH\n", NULL);
	expect_word("watched", "yes");
	stage.txn = earlier; /* the later one came behind this one's answer */
	expect_word("watched", "no");
}

Test(check_silence, watched_where_a_cause_is_lost)
{
	struct event *event = stage_orphan(QUIET - 1, "server core", "SIP/2.0 200 OK\nCSeq: 7 REGISTER\n");

	expect_word("watched", "no");
	event->msg.method = SIP_METHOD_PUBLISH;
	expect_word("watched", "no");
	event->msg.method = SIP_METHOD_MESSAGE;
	expect_word("watched", "yes");
	event->msg.method = SIP_METHOD_REGISTER;
	event->time = QUIET;
	expect_word("watched", "yes");
	event->time = QUIET - 1;
	event->number = 0;
	((struct event *)stage.txn->request)->number = 1; /* before the request */
	expect_word("watched", "yes");
}

Test(check_silence, no_push)
{
	expect_word("no_push", "yes");
	stage_alive("server", QUIET - 1);
	expect_word("no_push", "unknown: silence without a sign of life of the server behind it");
	stage_alive("server", QUIET);
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("no_push", LOST);
	stage.txn->final = NULL;
	expect_word("no_push", "unknown: the answer was not seen");
}

#define INVITE_LATE "no: an INVITE 500 ms after the request"

static struct txn *push(uint64_t time)
{
	struct txn *txn =
		stage_other(OCCASION_PUSH, stage_say(time, "server core", TO_ALICE("INVITE", "1"), NULL), NULL);

	stage_alive("server", QUIET);
	return txn;
}

Test(check_silence, no_push_but_one_came)
{
	stage.txn->push = push(NOW + 500 * MS);
	expect_word("no_push", INVITE_LATE);
	cr_expect_eq(stage.why.event, stage.txn->push->request);
	cr_expect_eq(stage.why.also, stage.txn->request);
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("no_push", LOST);
}

/* The push may follow a PUBLISH of which only the answer is there. */
Test(check_silence, no_push_of_this_one)
{
	struct event *lost = stage_orphan(FINAL + 1, "server core", "SIP/2.0 200 OK\nCSeq: 7 PUBLISH\n");

	stage.txn->push = push(NOW + 500 * MS);
	expect_word("no_push", "unknown: a PUBLISH is missing from the evidence");
	lost->msg.method = SIP_METHOD_REGISTER;
	expect_word("no_push", INVITE_LATE);
	lost->msg.method = SIP_METHOD_PUBLISH;
	lost->number = 9; /* behind the push */
	expect_word("no_push", INVITE_LATE);
	((struct event *)stage.txn->request)->number = 1;
	lost->number = 0; /* before the request */
	expect_word("no_push", INVITE_LATE);
}

#define MISSING "unknown: a PUBLISH is missing from the evidence"

/* It may follow one that was seen on its way, and not at the server. */
Test(check_silence, no_push_of_this_one_for_all_that_is_seen)
{
	struct event *event = stage_say(NOW, "client core", TO_ALICE("PUBLISH", "8") "Event: poc-settings\n", NULL);
	struct txn *elsewhere = stage_other(OCCASION_CLIENT_PUBLISH, event, NULL);

	stage.txn->push = push(NOW + 500 * MS);
	expect_word("no_push", MISSING);
	elsewhere->occasion = OCCASION_PUBLISH;
	expect_word("no_push", INVITE_LATE);
	elsewhere->occasion = OCCASION_CLIENT_PUBLISH;
	event->msg.method = SIP_METHOD_MESSAGE;
	expect_word("no_push", INVITE_LATE);
	event->msg.method = SIP_METHOD_PUBLISH;
	event->number = stage.txn->push->request->number + 1;
	expect_word("no_push", INVITE_LATE);
	((struct event *)stage.txn->request)->number = 1;
	event->number = 0;
	expect_word("no_push", INVITE_LATE);
}

Test(check_silence, no_push_of_this_one_but_of_another_event)
{
	stage_other(OCCASION_CLIENT_PUBLISH,
		    stage_say(NOW, "client core", TO_ALICE("PUBLISH", "8") "Event: presence\n", NULL), NULL);
	stage.txn->push = push(NOW + 500 * MS);
	expect_word("no_push", INVITE_LATE);
}

/* Of a push that a proxy sent on nobody knows when the server sent it. */
Test(check_silence, no_push_but_one_seen_farther_on)
{
	struct event *event = stage_say(QUIET - 1, "core client", TO_ALICE("INVITE", "1"), NULL);
	struct txn *txn = stage_other(OCCASION_OTHER, event, NULL);

	stage_alive("server", QUIET);
	expect_word("no_push", "yes");
	txn->far_push = true;
	expect_word("no_push", "unknown: an INVITE that was seen only as somebody sent it on");
	event->time = QUIET;
	expect_word("no_push", "yes");
	event->time = QUIET - 1;
	event->number = 0;
	((struct event *)stage.txn->request)->number = 1;
	expect_word("no_push", "yes");
}

Test(check_silence, push_follows_as_seen_farther_on)
{
	struct txn *txn =
		stage_other(OCCASION_OTHER, stage_say(DUE, "core client", TO_ALICE("INVITE", "1"), NULL), NULL);
	struct event *next;

	stage_alive("server", DUE);
	expect_word("push_follows", "no: no INVITE within 4000 ms of the answer, the server being alive");
	txn->far_push = true;
	expect_word("push_follows", "yes");
	next = stage_say(DUE, "core server", TO_ALICE("PUBLISH", "2"), NULL); /* whose it may be, too */
	stage_other(OCCASION_PUBLISH, next, NULL);
	expect_word("push_follows", "no: no INVITE within 4000 ms of the answer, the server being alive");
	next->time = DUE + 1;
	expect_word("push_follows", "yes");
}

Test(check_silence, no_push_but_one_of_an_earlier_request)
{
	struct txn *txn = push(QUIET - 1);

	expect_word("no_push", "unknown: an INVITE that may be of an earlier request");
	((struct event *)txn->request)->time = QUIET;
	expect_word("no_push", "yes");
	((struct event *)txn->request)->time = QUIET - 1;
	txn->occasion = OCCASION_OTHER;
	expect_word("no_push", "yes");
}

Test(check_silence, no_push_after_one_before_the_request)
{
	struct txn *txn = push(NOW);

	((struct event *)txn->request)->number = 0;
	((struct event *)stage.txn->request)->number = 1;
	expect_word("no_push", "yes");
	stage.txn = txn; /* it does not follow itself */
	txn->final = stage_say(FINAL, "core server", "SIP/2.0 200 OK\nCSeq: 1 INVITE\n", NULL);
	expect_word("no_push", "yes");
}

#define DIALOG_LOST "unknown: the INVITE of a dialog is missing from the evidence"

Test(check_silence, no_push_where_a_dialog_lacks_its_invite)
{
	static const enum sip_method methods[] = {SIP_METHOD_INVITE, SIP_METHOD_ACK, SIP_METHOD_BYE, SIP_METHOD_UPDATE};
	struct event *event = stage_orphan(QUIET - 1, "server core", TO_ALICE("BYE", "2"));

	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		event->msg.method = methods[i];
		expect_word("no_push", DIALOG_LOST);
	}
	event->msg.method = SIP_METHOD_MESSAGE;
	expect_word("no_push", "yes");
	event->msg.method = SIP_METHOD_BYE;
	event->time = QUIET;
	expect_word("no_push", "yes");
	event->time = QUIET - 1;
	event->number = 0;
	((struct event *)stage.txn->request)->number = 1; /* before the request */
	expect_word("no_push", "yes");
}

#define NO_INVITE "no: no INVITE within 4000 ms of the answer, the server being alive"

Test(check_silence, push_follows)
{
	stage_alive("server", DUE);
	expect_word("push_follows", NO_INVITE);
	cr_expect_eq(stage.why.event, stage.txn->final);
	stage_alive("server", DUE - 1);
	expect_word("push_follows", "unknown: no push, and no sign of life of the server after the time to wait");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("push_follows", LOST);
	stage.txn->final = NULL;
	expect_word("push_follows", "unknown: the answer was not seen");
	stage.txn->push = push(DUE);
	expect_word("push_follows", "yes");
}

Test(check_silence, push_follows_late_or_for_another)
{
	struct txn *next = stage_other(OCCASION_PUBLISH,
				       stage_say(DUE + SECOND, "core server", TO_ALICE("PUBLISH", "9"), NULL), NULL);
	struct event *request = (struct event *)next->request, *invite;

	stage.txn->push = push(DUE + 2 * SECOND);
	invite = (struct event *)stage.txn->push->request;
	expect_word("push_follows", "unknown: a push that came late, and only after another request");
	invite->time = request->time;
	expect_word("push_follows", "yes");
	request->time = DUE - 1;
	invite->time = DUE;
	expect_word("push_follows", "yes");
	invite->time = DUE + 1;
	expect_word("push_follows", "unknown: a push that came late, and only after another request");
}

Test(check_silence, push_follows_that_may_be_of_an_earlier_request)
{
	struct event *invite = (struct event *)push(QUIET - 1)->request;

	stage_alive("server", DUE);
	expect_word("push_follows", "unknown: an INVITE that may be of an earlier request");
	invite->time = QUIET;
	expect_word("push_follows", NO_INVITE);
}

/* It takes the messages that are waiting. */
Test(check_silence, push_follows_unless_another_is_under_way)
{
	struct txn *other = push(NOW - MS);

	((struct event *)other->request)->number = 0;
	((struct event *)stage.txn->request)->number = 1;
	stage_alive("server", DUE);
	expect_word("push_follows", "unknown: a push of an earlier request was still under way");
	other->final = stage_say(NOW + MS, "core server", "SIP/2.0 200 OK\nCSeq: 1 INVITE\n", NULL);
	expect_word("push_follows", "unknown: a push of an earlier request was still under way");
	((struct event *)other->final)->number = 0;
	expect_word("push_follows", NO_INVITE);
	other->final = NULL;
	other->occasion = OCCASION_OTHER;
	expect_word("push_follows", NO_INVITE);
}

/* What is owed has the longer of the two times. */
Test(check_silence, push_follows_in_a_long_time)
{
	stage.timers.answer = SECOND;
	stage_alive("server", QUIET);
	expect_word("push_follows", "no: no INVITE within 2000 ms of the answer, the server being alive");
	stage_alive("server", QUIET - 1);
	expect_word("push_follows", "unknown: no push, and no sign of life of the server after the time to wait");
}

Test(check_silence, push_follows_unless_the_settings_end)
{
	stage_alive("server", DUE);
	stage.txn->final = stage_say(FINAL, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\nExpires: 3\n", NULL);
	expect_word("push_follows", "unknown: the settings ended before the time to wait was over");
	stage.txn->final = stage_say(FINAL, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\nExpires: 4\n", NULL);
	expect_word("push_follows", NO_INVITE);
}

#define TOO_SOON "unknown: the next request came before the time to wait was over"

Test(check_silence, push_follows_unless_the_next_request_comes)
{
	struct event *next = stage_say(DUE - 1, "core server", TO_ALICE("PUBLISH", "2"), NULL);

	stage_other(OCCASION_PUBLISH, next, NULL);
	stage_alive("server", DUE);
	expect_word("push_follows", TOO_SOON);
	next->time = DUE;
	expect_word("push_follows", NO_INVITE);
}

Test(check_silence, push_follows_unless_something_is_lost)
{
	struct event *event = stage_orphan(QUIET - 1, "server core", "SIP/2.0 200 OK\nCSeq: 7 REGISTER\n");

	stage_alive("server", DUE);
	expect_word("push_follows", TOO_SOON);
	event->msg.method = SIP_METHOD_BYE;
	event->time = DUE + 100 * SECOND;
	expect_word("push_follows", DIALOG_LOST);
	event->msg.method = SIP_METHOD_MESSAGE;
	expect_word("push_follows", NO_INVITE);
}
