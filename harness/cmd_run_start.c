/* SPDX-License-Identifier: MIT */
#include "harness/cmd_run_parts.h"
#include "base/mem.h"
#include "base/time.h"
#include "harness/ixit_facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void on_signal(void *arg, int number)
{
	struct campaigning *c = arg;

	c->signal = number;
	runner_interrupt(c->runner);
}

static void show_progress(struct campaigning *c)
{
	struct progress_counts counts = {.all = runner_case_count(c->runner), .time = world_now(c->world)};
	struct buf line = {0};

	if (!progress_is_due(&c->progress, counts.time))
		return;
	runner_counts(c->runner, &counts.done, &counts.running, &counts.waiting);
	progress_text(&line, &counts);
	progress_show(&c->progress, counts.time, line.p);
	buf_done(&line);
}

static void on_tick(void *arg)
{
	struct campaigning *c = arg;

	show_progress(c);
	world_timer_start(c->world, &c->tick, SECOND, on_tick, c);
}

void campaigning_start_progress(struct campaigning *c)
{
	if (!progress_is_wanted(c->options->quiet, isatty(STDERR_FILENO), getenv))
		return;
	c->progress.to = stderr;
	if (!c->options->is_virtual)
		world_timer_start(c->world, &c->tick, SECOND, on_tick, c);
}

void campaigning_stop_progress(struct campaigning *c)
{
	world_timer_stop(&c->tick);
	progress_clear(&c->progress);
}

/* What did not pass is worth a line at once; its reason may name somebody. */
static void on_case(void *arg, const struct campaign_case *test_case)
{
	struct campaigning *c = arg;

	if (!c->options->quiet && test_case->verdict > VERDICT_PASS && !runner_is_in_vain(c->runner)) {
		progress_clear(&c->progress);
		fprintf(stderr, "%-6s %s%s%s\n", verdict_name(test_case->verdict), test_case->name,
			c->options->redact ? "" : ": ", c->options->redact ? "" : test_case->reason);
	}
	show_progress(c);
}

/* The hook learns in its environment for whom, and what. */
static void deposit_by_hook(void *arg, struct user *user, struct slice text, void (*done)(void *to, const char *wrong),
			    void *to)
{
	struct campaigning *c = arg;
	struct arena arena = {0};
	const char *variables[] = {
		arena_printf(&arena, "IMCONFORM_USER=%s", user->address),
		arena_printf(&arena, "IMCONFORM_TEXT=%.*s", SLICE_F(text)),
		NULL,
	};

	uv_hook_run(c->hooks, c->ixit.hooks.deposit, variables, done, to);
	arena_done(&arena);
}

/* --- evidence: beside the capture or the journal that is asked for, which then tells what frames are meant --- */

static char *temporary_evidence(struct campaigning *c)
{
	char temporary[] = "/tmp/imconform-XXXXXX";
	int fd = mkstemp(temporary);

	c->evidence_is_temporary = fd >= 0;
	return fd >= 0 && close(fd) == 0 ? mem_strdup(temporary) : NULL;
}

/* A redacted capture is made of another one, which has all the names. */
static char *path_of_evidence(struct campaigning *c)
{
	const struct output *capture = NULL;

	for (unsigned i = 0; i < c->outputs.count && !capture; i++)
		if (strcmp(c->outputs.list[i].format->name, "pcapng") == 0)
			capture = &c->outputs.list[i];
	if (capture && strcmp(capture->path, "-") && !c->options->redact)
		return mem_strdup(capture->path);
	if (c->options->journal) {
		struct buf path = {0};

		buf_printf(&path, "%s.pcapng", c->options->journal);
		return buf_take(&path);
	}
	return capture ? temporary_evidence(c) : NULL;
}

static int start_evidence(struct campaigning *c, struct err *err)
{
	mode_t before = umask(0);
	int rc;

	umask(c->ixit.tls_secrets ? 077 : before); /* who has the secrets reads everything */
	c->evidence_path = path_of_evidence(c);
	rc = evidence_log_new(c->evidence_path, world_epoch(c->world), &c->evidence, err);
	umask(before);
	return rc;
}

/* --- start --- */

