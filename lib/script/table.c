/* SPDX-License-Identifier: MIT
 *
 * Reading the tables of declarations strictly. Raw access: there are no metatables in clause files. */
#include "script/script_lua.h"

void table_need(lua_State *L, int index, const char *what)
{
	if (!lua_istable(L, index))
		script_error(L, "%s: got %s, expected a table: %s { … }", what, script_type_name(L, index), what);
}

static bool name_known(const char *name, const char *const *known)
{
	for (; *known; known++)
		if (!strcmp(*known, name))
			return true;
	return false;
}

static int raise_unknown(lua_State *L, const char *what, const char *name, const char *const *known)
{
	char text[SUGGEST_TEXT_MAX];
	int count = 0;

	suggest_from(text, slice_of(name), known);
	if (!*known)
		return script_error(L, "%s: unknown field '%s', expected a list", what, name);
	for (; *known; known++, count++)
		lua_pushfstring(L, count ? ", %s" : "%s", *known);
	lua_concat(L, count);
	return script_error(L, "%s: unknown field '%s', expected one of: %s%s", what, name, lua_tostring(L, -1), text);
}

/* The order of a table's keys is not the same in every process: the least unknown name is told. */
void table_check_keys(lua_State *L, int index, const char *what, const char *const *known, lua_Integer list_max)
{
	const char *name, *least = NULL;

	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
		if (lua_type(L, -2) == LUA_TSTRING) {
			name = lua_tostring(L, -2);
			if (!name_known(name, known) && (!least || strcmp(name, least) < 0))
				least = name;
		} else if (!lua_isinteger(L, -2)) {
			script_error(L, "%s: has a key that is no name, expected a name", what);
		} else if (lua_tointeger(L, -2) < 1 || lua_tointeger(L, -2) > list_max) {
			script_error(L, "%s: has an item %I, expected at most %I", what, lua_tointeger(L, -2),
				     list_max);
		}
	}
	if (least)
		raise_unknown(L, what, least, known);
}

const char *table_text(lua_State *L, int index, const char *what, const char *name, lua_Integer i, bool needed)
{
	char position[24];
	struct slice text;
	int type;

	if (name) {
		lua_pushstring(L, name);
		type = lua_rawget(L, index);
	} else {
		lua_pushfstring(L, "item %I", i);
		memcpy(position, lua_tostring(L, -1), lua_rawlen(L, -1) + 1);
		lua_pop(L, 1);
		type = lua_rawgeti(L, index, i);
	}
	if (type == LUA_TNIL && !needed) {
		lua_pop(L, 1);
		return NULL;
	}
	text.p = type == LUA_TSTRING ? lua_tolstring(L, -1, &text.len) : NULL;
	if (!text.p || !text.len || memchr(text.p, '\0', text.len))
		script_error(L, "%s: %s is %s, expected text", what, name ? name : position,
			     !text.p    ? script_type_name(L, -1)
			     : text.len ? "text with a NUL"
					: "empty");
	text = arena_copy(script_arena(L), text);
	lua_pop(L, 1);
	return text.p;
}
