/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NOW      (1000 * SECOND)
#define FINAL    (NOW + SECOND)
#define QUIET    (FINAL + stage.timers.quiet)
#define METADATA "Event: sip-profile\nAccept: application/vnd.oma.im.deferred-list+xml\n"

/* The client has published "off"; a tablet of the same user is where the core is on this stage. */
static void init_published(void)
{
	struct event *event;

	stage_init();
	event = stage_request("PUBLISH", NOW, "");
	stage_txn(OCCASION_CLIENT_PUBLISH, event, stage_response(200, FINAL, ""));
	stage.txn->before.subscribed = TRI_NO;
	stage.flow->begin.subscribed = TRI_NO;
	stage_alive("client", QUIET);
}

TestSuite(check_subscribe, .init = init_published, .fini = stage_done);

#define NAMELESS     "unknown: neither Accept nor an AUID says that the SUBSCRIBE is for deferred messages"
#define NO_SUBSCRIBE "no: no SUBSCRIBE after it, the client being alive"

Test(check_subscribe, subscribe_follows)
{
	stage.txn->before.subscribed = TRI_NO;
	expect_word("subscribe_follows", NO_SUBSCRIBE);
	stage.txn->before.subscribed = TRI_YES;
	expect_word("subscribe_follows", "yes");
	stage.txn->before.subscribed = TRI_UNKNOWN;
	expect_word("subscribe_follows", "unknown: an earlier subscription may be in force");
	stage_other(OCCASION_SUBSCRIBE, stage_request("SUBSCRIBE", FINAL, "Event: reg\n"), NULL);
	expect_word("subscribe_follows", "unknown: an earlier subscription may be in force");
	stage_other(OCCASION_SUBSCRIBE, stage_request("SUBSCRIBE", FINAL, "Event: sip-profile\nAccept: a/b\n"), NULL);
	expect_word("subscribe_follows", NAMELESS);
	stage.txn->before.subscribed = TRI_YES;
	expect_word("subscribe_follows", "yes");
	stage.txn->before.subscribed = TRI_NO;
	expect_word("subscribe_follows", NAMELESS);
	stage_other(OCCASION_SUBSCRIBE,
		    stage_request("SUBSCRIBE", FINAL,
				  "Event: sip-profile\nExpires: 0\n"
				  "Accept: application/vnd.oma.im.deferred-list+xml\n"),
		    NULL);
	expect_word("subscribe_follows", "unknown: a SUBSCRIBE with Expires: 0, which does not last");
	stage_other(OCCASION_SUBSCRIBE,
		    stage_request("SUBSCRIBE", FINAL,
				  "Event: sip-profile\nAccept: application/vnd.oma.im.deferred-list+xml\n"),
		    NULL);
	expect_word("subscribe_follows", "yes");
	stage.txn->final = NULL;
	expect_word("subscribe_follows", "unknown: the answer was not seen");
}

/* --- whose, and for which PUBLISH --- */

static void register_tablet(void)
{
	stage_other(
		OCCASION_REGISTER,
		stage_say(NOW - SECOND, "client core",
			  "REGISTER sip:im.example SIP/2.0\nCall-ID: a\nContact: <sip:a@10.1.0.1>\nCSeq: 7 REGISTER\n",
			  NULL),
		NULL);
	stage_other(
		OCCASION_REGISTER,
		stage_say(NOW - SECOND, "core server",
			  "REGISTER sip:im.example SIP/2.0\nCall-ID: b\nContact: <sip:b@10.1.0.2>\nCSeq: 8 REGISTER\n",
			  NULL),
		NULL);
}

static struct txn *subscribe(const char *way, uint64_t time)
{
	static unsigned number;
	char text[256];
	struct txn *txn;

	snprintf(text, sizeof(text), "SUBSCRIBE sip:alice@im.example SIP/2.0\nCSeq: %u SUBSCRIBE\n" METADATA, ++number);
	txn = stage_other(OCCASION_SUBSCRIBE, stage_say(time, way, text, NULL), NULL);
	stage_alive("client", QUIET);
	return txn;
}

Test(check_subscribe, by_another_device)
{
	register_tablet();
	subscribe("core server", FINAL);
	expect_word("subscribe_follows", NO_SUBSCRIBE);
	subscribe("client core", FINAL);
	expect_word("subscribe_follows", "yes");
}

Test(check_subscribe, from_an_address_of_nobody_else)
{
	subscribe("core server", FINAL);
	expect_word("subscribe_follows", "yes");
}

static struct txn *publish(uint64_t time, const char *body, enum delivery delivery)
{
	struct event *request =
		stage_say(time, "client core", "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: 90 PUBLISH\n", body);
	struct event *final = stage_say(time, "core client", "SIP/2.0 200 OK\nCSeq: 90 PUBLISH\n", NULL);
	struct txn *txn = stage_other(OCCASION_CLIENT_PUBLISH, request, final);

	txn->after.delivery = delivery;
	return txn;
}

