/* SPDX-License-Identifier: MIT
 *
 * The strict environment of clause files: an empty table whose metatable knows the words, so that unknown names, and
 * every write, come here. */
#include "script/script_lua.h"

#include <assert.h>
#include <lauxlib.h>
#include <stdarg.h>

enum { KEYS_MAX = 64, KEY_LEN_MAX = 128 }; /* of pairs: bound what sorting costs */

static const char words_key, env_key; /* their addresses are keys of the registry */

int script_error(lua_State *L, const char *format, ...)
{
	va_list args;

	luaL_where(L, 1);
	va_start(args, format);
	lua_pushvfstring(L, format, args);
	va_end(args);
	lua_concat(L, 2);
	lua_error(L);
	__builtin_unreachable(); /* Lua does not tell the compiler that it never comes back */
}

int script_line(lua_State *L)
{
	lua_Debug at;

	if (!lua_getstack(L, 1, &at) || !lua_getinfo(L, "l", &at))
		return 0;
	return at.currentline;
}

void script_need_loading(lua_State *L, const char *word)
{
	if (!script_of(L)->file || script_run_of(L))
		script_error(L, "%s: is for declarations, expected only outside of plays", word);
}

const char *script_type_name(lua_State *L, int index)
{
	switch (lua_type(L, index)) {
	case LUA_TNONE:
	case LUA_TNIL:
		return "nothing";
	case LUA_TSTRING:
		return "text";
	case LUA_TNUMBER:
		return "a number";
	case LUA_TBOOLEAN:
		return lua_toboolean(L, index) ? "true" : "false";
	case LUA_TTABLE:
		return "a table";
	case LUA_TFUNCTION:
		return "a function";
	default:
		return "a value of another word";
	}
}

/* (env, name): the metatable's __index */
static int env_get(lua_State *L)
{
	char text[SUGGEST_TEXT_MAX];
	struct suggest suggest;

	lua_rawgetp(L, LUA_REGISTRYINDEX, &words_key);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, -2) != LUA_TNIL)
		return 1;
	if (lua_type(L, 2) != LUA_TSTRING)
		return script_error(L, "unknown name, expected a word of the vocabulary");
	suggest_init(&suggest, slice_of(lua_tostring(L, 2)));
	for (lua_pop(L, 1), lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
		suggest_offer(&suggest, lua_tostring(L, -2));
	return script_error(L, "unknown name '%s', expected a word of the vocabulary or a local%s", lua_tostring(L, 2),
			    suggest_text(&suggest, text));
}

/* (env, name, value): the metatable's __newindex */
static int env_set(lua_State *L)
{
	return script_error(L, "sets the global '%s', expected 'local %s = …'", luaL_tolstring(L, 2, NULL),
			    luaL_tolstring(L, 2, NULL));
}

static int ipairs_next(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, 2) + 1;

	lua_pushinteger(L, i);
	return lua_rawgeti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

struct key {
	bool name;
	lua_Integer number;
	struct slice text; /* the table holds it */
};

static bool key_before(const struct key *a, const struct key *b)
{
	if (a->name != b->name)
		return !a->name;
	return a->name ? strcmp(a->text.p, b->text.p) < 0 : a->number < b->number;
}

static struct key key_read(lua_State *L, int index)
{
	struct key key = {.name = lua_type(L, index) == LUA_TSTRING};

	if (key.name)
		key.text.p = lua_tolstring(L, index, &key.text.len);
	else if (lua_isinteger(L, index))
		key.number = lua_tointeger(L, index);
	else
		script_error(L, "pairs: a key is neither a name nor a whole number, expected one of these");
	if (key.text.len > KEY_LEN_MAX)
		script_error(L, "pairs: a name is too long, expected at most %d bytes", KEY_LEN_MAX);
	return key;
}

