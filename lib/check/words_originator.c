/* SPDX-License-Identifier: MIT
 *
 * Words about a PUBLISH: who sends it, as the core asserts it (5.1, RFC 3325), and whether he may. */
#include "check/words.h"

/* Does the core assert identities on this hop? If another request of the same sender carries one, a request without
 * was not authenticated. If none does, identities are not shown here, and nobody can say that one is wrong. */
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

/* A registrar may be a core or the IM Server. The IM Server is known by its pushes; in a run it is always known. */
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

/* What the server makes of a P-Preferred-Identity (RFC 3325 9.2) of somebody else is its own affair. */
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

/* Has the IM Server itself taken the sender's registration, and does he publish for himself? Then he needs nobody to
 * assert who he is. */
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

/* Is one of the asserted identities (5.1) the user whose settings are published? All that are asserted belong to one
 * sender (RFC 3325 9.1): a number beside somebody else's SIP URI is his. Of a user with several URIs, those count that
 * the flow has learnt; whether a Request-URI that is none of them is his, only the server knows. */
static enum tri find_originator(const struct look *look)
{
	struct slice target = REQUEST(look)->uri, value;
	bool asserted = false, named = false, own = false;
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
		named |= !look_may_be_alias(look, addr.uri);
	}
	if (own)
		return look_is_user(look, target) ? TRI_YES : TRI_UNKNOWN;
	if (asserted)
		return !named || look_may_be_alias(look, target) ? TRI_UNKNOWN : TRI_NO;
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

/* Is the Request-URI no number, and none by which the user is known? */
static bool is_unheard_of(const struct look *look)
{
	return !sip_uri_is_number(REQUEST(look)->uri) && !look_is_user(look, REQUEST(look)->uri);
}

/* Where the core shows no identities, they are taken to be right, unless the server refuses without another reason:
 * then it knows more than the evidence. The same holds where a number that may be somebody else's is refused, and for a
 * Request-URI that nobody has heard of, whatever the answer is. */
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
