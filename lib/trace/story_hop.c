/* SPDX-License-Identifier: MIT
 *
 * One request on several hops: proxies keep its Call-ID and add a Via (RFC 3261 16.6); a B2BUA makes another request of
 * it, and only place and time tell that the two are one. */
#include "trace/served.h"
#include "base/time.h"
#include "trace/story_parts.h"

#define RELAYED_MAX (5 * SECOND)

/* RFC 3261 16.6: the same call and CSeq, and more Vias the farther it has come. */
static bool is_proxied(const struct txn *near, const struct txn *far)
{
	return near->vias < far->vias && near->request->marks.cseq == far->request->marks.cseq &&
	       near->request->marks.call == far->request->marks.call &&
	       slice_eq(sip_msg_value(&near->request->msg, SIP_HEADER_CSEQ),
			sip_msg_value(&far->request->msg, SIP_HEADER_CSEQ)) &&
	       story_same_call(near->request, far->request);
}

/* On one host, as in a laboratory, only the port tells who is who. */
static bool came_to(const struct event_path *in, const struct event_path *out)
{
	bool one_host = net_addr_eq_ip(&in->src, &in->dst) || net_addr_eq_ip(&out->src, &out->dst);

	return one_host ? net_addr_eq(&in->dst, &out->src) : net_addr_eq_ip(&in->dst, &out->src);
}

static bool same_service(const struct sip_msg *a, const struct sip_msg *b)
{
	struct slice from = sip_msg_uri(a, SIP_HEADER_FROM), other = sip_msg_uri(b, SIP_HEADER_FROM);

	return slice_eq(sip_msg_event(a), sip_msg_event(b)) &&
	       (sip_uri_equal(from, other) || sip_uri_same_user(from, other));
}

/* Who takes a request of the user, and sends one like it before he answers, is a B2BUA between the two. */
static bool is_relayed(const struct txn *near, const struct txn *far)
{
	const struct event *in = near->request, *out = far->request;

	return in->number < out->number && came_to(&in->path, &out->path) && out->time - in->time < RELAYED_MAX &&
	       (!near->final || near->final->number > out->number) && !event_same_call_id(in, out) &&
	       !sip_msg_tag(&in->msg, SIP_HEADER_TO).p == !sip_msg_tag(&out->msg, SIP_HEADER_TO).p &&
	       same_service(&in->msg, &out->msg);
}

static bool goes_on(const struct txn *near, const struct txn *far)
{
	return near != far && near->request->msg.method == far->request->msg.method &&
	       (is_proxied(near, far) || is_relayed(near, far));
}

bool story_seen_nearer(const struct story *story, const struct txn *txn)
{
	for (size_t i = 0; i < story->count; i++)
		if (goes_on(story->txns[i], txn))
			return true;
	return false;
}

bool story_seen_farther(const struct story *story, const struct txn *txn)
{
	for (size_t i = 0; i < story->count; i++)
		if (goes_on(txn, story->txns[i]))
			return true;
	return false;
}

/* What goes on only after it was answered was stored in between. */
bool story_handed_on(const struct story *story, const struct txn *txn)
{
	for (size_t i = 0; i < story->count; i++)
		if ((!txn->final || story->txns[i]->request->number < txn->final->number) &&
		    goes_on(txn, story->txns[i]))
			return true;
	return false;
}

const struct txn *story_first_seen(const struct story *story, const struct txn *txn)
{
	for (size_t i = 0; i < story->count; i++) {
		const struct event *other = story->txns[i]->request;
		if (other->number < txn->request->number && other->marks.cseq == txn->request->marks.cseq &&
		    other->msg.method == txn->request->msg.method && story_same_call(other, txn->request))
			return story->txns[i];
	}
	return txn;
}

bool story_came_answered(const struct story *story, const struct txn *txn)
{
	const struct txn *first = story_first_seen(story, txn);

	return first != txn && first->final && first->final->number < txn->request->number;
}

bool story_is_senders_hop(const struct story *story, const struct txn *txn)
{
	const struct flow_peer *peer = flow_peer(story->flow, &txn->request->path.src);

	return txn->vias <= 1 || flow_is_live(story->flow) ||
	       (peer && (peer->role == FLOW_ROLE_SERVER || peer->role == FLOW_ROLE_CLIENT));
}

static bool same_sender(const struct event_path *a, const struct event_path *b)
{
	bool one_host = net_addr_eq_ip(&a->src, &a->dst) || net_addr_eq_ip(&b->src, &b->dst);

	return one_host ? net_addr_eq(&a->src, &b->src) : net_addr_eq_ip(&a->src, &b->src);
}

/* Who sends on what others have sent is no client; what he begins himself he says for them. */
bool story_is_cores_register(const struct story *story, const struct txn *txn)
{
	const struct flow_peer *peer = flow_peer(story->flow, &txn->request->path.src);

	if (flow_is_live(story->flow) || txn->vias > 1)
		return false;
	if (peer && peer->role == FLOW_ROLE_CORE)
		return true;
	for (size_t i = 0; i < story->count; i++)
		if (story->txns[i]->vias > 1 && same_sender(&story->txns[i]->request->path, &txn->request->path))
			return true;
	return false;
}

/* The answer to a REGISTER that is not in the evidence gave that Contact. */
static bool is_granted(const struct story *story, const struct txn *txn)
{
	for (size_t i = 0; i < story->orphan_count; i++) {
		const struct event *answer = story->orphans[i];
		if (answer->msg.method == SIP_METHOD_REGISTER && answer->msg.status / 100 == 2 &&
		    answer->number < txn->request->number &&
		    net_addr_eq_ip(&answer->path.src, &txn->request->path.src) &&
		    sip_uri_equal(sip_msg_uri(&answer->msg, SIP_HEADER_CONTACT), txn->request->msg.uri))
			return true;
	}
	return false;
}

/* An INVITE to the Contact that the user registered, from where he registered it: the core's, or that of a B2BUA beside
 * the client (RFC 3261 16.5), whatever its Vias say. */
static bool is_retargeted(const struct story *story, const struct txn *txn)
{
	const struct state *begin = &story->flow->begin;

	if (begin->registered_here && net_addr_eq_ip(&begin->registrar, &txn->request->path.src) &&
	    sip_uri_equal(begin->contact, txn->request->msg.uri))
		return true;
	for (size_t i = 0; i < story->count && story->txns[i]->request->number < txn->request->number; i++) {
		const struct event *request = story->txns[i]->request;
		if (request->msg.method == SIP_METHOD_REGISTER &&
		    net_addr_eq_ip(&request->path.dst, &txn->request->path.src) &&
		    served_registers_self(&request->msg) &&
		    sip_uri_equal(sip_msg_uri(&request->msg, SIP_HEADER_CONTACT), txn->request->msg.uri))
			return true;
	}
	return is_granted(story, txn);
}

bool story_is_far_invite(const struct story *story, const struct txn *txn)
{
	const struct flow_peer *peer = flow_peer(story->flow, &txn->request->path.src);

	if (story_seen_nearer(story, txn) || !story_is_senders_hop(story, txn))
		return true;
	return !flow_is_live(story->flow) && !(peer && peer->role == FLOW_ROLE_SERVER) && is_retargeted(story, txn);
}
