/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>

#define NOW   (1000 * SECOND)
#define FINAL (NOW + SECOND)
#define QUIET (FINAL + stage.timers.quiet)
#define LOST  "unknown: packets are missing from the capture"

static void init_registered(void)
{
	struct event *event;

	stage_init();
	event = stage_request("REGISTER", NOW, "");
	stage_txn(OCCASION_REGISTER, event, stage_response(200, FINAL, ""));
	stage_alive("client", QUIET);
}

static struct txn *later(enum occasion occasion, const char *method, uint64_t time)
{
	struct txn *txn = stage_other(occasion, stage_request(method, time, ""), NULL);

	txn->after.registered = TRI_YES;
	return txn;
}

/* --- what follows --- */

TestSuite(check_follows, .init = init_registered, .fini = stage_done);

#define NO_PUBLISH "no: no PUBLISH after it, the client being alive"
#define TOO_SOON   "unknown: the next REGISTER came before the time to wait was over"

Test(check_follows, publish_follows)
{
	expect_word("publish_follows", NO_PUBLISH);
	cr_expect_eq(stage.why.event, stage.txn->final);
	later(OCCASION_CLIENT_PUBLISH, "PUBLISH", FINAL);
	expect_word("publish_follows", "yes");
	later(OCCASION_REGISTER, "REGISTER", FINAL);
	expect_word("publish_follows", "yes");
	stage.txn->final = NULL;
	expect_word("publish_follows", "unknown: the answer was not seen");
}

/* A PUBLISH after the next REGISTER follows that one. */
Test(check_follows, publish_follows_another)
{
	struct txn *again = later(OCCASION_REGISTER, "REGISTER", QUIET - 1);

	later(OCCASION_CLIENT_PUBLISH, "PUBLISH", QUIET);
	stage_alive("client", QUIET);
	expect_word("publish_follows", TOO_SOON);
	((struct event *)again->request)->time = QUIET;
	expect_word("publish_follows", NO_PUBLISH);
}

/* From where no REGISTER with another Contact came, it may be this device. */
static struct txn *elsewhere(enum occasion occasion, const char *head)
{
	return stage_other(occasion, stage_say(FINAL, "core server", head, NULL), NULL);
}

Test(check_follows, publish_follows_from_another_address)
{
	stage_alive("client", QUIET);
	elsewhere(OCCASION_CLIENT_PUBLISH, "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: 9 PUBLISH\n");
	expect_word("publish_follows", "yes");
	elsewhere(OCCASION_OTHER, "REGISTER sip:im.example SIP/2.0\nContact: <sip:b@10.1.0.2>\nCSeq: 8 REGISTER\n");
	expect_word("publish_follows", "yes");
}

Test(check_follows, publish_follows_of_another_device)
{
	struct txn *other = elsewhere(OCCASION_REGISTER, "REGISTER sip:im.example SIP/2.0\nContact: <sip:b@10.1.0.2>\n"
							 "CSeq: 8 REGISTER\n");
	struct txn *publish =
		elsewhere(OCCASION_CLIENT_PUBLISH, "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: 9 PUBLISH\n");

	stage_alive("client", QUIET);
	expect_word("publish_follows", NO_PUBLISH);
	((struct event *)publish->request)->path.src = stage_host("client");
	expect_word("publish_follows", "yes");
	((struct event *)other->request)->path.src = stage_host("client"); /* one of its own Contacts */
	((struct event *)other->request)->number = stage.txn->request->number;
	expect_word("publish_follows", "yes");
}

Test(check_follows, publish_before_it_follows_nothing)
{
	struct txn *before = later(OCCASION_CLIENT_PUBLISH, "PUBLISH", NOW);

	((struct event *)before->request)->number = stage.txn->request->number;
	stage_alive("client", QUIET);
	expect_word("publish_follows", NO_PUBLISH);
	((struct event *)before->request)->number++;
	expect_word("publish_follows", "yes");
}

Test(check_follows, where_something_is_missing)
{
	struct event *orphan = stage_orphan(FINAL, "core client", "SIP/2.0 200 OK\nCSeq: 9 PUBLISH\n");

	expect_word("publish_follows", "unknown: a PUBLISH is missing from the evidence");
	orphan->msg.method = SIP_METHOD_SUBSCRIBE;
	expect_word("publish_follows", NO_PUBLISH);
	stage_alive("client", QUIET - 1);
	expect_word("publish_follows", "unknown: no PUBLISH, and no sign of life of the client after the time to wait");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("publish_follows", LOST);
}

