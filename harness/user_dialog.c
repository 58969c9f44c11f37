/* SPDX-License-Identifier: MIT
 *
 * What the IUT asks of a user: an INVITE begins a session (user_session.c); everything else is answered here. */
#include "harness/user_internal.h"
#include "sip/value.h"

/* Before the 2xx there is no dialog of ours yet, only the tag that the provisional answers carried (RFC 3261 12.1). */
static bool is_early_dialog(const struct user_session *s, const struct sip_msg *msg)
{
	return s->call == CALL_RINGING && s->txn &&
	       slice_eq(sip_msg_value(msg, SIP_HEADER_CALL_ID),
			sip_msg_value(server_txn_request(s->txn), SIP_HEADER_CALL_ID)) &&
	       slice_is(sip_msg_tag(msg, SIP_HEADER_TO), s->tag);
}

static struct user_session *session_of(struct user *user, const struct sip_msg *msg)
{
	for (struct user_session *s = user->sessions; s; s = s->next)
		if (sip_dialog_has(&s->dialog, msg) || is_early_dialog(s, msg))
			return s;
	return NULL;
}

static void answer_plainly(struct user *user, struct server_txn *txn, unsigned status)
{
	const struct sip_msg *msg = server_txn_request(txn);
	struct buf text = {0};

	core_answer_head(user->core, &text, msg, status, "ue");
	if (status == 405 || msg->method == SIP_METHOD_OPTIONS)
		sip_text_header(&text, "Allow", "%s", USER_ALLOW);
	sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_answer(txn, buf_slice(&text), NULL);
	buf_done(&text);
}

/* UPDATE and re-INVITE: a refresh of the session, and an offer that is answered as before. */
static void on_refresh(struct user_session *s, struct server_txn *txn)
{
	const struct sip_msg *msg = server_txn_request(txn);
	struct buf text = {0};

	sip_dialog_retarget(&s->dialog, msg);
	core_answer_head(s->user->core, &text, msg, 200, s->tag);
	sip_text_header(&text, "Contact", "<%s>;%s", s->user->contact, core_tag(s->user->core));
	sip_text_header(&text, "Allow", "%s", USER_ALLOW);
	session_timer_refreshed(s, msg, &text);
	if (msg->body.len && s->sdp)
		sip_text_body(&text, "application/sdp", slice_of(s->sdp));
	else
		sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_answer(txn, buf_slice(&text), NULL);
	buf_done(&text);
}

static bool updates_are_taken(const struct user_session *s)
{
	return s->answer && s->answer->allow && strstr(s->answer->allow, "UPDATE");
}

static void in_dialog(struct user_session *s, struct server_txn *txn, const struct sip_msg *msg)
{
	bool refresh = msg->method == SIP_METHOD_INVITE || (msg->method == SIP_METHOD_UPDATE && updates_are_taken(s));
	bool known = msg->method == SIP_METHOD_BYE || msg->method == SIP_METHOD_PRACK ||
		     msg->method == SIP_METHOD_OPTIONS || msg->method == SIP_METHOD_MESSAGE ||
		     msg->method == SIP_METHOD_INFO;

	s->user->asked++;
	if (s->call == CALL_OVER && msg->method != SIP_METHOD_BYE)
		answer_plainly(s->user, txn, 481);
	else if (refresh)
		on_refresh(s, txn);
	else
		answer_plainly(s->user, txn, known ? 200 : 405);
	session_tell(s, USER_ASKED);
	if (msg->method == SIP_METHOD_BYE)
		session_over(s);
}

/* Whatever else a server may write to him: a stored message is one that was deposited. */
static bool is_deposited(const struct user *user, struct slice body)
{
	for (const struct user_text *t = user->texts; t; t = t->next)
		if (slice_find(body, t->text))
			return true;
	return false;
}

static void outside(struct user *user, struct server_txn *txn, const struct sip_msg *msg)
{
	if (msg->method == SIP_METHOD_MESSAGE) {
		bool deposited = is_deposited(user, msg->body);

		user->messages += deposited;
		answer_plainly(user, txn, 200);
		if (user->on_event && deposited)
			user->on_event(user->arg, user, USER_MESSAGE);
		return;
	}
	if (msg->method == SIP_METHOD_OPTIONS)
		answer_plainly(user, txn, 200);
	else
		answer_plainly(user, txn, sip_msg_tag(msg, SIP_HEADER_TO).p ? 481 : 405);
}

static void on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg)
{
	struct user *user = arg;
	struct user_session *s = session_of(user, msg);

	if (!txn)
		return; /* ACK: the endpoint stopped repeating the 2xx, and nothing waits for it */
	if (s)
		in_dialog(s, txn, msg);
	else if (msg->method == SIP_METHOD_INVITE && !sip_msg_tag(msg, SIP_HEADER_TO).p)
		session_begin(user, txn);
	else
		outside(user, txn, msg);
}

static struct user_session *session_with(struct user *user, const struct server_txn *txn)
{
	for (struct user_session *s = user->sessions; s; s = s->next)
		if (s->txn == txn)
			return s;
	return NULL;
}

static void on_cancel(void *arg, struct server_txn *invite)
{
	struct user_session *s = session_with(arg, invite);

	if (!s || s->call != CALL_RINGING)
		return;
	core_refuse(invite, 487);
	session_tell(s, USER_ANSWERED);
	session_over(s);
}

static void on_txn_end(void *arg, struct server_txn *txn, bool ack_missing)
{
	struct user_session *s = session_with(arg, txn);

	if (!s)
		return;
	s->txn = NULL;
	if (s->call == CALL_RINGING || ack_missing)
		session_over(s);
}

const struct core_seat_events user_seat_events = {
	.on_request = on_request,
	.on_cancel = on_cancel,
	.on_txn_end = on_txn_end,
};
