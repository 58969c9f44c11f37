/* SPDX-License-Identifier: MIT
 *
 * Users and their names: by which keys each is found, and which names turn out to be one user's. */
#include "trace/ledger_parts.h"
#include "base/hash.h"
#include "base/mem.h"
#include "sip/uri.h"
#include "trace/served.h"

/* --- keys --- */

/* A message has the same one again and again. */
uint64_t ledger_user_key(struct ledger *ledger, struct slice uri)
{
	struct slice key;

	if (uri.len && slice_eq(uri, ledger->key.uri))
		return ledger->key.hash;
	if (!sip_uri_plain_key(uri, &key)) {
		buf_clear(&ledger->copy);
		key = uri.len && sip_uri_user_key(uri, &ledger->copy) ? buf_slice(&ledger->copy) : SLICE_NONE;
	}
	ledger->key = user_key_of(uri, key);
	return ledger->key.hash;
}

uint64_t ledger_contact_key(struct ledger *ledger, struct slice uri)
{
	ledger->key.uri = SLICE_NONE; /* its text may be in the copy */
	buf_clear(&ledger->copy);
	return served_contact_key(uri, &ledger->copy) ? hash_slice(buf_slice(&ledger->copy), 'm') : 0;
}

void ledger_add_key(struct ledger *ledger, struct ledger_user *user, uint64_t key)
{
	if (!key || ledger_find(ledger, key))
		return;
	hash_index_set(&ledger->index, key, user);
	user->keys = mem_realloc(user->keys, (user->key_count + 1) * sizeof(*user->keys));
	user->keys[user->key_count++] = key;
}

static void add_name(struct ledger_user *user, struct slice front, struct slice name)
{
	user->names = mem_realloc(user->names, user->names_len + front.len + name.len + 1);
	memcpy(user->names + user->names_len, front.p, front.len);
	memcpy(user->names + user->names_len + front.len, name.p, name.len);
	user->names_len += (uint32_t)(front.len + name.len);
	user->names[user->names_len++] = '\0';
}

/* --- users --- */

/* Of whom nothing else is over yet, and of the other name all that is known is: what comes is the same story. */
static bool can_go_on(const struct ledger_user *user, const struct ledger_user *other)
{
	return !user->ended && !user->past && other->ended && !other->open;
}

static void go_on(struct ledger_user *user, struct ledger_user *other)
{
	user->past = other->past ? other->past : other;
	__atomic_add_fetch(&user->past->holders, 1, __ATOMIC_RELAXED);
	user->ended = other->ended;
	user->open->gaps |= other->gaps;
	user->open->im |= other->im;
	user->publishes |= other->publishes;
}

/* What was filed under one of two names stays there, and is missing under the other. */
static void doubt_both(struct ledger_user *user, struct ledger_user *other)
{
	user->open->gaps |= FLOW_GAP_NAMED;
	if (other->open)
		other->open->gaps |= FLOW_GAP_NAMED;
}

/* Who has not registered was only another name of this user's. */
static void take_over(struct ledger *ledger, struct ledger_user *user, struct ledger_user *other)
{
	const char *name = other->names, *end = name + other->names_len;

	if (!user->open || other->registered_call || other->reported_call ||
	    user->key_count + other->key_count > LEDGER_KEYS_MAX)
		return;
	for (uint32_t i = 0; i < other->key_count; i++) {
		hash_index_remove(&ledger->index, other->keys[i]);
		ledger_add_key(ledger, user, other->keys[i]);
	}
	for (name += strlen(name) + 1; name < end; name += strlen(name) + 1)
		add_name(user, SLICE(""), slice_of(name));
	other->key_count = 0;
	if (can_go_on(user, other))
		go_on(user, other);
	else
		doubt_both(user, other);
	if (!other->open)
		ledger_user_forget(ledger, other);
}

void ledger_add_identity(struct ledger *ledger, struct ledger_user *user, struct slice uri)
{
	uint64_t key = ledger_user_key(ledger, uri);
	struct ledger_user *other = ledger_find(ledger, key);

	if (other == user)
		return;
	if (other)
		take_over(ledger, user, other);
	if (!key || ledger_find(ledger, key) || user->key_count == LEDGER_KEYS_MAX ||
	    memchr(ledger->key.text.p, '\0', ledger->key.text.len))
		return;
	ledger_add_key(ledger, user, key);
	add_name(user, SLICE(""), ledger->key.text);
}

struct ledger_user *ledger_user_new(struct ledger *ledger, struct slice uri)
{
	struct ledger_user *user;
	uint64_t key = ledger_user_key(ledger, uri);

	if (!key || memchr(ledger->key.text.p, '\0', ledger->key.text.len))
		return NULL;
	user = mem_alloc(sizeof(*user));
	add_name(user, ledger->key.text.p[0] == '+' ? SLICE("tel:") : SLICE("sip:"), ledger->key.text);
	ledger->stats.users++;
	user->holders = 1;
	user->fresh = ledger->config.from_start && !ledger->stats.forgotten; /* he may be one of the forgotten */
	ledger_add_identity(ledger, user, uri);
	ledger_idle_append(ledger, user);
	return user;
}
