/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "harness/client.h"
#include "harness/tester_ask.h"

#include <stdlib.h>

struct member { /* one user's client */
	struct member *next;
	char *address, *username, *password;
	struct client *client;
};

struct reference {
	struct tester tester;
	struct tester_asks asks;
	struct tester_reference_config config;
	struct member *members;
};

static struct member **place_of(struct reference *r, const char *address)
{
	struct member **at = &r->members;

	while (*at && strcmp((*at)->address, address))
		at = &(*at)->next;
	return at;
}

static void member_remove(struct member **at)
{
	struct member *member = *at;

	*at = member->next;
	client_free(member->client);
	free(member->address);
	free(member->username);
	free(member->password);
	free(member);
}

static int member_add(struct reference *r, const struct tester_user *user, struct err *err)
{
	struct member *member = mem_alloc(sizeof(*member));
	struct client_config config = {
		.bind = r->config.core,
		.core = r->config.core,
		.transport = r->config.transport,
		.profile = r->config.profile,
		.domain = r->config.domain,
		.ims = r->config.ims,
		.offline_delivery = true,
		.faults = r->config.faults,
		.variants = r->config.variants,
	};
	int rc;

	member->address = mem_strdup(user->address);
	member->username = mem_strdup(user->username);
	member->password = mem_strdup(user->password);
	member->next = r->members;
	r->members = member;
	config.bind.port = 0;
	config.address = member->address;
	config.username = member->username;
	config.password = member->password;
	config.keys = user->keys;
	rc = client_new(r->config.world, &config, &member->client, err);
	if (rc < 0)
		member_remove(&r->members);
	return rc;
}

static int carry_out(struct reference *r, const struct tester_request *request, struct err *err)
{
	struct member **at = place_of(r, request->user->address);

	if (request->command == TESTER_STOP) {
		if (*at)
			member_remove(at);
		return 0;
	}
	if (!*at) {
		int rc = member_add(r, request->user, err);

		if (rc < 0)
			return rc;
		at = &r->members;
	}
	if (request->command == TESTER_REGISTER)
		client_register((*at)->client);
	else if (request->command == TESTER_DEREGISTER)
		client_deregister((*at)->client);
	else
		client_set_offline_delivery((*at)->client, request->active);
	return 0;
}

static void ask(struct tester *tester, const struct tester_request *request, tester_done_fn *done, void *to)
{
	struct reference *r = (struct reference *)tester;
	struct err err = {0};
	int rc = carry_out(r, request, &err);

	tester_asks_answer(&r->asks, done, to, rc < 0 ? TESTER_FAILED : TESTER_DONE, rc < 0 ? err.text : "");
}

static void forget(struct tester *tester, void *to)
{
	tester_asks_forget(&((struct reference *)tester)->asks, to);
}

static void reference_free(struct tester *tester)
{
	struct reference *r = (struct reference *)tester;

	tester_asks_done(&r->asks);
	while (r->members)
		member_remove(&r->members);
	free(r);
}

struct tester *tester_new_reference(const struct tester_reference_config *config)
{
	struct reference *r = mem_alloc(sizeof(*r));

	r->tester = (struct tester){
		.name = "the built-in reference IM Client", .ask = ask, .forget = forget, .free = reference_free};
	r->asks.world = config->world;
	r->config = *config;
	return &r->tester;
}
