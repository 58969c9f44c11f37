/* SPDX-License-Identifier: MIT */
#include "base/map.h"
#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>

struct map_slot {
	uint32_t hash, key_len;
	char *key;
	void *value; /* NULL: free slot */
};

static uint32_t key_hash(struct slice key)
{
	return (uint32_t)hash_slice(key, 0);
}

void map_done(struct map *map)
{
	for (size_t i = 0; i < map->cap; i++)
		if (map->slots[i].value && !map->lent)
			free(map->slots[i].key);
	free(map->slots);
	*map = (struct map){.lent = map->lent};
}

static size_t slot_find(const struct map *map, struct slice key, uint32_t hash)
{
	size_t i = hash & (map->cap - 1);

	for (;; i = (i + 1) & (map->cap - 1)) {
		const struct map_slot *s = &map->slots[i];
		if (!s->value || (s->hash == hash && slice_eq((struct slice){s->key, s->key_len}, key)))
			return i;
	}
}

void *map_get(const struct map *map, struct slice key)
{
	return map->count ? map->slots[slot_find(map, key, key_hash(key))].value : NULL;
}

static void map_grow(struct map *map)
{
	struct map old = *map;

	map->cap = old.cap ? old.cap * 2 : 16;
	map->slots = mem_alloc(map->cap * sizeof(*map->slots));
	for (size_t i = 0; i < old.cap; i++) {
		struct map_slot *s = &old.slots[i];
		if (s->value)
			map->slots[slot_find(map, (struct slice){s->key, s->key_len}, s->hash)] = *s;
	}
	free(old.slots);
}

void *map_set(struct map *map, struct slice key, void *value)
{
	uint32_t hash = key_hash(key);
	struct map_slot *s;
	void *before;

	if ((map->count + 1) * 4 > map->cap * 3)
		map_grow(map);
	s = &map->slots[slot_find(map, key, hash)];
	before = s->value;
	if (!before) {
		s->hash = hash;
		s->key = map->lent ? NULL : mem_alloc(key.len);
		s->key_len = (uint32_t)key.len;
		if (key.len && s->key)
			memcpy(s->key, key.p, key.len);
		map->count++;
	}
	if (map->lent)
		s->key = (char *)key.p;
	s->value = value;
	return before;
}

void *map_remove(struct map *map, struct slice key)
{
	size_t mask = map->cap - 1, hole, i;
	void *value;

	if (!map->count)
		return NULL;
	hole = slot_find(map, key, key_hash(key));
	value = map->slots[hole].value;
	if (!value)
		return NULL;
	if (!map->lent)
		free(map->slots[hole].key);
	map->count--;
	/* close the gap: move back every later entry of the run whose home does not lie behind the hole */
	for (i = (hole + 1) & mask; map->slots[i].value; i = (i + 1) & mask) {
		size_t home = map->slots[i].hash & mask;
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			map->slots[hole] = map->slots[i];
			hole = i;
		}
	}
	map->slots[hole].value = NULL;
	return value;
}

bool map_next(const struct map *map, size_t *at, struct slice *ret_key, void **ret_value)
{
	for (; *at < map->cap; ++*at) {
		const struct map_slot *s = &map->slots[*at];
		if (s->value) {
			if (ret_key)
				*ret_key = (struct slice){s->key, s->key_len};
			*ret_value = s->value;
			++*at;
			return true;
		}
	}
	return false;
}
