/* SPDX-License-Identifier: MIT
 *
 * The words of words_originator.c. */
#include "check/stage.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(check_originator, .init = stage_init, .fini = stage_done);

#define PUBLISH "PUBLISH sip:alice@im.example SIP/2.0\n"
#define NOW     (1000 * SECOND)

static struct event *publish(const char *more, const char *body)
{
	char head[1024];
	struct event *event;

	snprintf(head, sizeof(head), PUBLISH "CSeq: %zu PUBLISH\n%s", stage.flow->count + 1, more);
	event = stage_say(NOW, "core server", head, body);
	stage_txn(OCCASION_PUBLISH, event, NULL);
	return event;
}

static struct event *answer(const char *status)
{
	char head[128];

	snprintf(head, sizeof(head), "SIP/2.0 %s\nCSeq: %zu PUBLISH\n", status, stage.flow->count);
	stage.txn->final = stage_say(NOW + MS, "server core", head, NULL);
	return (struct event *)(stage.event = stage.txn->final);
}

Test(check_originator, originator_is_the_user)
{
	publish("P-Asserted-Identity: <sip:alice@im.example;x=1>\n", NULL);
	stage.flow->identity_count = 0; /* the Request-URI alone says who it is */
	expect_word("originator_wrong", "no");
	stage.flow->identity_count = 2; /* a number that is known as his, which the Request-URI does not show */
	publish("P-Asserted-Identity: <tel:+4420555>\n", NULL);
	expect_word("originator_wrong", "no");
	publish("P-Asserted-Identity: <sip:bob@im.example>, <sip:alice@im.example>\n", NULL);
	expect_word("originator_wrong", "no");
	answer("403 Forbidden");
	expect_word("originator_wrong", "no");
}

Test(check_originator, originator_is_another)
{
	publish("P-Asserted-Identity: <sip:bob@im.example>\n", NULL);
	expect_word("originator_wrong", "yes");
	publish("P-Asserted-Identity: <sip:alice@im.example\n", NULL); /* unreadable */
	expect_word("originator_wrong", "yes");
	publish("P-Asserted-Identity: <tel:+4420999>\n", NULL); /* the user's numbers are all known here */
	stage.txn->before.registered_here = true;
	expect_word("originator_wrong", "yes");
	publish("P-Asserted-Identity: <sip:bob@im.example>, <tel:+4420999>\n",
		NULL); /* the number is that of the other */
	expect_word("originator_wrong", "yes");
}

/* A number may be the user's, for all that was seen: then it counts how the server takes it. */
Test(check_originator, originator_may_be_an_alias)
{
	static const char unseen[] =
		"unknown: whether the asserted identity is the user of the Request-URI was not seen";

	publish("P-Asserted-Identity: <tel:+4420999>\n", NULL);
	expect_word("originator_wrong", "no");
	answer("299 Fine");
	expect_word("originator_wrong", "no");
	answer("300 Multiple Choices");
	expect_word("originator_wrong", unseen);
	answer("403 Forbidden");
	expect_word("originator_wrong", unseen);
	answer("404 Not Found");
	expect_word("originator_wrong", unseen);
}

/* Whose the number of the Request-URI is, nothing here tells. */
Test(check_originator, originator_publishes_for_a_number_that_may_be_his)
{
	struct event *event = publish("P-Asserted-Identity: <sip:eve@im.example>\n", NULL);

	event->msg.uri = slice_of("tel:+4420999");
	answer("200 OK");
	expect_word("originator_wrong", "no");
	answer("403 Forbidden");
	expect_word("originator_wrong",
		    "unknown: whether the asserted identity is the user of the Request-URI was not seen");
}

/* Of an address that the user is not known by the Request-URI may be all the same. */
Test(check_originator, originator_publishes_for_an_address_that_may_be_his)
{
	static const char unseen[] =
		"unknown: whether the asserted identity is the user of the Request-URI was not seen";
	static const struct {
		const char *uri, *taken, *refused;
	} rows[] = {
		{"tel:+4420555", "no", "no"},
		{"tel:+4420999", "no", unseen},
		{"sip:other@im.example", unseen, unseen},
	};
	struct event *event;

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		event = publish("P-Asserted-Identity: <sip:alice@im.example>\n", NULL);
		event->msg.uri = slice_of(rows[i].uri);
		answer("200 OK");
		expect_word("originator_wrong", rows[i].taken);
		event->memory.originator = 0;
		answer("403 Forbidden");
		expect_word("originator_wrong", rows[i].refused);
	}
}

#define TAGGED "Accept-Contact: *;+g.oma.sip-im\n"

Test(check_originator, originator_is_not_shown)
{
	publish(TAGGED, NULL);
	expect_word("originator_wrong", "no");
	answer("200 OK");
	expect_word("originator_wrong", "no");
	answer("404 Not Found");
	expect_word("originator_wrong", "no");
	answer("403 Forbidden");
	expect_word("originator_wrong", "unknown: no identities are asserted here");
}

/* Step 1 has the same answer, and comes first. */
Test(check_originator, originator_is_not_shown_and_the_tag_is_absent)
{
	publish("Accept-Contact: *;+g.oma.sip-im.large-message\n", NULL);
	answer("403 Forbidden");
	expect_word("originator_wrong", "no");
	publish("", NULL)->cut = true;
	answer("403 Forbidden");
	expect_word("originator_wrong", "unknown: no identities are asserted here");
}

