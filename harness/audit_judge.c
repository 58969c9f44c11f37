/* SPDX-License-Identifier: MIT
 *
 * Chapters are judged by whoever has time: some threads, and the reading one when it is too far ahead. The chapters of
 * one user come one after the other, because each begins with what is known at the end of the one before. Findings are
 * told by the reading thread, in the order in which chapters ended; so threads leave no mark. */
#include "harness/audit_parts.h"
#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { JOBS_AHEAD = 128, ORDER_BITS = 20 };

struct job {
	struct task task;
	struct audit_judging *judging;
	struct chapter *chapter;
	struct finding *findings;
	size_t count, cap;
};

struct worker {
	struct audit_judging *judging;
	struct judge judge;
	struct job *job; /* at hand */
	uint64_t order;  /* of its next finding */
	struct settings_cache cache;
	struct arena spare; /* for flows */
	uint64_t *counts;   /* by requirement and verdict, of findings that nobody keeps */
};

struct audit_judging {
	struct audit *audit;
	struct worker *workers;       /* as many as the crew has */
	struct job *ring[JOBS_AHEAD]; /* in the order in which chapters ended */
	size_t ring_first, ring_count;
	_Atomic uint64_t *limits; /* by requirement and verdict: findings above this order are only counted */
	const struct campaign_requirement **kept; /* by requirement: where they are kept; NULL: not in this campaign */
	int result;
	struct err err;
};

static size_t slot(size_t requirement, enum verdict verdict)
{
	return requirement * VERDICT_COUNT + verdict;
}

/* --- judging: any thread --- */

static bool count_only(void *arg, size_t requirement, enum verdict verdict)
{
	struct worker *worker = arg;
	uint64_t order = worker->order++;

	if (order <= atomic_load_explicit(&worker->judging->limits[slot(requirement, verdict)], memory_order_relaxed))
		return false;
	worker->counts[slot(requirement, verdict)]++;
	return true;
}

static void take_finding(void *arg, struct finding *finding)
{
	struct worker *worker = arg;
	struct job *job = worker->job;

	finding->order = worker->order - 1;
	MEM_GROW(job->findings, job->count, job->cap);
	job->findings[job->count++] = *finding;
}

static void judge_chapter(struct task *task, unsigned at)
{
	struct job *job = (struct job *)task;
	struct worker *worker = &job->judging->workers[at];
	struct flow *flow = chapter_flow(job->chapter, &worker->spare);
	struct state end;

	worker->job = job;
	worker->order = chapter_number(job->chapter) << ORDER_BITS;
	flow->settings_cache = &worker->cache;
	judge_flow(&worker->judge, flow, &end);
	chapter_keep(job->chapter, &end);
	flow_free_to(flow, &worker->spare);
}

/* --- telling: the reading thread --- */

static size_t requirement_of(const struct audit_judging *j, const struct finding *finding)
{
	const struct catalogue *catalogue = j->audit->config->judge->catalogue;
	size_t i = 0;

	while (strcmp(catalogue->requirements[i]->id, finding->requirement) != 0)
		i++;
	return i;
}

static void tell_finding(struct audit_judging *j, struct finding *finding)
{
	const struct audit_config *config = j->audit->config;
	size_t at = requirement_of(j, finding);
	enum verdict verdict = finding->verdict;

	if (verdict != VERDICT_PASS && config->journal && j->result == 0)
		j->result = journal_add_finding(config->journal, finding, &j->err);
	if (verdict != VERDICT_PASS && config->on_finding)
		config->on_finding(config->arg, finding);
	campaign_add_finding(config->campaign, finding, NULL);
	atomic_store_explicit(&j->limits[slot(at, verdict)], j->kept[at]->last[verdict], memory_order_relaxed);
}

static void tell_job(struct audit_judging *j, struct job *job)
{
	void **last = chapter_last(job->chapter);

	if (*last == job)
		*last = NULL;
	for (size_t i = 0; i < job->count; i++)
		tell_finding(j, &job->findings[i]);
	free(job->findings);
	chapter_free(job->chapter);
	free(job);
}

