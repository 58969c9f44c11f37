/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>

#define NOW   (1000 * SECOND)
#define LATE  (NOW + stage.timers.answer)
#define YES   "im"
#define NO    "service_route"
#define ROUTE "a registration that gave a Service-Route"
#define OPEN  "undecided x"
#define LOST  "unknown: packets are missing from the capture"

#define SETTLED "unknown: the evidence does not decide"

static void init(void)
{
	stage_init();
	stage_txn(OCCASION_PUBLISH,
		  stage_say(NOW, "core server", "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: 1 PUBLISH\n", NULL), NULL);
	stage.story.im = true;
}

TestSuite(check_logic, .init = init, .fini = stage_done);

/* A word with kids; the third may be NULL. */
static const char *join(const char *word, const char *first, const char *second, const char *third)
{
	struct check *check = stage_check(word);
	const struct check *kids[3] = {0};

	for (const char **kid = (const char *[]){first, second, third, NULL}; *kid; kid++) {
		struct check *one = stage_check(*kid);

		cr_assert_eq(check_bind(one, NULL), 0);
		kids[check->kid_count++] = one;
	}
	check->kids = kids;
	return stage_eval(check);
}

#define expect_joined(want, ...) cr_expect_str_eq(join(__VA_ARGS__), want, "%s", join(__VA_ARGS__))

static const char *expected(void)
{
	buf_putc(&stage.why.expected, '\0');
	return stage.why.expected.p;
}

/* Kleene's tables, whatever stands first. */
Test(check_logic, all)
{
	expect_joined("yes", "all", YES, YES, NULL);
	expect_joined("no", "all", YES, NO, NULL);
	expect_joined("no", "all", NO, YES, NULL);
	expect_joined("unknown: x", "all", OPEN, YES, NULL);
	expect_joined("unknown: x", "all", YES, OPEN, NULL);
	expect_joined("no", "all", OPEN, NO, YES);
	expect_joined("no", "all", NO, OPEN, YES);
	cr_expect_str_eq(expected(), ROUTE);
}

Test(check_logic, any)
{
	expect_joined("yes", "any", NO, YES, NULL);
	expect_joined("yes", "any", YES, NO, NULL);
	expect_joined("yes", "any", OPEN, YES, NO);
	expect_joined("unknown: x", "any", OPEN, NO, NULL);
	expect_joined("unknown: x", "any", NO, OPEN, NULL);
	expect_joined("no", "any", NO, NO, NULL);
	cr_expect_str_eq(expected(), ROUTE ", or " ROUTE);
}

Test(check_logic, no)
{
	expect_joined("yes", "no", NO, NO, NULL);
	expect_joined("no: it is so", "no", NO, YES, NULL);
	cr_expect_str_eq(expected(), "not (" ROUTE ", or instant messaging is spoken here)");
	cr_expect_eq(stage.why.event, stage.event);
	expect_joined("no: it is so", "no", OPEN, YES, NULL);
	expect_joined("unknown: x", "no", OPEN, NO, NULL);
	cr_expect_str_eq(expected(), "not (undecided: x, or " ROUTE ")");
}

Test(check_logic, no_of_an_answer)
{
	stage.event = stage_say(LATE, "server core", "SIP/2.0 404 Not here\nCSeq: 1 PUBLISH\n", NULL);
	expect_joined("no: the answer 404 Not here", "no", YES, NULL, NULL);
	stage.event = NULL;
	expect_joined("no: it is so", "no", YES, NULL, NULL);
}

Test(check_logic, known)
{
	expect_joined("yes", "known", YES, YES, NULL);
	expect_joined("yes", "known", YES, NO, NULL);
	expect_joined("yes", "known", NO, OPEN, NULL);
	expect_joined("no", "known", YES, OPEN, NULL);
}

Test(check_logic, final_seen)
{
	expect_word("final_seen", "no");
	stage.txn->final = stage_say(LATE, "server core", "SIP/2.0 404 Not here\nCSeq: 1 PUBLISH\n", NULL);
	expect_word("final_seen", "yes");
}

