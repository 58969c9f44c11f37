/* SPDX-License-Identifier: MIT
 *
 * Frozen values, and the words of checks: every word of lib/check is a function that returns a check. */
#include "script/script_lua.h"

#include <lauxlib.h>

static const char frozen_keys[FROZEN_COUNT]; /* their addresses name the metatables */

void frozen_push(lua_State *L, enum frozen kind, const void *value)
{
	*(const void **)lua_newuserdatauv(L, sizeof(value), 0) = value;
	lua_rawgetp(L, LUA_REGISTRYINDEX, &frozen_keys[kind]);
	lua_setmetatable(L, -2);
}

const void *frozen_at(lua_State *L, int index, enum frozen kind)
{
	const void *value = NULL;

	if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
		return NULL;
	lua_rawgetp(L, LUA_REGISTRYINDEX, &frozen_keys[kind]);
	if (lua_rawequal(L, -1, -2))
		value = *(const void **)lua_touserdata(L, index < 0 ? index - 2 : index);
	lua_pop(L, 2);
	return value;
}

static void word_read_arg(lua_State *L, const struct word *word, int index, struct check *check)
{
	struct check_arg *arg = &check->args[check->arg_count++];
	struct slice text;
	int integral;

	switch (lua_type(L, index)) {
	case LUA_TSTRING:
		text.p = lua_tolstring(L, index, &text.len);
		if (memchr(text.p, '\0', text.len))
			script_error(L, "%s: argument %d holds a NUL, expected text", word->name, index);
		arg->kind = CHECK_ARG_TEXT;
		arg->text = arena_copy(script_arena(L), text).p;
		return;
	case LUA_TNUMBER:
		arg->kind = CHECK_ARG_NUMBER;
		arg->number = lua_tointegerx(L, index, &integral);
		if (!integral)
			script_error(L, "%s: argument %d has a fraction, expected a whole number", word->name, index);
		return;
	default:
		script_error(L, "%s: argument %d is %s, expected text or a number", word->name, index,
			     script_type_name(L, index));
	}
}

static void word_read_kids(lua_State *L, const struct word *word, int index, struct check *check)
{
	lua_Integer i, count = (lua_Integer)lua_rawlen(L, index);

	table_check_keys(L, index, word->name, (const char *const[]){NULL}, count);
	check->kids = arena_alloc(script_arena(L), ((size_t)count + 1) * sizeof(*check->kids));
	for (i = 1; i <= count; i++) {
		lua_rawgeti(L, index, i);
		check->kids[check->kid_count++] = frozen_at(L, -1, FROZEN_CHECK);
		if (!check->kids[i - 1])
			script_error(L, "%s: item %I is %s, expected a check", word->name, i, script_type_name(L, -1));
		lua_pop(L, 1);
	}
}

static int word_call(lua_State *L)
{
	const struct word *word = lua_touserdata(L, lua_upvalueindex(1));
	struct check *check;
	struct err err;
	int i, count = lua_gettop(L);

	script_need_loading(L, word->name);
	check = arena_alloc(script_arena(L), sizeof(*check));
	check->word = word;
	if (word->kids == WORD_KIDS) {
		if (!count || !lua_istable(L, count))
			return script_error(L, "%s: got %s last, expected a table of checks: %s { … }", word->name,
					    script_type_name(L, count ? count : 1), word->name);
		word_read_kids(L, word, count--, check);
	}
	if (count > CHECK_ARGS_MAX)
		return script_error(L, "%s: got %d arguments, expected at most %d", word->name, count, CHECK_ARGS_MAX);
	for (i = 1; i <= count; i++)
		word_read_arg(L, word, i, check);
	if (check_bind(check, &err))
		return script_error(L, "%s", err.text);
	frozen_push(L, FROZEN_CHECK, catalogue_check(script_of(L)->catalogue, check));
	return 1;
}

const struct check *check_of_list(lua_State *L, int index, const char *what)
{
	struct check *all = arena_alloc(script_arena(L), sizeof(*all));

	all->word = check_word(SLICE("all"));
	if (!lua_istable(L, index))
		script_error(L, "%s: got %s, expected a table of checks: %s { … }", what, script_type_name(L, index),
			     what);
	word_read_kids(L, &(struct word){.name = what}, index, all);
	if (all->kid_count < 2)
		return all->kid_count ? all->kids[0] : NULL;
	return catalogue_check(script_of(L)->catalogue, all);
}

void script_words_open(lua_State *L)
{
	const struct word *const *words;
	size_t i, count;
	int kind;

	for (kind = 0; kind < FROZEN_COUNT; kind++) {
		lua_newtable(L);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &frozen_keys[kind]);
	}
	words = check_words(&count);
	for (i = 0; i < count; i++) {
		lua_pushlightuserdata(L, (void *)words[i]);
		lua_pushcclosure(L, word_call, 1);
		script_env_add(L, words[i]->name);
	}
}
