/* SPDX-License-Identifier: MIT */
#include "harness/runner_internal.h"
#include "base/mem.h"

#include <stdlib.h>

enum { JOBS_DEFAULT = 256 };

/* --- what the core hears and says --- */

static void on_tap(void *arg, const struct event_path *path, struct slice bytes, bool sent)
{
	struct runner *runner = arg;
	uint64_t now = world_now(runner->config.world);
	struct event_place place = {.file = runner->config.evidence_file};

	if (runner->finished) /* the records are closed; users still take their leave */
		return;
	if (runner->config.evidence)
		place.frame = evidence_log_add(runner->config.evidence, now, path, bytes);
	runner->tapped++;
	intake_message(runner->intake, now, path, place, bytes, NULL, NULL);
}

/* --- cases side by side --- */

static void fill(struct runner *runner)
{
	uint64_t jobs = runner->config.options->jobs ? runner->config.options->jobs : JOBS_DEFAULT;

	while (!runner->finished && runner->running < jobs && runner->started < runner->case_count) {
		runner->running++;
		if (runner->running > runner->most_at_once)
			runner->most_at_once = (unsigned)runner->running;
		case_start(runner->queue[runner->started++]);
	}
}

static void finish(struct runner *runner)
{
	runner->finished = true;
	runner_settle_end(runner);
	world_stop(runner->config.world);
}

void runner_case_ended(struct runner *runner)
{
	if (runner->finished)
		return;
	runner->running--;
	runner_settle(runner);
	if (runner->settled == runner->case_count)
		finish(runner);
	else
		fill(runner);
}

void runner_interrupt(struct runner *runner)
{
	if (!runner->finished)
		finish(runner);
}

/* --- is anybody there? --- */

static void probe(struct runner *runner);

static void give_up(struct runner *runner, const char *why)
{
	char address[NET_ADDR_TEXT_MAX];
	char *reason = mem_printf("the IUT at %s does not answer: %s",
				  net_addr_format(address, &runner->config.target), why);

	campaign_add_note(runner->config.campaign, reason);
	for (size_t i = 0; i < runner->case_count; i++) {
		struct runner_case *c = &runner->cases[i];

		c->state = CASE_JUDGED;
		c->end = LUA_PLAY_STUCK;
		c->why = mem_strdup(reason);
		case_add_open(c, VERDICT_INCONC, reason);
	}
	free(reason);
	runner_settle(runner);
	finish(runner);
}

static void begin(struct runner *runner)
{
	bool large_by_tcp = runner->tcp_open && !runner->config.transport_fixed;

	world_timer_stop(&runner->timer);
	if (runner->tcp)
		stream_close(runner->tcp);
	runner->tcp = NULL;
	core_set_target(runner->core, &runner->config.target, runner->config.transport, large_by_tcp);
	fill(runner);
}

/* Some keep silent to OPTIONS; the second question is one that the specification itself is about. */
static void ask_otherwise(struct runner *runner, const char *why)
{
	if (runner->stage.probe == PROBE_REGISTER) {
		give_up(runner, why);
		return;
	}
	runner->stage.probe = PROBE_REGISTER;
	probe(runner);
}

static void on_probe(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct runner *runner = arg;

	if (msg && msg->status < 200)
		return;
	runner->probing = NULL;
	if (runner->finished)
		return;
	world_timer_stop(&runner->timer);
	if (msg)
		begin(runner);
	else
		ask_otherwise(runner, err->text);
}

static void on_patience(void *arg)
{
	struct runner *runner = arg;

	client_txn_detach(runner->probing);
	runner->probing = NULL;
	ask_otherwise(runner, "no answer to OPTIONS and REGISTER");
}

static void probe(struct runner *runner)
{
	struct err err;

	if (core_probe(runner->core, runner->stage.probe, on_probe, runner, &runner->probing, &err) < 0)
		give_up(runner, err.text);
	else
		world_timer_start(runner->config.world, &runner->timer, runner->config.ixit->timers.answer, on_patience,
				  runner);
}

static void tcp_on_open(void *arg, struct stream *stream)
{
	((struct runner *)arg)->tcp_open = true;
}

static void tcp_on_bytes(void *arg, struct stream *stream, struct slice bytes)
{
}

static void tcp_on_close(void *arg, struct stream *stream, const struct err *err)
{
	((struct runner *)arg)->tcp = NULL;
}

static void start(void *arg)
{
	static const struct stream_events events = {tcp_on_open, tcp_on_bytes, tcp_on_close};
	struct runner *runner = arg;

	core_set_target(runner->core, &runner->config.target, runner->config.transport, false);
	if (runner->config.transport == NET_UDP && !runner->config.transport_fixed)
		stream_connect(runner->config.world, &runner->config.target, &events, runner, &runner->tcp, NULL);
	probe(runner);
}

/* --- life --- */

int runner_run(struct runner *runner, struct err *err)
{
	world_timer_start(runner->config.world, &runner->timer, 0, start, runner);
	world_run(runner->config.world);
	runner->config.campaign->complete = runner->settled == runner->case_count;
	runner->config.campaign->input.sip_messages += runner->tapped;
	if (runner->code && err)
		*err = runner->err;
	return runner->code;
}

int runner_new(const struct runner_config *config, struct runner **ret_runner, struct err *err)
{
	struct runner *runner = mem_alloc(sizeof(*runner));
	struct core_config core = {
		.bind = config->core, .target = config->target, .transport = config->transport,
		.domain = config->ixit->domain, .on_tap = on_tap, .arg = runner,
	};
	struct intake_config intake = {.profile = config->profile, .live = true};
	int rc;

	runner->config = *config;
	runner->intake = intake_new(&intake);
	rc = runner_select(runner, err);
	if (rc == 0)
		rc = core_new(config->world, &core, &runner->core, err);
	if (rc < 0) {
		runner_free(runner);
		return rc;
	}
	runner->stage = (struct lua_stage){
		.script = config->script, .core = runner->core, .profile = config->profile,
		.timers = config->ixit->timers,
	};
	*ret_runner = runner;
	return 0;
}

void runner_free(struct runner *runner)
{
	if (!runner)
		return;
	runner->finished = true;
	world_timer_stop(&runner->timer);
	if (runner->tcp)
		stream_close(runner->tcp);
	if (runner->probing)
		client_txn_detach(runner->probing);
	for (size_t i = 0; i < runner->case_count; i++)
		case_done(&runner->cases[i]);
	runner_settle_end(runner);
	core_free(runner->core);
	intake_free(runner->intake);
	map_done(&runner->proven);
	free(runner->held);
	free(runner->cases);
	free(runner->queue);
	free(runner);
}

const struct net_addr *runner_core(const struct runner *runner)
{
	return core_addr(runner->core);
}

void runner_set_target(struct runner *runner, const struct net_addr *target)
{
	runner->config.target = *target;
}

void runner_set_journal(struct runner *runner, struct journal *journal)
{
	runner->config.journal = journal;
}

size_t runner_case_count(const struct runner *runner)
{
	return runner->case_count;
}

unsigned runner_most_at_once(const struct runner *runner)
{
	return runner->most_at_once;
}
