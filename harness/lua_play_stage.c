/* SPDX-License-Identifier: MIT
 *
 * The words of t: users, time, and silence. */
#include "harness/lua_play_internal.h"
#include "base/time.h"

static int push_user(struct lua_play *play)
{
	script_object_push(script_run_lua(play->run), &lua_user_class, play->asker);
	return 1;
}

/* A user whom the IUT knows may still be registered, from the case before: the preamble ends that. */
static int call_known(lua_State *L, struct lua_user *user)
{
	struct draft draft = lua_play_draft(user->play);

	user_draft_register(user->user, &draft, 0);
	user->play->push_answered = push_user;
	return lua_play_ask(L, user, &draft, false, NULL);
}

static int word_user(lua_State *L)
{
	static const char *const known[] = {"name", NULL};
	static const char *const names[LUA_PLAY_USERS_MAX] = {"alice", "bob",   "carol", "dave",
							      "erin",  "frank", "grace", "heidi"};
	struct lua_play *play = script_object_check(L, 1, &lua_stage_class);
	struct lua_user *user;
	struct user *made;
	struct slice name;

	script_arg_end(L, 2);
	script_options_check(L, 2, known, false);
	if (play->user_count == LUA_PLAY_USERS_MAX)
		return script_error(L, "user: %d users are in already, expected no more", LUA_PLAY_USERS_MAX);
	name = script_option_text(L, 2, "name", slice_of(names[play->user_count]));
	script_name_check(L, "name", name);
	made = play->events->make_user(play->arg, name.p, (unsigned)play->user_count);
	if (!made) {
		lua_play_finish(play, LUA_PLAY_STUCK, "no identity is left for %s: the IXIT names too few users",
				name.p);
		return script_wait(L);
	}
	user = arena_alloc(&made->arena, sizeof(*user));
	*user = (struct lua_user){.play = play, .user = made};
	play->users[play->user_count++] = user;
	user->user->on_event = lua_play_on_event;
	user->user->arg = play;
	play->events->on_user(play->arg, user->user);
	if (user->user->known)
		return call_known(L, user);
	script_object_push(L, &lua_user_class, user);
	return 1;
}

static void slept(void *arg)
{
	lua_play_wake(arg, lua_play_push_nothing);
}

static int word_sleep(lua_State *L)
{
	struct lua_play *play = script_object_check(L, 1, &lua_stage_class);
	int64_t wait = script_arg_number(L, 2, 0, 3600000);

	script_arg_end(L, 2);
	world_timer_start(play->stage->world, &play->timer, (uint64_t)wait * MILLISECOND, slept, play);
	return script_wait(L);
}

static void probe_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct lua_play *play = arg;

	if (msg && msg->status < 200)
		return;
	play->asking = NULL;
	play->result = msg != NULL;
	lua_play_wake(play, lua_play_push_result);
}

static void probe_now(void *arg)
{
	struct lua_play *play = arg;
	struct err err;

	if (core_probe(play->stage->core, play->stage->probe, probe_answered, play, &play->asking, &err) < 0)
		lua_play_finish(play, LUA_PLAY_STUCK, "%s", err.text);
}

/* Silence means nothing without proof of life after it. */
static int word_quiet(lua_State *L)
{
	struct lua_play *play = script_object_check(L, 1, &lua_stage_class);

	script_arg_end(L, 1);
	world_timer_start(play->stage->world, &play->timer, play->stage->timers.quiet, probe_now, play);
	return script_wait(L);
}

static const struct script_method stage_methods[] = {
	{"user", word_user}, {"quiet", word_quiet}, {"sleep", word_sleep}, {NULL, NULL}};
static const char *const stage_fields[] = {"domain", "quiet_ms", "answer_ms", NULL};

static void stage_get(lua_State *L, void *object, const char *field)
{
	const struct lua_play *play = object;

	if (!strcmp(field, "domain"))
		lua_pushstring(L, core_domain(play->stage->core));
	else if (!strcmp(field, "quiet_ms"))
		lua_pushinteger(L, (lua_Integer)(play->stage->timers.quiet / MILLISECOND));
	else
		lua_pushinteger(L, (lua_Integer)(play->stage->timers.answer / MILLISECOND));
}

const struct script_class lua_stage_class = {"t", stage_methods, stage_fields, stage_get};
