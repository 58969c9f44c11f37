/* SPDX-License-Identifier: MIT
 *
 * imconform run: a live campaign on real sockets. Without a target, the reference IM Server is started inside, in the
 * same loop, on an address of its own. */
#include "harness/commands.h"
#include "harness/reporting.h"
#include "harness/runner.h"
#include "harness/scenarios.h"
#include "harness/server.h"
#include "harness/uv_signal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What a campaign stands on, freed in the reverse order. */
struct campaigning {
	const struct options *options;
	struct ixit ixit;
	struct catalogue catalogue;
	struct script *script;
	struct arena arena;
	struct profile profile;
	struct settings_reader *reader;
	struct outputs outputs;
	struct world *world;
	struct uv_signals *signals;
	struct campaign *campaign;
	struct evidence_log *evidence;
	char *evidence_path;    /* NULL: frames are counted only */
	bool evidence_is_temporary;
	struct journal *journal;
	struct runner *runner;
	struct server *server;  /* the reference, or NULL */
	struct buf repeat;
	int signal;             /* that ended it; 0: none */
};

static void on_signal(void *arg, int number)
{
	struct campaigning *c = arg;

	c->signal = number;
	runner_interrupt(c->runner);
}

/* What did not pass is worth a line at once. */
static void on_case(void *arg, const struct campaign_case *test_case)
{
	const struct campaigning *c = arg;

	if (!c->options->quiet && test_case->verdict > VERDICT_PASS)
		fprintf(stderr, "%-6s %s: %s\n", verdict_name(test_case->verdict), test_case->name, test_case->reason);
}

/* --- what is asked for --- */

static int check_reach(const struct ixit *ixit, struct err *err)
{
	if (ixit->iut_role != ACTOR_SERVER)
		return err_set(err, -EINVAL, "--iut client is not here; there is the server");
	if (!ixit->reference && ixit->iut_transport != NET_UDP && ixit->iut_transport != NET_TCP)
		return err_set(err, -EINVAL, "transport %s is not here; there are udp and tcp",
			       net_transport_name(ixit->iut_transport));
	return 0;
}

static int load(struct campaigning *c, struct err *err)
{
	const struct options *options = c->options;
	int rc = ixit_load(&c->ixit, options, err);

	if (rc == 0)
		rc = check_reach(&c->ixit, err);
	if (rc == 0)
		rc = scenarios_load(options, &c->catalogue, &c->script, err);
	if (rc < 0)
		return rc;
	lua_play_classes(c->script);
	settings_init();
	rc = ics_check(&c->ixit, &c->catalogue, err);
	if (rc == 0)
		rc = scenarios_check(options, &c->catalogue, err);
	if (rc == 0)
		rc = scenarios_profile(options, &c->arena, &c->profile, err);
	if (rc == 0)
		rc = settings_reader_new(&c->profile.settings, &c->reader, err);
	c->profile.reader = c->reader;
	return rc == 0 ? reporting_open(options, &c->outputs, err) : rc;
}

static void write_repeat(struct campaigning *c)
{
	const struct options *options = c->options;

	buf_puts(&c->repeat, "imconform run");
	if (options->target)
		buf_printf(&c->repeat, " --target '%s'", options->target);
	if (options->core)
		buf_printf(&c->repeat, " --core %s", options->core);
	if (options->ixit)
		buf_printf(&c->repeat, " --ixit %s", options->ixit);
	buf_printf(&c->repeat, " --seed %" PRIu64, options->seed);
}

/* --- evidence: beside the capture or the journal that is asked for, which then tells what frames are meant --- */

static char *path_of_evidence(struct campaigning *c)
{
	char temporary[] = "/tmp/imconform-XXXXXX";
	int fd;

	for (unsigned i = 0; i < c->outputs.count; i++) {
		const struct output *output = &c->outputs.list[i];

		if (strcmp(output->format->name, "pcapng"))
			continue;
		if (strcmp(output->path, "-"))
			return strdup(output->path);
		fd = mkstemp(temporary);
		c->evidence_is_temporary = fd >= 0;
		return fd >= 0 && close(fd) == 0 ? strdup(temporary) : NULL;
	}
	if (c->options->journal) {
		struct buf path = {0};

		buf_printf(&path, "%s.pcapng", c->options->journal);
		return buf_take(&path);
	}
	return NULL;
}

static int start_evidence(struct campaigning *c, struct err *err)
{
	c->evidence_path = path_of_evidence(c);
	return evidence_log_new(c->evidence_path, world_epoch(c->world), &c->evidence, err);
}

/* --- start --- */

static void make_campaign(struct campaigning *c)
{
	struct campaign *campaign = campaign_new(CAMPAIGN_RUN, &c->catalogue, ACTOR_SERVER, false);

	campaign->reference = c->ixit.reference;
	campaign->seed = c->options->seed;
	campaign->strict = c->options->strict;
	campaign->ims = c->ixit.ims;
	c->campaign = campaign;
}

