/* SPDX-License-Identifier: MIT
 *
 * What the files of lib/script share about one script. Values of the declaring words (checks, occasions, rules, edits)
 * travel through Lua as userdata that hold nothing but a pointer into the catalogue's arena. */
#ifndef SCRIPT_SCRIPT_LUA_H
#define SCRIPT_SCRIPT_LUA_H

#include "script/live.h"
#include "script/sandbox.h"
#include "script/suggest.h"

#include "trace/edit.h"

struct script {
	struct sandbox sandbox; /* first: found from a lua_State by sandbox_of() */
	struct catalogue *catalogue;
	const char *file;                  /* that is being loaded, in the catalogue's arena; NULL: none */
	const char *clause, *clause_title; /* of the file; NULL: not yet declared */
	enum actor actor;
	uint64_t runs;     /* runs made so far: each has its number */
	struct map shared; /* name of a play → what it saw when loading was finished (script/shared.h) */
};

static inline struct script *script_of(lua_State *L)
{
	return (struct script *)sandbox_of(L);
}

static inline struct arena *script_arena(lua_State *L)
{
	return &script_of(L)->catalogue->arena;
}

/* The kinds of frozen values. */
enum frozen { FROZEN_CHECK, FROZEN_OCCASION, FROZEN_RULE, FROZEN_EDIT, FROZEN_COUNT };

void frozen_push(lua_State *L, enum frozen kind, const void *value);
/* NULL where the value at `index` is something else. */
const void *frozen_at(lua_State *L, int index, enum frozen kind);

struct script_occasion { /* what publish { … } returns */
	enum occasion occasion;
	const struct check *on; /* NULL: always */
};

/* Opens the strict environment with the basic functions, the words of checks and the declaring words. */
void script_env_open(struct script *script);
void script_env_add(lua_State *L, const char *name); /* pops the function on top */
void script_env_push(lua_State *L);                  /* the environment that a chunk gets */
void script_words_open(lua_State *L);
void script_declare_open(lua_State *L);

/* Words that declare are for loading only. */
void script_need_loading(lua_State *L, const char *word);
int script_line(lua_State *L); /* of the Lua code that called the C function */

/* Tables of declarations. `what` names the thing in messages: "step". */
void table_need(lua_State *L, int index, const char *what);
/* Every key is one of `known` or 1..`list_max`. */
void table_check_keys(lua_State *L, int index, const char *what, const char *const *known, lua_Integer list_max);
/* A text in the arena, at a name or (name NULL) at position i; NULL where it is absent and not `needed`. */
const char *table_text(lua_State *L, int index, const char *what, const char *name, lua_Integer i, bool needed);
/* "text" or "a table", "a number" …, for messages. */
const char *script_type_name(lua_State *L, int index);

/* One check of the list in the table at `index`; NULL for none, the word "all" around several. Raises on anything else.
 */
const struct check *check_of_list(lua_State *L, int index, const char *what);

#endif
