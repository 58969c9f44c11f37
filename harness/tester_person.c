/* SPDX-License-Identifier: MIT
 *
 * A person at the terminal: one clear question at a time. Enter says that it is done, "n" that the client can't do it.
 */
#include "base/mem.h"
#include "harness/tester_ask.h"
#include "harness/uv_child.h"

#include <stdio.h>
#include <stdlib.h>

struct turn { /* somebody who waits for the person */
	struct turn *next;
	struct tester_request request;
	tester_done_fn *done;
	void *to;
};

struct person {
	struct tester tester;
	struct tester_asks asks;
	char core[NET_ADDR_TEXT_MAX];
	struct uv_child *terminal; /* NULL: nobody reads there */
	struct turn *first;        /* the one whose question stands on the screen */
	bool gone;
};

static void put_question(const struct person *p)
{
	const struct tester_request *request = &p->first->request;
	const char *who = request->user->address;

	if (request->command == TESTER_REGISTER)
		fprintf(stderr, "\nMake the client register as %s, with %s as its outbound proxy and registrar.\n", who,
			p->core);
	else if (request->command == TESTER_DEREGISTER)
		fprintf(stderr, "\nMake the client of %s de-register.\n", who);
	else if (request->command == TESTER_SET_OFFLINE_DELIVERY)
		fprintf(stderr, "\nSwitch the delivery of offline messages %s in the client of %s.\n",
			request->active ? "on" : "off", who);
	else
		fprintf(stderr, "\nEnd the client of %s, so that it begins anew when you start it again.\n", who);
	fputs("Enter when it is done, n and Enter if it can't do that: ", stderr);
}

static void turn_end(struct person *p, enum tester_outcome outcome, const char *why)
{
	struct turn *turn = p->first;

	p->first = turn->next;
	if (turn->done)
		tester_asks_answer(&p->asks, turn->done, turn->to, outcome, why);
	free(turn);
	if (p->first && !p->gone)
		put_question(p);
}

static void on_line(void *arg, struct slice line)
{
	struct person *p = arg;
	bool no;

	line = slice_trim(line);
	no = line.len && (line.p[0] == 'n' || line.p[0] == 'N');
	if (p->first)
		turn_end(p, no ? TESTER_CANNOT : TESTER_DONE,
			 no ? "the person at the terminal said that the client can't" : "");
}

static void on_end(void *arg, const char *why)
{
	struct person *p = arg;

	p->gone = true;
	while (p->first)
		turn_end(p, TESTER_FAILED, "nobody is at the terminal any more");
}

static void ask(struct tester *tester, const struct tester_request *request, tester_done_fn *done, void *to)
{
	struct person *p = (struct person *)tester;
	struct turn *turn = mem_alloc(sizeof(*turn)), **at = &p->first;

	*turn = (struct turn){.request = *request, .done = done, .to = to};
	while (*at)
		at = &(*at)->next;
	*at = turn;
	if (p->gone)
		turn_end(p, TESTER_FAILED, "nobody is at the terminal any more");
	else if (p->first == turn)
		put_question(p);
}

/* The client may have done it before the person says so: the Enter that is still to come belongs to this question. */
static void forget(struct tester *tester, void *to)
{
	struct person *p = (struct person *)tester;
	struct turn **at = &p->first, *turn;

	tester_asks_forget(&p->asks, to);
	if (p->first && p->first->to == to) {
		p->first->done = NULL;
		at = &p->first->next;
	}
	while ((turn = *at)) {
		if (turn->to != to) {
			at = &turn->next;
			continue;
		}
		*at = turn->next;
		free(turn);
	}
}

static void person_free(struct tester *tester)
{
	struct person *p = (struct person *)tester;

	uv_child_free(p->terminal);
	while (p->first) {
		struct turn *turn = p->first;

		p->first = turn->next;
		free(turn);
	}
	tester_asks_done(&p->asks);
	free(p);
}

struct tester *tester_new_person(struct world *world, const struct net_addr *core)
{
	static const struct uv_child_events events = {on_line, on_end};
	struct person *p = mem_alloc(sizeof(*p));

	p->tester = (struct tester){.name = "a client that you make act",
				    .patient = true,
				    .at_once = 1,
				    .ask = ask,
				    .forget = forget,
				    .free = person_free};
	p->asks.world = world;
	net_addr_format(p->core, core);
	p->gone = uv_child_new_terminal(world, &events, p, &p->terminal, NULL) < 0;
	return &p->tester;
}
