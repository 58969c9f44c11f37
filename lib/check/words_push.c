/* SPDX-License-Identifier: MIT
 *
 * Words about the push: the INVITE, its offer, its dialog. */
#include "check/words.h"
#include "body/multipart.h"

#define MSG(look) (&(look)->event->msg)

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
		    slice_eq(sip_msg_value(&txn->request->msg, SIP_HEADER_CALL_ID),
			     sip_msg_value(MSG(look), SIP_HEADER_CALL_ID)) &&
		    sip_msg_cseq(&txn->request->msg, &before, &method) == 0 && cseq <= before)
			return txn;
	}
	return NULL;
}

static enum tri eval_valid_invite(const struct check *check, const struct look *look)
{
	enum tri valid = look_valid_request(look);
	const struct txn *before;

	if (valid != TRI_YES)
		return valid;
	before = call_before(look);
	if (before && look->why)
		look->why->also = before->request;
	if (before)
		return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_CALL_ID),
			       "the Call-ID of an earlier INVITE that was answered, with no higher CSeq");
	if (sip_values_count(MSG(look), SIP_HEADER_CONTACT) == 1 && is_sip_contact(MSG(look)))
		return TRI_YES;
	return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_CONTACT),
		       "the Contact header is missing, or is not exactly one SIP URI");
}

/* --- who it is for --- */

static bool lists_contact(const struct sip_msg *msg, struct slice uri)
{
	struct sip_values it;
	struct sip_addr contact;
	struct slice value;

	sip_values_start(&it, msg, SIP_HEADER_CONTACT);
	while (sip_values_next(&it, &value))
		if (sip_addr_read(value, &contact) == 0 && sip_uri_equal(contact.uri, uri))
			return true;
	return false;
}

/* Does it go where an earlier INVITE for the user was redirected to (RFC 3261 8.1.3.4)? */
static bool is_redirected(const struct look *look)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == OCCASION_PUSH && txn->final && txn->final->msg.status / 100 == 3 &&
		    event_after(look->event, txn->final) && lists_contact(&txn->final->msg, MSG(look)->uri))
			return true;
	}
	return false;
}

/* Who is registrar of the user knows his Contact, and puts it in the place of his address before the INVITE leaves (RFC
 * 3261 16.6, step 1): what it was before is not seen. */
static enum tri eval_retargeted(const struct check *check, const struct look *look)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == OCCASION_REGISTER && event_after(look->event, txn->request) &&
		    story_is_server(look->story, &txn->request->path.dst) &&
		    lists_contact(&txn->request->msg, MSG(look)->uri))
			return TRI_YES;
	}
	return TRI_NO;
}

static enum tri eval_uri_is_user(const struct check *check, const struct look *look)
{
	if (look_is_user(look, MSG(look)->uri) || is_redirected(look))
		return TRI_YES;
	return look_may_be_alias(look, MSG(look)->uri)
		       ? look_unknown(look, "whose the number is was not seen")
		       : look_no(look, look->event, MSG(look)->uri, "Request-URI %s for the user %s",
				 look_text(MSG(look)->uri), look_text(look->story->flow->user));
}

static const char *const cause_names[] = {"publish", "register", NULL};

static enum tri eval_caused_by(const struct check *check, const struct look *look)
{
	const struct txn *cause = look->txn->cause;
	bool publish = check_choice(check, 0, cause_names) == 0;

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
	if (look->why)
		look->why->also = cause->request;
	return look_no(look, look->event, SLICE_NONE, "an INVITE %llu ms after a %s, with no PUBLISH after it",
		       (unsigned long long)(look->event->time - cause->request->time) / 1000000,
		       look_text(cause->request->msg.method_text));
}

static enum tri eval_due(const struct check *check, const struct look *look)
{
	if (look->txn->cause)
		return TRI_YES;
	if (look->story->flow->gaps & FLOW_GAP_START)
		return look_unknown(look, "what was before is not known");
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (look_may_be_alias(look, MSG(look)->uri)) /* of one who is known by another name */
		return look_unknown(look, "whose the number is was not seen");
	return look_no(look, look->event, SLICE_NONE, "an INVITE to a user for whom nothing was asked");
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
	if (look->why)
		look->why->also = look->txn->cause->final;
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
			    &look->story->flow->arena, &body, NULL))
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
	struct sdp sdp;

	if (!read_offer(look, &sdp))
		return no_offer(look);
	if (!sdp.error_count && sdp_message_media(&sdp))
		return TRI_YES;
	if (look->event->cut)
		return look_unknown(look, "the message was cut off in the capture");
	if (sdp.error_count)
		return look_no(look, look->event, sdp.errors[0].at, "SDP %s", sdp.errors[0].text);
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
		return look_unknown(look, "the message was cut off in the capture");
	return look_no(look, look->event, line ? line->line : media->line->line, "m=message is %s%s",
		       sdp_direction_name(direction), line ? "" : " (nothing said)");
}

