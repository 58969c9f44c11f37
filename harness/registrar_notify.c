/* SPDX-License-Identifier: MIT
 *
 * SUBSCRIBE to the metadata of deferred messages (12.1.2.2) or, in an IMS, to the state of the registration, and the
 * NOTIFY that RFC 6665 4.2.1.2 owes at once. */
#include "harness/registrar_private.h"
#include "base/mem.h"
#include "harness/sip_text_dialog.h"
#include "sip/value.h"

#include <stdlib.h>

struct account_subscription {
	struct account *account;
	struct sip_dialog dialog;
	char tag[SIP_TEXT_ID_MAX];
	char *event;
	struct client_txn *asking;
};

static void on_notified(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct account_subscription *s = arg;

	if (msg && msg->status < 200)
		return;
	if (s->asking == txn)
		s->asking = NULL;
	if (msg)
		account_tell(s->account, ACCOUNT_SEEN);
}

static const char reg_event[] = "reg";

static bool is_reg(const struct account_subscription *s)
{
	return !strncmp(s->event, reg_event, strlen(reg_event));
}

static void notify(struct account_subscription *s, uint32_t granted)
{
	struct account *account = s->account;
	struct registrar *r = account->registrar;
	char branch[SIP_TEXT_ID_MAX], contact[ACCOUNT_CONTACT_MAX];
	struct buf text = {0}, body = {0};

	if (is_reg(s))
		account_reginfo_write(account, &body);
	else
		buf_puts(&body, "<?xml version=\"1.0\"?>\n<history-list xmlns=\"urn:oma:xml:im:history-list\"/>\n");
	sip_dialog_request(&text, &s->dialog, "NOTIFY", account->path.transport, registrar_addr(r),
			   sip_text_branch(r->world, branch));
	sip_text_header(&text, "Contact", "<%s>", account_our_contact(account, contact));
	sip_text_header(&text, "Event", "%s", s->event);
	if (granted)
		sip_text_header(&text, "Subscription-State", "active;expires=%u", granted);
	else
		sip_text_header(&text, "Subscription-State", "terminated;reason=timeout");
	sip_text_body(&text, is_reg(s) ? "application/reginfo+xml" : r->config.profile->metadata_type,
		      buf_slice(&body));
	if (endpoint_request(r->endpoint,
			     &(struct endpoint_request){account->path.transport, &account->path.src, buf_slice(&text),
							on_notified, s},
			     &s->asking, NULL) < 0)
		s->asking = NULL;
	buf_done(&text);
	buf_done(&body);
}

static void subscription_free(struct account_subscription **at)
{
	struct account_subscription *s = *at;

	if (!s)
		return;
	if (s->asking)
		client_txn_detach(s->asking);
	sip_dialog_done(&s->dialog);
	free(s->event);
	free(s);
	*at = NULL;
}

void account_subscription_free(struct account *account)
{
	subscription_free(&account->subscription);
	subscription_free(&account->reg_subscription);
}

/* A subscription is one dialog; a request without one makes a new subscription. */
static struct account_subscription *subscription_for(struct account *account, struct account_subscription **at,
						     const struct sip_msg *msg)
{
	struct account_subscription *s = *at;

	if (s && sip_dialog_has(&s->dialog, msg))
		return s;
	subscription_free(at);
	s = *at = mem_alloc(sizeof(*s));
	s->account = account;
	sip_text_word(account->registrar->world, s->tag);
	s->event = mem_printf("%.*s", SLICE_F(sip_msg_value(msg, SIP_HEADER_EVENT)));
	return s;
}

static void accept(struct account *account, struct account_subscription **at, struct server_txn *txn,
		   const struct sip_msg *msg, const struct plan_answer *answer)
{
	struct account_subscription *s = subscription_for(account, at, msg);
	char contact[ACCOUNT_CONTACT_MAX];
	struct buf text = {0};
	uint32_t granted = plan_granted(answer, registrar_expires(msg));

	registrar_answer_head(account->registrar, &text, txn, answer->status, s->tag);
	sip_text_header(&text, "Contact", "<%s>", account_our_contact(account, contact));
	sip_text_header(&text, "Expires", "%u", granted);
	if (!s->dialog.call_id.p && sip_dialog_accepted(&s->dialog, msg, s->tag, NULL) < 0)
		granted = 0;
	registrar_finish(txn, &text);
	if (s->dialog.call_id.p)
		notify(s, granted);
}

/* Presence, waiting messages and what else clients like to know: the play is not about that (RFC 6665 4.2.1.1). */
static void refuse_event(struct account *account, struct server_txn *txn)
{
	const char *const *event = account->registrar->config.profile->metadata_events;
	struct buf text = {0};

	registrar_answer_head(account->registrar, &text, txn, 489, NULL);
	for (; *event; event++)
		sip_text_header(&text, "Allow-Events", "%s", *event);
	registrar_finish(txn, &text);
}

void account_on_subscribe(struct account *account, struct server_txn *txn, const struct sip_msg *msg)
{
	static const struct plan_answer good = {.status = 200};
	const struct plan_answer *answer;
	struct buf text = {0};

	if (account->registrar->config.ims && slice_is(sip_msg_event(msg), reg_event)) {
		accept(account, &account->reg_subscription, txn, msg, &good);
		return;
	}
	if (!profile_is_metadata(account->registrar->config.profile, msg)) {
		refuse_event(account, txn);
		return;
	}
	answer = plan_next(&account->subscriptions);
	account->subscribe_status = answer->status;
	if (answer->status >= 200 && answer->status < 300) {
		accept(account, &account->subscription, txn, msg, answer);
	} else if (answer->status) {
		registrar_answer_head(account->registrar, &text, txn, answer->status, NULL);
		registrar_answer_lines(&text, answer, registrar_expires(msg));
		registrar_finish(txn, &text);
	}
	account_tell(account, ACCOUNT_SUBSCRIBED);
}
