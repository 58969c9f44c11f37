/* SPDX-License-Identifier: MIT */
#include "trace/intake.h"
#include "base/mem.h"
#include "base/text.h"
#include "sip/uri.h"
#include "sip/value.h"
#include "trace/served.h"

#include <stdlib.h>

enum key_kind { KEY_USER = 'u', KEY_CALL = 'c', KEY_CONTACT = 'm' };

struct record { /* a message, until its flow is taken: its bytes are a quarter of what an event with its index is */
	struct record *next;
	uint64_t time;
	const struct event_path *path; /* of the intake's */
	struct event_place place;
	size_t len;
	char bytes[];
};

struct entry { /* an open flow and the keys that lead to it */
	struct flow *flow;
	struct entry *before, *behind; /* by birth */
	struct record *first, *last;   /* in order of their coming */
	struct slice *keys;            /* heap copies */
	size_t key_count, key_cap;
};

struct intake {
	struct intake_config config;
	struct map by_key;          /* kind byte + key, which the entry has → struct entry */
	struct map alive;           /* bytes of struct net_addr → uint64_t */
	struct map paths;           /* bytes of struct event_path → the same, for records to point to */
	struct entry *first, *last; /* by birth */
	struct arena scratch;       /* index of the message at hand */
	struct buf key;             /* key at hand */
};

struct intake *intake_new(const struct intake_config *config)
{
	struct intake *intake = mem_alloc(sizeof(*intake));

	intake->config = *config;
	intake->by_key.lent = true;
	return intake;
}

/* --- keys --- */

static struct slice make_key(struct intake *intake, enum key_kind kind, struct slice text)
{
	buf_clear(&intake->key);
	buf_putc(&intake->key, (char)kind);
	buf_add(&intake->key, text);
	return buf_slice(&intake->key);
}

/* The key of a URI's user, or an absent slice where it names none. */
static struct slice user_key(struct intake *intake, struct slice uri)
{
	buf_clear(&intake->key);
	buf_putc(&intake->key, KEY_USER);
	return uri.len && sip_uri_user_key(uri, &intake->key) ? buf_slice(&intake->key) : SLICE_NONE;
}

static struct slice contact_key(struct intake *intake, struct slice uri)
{
	make_key(intake, KEY_CONTACT, SLICE(""));
	return served_contact_key(uri, &intake->key) ? buf_slice(&intake->key) : SLICE_NONE;
}

/* Messages that have lost their Call-ID are not of one call. */
static struct slice call_key(struct intake *intake, const struct sip_msg *msg)
{
	struct slice call = sip_msg_value(msg, SIP_HEADER_CALL_ID);

	return call.len ? make_key(intake, KEY_CALL, call) : SLICE_NONE;
}

static void entry_add_key(struct intake *intake, struct entry *entry, struct slice key)
{
	if (!key.len || map_get(&intake->by_key, key))
		return;
	key.p = memcpy(mem_alloc(key.len), key.p, key.len);
	map_set(&intake->by_key, key, entry);
	MEM_GROW(entry->keys, entry->key_count, entry->key_cap);
	entry->keys[entry->key_count++] = key;
	if (key.p[0] == KEY_USER)
		flow_add_identity(entry->flow, (struct slice){key.p + 1, key.len - 1});
}

static struct entry *find(const struct intake *intake, struct slice key)
{
	return key.len ? map_get(&intake->by_key, key) : NULL;
}

static struct entry *find_user(struct intake *intake, struct slice uri)
{
	return find(intake, user_key(intake, uri));
}

/* --- entries --- */

static struct entry *entry_new(struct intake *intake, struct slice user)
{
	struct entry *entry = mem_alloc(sizeof(*entry));

	entry->flow = flow_new(user);
	entry->before = intake->last;
	*(intake->last ? &intake->last->behind : &intake->first) = entry;
	intake->last = entry;
	if (!intake->config.live) {
		entry->flow->gaps |= FLOW_GAP_START;
		entry->flow->begin = (struct state){.registered = TRI_UNKNOWN,
						    .published = TRI_UNKNOWN,
						    .subscribed = TRI_UNKNOWN,
						    .waiting = TRI_UNKNOWN,
						    .delivery = DELIVERY_UNKNOWN};
	} else {
		entry->flow->begin = (struct state){.delivery = DELIVERY_NONE, .publications_complete = true};
		entry->flow->im = true;
	}
	return entry;
}

_Static_assert(sizeof(struct event_path) == 44, "without padding: its bytes are a key");

static const struct event_path *path_keep(struct intake *intake, const struct event_path *path)
{
	struct slice key = {(const char *)path, sizeof(*path)};
	struct event_path *kept = map_get(&intake->paths, key);

	if (!kept) {
		kept = memcpy(mem_alloc(sizeof(*kept)), path, sizeof(*kept));
		map_set(&intake->paths, key, kept);
	}
	return kept;
}

static void entry_add_record(struct entry *entry, uint64_t time, const struct event_path *path,
			     struct event_place place, struct slice raw)
{
	struct record *record = mem_alloc(sizeof(*record) + raw.len);

	*record = (struct record){.time = time, .path = path, .place = place, .len = raw.len};
	memcpy(record->bytes, raw.p, raw.len);
	*(entry->last ? &entry->last->next : &entry->first) = record;
	entry->last = record;
}

static void take_records(struct entry *entry)
{
	for (struct record *r = entry->first, *next; r; r = next) {
		next = r->next;
		flow_append(entry->flow, r->time, r->path, r->place, (struct slice){r->bytes, r->len}, NULL);
		free(r);
	}
	entry->first = entry->last = NULL;
}