static void make_campaign(struct campaigning *c)
{
	struct campaign *campaign = campaign_new(CAMPAIGN_RUN, &c->catalogue, c->ixit.iut_role, false);

	campaign->reference = c->ixit.reference;
	campaign->seed = c->options->seed;
	campaign->strict = c->options->strict;
	campaign->ims = c->ixit.ims;
	if (c->options->is_virtual)
		campaign_add_note(campaign, "on a virtual clock, without sockets");
	scenarios_note_profile(&c->profile, campaign);
	ixit_review_apply(&c->ixit, campaign);
	ixit_tell(&c->ixit, c->options, campaign);
	c->campaign = campaign;
}

/* A temporary name tells nobody anything, and is another in every run. */
static unsigned add_evidence_file(struct campaigning *c)
{
	unsigned file = campaign_add_file(c->campaign, c->evidence_path ? c->evidence_path : "run.pcapng");

	if (c->evidence_is_temporary)
		campaign_set_text(&c->campaign->file_names[file], "run.pcapng");
	return file;
}

static int start_runner(struct campaigning *c, struct err *err)
{
	struct runner_config config = {
		.world = c->world,
		.script = c->script,
		.catalogue = &c->catalogue,
		.profile = &c->profile,
		.ixit = &c->ixit,
		.core = c->ixit.core,
		.target = c->ixit.iut,
		.transport = c->ixit.iut_transport,
		.transport_fixed = c->options->transport || (c->options->target && strchr(c->options->target, ';')),
		.reorders = !c->ixit.orderly,
		.targets = c->targets,
		.target_count = c->target_count,
		.entropy = c->ixit.reference ? 0 : world_random(c->world),
		.options = c->options,
		.repeat = c->repeat.p,
		.campaign = c->campaign,
		.evidence = c->evidence,
		.evidence_file = add_evidence_file(c),
		.deposit = c->ixit.deposit == IXIT_DEPOSIT_HOOK ? deposit_by_hook : NULL,
		.on_case = on_case,
		.arg = c,
	};

	return runner_new(&config, &c->runner, err);
}

static int start_reference(struct campaigning *c, struct err *err)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1};
	struct server_config config = {
		.bind = net_addr_v4(loopback, 0),
		.core = *runner_core(c->runner),
		.transport = c->ixit.iut_transport,
		.profile = &c->profile,
		.domain = c->ixit.domain,
		.ims = c->ixit.ims,
		.direct = c->ixit.direct,
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

	if (c->server || c->ixit.iut_known)
		campaign_set_address(c->campaign,
				     net_addr_format(address, c->server ? server_addr(c->server) : &c->ixit.iut));
	if (!c->options->journal)
		return 0;
	rc = journal_create(c->options->journal, c->campaign, shard->index, shard->count, &c->journal, err);
	if (rc == 0)
		runner_set_journal(c->runner, c->journal);
	return rc;
}

/* A virtual world has no loop that signals and hooks could come through, and is over before anybody calls. */
static int start_world(struct campaigning *c, struct err *err)
{
	if (c->options->is_virtual) {
		static const struct weather weather = {.delay = MILLISECOND}; /* what happens at once has no order */

		c->world = world_new_virtual(c->options->seed, &weather);
		return 0;
	}
	c->world = world_new_real(err);
	if (!c->world)
		return err->code;
	world_seed(c->world, c->options->seed);
	c->signals = uv_signals_new(c->world, on_signal, c);
	c->hooks = uv_hooks_new(c->world);
	return 0;
}

int campaigning_start(struct campaigning *c, struct err *err)
{
	int rc;

	rc = start_world(c, err);
	if (rc < 0)
		return rc;
	make_campaign(c);
	campaigning_repeat(c);
	rc = start_evidence(c, err);
	if (rc == 0)
		rc = campaigning_start_tls(c, err);
	if (rc == 0)
		rc = start_runner(c, err);
	if (rc == 0 && c->ixit.iut_role == ACTOR_CLIENT)
		rc = campaigning_start_tester(c, err);
	else if (rc == 0 && c->ixit.reference)
		rc = start_reference(c, err);
	return rc == 0 ? start_journal(c, err) : rc;
}
