/* SPDX-License-Identifier: MIT
 *
 * Whose a message of a run is. */
#include "trace/intake.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const struct profile profile = {.feature_tag = "+g.oma.sip-im", .event = "poc-settings"};

static void publish(struct intake *intake, const char *user, const char *call)
{
	static const struct event_path path = {.transport = NET_UDP};
	char text[512];
	int len = snprintf(text, sizeof(text),
			   "PUBLISH sip:%s@im.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%s\r\n"
			   "From: <sip:%s@im.example>;tag=1\r\nTo: <sip:%s@im.example>\r\nCSeq: 1 PUBLISH\r\n"
			   "%sContent-Length: 0\r\n\r\n",
			   user, user, user, user, call);

	cr_assert_eq(
		intake_message(intake, 1, &path, (struct event_place){0, 1}, (struct slice){text, (size_t)len}, NULL),
		0);
}

static size_t bobs_messages(const char *call)
{
	const struct slice alice = SLICE("sip:alice@im.example"), bob = SLICE("sip:bob@im.example");
	struct intake *intake = intake_new(&(struct intake_config){.profile = &profile, .live = true});
	struct flow *flow;
	size_t count;

	intake_expect(intake, &alice, 1, SLICE("a case"));
	flow = intake_expect(intake, &bob, 1, SLICE("another case"));
	publish(intake, "alice", call);
	publish(intake, "bob", call);
	intake_fill(intake, flow, 2);
	count = flow->count;
	intake_free(intake);
	return count;
}

/* An answer names nobody but its call; what has no Call-ID is not of the call of another that has none. */
Test(trace_intake, a_call_leads_to_its_user_and_no_call_to_nobody)
{
	cr_expect_eq(bobs_messages("Call-ID: a\r\n"), 0);
	cr_expect_eq(bobs_messages(""), 1);
}