/* Its flow is left to the caller. */
static void entry_free(struct intake *intake, struct entry *entry)
{

	for (size_t i = 0; i < entry->key_count; i++) {
		map_remove(&intake->by_key, entry->keys[i]);
		free((char *)entry->keys[i].p);
	}
	free(entry->keys);
	*(entry->before ? &entry->before->behind : &intake->first) = entry->behind;
	*(entry->behind ? &entry->behind->before : &intake->last) = entry->before;
	free(entry);
}

void intake_free(struct intake *intake)
{
	size_t at = 0;
	void *value;

	if (!intake)
		return;
	while (intake->first) {
		take_records(intake->first);
		flow_free(intake->first->flow);
		entry_free(intake, intake->first);
	}
	while (map_next(&intake->alive, &at, NULL, &value))
		free(value);
	map_done(&intake->alive);
	for (at = 0; map_next(&intake->paths, &at, NULL, &value);)
		free(value);
	map_done(&intake->paths);
	map_done(&intake->by_key);
	arena_done(&intake->scratch);
	buf_done(&intake->key);
	free(intake);
}

struct flow *intake_expect(struct intake *intake, const struct slice *uris, size_t count, struct slice label)
{
	struct entry *entry = entry_new(intake, uris[0]);

	for (size_t i = 0; i < count; i++)
		entry_add_key(intake, entry, user_key(intake, uris[i]));
	entry->flow->label = arena_copy(&entry->flow->arena, label);
	return entry->flow;
}

/* --- signs of life --- */

static void note_alive(struct intake *intake, const struct net_addr *sender, uint64_t time)
{
	struct slice key = {(const char *)sender, sizeof(*sender)};
	uint64_t *last = map_get(&intake->alive, key);

	if (!last) {
		last = mem_alloc(sizeof(*last));
		map_set(&intake->alive, key, last);
	}
	if (time > *last)
		*last = time;
}

static struct entry *entry_of(struct intake *intake, const struct flow *flow)
{
	struct entry *entry = find_user(intake, flow->user);

	if (entry && entry->flow == flow)
		return entry;
	for (entry = intake->first; entry && entry->flow != flow;) /* his name was taken by another one */
		entry = entry->behind;
	return entry;
}

struct slice intake_last(struct intake *intake, const struct flow *flow)
{
	const struct record *last = entry_of(intake, flow)->last;

	return last ? (struct slice){last->bytes, last->len} : SLICE_NONE;
}

void intake_fill(struct intake *intake, struct flow *flow, uint64_t now)
{
	take_records(entry_of(intake, flow));
	for (size_t i = 0; i < flow->peer_count; i++) {
		struct flow_peer *peer = &flow->peers[i];
		uint64_t *last = map_get(&intake->alive, (struct slice){(const char *)&peer->addr, sizeof(peer->addr)});
		if (last && *last > peer->alive)
			peer->alive = *last;
	}
	if (now > flow->watched_until)
		flow->watched_until = now;
}

void intake_take(struct intake *intake, struct flow *flow, uint64_t now)
{
	intake_fill(intake, flow, now);
	entry_free(intake, entry_of(intake, flow));
}

/* --- whose message is it? --- */

static struct entry *find_served(struct intake *intake, const struct sip_msg *msg)
{
	struct slice uris[SERVED_URIS];
	bool by_name = user_key(intake, served_by_name(msg)).p;
	struct entry *entry = by_name ? NULL : find(intake, call_key(intake, msg));

	if (entry)
		return entry;
	served_uris(msg, uris);
	for (unsigned i = 0; i < SERVED_URIS; i++)
		if ((entry = find_user(intake, uris[i])))
			return entry;
	/* the IM Server may address the device, or the user may be named by its own side only */
	if ((entry = find(intake, contact_key(intake, msg->uri))))
		return entry;
	return find_user(intake, served_sender(msg));
}

/* --- what a message teaches about its user --- */

struct lesson {
	struct intake *intake;
	struct entry *entry;
};

static bool knows(void *arg, struct slice uri)
{
	const struct lesson *lesson = arg;

	return find_user(lesson->intake, uri) == lesson->entry;
}

static void learn_identity(void *arg, struct slice uri)
{
	const struct lesson *lesson = arg;

	entry_add_key(lesson->intake, lesson->entry, user_key(lesson->intake, uri));
}

static void learn_contact(void *arg, struct slice uri)
{
	const struct lesson *lesson = arg;

	entry_add_key(lesson->intake, lesson->entry, contact_key(lesson->intake, uri));
}

static void learn(struct intake *intake, struct entry *entry, const struct sip_msg *msg)
{
	struct lesson lesson = {intake, entry};
	const struct served_pupil pupil = {&lesson, knows, learn_identity, learn_contact};

	entry_add_key(intake, entry, call_key(intake, msg));
	served_teach(msg, &pupil);
}

int intake_message(struct intake *intake, uint64_t time, const struct event_path *path, struct event_place place,
		   struct slice raw, struct err *err)
{
	struct sip_msg msg;
	struct entry *entry;
	char text[64];
	int ret;

	arena_rewind(&intake->scratch);
	ret = sip_msg_index(&msg, raw, &intake->scratch, err);
	if (ret < 0)
		return ret;
	note_alive(intake, &path->src, time);
	entry = find_served(intake, &msg);
	if (!entry)
		return err_set(
			err, -ENOENT, "a %s that concerns no user",
			text_clean_fixed(text, sizeof(text), msg.is_request ? msg.method_text : SLICE("response")));
	entry_add_record(entry, time, path_keep(intake, path), place, raw);
	learn(intake, entry, &msg);
	return 0;
}
