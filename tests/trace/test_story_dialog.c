/* SPDX-License-Identifier: MIT
 *
 * What a server knew of its dialog when it sent a request in it: which message told it the target and the methods. */
#include "check/stage.h"
#include "trace/story_parts.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NOW (1000 * SECOND)

static uint64_t now;

/* The server has sent a push. */
static void init_pushed(void)
{
	stage_init();
	now = NOW;
	stage_say(now, "server core",
		  "INVITE sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi\n"
		  "From: <sip:im@im.example>;tag=s\nTo: <sip:alice@im.example>\nCall-ID: push\nCSeq: 1 INVITE\n"
		  "Contact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\nUser-Agent: IM-serv/OMA1.0\n",
		  NULL);
}

TestSuite(trace_dialog, .init = init_pushed, .fini = stage_done);

/* An answer to the server's request of that branch and CSeq. */
static struct event *answers(unsigned status, const char *branch, const char *cseq, const char *lines)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "SIP/2.0 %u Text\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK%s\nFrom: <sip:im@im.example>;tag=s\n"
		 "To: <sip:alice@im.example>;tag=c\nCall-ID: push\nCSeq: %s\n%s",
		 status, branch, cseq, lines);
	return stage_say(now += 10 * MS, "core server", text, NULL);
}

static struct event *answered(unsigned status, const char *lines)
{
	return answers(status, "i", "1 INVITE", lines);
}

/* A request of the server in the dialog; the branch is the method. */
static struct event *sends(const char *method, unsigned cseq, const char *target, const char *lines)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "%s %s SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK%s%u\nFrom: <sip:im@im.example>;tag=s\n"
		 "To: <sip:alice@im.example>;tag=c\nCall-ID: push\nCSeq: %u %s\n%s",
		 method, target, method, cseq, cseq, method, lines);
	return stage_say(now += 10 * MS, "server core", text, NULL);
}

/* A request of the client in that call, or another one. */
static struct event *client_sends(const char *method, const char *call, const char *lines)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "%s sip:s@10.0.0.2 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKc%s\n"
		 "From: <sip:alice@im.example>;tag=c\nTo: <sip:im@im.example>;tag=s\nCall-ID: %s\nCSeq: 9 %s\n%s",
		 method, method, call, method, lines);
	return stage_say(now += 10 * MS, "core server", text, NULL);
}

static const struct txn *told(const struct event *request)
{
	story_tell(&stage.story, stage.flow, &stage.profile);
	return stage.story.of_event[request->number];
}

#define CONTACT(name) "Contact: <sip:" name "@10.1.0.1>\n"

static int number_of(const struct event *event)
{
	return event ? (int)event->number : -1;
}

static void expect_target(const struct event *request, const struct event *want)
{
	const struct event *found = told(request)->target_from;

	cr_expect_eq(found, want, "message %d for %d, not %d", number_of(found), number_of(request), number_of(want));
}

static void expect_allow(const struct event *request, const struct event *want)
{
	const struct event *found = told(request)->allow_from;

	cr_expect_eq(found, want, "message %d for %d, not %d", number_of(found), number_of(request), number_of(want));
}

Test(trace_dialog, the_last_answer_tells)
{
	struct event *early = answered(180, CONTACT("a") "Allow: BYE\n"), *ok = answered(200, CONTACT("b")), *bye;

	sends("ACK", 1, "sip:b@10.1.0.1", "");
	bye = sends("BYE", 2, "sip:x@10.1.0.1", "");
	cr_assert_eq(told(bye)->occasion, OCCASION_PUSH_REQUEST);
	expect_target(bye, ok);
	expect_allow(bye, early);
}

/* A 100 is none of the client's, and a failure makes no dialog. */
Test(trace_dialog, answers_that_tell_nothing)
{
	struct event *bye, *early;

	answered(100, CONTACT("a"));
	early = answered(101, CONTACT("b"));
	answered(300, CONTACT("c"));
	bye = sends("BYE", 2, "sip:x@10.1.0.1", "");
	expect_target(bye, early);
	expect_allow(bye, NULL);
}

