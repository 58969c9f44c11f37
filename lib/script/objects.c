/* SPDX-License-Identifier: MIT
 *
 * Objects of plays: a userdata that names its class and the run that it belongs to. A class has one metatable, whose
 * __index is a closure over the class and the table of its methods; so an object costs a coroutine 40 bytes. */
#include "script/objects.h"

#include "script/script_lua.h"

#include <lauxlib.h>

struct object {
	const struct script_class *class;
	uint64_t run;
	void *object;
};

/* The userdata at `arg` if it is an object at all: frozen values are smaller. */
static struct object *object_at(lua_State *L, int arg)
{
	return lua_type(L, arg) == LUA_TUSERDATA && lua_rawlen(L, arg) == sizeof(struct object) ? lua_touserdata(L, arg)
												: NULL;
}

/* Pushes "register, publish, name" */
static const char *push_words(lua_State *L, const struct script_class *class)
{
	luaL_Buffer text;

	luaL_buffinit(L, &text);
	for (const struct script_method *method = class->methods; method->name; method++) {
		luaL_addstring(&text, method == class->methods ? "" : ", ");
		luaL_addstring(&text, method->name);
	}
	for (const char *const *field = class->fields; field && *field; field++) {
		luaL_addstring(&text, field == class->fields && !class->methods->name ? "" : ", ");
		luaL_addstring(&text, *field);
	}
	luaL_pushresult(&text);
	return lua_tostring(L, -1);
}

static int raise_unknown(lua_State *L, const struct script_class *class)
{
	char text[SUGGEST_TEXT_MAX];
	const struct script_method *method;
	struct suggest suggest;

	if (lua_type(L, 2) != LUA_TSTRING)
		return script_error(L, "%s: indexed by %s, expected a name", class->name, script_type_name(L, 2));
	suggest_init(&suggest, slice_of(lua_tostring(L, 2)));
	for (method = class->methods; method->name; method++)
		suggest_offer(&suggest, method->name);
	if (class->fields)
		suggest_offer_all(&suggest, class->fields);
	return script_error(L, "%s: unknown word '%s', expected one of: %s%s", class->name, lua_tostring(L, 2),
			    push_words(L, class), suggest_text(&suggest, text));
}

/* (object, name): the metatable's __index */
static int object_get(lua_State *L)
{
	const struct script_class *class = lua_touserdata(L, lua_upvalueindex(1));
	const char *const *field = class->fields;
	void *object = script_object_check(L, 1, class);

	lua_settop(L, 2);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL)
		return 1;
	for (; field && *field && lua_type(L, 2) == LUA_TSTRING; field++) {
		if (strcmp(*field, lua_tostring(L, 2)))
			continue;
		class->get(L, object, *field);
		return 1;
	}
	return raise_unknown(L, class);
}

/* (object, name, value): the metatable's __newindex */
static int object_set(lua_State *L)
{
	const struct script_class *class = lua_touserdata(L, lua_upvalueindex(1));

	return script_error(L, "%s: can't be changed, expected only reads", class->name);
}

void script_class_add(struct script *script, const struct script_class *class)
{
	const struct script_method *method;
	lua_State *L = script->sandbox.L;

	lua_createtable(L, 0, 2);
	lua_pushlightuserdata(L, (void *)class);
	lua_newtable(L);
	for (method = class->methods; method->name; method++) {
		lua_pushcfunction(L, method->call);
		lua_setfield(L, -2, method->name);
	}
	lua_pushcclosure(L, object_get, 2);
	lua_setfield(L, -2, "__index");
	lua_pushlightuserdata(L, (void *)class);
	lua_pushcclosure(L, object_set, 1);
	lua_setfield(L, -2, "__newindex");
	lua_rawsetp(L, LUA_REGISTRYINDEX, class);
}

void script_object_push(lua_State *L, const struct script_class *class, void *object)
{
	struct object *to = lua_newuserdatauv(L, sizeof(*to), 0);

	*to = (struct object){class, script_run_number(script_run_of(L)), object};
	lua_rawgetp(L, LUA_REGISTRYINDEX, class);
	lua_setmetatable(L, -2);
}

void *script_object_check(lua_State *L, int arg, const struct script_class *class)
{
	struct object *object = object_at(L, arg);

	if (!object || object->class != class)
		script_error(L, "argument %d is %s, expected a %s%s", arg, script_type_name(L, arg), class->name,
			     arg == 1 ? ": call words with ':'" : "");
	else if (!script_run_of(L) || object->run != script_run_number(script_run_of(L)))
		script_error(L, "this %s belongs to another play, expected one of this play", class->name);
	return object->object;
}
