/* SPDX-License-Identifier: MIT
 *
 * The declaring words inside a step: occasions, edits and rules. */
#include "script/declare.h"

#include "base/mem.h"

static int occasion_call(lua_State *L)
{
	enum occasion occasion = (enum occasion)lua_tointeger(L, lua_upvalueindex(1));
	struct script_occasion *on = arena_alloc(script_arena(L), sizeof(*on));

	script_need_loading(L, occasion_name(occasion));
	lua_settop(L, 1);
	*on = (struct script_occasion){occasion, check_of_list(L, 1, occasion_name(occasion))};
	frozen_push(L, FROZEN_OCCASION, on);
	return 1;
}

/* What follows the operation: n a number, s the header's or old text (name), v a value. */
static const char *const edit_signatures[] = {
	[EDIT_STATUS] = "n",      [EDIT_HEADER] = "sv",        [EDIT_REMOVE] = "s", [EDIT_REPLACE] = "sv",
	[EDIT_BODY] = "v",        [EDIT_UNSET] = "v",          [EDIT_URI] = "v",    [EDIT_HOST] = "v",
	[EDIT_DROP] = "",         [EDIT_DELAY] = "n",          [EDIT_COPY] = "n",   [EDIT_REPEAT] = "n",
	[EDIT_INSERT_PUSH] = "n", [EDIT_INSERT_DEPOSIT] = "n",
};
_Static_assert(ARRAY_LEN(edit_signatures) == EDIT_OP_COUNT, "each operation has its arguments");

/* The number of the name at argument `arg` among `count` names. */
static int edit_word(lua_State *L, int arg, const char *what, const char *(*name_of)(int), int count)
{
	char text[SUGGEST_TEXT_MAX];
	struct suggest suggest;
	const char *word = lua_type(L, arg) == LUA_TSTRING ? lua_tostring(L, arg) : NULL;
	int i;

	if (!word)
		return script_error(L, "edit: argument %d is %s, expected the name of %s", arg,
				    script_type_name(L, arg), what);
	suggest_init(&suggest, slice_of(word));
	for (i = 0; i < count; i++) {
		if (!strcmp(name_of(i), word))
			return i;
		suggest_offer(&suggest, name_of(i));
	}
	for (i = 0; i < count; i++)
		lua_pushfstring(L, i ? ", %s" : "%s", name_of(i));
	lua_concat(L, count);
	return script_error(L, "edit: unknown word '%s', expected %s: %s%s", word, what, lua_tostring(L, -1),
			    suggest_text(&suggest, text));
}

static const char *target_name(int target)
{
	return edit_target_name((enum edit_target)target);
}

static const char *op_name(int op)
{
	return edit_op_name((enum edit_op)op);
}

static void edit_arg(lua_State *L, int arg, char kind, struct edit *edit)
{
	struct slice text;
	int integral;

	if (kind == 'n') {
		edit->number = lua_type(L, arg) == LUA_TNUMBER ? lua_tointegerx(L, arg, &integral) : (integral = 0);
		if (!integral)
			script_error(L, "edit: argument %d is %s, expected a whole number", arg,
				     script_type_name(L, arg));
		return;
	}
	if (lua_type(L, arg) != LUA_TSTRING)
		script_error(L, "edit: argument %d is %s, expected text", arg, script_type_name(L, arg));
	text.p = lua_tolstring(L, arg, &text.len);
	if (memchr(text.p, '\0', text.len))
		script_error(L, "edit: argument %d holds a NUL, expected text", arg);
	*(kind == 's' ? &edit->name : &edit->value) = arena_copy(script_arena(L), text).p;
}

static int edit_call(lua_State *L)
{
	struct edit *edit = arena_alloc(script_arena(L), sizeof(*edit));
	const char *signature;
	int count = lua_gettop(L), expected, i;

	script_need_loading(L, "edit");
	edit->target = (enum edit_target)edit_word(L, 1, "a target", target_name, EDIT_TARGET_COUNT);
	edit->op = (enum edit_op)edit_word(L, 2, "an operation", op_name, EDIT_OP_COUNT);
	signature = edit_signatures[edit->op];
	expected = (int)strlen(signature);
	if (count != 2 + expected)
		return script_error(L, "edit: '%s' got %d arguments, expected %d", op_name((int)edit->op), count - 2,
				    expected);
	for (i = 0; i < expected; i++)
		edit_arg(L, 3 + i, signature[i], edit);
	frozen_push(L, FROZEN_EDIT, edit);
	return 1;
}

