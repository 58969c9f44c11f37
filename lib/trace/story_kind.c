/* SPDX-License-Identifier: MIT
 *
 * Who is who: found from what the messages do, so that addresses need not be told. */
#include "trace/story_parts.h"
#include "body/sdp.h"
#include "sip/feature.h"
#include "trace/served.h"

bool story_is_server(const struct story *story, const struct net_addr *addr)
{
	for (size_t i = 0; i < story->server_count; i++)
		if (net_addr_eq(&story->servers[i], addr))
			return true;
	return false;
}

static void add_server(struct story *story, const struct net_addr *addr)
{
	if (story_is_server(story, addr))
		return;
	ARENA_GROW(&story->flow->arena, story->servers, story->server_count, story->server_cap);
	story->servers[story->server_count++] = *addr;
}

/* Who is asked is the server, and so is who answers in its place: it may do so from another port. */
static void add_asked_server(struct story *story, const struct txn *txn)
{
	const struct net_addr *asked = &txn->request->path.dst;

	add_server(story, asked);
	if (txn->final && net_addr_eq_ip(&txn->final->path.src, asked))
		add_server(story, &txn->final->path.src);
}

/* A server may take REGISTERs on another port than PUBLISHes. */
bool story_is_server_host(const struct story *story, const struct net_addr *addr)
{
	for (size_t i = 0; i < story->server_count; i++)
		if (net_addr_eq_ip(&story->servers[i], addr))
			return true;
	return false;
}

/* A client publishes for other services, too (presence), and says at each who it is: what is meant as IM settings shows
 * it somewhere else, or names no service at all. */
static bool means_settings(const struct story *story, const struct event *publish)
{
	const struct profile *profile = story->profile;
	const struct sip_msg *msg = &publish->msg;

	return slice_is_nocase(sip_msg_event(msg), profile->event) ||
	       story_is_tagged(story, publish, SIP_HEADER_ACCEPT_CONTACT) ||
	       slice_find_nocase(sip_msg_value(msg, SIP_HEADER_CONTENT_TYPE), slice_of(profile->settings.mime)) ||
	       (!sip_msg_has(msg, SIP_HEADER_EVENT) &&
		sip_product_find(sip_msg_value(msg, SIP_HEADER_USER_AGENT), profile->client_product, profile->version,
				 NULL, NULL));
}

/* Other services take PUBLISHes, too: in a capture only those count that have something of the IM settings, and
 * whatever goes to a server that somebody named. */
static bool has_settings(const struct story *story, const struct txn *txn)
{
	const struct flow_peer *peer = flow_peer(story->flow, &txn->request->path.dst);

	return flow_is_live(story->flow) || (peer && peer->role == FLOW_ROLE_SERVER) ||
	       means_settings(story, txn->request);
}

/* From is the core's, or the core speaks in the user's name. Where one of the two is missing, it is a client's that is
 * wrong, and where one can't be read, if it does not go to the server, or has the feature tag in a Contact that is not
 * the core's. */
static bool is_third_party(const struct story *story, const struct txn *txn)
{
	const struct sip_msg *msg = &txn->request->msg;
	struct slice from = sip_msg_uri(msg, SIP_HEADER_FROM), to = sip_msg_uri(msg, SIP_HEADER_TO);
	struct sip_uri read;

	if (!sip_msg_has(msg, SIP_HEADER_TO) || !sip_msg_has(msg, SIP_HEADER_FROM))
		return false;
	if (sip_uri_same_user(from, to))
		return story_is_cores_register(story, txn);
	if (sip_uri_read(from, &read, NULL) == 0 && sip_uri_read(to, &read, NULL) == 0)
		return true;
	return story_is_server_host(story, &txn->request->path.dst) &&
	       !story_is_tagged(story, txn->request, SIP_HEADER_CONTACT);
}

static bool offers_sendonly_messages(struct story *story, const struct event *event)
{
	const struct sdp_media *media;
	struct sdp sdp;

	if (!event->msg.body.len)
		return false;
	sdp_read(&sdp, event->msg.body, &story->flow->arena, NULL);
	media = sdp_message_media(&sdp);
	return media && sdp_direction_effective(&sdp, media, NULL) == SDP_SENDONLY;
}

/* A To tag says so; but where the whole of the call is known, and nothing was before, it is a tag out of place. Inside
 * a dialog the Request-URI is the other side's Contact: then it is the beginning that was not seen. */
static bool is_in_dialog(const struct story *story, const struct txn *txn)
{
	if (!story_has_to_tag(txn->request))
		return false;
	if ((story->flow->gaps & FLOW_GAP_START) || !flow_is_user(story->flow, txn->request->msg.uri))
		return true;
	for (size_t i = 0; i < story->count && story->txns[i] != txn; i++)
		if (event_same_call_id(story->txns[i]->request, txn->request))
			return true;
	return false;
}

