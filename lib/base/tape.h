/* SPDX-License-Identifier: MIT
 *
 * Bytes one behind the other, in pieces of one size. Of many tapes that come and go, long ones and short ones, what one
 * leaves fits any other, and nobody has to look at it to give it back.
 *
 * A pool has the pieces that no tape has. Two threads that have a pool each may pass tapes and pieces to each other. */
#ifndef BASE_TAPE_H
#define BASE_TAPE_H

#include <stddef.h>

struct tape_piece;

struct tape { /* a zeroed one is empty */
	struct tape_piece *first, *last;
	size_t len;
};

struct tape_pool {                       /* a zeroed one is empty */
	struct tape_piece *first, *last; /* the piece that was given back last is the first to be taken */
	struct tape_piece *blocks;       /* of which pieces are cut: the first one of each leads to the next block */
	size_t block_size, cut;          /* of the newest block: bytes, and pieces that were cut of it */
};

/* Frees the blocks that it has: all that was ever cut of them, wherever it is. */
void tape_pool_done(struct tape_pool *pool);
/* All that the other one has. */
void tape_pool_join(struct tape_pool *pool, struct tape_pool *other);
/* Pieces for so many bytes of one tape. */
void tape_pool_move(struct tape_pool *pool, struct tape_pool *from, size_t len);

void tape_append(struct tape *tape, struct tape_pool *pool, const void *bytes, size_t len);
/* What is appended next will find the memory near. */
void tape_fetch_end(const struct tape *tape);
/* Gives its pieces to the pool; the tape is empty then. */
void tape_clear(struct tape *tape, struct tape_pool *pool);

struct tape_reader {
	const struct tape_piece *piece;
	size_t at;
};
/* From its beginning. The tape stays as it is meanwhile. */
struct tape_reader tape_begin(const struct tape *tape);
/* The next bytes, as many as there are at least. */
void tape_read(struct tape_reader *reader, void *ret, size_t len);

#endif
