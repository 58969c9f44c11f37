/* SPDX-License-Identifier: MIT
 *
 * Pushes to users whose case is over. A case watches a silence for `timers.quiet_ms`; a server that is wrong later than
 * that is wrong all the same, as long as somebody is there to see it. What the case knew of the user at its end is kept
 * until the campaign's, as audits do from chapter to chapter. */
#include "base/mem.h"
#include "harness/runner_internal.h"
#include "sip/uri.h"

#include <stdlib.h>

enum { AFTER_MAX = 4096 }; /* users that are kept: a catalogue has some hundred */

struct after_user {
	struct after_user *next;
	struct runner_case *of;
	struct tape known; /* state_write() at the end of the case */
	struct flow *flow; /* the intake's, once something has come */
	char *address;
};

void runner_after_keep(struct runner_case *c, const struct flow *flow, const struct state *end)
{
	struct after *after = &c->runner->after;
	struct after_user *user;

	if (!c->runner->core || c->runner->config.ixit->user_count || after->count == AFTER_MAX)
		return;
	user = mem_alloc(sizeof(*user));
	*user = (struct after_user){
		.next = after->users, .of = c, .address = mem_printf("%.*s", (int)flow->user.len, flow->user.p)};
	state_write(end, &user->known, &after->pool);
	for (size_t i = 0; i < flow->identity_count; i++)
		map_set(&after->by_key, flow->identities[i], user);
	after->users = user;
	after->count++;
}

static struct after_user *find(const struct after *after, struct slice uri)
{
	struct buf key = {0};
	struct after_user *user = sip_uri_user_key(uri, &key) ? map_get(&after->by_key, buf_slice(&key)) : NULL;

	buf_done(&key);
	return user;
}

static struct after_user *find_pushed(const struct after *after, const struct sip_msg *msg)
{
	struct after_user *user;
	struct sip_addr to;

	if (!msg->is_request || msg->method != SIP_METHOD_INVITE || sip_msg_tag(msg, SIP_HEADER_TO).p)
		return NULL;
	user = find(after, msg->uri);
	return user || sip_msg_addr(msg, SIP_HEADER_TO, &to) ? user : find(after, to.uri);
}

static void wake(struct after_user *user)
{
	const struct slice uri = slice_of(user->address);

	user->flow = case_expect_flow(user->of, user->address, &uri, 1);
	user->flow->begin = state_read(&user->known, &user->flow->arena);
}

bool runner_after_wakes(struct runner *runner, struct slice bytes)
{
	struct arena scratch = {0};
	struct after_user *user = NULL;
	struct sip_msg msg;

	if (runner->after.count && sip_msg_index(&msg, bytes, &scratch, NULL) == 0)
		user = find_pushed(&runner->after, &msg);
	if (user && !user->flow)
		wake(user);
	arena_done(&scratch);
	return user;
}

/* What is right, or can't be told, was not asked for. */
static void take_finding(void *arg, struct finding *finding)
{
	const struct runner_case *c = arg;

	if (finding->verdict != VERDICT_FAIL && finding->verdict != VERDICT_WARN) {
		finding_done(finding);
		return;
	}
	if (!*finding->reason) {
		free(finding->reason);
		finding->reason =
			mem_printf("seen after the end of its case: alone it needs a timers.quiet_ms above %llu",
				   (unsigned long long)(c->runner->config.ixit->timers.quiet / MILLISECOND));
	}
	runner_settle_late(arg, finding);
}

static bool count_pass(void *arg, size_t requirement, enum verdict verdict)
{
	return verdict == VERDICT_PASS;
}

void runner_after_judge(struct runner *runner)
{
	for (struct after_user *user = runner->after.users; user; user = user->next) {
		if (!user->flow)
			continue;
		case_judge(user->of, user->flow, take_finding, count_pass, NULL);
		flow_free_to(user->flow, &runner->spare);
		user->flow = NULL;
	}
}

void runner_after_done(struct after *after)
{
	for (struct after_user *user = after->users, *next; user; user = next) {
		next = user->next;
		free(user->address);
		free(user);
	}
	map_done(&after->by_key);
	tape_pool_done(&after->pool);
	*after = (struct after){0};
}
