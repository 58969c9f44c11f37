/* SPDX-License-Identifier: MIT
 *
 * What caused a push, where the user asked for more while it was tried. */
#include "check/stage.h"
#include "trace/story_parts.h"

#include <criterion/criterion.h>
#include <stdio.h>

static uint64_t now;
static struct event *published;

static struct event *says(const char *way, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return stage_say(now += 10 * MS, way, text, NULL);
}

#define PARTIES "From: <sip:alice@im.example>;tag=a\nTo: <sip:alice@im.example>"

static struct event *publishes(unsigned cseq)
{
	return says("core server",
		    "PUBLISH sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKp%u\n" PARTIES
		    "\nCall-ID: settings\nCSeq: %u PUBLISH\nEvent: poc-settings\n",
		    cseq, cseq);
}

static void is_told_200(unsigned cseq)
{
	says("server core",
	     "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKp%u\n" PARTIES ";tag=s\n"
	     "Call-ID: settings\nCSeq: %u PUBLISH\nSIP-ETag: e%u\nExpires: 3600\n",
	     cseq, cseq, cseq);
}

static struct event *invites(const char *call, unsigned cseq)
{
	return says("server core",
		    "INVITE sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK%s%u\n"
		    "From: <sip:im@im.example>;tag=s\nTo: <sip:alice@im.example>\nCall-ID: %s\nCSeq: %u INVITE\n"
		    "Contact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\nUser-Agent: IM-serv/OMA1.0\n",
		    call, cseq, call, cseq);
}

static void is_answered(unsigned status, unsigned cseq)
{
	says("core server",
	     "SIP/2.0 %u Text\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKfirst%u\nFrom: <sip:im@im.example>;tag=s\n"
	     "To: <sip:alice@im.example>;tag=c\nCall-ID: first\nCSeq: %u INVITE\nMin-SE: 1800\n",
	     status, cseq, cseq);
}

/* A PUBLISH, and its push. */
static void init_pushed(void)
{
	stage_init();
	now = 1000 * SECOND;
	published = publishes(1);
	is_told_200(1);
	invites("first", 1);
}

TestSuite(trace_push, .init = init_pushed, .fini = stage_done);

static const struct event *cause_of(const struct event *push)
{
	const struct txn *txn;

	story_tell(&stage.story, stage.flow, &stage.profile);
	txn = stage.story.of_event[push->number];
	cr_assert_eq(txn->occasion, OCCASION_PUSH);
	cr_assert_not_null(txn->cause);
	return txn->cause->request;
}

static void expect_the_first_ones(unsigned status)
{
	const struct event *again;

	is_answered(status, 1);
	publishes(2);
	again = invites("first", 2);
	is_told_200(2);
	cr_expect_eq(cause_of(again), published);
}

Test(trace_push, tried_again_it_is_still_the_same)
{
	expect_the_first_ones(422);
}

Test(trace_push, tried_elsewhere_it_is_still_the_same)
{
	expect_the_first_ones(300);
}

/* After that answer to the first, and another PUBLISH. */
static void expect_own_cause(unsigned status, const char *call, unsigned cseq)
{
	const struct event *asked, *again;

	is_answered(status, 1);
	asked = publishes(2);
	again = invites(call, cseq);
	is_told_200(2);
	cr_expect_eq(cause_of(again), asked);
}

Test(trace_push, a_new_call_is_of_what_was_asked_last)
{
	expect_own_cause(486, "second", 1);
}

Test(trace_push, what_was_taken_is_not_tried_again)
{
	expect_own_cause(200, "first", 2);
}
