/* SPDX-License-Identifier: MIT */
#include "base/hash.h"
#include "base/mem.h"
#include "harness/runner_internal.h"

#include <stdio.h>
#include <stdlib.h>

/* --- users --- */

/* Of the IXIT; its password is for a server that asks the users themselves. */
static struct user *make_known(struct runner_case *c, const char *name, const struct ixit_user *known)
{
	struct user *user = user_new_known(c->runner->core, name, known->address);

	if (core_is_direct(c->runner->core))
		user->login = (struct user_login){known->private_id, ixit_password(&user->arena, known)};
	return user;
}

/* The same in every order of the cases: decided by the seed, the case and the user's place in it; and by the campaign,
 * where the IUT may remember an earlier one. */
static struct user *make_user(void *arg, const char *name, unsigned number)
{
	struct runner_case *c = arg;
	const struct ixit *ixit = c->runner->config.ixit;
	uint64_t seed = c->runner->config.options->seed ^ c->runner->config.entropy;
	uint64_t scatter = hash_stable(slice_of(c->play->name), seed);

	if (ixit->user_count)
		return number < ixit->user_count ? make_known(c, name, &ixit->users[number]) : NULL;
	return user_new(c->runner->core, name, (scatter & 0xffffff) << 12 | (c->number << CASE_USERS_BITS | number));
}

struct flow *case_expect_flow(struct runner_case *c, const char *address, const struct slice *uris, unsigned count)
{
	const struct runner *runner = c->runner;
	struct flow *flow = intake_expect(runner->intake, uris, count, slice_of(c->play->name));

	if (!c->user)
		c->user = mem_strdup(address);
	if (runner->config.reorders)
		flow->gaps |= FLOW_GAP_ORDER;
	if (runner->config.loses)
		flow->gaps |= FLOW_GAP_LOSSY;
	if (runner->tls_failed)
		flow->gaps |= FLOW_GAP_UNCONNECTED;
	return flow;
}

static void on_user(void *arg, struct user *user)
{
	struct runner_case *c = arg;
	struct slice uris[3] = {slice_of(user->address), slice_of(user->contact), slice_of(user->tel)};

	c->flows[c->flow_count++] = case_expect_flow(c, user->address, uris, user->tel ? 3 : 2);
}

static void add_note(struct runner_case *c, const struct user *user, enum flow_note_kind kind)
{
	for (size_t i = 0; i < c->flow_count; i++)
		if (lua_play_user(c->live, i) == user)
			flow_add_note(c->flows[i], world_now(c->runner->config.world), kind);
}

static void on_delivered(void *arg, struct user *user)
{
	add_note(arg, user, FLOW_NOTE_DELIVERED);
}

static void on_left(void *arg, struct user *user)
{
	add_note(arg, user, FLOW_NOTE_LEFT);
}

static void on_deposited(void *arg, struct user *user)
{
	add_note(arg, user, FLOW_NOTE_DEPOSITED);
}

/* The answer was filed before the play hears of it. */
static struct slice find_bytes(void *arg, struct user *user, struct slice raw)
{
	struct runner_case *c = arg;
	struct slice last = SLICE_NONE;

	for (size_t i = 0; i < c->flow_count; i++)
		if (lua_play_user(c->live, i) == user)
			last = intake_last(c->runner->intake, c->flows[i]);
	return slice_eq(last, raw) ? last : SLICE_NONE;
}

/* --- findings --- */

static void take_finding(void *arg, struct finding *finding)
{
	struct runner_case *c = arg;

	free(finding->case_name);
	finding->case_name = mem_strdup(c->play->name);
	finding->order = case_order(c);
	c->found++;
	MEM_GROW(c->findings, c->finding_count, c->finding_cap);
	c->findings[c->finding_count++] = *finding;
}

static bool is_found(const struct runner_case *c, const char *id)
{
	for (size_t i = 0; i < c->finding_count; i++)
		if (!strcmp(c->findings[i].requirement, id))
			return true;
	return false;
}

void case_add_open(struct runner_case *c, enum verdict verdict, const char *reason)
{
	for (const char *const *id = c->play->covers; *id; id++) {
		struct finding finding = {.verdict = verdict};

		if (is_found(c, *id))
			continue;
		finding.requirement = mem_strdup(*id);
		finding.rule = mem_strdup("");
		finding.user = mem_strdup(c->user ? c->user : "");
		finding.expected = mem_strdup("");
		finding.seen = mem_strdup("");
		finding.reason = mem_strdup(reason);
		take_finding(c, &finding);
	}
}

/* Also where nothing that he takes part in shows it. */
static void name_server(const struct runner_case *c, const struct flow *flow)
{
	struct flow_peer *iut = c->runner->core ? flow_peer(flow, core_target(c->runner->core)) : NULL;

	if (iut)
		iut->server = true;
}

