/* SPDX-License-Identifier: MIT
 *
 * 12.2.2.2 Delivering of offline messages: "Each time an IM Client successfully performed an initial registration of
 * the IM feature tag […], and has sent a PUBLISH request". Whether to push, and the INVITE's life until its final
 * answer. */
#include "base/mem.h"
#include "harness/server_push.h"

#include <stdlib.h>

static const uint64_t linger = SIP_HORIZON + SECOND; /* until nothing can come back */

/* "1. SHALL check the settings of Delivery of deferred messages <deferred-settings>: a) If the "active" attribute of
 * the <offline-delivery> element is set to "true"". */
static bool is_active(struct server *s, struct server_user *user)
{
	const struct settings *settings = server_settings(s, user);
	enum settings_value value = settings ? settings_offline_delivery(settings) : SETTINGS_ABSENT;

	if (settings && value == SETTINGS_FALSE && server_has_fault(s, FAULT_PUSH_INACTIVE))
		return true;
	if (settings && value == SETTINGS_ABSENT && server_has_fault(s, FAULT_PUSH_ABSENT))
		return true;
	return value == SETTINGS_TRUE;
}

/* "and there are deferred messages for the User". */
static bool has_messages(const struct server *s, const struct server_user *user, bool refresh)
{
	if (server_has_fault(s, FAULT_PUSH_EMPTY) || (refresh && server_has_fault(s, FAULT_PUSH_REFRESH_EMPTY)))
		return true;
	return user->deferred != NULL;
}

/* A push of this registration is under way; one of an earlier registration has lost its client and is given up. */
static bool is_pushing(struct server_user *user)
{
	struct push *push = user->push;

	if (!push)
		return false;
	if (push->epoch == user->epoch || server_has_variant(push->server, VARIANT_SESSION_KEPT))
		return true;
	if (push->state == PUSH_RUNNING)
		push_bye(push);
	else
		push_cancel(push);
	return false;
}

void server_deliver(struct server *s, struct server_user *user, bool refresh)
{
	if (!server_user_registered(s, user) && !server_has_fault(s, FAULT_PUSH_UNREGISTERED) &&
	    !server_has_variant(s, VARIANT_REGISTER_UNSUPPORTED))
		return;
	if (!is_active(s, user) || !has_messages(s, user, refresh) || is_pushing(user))
		return;
	if (server_has_fault(s, FAULT_PUSH_NEVER) || (user->epoch > 1 && server_has_fault(s, FAULT_PUSH_ONCE)))
		return;
	if (server_variants_push_later(s, user))
		return;
	server_push(s, user);
	if (server_has_fault(s, FAULT_PUSH_TWICE))
		server_push(s, user);
}

static struct push *push_new(struct server *s, struct server_user *user)
{
	struct push *push = mem_alloc(sizeof(*push));

	push->server = s;
	push->user = user;
	push->serial = ++s->serial;
	push->epoch = user->epoch;
	push->interval = s->config.session_expires;
	sip_text_word(s->world, push->call_id);
	sip_text_word(s->world, push->from_tag);
	push->address = arena_copy(&push->arena, slice_of(user->uri));
	server_faults_address(push);
	push->target = push->address;
	map_set(&s->sessions, slice_of(push->call_id), push);
	user->push = push;
	return push;
}

void push_free(struct push *push)
{
	world_timer_stop(&push->refresh);
	world_timer_stop(&push->patience);
	msrp_session_free(push->msrp);
	sip_dialog_done(&push->dialog);
	if (push->ack)
		buf_done(&push->ack->text);
	free(push->ack);
	arena_done(&push->arena);
	free(push);
}

static void linger_end(void *arg)
{
	struct push *push = arg;

	if (push->invite_txn)
		client_txn_detach(push->invite_txn);
	if (push->refresh_txn)
		client_txn_detach(push->refresh_txn);
	map_remove(&push->server->sessions, slice_of(push->call_id));
	push_free(push);
}

void push_over(struct push *push)
{
	if (push->state == PUSH_OVER)
		return;
	push->state = PUSH_OVER;
	push_timer_stop(push);
	msrp_session_free(push->msrp);
	push->msrp = NULL;
	if (push->user->push == push)
		push->user->push = NULL;
	world_timer_start(push->server->world, &push->patience, linger, linger_end, push);
}

static void cancel_late(void *arg)
{
	push_over(arg);
}

static void cancel_send(struct push *push)
{
	struct server *s = push->server;
	struct buf text = {0};

	sip_text_cancel(&text, &push->invite);
	endpoint_request(
		s->endpoint,
		&(struct endpoint_request){push->transport, server_hop(s, push->user), buf_slice(&text), push_ignore},
		NULL, NULL);
	buf_done(&text);
	world_timer_start(s->world, &push->patience, linger, cancel_late, push);
}

/* RFC 3261 9.1: not before a provisional answer. */
void push_cancel(struct push *push)
{
	push->state = PUSH_CANCELLED;
	if (push->user->push == push)
		push->user->push = NULL;
	if (push->provisional)
		cancel_send(push);
}

/* RFC 3261 18.1.1: a request of more than 1300 bytes goes over a transport with congestion control. */
static void invite_text(struct push *push, struct buf *to)
{
	char branch[SIP_TEXT_ID_MAX];

	sip_text_branch(push->server->world, branch);
	push->transport = push->server->config.transport;
	push_invite_write(push, to, branch);
	if (push->transport != NET_UDP || to->len <= SIP_TEXT_UDP_MAX)
		return;
	buf_clear(to);
	push->transport = NET_TCP;
	push_invite_write(push, to, branch);
}

/* "i) SHALL send the SIP INVITE request towards the served IM User": by way of the core. */
int push_invite_send(struct push *push)
{
	struct server *s = push->server;
	struct buf text = {0};
	int rc;

	push->cseq++;
	invite_text(push, &text);
	sip_msg_index(&push->invite, arena_copy(&push->arena, buf_slice(&text)), &push->arena, NULL);
	rc = endpoint_request(s->endpoint,
			      &(struct endpoint_request){push->transport, server_hop(s, push->user), buf_slice(&text),
							 push_answered, push},
			      &push->invite_txn, NULL);
	buf_done(&text);
	return rc;
}

void server_push(struct server *s, struct server_user *user)
{
	struct push *push = push_new(s, user);

	if (push_offer_make(push, NULL) < 0 || push_invite_send(push) < 0)
		push_over(push);
}