Test(check_logic, im)
{
	expect_word("im", "yes");
	stage.story.im = false;
	expect_word("im", "no");
}

/* --- answers --- */

#define UNANSWERED "no: no final answer, though the other side was alive"
#define DEAD       "unknown: no answer, and no sign that the other side was alive after it"
#define ONCE       "unknown: no answer in the evidence, but the request was not repeated either"
#define QUIET      "unknown: no answer in the evidence, but nothing came later on the same connection"

Test(check_logic, answer)
{
	stage.txn->final = stage_say(LATE, "server core", "SIP/2.0 404 Not here\nCSeq: 1 PUBLISH\n", NULL);
	expect_word("answered", "yes");
	expect_joined("yes", "answer", "status 404", YES, NULL);
	expect_joined("no: 404 Not here", "answer", "status 403", YES, NULL);
	cr_expect_eq(stage.why.also, stage.txn->request);
	cr_expect_eq(stage.why.event, stage.txn->final);
	stage.txn->final = NULL;
	stage_alive("server", LATE - 1);
	expect_joined(DEAD, "answer", "status 404", NULL, NULL);
}

static struct event *copy_at(uint64_t time)
{
	struct event *copy =
		stage_say(time, "core server", "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: 1 PUBLISH\n", NULL);

	cr_assert_eq(copy->first, stage.event);
	return copy;
}

