/* SPDX-License-Identifier: MIT
 *
 * Chapters are judged by whoever has time: some threads, and the reading one when it is too far ahead. The chapters of
 * one user come one after the other, because each begins with what is known at the end of the one before. Findings are
 * told by the reading thread, in the order in which chapters ended; so threads leave no mark. */
#include "harness/audit_parts.h"
#include "base/mem.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { JOBS_AHEAD = 128, THREADS_MAX = 64, ORDER_BITS = 20 };

struct job {
	struct chapter *chapter;
	struct job *next;      /* in the queue of those that may be judged now */
	struct job *successor; /* the same user's next chapter, which waits for this one */
	struct finding *findings;
	size_t count, cap;
	bool done;
};

struct thread {
	struct audit_judging *judging;
	pthread_t id;
	struct judge judge;
	struct job *job; /* at hand */
	uint64_t order;  /* of its next finding */
	struct settings_cache cache;
	struct arena spare; /* for flows */
	uint64_t *counts;   /* by requirement and verdict, of findings that nobody keeps */
};

struct audit_judging {
	struct audit *audit;
	struct thread threads[THREADS_MAX]; /* [0]: the reading thread */
	unsigned thread_count;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	struct job *ready_first, *ready_last;
	unsigned ready_count, worth_waking; /* for fewer nobody is woken: to wake costs as much as to judge */
	bool over;
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
	struct thread *thread = arg;
	uint64_t order = thread->order++;

	if (order <= atomic_load_explicit(&thread->judging->limits[slot(requirement, verdict)], memory_order_relaxed))
		return false;
	thread->counts[slot(requirement, verdict)]++;
	return true;
}

static void take_finding(void *arg, struct finding *finding)
{
	struct thread *thread = arg;
	struct job *job = thread->job;

	finding->order = thread->order - 1;
	MEM_GROW(job->findings, job->count, job->cap);
	job->findings[job->count++] = *finding;
}

static void judge_job(struct thread *thread, struct job *job)
{
	struct chapter_memory *memory = chapter_memory(job->chapter);
	struct flow *flow = chapter_flow(job->chapter, &thread->spare);
	struct state end, *kept;

	thread->job = job;
	thread->order = chapter_number(job->chapter) << ORDER_BITS;
	flow->settings_cache = &thread->cache;
	judge_flow(&thread->judge, flow, &end);
	kept = state_keep(&end);
	flow_free_to(flow, &thread->spare);
	free(memory->state);
	memory->state = kept;
}

static void make_ready(struct audit_judging *j, struct job *job)
{
	job->next = NULL;
	*(j->ready_last ? &j->ready_last->next : &j->ready_first) = job;
	j->ready_last = job;
	if (++j->ready_count >= j->worth_waking)
		pthread_cond_signal(&j->work);
}

static struct job *take_ready(struct audit_judging *j)
{
	struct job *job = j->ready_first;

	if (!job)
		return NULL;
	j->ready_count--;
	if (!(j->ready_first = job->next))
		j->ready_last = NULL;
	return job;
}

/* With the lock held, which is let go for the work. */
static void do_job(struct thread *thread, struct job *job)
{
	struct audit_judging *j = thread->judging;
	struct chapter_memory *memory;

	pthread_mutex_unlock(&j->lock);
	judge_job(thread, job);
	pthread_mutex_lock(&j->lock);
	memory = chapter_memory(job->chapter);
	if (memory->last == job)
		memory->last = NULL;
	if (job->successor)
		make_ready(j, job->successor);
	job->done = true;
	pthread_cond_signal(&j->done);
}

static void *run_thread(void *arg)
{
	struct thread *thread = arg;
	struct audit_judging *j = thread->judging;
	struct job *job;

	pthread_mutex_lock(&j->lock);
	for (;;) {
		if ((job = take_ready(j)))
			do_job(thread, job);
		else if (j->over)
			break;
		else
			pthread_cond_wait(&j->work, &j->lock);
	}
	pthread_mutex_unlock(&j->lock);
	return NULL;
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
	for (size_t i = 0; i < job->count; i++)
		tell_finding(j, &job->findings[i]);
	free(job->findings);
	chapter_free(job->chapter);
	free(job);
}

/* With the lock held, which is let go meanwhile. */
static void tell_done(struct audit_judging *j)
{
	while (j->ring_count && j->ring[j->ring_first]->done) {
		struct job *job = j->ring[j->ring_first];
		j->ring_first = (j->ring_first + 1) % JOBS_AHEAD;
		j->ring_count--;
		pthread_mutex_unlock(&j->lock);
		tell_job(j, job);
		pthread_mutex_lock(&j->lock);
	}
}