/* --- its dialog --- */

static enum tri eval_target_from(const struct check *check, const struct look *look)
{
	const struct event *from = look->txn->target_from;

	if (!from)
		return TRI_NO;
	for (unsigned i = 0; i < check->arg_count; i++)
		if (from->msg.status / 100 == check->args[i].number)
			return TRI_YES;
	return TRI_NO;
}

/* Had an early answer given a Contact, too? Then what it said was kept or not. */
static enum tri eval_early_contact(const struct check *check, const struct look *look)
{
	const struct txn *push = look->txn->push;

	for (size_t i = 0; push && i < push->answer_count; i++)
		if (push->answers[i]->msg.status > 100 && push->answers[i]->msg.status < 200 &&
		    event_after(look->txn->request, push->answers[i]) &&
		    sip_msg_has(&push->answers[i]->msg, SIP_HEADER_CONTACT))
			return TRI_YES;
	return TRI_NO;
}

/* A PRACK tells by RAck which answer it is for (RFC 3262 7.2); whatever else the server sends to its INVITE's target,
 * but for UPDATE, has a final answer before it, and so has that once there was an ACK. */
static bool answer_lost(const struct look *look)
{
	const struct sip_msg *msg = &look->txn->request->msg;
	const struct txn *push = look->txn->push;
	uint64_t wanted, seen;

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *other = look->story->txns[i];
		bool moves = other->request->msg.method == SIP_METHOD_UPDATE ||
			     other->request->msg.method == SIP_METHOD_INVITE;
		if (moves && other->push == push && !other->final && event_after(look->txn->request, other->request))
			return true;
	}
	if (look->story->flow->gaps & FLOW_GAPS_OUTSIDE)
		return true;
	if (msg->method != SIP_METHOD_PRACK)
		return (msg->method != SIP_METHOD_UPDATE || push->ack) && !push->final;
	if (sip_msg_number(msg, SIP_HEADER_RACK, &wanted) < 0)
		return false;
	for (size_t i = 0; i < push->answer_count; i++)
		if (sip_msg_number(&push->answers[i]->msg, SIP_HEADER_RSEQ, &seen) == 0 && seen == wanted)
			return false;
	return true;
}

static enum tri eval_to_target(const struct check *check, const struct look *look)
{
	const struct event *from = look->txn->target_from;
	struct sip_addr contact;

	if (answer_lost(look))
		return look_unknown(look, "an answer that may have moved the target was not seen");
	if (!from || sip_msg_addr(&from->msg, SIP_HEADER_CONTACT, &contact) < 0)
		return look_unknown(look, "no answer with a readable Contact was seen");
	if (sip_uri_equal(contact.uri, look->txn->request->msg.uri))
		return TRI_YES;
	if (look_complete(look) != TRI_YES) /* the last answer may not have reached him */
		return TRI_UNKNOWN;
	if (look->why)
		look->why->also = from;
	return look_no(look, look->txn->request, look->txn->request->msg.uri, "%s to %s, the Contact being %s",
		       look_text(look->txn->request->msg.method_text), look_text(look->txn->request->msg.uri),
		       look_text(contact.uri));
}

static enum tri eval_allow_from(const struct check *check, const struct look *look)
{
	const struct event *from = look->txn->allow_from;

	return tri_of(from && from->msg.status / 100 == check->args[0].number);
}

static enum tri eval_allowed(const struct check *check, const struct look *look)
{
	const struct event *from = look->txn->allow_from;

	if (answer_lost(look))
		return look_unknown(look, "an answer that may have had another Allow was not seen");
	if (look->txn->request->msg.method == SIP_METHOD_PRACK) /* RFC 3262 4: who requires 100rel is owed it */
		return TRI_YES;
	if (!from)
		return look_unknown(look, "no answer with an Allow was seen");
	if (sip_msg_lists(&from->msg, SIP_HEADER_ALLOW, look->txn->request->msg.method_text, true))
		return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (look->why)
		look->why->also = from;
	return look_no(look, look->txn->request, SLICE_NONE, "%s, the Allow being: %s",
		       look_text(look->txn->request->msg.method_text), look_header(from, SIP_HEADER_ALLOW));
}

/* Who hears nothing at all gives an INVITE up after Timer B (RFC 3261 17.1.1.2): no transaction is left then that could
 * acknowledge a refusal. */
