/* SPDX-License-Identifier: MIT
 *
 * A Lua state whose code can neither hang nor eat the process: private to lib/script, below scenario files and data
 * files. The hook counts instructions, the allocator counts bytes; both only while the sandbox is guarded, that is
 * inside sandbox_compile() and sandbox_resume(), so that our own calls in between never fail. */
#ifndef SCRIPT_SANDBOX_H
#define SCRIPT_SANDBOX_H

#include "base/buf.h"
#include "base/err.h"

#include <lua.h>

struct sandbox_limits {
	uint32_t source;                              /* bytes of a text to compile */
	uint32_t steps;                               /* instructions a call */
	size_t string, block, growth, volume, memory; /* bytes; see script/script.h */
};

enum sandbox_stop { /* which limit ended a call */
		    SANDBOX_STOP_NONE,
		    SANDBOX_STOP_STEPS,
		    SANDBOX_STOP_STRING,
		    SANDBOX_STOP_BLOCK,
		    SANDBOX_STOP_GROWTH,
		    SANDBOX_STOP_VOLUME,
		    SANDBOX_STOP_MEMORY
};

struct sandbox {
	lua_State *L;
	const struct sandbox_limits *limits;
	size_t used, start; /* bytes now, and when the call began */
	size_t volume;      /* bytes asked for since then */
	uint32_t steps;     /* instructions left */
	bool guarded, compiling;
	enum sandbox_stop stop;
};

/* `limits` must outlive the sandbox. No library is open. */
void sandbox_init(struct sandbox *sandbox, const struct sandbox_limits *limits);
void sandbox_done(struct sandbox *sandbox);
struct sandbox *sandbox_of(lua_State *L);

/* Compiles text (never bytecode) and pushes the function on L. -EINVAL with "file:line: …": nothing is pushed. */
int sandbox_compile(struct sandbox *sandbox, lua_State *L, const char *file, struct slice text, struct err *err);
/* lua_resume on a coroutine of the sandbox under the limits: LUA_OK, LUA_YIELD, or, with err filled, another status. */
int sandbox_resume(struct sandbox *sandbox, lua_State *co, int arg_count, int *ret_count, struct err *err);

/* For functions in C whose cost grows: takes instructions from what is left of the call; raises when none are. */
void sandbox_charge(lua_State *L, uint32_t steps);

/* "file:line" of the innermost Lua function that runs or waits on L; "" where there is none. */
void sandbox_where(lua_State *L, struct buf *to);

#endif
