/* SPDX-License-Identifier: MIT
 *
 * Are two views of the same bytes alike: of a message as it was read, and as its outline made it? For the unit tests
 * and the fuzzer of messages. */
#ifndef TESTS_SIP_ALIKE_H
#define TESTS_SIP_ALIKE_H

#include "sip/msg.h"

static inline bool same_slice(struct slice a, struct slice b)
{
	return a.p == b.p && a.len == b.len;
}

static inline bool same_line(const struct sip_line *a, const struct sip_line *b)
{
	return a->offset == b->offset && a->value == b->value && a->value_len == b->value_len &&
	       a->name_len == b->name_len && a->id == b->id && a->flags == b->flags;
}

/* What tells `again` from `msg`; NULL: nothing. Its parties are yet to be read. */
static inline const char *sip_msg_unlike(const struct sip_msg *msg, const struct sip_msg *again)
{
	if (!same_slice(msg->raw, again->raw) || !same_slice(msg->body, again->body) ||
	    msg->head_len != again->head_len)
		return "where it lies";
	if (msg->is_request != again->is_request || msg->method != again->method || msg->status != again->status ||
	    !same_slice(msg->method_text, again->method_text) || !same_slice(msg->uri, again->uri) ||
	    !same_slice(msg->reason, again->reason))
		return "the start line";
	if (msg->content_length != again->content_length || msg->odd != again->odd)
		return "what is odd about it";
	if (again->from.state != SIP_PARTY_UNREAD || again->to.state != SIP_PARTY_UNREAD ||
	    again->contact.state != SIP_PARTY_UNREAD)
		return "a party";
	if (msg->line_count != again->line_count || msg->present != again->present || msg->repeated != again->repeated)
		return "which headers there are";
	for (enum sip_header id = 0; id < SIP_HEADER_COUNT; id++)
		if (sip_msg_has(msg, id) && msg->first[id] != again->first[id])
			return "where a header begins";
	for (unsigned i = 0; i < msg->line_count; i++)
		if (!same_line(&msg->lines[i], &again->lines[i]))
			return "a line";
	return NULL;
}

#endif
