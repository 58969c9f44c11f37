/* SPDX-License-Identifier: MIT
 *
 * Plays that run: each is a coroutine that the registry holds. */
#include "script/shared.h"

#include "script/objects.h"

#include "base/mem.h"

#include <assert.h>
#include <lauxlib.h>
#include <stdlib.h>

struct script_run {
	struct script *script;
	const struct play *play;
	uint64_t number;
	lua_State *co;
	int ref;
	enum script_state state;
};

struct script_run *script_run_new(struct script *script, const struct play *play)
{
	struct script_run *run = mem_alloc(sizeof(*run));
	lua_State *L = script->sandbox.L;

	*run = (struct script_run){.script = script, .play = play, .number = ++script->runs};
	run->co = lua_newthread(L);
	run->ref = luaL_ref(L, LUA_REGISTRYINDEX);
	*(struct script_run **)lua_getextraspace(run->co) = run;
	lua_rawgeti(run->co, LUA_REGISTRYINDEX, play->body);
	return run;
}

void script_run_free(struct script_run *run)
{
	if (!run)
		return;
	luaL_unref(run->script->sandbox.L, LUA_REGISTRYINDEX, run->ref);
	free(run);
}

uint64_t script_run_number(const struct script_run *run)
{
	return run->number;
}

lua_State *script_run_lua(const struct script_run *run)
{
	return run->co;
}

struct script_run *script_run_of(lua_State *L)
{
	return *(struct script_run **)lua_getextraspace(L);
}

int script_wait(lua_State *L)
{
	return lua_yield(L, 0);
}

enum script_state script_run_resume(struct script_run *run, int count, struct err *err)
{
	int result_count, status;

	assert(run->state == SCRIPT_WAITING);
	status = sandbox_resume(&run->script->sandbox, run->co, count, &result_count, err);
	if (status == LUA_YIELD) {
		lua_pop(run->co, result_count);
		return SCRIPT_WAITING;
	}
	run->state = status == LUA_OK && !shared_check(run->script, run->play, err) ? SCRIPT_ENDED : SCRIPT_FAILED;
	return run->state;
}

void script_run_where(const struct script_run *run, struct buf *to)
{
	size_t len = to->len;

	sandbox_where(run->co, to);
	if (to->len == len)
		buf_printf(to, "%s:%d", run->play->file, run->play->line);
}