/* Sorted: the order of Lua's own tables is not the same in every process. */
static int keys_read(lua_State *L, struct key keys[KEYS_MAX])
{
	struct key key;
	int count = 0, i;

	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		key = key_read(L, -2);
		if (count == KEYS_MAX)
			script_error(L, "pairs: the table is too large, expected at most %d keys", KEYS_MAX);
		for (i = count++; i && key_before(&key, &keys[i - 1]); i--)
			keys[i] = keys[i - 1];
		keys[i] = key;
	}
	return count;
}

/* upvalues: the table, its keys, how many were given out */
static int pairs_next(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(3)) + 1;

	lua_pushinteger(L, i);
	lua_replace(L, lua_upvalueindex(3));
	if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL)
		return 1;
	lua_pushvalue(L, -1);
	lua_rawget(L, lua_upvalueindex(1));
	return 2;
}

static int env_pairs(lua_State *L)
{
	struct key keys[KEYS_MAX];
	int i, count;

	if (!lua_istable(L, 1))
		return script_error(L, "pairs: got %s, expected a table", script_type_name(L, 1));
	count = keys_read(L, keys);
	sandbox_charge(L, (uint32_t)(count * count / 4));
	lua_pushvalue(L, 1);
	lua_createtable(L, count, 0);
	for (i = 0; i < count; i++) {
		if (keys[i].name)
			lua_pushlstring(L, keys[i].text.p, keys[i].text.len);
		else
			lua_pushinteger(L, keys[i].number);
		lua_rawseti(L, -2, i + 1);
	}
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, pairs_next, 3);
	return 1;
}

static int env_ipairs(lua_State *L)
{
	if (!lua_istable(L, 1))
		return script_error(L, "ipairs: got %s, expected a table", script_type_name(L, 1));
	lua_pushcfunction(L, ipairs_next);
	lua_pushvalue(L, 1);
	lua_pushinteger(L, 0);
	return 3;
}

/* No addresses: two runs give the same bytes. */
static int env_tostring(lua_State *L)
{
	if (lua_type(L, 1) == LUA_TBOOLEAN) {
		lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false");
		return 1;
	}
	if (!lua_isstring(L, 1))
		return script_error(L, "tostring: got %s, expected a number, text or boolean", script_type_name(L, 1));
	lua_settop(L, 1);
	lua_tostring(L, 1);
	return 1;
}

static int env_tonumber(lua_State *L)
{
	if (lua_type(L, 1) == LUA_TNUMBER) {
		lua_settop(L, 1);
		return 1;
	}
	if (lua_type(L, 1) != LUA_TSTRING)
		return script_error(L, "tonumber: got %s, expected text", script_type_name(L, 1));
	if (!lua_stringtonumber(L, lua_tostring(L, 1)))
		lua_pushnil(L);
	return 1;
}

static int env_type(lua_State *L)
{
	if (lua_isnone(L, 1))
		return script_error(L, "type: got nothing, expected a value");
	lua_pushstring(L, luaL_typename(L, 1));
	return 1;
}

void script_env_add(lua_State *L, const char *name)
{
	int taken;

	lua_rawgetp(L, LUA_REGISTRYINDEX, &words_key);
	taken = lua_getfield(L, -1, name);
	assert(taken == LUA_TNIL); /* checks, occasions and declaring words share one room for names */
	lua_pop(L, 1);
	lua_insert(L, -2);
	lua_setfield(L, -2, name);
	lua_pop(L, 1);
}

void script_env_push(lua_State *L)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &env_key);
}

void script_env_open(struct script *script)
{
	static const luaL_Reg basics[] = {{"ipairs", env_ipairs},     {"pairs", env_pairs}, {"tostring", env_tostring},
					  {"tonumber", env_tonumber}, {"type", env_type},   {NULL, NULL}};
	lua_State *L = script->sandbox.L;

	lua_newtable(L);
	luaL_setfuncs(L, basics, 0);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &words_key);
	lua_newtable(L);
	lua_createtable(L, 0, 2);
	lua_pushcfunction(L, env_get);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, env_set);
	lua_setfield(L, -2, "__newindex");
	lua_setmetatable(L, -2);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &env_key);
	script_words_open(L);
	script_declare_open(L);
}
