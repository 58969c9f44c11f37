/* SPDX-License-Identifier: MIT */
#include "trace/event.h"
#include "base/hash.h"
#include "sip/value.h"

void event_mark_hop(struct event_marks *marks, const struct sip_msg *msg)
{
	marks->call = hash_slice(sip_msg_value(msg, SIP_HEADER_CALL_ID), 'c');
	marks->hop = hash_slice(marks->branch, marks->call);
}

struct event_marks event_marks_of(const struct sip_msg *msg)
{
	struct event_marks marks = {.branch = sip_msg_branch(msg)};

	sip_msg_cseq(msg, &marks.cseq, NULL);
	event_mark_hop(&marks, msg);
	marks.txn = hash_slice(sip_msg_value(msg, SIP_HEADER_CSEQ), marks.hop);
	if (msg->is_request)
		marks.key = hash_slice(msg->method_text, marks.txn);
	else /* its method is in CSeq */
		marks.key = hash_slice(sip_msg_tag(msg, SIP_HEADER_TO), marks.txn ^ msg->status);
	return marks;
}
