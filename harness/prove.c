/* SPDX-License-Identifier: MIT */
#include "harness/prove.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS_MAX = 16, SEEDS = 60, WEATHER_MANY = 20 };

const struct prove_side *const prove_sides[] = {&prove_server, &prove_client, &prove_server_ims, &prove_client_ims,
						NULL};

const char *proof_kind_name(enum proof_kind kind)
{
	static const char *const names[PROOF_KINDS] = {"broken", "faults", "variants", "nulls", "weather", "audit"};

	return names[kind];
}

void proofs_add(struct proofs *proofs, enum proof_kind kind, size_t requirement, bool held, char *name, char *text)
{
	MEM_GROW(proofs->list, proofs->count, proofs->cap);
	proofs->list[proofs->count++] =
		(struct proof){.kind = kind, .requirement = requirement, .held = held, .name = name, .text = text};
}

void proofs_done(struct proofs *proofs)
{
	for (size_t i = 0; i < proofs->count; i++) {
		free(proofs->list[i].name);
		free(proofs->list[i].text);
	}
	free(proofs->list);
}

/* --- jobs --- */

struct jobs {
	const struct options *options;
	struct prove_job *list;
	size_t count, cap;
	size_t next; /* atomic */
};

static struct prove_job *add_job(struct jobs *jobs, const struct prove_side *side, enum proof_kind kind, size_t number)
{
	struct prove_job *job;

	MEM_GROW(jobs->list, jobs->count, jobs->cap);
	job = &jobs->list[jobs->count++];
	*job = (struct prove_job){.side = side,
				  .kind = kind,
				  .number = number,
				  .seed = jobs->options->seed,
				  .weather = {.delay = SECOND / 1000}};
	return job;
}

/* Three campaigns of four in one hostile way, the fourth in all of them together. */
static struct weather weather_of(size_t number)
{
	static const struct weather kinds[] = {
		{.delay = SECOND / 100, .loss = 300},
		{.delay = SECOND / 100, .jitter = SECOND / 5, .duplicate = 300},
		{.delay = SECOND / 100, .jump = 5 * SECOND},
		{.delay = SECOND / 50, .jitter = SECOND / 50, .loss = 100, .duplicate = 100, .jump = 5 * SECOND},
	};

	return kinds[number % ARRAY_LEN(kinds)];
}

static bool is_selected(const struct prove_stage *stage, const struct prove_side *side)
{
	for (size_t r = 0; r < stage->catalogue.requirement_count; r++)
		if (prove_side_has(side, stage, r))
			return true;
	return false;
}

static void add_side(struct jobs *jobs, const struct prove_side *side)
{
	size_t seeds = jobs->options->seeds ? jobs->options->seeds : SEEDS;
	struct prove_job *job;

	add_job(jobs, side, PROOF_BROKEN, 0);
	for (enum proof_kind kind = PROOF_FAULTS; kind <= PROOF_NULLS; kind++)
		for (size_t i = 0; i < side->tables[kind]->count; i++)
			add_job(jobs, side, kind, i);
	for (size_t i = 0; i < seeds; i++) {
		job = add_job(jobs, side, PROOF_WEATHER, i);
		job->seed += i;
		job->weather = weather_of(i);
	}
}

/* The I-th of N parts has every N-th job. */
static void keep_shard(struct jobs *jobs)
{
	const struct option_shard *shard = &jobs->options->shard;
	size_t kept = 0;

	for (size_t i = 0; i < jobs->count; i++)
		if (i % shard->count == shard->index - 1)
			jobs->list[kept++] = jobs->list[i];
	jobs->count = kept;
}

/* --- threads --- */

struct worker {
	pthread_t thread;
	struct jobs *jobs;
	int code;
	struct err err;
};

static void job_run(const struct prove_stage *stage, struct prove_job *job)
{
	if (job->kind == PROOF_BROKEN)
		job->code = prove_broken(stage, job, &job->err);
	else
		job->code = prove_peers(stage, job, &job->err);
}

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct jobs *jobs = worker->jobs;
	struct prove_stage stage;
	size_t at;

	worker->code = prove_stage_init(&stage, jobs->options, &worker->err);
	while (worker->code == 0 && (at = __atomic_fetch_add(&jobs->next, 1, __ATOMIC_RELAXED)) < jobs->count)
		job_run(&stage, &jobs->list[at]);
	prove_stage_done(&stage);
	return NULL;
}

