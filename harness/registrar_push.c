/* SPDX-License-Identifier: MIT
 *
 * The IM Server's push to the client (12.2.2.2), as far as a client needs one to show what it does: INVITE with a
 * sendonly offer, one message over MSRP, a refresh by re-INVITE, BYE. */
#include "harness/registrar_private.h"
#include "base/mem.h"
#include "body/sdp_write.h"
#include "harness/msrp_session.h"
#include "harness/sip_text_dialog.h"
#include "sip/value.h"

#include <inttypes.h>
#include <stdlib.h>

struct account_push {
	struct account_push *next;
	struct account *account;
	struct account_push_plan plan;
	char *request; /* the INVITE as sent */
	char call_id[SIP_TEXT_ID_MAX], tag[SIP_TEXT_ID_MAX];
	struct sip_dialog dialog;
	struct event_path path; /* to the client */
	struct client_txn *invite, *asking;
	struct world_timer forget; /* the INVITE's transaction goes silently at the horizon */
	struct msrp_session *msrp;
	char *offer;
	enum { PUSH_CALLING, PUSH_UP, PUSH_OVER } state;
	const char *direction; /* of the answer; "" */
};

static void push_over(struct account_push *push)
{
	if (push->state == PUSH_OVER)
		return;
	push->state = PUSH_OVER;
	msrp_session_free(push->msrp);
	push->msrp = NULL;
	account_tell(push->account, ACCOUNT_ENDED);
}

static void on_sent(void *arg, struct msrp_session *session, void *cookie, unsigned status)
{
	struct account_push *push = arg;

	if (status == 200)
		account_tell(push->account, ACCOUNT_DELIVERED);
}

static const struct msrp_session_events msrp_events = {.on_sent = on_sent};

/* --- the INVITE --- */

static int make_offer(struct account_push *push, struct err *err)
{
	struct registrar *r = push->account->registrar;
	struct net_addr addr = *registrar_addr(r);
	struct sdp_msrp_values values = {
		.session_id = 1,
		.session_version = 1,
		.setup = "actpass",
		.accept_types = "*",
		.direction = SDP_SENDONLY,
		.direction_at_session = push->plan.at_session,
	};
	char host[NET_ADDR_TEXT_MAX];
	struct buf text = {0};
	int rc;

	addr.port = 0;
	rc = msrp_session_new(r->world, &addr, &msrp_events, push, &push->msrp, err);
	if (rc < 0)
		return rc;
	values.address = net_addr_format(host, &addr);
	values.port = msrp_session_addr(push->msrp)->port;
	values.path = msrp_session_path(push->msrp);
	sdp_msrp_write(&text, &values);
	push->offer = buf_take(&text);
	return 0;
}

static void write_ability(struct account_push *push, struct buf *to)
{
	struct registrar *r = push->account->registrar;
	const char *tag = r->config.profile->feature_tag;
	char contact[ACCOUNT_CONTACT_MAX];

	sip_text_header(to, "Contact", "<%s>;%s;automata", account_our_contact(push->account, contact), tag);
	sip_text_header(to, "Accept-Contact", "*;%s", tag);
	sip_text_header(to, "User-Agent", "%s/OMA1.0", r->config.profile->server_product);
	sip_text_header(to, "Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE");
	if (push->plan.session_expires) {
		sip_text_header(to, "Supported", "timer");
		sip_text_header(to, "Session-Expires", "%" PRIu32 ";refresher=uac", push->plan.session_expires);
	}
	sip_text_body(to, "application/sdp", slice_of(push->offer));
}

static void write_invite(struct account_push *push, struct buf *to)
{
	struct account *account = push->account;
	struct registrar *r = account->registrar;
	char branch[SIP_TEXT_ID_MAX];

	sip_text_request(to, "INVITE", slice_of(account->contact));
	sip_text_via(to, push->path.transport, registrar_addr(r), sip_text_branch(r->world, branch));
	sip_text_header(to, "Max-Forwards", "69");
	sip_text_header(to, "From", "<sip:im-server@%s>;tag=%s", r->domain, push->tag);
	sip_text_header(to, "To", "<%s>", account->address);
	sip_text_header(to, "Call-ID", "%s", push->call_id);
	sip_text_header(to, "CSeq", "1 INVITE");
	sip_text_header(to, "P-Called-Party-ID", "<%s>", account->address);
	write_ability(push, to);
}

/* --- its answer --- */

static void acknowledge(struct account_push *push, const struct sip_msg *answer)
{
	struct registrar *r = push->account->registrar;
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};
	struct slice method;
	uint32_t cseq = 0;

	sip_msg_cseq(answer, &cseq, &method);
	sip_dialog_ack(&text, &push->dialog, cseq, push->path.transport, registrar_addr(r),
		       sip_text_branch(r->world, branch));
	sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_send(r->endpoint, push->path.transport, &push->path.src, buf_slice(&text), NULL);
	buf_done(&text);
}

static void begin_media(struct account_push *push, const struct sip_msg *answer)
{
	struct slice type = sip_msg_value(answer, SIP_HEADER_CONTENT_TYPE);
	struct arena arena = {0};
	struct sdp_msrp theirs;

	if (sdp_msrp_find(type, answer->body, &arena, &theirs, NULL) == 0) {
		push->direction = sdp_direction_name(theirs.direction);
		msrp_session_start(push->msrp, theirs.path, !slice_is(theirs.setup, "active"), NULL);
		if (push->plan.text)
			msrp_session_send(push->msrp, "text/plain", slice_of(push->plan.text), NULL);
	}
	arena_done(&arena);
}

