/* SPDX-License-Identifier: MIT
 *
 * Words about whom a push is for, by its Request-URI. */
#define _GNU_SOURCE /* memrchr */
#include "check/words.h"

/* --- where else it may go --- */

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

/* The registration was not seen whole, and nothing shows a core between the user and the server. */
static bool may_have_registered_here(const struct look *look)
{
	const struct txn *push = look->txn;

	return !flow_is_live(look->story->flow) && push->before.registered == TRI_UNKNOWN &&
	       !look_is_user(look, MSG(look)->uri) && !(push->cause && push->cause->vias > 1);
}

/* A server that is the user's registrar replaces his address by his Contact before it sends the INVITE (RFC 3261 16.6,
 * step 1): what the Request-URI was before is not seen. */
enum tri look_retargeted(const struct look *look)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == OCCASION_REGISTER && event_after(look->event, txn->request) &&
		    story_is_server(look->story, &txn->request->path.dst) &&
		    lists_contact(&txn->request->msg, MSG(look)->uri))
			return TRI_YES;
	}
	if (may_have_registered_here(look))
		return look_unknown(look, "the user may have registered that Contact with the server itself");
	return TRI_NO;
}

static enum tri eval_retargeted(const struct check *check, const struct look *look)
{
	return look_retargeted(look);
}

/* --- at which domain --- */

struct domains { /* of the user, as he is named */
	struct slice wanted;
	bool any, found;
};

static void add_domain(struct domains *domains, struct slice host)
{
	domains->any |= host.len > 0;
	domains->found |= slice_eq_nocase(host, domains->wanted);
}

static void add_uri(struct domains *domains, const struct look *look, struct slice text)
{
	struct sip_uri uri;

	if (look_is_user(look, text) && sip_uri_read(text, &uri, NULL) == 0)
		add_domain(domains, uri.host);
}

/* Of a user's key; absent: it is a number. */
static struct slice domain_of(struct slice key)
{
	const char *at = key.len ? memrchr(key.p, '@', key.len) : NULL;

	return at ? slice_range(at + 1, key.p + key.len) : SLICE_NONE;
}

/* By his identities, his registration, and whoever sends something for him but the server. */
static void find_domains(const struct look *look, struct domains *domains)
{
	const struct flow *flow = look->story->flow;
	struct slice list = look->txn->before.associated, value;
	struct sip_addr addr;

	for (size_t i = 0; i < flow->identity_count; i++)
		add_domain(domains, domain_of(flow->identities[i]));
	while (sip_list_next(&list, &value))
		if (sip_addr_read(value, &addr) == 0)
			add_uri(domains, look, addr.uri);
	add_uri(domains, look, look->txn->before.registered_as);
	for (size_t i = 0; i < look->event->number && !domains->found; i++)
		if (flow->events[i]->msg.is_request && !story_is_server(look->story, &flow->events[i]->path.src))
			add_uri(domains, look, sip_msg_uri(&flow->events[i]->msg, SIP_HEADER_TO));
}

/* A number is the same user's at every domain (RFC 3261 19.1.6), but he is not at every domain. */
static bool is_elsewhere(const struct look *look)
{
	struct domains domains = {0};
	struct buf key = {0};
	struct sip_uri uri;
	bool is_number = sip_uri_user_key(MSG(look)->uri, &key) && !domain_of(buf_slice(&key)).p;

	buf_done(&key);
	if (!is_number || sip_uri_read(MSG(look)->uri, &uri, NULL) < 0 || !uri.host.len)
		return false;
	domains.wanted = uri.host;
	find_domains(look, &domains);
	return domains.any && !domains.found;
}

/* --- all of it --- */

static enum tri eval_uri_is_user(const struct check *check, const struct look *look)
{
	if ((look_is_user(look, MSG(look)->uri) && !is_elsewhere(look)) || is_redirected(look))
		return TRI_YES;
	return look_may_be_alias(look, MSG(look)->uri)
		       ? look_unknown(look, "whose the number is was not seen")
		       : look_no(look, look->event, MSG(look)->uri, "Request-URI %s for the user %s",
				 look_text(MSG(look)->uri), look_text(look->story->flow->user));
}

const struct word words_push_uri[] = {
	{"retargeted", "", WORD_LEAF, "an INVITE to the Contact that the user registered with the server itself",
	 "of a push: the Request-URI is a Contact that the user registered with the IM Server itself", eval_retargeted},
	{"uri_is_user", "", WORD_LEAF, "the user's public identity as Request-URI",
	 "the Request-URI is one of the user's identities, a number being at a domain of his", eval_uri_is_user},
	{0},
};
