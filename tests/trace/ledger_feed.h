/* SPDX-License-Identifier: MIT
 *
 * A ledger's messages and gaps one at a time, for tests. */
#ifndef TESTS_LEDGER_FEED_H
#define TESTS_LEDGER_FEED_H

#include "trace/ledger.h"

static inline void feed_batch(struct ledger *ledger, struct batch *batch)
{
	batch_read(batch);
	ledger_file(ledger, batch);
	batch_done(batch);
}

static inline void feed_message(struct ledger *ledger, const struct wire_message *message)
{
	struct batch batch = {0};

	batch_add(&batch, message);
	feed_batch(ledger, &batch);
}

static inline void feed_gap(struct ledger *ledger, uint64_t time, const struct net_addr *a, const struct net_addr *b,
			    uint32_t gaps)
{
	struct batch batch = {0};

	batch_add_gap(&batch, time, a, b, gaps);
	feed_batch(ledger, &batch);
}

#endif
