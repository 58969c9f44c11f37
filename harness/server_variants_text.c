/* SPDX-License-Identifier: MIT
 *
 * What a server of another make writes: the same, otherwise (harness/restyle). */
#include "harness/restyle.h"
#include "base/mem.h"
#include "harness/server_private.h"

static const struct restyle_change changes[] = {
	RESTYLE_COMMON(VARIANT_),
	{VARIANT_ANSWERS_TALKATIVE, RESTYLE_ANSWERS, RESTYLE_ADD, "Supported", "path, timer"},
	{VARIANT_ANSWERS_TALKATIVE, RESTYLE_ANSWERS, RESTYLE_ADD, "Warning",
	 "399 im.example \"as \\\"usual\\\", 489\""},
	{VARIANT_ANSWERS_TALKATIVE, RESTYLE_ANSWERS, RESTYLE_ADD, "Allow", server_methods},
	{VARIANT_ANSWERS_TERSE, RESTYLE_ANSWERS, RESTYLE_REMOVE, "Server", NULL},
	{VARIANT_PARAMETERS, RESTYLE_EVERYWHERE, RESTYLE_APPEND, "From", ";x-vendor=\"a;b\""},
	{VARIANT_PARAMETERS, RESTYLE_INVITE, RESTYLE_APPEND, "Contact", ";x-vendor"},
	{VARIANT_PARAMETERS, RESTYLE_INVITE, RESTYLE_APPEND, "Session-Expires", ";x-vendor=1"},
	{VARIANT_PARAMETERS, RESTYLE_INVITE, RESTYLE_APPEND, "Accept-Contact", ";x-vendor"},
	{VARIANT_EXPIRES_PARAM, RESTYLE_OK_REGISTER, RESTYLE_ADD, "Contact", "<sip:core@im.example>"},
	{VARIANT_SESSION_SHORT, RESTYLE_INVITE, RESTYLE_ADD, "Min-SE", "90"},
	{VARIANT_ALLOW_EVENTS_MORE, RESTYLE_ANSWERS, RESTYLE_REPLACE, "Allow-Events", "presence, poc-settings, reg"},
	{VARIANT_ACCEPT_MORE, RESTYLE_ANSWERS, RESTYLE_APPEND, "Accept", ";q=0.9, multipart/mixed"},
	{VARIANT_NO_ALLOW, RESTYLE_INVITE, RESTYLE_REMOVE, "Allow", NULL},
	{VARIANT_NO_SESSION_TIMER, RESTYLE_INVITE, RESTYLE_REMOVE, "Session-Expires", NULL},
	{VARIANT_NO_SHOULD, RESTYLE_INVITE, RESTYLE_REMOVE, "Allow", NULL},
	{VARIANT_NO_SHOULD, RESTYLE_INVITE, RESTYLE_REMOVE, "Session-Expires", NULL},
	{VARIANT_NO_ASSERTED, RESTYLE_INVITE, RESTYLE_REMOVE, "P-Asserted-Identity", NULL},
	{VARIANT_TAG_TRUE, RESTYLE_INVITE, RESTYLE_REPLACE, "Accept-Contact", "*;+g.oma.sip-im=\"TRUE\""},
	{VARIANT_TAG_TRUE, RESTYLE_INVITE, RESTYLE_APPEND, "Contact", "=\"TRUE\""},
	{VARIANT_TAG_UPPER_CASE, RESTYLE_INVITE, RESTYLE_REPLACE, "Accept-Contact", "*;+G.OMA.SIP-IM"},
	{VARIANT_ACCEPT_CONTACT_EXPLICIT, RESTYLE_INVITE, RESTYLE_APPEND, "Accept-Contact", ";require;explicit"},
	{VARIANT_ACCEPT_CONTACT_SECOND, RESTYLE_INVITE, RESTYLE_REPLACE, "Accept-Contact",
	 "*;methods=\"INVITE\";explicit, *;+g.oma.sip-im"},
	{VARIANT_ACCEPT_CONTACT_LINES, RESTYLE_INVITE, RESTYLE_REPLACE, "Accept-Contact", "*;methods=\"INVITE\""},
	{VARIANT_ACCEPT_CONTACT_LINES, RESTYLE_INVITE, RESTYLE_ADD, "Accept-Contact", "*;+g.oma.sip-im"},
	{VARIANT_CONTACT_MORE, RESTYLE_INVITE, RESTYLE_APPEND, "Contact",
	 ";methods=\"INVITE,BYE\";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\";audio=\"FALSE\""},
	{VARIANT_USER_AGENT_MORE, RESTYLE_REQUESTS, RESTYLE_APPEND, "User-Agent", " acme-im/3.2.1 (build \"7\")"},
	{VARIANT_ALLOW_LINES, RESTYLE_INVITE, RESTYLE_REPLACE, "Allow", "INVITE, ACK"},
	{VARIANT_ALLOW_LINES, RESTYLE_INVITE, RESTYLE_ADD, "Allow", "CANCEL,BYE"},
	{VARIANT_ALLOW_LINES, RESTYLE_INVITE, RESTYLE_ADD, "Allow", "UPDATE , PRACK"},
	{VARIANT_ALLOW_LEAST, RESTYLE_INVITE, RESTYLE_REPLACE, "Allow", "INVITE,ACK,CANCEL,BYE"},
	{VARIANT_SDP_SESSION, RESTYLE_REQUESTS, RESTYLE_BODY, "a=sendonly\r\n", ""},
	{VARIANT_SDP_SESSION, RESTYLE_REQUESTS, RESTYLE_BODY, "t=0 0\r\n", "t=0 0\r\na=sendonly\r\n"},
	{VARIANT_SDP_BOTH, RESTYLE_REQUESTS, RESTYLE_BODY, "t=0 0\r\n", "t=0 0\r\na=sendonly\r\n"},
	{VARIANT_SDP_OVERRIDDEN, RESTYLE_REQUESTS, RESTYLE_BODY, "t=0 0\r\n", "t=0 0\r\na=sendrecv\r\n"},
	{VARIANT_SDP_MORE, RESTYLE_REQUESTS, RESTYLE_BODY, "t=0 0\r\n",
	 "b=AS:64\r\nt=0 0\r\na=tool:im-server 1.0\r\na=x-vendor\r\n"},
	{VARIANT_SDP_UNUSED, RESTYLE_REQUESTS, RESTYLE_BODY, "t=0 0\r\n", "t=0 0\r\nm=audio 0 RTP/AVP 0\r\n"},
	{VARIANT_SDP_TYPE_PARAMETER, RESTYLE_REQUESTS, RESTYLE_APPEND, "Content-Type", ";charset=\"utf-8\""},
	{VARIANT_BYE_REASON, RESTYLE_REQUESTS, RESTYLE_ADD, "Reason", "SIP;cause=200;text=\"all messages delivered\""},
};

void server_variants_write(const struct server *s, struct buf *text)
{
	restyle(text, changes, ARRAY_LEN(changes), s->config.variants.set);
}
