/* SPDX-License-Identifier: MIT
 *
 * The messages that the endpoint makes itself. */
#include "harness/endpoint_private.h"

#include "harness/sip_text.h"
#include "sip/value.h"

void endpoint_make_ack(struct buf *to, struct slice invite_raw, const struct sip_msg *answer)
{
	struct arena arena = {0};
	struct sip_values vias;
	struct sip_msg invite;
	struct slice via, method;
	uint32_t number = 0;

	if (!sip_msg_index(&invite, invite_raw, &arena, NULL)) {
		sip_values_start(&vias, &invite, SIP_HEADER_VIA);
		sip_text_request(to, "ACK", invite.uri);
		if (sip_values_next(&vias, &via))
			sip_text_header_slice(to, "Via", via);
		sip_text_header(to, "Max-Forwards", "70");
		sip_text_copy(to, &invite, SIP_HEADER_ROUTE);
		sip_text_copy(to, &invite, SIP_HEADER_FROM);
		sip_text_copy(to, answer, SIP_HEADER_TO);
		sip_text_copy(to, &invite, SIP_HEADER_CALL_ID);
		sip_msg_cseq(&invite, &number, &method);
		sip_text_header(to, "CSeq", "%u ACK", number);
		sip_text_body(to, NULL, SLICE_NONE);
	}
	arena_done(&arena);
}

void endpoint_make_cancel_answer(struct buf *to, struct world *world, const struct sip_msg *cancel,
				 const struct slice *invite_answer)
{
	char word[SIP_TEXT_ID_MAX];
	struct arena arena = {0};
	struct sip_msg answer;
	struct slice tag = SLICE_NONE;

	if (invite_answer && invite_answer->len && !sip_msg_index(&answer, *invite_answer, &arena, NULL))
		tag = arena_copy(&arena, sip_msg_tag(&answer, SIP_HEADER_TO));
	sip_text_answer(to, cancel, invite_answer ? 200 : 481, tag.len ? tag.p : sip_text_word(world, word));
	sip_text_body(to, NULL, SLICE_NONE);
	arena_done(&arena);
}
