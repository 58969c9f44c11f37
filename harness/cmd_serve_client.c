/* SPDX-License-Identifier: MIT
 *
 * imconform serve --role client: the reference IM Client registers with the core at --core, as the first user of the
 * IXIT, and stays until it is told to end. */
#include "harness/serving.h"

#include <stdio.h>

void serving_list_client_faults(void)
{
	for (size_t i = 0; i < CLIENT_FAULT_COUNT; i++)
		printf("%-30s %s\n", client_fault_name(i), client_fault_text(i));
}

static char *suggest_fault(const char *name, char to[SUGGEST_TEXT_MAX])
{
	struct suggest suggest;

	suggest_init(&suggest, slice_of(name));
	for (size_t i = 0; i < CLIENT_FAULT_COUNT; i++)
		suggest_offer(&suggest, client_fault_name(i));
	return suggest_text(&suggest, to);
}

static int faults_read(const struct options *options, struct client_faults *faults, struct err *err)
{
	char text[SUGGEST_TEXT_MAX];
	enum client_fault fault;

	for (size_t i = 0; i < options->fault.count; i++) {
		const char *name = options->fault.items[i];

		if (!client_fault_find(slice_of(name), &fault))
			return err_set(err, -EINVAL,
				       "--fault %s: the client has no such fault%s; --fault list shows them", name,
				       suggest_fault(name, text));
		client_faults_set(faults, fault);
	}
	return 0;
}

static void user_take(struct serving *serving, struct client_config *config)
{
	const struct ixit *ixit = &serving->ixit;

	config->domain = ixit->domain;
	config->address = arena_printf(&serving->arena, "sip:alice@%s", ixit->domain);
	config->username = config->password = "alice";
	if (!ixit->user_count)
		return;
	config->address = ixit->users[0].address;
	config->username = ixit->users[0].private_id;
	config->keys = ixit->users[0].keys;
	config->password = ixit_password(&serving->arena, &ixit->users[0]);
	if (!config->password)
		config->password = "";
}

int serving_start_client(struct serving *serving, struct err *err)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1};
	const struct options *options = serving->options;
	struct client_config config = {.profile = &serving->profile, .offline_delivery = true};
	int rc = faults_read(options, &config.faults, err);

	config.core = serving->ixit.core;
	if (!config.core.port)
		config.core = net_addr_v4(loopback, SERVING_CORE_PORT);
	config.bind = config.core;
	config.bind.port = 0;
	config.transport = serving->ixit.iut_transport;
	config.ims = serving->ixit.ims;
	user_take(serving, &config);
	if (rc == 0)
		rc = serving_address("--listen", options->listen, 0, &config.bind, err);
	if (rc == 0)
		rc = client_new(serving->world, &config, &serving->client, err);
	if (rc == 0)
		client_register(serving->client);
	return rc;
}
