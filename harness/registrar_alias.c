/* SPDX-License-Identifier: MIT
 *
 * The other identities of an implicit registration set (TS 23.228 5.2.1a, RFC 7315 4.1): a client may speak as any of
 * those that P-Associated-URI told it. */
#include "harness/registrar_private.h"
#include "base/hash.h"
#include "base/mem.h"
#include "sip/value.h"

#include <inttypes.h>

struct account_alias {
	struct slice key; /* in the account's arena */
	struct account_alias *next;
};

static void add(struct account *account, struct slice uri)
{
	struct registrar *r = account->registrar;
	struct slice key = registrar_key(r, uri);
	struct account_alias *alias;

	if (!key.len || map_get(&r->accounts, key) || map_get(&r->aliases, key))
		return;
	alias = arena_alloc(&account->arena, sizeof(*alias));
	alias->key = arena_copy(&account->arena, key);
	alias->next = account->aliases;
	account->aliases = alias;
	map_set(&r->aliases, alias->key, account);
}

void account_tell_associated(struct account *account, struct buf *to)
{
	const char *associated = account->registers.associated;
	struct slice list = slice_of(associated), value;
	struct sip_addr addr;

	sip_text_header(to, "P-Associated-URI", "%s", associated);
	while (sip_list_next(&list, &value))
		if (sip_addr_read(value, &addr) == 0)
			add(account, addr.uri);
}

struct account *registrar_alias_find(struct registrar *r, struct slice uri)
{
	struct slice key = registrar_key(r, uri);

	return key.len ? map_get(&r->aliases, key) : NULL;
}

void account_aliases_forget(struct account *account)
{
	for (const struct account_alias *alias = account->aliases; alias; alias = alias->next)
		map_remove(&account->registrar->aliases, alias->key);
	account->aliases = NULL;
}

static bool takes(struct slice *text, const char *word)
{
	struct slice begin = slice_of(word);

	if (text->len < begin.len || memcmp(text->p, word, begin.len) != 0)
		return false;
	*text = (struct slice){text->p + begin.len, text->len - begin.len};
	return true;
}

const char *account_associated_make(struct account *account, struct slice text)
{
	uint64_t number = hash_stable(slice_of(account->address), 0) % 10000000000ull;
	struct buf to = {0};
	const char *made;

	while (text.len) {
		if (takes(&text, "{address}")) {
			buf_puts(&to, account->address);
		} else if (takes(&text, "{number}")) {
			buf_printf(&to, "+88351%010" PRIu64, number);
		} else {
			buf_putc(&to, *text.p++);
			text.len--;
		}
	}
	made = arena_copy(&account->arena, buf_slice(&to)).p;
	buf_done(&to);
	return made;
}
