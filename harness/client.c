/* SPDX-License-Identifier: MIT */
#include "harness/client_private.h"
#include "base/mem.h"
#include "sip/uri.h"
#include "sip/value.h"

#include <stdio.h>
#include <stdlib.h>

/* --- what comes --- */

static void write_abilities(struct client *c, struct buf *to)
{
	sip_text_header(to, "Allow", "%s", client_methods);
	sip_text_header(to, "Accept", "application/sdp");
	sip_text_header(to, "User-Agent", "%s", c->product);
}

static void on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
	struct client *c = arg;

	if (!txn || client_on_call_request(c, txn, msg))
		return;
	if (msg->method == SIP_METHOD_NOTIFY && (client_on_notify(c, txn, msg) || client_ims_on_notify(c, txn, msg)))
		return;
	if (sip_msg_tag(msg, SIP_HEADER_TO).p)
		client_answer(c, txn, 481, NULL, NULL);
	else if (msg->method == SIP_METHOD_INVITE)
		client_on_invite(c, txn, msg);
	else if (msg->method == SIP_METHOD_OPTIONS && client_has_variant(c, CLIENT_VARIANT_OPTIONS_REFUSED))
		client_answer(c, txn, 405, NULL, write_abilities);
	else if (msg->method == SIP_METHOD_OPTIONS || msg->method == SIP_METHOD_MESSAGE)
		client_answer(c, txn, 200, NULL, write_abilities);
	else
		client_answer(c, txn, 405, NULL, write_abilities);
}

static void on_cancel(void *arg, struct server_txn *invite)
{
	client_on_cancel(arg, invite);
}

static void on_txn_end(void *arg, struct server_txn *txn, bool ack_missing)
{
	client_on_call_end(arg, txn, ack_missing);
}

/* --- life --- */

/* Appendix F: "IM-client/OMA1.0"; a version that the profile leaves open is 1.0. */
static void product_make(struct client *c)
{
	const struct profile *profile = c->config.profile;
	size_t len = strlen(profile->version);
	bool open = len && profile->version[len - 1] == '*';

	snprintf(c->product, sizeof(c->product), "%s/%.*s%s", profile->client_product, (int)(open ? len - 1 : len),
		 profile->version, open ? "1.0" : "");
}

static void contact_make(struct client *c)
{
	char host[NET_ADDR_TEXT_MAX];
	struct sip_uri uri = {0};

	sip_uri_read(slice_of(c->config.address), &uri, NULL);
	snprintf(c->contact, sizeof(c->contact), "sip:%.*s@%s%s", SLICE_F(uri.user),
		 net_addr_format(host, client_addr(c)), sip_text_transport(c->config.transport));
}

int client_new(struct world *world, const struct client_config *config, struct client **ret_client, struct err *err)
{
	static const struct endpoint_events events = {
		.on_request = on_request, .on_cancel = on_cancel, .on_txn_end = on_txn_end};
	struct client *c = mem_alloc(sizeof(*c));
	int rc;

	c->world = world;
	c->config = *config;
	client_variants_begin(&c->config);
	client_ims_begin(&c->config);
	if (!c->config.expires)
		c->config.expires = 3600;
	c->offline_delivery = config->offline_delivery;
	product_make(c);
	rc = endpoint_new(world, &c->config.bind, &events, c, &c->endpoint, err);
	if (rc < 0) {
		client_free(c);
		return rc;
	}
	contact_make(c);
	*ret_client = c;
	return 0;
}

void client_free(struct client *c)
{
	if (!c)
		return;
	if (c->endpoint)
		endpoint_free(c->endpoint); /* first: no transaction calls back after this */
	world_timer_stop(&c->registration.timer);
	world_timer_stop(&c->publication.timer);
	client_pushes_free(c);
	client_subscription_done(c);
	arena_done(&c->registration.arena);
	free(c->publication.etag);
	free(c->publication.first_etag);
	free(c->auth.challenge);
	free(c);
}

const struct net_addr *client_addr(const struct client *client)
{
	return endpoint_addr(client->endpoint);
}
