/* SPDX-License-Identifier: MIT
 *
 * Hash table from bytes to a pointer. Values stay the caller's; keys are copied, unless they are lent, as where the
 * value holds its key. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/slice.h"

struct map_slot;
struct map {
	struct map_slot *slots; /* open addressing, power of two */
	size_t count, cap;
	bool lent; /* set while it is empty: a key's bytes stay where they are, as long as it is in */
};

/* A zeroed struct map is an empty one that copies. */
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
