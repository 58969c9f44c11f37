/* SPDX-License-Identifier: MIT
 *
 * imconform serve --role client: the reference IM Client registers with the core at --core, as the first user of the
 * IXIT, and stays until it is told to end. */
#include "harness/serving.h"

#include <stdio.h>

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
	const struct options *options = serving->options;
	struct client_config config = {
		.core = serving_core(serving), .profile = &serving->profile, .offline_delivery = true};
	int rc = serving_faults(options, &client_faults, "the client has", config.faults.set, err);

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
