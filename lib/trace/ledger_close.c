/* SPDX-License-Identifier: MIT */
#include "trace/ledger_parts.h"
#include "base/mem.h"
#include "base/time.h"
#include "sip/uri.h"
#include "sip/value.h"

#include <stdlib.h>

enum { OPEN_MAX = 100000, USERS_MAX = 10000, CHAPTER_LEN_MAX = 1 << 20, CHAPTER_COUNT_MAX = 1000, LEN_MAX = 1 << 29 };

/* --- lists --- */

static void list_unlink(struct chapter_list *list, struct chapter *chapter)
{
	*(chapter->older ? &chapter->older->newer : &list->oldest) = chapter->newer;
	*(chapter->newer ? &chapter->newer->older : &list->newest) = chapter->older;
}

static void list_append(struct chapter_list *list, struct chapter *chapter)
{
	chapter->older = list->newest;
	chapter->newer = NULL;
	*(list->newest ? &list->newest->newer : &list->oldest) = chapter;
	list->newest = chapter;
}

static struct chapter_list *list_of(struct ledger *ledger, const struct chapter *chapter)
{
	return &ledger->lists[chapter->rest];
}

void ledger_idle_append(struct ledger *ledger, struct ledger_user *user)
{
	user->older = ledger->idle_newest;
	user->newer = NULL;
	*(ledger->idle_newest ? &ledger->idle_newest->newer : &ledger->idle_oldest) = user;
	ledger->idle_newest = user;
	ledger->idle_count++;
}

void ledger_idle_unlink(struct ledger *ledger, struct ledger_user *user)
{
	*(user->older ? &user->older->newer : &ledger->idle_oldest) = user->newer;
	*(user->newer ? &user->newer->older : &ledger->idle_newest) = user->older;
	ledger->idle_count--;
}

/* --- opening and closing --- */

void ledger_chapter_open(struct ledger *ledger, struct ledger_user *user, uint64_t time)
{
	struct chapter *chapter = chapter_new(user, &ledger->pool, ledger->chapters++, time);

	user->open = chapter;
	chapter->gaps = user->gaps;
	user->gaps = 0;
	chapter->before = ledger->born_last;
	*(ledger->born_last ? &ledger->born_last->behind : &ledger->born_first) = chapter;
	ledger->born_last = chapter;
	list_append(list_of(ledger, chapter), chapter);
	ledger->open_count++;
}

void ledger_chapter_used(struct ledger *ledger, struct chapter *chapter)
{
	list_unlink(list_of(ledger, chapter), chapter);
	chapter->rest = chapter_rest(chapter);
	list_append(list_of(ledger, chapter), chapter);
}

static bool has_host(const struct chapter *chapter, const struct net_addr *host)
{
	if (host->family == NET_FAMILY_NONE)
		return true;
	for (uint16_t i = 0; i < chapter->addr_count; i++)
		if (net_addr_eq_ip(&chapter->addrs[i].addr, host))
			return true;
	return false;
}

/* From when on a hole in the evidence may hide something that the chapter's beginning stands on: between two chapters,
 * and where a user is known to have begun with nothing. */
static uint64_t doubtful_from(const struct chapter *chapter)
{
	if (chapter->user->ended)
		return chapter->user->ended;
	return chapter->user->fresh ? 0 : chapter->began;
}

static uint32_t gaps_of(const struct ledger *ledger, const struct chapter *chapter)
{
	uint64_t from = doubtful_from(chapter);
	uint32_t gaps = 0;

	for (size_t i = 0; i < ledger->gap_count; i++) {
		const struct gap *gap = &ledger->gaps[i];
		if (gap->time >= from && has_host(chapter, &gap->a) && has_host(chapter, &gap->b))
			gaps |= gap->gaps;
	}
	return gaps;
}

static bool is_found_server(const struct ledger *ledger, const struct net_addr *addr)
{
	for (size_t i = 0; i < ledger->server_count; i++)
		if (net_addr_eq(&ledger->servers[i].addr, addr))
			return true;
	return false;
}

/* He publishes under a number that nobody has registered: he may be somebody else, of whom more was seen. */
static bool may_be_another(const struct ledger_user *user)
{
	return user->publishes && !user->registers && memcmp(user->names, "tel:", 4) == 0;
}

/* What was told of the address itself, else what is known without. */
static enum flow_role role_of(const struct ledger_config *config, const struct net_addr *addr, enum flow_role otherwise)
{
	enum flow_role told = config->role ? config->role(config->arg, addr) : FLOW_ROLE_UNTOLD;

	return told == FLOW_ROLE_UNTOLD ? otherwise : told;
}

