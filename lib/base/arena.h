/* SPDX-License-Identifier: MIT
 *
 * Memory that is freed all at once. A flow owns one arena, so that everything parsed from the flow goes with it. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena_block;
struct arena {
	struct arena_block *block; /* newest first */
	size_t used;               /* bytes handed out of all blocks, for limits and statistics */
};

/* A zeroed struct arena is an empty one; there is no _init. */
void arena_done(struct arena *arena);
/* Everything handed out is void again; the largest block is kept for reuse. */
void arena_rewind(struct arena *arena);

/* What follows comes from the memory of `spare`, rewound, as long as it lasts; that is left empty. */
void arena_adopt(struct arena *arena, struct arena *spare);

/* Zeroed, aligned for any type, valid until arena_done or arena_rewind; never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
/* A copy with a NUL behind it that does not count in the length. */
struct slice arena_copy(struct arena *arena, struct slice s);
/* A longer copy of an array of `old` bytes, which is left where it is; the new bytes are not zeroed. */
void *arena_longer(struct arena *arena, const void *array, size_t old, size_t size);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As MEM_GROW, in an arena: index `count` of the array becomes usable. */
#define ARENA_GROW(arena, array, count, cap)                                                                           \
	do {                                                                                                           \
		if ((count) >= (cap)) {                                                                                \
			size_t arena_old = (cap) * sizeof(*(array));                                                   \
			(cap) = (cap) ? (cap)*2 : 8;                                                                   \
			(array) = arena_longer((arena), (array), arena_old, (cap) * sizeof(*(array)));                 \
		}                                                                                                      \
	} while (0)

#endif
