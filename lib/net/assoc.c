/* SPDX-License-Identifier: MIT */
#include "net/assoc.h"
#include "base/mem.h"

#include <stdlib.h>

enum { BUCKETS_FIRST = 64 };

void assoc_done(struct assoc *a)
{
	free(a->buckets);
	*a = (struct assoc){0};
}

static void list_insert(struct assoc *a, struct assoc_node *node)
{
	node->newer = NULL;
	node->older = a->newest;
	if (a->newest)
		a->newest->newer = node;
	else
		a->oldest = node;
	a->newest = node;
}

static void list_remove(struct assoc *a, struct assoc_node *node)
{
	if (node->newer)
		node->newer->older = node->older;
	else
		a->newest = node->older;
	if (node->older)
		node->older->newer = node->newer;
	else
		a->oldest = node->newer;
}

static void chain_insert(struct assoc *a, struct assoc_node *node)
{
	struct assoc_node **bucket = &a->buckets[node->hash & (a->bucket_count - 1)];

	node->chain = *bucket;
	*bucket = node;
}

static void grow(struct assoc *a)
{
	free(a->buckets);
	a->bucket_count = a->bucket_count ? a->bucket_count * 2 : BUCKETS_FIRST;
	a->buckets = mem_alloc(a->bucket_count * sizeof(*a->buckets));
	for (struct assoc_node *n = a->oldest; n; n = n->newer)
		chain_insert(a, n);
}

void assoc_add(struct assoc *a, struct assoc_node *node, uint64_t hash, uint64_t time)
{
	if (a->count >= a->bucket_count)
		grow(a);
	node->hash = hash;
	node->time = time;
	chain_insert(a, node);
	list_insert(a, node);
	a->count++;
}

void assoc_remove(struct assoc *a, struct assoc_node *node)
{
	struct assoc_node **at = &a->buckets[node->hash & (a->bucket_count - 1)];

	while (*at != node)
		at = &(*at)->chain;
	*at = node->chain;
	list_remove(a, node);
	a->count--;
}

void assoc_touch(struct assoc *a, struct assoc_node *node, uint64_t time)
{
	node->time = time;
	if (a->newest == node)
		return;
	list_remove(a, node);
	list_insert(a, node);
}