/* Until at most `most` chapters are not told. */
static void catch_up(struct audit_judging *j, size_t most)
{
	struct job *job;

	tell_done(j);
	while (j->ring_count > most) {
		if ((job = take_ready(j)))
			do_job(&j->threads[0], job);
		else
			pthread_cond_wait(&j->done, &j->lock);
		tell_done(j);
	}
}

static bool in_shard(const struct audit_config *config, const struct chapter *chapter)
{
	return config->shards <= 1 || chapter_user_hash(chapter) % config->shards == config->shard - 1;
}

void audit_judge_chapter(void *arg, struct chapter *chapter)
{
	struct audit_judging *j = ((struct audit *)arg)->judging;
	struct chapter_memory *memory = chapter_memory(chapter);
	struct job *job, *before;

	if (!in_shard(j->audit->config, chapter)) {
		chapter_free(chapter);
		return;
	}
	job = mem_alloc(sizeof(*job));
	job->chapter = chapter;
	pthread_mutex_lock(&j->lock);
	before = memory->last;
	memory->last = job;
	if (before)
		before->successor = job;
	else
		make_ready(j, job);
	j->ring[(j->ring_first + j->ring_count++) % JOBS_AHEAD] = job;
	catch_up(j, j->thread_count > 1 ? JOBS_AHEAD - 1 : 0);
	pthread_mutex_unlock(&j->lock);
}

/* --- life --- */

static unsigned threads_wanted(unsigned jobs)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (jobs == 0)
		jobs = cpus > 4 ? 4 : cpus > 0 ? (unsigned)cpus : 1;
	return jobs < THREADS_MAX ? jobs : THREADS_MAX;
}

static void thread_init(struct audit_judging *j, struct thread *thread)
{
	const struct judge *judge = j->audit->config->judge;

	thread->judging = j;
	thread->judge = *judge;
	thread->judge.on_finding = take_finding;
	thread->judge.on_count = count_only;
	thread->judge.arg = thread;
	thread->counts = mem_alloc((judge->catalogue->requirement_count + 1) * VERDICT_COUNT * sizeof(*thread->counts));
	settings_cache_init(&thread->cache, 0);
}

struct audit_judging *audit_judging_new(struct audit *audit)
{
	struct audit_judging *j = mem_alloc(sizeof(*j));
	const struct catalogue *catalogue = audit->config->judge->catalogue;
	size_t count = catalogue->requirement_count;

	j->audit = audit;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->work, NULL);
	pthread_cond_init(&j->done, NULL);
	j->limits = mem_alloc((count + 1) * VERDICT_COUNT * sizeof(*j->limits));
	j->kept = mem_alloc((count + 1) * sizeof(*j->kept));
	for (size_t i = 0; i < count; i++) {
		j->kept[i] = campaign_find(audit->config->campaign, catalogue->requirements[i]->id);
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			atomic_init(&j->limits[slot(i, v)], UINT64_MAX);
	}
	j->thread_count = threads_wanted(audit->config->jobs);
#ifdef M_ARENA_MAX /* glibc: what one thread frees is not to lie idle while another one asks for more */
	mallopt(M_ARENA_MAX, 1);
#endif
	j->worth_waking = audit->config->interface ? 1 : JOBS_AHEAD / 4; /* what just happened is told at once */
	for (unsigned i = 0; i < j->thread_count; i++)
		thread_init(j, &j->threads[i]);
	for (unsigned i = 1; i < j->thread_count; i++)
		if (pthread_create(&j->threads[i].id, NULL, run_thread, &j->threads[i]) != 0)
			abort(); /* no threads, no audit: as without memory */
	return j;
}

static void add_counts(struct audit_judging *j, const struct thread *thread)
{
	const struct catalogue *catalogue = j->audit->config->judge->catalogue;

	for (size_t i = 0; i < catalogue->requirement_count; i++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			if (thread->counts[slot(i, v)])
				campaign_add_count(j->audit->config->campaign, catalogue->requirements[i]->id,
						   (enum verdict)v, thread->counts[slot(i, v)], NULL);
}

int audit_judging_finish(struct audit_judging *j, struct err *err)
{
	int result;

	pthread_mutex_lock(&j->lock);
	catch_up(j, 0);
	j->over = true;
	pthread_cond_broadcast(&j->work);
	pthread_mutex_unlock(&j->lock);
	for (unsigned i = 0; i < j->thread_count; i++) {
		struct thread *thread = &j->threads[i];
		if (i)
			pthread_join(thread->id, NULL);
		add_counts(j, thread);
		settings_cache_done(&thread->cache);
		arena_done(&thread->spare);
		free(thread->counts);
	}
	result = j->result;
	if (result < 0 && err)
		*err = j->err;
	pthread_mutex_destroy(&j->lock);
	pthread_cond_destroy(&j->work);
	pthread_cond_destroy(&j->done);
	free(j->limits);
	free(j->kept);
	free(j);
	return result;
}
