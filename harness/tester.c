/* SPDX-License-Identifier: MIT */
#include "harness/tester_ask.h"
#include "base/mem.h"

#include <stdlib.h>

const char *tester_command_name(enum tester_command command)
{
	static const char *const names[TESTER_COMMANDS] = {"register", "deregister", "set_offline_delivery", "stop"};

	return names[command];
}

struct tester_ask {
	struct tester_ask *next;
	struct tester_asks *asks;
	struct world_timer timer;
	tester_done_fn *done;
	void *to;
	enum tester_outcome outcome;
	char *why;
};

static void ask_free(struct tester_ask *ask)
{
	struct tester_ask **at = &ask->asks->first;

	while (*at != ask)
		at = &(*at)->next;
	*at = ask->next;
	world_timer_stop(&ask->timer);
	free(ask->why);
	free(ask);
}

static void tell(void *arg)
{
	struct tester_ask *ask = arg, copy = *ask;

	ask->why = NULL;
	ask_free(ask);
	copy.done(copy.to, copy.outcome, copy.why);
	free(copy.why);
}

void tester_asks_answer(struct tester_asks *asks, tester_done_fn *done, void *to, enum tester_outcome outcome,
			const char *why)
{
	struct tester_ask *ask = mem_alloc(sizeof(*ask));

	*ask = (struct tester_ask){
		.next = asks->first, .asks = asks, .done = done, .to = to, .outcome = outcome, .why = mem_strdup(why)};
	asks->first = ask;
	world_timer_start(asks->world, &ask->timer, 0, tell, ask);
}

void tester_asks_forget(struct tester_asks *asks, const void *to)
{
	struct tester_ask *ask = asks->first, *next;

	for (; ask; ask = next) {
		next = ask->next;
		if (ask->to == to)
			ask_free(ask);
	}
}

void tester_asks_done(struct tester_asks *asks)
{
	while (asks->first)
		ask_free(asks->first);
}
