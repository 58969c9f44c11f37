/* SPDX-License-Identifier: MIT
 *
 * The queue of timers that both worlds share: a binary heap of pointers into the owners' storage, ordered by time and
 * then by the order of starting, so that equal times give equal runs. */
#ifndef HARNESS_WORLD_TIMER_H
#define HARNESS_WORLD_TIMER_H

#include "harness/world.h"

struct world_heap { /* zeroed: empty */
	struct world_timer **timers;
	size_t count, cap;
	uint64_t order;
};

void world_heap_done(struct world_heap *heap);
/* `timer` is in no heap; its `at` is set. */
void world_heap_add(struct world_heap *heap, struct world_timer *timer);
void world_heap_remove(struct world_heap *heap, struct world_timer *timer);

/* The next one, or NULL. */
static inline struct world_timer *world_heap_first(const struct world_heap *heap)
{
	return heap->count ? heap->timers[0] : NULL;
}

#endif
