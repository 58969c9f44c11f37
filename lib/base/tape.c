/* SPDX-License-Identifier: MIT */
#include "base/tape.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	PIECE_LEN = 568, /* nine lines of cache, with the pointer before it */
	BLOCK_SIZE_FIRST = 64 << 10,
	BLOCK_SIZE_MAX = 2 << 20, /* a large page */
};

struct tape_piece {
	struct tape_piece *next;
	char bytes[PIECE_LEN];
};

/* --- pools --- */

static void add_block(struct tape_pool *pool)
{
	struct tape_piece *block;

	pool->block_size = pool->block_size ? 2 * pool->block_size : BLOCK_SIZE_FIRST;
	if (pool->block_size > BLOCK_SIZE_MAX)
		pool->block_size = BLOCK_SIZE_MAX;
	block = mem_alloc_block(pool->block_size);
	block->next = pool->blocks;
	pool->blocks = block;
	pool->cut = 1;
}

static struct tape_piece *take(struct tape_pool *pool)
{
	struct tape_piece *piece = pool->first;

	if (piece) {
		pool->first = piece->next;
		__builtin_prefetch(pool->first, 1);
		return piece;
	}
	if (pool->cut == pool->block_size / sizeof(*piece))
		add_block(pool);
	return &pool->blocks[pool->cut++];
}

static void give(struct tape_pool *pool, struct tape_piece *first, struct tape_piece *last)
{
	if (!pool->first)
		pool->last = last;
	last->next = pool->first;
	pool->first = first;
}

void tape_pool_done(struct tape_pool *pool)
{
	for (struct tape_piece *block = pool->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	*pool = (struct tape_pool){0};
}

/* What of its newest block was never cut is given up: a pool that is joined was given what it needed, and has none. */
void tape_pool_join(struct tape_pool *pool, struct tape_pool *other)
{
	struct tape_piece **end = &pool->blocks;

	if (other->first)
		give(pool, other->first, other->last);
	while (other->blocks && *end)
		end = &(*end)->next;
	if (other->blocks)
		*end = other->blocks;
	*other = (struct tape_pool){0};
}

void tape_pool_move(struct tape_pool *pool, struct tape_pool *from, size_t len)
{
	for (size_t had = 0; had < len; had += PIECE_LEN) {
		struct tape_piece *piece = take(from);
		give(pool, piece, piece);
	}
}

/* --- tapes --- */

static void add_piece(struct tape *tape, struct tape_pool *pool)
{
	struct tape_piece *piece = take(pool);

	piece->next = NULL;
	*(tape->last ? &tape->last->next : &tape->first) = piece;
	tape->last = piece;
}

void tape_append(struct tape *tape, struct tape_pool *pool, const void *bytes, size_t len)
{
	for (const char *p = bytes; len;) {
		size_t at = tape->len % PIECE_LEN, part = len < PIECE_LEN - at ? len : PIECE_LEN - at;
		if (at == 0)
			add_piece(tape, pool);
		memcpy(tape->last->bytes + at, p, part);
		tape->len += part;
		p += part;
		len -= part;
	}
}

void tape_fetch_end(const struct tape *tape)
{
	size_t at = tape->len % PIECE_LEN;

	if (tape->last)
		mem_fetch(tape->last->bytes + at, PIECE_LEN - at);
}

void tape_clear(struct tape *tape, struct tape_pool *pool)
{
	if (tape->first)
		give(pool, tape->first, tape->last);
	*tape = (struct tape){0};
}

/* Tapes lie in memory for long, and are out of every cache when they are read: while a piece is read the next one is
 * fetched. */
struct tape_reader tape_begin(const struct tape *tape)
{
	mem_fetch(tape->first, sizeof(*tape->first));
	return (struct tape_reader){tape->first, 0};
}

void tape_read(struct tape_reader *reader, void *ret, size_t len)
{
	for (char *p = ret; len;) {
		size_t part;
		if (reader->at == PIECE_LEN)
			*reader = (struct tape_reader){reader->piece->next, 0};
		if (reader->at == 0)
			mem_fetch(reader->piece->next, sizeof(*reader->piece));
		part = len < PIECE_LEN - reader->at ? len : PIECE_LEN - reader->at;
		memcpy(p, reader->piece->bytes + reader->at, part);
		reader->at += part;
		p += part;
		len -= part;
	}
}
