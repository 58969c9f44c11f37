/* SPDX-License-Identifier: MIT */
#include "harness/server_push.h"
#include "base/mem.h"
#include "sip/value.h"

#include <stdio.h>
#include <stdlib.h>

static void on_options(struct server *s, struct server_txn *txn)
{
	server_answer(s, txn,
		      &(struct server_answer){
			      .status = 200,
			      .allow = server_methods,
			      .accept = s->config.profile->settings.mime,
			      .allow_events = s->config.profile->event,
		      });
}

static struct push *push_of(const struct server *s, const struct sip_msg *msg)
{
	return map_get(&s->sessions, sip_msg_value(msg, SIP_HEADER_CALL_ID));
}

static void on_in_dialog(struct server *s, struct server_txn *txn, const struct sip_msg *msg)
{
	struct push *push = push_of(s, msg);

	if (push)
		push_on_request(push, txn, msg);
	else
		server_answer_status(s, txn, 481);
}

static void on_out_of_dialog(struct server *s, struct server_txn *txn, const struct sip_msg *msg)
{
	bool own = msg->method == SIP_METHOD_REGISTER || msg->method == SIP_METHOD_PUBLISH ||
		   msg->method == SIP_METHOD_MESSAGE;

	if (own && server_direct_asks(s, txn, msg))
		return;
	switch (msg->method) {
	case SIP_METHOD_OPTIONS:
		on_options(s, txn);
		break;
	case SIP_METHOD_REGISTER:
		server_on_register(s, txn, msg);
		break;
	case SIP_METHOD_PUBLISH:
		server_on_publish(s, txn, msg);
		break;
	case SIP_METHOD_MESSAGE:
		server_on_message(s, txn, msg);
		break;
	case SIP_METHOD_OTHER:
		server_answer_status(s, txn, 501);
		break;
	default:
		server_answer(s, txn, &(struct server_answer){.status = 405, .allow = server_methods});
	}
}

/* RFC 3261 8.1.1: what every request has, and no answer can be made without. */
static bool is_whole(const struct sip_msg *msg)
{
	struct slice method;
	uint32_t cseq;

	return sip_msg_has(msg, SIP_HEADER_FROM) && sip_msg_has(msg, SIP_HEADER_TO) &&
	       sip_msg_has(msg, SIP_HEADER_CALL_ID) && sip_msg_cseq(msg, &cseq, &method) == 0;
}

void server_on_request(struct server *s, struct server_txn *txn, const struct sip_msg *msg)
{
	if (!is_whole(msg))
		server_answer_status(s, txn, 400);
	else if (sip_msg_tag(msg, SIP_HEADER_TO).p)
		on_in_dialog(s, txn, msg);
	else
		on_out_of_dialog(s, txn, msg);
}

static void on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
	if (txn && !server_variants_slow(arg, txn)) /* else the ACK to our 200 of a refresh */
		server_on_request(arg, txn, msg);
}

/* Requests that can be cancelled are answered at once: there is nothing left to do. */
static void on_cancel(void *arg, struct server_txn *invite)
{
}

/* RFC 3261 13.3.1.4: our 200 to a refresh by INVITE was never acknowledged. */
static void on_txn_end(void *arg, struct server_txn *txn, bool ack_missing)
{
	struct push *push = ack_missing ? push_of(arg, server_txn_request(txn)) : NULL;

	if (push)
		push_bye(push);
}

/* Appendix F: "IM-serv/OMA1.0"; a version that the profile leaves open is 1.0. */
static void product_make(struct server *s)
{
	const struct profile *profile = s->config.profile;
	size_t len = strlen(profile->version);
	bool open = len && profile->version[len - 1] == '*';

	snprintf(s->product, sizeof(s->product), "%s/%.*s%s", profile->server_product, (int)(open ? len - 1 : len),
		 profile->version, open ? "1.0" : "");
}

static void config_complete(struct server_config *config)
{
	if (!config->domain)
		config->domain = "im.example";
	if (!config->min_expires)
		config->min_expires = 2;
	if (!config->max_expires)
		config->max_expires = 600000;
	if (!config->session_expires)
		config->session_expires = 1800;
	if (!config->ring)
		config->ring = 60 * SECOND;
	if (!config->stream)
		config->stream = 180 * SECOND;
}

int server_new(struct world *world, const struct server_config *config, struct server **ret_server, struct err *err)
{
	static const struct endpoint_events events = {
		.on_request = on_request, .on_cancel = on_cancel, .on_txn_end = on_txn_end};
	struct server *s = mem_alloc(sizeof(*s));
	int rc;

	s->world = world;
	s->config = *config;
	config_complete(&s->config);
	product_make(s);
	if (config->login_count)
		sip_text_word(world, s->nonce);
	rc = settings_reader_new(&config->profile->settings, &s->reader, err);
	if (rc == 0)
		rc = endpoint_new(world, &config->bind, &events, s, &s->endpoint, err);
	if (rc < 0) {
		server_free(s);
		return rc;
	}
	*ret_server = s;
	return 0;
}

void server_free(struct server *s)
{
	size_t at = 0;
	void *value;

	if (!s)
		return;
	if (s->endpoint)
		endpoint_free(s->endpoint); /* first: no transaction calls back after this */
	server_forwards_free(s);
	server_variants_done(s);
	while (map_next(&s->sessions, &at, NULL, &value))
		push_free(value);
	map_done(&s->sessions);
	for (at = 0; map_next(&s->users, &at, NULL, &value);)
		server_user_free(value);
	map_done(&s->users);
	settings_reader_free(s->reader);
	free(s);
}

const struct net_addr *server_addr(const struct server *server)
{
	return endpoint_addr(server->endpoint);
}

size_t server_stored(struct server *server, struct slice user_uri)
{
	struct server_user *user = server_user_of(server, user_uri);
	size_t count = 0;

	for (struct server_deferred *d = user ? user->deferred : NULL; d; d = d->next)
		count++;
	return count;
}
