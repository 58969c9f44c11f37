/* SPDX-License-Identifier: MIT */
#include "script/sandbox.h"

#include "base/mem.h"
#include "base/text.h"

#include <lauxlib.h>
#include <stdlib.h>

enum { HOOK_STEPS = 1000 };

static enum sandbox_stop sandbox_refuse(const struct sandbox *sandbox, bool string, size_t grow, size_t size)
{
	const struct sandbox_limits *limits = sandbox->limits;

	if (sandbox->used + grow > limits->memory)
		return SANDBOX_STOP_MEMORY;
	if (sandbox->volume + size > limits->volume)
		return SANDBOX_STOP_VOLUME;
	if (sandbox->used + grow > sandbox->start + limits->growth)
		return SANDBOX_STOP_GROWTH;
	if (string && size > limits->string)
		return SANDBOX_STOP_STRING;
	if (!sandbox->compiling && size > limits->block)
		return SANDBOX_STOP_BLOCK;
	return SANDBOX_STOP_NONE;
}

/* Lua tells the kind of a new object in the place of the old size. After a refusal it collects garbage and tries again.
 */
static void *sandbox_alloc(void *ud, void *old, size_t old_size, size_t size)
{
	struct sandbox *sandbox = ud;
	bool string = !old && old_size == LUA_TSTRING;

	if (!old)
		old_size = 0;
	if (!size) {
		free(old);
		sandbox->used -= old_size;
		return NULL;
	}
	if (sandbox->guarded && size > old_size) {
		sandbox->stop = sandbox_refuse(sandbox, string, size - old_size, size);
		if (sandbox->stop != SANDBOX_STOP_NONE)
			return NULL;
		sandbox->volume += size;
	}
	sandbox->used = sandbox->used - old_size + size;
	return mem_realloc(old, size);
}

void sandbox_charge(lua_State *L, uint32_t steps)
{
	struct sandbox *sandbox = sandbox_of(L);

	if (!sandbox->guarded)
		return;
	if (sandbox->steps > steps) {
		sandbox->steps -= steps;
		return;
	}
	sandbox->stop = SANDBOX_STOP_STEPS;
	lua_pushnil(L);
	lua_error(L);
}

static void sandbox_hook(lua_State *L, lua_Debug *ar)
{
	sandbox_charge(L, HOOK_STEPS);
}

void sandbox_init(struct sandbox *sandbox, const struct sandbox_limits *limits)
{
	*sandbox = (struct sandbox){.limits = limits};
	sandbox->L = lua_newstate(sandbox_alloc, sandbox);
	*(void **)lua_getextraspace(sandbox->L) = NULL;
	/* coroutines inherit the hook */
	lua_sethook(sandbox->L, sandbox_hook, LUA_MASKCOUNT, HOOK_STEPS);
}

void sandbox_done(struct sandbox *sandbox)
{
	if (sandbox->L)
		lua_close(sandbox->L);
	sandbox->L = NULL;
}

struct sandbox *sandbox_of(lua_State *L)
{
	void *sandbox;

	lua_getallocf(L, &sandbox);
	return sandbox;
}

static void sandbox_enter(struct sandbox *sandbox, bool compiling)
{
	sandbox->start = sandbox->used;
	sandbox->volume = 0;
	sandbox->steps = sandbox->limits->steps;
	sandbox->stop = SANDBOX_STOP_NONE;
	sandbox->compiling = compiling;
	sandbox->guarded = true;
}

static int sandbox_err(const struct sandbox *sandbox, lua_State *L, const char *file, struct err *err)
{
	const struct sandbox_limits *limits = sandbox->limits;
	char text[sizeof(err->text)], where[128];
	struct buf place = {0};

	sandbox_where(L, &place);
	text_clean_fixed(where, sizeof(where), place.len ? buf_slice(&place) : slice_of(file));
	buf_done(&place);
	switch (sandbox->stop) {
	case SANDBOX_STOP_STEPS:
		return err_set(err, -EINVAL,
			       "%s: runs without end, expected at most %u instructions before it waits or ends", where,
			       limits->steps);
	case SANDBOX_STOP_STRING:
		return err_set(err, -EINVAL, "%s: text is too long, expected at most %zu bytes", where, limits->string);
	case SANDBOX_STOP_BLOCK:
		return err_set(err, -EINVAL, "%s: table or recursion is too large, expected at most %zu bytes", where,
			       limits->block);
	case SANDBOX_STOP_GROWTH:
		return err_set(err, -EINVAL, "%s: keeps too much memory, expected at most %zu bytes more", where,
			       limits->growth);
	case SANDBOX_STOP_VOLUME:
		return err_set(err, -EINVAL, "%s: uses too much memory, expected at most %zu bytes in one go", where,
			       limits->volume);
	case SANDBOX_STOP_MEMORY:
		return err_set(err, -EINVAL, "%s: all scripts use too much memory, expected at most %zu bytes", where,
			       limits->memory);
	case SANDBOX_STOP_NONE:
		break;
	}
	text_clean_fixed(text, sizeof(text),
			 slice_of(lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "unknown error"));
	return err_set(err, -EINVAL, "%s", text);
}

int sandbox_compile(struct sandbox *sandbox, lua_State *L, const char *file, struct slice text, struct err *err)
{
	char *name;
	int status;

	if (text.len > sandbox->limits->source)
		return err_set(err, -EINVAL, "%s: is %zu bytes long, expected at most %u", file, text.len,
			       sandbox->limits->source);
	if (text.len && text.p[0] == LUA_SIGNATURE[0])
		return err_set(err, -EINVAL, "%s: is bytecode, expected text", file);
	name = mem_printf("@%s", file);
	sandbox_enter(sandbox, true);
	status = luaL_loadbufferx(L, text.p, text.len, name, "t");
	sandbox->guarded = false;
	free(name);
	if (status == LUA_OK)
		return 0;
	sandbox_err(sandbox, L, file, err);
	lua_pop(L, 1);
	return -EINVAL;
}

int sandbox_resume(struct sandbox *sandbox, lua_State *co, int arg_count, int *ret_count, struct err *err)
{
	int status;

	sandbox_enter(sandbox, false);
	status = lua_resume(co, NULL, arg_count, ret_count);
	sandbox->guarded = false;
	if (status != LUA_OK && status != LUA_YIELD)
		sandbox_err(sandbox, co, "script", err);
	return status;
}

void sandbox_where(lua_State *L, struct buf *to)
{
	lua_Debug at;
	int level;

	for (level = 0; lua_getstack(L, level, &at); level++) {
		lua_getinfo(L, "Sl", &at);
		if (at.currentline <= 0)
			continue;
		buf_printf(to, "%s:%d", at.short_src, at.currentline);
		return;
	}
}