void case_judge(struct runner_case *c, struct flow *flow, void (*on_finding)(void *arg, struct finding *finding),
		bool (*on_count)(void *arg, size_t requirement, enum verdict verdict), struct state *ret_end)
{
	const struct runner_config *config = &c->runner->config;
	const struct secrets secrets = {
		.find = client_secret, .able = client_able, .name = client_name, .find_aka = client_keys, .arg = c};
	const struct judge judge = {
		.catalogue = config->catalogue,
		.profile = config->profile,
		.timers = config->ixit->timers,
		.server = config->ixit->iut_role == ACTOR_SERVER,
		.client = config->ixit->iut_role == ACTOR_CLIENT,
		.ims = config->ixit->ims,
		.secrets = &secrets,
		.on_finding = on_finding,
		.on_count = on_count,
		.arg = c,
	};

	config->campaign->input.flows++;
	arena_adopt(&flow->arena, &c->runner->spare);
	intake_take(c->runner->intake, flow, world_now(config->world));
	if (world_stops(config->world) != c->stops)
		flow->gaps |= FLOW_GAP_STOPPED;
	if (config->ixit->iut_transport != NET_UDP && (!c->live || lua_play_is_apart(c->live)))
		flow->gaps |= FLOW_GAP_ORDER;
	name_server(c, flow);
	judge_flow(&judge, flow, ret_end);
}

static void judge_users(struct runner_case *c)
{
	const struct runner_config *config = &c->runner->config;
	struct state end;

	for (size_t i = 0; i < c->flow_count; i++) {
		case_judge(c, c->flows[i], take_finding, case_count_pass, &end);
		runner_after_keep(c, c->flows[i], &end);
		if (config->on_flow)
			config->on_flow(config->arg, c->play, c->flows[i]);
	}
}

/* What it is there for was not exercised here: it is open, unless another case reaches it. */
static void excuse_covered(struct runner_case *c)
{
	for (const char *const *id = c->play->covers; *id; id++)
		campaign_excuse(c->runner->config.campaign, *id, c->why, NULL);
}

static bool is_all_well(const struct runner_case *c)
{
	for (size_t i = 0; i < c->finding_count; i++)
		if (c->findings[i].verdict > VERDICT_PASS)
			return false;
	return c->end == LUA_PLAY_DONE;
}

static void flows_free(struct runner_case *c)
{
	while (c->flow_count)
		flow_free_to(c->flows[--c->flow_count], &c->runner->spare);
}

/* --- life --- */

/* Ends it where it is, judges what there is. */
static void case_end(struct runner_case *c, enum lua_play_end end, const char *why)
{
	case_judged(c);
	c->ended = world_now(c->runner->config.world);
	c->end = end;
	c->why = end == LUA_PLAY_DONE ? NULL : mem_strdup(why);
	world_timer_stop(&c->deadline);
	judge_users(c);
	if (!is_all_well(c))
		c->ladder = case_ladder(c);
	flows_free(c);
	lua_play_free(c->live);
	c->live = NULL;
	if (end == LUA_PLAY_SKIPPED)
		excuse_covered(c);
	else if (end == LUA_PLAY_STUCK)
		case_add_open(c, VERDICT_INCONC, c->why);
	else if (end == LUA_PLAY_BROKEN)
		case_add_open(c, VERDICT_ERROR, c->why);
	if (c->runner->registrar)
		client_case_end(c);
	else
		runner_case_ended(c->runner);
}

static void on_end(void *arg, enum lua_play_end end, const char *why)
{
	case_end(arg, end, why);
}

static void on_deadline(void *arg)
{
	struct runner_case *c = arg;
	struct buf why = {0};

	buf_puts(&why, "over its time at ");
	lua_play_where(c->live, &why);
	case_end(c, LUA_PLAY_STUCK, why.p);
	buf_done(&why);
}

enum { RESTING_MAX = 256, RESTS = 8 };
#define REST_MAX (250 * MILLISECOND)

/* A catalogue has fewer cases. Among more, who pushes wrongly has been found out by then. */
static uint64_t rest_of(const struct runner *runner)
{
	uint64_t rest = runner->config.ixit->timers.quiet / RESTS;

	if (runner->started > RESTING_MAX)
		return 0;
	return rest < REST_MAX ? rest : REST_MAX;
}

void case_start(struct runner_case *c)
{
	static const struct lua_play_events events = {.on_user = on_user,
						      .make_user = make_user,
						      .on_delivered = on_delivered,
						      .on_deposited = on_deposited,
						      .on_left = on_left,
						      .make_account = client_make_account,
						      .on_client_alive = client_alive,
						      .find_bytes = find_bytes,
						      .on_end = on_end};
	struct world *world = c->runner->config.world;

	c->state = CASE_RUNNING;
	c->began = world_now(world);
	c->stops = world_stops(world);
	world_timer_start(world, &c->deadline, CASE_DEADLINE, on_deadline, c);
	c->runner->stage.rest = rest_of(c->runner);
	c->live = lua_play_new(&c->runner->stage, c->play, &events, c);
	lua_play_start(c->live);
}

void case_done(struct runner_case *c)
{
	world_timer_stop(&c->deadline);
	lua_play_free(c->live);
	client_case_drop(c);
	arena_done(&c->arena);
	for (size_t i = 0; i < c->finding_count; i++)
		finding_done(&c->findings[i]);
	free(c->findings);
	free(c->why);
	free(c->ladder);
	free(c->user);
	free(c->reason);
}
