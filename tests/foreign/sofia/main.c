// SPDX-License-Identifier: MIT
/* Command line, loop, users, and requests that belong to no dialog. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server.h"

struct server server;

uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct once {
	su_timer_f callback;
	void *arg;
};

static void once_fire(void *magic, su_timer_t *timer, void *arg)
{
	struct once once = *(struct once *)arg;

	free(arg);
	su_timer_destroy(timer);
	once.callback(magic, NULL, once.arg);
}

void later(unsigned ms, su_timer_f callback, void *arg)
{
	struct once *once = malloc(sizeof(*once));
	su_timer_t *timer = su_timer_create(su_root_task(server.root), ms);

	*once = (struct once){callback, arg};
	su_timer_set(timer, once_fire, once);
}

/* The user of that address, who is made up where he was not known: everybody of the core's domains is served. */
struct user *user_of(const url_t *url)
{
	char address[300];
	struct user *user;

	snprintf(address, sizeof(address), "%s@%s", url->url_user ? url->url_user : "",
		 url->url_host ? url->url_host : "");
	for (user = server.users; user; user = user->next)
		if (!strcmp(user->address, address))
			return user;
	user = calloc(1, sizeof(*user));
	user->address = strdup(address);
	user->next = server.users;
	return server.users = user;
}

bool url_is_user(const url_t *url, const struct user *user)
{
	char address[300];

	snprintf(address, sizeof(address), "%s@%s", url->url_user ? url->url_user : "",
		 url->url_host ? url->url_host : "");
	return !strcmp(address, user->address);
}

static void store(struct user *user, const sip_t *sip)
{
	struct message **end = &user->messages, *message = calloc(1, sizeof(*message));
	const sip_payload_t *body = sip->sip_payload;

	message->type = strdup(sip->sip_content_type ? sip->sip_content_type->c_type : "text/plain");
	message->body = body ? strndup(body->pl_data, body->pl_len) : strdup("");
	while (*end)
		end = &(*end)->next;
	*end = message;
}

/* A user who is there gets his message by the core at once; for others it is stored. */
static int message_recv(nta_incoming_t *irq, const sip_t *sip)
{
	struct user *user = user_of(sip->sip_request->rq_url);
	char uri[320];

	if (user->registered_until > now_ms() && !user->messages) {
		snprintf(uri, sizeof(uri), "sip:%s", user->address);
		nta_outgoing_tcreate(server.leg, NULL, NULL, URL_STRING_MAKE(server.core), SIP_METHOD_MESSAGE,
				     URL_STRING_MAKE(uri), SIPTAG_FROM(sip->sip_from), SIPTAG_TO(sip->sip_to),
				     SIPTAG_CONTENT_TYPE(sip->sip_content_type), SIPTAG_PAYLOAD(sip->sip_payload),
				     TAG_END());
		return 200;
	}
	store(user, sip);
	nta_incoming_treply(irq, SIP_202_ACCEPTED, SIPTAG_SERVER_STR("IM-serv/OMA1.0 sofia-peer/1"), TAG_END());
	return 202;
}

static int request_recv(void *magic, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *sip)
{
	(void)magic, (void)leg;
	switch (sip->sip_request->rq_method) {
	case sip_method_register:
		return register_recv(irq, sip);
	case sip_method_publish:
		return publish_recv(irq, sip);
	case sip_method_message:
		return message_recv(irq, sip);
	case sip_method_ack:
		return 0;
	case sip_method_bye:
	case sip_method_update:
	case sip_method_notify:
		return 481;
	case sip_method_options:
		nta_incoming_treply(irq, SIP_200_OK, SIPTAG_ALLOW_STR(METHODS ",REGISTER,PUBLISH,MESSAGE"), TAG_END());
		return 200;
	default:
		nta_incoming_treply(irq, SIP_405_METHOD_NOT_ALLOWED,
				    SIPTAG_ALLOW_STR(METHODS ",REGISTER,PUBLISH,MESSAGE"), TAG_END());
		return 405;
	}
}

static void greet(void *magic, su_timer_t *timer, void *arg)
{
	(void)magic, (void)timer, (void)arg;
	nta_outgoing_t *orq = nta_outgoing_tcreate(
		server.leg, NULL, NULL, URL_STRING_MAKE(server.core), SIP_METHOD_OPTIONS, URL_STRING_MAKE(server.core),
		SIPTAG_FROM_STR("<sip:im-server@im.example>"), SIPTAG_TO_STR("<sip:im.example>"), TAG_END());

	if (orq)
		nta_outgoing_destroy(orq);
	later(900, greet, NULL);
}

static int usage(const char *wrong)
{
	fprintf(stderr, "sofia_server: %s\nusage: sofia_server HOST PORT udp|tcp CORE-URI [WORD…] | --words\n", wrong);
	return 2;
}

static int listen_at(const char *host, const char *port, const char *transport)
{
	char url[200];

	server.ipv6 = strchr(host, ':');
	server.host = su_sprintf(server.home, server.ipv6 ? "[%s]" : "%s", host);
	server.port = port;
	server.over = strcmp(transport, "udp") ? su_sprintf(server.home, ";transport=%s", transport) : "";
	snprintf(url, sizeof(url), "sip:%s:%s;transport=*", server.host, port);
	server.agent =
		nta_agent_create(server.root, URL_STRING_MAKE(url), NULL, NULL, NTATAG_UA(1), NTATAG_UDP_MTU(65535),
				 TAG_IF(is("compact"), NTATAG_SIPFLAGS(MSG_FLG_COMPACT)), TAG_END());
	if (!server.agent)
		return -1;
	server.leg = nta_leg_tcreate(server.agent, request_recv, NULL, NTATAG_NO_DIALOG(1), TAG_END());
	return server.leg ? 0 : -1;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--words")) {
		words_print();
		return 0;
	}
	if (argc < 5)
		return usage("where to listen, and the core");
	for (int i = 5; i < argc; i++)
		if (words_take(argv[i]))
			return usage(argv[i]);
	su_init();
	su_home_init(server.home);
	sip_update_default_mclass(sip_extend_mclass(NULL));
	server.core = argv[4];
	server.root = su_root_create(NULL);
	if (listen_at(argv[1], argv[2], argv[3]))
		return usage("can't listen there");
	if (is("options"))
		greet(NULL, NULL, NULL);
	su_root_run(server.root);
	return 0;
}
