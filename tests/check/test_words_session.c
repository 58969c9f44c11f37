/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define START (1000 * SECOND)
#define TO_ALICE(method, cseq)                                                                                         \
	method " sip:alice@im.example SIP/2.0\nFrom: <sip:im@im.example>;tag=f\nCSeq: " cseq " " method                \
	       "\nCall-ID: " method cseq "\n"
#define CLIENTS_BYE "BYE sip:im@im.example SIP/2.0\nFrom: <sip:alice@im.example>;tag=u\nCSeq: 3 BYE\nCall-ID: BYE3\n"

TestSuite(check_session, .init = stage_init, .fini = stage_done);

/* A push whose INVITE and 2xx say that; the session starts at START. */
static void session_of(const char *offered, const char *status, const char *expires)
{
	static unsigned cseq;
	char head[256];

	snprintf(head, sizeof(head), TO_ALICE("INVITE", "1") "%s", offered);
	stage_txn(OCCASION_PUSH, stage_say(START - SECOND, "server core", head, NULL), NULL);
	snprintf(head, sizeof(head), "SIP/2.0 %s\nCSeq: %u INVITE\n%s", status, ++cseq, expires);
	stage.txn->final = stage_say(START, "core server", head, NULL);
	stage_alive("server", START);
	stage.flow->watched_until = START;
}

static void session(const char *status, const char *expires)
{
	session_of("Supported: 100rel, timer\n", status, expires);
}

static const struct event *at(uint64_t time, const char *way, const char *head)
{
	const struct event *event = stage_say(time, way, head, NULL);

	stage_alive("server", START);
	stage.flow->watched_until = START;
	return event;
}

#define BYE         TO_ALICE("BYE", "2")
#define UPDATE      TO_ALICE("UPDATE", "2")
#define SERVERS(s)  "Session-Expires: " s ";refresher=uac\n"
#define CLIENTS(s)  "Session-Expires: " s ";refresher=uas\n"
#define END(s)      (START + (s)*SECOND)  /* of the interval */
#define LAST(s)     (END(s) + 4 * SECOND) /* by which a BYE has to be there */
#define NOT_WATCHED "unknown"

Test(check_session, due_to_whom)
{
	session("200 OK", SERVERS("90"));
	stage.flow->watched_until = LAST(90);
	expect_word("session_due server", "yes");
	expect_word("session_due client", "no");
	session("200 OK", CLIENTS("90"));
	stage.flow->watched_until = LAST(90);
	expect_word("session_due server", "no");
	expect_word("session_due client", "yes");
}

Test(check_session, due_to_who_knows_the_timer)
{
	session_of("Require: timer\n", "200 OK", CLIENTS("90"));
	stage.flow->watched_until = LAST(90);
	expect_word("session_due client", "yes");
	session_of("Session-Expires: 1800;refresher=uac\n", "200 OK", CLIENTS("90"));
	stage.flow->watched_until = LAST(90);
	expect_word("session_due client", "yes");
	session_of("Supported: 100rel\n", "200 OK", CLIENTS("90"));
	stage.flow->watched_until = LAST(90);
	expect_word("session_due client", "no");
	session_of("", "200 OK", SERVERS("90"));
	stage.flow->watched_until = LAST(90);
	expect_word("session_due server", "no");
}

/* None runs: refused, no timer, a time that is none, nobody to refresh. */
static void expect_none(void)
{
	stage.flow->watched_until = UINT64_MAX;
	stage_alive("server", UINT64_MAX);
	expect_word("session_due server", "no");
	expect_word("session_due client", "no");
	expect_word("session_kept", "unknown");
}

Test(check_session, none_runs)
{
	session("200 OK", "");
	expect_none();
	session("302 Moved Temporarily", SERVERS("90"));
	expect_none();
	session("200 OK", SERVERS("x"));
	expect_none();
	session("200 OK", SERVERS("89"));
	expect_none();
	session("200 OK", SERVERS("4294967296"));
	expect_none();
	session("200 OK", "Session-Expires: 90\n");
	expect_none();
	session("200 OK", "Session-Expires: 90;refresher=me\n");
	expect_none();
	stage.txn->final = NULL;
	expect_none();
}

Test(check_session, longest_that_runs)
{
	session("200 OK", SERVERS("4294967295"));
	stage.flow->watched_until = UINT64_MAX;
	expect_word("session_due server", "yes");
}

