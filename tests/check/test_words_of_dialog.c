/* SPDX-License-Identifier: MIT
 *
 * The words of words_of_dialog.c: is a request inside a push's dialog one of it? */
#include "check/stage.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(check_of_dialog, .init = stage_init, .fini = stage_done);

#define NOW     (1000 * SECOND)
#define INVITE  "INVITE sip:alice@im.example SIP/2.0\nCall-ID: c\nCSeq: 7 INVITE\n"
#define OK      "SIP/2.0 200 OK\nCSeq: 7 INVITE\n"
#define RINGING "SIP/2.0 180 Ringing\nCSeq: 7 INVITE\n"
#define FROM    "From: <sip:im@im.example>;tag=s\n"
#define TO      "To: <sip:alice@im.example>"
#define LOST    "unknown: packets are missing from the capture"

static struct txn *push(const char *more)
{
	char head[512];

	snprintf(head, sizeof(head), INVITE "%s", more);
	return stage_txn(OCCASION_PUSH, stage_say(NOW, "server core", head, NULL), NULL);
}

static struct event *answered(struct txn *txn, const char *head)
{
	struct arena *arena = &stage.flow->arena;
	struct event *event = stage_say(NOW + MS, "core server", head, NULL);

	ARENA_GROW(arena, txn->answers, txn->answer_count, txn->answer_cap);
	txn->answers[txn->answer_count++] = event;
	if (event->msg.status >= 200)
		txn->final = event;
	return event;
}

/* A push with 180 and 200 of one client, and 183 and 200 of another one. */
static struct txn *forked(void)
{
	struct txn *txn = push(FROM TO "\n");

	answered(txn, "SIP/2.0 100 Trying\nCSeq: 7 INVITE\n" TO ";tag=proxy\n");
	answered(txn, "SIP/2.0 183 Progress\nCSeq: 7 INVITE\n" TO ";tag=b\n");
	answered(txn, "SIP/2.0 180 Ringing\nCSeq: 7 INVITE\n" TO ";tag=a\n");
	answered(txn, OK TO ";tag=a\n");
	answered(txn, OK TO ";tag=c\n");
	return txn;
}

/* What the server sends then; words look at it. */
static struct txn *inside(struct txn *push, const char *method, const char *ids)
{
	char head[512];
	struct txn *txn;

	snprintf(head, sizeof(head), "%s sip:alice@10.1.0.1 SIP/2.0\n%s", method, ids);
	txn = stage_txn(OCCASION_PUSH_REQUEST, stage_say(NOW + 9 * SECOND, "server core", head, NULL), NULL);
	txn->push = push;
	return txn;
}

static void final_of(struct txn *txn, unsigned status)
{
	char head[200];

	snprintf(head, sizeof(head), "SIP/2.0 %u Text\nCall-ID: x%zu\n", status, stage.flow->count);
	txn->final = stage_say(NOW + 9 * SECOND, "core server", head, NULL);
}

#define A FROM TO ";tag=a\nCall-ID: c\n"
#define B FROM TO ";tag=b\nCall-ID: c\n"

/* --- Call-ID, tags, CSeq --- */

Test(check_of_dialog, of_each_fork)
{
	struct txn *txn = forked();

	inside(txn, "PRACK", B "CSeq: 8 PRACK\n");
	expect_word("of_dialog", "yes");
	inside(txn, "PRACK", A "CSeq: 8 PRACK\n");
	expect_word("of_dialog", "yes");
	inside(txn, "BYE", A "CSeq: 9 BYE\n");
	expect_word("of_dialog", "yes");
	inside(txn, "BYE", FROM TO ";tag=C\nCall-ID: c\nCSeq: 8 BYE\n");
	expect_word("of_dialog", "yes");
}

Test(check_of_dialog, to_a_tag_of_nobody)
{
	struct txn *txn = forked();

	inside(txn, "BYE", FROM TO ";tag=d\nCall-ID: c\nCSeq: 8 BYE\n");
	expect_word("of_dialog", "no: To: <sip:alice@im.example>;tag=d, a tag that no answer to the INVITE had");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("of_dialog", LOST);
	stage.flow->gaps = FLOW_GAP_LOSSY; /* what the core sent is known */
	expect_word("of_dialog", "no: To: <sip:alice@im.example>;tag=d, a tag that no answer to the INVITE had");
	inside(txn, "BYE", FROM TO ";tag=proxy\nCall-ID: c\nCSeq: 8 BYE\n");
	expect_word("of_dialog", "no: To: <sip:alice@im.example>;tag=proxy, a tag that no answer to the INVITE had");
	inside(txn, "BYE", FROM TO "\nCall-ID: c\nCSeq: 8 BYE\n");
	expect_word("of_dialog", "no: To: <sip:alice@im.example>, a tag that no answer to the INVITE had");
	((struct event *)stage.event)->cut = true;
	expect_word("of_dialog", "unknown: the message was cut off in the capture");
}

