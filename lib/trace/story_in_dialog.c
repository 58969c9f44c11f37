/* SPDX-License-Identifier: MIT
 *
 * Which requests are meant for the dialog of a push (RFC 3261 12.2): those that carry its Call-ID and tags, and those
 * of the IM Server that have one of the three wrong. */
#include "trace/story_parts.h"

bool story_has_to_tag(const struct event *event)
{
	return sip_msg_tag(&event->msg, SIP_HEADER_TO).p != NULL;
}

/* Of a dialog that has nothing to do with a push, and whose beginning was seen: a call, a subscription. */
bool story_dialog_began(const struct story *story, const struct event *event)
{
	for (size_t i = 0; i < story->count && story->txns[i]->request->number < event->number; i++)
		if (!story_has_to_tag(story->txns[i]->request) && event_same_call_id(story->txns[i]->request, event))
			return true;
	return false;
}

bool story_answered_with(const struct txn *push, struct slice tag, unsigned least)
{
	for (size_t i = 0; i < push->answer_count; i++)
		if (push->answers[i]->msg.status >= least &&
		    slice_eq_nocase(tag, sip_msg_tag(&push->answers[i]->msg, SIP_HEADER_TO)))
			return true;
	return false;
}

/* A 100 makes no dialog (RFC 3261 12.1). */
static bool has_answered(const struct txn *push, struct slice tag)
{
	return story_answered_with(push, tag, 101);
}

/* A push that was refused may be tried again in the same call, or two may be under way in it: the one whose answer gave
 * the tag counts, or the last one of that sender, or the last one. */
const struct txn *story_dialog_of(const struct story *story, const struct event *event)
{
	struct slice tag = sip_msg_tag(&event->msg, SIP_HEADER_TO);
	const struct txn *last = NULL, *own = NULL;

	for (size_t i = 0; i < story->count && story->txns[i]->request->number <= event->number; i++) {
		const struct txn *txn = story->txns[i];
		if (txn->occasion != OCCASION_PUSH || !event_same_call_id(txn->request, event))
			continue;
		last = txn;
		if (story_same_call(txn->request, event) && (has_answered(txn, tag) || !own || !has_answered(own, tag)))
			own = txn;
	}
	return own ? own : last;
}

/* From the same side to the other: on one host, as in a laboratory, one of the ports shows it. */
static bool same_way(const struct event_path *a, const struct event_path *b)
{
	return net_addr_eq_ip(&a->src, &b->src) && net_addr_eq_ip(&a->dst, &b->dst) &&
	       (!net_addr_eq_ip(&a->src, &a->dst) || net_addr_eq(&a->src, &b->src) || net_addr_eq(&a->dst, &b->dst));
}

/* What the server sends into the call by a tag that is neither its own nor the client's. */
static bool has_strange_sender(const struct txn *push, const struct event *event)
{
	return push->final && sip_msg_tag(&push->request->msg, SIP_HEADER_FROM).len && story_has_to_tag(event) &&
	       same_way(&push->request->path, &event->path) &&
	       !has_answered(push, sip_msg_tag(&event->msg, SIP_HEADER_FROM));
}

/* Both tags of a push's dialog, in a call that nothing has begun. Tags may be anybody's where not all was seen. */
static const struct txn *dialog_by_tags(const struct story *story, const struct event *event)
{
	struct slice from = sip_msg_tag(&event->msg, SIP_HEADER_FROM), to = sip_msg_tag(&event->msg, SIP_HEADER_TO);

	if (!from.len || !to.len || (story->flow->gaps & (FLOW_GAP_START | FLOW_GAPS_HOLES)) ||
	    story_dialog_began(story, event))
		return NULL;
	for (size_t i = story->count; i-- > 0;) {
		const struct txn *push = story->txns[i];
		if (push->occasion == OCCASION_PUSH && push->request->number < event->number &&
		    slice_eq(from, sip_msg_tag(&push->request->msg, SIP_HEADER_FROM)) && has_answered(push, to) &&
		    same_way(&push->request->path, &event->path))
			return push;
	}
	return NULL;
}

static struct txn *dialog_meant(const struct story *story, const struct event *event)
{
	const struct txn *push = story_dialog_of(story, event);

	return (struct txn *)(push ? push : dialog_by_tags(story, event));
}

/* Who forks an INVITE acknowledges the refusal of a branch himself (RFC 3261 17.1.1.3): as his first hop. */
static bool is_ack_of_a_proxy(const struct story *story, const struct txn *push, const struct txn *txn)
{
	const struct net_addr *src = &txn->request->path.src;

	return txn->request->msg.method == SIP_METHOD_ACK && story_is_senders_hop(story, txn) &&
	       !net_addr_eq_ip(src, &push->request->path.src) && !story_is_server_host(story, src);
}

/* The server's own become occasions, a BYE of either side ends the session. */
void story_name_in_dialog(struct story *story, struct txn *txn)
{
	enum sip_method method = txn->request->msg.method;
	struct txn *push = dialog_meant(story, txn->request);
	bool own;

	if (!push || txn == push || method == SIP_METHOD_CANCEL || story_seen_nearer(story, txn) ||
	    is_ack_of_a_proxy(story, push, txn))
		return;
	if (method == SIP_METHOD_BYE && !push->end)
		push->end = txn->request;
	if ((method == SIP_METHOD_UPDATE || method == SIP_METHOD_INVITE) && !push->refresh)
		push->refresh = txn->request;
	own = story_same_call(push->request, txn->request);
	if (!own && (method == SIP_METHOD_ACK ||
		     (event_same_call_id(push->request, txn->request) && !has_strange_sender(push, txn->request))))
		return;
	if (method == SIP_METHOD_ACK && !push->ack)
		push->ack = txn->request;
	if (!story_is_senders_hop(story, txn)) /* as the server sent it, it was not seen */
		return;
	txn->occasion = OCCASION_PUSH_REQUEST;
	txn->push = push;
}
