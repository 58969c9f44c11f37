/* SPDX-License-Identifier: MIT
 *
 * 12.2.2.2: "On receipt of a SIP final response or SIP provisional response to the SIP request" and "On receipt of the
 * SIP 200 "OK" response to the initial SIP INVITE request". */
#include "harness/server_push.h"
#include "sip/value.h"

static void ringing_too_long(void *arg)
{
	push_cancel(arg);
}

/* "1. SHALL store the list of SIP methods that the IM Client supports if received in the Allow header". */
void push_allow_keep(struct push *push, const struct sip_msg *msg)
{
	struct sip_values it;
	struct slice method;

	if (!sip_msg_has(msg, SIP_HEADER_ALLOW) ||
	    (push->allow_known && server_has_fault(push->server, FAULT_ALLOW_FIRST)))
		return;
	push->allow_known = true;
	push->allow = 0;
	sip_values_start(&it, msg, SIP_HEADER_ALLOW);
	while (sip_values_next(&it, &method))
		push->allow |= 1u << sip_method_of(method);
}

/* "2. SHALL store the contact if received in the Contact header as defined in [RFC 3261]": with it the dialog begins,
 * early or not. Its CSeq goes on where a PRACK has raised it. */
static bool contact_keep(struct push *push, const struct sip_msg *msg)
{
	if (!sip_msg_tag(msg, SIP_HEADER_TO).p)
		return false;
	if (push->dialog.target.p && server_has_fault(push->server, FAULT_CONTACT_FIRST))
		return true;
	return sip_dialog_called(&push->dialog, &push->invite, msg, NULL) == 0;
}

/* RFC 3262 4: a provisional answer that must be acknowledged. */
static void prack(struct push *push, const struct sip_msg *msg)
{
	struct push_text text;
	uint64_t rseq;

	if (!sip_msg_lists(msg, SIP_HEADER_REQUIRE, SLICE("100rel")) || !push->dialog.call_id.p ||
	    sip_msg_number(msg, SIP_HEADER_RSEQ, &rseq) < 0)
		return;
	push_begin(push, &push->dialog, "PRACK", &text);
	sip_text_header(&text.text, "RAck", "%llu %u INVITE", (unsigned long long)rseq, push->cseq);
	push_send(push, &text, NULL, push_ignore, NULL);
}

static void on_provisional(struct push *push, const struct sip_msg *msg)
{
	bool first = !push->provisional;

	push->provisional = true;
	if (!server_has_fault(push->server, FAULT_ALLOW_EARLY_IGNORED))
		push_allow_keep(push, msg);
	if (msg->status > 100 && contact_keep(push, msg))
		prack(push, msg);
	if (!first)
		return;
	if (push->state == PUSH_CANCELLED)
		push_cancel(push);
	else
		world_timer_start(push->server->world, &push->patience, push->server->config.ring, ringing_too_long,
				  push);
}

/* "On receipt of the SIP 200 "OK" response": 1. session timer, 2. Allow, 3. the session identity in Contact. A 200 that
 * crossed our CANCEL makes a session too: it is ended at once (RFC 3261 9.1, 15). */
static void on_success(struct push *push, const struct sip_msg *msg)
{
	bool unwanted = push->state != PUSH_INVITED;

	push_allow_keep(push, msg);
	if (!contact_keep(push, msg)) {
		push_over(push);
		return;
	}
	world_timer_stop(&push->patience);
	push->state = PUSH_RUNNING;
	push_ack(push, push->cseq);
	if (unwanted) {
		push_bye(push);
		return;
	}
	push_timer_take(push, msg);
	push_deliver(push, msg);
}

/* Once more to the new contact, once (RFC 3261 8.1.3.4). */
static bool follow_redirect(struct push *push, const struct sip_msg *msg)
{
	struct sip_addr contact;

	if (server_has_variant(push->server, VARIANT_REDIRECT_IGNORED) || push->redirected ||
	    sip_msg_addr(msg, SIP_HEADER_CONTACT, &contact) < 0)
		return false;
	push->redirected = true;
	push->target = arena_copy(&push->arena, contact.uri);
	return push_invite_send(push) == 0;
}

/* RFC 4028 7.3: the interval was too small for somebody. */
static bool follow_min_se(struct push *push, const struct sip_msg *msg)
{
	uint64_t min_se;

	if (push->enlarged || sip_msg_number(msg, SIP_HEADER_MIN_SE, &min_se) < 0 || min_se > UINT32_MAX)
		return false;
	push->enlarged = true;
	push->min_se = (uint32_t)min_se;
	if (push->interval < push->min_se)
		push->interval = push->min_se;
	return push_invite_send(push) == 0;
}

/* Whatever the reason, the messages stay stored until the next time. */
static void on_failure(struct push *push, const struct sip_msg *msg)
{
	bool wanted = push->state == PUSH_INVITED;

	world_timer_stop(&push->patience);
	push->provisional = false;
	if (push->cseq < push->dialog.cseq)
		push->cseq = push->dialog.cseq;
	sip_dialog_done(&push->dialog);
	if (wanted && msg->status < 400 && follow_redirect(push, msg))
		return;
	if (wanted && msg->status == 422 && follow_min_se(push, msg))
		return;
	push_over(push);
}

/* A 200 after the first: the same one again, or that of a fork. */
static void on_success_again(struct push *push, const struct sip_msg *msg)
{
	if (slice_eq(sip_msg_tag(msg, SIP_HEADER_TO), push->dialog.remote_tag))
		push_ack_again(push);
	else
		push_refuse(push, msg);
}

void push_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct push *push = arg;
	bool first = push->invite_txn != NULL;

	if (msg && msg->status < 200) {
		if (first)
			on_provisional(push, msg);
		return;
	}
	push->invite_txn = NULL;
	if (!msg)
		push_over(push);
	else if (msg->status >= 300)
		on_failure(push, msg);
	else if (first)
		on_success(push, msg);
	else
		on_success_again(push, msg);
}