Test(check_follows, published_anew)
{
	struct txn *leaves, *stays;

	stage_txn(OCCASION_CLIENT_PUBLISH, stage_request("PUBLISH", NOW, ""), stage_response(412, FINAL, ""));
	stage_alive("client", QUIET);
	expect_word("published_anew", NO_PUBLISH);
	leaves = later(OCCASION_REGISTER, "REGISTER", FINAL);
	expect_word("published_anew", NO_PUBLISH);
	leaves->after.registered = TRI_NO;
	expect_word("published_anew", "yes");
	leaves->after.registered = TRI_YES;
	leaves = later(OCCASION_REGISTER, "REGISTER", QUIET);
	expect_word("published_anew", NO_PUBLISH);
	leaves->after.registered = TRI_NO; /* having refreshed before */
	expect_word("published_anew", "yes");
	leaves->after.registered = TRI_YES;
	stays = later(OCCASION_REGISTER, "REGISTER", QUIET + SECOND);
	later(OCCASION_REGISTER, "REGISTER", QUIET + 2 * SECOND)->after.registered = TRI_NO;
	stays->after.registered = TRI_YES;
	expect_word("published_anew", NO_PUBLISH);
	later(OCCASION_CLIENT_PUBLISH, "PUBLISH", QUIET + SECOND);
	expect_word("published_anew", "yes");
}

Test(check_follows, published_anew_by_who_is_dead)
{
	stage_txn(OCCASION_CLIENT_PUBLISH, stage_request("PUBLISH", NOW, ""), stage_response(412, FINAL, ""));
	stage_alive("client", QUIET - 1);
	expect_word("published_anew", "unknown: no PUBLISH, and no sign of life of the client after the time to wait");
	stage.txn->final = NULL;
	expect_word("published_anew", "unknown: the answer was not seen");
}

/* --- signs of life --- */

#define EXPECT_DEAD                                                                                                    \
	expect_word("publish_follows", "unknown: no PUBLISH, and no sign of life of the client after the time to "     \
				       "wait")
#define EXPECT_ALIVE expect_word("publish_follows", NO_PUBLISH)

static void init_dead(void)
{
	init_registered();
	stage_alive("client", 0);
}

TestSuite(check_lives, .init = init_dead, .fini = stage_done);

Test(check_lives, what_it_answered)
{
	struct txn *txn = stage_other(
		OCCASION_OTHER, stage_say(NOW, "core client", "OPTIONS sip:a SIP/2.0\nCSeq: 1 OPTIONS\n", NULL), NULL);
	struct event *final =
		stage_say(QUIET, "server core", "SIP/2.0 200 OK\nCSeq: 1 OPTIONS\n", NULL); /* by any way */

	EXPECT_DEAD;
	txn->final = final;
	EXPECT_ALIVE;
	final->time = QUIET - 1;
	EXPECT_DEAD;
	final->time = QUIET;
	((struct event *)txn->request)->path.dst = stage_host("server");
	EXPECT_DEAD;
}

Test(check_lives, what_it_sent_from_elsewhere)
{
	static const enum occasion its[] = {OCCASION_REGISTER, OCCASION_CLIENT_PUBLISH, OCCASION_SUBSCRIBE};
	struct event *event = stage_say(NOW, "server core", "MESSAGE sip:a SIP/2.0\nCSeq: 1 MESSAGE\n", NULL);
	struct txn *txn = stage_other(OCCASION_OTHER, event, NULL);

	event->number = stage.txn->request->number; /* not a later REGISTER */
	for (size_t i = 0; i < sizeof(its) / sizeof(*its); i++) {
		txn->occasion = its[i];
		event->number = its[i] == OCCASION_CLIENT_PUBLISH ? 0 : event->number;
		stage_alive("server", QUIET);
		EXPECT_ALIVE;
		stage_alive("server", QUIET - 1);
		EXPECT_DEAD;
	}
	stage_alive("server", QUIET);
	txn->occasion = OCCASION_PUBLISH;
	EXPECT_DEAD;
}

Test(check_lives, what_is_noted)
{
	flow_add_note(stage.flow, QUIET - 1, FLOW_NOTE_CLIENT_ALIVE);
	EXPECT_DEAD;
	flow_add_note(stage.flow, QUIET, FLOW_NOTE_CLIENT_ALIVE);
	flow_add_note(stage.flow, QUIET, FLOW_NOTE_DELIVERED);
	EXPECT_ALIVE;
	stage.flow->notes[1].kind = FLOW_NOTE_DEPOSITED;
	EXPECT_DEAD;
}

Test(check_lives, what_an_unknown_host_sent)
{
	((struct event *)stage.txn->request)->path.src = (struct net_addr){0};
	EXPECT_DEAD;
}

/* --- in time --- */

#define END (FINAL + 60 * SECOND)

static void init_granted(void)
{
	init_registered();
	stage.txn->after = (struct state){.registered = TRI_YES, .registered_until = END};
	stage.flow->watched_until = END + stage.timers.quiet;
	stage_alive("client", END);
}

TestSuite(check_in_time, .init = init_granted, .fini = stage_done);

#define NO_REFRESH "no: no refresh before it ended, the client being alive"

Test(check_in_time, outlived)
{
	expect_word("outlived", "yes");
	stage.flow->watched_until--;
	expect_word("outlived", "no");
	stage.flow->watched_until++;
	stage_alive("client", END - 1);
	expect_word("outlived", "no");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("outlived", LOST);
	later(OCCASION_REGISTER, "REGISTER", END);
	stage_alive("client", 0);
	expect_word("outlived", "yes");
}