#define LONG_AFTER 3000

static struct event *bye_after(unsigned ms)
{
	static unsigned number = 100;

	now += (uint64_t)ms * MS;
	return sends("BYE", ++number, "sip:x@10.1.0.1", "");
}

/* Another client's answer makes a dialog of its own. */
Test(trace_dialog, answers_of_a_fork)
{
	struct event *ok = answered(200, CONTACT("b")), *bye;

	stage_say(now += 10 * MS, "core server",
		  "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi\nFrom: <sip:im@im.example>;tag=s\n"
		  "To: <sip:alice@im.example>;tag=fork\nCall-ID: push\nCSeq: 1 INVITE\nAllow: BYE\n" CONTACT("f"),
		  NULL);
	bye = bye_after(LONG_AFTER);
	expect_target(bye, ok);
	expect_allow(bye, NULL);
}

Test(trace_dialog, answers_that_come_later)
{
	struct event *early = answered(180, CONTACT("a")), *prack = sends("PRACK", 2, "sip:x@10.1.0.1", "");

	answered(200, CONTACT("b"));
	expect_target(prack, early);
}

/* --- the client's refresh --- */

Test(trace_dialog, refreshed_by_the_client)
{
	struct event *refresh;

	answered(200, CONTACT("a"));
	sends("ACK", 1, "sip:a@10.1.0.1", "");
	refresh = client_sends("UPDATE", "push", CONTACT("b") "Allow: BYE\n");
	client_sends("INFO", "push", CONTACT("c"));
	client_sends("UPDATE", "other", CONTACT("d"));
	refresh = client_sends("INVITE", "push", CONTACT("e"));
	client_sends("MESSAGE", "push", CONTACT("f"));
	expect_target(bye_after(LONG_AFTER), refresh);
	expect_allow(bye_after(LONG_AFTER), NULL);
}

Test(trace_dialog, refreshed_by_the_client_without_contact)
{
	struct event *ok = answered(200, CONTACT("a"));

	sends("ACK", 1, "sip:a@10.1.0.1", "");
	client_sends("UPDATE", "push", "");
	expect_target(bye_after(LONG_AFTER), ok);
}

Test(trace_dialog, refreshed_by_the_client_later)
{
	struct event *ok = answered(200, CONTACT("a")), *bye;

	sends("ACK", 1, "sip:a@10.1.0.1", "");
	bye = bye_after(LONG_AFTER);
	client_sends("UPDATE", "push", CONTACT("b"));
	expect_target(bye, ok);
}

/* What the server sends moves nothing by itself, its answer does. */
Test(trace_dialog, refreshed_by_the_server)
{
	struct event *ok = answered(200, CONTACT("a")), *bye, *other;

	sends("ACK", 1, "sip:a@10.1.0.1", "");
	sends("UPDATE", 2, "sip:a@10.1.0.1", CONTACT("s"));
	bye = bye_after(LONG_AFTER);
	expect_target(bye, ok);
	sends("INFO", 4, "sip:a@10.1.0.1", "");
	answers(200, "INFO4", "4 INFO", CONTACT("b"));
	expect_target(bye_after(LONG_AFTER), ok);
	sends("UPDATE", 5, "sip:a@10.1.0.1", "");
	other = answers(200, "UPDATE5", "5 UPDATE", CONTACT("d"));
	expect_target(bye_after(LONG_AFTER), other);
	expect_target(bye, ok);
}

/* --- what may have crossed --- */

Test(trace_dialog, crossed_by_an_answer)
{
	struct event *early = answered(180, CONTACT("a")), *ok = answered(200, CONTACT("b"));
	struct event *prack = sends("PRACK", 2, "sip:a@10.1.0.1", "");

	expect_target(prack, early);
	prack->time = ok->time + 2 * SECOND;
	expect_target(prack, early);
	prack->time++;
	expect_target(prack, ok);
}

