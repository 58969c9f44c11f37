/* SPDX-License-Identifier: MIT
 *
 * The declaring words at a clause file's top: clause, step and play. */
#include "script/declare.h"

#include "base/mem.h"
#include "base/time.h"

#include <lauxlib.h>

#define AHEAD_MAX 60000

static int clause_call(lua_State *L)
{
	static const char *const fields[] = {"actor", NULL};
	struct script *script = script_of(L);
	const char *actor;

	script_need_loading(L, "clause");
	lua_settop(L, 1);
	table_need(L, 1, "clause");
	if (script->clause)
		return script_error(L, "clause: this file declares '%s' already, expected one clause a file",
				    script->clause);
	table_check_keys(L, 1, "clause", fields, 2);
	actor = table_text(L, 1, "clause", "actor", 0, true);
	if (strcmp(actor, "server") && strcmp(actor, "client"))
		return script_error(L, "clause: actor is '%s', expected \"server\" or \"client\"", actor);
	script->actor = strcmp(actor, "client") ? ACTOR_SERVER : ACTOR_CLIENT;
	script->clause_title = table_text(L, 1, "clause", NULL, 2, true);
	script->clause = table_text(L, 1, "clause", NULL, 1, true);
	return 0;
}

static void need_clause(lua_State *L, const char *word)
{
	script_need_loading(L, word);
	if (!script_of(L)->clause)
		script_error(L, "%s: comes first, expected clause { … } before it", word);
	lua_settop(L, 1);
	table_need(L, 1, word);
}

static void step_read_level(lua_State *L, const char *what, struct requirement *step)
{
	static const char *const words[] = {"shall", "shall_not", "should", "may", "note"};
	const char *text;
	unsigned level, found = 0;

	for (level = 0; level < ARRAY_LEN(words); level++) {
		text = table_text(L, 1, what, words[level], 0, false);
		if (!text)
			continue;
		step->level = (enum level)level;
		step->text = text;
		found++;
	}
	if (found != 1)
		script_error(L, "%s: has %s, expected exactly one of shall, shall_not, should, may, note", what,
			     found ? "several levels" : "no level");
}

/* A text, or false for "not observable that way": NULL. */
static const char *step_read_shown(lua_State *L, const char *what, const char *name)
{
	bool off;

	lua_pushstring(L, name);
	off = lua_rawget(L, 1) == LUA_TBOOLEAN && !lua_toboolean(L, -1);
	if (!off && lua_type(L, -1) != LUA_TSTRING)
		script_error(L, "%s: %s is %s, expected text that tells how it is shown, or false", what, name,
			     script_type_name(L, -1));
	lua_pop(L, 1);
	return off ? NULL : table_text(L, 1, what, name, 0, true);
}

static void step_read_condition(lua_State *L, const char *what, struct requirement *step)
{
	const char *condition = table_text(L, 1, what, "condition", 0, false);

	if (condition && strcmp(condition, "ims") && strcmp(condition, "core"))
		script_error(L, "%s: condition is '%s', expected \"ims\" or \"core\"", what, condition);
	step->condition = !condition ? CONDITION_ALWAYS : *condition == 'i' ? CONDITION_IMS : CONDITION_CORE;
}

static void step_read_rule_list(lua_State *L, const char *what, struct requirement *step)
{
	const struct rule *rule;
	lua_Integer i, j, count = (lua_Integer)lua_rawlen(L, -1);

	table_check_keys(L, lua_gettop(L), "rules", (const char *const[]){NULL}, count);
	if (!count)
		script_error(L, "%s: rules is empty, expected at least one rule", what);
	step->rules = arena_alloc(script_arena(L), (size_t)count * sizeof(*step->rules));
	for (i = 0; i < count; i++) {
		lua_rawgeti(L, -1, i + 1);
		rule = frozen_at(L, -1, FROZEN_RULE);
		if (!rule)
			script_error(L, "rules: item %I is %s, expected a rule: rule { … }", i + 1,
				     script_type_name(L, -1));
		for (j = 0; j < i; j++)
			if (!strcmp(step->rules[j].name, rule->name))
				script_error(L, "%s: rule '%s' is there twice, expected names of their own", what,
					     rule->name);
		step->rules[i] = *rule;
		lua_pop(L, 1);
	}
	step->rule_count = (size_t)count;
}

static bool table_has(lua_State *L, const char *name)
{
	bool there;

	lua_pushstring(L, name);
	there = lua_rawget(L, 1) != LUA_TNIL;
	lua_pop(L, 1);
	return there;
}

static void step_read_rules(lua_State *L, const char *what, struct requirement *step)
{
	static const char *const direct[] = {"on", "expect", "contested", "broken", "falls_with"};
	bool single = false;
	size_t i;
	int type;

	for (i = 0; i < ARRAY_LEN(direct); i++)
		single |= table_has(L, direct[i]);
	lua_pushliteral(L, "rules");
	type = lua_rawget(L, 1);
	if (type != LUA_TNIL && single)
		script_error(L, "%s: has rules and a rule's fields, expected one or the other", what);
	if (type != LUA_TNIL && type != LUA_TTABLE)
		script_error(L, "%s: rules is %s, expected a list of rules", what, script_type_name(L, -1));
	if (type == LUA_TTABLE)
		step_read_rule_list(L, what, step);
	lua_pop(L, 1);
	if (single) {
		step->rules = arena_alloc(script_arena(L), sizeof(*step->rules));
		step->rules[0].name = "";
		rule_read(L, what, &step->rules[0]);
		step->rule_count = 1;
	}
	for (i = 0; i < step->rule_count; i++)
		step->rules[i].requirement = step;
	if (!step->rule_count && step->condition != CONDITION_IMS && (step->live || step->capture))
		script_error(L, "%s: has no rule, expected on, expect and broken, or live = false and capture = false",
			     what);
}

