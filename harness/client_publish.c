/* SPDX-License-Identifier: MIT
 *
 * 5.2.4 IM Service Settings Client procedure: "To set, update or refresh the IM Service Settings" — when, and what is
 * made of the answers (RFC 3903 4). The PUBLISH itself is in client_settings.c. */
#include "harness/client_private.h"
#include "base/mem.h"
#include "sip/value.h"

#include <stdlib.h>

static void send_publish(struct client *c);

static void forget_etag(struct client_publication *p)
{
	free(p->etag);
	p->etag = NULL;
}

/* --- time: refreshed after half of its time, or 600 s before its end --- */

static void refresh(void *arg)
{
	struct client *c = arg;
	struct client_publication *p = &c->publication;

	p->kind = client_has_variant(c, CLIENT_VARIANT_PUBLISH_WHOLE) ? PUBLISH_MODIFY : PUBLISH_REFRESH;
	p->tries = 0;
	send_publish(c);
}

static void try_again(void *arg)
{
	send_publish(arg);
}

static void refresh_plan(struct client *c, uint64_t granted)
{
	uint64_t after = granted > 1200 ? (granted - 600) * SECOND : granted * SECOND / 2;

	after = client_variants_refresh(c, granted, after);
	if (granted && granted < UINT32_MAX && !client_has_fault(c, CLIENT_FAULT_PUBLISH_NOT_REFRESHED))
		world_timer_start(c->world, &c->publication.timer, after, refresh, c);
}

/* --- answers --- */

static void keep_etag(struct client *c, const struct sip_msg *answer)
{
	struct client_publication *p = &c->publication;
	struct slice etag = sip_msg_value(answer, SIP_HEADER_SIP_ETAG);

	forget_etag(p);
	if (!etag.len)
		return;
	p->etag = mem_printf("%.*s", SLICE_F(etag));
	if (!p->first_etag)
		p->first_etag = mem_strdup(p->etag);
}

static void on_success(struct client *c, const struct sip_msg *answer)
{
	struct client_publication *p = &c->publication;
	uint64_t granted = p->expires;

	if (p->kind == PUBLISH_REMOVE) {
		forget_etag(p);
		client_deregister_now(c);
		return;
	}
	sip_msg_number(answer, SIP_HEADER_EXPIRES, &granted);
	keep_etag(c, answer);
	refresh_plan(c, granted);
	client_settings_published(c);
}

/* RFC 3903 4.4: the event state is gone; it is published anew, without the tag. */
static void on_unknown_tag(struct client *c)
{
	if (!client_has_fault(c, CLIENT_FAULT_ETAG_412)) {
		forget_etag(&c->publication);
		c->publication.kind = PUBLISH_INITIAL;
	}
	send_publish(c);
}

/* RFC 3903 4.2: again, for a time that the core takes. */
static void on_brief(struct client *c, const struct sip_msg *answer)
{
	uint64_t least;

	if (sip_msg_number(answer, SIP_HEADER_MIN_EXPIRES, &least) < 0 || least > UINT32_MAX)
		return;
	if (!client_has_fault(c, CLIENT_FAULT_MIN_EXPIRES))
		c->publication.expires = (uint32_t)least;
	send_publish(c);
}

static void on_refused(struct client *c, const struct sip_msg *answer)
{
	bool again = answer->status == 503 || answer->status == 500;

	if (again && !client_has_variant(c, CLIENT_VARIANT_STAYS_AWAY))
		world_timer_start(c->world, &c->publication.timer, client_retry_after(answer, 30 * SECOND), try_again,
				  c);
	else if (c->publication.kind == PUBLISH_REMOVE)
		client_deregister_now(c);
}

static void on_final(struct client *c, const struct sip_msg *msg)
{
	struct client_publication *p = &c->publication;

	if (msg->status < 300)
		on_success(c, msg);
	else if (++p->tries >= CLIENT_TRIES_MAX)
		on_refused(c, msg);
	else if (msg->status == 412 && p->kind != PUBLISH_REMOVE && !client_has_fault(c, CLIENT_FAULT_NEVER_ANEW))
		on_unknown_tag(c);
	else if (msg->status == 423)
		on_brief(c, msg);
	else if (sip_status_challenges(msg->status) && client_challenged(c, msg, p->tries))
		send_publish(c);
	else
		on_refused(c, msg);
}

