/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* strverscmp */
#include "script/script_lua.h"

#include "script/file.h"

#include "base/mem.h"

#include <dirent.h>
#include <lauxlib.h>
#include <stdlib.h>

static const struct sandbox_limits limits = {
	.source = SCRIPT_SOURCE_MAX,
	.steps = SCRIPT_STEPS_MAX,
	.string = SCRIPT_STRING_MAX,
	.block = SCRIPT_BLOCK_MAX,
	.growth = SCRIPT_GROWTH_MAX,
	.volume = SCRIPT_VOLUME_MAX,
	.memory = SCRIPT_MEMORY_MAX,
};

struct script *script_new(struct catalogue *catalogue)
{
	struct script *script = mem_alloc(sizeof(*script));

	script->catalogue = catalogue;
	sandbox_init(&script->sandbox, &limits);
	script_env_open(script);
	return script;
}

void script_free(struct script *script)
{
	if (!script)
		return;
	map_done(&script->shared);
	sandbox_done(&script->sandbox);
	free(script);
}

/* A file runs as a coroutine, so that the place is still known when a limit ends it. */
static int script_load_chunk(struct script *script, lua_State *co, struct slice text, struct err *err)
{
	int count, status;

	if (sandbox_compile(&script->sandbox, co, script->file, text, err))
		return -EINVAL;
	script_env_push(co);
	lua_setupvalue(co, -2, 1);
	status = sandbox_resume(&script->sandbox, co, 0, &count, err);
	if (status == LUA_OK)
		return 0;
	if (status == LUA_YIELD)
		return err_set(err, -EINVAL, "%s: waits, expected only declarations", script->file);
	return -EINVAL;
}

int script_load_text(struct script *script, const char *file, struct slice text, struct err *err)
{
	lua_State *L = script->sandbox.L, *co;
	int result;

	script->file = arena_copy(&script->catalogue->arena, slice_of(file)).p;
	script->clause = NULL;
	co = lua_newthread(L);
	result = script_load_chunk(script, co, text, err);
	if (!result && !script->clause)
		result = err_set(err, -EINVAL, "%s:1: declares nothing, expected clause { … }", file);
	lua_pop(L, 1);
	script->file = NULL;
	return result;
}

int script_load_file(struct script *script, const char *path, struct err *err)
{
	struct buf text = {0};
	int result = file_read(path, SCRIPT_SOURCE_MAX, &text, err);

	if (!result)
		result = script_load_text(script, path, buf_slice(&text), err);
	buf_done(&text);
	return result;
}

static int is_clause_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".lua") && entry->d_name[0] != '.';
}

/* Not alphasort(): the order must not hang on the locale, and clause 5 comes before clause 12. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

int script_load_dir(struct script *script, const char *dir, struct err *err)
{
	struct dirent **entries;
	char *path;
	int i, count, result = 0;

	count = scandir(dir, &entries, is_clause_file, by_name);
	if (count < 0)
		return err_set(err, -errno, "%s: %s", dir, strerror(errno));
	for (i = 0; i < count; i++) {
		path = mem_printf("%s/%s", dir, entries[i]->d_name);
		if (!result)
			result = script_load_file(script, path, err);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return count ? result : err_set(err, -ENOENT, "%s: no clause file, expected at least one *.lua", dir);
}
