/* SPDX-License-Identifier: MIT
 *
 * Hook commands of the IXIT, run by /bin/sh. In a command, {address} {user} {username} {password} {core} {host} {port}
 * {domain} {transport} and {active} are replaced, quoted for the shell; the same stands in its environment as
 * IMCONFORM_ADDRESS … `start` is the client itself, left running until its case is over; the other hooks are waited
 * for. */
#include "base/mem.h"
#include "harness/tester_ask.h"
#include "harness/uv_hook.h"
#include "reports/quote.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { AT_ONCE = 8, VARIABLES = 10 };

struct running { /* a client that `start` began */
	struct running *next;
	char *address;
	struct uv_hook *hook;
};

struct job { /* a question whose hook runs */
	struct job *next;
	struct shell *shell;
	enum tester_command command;
	tester_done_fn *done; /* NULL: nobody waits any more */
	void *to;
};

struct shell {
	struct tester tester;
	struct tester_asks asks;
	const struct ixit *ixit;
	struct uv_hooks *hooks;
	struct net_addr core;
	struct running *running;
	struct job *jobs;
};

/* --- placeholders --- */

struct variable {
	const char *name;
	char *value;
};

static void variables_make(const struct shell *s, const struct tester_request *request, struct variable to[VARIABLES])
{
	const struct tester_user *user = request->user;
	struct net_addr host = s->core;
	char core[NET_ADDR_TEXT_MAX], bare[NET_ADDR_TEXT_MAX];
	const char *colon = strchr(user->address, ':'), *at = strchr(user->address, '@');

	host.port = 0;
	net_addr_format(bare, &host);
	to[0] = (struct variable){"address", mem_strdup(user->address)};
	to[1] = (struct variable){"user", mem_printf("%.*s", (int)(at - colon - 1), colon + 1)};
	to[2] = (struct variable){"username", mem_strdup(user->username)};
	to[3] = (struct variable){"password", mem_strdup(user->password ? user->password : "")};
	to[4] = (struct variable){"core", mem_strdup(net_addr_format(core, &s->core))};
	to[5] = (struct variable){"host", mem_strdup(bare)};
	to[6] = (struct variable){"port", mem_printf("%u", s->core.port)};
	to[7] = (struct variable){"domain", mem_strdup(s->ixit->domain)};
	to[8] = (struct variable){"transport", mem_strdup(net_transport_name(s->ixit->iut_transport))};
	to[9] = (struct variable){"active", mem_strdup(request->active ? "true" : "false")};
}

static const char *add_variable(struct buf *to, const struct variable *variables, const char *at)
{
	const char *end = strchr(at, '}');

	for (size_t i = 0; end && i < VARIABLES; i++) {
		if (!slice_is(slice_range(at + 1, end), variables[i].name))
			continue;
		quote_shell(to, variables[i].value);
		return end + 1;
	}
	buf_putc(to, *at); /* a brace of the shell's */
	return at + 1;
}

static char *fill_in(const char *command, const struct variable *variables)
{
	struct buf text = {0};

	while (*command) {
		if (*command == '{')
			command = add_variable(&text, variables, command);
		else
			buf_putc(&text, *command++);
	}
	return buf_take(&text);
}

struct prepared {
	char *command;
	const char *environment[VARIABLES + 1];
};

static void prepare(const struct shell *s, const struct tester_request *request, const char *command,
		    struct prepared *to)
{
	struct variable variables[VARIABLES];

	variables_make(s, request, variables);
	to->command = fill_in(command, variables);
	for (size_t i = 0; i < VARIABLES; i++) {
		char *pair = mem_printf("IMCONFORM_%s=%s", variables[i].name, variables[i].value);

		for (char *c = pair; *c != '='; c++)
			*c = (char)toupper((unsigned char)*c);
		to->environment[i] = pair;
		free(variables[i].value);
	}
	to->environment[VARIABLES] = NULL;
}

static void prepared_done(struct prepared *p)
{
	free(p->command);
	for (size_t i = 0; i < VARIABLES; i++)
		free((char *)p->environment[i]);
}

/* --- the client that `start` begins --- */

static struct running **place_of(struct shell *s, const struct tester_user *user)
{
	struct running **at = &s->running;