/* A setting that was changed meanwhile has waited for this. */
static void publish_change(struct client *c)
{
	struct client_publication *p = &c->publication;

	if (!p->changed || p->asking || !c->registration.up || p->kind == PUBLISH_REMOVE)
		return;
	p->kind = p->etag ? PUBLISH_MODIFY : PUBLISH_INITIAL;
	p->tries = 0;
	send_publish(c);
}

static void on_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct client *c = arg;

	if (msg && msg->status < 200)
		return;
	c->publication.asking = NULL;
	if (msg)
		on_final(c, msg);
	else if (c->publication.kind == PUBLISH_REMOVE)
		client_deregister_now(c);
	else
		world_timer_start(c->world, &c->publication.timer, 30 * SECOND, try_again, c);
	publish_change(c);
}

/* --- sending --- */

/* "2. SHALL set the Request-URI of the SIP PUBLISH request to the IM Address of the IM User". */
static struct slice request_uri(const struct client *c)
{
	if (client_has_fault(c, CLIENT_FAULT_PUBLISH_URI))
		return SLICE("sip:im.example");
	if (client_has_fault(c, CLIENT_FAULT_PUBLISH_URI_OTHER))
		return SLICE("sip:somebody@im.example");
	return slice_of(c->config.address);
}

/* "1. SHALL generate a SIP PUBLISH request according to rules and procedures of [RFC3903]" and "9. SHALL send the SIP
 * PUBLISH request according to rules and procedures of SIP/IP Core". */
static void send_publish(struct client *c)
{
	struct client_publication *p = &c->publication;
	struct client_request request = {
		.method = "PUBLISH",
		.uri = request_uri(c),
		.call_id = p->call_id,
		.from_tag = p->from_tag,
		.more = client_settings_write,
		.routed = true,
		.no_max_forwards = client_has_fault(c, CLIENT_FAULT_PUBLISH_NO_MAX_FORWARDS),
	};

	if (p->asking || client_has_fault(c, CLIENT_FAULT_PUBLISH_NEVER))
		return;
	if (client_has_variant(c, CLIENT_VARIANT_PUBLISH_CALL_IDS))
		sip_text_word(c->world, p->call_id);
	request.cseq = p->cseq = client_variants_cseq(c, p->cseq);
	world_timer_stop(&p->timer);
	if (p->kind == PUBLISH_INITIAL || p->kind == PUBLISH_MODIFY) {
		p->changed = false;
		p->sent_active = c->offline_delivery;
	}
	p->asking = client_send(c, &request, on_answer, NULL);
}

static void stop(struct client *c)
{
	struct client_publication *p = &c->publication;

	world_timer_stop(&p->timer);
	if (p->asking)
		client_txn_detach(p->asking);
	p->asking = NULL;
	p->changed = false;
	forget_etag(p);
}

void client_publish(struct client *c)
{
	struct client_publication *p = &c->publication;

	stop(c);
	sip_text_word(c->world, p->call_id);
	sip_text_word(c->world, p->from_tag);
	p->cseq = 0;
	p->kind = PUBLISH_INITIAL;
	p->tries = 0;
	p->expires = client_variants_publish_expires(c, c->registration.granted ? c->registration.granted
										: c->registration.expires);
	if (!client_variants_later(c, CLIENT_VARIANT_PUBLISH_LATE, &p->timer, try_again))
		send_publish(c);
}

void client_unpublish(struct client *c)
{
	struct client_publication *p = &c->publication;

	if (!p->etag || client_has_variant(c, CLIENT_VARIANT_LEAVES_SETTINGS)) {
		stop(c);
		client_deregister_now(c);
		return;
	}
	p->kind = PUBLISH_REMOVE;
	p->tries = 0;
	p->changed = false;
	send_publish(c);
	if (!p->asking)
		client_deregister_now(c);
}

void client_set_offline_delivery(struct client *c, bool active)
{
	c->offline_delivery = active;
	c->publication.changed = true;
	publish_change(c);
}
