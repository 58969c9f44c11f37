/* SPDX-License-Identifier: MIT
 *
 * The session of a push: requests inside its dialog, ours and theirs (RFC 3261 12.2, 15). They go to the contact that the
 * client gave, by the route that its answer recorded. */
#include "base/mem.h"
#include "harness/server_session.h"
#include "sip/value.h"

void session_ignore(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
}

/* Where the dialog points to. A contact that is a name is the core's to find. */
static void text_route(struct server_session *session, const struct sip_dialog *dialog, struct session_text *text)
{
	struct server_config *config = &session->server->config;

	if (sip_dialog_hop(dialog, &text->dst, &text->transport, NULL) == 0 &&
	    (text->transport == NET_UDP || text->transport == NET_TCP))
		return;
	text->dst = config->core;
	text->transport = config->transport;
}

void session_begin(struct server_session *session, struct sip_dialog *dialog, const char *method,
		   struct session_text *ret)
{
	struct server *s = session->server;
	struct slice target = dialog->target;
	char branch[SIP_TEXT_ID_MAX];

	*ret = (struct session_text){0};
	server_faults_target(session, dialog, method);
	text_route(session, dialog, ret);
	sip_dialog_request(&ret->text, dialog, method, ret->transport, endpoint_addr(s->endpoint),
			   sip_text_branch(s->world, branch));
	dialog->target = target;
	sip_text_header(&ret->text, "User-Agent", "%s", s->product);
}

int session_send(struct server_session *session, struct session_text *text, const char *sdp,
		 endpoint_answer_fn *on_answer, struct client_txn **ret_txn)
{
	struct client_txn *txn;
	int rc;

	sip_text_body(&text->text, sdp ? "application/sdp" : NULL, slice_of(sdp));
	rc = endpoint_request(session->server->endpoint, text->transport, &text->dst, buf_slice(&text->text), on_answer,
			      session, ret_txn ? ret_txn : &txn, NULL);
	buf_done(&text->text);
	return rc;
}

static void ack_write(struct server_session *session, struct sip_dialog *dialog, uint32_t cseq,
		      struct session_text *ret)
{
	struct server *s = session->server;
	struct slice target = dialog->target;
	char branch[SIP_TEXT_ID_MAX];

	*ret = (struct session_text){0};
	server_faults_target(session, dialog, "ACK");
	text_route(session, dialog, ret);
	sip_dialog_ack(&ret->text, dialog, cseq, ret->transport, endpoint_addr(s->endpoint),
		       sip_text_branch(s->world, branch));
	dialog->target = target;
	sip_text_body(&ret->text, NULL, SLICE_NONE);
}

static void ack_send(struct server_session *session, const struct session_text *ack)
{
	if (server_has_fault(session->server, FAULT_ACK_NEVER))
		return;
	endpoint_send(session->server->endpoint, ack->transport, &ack->dst, buf_slice(&ack->text), NULL);
}

void session_ack(struct server_session *session, uint32_t cseq)
{
	if (session->ack)
		buf_done(&session->ack->text);
	else
		session->ack = mem_alloc(sizeof(*session->ack));
	ack_write(session, &session->dialog, cseq, session->ack);
	ack_send(session, session->ack);
}

void session_ack_again(struct server_session *session)
{
	if (session->ack)
		ack_send(session, session->ack);
}

void session_refuse(struct server_session *session, const struct sip_msg *answer)
{
	struct sip_dialog fork = {0};
	struct session_text text;

	if (sip_dialog_called(&fork, &session->invite, answer, NULL) == 0) {
		ack_write(session, &fork, fork.cseq, &text);
		ack_send(session, &text);
		buf_done(&text.text);
		session_begin(session, &fork, "BYE", &text);
		session_send(session, &text, NULL, session_ignore, NULL);
	}
	sip_dialog_done(&fork);
}

void session_bye(struct server_session *session)
{
	struct session_text text;

	if (session->state != SESSION_RUNNING)
		return;
	session_begin(session, &session->dialog, "BYE", &text);
	session_send(session, &text, NULL, session_ignore, NULL);
	session_over(session);
}

/* RFC 3261 12.2.2: older than what came before in the dialog. */
static bool is_out_of_order(struct server_session *session, const struct sip_msg *msg)
{
	uint32_t cseq, last = session->dialog.remote_cseq;
	struct slice method;

	if (sip_msg_cseq(msg, &cseq, &method) < 0)
		return true;
	session->dialog.remote_cseq = cseq > last ? cseq : last;
	return cseq <= last && last != 0;
}

static void on_bye(struct server_session *session, struct server_txn *txn)
{
	server_answer_status(session->server, txn, 200);
	session_over(session);
}

void session_on_request(struct server_session *session, struct server_txn *txn, const struct sip_msg *msg)
{
	struct server *s = session->server;

	if (session->state != SESSION_RUNNING || !sip_dialog_has(&session->dialog, msg))
		server_answer_status(s, txn, 481);
	else if (is_out_of_order(session, msg))
		server_answer_status(s, txn, 500);
	else if (msg->method == SIP_METHOD_BYE)
		on_bye(session, txn);
	else if (msg->method == SIP_METHOD_UPDATE || msg->method == SIP_METHOD_INVITE)
		session_timer_on_refresh(session, txn, msg);
	else
		server_answer(s, txn, &(struct server_answer){.status = 405, .allow = server_methods});
}