static int start_runner(struct campaigning *c, struct err *err)
{
	struct runner_config config = {
		.world = c->world, .script = c->script, .catalogue = &c->catalogue, .profile = &c->profile,
		.ixit = &c->ixit, .core = c->ixit.core, .target = c->ixit.iut, .transport = c->ixit.iut_transport,
		.transport_fixed = c->options->target && strchr(c->options->target, ';'),
		.options = c->options, .repeat = c->repeat.p, .campaign = c->campaign, .evidence = c->evidence,
		.evidence_file = campaign_add_file(c->campaign, c->evidence_path ? c->evidence_path : "run.pcapng"),
		.on_case = on_case, .arg = c,
	};

	return runner_new(&config, &c->runner, err);
}

static int start_reference(struct campaigning *c, struct err *err)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1};
	struct server_config config = {
		.bind = net_addr_v4(loopback, 0), .core = *runner_core(c->runner), .transport = c->ixit.iut_transport,
		.profile = &c->profile, .domain = c->ixit.domain,
	};
	int rc = server_new(c->world, &config, &c->server, err);

	if (rc == 0)
		runner_set_target(c->runner, server_addr(c->server));
	return rc;
}

static int start_journal(struct campaigning *c, struct err *err)
{
	char address[NET_ADDR_TEXT_MAX];
	const struct option_shard *shard = &c->options->shard;
	int rc;

	campaign_set_address(c->campaign,
			     net_addr_format(address, c->server ? server_addr(c->server) : &c->ixit.iut));
	if (!c->options->journal)
		return 0;
	rc = journal_create(c->options->journal, c->campaign, shard->index, shard->count, &c->journal, err);
	if (rc == 0)
		runner_set_journal(c->runner, c->journal);
	return rc;
}

static int start(struct campaigning *c, struct err *err)
{
	int rc;

	c->world = world_new_real(err);
	if (!c->world)
		return err->code;
	world_seed(c->world, c->options->seed);
	c->signals = uv_signals_new(c->world, on_signal, c);
	make_campaign(c);
	write_repeat(c);
	rc = start_evidence(c, err);
	if (rc == 0)
		rc = start_runner(c, err);
	if (rc == 0 && c->ixit.reference)
		rc = start_reference(c, err);
	return rc == 0 ? start_journal(c, err) : rc;
}

static void say_hello(const struct campaigning *c)
{
	char core[NET_ADDR_TEXT_MAX];

	if (c->options->quiet)
		return;
	fprintf(stderr, "imconform run: %zu cases against %s %s over %s, core at %s, seed %" PRIu64 "\n",
		runner_case_count(c->runner), c->server ? "the built-in reference IM Server at" : "the IM Server at",
		c->campaign->iut_address, net_transport_name(c->ixit.iut_transport),
		net_addr_format(core, runner_core(c->runner)), c->options->seed);
}

static void say_goodbye(const struct campaigning *c)
{
	if (!c->options->quiet)
		fprintf(stderr, "imconform run: %.1f s, at most %u cases side by side%s%s\n", (double)world_now(c->world) / 1e9,
			runner_most_at_once(c->runner), c->evidence_path && !c->evidence_is_temporary ? ", evidence in " : "",
			c->evidence_path && !c->evidence_is_temporary ? c->evidence_path : "");
}

/* --- end --- */

static int close_records(struct campaigning *c, struct err *err)
{
	struct err other;
	int rc = evidence_log_free(c->evidence, err);

	c->evidence = NULL;
	if (journal_close(c->journal, rc == 0 ? err : &other) < 0)
		rc = -EIO;
	c->journal = NULL;
	return rc;
}

static int campaign(struct campaigning *c)
{
	struct err err = {0};
	int status, rc;

	say_hello(c);
	rc = runner_run(c->runner, &err);
	say_goodbye(c);
	campaign_settle(c->campaign);
	if (close_records(c, rc == 0 ? &err : NULL) < 0 || rc < 0)
		fprintf(stderr, "imconform run: %s\n", err.text);
	status = reporting_write(c->options, &c->outputs, c->campaign);
	if (c->signal)
		return EXIT_SIGNAL + c->signal;
	return err.code ? EXIT_HARNESS : status;
}

static void end(struct campaigning *c)
{
	runner_free(c->runner);
	server_free(c->server);
	journal_close(c->journal, NULL);
	evidence_log_free(c->evidence, NULL);
	if (c->evidence_is_temporary)
		unlink(c->evidence_path);
	free(c->evidence_path);
	campaign_free(c->campaign);
	uv_signals_free(c->signals);
	if (c->world)
		world_free(c->world);
	outputs_done(&c->outputs);
	settings_reader_free(c->reader);
	arena_done(&c->arena);
	if (c->script) {
		script_free(c->script);
		catalogue_done(&c->catalogue);
	}
	ixit_done(&c->ixit);
	buf_done(&c->repeat);
}

int cmd_run(const struct options *options)
{
	struct campaigning c = {.options = options};
	struct err err = {0};
	int status = EXIT_USAGE;

	if (load(&c, &err) < 0 || start(&c, &err) < 0)
		fprintf(stderr, "imconform run: %s\n", err.text);
	else
		status = campaign(&c);
	end(&c);
	return status;
}
