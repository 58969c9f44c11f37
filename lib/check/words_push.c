/* SPDX-License-Identifier: MIT
 *
 * Words about the push: the INVITE and its offer. */
#include "check/words.h"
#include "body/multipart.h"

/* --- an initial INVITE is a valid request, and has one Contact (RFC 3261 12.1.2) --- */

static bool is_sip_contact(const struct sip_msg *msg)
{
	struct sip_addr contact;
	struct sip_uri uri;

	return sip_msg_addr(msg, SIP_HEADER_CONTACT, &contact) == 0 && sip_uri_read(contact.uri, &uri, NULL) == 0 &&
	       (uri.scheme == SIP_SCHEME_SIP || uri.scheme == SIP_SCHEME_SIPS);
}

/* RFC 3261 8.1.1.4: a Call-ID is there for one dialog; an INVITE that is tried again in it has a higher CSeq (8.1.3.5).
 */
static const struct txn *call_before(const struct look *look)
{
	struct slice method;
	uint32_t cseq, before;

	if (sip_msg_cseq(MSG(look), &cseq, &method) < 0)
		return NULL;
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == OCCASION_PUSH && txn->final && event_after(look->event, txn->final) &&
		    event_same_call_id(txn->request, look->event) &&
		    sip_msg_cseq(&txn->request->msg, &before, &method) == 0 && cseq <= before)
			return txn;
	}
	return NULL;
}

/* RFC 3261 16.3: whoever gets a request with Max-Forwards of 0 may not send it on, and refuses it. */
static bool goes_no_farther(const struct look *look)
{
	uint64_t hops;

	return sip_msg_number(MSG(look), SIP_HEADER_MAX_FORWARDS, &hops) == 0 && !hops &&
	       look_retargeted(look) != TRI_YES;
}

static enum tri eval_valid_invite(const struct check *check, const struct look *look)
{
	enum tri valid = look_valid_request(look);
	const struct txn *before;

	if (valid != TRI_YES)
		return valid;
	if (goes_no_farther(look))
		return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_MAX_FORWARDS),
			       "Max-Forwards of 0, with which the core may not send it on to the user");
	before = call_before(look);
	if (before) {
		look_also(look, before->request);
		return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_CALL_ID),
			       "the Call-ID of an earlier INVITE that was answered, with no higher CSeq");
	}
	if (sip_values_count(MSG(look), SIP_HEADER_CONTACT) == 1 && is_sip_contact(MSG(look)))
		return TRI_YES;
	return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_CONTACT),
		       "the Contact header is missing, or is not exactly one SIP URI");
}

/* --- its cause --- */

static const char *const cause_names[] = {"publish", "register", NULL};

static enum tri eval_caused_by(const struct check *check, const struct look *look)
{
	const struct txn *cause = look->txn->cause;
	bool publish = check->args[0].number == 0;

	if (!cause)
		return (look->story->flow->gaps & FLOW_GAP_START) ? look_unknown(look, "what was before is not known")
								  : TRI_NO;
	if (publish == (cause->occasion == OCCASION_PUBLISH))
		return TRI_YES;
	/* a capture may begin behind the PUBLISH, or have lost it */
	if (publish && (cause->after.published == TRI_UNKNOWN || look->txn->before.published == TRI_UNKNOWN))
		return look_unknown(look, "a PUBLISH may have been there before");
	if (publish && look_publish_elsewhere(look, cause->request, look->event))
		return look_unknown(look, "a PUBLISH was seen on its way, and not at the IM Server");
	if (publish && look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	look_also(look, cause->request);
	return look_no(look, look->event, SLICE_NONE, "an INVITE %llu ms after a %s, with no PUBLISH after it",
		       look_ms(cause->request, look->event), look_text(cause->request->msg.method_text));
}

static enum tri eval_due(const struct check *check, const struct look *look)
{
	if (look->txn->cause)
		return TRI_YES;
	if (look->story->flow->gaps & FLOW_GAP_START)
		return look_unknown(look, "what was before is not known");
	if (look->txn->before.published == TRI_UNKNOWN)
		return look_unknown(look, "a PUBLISH may have been there before");
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (look_may_be_alias(look, MSG(look)->uri)) /* of one who is known by another name */
		return look_unknown(look, "whose the number is was not seen");
	return look_no(look, look->event, SLICE_NONE, "an INVITE to a user for whom nothing was asked");
}

/* May it follow an earlier PUBLISH, which should have had no push? A server that wrongly obeys one looks for messages a
 * moment later, when the next PUBLISH may already be under way: nothing shows which of the two the push is for. One
 * that was refused as too brief (423) is sent again, and was not obeyed. */
static bool may_be_late(const struct look *look)
{
	uint64_t wait = look_longest_wait(look);

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == OCCASION_PUBLISH && txn->final && txn->final->msg.status != 423 && !txn->push &&
		    event_after(look->txn->cause->request, txn->final) && look->event->time < txn->final->time + wait)
			return true;
	}
	return false;
}