/* "a push is an INVITE from the IM Server whose Contact is an automaton or whose offer is sendonly for message", and it
 * is looked at as the server sent it */
static bool is_push(struct story *story, struct txn *txn)
{
	const struct event *event = txn->request;

	if (event->msg.method != SIP_METHOD_INVITE || is_in_dialog(story, txn) ||
	    !(sip_feature_found(&event->msg, SIP_HEADER_CONTACT, "automata", NULL, NULL) ||
	      offers_sendonly_messages(story, event)))
		return false;
	txn->far_push = story_is_far_invite(story, txn);
	return !txn->far_push;
}

static bool speaks_im(const struct story *story, const struct event *event)
{
	const struct profile *profile = story->profile;
	const struct sip_msg *msg = &event->msg;
	struct slice agent = sip_msg_value(msg, SIP_HEADER_USER_AGENT), server = sip_msg_value(msg, SIP_HEADER_SERVER);

	return story_is_tagged(story, event, SIP_HEADER_CONTACT) ||
	       story_is_tagged(story, event, SIP_HEADER_ACCEPT_CONTACT) ||
	       (msg->method == SIP_METHOD_PUBLISH && slice_is(sip_msg_event(msg), profile->event)) ||
	       sip_product_find(agent, profile->client_product, profile->version, NULL, NULL) ||
	       sip_product_find(agent, profile->server_product, profile->version, NULL, NULL) ||
	       sip_product_find(server, profile->server_product, profile->version, NULL, NULL);
}

static bool has_credentials(const struct sip_msg *msg)
{
	return sip_msg_has(msg, SIP_HEADER_AUTHORIZATION) || sip_msg_has(msg, SIP_HEADER_PROXY_AUTHORIZATION);
}

/* A PUBLISH that the server challenges, and that comes again with credentials (RFC 3261 22.2), is not the one that it
 * has judged. */
static bool is_first_attempt(const struct story *story, const struct txn *txn)
{
	uint16_t status = txn->final ? txn->final->msg.status : 0;

	if (status != 401 && status != 407)
		return false;
	for (size_t i = 0; i < story->count; i++) {
		const struct event *next = story->txns[i]->request;
		if (next->number > txn->final->number && next->msg.method == SIP_METHOD_PUBLISH &&
		    has_credentials(&next->msg) && story_same_call(next, txn->request))
			return true;
	}
	return false;
}

static enum occasion publish_or_register(const struct story *story, const struct txn *txn)
{
	const struct sip_msg *msg = &txn->request->msg;

	if (msg->method == SIP_METHOD_REGISTER && is_third_party(story, txn))
		return story_seen_farther(story, txn) ? OCCASION_OTHER : OCCASION_THIRD_PARTY;
	if (msg->method == SIP_METHOD_REGISTER)
		return story_seen_nearer(story, txn) ? OCCASION_OTHER : OCCASION_REGISTER;
	return story_seen_farther(story, txn) || !has_settings(story, txn) || is_first_attempt(story, txn)
		       ? OCCASION_OTHER
		       : OCCASION_PUBLISH;
}

/* A MESSAGE that the IM Server takes for the user and does not hand on. 202 says so (RFC 3428 7); any other 2xx counts
 * where the user can't have got it. Whose answer a capture lacks may have had one. */
static bool is_deposit(const struct story *story, const struct txn *txn)
{
	const struct event *final = txn->final;

	if (txn->request->msg.method != SIP_METHOD_MESSAGE || story_handed_on(story, txn))
		return false;
	if (story_from_server(story, &txn->request->path))
		return false;
	return story_is_server(story, &txn->request->path.dst) ||
	       (final ? final->msg.status == 202 : !flow_is_live(story->flow));
}

/* Where nobody told the role, everybody may play it. */
static bool plays(const struct story *story, const struct net_addr *addr, enum flow_role role)
{
	const struct flow_peer *peer = flow_peer(story->flow, addr);

	return !(story->flow->roles_told & 1u << role) || (peer && peer->role == role);
}

/* The nearest hop that is seen speaks for the client; where something is missing, a copy farther on may be of a request
 * that was looked at already. */
static bool is_nearest(const struct story *story, const struct txn *txn)
{
	return !story_seen_nearer(story, txn) &&
	       (story_is_senders_hop(story, txn) || !(story->flow->gaps & FLOW_GAPS_HOLES));
}

