/* SPDX-License-Identifier: MIT */
#include "trace/ledger_parts.h"
#include "base/mem.h"

#include <stddef.h>
#include <stdlib.h>

/* Sizes that malloc has nothing to add to: all but eight bytes of a multiple of 16. */
enum { STEP = 16, STEP_LESS = 8, SPARE_MAX = 8 };

static struct record *take(struct record_pool *pool, size_t size)
{
	size_t steps = (size + STEP_LESS + STEP - 1) / STEP;
	struct record_spare *spare = steps < RECORD_SIZES ? &pool->spare[steps] : NULL;
	struct record *record = spare ? spare->first : NULL;

	if (record) {
		spare->first = record->next;
		spare->count--;
		return record;
	}
	record = mem_realloc(NULL, spare ? steps * STEP - STEP_LESS : size);
	record->steps = spare ? (uint8_t)steps : 0;
	return record;
}

struct record *record_new(struct record_pool *pool, const struct sip_msg *msg, struct slice bytes,
			  const struct event_marks *marks)
{
	struct sip_outline outline;
	size_t outline_len = msg->raw.len == bytes.len ? sip_outline_of(msg, &outline) : 0;
	struct record *record = take(pool, offsetof(struct record, bytes) + outline_len + bytes.len);

	record->call = marks->call;
	record->hop = marks->hop;
	record->key = marks->key;
	record->cseq = marks->cseq;
	record->branch = marks->branch.p ? (uint32_t)(marks->branch.p - bytes.p) : 0;
	record->branch_len = (uint32_t)marks->branch.len;
	record->len = (uint32_t)bytes.len;
	record->outline_len = (uint8_t)outline_len;
	memcpy(record->bytes, &outline, outline_len);
	memcpy(record->bytes + outline_len, bytes.p, bytes.len);
	return record;
}

struct flow_lent record_lent(const struct record *record)
{
	const char *raw = record->bytes + record->outline_len;
	struct slice branch = {raw + record->branch, record->branch_len};

	return (struct flow_lent){
		.raw = {raw, record->len},
		.outline = record->outline_len ? (const void *)record->bytes : NULL,
		.marks =
			{
				.call = record->call,
				.hop = record->hop,
				.key = record->key,
				.branch = record->branch ? branch : SLICE_NONE,
				.cseq = record->cseq,
			},
	};
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