/* Whoever acknowledges an answer has read it, and the ACK itself is sent because of it. */
Test(trace_dialog, crossed_by_nothing_behind_the_ack)
{
	struct event *ok, *bye, *ack;

	answered(180, CONTACT("a"));
	ok = answered(200, CONTACT("b"));
	ack = sends("ACK", 1, "sip:a@10.1.0.1", "");
	bye = sends("BYE", 2, "sip:a@10.1.0.1", "");
	expect_target(bye, ok);
	expect_target(ack, ok);
}

Test(trace_dialog, crossed_before_the_ack)
{
	struct event *early = answered(180, CONTACT("a")), *update;

	answered(200, CONTACT("b"));
	update = sends("UPDATE", 2, "sip:a@10.1.0.1", "");
	sends("ACK", 1, "sip:b@10.1.0.1", "");
	expect_target(update, early);
}

/* By the number of an answer its PRACK says that it was read. */
Test(trace_dialog, crossed_by_nothing_behind_the_prack)
{
	struct event *early = answered(180, CONTACT("a")), *next = answered(183, CONTACT("b") "RSeq: 7\n");
	struct event *update;

	sends("PRACK", 2, "sip:a@10.1.0.1", "RAck: 6 1 INVITE\n");
	sends("INFO", 3, "sip:a@10.1.0.1", "RAck: 7 1 INVITE\n");
	update = sends("UPDATE", 4, "sip:a@10.1.0.1", "");
	expect_target(update, early);
	sends("PRACK", 5, "sip:b@10.1.0.1", "RAck: 7 1 INVITE\n");
	expect_target(update, early);
	expect_target(sends("UPDATE", 6, "sip:a@10.1.0.1", ""), next);
}

Test(trace_dialog, crossed_by_the_prack_itself)
{
	struct event *next, *prack;

	answered(180, CONTACT("a"));
	next = answered(183, CONTACT("b") "RSeq: 7\n");
	prack = sends("PRACK", 2, "sip:a@10.1.0.1", "RAck: 7 1 INVITE\n");
	expect_target(prack, next);
}

/* Whoever has answered a refresh has read it. */
Test(trace_dialog, crossed_by_a_refresh)
{
	struct event *ok = answered(200, CONTACT("a")), *refresh, *bye;

	sends("ACK", 1, "sip:a@10.1.0.1", "");
	refresh = client_sends("UPDATE", "push", CONTACT("b"));
	bye = sends("BYE", 2, "sip:a@10.1.0.1", "");
	expect_target(bye, ok);
	stage_say(now += MS, "server core",
		  "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKcUPDATE\n"
		  "From: <sip:alice@im.example>;tag=c\nTo: <sip:im@im.example>;tag=s\nCall-ID: push\nCSeq: 9 UPDATE\n",
		  NULL);
	expect_target(bye, ok);
	expect_target(sends("INFO", 3, "sip:a@10.1.0.1", ""), refresh);
}

Test(trace_dialog, allow_crossed)
{
	struct event *early = answered(180, "Allow: UPDATE\n"), *update;

	answered(183, "Allow: PRACK\n");
	update = sends("UPDATE", 2, "sip:a@10.1.0.1", "");
	expect_allow(update, early);
}

/* --- more of them than are kept --- */

Test(trace_dialog, the_latest_of_many)
{
	struct event *oldest, *last = NULL;

	answered(101, CONTACT("a"));
	client_sends("UPDATE", "push", CONTACT("b"));
	oldest = answered(102, CONTACT("c"));
	for (unsigned status = 103; status < 103 + 63; status++)
		last = answered(status, "");
	expect_target(bye_after(LONG_AFTER), oldest);
	cr_assert_not_null(last);
	last = answered(198, CONTACT("d"));
	expect_target(bye_after(LONG_AFTER), last);
}
