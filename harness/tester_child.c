/* SPDX-License-Identifier: MIT
 *
 * An upper tester in a process of its own (hooks.tester of the IXIT), asked in JSON lines (harness/tester_json.h).
 * Before anything else it is sent a command that nobody knows: one that says "done" to that says so to everything, and
 * none of its answers is worth anything. */
#include "base/mem.h"
#include "base/time.h"
#include "harness/tester_ask.h"
#include "harness/tester_json.h"
#include "harness/uv_child.h"

#include <stdio.h>
#include <stdlib.h>

enum { AT_ONCE = 8 };
static const uint64_t patience = 30 * SECOND;

struct question {
	struct question *next;
	struct child *child;
	uint64_t id;
	struct tester_request request;
	tester_done_fn *done; /* NULL: the one that nobody knows, or nobody waits any more */
	void *to;
	bool sent;
	struct world_timer timer;
};

struct child {
	struct tester tester;
	struct tester_asks asks;
	const struct ixit *ixit;
	char core[NET_ADDR_TEXT_MAX];
	struct uv_child *process;
	struct question *questions; /* newest first */
	uint64_t ids;
	bool trusted;    /* it refused what it can't know */
	char wrong[300]; /* why nothing can be had of it; "": all is well */
};

static void question_free(struct question *q)
{
	struct question **at = &q->child->questions;

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	world_timer_stop(&q->timer);
	free(q);
}

static void question_end(struct question *q, enum tester_outcome outcome, const char *why)
{
	struct question copy = *q;

	question_free(q);
	if (copy.done)
		tester_asks_answer(&copy.child->asks, copy.done, copy.to, outcome, why);
}

static void give_up(struct child *c, const char *why)
{
	if (!c->wrong[0])
		snprintf(c->wrong, sizeof(c->wrong), "%.*s", (int)sizeof(c->wrong) - 1, why);
	while (c->questions)
		question_end(c->questions, TESTER_FAILED, c->wrong);
}

static void on_late(void *arg)
{
	struct question *q = arg;

	if (!q->child->trusted)
		give_up(q->child, "the upper tester did not answer within 30 s");
	else
		question_end(q, TESTER_FAILED, "the upper tester did not answer within 30 s");
}

static void question_send(struct question *q)
{
	struct child *c = q->child;
	struct tester_json line = {
		.id = q->id,
		.command = tester_command_name(q->request.command),
		.user = q->request.user,
		.active = q->request.active,
		.core = c->core,
		.transport = net_transport_name(c->ixit->iut_transport),
	};
	struct buf text = {0};

	if (!q->request.user)
		line.command = "refuse-this";
	tester_json_write(&text, &line);
	uv_child_write(c->process, buf_slice(&text));
	buf_done(&text);
	q->sent = true;
	world_timer_start(c->asks.world, &q->timer, patience, on_late, q);
}

static struct question *question_new(struct child *c, const struct tester_request *request, tester_done_fn *done,
				     void *to)
{
	struct question *q = mem_alloc(sizeof(*q));

	*q = (struct question){
		.next = c->questions, .child = c, .id = ++c->ids, .request = *request, .done = done, .to = to};
	c->questions = q;
	return q;
}

/* --- what it says --- */

static void on_first(struct child *c, struct question *q, const struct tester_reply *reply)
{
	struct question *next;

	if (reply->outcome == TESTER_DONE) {
		give_up(c,
			"the upper tester says \"done\" to a command that does not exist: its word is worth nothing");
		return;
	}
	c->trusted = true;
	question_free(q);
	for (q = c->questions; q; q = next) {
		next = q->next;
		if (!q->done)
			question_free(q); /* forgotten: its user may be gone */
		else if (!q->sent)
			question_send(q);
	}
}

static const char *why_of(enum tester_outcome outcome)
{
	if (outcome == TESTER_DONE)
		return "";
	return outcome == TESTER_CANNOT ? "the upper tester can't make the client do this" : "the upper tester failed";
}

static void on_line(void *arg, struct slice line)
{
	struct child *c = arg;
	struct tester_reply reply;
	struct question *q = c->questions;
	struct err err;

	if (tester_json_read(line, &reply, &err) < 0) {
		give_up(c, err.text);
		return;
	}
	while (q && q->id != reply.id)
		q = q->next;
	if (!q)
		return; /* late, or asked by nobody */
	if (!q->request.user)
		on_first(c, q, &reply);
	else
		question_end(q, reply.outcome, reply.why[0] ? reply.why : why_of(reply.outcome));
}

static void on_end(void *arg, const char *why)
{
	char text[200];

	snprintf(text, sizeof(text), "the upper tester %s", why);
	give_up(arg, text);
}

/* --- questions to it --- */

static void ask(struct tester *tester, const struct tester_request *request, tester_done_fn *done, void *to)
{
	struct child *c = (struct child *)tester;
	struct question *q;

	if (c->wrong[0]) {
		tester_asks_answer(&c->asks, done, to, TESTER_FAILED, c->wrong);
		return;
	}
	q = question_new(c, request, done, to);
	if (c->trusted)
		question_send(q);
}

static void forget(struct tester *tester, void *to)
{
	struct child *c = (struct child *)tester;

	tester_asks_forget(&c->asks, to);
	for (struct question *q = c->questions; q; q = q->next)
		if (q->to == to)
			q->done = NULL;
}

static void child_free(struct tester *tester)
{
	struct child *c = (struct child *)tester;

	uv_child_free(c->process);
	while (c->questions)
		question_free(c->questions);
	tester_asks_done(&c->asks);
	free(c);
}

int tester_new_child(struct world *world, const struct ixit *ixit, const struct net_addr *core, struct tester **ret,
		     struct err *err)
{
	static const struct uv_child_events events = {on_line, on_end};
	struct tester_request nothing = {.user = NULL};
	struct child *c;
	int rc;

	if (world_is_virtual(world))
		return err_set(err, -EINVAL, "an upper tester in a process needs the real world");
	c = mem_alloc(sizeof(*c));
	c->tester = (struct tester){.name = "a client that an upper tester makes act",
				    .at_once = AT_ONCE,
				    .ask = ask,
				    .forget = forget,
				    .free = child_free};
	c->asks.world = world;
	c->ixit = ixit;
	net_addr_format(c->core, core);
	rc = uv_child_new(world, ixit->hooks.tester, &events, c, &c->process, err);
	if (rc < 0) {
		child_free(&c->tester);
		return rc;
	}
	question_send(question_new(c, &nothing, NULL, NULL));
	*ret = &c->tester;
	return 0;
}