Test(check_session, due_where_it_was_watched)
{
	session("200 OK", SERVERS("90"));
	stage.flow->watched_until = LAST(90) - 1;
	expect_word("session_due server", NOT_WATCHED);
	stage.flow->watched_until = LAST(90);
	expect_word("session_due server", "yes");
	session("200 OK", CLIENTS("90"));
	stage.flow->watched_until = LAST(90) - 1;
	expect_word("session_due client", NOT_WATCHED);
	stage.flow->watched_until = LAST(90);
	expect_word("session_due client", "yes");
}

Test(check_session, due_of_the_server_until_an_end)
{
	session("200 OK", SERVERS("90"));
	stage.txn->end = at(END(90) - 1, "core server", BYE);
	stage.flow->watched_until = LAST(90);
	expect_word("session_due server", "no");
	session("200 OK", SERVERS("90"));
	stage.txn->end = at(END(90), "core server", BYE);
	expect_word("session_due server", NOT_WATCHED);
	stage.flow->watched_until = LAST(90);
	expect_word("session_due server", "yes");
}

Test(check_session, due_of_the_server_that_refreshed)
{
	session("200 OK", SERVERS("90"));
	stage.txn->refresh = at(START + SECOND, "server core", UPDATE);
	expect_word("session_due server", "yes");
	stage.txn->end = at(START + 2 * SECOND, "server core", BYE);
	expect_word("session_due server", "yes");
}

/* Before half of the interval nothing is due of the client, and after it an end of either side is the server's to make.
 */
Test(check_session, due_of_the_client_until_an_end)
{
	session("200 OK", CLIENTS("90"));
	stage.txn->end = at(START + 45 * SECOND - 1, "server core", BYE);
	stage.flow->watched_until = LAST(90);
	expect_word("session_due client", "no");
	session("200 OK", CLIENTS("90"));
	stage.txn->end = at(START + 45 * SECOND, "server core", BYE);
	expect_word("session_due client", "yes");
	stage.txn->refresh = at(START + SECOND, "core server", UPDATE);
	expect_word("session_due client", "no");
}

/* What the client ends before the server has to shows nothing of the server. */
Test(check_session, not_due_where_the_client_ends_it)
{
	session("200 OK", CLIENTS("90"));
	stage.txn->end = at(END(90) - 1, "core server", CLIENTS_BYE);
	stage.flow->watched_until = LAST(90);
	expect_word("session_due client", "no");
	session("200 OK", CLIENTS("90"));
	stage.txn->end = at(END(90), "core server", CLIENTS_BYE);
	expect_word("session_due client", "yes");
	session("200 OK", CLIENTS("90"));
	stage.txn->end = at(END(90) - 1, "server core tcp", BYE); /* by whatever connection */
	expect_word("session_due client", "yes");
}

#define REFRESHED "SIP/2.0 200 OK\nCall-ID: INVITE1\nCSeq: 1 "
#define LOST      "unknown: a refresh, or the BYE, is missing from the evidence"

/* The answer to a refresh whose request was not seen. */
Test(check_session, not_decided_where_a_refresh_is_lost)
{
	session("200 OK", CLIENTS("90"));
	stage_orphan(START - 1, "server core", REFRESHED "UPDATE\n"); /* later in the order of the flow */
	stage.flow->watched_until = LAST(90);
	expect_word("session_due client", LOST);
	session("200 OK", CLIENTS("90"));
	expect_word("session_due client", NOT_WATCHED);
	stage_orphan(START + SECOND, "server core", "SIP/2.0 200 OK\nCall-ID: other\nCSeq: 1 UPDATE\n");
	stage_orphan(START + SECOND, "server core", REFRESHED "OPTIONS\n");
	expect_word("session_due client", NOT_WATCHED);
	stage_orphan(START + SECOND, "server core", REFRESHED "INVITE\n");
	expect_word("session_due client", LOST);
	stage.txn->refresh = at(START + SECOND, "core server", UPDATE);
	expect_word("session_due client", "no");
}

Test(check_session, not_decided_where_the_bye_is_lost)
{
	session("200 OK", CLIENTS("90"));
	stage_orphan(START + SECOND, "client server", REFRESHED "BYE\n");
	stage.flow->watched_until = LAST(90);
	expect_word("session_due client", LOST);
}

/* --- a server that gives up waiting for a refresh that it owes itself --- */

