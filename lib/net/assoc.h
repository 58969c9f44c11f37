/* SPDX-License-Identifier: MIT
 *
 * Things found by a hash and forgotten by age: unfinished datagrams, TCP connections, SCTP associations. The node is
 * the first member of the thing, which its owner allocates, compares and frees. */
#ifndef NET_ASSOC_H
#define NET_ASSOC_H

#include "base/mem.h"

#include <stdint.h>

struct assoc_node {
	uint64_t hash, time; /* time of the last touch */
	struct assoc_node *chain, *older, *newer;
};

/* Zeroed: empty. */
struct assoc {
	struct assoc_node **buckets; /* power of two */
	size_t bucket_count, count;
	struct assoc_node *newest, *oldest;
};

/* Frees the index; the nodes are the owner's, who has removed them. */
void assoc_done(struct assoc *a);
void assoc_add(struct assoc *a, struct assoc_node *node, uint64_t hash, uint64_t time);
void assoc_remove(struct assoc *a, struct assoc_node *node);
/* It was used: it is the newest now. */
void assoc_touch(struct assoc *a, struct assoc_node *node, uint64_t time);

/* It will be touched soon, which its neighbours feel. */
static inline void assoc_fetch(const struct assoc_node *node)
{
	mem_fetch(node->older, sizeof(*node));
	mem_fetch(node->newer, sizeof(*node));
}

/* Walk: for (n = assoc_first(a, h); n; n = n->chain) where n->hash == h, and the owner compares the key. */
static inline struct assoc_node *assoc_first(const struct assoc *a, uint64_t hash)
{
	return a->count ? a->buckets[hash & (a->bucket_count - 1)] : NULL;
}

#endif
