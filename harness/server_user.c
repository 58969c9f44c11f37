/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "harness/server_private.h"
#include "sip/uri.h"
#include "sip/value.h"

#include <stdlib.h>

static struct slice text_copy(struct slice s)
{
	char *p = mem_alloc(s.len + 1);

	memcpy(p, s.p ? s.p : "", s.len);
	return (struct slice){p, s.len};
}

/* Everybody of the domain is served, and every telephone number: those are registered implicitly (5.2.2, NOTE 3). */
static bool is_served(const struct server *s, struct slice key)
{
	struct slice domain = slice_of(s->config.domain);
	const char *at = slice_find(key, SLICE("@"));

	if (!at)
		return key.len && key.p[0] == '+';
	return slice_eq_nocase(slice_range(at + 1, key.p + key.len), domain);
}

struct server_user *server_user_of(struct server *s, struct slice uri)
{
	struct server_user *user = NULL;
	struct buf key = {0};

	if (sip_uri_user_key(uri, &key) && is_served(s, buf_slice(&key)))
		user = map_get(&s->users, buf_slice(&key));
	if (!user && key.len && is_served(s, buf_slice(&key))) {
		user = mem_alloc(sizeof(*user));
		server_user_rename(user, uri);
		map_set(&s->users, buf_slice(&key), user);
	}
	buf_done(&key);
	return user;
}

bool server_user_is(const struct server *s, const struct server_user *user, struct slice uri)
{
	return sip_uri_same_user(slice_of(user->uri), uri);
}

void server_user_rename(struct server_user *user, struct slice uri)
{
	free(user->uri);
	user->uri = (char *)text_copy(uri).p;
}

void server_user_free(struct server_user *user)
{
	while (user->publications)
		server_publication_remove(user, user->publications);
	while (user->deferred)
		server_deferred_remove(user, user->deferred->id);
	free(user->call_id);
	free(user->contact);
	free(user->uri);
	free(user);
}

bool server_user_registered(const struct server *s, const struct server_user *user)
{
	return user->registered_until > world_now(s->world);
}

static void expire(struct server *s, struct server_user *user)
{
	struct server_publication *next;

	if (server_has_fault(s, FAULT_STORE_NEVER_EXPIRES))
		return;
	for (struct server_publication *p = user->publications; p; p = next) {
		next = p->next;
		if (p->until <= world_now(s->world))
			server_publication_remove(user, p);
	}
}

const struct settings *server_settings(struct server *s, struct server_user *user)
{
	expire(s, user);
	return user->publications ? &user->publications->settings : NULL;
}

struct server_publication *server_publication_find(struct server *s, struct server_user *user, struct slice etag)
{
	bool old_too = server_has_fault(s, FAULT_ETAG_OLD_VALID);

	expire(s, user);
	for (struct server_publication *p = user->publications; p; p = p->next)
		if (slice_is(etag, p->etag) || (old_too && slice_is(etag, p->old_etag)))
			return p;
	return NULL;
}

struct server_publication *server_publication_add(struct server_user *user)
{
	struct server_publication *p = mem_alloc(sizeof(*p));

	p->next = user->publications;
	user->publications = p;
	return p;
}

static void publication_unlink(struct server_user *user, struct server_publication *publication)
{
	struct server_publication **at = &user->publications;

	while (*at != publication)
		at = &(*at)->next;
	*at = publication->next;
}

void server_publication_to_front(struct server_user *user, struct server_publication *publication)
{
	publication_unlink(user, publication);
	publication->next = user->publications;
	user->publications = publication;
}

void server_publication_remove(struct server_user *user, struct server_publication *publication)
{
	publication_unlink(user, publication);
	free(publication);
}

void server_deferred_add(struct server_user *user, const struct sip_msg *message)
{
	struct server_deferred *d = mem_alloc(sizeof(*d)), **at = &user->deferred;
	struct slice type = sip_msg_value(message, SIP_HEADER_CONTENT_TYPE);
	struct sip_addr from;

	d->id = ++user->deferred_ids;
	d->content_type = (char *)text_copy(type.p ? type : SLICE("text/plain")).p;
	d->from = (char *)text_copy(sip_msg_addr(message, SIP_HEADER_FROM, &from) == 0 ? from.uri : SLICE_NONE).p;
	d->body = text_copy(message->body);
	while (*at)
		at = &(*at)->next;
	*at = d;
}

void server_deferred_remove(struct server_user *user, uint64_t id)
{
	struct server_deferred **at = &user->deferred, *d;

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	d = *at;
	if (!d)
		return;
	*at = d->next;
	free(d->content_type);
	free(d->from);
	free((char *)d->body.p);
	free(d);
}
