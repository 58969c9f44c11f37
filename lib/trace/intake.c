/* SPDX-License-Identifier: MIT */
#include "trace/intake.h"
#include "base/mem.h"
#include "base/text.h"
#include "sip/uri.h"
#include "sip/value.h"

#include <stdlib.h>

enum { GAPS_MAX = 64 };

enum key_kind { KEY_USER = 'u', KEY_CALL = 'c', KEY_CONTACT = 'm' };

struct entry { /* an open flow and the keys that lead to it */
	struct flow *flow;
	struct entry *older, *newer;      /* by last use */
	struct entry *before, *behind;    /* by birth */
	struct slice *keys; /* heap copies */
	size_t key_count, key_cap;
};

struct gap {
	uint64_t time;
	struct net_addr a, b; /* family NONE: everywhere */
	uint32_t gaps;
};

struct intake {
	struct intake_config config;
	struct map by_key;   /* kind byte + key → struct entry */
	struct map alive;    /* bytes of struct net_addr → uint64_t */
	struct entry *oldest, *newest; /* by last use */
	struct entry *first, *last;    /* by birth */
	size_t count;
	struct gap gaps[GAPS_MAX];
	size_t gap_count;
	struct arena scratch; /* index of the message at hand */
	struct buf key;       /* key at hand */
};

struct intake *intake_new(const struct intake_config *config)
{
	struct intake *intake = mem_alloc(sizeof(*intake));

	intake->config = *config;
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

/* A contact is one device: user, host and port (RFC 3261 19.1.1). */
static struct slice contact_key(struct intake *intake, struct slice text)
{
	struct sip_uri uri;