static bool parse_host(struct slice host, uint16_t port, struct net_addr *ret)
{
	if (slice_begins(host, SLICE("[")) && host.len > 2)
		host = (struct slice){host.p + 1, host.len - 2};
	return net_addr_parse_ip(host, port, ret);
}

/* Where who sent the request listens, as its Via says; a name is that of the host that it came from. */
static bool via_addr(const struct arrival *arrival, struct net_addr *ret)
{
	struct sip_via via;
	uint64_t port;

	if (sip_msg_via(&arrival->msg, &via) < 0)
		return false;
	port = slice_is_nocase(via.transport, "TLS") ? 5061 : 5060;
	if (via.port.len && (!slice_to_u64(via.port, &port) || port > UINT16_MAX))
		return false;
	*ret = arrival->message.path.src;
	ret->port = (uint16_t)port;
	parse_host(via.host, (uint16_t)port, ret);
	return true;
}

/* And as the Contact of his INVITE says, which stays as it is when others pass it on: on the first hop only, and of the
 * host that it came from. */
static bool contact_addr(const struct arrival *arrival, struct net_addr *ret)
{
	struct sip_addr contact;
	struct sip_uri uri;

	return arrival->msg.method == SIP_METHOD_INVITE && sip_values_count(&arrival->msg, SIP_HEADER_VIA) == 1 &&
	       sip_msg_addr(&arrival->msg, SIP_HEADER_CONTACT, &contact) == 0 &&
	       sip_uri_read(contact.uri, &uri, NULL) == 0 && parse_host(uri.host, uri.port ? uri.port : 5060, ret) &&
	       net_addr_eq_ip(ret, &arrival->message.path.src);
}

void ledger_chapter_tell(const struct ledger *ledger, struct chapter *chapter, const struct arrival *arrival)
{
	const struct net_addr *src = &arrival->message.path.src;
	struct net_addr by_via, by_contact;
	bool has_via = via_addr(arrival, &by_via), has_contact = contact_addr(arrival, &by_contact);

	for (uint16_t i = 0; i < chapter->addr_count; i++) {
		struct flow_peer *peer = &chapter->addrs[i];
		if (!net_addr_eq(&peer->addr, src))
			continue;
		if (has_contact)
			peer->role = role_of(&ledger->config, &by_contact, peer->role);
		if (has_via)
			peer->role = role_of(&ledger->config, &by_via, peer->role);
	}
}

static void fill_in(struct ledger *ledger, struct chapter *chapter, uint64_t now)
{
	const struct ledger_config *config = &ledger->config;

	for (uint16_t i = 0; i < chapter->addr_count; i++) {
		struct flow_peer *peer = &chapter->addrs[i];
		peer->alive = alive_time(ledger->alive, &peer->addr);
		peer->role = role_of(config, &peer->addr, peer->role);
		peer->server = peer->role == FLOW_ROLE_SERVER ||
			       (peer->role == FLOW_ROLE_UNTOLD && is_found_server(ledger, &peer->addr));
	}
	chapter->gaps |= gaps_of(ledger, chapter);
	if (may_be_another(chapter->user))
		chapter->gaps |= FLOW_GAP_NAMED;
	chapter->watched_until = now;
	chapter->roles_told = config->roles_told;
	chapter->names_len = chapter->user->names_len;
	chapter->names = memcpy(mem_realloc(NULL, chapter->names_len), chapter->user->names, chapter->names_len);
}

void ledger_chapter_close(struct ledger *ledger, struct chapter *chapter, uint64_t now)
{
	struct ledger_user *user = chapter->user;

	fill_in(ledger, chapter, now);
	list_unlink(list_of(ledger, chapter), chapter);
	*(chapter->before ? &chapter->before->behind : &ledger->born_first) = chapter->behind;
	*(chapter->behind ? &chapter->behind->before : &ledger->born_last) = chapter->before;
	for (uint32_t i = 0; i < chapter->calls.count; i++)
		hash_index_remove(&ledger->index, chapter->calls.items[i]);
	tape_pool_move(&chapter->left, chapter->pool, sizeof(struct state));
	user->open = NULL;
	user->ended = chapter->latest;
	user->im |= chapter->im;
	ledger_idle_append(ledger, user);
	ledger->open_count--;
	ledger->open_len -= chapter->len;
	ledger->config.on_chapter(ledger->config.arg, chapter);
}

static void evict(struct ledger *ledger, struct chapter *chapter, uint64_t now)
{
	chapter->gaps |= FLOW_GAP_EVICTED;
	chapter->user->gaps |= FLOW_GAP_EVICTED;
	ledger->stats.evicted++;
	ledger_chapter_close(ledger, chapter, now);
}