#define GAVE_UP "no: a BYE, as of who waits for a refresh, where the server had to refresh"

/* Is a BYE at that time one of who waits? Then it is due although it came too early for anything else. */
static void expect_gave_up(uint64_t time, const char *interval, bool yes)
{
	session("200 OK", interval);
	stage.txn->end = at(time, "server core", BYE);
	expect_word("session_due server", yes ? "yes" : "no");
	expect_word("session_kept",
		    yes ? GAVE_UP : "unknown: no sign of life of the server after the session's interval");
	stage.txn->end = at(time, "core server", CLIENTS_BYE);
	expect_word("session_due server", "no");
}

Test(check_session, given_up_a_third_before_the_end)
{
	expect_gave_up(START + 58 * SECOND - 1, SERVERS("90"), false);
	expect_gave_up(START + 58 * SECOND, SERVERS("90"), true);
	expect_gave_up(START + 62 * SECOND, SERVERS("90"), true);
	expect_gave_up(START + 62 * SECOND + 1, SERVERS("90"), false);
}

Test(check_session, given_up_32_s_before_the_end)
{
	expect_gave_up(START + 266 * SECOND - 1, SERVERS("300"), false);
	expect_gave_up(START + 266 * SECOND, SERVERS("300"), true);
	expect_gave_up(START + 270 * SECOND, SERVERS("300"), true);
	expect_gave_up(START + 270 * SECOND + 1, SERVERS("300"), false);
}

/* --- kept --- */

Test(check_session, kept_by_a_refresh)
{
	session("200 OK", SERVERS("90"));
	stage.txn->refresh = at(END(90), "server core", UPDATE);
	expect_word("session_kept", "yes");
	session("200 OK", SERVERS("90"));
	stage.txn->refresh = at(END(90) + 1, "server core", TO_ALICE("UPDATE", "3"));
	expect_word("session_kept", "no: a refresh only after the session's interval of 90 s");
	cr_expect_eq(stage.why.event, stage.txn->refresh);
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("session_kept", "unknown: packets are missing from the capture");
}

/* --- a session that was refreshed, and then was not --- */

#define AGAIN(method, from, cseq)                                                                                      \
	method " sip:a@im.example SIP/2.0\nFrom: <sip:" from "\nTo: <sip:x@im.example>;tag=o\nCSeq: " cseq " " method  \
	       "\nCall-ID: INVITE1\n"
#define DONE(method, cseq, expires) "SIP/2.0 200 OK\nCSeq: " cseq " " method "\nCall-ID: INVITE1\n" expires
#define LATER                       "no: refreshed, then neither refresh nor BYE within the 90 s of a later Session-Expires"

/* By the server, or the client, half an interval on. */
static void refreshed(bool server, uint64_t time, const char *head, const char *answer)
{
	const char *way = server ? "server core" : "core server", *back = server ? "core server" : "server core";
	struct event *request = stage_say(time, way, head, NULL);

	if (!stage.txn->refresh)
		stage.txn->refresh = request;
	stage_other(OCCASION_OTHER, request, stage_say(time + SECOND, back, answer, NULL));
}

static void watched(uint64_t until)
{
	stage.flow->watched_until = until;
	stage_alive("server", until);
}

Test(check_session, neglected_after_a_refresh)
{
	session("200 OK", SERVERS("90"));
	refreshed(true, START + 45 * SECOND, AGAIN("UPDATE", "im@im.example>;tag=f", "2"),
		  DONE("UPDATE", "2", SERVERS("90")));
	watched(LAST(45 + 1 + 90) - 1);
	expect_word("session_kept", "yes");
	watched(LAST(45 + 1 + 90));
	expect_word("session_due server", "yes");
	expect_word("session_kept", LATER);
	stage.txn->end = stage_say(LAST(45 + 1 + 90), "server core", BYE, NULL);
	expect_word("session_kept", "yes");
	stage.txn->end = stage_say(LAST(45 + 1 + 90) + 1, "server core", TO_ALICE("BYE", "9"), NULL);
	expect_word("session_kept", LATER);
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("session_kept", "yes");
	stage.flow->gaps = FLOW_GAP_CLOCK; /* nobody knows how long the later interval was */
	expect_word("session_kept", "yes");
}

