/* SPDX-License-Identifier: MIT
 *
 * A ledger's messages and gaps one at a time, for tests. */
#ifndef TESTS_LEDGER_FEED_H
#define TESTS_LEDGER_FEED_H

#include "base/buf.h"
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

/* From 10.0.0.1 on that port to 10.0.0.2; `head` has LF line ends and lacks Content-Length. */
static inline void feed_text(struct ledger *ledger, uint64_t time, uint16_t port, const char *head)
{
	const uint8_t from[4] = {10, 0, 0, 1}, to[4] = {10, 0, 0, 2};
	struct wire_message message = {.time = time};
	struct buf text = {0};

	for (const char *c = head; *c; c++)
		buf_puts(&text, (const char[]){*c == '\n' ? '\r' : *c, *c == '\n' ? '\n' : '\0', '\0'});
	buf_puts(&text, "Content-Length: 0\r\n\r\n");
	message.path.src = net_addr_v4(from, port);
	message.path.dst = net_addr_v4(to, 5060);
	message.bytes = buf_slice(&text);
	feed_message(ledger, &message);
	buf_done(&text);
}

static inline void feed_gap(struct ledger *ledger, uint64_t time, const struct net_addr *a, const struct net_addr *b,
			    uint32_t gaps)
{
	struct batch batch = {0};

	batch_add_gap(&batch, time, a, b, gaps);
	feed_batch(ledger, &batch);
}

#endif
