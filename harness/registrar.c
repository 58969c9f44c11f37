/* SPDX-License-Identifier: MIT */
#include "harness/registrar_private.h"
#include "base/mem.h"
#include "sip/uri.h"
#include "sip/value.h"

#include <stdio.h>
#include <stdlib.h>

struct remembered { /* a registration that outlived its account */
	char call_id[128];
	bool registered;
};

/* --- who is it? --- */

struct slice registrar_key(struct registrar *r, struct slice uri)
{
	buf_clear(&r->key);
	return uri.len && sip_uri_user_key(uri, &r->key) ? buf_slice(&r->key) : SLICE_NONE;
}

static void *find_in(struct registrar *r, const struct map *map, struct slice uri)
{
	struct slice key = registrar_key(r, uri);

	return key.len ? map_get(map, key) : NULL;
}

static struct slice addr_uri(const struct sip_msg *msg, enum sip_header id)
{
	struct sip_addr addr;

	return sip_msg_addr(msg, id, &addr) == 0 ? addr.uri : SLICE_NONE;
}

/* Who sends: From names him; a client that is wrong there is known by the other places. */
static struct account *account_of(struct registrar *r, const struct sip_msg *msg)
{
	struct slice places[] = {
		addr_uri(msg, msg->method == SIP_METHOD_REGISTER ? SIP_HEADER_TO : SIP_HEADER_FROM),
		addr_uri(msg, SIP_HEADER_P_PREFERRED_IDENTITY),
		addr_uri(msg, SIP_HEADER_TO),
		msg->uri,
		addr_uri(msg, SIP_HEADER_FROM),
	};
	struct account *account = NULL;

	for (size_t i = 0; i < ARRAY_LEN(places) && !account; i++)
		account = find_in(r, &r->accounts, places[i]);
	for (size_t i = 0; i < ARRAY_LEN(places) && !account; i++)
		account = registrar_alias_find(r, places[i]);
	return account;
}

void account_tell(struct account *account, enum account_event event)
{
	account->counts[event]++;
	if (account->on_event)
		account->on_event(account->arg, account, event);
}

const struct plan_answer *plan_next(struct plan_answers *answers)
{
	static const struct plan_answer good = {.status = 200};
	size_t at = answers->next;

	if (!answers->count)
		return &good;
	if (answers->next + 1 < answers->count)
		answers->next++;
	return &answers->list[at];
}

uint32_t plan_granted(const struct plan_answer *answer, uint32_t asked)
{
	return answer->expires && answer->expires < asked ? answer->expires : asked;
}

/* --- answers --- */

uint32_t registrar_expires(const struct sip_msg *msg)
{
	uint64_t expires = 3600;

	sip_msg_number(msg, SIP_HEADER_EXPIRES, &expires);
	return expires < UINT32_MAX ? (uint32_t)expires : UINT32_MAX;
}

/* RFC 3581 4, RFC 3261 18.2.1: the sender learns how it is seen. */
static void mark_via(struct buf *to, const struct event_path *path)
{
	const char *via = slice_find_nocase(buf_slice(to), SLICE("\r\nVia:")), *end, *rport;
	struct net_addr host = path->src;
	char text[NET_ADDR_TEXT_MAX], port[16] = "", *rest;
	size_t at;

	if (!via || !(end = slice_find(slice_range(via + 2, to->p + to->len), SLICE("\r\n"))))
		return;
	rport = slice_find_nocase(slice_range(via, end), SLICE(";rport"));
	if (!rport)
		return;
	host.port = 0;
	net_addr_format(text, &host);
	snprintf(port, sizeof(port), "=%u", path->src.port);
	at = (size_t)(rport - to->p) + strlen(";rport");
	if (to->p[at] == '=') /* it has a value already */
		return;
	rest = mem_printf("%.*s", (int)(to->len - at), to->p + at);
	to->len = at;
	buf_printf(to, "%s;received=%s%s", port, text, rest);
	free(rest);
}

void registrar_answer_head(struct registrar *r, struct buf *to, struct server_txn *txn, unsigned status,
			   const char *tag)
{
	char word[SIP_TEXT_ID_MAX];

	sip_text_answer(to, server_txn_request(txn), status, tag ? tag : sip_text_word(r->world, word));
	mark_via(to, server_txn_path(txn));
}

void registrar_finish(struct server_txn *txn, struct buf *text)
{
	sip_text_body(text, NULL, SLICE_NONE);
	endpoint_answer(txn, buf_slice(text), NULL);
	buf_done(text);
}

void registrar_answer(struct registrar *r, struct server_txn *txn, unsigned status)
{
	struct buf text = {0};

	registrar_answer_head(r, &text, txn, status, NULL);
	if (status == 405 || server_txn_request(txn)->method == SIP_METHOD_OPTIONS)
		sip_text_header(&text, "Allow", "REGISTER, PUBLISH, SUBSCRIBE, MESSAGE, OPTIONS, BYE, UPDATE");
	registrar_finish(txn, &text);
}

