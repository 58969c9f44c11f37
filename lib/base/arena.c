/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_FIRST_BLOCK = 320, ARENA_MAX_BLOCK = 256 * 1024, ARENA_ALIGN = 16 };

struct arena_block {
	struct arena_block *older;
	size_t size, used;
	_Alignas(ARENA_ALIGN) char bytes[];
};

void arena_done(struct arena *arena)
{
	while (arena->block) {
		struct arena_block *older = arena->block->older;
		free(arena->block);
		arena->block = older;
	}
	arena->used = 0;
}

void arena_rewind(struct arena *arena)
{
	struct arena_block *keep = arena->block;

	if (!keep)
		return;
	for (struct arena_block *b = keep->older, *older; b; b = older) {
		older = b->older;
		if (b->size > keep->size) {
			free(keep);
			keep = b;
		} else {
			free(b);
		}
	}
	keep->older = NULL;
	keep->used = 0;
	arena->block = keep;
	arena->used = 0;
}

void arena_adopt(struct arena *arena, struct arena *spare)
{
	if (!spare->block)
		return;
	spare->block->older = arena->block;
	arena->block = spare->block;
	*spare = (struct arena){0};
}

static struct arena_block *block_new(struct arena *arena, size_t least)
{
	size_t size = arena->block ? arena->block->size * 2 : ARENA_FIRST_BLOCK;
	struct arena_block *b;

	if (size > ARENA_MAX_BLOCK)
		size = ARENA_MAX_BLOCK;
	if (size < least)
		size = least;
	b = mem_realloc(NULL, sizeof(*b) + size);
	b->size = size;
	b->used = 0;
	b->older = arena->block;
	return arena->block = b;
}

static void *arena_take(struct arena *arena, size_t size)
{
	struct arena_block *b = arena->block;
	void *p;

	size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (!b || b->size - b->used < size)
		b = block_new(arena, size);
	p = b->bytes + b->used;
	b->used += size;
	arena->used += size;
	return p;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(arena_take(arena, size), 0, size);
}

struct slice arena_copy(struct arena *arena, struct slice s)
{
	char *p = arena_take(arena, s.len + 1);

	if (s.len)
		memcpy(p, s.p, s.len);
	p[s.len] = '\0';
	return (struct slice){p, s.len};
}

void *arena_longer(struct arena *arena, const void *array, size_t old, size_t size)
{
	void *longer = arena_take(arena, size);

	return old ? memcpy(longer, array, old) : longer;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	char *p;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	p = arena_take(arena, n < 0 ? 1 : (size_t)n + 1);
	p[0] = '\0';
	if (n >= 0)
		vsnprintf(p, (size_t)n + 1, format, again);
	va_end(again);
	return p;
}
