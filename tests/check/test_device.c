/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NOW    (1000 * SECOND)
#define FINAL  (NOW + SECOND)
#define LATER  (FINAL + 10 * SECOND)
#define MINE   "Contact: <sip:a@10.1.0.1>;+sip.instance=\"<urn:uuid:1>\"\nCall-ID: mine\n"
#define SILENT "unknown: no PUBLISH, and no sign of life of the client after the time to wait"
#define ALIVE  "no: no PUBLISH after it, the client being alive"

/* Registered at "client", silent since, while somebody lives at "server". */
static void init_device(void)
{
	struct event *event;

	stage_init();
	event = stage_request("REGISTER", NOW, MINE);
	stage_txn(OCCASION_REGISTER, event, stage_response(200, FINAL, ""));
	stage_alive("client", 0);
}

TestSuite(check_device, .init = init_device, .fini = stage_done);

static void lives_elsewhere(const char *lines)
{
	char head[300];
	struct event *event;

	snprintf(head, sizeof(head), "REGISTER sip:im.example SIP/2.0\nCSeq: 1 REGISTER\n%s", lines);
	event = stage_say(LATER, "server core", head, NULL);
	stage_other(OCCASION_REGISTER, event, NULL);
	stage_alive("server", LATER);
}

Test(check_device, another_one_is_no_sign_of_life)
{
	lives_elsewhere("Contact: <sip:a@10.1.0.2>;+sip.instance=\"<urn:uuid:2>\"\nCall-ID: yours\n");
	expect_word("publish_follows", SILENT);
	stage_alive("client", LATER);
	expect_word("publish_follows", ALIVE);
}

Test(check_device, the_same_contact)
{
	lives_elsewhere("Contact: <sip:a@10.1.0.1>\nCall-ID: yours\n");
	expect_word("publish_follows", ALIVE);
}

Test(check_device, the_same_instance)
{
	lives_elsewhere("Contact: <sip:a@10.1.0.2>;+sip.instance=\"<urn:uuid:1>\"\nCall-ID: yours\n");
	expect_word("publish_follows", ALIVE);
}

Test(check_device, the_same_call)
{
	lives_elsewhere("Contact: <sip:a@10.1.0.2>\nCall-ID: mine\n");
	expect_word("publish_follows", ALIVE);
}

/* Who asks for the list of bindings says nothing of a device of his own. */
Test(check_device, no_contact)
{
	lives_elsewhere("Call-ID: yours\n");
	expect_word("publish_follows", ALIVE);
}

/* What is looked at may be no REGISTER: then its sender's counts. */
Test(check_device, of_what_it_sent_later)
{
	struct event *event = stage_request("PUBLISH", FINAL, "");

	lives_elsewhere("Contact: <sip:a@10.1.0.2>\nCall-ID: yours\n");
	stage_txn(OCCASION_CLIENT_PUBLISH, event, stage_response(200, FINAL, ""));
	stage_alive("client", 0);
	expect_word("subscribe_follows",
		    "unknown: no SUBSCRIBE, and no sign of life of the client after the time to wait");
	((struct event *)stage.story.txns[0]->request)->msg.method = SIP_METHOD_OPTIONS;
	stage.story.txns[0]->occasion = OCCASION_OTHER; /* it never registered */
	expect_word("subscribe_follows", "no: no SUBSCRIBE after it, the client being alive");
}

/* --- which registration --- */

static struct txn *granted(uint64_t time, const char *way, const char *lines, const char *route, uint32_t seconds)
{
	struct event *request, *final;
	struct txn *txn;
	char head[300];

	snprintf(head, sizeof(head), "REGISTER sip:im.example SIP/2.0\nCSeq: 1 REGISTER\n%s", lines);
	request = stage_say(time, way, head, NULL);
	final = stage_response(200, time + SECOND, "");
	txn = stage_other(OCCASION_REGISTER, request, final);
	txn->after = (struct state){.registered_here = true,
				    .registered_for = seconds,
				    .registrar = stage_host("core"),
				    .service_route = slice_of(route)};
	return txn;
}

/* The user's second device registers last; what is looked at is a PUBLISH of the first one. */
static struct event *publish_of_the_first(const char *lines)
{
	struct event *event;
	struct txn *last;

	granted(LATER, "client core", MINE, "<sip:one;lr>", 3600);
	last = granted(LATER + 2 * SECOND, "server core", "Contact: <sip:a@10.1.0.2>\nCall-ID: yours\n", "<sip:two;lr>",
		       100);
	event = stage_request("PUBLISH", LATER + 5 * SECOND, lines);
	stage_txn(OCCASION_CLIENT_PUBLISH, event, NULL)->before = last->after;
	return event;
}

Test(check_device, each_has_a_registration_of_its_own)
{
	struct event *event = publish_of_the_first("Route: <sip:one;lr>\nExpires: 3600\n");

	expect_word("registered_here", "yes");
	expect_word("routed", "yes");
	expect_word("registration_range", "yes");
	event->path.src = stage_host("server");
	expect_word("routed", "no: Route: <sip:one;lr>, Service-Route having been <sip:two;lr>");
	expect_word("registration_range", "no: Expires 3600, the registration having been granted for 100 s");
}

/* Where no REGISTER came from it may be either of them: what is known of the user counts. */
Test(check_device, of_a_host_that_never_registered)
{
	publish_of_the_first("Route: <sip:two;lr>\n")->path.src = stage_host("core");
	expect_word("registered_here", "yes");
	expect_word("routed", "yes");
}

Test(check_device, that_registers_only_later)
{
	publish_of_the_first("Route: <sip:one;lr>\nExpires: 3600\n");
	for (size_t i = 0; i + 2 < stage.story.count; i++) /* neither its first nor its second registration */
		stage.story.txns[i]->final = NULL;
	expect_word("registered_here", "no");
	expect_word("service_route", "no");
	expect_word("routed", "unknown: the device that sent it is not registered");
	expect_word("registration_range", "unknown: the time granted for the registration is not known");
}

/* --- the first REGISTER of another device --- */

#define YOURS "Contact: <sip:a@10.1.0.2>;+sip.instance=\"<urn:uuid:2>\"\nCall-ID: yours\n"

static void registers_beside(const char *lines, uint32_t cseq)
{
	struct event *event = stage_request("REGISTER", LATER, lines);

	event->marks.cseq = cseq;
	stage_txn(OCCASION_REGISTER, event, stage_response(200, LATER + SECOND, ""));
	stage.txn->initial = TRI_NO;
	stage.txn->before.instance = 1; /* of another */
}

Test(check_device, another_instance_begins)
{
	struct txn *first;

	registers_beside(YOURS, 1);
	expect_word("initial", "yes");
	first = stage.txn;
	registers_beside(YOURS, 2);
	stage.txn->earlier = first;
	expect_word("initial", "no"); /* it has registered before */
	((struct event *)first->final)->msg.status = 401;
	expect_word("initial", "yes");
}

Test(check_device, who_may_be_the_same_device_refreshes)
{
	registers_beside(MINE, 1);
	stage.txn->before.instance = story_instance_hash(&stage.txn->request->msg);
	expect_word("initial", "no");
	registers_beside("Contact: <sip:a@10.1.0.2>\nCall-ID: yours\n", 1);
	expect_word("initial", "no");
	registers_beside(YOURS, 1);
	stage.txn->before.instance = 0;
	expect_word("initial", "no");
	registers_beside(YOURS, 9); /* its beginning was not seen */
	expect_word("initial", "no");
}
