/* SPDX-License-Identifier: MIT */
#include "trace/ledger_parts.h"
#include "base/mem.h"

#include <stdlib.h>

void hash_index_done(struct hash_index *index)
{
	free(index->slots);
	*index = (struct hash_index){0};
}

static size_t slot_of(const struct hash_index *index, uint64_t hash)
{
	size_t i = hash & (index->cap - 1);

	while (index->slots[i].value && index->slots[i].hash != hash)
		i = (i + 1) & (index->cap - 1);
	return i;
}

void *hash_index_get(const struct hash_index *index, uint64_t hash)
{
	return index->count ? index->slots[slot_of(index, hash)].value : NULL;
}

void hash_index_prefetch(const struct hash_index *index, uint64_t hash)
{
	if (index->cap)
		__builtin_prefetch(&index->slots[hash & (index->cap - 1)]);
}

static void grow(struct hash_index *index)
{
	struct hash_index old = *index;

	index->cap = old.cap ? old.cap * 2 : 1024;
	index->slots = mem_alloc_table(index->cap * sizeof(*index->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].value)
			index->slots[slot_of(index, old.slots[i].hash)] = old.slots[i];
	free(old.slots);
}

void hash_index_set(struct hash_index *index, uint64_t hash, void *value)
{
	struct hash_slot *slot;

	if ((index->count + 1) * 4 > index->cap * 3)
		grow(index);
	slot = &index->slots[slot_of(index, hash)];
	index->count += !slot->value;
	*slot = (struct hash_slot){hash, value};
}

void hash_index_remove(struct hash_index *index, uint64_t hash)
{
	size_t mask = index->cap - 1, hole, i;

	if (!hash_index_get(index, hash))
		return;
	hole = slot_of(index, hash);
	index->count--;
	/* close the gap: move back every later entry of the run whose home does not lie behind the hole */
	for (i = (hole + 1) & mask; index->slots[i].value; i = (i + 1) & mask) {
		if (((i - index->slots[i].hash) & mask) >= ((i - hole) & mask)) {
			index->slots[hole] = index->slots[i];
			hole = i;
		}
	}
	index->slots[hole].value = NULL;
}

static struct alive_entry *alive_find(struct alive_entry set[ALIVE_WAYS], const struct net_addr *addr)
{
	for (unsigned i = 0; i < ALIVE_WAYS; i++)
		if (net_addr_eq(&set[i].addr, addr))
			return &set[i];
	return NULL;
}

void alive_prefetch(const struct alive_table *table, uint64_t hash)
{
	const struct alive_entry *set = table->entries[hash & (ALIVE_SETS - 1)];

	__builtin_prefetch(set);
	__builtin_prefetch(set + ALIVE_WAYS / 2);
}

void alive_note(struct alive_table *table, uint64_t hash, const struct net_addr *addr, uint64_t time)
{
	struct alive_entry *set = table->entries[hash & (ALIVE_SETS - 1)];
	struct alive_entry *entry = alive_find(set, addr);

	if (!entry) {
		entry = set;
		for (unsigned i = 1; i < ALIVE_WAYS; i++)
			if (set[i].time < entry->time)
				entry = &set[i];
		*entry = (struct alive_entry){*addr, 0};
	}
	if (time > entry->time)
		entry->time = time;
}

uint64_t alive_time(const struct alive_table *table, const struct net_addr *addr)
{
	struct alive_table *t = (struct alive_table *)table;
	const struct alive_entry *entry = alive_find(t->entries[net_addr_hash_stable(addr) & (ALIVE_SETS - 1)], addr);

	return entry ? entry->time : 0;
}

/* Of the last RECENT_COUNT messages that were noted, by number. */
static const struct recent_entry *recent_entry(const struct recent_table *table, uint32_t number)
{
	return number && table->noted - number < RECENT_COUNT ? &table->entries[number % RECENT_COUNT] : NULL;
}

static uint32_t recent_first(const struct recent_table *table, uint64_t key)
{
	return table->heads[key % RECENT_HEADS];
}

void recent_prefetch(const struct recent_table *table, uint64_t key)
{
	__builtin_prefetch(&table->heads[key % RECENT_HEADS]);
}

void recent_prefetch_entry(const struct recent_table *table, uint64_t key)
{
	const struct recent_entry *entry = recent_entry(table, recent_first(table, key));

	if (entry)
		__builtin_prefetch(entry);
}

uint32_t recent_chapter(const struct recent_table *table, uint64_t key)
{
	const struct recent_entry *entry = recent_entry(table, recent_first(table, key));

	while (entry && entry->key != key)
		entry = recent_entry(table, entry->before);
	return entry ? entry->chapter : 0;
}

void recent_note(struct recent_table *table, uint64_t key, uint64_t chapter)
{
	uint32_t *head = &table->heads[key % RECENT_HEADS];
	uint32_t number = ++table->noted;

	table->entries[number % RECENT_COUNT] = (struct recent_entry){key, (uint32_t)chapter + 1, *head};
	*head = number;
}
