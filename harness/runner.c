/* SPDX-License-Identifier: MIT */
#include "harness/runner_internal.h"
#include "base/mem.h"
#include "base/time.h"

#include <errno.h>
#include <stdlib.h>

enum { JOBS_DEFAULT = 512, WORKING_MAX = 256 };
#define FILL_AGAIN      MILLISECOND
#define CLIENT_PATIENCE (60 * SECOND) /* a person acts, or nobody */

/* --- what the core hears and says --- */

void runner_on_tap(void *arg, const struct event_path *path, struct slice bytes, bool sent)
{
	struct runner *runner = arg;
	uint64_t now = world_now(runner->config.world);
	struct event_place place = {.file = runner->config.evidence_file};

	if (runner->finished) /* the records are closed; users still take their leave */
		return;
	if (runner->config.evidence)
		place.frame = evidence_log_add(runner->config.evidence, now, path, bytes);
	if (!sent)
		runner_heard(runner, bytes);
	runner->tapped++;
	if (intake_message(runner->intake, now, path, place, bytes, NULL) == -ENOENT && !sent &&
	    runner_after_wakes(runner, bytes))
		intake_message(runner->intake, now, path, place, bytes, NULL);
}

/* --- cases side by side --- */

static void fill_again(void *arg)
{
	runner_fill(arg);
}

/* However many cases may wait side by side, they do not all ask at once: no socket takes thousands of datagrams. */
static bool is_busy_asking(struct runner *runner)
{
	if (!runner->core || core_working(runner->core) < WORKING_MAX)
		return false;
	world_timer_start(runner->config.world, &runner->filling, FILL_AGAIN, fill_again, runner);
	return true;
}

static bool is_kept_back(struct runner *runner)
{
	uint64_t now = world_now(runner->config.world);

	if (now >= runner->clear_at)
		return false;
	world_timer_start(runner->config.world, &runner->filling, runner->clear_at - now, fill_again, runner);
	return true;
}

static void start_next(struct runner *runner)
{
	struct runner_case *c = runner->queue[runner->started++];

	runner->running++;
	if (runner->running > runner->most_at_once)
		runner->most_at_once = (unsigned)runner->running;
	runner->clear_at = c->play->ahead ? world_now(runner->config.world) + c->play->ahead : 0;
	case_start(c);
}

void runner_fill(struct runner *runner)
{
	uint64_t jobs = runner->config.options->jobs ? runner->config.options->jobs : JOBS_DEFAULT;

	if (runner->config.ixit->user_count) /* cases take turns with them */
		jobs = runner->registrar ? runner->config.ixit->user_count : 1;
	if (runner->stage.tester && runner->stage.tester->at_once && jobs > runner->stage.tester->at_once)
		jobs = runner->stage.tester->at_once;
	while (!runner->finished && runner->running < jobs && runner->started < runner->case_count &&
	       !is_busy_asking(runner) && !is_kept_back(runner))
		start_next(runner);
}

void runner_finish(struct runner *runner)
{
	runner->finished = true;
	runner_after_judge(runner);
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
		runner_finish(runner);
	else
		runner_fill(runner);
}

void runner_give_up(struct runner *runner, const char *note, const char *reason)
{
	runner->in_vain = true;
	campaign_add_note(runner->config.campaign, note);
	for (size_t i = runner->case_count; i--;) {
		struct runner_case *c = &runner->cases[i];

		if (c->state != CASE_WAITING)
			continue;
		case_judged(c);
		c->end = LUA_PLAY_STUCK;
		c->why = mem_strdup(reason);
		case_add_open(c, VERDICT_INCONC, reason);
	}
	runner->started = runner->case_count;
}

void runner_interrupt(struct runner *runner)
{
	if (!runner->finished)
		runner_finish(runner);
}

/* --- life --- */

int runner_run(struct runner *runner, struct err *err)
{
	runner_settle_start(runner);
	world_timer_start(runner->config.world, &runner->timer, 0, runner_start, runner);
	world_run(runner->config.world);
	runner->config.campaign->complete = runner->settled == runner->case_count;
	runner->config.campaign->input.sip_messages += runner->tapped;
	if (runner->code && err)
		*err = runner->err;
	return runner->code;
}

