/* SPDX-License-Identifier: MIT
 *
 * 12.2.2.2: "On receipt of a SIP final response or SIP provisional response to the SIP request" and "On receipt of the SIP
 * 200 "OK" response to the initial SIP INVITE request". */
#include "harness/server_session.h"
#include "sip/value.h"

static void ringing_too_long(void *arg)
{
	session_cancel(arg);
}

/* "1. SHALL store the list of SIP methods that the IM Client supports if received in the Allow header". */
void session_allow_keep(struct server_session *session, const struct sip_msg *msg)
{
	struct sip_values it;
	struct slice method;

	if (!sip_msg_has(msg, SIP_HEADER_ALLOW))
		return;
	session->allow_known = true;
	session->allow = 0;
	sip_values_start(&it, msg, SIP_HEADER_ALLOW);
	while (sip_values_next(&it, &method))
		session->allow |= 1u << sip_method_of(method);
}

/* "2. SHALL store the contact if received in the Contact header as defined in [RFC 3261]": with it the dialog begins,
 * early or not. Its CSeq goes on where a PRACK has raised it. */
static bool contact_keep(struct server_session *session, const struct sip_msg *msg)
{
	if (!sip_msg_tag(msg, SIP_HEADER_TO).p)
		return false;
	return sip_dialog_called(&session->dialog, &session->invite, msg, NULL) == 0;
}

/* RFC 3262 4: a provisional answer that must be acknowledged. */
static void prack(struct server_session *session, const struct sip_msg *msg)
{
	struct session_text text;
	uint64_t rseq;

	if (!sip_msg_lists(msg, SIP_HEADER_REQUIRE, SLICE("100rel"), false) || !session->dialog.call_id.p ||
	    sip_msg_number(msg, SIP_HEADER_RSEQ, &rseq) < 0)
		return;
	session_begin(session, &session->dialog, "PRACK", &text);
	sip_text_header(&text.text, "RAck", "%llu %u INVITE", (unsigned long long)rseq, session->cseq);
	session_send(session, &text, NULL, session_ignore, NULL);
}

static void on_provisional(struct server_session *session, const struct sip_msg *msg)
{
	bool first = !session->provisional;

	session->provisional = true;
	session_allow_keep(session, msg);
	if (msg->status > 100 && contact_keep(session, msg))
		prack(session, msg);
	if (!first)
		return;
	if (session->state == SESSION_CANCELLED)
		session_cancel(session);
	else
		world_timer_start(session->server->world, &session->patience, session->server->config.ring,
				  ringing_too_long, session);
}

/* "On receipt of the SIP 200 "OK" response": 1. session timer, 2. Allow, 3. the session identity in Contact. A 200 that
 * crossed our CANCEL makes a session too: it is ended at once (RFC 3261 9.1, 15). */
static void on_success(struct server_session *session, const struct sip_msg *msg)
{
	bool unwanted = session->state != SESSION_INVITED;

	session_allow_keep(session, msg);
	if (!contact_keep(session, msg)) {
		session_over(session);
		return;
	}
	world_timer_stop(&session->patience);
	session->state = SESSION_RUNNING;
	session_ack(session, session->cseq);
	if (unwanted) {
		session_bye(session);
		return;
	}
	session_timer_take(session, msg);
	session_deliver(session, msg);
}

/* Once more to the new contact, once (RFC 3261 8.1.3.4). */
static bool follow_redirect(struct server_session *session, const struct sip_msg *msg)
{
	struct sip_addr contact;

	if (session->redirected || sip_msg_addr(msg, SIP_HEADER_CONTACT, &contact) < 0)
		return false;
	session->redirected = true;
	session->target = arena_copy(&session->arena, contact.uri);
	return session_invite_send(session) == 0;
}

/* RFC 4028 7.3: the interval was too small for somebody. */
static bool follow_min_se(struct server_session *session, const struct sip_msg *msg)
{
	uint64_t min_se;

	if (session->enlarged || sip_msg_number(msg, SIP_HEADER_MIN_SE, &min_se) < 0 || min_se > UINT32_MAX)
		return false;
	session->enlarged = true;
	session->min_se = (uint32_t)min_se;
	if (session->interval < session->min_se)
		session->interval = session->min_se;
	return session_invite_send(session) == 0;
}

/* Whatever the reason, the messages stay stored until the next time. */
static void on_failure(struct server_session *session, const struct sip_msg *msg)
{
	bool wanted = session->state == SESSION_INVITED;

	world_timer_stop(&session->patience);
	session->provisional = false;
	if (session->cseq < session->dialog.cseq)
		session->cseq = session->dialog.cseq;
	sip_dialog_done(&session->dialog);
	if (wanted && msg->status < 400 && follow_redirect(session, msg))
		return;
	if (wanted && msg->status == 422 && follow_min_se(session, msg))
		return;
	session_over(session);
}

/* A 200 after the first: the same one again, or that of a fork. */
static void on_success_again(struct server_session *session, const struct sip_msg *msg)
{
	if (slice_eq(sip_msg_tag(msg, SIP_HEADER_TO), session->dialog.remote_tag))
		session_ack_again(session);
	else
		session_refuse(session, msg);
}

void session_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct server_session *session = arg;
	bool first = session->invite_txn != NULL;

	if (msg && msg->status < 200) {
		if (first)
			on_provisional(session, msg);
		return;
	}
	session->invite_txn = NULL;
	if (!msg)
		session_over(session);
	else if (msg->status >= 300)
		on_failure(session, msg);
	else if (first)
		on_success(session, msg);
	else
		on_success_again(session, msg);
}
