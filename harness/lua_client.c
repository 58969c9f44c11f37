/* SPDX-License-Identifier: MIT */
#include "harness/lua_client.h"
#include "base/time.h"
#include "harness/lua_play_internal.h"

/* --- waiting --- */

static void stop_waiting(struct lua_play *play, bool result)
{
	struct lua_client_state *state = play->client;

	if (state->asking)
		play->stage->tester->forget(play->stage->tester, play);
	state->asking = false;
	state->waiting = NULL;
	state->wait = WAIT_NONE;
	play->result = result;
	lua_play_wake(play, lua_play_push_result);
}

static void leave_unanswered(struct lua_play *play)
{
	lua_play_finish(play, LUA_PLAY_STUCK, "the client of %s left a challenge unanswered for %.1f s",
			play->client->waiting->account->address, (double)play->client->within / 1e9);
}

static void life_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct lua_play *play = arg;

	if (msg && msg->status < 200)
		return;
	play->asking = NULL;
	world_timer_stop(&play->timer);
	if (msg && play->events->on_client_alive)
		play->events->on_client_alive(play->arg, play->client->waiting->account);
	leave_unanswered(play);
}

static void life_late(void *arg)
{
	struct lua_play *play = arg;

	client_txn_detach(play->asking);
	play->asking = NULL;
	leave_unanswered(play);
}

/* Who was asked for credentials and says no more: is he still there? */
static void ask_for_life(struct lua_play *play)
{
	play->client->wait = WAIT_NONE;
	if (account_probe(play->client->waiting->account, life_answered, play, &play->asking, NULL) == 0)
		world_timer_start(play->stage->world, &play->timer, play->stage->timers.answer, life_late, play);
	else
		leave_unanswered(play);
}

/* Settings that are not what the user set: those that are may come after them, of another of his devices. */
static bool tells_otherwise(const struct lua_client *client, enum account_event event)
{
	enum settings_value told = client->account->told;

	return event == ACCOUNT_PUBLISHED && client->wished != SETTINGS_ABSENT && told != client->wished &&
	       (told == SETTINGS_TRUE || told == SETTINGS_FALSE);
}

static void tell_otherwise(struct lua_client *client)
{
	lua_play_finish(client->play, LUA_PLAY_STUCK, "the client of %s published offline delivery %s, and was told %s",
			client->account->address, client->wished == SETTINGS_TRUE ? "off" : "on",
			client->wished == SETTINGS_TRUE ? "on" : "off");
}

static void wait_ended(void *arg)
{
	struct lua_play *play = arg;
	struct lua_client_state *state = play->client;

	if (state->wait == WAIT_NEEDED && state->waiting->account->challenges)
		ask_for_life(play);
	else if (state->wait == WAIT_NEEDED && tells_otherwise(state->waiting, state->wanted))
		tell_otherwise(state->waiting);
	else if (state->wait == WAIT_NEEDED)
		lua_play_finish(play, LUA_PLAY_STUCK, "the client of %s sent no %s within %.1f s",
				state->waiting->account->address, state->what, (double)state->within / 1e9);
	else
		stop_waiting(play, state->wait == WAIT_OUT);
}

/* A push may come to its end because nobody is there any more. */
static bool shows_life(enum account_event event)
{
	return event != ACCOUNT_PUSHED && event != ACCOUNT_ENDED;
}

/* Is a program asked that has not answered yet? People need not say that what was seen is done. */
static bool is_commanded(const struct lua_play *play)
{
	return play->client->asking && !play->stage->tester->patient;
}

/* What was waited for is there. */
static void outwait_tester(struct lua_play *play)
{
	play->client->wait = WAIT_OUT;
	world_timer_start(play->stage->world, &play->timer, play->stage->timers.answer, wait_ended, play);
}

/* Who is challenged once more has the whole time once more. */
static void wait_for_challenged(struct lua_play *play, const struct account *account)
{
	struct lua_client_state *state = play->client;

	if (state->wait != WAIT_NEEDED || state->waiting->account != account ||
	    account->challenges <= state->challenges)
		return;
	state->challenges = account->challenges;
	if (state->within)
		world_timer_start(play->stage->world, &play->timer, state->within, wait_ended, play);
}

