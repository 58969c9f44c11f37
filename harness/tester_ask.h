/* SPDX-License-Identifier: MIT
 *
 * Answers of an upper tester that come in a later turn of the world, for those who know them at once. */
#ifndef HARNESS_TESTER_ASK_H
#define HARNESS_TESTER_ASK_H

#include "harness/tester.h"

struct tester_ask; /* one question under way */
struct tester_asks {
	struct world *world;
	struct tester_ask *first;
};

/* Answers in the next turn. Copies `why`. */
void tester_asks_answer(struct tester_asks *asks, tester_done_fn *done, void *to, enum tester_outcome outcome,
			const char *why);
void tester_asks_forget(struct tester_asks *asks, const void *to);
void tester_asks_done(struct tester_asks *asks);

#endif