Test(check_session, refreshed_too_late_after_a_refresh)
{
	session("200 OK", CLIENTS("90"));
	refreshed(false, START + 45 * SECOND, AGAIN("UPDATE", "alice@im.example>;tag=u", "7"),
		  DONE("UPDATE", "7", SERVERS("90")));
	refreshed(false, LAST(45 + 1 + 90), AGAIN("INVITE", "alice@im.example>;tag=u", "8"),
		  DONE("INVITE", "8", SERVERS("90")));
	watched(LAST(300));
	stage.txn->end = stage_say(LAST(45 + 1 + 90) + 60 * SECOND, "server core", BYE, NULL);
	expect_word("session_due client", "no");
	refreshed(false, LAST(45 + 1 + 90) + 100 * SECOND, AGAIN("INVITE", "alice@im.example>;tag=u", "9"),
		  DONE("INVITE", "9", SERVERS("90")));
	expect_word("session_due client", "no");
	stage.txn->end = NULL;
	expect_word("session_due client", "yes");
	expect_word("session_kept", LATER);
}

/* The first refresh itself: that there is no later interval is not held against anyone. */
Test(check_session, refreshed_too_late_at_first)
{
	session("200 OK", SERVERS("90"));
	refreshed(true, LAST(90) + 1, AGAIN("UPDATE", "im@im.example>;tag=f", "2"), DONE("UPDATE", "2", SERVERS("90")));
	watched(LAST(300));
	expect_word("session_kept", "no: a refresh only after the session's interval of 90 s");
}

/* No timer after it, an answer that was not seen, another dialog, a new one. */
Test(check_session, not_neglected_after_a_refresh)
{
	session("200 OK", SERVERS("90"));
	refreshed(true, START + 45 * SECOND, AGAIN("UPDATE", "im@im.example>;tag=f", "2"), DONE("UPDATE", "2", ""));
	watched(LAST(300));
	expect_word("session_kept", "yes");
	session("200 OK", SERVERS("90"));
	stage.txn->refresh =
		stage_say(START + 45 * SECOND, "server core", AGAIN("UPDATE", "im@im.example>;tag=f", "3"), NULL);
	stage_other(OCCASION_OTHER, (struct event *)stage.txn->refresh, NULL);
	watched(LAST(300));
	expect_word("session_kept", "yes");
}

Test(check_session, kept_by_nothing)
{
	static const char neither[] = "no: neither refresh nor BYE within the 90 s of Session-Expires",
			  silent[] = "unknown: no sign of life of the server after the session's interval";
	static const char *const both[] = {SERVERS("90"), CLIENTS("90")};

	for (unsigned i = 0; i < 2; i++) {
		session("200 OK", both[i]);
		stage_alive("server", LAST(90));
		expect_word("session_kept", neither);
		cr_expect_eq(stage.why.event, stage.txn->final);
		stage_alive("server", LAST(90) - 1);
		expect_word("session_kept", silent);
		stage.flow->gaps = FLOW_GAP_LOST;
		expect_word("session_kept", "unknown: packets are missing from the capture");
		stage.flow->gaps = 0;
	}
}

/* What the client owes and does not do, the server answers with a BYE. */
Test(check_session, kept_by_the_servers_end)
{
	session("200 OK", CLIENTS("90"));
	stage.txn->end = at(LAST(90), "server core", BYE);
	expect_word("session_kept", "yes");
	stage.txn->end = at(LAST(90) + 1, "server core", TO_ALICE("BYE", "3"));
	stage_alive("server", LAST(90) + 1);
	expect_word("session_kept", "no: neither refresh nor BYE within the 90 s of Session-Expires");
}

/* A refresh by the client is none of the server's, nor is an end a refresh. */
Test(check_session, kept_by_the_wrong_thing)
{
	session("200 OK", CLIENTS("90"));
	stage.txn->refresh = at(END(90), "core server", UPDATE);
	stage_alive("server", LAST(90));
	expect_word("session_kept", "no: neither refresh nor BYE within the 90 s of Session-Expires");
	session("200 OK", SERVERS("90"));
	stage.txn->end = at(END(90), "server core", BYE);
	stage_alive("server", LAST(90));
	expect_word("session_kept", "no: neither refresh nor BYE within the 90 s of Session-Expires");
}

Test(check_session, arguments)
{
	expect_word(
		"session_due core",
		"session_due: argument 1 is not one of its choices, expected of a push: the session timer runs, its "
		"refresher is: server client");
}
