// SPDX-License-Identifier: MIT
/* 12.2.2.2: when there is a push, and its INVITE. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

#define MULTIPART                                                                                                      \
	"--limit\r\nContent-Type: text/plain\r\n\r\nwhat was kept\r\n--limit\r\nContent-Type: "                        \
	"application/sdp\r\n\r\n%s\r\n"                                                                                \
	"--limit--\r\n"

/* A server that heard of no registration takes the PUBLISH as the sign of life. */
static bool is_there(const struct user *user)
{
	return user->registered_until > now_ms() || is("no-register") || is("push-unregistered");
}

void push_consider(struct user *user)
{
	static unsigned pushes;

	if (!is_there(user) || user->session || is("no-push"))
		return;
	if (!settings_active(user) && !is("push-off"))
		return;
	if (!user->messages && !is("push-empty"))
		return;
	if (is("push-once-only") && pushes)
		return;
	pushes++;
	push_send(user);
	if (is("push-twice")) {
		user->session = NULL;
		push_send(user);
	}
}

static char *contact_of(void)
{
	const char *name = is("contact-user") ? "\"Messages, \\\"deferred\\\"\" " : "";
	const char *who = is("contact-user") ? "im-server%2b1@" : "";
	const char *inside = is("tag-inside") ? ";" FEATURE_TAG : "";
	const char *tag = is("contact-no-tag") || is("tag-inside") ? "" : ";" FEATURE_TAG;
	const char *automata = is("no-automata") ? "" : is("automata-false") ? ";automata=\"FALSE\"" : ";automata";

	if (is("contact-values"))
		tag = ";" FEATURE_TAG "=\"TRUE\"", automata = ";automata=\"TRUE\"";
	if (is("contact-upper"))
		tag = ";+G.OMA.SIP-IM", automata = ";AUTOMATA";
	if (is("contact-longer-tag"))
		tag = ";" FEATURE_TAG ".large-message";
	return su_sprintf(
		server.home, "%s<sip:%s%s:%s%s%s>%s%s%s", name, who, server.host, server.port, server.over, inside,
		is("contact-more") ? ";audio;methods=\"INVITE,BYE\";+sip.instance=\"<urn:uuid:0,1>\";expires=60" : "",
		is("contact-lines") ? su_sprintf(server.home, "%s%s;q=0.5", automata, tag) : tag,
		is("contact-lines") ? "" : automata);
}

static const char *from_of(const struct user *user)
{
	if (is("from-user"))
		return su_sprintf(server.home, "\"%s\" <sip:%s>", user->address, user->address);
	if (is("from-anonymous"))
		return "\"Anonymous\" <sip:anonymous@anonymous.invalid>";
	return is("tel") ? "<tel:+358-9-555;phone-context=+358>" : "<sip:im-server@im.example>";
}

static const char *accept_contact(void)
{
	if (is("accept-another"))
		return "*;" FEATURE_TAG ".large-message";
	if (is("accept-require"))
		return "*;" FEATURE_TAG ";require;explicit";
	if (is("accept-more"))
		return "*;language=\"en,fi\";mobility=\"mobile\";" FEATURE_TAG
		       "=\"TRUE\";+g.oma.sip-im.other=\"<a,b>\"";
	return "*;" FEATURE_TAG;
}

static const char *release(void)
{
	if (is("release-client"))
		return "IM-client/OMA1.0 sofia-peer/1";
	if (is("release-other"))
		return "sofia-peer/1";
	if (is("release-last"))
		return "sofia-peer/1 Sofia-SIP/1.12 IM-serv/OMA1.0";
	return is("release-comment") ? "IM-serv/OMA1.0 (a; \"peer\") sofia-peer" : "IM-serv/OMA1.0 sofia-peer/1";
}