static enum tri eval_after_answer(const struct check *check, const struct look *look)
{
	if (look->txn->open == TRI_NO)
		return TRI_YES;
	if (look->txn->open == TRI_UNKNOWN && look->txn->cause && look->txn->cause->final)
		return look_unknown(look,
				    "the answer to the PUBLISH came later, and may have been overtaken on its way");
	if (look->txn->open == TRI_UNKNOWN)
		return look_unknown(look, "the answer to the PUBLISH was not seen");
	if (look->story->flow->gaps & FLOW_GAP_ORDER)
		return look_unknown(look, "the network may have changed the order");
	if (may_be_late(look))
		return look_unknown(look, "the INVITE may be of an earlier PUBLISH");
	look_also(look, look->txn->cause->final);
	return look_no(look, look->event, SLICE_NONE, "the INVITE came before the answer to the PUBLISH");
}

static enum tri eval_once(const struct check *check, const struct look *look)
{
	if (look->txn->repeat == 0)
		return TRI_YES;
	if (look->txn->repeat_doubt)
		return look_unknown(look, "an earlier push may not have delivered everything");
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	return look_no(look, look->event, SLICE_NONE, "INVITE number %u for one and the same request",
		       look->txn->repeat + 1);
}

/* --- the offer --- */

static bool read_offer(const struct look *look, struct sdp *ret)
{
	struct event *memory = (struct event *)look->event;
	struct slice body;

	if (memory->memory.offer) {
		*ret = *memory->memory.offer;
		return true;
	}
	if (!multipart_find(sip_msg_value(MSG(look), SIP_HEADER_CONTENT_TYPE), MSG(look)->body, "application/sdp",
			    &look->story->flow->arena, &body))
		return false;
	sdp_read(ret, body, &look->story->flow->arena, NULL);
	memory->memory.offer = arena_longer(&look->story->flow->arena, ret, sizeof(*ret), sizeof(*ret));
	return true;
}

static enum tri no_offer(const struct look *look)
{
	return look_missing(look, look->event, "no SDP body");
}

static enum tri eval_offer(const struct check *check, const struct look *look)
{
	const struct sdp_media *media;
	struct sdp sdp;

	if (!read_offer(look, &sdp))
		return no_offer(look);
	media = sdp_message_media(&sdp);
	if (!sdp.error_count && media && media->port)
		return TRI_YES;
	if (look->event->cut)
		return look_cut(look);
	if (sdp.error_count)
		return look_no(look, look->event, sdp.errors[0].at, "SDP %s", sdp.errors[0].text);
	if (media) /* RFC 3264 5.1, 6: such a stream must not be used */
		return look_no(look, look->event, media->line->line, "SDP whose m=message has port 0");
	return look_no(look, look->event, sdp.raw, "SDP without m=message");
}

static enum tri eval_sendonly(const struct check *check, const struct look *look)
{
	const struct sdp_line *line = NULL, *against;
	const struct sdp_media *media;
	enum sdp_direction direction;
	struct sdp sdp;

	if (!read_offer(look, &sdp))
		return no_offer(look);
	media = sdp_message_media(&sdp);
	if (!media)
		return look_missing(look, look->event, "SDP without m=message");
	direction = sdp_direction_effective(&sdp, media, &line);
	against = sdp_direction_against(&sdp, sdp_direction_given(&sdp, media, NULL) ? media : NULL);
	if (direction == SDP_SENDONLY && against)
		return look_no(look, look->event, against->line, "m=message is sendonly, and something else, too");
	if (direction == SDP_SENDONLY)
		return TRI_YES;
	if (look->event->cut)
		return look_cut(look);
	return look_no(look, look->event, line ? line->line : media->line->line, "m=message is %s%s",
		       sdp_direction_name(direction), line ? "" : " (nothing said)");
}

const struct word words_push[] = {
	{"valid_invite", "", WORD_LEAF, "a valid initial INVITE (RFC 3261 8.1.1, 12.1.2)",
	 "the headers that every initial INVITE has are there and right", eval_valid_invite},
	{"caused_by", "e", WORD_LEAF, "a push that a %1 caused", "of a push: it follows a: publish register",
	 eval_caused_by, cause_names},
	{"due", "", WORD_LEAF, "a push to a user for whom one was asked",
	 "of a push: something of the user's went before it", eval_due},
	{"after_answer", "", WORD_LEAF, "the INVITE after the answer to the PUBLISH",
	 "of a push: the PUBLISH had been answered when it was sent", eval_after_answer},
	{"once", "", WORD_LEAF, "one push for one request", "of a push: the first that was not refused", eval_once},
	{"offer", "", WORD_LEAF, "an SDP offer with m=message (RFC 4566)",
	 "the body is a valid SDP with a message media", eval_offer},
	{"sendonly", "", WORD_LEAF, "m=message sendonly, by the session or by the media",
	 "the direction in force for m=message is sendonly", eval_sendonly},
	{0},
};
