/* SPDX-License-Identifier: MIT
 *
 * What harness/lua_*.c needs to give plays their live words: objects (t, a user) with methods in C that may wait.
 *
 * A method gets the object as argument 1. It raises with script_error() (never returns), and waits with
 * `return script_wait(L);` once something that will wake the run is under way; the values that are pushed for
 * script_run_resume() are then what the method returns to the play. Methods hold no C resource across a raise or a wait
 * that the object or the run's arg does not own: both leave the function by a long jump.
 *
 * An object belongs to the run that it was pushed in: a play that keeps one for another play gets an error, never a
 * stale pointer. What it points to must live as long as the run. */
#ifndef SCRIPT_LIVE_H
#define SCRIPT_LIVE_H

#include "script/script.h"

#include <lua.h>

struct script_method {
	const char *name;
	lua_CFunction call;
};

/* Static data of the caller. */
struct script_class {
	const char *name;                                           /* "user": for messages */
	const struct script_method *methods;                        /* ends with name NULL */
	const char *const *fields;                                  /* names that can be read, NULL-ended; NULL: none */
	void (*get)(lua_State *L, void *object, const char *field); /* pushes one value; field is one of `fields` */
};

/* Before the first object of the class; more than once is fine. */
void script_class_add(struct script *script, const struct script_class *class);
/* Pushes an object of the run that L belongs to (a method's L, or script_run_lua(run)). */
void script_object_push(lua_State *L, const struct script_class *class, void *object);
/* The object at `arg`; raises if it is none of this class or another run's. */
void *script_object_check(lua_State *L, int arg, const struct script_class *class);

lua_State *script_run_lua(const struct script_run *run);
struct script_run *script_run_of(lua_State *L);

int script_wait(lua_State *L);
/* Raises "file:line: …" with the line of the play that called the method. `format` is lua_pushfstring's
 * (%s %d %I %f %%). Returns never; the int is for `return script_error(…)`. */
int script_error(lua_State *L, const char *format, ...) __attribute__((noreturn));

/* Arguments. Each raises with "…, expected …" where the value doesn't fit. Texts live as long as the value is on the
 * stack (or in the table that is). `arg` counts from 1, the object itself being 1. */
struct slice script_arg_text(lua_State *L, int arg);
int64_t script_arg_number(lua_State *L, int arg, int64_t min, int64_t max);
/* No more arguments than `count` (the object counts). */
void script_arg_end(lua_State *L, int count);

/* Raises where `name` is not fit for commands, addresses and file names: letters, digits, '-', '_', '.'. */
void script_name_check(lua_State *L, const char *what, struct slice name);

/* An argument that is a table of options, { status = 403, expires = 60 }; absent or nil is an empty one. Every key must
 * be among `known` (NULL-ended), or a list item (1, 2, …) where `list` is true; the nearest name is suggested. */
void script_options_check(lua_State *L, int arg, const char *const *known, bool list);
bool script_option_has(lua_State *L, int arg, const char *name); /* there, and not nil; false counts as there */
struct slice script_option_text(lua_State *L, int arg, const char *name, struct slice fallback);
int64_t script_option_number(lua_State *L, int arg, const char *name, int64_t min, int64_t max, int64_t fallback);
bool script_option_flag(lua_State *L, int arg, const char *name, bool fallback);
/* `false`: the thing is to be left out. */
bool script_option_off(lua_State *L, int arg, const char *name);
/* Calls `each` for every text of the option, which is a text or a list of texts. */
void script_option_texts(lua_State *L, int arg, const char *name, void (*each)(void *arg, struct slice text), void *to);

#endif
