/* SPDX-License-Identifier: MIT
 *
 * How deferred messages come to be stored: a MESSAGE (RFC 3428) to a user who is not there. A user who is registered
 * and has published settings is tried first, through the core; where that fails or takes too long, the message is
 * stored. The sender learns which of the two it was: the user's own 2xx, or 202. */
#include "base/mem.h"
#include "harness/server_private.h"
#include "sip/value.h"

#include <inttypes.h>
#include <stdlib.h>

static const uint64_t patience = 4 * SECOND; /* well within the sender's Timer F */

struct server_forward {
	struct server_forward *next;
	struct server *server;
	struct server_user *user;
	struct server_txn *incoming;
	struct client_txn *outgoing;
	struct world_timer timer;
};

static void forward_end(struct server_forward *f, unsigned status)
{
	struct server_forward **at = &f->server->forwards;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	world_timer_stop(&f->timer);
	server_answer_status(f->server, f->incoming, status);
	free(f);
}

static void forward_defer(struct server_forward *f)
{
	server_deferred_add(f->user, server_txn_request(f->incoming));
	forward_end(f, 202);
}

static void forward_late(void *arg)
{
	struct server_forward *f = arg;

	client_txn_detach(f->outgoing);
	forward_defer(f);
}

static void forward_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct server_forward *f = arg;

	if (msg && msg->status < 200)
		return;
	if (msg && msg->status < 300)
		forward_end(f, msg->status);
	else
		forward_defer(f);
}

/* As a proxy does (RFC 3261 16.6): our Via on top, one hop less, and the core as the only route. */
static void forward_write(struct server *s, const struct sip_msg *msg, struct buf *to)
{
	static const enum sip_header changed[] = {SIP_HEADER_ROUTE, SIP_HEADER_MAX_FORWARDS, SIP_HEADER_CONTENT_LENGTH};
	char branch[SIP_TEXT_ID_MAX], core[NET_ADDR_TEXT_MAX];
	uint64_t hops = 70;

	sip_msg_number(msg, SIP_HEADER_MAX_FORWARDS, &hops);
	sip_text_request(to, "MESSAGE", msg->uri);
	sip_text_via(to, s->config.transport, endpoint_addr(s->endpoint), sip_text_branch(s->world, branch));
	sip_text_header(to, "Max-Forwards", "%" PRIu64, hops ? hops - 1 : 0);
	if (!s->config.direct)
		sip_text_header(to, "Route", "<sip:%s;lr>", net_addr_format(core, &s->config.core));
	sip_text_copy_others(to, msg, changed, sizeof(changed) / sizeof(changed[0]));
	sip_text_body(to, NULL, msg->body);
}

static int forward_send(struct server_forward *f, const struct sip_msg *msg)
{
	struct server *s = f->server;
	struct buf text = {0};
	int rc;

	forward_write(s, msg, &text);
	rc = endpoint_request(s->endpoint,
			      &(struct endpoint_request){s->config.transport, server_hop(s, f->user), buf_slice(&text),
							 forward_answered, f},
			      &f->outgoing, NULL);
	buf_done(&text);
	return rc;
}

static void forward(struct server *s, struct server_user *user, struct server_txn *txn, const struct sip_msg *msg)
{
	struct server_forward *f = mem_alloc(sizeof(*f));

	*f = (struct server_forward){.next = s->forwards, .server = s, .user = user, .incoming = txn};
	s->forwards = f;
	world_timer_start(s->world, &f->timer, patience, forward_late, f);
	if (forward_send(f, msg) < 0)
		forward_defer(f);
}

void server_on_message(struct server *s, struct server_txn *txn, const struct sip_msg *msg)
{
	struct server_user *user = server_user_of(s, msg->uri);

	if (!user) {
		server_answer_status(s, txn, 404);
		return;
	}
	if (server_user_registered(s, user) && server_settings(s, user)) {
		forward(s, user, txn, msg);
		return;
	}
	server_deferred_add(user, msg);
	server_answer_status(s, txn, 202);
}

void server_forwards_free(struct server *s)
{
	for (struct server_forward *f = s->forwards, *next; f; f = next) {
		next = f->next;
		world_timer_stop(&f->timer);
		free(f);
	}
	s->forwards = NULL;
}
