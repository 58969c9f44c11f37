/* SPDX-License-Identifier: MIT */
#include "trace/flow.h"
#include "base/mem.h"
#include "sip/uri.h"

#include <stdlib.h>

struct flow *flow_new(struct slice user_uri)
{
	struct flow *flow = mem_alloc(sizeof(*flow));

	flow->user = arena_copy(&flow->arena, user_uri);
	return flow;
}

struct flow *flow_new_from(struct arena *spare, struct slice user_uri)
{
	struct flow *flow = mem_alloc(sizeof(*flow));

	flow->arena = *spare;
	*spare = (struct arena){0};
	flow->user = arena_copy(&flow->arena, user_uri);
	return flow;
}

void flow_free_to(struct flow *flow, struct arena *spare)
{
	arena_done(spare);
	*spare = flow->arena;
	flow->arena = (struct arena){0};
	arena_rewind(spare);
	flow_free(flow);
}

void flow_free(struct flow *flow)
{
	if (!flow)
		return;
	arena_done(&flow->arena);
	free(flow);
}

bool flow_has_identity(const struct flow *flow, struct slice key)
{
	for (size_t i = 0; i < flow->identity_count; i++)
		if (slice_eq(flow->identities[i], key))
			return true;
	return false;
}

bool flow_is_user(const struct flow *flow, struct slice uri)
{
	struct buf copy = {0};
	struct slice key;
	bool yes;

	if (sip_uri_plain_key(uri, &key)) /* as nearly always */
		return flow_has_identity(flow, key);
	yes = sip_uri_user_key(uri, &copy) && flow_has_identity(flow, buf_slice(&copy));
	buf_done(&copy);
	return yes;
}

void flow_add_identity(struct flow *flow, struct slice key)
{
	if (flow_has_identity(flow, key))
		return;
	ARENA_GROW(&flow->arena, flow->identities, flow->identity_count, flow->identity_cap);
	flow->identities[flow->identity_count++] = arena_copy(&flow->arena, key);
}

struct flow_peer *flow_peer(const struct flow *flow, const struct net_addr *addr)
{
	for (size_t i = 0; i < flow->peer_count; i++)
		if (net_addr_eq(&flow->peers[i].addr, addr))
			return &flow->peers[i];
	return NULL;
}

static void add_peer(struct flow *flow, const struct net_addr *addr, uint64_t alive)
{
	struct flow_peer *peer = flow_peer(flow, addr);

	if (!peer) {
		ARENA_GROW(&flow->arena, flow->peers, flow->peer_count, flow->peer_cap);
		peer = &flow->peers[flow->peer_count++];
		*peer = (struct flow_peer){.addr = *addr};
	}
	if (alive > peer->alive)
		peer->alive = alive;
}

/* On the other side of a NAT one end has another address, and every byte is the same. */
static bool is_same_way(const struct event *a, const struct event *b)
{
	const struct event_path *p = &a->path, *q = &b->path;

	if (net_addr_eq(&p->src, &q->src) && net_addr_eq(&p->dst, &q->dst))
		return true;
	return (net_addr_eq_ip(&p->src, &q->src) || net_addr_eq_ip(&p->dst, &q->dst)) &&
	       slice_eq(a->msg.raw, b->msg.raw);
}

enum { REPEATS_SEARCHED = 256 };

/* A tunnel's copy of a packet has the same addresses inside, so it is the same message, too. */
static struct event *find_first(const struct flow *flow, const struct event *event)
{
	size_t least = flow->count > REPEATS_SEARCHED ? flow->count - REPEATS_SEARCHED : 0;

	for (size_t i = flow->count; i-- > least;)
		if (flow->events[i]->marks.key == event->marks.key && is_same_way(flow->events[i], event))
			return flow->events[i]->first;
	return NULL;
}

/* One that has its index and marks. */
static struct event *append(struct flow *flow, struct event *event, uint64_t time, const struct event_path *path,
			    struct event_place place)
{
	event->time = time;
	event->path = *path;
	event->place = place;
	event->cut = (event->msg.odd & (SIP_ODD_NO_BLANK | (flow_is_live(flow) ? 0 : SIP_ODD_LENGTH_LONG))) != 0;
	event->first = find_first(flow, event);
	event->again = event->first != NULL;
	if (!event->first)
		event->first = event;
	event->number = (uint32_t)flow->count;
	ARENA_GROW(&flow->arena, flow->events, flow->count, flow->cap);
	flow->events[flow->count++] = event;
	if (time > flow->watched_until)
		flow->watched_until = time;
	return event;
}

struct event *flow_append(struct flow *flow, uint64_t time, const struct event_path *path, struct event_place place,
			  struct slice raw, struct err *err)
{
	struct event *event = arena_alloc(&flow->arena, sizeof(*event));
	int ret = sip_msg_index(&event->msg, arena_copy(&flow->arena, raw), &flow->arena, err);

	if (ret < 0)
		return NULL;
	event->marks = event_marks_of(&event->msg);
	add_peer(flow, &path->src, time);
	add_peer(flow, &path->dst, 0);
	return append(flow, event, time, path, place);
}

struct event *flow_append_lent(struct flow *flow, uint64_t time, const struct event_path *path,
			       struct event_place place, const struct flow_lent *lent)
{
	struct event *event = arena_alloc(&flow->arena, sizeof(*event));

	if (lent->outline) {
		sip_outline_index(lent->outline, lent->raw, &event->msg, &flow->arena);
		event->marks = lent->marks;
		event_mark_hop(&event->marks, &event->msg);
	} else {
		if (sip_msg_index(&event->msg, lent->raw, &flow->arena, NULL) < 0)
			return NULL;
		event->marks = event_marks_of(&event->msg);
	}
	return append(flow, event, time, path, place);
}

void flow_add_note(struct flow *flow, uint64_t time, enum flow_note_kind kind)
{
	ARENA_GROW(&flow->arena, flow->notes, flow->note_count, flow->note_cap);
	flow->notes[flow->note_count++] = (struct flow_note){time, kind};
}