/* One hop can be the client's and the server's at once: then the PUBLISH is looked at twice. */
static void add_client_views(struct story *story)
{
	size_t count = story->count;

	for (size_t i = 0; i < count; i++) {
		struct txn *txn = story->txns[i], *view;
		enum sip_method method = txn->request->msg.method;
		if ((method != SIP_METHOD_PUBLISH && method != SIP_METHOD_SUBSCRIBE) || !is_nearest(story, txn))
			continue;
		if (method == SIP_METHOD_SUBSCRIBE && story_is_server(story, &txn->request->path.src))
			continue;
		if (!plays(story, &txn->request->path.src, FLOW_ROLE_CLIENT) ||
		    (method == SIP_METHOD_PUBLISH && !means_settings(story, txn->request)))
			continue;
		view = arena_alloc(&story->flow->arena, sizeof(*view));
		*view = (struct txn){.request = txn->request,
				     .final = txn->final,
				     .vias = txn->vias,
				     .occasion = method == SIP_METHOD_PUBLISH ? OCCASION_CLIENT_PUBLISH
									      : OCCASION_SUBSCRIBE};
		for (size_t k = 0; k < txn->answer_count; k++) {
			ARENA_GROW(&story->flow->arena, view->answers, view->answer_count, view->answer_cap);
			view->answers[view->answer_count++] = txn->answers[k];
		}
		ARENA_GROW(&story->flow->arena, story->txns, story->count, story->cap);
		story->txns[story->count++] = view;
	}
}

static void add_orphan_requests(struct story *story)
{
	for (size_t i = 0; i < story->count; i++) {
		const struct event *event = story->txns[i]->request;
		if (story->txns[i]->occasion == OCCASION_OTHER && story_has_to_tag(event) &&
		    !story_dialog_of(story, event) && !story_dialog_began(story, event)) {
			ARENA_GROW(&story->flow->arena, story->orphans, story->orphan_count, story->orphan_cap);
			story->orphans[story->orphan_count++] = event;
		}
	}
}

/* --- what is known from elsewhere: told roles, servers of other flows --- */

static void add_known_servers(struct story *story)
{
	for (size_t i = 0; i < story->flow->peer_count; i++)
		if (story->flow->peers[i].server)
			add_server(story, &story->flow->peers[i].addr);
}

/* Where roles were told, whoever plays another one has none of these occasions. */
static bool role_allows(const struct story *story, const struct txn *txn)
{
	const struct event_path *path = &txn->request->path;

	switch (txn->occasion) {
	case OCCASION_THIRD_PARTY:
	case OCCASION_PUBLISH:
		return plays(story, &path->dst, FLOW_ROLE_SERVER);
	case OCCASION_PUSH:
		return plays(story, &path->src, FLOW_ROLE_SERVER);
	case OCCASION_REGISTER:
		return plays(story, &path->src, FLOW_ROLE_CLIENT);
	default:
		return true;
	}
}

/* The core tells other application servers of a registration, too: those that take no IM settings are none of ours. In
 * the user's name a border element may tell the core itself. */
static void drop_other_servers(struct story *story)
{
	for (size_t i = 0; i < story->count; i++) {
		struct txn *txn = story->txns[i];
		if (txn->occasion == OCCASION_THIRD_PARTY && !story_is_server_host(story, &txn->request->path.dst) &&
		    (story->server_count || served_registers_self(&txn->request->msg)))
			txn->occasion = OCCASION_OTHER;
	}
}

void story_name_occasions(struct story *story)
{
	story->im = story->flow->im || story->flow->begin.im;
	add_known_servers(story);
	for (size_t i = 0; i < story->count; i++) {
		struct txn *txn = story->txns[i];
		enum sip_method method = txn->request->msg.method;

		story->im = story->im || speaks_im(story, txn->request) || (txn->final && speaks_im(story, txn->final));
		if (method == SIP_METHOD_REGISTER || method == SIP_METHOD_PUBLISH)
			txn->occasion = publish_or_register(story, txn);
		else if (is_push(story, txn))
			txn->occasion = OCCASION_PUSH;
		if (!role_allows(story, txn))
			txn->occasion = OCCASION_OTHER;
		if (txn->occasion == OCCASION_PUBLISH)
			add_asked_server(story, txn);
		if (txn->occasion == OCCASION_PUSH)
			add_server(story, &txn->request->path.src);
	}
	drop_other_servers(story);
	for (size_t i = 0; i < story->count; i++) {
		if (story->txns[i]->occasion == OCCASION_THIRD_PARTY)
			add_asked_server(story, story->txns[i]);
		if (story->txns[i]->occasion == OCCASION_OTHER)
			story_name_in_dialog(story, story->txns[i]);
		if (story->txns[i]->occasion == OCCASION_REGISTER)
			story->txns[i]->foreign = story_is_foreign(story, story->txns[i]);
		if (is_deposit(story, story->txns[i]))
			story->txns[i]->occasion = OCCASION_DEPOSIT;
	}
	add_orphan_requests(story);
	add_client_views(story);
}
