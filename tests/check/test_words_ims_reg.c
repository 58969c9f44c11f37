/* SPDX-License-Identifier: MIT
 *
 * The word about the registration state that a client subscribes to. */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NOW   (1000 * SECOND)
#define FINAL (NOW + SECOND)

static void init_registered(void)
{
	struct event *event;

	stage_init();
	event = stage_request("REGISTER", NOW, "");
	stage_txn(OCCASION_REGISTER, event, stage_response(200, FINAL, ""));
}

TestSuite(check_ims_reg, .init = init_registered, .fini = stage_done);

static void subscribe_to(const char *uri, const char *lines)
{
	char text[256];

	snprintf(text, sizeof(text), "SUBSCRIBE %s SIP/2.0\nCSeq: 1 SUBSCRIBE\n%s\n", uri, lines);
	stage_other(OCCASION_SUBSCRIBE, stage_say(FINAL, "client core", text, NULL), NULL);
	stage_alive("client", FINAL + stage.timers.quiet);
}

#define ALICE        "sip:alice@im.example"
#define NO_SUBSCRIBE "no: no SUBSCRIBE after it, the client being alive"

Test(check_ims_reg, reg_subscribed)
{
	stage_alive("client", FINAL + stage.timers.quiet);
	expect_word("reg_subscribed", NO_SUBSCRIBE);
	subscribe_to(ALICE, "Event: presence");
	expect_word("reg_subscribed", NO_SUBSCRIBE);
	subscribe_to(ALICE, "Event: reg\nExpires: 0");
	expect_word("reg_subscribed", NO_SUBSCRIBE);
	subscribe_to(ALICE, "Event: reg;id=1\nExpires: 1");
	expect_word("reg_subscribed", "yes");
	stage.txn->final = NULL;
	expect_word("reg_subscribed", "unknown: the answer was not seen");
}

/* The state of another user's registration says nothing of his own. */
Test(check_ims_reg, reg_subscribed_to_himself)
{
	subscribe_to("sip:bob@im.example", "Event: reg\nTo: <sip:bob@im.example>");
	expect_word("reg_subscribed", NO_SUBSCRIBE);
	subscribe_to("sip:bob@im.example", "Event: reg\nTo: <sip:alice@im.example>");
	expect_word("reg_subscribed", NO_SUBSCRIBE);
	subscribe_to("sip:scscf.im.example", "Event: reg\nTo: <sip:bob@im.example>;tag=b");
	expect_word("reg_subscribed", NO_SUBSCRIBE);
	subscribe_to("tel:+4420556", "Event: reg");
	expect_word("reg_subscribed", "unknown: whose registration state the SUBSCRIBE is for was not seen");
	subscribe_to("sip:scscf.im.example", "Event: reg\nTo: <sip:alice@im.example>;tag=b");
	expect_word("reg_subscribed", "yes");
}

Test(check_ims_reg, reg_subscribed_by_another_identity)
{
	subscribe_to("tel:+4420555", "Event: reg");
	expect_word("reg_subscribed", "yes");
}

Test(check_ims_reg, reg_subscribed_before_the_next_registration)
{
	struct event *next = stage_request("REGISTER", FINAL + stage.timers.quiet - 1, "");

	stage_other(OCCASION_REGISTER, next, NULL);
	stage_alive("client", FINAL + stage.timers.quiet);
	expect_word("reg_subscribed", "unknown: the next REGISTER came before the time to wait was over");
	next->time = FINAL + stage.timers.quiet;
	expect_word("reg_subscribed", NO_SUBSCRIBE);
}
