/* SPDX-License-Identifier: MIT */
#include "trace/ledger_parts.h"
#include "base/mem.h"

#include <stdlib.h>

enum { STEP = 32, SPARE_MAX = 16 };

static struct record *take(struct record_pool *pool, size_t size)
{
	size_t steps = (size + STEP - 1) / STEP;
	struct record_spare *spare = steps < RECORD_SIZES ? &pool->spare[steps] : NULL;
	struct record *record = spare ? spare->first : NULL;

	if (record) {
		spare->first = record->next;
		spare->count--;
		return record;
	}
	record = mem_realloc(NULL, spare ? steps * STEP : size);
	record->steps = spare ? (uint8_t)steps : 0;
	return record;
}

struct record *record_new(struct record_pool *pool, struct slice bytes)
{
	struct record *record = take(pool, sizeof(*record) + bytes.len);

	*record = (struct record){.steps = record->steps, .len = (uint32_t)bytes.len};
	memcpy(record->bytes, bytes.p, bytes.len);
	return record;
}

void record_free(struct record_pool *pool, struct record *record)
{
	struct record_spare *spare = &pool->spare[record->steps];

	if (record->steps == 0 || spare->count == SPARE_MAX) {
		free(record);
		return;
	}
	record->next = spare->first;
	spare->first = record;
	spare->count++;
}

void record_pool_done(struct record_pool *pool)
{
	for (unsigned i = 0; i < RECORD_SIZES; i++)
		for (struct record *record = pool->spare[i].first, *next; record; record = next) {
			next = record->next;
			free(record);
		}
}