	if (sip_uri_read(text, &uri, NULL) < 0 || !uri.host.len)
		return SLICE_NONE;
	make_key(intake, KEY_CONTACT, uri.user);
	buf_printf(&intake->key, "@%.*s:%u", SLICE_F(uri.host), uri.port ? uri.port : 5060);
	return buf_slice(&intake->key);
}

static void entry_add_key(struct intake *intake, struct entry *entry, struct slice key)
{
	if (!key.len || map_get(&intake->by_key, key))
		return;
	map_set(&intake->by_key, key, entry);
	MEM_GROW(entry->keys, entry->key_count, entry->key_cap);
	entry->keys[entry->key_count++] = (struct slice){memcpy(mem_alloc(key.len), key.p, key.len), key.len};
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

static struct slice addr_uri(const struct sip_msg *msg, enum sip_header id)
{
	struct sip_addr addr;

	return sip_msg_addr(msg, id, &addr) == 0 ? addr.uri : SLICE_NONE;
}

/* --- entries --- */

static void use_unlink(struct intake *intake, struct entry *entry)
{
	*(entry->older ? &entry->older->newer : &intake->oldest) = entry->newer;
	*(entry->newer ? &entry->newer->older : &intake->newest) = entry->older;
}

static void use_append(struct intake *intake, struct entry *entry)
{
	entry->older = intake->newest;
	entry->newer = NULL;
	*(intake->newest ? &intake->newest->newer : &intake->oldest) = entry;
	intake->newest = entry;
}

static struct entry *entry_new(struct intake *intake, struct slice user)
{
	struct entry *entry = mem_alloc(sizeof(*entry));

	entry->flow = flow_new(user);
	entry->before = intake->last;
	*(intake->last ? &intake->last->behind : &intake->first) = entry;
	intake->last = entry;
	use_append(intake, entry);
	intake->count++;
	if (!intake->config.live) {
		entry->flow->gaps |= FLOW_GAP_START;
		entry->flow->begin = (struct state){.registered = TRI_UNKNOWN, .published = TRI_UNKNOWN,
						    .waiting = TRI_UNKNOWN, .delivery = DELIVERY_UNKNOWN};
	} else {
		entry->flow->begin = (struct state){.delivery = DELIVERY_NONE, .publications_complete = true};
		entry->flow->im = true;
	}
	return entry;
}

/* Forgets the entry and hands its flow over. */
static struct flow *entry_free(struct intake *intake, struct entry *entry)
{
	struct flow *flow = entry->flow;

	for (size_t i = 0; i < entry->key_count; i++) {
		map_remove(&intake->by_key, entry->keys[i]);
		free((char *)entry->keys[i].p);
	}
	free(entry->keys);
	use_unlink(intake, entry);
	*(entry->before ? &entry->before->behind : &intake->first) = entry->behind;
	*(entry->behind ? &entry->behind->before : &intake->last) = entry->before;
	free(entry);
	intake->count--;
	return flow;
}

void intake_free(struct intake *intake)
{
	size_t at = 0;
	void *value;

	if (!intake)
		return;
	while (intake->first)
		flow_free(entry_free(intake, intake->first));
	while (map_next(&intake->alive, &at, NULL, &value))
		free(value);
	map_done(&intake->alive);
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

/* --- signs of life and gaps --- */

void intake_alive(struct intake *intake, const struct net_addr *sender, uint64_t time)
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

void intake_gap(struct intake *intake, uint64_t time, const struct net_addr *a, const struct net_addr *b, uint32_t gaps)
{
	static const struct net_addr anywhere;
	struct gap gap = {time, a ? *a : anywhere, b ? *b : anywhere, gaps};

	for (size_t i = 0; i < intake->gap_count; i++) {
		struct gap *known = &intake->gaps[i];
		if (net_addr_eq_ip(&known->a, &gap.a) && net_addr_eq_ip(&known->b, &gap.b)) {
			known->gaps |= gaps;
			known->time = time; /* the newest one still lies behind the start of every flow that it touches */
			return;
		}
	}
	if (intake->gap_count == GAPS_MAX) /* too many pairs to tell apart: they hold for everybody */
		gap.a = gap.b = anywhere, intake->gap_count--;
	intake->gaps[intake->gap_count++] = gap;
}

static bool flow_has_host(const struct flow *flow, const struct net_addr *host)
{
	if (host->family == NET_FAMILY_NONE)
		return true;
	for (size_t i = 0; i < flow->peer_count; i++)
		if (net_addr_eq_ip(&flow->peers[i].addr, host))
			return true;
	return false;
}

static struct flow *finish(struct intake *intake, struct entry *entry, uint64_t now)
{
	struct flow *flow = entry_free(intake, entry);

	for (size_t i = 0; i < flow->peer_count; i++) {
		struct flow_peer *peer = &flow->peers[i];
		uint64_t *last = map_get(&intake->alive, (struct slice){(const char *)&peer->addr, sizeof(peer->addr)});
		if (last && *last > peer->alive)
			peer->alive = *last;
	}
	for (size_t i = 0; i < intake->gap_count; i++) {
		const struct gap *gap = &intake->gaps[i];
		if (flow->count && gap->time >= flow->events[0]->time && flow_has_host(flow, &gap->a) &&
		    flow_has_host(flow, &gap->b))
			flow->gaps |= gap->gaps;
	}
	if (now > flow->watched_until)
		flow->watched_until = now;
	return flow;
}

struct flow *intake_take(struct intake *intake, struct slice user_uri, uint64_t now)
{
	struct entry *entry = find_user(intake, user_uri);

	return entry ? finish(intake, entry, now) : NULL;
}

struct flow *intake_take_any(struct intake *intake, uint64_t now)
{
	return intake->first ? finish(intake, intake->first, now) : NULL;
}

size_t intake_flow_count(const struct intake *intake)
{
	return intake->count;
}

/* --- whose message is it? --- */

/* Where the served user of a request stands, best place first. */
static void served_uris(const struct sip_msg *msg, struct slice uris[5])
{
	struct slice to = addr_uri(msg, SIP_HEADER_TO), from = addr_uri(msg, SIP_HEADER_FROM);

	memset(uris, 0, 5 * sizeof(*uris));
	switch (msg->method) {
	case SIP_METHOD_REGISTER:
		uris[0] = to;
		break;
	case SIP_METHOD_SUBSCRIBE:
		uris[0] = from;
		uris[1] = addr_uri(msg, SIP_HEADER_P_ASSERTED_IDENTITY);
		break;
	case SIP_METHOD_PUBLISH:
		uris[0] = msg->uri;
		uris[1] = from;
		uris[2] = addr_uri(msg, SIP_HEADER_P_ASSERTED_IDENTITY);
		uris[3] = addr_uri(msg, SIP_HEADER_P_PREFERRED_IDENTITY);
		uris[4] = to;
		break;
	default: /* towards the user */
		uris[0] = msg->uri;
		uris[1] = addr_uri(msg, SIP_HEADER_P_CALLED_PARTY_ID);
		uris[2] = to;
		break;
	}
	if (!msg->is_request)
		uris[0] = msg->method == SIP_METHOD_SUBSCRIBE ? from : to;
}

static struct entry *find_served(struct intake *intake, const struct sip_msg *msg)
{
	struct entry *entry = find(intake, make_key(intake, KEY_CALL, sip_msg_value(msg, SIP_HEADER_CALL_ID)));
	struct slice uris[5];

	if (entry)
		return entry;
	served_uris(msg, uris);
	for (unsigned i = 0; i < 5; i++)
		if ((entry = find_user(intake, uris[i])))
			return entry;
	/* the IM Server may address the device, or the user may be named by its own side only */
	if ((entry = find(intake, contact_key(intake, msg->uri))))
		return entry;
	if (msg->method == SIP_METHOD_BYE || msg->method == SIP_METHOD_ACK || msg->method == SIP_METHOD_UPDATE)
		return find_user(intake, addr_uri(msg, SIP_HEADER_FROM));
	return NULL;
}

static bool makes_flows(const struct sip_msg *msg)
{
	return msg->method == SIP_METHOD_REGISTER || msg->method == SIP_METHOD_PUBLISH ||
	       msg->method == SIP_METHOD_INVITE || msg->method == SIP_METHOD_MESSAGE ||
	       msg->method == SIP_METHOD_SUBSCRIBE;
}

static struct entry *make_served(struct intake *intake, const struct sip_msg *msg)
{
	struct slice uris[5], key;
	struct entry *entry;
	char *name;

	if (intake->config.live || !makes_flows(msg))
		return NULL;
	served_uris(msg, uris);
	for (unsigned i = 0; i < 5; i++) {
		key = user_key(intake, uris[i]);
		if (!key.len)
			continue;
		name = mem_printf("%s:%.*s", key.p[1] == '+' ? "tel" : "sip", (int)key.len - 1, key.p + 1);
		entry = entry_new(intake, slice_of(name));
		free(name);
		entry_add_key(intake, entry, key);
		return entry;
	}
	return NULL;
}

/* --- what a message teaches about its user --- */

static void learn_list(struct intake *intake, struct entry *entry, const struct sip_msg *msg, enum sip_header id,
		       bool contacts)
{
	struct sip_values it;
	struct slice value;
	struct sip_addr addr;

	sip_values_start(&it, msg, id);
	while (sip_values_next(&it, &value))
		if (sip_addr_read(value, &addr) == 0)
			entry_add_key(intake, entry,
				      contacts ? contact_key(intake, addr.uri) : user_key(intake, addr.uri));
}

/* One of the asserted identities is a known one: then all of them are this user's. */
static bool asserts_known(struct intake *intake, const struct entry *entry, const struct sip_msg *msg)
{
	struct sip_values it;
	struct slice value;
	struct sip_addr addr;

	sip_values_start(&it, msg, SIP_HEADER_P_ASSERTED_IDENTITY);
	while (sip_values_next(&it, &value))
		if (sip_addr_read(value, &addr) == 0 && find_user(intake, addr.uri) == entry)
			return true;
	return false;
}

static void learn(struct intake *intake, struct entry *entry, const struct sip_msg *msg)
{
	bool third_party;

	entry_add_key(intake, entry, make_key(intake, KEY_CALL, sip_msg_value(msg, SIP_HEADER_CALL_ID)));
	switch (msg->method) {
	case SIP_METHOD_REGISTER:
		entry_add_key(intake, entry, user_key(intake, addr_uri(msg, SIP_HEADER_TO)));
		if (msg->status / 100 == 2)
			learn_list(intake, entry, msg, SIP_HEADER_P_ASSOCIATED_URI, false);
		third_party = !sip_uri_same_user(addr_uri(msg, SIP_HEADER_FROM), addr_uri(msg, SIP_HEADER_TO));
		if (!third_party) /* else the Contact is the core's */
			learn_list(intake, entry, msg, SIP_HEADER_CONTACT, true);
		break;
	case SIP_METHOD_PUBLISH:
		if (msg->is_request && asserts_known(intake, entry, msg))
			learn_list(intake, entry, msg, SIP_HEADER_P_ASSERTED_IDENTITY, false);
		break;
	default:
		break;
	}
}

/* --- limits --- */

static void hand_out(struct intake *intake, struct entry *entry, uint64_t now)
{
	struct flow *flow = finish(intake, entry, now);

	flow->gaps |= FLOW_GAP_EVICTED;
	intake->config.on_flow(intake->config.arg, flow);
}

static void keep_limits(struct intake *intake, struct entry *current, uint64_t now)
{
	const struct intake_config *config = &intake->config;

	if (!config->on_flow)
		return;
	while (config->flows_max && intake->count > config->flows_max && intake->oldest != current)
		hand_out(intake, intake->oldest, now);
	if (config->flow_len_max && current->flow->arena.used > config->flow_len_max)
		hand_out(intake, current, now);
}

struct event *intake_message(struct intake *intake, uint64_t time, const struct event_path *path,
			     struct event_place place, struct slice raw, struct flow **ret_flow, struct err *err)
{
	struct sip_msg msg;
	struct entry *entry;
	struct event *event;
	char text[64];
	int ret;

	if (ret_flow)
		*ret_flow = NULL;
	arena_rewind(&intake->scratch);
	ret = sip_msg_index(&msg, raw, &intake->scratch, err);
	if (ret < 0)
		return NULL;
	intake_alive(intake, &path->src, time);
	entry = find_served(intake, &msg);
	if (!entry)
		entry = make_served(intake, &msg);
	if (!entry) {
		err_set(err, -ENOENT, "a %s that concerns no user",
			text_clean_fixed(text, sizeof(text), msg.is_request ? msg.method_text : SLICE("response")));
		return NULL;
	}
	event = flow_append(entry->flow, time, path, place, raw, err);
	if (!event)
		return NULL;
	use_unlink(intake, entry);
	use_append(intake, entry);
	learn(intake, entry, &msg);
	if (ret_flow)
		*ret_flow = entry->flow;
	keep_limits(intake, entry, time);
	return event;
}
