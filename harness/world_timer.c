/* SPDX-License-Identifier: MIT */
#include "harness/world_timer.h"

#include "base/mem.h"

#include <stdlib.h>

void world_heap_done(struct world_heap *heap)
{
	free(heap->timers);
	*heap = (struct world_heap){0};
}

static bool timer_before(const struct world_timer *a, const struct world_timer *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void heap_put(struct world_heap *heap, size_t slot, struct world_timer *timer)
{
	heap->timers[slot] = timer;
	timer->slot = slot;
}

static void heap_rise(struct world_heap *heap, size_t slot, struct world_timer *timer)
{
	while (slot && timer_before(timer, heap->timers[(slot - 1) / 2])) {
		heap_put(heap, slot, heap->timers[(slot - 1) / 2]);
		slot = (slot - 1) / 2;
	}
	heap_put(heap, slot, timer);
}

static void heap_sink(struct world_heap *heap, size_t slot, struct world_timer *timer)
{
	size_t child;

	while ((child = 2 * slot + 1) < heap->count) {
		if (child + 1 < heap->count && timer_before(heap->timers[child + 1], heap->timers[child]))
			child++;
		if (!timer_before(heap->timers[child], timer))
			break;
		heap_put(heap, slot, heap->timers[child]);
		slot = child;
	}
	heap_put(heap, slot, timer);
}

void world_heap_add(struct world_heap *heap, struct world_timer *timer)
{
	MEM_GROW(heap->timers, heap->count, heap->cap);
	timer->order = heap->order++;
	heap_rise(heap, heap->count++, timer);
}

void world_heap_remove(struct world_heap *heap, struct world_timer *timer)
{
	struct world_timer *last = heap->timers[--heap->count];

	if (last == timer)
		return;
	heap_sink(heap, timer->slot, last);
	heap_rise(heap, last->slot, last);
}