Test(check_of_dialog, to_whom_was_not_seen)
{
	struct txn *txn = push(FROM TO "\n");

	inside(txn, "PRACK", A "CSeq: 8 PRACK\n");
	expect_word("of_dialog", "unknown: the answer that made the dialog was not seen");
	answered(txn, "SIP/2.0 180 Ringing\nCSeq: 7 INVITE\n" TO ";tag=b\n");
	expect_word("of_dialog", "no: To: <sip:alice@im.example>;tag=a, a tag that no answer to the INVITE had");
	inside(txn, "BYE", A "CSeq: 9 BYE\n");
	expect_word("of_dialog", "unknown: the answer that made the dialog was not seen");
}

Test(check_of_dialog, from_somebody_else)
{
	struct txn *txn = forked();

	inside(txn, "BYE", "From: <sip:im@im.example>;tag=t\n" TO ";tag=a\nCall-ID: c\nCSeq: 8 BYE\n");
	expect_word("of_dialog",
		    "no: From: <sip:im@im.example>;tag=t, the INVITE having had <sip:im@im.example>;tag=s");
}

Test(check_of_dialog, in_another_call)
{
	struct txn *txn = forked();

	inside(txn, "BYE", FROM TO ";tag=a\nCall-ID: d\nCSeq: 8 BYE\n");
	expect_word("of_dialog", "no: the tags of the dialog in another call, Call-ID: d");
}

Test(check_of_dialog, number_of_the_invite)
{
	struct txn *txn = forked();

	inside(txn, "BYE", A "CSeq: 7 BYE\n");
	expect_word("of_dialog", "no: CSeq: 7 BYE, after 7 INVITE");
	cr_expect_eq(stage.why.also, txn->request);
	inside(txn, "BYE", A "CSeq: 8 INVITE\n");
	expect_word("of_dialog", "no: CSeq: 8 INVITE");
	inside(txn, "BYE", A "CSeq: many BYE\n");
	expect_word("of_dialog", "no: CSeq: many BYE");
}

Test(check_of_dialog, number_of_another)
{
	struct txn *txn = forked(), *update = inside(txn, "UPDATE", A "CSeq: 9 UPDATE\n");

	inside(txn, "BYE", A "CSeq: 9 BYE\n");
	expect_word("of_dialog", "no: CSeq: 9 BYE, after 9 UPDATE");
	cr_expect_eq(stage.why.also, update->request);
	inside(txn, "BYE", A "CSeq: 8 BYE\n");
	expect_word("of_dialog", "unknown: a request with a higher CSeq may have overtaken it");
	inside(txn, "ACK", A "CSeq: 12 ACK\n");
	inside(txn, "BYE", A "CSeq: 10 BYE\n");
	expect_word("of_dialog", "yes");
}

/* RFC 3263 4.3 */
Test(check_of_dialog, number_of_the_same_that_failed)
{
	struct txn *txn = forked(), *first = inside(txn, "BYE", A "CSeq: 9 BYE\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\n");

	inside(txn, "BYE", A "CSeq: 9 BYE\nVia: SIP/2.0/UDP h;branch=z9hG4bK2\n");
	expect_word("of_dialog", "yes");
	final_of(first, 503);
	expect_word("of_dialog", "yes");
	final_of(first, 408);
	expect_word("of_dialog", "yes");
	final_of(first, 200);
	expect_word("of_dialog", "no: CSeq: 9 BYE, after 9 BYE");
	inside(txn, "UPDATE", A "CSeq: 9 UPDATE\n");
	expect_word("of_dialog", "no: CSeq: 9 UPDATE, after 9 BYE");
}

/* --- the way --- */

/* A BYE with these Routes, in the dialog that the answer made. */
static struct event *bye(const char *answer, const char *routes)
{
	struct txn *invite = push("From: <sip:im@im.example>\nTo: <sip:alice@im.example>\n");
	char text[512];

	if (answer)
		answered(invite, answer);
	snprintf(text, sizeof(text), "BYE sip:alice@10.1.0.1 SIP/2.0\nCSeq: 2 BYE\n%s", routes);
	stage_txn(OCCASION_PUSH_REQUEST, stage_say(2 * SECOND, "server core", text, NULL), NULL)->push = invite;
	return (struct event *)invite->final;
}

Test(check_of_dialog, recorded)
{
	struct event *maker = bye(OK "Record-Route: <sip:p;lr>\n", "");

	expect_word("recorded", "yes");
	maker->cut = true;
	expect_word("recorded", "no");
	maker->cut = false;
	maker->number = stage.event->number; /* not before it */
	expect_word("recorded", "no");
	maker->number = stage.event->number - 1;
	maker->msg.status = 199; /* an early one */
	expect_word("recorded", "yes");
	maker->msg.status = 100;
	expect_word("recorded", "no");
	maker->msg.status = 300;
	expect_word("recorded", "no");
	maker->msg.status = 299;
	expect_word("recorded", "yes");
	stage.txn->push = NULL;
	expect_word("recorded", "no");
}

