/* SPDX-License-Identifier: MIT */
#include "net/fragment.h"
#include "net/net_priv.h"
#include "base/mem.h"
#include "base/time.h"

#include <stdlib.h>

enum { DATAGRAM_MAX = 65535, RANGES_MAX = 256 };

struct range {
	uint32_t from, to;
};

struct unfinished {
	struct assoc_node node;
	uint8_t src[16], dst[16];
	uint32_t id;
	uint8_t family, protocol;
	bool copy; /* of one that is whole: what it lacks is not missing */
	struct net_ref first;
	uint32_t total; /* 0: the last fragment has not come */
	uint8_t *bytes;
	size_t cap;
	struct range *ranges; /* what of bytes is there: sorted, apart from each other */
	size_t range_count, range_cap;
};

static void unfinished_take(struct fragments *f, struct unfinished *u)
{
	assoc_remove(&f->unfinished, &u->node);
	f->bytes -= u->cap;
}

static void unfinished_free(struct unfinished *u)
{
	free(u->bytes);
	free(u->ranges);
	free(u);
}

static void give_up(struct net *net, struct assoc_node *node, enum net_reason reason)
{
	struct unfinished *u = (struct unfinished *)node;

	if (!u->copy)
		net_count(net, reason);
	unfinished_take(&net->fragments, u);
	unfinished_free(u);
}

void fragments_finish(struct net *net)
{
	while (net->fragments.unfinished.oldest)
		give_up(net, net->fragments.unfinished.oldest, NET_LOST_FRAGMENTS_UNFINISHED);
}

void fragments_done(struct fragments *f)
{
	for (struct assoc_node *n = f->unfinished.oldest, *newer; n; n = newer) {
		newer = n->newer;
		unfinished_free((struct unfinished *)n);
	}
	assoc_done(&f->unfinished);
}

static void expire(struct net *net)
{
	struct assoc_node *n;

	while ((n = net->fragments.unfinished.oldest) && net->now.time > n->time + net->limits.fragment_ns)
		give_up(net, n, NET_LOST_FRAGMENTS_UNFINISHED);
}

/* The newest one stays, whatever its size: it has a limit of its own. */
static void evict(struct net *net)
{
	struct fragments *f = &net->fragments;

	while (f->unfinished.oldest != f->unfinished.newest &&
	       (f->bytes > net->limits.fragment_bytes || f->unfinished.count > net->limits.fragment_count))
		give_up(net, f->unfinished.oldest, NET_LOST_FRAGMENTS_EVICTED);
}

/* Numbers of datagrams come again, but not so soon. */
#define COPIES_NS (2 * SECOND)

static bool was_whole(const struct net *net, uint64_t hash)
{
	const struct fragments *f = &net->fragments;

	for (unsigned i = 0; i < FRAGMENTS_WHOLE; i++)
		if (f->whole[i].hash == hash && net->now.time < f->whole[i].time + COPIES_NS &&
		    f->whole[i].time < net->now.time + COPIES_NS)
			return true;
	return false;
}

static void note_whole(struct net *net, uint64_t hash)
{
	struct fragments *f = &net->fragments;

	f->whole[f->whole_next].hash = hash;
	f->whole[f->whole_next].time = net->now.time;
	f->whole_next = (f->whole_next + 1) % FRAGMENTS_WHOLE;
}

/* IPv4 tells datagrams apart by protocol too (RFC 791 3.2); IPv6 does not, and only the first fragment's counts. */
static struct unfinished *unfinished_get(struct net *net, const struct ip_pair *ip, const struct fragment *f)
{
	size_t n = ip->family == NET_FAMILY_V4 ? 4 : 16;
	uint8_t protocol = ip->family == NET_FAMILY_V4 ? f->protocol : 0;
	uint64_t hash = hash_slice((struct slice){(const char *)ip->src, n}, f->id ^ (uint64_t)protocol << 32);
	struct unfinished *u;

