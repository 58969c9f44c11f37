/* SPDX-License-Identifier: MIT
 *
 * How a struct sip_msg is put together, of bytes (msg.c) or of an outline (outline.c). Internal. */
#ifndef SIP_INDEX_H
#define SIP_INDEX_H

#include "sip/msg.h"
#include "sip/scan.h"

/* Not what is told by what is set here: the parties as long as they are unread. */
static inline void sip_index_init(struct sip_msg *msg, struct slice raw)
{
	msg->raw = raw;
	msg->is_request = false;
	msg->status = 0;
	msg->method = SIP_METHOD_NONE;
	msg->method_text = msg->uri = msg->reason = msg->body = SLICE_NONE;
	msg->head_len = msg->odd = 0;
	msg->content_length = -1;
	msg->plain = true;
	msg->line_count = 0;
	msg->from.state = msg->to.state = msg->contact.state = SIP_PARTY_UNREAD;
}

/* Where the lines of each header are, when all lines have been read: from the last one on, so that the first stays. */
static inline void sip_index_lines(struct sip_msg *msg)
{
	const struct sip_line *lines = msg->lines;
	uint64_t present = 0, repeated = 0;

	for (size_t i = msg->line_count; i-- > 0;) {
		uint64_t bit = sip_header_bit(lines[i].id);

		repeated |= present & bit;
		present |= bit;
		msg->first[lines[i].id] = (uint16_t)i;
	}
	msg->present = present & ~sip_header_bit(SIP_HEADER_OTHER);
	msg->repeated = repeated & ~sip_header_bit(SIP_HEADER_OTHER);
}

#endif