Test(check_in_time, outlived_what_was_granted)
{
	struct event *final = (struct event *)stage.txn->final;

	final->msg.status = 199;
	expect_word("outlived", "no");
	final->msg.status = 300;
	expect_word("outlived", "no");
	final->msg.status = 299;
	expect_word("outlived", "yes");
	stage.txn->after.registered = TRI_UNKNOWN;
	expect_word("outlived", "no");
	stage.txn->after = (struct state){.registered = TRI_YES};
	expect_word("outlived", "no");
	stage.txn->final = NULL;
	expect_word("outlived", "no");
}

/* Of a PUBLISH the answer tells how long. */
Test(check_in_time, outlived_a_publication)
{
	static const struct {
		const char *expires, *want;
	} rows[] = {{"Expires: 60\n", "yes"},
		    {"Expires: 61\n", "no"},
		    {"Expires: 0\n", "no"},
		    {"", "no"},
		    {"Expires: 4294967296\n", "no"},
		    {"Expires: 18446744073\n", "no"}}; /* more nanoseconds than can be counted */

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		stage_txn(OCCASION_CLIENT_PUBLISH, stage_request("PUBLISH", NOW, ""),
			  stage_response(200, FINAL, rows[i].expires));
		stage_alive("client", END);
		expect_word("outlived", rows[i].want);
	}
}

/* As long as Expires can say, 136 years, is a time, too. */
Test(check_in_time, outlived_the_longest_publication)
{
	uint64_t end = FINAL + UINT32_MAX * SECOND;

	stage_txn(OCCASION_CLIENT_PUBLISH, stage_request("PUBLISH", NOW, ""),
		  stage_response(200, FINAL, "Expires: 4294967295\n"));
	stage_alive("client", end);
	stage.flow->watched_until = end + stage.timers.quiet;
	expect_word("outlived", "yes");
	stage.flow->watched_until--;
	expect_word("outlived", "no");
}

Test(check_in_time, refreshed)
{
	struct txn *next;

	expect_word("refreshed_in_time", NO_REFRESH);
	cr_expect_eq(stage.why.event, stage.txn->final);
	next = later(OCCASION_REGISTER, "REGISTER", END);
	stage_alive("client", END);
	expect_word("refreshed_in_time", "yes");
	((struct event *)next->request)->time = END + 1;
	expect_word("refreshed_in_time", NO_REFRESH);
	stage_alive("client", END - 1);
	expect_word("refreshed_in_time", "unknown: nothing of the client after the time granted was over");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("refreshed_in_time", LOST);
}

/* That the core lives says nothing of the client behind it, nor what the core answers; what the client asks for does.
 */
Test(check_in_time, refreshed_as_seen_behind_the_core)
{
	struct txn *next;

	stage.txn->vias = 2;
	stage_alive("client", END);
	expect_word("refreshed_in_time", "unknown: nothing of the client after the time granted was over");
	expect_word("outlived", "no");
	next = later(OCCASION_SUBSCRIBE, "SUBSCRIBE", END);
	next->vias = 2;
	expect_word("refreshed_in_time", NO_REFRESH);
	((struct event *)next->request)->time = END - 1;
	expect_word("refreshed_in_time", "unknown: nothing of the client after the time granted was over");
}

/* Who has given up his registration owes no PUBLISH any more. */
Test(check_in_time, refreshed_or_taken_back)
{
	struct event *event = stage_request("PUBLISH", NOW, ""), *back;
	struct txn *next;

	stage_txn(OCCASION_CLIENT_PUBLISH, event, stage_response(200, FINAL, "Expires: 60\n"));
	later(OCCASION_REGISTER, "REGISTER", END - 1);
	next = later(OCCASION_REGISTER, "REGISTER", END);
	back = (struct event *)next->request;
	stage_alive("client", END);
	expect_word("refreshed_in_time", NO_REFRESH);
	next->after.registered = TRI_UNKNOWN;
	expect_word("refreshed_in_time", NO_REFRESH);
	next->after.registered = TRI_NO;
	expect_word("refreshed_in_time", "yes");
	next->occasion = OCCASION_THIRD_PARTY;
	expect_word("refreshed_in_time", "yes");
	next->occasion = OCCASION_OTHER;
	expect_word("refreshed_in_time", NO_REFRESH);
	next->occasion = OCCASION_REGISTER;
	back->time = END + 1;
	expect_word("refreshed_in_time", NO_REFRESH);
}

Test(check_in_time, registered_known)
{
	stage.txn->before.registered = TRI_YES;
	expect_word("registered_known", "yes");
	stage.txn->before.registered = TRI_NO;
	expect_word("registered_known", "yes");
	stage.txn->before.registered = TRI_UNKNOWN;
	expect_word("registered_known", "no");
}
