/* SPDX-License-Identifier: MIT
 *
 * Words about what makes a request one of its dialog (RFC 3261 12.2.1.1): Call-ID, tags, CSeq, and the route. */
#include "check/words.h"

/* --- Call-ID, tags, CSeq --- */

/* May an answer be missing that gave this tag? Before the final one there may be as many as there are forks. */
static enum tri answers_known(const struct look *look)
{
	const struct txn *push = look->txn->push;
	bool early = MSG(look)->method == SIP_METHOD_PRACK || MSG(look)->method == SIP_METHOD_UPDATE;

	if (look->story->flow->gaps & FLOW_GAPS_IN_CALL)
		return look_complete(look);
	if (!push->answer_count || (!early && !push->final))
		return look_unknown(look, "the answer that made the dialog was not seen");
	return TRI_YES;
}

static enum tri eval_tags(const struct look *look)
{
	const struct sip_msg *invite = &look->txn->push->request->msg;
	struct slice call = sip_msg_value(MSG(look), SIP_HEADER_CALL_ID), tag = sip_msg_tag(MSG(look), SIP_HEADER_TO);
	enum tri known;

	if (!event_same_call_id(look->event, look->txn->push->request))
		return look_no(look, look->event, call, "the tags of the dialog in another call, Call-ID: %s",
			       look_text(call));
	if (!slice_eq_nocase(sip_msg_tag(MSG(look), SIP_HEADER_FROM), sip_msg_tag(invite, SIP_HEADER_FROM)))
		return look_missing(look, look->event, "From: %s, the INVITE having had %s",
				    look_header(look->event, SIP_HEADER_FROM),
				    look_header(look->txn->push->request, SIP_HEADER_FROM));
	if (story_answered_with(look->txn->push, tag, 101)) /* a fork's dialog, too (RFC 3261 12.1, 13.2.2.4) */
		return TRI_YES;
	known = answers_known(look);
	return known == TRI_YES ? look_missing(look, look->event, "To: %s, a tag that no answer to the INVITE had",
					       look_header(look->event, SIP_HEADER_TO))
				: known;
}

/* The server's requests before this one in the same dialog, at the same hop. An ACK has a number of before. */
static bool is_before(const struct look *look, const struct txn *other)
{
	const struct event *own = look->txn->request;

	return other->push == look->txn->push && other->occasion == OCCASION_PUSH_REQUEST &&
	       other->request->msg.method != SIP_METHOD_ACK && event_after(own, other->request) &&
	       net_addr_eq_ip(&other->request->path.src, &own->path.src) &&
	       net_addr_eq_ip(&other->request->path.dst, &own->path.dst) &&
	       slice_eq_nocase(sip_msg_tag(&other->request->msg, SIP_HEADER_TO), sip_msg_tag(MSG(look), SIP_HEADER_TO));
}

/* RFC 3263 4.3: a request that was not answered, or with 503, is tried elsewhere unchanged. */
static bool is_tried_again(const struct look *look, const struct txn *other)
{
	return other->request->msg.method == MSG(look)->method &&
	       (!other->final || other->final->msg.status == 408 || other->final->msg.status == 503);
}

static enum tri too_low(const struct look *look, const struct event *other)
{
	look_also(look, other);
	return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_CSEQ), "CSeq: %s, after %s",
		       look_header(look->event, SIP_HEADER_CSEQ), look_header(other, SIP_HEADER_CSEQ));
}

/* Two requests may overtake each other on their way, so a number that is lower than another proves nothing. One that
 * was used before does, and so does one that is not above the INVITE's, which came first. */
static enum tri eval_number(const struct look *look)
{
	uint32_t own = look->event->marks.cseq;
	bool overtaken = false;

	if (own <= look->txn->push->request->marks.cseq)
		return too_low(look, look->txn->push->request);
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *other = look->story->txns[i];
		if (!is_before(look, other) || other->request->marks.cseq < own)
			continue;
		if (other->request->marks.cseq == own && !is_tried_again(look, other))
			return too_low(look, other->request);
		overtaken |= other->request->marks.cseq > own;
	}
	return overtaken ? look_unknown(look, "a request with a higher CSeq may have overtaken it") : TRI_YES;
}

static enum tri eval_of_dialog(const struct check *check, const struct look *look)
{
	enum tri tags = look->txn->push ? eval_tags(look) : TRI_YES;
	struct slice method;
	uint32_t cseq;

	if (!look->txn->push || tags != TRI_YES)
		return tags;
	if (sip_msg_cseq(MSG(look), &cseq, &method) < 0 || !slice_eq(method, MSG(look)->method_text))
		return look_missing(look, look->event, "CSeq: %s", look_header(look->event, SIP_HEADER_CSEQ));
	return eval_number(look);
}

