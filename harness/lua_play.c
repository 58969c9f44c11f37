/* SPDX-License-Identifier: MIT */
#include "harness/lua_play_internal.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* --- turns --- */

static void finish_told(void *arg)
{
	struct lua_play *play = arg;

	play->events->on_end(play->arg, play->end, play->why);
}

void lua_play_finish(struct lua_play *play, enum lua_play_end end, const char *format, ...)
{
	char why[400];
	va_list args;

	if (play->over)
		return;
	play->over = true;
	play->end = end;
	play->waiting = NULL;
	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	play->why = arena_copy(&play->arena, slice_of(why)).p;
	world_timer_start(play->stage->world, &play->timer, 0, finish_told, play);
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
static void turn(void *arg)
{
	struct lua_play *play = arg;

	go_on(play, play->push(play));
}

void lua_play_wake(struct lua_play *play, int (*push)(struct lua_play *play))
{
	play->push = push;
	if (!play->over)
		world_timer_start(play->stage->world, &play->timer, play->rest, turn, play);
	play->rest = 0;
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
	play->push = lua_play_push_result;
	turn(play);
}

int lua_play_await(lua_State *L, struct lua_user *user, enum user_event wanted, uint64_t within)
{
	struct lua_play *play = user->play;

	play->waiting = user;
	play->wanted = wanted;
	world_timer_start(play->stage->world, &play->timer, within, await_ended, play);
	return script_wait(L);
}

void lua_play_on_event(void *arg, struct user *user, enum user_event event)
{
	struct lua_play *play = arg;

	if (event == USER_MESSAGE && user->messages == user->deposits && play->events->on_delivered)
		play->events->on_delivered(play->arg, user);
	if (event == USER_ENDED && user->messages < user->deposits && play->events->on_left)
		play->events->on_left(play->arg, user);
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

/* --- life --- */

void lua_play_classes(struct script *script)
{
	script_class_add(script, &lua_stage_class);
	script_class_add(script, &lua_user_class);
	script_class_add(script, &lua_answer_class);
	script_class_add(script, &lua_client_stage_class);
	script_class_add(script, &lua_client_class);
}

struct lua_play *lua_play_new(struct lua_stage *stage, const struct play *play, const struct lua_play_events *events,
			      void *arg)
{
	struct lua_play *new = mem_alloc(sizeof(*new));

	new->stage = stage;
	new->events = events;
	new->arg = arg;
	new->resting = stage->rest;
	if (stage->registrar)
		new->client = arena_alloc(&new->arena, sizeof(*new->client));
	new->lane = stage->core ? core_lane(stage->core) : 0;
	new->run = script_run_new(stage->script, play);
	return new;
}

void lua_play_start(struct lua_play *play)
{
	const struct script_class *class = play->stage->registrar ? &lua_client_stage_class : &lua_stage_class;

	script_object_push(script_run_lua(play->run), class, play);
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
		user_free(play->users[i]->user);
	lua_client_done(play);
	script_run_free(play->run);
	arena_done(&play->retry_arena);
	arena_done(&play->arena);
	free(play);
}

struct user *lua_play_user(const struct lua_play *play, size_t at)
{
	return play->users[at]->user;
}

bool lua_play_is_apart(const struct lua_play *play)
{
	return play->apart;
}

void lua_play_where(const struct lua_play *play, struct buf *to)
{
	script_run_where(play->run, to);
}

/* --- the page of words --- */

static void words_add(struct buf *names, const struct script_class *class)
{
	for (const struct script_method *method = class->methods; method->name; method++)
		buf_printf(names, "%s:%s\n", class->name, method->name);
	for (const char *const *field = class->fields; *field; field++)
		buf_printf(names, "%s.%s\n", class->name, *field);
}

void lua_play_words(struct buf *names)
{
	words_add(names, &lua_stage_class);
	words_add(names, &lua_user_class);
	words_add(names, &lua_answer_class);
	words_add(names, &lua_client_class);
}