static void step_check_id(lua_State *L, const char *id)
{
	const char *clause = script_of(L)->clause;
	size_t len = strlen(clause);

	if (strncmp(id, clause, len) || id[len] != '-' || !id[len + 1])
		script_error(L, "step: id is '%s', expected '%s-…' as the clause has it", id, clause);
	script_name_check(L, "step: id", slice_of(id));
}

static int step_call(lua_State *L)
{
	static const char *const fields[] = {"shall",     "shall_not", "should",     "may",   "note", "condition",
					     "reading",   "live",      "capture",    "rules", "on",   "expect",
					     "contested", "broken",    "falls_with", NULL};
	struct script *script = script_of(L);
	struct requirement *step;
	const struct requirement *other;
	const char *what;

	need_clause(L, "step");
	table_check_keys(L, 1, "step", fields, 1);
	step = arena_alloc(script_arena(L), sizeof(*step));
	step->id = table_text(L, 1, "step", NULL, 1, true);
	step_check_id(L, step->id);
	what = arena_printf(script_arena(L), "step %s", step->id);
	step->clause = script->clause;
	step->clause_title = script->clause_title;
	step->actor = script->actor;
	step->file = script->file;
	step->line = script_line(L);
	step_read_level(L, what, step);
	step_read_condition(L, what, step);
	step->reading = table_text(L, 1, what, "reading", 0, false);
	step->live = step_read_shown(L, what, "live");
	step->capture = step_read_shown(L, what, "capture");
	step_read_rules(L, what, step);
	if (catalogue_add(script->catalogue, step)) {
		other = catalogue_find(script->catalogue, step->id);
		return script_error(L, "%s: is there already at %s:%d, expected an id of its own", what, other->file,
				    other->line);
	}
	return 0;
}

static const char *const *play_read_covers(lua_State *L, const char *what)
{
	const char **covers;
	lua_Integer i, count;

	lua_pushliteral(L, "covers");
	if (lua_rawget(L, 1) != LUA_TTABLE || !lua_rawlen(L, -1))
		script_error(L, "%s: covers is %s, expected a list of at least one id", what,
			     lua_istable(L, -1) ? "empty" : script_type_name(L, -1));
	count = (lua_Integer)lua_rawlen(L, -1);
	table_check_keys(L, lua_gettop(L), "covers", (const char *const[]){NULL}, count);
	covers = arena_alloc(script_arena(L), (size_t)(count + 1) * sizeof(*covers));
	for (i = 1; i <= count; i++)
		covers[i - 1] = table_text(L, lua_gettop(L), "covers", NULL, i, true);
	lua_pop(L, 1);
	return covers;
}

/* In ms: what the IUT makes of the case concerns all its users, for so long. */
static uint64_t play_read_ahead(lua_State *L, const char *what)
{
	lua_Integer ms;
	int is_number;

	lua_pushliteral(L, "ahead");
	if (lua_rawget(L, 1) == LUA_TNIL)
		ms = 0, is_number = true;
	else
		ms = lua_tointegerx(L, -1, &is_number);
	if (!is_number || ms < 0 || ms > AHEAD_MAX)
		script_error(L, "%s: ahead is %s, expected milliseconds from 0 to %d", what,
			     is_number ? "out of range" : script_type_name(L, -1), AHEAD_MAX);
	lua_pop(L, 1);
	return (uint64_t)ms * MILLISECOND;
}

static int play_call(lua_State *L)
{
	static const char *const fields[] = {"covers", "control", "ahead", NULL};
	struct script *script = script_of(L);
	const struct play *other;
	struct play *play;
	const char *what;

	need_clause(L, "play");
	table_check_keys(L, 1, "play", fields, 3);
	play = arena_alloc(script_arena(L), sizeof(*play));
	play->name = table_text(L, 1, "play", NULL, 1, true);
	script_name_check(L, "play: item 1", slice_of(play->name));
	what = arena_printf(script_arena(L), "play %s", play->name);
	play->title = table_text(L, 1, what, NULL, 2, true);
	play->actor = script->actor;
	play->file = script->file;
	play->line = script_line(L);
	play->covers = play_read_covers(L, what);
	play->control = table_text(L, 1, what, "control", 0, false);
	play->ahead = play_read_ahead(L, what);
	if (lua_rawgeti(L, 1, 3) != LUA_TFUNCTION)
		return script_error(L, "%s: item 3 is %s, expected function(t) … end", what, script_type_name(L, -1));
	play->body = luaL_ref(L, LUA_REGISTRYINDEX);
	if (catalogue_add_play(script->catalogue, play)) {
		other = catalogue_find_play(script->catalogue, play->name);
		return script_error(L, "%s: is there already at %s:%d, expected a name of its own", what, other->file,
				    other->line);
	}
	return 0;
}

void script_declare_open(lua_State *L)
{
	static const luaL_Reg words[] = {{"clause", clause_call}, {"step", step_call}, {"play", play_call}};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		lua_pushcfunction(L, words[i].func);
		script_env_add(L, words[i].name);
	}
	script_rules_open(L);
}