static void forget(void *arg)
{
	struct account_push *push = arg;

	if (push->invite)
		client_txn_detach(push->invite);
	push->invite = NULL;
}

static void on_accepted(struct account_push *push, const struct sip_msg *answer)
{
	struct arena arena = {0};
	struct sip_msg request;
	bool again = push->dialog.call_id.p != NULL;

	if (!again && (sip_msg_index(&request, slice_of(push->request), &arena, NULL) < 0 ||
		       sip_dialog_called(&push->dialog, &request, answer, NULL) < 0)) {
		arena_done(&arena);
		push_over(push); /* without a Contact there is no way back */
		return;
	}
	arena_done(&arena);
	acknowledge(push, answer);
	if (again)
		return;
	push->state = PUSH_UP;
	world_timer_start(push->account->registrar->world, &push->forget, SIP_HORIZON - SIP_T1, forget, push);
	begin_media(push, answer);
	account_tell(push->account, ACCOUNT_PUSHED);
}

static void on_invite_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct account_push *push = arg;
	struct account *account = push->account;

	if (msg && msg->status < 200)
		return;
	if (push->state == PUSH_CALLING)
		account->push_status = msg ? msg->status : 0;
	if (msg && msg->status < 300) {
		on_accepted(push, msg);
		return;
	}
	push->invite = NULL;
	push_over(push);
	account_tell(account, ACCOUNT_PUSHED);
}

int account_push(struct account *account, const struct account_push_plan *plan, struct err *err)
{
	struct account_push *push;
	struct buf text = {0};
	int rc;

	if (!account->registered || !account->contact)
		return err_set(err, -ENOTCONN, "the client of %s is not registered", account->address);
	push = mem_alloc(sizeof(*push));
	push->account = account;
	push->plan = *plan;
	push->path = account->path;
	push->direction = "";
	push->next = account->pushes;
	account->pushes = push;
	sip_text_word(account->registrar->world, push->call_id);
	sip_text_word(account->registrar->world, push->tag);
	rc = make_offer(push, err);
	if (rc == 0) {
		write_invite(push, &text);
		push->request = buf_take(&text);
		rc = account_request(account, slice_of(push->request), on_invite_answer, push, &push->invite, err);
	}
	if (rc < 0)
		push->state = PUSH_OVER;
	return rc;
}

/* --- inside the call --- */

static struct account_push *push_up(const struct account *account)
{
	struct account_push *push = account->pushes;

	while (push && push->state != PUSH_UP)
		push = push->next;
	return push;
}

static int ask(struct account_push *push, const char *method, endpoint_answer_fn *on_answer, struct err *err)
{
	struct registrar *r = push->account->registrar;
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};
	int rc;

	sip_dialog_request(&text, &push->dialog, method, push->path.transport, registrar_addr(r),
			   sip_text_branch(r->world, branch));
	if (slice_is(slice_of(method), "INVITE"))
		write_ability(push, &text);
	else
		sip_text_body(&text, NULL, SLICE_NONE);
	rc = endpoint_request(
		r->endpoint,
		&(struct endpoint_request){push->path.transport, &push->path.src, buf_slice(&text), on_answer, push},
		&push->asking, err);
	buf_done(&text);
	return rc;
}

static void on_refreshed(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct account_push *push = arg;

	if (msg && msg->status < 200)
		return;
	if (msg && msg->status < 300) {
		sip_dialog_retarget(&push->dialog, msg);
		acknowledge(push, msg);
		client_txn_detach(txn);
	}
	push->asking = NULL;
}

static void on_bye_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct account_push *push = arg;

	if (msg && msg->status < 200)
		return;
	push->asking = NULL;
	push_over(push);
}

static void drop_asking(struct account_push *push)
{
	if (push->asking)
		client_txn_detach(push->asking);
	push->asking = NULL;
}

/* The client may have refused the push, or ended it itself: then nothing is left to be asked. */
static int ask_up(struct account *account, const char *method, endpoint_answer_fn *on_answer, struct err *err)
{
	struct account_push *push = push_up(account);

	if (!push)
		return account->pushes ? 0 : err_set(err, -ENOTCONN, "there was no push");
	drop_asking(push);
	return ask(push, method, on_answer, err);
}

int account_push_refresh(struct account *account, struct err *err)
{
	return ask_up(account, "INVITE", on_refreshed, err);
}

int account_push_bye(struct account *account, struct err *err)
{
	return ask_up(account, "BYE", on_bye_answer, err);
}

const char *account_push_direction(const struct account *account)
{
	return account->pushes ? account->pushes->direction : "";
}

bool account_on_call_request(struct account *account, struct server_txn *txn, const struct sip_msg *msg)
{
	struct account_push *push = account->pushes;

	while (push && !sip_dialog_has(&push->dialog, msg))
		push = push->next;
	if (!push)
		return false;
	registrar_answer(account->registrar, txn,
			 push->state == PUSH_OVER && msg->method != SIP_METHOD_BYE ? 481 : 200);
	if (msg->method == SIP_METHOD_BYE)
		push_over(push);
	return true;
}

static void push_free(struct account_push *push)
{
	if (push->state == PUSH_UP) {
		drop_asking(push);
		ask(push, "BYE", on_bye_answer, NULL);
	}
	drop_asking(push);
	world_timer_stop(&push->forget);
	forget(push);
	msrp_session_free(push->msrp);
	sip_dialog_done(&push->dialog);
	free(push->request);
	free(push->offer);
	free(push);
}

void account_pushes_free(struct account *account)
{
	while (account->pushes) {
		struct account_push *push = account->pushes;

		account->pushes = push->next;
		push_free(push);
	}
}
