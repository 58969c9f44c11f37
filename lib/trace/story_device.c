/* SPDX-License-Identifier: MIT
 *
 * The devices of a user: a telephone of his that knows nothing of IM is no IM Client, though the IM Server is told of
 * each of his registrations. */
#include "trace/story_parts.h"

static bool is_im_request(const struct story *story, const struct event *request)
{
	const struct profile *profile = story->profile;
	const struct sip_msg *msg = &request->msg;

	return story_is_tagged(story, request, SIP_HEADER_CONTACT) ||
	       story_is_tagged(story, request, SIP_HEADER_ACCEPT_CONTACT) ||
	       slice_is(sip_msg_event(msg), profile->event) ||
	       sip_product_find(sip_msg_value(msg, SIP_HEADER_USER_AGENT), profile->client_product, profile->version,
				NULL, NULL);
}

/* A device is where its requests come from, as far as can be seen. */
static bool speaks_im_elsewhere(const struct story *story, const struct txn *txn)
{
	for (size_t i = 0; i < story->count; i++) {
		const struct event *other = story->txns[i]->request;
		if (net_addr_eq_ip(&other->path.src, &txn->request->path.src) && is_im_request(story, other))
			return true;
	}
	return false;
}

bool story_is_foreign(const struct story *story, const struct txn *txn)
{
	const struct flow_peer *peer = flow_peer(story->flow, &txn->request->path.src);
	const struct state *begin = &story->flow->begin;

	if (flow_is_live(story->flow) || (peer && peer->role == FLOW_ROLE_CLIENT) || speaks_im_elsewhere(story, txn))
		return false;
	return !begin->device_im || !sip_uri_equal(begin->contact, sip_msg_uri(&txn->request->msg, SIP_HEADER_CONTACT));
}