static void rule_read_broken(lua_State *L, const char *what, struct rule *rule)
{
	struct edit *edits;
	const struct edit *edit;
	lua_Integer i, count;

	lua_pushliteral(L, "broken");
	if (lua_rawget(L, 1) != LUA_TTABLE || !lua_rawlen(L, -1))
		script_error(L, "%s: broken is %s, expected a list of at least one edit", what,
			     lua_istable(L, -1) ? "empty" : script_type_name(L, -1));
	count = (lua_Integer)lua_rawlen(L, -1);
	table_check_keys(L, lua_gettop(L), "broken", (const char *const[]){NULL}, count);
	edits = arena_alloc(script_arena(L), (size_t)count * sizeof(*edits));
	for (i = 1; i <= count; i++) {
		lua_rawgeti(L, -1, i);
		edit = frozen_at(L, -1, FROZEN_EDIT);
		if (!edit)
			script_error(L, "broken: item %I is %s, expected an edit", i, script_type_name(L, -1));
		edits[i - 1] = *edit;
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	rule->broken = edits;
	rule->broken_count = (size_t)count;
}

static void text_sort(const char **texts, size_t count)
{
	const char *text;
	size_t i, j;

	for (i = 1; i < count; i++) {
		text = texts[i];
		for (j = i; j && strcmp(texts[j - 1], text) > 0; j--)
			texts[j] = texts[j - 1];
		texts[j] = text;
	}
}

static void rule_read_falls_with(lua_State *L, const char *what, struct rule *rule)
{
	enum { FALLS_MAX = 64 };
	const char **falls = arena_alloc(script_arena(L), (FALLS_MAX + 1) * sizeof(*falls));
	size_t count = 0;

	rule->falls_with = falls;
	lua_pushliteral(L, "falls_with");
	if (lua_rawget(L, 1) == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	if (!lua_istable(L, -1))
		script_error(L, "%s: falls_with is %s, expected a table: { [\"ID\"] = \"why\" }", what,
			     script_type_name(L, -1));
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
			script_error(L, "%s: falls_with holds something else, expected [\"ID\"] = \"why\"", what);
		if (count == FALLS_MAX)
			script_error(L, "%s: falls_with is too long, expected at most %d", what, FALLS_MAX);
		falls[count++] = arena_printf(script_arena(L), "%s: %s", lua_tostring(L, -2), lua_tostring(L, -1));
	}
	text_sort(falls, count);
	lua_pop(L, 1);
}

void rule_read(lua_State *L, const char *what, struct rule *rule)
{
	const struct script_occasion *on;

	lua_pushliteral(L, "on");
	lua_rawget(L, 1);
	on = frozen_at(L, -1, FROZEN_OCCASION);
	if (!on)
		script_error(L, "%s: on is %s, expected an occasion: publish { … }", what, script_type_name(L, -1));
	lua_pushliteral(L, "expect");
	lua_rawget(L, 1);
	rule->expect = frozen_at(L, -1, FROZEN_CHECK);
	if (!rule->expect)
		script_error(L, "%s: expect is %s, expected a check", what, script_type_name(L, -1));
	lua_pop(L, 2);
	rule->occasion = on->occasion;
	rule->on = on->on;
	rule->contested = table_text(L, 1, what, "contested", 0, false);
	rule_read_broken(L, what, rule);
	rule_read_falls_with(L, what, rule);
	rule->file = script_of(L)->file;
	rule->line = script_line(L);
}

static int rule_call(lua_State *L)
{
	static const char *const fields[] = {"on", "expect", "contested", "broken", "falls_with", NULL};
	struct rule *rule = arena_alloc(script_arena(L), sizeof(*rule));

	script_need_loading(L, "rule");
	lua_settop(L, 1);
	table_need(L, 1, "rule");
	table_check_keys(L, 1, "rule", fields, 1);
	rule->name = table_text(L, 1, "rule", NULL, 1, true);
	rule_read(L, "rule", rule);
	frozen_push(L, FROZEN_RULE, rule);
	return 1;
}

void script_rules_open(lua_State *L)
{
	int occasion;

	for (occasion = OCCASION_OTHER + 1; occasion < OCCASION_COUNT; occasion++) {
		lua_pushinteger(L, occasion);
		lua_pushcclosure(L, occasion_call, 1);
		script_env_add(L, occasion_name((enum occasion)occasion));
	}
	lua_pushcfunction(L, edit_call);
	script_env_add(L, "edit");
	lua_pushcfunction(L, rule_call);
	script_env_add(L, "rule");
}
