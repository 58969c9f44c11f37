/* SPDX-License-Identifier: MIT
 *
 * The session of a push: requests inside its dialog, ours and theirs (RFC 3261 12.2, 15). They go to the contact that
 * the client gave, by the route that its answer recorded. */
#include "base/mem.h"
#include "harness/server_push.h"
#include "sip/value.h"

void push_ignore(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
}

/* Where the dialog points to. A contact that is a name is the core's to find. */
static void text_route(struct push *push, const struct sip_dialog *dialog, struct push_text *text)
{
	struct server_config *config = &push->server->config;

	int rc = sip_dialog_hop(dialog, &text->dst, &text->transport, NULL);

	if (config->transport == NET_TLS)
		text->transport = NET_TLS;
	if (rc == 0 && (text->transport == NET_UDP || text->transport == NET_TCP || text->transport == NET_TLS))
		return;
	text->dst = config->core;
	text->transport = config->transport;
}

void push_begin(struct push *push, struct sip_dialog *dialog, const char *method, struct push_text *ret)
{
	struct sip_dialog as = server_faults_dialog(push, dialog, method);
	struct server *s = push->server;
	char branch[SIP_TEXT_ID_MAX];

	*ret = (struct push_text){0};
	text_route(push, &as, ret);
	sip_dialog_request(&ret->text, &as, method, ret->transport, endpoint_addr(s->endpoint),
			   sip_text_branch(s->world, branch));
	dialog->cseq = as.cseq;
	sip_text_header(&ret->text, "User-Agent", "%s", s->product);
}

int push_send(struct push *push, struct push_text *text, const char *sdp, endpoint_answer_fn *on_answer,
	      struct client_txn **ret_txn)
{
	struct client_txn *txn;
	int rc;

	sip_text_body(&text->text, sdp ? "application/sdp" : NULL, slice_of(sdp));
	server_variants_write(push->server, &text->text);
	rc = endpoint_request(
		push->server->endpoint,
		&(struct endpoint_request){text->transport, &text->dst, buf_slice(&text->text), on_answer, push},
		ret_txn ? ret_txn : &txn, NULL);
	buf_done(&text->text);
	return rc;
}

static void ack_write(struct push *push, struct sip_dialog *dialog, uint32_t cseq, struct push_text *ret)
{
	const struct sip_dialog as = server_faults_dialog(push, dialog, "ACK");
	struct server *s = push->server;
	char branch[SIP_TEXT_ID_MAX];

	*ret = (struct push_text){0};
	text_route(push, &as, ret);
	sip_text_branch(s->world, branch);
	server_faults_ack(push, &cseq, branch);
	sip_dialog_ack(&ret->text, &as, cseq, ret->transport, endpoint_addr(s->endpoint), branch);
	sip_text_body(&ret->text, NULL, SLICE_NONE);
	server_variants_write(s, &ret->text);
}

static void ack_send(struct push *push, const struct push_text *ack)
{
	if (server_has_fault(push->server, FAULT_ACK_NEVER))
		return;
	endpoint_send(push->server->endpoint, ack->transport, &ack->dst, buf_slice(&ack->text), NULL);
}

void push_ack(struct push *push, uint32_t cseq)
{
	if (push->ack)
		buf_done(&push->ack->text);
	else
		push->ack = mem_alloc(sizeof(*push->ack));
	ack_write(push, &push->dialog, cseq, push->ack);
	ack_send(push, push->ack);
}

void push_ack_again(struct push *push)
{
	if (push->ack)
		ack_send(push, push->ack);
}

void push_refuse(struct push *push, const struct sip_msg *answer)
{
	struct sip_dialog fork = {0};
	struct push_text text;

	if (sip_dialog_called(&fork, &push->invite, answer, NULL) == 0) {
		ack_write(push, &fork, fork.cseq, &text);
		ack_send(push, &text);
		buf_done(&text.text);
		push_begin(push, &fork, "BYE", &text);
		push_send(push, &text, NULL, push_ignore, NULL);
	}
	sip_dialog_done(&fork);
}

void push_bye(struct push *push)
{
	struct push_text text;

	if (push->state != PUSH_RUNNING)
		return;
	push_begin(push, &push->dialog, "BYE", &text);
	push_send(push, &text, NULL, push_ignore, NULL);
	push_over(push);
}

/* RFC 3261 12.2.2: older than what came before in the dialog. */
static bool is_out_of_order(struct push *push, const struct sip_msg *msg)
{
	uint32_t cseq, last = push->dialog.remote_cseq;
	struct slice method;

	if (sip_msg_cseq(msg, &cseq, &method) < 0)
		return true;
	push->dialog.remote_cseq = cseq > last ? cseq : last;
	return cseq <= last && last != 0;
}

static void on_bye(struct push *push, struct server_txn *txn)
{
	server_answer_status(push->server, txn, 200);
	push_over(push);
}

void push_on_request(struct push *push, struct server_txn *txn, const struct sip_msg *msg)
{
	struct server *s = push->server;

	if (push->state != PUSH_RUNNING || !sip_dialog_has(&push->dialog, msg))
		server_answer_status(s, txn, 481);
	else if (is_out_of_order(push, msg))
		server_answer_status(s, txn, 500);
	else if (msg->method == SIP_METHOD_BYE)
		on_bye(push, txn);
	else if (msg->method == SIP_METHOD_UPDATE || msg->method == SIP_METHOD_INVITE)
		push_timer_on_refresh(push, txn, msg);
	else
		server_answer(s, txn, &(struct server_answer){.status = 405, .allow = server_methods});
}
