/* SPDX-License-Identifier: MIT
 *
 * The ladder of a case that did not pass: what was said between the core, for its users, and the IUT. */
#include "base/text.h"
#include "harness/runner_internal.h"
#include "reports/ladder.h"
#include "reports/words.h"

#include <stdlib.h>

struct rungs {
	const struct runner_case *test_case;
	struct arena arena;
	const struct event **events; /* of all flows, by frame and time */
	const char **users;          /* whose flow it is, beside each */
	size_t count;
};

static size_t count_events(const struct runner_case *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->flow_count; i++)
		count += c->flows[i]->count;
	return count;
}

static const char *name_of(const struct runner_case *c, size_t user)
{
	return c->clients ? c->clients[user].account->username : lua_play_user(c->live, user)->name;
}

/* Flows are in order each; they are joined by always taking the one whose next message came first. */
static void join(struct rungs *rungs)
{
	const struct runner_case *c = rungs->test_case;
	size_t next[LUA_PLAY_USERS_MAX] = {0}, all = count_events(c);

	rungs->events = arena_alloc(&rungs->arena, (all + 1) * sizeof(*rungs->events));
	rungs->users = arena_alloc(&rungs->arena, (all + 1) * sizeof(*rungs->users));
	while (rungs->count < all) {
		const struct event *first = NULL;
		size_t from = 0;

		for (size_t i = 0; i < c->flow_count; i++) {
			const struct flow *flow = c->flows[i];
			const struct event *event = next[i] < flow->count ? flow->events[next[i]] : NULL;

			if (event && (!first || event->time < first->time)) {
				first = event;
				from = i;
			}
		}
		next[from]++;
		rungs->users[rungs->count] = name_of(c, from);
		rungs->events[rungs->count++] = first;
	}
}

static const char *label_of(struct rungs *rungs, const struct sip_msg *msg)
{
	char what[100];

	if (msg->is_request)
		return arena_printf(&rungs->arena, "%s", text_clean_fixed(what, sizeof(what), msg->method_text));
	return arena_printf(&rungs->arena, "%u %s", msg->status, text_clean_fixed(what, sizeof(what), msg->reason));
}

/* What was found at this message, and what the first of it expected. */
static void add_findings(struct rungs *rungs, const struct event *event, struct ladder_arrow *arrow)
{
	const struct runner_case *c = rungs->test_case;
	struct buf note = {0};

	for (size_t i = 0; i < c->finding_count; i++) {
		const struct finding *f = &c->findings[i];

		if (f->verdict <= VERDICT_PASS || !f->evidence_count || f->evidence[0].frame != event->place.frame)
			continue;
		if (note.len)
			buf_putc(&note, '\n');
		words_sentence(&note, f);
		if (!arrow->expected && *f->expected)
			arrow->expected = f->expected;
	}
	if (note.len)
		arrow->note = arena_copy(&rungs->arena, buf_slice(&note)).p;
	buf_done(&note);
}

static struct ladder_arrow arrow_of(struct rungs *rungs, size_t i)
{
	const struct event *event = rungs->events[i];
	const struct runner *runner = rungs->test_case->runner;
	const char *peer = runner->registrar ? "core" : "IM Server";
	bool sent = net_addr_eq(&event->path.src, runner_core(runner)) != (runner->registrar != NULL); /* by the user */
	struct ladder_arrow arrow = {
		.time = event->time - rungs->test_case->began,
		.from = sent ? rungs->users[i] : peer,
		.to = sent ? peer : rungs->users[i],
		.label = label_of(rungs, &event->msg),
	};

	add_findings(rungs, event, &arrow);
	arrow.mark = arrow.note ? LADDER_WRONG : event->again ? LADDER_AGAIN : LADDER_PLAIN;
	return arrow;
}

char *case_ladder(const struct runner_case *test_case)
{
	struct rungs rungs = {.test_case = test_case};
	struct ladder_arrow *arrows;
	struct buf text = {0};

	join(&rungs);
	arrows = arena_alloc(&rungs.arena, (rungs.count + 1) * sizeof(*arrows));
	for (size_t i = 0; i < rungs.count; i++)
		arrows[i] = arrow_of(&rungs, i);
	ladder_note(&text, arrows, rungs.count);
	arena_done(&rungs.arena);
	return text.len ? buf_take(&text) : NULL;
}
