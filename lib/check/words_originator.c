/* SPDX-License-Identifier: MIT
 *
 * Words about a PUBLISH: who sends it, as the core asserts it (5.1, RFC 3325), and whether he may. */
#include "check/words.h"

/* Does the core say who sends, on this hop? Where another request of the same sender carries an identity, one without
 * was not authenticated; where none does, identities are simply not shown here, and nobody can say that one is wrong.
 */
static bool core_asserts(const struct look *look)
{
	const struct flow *flow = look->story->flow;

	if (state_asserts(&flow->begin, state_hop(&look->txn->request->path)))
		return true;
	for (size_t i = 0; i < flow->count; i++)
		if (flow->events[i]->msg.is_request && flow->events[i] != look->txn->request &&
		    net_addr_eq_ip(&flow->events[i]->path.src, &look->txn->request->path.src) &&
		    net_addr_eq(&flow->events[i]->path.dst, &look->txn->request->path.dst) &&
		    sip_msg_has(&flow->events[i]->msg, SIP_HEADER_P_ASSERTED_IDENTITY))
			return true;
	return false;
}

/* Who registers users may be a core as well as the IM Server, which is known by its pushes. In a run it is known
 * anyway.
 */
static bool is_known_server(const struct look *look, const struct net_addr *addr)
{
	const struct flow_peer *peer = flow_peer(look->story->flow, addr);

	if (flow_is_live(look->story->flow) || (peer && peer->server))
		return true;
	for (size_t i = 0; i < look->story->count; i++)
		if (look->story->txns[i]->occasion == OCCASION_PUSH &&
		    net_addr_eq_ip(&look->story->txns[i]->request->path.src, addr))
			return true;
	return false;
}

/* Who would rather be somebody else (RFC 3325 9.2) leaves it to the server what it makes of that. */
static bool prefers_another(const struct sip_msg *msg)
{
	struct sip_values it;
	struct sip_addr addr;
	struct slice value;

	sip_values_start(&it, msg, SIP_HEADER_P_PREFERRED_IDENTITY);
	while (sip_values_next(&it, &value))
		if (sip_addr_read(value, &addr) < 0 || !sip_uri_same_user(addr.uri, msg->uri))
			return true;
	return false;
}

/* Where nobody asserts anything, the IM Server itself has taken the sender's registration, and he publishes for
 * himself. */
static bool is_registered_here(const struct look *look)
{
	const struct state *before = &look->txn->before;

	return before->registered == TRI_YES && before->registered_here &&
	       net_addr_eq(&before->registrar, &look->txn->request->path.dst) &&
	       is_known_server(look, &before->registrar) &&
	       sip_uri_same_user(before->registered_as, REQUEST(look)->uri) &&
	       sip_uri_same_user(sip_msg_uri(REQUEST(look), SIP_HEADER_FROM), REQUEST(look)->uri) &&
	       !prefers_another(REQUEST(look));
}

/* All that is asserted names one and the same sender (RFC 3325 9.1): a number beside a SIP URI of somebody else is his.
 * Is one of the asserted identities (5.1) the user whose settings are published? Where several URIs name one user, the
 * identities that the flow has learnt count; whom a Request-URI means that is none of them is the server's to say. */
static enum tri find_originator(const struct look *look)
{
	struct slice target = REQUEST(look)->uri, value;
	bool asserted = false, alias = true, own = false;
	struct sip_values it;
	struct sip_addr addr;

	sip_values_start(&it, REQUEST(look), SIP_HEADER_P_ASSERTED_IDENTITY);
	while (sip_values_next(&it, &value)) {
		asserted = true;
		if (sip_addr_read(value, &addr) == 0) {
			if (sip_uri_same_user(addr.uri, target))
				return TRI_YES;
			own |= look_is_user(look, addr.uri);
		}
		alias = alias && look_may_be_alias(look, addr.uri);
	}
	if (own)
		return look_is_user(look, target) ? TRI_YES : TRI_UNKNOWN;
	if (asserted)
		return alias ? TRI_UNKNOWN : TRI_NO;
	if (core_asserts(look))
		return TRI_NO;
	return is_registered_here(look) ? TRI_YES : TRI_UNKNOWN;
}

static enum tri originator(const struct look *look)
{
	struct event *request = (struct event *)look->txn->request;

	if (!request->memory.originator)
		request->memory.originator = (uint8_t)(find_originator(look) + 1);
	return (enum tri)(request->memory.originator - 1);
}

/* Step 1 refuses with the 403 that an originator who is not authorised gets. */
static bool lacks_tag(const struct look *look)
{
	return !look->txn->request->cut &&
	       !sip_feature_found(REQUEST(look), SIP_HEADER_ACCEPT_CONTACT, look->profile->feature_tag, NULL, NULL);
}

/* A Request-URI, no number, by which the user was not known till now. */
static bool is_unheard_of(const struct look *look)
{
	return !sip_uri_is_number(REQUEST(look)->uri) && !look_is_user(look, REQUEST(look)->uri);
}

/* Where the core shows no identities, they are taken for right; a server that refuses, and has no other reason to,
 * knows more than the evidence. So does one that refuses a number that may be another's, and one that is asked for an
 * address that may be, whatever its answer is. */
static enum tri eval_originator_wrong(const struct check *check, const struct look *look)
{
	uint16_t status = look->txn->final ? look->txn->final->msg.status : 0;
	bool asserted = sip_msg_has(REQUEST(look), SIP_HEADER_P_ASSERTED_IDENTITY);

	switch (originator(look)) {
	case TRI_NO:
		return TRI_YES;
	case TRI_YES:
		return TRI_NO;
	default:
		if (asserted && (status >= 300 || is_unheard_of(look)))
			return look_unknown(
				look, "whether the asserted identity is the user of the Request-URI was not seen");
		return status == 403 && !lacks_tag(look) ? look_unknown(look, "no identities are asserted here")
							 : TRI_NO;
	}
}

static enum tri eval_originator_plain(const struct check *check, const struct look *look)
{
	struct slice value = slice_trim(sip_msg_value(REQUEST(look), SIP_HEADER_P_ASSERTED_IDENTITY));
	struct sip_addr addr, from;

	return tri_of(sip_values_count(REQUEST(look), SIP_HEADER_P_ASSERTED_IDENTITY) == 1 && value.len &&
		      value.p[0] == '<' && sip_msg_addr(REQUEST(look), SIP_HEADER_P_ASSERTED_IDENTITY, &addr) == 0 &&
		      sip_uri_equal(addr.uri, REQUEST(look)->uri) &&
		      sip_msg_addr(REQUEST(look), SIP_HEADER_FROM, &from) == 0 &&
		      sip_uri_equal(from.uri, REQUEST(look)->uri));
}

const struct word words_originator[] = {
	{"originator_wrong", "", WORD_LEAF, "an asserted identity that is not the user's",
	 "no asserted identity is the user of the Request-URI", eval_originator_wrong},
	{"originator_plain", "", WORD_LEAF, "one asserted identity, in <>, the Request-URI itself, as is From",
	 "the identity is asserted in the plainest form, and is that of From", eval_originator_plain},
	{0},
};
