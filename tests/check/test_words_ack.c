/* SPDX-License-Identifier: MIT
 *
 * The words of words_ack.c: what ends the INVITE. */
#include "check/stage.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NOW       (1000 * SECOND)
#define LOST      "unknown: packets are missing from the capture"
#define INVITE(n) "INVITE sip:alice@im.example SIP/2.0\nCSeq: " n " INVITE\n"
#define RINGING   "SIP/2.0 180 Ringing\nCSeq: 1 INVITE\n"
#define OK        "SIP/2.0 200 OK\nCSeq: 1 INVITE\n"

static void init(void)
{
	stage_init();
	stage_txn(OCCASION_PUSH, stage_say(NOW, "server core", INVITE("1"), NULL), NULL);
}

TestSuite(check_ack, .init = init, .fini = stage_done);

static struct txn *push(void)
{
	return stage.story.txns[0];
}

/* A provisional or final answer to the INVITE. */
static struct event *answer(uint64_t time, const char *head)
{
	return stage_answer(push(), stage_say(time, "core server", head, NULL));
}

#define BUSY    "SIP/2.0 486 Busy\nCSeq: 1 INVITE\n"
#define TIMER_B (32 * SECOND)

static void expect_awaited(uint64_t after, const char *want)
{
	struct event *event = answer(NOW + after, BUSY);

	push()->answer_count = 1;
	push()->answers[0] = event;
	expect_word("awaited", want);
}

Test(check_ack, awaited)
{
	static const char ended[] = "unknown: the answer came as Timer B ended";

	expect_word("awaited", "no"); /* nothing came */
	expect_awaited(TIMER_B - SECOND - 1, "yes");
	expect_awaited(TIMER_B - SECOND, ended);
	expect_awaited(TIMER_B + SECOND - 1, ended);
	expect_awaited(TIMER_B + SECOND, "no");
	expect_awaited((uint64_t)-1, "yes"); /* a clock that was set back */
	push()->ack = push()->final;         /* who acknowledges has waited */
	expect_word("awaited", "yes");
	push()->final = NULL;
	expect_word("awaited", "yes");
}

#define NOT_PROVED                                                                                                     \
	"unknown: no ACK in the evidence, but the answer was not repeated and watched long enough to prove it"

/* The answer so many times, a second apart. */
static uint64_t repeat(unsigned copies)
{
	for (unsigned i = 0; i < copies; i++)
		stage_say(NOW + i * SECOND, "core server", OK, NULL);
	push()->final = stage.flow->events[1];
	return NOW + (copies - 1) * SECOND;
}

Test(check_ack, acknowledged)
{
	uint64_t last;

	expect_word("acknowledged", "unknown: the answer was not seen");
	stage_say(NOW, "core server", RINGING, NULL); /* is no copy of it */
	last = repeat(5);
	push()->final = stage.flow->events[2];
	stage_alive("server", last + stage.timers.quiet);
	expect_word("acknowledged", "no: no ACK, the answer being sent 5 times");
	cr_expect_eq(stage.why.event, push()->final);
	stage_alive("server", last + stage.timers.quiet - 1);
	expect_word("acknowledged", NOT_PROVED);
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("acknowledged", LOST);
	push()->ack = push()->request;
	expect_word("acknowledged", LOST); /* another may have been the right one */
	push()->final = NULL;
	expect_word("acknowledged", "yes");
}

#define TAGGED(tag)  "SIP/2.0 200 OK\nCSeq: 1 INVITE\nTo: <sip:alice@im.example>;tag=" tag "\n"
#define ACK(n, more) "ACK sip:b@10.1.0.1 SIP/2.0\nCSeq: " n " ACK\nTo: <sip:alice@im.example>" more "\n"

static void acknowledge(const char *head)
{
	struct txn *ack = stage_other(OCCASION_PUSH_REQUEST, stage_say(NOW + SECOND, "server core", head, NULL), NULL);

	ack->push = push();
	if (!push()->ack)
		push()->ack = ack->request;
}

