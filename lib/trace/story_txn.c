/* SPDX-License-Identifier: MIT */
#include "trace/story_parts.h"

bool story_same_call(const struct event *a, const struct event *b)
{
	return event_same_call_id(a, b) &&
	       (slice_eq(sip_msg_value(&a->msg, SIP_HEADER_FROM), sip_msg_value(&b->msg, SIP_HEADER_FROM)) ||
		slice_eq(sip_msg_tag(&a->msg, SIP_HEADER_FROM), sip_msg_tag(&b->msg, SIP_HEADER_FROM)));
}

/* As far as can be told without a look at the messages: most others differ in it. */
static bool same_place(const struct event *a, const struct event *b)
{
	return a->marks.hop == b->marks.hop && a->marks.cseq == b->marks.cseq;
}

static bool same_hop(const struct event *a, const struct event *b)
{
	return slice_eq(a->marks.branch, b->marks.branch) && story_same_call(a, b);
}

/* The transaction whose request went this way with this branch (RFC 3261 17.1.3, 17.2.3). The method is `method`: an
 * ACK to a failure and a CANCEL share the branch of their INVITE. */
static struct txn *find_txn(const struct story *story, const struct event *event, struct slice method)
{
	for (size_t i = story->count; i-- > 0;) {
		struct txn *txn = story->txns[i];
		const struct event *request = txn->request;
		if (same_place(request, event) && slice_eq(request->msg.method_text, method) &&
		    same_hop(request, event))
			return txn;
	}
	return NULL;
}

/* A request whose CSeq names another method than its first line is answered with that CSeq (RFC 3261 8.2.6.2). */
static struct txn *find_misnamed(const struct story *story, const struct event *event)
{
	for (size_t i = story->count; i-- > 0;) {
		const struct event *request = story->txns[i]->request;
		if (same_place(request, event) && same_hop(request, event) &&
		    slice_eq(sip_msg_value(&request->msg, SIP_HEADER_CSEQ),
			     sip_msg_value(&event->msg, SIP_HEADER_CSEQ)))
			return story->txns[i];
	}
	return NULL;
}

static void add_orphan(struct story *story, const struct event *event)
{
	ARENA_GROW(&story->flow->arena, story->orphans, story->orphan_count, story->orphan_cap);
	story->orphans[story->orphan_count++] = event;
}

static void add_answer(struct story *story, const struct event *event)
{
	struct txn *txn = find_txn(story, event, event->msg.method_text);

	if (!txn)
		txn = find_misnamed(story, event);
	if (!txn) {
		add_orphan(story, event);
		return;
	}
	story->of_event[event->number] = txn;
	ARENA_GROW(&story->flow->arena, txn->answers, txn->answer_count, txn->answer_cap);
	txn->answers[txn->answer_count++] = event;
	if (!txn->final && event->msg.status >= 200)
		txn->final = event;
}

static void add_request(struct story *story, const struct event *event)
{
	struct txn *txn;

	/* an ACK with the INVITE's branch belongs to its failure; one to a 2xx is a request of its own, whatever its
	 * branch
	 */
	if (event->msg.method == SIP_METHOD_ACK && (txn = find_txn(story, event, SLICE("INVITE"))) &&
	    !(txn->final && txn->final->msg.status < 300)) {
		txn->ack = event;
		return;
	}
	txn = arena_alloc(&story->flow->arena, sizeof(*txn));
	txn->request = event;
	txn->vias = sip_values_count(&event->msg, SIP_HEADER_VIA);
	story->of_event[event->number] = txn;
	ARENA_GROW(&story->flow->arena, story->txns, story->count, story->cap);
	story->txns[story->count++] = txn;
}

void story_grow_txns(struct story *story)
{
	const struct flow *flow = story->flow;

	for (size_t i = 0; i < flow->count; i++) {
		const struct event *event = flow->events[i];
		if (event->again)
			continue;
		if (event->msg.is_request)
			add_request(story, event);
		else
			add_answer(story, event);
	}
}