/* What comes after the next such PUBLISH is for that one, unless both came close together. */
Test(check_subscribe, after_the_next_publish)
{
	struct txn *next = publish(QUIET, "off", DELIVERY_OFF);

	subscribe("client core", QUIET + SECOND);
	expect_word("subscribe_follows", NO_SUBSCRIBE);
	((struct event *)next->request)->time = QUIET - 1;
	expect_word("subscribe_follows", "yes");
}

Test(check_subscribe, after_another_publish)
{
	struct txn *next = publish(QUIET, "off", DELIVERY_OFF);
	struct event *final = (struct event *)next->final;

	subscribe("client core", QUIET + SECOND);
	next->after.delivery = DELIVERY_ON;
	expect_word("subscribe_follows", "yes");
	next->after.delivery = DELIVERY_OFF;
	final->msg.status = 300;
	expect_word("subscribe_follows", "yes");
	final->msg.status = 299;
	expect_word("subscribe_follows", NO_SUBSCRIBE);
	next->final = NULL;
	expect_word("subscribe_follows", "yes");
}

/* A refresh sets nothing. */
Test(check_subscribe, after_a_refresh)
{
	publish(QUIET, NULL, DELIVERY_OFF);
	subscribe("client core", QUIET + SECOND);
	expect_word("subscribe_follows", "yes");
}

Test(check_subscribe, before_the_next_publish)
{
	subscribe("client core", QUIET);
	publish(QUIET, "off", DELIVERY_OFF);
	subscribe("client core", QUIET + SECOND);
	expect_word("subscribe_follows", "yes");
}

/* --- in force before --- */

/* Both devices have subscribed, the client first; this is the client's. */
static struct txn *subscribed_by_both(enum tri own, enum tri together)
{
	struct txn *mine;

	register_tablet();
	mine = subscribe("client core", NOW - SECOND);
	subscribe("core server", NOW - SECOND);
	stage_txn(OCCASION_CLIENT_PUBLISH, stage_request("PUBLISH", QUIET, ""), NULL);
	stage.txn->final = stage_response(200, QUIET, "");
	stage.flow->begin.subscribed = TRI_NO;
	stage.txn->before.subscribed = together;
	stage_alive("client", QUIET + stage.timers.quiet);
	mine->after.subscribed = own;
	return mine;
}

static void expect_of_both(enum tri own, enum tri together, const char *want)
{
	init_published();
	subscribed_by_both(own, together);
	expect_word("subscribe_follows", want);
	stage_done();
}

#define MAY_BE "unknown: an earlier subscription may be in force"

Test(check_subscribe_earlier, by_both)
{
	expect_of_both(TRI_YES, TRI_YES, "yes");
	expect_of_both(TRI_YES, TRI_NO, MAY_BE);
	expect_of_both(TRI_NO, TRI_YES, NO_SUBSCRIBE);
	expect_of_both(TRI_UNKNOWN, TRI_YES, MAY_BE);
}

Test(check_subscribe, by_both_till_the_end)
{
	struct txn *own = subscribed_by_both(TRI_YES, TRI_YES);

	own->after.subscribed_until = QUIET + 1;
	expect_word("subscribe_follows", "yes");
	own->after.subscribed_until = QUIET;
	expect_word("subscribe_follows", NO_SUBSCRIBE);
}

/* A new registration asks for a new subscription. SUBSCRIBEs stand behind the REGISTERs in a story. */
Test(check_subscribe, by_both_and_registered_anew)
{
	struct event *request = stage_request("REGISTER", NOW + MS, "");
	struct event *granted = stage_response(200, NOW + MS, "");
	struct txn *anew = stage_other(OCCASION_REGISTER, request, granted);

	anew->initial = TRI_YES;
	subscribed_by_both(TRI_YES, TRI_NO);
	expect_word("subscribe_follows", MAY_BE);
	request->number = ((struct event *)stage.txn->request)->number;
	((struct event *)stage.txn->request)->number++;
	expect_word("subscribe_follows", NO_SUBSCRIBE);
	granted->msg.status = 300;
	expect_word("subscribe_follows", MAY_BE);
	granted->msg.status = 299;
	anew->initial = TRI_UNKNOWN;
	expect_word("subscribe_follows", MAY_BE);
}

/* What was refused has begun nothing, and ended nothing; the event package of something else is none of its business.
 */
Test(check_subscribe, by_both_and_one_is_refused)
{
	struct txn *own = subscribed_by_both(TRI_YES, TRI_YES);

	own->final = stage_response(403, NOW - MS, "");
	expect_word("subscribe_follows", NO_SUBSCRIBE);
	((struct event *)own->final)->msg.status = 481;
	own->after.subscribed = TRI_NO;
	expect_word("subscribe_follows", NO_SUBSCRIBE);
	own->after.subscribed = TRI_YES;
	((struct event *)own->final)->msg.status = 299;
	expect_word("subscribe_follows", "yes");
	stage.flow->begin.subscribed = TRI_UNKNOWN;
	((struct event *)own->final)->msg.status = 300;
	expect_word("subscribe_follows", MAY_BE);
}
