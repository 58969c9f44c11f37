/* SPDX-License-Identifier: MIT
 *
 * 12.2.2.2 Delivering of offline messages: "Each time an IM Client successfully performed an initial registration of the IM
 * feature tag […], and has sent a PUBLISH request". Whether to push, and the INVITE's life until its final answer. */
#include "base/mem.h"
#include "harness/server_session.h"

#include <stdlib.h>

static const uint64_t linger = 33 * SECOND;  /* longer than 64*T1: until nothing can come back */

/* "1. SHALL check the settings of Delivery of deferred messages <deferred-settings>: a) If the "active" attribute of the
 * <offline-delivery> element is set to "true"". */
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
	struct server_session *session = user->session;

	if (!session)
		return false;
	if (session->epoch == user->epoch)
		return true;
	if (session->state == SESSION_RUNNING)
		session_bye(session);
	else
		session_cancel(session);
	return false;
}

void server_deliver(struct server *s, struct server_user *user, bool refresh)
{
	if (!server_user_registered(s, user) && !server_has_fault(s, FAULT_PUSH_UNREGISTERED))
		return;
	if (!is_active(s, user) || !has_messages(s, user, refresh) || is_pushing(user))
		return;
	if (server_has_fault(s, FAULT_PUSH_NEVER) || (user->epoch > 1 && server_has_fault(s, FAULT_PUSH_ONCE)))
		return;
	server_push(s, user);
	if (server_has_fault(s, FAULT_PUSH_TWICE))
		server_push(s, user);
}

static struct server_session *session_new(struct server *s, struct server_user *user)
{
	struct server_session *session = mem_alloc(sizeof(*session));

	session->server = s;
	session->user = user;
	session->serial = ++s->serial;
	session->epoch = user->epoch;
	session->interval = s->config.session_expires;
	sip_text_word(s->world, session->call_id);
	sip_text_word(s->world, session->from_tag);
	session->address = arena_copy(&session->arena, slice_of(user->uri));
	server_faults_address(session);
	session->target = session->address;
	map_set(&s->sessions, slice_of(session->call_id), session);
	user->session = session;
	return session;
}

void session_free(struct server_session *session)
{
	world_timer_stop(&session->refresh);
	world_timer_stop(&session->patience);
	msrp_session_free(session->msrp);
	sip_dialog_done(&session->dialog);
	if (session->ack)
		buf_done(&session->ack->text);
	free(session->ack);
	arena_done(&session->arena);
	free(session);
}

static void linger_end(void *arg)
{
	struct server_session *session = arg;

	if (session->invite_txn)
		client_txn_detach(session->invite_txn);
	if (session->refresh_txn)
		client_txn_detach(session->refresh_txn);
	map_remove(&session->server->sessions, slice_of(session->call_id));
	session_free(session);
}

void session_over(struct server_session *session)
{
	if (session->state == SESSION_OVER)
		return;
	session->state = SESSION_OVER;
	session_timer_stop(session);
	msrp_session_free(session->msrp);
	session->msrp = NULL;
	if (session->user->session == session)
		session->user->session = NULL;
	world_timer_start(session->server->world, &session->patience, linger, linger_end, session);
}

static void cancel_late(void *arg)
{
	session_over(arg);
}

static void cancel_send(struct server_session *session)
{
	struct server *s = session->server;
	struct buf text = {0};

	sip_text_cancel(&text, &session->invite);
	endpoint_request(s->endpoint, session->transport, &s->config.core, buf_slice(&text), session_ignore, NULL, NULL, NULL);
	buf_done(&text);
	world_timer_start(s->world, &session->patience, linger, cancel_late, session);
}

/* RFC 3261 9.1: not before a provisional answer. */
void session_cancel(struct server_session *session)
{
	session->state = SESSION_CANCELLED;
	if (session->user->session == session)
		session->user->session = NULL;
	if (session->provisional)
		cancel_send(session);
}

/* RFC 3261 18.1.1: a request of more than 1300 bytes goes over a transport with congestion control. */
static void invite_text(struct server_session *session, struct buf *to)
{
	char branch[SIP_TEXT_ID_MAX];

	sip_text_branch(session->server->world, branch);
	session->transport = session->server->config.transport;
	session_invite_write(session, to, branch);
	if (session->transport != NET_UDP || to->len <= SIP_TEXT_UDP_MAX)
		return;
	buf_clear(to);
	session->transport = NET_TCP;
	session_invite_write(session, to, branch);
}

/* "i) SHALL send the SIP INVITE request towards the served IM User": by way of the core. */
int session_invite_send(struct server_session *session)
{
	struct server *s = session->server;
	struct buf text = {0};
	int rc;

	session->cseq++;
	invite_text(session, &text);
	sip_msg_index(&session->invite, arena_copy(&session->arena, buf_slice(&text)), &session->arena, NULL);
	rc = endpoint_request(s->endpoint, session->transport, &s->config.core, buf_slice(&text), session_answered,
			      session, &session->invite_txn, NULL);
	buf_done(&text);
	return rc;
}

void server_push(struct server *s, struct server_user *user)
{
	struct server_session *session = session_new(s, user);

	if (session_offer_make(session, NULL) < 0 || session_invite_send(session) < 0)
		session_over(session);
}
