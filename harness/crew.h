/* SPDX-License-Identifier: MIT
 *
 * Threads that share out work, and the thread that has it to give, which does a part of it where it would otherwise
 * wait. Nothing may depend on who does what, or when. */
#ifndef HARNESS_CREW_H
#define HARNESS_CREW_H

#include <stdatomic.h>
#include <stdbool.h>

enum { CREW_MAX = 64 };

struct task {
	/* By any thread; `worker` is below crew_size, and of no other task at that time. */
	void (*run)(struct task *task, unsigned worker);
	/* the crew's own: */
	struct task *next, *successor;
	_Atomic bool done;
};

enum crew_rank { CREW_FIRST, CREW_LATER, CREW_RANKS };

struct crew;

/* `size`: threads, with the caller's own, which is worker 0. `worth_waking`: for fewer tasks nobody is woken, because
 * to wake costs as much as a small task. Aborts where no thread can be started, as without memory. */
struct crew *crew_new(unsigned size, unsigned worth_waking);
/* Whose tasks are all done. NULL is fine. */
void crew_free(struct crew *crew);
unsigned crew_size(const struct crew *crew);

/* The rest is for the thread that made the crew. The task stays the caller's, and where it is, until it is done. With
 * `after`, it begins when that one is done; it may be the successor of one task only. Tasks of a rank begin in the
 * order in which they may. */
void crew_give(struct crew *crew, struct task *task, enum crew_rank rank, struct task *after);
/* What it wrote can be read then. */
static inline bool task_is_done(const struct task *task)
{
	return atomic_load_explicit(&task->done, memory_order_acquire);
}
/* Until the task is done, the caller does what there is to do. */
void crew_wait(struct crew *crew, const struct task *task);

#endif
