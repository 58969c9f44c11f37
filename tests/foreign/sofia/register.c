// SPDX-License-Identifier: MIT
/* 5.3: the core's third-party REGISTER. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

struct waiting {
	nta_incoming_t *irq;
	char *expires;
};

static void watch_registration(struct user *user)
{
	char to[320];
	nta_outgoing_t *orq;

	snprintf(to, sizeof(to), "<sip:%s>", user->address);
	orq = nta_outgoing_tcreate(server.leg, NULL, NULL, URL_STRING_MAKE(server.core), SIP_METHOD_SUBSCRIBE,
				   URL_STRING_MAKE(to + 1), SIPTAG_FROM_STR("<sip:im-server@im.example>"),
				   SIPTAG_TO_STR(to), SIPTAG_EVENT_STR("reg"), SIPTAG_EXPIRES_STR("600000"),
				   SIPTAG_ACCEPT_STR("application/reginfo+xml"), TAG_END());
	if (orq)
		nta_outgoing_destroy(orq);
}

static void answer(nta_incoming_t *irq, const char *expires, const sip_t *sip)
{
	char contact[600] = "";

	if (is("register-contact") && sip && sip->sip_contact && sip->sip_contact->m_url->url_host)
		snprintf(contact, sizeof(contact), "<" URL_PRINT_FORMAT ">;expires=%s",
			 URL_PRINT_ARGS(sip->sip_contact->m_url), expires);
	nta_incoming_treply(
		irq, SIP_200_OK, TAG_IF(!is("register-no-expires"), SIPTAG_EXPIRES_STR(expires)),
		TAG_IF(contact[0], SIPTAG_CONTACT_STR(contact)),
		TAG_IF(is("register-headers"), SIPTAG_HEADER_STR("Date: Sat, 13 Nov 2010 23:29:00 GMT")),
		TAG_IF(is("register-headers"), SIPTAG_SUPPORTED_STR("path, gruu, outbound")),
		TAG_IF(is("register-headers"), SIPTAG_HEADER_STR("P-Associated-URI: <sip:a@im.example>, <tel:+1>")),
		SIPTAG_SERVER_STR("IM-serv/OMA1.0 sofia-peer/1"), TAG_END());
}

static void answer_late(void *magic, su_timer_t *timer, void *arg)
{
	struct waiting *waiting = arg;

	(void)magic, (void)timer;
	answer(waiting->irq, waiting->expires, NULL);
	nta_incoming_destroy(waiting->irq);
	free(waiting->expires);
	free(waiting);
}

static void note(struct user *user, unsigned long expires)
{
	bool initial = user->registered_until <= now_ms() && expires;

	user->registered_until = expires ? now_ms() + 1000 * (uint64_t)expires : 0;
	if (initial) {
		user->published = 0;
		user->session = NULL; /* one of before is none of this registration */
		if (is("subscribe-reg"))
			watch_registration(user);
	}
	if (initial && is("push-on-register"))
		push_consider(user);
}

static int answer_in_time(nta_incoming_t *irq, const sip_t *sip, const char *expires)
{
	struct waiting *waiting;

	if (!is("slow-register")) {
		answer(irq, expires, sip);
		return 200;
	}
	nta_incoming_treply(irq, SIP_100_TRYING, TAG_END());
	waiting = malloc(sizeof(*waiting));
	*waiting = (struct waiting){irq, strdup(expires)};
	later(700, answer_late, waiting);
	return 0;
}

int register_recv(nta_incoming_t *irq, const sip_t *sip)
{
	struct user *user;
	unsigned long expires = sip->sip_expires ? sip->sip_expires->ex_delta : 3600;
	char text[24];

	if (is("no-register")) {
		nta_incoming_treply(irq, SIP_405_METHOD_NOT_ALLOWED, SIPTAG_ALLOW_STR("PUBLISH,MESSAGE," METHODS),
				    TAG_END());
		return 405;
	}
	if (is("register-500"))
		return 500;
	if (is("register-silent")) {
		user = user_of(sip->sip_to->a_url);
		note(user, expires);
		return 0;
	}
	user = user_of(sip->sip_to->a_url);
	note(user, expires);
	if (is("register-expires-less") && expires)
		expires--;
	if (is("register-expires-3600") && expires)
		expires = 3600;
	snprintf(text, sizeof(text), "%lu", expires);
	return answer_in_time(irq, sip, text);
}
