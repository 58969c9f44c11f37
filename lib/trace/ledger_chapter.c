/* SPDX-License-Identifier: MIT */
#include "trace/ledger_parts.h"
#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>

struct chapter *chapter_new(struct ledger_user *user, struct tape_pool *pool, uint64_t number, uint64_t time)
{
	struct chapter *chapter = mem_alloc(sizeof(*chapter));

	chapter->user = user;
	chapter->pool = pool;
	chapter->number = number;
	chapter->began = chapter->latest = time;
	chapter->im = user->im;
	chapter->addrs = chapter->addr_near;
	chapter->addr_cap = CHAPTER_ADDRS_NEAR;
	open_list_init(&chapter->txns, chapter->txns_near, CHAPTER_NEAR);
	open_list_init(&chapter->dialogs, chapter->dialogs_near, CHAPTER_NEAR);
	open_list_init(&chapter->calls, chapter->calls_near, CHAPTER_CALLS_NEAR);
	__atomic_add_fetch(&user->holders, 1, __ATOMIC_RELAXED);
	return chapter;
}

void ledger_user_release(struct ledger_user *user, struct tape_pool *pool)
{
	if (__atomic_sub_fetch(&user->holders, 1, __ATOMIC_ACQ_REL))
		return;
	if (user->past)
		ledger_user_release(user->past, pool);
	tape_clear(&user->known, pool);
	free(user->names);
	free(user->keys);
	free(user);
}

void chapter_free(struct chapter *chapter)
{
	if (!chapter)
		return;
	tape_pool_join(chapter->pool, &chapter->left);
	tape_clear(&chapter->tape, chapter->pool);
	if (chapter->addrs != chapter->addr_near)
		free(chapter->addrs);
	free(chapter->names);
	open_list_done(&chapter->txns);
	open_list_done(&chapter->dialogs);
	open_list_done(&chapter->calls);
	ledger_user_release(chapter->user, chapter->pool);
	free(chapter);
}

static uint16_t addr_of(struct chapter *chapter, const struct net_addr *addr)
{
	for (uint16_t i = 0; i < chapter->addr_count; i++)
		if (net_addr_eq(&chapter->addrs[i].addr, addr))
			return i;
	if (chapter->addr_count == chapter->addr_cap) {
		struct flow_peer *old = chapter->addrs == chapter->addr_near ? NULL : chapter->addrs;
		chapter->addrs = mem_realloc(old, 2u * chapter->addr_cap * sizeof(*chapter->addrs));
		if (!old)
			memcpy(chapter->addrs, chapter->addr_near, sizeof(chapter->addr_near));
		chapter->addr_cap = (uint16_t)(2 * chapter->addr_cap);
	}
	chapter->addrs[chapter->addr_count] = (struct flow_peer){.addr = *addr};
	return chapter->addr_count++;
}

enum { MESSAGE_COST = 96 /* what a message counts besides its bytes, whatever it takes */ };

void chapter_append(struct chapter *chapter, const struct wire_message *message, const struct sip_msg *msg,
		    const struct event_marks *marks)
{
	struct record record = {
		.time = message->time,
		.frame = message->place.frame,
		.file = message->place.file,
		.src = addr_of(chapter, &message->path.src),
		.dst = addr_of(chapter, &message->path.dst),
		.transport = (uint8_t)message->path.transport,
		.cut = message->cut,
	};

	record_put(&chapter->writer, &chapter->tape, chapter->pool, &record, msg, message->bytes, marks);
	chapter->count++;
	if (slice_begins(message->bytes, SLICE("PUBLISH ")) || slice_begins(message->bytes, SLICE("REGISTER ")))
		chapter->asked = record.dst + 1;
	chapter->len += MESSAGE_COST + message->bytes.len;
	if (message->time > chapter->latest)
		chapter->latest = message->time;
}

static struct ledger_user *whose_story(const struct chapter *chapter)
{
	return chapter->user->past ? chapter->user->past : chapter->user;
}

void **chapter_last(const struct chapter *chapter)
{
	return &whose_story(chapter)->last_chapter;
}

uint64_t chapter_number(const struct chapter *chapter)
{
	return chapter->number;
}

uint64_t chapter_user_hash(const struct chapter *chapter)
{
	const struct ledger_user *past = chapter->user->past;

	return hash_stable(slice_of(past ? past->names : chapter->names), 0);
}

size_t chapter_message_count(const struct chapter *chapter)
{
	return chapter->count;
}

static void begin(const struct chapter *chapter, struct flow *flow)
{
	const struct tape *known = &whose_story(chapter)->known;

	flow->gaps = chapter->gaps;
	if (known->len) {
		flow->begin = state_read(known, &flow->arena);
		return;
	}
	if (chapter->user->fresh) {
		flow->begin = (struct state){.delivery = DELIVERY_NONE, .publications_complete = true};
		return;
	}
	flow->gaps |= FLOW_GAP_START;
	flow->begin = (struct state){.registered = TRI_UNKNOWN,
				     .published = TRI_UNKNOWN,
				     .subscribed = TRI_UNKNOWN,
				     .waiting = TRI_UNKNOWN,
				     .delivery = DELIVERY_UNKNOWN};
}

static void append(const struct chapter *chapter, struct flow *flow, struct record_reader *reader)
{
	struct record record;
	struct flow_lent lent = record_get(reader, &record, &flow->arena);
	struct event_path path = {chapter->addrs[record.src].addr, chapter->addrs[record.dst].addr,
				  (enum net_transport)record.transport};
	struct event_place place = {record.file, record.frame};
	struct event *event = flow_append_lent(flow, record.time, &path, place, &lent);

	if (record.time > flow->peers[record.src].alive)
		flow->peers[record.src].alive = record.time;
	if (!event)
		return;
	event->cut |= record.cut;
	record_note(reader, &record, &event->msg);
}

/* In the same order, so that records tell them by number. */
static void add_peers(const struct chapter *chapter, struct flow *flow)
{
	size_t size = chapter->addr_count * sizeof(*flow->peers);

	flow->peers = memcpy(arena_alloc(&flow->arena, size), chapter->addrs, size);
	flow->peer_count = flow->peer_cap = chapter->addr_count;
	for (size_t i = 0; i < flow->peer_count; i++)
		flow->im |= flow->peers[i].server;
}

struct flow *chapter_flow(const struct chapter *chapter, struct arena *spare)
{
	struct flow *flow = flow_new_from(spare, slice_of(chapter->names));
	const char *name = chapter->names, *end = name + chapter->names_len;
	struct record_reader reader = record_begin(&chapter->tape);

	begin(chapter, flow);
	for (name += strlen(name) + 1; name < end; name += strlen(name) + 1)
		flow_add_identity(flow, slice_of(name));
	add_peers(chapter, flow);
	for (uint32_t i = 0; i < chapter->count; i++)
		append(chapter, flow, &reader);
	flow->im |= chapter->im;
	flow->roles_told = chapter->roles_told;
	flow->watched_until =
		chapter->watched_until > flow->watched_until ? chapter->watched_until : flow->watched_until;
	return flow;
}

/* It is written where the messages and what was known before were: with the pieces of ledger_chapter_close these have
 * room for it, whatever it tells of them. */
void chapter_keep(struct chapter *chapter, const struct state *end)
{
	struct tape *known = &whose_story(chapter)->known;

	tape_clear(&chapter->tape, &chapter->left);
	chapter->count = 0;
	tape_clear(known, &chapter->left);
	state_write(end, known, &chapter->left);
}
