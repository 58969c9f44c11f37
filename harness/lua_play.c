/* SPDX-License-Identifier: MIT */
#include "harness/lua_play_internal.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const uint64_t ms = 1000000ull;

/* --- turns --- */

static void finish_told(void *arg)
{
	struct lua_play *play = arg;

	play->events.on_end(play->arg, play->end, play->why);
}

void lua_play_finish(struct lua_play *play, enum lua_play_end end, const char *format, ...)
{
	va_list args;

	if (play->over)
		return;
	play->over = true;
	play->end = end;
	play->waiting = NULL;
	va_start(args, format);
	vsnprintf(play->why, sizeof(play->why), format, args);
	va_end(args);
	world_timer_start(core_world(play->stage->core), &play->timer, 0, finish_told, play);
}

static void go_on(struct lua_play *play, int count)
{
	struct err err;
	enum script_state state = script_run_resume(play->run, count, &err);

	if (state == SCRIPT_ENDED)
		lua_play_finish(play, LUA_PLAY_DONE, "%s", "");
	else if (state == SCRIPT_FAILED)
		lua_play_finish(play, LUA_PLAY_BROKEN, "%s", err.text);
}

/* One timer a play is enough: it is either due to go on, or waiting for something with an end. */
#define TURN(name, push)                                                                                               \
	static void name(void *arg)                                                                                    \
	{                                                                                                              \
		go_on(arg, push(arg));                                                                                 \
	}
TURN(turn_answer, lua_play_push_answer)
TURN(turn_result, lua_play_push_result)
TURN(turn_nothing, lua_play_push_nothing)
#undef TURN

void lua_play_wake(struct lua_play *play, int (*push)(struct lua_play *play))
{
	void (*turn)(void *arg) = push == lua_play_push_answer ? turn_answer :
				  push == lua_play_push_result ? turn_result : turn_nothing;

	if (!play->over)
		world_timer_start(core_world(play->stage->core), &play->timer, 0, turn, play);
}

int lua_play_push_answer(struct lua_play *play)
{
	script_object_push(script_run_lua(play->run), &lua_answer_class, play->answer);
	return 1;
}

int lua_play_push_result(struct lua_play *play)
{
	lua_pushboolean(script_run_lua(play->run), play->result);
	return 1;
}

int lua_play_push_nothing(struct lua_play *play)
{
	return 0;
}

/* --- waiting for a user's events --- */

static void await_ended(void *arg)
{
	struct lua_play *play = arg;

	play->waiting = NULL;
	play->result = false;
	turn_result(play);
}

int lua_play_await(lua_State *L, struct lua_user *user, enum user_event wanted, uint64_t within)
{
	struct lua_play *play = user->play;

	play->waiting = user;
	play->wanted = wanted;
	world_timer_start(core_world(play->stage->core), &play->timer, within, await_ended, play);
	return script_wait(L);
}

static void on_user_event(void *arg, struct user *user, enum user_event event)
{
	struct lua_play *play = arg;

	if (event == USER_MESSAGE && user->messages == user->deposits && play->events.on_delivered)
		play->events.on_delivered(play->arg, user);
	if (!play->waiting || play->waiting->user != user || play->wanted != event)
		return;
	if (event == USER_PUSHED)
		play->waiting->pushes++;
	if (event == USER_ASKED)
		play->waiting->asked++;
	if (event == USER_ENDED)
		play->waiting->ended++;
	play->waiting = NULL;
	play->result = true;
	lua_play_wake(play, lua_play_push_result);
}

/* --- the words of t --- */

static const struct script_class stage_class;

static int word_user(lua_State *L)
{
	static const char *const known[] = {"name", NULL};
	static const char *const names[LUA_PLAY_USERS_MAX] = {"alice", "bob", "carol", "dave",
							      "erin", "frank", "grace", "heidi"};
	struct lua_play *play = script_object_check(L, 1, &stage_class);
	struct lua_user *user;
	struct slice name;

	script_arg_end(L, 2);
	script_options_check(L, 2, known, false);
	if (play->user_count == LUA_PLAY_USERS_MAX)
		return script_error(L, "user: %d users are in already, expected no more", LUA_PLAY_USERS_MAX);
	name = script_option_text(L, 2, "name", slice_of(names[play->user_count]));
	user = &play->users[play->user_count];
	*user = (struct lua_user){.play = play};
	user->user = play->events.make_user(play->arg, arena_copy(&play->arena, name).p, (unsigned)play->user_count);
	if (!user->user)
		return script_error(L, "user: no identity is left for %s", name.p);
	play->user_count++;
	user->user->on_event = on_user_event;
	user->user->arg = play;
	play->events.on_user(play->arg, user->user);
	script_object_push(L, &lua_user_class, user);
	return 1;
}

static int word_sleep(lua_State *L)
{
	struct lua_play *play = script_object_check(L, 1, &stage_class);
	int64_t wait = script_arg_number(L, 2, 0, 3600000);

	script_arg_end(L, 2);
	world_timer_start(core_world(play->stage->core), &play->timer, (uint64_t)wait * ms, turn_nothing, play);
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
	struct lua_play *play = script_object_check(L, 1, &stage_class);

	script_arg_end(L, 1);
	world_timer_start(core_world(play->stage->core), &play->timer, play->stage->timers.quiet, probe_now, play);
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
		lua_pushinteger(L, (lua_Integer)(play->stage->timers.quiet / ms));
	else
		lua_pushinteger(L, (lua_Integer)(play->stage->timers.answer / ms));
}

static const struct script_class stage_class = {"t", stage_methods, stage_fields, stage_get};

/* --- life --- */

void lua_play_classes(struct script *script)
{
	script_class_add(script, &stage_class);
	script_class_add(script, &lua_user_class);
	script_class_add(script, &lua_answer_class);
}

struct lua_play *lua_play_new(const struct lua_stage *stage, const struct play *play,
			      const struct lua_play_events *events, void *arg)
{
	struct lua_play *new = mem_alloc(sizeof(*new));

	new->stage = stage;
	new->events = *events;
	new->arg = arg;
	new->run = script_run_new(stage->script, play, new);
	return new;
}

void lua_play_start(struct lua_play *play)
{
	script_object_push(script_run_lua(play->run), &stage_class, play);
	go_on(play, 1);
}

void lua_play_free(struct lua_play *play)
{
	if (!play)
		return;
	world_timer_stop(&play->timer);
	if (play->asking)
		client_txn_detach(play->asking);
	for (size_t i = 0; i < play->user_count; i++)
		user_free(play->users[i].user);
	script_run_free(play->run);
	arena_done(&play->arena);
	free(play);
}

size_t lua_play_user_count(const struct lua_play *play)
{
	return play->user_count;
}

struct user *lua_play_user(const struct lua_play *play, size_t at)
{
	return play->users[at].user;
}

void lua_play_where(const struct lua_play *play, struct buf *to)
{
	script_run_where(play->run, to);
}

/* --- the page of words --- */

static void words_add(struct buf *names, const char *object, const struct script_method *methods,
		      const char *const *fields)
{
	for (; methods->name; methods++)
		buf_printf(names, "%s:%s\n", object, methods->name);
	for (; *fields; fields++)
		buf_printf(names, "%s.%s\n", object, *fields);
}

void lua_play_words(struct buf *names)
{
	words_add(names, "t", stage_methods, stage_fields);
	words_add(names, "user", lua_user_methods, lua_user_fields);
	words_add(names, "answer", lua_answer_methods, lua_answer_fields);
}
