/* SPDX-License-Identifier: MIT
 *
 * Work is done once, by whoever has time, and in order where one piece waits for another. */
#include "harness/crew.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>

enum { CHAIN = 50, CHAINS = 40 };

struct piece {
	struct task task;
	unsigned *at;            /* of its chain */
	unsigned wanted;         /* *at when it may begin */
	_Atomic unsigned *doing; /* by worker: at most one at a time */
};

static void work(struct task *task, unsigned worker)
{
	struct piece *piece = (struct piece *)task;

	if (atomic_fetch_add(&piece->doing[worker], 1) == 0 && *piece->at == piece->wanted)
		++*piece->at;
	atomic_fetch_sub(&piece->doing[worker], 1);
}

ParameterizedTestParameters(harness_crew, chains_of_tasks_are_done_in_order)
{
	static unsigned sizes[] = {1, 2, 5};

	return cr_make_param_array(unsigned, sizes, sizeof(sizes) / sizeof(*sizes));
}

ParameterizedTest(unsigned *size, harness_crew, chains_of_tasks_are_done_in_order)
{
	static _Atomic unsigned doing[CREW_MAX];
	struct piece *pieces = mem_alloc(CHAIN * CHAINS * sizeof(*pieces));
	struct crew *crew = crew_new(*size, 3);
	unsigned at[CHAINS] = {0};

	cr_assert_eq(crew_size(crew), *size);
	for (unsigned i = 0; i < CHAIN * CHAINS; i++) {
		struct piece *piece = &pieces[i], *before = i < CHAINS ? NULL : &pieces[i - CHAINS];
		*piece = (struct piece){.task.run = work, .at = &at[i % CHAINS], .wanted = i / CHAINS, .doing = doing};
		crew_give(crew, &piece->task, i % 3 ? CREW_LATER : CREW_FIRST, before ? &before->task : NULL);
		if (i % 7 == 0)
			crew_wait(crew, &piece->task);
	}
	for (unsigned i = 0; i < CHAIN * CHAINS; i++)
		crew_wait(crew, &pieces[i].task);
	for (unsigned i = 0; i < CHAINS; i++)
		cr_expect_eq(at[i], CHAIN, "chain %u: %u of %d", i, at[i], CHAIN);
	crew_free(crew);
	free(pieces);
}

static void note(struct task *task, unsigned worker)
{
	struct piece *piece = (struct piece *)task;

	(void)worker;
	piece->wanted = (*piece->at)++;
}

/* With nobody to help, the order is known. */
Test(harness_crew, what_comes_first_is_done_first)
{
	unsigned at = 0;
	struct piece pieces[4];
	struct crew *crew = crew_new(1, 1);

	for (unsigned i = 0; i < 4; i++) {
		pieces[i] = (struct piece){.task.run = note, .at = &at};
		crew_give(crew, &pieces[i].task, i < 2 ? CREW_LATER : CREW_FIRST, NULL);
	}
	cr_expect_not(task_is_done(&pieces[0].task));
	crew_wait(crew, &pieces[0].task);
	cr_expect_eq(pieces[2].wanted, 0);
	cr_expect_eq(pieces[3].wanted, 1);
	cr_expect_eq(pieces[0].wanted, 2);
	cr_expect_not(task_is_done(&pieces[1].task));
	crew_wait(crew, &pieces[1].task);
	crew_free(crew);
	crew_free(NULL);
}
