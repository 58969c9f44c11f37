/* SPDX-License-Identifier: MIT */
#include "trace/flow.h"

#include <criterion/criterion.h>

static bool is_cut(struct slice label, struct slice raw)
{
	struct event_path path = {.transport = NET_UDP};
	struct flow *flow = flow_new(SLICE("sip:alice@im.example"));
	struct event *event;
	bool cut;

	flow->label = label;
	event = flow_append(flow, 1, &path, (struct event_place){0, 1}, raw, NULL);
	cr_assert_not_null(event);
	cut = event->cut;
	flow_free(flow);
	return cut;
}

/* A capture may keep less than there was; before our own eyes a message is as it was sent. */
Test(trace_flow, who_says_that_more_is_to_come)
{
	struct slice whole = SLICE("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 1\r\n\r\nx"),
		     longer = SLICE("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 2\r\n\r\nx"),
		     headless = SLICE("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\n");

	cr_expect(!is_cut(SLICE_NONE, whole));
	cr_expect(is_cut(SLICE_NONE, longer));
	cr_expect(is_cut(SLICE_NONE, headless));
	cr_expect(!is_cut(SLICE("a case"), whole));
	cr_expect(!is_cut(SLICE("a case"), longer));
	cr_expect(is_cut(SLICE("a case"), headless));
}
