/* SPDX-License-Identifier: MIT
 *
 * Data files in Lua's notation. */
#include "script/value_build.h"

#include "script/sandbox.h"

#include <lauxlib.h>

static const struct sandbox_limits limits = {
	.source = VALUE_FILE_MAX,
	.steps = 500 * 1000,
	.string = 64 * 1024,
	.block = 8 * 1024 * 1024,
	.growth = 64 * 1024 * 1024,
	.volume = 128 * 1024 * 1024,
	.memory = 128 * 1024 * 1024,
};

static int raise_name(lua_State *L)
{
	return luaL_error(L, "unknown name '%s', expected a value: text stands in quotes",
			  lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

static void push_environment(lua_State *L)
{
	lua_newtable(L);
	lua_createtable(L, 0, 2);
	lua_pushcfunction(L, raise_name);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, raise_name);
	lua_setfield(L, -2, "__newindex");
	lua_setmetatable(L, -2);
}

static int convert(struct value_build *build, lua_State *L, struct value *to, struct err *err);

static int convert_item(struct value_build *build, lua_State *L, const char *name, size_t index, struct value *table,
			struct err *err)
{
	size_t mark;
	int result = value_build_enter(build, name, index, &mark, err);

	if (!result)
		result = convert(build, L, &table->items[table->count], err);
	if (!result && name)
		table->names[table->count] = arena_copy(build->arena, slice_of(name)).p;
	table->count++;
	value_build_leave(build, mark);
	return result;
}

static int convert_list(struct value_build *build, lua_State *L, struct value *to, struct err *err)
{
	size_t i, count = lua_rawlen(L, -1);
	int result = 0;

	value_build_items(build, VALUE_LIST, count, to);
	for (i = 1; i <= count && !result; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i);
		result = convert_item(build, L, NULL, i, to, err);
		lua_pop(L, 1);
	}
	return result;
}

/* How many keys; -EINVAL where names and items are mixed, or a key is neither. */
static int count_keys(struct value_build *build, lua_State *L, size_t *ret_names, struct err *err)
{
	size_t items = lua_rawlen(L, -1);

	*ret_names = 0;
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		if (lua_type(L, -2) == LUA_TSTRING)
			++*ret_names;
		else if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) < 1 || (size_t)lua_tointeger(L, -2) > items)
			return value_build_err(build, err, "has a key that is no name, expected names or a list");
	}
	if (items && *ret_names)
		return value_build_err(build, err, "mixes names and a list, expected one or the other");
	return 0;
}

static int convert_table(struct value_build *build, lua_State *L, struct value *to, struct err *err)
{
	size_t names;
	int result = count_keys(build, L, &names, err);

	if (result)
		return result;
	if (!names)
		return convert_list(build, L, to, err);
	value_build_items(build, VALUE_TABLE, names, to);
	for (lua_pushnil(L); !result && lua_next(L, -2); lua_pop(L, 1))
		result = convert_item(build, L, lua_tostring(L, -2), 0, to, err);
	if (!result)
		value_build_sort(to);
	return result;
}

static int convert(struct value_build *build, lua_State *L, struct value *to, struct err *err)
{
	struct slice text;
	int integral;

	to->line = value_build_line(build);
	switch (lua_type(L, -1)) {
	case LUA_TBOOLEAN:
		to->kind = VALUE_FLAG;
		to->flag = lua_toboolean(L, -1);
		return 0;
	case LUA_TNUMBER:
		to->kind = VALUE_NUMBER;
		to->number = lua_tointegerx(L, -1, &integral);
		return integral ? 0 : value_build_err(build, err, "has a fraction, expected a whole number");
	case LUA_TSTRING:
		text.p = lua_tolstring(L, -1, &text.len);
		return value_build_text(build, text, to, err);
	case LUA_TTABLE:
		return convert_table(build, L, to, err);
	default:
		return value_build_err(build, err, "is %s, expected data", luaL_typename(L, -1));
	}
}

int value_of_lua(struct value_build *build, struct value *to, struct err *err)
{
	struct sandbox sandbox;
	lua_State *co;
	int count, result;

	sandbox_init(&sandbox, &limits);
	co = lua_newthread(sandbox.L);
	result = sandbox_compile(&sandbox, co, build->file, build->text, err);
	if (!result) {
		push_environment(co);
		lua_setupvalue(co, -2, 1);
		result = sandbox_resume(&sandbox, co, 0, &count, err) ? -EINVAL : 0;
	}
	if (!result && (count != 1 || !lua_istable(co, -1)))
		result = err_set(err, -EINVAL, "%s:1: returns no table, expected return { … }", build->file);
	if (!result && lua_checkstack(co, 4 * VALUE_DEPTH_MAX))
		result = convert(build, co, to, err);
	sandbox_done(&sandbox);
	return result;
}
