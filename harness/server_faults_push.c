/* SPDX-License-Identifier: MIT */
#include "harness/server_push.h"
#include "sip/uri.h"
#include "sip/value.h"

#include <inttypes.h>
#include <stdio.h>

/* One who is not there, if there is one: he least of all. Of several, always the same. */
static bool is_less_there(const struct server_user *user, const struct server_user *than)
{
	bool away = user->deferred && !user->epoch, away_too = than->deferred && !than->epoch;

	return away != away_too ? away : strcmp(user->uri, than->uri) < 0;
}

/* Without a core there is no way to who has not registered. */
static bool can_be_reached(const struct server *s, const struct server_user *user)
{
	return !s->config.direct || user->contact;
}

static const char *other_user(struct push *push)
{
	struct server *s = push->server;
	const struct server_user *other = NULL;
	size_t at = 0;
	void *value;

	while (map_next(&s->users, &at, NULL, &value)) {
		struct server_user *user = value;

		if (user != push->user && can_be_reached(s, user) && (!other || is_less_there(user, other)))
			other = user;
	}
	return other ? other->uri : arena_printf(&push->arena, "sip:nobody@%s", s->config.domain);
}

void server_faults_address(struct push *push)
{
	if (server_has_fault(push->server, FAULT_PUSH_OTHER_USER))
		push->address = arena_copy(&push->arena, slice_of(other_user(push)));
}

bool server_faults_push_on_register(struct server *s, struct server_user *user)
{
	const struct settings *settings = server_settings(s, user);
	bool on = settings && settings_offline_delivery(settings) == SETTINGS_TRUE;

	if (!user->deferred)
		return false;
	return server_has_fault(s, FAULT_PUSH_ON_REGISTER) ||
	       (on && server_has_fault(s, FAULT_PUSH_ON_REGISTER_SETTINGS));
}

static void spoil_contact(const struct push *push, struct invite_text *text)
{
	const struct server *s = push->server;
	struct arena *arena = (struct arena *)&push->arena;
	const char *tag = s->config.profile->feature_tag;
	char host[NET_ADDR_TEXT_MAX];

	net_addr_format(host, endpoint_addr(s->endpoint));
	if (server_has_fault(s, FAULT_INVITE_CONTACT_NO_TAG))
		text->contact = arena_printf(arena, "<sip:im-server@%s>;automata", host);
	if (server_has_fault(s, FAULT_INVITE_CONTACT_TAG_IN_URI))
		text->contact = arena_printf(arena, "<sip:im-server@%s;%s>;automata", host, tag);
	if (server_has_fault(s, FAULT_INVITE_AUTOMATA_FALSE))
		text->contact = arena_printf(arena, "<sip:im-server@%s>;automata=\"FALSE\";%s", host, tag);
	if (server_has_fault(s, FAULT_INVITE_NO_CONTACT))
		text->contact = NULL;
	if (server_has_fault(s, FAULT_INVITE_NO_AUTOMATA))
		text->contact = arena_printf(arena, "<sip:im-server@%s>;%s", host, tag);
}

static void spoil_product(const struct push *push, struct invite_text *text)
{
	if (server_has_fault(push->server, FAULT_INVITE_NO_USER_AGENT)) {
		text->server = text->user_agent;
		text->user_agent = NULL;
	}
	if (server_has_fault(push->server, FAULT_INVITE_RELEASE))
		text->user_agent = "PoC-serv/OMA1.0";
}

static void spoil_timer(const struct push *push, struct invite_text *text)
{
	if (server_has_fault(push->server, FAULT_INVITE_NO_SESSION_EXPIRES))
		text->session_expires = NULL;
	if (server_has_fault(push->server, FAULT_INVITE_REFRESHER_UAS))
		text->session_expires =
			arena_printf((struct arena *)&push->arena, "%" PRIu32 ";refresher=uas", push->interval);
}

/* sip:alice@127.0.0.1:5060 */
static const char *at_core(const struct push *push)
{
	char host[NET_ADDR_TEXT_MAX];
	struct sip_uri uri = {0};

	sip_uri_read(push->address, &uri, NULL);
	return arena_printf((struct arena *)&push->arena, "sip:%.*s@%s", SLICE_F(uri.user),
			    net_addr_format(host, &push->server->config.core));
}

