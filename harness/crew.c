/* SPDX-License-Identifier: MIT */
#include "harness/crew.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>

struct queue {
	struct task *first, *last;
};

struct member {
	struct crew *crew;
	unsigned worker;
	pthread_t id;
};

struct crew {
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t work, done;
	struct queue queues[CREW_RANKS];
	unsigned queued, worth_waking, asleep;
	bool over;
	unsigned size;
	struct member members[CREW_MAX]; /* [0] is the one that has made it */
};

static void add(struct crew *crew, struct task *task, enum crew_rank rank)
{
	struct queue *queue = &crew->queues[rank];

	task->next = NULL;
	*(queue->first ? &queue->last->next : &queue->first) = task;
	queue->last = task;
	if (++crew->queued >= crew->worth_waking && crew->asleep)
		pthread_cond_signal(&crew->work);
}

static struct task *take(struct crew *crew)
{
	struct task *task = NULL;

	for (unsigned rank = 0; rank < CREW_RANKS && !task; rank++) {
		struct queue *queue = &crew->queues[rank];
		if ((task = queue->first))
			queue->first = task->next;
	}
	crew->queued -= task != NULL;
	return task;
}

/* With the lock held, which is let go for the work. */
static void run(struct crew *crew, struct task *task, unsigned worker)
{
	struct task *successor;

	pthread_mutex_unlock(&crew->lock);
	task->run(task, worker);
	pthread_mutex_lock(&crew->lock);
	successor = task->successor;
	if (successor)
		add(crew, successor, CREW_LATER);
	atomic_store_explicit(&task->done, true, memory_order_release);
	if (worker)
		pthread_cond_signal(&crew->done);
}

static void *live(void *arg)
{
	struct member *member = arg;
	struct crew *crew = member->crew;
	struct task *task;

	pthread_mutex_lock(&crew->lock);
	for (;;) {
		if ((task = take(crew))) {
			run(crew, task, member->worker);
		} else if (crew->over) {
			break;
		} else {
			crew->asleep++;
			pthread_cond_wait(&crew->work, &crew->lock);
			crew->asleep--;
		}
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

void crew_give(struct crew *crew, struct task *task, enum crew_rank rank, struct task *after)
{
	task->successor = NULL;
	atomic_store_explicit(&task->done, false, memory_order_relaxed);
	pthread_mutex_lock(&crew->lock);
	if (after && !task_is_done(after))
		after->successor = task;
	else
		add(crew, task, rank);
	pthread_mutex_unlock(&crew->lock);
}

void crew_wait(struct crew *crew, const struct task *task)
{
	struct task *other;

	if (task_is_done(task))
		return;
	pthread_mutex_lock(&crew->lock);
	while (!task_is_done(task)) {
		if ((other = take(crew)))
			run(crew, other, 0);
		else
			pthread_cond_wait(&crew->done, &crew->lock);
	}
	pthread_mutex_unlock(&crew->lock);
}

struct crew *crew_new(unsigned size, unsigned worth_waking)
{
	struct crew *crew = mem_alloc(sizeof(*crew));

	crew->size = size;
	crew->worth_waking = worth_waking;
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->work, NULL);
	pthread_cond_init(&crew->done, NULL);
	for (unsigned i = 1; i < size; i++) {
		crew->members[i] = (struct member){.crew = crew, .worker = i};
		if (pthread_create(&crew->members[i].id, NULL, live, &crew->members[i]) != 0)
			abort();
	}
	return crew;
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->over = true;
	pthread_cond_broadcast(&crew->work);
	pthread_mutex_unlock(&crew->lock);
	for (unsigned i = 1; i < crew->size; i++)
		pthread_join(crew->members[i].id, NULL);
	pthread_mutex_destroy(&crew->lock);
	pthread_cond_destroy(&crew->work);
	pthread_cond_destroy(&crew->done);
	free(crew);
}

unsigned crew_size(const struct crew *crew)
{
	return crew->size;
}
