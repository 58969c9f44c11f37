/* SPDX-License-Identifier: MIT
 *
 * 6.1.1.5 IM service setting procedure: "Upon receiving a SIP PUBLISH request the IM Server" does the seven steps
 * below, one function a step, in this order. A step that returns false has answered the request. */
#include "base/mem.h"
#include "harness/server_private.h"
#include "sip/feature.h"
#include "sip/value.h"

#include <stdio.h>

bool publish_refuse(struct publish *p, unsigned status)
{
	p->answer.status = status;
	server_faults_publish_answer(p->server, p);
	server_answer(p->server, p->txn, &p->answer);
	if (server_has_fault(p->server, FAULT_PUSH_REFUSED) && p->user && p->user->deferred && !p->user->push)
		server_push(p->server, p->user);
	return false;
}

static void publication_store(struct publish *p);

/* "1. SHALL check whether the Accept-Contact header includes the feature-tag '+g.oma.sip-im' and if not included the IM
 * Server SHALL return a SIP 403 "Forbidden" response." */
static bool step_1_feature_tag(struct publish *p)
{
	struct server *s = p->server;
	const char *tag = s->config.profile->feature_tag;
	bool found = sip_feature_found(p->msg, SIP_HEADER_ACCEPT_CONTACT, tag, NULL, NULL);

	if (server_faults_tag_found(s, p->msg, found))
		return true;
	if (server_faults_reads_refused(s, p))
		publication_store(p);
	p->answer.etag = NULL;
	return publish_refuse(p, server_faults_status(s, FAULT_TAG_400, 403));
}

/* "2. SHALL check whether the Event header includes value 'poc-settings' and if not included the IM Server SHALL return
 * a SIP 489 "Bad event" response." RFC 6665 7.2.2 asks for Allow-Events in it. */
static bool step_2_event(struct publish *p)
{
	struct server *s = p->server;
	struct slice event = sip_msg_event(p->msg);

	if (server_faults_event_right(s, event, slice_is(event, s->config.profile->event)))
		return true;
	p->answer.allow_events = s->config.profile->event;
	return publish_refuse(p, server_faults_status(s, FAULT_EVENT_400, 489));
}

/* Is any of the identities that the core asserts, or the sender himself where there is none, (RFC 3325) the user whose
 * settings these are? */
static bool is_authorised(const struct publish *p)
{
	struct sip_values it;
	struct slice value;
	struct sip_addr addr;

	if (p->server->config.direct)
		return p->user && server_direct_sends(p->server, p->user, p->msg);
	if (p->user && server_ims_serves(p->server, p->user, p->msg))
		return true;
	sip_values_start(&it, p->msg, SIP_HEADER_P_ASSERTED_IDENTITY);
	while (sip_values_next(&it, &value))
		if (sip_addr_read(value, &addr) == 0 && p->user && server_user_is(p->server, p->user, addr.uri))
			return true;
	return false;
}

/* "3. SHALL perform the actions to verify the Authenticated Originator's IM Address of the IM Client and if not
 * authorized the IM Server SHALL return a SIP 403 "Forbidden" response." */
static bool step_3_originator(struct publish *p)
{
	if (is_authorised(p) || server_has_fault(p->server, FAULT_ORIGINATOR_IGNORED))
		return true;
	return publish_refuse(p, server_faults_status(p->server, FAULT_ORIGINATOR_400, 403));
}

/* "4. SHALL process the SIP PUBLISH request according to rules and procedures of [RFC3903] and [RFC4354], and if
 * processing of the SIP request was not successful, stop here". */
static bool step_4_process(struct publish *p)
{
	return publish_process(p);
}

/* RFC 3903 6, step 6: a new entity tag with each success. */
static void etag_renew(struct publish *p, struct server_publication *publication)
{
	if (publication->etag[0] && server_has_fault(p->server, FAULT_ETAG_SAME))
		return;
	memcpy(publication->old_etag, publication->etag, sizeof(publication->old_etag));
	sip_text_word(p->server->world, publication->etag);
	server_variants_etag(p->server, publication->etag);
}

static void publication_fill(struct publish *p, struct server_publication *publication)
{
	bool kept = p->publication && server_has_fault(p->server, FAULT_STORE_FIRST_WINS);

	if (p->expires || !server_has_fault(p->server, FAULT_STORE_NEVER_REMOVES))
		publication->until = world_now(p->server->world) + p->expires * SECOND;
	if (p->has_settings && !kept) {
		publication->settings = p->settings;
		server_publication_to_front(p->user, publication);
	}
	if (p->publication && !p->has_settings && server_has_fault(p->server, FAULT_STORE_REFRESH_LOSES))
		publication->settings = (struct settings){0};
}

/* The four kinds of RFC 3903 4.1: initial, refresh, modify, remove. The answer's entity tag is the publication's. */
static void publication_store(struct publish *p)
{
	struct server_publication *publication = p->publication;

	if (!p->user || server_has_fault(p->server, FAULT_STORE_NOTHING))
		return;
	if (!publication)
		publication = server_publication_add(p->user);
	etag_renew(p, publication);
	p->answer.etag = arena_printf(&p->arena, "%s", publication->etag);
	publication_fill(p, publication);
	if (p->expires == 0 && !server_has_fault(p->server, FAULT_STORE_NEVER_REMOVES))
		server_publication_remove(p->user, publication);
}

/* "5. SHALL store or refresh the IM settings depending on the type of publication". */
static bool step_5_store(struct publish *p)
{
	char etag[SIP_TEXT_ID_MAX];

	publication_store(p);
	if (!p->answer.etag)
		p->answer.etag = arena_printf(&p->arena, "%s", sip_text_word(p->server->world, etag));
	return true;
}

/* "6. SHALL send SIP 200 "OK" response to the SIP PUBLISH request." Expires: RFC 3903 6, step 6. */
static bool step_6_answer(struct publish *p)
{
	snprintf(p->number, sizeof(p->number), "%llu", (unsigned long long)p->expires);
	p->answer.status = 200;
	p->answer.expires = slice_of(p->number);
	server_faults_publish_answer(p->server, p);
	server_answer(p->server, p->txn, &p->answer);
	return true;
}

/* "7. The IM server SHALL perform the procedures specified in section 12.2.2.2". */
static bool step_7_deliver(struct publish *p)
{
	server_variants_deliver(p->server, p->user, p->publication && !p->has_settings);
	return true;
}

static void publish_run(struct publish *p)
{
	static bool (*const steps[PUBLISH_STEPS])(struct publish * p) = {
		step_1_feature_tag, step_2_event,  step_3_originator, step_4_process,
		step_5_store,       step_6_answer, step_7_deliver,
	};
	size_t order[PUBLISH_STEPS] = {0, 1, 2, 3, 4, 5, 6};

	server_faults_order(p->server, order);
	for (size_t i = 0; i < PUBLISH_STEPS; i++)
		if (!steps[order[i]](p))
			return;
}

void server_on_publish(struct server *s, struct server_txn *txn, const struct sip_msg *msg)
{
	struct publish p = {.server = s, .txn = txn, .msg = msg, .user = server_user_of(s, msg->uri)};

	publish_run(&p);
	arena_done(&p.arena);
}
