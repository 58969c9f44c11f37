// SPDX-License-Identifier: MIT
/* The dialogs of a push: answers, PRACK, ACK, session timer, BYE, and what the other side asks in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server.h"

struct round {
	struct session *session;
	unsigned number;
};

static void session_end(struct session *session)
{
	if (session->over)
		return;
	session->over = true;
	msrp_stop(session);
	if (session->user->session == session)
		session->user->session = NULL;
}

static void learn(struct dialog *dialog, const sip_t *sip)
{
	if (!sip->sip_allow || is("update-anyway"))
		return;
	dialog->allow = true;
	dialog->update = sip_is_allowed(sip->sip_allow, SIP_METHOD_UPDATE);
}

/* The dialog that an answer to the INVITE belongs to; a new one where its To tag is. */
static struct dialog *dialog_of(struct session *session, const sip_t *sip)
{
	const char *tag = sip->sip_to->a_tag;
	struct dialog *dialog;
	unsigned i;

	for (i = 0; i < session->dialogs_len; i++)
		if (!strcmp(session->dialogs[i].tag, tag))
			return &session->dialogs[i];
	if (i == 4)
		return NULL;
	dialog = &session->dialogs[session->dialogs_len++];
	dialog->tag = strdup(tag);
	dialog->update = is("update-anyway");
	dialog->leg = nta_leg_tcreate(server.agent, session_request, session, SIPTAG_CALL_ID(sip->sip_call_id),
				      SIPTAG_FROM(sip->sip_from), SIPTAG_TO(sip->sip_to), SIPTAG_CSEQ(sip->sip_cseq),
				      TAG_END());
	return dialog;
}

static void take_route(struct session *session, struct dialog *dialog, const sip_t *sip, int initial)
{
	const sip_contact_t *contact = sip->sip_contact;

	if (is("target-ignored"))
		contact = sip_contact_make(server.home, session->address);
	if (is("target-early") && dialog->target)
		contact = dialog->target;
	if (!dialog->target && contact)
		dialog->target = sip_contact_dup(server.home, contact);
	nta_leg_client_reroute(dialog->leg, sip->sip_record_route, contact, initial);
}

static int forget(void *magic, nta_outgoing_t *orq, const sip_t *sip)
{
	(void)magic;
	if (!sip || sip->sip_status->st_status >= 200)
		nta_outgoing_destroy(orq);
	return 0;
}

static void prack(struct dialog *dialog, const sip_t *sip)
{
	char rack[60];

	if (!sip->sip_rseq || sip->sip_rseq->rs_response <= dialog->rseq)
		return;
	dialog->rseq = sip->sip_rseq->rs_response;
	snprintf(rack, sizeof(rack), "%u %u INVITE", dialog->rseq, sip->sip_cseq->cs_seq);
	nta_outgoing_tcreate(dialog->leg, forget, NULL, NULL, SIP_METHOD_PRACK, NULL, SIPTAG_RACK_STR(rack),
			     SIPTAG_USER_AGENT_STR("IM-serv/OMA1.0"), TAG_END());
}

static void acknowledge(struct session *session, struct dialog *dialog, const sip_t *sip)
{
	if (is("no-ack"))
		return;
	nta_outgoing_tcreate(dialog->leg, NULL, NULL, NULL, SIP_METHOD_ACK, NULL,
			     SIPTAG_CSEQ(sip_cseq_create(server.home, sip->sip_cseq->cs_seq, SIP_METHOD_ACK)),
			     SIPTAG_CONTACT_STR(session->contact), TAG_END());
}

static int bye_answered(void *magic, nta_outgoing_t *orq, const sip_t *sip)
{
	struct session *session = magic;

	if (!sip || sip->sip_status->st_status < 200)
		return 0;
	nta_outgoing_destroy(orq);
	if (session->dialog)
		nta_leg_destroy(session->dialog->leg);
	session->dialog = NULL;
	return 0;
}