#define OTHER(n, more) "MESSAGE sip:alice@im.example SIP/2.0\nCSeq: " n " MESSAGE\n" more

/* Who shows no identity on a hop where others do was not authenticated. */
Test(check_originator, originator_is_not_shown_where_others_are)
{
	stage_say(NOW - SECOND, "core server", OTHER("50", ""), NULL);
	stage_say(NOW - SECOND, "client server", OTHER("51", "P-Asserted-Identity: <sip:bob@im.example>\n"), NULL);
	stage_say(NOW - SECOND, "core client", OTHER("52", "P-Asserted-Identity: <sip:bob@im.example>\n"), NULL);
	stage_say(NOW - SECOND, "core server", "SIP/2.0 200 OK\nP-Asserted-Identity: <sip:bob@im.example>\n", NULL);
	publish("", NULL);
	expect_word("originator_wrong", "no");
	stage_say(NOW + SECOND, "core server", OTHER("53", "P-Asserted-Identity: <sip:bob@im.example>\n"), NULL);
	publish("", NULL);
	expect_word("originator_wrong", "yes");
}

Test(check_originator, originator_is_not_shown_where_others_were)
{
	struct event *event = publish("", NULL);

	state_add_asserting(&stage.flow->begin, state_hop(&event->path));
	expect_word("originator_wrong", "yes");
}

/* A server that is the registrar knows its users by their registrations. */
static void publish_registered(const char *from)
{
	publish(from, NULL);
	stage.txn->before.registered = TRI_YES;
	stage.txn->before.registered_here = true;
	stage.txn->before.registrar = stage_host("server");
	stage.txn->before.registered_as = SLICE("sip:alice@im.example");
	answer("403 Forbidden");
	flow_peer(stage.flow, &stage.txn->request->path.dst)->server = true;
}

#define FROM_ALICE   TAGGED "From: <sip:alice@im.example>;tag=1\n"
#define NOT_ASSERTED "unknown: no identities are asserted here"

Test(check_originator, originator_is_registered_here)
{
	publish_registered(FROM_ALICE);
	expect_word("originator_wrong", "no");
	publish_registered(TAGGED "From: <sip:bob@im.example>;tag=1\n");
	expect_word("originator_wrong", NOT_ASSERTED);
	publish_registered(FROM_ALICE "P-Preferred-Identity: Al <sip:alice@im.example>\n");
	expect_word("originator_wrong", "no");
	publish_registered(FROM_ALICE "P-Preferred-Identity: <sip:alice@im.example>, <sip:bob@im.example>\n");
	expect_word("originator_wrong", NOT_ASSERTED);
	publish_registered(FROM_ALICE);
	stage.txn->before.registered_as = SLICE("sip:bob@im.example");
	expect_word("originator_wrong", NOT_ASSERTED);
	publish_registered(FROM_ALICE);
	stage.txn->before.registrar = stage_host("core");
	expect_word("originator_wrong", NOT_ASSERTED);
	publish_registered(FROM_ALICE);
	stage.txn->before.registered_here = false;
	expect_word("originator_wrong", NOT_ASSERTED);
	publish_registered(FROM_ALICE);
	stage.txn->before.registered = TRI_NO;
	expect_word("originator_wrong", NOT_ASSERTED);
}

/* A core that is the registrar may refuse for reasons of its own; what pushes is the server. */
Test(check_originator, originator_is_registered_at_what_may_be_a_core)
{
	publish_registered(FROM_ALICE);
	flow_peer(stage.flow, &stage.txn->request->path.dst)->server = false;
	expect_word("originator_wrong", NOT_ASSERTED);
	stage_other(OCCASION_PUSH,
		    stage_say(NOW, "server core", "INVITE sip:alice@im.example SIP/2.0\nCSeq: 9 INVITE\n", NULL), NULL);
	((struct event *)stage.txn->request)->memory.originator = 0;
	expect_word("originator_wrong", "no");
}

Test(check_originator, originator_plain)
{
	static const char from[] = "From: <sip:alice@im.example>;tag=a\n";
	static const struct {
		const char *from, *asserted, *want;
	} rows[] = {
		{from, "P-Asserted-Identity: <sip:alice@im.example>\n", "yes"},
		{from, "P-Asserted-Identity: <sip:bob@im.example>\n", "no"},
		{from, "P-Asserted-Identity: <sip:alice@im.example>, <tel:+4420555>\n", "no"},
		{from, "P-Asserted-Identity: <sip:alice@im.example\n", "no"},
		{from, "P-Asserted-Identity: sip:alice@im.example\n", "no"},
		{from, "P-Asserted-Identity: \"Alice\" <sip:alice@im.example>\n", "no"},
		{from, "P-Asserted-Identity:\n", "no"},
		{from, "", "no"},
		{"From: <sip:anonymous@anonymous.invalid>;tag=a\n", "P-Asserted-Identity: <sip:alice@im.example>\n",
		 "no"},
		{"", "P-Asserted-Identity: <sip:alice@im.example>\n", "no"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char more[256];

		snprintf(more, sizeof(more), "%s%s", rows[i].from, rows[i].asserted);
		publish(more, NULL);
		expect_word("originator_plain", rows[i].want);
	}
}
