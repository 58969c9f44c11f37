/* SPDX-License-Identifier: MIT
 *
 * imconform serve: a reference implementation on its own, on real sockets, for people who develop the other side. The
 * IM Server is started here; the other roles have files of their own. */
#include "harness/serving.h"

#include "harness/tls_serve.h"

#include <stdio.h>

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

static void faults_print(const struct manners *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		printf("%-30s %s\n", faults->list[i].name, faults->list[i].text);
}

static char *suggest_fault(const struct manners *faults, const char *name, char to[SUGGEST_TEXT_MAX])
{
	struct suggest suggest;

	suggest_init(&suggest, slice_of(name));
	for (size_t i = 0; i < faults->count; i++)
		suggest_offer(&suggest, faults->list[i].name);
	return suggest_text(&suggest, to);
}

int serving_faults(const struct options *options, const struct manners *faults, const char *who, uint64_t *set,
		   struct err *err)
{
	char text[SUGGEST_TEXT_MAX];
	size_t fault;

	for (size_t i = 0; i < options->fault.count; i++) {
		const char *name = options->fault.items[i];

		if (!manner_find(faults, slice_of(name), &fault))
			return err_set(err, -EINVAL, "--fault %s: %s no such fault%s; --fault list shows them", name,
				       who, suggest_fault(faults, name, text));
		manner_add(set, fault);
	}
	return 0;
}

int serving_address(const char *option, const char *text, uint16_t default_port, struct net_addr *addr, struct err *err)
{
	if (!text)
		return 0;
	return net_addr_parse(slice_of(text), default_port, addr, err) < 0 ? err_prefix(err, -EINVAL, "%s", option) : 0;
}

struct net_addr serving_core(const struct serving *serving)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1};
	const struct net_addr *told = &serving->ixit.core;

	return told->port ? *told : net_addr_v4(loopback, SERVING_CORE_PORT);
}

static bool has_role(const struct options *options, const char *role)
{
	return slice_is(slice_of(options->role ? options->role : "server"), role);
}

/* Who has a password in the IXIT is asked for it, where users come by themselves. */
static void take_logins(struct serving *serving, struct server_config *config)
{
	const struct ixit *ixit = &serving->ixit;
	struct server_login *logins = arena_alloc(&serving->arena, (ixit->user_count + 1) * sizeof(*logins));

	config->logins = logins;
	for (size_t i = 0; i < ixit->user_count; i++) {
		const char *password = ixit_password(&serving->arena, &ixit->users[i]);

		if (password)
			logins[config->login_count++] =
				(struct server_login){ixit->users[i].address, ixit->users[i].private_id, password};
	}
}

static int start_server(struct serving *serving, struct err *err)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1};
	const struct options *options = serving->options;
	struct server_config config = {
		.bind = net_addr_v4(loopback, 0),
		.core = serving_core(serving),
		.profile = &serving->profile,
		.transport = serving->ixit.iut_transport,
		.domain = serving->ixit.domain,
		.ims = serving->ixit.ims,
		.direct = serving->ixit.direct,
	};
	int rc = serving_faults(options, &server_faults, "there is", config.faults.set, err);

	if (rc == 0)
		rc = serving_address("--listen", options->listen, SERVING_CORE_PORT, &config.bind, err);
	take_logins(serving, &config);
	return rc == 0 ? server_new(serving->world, &config, &serving->server, err) : rc;
}

static int start_role(struct serving *serving, struct err *err)
{
	if (has_role(serving->options, "server"))
		return start_server(serving, err);
	if (has_role(serving->options, "core"))
		return serving_start_core(serving, err);
	return serving_start_client(serving, err);
}

static void on_tls_failure(void *arg, const struct err *err)
{
	fprintf(stderr, "imconform serve: %s\n", err->text);
}

static int serving_start(struct serving *serving, struct err *err)
{
	int rc = scenarios_profile(serving->options, &serving->arena, &serving->profile, err);

	if (rc == 0)
		rc = ixit_load(&serving->ixit, serving->options, err);
	if (rc < 0)
		return rc;
	settings_init();
	serving->world = world_new_real(err);
	if (!serving->world)
		return err->code;
	serving->signals = uv_signals_new(serving->world, on_signal, serving);
	rc = tls_serve(&serving->ixit, serving->world, "serve", serving->options->quiet, &serving->tls, err);
	if (serving->tls)
		tls_context_on_failure(serving->tls, on_tls_failure, NULL);
	return rc < 0 ? rc : start_role(serving, err);
}

static void serving_end(struct serving *serving)
{
	server_free(serving->server);
	client_free(serving->client);
	serving_core_free(serving->core);
	uv_signals_free(serving->signals);
	if (serving->world)
		world_free(serving->world);
	tls_context_free(serving->tls);
	ixit_done(&serving->ixit);
	arena_done(&serving->arena);
}

static void say_hello(const struct serving *serving)
{
	char host[NET_ADDR_TEXT_MAX];
	const struct net_addr *addr = serving->server   ? server_addr(serving->server)
				      : serving->client ? client_addr(serving->client)
							: serving_core_addr(serving->core);

	fprintf(stderr, "imconform serve: the %s listens on %s, UDP and %s\n",
		serving->server   ? "reference IM Server"
		: serving->client ? "reference IM Client"
				  : "core",
		net_addr_format(host, addr), serving->tls ? "TLS" : "TCP");
}

static int list_faults(const struct options *options)
{
	if (has_role(options, "server"))
		faults_print(&server_faults);
	if (has_role(options, "client"))
		faults_print(&client_faults);
	return EXIT_PASSED;
}

int cmd_serve(const struct options *options)
{
	struct serving serving = {.options = options};
	struct err err = {0};
	int status;

	if (options->fault.count && has_role(options, "core")) {
		err_set(&err, -EINVAL, "--fault: the core has no faults, expected role server or client");
		return refuse(&err);
	}
	if (lists_faults(options))
		return list_faults(options);
	if (serving_start(&serving, &err) < 0) {
		status = refuse(&err);
	} else {
		if (!options->quiet)
			say_hello(&serving);
		world_run(serving.world);
		status = EXIT_SIGNAL + serving.signal;
	}
	serving_end(&serving);
	return status;
}
