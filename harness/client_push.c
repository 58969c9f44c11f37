/* SPDX-License-Identifier: MIT
 *
 * The client's part in 12.2.2.2: an INVITE that pushes deferred messages is answered recvonly, the messages come over
 * MSRP (RFC 4975), session refreshes and the BYE are answered. */
#include "harness/client_private.h"
#include "base/mem.h"
#include "body/sdp_write.h"
#include "sip/value.h"

#include <inttypes.h>
#include <stdlib.h>

struct client_push {
	struct client_push *next;
	struct client *client;
	struct server_txn *txn; /* the INVITE; NULL: it is gone */
	char tag[SIP_TEXT_ID_MAX];
	struct sip_dialog dialog;
	struct msrp_session *msrp;
	char *sdp; /* our answer */
	bool over;
};

static unsigned on_message(void *arg, struct msrp_session *session, struct slice content_type, struct slice body)
{
	return 200;
}

static const struct msrp_session_events msrp_events = {.on_message = on_message};

/* RFC 3264 6.1: recvonly to sendonly. RFC 6135 4: we wait, unless the offerer does. */
static void answer_write(struct client_push *push, const struct sdp_msrp *offer, bool active)
{
	struct net_addr addr = *msrp_session_addr(push->msrp);
	char host[NET_ADDR_TEXT_MAX];
	struct sdp_msrp_values values = {
		.session_id = 1,
		.session_version = 1,
		.port = addr.port,
		.path = msrp_session_path(push->msrp),
		.setup = !offer->setup.p ? NULL
			 : active        ? "active"
					 : "passive",
		.accept_types = "*",
		.direction = sdp_direction_answer(offer->direction),
	};
	struct buf text = {0};

	addr.port = 0;
	values.address = net_addr_format(host, &addr);
	sdp_msrp_write(&text, &values);
	push->sdp = buf_take(&text);
}

static int offer_take(struct client_push *push, const struct sdp_msrp *offer)
{
	bool active = slice_is(offer->setup, "passive");
	struct net_addr bind = *client_addr(push->client);
	int rc;

	bind.port = 0;
	rc = msrp_session_new(push->client->world, &bind, &msrp_events, push, &push->msrp, NULL);
	if (rc < 0)
		return rc;
	answer_write(push, offer, active);
	return msrp_session_start(push->msrp, offer->path, active, NULL);
}

static int media_answer(struct client_push *push, const struct sip_msg *invite)
{
	struct slice type = sip_msg_value(invite, SIP_HEADER_CONTENT_TYPE);
	struct arena arena = {0};
	struct sdp_msrp offer;
	int rc = sdp_msrp_find(type, invite->body, &arena, &offer, NULL);

	if (rc == 0)
		rc = offer_take(push, &offer);
	arena_done(&arena);
	return rc;
}

/* RFC 4028 9: the interval as offered; the server refreshes where it may choose. */
static void write_session_timer(const struct sip_msg *msg, struct buf *to)
{
	struct slice main, params, who;
	uint64_t interval;

	if (sip_msg_number(msg, SIP_HEADER_SESSION_EXPIRES, &interval) < 0)
		return;
	sip_value_split(sip_msg_value(msg, SIP_HEADER_SESSION_EXPIRES), &main, &params);
	if (sip_param_find(params, "refresher", &who) && slice_is_nocase(who, "uas"))
		return; /* no refreshes from us: then the session has no timer */
	sip_text_header(to, "Supported", "timer");
	sip_text_header(to, "Require", "timer");
	sip_text_header(to, "Session-Expires", "%" PRIu64 ";refresher=uac", interval);
}

static void accept_text(struct client_push *push, struct server_txn *txn, struct buf *to)
{
	const struct sip_msg *request = server_txn_request(txn);
	struct client *c = push->client;

	sip_text_answer(to, request, 200, push->tag);
	sip_text_header(to, "Contact", "<%s>;%s", c->contact, c->config.profile->feature_tag);
	sip_text_header(to, "Allow", "%s", client_methods);
	sip_text_header(to, "User-Agent", "%s", c->product);
	if (!client_has_variant(c, CLIENT_VARIANT_NO_SESSION_TIMER))
		write_session_timer(request, to);
	if (request->method == SIP_METHOD_INVITE || request->body.len)
		sip_text_body(to, "application/sdp", slice_of(push->sdp));
	else
		sip_text_body(to, NULL, SLICE_NONE);
}

static void accept_request(struct client_push *push, struct server_txn *txn)
{
	struct buf text = {0};

	accept_text(push, txn, &text);
	client_variants_write(push->client, &text);
	endpoint_answer(txn, buf_slice(&text), NULL);
	buf_done(&text);
}

static void push_over(struct client_push *push)
{
	push->over = true;
	msrp_session_free(push->msrp);
	push->msrp = NULL;
}

void client_on_invite(struct client *c, struct server_txn *txn, const struct sip_msg *msg)
{
	struct client_push *push = mem_alloc(sizeof(*push));

	push->client = c;
	push->txn = txn;
	push->next = c->pushes;
	c->pushes = push;
	sip_text_word(c->world, push->tag);
	if (media_answer(push, msg) < 0) {
		client_answer(c, txn, 488, push->tag, NULL);
		push_over(push);
		return;
	}
	if (client_has_variant(c, CLIENT_VARIANT_PUSH_REFUSED)) {
		client_answer(c, txn, 486, push->tag, NULL);
		push_over(push);
		return;
	}
	if (!client_has_variant(c, CLIENT_VARIANT_RINGS_NOT))
		client_answer(c, txn, client_has_variant(c, CLIENT_VARIANT_PROGRESS) ? 183 : 180, push->tag, NULL);
	accept_request(push, txn);
	if (sip_dialog_accepted(&push->dialog, msg, push->tag, NULL) < 0)
		push_over(push);
}

bool client_on_call_request(struct client *c, struct server_txn *txn, const struct sip_msg *msg)
{
	struct client_push *push = c->pushes;

	while (push && !sip_dialog_has(&push->dialog, msg))
		push = push->next;
	if (!push)
		return false;
	sip_dialog_retarget(&push->dialog, msg);
	if (msg->method == SIP_METHOD_BYE) {
		client_answer(c, txn, 200, NULL, NULL);
		push_over(push);
	} else if (push->over) {
		client_answer(c, txn, 481, NULL, NULL);
	} else if (msg->method == SIP_METHOD_INVITE || msg->method == SIP_METHOD_UPDATE) {
		accept_request(push, txn);
	} else {
		client_answer(c, txn, 200, NULL, NULL);
	}
	return true;
}

static struct client_push *push_of(struct client *c, const struct server_txn *txn)
{
	struct client_push *push = c->pushes;

	while (push && push->txn != txn)
		push = push->next;
	return push;
}

/* Only an INVITE that is not answered yet can be cancelled, and ours are answered at once. */
void client_on_cancel(struct client *c, struct server_txn *invite)
{
	client_answer(c, invite, 487, NULL, NULL);
}

void client_on_call_end(struct client *c, struct server_txn *txn, bool ack_missing)
{
	struct client_push *push = push_of(c, txn);

	if (!push)
		return;
	push->txn = NULL;
	if (ack_missing)
		push_over(push);
}

void client_pushes_free(struct client *c)
{
	while (c->pushes) {
		struct client_push *push = c->pushes;

		c->pushes = push->next;
		msrp_session_free(push->msrp);
		sip_dialog_done(&push->dialog);
		free(push->sdp);
		free(push);
	}
}
