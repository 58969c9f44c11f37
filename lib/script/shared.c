/* SPDX-License-Identifier: MIT */
#include "script/shared.h"

#include "base/hash.h"

enum { DEPTH_MAX = 8, VALUES_MAX = 4096, UPVALUES_MAX = 255 };

struct walk {
	lua_State *L;
	unsigned depth, values; /* beyond the limits nothing is looked at: that bounds the cost */
};

static uint64_t value_sum(struct walk *walk, int index);

static uint64_t pointer_sum(const void *p)
{
	return hash_slice((struct slice){(const char *)&p, sizeof(p)}, 0);
}

/* The same in whatever order the keys come. */
static uint64_t table_sum(struct walk *walk, int index)
{
	uint64_t sum = 0;

	for (lua_pushnil(walk->L); lua_next(walk->L, index); lua_pop(walk->L, 1))
		sum += hash_mix(value_sum(walk, lua_gettop(walk->L) - 1) * 31 + value_sum(walk, lua_gettop(walk->L)));
	return sum;
}

static uint64_t function_sum(struct walk *walk, int index)
{
	uint64_t sum = pointer_sum(lua_topointer(walk->L, index));
	const char *name;
	int i;

	for (i = 1; !lua_iscfunction(walk->L, index) && (name = lua_getupvalue(walk->L, index, i)); i++) {
		if (strcmp(name, "_ENV"))
			sum = hash_mix(sum + value_sum(walk, lua_gettop(walk->L)));
		lua_pop(walk->L, 1);
	}
	return sum;
}

static uint64_t value_sum(struct walk *walk, int index)
{
	lua_State *L = walk->L;
	struct slice bytes;
	lua_Number number;
	uint64_t sum = 0;
	int type = lua_type(L, index);

	if (walk->depth == DEPTH_MAX || walk->values++ >= VALUES_MAX || !lua_checkstack(L, 8))
		return 0;
	walk->depth++;
	if (type == LUA_TSTRING) {
		bytes.p = lua_tolstring(L, index, &bytes.len);
		sum = hash_slice(bytes, 0);
	} else if (type == LUA_TNUMBER) {
		number = lua_tonumber(L, index);
		sum = lua_isinteger(L, index) ? hash_mix((uint64_t)lua_tointeger(L, index))
					      : hash_slice((struct slice){(const char *)&number, sizeof(number)}, 1);
	} else if (type == LUA_TBOOLEAN) {
		sum = (uint64_t)lua_toboolean(L, index);
	} else if (type == LUA_TTABLE) {
		sum = table_sum(walk, index);
	} else if (type == LUA_TFUNCTION) {
		sum = function_sum(walk, index);
	} else if (type != LUA_TNIL) {
		sum = pointer_sum(lua_topointer(L, index));
	}
	walk->depth--;
	return hash_mix(sum + (uint64_t)type);
}

/* Of each upvalue of the play's function. Returns how many there are. */
static int play_sums(struct script *script, const struct play *play, uint64_t sums[UPVALUES_MAX])
{
	lua_State *L = script->sandbox.L;
	const char *name;
	int i, function;

	lua_rawgeti(L, LUA_REGISTRYINDEX, play->body);
	function = lua_gettop(L);
	for (i = 0; i < UPVALUES_MAX && (name = lua_getupvalue(L, function, i + 1)); i++) {
		sums[i] = strcmp(name, "_ENV") ? value_sum(&(struct walk){.L = L}, function + 1) : 0;
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return i;
}

void shared_note(struct script *script, const struct play *play)
{
	struct arena *arena = &script->catalogue->arena;
	uint64_t sums[UPVALUES_MAX];
	int count = play_sums(script, play, sums);
	void *kept = arena_alloc(arena, (size_t)count * sizeof(*sums) + 1);

	memcpy(kept, sums, (size_t)count * sizeof(*sums));
	map_set(&script->shared, slice_of(play->name), kept);
}

int shared_check(struct script *script, const struct play *play, struct err *err)
{
	const uint64_t *before = map_get(&script->shared, slice_of(play->name));
	lua_State *L = script->sandbox.L;
	uint64_t sums[UPVALUES_MAX];
	int i, count;

	if (!before)
		return 0;
	count = play_sums(script, play, sums);
	for (i = 0; i < count && sums[i] == before[i]; i++)
		;
	if (i == count)
		return 0;
	lua_rawgeti(L, LUA_REGISTRYINDEX, play->body);
	err_set(err, -EINVAL,
		"%s:%d: play %s: '%s' was changed, and other plays see it, expected locals of the play's own",
		play->file, play->line, play->name, lua_getupvalue(L, -1, i + 1));
	lua_pop(L, 2);
	return -EINVAL;
}
