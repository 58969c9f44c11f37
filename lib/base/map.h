/* SPDX-License-Identifier: MIT
 *
 * Hash table from bytes to a pointer. Keys are copied; values stay the caller's. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/slice.h"

struct map_slot;
struct map {
	struct map_slot *slots; /* open addressing, power of two */
	size_t count, cap;
};

/* A zeroed struct map is an empty one. */
void map_done(struct map *map);
/* NULL where the key is not there. */
void *map_get(const struct map *map, struct slice key);
/* Sets or replaces; `value` is not NULL. Returns the value that was there before, or NULL. */
void *map_set(struct map *map, struct slice key, void *value);
/* Returns the removed value, or NULL. */
void *map_remove(struct map *map, struct slice key);
/* Visits every entry in an order that only the history of calls decides: start with *at = 0; false at the end.
 * The map must not change meanwhile. */
bool map_next(const struct map *map, size_t *at, struct slice *ret_key, void **ret_value);

#endif
