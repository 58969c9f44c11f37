/* SPDX-License-Identifier: MIT */
#include "harness/lua_play_internal.h"
#include "base/time.h"

struct header_sink {
	struct user_answer *answer;
	struct arena *arena;
	size_t count;
};

static void add_header(void *arg, struct slice line)
{
	struct header_sink *sink = arg;

	if (sink->count < USER_HEADERS_MAX)
		sink->answer->headers[sink->count++] = arena_copy(sink->arena, line).p;
}

static const char *text_option(lua_State *L, struct arena *arena, int arg, const char *name, const char *fallback)
{
	struct slice text = SLICE_NONE;

	if (script_option_off(L, arg, name))
		return NULL;
	text = script_option_text(L, arg, name, slice_of(fallback));
	return text.p == fallback ? fallback : arena_copy(arena, text).p;
}

static const char *refresher_option(lua_State *L, int arg)
{
	struct slice who = script_option_text(L, arg, "refresher", SLICE_NONE);

	if (who.p && !slice_is(who, "uac") && !slice_is(who, "uas"))
		script_error(L, "refresher is '%s', expected \"uac\" or \"uas\"", who.p);
	return !who.p ? NULL : slice_is(who, "uac") ? "uac" : "uas";
}

/* One answer, a table on top of the stack: { 180, allow = …, after = 500 }. */
static void read_answer(lua_State *L, struct arena *arena, struct user_answer *answer)
{
	static const char *const known[] = {"after",           "allow",     "contact",  "body", "headers",
					    "session_expires", "refresher", "reliable", NULL};
	struct header_sink sink = {answer, arena, 0};
	struct slice body;
	int at = lua_gettop(L), integral = 0;

	script_options_check(L, at, known, true);
	lua_rawgeti(L, at, 1);
	answer->status = (unsigned)lua_tointegerx(L, -1, &integral);
	lua_pop(L, 1);
	if (!integral || answer->status < 100 || answer->status > 699)
		script_error(L, "an answer starts with its status, 100 to 699: { 180, … }");
	answer->after = (uint64_t)script_option_number(L, at, "after", 0, 3600000, 0) * MILLISECOND;
	answer->allow = text_option(L, arena, at, "allow", answer->status > 100 ? USER_ALLOW : NULL);
	answer->contact = text_option(L, arena, at, "contact", NULL);
	body = script_option_text(L, at, "body", SLICE_NONE);
	answer->body = body.p ? arena_copy(arena, body) : SLICE_NONE;
	answer->session_expires = (uint32_t)script_option_number(L, at, "session_expires", 90, UINT32_MAX, 0);
	answer->refresher = refresher_option(L, at);
	answer->reliable = script_option_flag(L, at, "reliable", false);
	script_option_texts(L, at, "headers", add_header, &sink);
}

static int read_plan(lua_State *L, bool more)
{
	static const char *const known[] = {"hold", "refreshes", "bye_after", NULL};
	struct lua_user *user = lua_user_check(L);
	struct user_plan plan = {0};
	struct user_answer *answers;

	script_arg_end(L, 2);
	script_options_check(L, 2, known, true);
	plan.hold = script_option_flag(L, 2, "hold", false);
	plan.refreshes = script_option_flag(L, 2, "refreshes", true);
	plan.bye_after = (uint64_t)script_option_number(L, 2, "bye_after", 1, 3600000, 0) * MILLISECOND;
	plan.count = lua_istable(L, 2) ? lua_rawlen(L, 2) : 0;
	if (plan.count > USER_ANSWERS_MAX)
		return script_error(L, "got %d answers, expected at most %d", (int)plan.count, USER_ANSWERS_MAX);
	answers = arena_alloc(&user->user->arena, plan.count * sizeof(*answers));
	plan.answers = answers;
	for (size_t i = 0; i < plan.count; i++) {
		if (lua_rawgeti(L, 2, (lua_Integer)i + 1) != LUA_TTABLE)
			return script_error(L, "an answer is a table that starts with its status: { 180, … }");
		read_answer(L, &user->user->arena, &answers[i]);
		lua_pop(L, 1);
	}
	if (!user_plan_add(user->user, &plan, more))
		return script_error(L, "answers to %d pushes are planned, expected no more", USER_PLANS_MAX);
	return 0;
}

int lua_word_answers(lua_State *L)
{
	return read_plan(L, false);
}

int lua_word_then_answers(lua_State *L)
{
	return read_plan(L, true);
}
