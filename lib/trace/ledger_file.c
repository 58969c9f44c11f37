/* SPDX-License-Identifier: MIT
 *
 * Users and chapters lie all over memory, which is slow to answer: what a batch of messages will need is fetched before
 * the first of them is filed, one step after the other. */
#include "trace/ledger_parts.h"
#include "base/mem.h"

enum { CACHE_LINE = 64 };

static void prefetch(const void *p, size_t size)
{
	for (size_t at = 0; at < size; at += CACHE_LINE)
		__builtin_prefetch((const char *)p + at);
}

static void fetch_slots(const struct ledger *ledger, const struct arrival *arrival)
{
	hash_index_prefetch(&ledger->index, arrival->marks.call);
	hash_index_prefetch(&ledger->index, arrival->key.hash);
	alive_prefetch(ledger->alive, arrival->src_hash);
	recent_prefetch(ledger->recent, arrival->copy_key);
}

static const struct ledger_user *probable_user(const struct ledger *ledger, const struct arrival *arrival)
{
	const struct ledger_user *user = ledger_find(ledger, arrival->marks.call);

	return user ? user : ledger_find(ledger, arrival->key.hash);
}

static void fetch_user(const struct ledger *ledger, const struct arrival *arrival)
{
	const struct ledger_user *user = probable_user(ledger, arrival);

	if (user)
		prefetch(user, sizeof(*user));
	recent_prefetch_entry(ledger->recent, arrival->copy_key);
}

static void fetch_chapter(const struct ledger *ledger, const struct arrival *arrival)
{
	const struct ledger_user *user = probable_user(ledger, arrival);

	if (user && user->open)
		prefetch(user->open, sizeof(*user->open));
}

static void fetch(const struct ledger *ledger, const struct batch *batch)
{
	static void (*const steps[])(const struct ledger *, const struct arrival *) = {fetch_slots, fetch_user,
										       fetch_chapter};

	for (unsigned step = 0; step < ARRAY_LEN(steps); step++)
		for (unsigned i = 0; i < batch->count; i++)
			if (!batch->arrivals[i].gaps && batch->arrivals[i].readable)
				steps[step](ledger, &batch->arrivals[i]);
}

void ledger_file(struct ledger *ledger, const struct batch *batch)
{
	fetch(ledger, batch);
	for (unsigned i = 0; i < batch->count; i++) {
		const struct arrival *arrival = &batch->arrivals[i];
		if (arrival->gaps) {
			ledger_file_gap(ledger, arrival);
		} else if (arrival->readable) {
			ledger->stats.messages++;
			ledger_file_message(ledger, arrival);
		} else {
			ledger->stats.unreadable++;
		}
	}
}
