/* SPDX-License-Identifier: MIT
 *
 * "SHALL start the SIP Session timer using the value received in the Session-Expires header according to rules and
 * procedures of [RFC4028]": whoever is the refresher refreshes at half the interval (7.2); the other side says BYE when
 * that fails to come (10). */
#include "harness/server_session.h"
#include "sip/value.h"

#include <inttypes.h>

enum { MIN_SE = 90, LAST_MOMENT = 32 }; /* s, RFC 4028 4 and 10 */
static const uint64_t glare_pause = 3 * SECOND; /* RFC 3261 14.1: 2.1 to 4 s for the owner of the Call-ID */

static void refresh_send(void *arg);

static void expired(void *arg)
{
	struct server_session *session = arg;

	if (!server_has_fault(session->server, FAULT_EXPIRY_IGNORED))
		session_bye(session);
}

static void timer_in(struct server_session *session, uint64_t delay, void (*call)(void *arg))
{
	world_timer_start(session->server->world, &session->refresh, delay, call, session);
}

/* "slightly before the session expiration": 32 s or a third of the interval, whichever is less. */
static void expect_refresh(struct server_session *session)
{
	uint64_t early = session->interval / 3 < LAST_MOMENT ? session->interval / 3 : LAST_MOMENT;

	timer_in(session, (session->interval - early) * SECOND, expired);
}

static void timer_start(struct server_session *session)
{
	bool ours = session->refresher || server_has_fault(session->server, FAULT_REFRESHER_WRONG);

	if (!session->interval)
		session_timer_stop(session);
	else if (ours && !server_has_fault(session->server, FAULT_REFRESH_NEVER))
		timer_in(session, session->interval * SECOND / 2, refresh_send);
	else if (!ours)
		expect_refresh(session);
}

void session_timer_stop(struct server_session *session)
{
	world_timer_stop(&session->refresh);
}

static bool refresher_is(struct slice params, const char *role)
{
	struct slice value;

	return sip_param_find(params, "refresher", &value) && slice_is_nocase(value, role);
}

/* Session-Expires of a message: false where it is absent or no number. */
static bool expires_take(struct server_session *session, const struct sip_msg *msg, struct slice *ret_params)
{
	struct slice main;
	uint64_t interval;

	if (sip_msg_number(msg, SIP_HEADER_SESSION_EXPIRES, &interval) < 0 || interval > UINT32_MAX)
		return false;
	sip_value_split(sip_msg_value(msg, SIP_HEADER_SESSION_EXPIRES), &main, ret_params);
	session->interval = (uint32_t)interval;
	return true;
}

/* RFC 4028 7.2: a 2xx without Session-Expires ends the timer; without a refresher it is the one that asked: we. */
void session_timer_take(struct server_session *session, const struct sip_msg *answer)
{
	struct slice params;

	if (!expires_take(session, answer, &params))
		session->interval = 0;
	else
		session->refresher = !refresher_is(params, "uas");
	timer_start(session);
}

static bool may_update(const struct server_session *session)
{
	if (server_has_fault(session->server, FAULT_UPDATE_FORBIDDEN))
		return true;
	return session->allow_known && session->allow & 1u << SIP_METHOD_UPDATE;
}

/* RFC 4028 7.3 and 10: too small an interval is tried again, glare too; a dead dialog ends; anything else leaves the
 * session to its expiry. */
static void refresh_failed(struct server_session *session, const struct sip_msg *msg)
{
	uint64_t min_se;

	if (!msg || msg->status == 408 || msg->status == 481) {
		session_bye(session);
	} else if (msg->status == 491) {
		timer_in(session, glare_pause, refresh_send);
	} else if (msg->status == 422 && sip_msg_number(msg, SIP_HEADER_MIN_SE, &min_se) == 0 &&
		   min_se > session->interval && min_se <= UINT32_MAX) {
		session->min_se = session->interval = (uint32_t)min_se;
		refresh_send(session);
	} else {
		expect_refresh(session);
	}
}

static void refresh_succeeded(struct server_session *session, const struct sip_msg *msg)
{
	uint32_t cseq = 0;
	struct slice method;

	sip_dialog_retarget(&session->dialog, msg);
	session_allow_keep(session, msg);
	if (msg->method == SIP_METHOD_INVITE && sip_msg_cseq(msg, &cseq, &method) == 0)
		session_ack(session, cseq);
	if (session->state == SESSION_RUNNING)
		session_timer_take(session, msg);
}

static void refresh_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct server_session *session = arg;
	bool first = session->refresh_txn == txn;

	if (msg && msg->status < 200)
		return;
	if (!first) {
		session_ack_again(session);
		return;
	}
	session->refresh_txn = NULL;
	if (msg && msg->status < 300)
		refresh_succeeded(session, msg);
	else if (session->state == SESSION_RUNNING)
		refresh_failed(session, msg);
}

static void refresh_send(void *arg)
{
	struct server_session *session = arg;
	bool update = may_update(session);
	struct session_text text;

	session_begin(session, &session->dialog, update ? "UPDATE" : "INVITE", &text);
	sip_text_header(&text.text, "Contact", "%s", session_contact(session));
	sip_text_header(&text.text, "Allow", "%s", server_methods);
	sip_text_header(&text.text, "Supported", "timer");
	sip_text_header(&text.text, "Session-Expires", "%" PRIu32 ";refresher=uac", session->interval);
	if (session->min_se)
		sip_text_header(&text.text, "Min-SE", "%" PRIu32, session->min_se);
	if (session_send(session, &text, update ? NULL : session->sdp, refresh_answered, &session->refresh_txn) < 0)
		session_bye(session);
}

static void refresh_accept(struct server_session *session, struct server_txn *txn, const struct sip_msg *msg,
			   const char *expires)
{
	struct server_answer answer = {.status = 200, .contact = session_contact(session), .allow = server_methods,
				       .session_expires = expires};

	if (expires)
		answer.require = "timer";
	if (msg->method == SIP_METHOD_INVITE) {
		answer.content_type = "application/sdp";
		answer.body = slice_of(session->sdp);
	}
	sip_dialog_retarget(&session->dialog, msg);
	session_allow_keep(session, msg);
	server_answer(session->server, txn, &answer);
	timer_start(session);
}

/* RFC 4028 9: the other side refreshes. What it says of the refresher stands; unsaid, it stays the one that asks. */
void session_timer_on_refresh(struct server_session *session, struct server_txn *txn, const struct sip_msg *msg)
{
	struct server *s = session->server;
	uint32_t before = session->interval;
	const char *expires = NULL;
	struct slice params;

	if (session->refresh_txn) {
		server_answer_status(s, txn, 491);
		return;
	}
	if (expires_take(session, msg, &params)) {
		if (session->interval < MIN_SE) {
			session->interval = before;
			server_answer(s, txn, &(struct server_answer){.status = 422, .min_se = "90"});
			return;
		}
		session->refresher = refresher_is(params, "uas");
		expires = arena_printf(&session->arena, "%" PRIu32 ";refresher=%s", session->interval,
				       session->refresher ? "uas" : "uac");
	}
	refresh_accept(session, txn, msg, expires);
}
