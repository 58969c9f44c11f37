/* SPDX-License-Identifier: MIT
 *
 * The devices of a user: which of them sent something, and whether that which a word looks at lives. Declared in
 * words.h. */
#include "check/words.h"

static const struct txn *register_from(const struct look *look, const struct net_addr *src, size_t *at)
{
	while (*at < look->story->count) {
		const struct txn *txn = look->story->txns[(*at)++];
		if (txn->occasion == OCCASION_REGISTER && net_addr_eq(src, &txn->request->path.src) &&
		    sip_msg_uri(&txn->request->msg, SIP_HEADER_CONTACT).p)
			return txn;
	}
	return NULL;
}

/* The REGISTER of who sent what is looked at: that itself, or else the first from there. */
static const struct sip_msg *own_register(const struct look *look)
{
	const struct txn *own = look->txn;
	size_t at = 0;

	if (own->occasion != OCCASION_REGISTER)
		own = register_from(look, &own->request->path.src, &at);
	return own ? &own->request->msg : NULL;
}

/* A device that moves keeps its instance (RFC 5626 4.1), or at least its Call-ID (RFC 3261 10.2.4). */
static bool of_one_device(const struct sip_msg *a, const struct sip_msg *b)
{
	struct slice instance = story_instance(a), call = sip_msg_value(a, SIP_HEADER_CALL_ID);

	return sip_uri_equal(sip_msg_uri(a, SIP_HEADER_CONTACT), sip_msg_uri(b, SIP_HEADER_CONTACT)) ||
	       (instance.p && slice_eq(instance, story_instance(b))) ||
	       (call.p && slice_eq(call, sip_msg_value(b, SIP_HEADER_CALL_ID)));
}

bool look_other_device(const struct look *look, const struct txn *txn)
{
	const struct net_addr *src = &txn->request->path.src;
	const struct sip_msg *own;
	const struct txn *other;
	bool known = false;
	size_t at = 0;

	if (net_addr_eq(src, &look->txn->request->path.src) || !(own = own_register(look)))
		return false;
	while ((other = register_from(look, src, &at))) {
		if (of_one_device(own, &other->request->msg))
			return false;
		known = true;
	}
	return known;
}

/* Nothing of its call has succeeded yet: a refresh keeps the Call-ID, and its numbers go on (RFC 3261 10.2.4). */
static bool begins(const struct look *look)
{
	const struct txn *first = look->txn;

	for (; first->earlier; first = first->earlier)
		if (!first->earlier->final || first->earlier->final->msg.status < 300)
			return false;
	return first->request->marks.cseq == 1 && look->txn->occasion == OCCASION_REGISTER;
}

bool look_new_device(const struct look *look)
{
	uint64_t own = story_instance_hash(&look->txn->request->msg), last = look->txn->before.instance;

	return own && last && own != last && begins(look);
}

static bool is_granted_before(const struct txn *txn, const struct event *event)
{
	return txn->occasion == OCCASION_REGISTER && txn_succeeded(txn) && event_after(event, txn->final);
}

const struct state *look_registration(const struct look *look)
{
	const struct txn *last = NULL, *mine = NULL;
	const struct sip_msg *own = own_register(look);

	if (!own) /* it may have registered over another connection, or earlier */
		return &look->txn->before;
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (!is_granted_before(txn, look->txn->request))
			continue;
		last = txn;
		mine = of_one_device(own, &txn->request->msg) ? txn : mine;
	}
	if (mine == last)
		return &look->txn->before;
	return mine ? &mine->after : NULL;
}

/* Has the client answered a request that was sent to its address, from whatever port? */
static bool client_answered_after(const struct look *look, uint64_t time)
{
	const struct net_addr *client = &look->txn->request->path.src;

	if (!story_is_senders_hop(look->story, look->txn))
		return false;
	for (size_t i = look->story->count; i--;) {
		const struct txn *txn = look->story->txns[i];
		if (txn->final && txn->final->time >= time && net_addr_eq(&txn->request->path.dst, client))
			return true;
	}
	return false;
}

/* A client that registers over UDP may publish over TCP, and be asked there. */
static bool sends_for_client(const struct txn *txn)
{
	return txn->occasion == OCCASION_REGISTER || txn->occasion == OCCASION_CLIENT_PUBLISH ||
	       txn->occasion == OCCASION_SUBSCRIBE;
}

/* Behind a proxy only the proxy is seen to live; the client is known to by the requests that come from it. */
static bool sender_lives(const struct look *look, const struct txn *txn, uint64_t time)
{
	const struct flow_peer *peer = flow_peer(look->story->flow, &txn->request->path.src);

	if (!story_is_senders_hop(look->story, txn))
		return txn->request->time >= time;
	return peer && peer->alive >= time;
}

static bool lives_by(const struct look *look, const struct txn *txn, uint64_t time)
{
	return sends_for_client(txn) && sender_lives(look, txn, time) && !look_other_device(look, txn);
}

bool look_client_lives(const struct look *look, uint64_t time)
{
	const struct flow *flow = look->story->flow;

	if (sender_lives(look, look->txn, time) || client_answered_after(look, time))
		return true;
	for (size_t i = 0; i < look->story->count; i++)
		if (lives_by(look, look->story->txns[i], time))
			return true;
	for (size_t i = flow->note_count; i-- && flow->notes[i].time >= time;)
		if (flow->notes[i].kind == FLOW_NOTE_CLIENT_ALIVE)
			return true;
	return false;
}