	while (*at && strcmp((*at)->address, user->address))
		at = &(*at)->next;
	return at;
}

static void start_client(struct shell *s, const struct tester_request *request)
{
	struct running *running;
	struct prepared p;

	if (!s->ixit->hooks.start || *place_of(s, request->user))
		return;
	prepare(s, request, s->ixit->hooks.start, &p);
	running = mem_alloc(sizeof(*running));
	*running = (struct running){s->running, mem_strdup(request->user->address),
				    uv_hook_start(s->hooks, p.command, p.environment)};
	s->running = running;
	prepared_done(&p);
}

static void stop_client(struct shell *s, const struct tester_user *user)
{
	struct running **at = place_of(s, user), *running = *at;

	if (!running)
		return;
	*at = running->next;
	uv_hook_stop(running->hook);
	free(running->address);
	free(running);
}

/* --- questions --- */

static void job_free(struct job *job)
{
	struct job **at = &job->shell->jobs;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	free(job);
}

static void on_hook(void *arg, const char *wrong)
{
	struct job copy = *(struct job *)arg;
	char *why = wrong ? mem_printf("the %s hook failed: %s", tester_command_name(copy.command), wrong) : NULL;

	job_free(arg);
	if (copy.done)
		copy.done(copy.to, wrong ? TESTER_FAILED : TESTER_DONE, why ? why : "");
	free(why);
}

static void run_hook(struct shell *s, const struct tester_request *request, const char *command, tester_done_fn *done,
		     void *to)
{
	struct job *job = mem_alloc(sizeof(*job));
	struct prepared p;

	*job = (struct job){s->jobs, s, request->command, done, to};
	s->jobs = job;
	prepare(s, request, command, &p);
	uv_hook_run(s->hooks, p.command, p.environment, on_hook, job);
	prepared_done(&p);
}

static const char *hook_for(const struct shell *s, enum tester_command command)
{
	const struct ixit_hooks *hooks = &s->ixit->hooks;
	const char *const all[TESTER_COMMANDS] = {hooks->on_register, hooks->deregister, hooks->set_offline_delivery,
						  hooks->stop};

	return all[command];
}

static void ask(struct tester *tester, const struct tester_request *request, tester_done_fn *done, void *to)
{
	struct shell *s = (struct shell *)tester;
	const char *hook = hook_for(s, request->command);
	char why[100];

	if (request->command == TESTER_REGISTER)
		start_client(s, request);
	if (hook) {
		run_hook(s, request, hook, done, to);
	} else if (request->command == TESTER_REGISTER || request->command == TESTER_STOP) {
		tester_asks_answer(&s->asks, done, to, TESTER_DONE, ""); /* a client that is started does the rest */
	} else {
		snprintf(why, sizeof(why), "the IXIT has no hook '%s'", tester_command_name(request->command));
		tester_asks_answer(&s->asks, done, to, TESTER_CANNOT, why);
	}
	if (request->command == TESTER_STOP)
		stop_client(s, request->user);
}

static void forget(struct tester *tester, void *to)
{
	struct shell *s = (struct shell *)tester;

	tester_asks_forget(&s->asks, to);
	for (struct job *job = s->jobs; job; job = job->next)
		if (job->to == to)
			job->done = NULL;
}

static void shell_free(struct tester *tester)
{
	struct shell *s = (struct shell *)tester;

	tester_asks_done(&s->asks);
	uv_hooks_free(s->hooks);
	while (s->running) {
		struct running *running = s->running;

		s->running = running->next;
		free(running->address);
		free(running);
	}
	while (s->jobs)
		job_free(s->jobs);
	free(s);
}

int tester_new_shell(struct world *world, const struct ixit *ixit, const struct net_addr *core, struct tester **ret,
		     struct err *err)
{
	struct shell *s;

	if (world_is_virtual(world))
		return err_set(err, -EINVAL, "hooks need the real world");
	s = mem_alloc(sizeof(*s));
	s->tester = (struct tester){.name = "a client that hooks make act",
				    .at_once = AT_ONCE,
				    .ask = ask,
				    .forget = forget,
				    .free = shell_free};
	s->asks.world = world;
	s->ixit = ixit;
	s->core = *core;
	s->hooks = uv_hooks_new(world);
	*ret = &s->tester;
	return 0;
}
