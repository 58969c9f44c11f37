/* SPDX-License-Identifier: MIT
 *
 * imconform run: a live campaign on real sockets. Without a target, the reference IM Server is started inside, in the
 * same loop, on an address of its own. */
#include "harness/cmd_run_parts.h"
#include "harness/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void say_hello(const struct campaigning *c)
{
	size_t count = runner_case_count(c->runner);
	char core[NET_ADDR_TEXT_MAX];

	if (c->options->quiet)
		return;
	fprintf(stderr, "imconform run: %zu case%s against ", count, count == 1 ? "" : "s");
	if (c->tester)
		fputs(c->tester->name, stderr);
	else
		fprintf(stderr, "the %s at %s over %s", c->server ? "built-in reference IM Server" : "IM Server",
			c->campaign->iut_address, net_transport_name(c->ixit.iut_transport));
	fprintf(stderr, ", core at %s, seed %" PRIu64 "\n", net_addr_format(core, runner_core(c->runner)),
		c->options->seed);
}

static void say_goodbye(const struct campaigning *c)
{
	if (!c->options->quiet)
		fprintf(stderr, "imconform run: %.1f s, at most %u case%s side by side%s%s\n",
			(double)world_now(c->world) / 1e9, runner_most_at_once(c->runner),
			runner_most_at_once(c->runner) == 1 ? "" : "s",
			c->evidence_path && !c->evidence_is_temporary ? ", evidence in " : "",
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
	campaigning_start_progress(c);
	rc = runner_run(c->runner, &err);
	campaigning_stop_progress(c);
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
	tester_free(c->tester);
	server_free(c->server);
	journal_close(c->journal, NULL);
	evidence_log_free(c->evidence, NULL);
	if (c->evidence_is_temporary)
		unlink(c->evidence_path);
	free(c->evidence_path);
	campaign_free(c->campaign);
	uv_hooks_free(c->hooks);
	uv_signals_free(c->signals);
	if (c->world)
		world_free(c->world);
	tls_context_free(c->tls);
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
	int status;

	if (campaigning_load(&c, &err) < 0 || campaigning_start(&c, &err) < 0) {
		fprintf(stderr, "imconform run: %s\n", err.text);
		status = exit_of(&err);
	} else {
		status = campaign(&c);
	}
	end(&c);
	return status;
}