static void send_invite(struct session *session)
{
	char *body = sdp_write(session, false), timer[48], min_se[24];
	const char *type = is("sdp-wrong-type") ? "text/plain" : "application/sdp";

	snprintf(timer, sizeof(timer), "%lu%s", session->expires,
		 is("refresher-uas") ? ";refresher=uas"
		 : is("timer-upper") ? " ; Refresher=UAC"
				     : ";refresher=uac");
	snprintf(min_se, sizeof(min_se), "%lu", session->min_se);
	if (is("sdp-multipart"))
		type = "multipart/mixed;boundary=limit", body = su_sprintf(server.home, MULTIPART, body);
	if (is("multipart-alternative"))
		type = "multipart/alternative; boundary=\"limit\"", body = su_sprintf(server.home, MULTIPART, body);
	session->invite = nta_outgoing_tcreate(
		session->leg, session_answered, session, URL_STRING_MAKE(server.core), SIP_METHOD_INVITE,
		URL_STRING_MAKE(session->address), SIPTAG_CONTACT_STR(session->contact),
		TAG_IF(!is("no-accept-contact"), SIPTAG_ACCEPT_CONTACT_STR(accept_contact())),
		TAG_IF(is("accept-lines"), SIPTAG_HEADER_STR("Accept-Contact: *;automata;audio=\"FALSE\"")),
		TAG_IF(!is("no-release"), SIPTAG_USER_AGENT_STR(release())),
		TAG_IF(!is("no-allow"), SIPTAG_ALLOW_STR(is("allow-short") ? "OPTIONS" : METHODS)),
		TAG_IF(!is("no-timer"), SIPTAG_SESSION_EXPIRES_STR(timer)),
		TAG_IF(session->min_se, SIPTAG_MIN_SE_STR(min_se)),
		SIPTAG_SUPPORTED_STR(is("100rel") ? "timer, 100rel, tdialog" : "timer,100rel"),
		TAG_IF(is("route"), SIPTAG_ROUTE_STR(su_sprintf(server.home, "<%s;lr>", server.core))),
		TAG_IF(is("identity"),
		       SIPTAG_HEADER_STR("P-Asserted-Identity: \"IM, Server\" <sip:im-server@im.example>")),
		TAG_IF(is("identity"),
		       SIPTAG_HEADER_STR("P-Charging-Vector: icid-value=\"a;b,c\";orig-ioi=im.example")),
		TAG_IF(is("identity") || is("from-anonymous"), SIPTAG_PRIVACY_STR("none")),
		TAG_IF(is("headers"), SIPTAG_DATE_STR("Sat, 13 Nov 2010 23:29:00 GMT")),
		TAG_IF(is("headers"), SIPTAG_SUBJECT_STR("what was kept")),
		TAG_IF(is("headers"), SIPTAG_HEADER_STR("Expires: 120")),
		TAG_IF(is("headers"), SIPTAG_HEADER_STR("Accept: application/sdp, message/cpim;q=0.5")),
		TAG_IF(!is("sdp-none"), SIPTAG_CONTENT_TYPE_STR(type)),
		TAG_IF(!is("sdp-none"), SIPTAG_PAYLOAD_STR(body)), TAG_END());
}

static const struct user *another(const struct user *user)
{
	for (const struct user *other = server.users; other; other = other->next)
		if (other != user && other->registered_until > now_ms())
			return other;
	return user;
}

/* A new session of the user, with its INVITE sent. */
void push_send(struct user *user)
{
	struct session *session = calloc(1, sizeof(*session));
	const char *whom = is("push-to-another") ? another(user)->address : user->address;
	char *to = su_sprintf(server.home, is("to-tag") ? "<sip:%s>;tag=early" : "<sip:%s>", whom);

	session->user = user;
	session->id = (unsigned)su_random() >> 8;
	session->version = 1;
	session->expires = is("timer-90") ? 90 : 1800;
	session->min_se = is("min-se") ? 90 : 0;
	session->contact = contact_of();
	session->path = msrp_listen(session);
	session->address = su_sprintf(server.home, "sip:%s", whom);
	if (is("uri-server"))
		session->address = su_sprintf(server.home, "sip:im-server@im.example");
	session->leg = nta_leg_tcreate(server.agent, session_request, session, SIPTAG_FROM_STR(from_of(user)),
				       SIPTAG_TO_STR(to), TAG_END());
	nta_leg_tag(session->leg, NULL);
	user->session = session;
	send_invite(session);
}

/* After 422: once more with what the other side asks for at least (RFC 4028, 7.4). */
bool push_retry(struct session *session, const sip_t *sip)
{
	if (is("no-422") || !sip->sip_min_se || sip->sip_min_se->min_delta <= session->expires)
		return false;
	session->min_se = session->expires = sip->sip_min_se->min_delta;
	nta_outgoing_destroy(session->invite);
	send_invite(session);
	return true;
}