static void on_event(void *arg, struct account *account, enum account_event event)
{
	struct lua_client *client = arg;
	struct lua_play *play = client->play;
	struct lua_client_state *state = play->client;

	if (shows_life(event) && play->events->on_client_alive)
		play->events->on_client_alive(play->arg, account);
	if (event == ACCOUNT_SEEN)
		wait_for_challenged(play, account);
	if (state->waiting != client || state->wait <= WAIT_TESTER || state->wanted != event)
		return;
	client->seen[event]++;
	if (state->wait == WAIT_NEEDED && tells_otherwise(client, event))
		return;
	if (is_commanded(play)) /* and may be at work still: what it is told next would come in between */
		outwait_tester(play);
	else
		stop_waiting(play, true);
}

static void wait_start(struct lua_client *client, enum lua_client_wait wait, enum account_event event, uint64_t within)
{
	struct lua_play *play = client->play;

	play->client->waiting = client;
	play->client->wait = wait;
	play->client->wanted = event;
	play->client->within = within;
	play->client->challenges = client->account->challenges;
	if (within)
		world_timer_start(play->stage->world, &play->timer, within, wait_ended, play);
}

static bool is_there(struct lua_client *client, enum account_event event)
{
	if (client->account->counts[event] <= client->seen[event])
		return false;
	client->seen[event]++;
	return true;
}

int lua_client_await(lua_State *L, struct lua_client *client, enum account_event event, uint64_t within)
{
	if (is_there(client, event)) {
		lua_pushboolean(L, 1);
		return 1;
	}
	wait_start(client, WAIT_EVENT, event, within ? within : 1);
	return script_wait(L);
}

int lua_client_need(lua_State *L, struct lua_client *client, enum account_event event, const char *what)
{
	if (is_there(client, event) && !tells_otherwise(client, event)) {
		lua_pushboolean(L, 1);
		return 1;
	}
	client->play->client->what = what;
	wait_start(client, WAIT_NEEDED, event, client->play->stage->timers.answer);
	return script_wait(L);
}

static void on_tester(void *to, enum tester_outcome outcome, const char *why)
{
	struct lua_play *play = to;
	struct lua_client_state *state = play->client;

	state->asking = false;
	if (state->wait == WAIT_OUT)
		stop_waiting(play, true);
	else if (outcome == TESTER_CANNOT)
		lua_play_finish(play, LUA_PLAY_SKIPPED, "%s", why);
	else if (outcome == TESTER_FAILED)
		lua_play_finish(play, LUA_PLAY_STUCK, "%s", why);
	else if (state->wait == WAIT_TESTER)
		stop_waiting(play, true);
	else if (state->wait != WAIT_NONE)
		wait_start(state->waiting, state->wait, state->wanted, play->stage->patience);
}

int lua_client_ask(lua_State *L, struct lua_client *client, const struct tester_request *request,
		   enum lua_client_wait wait, enum account_event event, const char *what)
{
	struct lua_play *play = client->play;

	if (account_lacks_keys(client->account)) {
		lua_play_finish(play, LUA_PLAY_SKIPPED, "the IXIT has no keys of AKA for %s", client->account->address);
		return script_wait(L);
	}
	memcpy(client->seen, client->account->counts, sizeof(client->seen)); /* it is not of this what came before */
	play->client->what = what;
	play->client->asking = true;
	wait_start(client, wait, event, 0);
	play->stage->tester->ask(play->stage->tester, request, on_tester, play);
	return script_wait(L);
}

void lua_client_done(struct lua_play *play)
{
	struct lua_client_state *state = play->client;

	if (!state)
		return;
	if (state->asking)
		play->stage->tester->forget(play->stage->tester, play);
	for (size_t i = 0; i < state->count; i++)
		registrar_close(play->stage->registrar, state->clients[i].account);
}

/* --- the words of t --- */

static struct lua_play *stage_check(lua_State *L)
{
	return script_object_check(L, 1, &lua_client_stage_class);
}