/* Until at most `most` chapters are not told. */
static void catch_up(struct audit_judging *j, size_t most)
{
	while (j->ring_count) {
		struct job *oldest = j->ring[j->ring_first];
		if (j->ring_count > most)
			crew_wait(j->audit->crew, &oldest->task);
		else if (!task_is_done(&oldest->task))
			break;
		j->ring_first = (j->ring_first + 1) % JOBS_AHEAD;
		j->ring_count--;
		tell_job(j, oldest);
	}
}

static bool in_shard(const struct audit_config *config, const struct chapter *chapter)
{
	return config->shards <= 1 || chapter_user_hash(chapter) % config->shards == config->shard - 1;
}

void audit_judge_chapter(void *arg, struct chapter *chapter)
{
	struct audit_judging *j = ((struct audit *)arg)->judging;
	void **last = chapter_last(chapter);
	struct job *job, *before;

	if (!in_shard(j->audit->config, chapter)) {
		chapter_free(chapter);
		return;
	}
	job = mem_alloc(sizeof(*job));
	job->task.run = judge_chapter;
	job->judging = j;
	job->chapter = chapter;
	before = *last;
	*last = job;
	crew_give(j->audit->crew, &job->task, CREW_LATER, before ? &before->task : NULL);
	j->ring[(j->ring_first + j->ring_count++) % JOBS_AHEAD] = job;
	catch_up(j, crew_size(j->audit->crew) > 1 ? JOBS_AHEAD - 1 : 0);
}

/* --- life --- */

static void worker_init(struct audit_judging *j, struct worker *worker)
{
	const struct judge *judge = j->audit->config->judge;

	worker->judging = j;
	worker->judge = *judge;
	worker->judge.on_finding = take_finding;
	worker->judge.on_count = count_only;
	worker->judge.arg = worker;
	worker->counts = mem_alloc((judge->catalogue->requirement_count + 1) * VERDICT_COUNT * sizeof(*worker->counts));
	settings_cache_init(&worker->cache, 0);
}

struct audit_judging *audit_judging_new(struct audit *audit)
{
	struct audit_judging *j = mem_alloc(sizeof(*j));
	const struct catalogue *catalogue = audit->config->judge->catalogue;
	size_t count = catalogue->requirement_count;

	j->audit = audit;
	j->limits = mem_alloc((count + 1) * VERDICT_COUNT * sizeof(*j->limits));
	j->kept = mem_alloc((count + 1) * sizeof(*j->kept));
	for (size_t i = 0; i < count; i++) {
		j->kept[i] = campaign_find(audit->config->campaign, catalogue->requirements[i]->id);
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			atomic_init(&j->limits[slot(i, v)], UINT64_MAX);
	}
	j->workers = mem_alloc(crew_size(audit->crew) * sizeof(*j->workers));
	for (unsigned i = 0; i < crew_size(audit->crew); i++)
		worker_init(j, &j->workers[i]);
	return j;
}

static void add_counts(struct audit_judging *j, const struct worker *worker)
{
	const struct catalogue *catalogue = j->audit->config->judge->catalogue;

	for (size_t i = 0; i < catalogue->requirement_count; i++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			if (worker->counts[slot(i, v)])
				campaign_add_count(j->audit->config->campaign, catalogue->requirements[i]->id,
						   (enum verdict)v, worker->counts[slot(i, v)], NULL);
}

int audit_judging_finish(struct audit_judging *j, struct err *err)
{
	int result;

	catch_up(j, 0);
	for (unsigned i = 0; i < crew_size(j->audit->crew); i++) {
		struct worker *worker = &j->workers[i];
		add_counts(j, worker);
		settings_cache_done(&worker->cache);
		arena_done(&worker->spare);
		free(worker->counts);
	}
	result = j->result;
	if (result < 0 && err)
		*err = j->err;
	free(j->workers);
	free(j->limits);
	free(j->kept);
	free(j);
	return result;
}