/* The one that was used longest ago, of those that have the least to lose. */
static struct chapter *least_used(const struct ledger *ledger, const struct chapter *current)
{
	for (int rest = 0; rest < REST_COUNT; rest++)
		if (ledger->lists[rest].oldest && ledger->lists[rest].oldest != current)
			return ledger->lists[rest].oldest;
	return NULL;
}

static size_t limit(size_t told, size_t normal)
{
	return told ? told : normal;
}

static void keep_limits(struct ledger *ledger, struct chapter *current, uint64_t now)
{
	const struct ledger_config *config = &ledger->config;
	struct chapter *oldest;

	while ((ledger->open_count > limit(config->open_max, OPEN_MAX) ||
		ledger->open_len > limit(config->len_max, LEN_MAX)) &&
	       (oldest = least_used(ledger, current)))
		evict(ledger, oldest, now);
	if (current->len > limit(config->chapter_len_max, CHAPTER_LEN_MAX) || current->count >= CHAPTER_COUNT_MAX)
		evict(ledger, current, now);
	while (ledger->idle_count > limit(config->users_max, USERS_MAX)) {
		ledger_user_forget(ledger, ledger->idle_oldest);
		ledger->stats.forgotten++;
	}
}

/* A sign of life behind the time to wait of the checks: whoever was to speak could have spoken. */
#define ALIVE_LATER (5 * SECOND)

/* Copies of the last message on other hops, and the repetitions of what was not answered (RFC 3261 17.1.2.2: Timer F is
 * 32 s), are still of the chapter. Where a client has not done yet what it owes, only its next message can tell whether
 * it was alive, and sessions rest for the time of a session timer. */
static const uint64_t patience[REST_COUNT] = {
	[REST_SETTLED] = SECOND / 4,
	[REST_WAITING] = 64 * SECOND,
	[REST_LONG] = 7200 * SECOND,
};

static bool is_past_patience(const struct chapter *chapter, uint64_t now)
{
	return now > chapter->latest && now - chapter->latest > patience[chapter->rest];
}

static bool is_unread(const struct ledger *ledger, const struct chapter *chapter)
{
	const struct net_addr *asked = chapter->asked ? &chapter->addrs[chapter->asked - 1].addr : NULL;

	return asked && alive_time(ledger->alive, asked) < chapter->latest + ALIVE_LATER;
}

bool ledger_chapter_is_over(struct ledger *ledger, struct chapter *chapter, uint64_t now)
{
	if (!chapter || !is_past_patience(chapter, now))
		return false;
	if (chapter->rest != REST_WAITING || !is_unread(ledger, chapter))
		return true;
	list_unlink(list_of(ledger, chapter), chapter);
	chapter->rest = REST_LONG;
	list_append(list_of(ledger, chapter), chapter);
	return is_past_patience(chapter, now);
}

void ledger_sweep(struct ledger *ledger, struct chapter *current, uint64_t now)
{
	for (int rest = 0; rest < REST_COUNT; rest++) {
		struct chapter_list *list = &ledger->lists[rest];
		struct chapter *oldest;
		if (now <= list->due)
			continue;
		while ((oldest = list->oldest) != current && ledger_chapter_is_over(ledger, oldest, now))
			ledger_chapter_close(ledger, oldest, now);
		list->due = (list->oldest ? list->oldest->latest : now) + patience[rest];
	}
	keep_limits(ledger, current, now);
}

void ledger_file_gap(struct ledger *ledger, const struct arrival *arrival)
{
	static const struct net_addr anywhere;
	const struct wire_message *message = &arrival->message;
	struct gap gap = {message->time, message->path.src, message->path.dst, arrival->gaps};

	for (size_t i = 0; i < ledger->gap_count; i++) {
		struct gap *known = &ledger->gaps[i];
		if (known->gaps == gap.gaps && net_addr_eq_ip(&known->a, &gap.a) && net_addr_eq_ip(&known->b, &gap.b)) {
			known->time = gap.time; /* behind the start of every chapter that it touches */
			return;
		}
	}
	if (ledger->gap_count == GAPS_MAX) /* too many pairs to tell apart: they hold for everybody */
		gap = (struct gap){gap.time, anywhere, anywhere, gap.gaps | ledger->gaps[--ledger->gap_count].gaps};
	ledger->gaps[ledger->gap_count++] = gap;
}

void ledger_finish(struct ledger *ledger, uint64_t now)
{
	while (ledger->born_first)
		ledger_chapter_close(ledger, ledger->born_first, now);
}