void server_faults_invite(const struct push *push, struct invite_text *text)
{
	const struct server *s = push->server;
	struct arena *arena = (struct arena *)&push->arena;

	spoil_contact(push, text);
	spoil_product(push, text);
	spoil_timer(push, text);
	if (server_has_fault(s, FAULT_INVITE_URI))
		text->uri = slice_of(arena_printf(arena, "sip:im-server@%s", s->config.domain));
	if (server_has_fault(s, FAULT_INVITE_URI_HOST))
		text->uri = slice_of(at_core(push));
	if (server_has_fault(s, FAULT_INVITE_NO_ACCEPT_CONTACT))
		text->accept_contact = NULL;
	if (server_has_fault(s, FAULT_INVITE_ACCEPT_CONTACT_LONGER))
		text->accept_contact = arena_printf(arena, "*;%s.large-message", s->config.profile->feature_tag);
	if (server_has_fault(s, FAULT_INVITE_NO_ALLOW))
		text->allow = NULL;
	if (server_has_fault(s, FAULT_INVITE_ALLOW_SHORT))
		text->allow = "INVITE";
	if (server_has_fault(s, FAULT_INVITE_NO_SDP))
		text->sdp = NULL;
}

void server_faults_offer(const struct server *s, struct sdp_msrp_values *offer)
{
	if (server_has_fault(s, FAULT_INVITE_RECVONLY))
		offer->direction = SDP_RECVONLY;
	if (server_has_fault(s, FAULT_INVITE_SENDRECV))
		offer->direction = SDP_SENDRECV;
	if (server_has_fault(s, FAULT_INVITE_NO_DIRECTION))
		offer->direction = SDP_DIRECTION_NONE;
	if (server_has_fault(s, FAULT_INVITE_OTHER_MEDIA)) {
		offer->direction = SDP_DIRECTION_NONE;
		offer->more = "m=audio 9 RTP/AVP 0\r\na=sendonly\r\n";
	}
	if (server_has_fault(s, FAULT_INVITE_DIRECTION_UNDONE)) {
		offer->session_direction = SDP_SENDONLY;
		offer->direction = SDP_SENDRECV;
	}
}

static struct slice longer(struct push *push, struct slice value)
{
	return slice_of(arena_printf(&push->arena, "%.*s-other", SLICE_F(value)));
}

static void spoil_bye(struct push *push, struct sip_dialog *as)
{
	const struct server *s = push->server;
	const char *tag = slice_find(as->remote, SLICE(";tag="));

	if (server_has_fault(s, FAULT_BYE_AOR))
		as->target = push->address;
	if (server_has_fault(s, FAULT_BYE_CALL_ID))
		as->call_id = longer(push, as->call_id);
	if (server_has_fault(s, FAULT_BYE_FROM_TAG))
		as->local = longer(push, as->local);
	if (server_has_fault(s, FAULT_BYE_TO_TAG))
		as->remote = longer(push, as->remote);
	if (server_has_fault(s, FAULT_BYE_NO_TO_TAG) && tag)
		as->remote = slice_range(as->remote.p, tag);
}

struct sip_dialog server_faults_dialog(struct push *push, const struct sip_dialog *dialog, const char *method)
{
	const struct server *s = push->server;
	struct sip_dialog as = *dialog;

	if (!strcmp(method, "ACK") && server_has_fault(s, FAULT_ACK_AOR))
		as.target = push->address;
	if (!strcmp(method, "ACK") && server_has_fault(s, FAULT_ACK_TO_TAG))
		as.remote = longer(push, as.remote);
	if (!strcmp(method, "BYE"))
		spoil_bye(push, &as);
	if (server_has_fault(s, FAULT_IMS_ROUTE) || server_has_fault(s, FAULT_ROUTE_IGNORED))
		as.route_count = 0;
	if (server_has_fault(s, FAULT_CSEQ_SAME))
		as.cseq = push->cseq - 1;
	return as;
}

void server_faults_ack(const struct push *push, uint32_t *cseq, char branch[SIP_TEXT_ID_MAX])
{
	struct sip_via via;

	if (server_has_fault(push->server, FAULT_ACK_CSEQ))
		*cseq += 1;
	if (server_has_fault(push->server, FAULT_ACK_BRANCH) && sip_msg_via(&push->invite, &via) == 0)
		snprintf(branch, SIP_TEXT_ID_MAX, "%.*s", SLICE_F(via.branch));
}