/* A time that is too brief is below Min-Expires, whatever it is (RFC 3261 21.4.17, RFC 3903 6). */
static uint32_t least_above(uint32_t asked, uint32_t least)
{
	if (asked < least)
		return least;
	return asked < UINT32_MAX - least ? asked + least : UINT32_MAX;
}

void registrar_answer_lines(struct buf *to, const struct plan_answer *answer, uint32_t asked)
{
	if (answer->min_expires)
		sip_text_header(to, "Min-Expires", "%u", least_above(asked, answer->min_expires));
	if (answer->retry_after)
		sip_text_header(to, "Retry-After", "%u", answer->retry_after);
}

/* --- what comes --- */

/* Between two cases of a user his client goes on: refreshes are granted, so that nothing new begins. */
static void answer_between(struct registrar *r, struct server_txn *txn, const struct sip_msg *msg)
{
	char etag[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	registrar_answer_head(r, &text, txn, 200, NULL);
	sip_text_header(&text, "Expires", "%u", registrar_expires(msg));
	if (msg->method == SIP_METHOD_PUBLISH)
		sip_text_header(&text, "SIP-ETag", "%s", sip_text_word(r->world, etag));
	sip_text_copy(&text, msg, SIP_HEADER_CONTACT);
	registrar_finish(txn, &text);
}

static void on_nobody(struct registrar *r, struct server_txn *txn, const struct sip_msg *msg)
{
	struct slice user = addr_uri(msg, msg->method == SIP_METHOD_REGISTER ? SIP_HEADER_TO : SIP_HEADER_FROM);

	if (msg->method == SIP_METHOD_OPTIONS) {
		registrar_answer(r, txn, 200);
	} else if (find_in(r, &r->remembered, user)) {
		answer_between(r, txn, msg);
	} else {
		if (r->config.on_stranger)
			r->config.on_stranger(r->config.arg, msg, user);
		registrar_answer(r, txn, sip_msg_tag(msg, SIP_HEADER_TO).p ? 481 : 404);
	}
}

static void on_account(struct account *account, struct server_txn *txn, const struct sip_msg *msg)
{
	if (account_on_call_request(account, txn, msg))
		return;
	switch (msg->method) {
	case SIP_METHOD_REGISTER:
		account_on_register(account, txn, msg);
		break;
	case SIP_METHOD_PUBLISH:
		account_on_publish(account, txn, msg);
		break;
	case SIP_METHOD_SUBSCRIBE:
		account_on_subscribe(account, txn, msg);
		break;
	case SIP_METHOD_OPTIONS:
	case SIP_METHOD_MESSAGE:
		registrar_answer(account->registrar, txn, 200);
		break;
	default:
		registrar_answer(account->registrar, txn, sip_msg_tag(msg, SIP_HEADER_TO).p ? 481 : 405);
	}
}

static void on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
	struct registrar *r = arg;
	struct account *account = account_of(r, msg);

	if (!txn)
		return; /* an ACK */
	if (!account) {
		on_nobody(r, txn, msg);
		return;
	}
	account->path = *path;
	account_tell(account, ACCOUNT_SEEN);
	on_account(account, txn, msg);
}

static void on_tap(void *arg, const struct event_path *path, struct slice bytes, bool sent)
{
	struct registrar *r = arg;

	if (r->config.on_tap)
		r->config.on_tap(r->config.arg, path, bytes, sent);
}

static void on_tls_failed(void *arg, const struct net_addr *peer, const struct err *err)
{
	struct registrar *r = arg;

	if (r->config.on_tls_failed)
		r->config.on_tls_failed(r->config.arg, peer, err);
}

/* --- what goes to the client --- */

const char *account_our_contact(const struct account *account, char to[ACCOUNT_CONTACT_MAX])
{
	bool sips = account->contact && strncmp(account->contact, "sips:", 5) == 0;
	const char *more = sips ? "" : sip_text_transport(account->path.transport);
	char host[NET_ADDR_TEXT_MAX];

	snprintf(to, ACCOUNT_CONTACT_MAX, "%s:im-server@%s%s", sips ? "sips" : "sip",
		 net_addr_format(host, registrar_addr(account->registrar)), more);
	return to;
}

int account_request(struct account *account, struct slice raw, endpoint_answer_fn *on_answer, void *arg,
		    struct client_txn **ret_txn, struct err *err)
{
	if (!account->contact)
		return err_set(err, -ENOTCONN, "the client of %s is not registered", account->address);
	return endpoint_request(
		account->registrar->endpoint,
		&(struct endpoint_request){account->path.transport, &account->path.src, raw, on_answer, arg}, ret_txn,
		err);
}