static int word_client(lua_State *L)
{
	static const char *const names[LUA_PLAY_USERS_MAX] = {"alice", "bob",   "carol", "dave",
							      "erin",  "frank", "grace", "heidi"};
	struct lua_play *play = stage_check(L);
	struct lua_client_state *state = play->client;
	struct lua_client *client = &state->clients[state->count];

	script_arg_end(L, 2);
	script_options_check(L, 2, lua_client_plan_options, false);
	if (state->count == LUA_PLAY_USERS_MAX)
		return script_error(L, "client: %d clients are in already, expected no more", LUA_PLAY_USERS_MAX);
	*client = (struct lua_client){.play = play};
	client->account = play->events->make_account(play->arg, names[state->count], (unsigned)state->count);
	if (!client->account)
		return script_error(L, "client: no identity is left for another one");
	client->user = (struct tester_user){client->account->address, client->account->username,
					    client->account->password, client->account->keys};
	state->count++;
	client->account->on_event = on_event;
	client->account->arg = client;
	lua_client_plan(L, 2, client->account);
	script_object_push(L, &lua_client_class, client);
	return 1;
}

static void sleep_ended(void *arg)
{
	lua_play_wake(arg, lua_play_push_nothing);
}

static int word_sleep(lua_State *L)
{
	struct lua_play *play = stage_check(L);
	int64_t wait = script_arg_number(L, 2, 0, 3600000);

	script_arg_end(L, 2);
	world_timer_start(play->stage->world, &play->timer, (uint64_t)wait * MILLISECOND, sleep_ended, play);
	return script_wait(L);
}

static void probe_next(void *arg);

static void probe_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct lua_play *play = arg;
	struct lua_client_state *state = play->client;

	if (msg && msg->status < 200)
		return;
	play->asking = NULL;
	world_timer_stop(&play->timer);
	if (msg && play->events->on_client_alive)
		play->events->on_client_alive(play->arg, state->clients[state->probed].account);
	play->result = play->result && msg;
	state->probed++;
	probe_next(play);
}

/* Some clients keep silent to OPTIONS; whatever else they say is a sign of life, too. */
static void probe_late(void *arg)
{
	struct lua_play *play = arg;

	client_txn_detach(play->asking);
	play->asking = NULL;
	play->result = false;
	play->client->probed++;
	probe_next(play);
}

static void probe_next(void *arg)
{
	struct lua_play *play = arg;
	struct lua_client_state *state = play->client;

	for (; state->probed < state->count; state->probed++) {
		if (account_probe(state->clients[state->probed].account, probe_answered, play, &play->asking, NULL) ==
		    0) {
			world_timer_start(play->stage->world, &play->timer, play->stage->timers.answer, probe_late,
					  play);
			return;
		}
		play->result = false;
	}
	lua_play_wake(play, lua_play_push_result);
}

/* Silence means nothing without proof of life after it. */
static int word_quiet(lua_State *L)
{
	struct lua_play *play = stage_check(L);

	script_arg_end(L, 1);
	play->client->probed = 0;
	play->result = true;
	world_timer_start(play->stage->world, &play->timer, play->stage->timers.quiet, probe_next, play);
	return script_wait(L);
}

const struct script_method lua_client_stage_methods[] = {
	{"client", word_client}, {"quiet", word_quiet}, {"sleep", word_sleep}, {NULL, NULL}};
const char *const lua_client_stage_fields[] = {"domain", "core", "quiet_ms", "answer_ms", NULL};

static void stage_get(lua_State *L, void *object, const char *field)
{
	const struct lua_play *play = object;
	char core[NET_ADDR_TEXT_MAX];

	if (!strcmp(field, "domain"))
		lua_pushstring(L, registrar_domain(play->stage->registrar));
	else if (!strcmp(field, "core"))
		lua_pushstring(L, net_addr_format(core, registrar_addr(play->stage->registrar)));
	else if (!strcmp(field, "quiet_ms"))
		lua_pushinteger(L, (lua_Integer)(play->stage->timers.quiet / MILLISECOND));
	else
		lua_pushinteger(L, (lua_Integer)(play->stage->timers.answer / MILLISECOND));
}

const struct script_class lua_client_stage_class = {"t", lua_client_stage_methods, lua_client_stage_fields, stage_get};