/* --- the way --- */

/* Farther on, each proxy has taken its own Route away. */
static bool at_hop_of(const struct look *look, const struct txn *push)
{
	return push && look->txn->vias == push->vias &&
	       net_addr_eq_ip(&look->txn->request->path.src, &push->request->path.src);
}

static bool is_maker(const struct look *look, const struct event *answer, bool early)
{
	uint16_t status = answer->msg.status;

	return (early ? status > 100 && status < 200 : status / 100 == 2) && event_after(look->txn->request, answer) &&
	       slice_eq_nocase(sip_msg_tag(MSG(look), SIP_HEADER_TO), sip_msg_tag(&answer->msg, SIP_HEADER_TO));
}

static const struct event *maker_of(const struct look *look, bool early)
{
	const struct txn *push = look->txn->push;

	for (size_t i = 0; at_hop_of(look, push) && i < push->answer_count; i++)
		if (is_maker(look, push->answers[i], early))
			return push->answers[i];
	return NULL;
}

/* The 2xx that made the dialog, if it was there before this request, else the first provisional answer, which made an
 * early one (RFC 3261 12.1). */
static const struct event *dialog_maker(const struct look *look)
{
	const struct event *maker = maker_of(look, false);

	return maker ? maker : maker_of(look, true);
}

static enum tri eval_recorded(const struct check *check, const struct look *look)
{
	const struct event *maker = dialog_maker(look);

	return tri_of(maker && !maker->cut && sip_msg_has(&maker->msg, SIP_HEADER_RECORD_ROUTE));
}

enum { ROUTES_MAX = 32 };

static size_t hops_of(const struct sip_msg *msg, enum sip_header id, struct slice hops[ROUTES_MAX])
{
	struct sip_values it;
	size_t count = 0;

	sip_values_start(&it, msg, id);
	while (count < ROUTES_MAX && sip_values_next(&it, &hops[count]))
		count++;
	return count;
}

/* RFC 3261 12.1.2, 12.2.1.1: Record-Route of the answer the other way round. */
static bool follows(const struct sip_msg *msg, const struct sip_msg *answer)
{
	struct slice want[ROUTES_MAX], have[ROUTES_MAX];
	size_t wanted = hops_of(answer, SIP_HEADER_RECORD_ROUTE, want);
	size_t had = hops_of(msg, SIP_HEADER_ROUTE, have), i = 0;

	while (i < wanted && wanted == had && sip_hop_kept(want[wanted - 1 - i], have[i]))
		i++;
	return i == wanted && wanted == had;
}

/* What proxies write into one provisional answer they may leave out of another. */
static bool follows_any(const struct look *look, bool early)
{
	const struct txn *push = look->txn->push;

	for (size_t i = 0; i < push->answer_count; i++)
		if (is_maker(look, push->answers[i], early) && follows(MSG(look), &push->answers[i]->msg))
			return true;
	return false;
}

/* With a strict router in front, Route is built in another way. Those are not made any more: nothing is said about
 * them.
 */
static bool is_strict(const struct sip_msg *answer)
{
	struct slice hops[ROUTES_MAX];
	size_t count = hops_of(answer, SIP_HEADER_RECORD_ROUTE, hops);

	return count && !slice_find_nocase(hops[count - 1], SLICE(";lr"));
}

static enum tri eval_route_followed(const struct check *check, const struct look *look)
{
	const struct event *maker = dialog_maker(look);

	if (!maker)
		return look_unknown(look, "the answer that made the dialog was not seen before");
	if (is_strict(&maker->msg))
		return look_unknown(look, "the first proxy of the dialog is a strict router");
	if (follows_any(look, maker->msg.status < 200))
		return TRI_YES;
	look_also(look, maker);
	return look_missing(look, look->event, "Route: %s, Record-Route having been %s",
			    look_header(look->event, SIP_HEADER_ROUTE), look_header(maker, SIP_HEADER_RECORD_ROUTE));
}

const struct word words_of_dialog[] = {
	{"of_dialog", "", WORD_LEAF, "the Call-ID and tags of the dialog, and a CSeq above all before",
	 "inside a push's dialog: Call-ID, tags and CSeq are those of the dialog (RFC 3261 12.2.1.1)", eval_of_dialog},
	{"recorded", "", WORD_LEAF, "a request in a dialog with Record-Route",
	 "inside a push's dialog: the answer that made it was seen before, and has a Record-Route", eval_recorded},
	{"route_followed", "", WORD_LEAF, "the Record-Route of the dialog as Route",
	 "inside a push's dialog: Route is Record-Route the other way round (RFC 3261 12.2.1.1)", eval_route_followed},
	{0},
};