static void write_probe(struct account *account, struct buf *to)
{
	struct registrar *r = account->registrar;
	char branch[SIP_TEXT_ID_MAX], word[SIP_TEXT_ID_MAX];

	sip_text_request(to, "OPTIONS", slice_of(account->contact ? account->contact : account->offered));
	sip_text_via(to, account->path.transport, registrar_addr(r), sip_text_branch(r->world, branch));
	sip_text_header(to, "Max-Forwards", "70");
	sip_text_header(to, "From", "<sip:%s>;tag=%s", r->domain, sip_text_word(r->world, word));
	sip_text_header(to, "To", "<%s>", account->address);
	sip_text_header(to, "Call-ID", "%s", sip_text_word(r->world, word));
	sip_text_header(to, "CSeq", "1 OPTIONS");
	sip_text_body(to, NULL, SLICE_NONE);
}

int account_probe(struct account *account, endpoint_answer_fn *on_answer, void *arg, struct client_txn **ret_txn,
		  struct err *err)
{
	struct buf text = {0};
	int rc;

	if (!account->contact && !account->offered)
		return err_set(err, -ENOTCONN, "the client of %s has never sent a REGISTER", account->address);
	write_probe(account, &text);
	rc = endpoint_request(account->registrar->endpoint,
			      &(struct endpoint_request){account->path.transport, &account->path.src, buf_slice(&text),
							 on_answer, arg},
			      ret_txn, err);
	buf_done(&text);
	return rc;
}

/* --- accounts --- */

struct account *registrar_open(struct registrar *r, const char *address, const char *username, const char *password)
{
	struct account *account = mem_alloc(sizeof(*account));
	const struct remembered *before = find_in(r, &r->remembered, slice_of(address));

	account->registrar = r;
	account->address = arena_printf(&account->arena, "%s", address);
	account->username = arena_printf(&account->arena, "%s", username);
	account->password = password ? arena_printf(&account->arena, "%s", password) : NULL;
	if (before) {
		account->left_over = before->registered;
		memcpy(account->call_id, before->call_id, sizeof(account->call_id));
	}
	map_set(&r->accounts, registrar_key(r, slice_of(address)), account);
	return account;
}

static void remember(struct registrar *r, const struct account *account)
{
	struct remembered *it = find_in(r, &r->remembered, slice_of(account->address));

	if (!it) {
		it = mem_alloc(sizeof(*it));
		map_set(&r->remembered, registrar_key(r, slice_of(account->address)), it);
	}
	memcpy(it->call_id, account->call_id, sizeof(it->call_id));
	it->registered = account->registered || (account->left_over && !account->counts[ACCOUNT_REGISTERED]);
}

static void account_free(struct account *account)
{
	account->on_event = NULL;
	account_pushes_free(account);
	account_subscription_free(account);
	free(account->contact);
	free(account->offered);
	arena_done(&account->arena);
	free(account);
}

void registrar_close(struct registrar *r, struct account *account)
{
	struct slice key;

	if (!account)
		return;
	remember(r, account);
	key = registrar_key(r, slice_of(account->address));
	if (map_get(&r->accounts, key) == account)
		map_remove(&r->accounts, key);
	account_aliases_forget(account);
	account_free(account);
}

/* --- life --- */

int registrar_new(struct world *world, const struct registrar_config *config, struct registrar **ret_registrar,
		  struct err *err)
{
	static const struct endpoint_events events = {
		.on_request = on_request, .on_tap = on_tap, .on_tls_failed = on_tls_failed};
	struct registrar *r = mem_alloc(sizeof(*r));
	int rc;

	r->world = world;
	r->config = *config;
	r->domain = mem_strdup(config->domain);
	rc = endpoint_new(world, &config->bind, &events, r, &r->endpoint, err);
	if (rc < 0) {
		registrar_free(r);
		return rc;
	}
	*ret_registrar = r;
	return 0;
}

void registrar_free(struct registrar *r)
{
	size_t at = 0;
	void *value;

	if (!r)
		return;
	while (map_next(&r->accounts, &at, NULL, &value))
		account_free(value);
	if (r->endpoint)
		endpoint_free(r->endpoint);
	for (at = 0; map_next(&r->remembered, &at, NULL, &value);)
		free(value);
	map_done(&r->accounts);
	map_done(&r->aliases);
	map_done(&r->remembered);
	buf_done(&r->key);
	free(r->domain);
	free(r);
}

const struct net_addr *registrar_addr(const struct registrar *registrar)
{
	return endpoint_addr(registrar->endpoint);
}

const char *registrar_domain(const struct registrar *registrar)
{
	return registrar->domain;
}
