/* SPDX-License-Identifier: MIT
 *
 * "If the setting for the offline delivery notification is set to ‘active=false”, the IM Client SHALL send a SUBSCRIBE
 * request as described in section 12.1.2.2 “Subscription to Deferred Message metadata”". RFC 6665 for the rest. */
#include "harness/client_private.h"
#include "base/mem.h"
#include "sip/value.h"

#include <inttypes.h>
#include <stdlib.h>

static void send_subscribe(struct client *c);

static void write_subscribe(struct client *c, struct buf *to)
{
	const struct profile *profile = c->config.profile;
	bool other = profile->metadata_events[1] && client_has_variant(c, CLIENT_VARIANT_SUBSCRIBE_OTHER);

	sip_text_header(to, "Contact", "<%s>;%s", c->contact, profile->feature_tag);
	sip_text_header(to, "Accept-Contact", "*;%s", profile->feature_tag);
	if (client_has_fault(c, CLIENT_FAULT_SUBSCRIBE_PRESENCE)) {
		sip_text_header(to, "Event", "presence");
		sip_text_header(to, "Accept", "application/pidf+xml");
	} else {
		sip_text_header(to, "Event", "%s;auid=\"%s\"", profile->metadata_events[other], profile->metadata_auid);
		sip_text_header(to, "Accept", "%s", profile->metadata_type);
	}
	sip_text_header(to, "Expires", "%" PRIu32, c->subscription.wanted ? client_variants_subscribe_expires(c) : 0);
	sip_text_header(to, "User-Agent", "%s", c->product);
	client_ims_access(c, to);
	client_credentials(c, to, "SUBSCRIBE", slice_of(c->config.address), SLICE_NONE);
	sip_text_body(to, NULL, SLICE_NONE);
}

static void refresh(void *arg)
{
	struct client *c = arg;

	c->subscription.tries = 0;
	send_subscribe(c);
}

static void on_success(struct client *c, const struct sip_msg *answer)
{
	struct client_subscription *s = &c->subscription;
	uint64_t granted = c->registration.granted;
	struct arena arena = {0};
	struct sip_msg request;

	s->up = s->wanted;
	if (!s->up)
		return;
	sip_msg_number(answer, SIP_HEADER_EXPIRES, &granted);
	if (!s->dialog.call_id.p && s->request && sip_msg_index(&request, slice_of(s->request), &arena, NULL) == 0)
		sip_dialog_called(&s->dialog, &request, answer, NULL);
	arena_done(&arena);
	if (granted && granted < UINT32_MAX)
		world_timer_start(c->world, &s->timer, granted * SECOND / 2, refresh, c);
}

static void on_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct client *c = arg;
	struct client_subscription *s = &c->subscription;

	if (msg && msg->status < 200)
		return;
	s->asking = NULL;
	if (msg && msg->status < 300)
		on_success(c, msg);
	else if (msg && sip_status_challenges(msg->status) && ++s->tries < CLIENT_TRIES_MAX &&
		 client_challenged(c, msg, s->tries))
		send_subscribe(c);
	else
		s->up = false;
}

/* Inside its dialog once there is one. */
static void send_inside(struct client *c)
{
	struct client_subscription *s = &c->subscription;
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	sip_dialog_request(&text, &s->dialog, "SUBSCRIBE", c->config.transport, client_addr(c),
			   sip_text_branch(c->world, branch));
	write_subscribe(c, &text);
	client_variants_write(c, &text);
	if (endpoint_request(
		    c->endpoint,
		    &(struct endpoint_request){c->config.transport, &c->config.core, buf_slice(&text), on_answer, c},
		    &s->asking, NULL) < 0)
		s->asking = NULL;
	buf_done(&text);
}

static void send_subscribe(struct client *c)
{
	struct client_subscription *s = &c->subscription;
	struct client_request request = {
		.method = "SUBSCRIBE",
		.uri = slice_of(c->config.address),
		.call_id = s->call_id,
		.from_tag = s->from_tag,
		.cseq = ++s->cseq,
		.more = write_subscribe,
		.routed = true,
	};

	if (s->asking)
		return;
	if (s->dialog.call_id.p) {
		send_inside(c);
		return;
	}
	free(s->request);
	s->request = NULL;
	s->asking = client_send(c, &request, on_answer, &s->request);
}

static void subscribe(struct client *c)
{
	struct client_subscription *s = &c->subscription;

	if (s->up || s->asking)
		return;
	sip_dialog_done(&s->dialog);
	sip_text_word(c->world, s->call_id);
	sip_text_word(c->world, s->from_tag);
	s->cseq = 0;
	s->tries = 0;
	s->wanted = true;
	if (!client_variants_later(c, CLIENT_VARIANT_SUBSCRIBE_LATE, &s->timer, refresh))
		send_subscribe(c);
}

void client_unsubscribe(struct client *c)
{
	struct client_subscription *s = &c->subscription;

	world_timer_stop(&s->timer);
	s->wanted = false;
	if (s->up)
		send_subscribe(c);
	s->up = false;
}

void client_settings_published(struct client *c)
{
	bool off = !c->publication.sent_active || client_has_fault(c, CLIENT_FAULT_SUBSCRIBE_ALWAYS);

	if (c->publication.kind == PUBLISH_REFRESH || client_has_fault(c, CLIENT_FAULT_SUBSCRIBE_NEVER))
		return;
	if (c->publication.kind == PUBLISH_MODIFY && client_has_fault(c, CLIENT_FAULT_SUBSCRIBE_ONCE))
		return;
	if (off)
		subscribe(c);
	else
		client_unsubscribe(c);
}

/* RFC 6665 4.1.3: a NOTIFY may come before the answer that makes the dialog. */
bool client_on_notify(struct client *c, struct server_txn *txn, const struct sip_msg *msg)
{
	struct client_subscription *s = &c->subscription;

	if (!slice_is(sip_msg_value(msg, SIP_HEADER_CALL_ID), s->call_id))
		return false;
	client_answer(c, txn, 200, NULL, NULL);
	if (slice_find_nocase(sip_msg_value(msg, SIP_HEADER_SUBSCRIPTION_STATE), SLICE("terminated")))
		s->up = false;
	return true;
}

void client_subscription_done(struct client *c)
{
	world_timer_stop(&c->subscription.timer);
	sip_dialog_done(&c->subscription.dialog);
	free(c->subscription.request);
}