static size_t thread_count(const struct jobs *jobs)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t count = jobs->options->jobs ? jobs->options->jobs : processors > 0 ? (size_t)processors : 1;

	if (count > THREADS_MAX)
		count = THREADS_MAX;
	return count < jobs->count ? count : jobs->count;
}

static int work_all(struct jobs *jobs, struct err *err)
{
	struct worker workers[THREADS_MAX] = {0};
	size_t count = thread_count(jobs), started = 0;
	int code = 0;

	for (; started < count; started++) {
		workers[started].jobs = jobs;
		if (pthread_create(&workers[started].thread, NULL, work, &workers[started]))
			break;
	}
	if (!started)
		return err_set(err, -EAGAIN, "no thread can be started");
	for (size_t i = 0; i < started; i++) {
		pthread_join(workers[i].thread, NULL);
		if (workers[i].code && !code) {
			code = workers[i].code;
			*err = workers[i].err;
		}
	}
	return code;
}

/* --- all of it --- */

static void take_proofs(struct proving *proving, struct prove_job *job)
{
	for (size_t i = 0; i < job->proofs.count; i++) {
		const struct proof *p = &job->proofs.list[i];

		proofs_add(&proving->proofs, p->kind, p->requirement, p->held, p->name, p->text);
		proving->proofs.list[proving->proofs.count - 1].decided = p->decided;
	}
	free(job->proofs.list);
	proving->cases += job->cases;
	proving->campaigns++;
}

int proving_run(struct proving *proving, const struct options *options, struct err *err)
{
	struct jobs jobs = {.options = options};
	int rc;

	settings_init();
	*proving = (struct proving){0};
	rc = prove_stage_init(&proving->stage, options, err);
	if (rc < 0)
		return rc;
	for (const struct prove_side *const *side = prove_sides; *side; side++)
		if (is_selected(&proving->stage, *side))
			add_side(&jobs, *side);
	if (!jobs.count)
		return err_set(err, -EINVAL, "no requirement is selected that can be proved");
	keep_shard(&jobs);
	rc = jobs.count ? work_all(&jobs, err) : 0;
	for (size_t i = 0; i < jobs.count; i++) {
		take_proofs(proving, &jobs.list[i]);
		if (jobs.list[i].code && rc == 0) {
			rc = jobs.list[i].code;
			*err = jobs.list[i].err;
		}
	}
	free(jobs.list);
	return rc;
}

void proving_done(struct proving *proving)
{
	proofs_done(&proving->proofs);
	prove_stage_done(&proving->stage);
}

struct proof_cell proving_cell(const struct proving *proving, size_t requirement, enum proof_kind kind)
{
	struct proof_cell cell = {.kind = kind};

	for (size_t i = 0; i < proving->proofs.count; i++) {
		const struct proof *p = &proving->proofs.list[i];

		if (p->requirement != requirement || p->kind != kind)
			continue;
		cell.count++;
		cell.held += p->held;
		cell.decided += p->decided;
	}
	return cell;
}

bool proving_cell_holds(struct proof_cell cell)
{
	if (cell.kind == PROOF_WEATHER && cell.count >= WEATHER_MANY && !cell.decided)
		return false;
	return cell.count && cell.held == cell.count;
}

/* A shard has not all of the proofs. */
static bool is_proved(const struct proving *proving, struct proof_cell cell)
{
	return cell.count || proving->stage.options->shard.count == 1 ? proving_cell_holds(cell) : true;
}

bool proving_holds(const struct proving *proving)
{
	for (size_t r = 0; r < proving->stage.catalogue.requirement_count; r++)
		for (enum proof_kind kind = 0; prove_stage_has(&proving->stage, r) && kind < PROOF_KINDS; kind++)
			if (!is_proved(proving, proving_cell(proving, r, kind)))
				return false;
	return true;
}