/* A server that asks users for passwords asks the friends who write to them, too: the last user of the IXIT is one. */
static void take_friend(struct runner *runner)
{
	const struct ixit *ixit = runner->config.ixit;
	const struct ixit_user *last = ixit->user_count ? &ixit->users[ixit->user_count - 1] : NULL;

	if (!last || !ixit->direct)
		return;
	runner->stage.friend = last->address;
	runner->stage.friend_login = (struct user_login){last->private_id, ixit_password(&runner->arena, last)};
}

int runner_new(const struct runner_config *config, struct runner **ret_runner, struct err *err)
{
	struct runner *runner = mem_alloc(sizeof(*runner));
	struct core_config core = {
		.feature_tag = config->profile->feature_tag,
		.bind = config->core,
		.target = config->target,
		.transport = config->transport,
		.sips = config->ixit->sips,
		.on_tls_failed = runner_on_tls_failed,
		.domain = config->ixit->domain,
		.ims = config->ixit->ims,
		.direct = config->ixit->direct,
		.on_tap = runner_on_tap,
		.arg = runner,
	};
	/* of users whom the IXIT names nobody knows what was before */
	bool server = config->ixit->iut_role == ACTOR_SERVER;
	struct intake_config intake = {.profile = config->profile, .live = !config->ixit->user_count || !server};
	int rc;

	runner->config = *config;
	runner->intake = intake_new(&intake);
	rc = runner_select(runner, err);
	if (rc == 0)
		rc = server ? core_new(config->world, &core, &runner->core, err) : client_runner_start(runner, err);
	if (rc < 0) {
		runner_free(runner);
		return rc;
	}
	runner->stage = (struct lua_stage){
		.world = config->world,
		.script = config->script,
		.core = runner->core,
		.registrar = runner->registrar,
		.profile = config->profile,
		.timers = config->ixit->timers,
		.deposit = config->deposit,
		.arg = config->arg,
	};
	take_friend(runner);
	if (config->tester)
		runner_set_tester(runner, config->tester);
	*ret_runner = runner;
	return 0;
}

void runner_free(struct runner *runner)
{
	if (!runner)
		return;
	runner->finished = true;
	world_timer_stop(&runner->timer);
	world_timer_stop(&runner->filling);
	if (runner->tcp)
		stream_close(runner->tcp);
	if (runner->probing)
		client_txn_detach(runner->probing);
	for (size_t i = 0; i < runner->case_count; i++)
		case_done(&runner->cases[i]);
	runner_settle_end(runner);
	core_free(runner->core);
	registrar_free(runner->registrar);
	free(runner->busy);
	arena_done(&runner->stage.scratch);
	arena_done(&runner->spare);
	arena_done(&runner->arena);
	intake_free(runner->intake);
	runner_after_done(&runner->after);
	map_done(&runner->proven);
	free(runner->cases);
	free(runner->queue);
	free(runner);
}

const struct net_addr *runner_core(const struct runner *runner)
{
	return runner->registrar ? registrar_addr(runner->registrar) : core_addr(runner->core);
}

void runner_set_target(struct runner *runner, const struct net_addr *target)
{
	runner->config.target = *target;
}

void runner_set_tester(struct runner *runner, struct tester *tester)
{
	runner->stage.tester = tester;
	runner->stage.patience = tester->patient ? CLIENT_PATIENCE : runner->config.ixit->timers.answer;
}

void runner_set_journal(struct runner *runner, struct journal *journal)
{
	runner->config.journal = journal;
}

size_t runner_case_count(const struct runner *runner)
{
	return runner->case_count;
}

void runner_counts(const struct runner *runner, size_t *ret_ended, size_t *ret_running, size_t *ret_waiting)
{
	*ret_ended = runner->settled;
	*ret_running = runner->running;
	*ret_waiting = runner->case_count - runner->started;
}

bool runner_is_in_vain(const struct runner *runner)
{
	return runner->in_vain;
}

unsigned runner_most_at_once(const struct runner *runner)
{
	return runner->most_at_once;
}