void session_bye(struct session *session)
{

	if (session->over || !session->dialog)
		return;
	session_end(session);
	nta_outgoing_tcreate(session->dialog->leg, bye_answered, session, NULL, SIP_METHOD_BYE, NULL, TAG_END());
	if (is("session-each"))
		push_consider(session->user);
}

static int refreshed(void *magic, nta_outgoing_t *orq, const sip_t *sip)
{
	struct session *session = magic;
	int status = sip ? sip->sip_status->st_status : 408;

	if (status < 200)
		return 0;
	if (session->dialog && sip && status < 300) {
		learn(session->dialog, sip);
		take_route(session, session->dialog, sip, false);
		if (sip->sip_cseq->cs_method == sip_method_invite)
			acknowledge(session, session->dialog, sip);
		session_timer(session, sip);
	} else if (status == 481 || status == 408) {
		session_bye(session);
	}
	nta_outgoing_destroy(orq);
	return 0;
}

static void refresh(void *magic, su_timer_t *timer, void *arg)
{
	struct round round = *(struct round *)arg;
	struct session *session = round.session;
	bool update = session->dialog && session->dialog->update && !is("refresh-invite");
	char value[40];

	(void)magic, (void)timer;
	free(arg);
	if (session->over || round.number != session->timer_round)
		return;
	if (is("update-anyway"))
		update = true;
	snprintf(value, sizeof(value), "%lu;refresher=uac", session->expires);
	nta_outgoing_tcreate(session->dialog->leg, refreshed, session, NULL,
			     update ? sip_method_update : sip_method_invite, update ? "UPDATE" : "INVITE", NULL,
			     SIPTAG_CONTACT_STR(session->contact), SIPTAG_SUPPORTED_STR("timer,100rel"),
			     SIPTAG_ALLOW_STR(METHODS), SIPTAG_SESSION_EXPIRES_STR(value),
			     TAG_IF(!update, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
			     TAG_IF(!update, SIPTAG_PAYLOAD_STR(sdp_write(session, false))), TAG_END());
}

static void give_up(void *magic, su_timer_t *timer, void *arg)
{
	struct round round = *(struct round *)arg;

	(void)magic, (void)timer;
	free(arg);
	if (round.number == round.session->timer_round && !is("no-bye"))
		session_bye(round.session);
}

static void in_time(struct session *session, unsigned ms, su_timer_f callback)
{
	struct round *round = malloc(sizeof(*round));

	*round = (struct round){session, session->timer_round};
	later(ms, callback, round);
}

/* RFC 4028: what a 2xx, or a request of the other side that we take, agrees on. */
void session_timer(struct session *session, const sip_t *sip)
{
	const sip_session_expires_t *se = sip->sip_session_expires;
	unsigned ms;

	session->timer_round++;
	session->timed = se;
	if (!se)
		return;
	session->expires = se->x_delta;
	session->we_refresh = !se->x_refresher || !strcasecmp(se->x_refresher, sip->sip_request ? "uas" : "uac");
	ms = (unsigned)session->expires * 1000;
	if ((session->we_refresh || is("refresh-unasked")) && !is("no-refresh"))
		in_time(session, is("refresh-late") ? ms / 10 * 9 : is("refresh-early") ? ms / 4 : ms / 2, refresh);
	if (!session->we_refresh)
		in_time(session, ms - (ms / 3 < 32000 ? ms / 3 : 32000), give_up);
}

static void confirmed(struct session *session, struct dialog *dialog, const sip_t *sip)
{
	session->confirmed = true;
	session->dialog = dialog;
	take_route(session, dialog, sip, true);
	learn(dialog, sip);
	acknowledge(session, dialog, sip);
	session_timer(session, sip);
	msrp_start(session, sip->sip_payload ? sip->sip_payload->pl_data : NULL);
}

static void again(void *magic, su_timer_t *timer, void *arg)
{
	(void)magic, (void)timer;
	push_consider(arg);
}

static void failed(struct session *session, const sip_t *sip)
{
	int status = sip ? sip->sip_status->st_status : 408;

	if (sip && status == 422 && push_retry(session, sip))
		return;
	session_end(session);
	if (is("retry-later") && (status == 480 || status == 486))
		later(1200, again, session->user);
}

static void hang_up(void *magic, su_timer_t *timer, void *arg)
{
	struct session *session = arg;

	(void)magic, (void)timer;
	if (!session->confirmed && !session->over)
		nta_outgoing_cancel(session->invite);
}

static void provisional(struct session *session, const sip_t *sip)
{
	struct dialog *dialog = sip->sip_to->a_tag ? dialog_of(session, sip) : NULL;

	if (!dialog)
		return;
	if (is("cancels"))
		later(2500, hang_up, session);
	take_route(session, dialog, sip, true);
	learn(dialog, sip);
	if (sip_has_feature(sip->sip_require, "100rel"))
		prack(dialog, sip);
}

int session_answered(void *magic, nta_outgoing_t *orq, const sip_t *sip)
{
	struct session *session = magic;
	int status = sip ? sip->sip_status->st_status : 408;

	(void)orq;
	if (status < 200)
		provisional(session, sip);
	else if (status < 300)
		confirmed(session, dialog_of(session, sip), sip);
	else
		failed(session, sip);
	return 0;
}

static int acked(void *magic, nta_incoming_t *irq, const sip_t *sip)
{
	(void)magic, (void)sip;
	nta_incoming_destroy(irq);
	return 0;
}

static int agree(struct session *session, nta_incoming_t *irq, const sip_t *sip)
{
	bool invite = sip->sip_request->rq_method == sip_method_invite, body = invite || sip->sip_payload;
	char value[40] = "";

	if (sip->sip_contact)
		nta_leg_client_reroute(session->dialog->leg, NULL, sip->sip_contact, false);
	learn(session->dialog, sip);
	if (sip->sip_session_expires) {
		const char *refresher = sip->sip_session_expires->x_refresher;
		snprintf(value, sizeof(value), "%lu;refresher=%s", sip->sip_session_expires->x_delta,
			 refresher ? refresher : "uac");
		session->timer_round++;
	}
	if (invite)
		nta_incoming_bind(irq, acked, session);
	nta_incoming_treply(irq, SIP_200_OK, SIPTAG_CONTACT_STR(session->contact), SIPTAG_ALLOW_STR(METHODS),
			    TAG_IF(value[0], SIPTAG_SESSION_EXPIRES_STR(value)),
			    TAG_IF(value[0], SIPTAG_REQUIRE_STR("timer")),
			    TAG_IF(body, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
			    TAG_IF(body, SIPTAG_PAYLOAD_STR(sdp_write(session, true))), TAG_END());
	if (value[0]) {
		session->expires = sip->sip_session_expires->x_delta;
		session->we_refresh = strstr(value, "uas");
		unsigned ms = (unsigned)session->expires * 1000;
		if (session->we_refresh)
			in_time(session, ms / 2, refresh);
		else
			in_time(session, ms - (ms / 3 < 32000 ? ms / 3 : 32000), give_up);
	}
	return invite ? 0 : 200;
}

int session_request(void *magic, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *sip)
{
	struct session *session = magic;

	(void)leg;
	switch (sip->sip_request->rq_method) {
	case sip_method_ack:
		return 0;
	case sip_method_bye:
		session_end(session);
		return 200;
	case sip_method_invite:
	case sip_method_update:
		return session->dialog && !session->over ? agree(session, irq, sip) : 481;
	case sip_method_options:
		return 200;
	default:
		nta_incoming_treply(irq, SIP_405_METHOD_NOT_ALLOWED, SIPTAG_ALLOW_STR(METHODS), TAG_END());
		return 405;
	}
}
