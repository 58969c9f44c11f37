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
	msg->line_count = 0;
	msg->from.state = msg->to.state = msg->contact.state = SIP_PARTY_UNREAD;
}

/* Where the lines of each header are, when all lines have been read. */
static inline void sip_index_lines(struct sip_msg *msg)
{
	uint64_t present = 0, repeated = 0;

	for (uint16_t i = 0; i < msg->line_count; i++) {
		uint64_t bit = (uint64_t)1 << msg->lines[i].id;

		if (present & bit)
			repeated |= bit;
		else
			msg->first[msg->lines[i].id] = i;
		present |= bit;
	}
	msg->present = present & ~sip_header_bit(SIP_HEADER_OTHER);
	msg->repeated = repeated & ~sip_header_bit(SIP_HEADER_OTHER);
}

#endif
