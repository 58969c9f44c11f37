/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(check_isc, .init = stage_init, .fini = stage_done);

#define INVITE "INVITE sip:alice@im.example SIP/2.0\n"

static struct txn *push(const char *head)
{
	return stage_txn(OCCASION_PUSH, stage_say(SECOND, "server core", head, NULL), NULL);
}

Test(check_isc, icid)
{
	struct txn *txn = push(INVITE "Call-ID: 1\n");

	expect_word("icid", "no: no P-Charging-Vector header");
	((struct event *)txn->request)->cut = true;
	expect_word("icid", "unknown: the message was cut off in the capture");
	push(INVITE "Call-ID: 2\nP-Charging-Vector: icid-value=7\n");
	expect_word("icid", "yes");
	push(INVITE "Call-ID: 3\nP-Charging-Vector: icid-value=\"\"\n");
	expect_word("icid", "no: P-Charging-Vector: icid-value=\"\"");
	push(INVITE "Call-ID: 4\nP-Charging-Vector: orig-ioi=home\n");
	expect_word("icid", "no: P-Charging-Vector: orig-ioi=home");
}

Test(check_isc, icid_new)
{
	struct txn *first = push(INVITE "Call-ID: 1\nP-Charging-Vector: icid-value=7\n");

	expect_word("icid_new", "yes");
	push(INVITE "Call-ID: 2\nP-Charging-Vector: icid-value=\"7\"\n");
	expect_word("icid_new", "no: the icid-value 7 of another push");
	cr_expect_eq(stage.why.also, first->request);
	first->occasion = OCCASION_PUBLISH;
	expect_word("icid_new", "yes");
	push(INVITE "Call-ID: 3\nP-Charging-Vector: icid-value=8\n");
	expect_word("icid_new", "yes");
	push(INVITE "Call-ID: 2\nCSeq: 2 INVITE\nP-Charging-Vector: icid-value=7\n"); /* the same call once more */
	expect_word("icid_new", "yes");
}

/* The answer gives back what was asked, and says whose it is. */
Test(check_isc, charged_back)
{
	static const struct {
		const char *asked, *given, *want;
	} rows[] = {
		{"icid-value=7;orig-ioi=home", "icid-value=7;orig-ioi=home;term-ioi=here", "yes"},
		{"icid-value=7;orig-ioi=home", "icid-value=7;term-ioi=here;orig-ioi=\"home\"", "yes"},
		{"icid-value=7;orig-ioi=home", "icid-value=7;orig-ioi=away;term-ioi=here",
		 "no: P-Charging-Vector: icid-value=7;orig-ioi=away;term-ioi=here"},
		{"icid-value=7;orig-ioi=home", "icid-value=7;term-ioi=here",
		 "no: P-Charging-Vector: icid-value=7;term-ioi=here"},
		{"icid-value=7", "icid-value=7;orig-ioi=new;term-ioi=here", "yes"},
		{"icid-value=7", "icid-value=7", "no: P-Charging-Vector: icid-value=7"},
		{"icid-value=7", "term-ioi=here", "no: P-Charging-Vector: term-ioi=here"},
	};
	char text[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(text, sizeof(text),
			 "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: %zu PUBLISH\n"
			 "P-Charging-Vector: %s\n",
			 i + 1, rows[i].asked);
		stage_txn(OCCASION_PUBLISH, stage_say(SECOND, "core server", text, NULL), NULL);
		snprintf(text, sizeof(text), "SIP/2.0 200 OK\nCSeq: %zu PUBLISH\nP-Charging-Vector: %s\n", i + 1,
			 rows[i].given);
		stage.event = stage_say(SECOND, "server core", text, NULL);
		expect_word("charged_back", rows[i].want);
	}
}

Test(check_isc, names_uri)
{
	struct txn *txn = push(INVITE "P-Asserted-Identity: <sip:bob@im.example>, <sip:alice@im.example>\n");

	expect_word("names_uri P-Asserted-Identity", "yes");
	expect_word("names_uri P-Preferred-Identity", "no: P-Preferred-Identity: absent");
	((struct event *)txn->request)->cut = true;
	expect_word("names_uri P-Preferred-Identity", "unknown: the message was cut off in the capture");
	push(INVITE "CSeq: 2 INVITE\nP-Asserted-Identity: <sip:bob@im.example>, <sip:alice@im.example\n");
	expect_word("names_uri P-Asserted-Identity",
		    "no: P-Asserted-Identity: <sip:bob@im.example>, <sip:alice@im.example");
}

/* --- the way inside a dialog --- */

#define OK "SIP/2.0 200 OK\nCSeq: 1 INVITE\n"

/* A BYE with these Routes, in the dialog that the answer made. */
static struct event *bye(const char *answer, const char *routes)
{
	struct txn *invite = push(INVITE "CSeq: 1 INVITE\n");
	char text[512];

	invite->final = answer ? stage_say(SECOND, "core server", answer, NULL) : NULL;
	snprintf(text, sizeof(text), "BYE sip:alice@10.1.0.1 SIP/2.0\nCSeq: 2 BYE\n%s", routes);
	stage_txn(OCCASION_PUSH_REQUEST, stage_say(2 * SECOND, "server core", text, NULL), NULL)->push = invite;
	return (struct event *)invite->final;
}

Test(check_isc, recorded)
{
	struct event *maker = bye(OK "Record-Route: <sip:p;lr>\n", "");

	expect_word("recorded", "yes");
	maker->cut = true;
	expect_word("recorded", "no");
	maker->cut = false;
	maker->number = stage.event->number; /* not before it */
	expect_word("recorded", "no");
	maker->number = stage.event->number - 1;
	maker->msg.status = 199;
	expect_word("recorded", "no");
	maker->msg.status = 300;
	expect_word("recorded", "no");
	maker->msg.status = 299;
	expect_word("recorded", "yes");
	stage.txn->push = NULL;
	expect_word("recorded", "no");
}

Test(check_isc, recorded_by_nobody)
{
	bye(OK, "");
	expect_word("recorded", "no");
	stage_done();
	stage_init();
	bye(NULL, "");
	expect_word("recorded", "no");
	expect_word("route_followed", "unknown: the 2xx that made the dialog was not seen before");
}

/* The other way round, all of it, and nothing else. */
Test(check_isc, route_followed)
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

Test(check_isc, route_that_is_cut)
{
	struct event *maker = bye(OK "Record-Route: <sip:near;lr>\n", "");

	((struct event *)stage.event)->cut = true;
	expect_word("route_followed", "unknown: the message was cut off in the capture");
	cr_expect_eq(stage.why.also, maker);
}

/* Thirty-two proxies are looked at, and it is no fault of theirs that there are more. */
Test(check_isc, route_of_many)
{
	char record[1024] = OK "Record-Route: <sip:x;lr>", route[1024] = "Route: <sip:x;lr>";

	for (int i = 0; i < 40; i++) {
		strcat(record, ", <sip:x;lr>");
		strcat(route, ", <sip:x;lr>");
	}
	bye(strcat(record, "\n"), strcat(route, "\n"));
	expect_word("route_followed", "yes");
}
