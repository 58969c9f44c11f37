/* SPDX-License-Identifier: MIT
 *
 * Messages on their way from the wire to the ledger, some at a time, in the order in which they came, with the gaps
 * between them. One thread fills a batch; any thread reads it, which is a third of all the work that messages make
 * before they are judged; and the one that feeds the ledger files it. A batch owns the bytes of its messages. */
#ifndef TRACE_BATCH_H
#define TRACE_BATCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "trace/event.h"
#include "trace/wire.h"

struct user_key {
	struct slice uri;  /* whose key it is */
	struct slice text; /* as text; absent: it names no user */
	uint64_t hash;     /* 0: it names no user */
};
/* `text`: as sip_uri_user_key tells, or absent */
struct user_key user_key_of(struct slice uri, struct slice text);

struct arrival {
	struct wire_message message;
	uint32_t gaps; /* enum flow_gap: no message, but what is missing at its time between the ends of its path, of
			  which one without a family stands for everywhere */
	/* as batch_read finds it: */
	bool readable; /* it is SIP */
	struct sip_msg msg;
	struct event_marks marks;
	struct user_key key; /* where its user is probably found; not known: all zero */
	uint64_t src_hash;   /* of the address that it came from */
	uint64_t copy_key;   /* what makes it the same as another: the key of its marks, at this hop */
};

enum { BATCH_MAX = 32 };

struct batch { /* a zeroed one is empty */
	struct arrival arrivals[BATCH_MAX];
	unsigned count;
	struct buf bytes;
	struct arena lines; /* of the indexes */
};

void batch_done(struct batch *batch);
void batch_clear(struct batch *batch); /* empty, memory kept */
bool batch_is_full(const struct batch *batch);
/* Both want one that is not full. The bytes are copied. */
void batch_add(struct batch *batch, const struct wire_message *message);
/* Something is missing between these hosts (either may be NULL: everywhere) at `time`. */
void batch_add_gap(struct batch *batch, uint64_t time, const struct net_addr *a, const struct net_addr *b,
		   uint32_t gaps);
/* When all is in it; once. */
void batch_read(struct batch *batch);

#endif