static enum tri eval_awaited(const struct check *check, const struct look *look)
{
	static const uint64_t timer_b = 32000000000ull, blur = 1000000000ull;
	const struct txn *push = look->txn;
	uint64_t waited;

	if (!push->final || push->ack)
		return tri_of(push->ack != NULL);
	waited = push->answers[0]->time - push->request->time;
	if (waited + blur < timer_b)
		return TRI_YES;
	return waited < timer_b + blur ? look_unknown(look, "the answer came as Timer B ended") : TRI_NO;
}

/* RFC 3261 13.2.2.4, 17.1.1.3: the INVITE's number, and the tag of an answer to it. */
static bool acknowledges(const struct sip_msg *ack, const struct txn *push)
{
	struct slice tag = sip_msg_tag(ack, SIP_HEADER_TO), method;
	uint32_t number, wanted;

	if (sip_msg_cseq(&push->request->msg, &wanted, &method) == 0 &&
	    (sip_msg_cseq(ack, &number, &method) < 0 || number != wanted))
		return false;
	for (size_t i = 0; i < push->answer_count; i++)
		if (push->answers[i]->msg.status >= 200 &&
		    slice_eq_nocase(tag, sip_msg_tag(&push->answers[i]->msg, SIP_HEADER_TO)))
			return true;
	return false;
}

static bool is_acknowledged(const struct look *look)
{
	if (acknowledges(&look->txn->ack->msg, look->txn))
		return true;
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->push == look->txn && txn->request->msg.method == SIP_METHOD_ACK &&
		    acknowledges(&txn->request->msg, look->txn))
			return true;
	}
	return false;
}

/* A 2xx that is not acknowledged is sent again and again (RFC 3261 13.3.1.4). */
static enum tri eval_acknowledged(const struct check *check, const struct look *look)
{
	const struct event *final = look->txn->final;
	uint64_t last = 0;
	unsigned copies = 0;

	if (look->txn->ack && (!final || is_acknowledged(look)))
		return TRI_YES;
	if (!final)
		return look_unknown(look, "the answer was not seen");
	if (look->txn->ack && look_complete(look) == TRI_YES)
		return look_no(look, look->txn->ack, sip_msg_value(&look->txn->ack->msg, SIP_HEADER_CSEQ),
			       "an ACK that has not the CSeq of the INVITE and the To tag of the answer");
	for (size_t i = 0; i < look->story->flow->count; i++)
		if (look->story->flow->events[i]->first == final) {
			copies++;
			last = look->story->flow->events[i]->time;
		}
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (copies < 4 || story_server_alive(look->story) < last + look->timers->quiet)
		return look_unknown(
			look,
			"no ACK in the evidence, but the answer was not repeated and watched long enough to prove it");
	return look_no(look, final, SLICE_NONE, "no ACK, the answer being sent %u times", copies);
}

const struct word words_push[] = {
	{"valid_invite", "", WORD_LEAF, "a valid initial INVITE (RFC 3261 8.1.1, 12.1.2)",
	 "the headers that every initial INVITE has are there and right", eval_valid_invite},
	{"retargeted", "", WORD_LEAF, "an INVITE to the Contact that the user registered with the server itself",
	 "of a push: the Request-URI is a Contact that the user registered with the IM Server itself", eval_retargeted},
	{"uri_is_user", "", WORD_LEAF, "the user's public identity as Request-URI",
	 "the Request-URI is one of the user's identities", eval_uri_is_user},
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
	{"target_from", "n*", WORD_LEAF, "the target given by an answer of class %+",
	 "inside a push's dialog: the last Contact came in such an answer", eval_target_from},
	{"early_contact", "", WORD_LEAF, "a provisional answer with a Contact before",
	 "inside a push's dialog: a 1xx with Contact went before", eval_early_contact},
	{"to_target", "", WORD_LEAF, "the Contact of the last answer as Request-URI",
	 "inside a push's dialog: the Request-URI is the remote target", eval_to_target},
	{"allow_from", "n", WORD_LEAF, "the Allow given by an answer of class %1",
	 "inside a push's dialog: the last Allow came in such an answer", eval_allow_from},
	{"allowed", "", WORD_LEAF, "a method that the last Allow lists",
	 "inside a push's dialog: the peer allows the method", eval_allowed},
	{"awaited", "", WORD_LEAF, "an answer that came before Timer B",
	 "of a push: its first answer came while the INVITE was waited for", eval_awaited},
	{"acknowledged", "", WORD_LEAF, "an ACK", "the final answer to the INVITE was acknowledged", eval_acknowledged},
	{0},
};