	hash = hash_slice((struct slice){(const char *)ip->dst, n}, hash);
	for (struct assoc_node *at = assoc_first(&net->fragments.unfinished, hash); at; at = at->chain) {
		u = (struct unfinished *)at;
		if (at->hash == hash && u->id == f->id && u->family == ip->family && !memcmp(u->src, ip->src, n) &&
		    !memcmp(u->dst, ip->dst, n) && (n == 16 || u->protocol == protocol))
			return u;
	}
	u = mem_alloc(sizeof(*u));
	memcpy(u->src, ip->src, n);
	memcpy(u->dst, ip->dst, n);
	u->id = f->id;
	u->family = ip->family;
	u->protocol = protocol;
	u->first = net->now;
	u->copy = was_whole(net, hash);
	assoc_add(&net->fragments.unfinished, &u->node, hash, net->now.time);
	return u;
}

static void room_for(struct fragments *f, struct unfinished *u, size_t need)
{
	size_t cap = u->cap ? u->cap : 4096;

	while (cap < need)
		cap *= 2;
	if (cap == u->cap)
		return;
	u->bytes = mem_realloc(u->bytes, cap);
	f->bytes += cap - u->cap;
	u->cap = cap;
}

/* Lays [from, to) into u->bytes where nothing stands yet. Returns whether what stood there differs. */
static bool lay(struct unfinished *u, uint32_t from, uint32_t to, const uint8_t *p)
{
	bool conflict = false;
	uint32_t at = from;

	for (size_t i = 0; i < u->range_count && at < to; i++) {
		const struct range *r = &u->ranges[i];
		uint32_t stop = r->to < to ? r->to : to;

		if (r->to <= at)
			continue;
		if (r->from >= to)
			break;
		if (r->from > at) {
			memcpy(u->bytes + at, p + (at - from), r->from - at);
			at = r->from;
		}
		conflict |= memcmp(u->bytes + at, p + (at - from), stop - at) != 0;
		at = stop;
	}
	if (at < to)
		memcpy(u->bytes + at, p + (at - from), to - at);
	return conflict;
}

static void range_add(struct unfinished *u, uint32_t from, uint32_t to)
{
	size_t i = 0, gone;

	while (i < u->range_count && u->ranges[i].to < from)
		i++;
	for (gone = i; gone < u->range_count && u->ranges[gone].from <= to; gone++) {
		from = u->ranges[gone].from < from ? u->ranges[gone].from : from;
		to = u->ranges[gone].to > to ? u->ranges[gone].to : to;
	}
	gone -= i;
	MEM_GROW(u->ranges, u->range_count, u->range_cap);
	memmove(u->ranges + i + 1, u->ranges + i + gone, (u->range_count - i - gone) * sizeof(*u->ranges));
	u->ranges[i] = (struct range){from, to};
	u->range_count += 1 - gone;
}

/* Out of the list first: what it carries may be a fragment again. */
static void finish(struct net *net, struct unfinished *u, uint32_t depth)
{
	struct ip_pair ip = {u->src, u->dst, u->family};
	struct layer l = {u->bytes, u->total, 0, depth};

	note_whole(net, u->node.hash);
	unfinished_take(&net->fragments, u);
	net->first = u->first;
	ip_payload(net, &ip, u->protocol, l);
	net->first = net->now;
	unfinished_free(u);
}

void fragment_add(struct net *net, const struct ip_pair *ip, const struct fragment *f, struct layer l)
{
	struct unfinished *u;

	if (l.len == 0 || f->offset + l.len > DATAGRAM_MAX || (f->more && l.len % 8)) {
		net_count(net, NET_LOST_BROKEN);
		return;
	}
	expire(net);
	u = unfinished_get(net, ip, f);
	assoc_touch(&net->fragments.unfinished, &u->node, net->now.time);
	if (f->offset == 0)
		u->protocol = f->protocol;
	if (!f->more && !u->total)
		u->total = f->offset + l.len;
	else if (!f->more && u->total != f->offset + l.len)
		net_count(net, NET_LOST_FRAGMENT_CONFLICT);
	room_for(&net->fragments, u, f->offset + l.len);
	evict(net);
	if (lay(u, f->offset, f->offset + l.len, l.p))
		net_count(net, NET_LOST_FRAGMENT_CONFLICT);
	range_add(u, f->offset, f->offset + l.len);
	if (u->range_count > RANGES_MAX) {
		give_up(net, &u->node, NET_LOST_FRAGMENTS_EVICTED);
		return;
	}
	if (u->total && u->ranges[0].from == 0 && u->ranges[0].to >= u->total)
		finish(net, u, l.depth);
}
