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
	memset(msg->first, 0xff, sizeof(msg->first));
	msg->from.state = msg->to.state = msg->contact.state = SIP_PARTY_UNREAD;
}

/* The line is the next one of its header. `lasts`: by header, valid where `firsts` is. */
static SIP_SCAN_INLINE void sip_index_link(struct sip_line *lines, uint16_t *firsts, uint16_t *lasts, uint16_t at)
{
	unsigned id = lines[at].id;

	if (id == SIP_HEADER_OTHER)
		return;
	*(firsts[id] == SIP_NO_LINE ? &firsts[id] : &lines[lasts[id]].next) = at;
	lasts[id] = at;
}

#endif
