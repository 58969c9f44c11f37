/* SPDX-License-Identifier: MIT */
#include "harness/tester_ask.h"
#include "base/mem.h"

#include <stdlib.h>

struct waiting {
	struct tester tester;
	struct tester_asks asks;
};

static void ask(struct tester *tester, const struct tester_request *request, tester_done_fn *done, void *to)
{
	struct waiting *w = (struct waiting *)tester;
	bool can = request->command == TESTER_REGISTER || request->command == TESTER_STOP;

	tester_asks_answer(&w->asks, done, to, can ? TESTER_DONE : TESTER_CANNOT,
			   can ? "" : "the client acts by itself, no hook makes it do this");
}

static void forget(struct tester *tester, void *to)
{
	tester_asks_forget(&((struct waiting *)tester)->asks, to);
}

static void waiting_free(struct tester *tester)
{
	tester_asks_done(&((struct waiting *)tester)->asks);
	free(tester);
}

struct tester *tester_new_waiting(struct world *world)
{
	struct waiting *w = mem_alloc(sizeof(*w));

	w->tester = (struct tester){.name = "a client that acts by itself",
				    .patient = true,
				    .ask = ask,
				    .forget = forget,
				    .free = waiting_free};
	w->asks.world = world;
	return &w->tester;
}
