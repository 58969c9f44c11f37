/* SPDX-License-Identifier: MIT
 *
 * Users and chapters lie all over memory, which is slow to answer: what a batch of messages will need is fetched before
 * the first of them is filed, one step after the other. */
#include "trace/ledger_parts.h"
#include "base/mem.h"

static bool is_message(const struct arrival *arrival)
{
	return !arrival->gaps && arrival->readable;
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

/* What the message will be hung on: the end of its chapter's tape, and the chapters before and behind. */
static void fetch_around(const struct chapter *chapter)
{
	tape_fetch_end(&chapter->tape);
	if (chapter->older)
		__builtin_prefetch(&chapter->older->newer);
	if (chapter->newer)
		__builtin_prefetch(&chapter->newer->older);
}

static void fetch(const struct ledger *ledger, const struct batch *batch)
{
	const struct ledger_user *users[BATCH_MAX] = {0};

	for (unsigned i = 0; i < batch->count; i++)
		if (is_message(&batch->arrivals[i]))
			fetch_slots(ledger, &batch->arrivals[i]);
	for (unsigned i = 0; i < batch->count; i++) {
		if (!is_message(&batch->arrivals[i]))
			continue;
		users[i] = probable_user(ledger, &batch->arrivals[i]);
		if (users[i])
			mem_fetch(users[i], sizeof(*users[i]));
		recent_prefetch_entry(ledger->recent, batch->arrivals[i].copy_key);
	}
	for (unsigned i = 0; i < batch->count; i++)
		if (users[i] && users[i]->open)
			mem_fetch(users[i]->open, sizeof(*users[i]->open));
	for (unsigned i = 0; i < batch->count; i++)
		if (users[i] && users[i]->open)
			fetch_around(users[i]->open);
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