Test(check_of_dialog, recorded_by_nobody)
{
	bye(OK, "");
	expect_word("recorded", "no");
	stage_done();
	stage_init();
	bye(NULL, "");
	expect_word("recorded", "no");
	expect_word("route_followed", "unknown: the answer that made the dialog was not seen before");
}

/* Farther on, the first proxy has taken its Route away. */
Test(check_of_dialog, recorded_at_another_hop)
{
	bye(OK "Record-Route: <sip:p;lr>\n", "");
	stage.txn->vias = 1;
	expect_word("recorded", "no");
	stage.txn->vias = 0;
	((struct event *)stage.txn->request)->path.src = stage_host("core");
	expect_word("recorded", "no");
}

/* The other way round, all of it, and nothing else. */
Test(check_of_dialog, route_followed)
{
	static const char recorded[] = OK "Record-Route: <sip:far;lr>, <sip:near;lr>\n";
	static const struct {
		const char *answer, *routes, *want;
	} rows[] = {
		{recorded, "Route: <sip:near;lr>\nRoute: <sip:far;lr>\n", "yes"},
		{recorded, "Route: Near <sip:NEAR;lr>;x\nRoute: <sip:far;lr>\n", "yes"},
		{recorded, "Route: <sip:near;lr>\n",
		 "no: Route: <sip:near;lr>, Record-Route having been <sip:far;lr>, <sip:near;lr>"},
		{recorded, "Route: <sip:far;lr>, <sip:near;lr>\n",
		 "no: Route: <sip:far;lr>, <sip:near;lr>, Record-Route having been <sip:far;lr>, <sip:near;lr>"},
		{recorded, "Route: <sip:near;lr>, <sip:other;lr>\n",
		 "no: Route: <sip:near;lr>, <sip:other;lr>, Record-Route having been <sip:far;lr>, <sip:near;lr>"},
		{recorded, "Route: <sip:near;lr>, <sip:far>\n",
		 "no: Route: <sip:near;lr>, <sip:far>, Record-Route having been <sip:far;lr>, <sip:near;lr>"},
		{recorded, "", "no: Route: absent, Record-Route having been <sip:far;lr>, <sip:near;lr>"},
		{OK, "", "yes"},
		{OK, "Route: <sip:near;lr>\n", "no: Route: <sip:near;lr>, Record-Route having been absent"},
		{OK "Record-Route: <sip:far>, <sip:near;lr>\n", "Route: <sip:near;lr>, <sip:far>\n", "yes"},
		{OK "Record-Route: <sip:far;lr>, <sip:near>\n", "Route: <sip:near>, <sip:far;lr>\n",
		 "unknown: the first proxy of the dialog is a strict router"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (i) {
			stage_done();
			stage_init();
		}
		bye(rows[i].answer, rows[i].routes);
		expect_word("route_followed", rows[i].want);
	}
}

/* In an early dialog: what any of its provisional answers says; then what the 2xx says. */
Test(check_of_dialog, route_of_an_early_dialog)
{
	static const char route[] = "CSeq: 2 PRACK\nRoute: <sip:one;lr>\n";
	struct txn *invite;
	struct event *second, *ok;

	bye(RINGING "Record-Route: <sip:one;lr>\n", route);
	invite = (struct txn *)stage.txn->push;
	expect_word("route_followed", "yes");
	second = answered(invite, RINGING "Record-Route: <sip:two;lr>\n");
	((struct event *)invite->answers[0])->number = second->number; /* not before it */
	expect_word("route_followed", "unknown: the answer that made the dialog was not seen before");
	second->number = 0;
	expect_word("route_followed", "no: Route: <sip:one;lr>, Record-Route having been <sip:two;lr>");
	((struct event *)invite->answers[0])->number = 0;
	expect_word("route_followed", "yes");
	ok = answered(invite, OK "Record-Route: <sip:two;lr>\n");
	expect_word("route_followed", "yes");
	ok->number = 0;
	expect_word("route_followed", "no: Route: <sip:one;lr>, Record-Route having been <sip:two;lr>");
}

Test(check_of_dialog, route_that_is_cut)
{
	struct event *maker = bye(OK "Record-Route: <sip:near;lr>\n", "");

	((struct event *)stage.event)->cut = true;
	expect_word("route_followed", "unknown: the message was cut off in the capture");
	cr_expect_eq(stage.why.also, maker);
}

/* Thirty-two proxies are looked at, and it is no fault of theirs that there are more. */
Test(check_of_dialog, route_of_many)
{
	char record[1024] = OK "Record-Route: <sip:x;lr>", route[1024] = "Route: <sip:x;lr>";

	for (int i = 0; i < 40; i++) {
		strcat(record, ", <sip:x;lr>");
		strcat(route, ", <sip:x;lr>");
	}
	bye(strcat(record, "\n"), strcat(route, "\n"));
	expect_word("route_followed", "yes");
}
