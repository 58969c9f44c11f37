/* SPDX-License-Identifier: MIT
 *
 * imconform serve: the reference IM Server on its own, on real sockets, for people who develop the other side. */
#include "body/settings.h"
#include "harness/commands.h"
#include "harness/scenarios.h"
#include "harness/server.h"
#include "harness/uv_signal.h"

#include <stdio.h>

enum { CORE_PORT = 5060 };

/* What a running server stands on, freed in the reverse order. */
struct serving {
	struct arena arena;
	struct profile profile;
	struct world *world;
	struct uv_signals *signals;
	struct server *server;
	int signal; /* that ended it */
};

static void on_signal(void *arg, int number)
{
	struct serving *serving = arg;

	serving->signal = number;
	world_stop(serving->world);
}

static int refuse(const struct err *err)
{
	fprintf(stderr, "imconform serve: %s\n", err->text);
	return EXIT_USAGE;
}

/* --fault list */
static bool lists_faults(const struct options *options)
{
	return options->fault.count == 1 && slice_is(slice_of(options->fault.items[0]), "list");
}

static int faults_print(void)
{
	for (size_t i = 0; i < SERVER_FAULT_COUNT; i++)
		printf("%-30s %s\n", server_fault_name(i), server_fault_text(i));
	return EXIT_PASSED;
}

static int faults_read(const struct options *options, struct server_faults *faults, struct err *err)
{
	enum server_fault fault;

	for (size_t i = 0; i < options->fault.count; i++) {
		const char *name = options->fault.items[i];

		if (!server_fault_find(slice_of(name), &fault))
			return err_set(err, -EINVAL, "--fault %s: there is no such fault; --fault list shows them",
				       name);
		server_faults_set(faults, fault);
	}
	return 0;
}

static int address_read(const char *option, const char *text, uint16_t default_port, struct net_addr *addr,
			struct err *err)
{
	if (!text)
		return 0;
	return net_addr_parse(slice_of(text), default_port, addr, err) < 0 ? err_prefix(err, -EINVAL, "%s", option) : 0;
}

static int config_read(const struct options *options, struct server_config *config, struct err *err)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1};
	int rc = faults_read(options, &config->faults, err);

	config->bind = net_addr_v4(loopback, 0);
	config->core = net_addr_v4(loopback, CORE_PORT);
	if (rc == 0)
		rc = address_read("--listen", options->listen, CORE_PORT, &config->bind, err);
	if (rc == 0)
		rc = address_read("--core", options->core, CORE_PORT, &config->core, err);
	return rc;
}

static int serving_start(struct serving *serving, const struct options *options, struct err *err)
{
	struct server_config config = {.profile = &serving->profile};
	int rc = config_read(options, &config, err);

	if (rc == 0)
		rc = scenarios_profile(options, &serving->arena, &serving->profile, err);
	if (rc < 0)
		return rc;
	settings_init();
	serving->world = world_new_real(err);
	if (!serving->world)
		return err->code;
	serving->signals = uv_signals_new(serving->world, on_signal, serving);
	return server_new(serving->world, &config, &serving->server, err);
}

static void serving_end(struct serving *serving)
{
	server_free(serving->server);
	uv_signals_free(serving->signals);
	if (serving->world)
		world_free(serving->world);
	arena_done(&serving->arena);
}

static void serving_run(struct serving *serving, const struct options *options)
{
	char host[NET_ADDR_TEXT_MAX];

	if (!options->quiet)
		fprintf(stderr, "imconform serve: the reference IM Server listens on %s, UDP and TCP\n",
			net_addr_format(host, server_addr(serving->server)));
	world_run(serving->world);
}

int cmd_serve(const struct options *options)
{
	struct serving serving = {0};
	struct err err = {0};
	int status;

	if (lists_faults(options))
		return faults_print();
	if (options->role && !slice_is(slice_of(options->role), "server")) {
		err_set(&err, -EINVAL, "--role %s is not here; there is the server", options->role);
		return refuse(&err);
	}
	if (serving_start(&serving, options, &err) < 0) {
		status = refuse(&err);
	} else {
		serving_run(&serving, options);
		status = EXIT_SIGNAL + serving.signal;
	}
	serving_end(&serving);
	return status;
}
