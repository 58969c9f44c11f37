/* SPDX-License-Identifier: MIT
 *
 * "SHALL start the SIP Session timer using the value received in the Session-Expires header according to rules and
 * procedures of [RFC4028]": whoever is the refresher refreshes at half the interval (7.2); the other side says BYE when
 * that fails to come (10). */
#include "harness/server_push.h"
#include "sip/value.h"

#include <inttypes.h>

enum { MIN_SE = 90, LAST_MOMENT = 32 };         /* s, RFC 4028 4 and 10 */
static const uint64_t glare_pause = 3 * SECOND; /* RFC 3261 14.1: 2.1 to 4 s for the owner of the Call-ID */

static void refresh_send(void *arg);

static void expired(void *arg)
{
	struct push *push = arg;

	if (!server_has_fault(push->server, FAULT_EXPIRY_IGNORED))
		push_bye(push);
}

static void timer_in(struct push *push, uint64_t delay, void (*call)(void *arg))
{
	world_timer_start(push->server->world, &push->refresh, delay, call, push);
}

/* "slightly before the session expiration": 32 s or a third of the interval, whichever is less. */
static void expect_refresh(struct push *push)
{
	uint64_t early = push->interval / 3 < LAST_MOMENT ? push->interval / 3 : LAST_MOMENT;

	timer_in(push, (push->interval - early) * SECOND, expired);
}

static void timer_start(struct push *push)
{
	bool ours = push->refresher != server_has_fault(push->server, FAULT_REFRESHER_WRONG);

	if (!push->interval)
		push_timer_stop(push);
	else if (ours && !server_has_fault(push->server, FAULT_REFRESH_NEVER))
		timer_in(push,
			 push->interval * SECOND / (server_has_variant(push->server, VARIANT_REFRESH_EARLY) ? 3 : 2),
			 refresh_send);
	else if (!ours)
		expect_refresh(push);
}

void push_timer_stop(struct push *push)
{
	world_timer_stop(&push->refresh);
}

static bool refresher_is(struct slice params, const char *role)
{
	struct slice value;

	return sip_param_find(params, "refresher", &value) && slice_is_nocase(value, role);
}

/* Session-Expires of a message: false where it is absent or no number. */
static bool expires_take(struct push *push, const struct sip_msg *msg, struct slice *ret_params)
{
	struct slice main;
	uint64_t interval;

	if (sip_msg_number(msg, SIP_HEADER_SESSION_EXPIRES, &interval) < 0 || interval > UINT32_MAX)
		return false;
	sip_value_split(sip_msg_value(msg, SIP_HEADER_SESSION_EXPIRES), &main, ret_params);
	push->interval = (uint32_t)interval;
	return true;
}

/* RFC 4028 7.2: a 2xx without Session-Expires ends the timer; without a refresher it is the one that asked: we. */
void push_timer_take(struct push *push, const struct sip_msg *answer)
{
	struct slice params;

	if (!expires_take(push, answer, &params))
		push->interval = 0;
	else
		push->refresher = !refresher_is(params, "uas");
	timer_start(push);
}

static bool may_update(const struct push *push)
{
	if (server_has_fault(push->server, FAULT_UPDATE_FORBIDDEN))
		return true;
	if (!push->allow_known && server_has_fault(push->server, FAULT_ALLOW_EARLY_IGNORED))
		return true;
	if (server_has_variant(push->server, VARIANT_REFRESH_INVITE))
		return false;
	return push->allow_known && push->allow & 1u << SIP_METHOD_UPDATE;
}

/* RFC 4028 7.3 and 10: too small an interval is tried again, glare too; a dead dialog ends; anything else leaves the
 * session to its expiry. */
static void refresh_failed(struct push *push, const struct sip_msg *msg)
{
	uint64_t min_se;

	if (!msg || msg->status == 408 || msg->status == 481) {
		push_bye(push);
	} else if (msg->status == 491) {
		timer_in(push, glare_pause, refresh_send);
	} else if (msg->status == 422 && sip_msg_number(msg, SIP_HEADER_MIN_SE, &min_se) == 0 &&
		   min_se > push->interval && min_se <= UINT32_MAX) {
		push->min_se = push->interval = (uint32_t)min_se;
		refresh_send(push);
	} else {
		expect_refresh(push);
	}
}

static void refresh_succeeded(struct push *push, const struct sip_msg *msg)
{
	uint32_t cseq = 0;
	struct slice method;

	sip_dialog_retarget(&push->dialog, msg);
	push_allow_keep(push, msg);
	if (msg->method == SIP_METHOD_INVITE && sip_msg_cseq(msg, &cseq, &method) == 0)
		push_ack(push, cseq);
	if (push->state == PUSH_RUNNING)
		push_timer_take(push, msg);
}

static void refresh_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct push *push = arg;
	bool first = push->refresh_txn == txn;

	if (msg && msg->status < 200)
		return;
	if (!first) {
		push_ack_again(push);
		return;
	}
	push->refresh_txn = NULL;
	if (msg && msg->status < 300)
		refresh_succeeded(push, msg);
	else if (push->state == PUSH_RUNNING)
		refresh_failed(push, msg);
}

static void refresh_send(void *arg)
{
	struct push *push = arg;
	bool update = may_update(push);
	struct push_text text;

	push_begin(push, &push->dialog, update ? "UPDATE" : "INVITE", &text);
	sip_text_header(&text.text, "Contact", "%s", push_contact(push));
	sip_text_header(&text.text, "Allow", "%s", server_methods);
	sip_text_header(&text.text, "Supported", "timer");
	sip_text_header(&text.text, "Session-Expires", "%" PRIu32 ";refresher=uac", push->interval);
	if (push->min_se)
		sip_text_header(&text.text, "Min-SE", "%" PRIu32, push->min_se);
	if (push_send(push, &text, update ? NULL : push->sdp, refresh_answered, &push->refresh_txn) < 0)
		push_bye(push);
}

static void refresh_accept(struct push *push, struct server_txn *txn, const struct sip_msg *msg, const char *expires)
{
	struct server_answer answer = {
		.status = 200, .contact = push_contact(push), .allow = server_methods, .session_expires = expires};

	if (expires)
		answer.require = "timer";
	if (msg->method == SIP_METHOD_INVITE) {
		answer.content_type = "application/sdp";
		answer.body = slice_of(msg->body.len ? push_media_answer(push) : push->sdp);
	}
	sip_dialog_retarget(&push->dialog, msg);
	push_allow_keep(push, msg);
	server_answer(push->server, txn, &answer);
	timer_start(push);
}

/* RFC 4028 9: the other side refreshes. What it says of the refresher stands; unsaid, it stays the one that asks. */
void push_timer_on_refresh(struct push *push, struct server_txn *txn, const struct sip_msg *msg)
{
	struct server *s = push->server;
	uint32_t before = push->interval;
	const char *expires = NULL;
	struct slice params;

	if (push->refresh_txn) {
		server_answer_status(s, txn, 491);
		return;
	}
	if (expires_take(push, msg, &params)) {
		if (push->interval < MIN_SE) {
			push->interval = before;
			server_answer(s, txn, &(struct server_answer){.status = 422, .min_se = "90"});
			return;
		}
		push->refresher = refresher_is(params, "uas");
		expires = arena_printf(&push->arena, "%" PRIu32 ";refresher=%s", push->interval,
				       push->refresher ? "uas" : "uac");
	}
	refresh_accept(push, txn, msg, expires);
}