/* RFC 3261 17.1.2.2: Timer F is 32 s. */
Test(check_logic, in_time)
{
	struct event *final;

	expect_word("in_time", "yes"); /* no answer at all is told by others */
	final = stage_say(NOW + 33 * SECOND, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\n", NULL);
	stage.txn->final = final;
	expect_word("in_time", "yes");
	final->time++;
	expect_word("in_time", "unknown: an earlier answer may be missing from the evidence");
	copy_at(NOW + 27 * SECOND);
	expect_word("in_time", "no: an answer 33 s after the request");
	cr_expect_eq(stage.why.event, final);
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("in_time", LOST);
}

/* In a run nothing is lost, and three copies are enough. */
Test(check_logic, answered_in_a_run)
{
	stage.flow->label = SLICE("a case");
	copy_at(NOW + SECOND);
	stage_alive("server", LATE);
	expect_word("answered", ONCE);
	copy_at(NOW + 2 * SECOND)->number++; /* one of another message between them */
	stage_alive("server", LATE);
	expect_word("answered", UNANSWERED);
	cr_expect_eq(stage.why.event, stage.event);
	stage_alive("server", LATE - 1);
	expect_word("answered", DEAD);
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("answered", LOST);
}

/* In a capture it has to be seen that its sender went on to the end. */
Test(check_logic, answered_in_a_capture)
{
	struct event *last;

	copy_at(NOW + SECOND);
	copy_at(NOW + 2 * SECOND);
	last = copy_at(NOW + 27 * SECOND - 1);
	stage_alive("server", LATE);
	expect_word("answered", ONCE);
	last->time++;
	expect_word("answered", UNANSWERED);
	last->time = NOW - 1; /* a clock that was set back proves nothing */
	expect_word("answered", ONCE);
	last->time = NOW + 27 * SECOND;
	last->first = last; /* another request */
	expect_word("answered", ONCE);
}

static void init_stream(void)
{
	stage_init();
	stage_txn(OCCASION_PUBLISH,
		  stage_say(NOW, "core server tcp", "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: 1 PUBLISH\n", NULL),
		  NULL);
}

TestSuite(check_logic_stream, .init = init_stream, .fini = stage_done);

/* On a connection it has to be seen that the other side said something later. */
Test(check_logic_stream, answered)
{
	struct event *event = stage_say(LATE - 1, "server core", "OPTIONS sip:a SIP/2.0\nCSeq: 1 OPTIONS\n", NULL);

	stage_alive("server", LATE);
	expect_word("answered", QUIET);
	event->time++;
	expect_word("answered", UNANSWERED);
	event->path.src = stage_host("client");
	expect_word("answered", QUIET);
	event->path = (struct event_path){stage_host("server"), stage_host("client"), NET_TCP};
	expect_word("answered", QUIET);
	stage.flow->label = SLICE("a case");
	expect_word("answered", UNANSWERED);
}

/* --- elsewhere --- */

Test(check_logic, cause)
{
	struct txn *publish = stage.txn;

	expect_joined("unknown: what caused it is not known", "cause", YES, NULL, NULL);
	stage_txn(OCCASION_PUSH, stage_say(LATE, "server core", "INVITE sip:a SIP/2.0\nCSeq: 1 INVITE\n", NULL), NULL);
	stage.txn->cause = publish;
	expect_joined("yes", "cause", "method PUBLISH", NULL, NULL);
	expect_joined("no: no Event header", "cause", "has Event", NULL, NULL);
	cr_expect_eq(stage.why.event, publish->request);
}

Test(check_logic, previous)
{
	struct txn *first = stage.txn;

	expect_joined("no: no PUBLISH before it", "previous", YES, NULL, NULL);
	stage_other(OCCASION_PUBLISH,
		    stage_say(LATE + MS, "core server", "PUBLISH sip:later SIP/2.0\nCSeq: 9 PUBLISH\n", NULL), NULL);
	expect_joined("no: no PUBLISH before it", "previous", YES, NULL, NULL);
	stage_txn(OCCASION_PUBLISH,
		  stage_say(LATE + 2 * MS, "core server",
			    "PUBLISH sip:last SIP/2.0\nEvent: presence\nCSeq: 10 PUBLISH\n", NULL),
		  NULL);
	expect_joined("yes", "previous", "method PUBLISH", NULL, NULL);
	expect_joined("no: no Event header", "previous", "has Event", NULL, NULL);
	cr_expect_neq(stage.why.event, first->request);
}

/* What is found out elsewhere is not kept as if it were so here. */
Test(check_logic, memory)
{
	uint8_t here[2] = {0}, there[2] = {0};
	struct check *is_publish = stage_check("method PUBLISH"), *cause = stage_check("cause"),
		     *answer = stage_check("answer");
	struct txn *publish = stage.txn;
	struct look look = {.story = &stage.story, .memory = here};

	publish->memory = there;
	publish->final = stage_say(LATE, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\n", NULL);
	stage_txn(OCCASION_PUSH, stage_say(LATE, "server core", "INVITE sip:a SIP/2.0\nCSeq: 1 INVITE\n", NULL), NULL);
	stage.txn->cause = publish;
	is_publish->number = 1;
	cause->kids = answer->kids = (const struct check *[]){is_publish};
	cause->kid_count = answer->kid_count = 1;
	look.txn = stage.txn;
	look.event = stage.event;
	cr_expect_eq(check_eval(cause, &look), TRI_YES);
	cr_expect_eq(here[1], 0);
	cr_expect_eq(there[1], TRI_YES + 1);
	there[1] = 0;
	look = (struct look){.story = &stage.story, .txn = publish, .event = publish->request, .memory = there};
	cr_expect_eq(check_eval(answer, &look), TRI_YES);
	cr_expect_eq(there[1], 0);
}

Test(check_logic, invite)
{
	struct txn *publish = stage.txn, *push;

	expect_joined("unknown: its INVITE was not seen", "invite", YES, NULL, NULL);
	push = stage_txn(OCCASION_PUSH, stage_say(LATE, "server core", "INVITE sip:a SIP/2.0\nCSeq: 1 INVITE\n", NULL),
			 NULL);
	stage.txn = publish;
	stage.event = publish->request;
	publish->push = push;
	expect_joined("yes", "invite", "method INVITE", NULL, NULL);
	expect_joined("no: no Event header", "invite", "has Event", NULL, NULL);
	cr_expect_eq(stage.why.event, push->request);
}