/* RFC 3261 13.2.2.4 */
Test(check_ack, acknowledged_with_the_number_and_the_tag)
{
	static const char not_it[] = "no: an ACK that has not the CSeq of the INVITE and the To tag of the answer";
	static const struct {
		const char *head, *want;
	} rows[] = {
		{ACK("1", ";tag=u"), "yes"}, {ACK("1", ";tag=U"), "yes"},      {ACK("2", ";tag=u"), not_it},
		{ACK("1", ""), not_it},      {ACK("1", ";tag=early"), not_it}, {ACK("none", ";tag=u"), not_it},
	};

	stage.flow->label = slice_of("a run");
	answer(NOW, "SIP/2.0 183 Session Progress\nCSeq: 1 INVITE\nTo: <sip:alice@im.example>;tag=early\n");
	answer(NOW, TAGGED("u"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		stage.story.count = 1;
		push()->ack = NULL;
		acknowledge(rows[i].head);
		expect_word("acknowledged", rows[i].want);
	}
	acknowledge(ACK("1", ";tag=u")); /* behind one that is not it */
	expect_word("acknowledged", "yes");
}

/* Another INVITE than that of all tests. */
/* Each client that took the INVITE is told so. */
Test(check_ack, acknowledged_to_each_fork)
{
	static const char forked[] = TAGGED("fork");

	acknowledge(ACK("1", ";tag=u"));
	answer(NOW, forked);
	answer(NOW, TAGGED("u"));
	expect_word("acknowledged", NOT_PROVED);
	for (unsigned i = 1; i < 5; i++)
		stage_say(NOW + i * SECOND, "core server", forked, NULL);
	stage_alive("server", NOW + 4 * SECOND + stage.timers.quiet);
	expect_word("acknowledged", "no: no ACK, the answer being sent 5 times");
	acknowledge(ACK("1", ";tag=FORK"));
	expect_word("acknowledged", "yes");
}

static void begin_with(const char *cseq, const char *via)
{
	char head[256];

	snprintf(head, sizeof(head), "INVITE sip:alice@im.example SIP/2.0\nCSeq: %s INVITE\n%s", cseq, via);
	stage.story.count = 0;
	stage_txn(OCCASION_PUSH, stage_say(NOW, "server core", head, NULL), NULL);
	answer(NOW, TAGGED("u"));
}

static struct txn *later(enum sip_method method, const char *cseq, struct txn *of)
{
	char head[256];
	struct txn *txn;

	snprintf(head, sizeof(head), "%s sip:b@10.1.0.1 SIP/2.0\nCSeq: %s %s\nTo: <sip:alice@im.example>;tag=u\n",
		 sip_method_name(method), cseq, sip_method_name(method));
	txn = stage_other(OCCASION_PUSH_REQUEST, stage_say(NOW + 2 * SECOND, "server core", head, NULL), NULL);
	txn->push = of;
	return txn;
}

#define NOT_IT "no: an ACK that has not the CSeq of the INVITE and the To tag of the answer"

/* In a capture the INVITE that an ACK is for may be missing, but not where its number shows that there was none. */
Test(check_ack, acknowledged_by_a_number_that_no_invite_had)
{
	begin_with("0", "");
	acknowledge(ACK("none", ";tag=u"));
	expect_word("acknowledged", NOT_PROVED);
	begin_with("5", "");
	acknowledge(ACK("6", ";tag=u"));
	expect_word("acknowledged", NOT_PROVED);
	later(SIP_METHOD_BYE, "7", push());
	expect_word("acknowledged", NOT_PROVED);
	later(SIP_METHOD_BYE, "6", push());
	expect_word("acknowledged", NOT_IT);
	later(SIP_METHOD_INVITE, "7", push());
	expect_word("acknowledged", NOT_IT);
	later(SIP_METHOD_INVITE, "6", push());
	expect_word("acknowledged", NOT_PROVED);
}

Test(check_ack, acknowledged_by_a_number_below_the_invites)
{
	begin_with("5", "");
	acknowledge(ACK("4", ";tag=u"));
	expect_word("acknowledged", NOT_IT);
	later(SIP_METHOD_INVITE, "4", NULL); /* of another call */
	expect_word("acknowledged", NOT_IT);
	later(SIP_METHOD_ACK, "4", push());
	expect_word("acknowledged", NOT_IT);
}

/* What another push's server sends, or another occasion, shows nothing of this one's numbers. */
Test(check_ack, acknowledged_by_a_number_that_only_others_pass)
{
	begin_with("5", "");
	acknowledge(ACK("6", ";tag=u"));
	later(SIP_METHOD_BYE, "6", NULL);
	later(SIP_METHOD_BYE, "6", push())->occasion = OCCASION_OTHER;
	later(SIP_METHOD_ACK, "6", push());
	expect_word("acknowledged", NOT_PROVED);
}

/* Nor is it known of a refusal how many there were. */
Test(check_ack, acknowledged_after_a_refusal)
{
	begin_with("5", "");
	push()->final = answer(NOW, "SIP/2.0 300 Elsewhere\nCSeq: 5 INVITE\nTo: <sip:alice@im.example>;tag=u\n");
	acknowledge(ACK("4", ";tag=u"));
	expect_word("acknowledged", NOT_PROVED);
	((struct event *)push()->final)->msg.status = 299;
	expect_word("acknowledged", NOT_IT);
}

/* Another client that has answered would get a BYE of the server's, too: its own shows nothing. */
Test(check_ack, acknowledged_by_a_tag_of_nobody)
{
	struct txn *bye;

	begin_with("5", "");
	acknowledge(ACK("5", ";tag=x"));
	expect_word("acknowledged", NOT_PROVED);
	bye = later(SIP_METHOD_BYE, "6", push());
	bye->occasion = OCCASION_OTHER;
	expect_word("acknowledged", NOT_PROVED);
	bye->occasion = OCCASION_PUSH_REQUEST;
	expect_word("acknowledged", NOT_IT);
}

#define VIA(branch) "Via: SIP/2.0/UDP im.example;branch=" branch "\n"

/* RFC 3261 8.1.1.7: before it a branch said nothing; 17.1.1.3: that of the ACK to a refusal is the INVITE's. */
Test(check_ack, ack_branch)
{
	static const char same[] = "no: an ACK to a 2xx with the INVITE's branch";

	expect_word("ack_branch", "yes");
	begin_with("1", VIA("z9hG4bK1"));
	acknowledge(ACK("1", ";tag=u\n" VIA("z9hg4bk1")));
	expect_word("ack_branch", "yes"); /* not by these letters */
	begin_with("1", VIA("z9hG4bKa"));
	acknowledge(ACK("1", ";tag=u\n" VIA("z9hG4bKA")));
	expect_word("ack_branch", same);
	push()->final = answer(NOW, "SIP/2.0 299 OK\nCSeq: 1 INVITE\nTo: <sip:alice@im.example>;tag=u\n");
	expect_word("ack_branch", same);
	push()->final = answer(NOW, "SIP/2.0 300 Elsewhere\nCSeq: 1 INVITE\nTo: <sip:alice@im.example>;tag=u\n");
	expect_word("ack_branch", "yes");
	begin_with("1", VIA("z9hG4bK"));
	acknowledge(ACK("1", ";tag=u\n" VIA("z9hG4bK")));
	expect_word("ack_branch", "yes");
}

/* What it is for may be what is missing from a capture; who goes on repeating his answer has had none. */
Test(check_ack, acknowledged_by_one_for_something_else)
{
	uint64_t last = repeat(4);

	acknowledge(ACK("2", ";tag=u"));
	expect_word("acknowledged", NOT_PROVED);
	stage_alive("server", last + stage.timers.quiet);
	expect_word("acknowledged", "no: no ACK, the answer being sent 4 times");
}

/* RFC 3261 17.2.1: nobody repeats it. */
Test(check_ack, acknowledged_by_tcp)
{
	const uint64_t enough = NOW + 3500 * MILLISECOND + stage.timers.quiet;

	push()->final = answer(NOW, BUSY);
	((struct event *)push()->final)->path.transport = NET_TCP;
	stage_alive("server", enough - 1);
	expect_word("acknowledged", "unknown: no ACK in the evidence, but the server was not watched long enough to "
				    "prove it");
	stage_alive("server", enough);
	expect_word("acknowledged", "no: no ACK");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("acknowledged", LOST);
	stage.flow->gaps = 0;
	((struct event *)push()->final)->msg.status = 299; /* is repeated over TCP, too (13.3.1.4) */
	expect_word("acknowledged", NOT_PROVED);
}

Test(check_ack, acknowledged_though_few_copies_came)
{
	stage_alive("server", repeat(3) + stage.timers.quiet);
	expect_word("acknowledged", NOT_PROVED);
	stage_say(NOW + 2 * SECOND, "core server", OK, NULL);
	expect_word("acknowledged", "no: no ACK, the answer being sent 4 times");
}
