/* SPDX-License-Identifier: MIT
 *
 * 12.2.2.2 step 2: "SHALL generate an initial SIP INVITE according to rules and procedures of [RFC3261]. The IM
 * Server:". The letters in the comments are the text's. */
#include "harness/server_push.h"

#include <inttypes.h>

#define SERVER_USER "im-server"

/* e) "SHALL include the IM feature-tag '+g.oma.sip-im' in the Contact header field"; f) "SHALL include the feature tag
 * "automata" in the Contact header field according [RFC 3840]". */
const char *push_contact(struct push *push)
{
	struct server *s = push->server;
	const char *transport = sip_text_transport(s->config.transport);
	char host[NET_ADDR_TEXT_MAX];

	return arena_printf(&push->arena, "<sip:" SERVER_USER "@%s%s>;automata;%s",
			    net_addr_format(host, endpoint_addr(s->endpoint)), transport,
			    s->config.profile->feature_tag);
}

static struct invite_text text_of(struct push *push)
{
	struct server *s = push->server;

	return (struct invite_text){
		/* a) "SHALL set the Request-URI of the SIP INVITE request to the served IM User Public User identity"
		 */
		.uri = push->target,
		/* b) "SHALL include an Accept-Contact header with the IM feature-tag '+g.oma.sip-im'" */
		.accept_contact = arena_printf(&push->arena, "*;%s", s->config.profile->feature_tag),
		/* c) "SHALL include a User-Agent header to indicate the IM release version" */
		.user_agent = s->product,
		/* d) "SHOULD include an Allow header field containing all the supported SIP methods" */
		.allow = server_methods,
		/* e), f) */
		.contact = push_contact(push),
		/* g) "SHOULD include the Session-Expires header with the refresher parameter set to ''uac''" */
		.session_expires = arena_printf(&push->arena, "%" PRIu32 ";refresher=uac", push->interval),
		/* h) "SHALL include a SDP body as a SDP offer" */
		.sdp = push->sdp,
	};
}

static void ids_write(struct push *push, struct buf *to, const char *branch)
{
	struct server *s = push->server;
	char core[NET_ADDR_TEXT_MAX];

	sip_text_via(to, push->transport, endpoint_addr(s->endpoint),
		     branch + (server_has_fault(s, FAULT_INVITE_BRANCH) ? 7 : 0));
	if (!server_has_fault(s, FAULT_INVITE_NO_MAX_FORWARDS))
		sip_text_header(to, "Max-Forwards", "70");
	if (!s->config.direct && !server_has_variant(s, VARIANT_NO_ROUTE))
		sip_text_header(to, "Route", "<sip:%s;lr%s>", net_addr_format(core, &s->config.core),
				s->config.transport == NET_TLS ? sip_text_transport(NET_TLS) : "");
	sip_text_header(to, "From", "<sip:" SERVER_USER "@%s>;tag=%s", s->config.domain, push->from_tag);
	sip_text_header(to, "To", "<%.*s>%s", SLICE_F(push->address),
			server_has_fault(s, FAULT_INVITE_TO_TAG) ? ";tag=1" : "");
	sip_text_header(to, "Call-ID", "%s", push->call_id);
	sip_text_header(to, "CSeq", "%" PRIu32 " INVITE", push->cseq);
	server_ims_originate(s, to, SERVER_USER);
}

static void line(struct buf *to, const char *name, const char *value)
{
	if (value)
		sip_text_header(to, name, "%s", value);
}

void push_invite_write(struct push *push, struct buf *to, const char *branch)
{
	struct invite_text text = text_of(push);

	server_faults_invite(push, &text);
	sip_text_request(to, "INVITE", text.uri);
	ids_write(push, to, branch);
	line(to, "Accept-Contact", text.accept_contact);
	line(to, "User-Agent", text.user_agent);
	line(to, "Server", text.server);
	line(to, "Allow", text.allow);
	line(to, "Contact", text.contact);
	line(to, "Supported", "timer, 100rel");
	line(to, "Session-Expires", text.session_expires);
	if (push->min_se)
		sip_text_header(to, "Min-SE", "%" PRIu32, push->min_se);
	sip_text_body(to, text.sdp ? "application/sdp" : NULL, slice_of(text.sdp));
	server_variants_write(push->server, to);
}
