/* SPDX-License-Identifier: MIT
 *
 * Arguments of live words. */
#include "script/script_lua.h"

struct slice script_arg_text(lua_State *L, int arg)
{
	struct slice text;

	if (lua_type(L, arg) != LUA_TSTRING)
		script_error(L, "argument %d is %s, expected text", arg - 1, script_type_name(L, arg));
	text.p = lua_tolstring(L, arg, &text.len);
	return text;
}

static int64_t number_at(lua_State *L, int index, const char *what, int64_t min, int64_t max)
{
	int integral = 0;
	int64_t number = lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &integral) : 0;

	if (!integral)
		script_error(L, "%s is %s, expected a whole number", what, script_type_name(L, index));
	if (number < min || number > max)
		script_error(L, "%s is %I, expected %I to %I", what, (LUAI_UACINT)number, (LUAI_UACINT)min,
			     (LUAI_UACINT)max);
	return number;
}

int64_t script_arg_number(lua_State *L, int arg, int64_t min, int64_t max)
{
	char what[] = "argument 0";

	what[sizeof(what) - 2] = (char)('0' + (arg - 1) % 10);
	return number_at(L, arg, what, min, max);
}

void script_name_check(lua_State *L, const char *what, struct slice name)
{
	static const char fit[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

	if (name.len == 0 || strspn(name.p, fit) != name.len)
		script_error(L, "%s is '%s', expected letters, digits, '-', '_' and '.'", what, name.p);
}

void script_arg_end(lua_State *L, int count)
{
	if (lua_gettop(L) > count)
		script_error(L, "got %d arguments, expected %d", lua_gettop(L) - 1, count - 1);
}

void script_options_check(lua_State *L, int arg, const char *const *known, bool list)
{
	if (lua_isnoneornil(L, arg))
		return;
	if (!lua_istable(L, arg))
		script_error(L, "argument %d is %s, expected a table of options", arg - 1, script_type_name(L, arg));
	table_check_keys(L, arg, "options", known, list ? (lua_Integer)lua_rawlen(L, arg) : 0);
}

/* Pushes the option and returns its type. */
static int option_push(lua_State *L, int arg, const char *name)
{
	if (!lua_istable(L, arg)) {
		lua_pushnil(L);
		return LUA_TNIL;
	}
	lua_pushstring(L, name);
	return lua_rawget(L, arg);
}

bool script_option_has(lua_State *L, int arg, const char *name)
{
	bool there = option_push(L, arg, name) != LUA_TNIL;

	lua_pop(L, 1);
	return there;
}

struct slice script_option_text(lua_State *L, int arg, const char *name, struct slice fallback)
{
	int type = option_push(L, arg, name);

	if (type == LUA_TSTRING)
		fallback.p = lua_tolstring(L, -1, &fallback.len);
	else if (type != LUA_TNIL)
		script_error(L, "%s is %s, expected text", name, script_type_name(L, -1));
	lua_pop(L, 1);
	return fallback;
}

int64_t script_option_number(lua_State *L, int arg, const char *name, int64_t min, int64_t max, int64_t fallback)
{
	if (option_push(L, arg, name) != LUA_TNIL)
		fallback = number_at(L, lua_gettop(L), name, min, max);
	lua_pop(L, 1);
	return fallback;
}

bool script_option_flag(lua_State *L, int arg, const char *name, bool fallback)
{
	int type = option_push(L, arg, name);

	if (type == LUA_TBOOLEAN)
		fallback = lua_toboolean(L, -1);
	else if (type != LUA_TNIL)
		script_error(L, "%s is %s, expected true or false", name, script_type_name(L, -1));
	lua_pop(L, 1);
	return fallback;
}

bool script_option_off(lua_State *L, int arg, const char *name)
{
	bool off = option_push(L, arg, name) == LUA_TBOOLEAN && !lua_toboolean(L, -1);

	lua_pop(L, 1);
	return off;
}

static struct slice text_at_top(lua_State *L, const char *name)
{
	struct slice text;

	if (lua_type(L, -1) != LUA_TSTRING)
		script_error(L, "%s holds %s, expected text", name, script_type_name(L, -1));
	text.p = lua_tolstring(L, -1, &text.len);
	return text;
}

void script_option_texts(lua_State *L, int arg, const char *name, void (*each)(void *arg, struct slice text), void *to)
{
	int type = option_push(L, arg, name);
	lua_Integer i, count = type == LUA_TTABLE ? (lua_Integer)lua_rawlen(L, -1) : 0;

	if (type == LUA_TSTRING)
		each(to, text_at_top(L, name));
	else if (type == LUA_TTABLE)
		table_check_keys(L, lua_gettop(L), name, (const char *const[]){NULL}, count);
	else if (type != LUA_TNIL)
		script_error(L, "%s is %s, expected text or a list of texts", name, script_type_name(L, -1));
	for (i = 1; i <= count; i++) {
		lua_rawgeti(L, -1, i);
		each(to, text_at_top(L, name));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}
