/* SPDX-License-Identifier: MIT */
#include "harness/server_variants.h"
#include "base/mem.h"
#include "harness/server_private.h"

#include <stdlib.h>

static const struct manner variants[] = {
#define X(id, name, leaves_out, text) [VARIANT_##id] = {name, leaves_out, text},
	SERVER_VARIANTS(X)
#undef X
};

const struct manners server_variants = {variants, ARRAY_LEN(variants)};

void server_variants_set(struct server_config *config, enum server_variant variant)
{
	manner_add(config->variants.set, variant);
	if (variant == VARIANT_TCP)
		config->transport = NET_TCP;
	if (variant == VARIANT_SESSION_SHORT)
		config->session_expires = 90;
	if (variant == VARIANT_SESSION_LONG)
		config->session_expires = 86400;
	if (variant == VARIANT_EXPIRES_AT_MOST)
		config->max_expires = 600;
	if (variant == VARIANT_MIN_EXPIRES_MORE)
		config->min_expires = 3;
	if (variant == VARIANT_MIN_EXPIRES_HOURS)
		config->min_expires = 7200;
	if (variant == VARIANT_REGISTER_BRIEF)
		config->min_registration = 1800;
}

/* --- who takes his time --- */

struct server_wait {
	struct server_wait *next;
	struct server *server;
	struct world_timer timer;
	struct server_txn *txn; /* a request that waits, or NULL: a push */
	struct server_user *user;
};

static void wait_over(void *arg)
{
	struct server_wait *wait = arg;
	struct server_wait **at = &wait->server->waits;

	while (*at != wait)
		at = &(*at)->next;
	*at = wait->next;
	if (wait->txn)
		server_on_request(wait->server, wait->txn, server_txn_request(wait->txn));
	else if (!wait->user->push && server_user_registered(wait->server, wait->user))
		server_push(wait->server, wait->user);
	free(wait);
}

static struct server_wait *wait_new(struct server *s, uint64_t delay)
{
	struct server_wait *wait = mem_alloc(sizeof(*wait));

	wait->server = s;
	wait->next = s->waits;
	s->waits = wait;
	world_timer_start(s->world, &wait->timer, delay, wait_over, wait);
	return wait;
}

bool server_variants_slow(struct server *s, struct server_txn *txn)
{
	if (!server_has_variant(s, VARIANT_SLOW))
		return false;
	wait_new(s, SECOND * 6 / 5)->txn = txn;
	return true;
}

void server_variants_deliver(struct server *s, struct server_user *user, bool refresh)
{
	bool first = user->delivered != user->epoch;

	user->delivered = user->epoch;
	if (first || !server_has_variant(s, VARIANT_PUSH_FIRST_ONLY))
		server_deliver(s, user, refresh);
}

bool server_variants_push_later(struct server *s, struct server_user *user)
{
	bool tcp = server_has_variant(s, VARIANT_TCP); /* two connections: the INVITE could overtake the 200 */

	if (!tcp && !server_has_variant(s, VARIANT_SLOW_PUSH))
		return false;
	wait_new(s, tcp ? SECOND / 100 : SECOND * 3 / 2)->user = user;
	return true;
}

void server_variants_done(struct server *s)
{
	for (struct server_wait *wait = s->waits, *next; wait; wait = next) {
		next = wait->next;
		world_timer_stop(&wait->timer);
		free(wait);
	}
	s->waits = NULL;
}

/* --- what it gives --- */

uint64_t server_variants_expires(const struct server *s, uint64_t expires)
{
	uint64_t half = expires / 2;

	return server_has_variant(s, VARIANT_EXPIRES_HALF) && half >= s->config.min_expires ? half : expires;
}

void server_variants_etag(struct server *s, char etag[SIP_TEXT_ID_MAX])
{
	static const char odd[] = "-.!%*_+`'~";

	if (server_has_variant(s, VARIANT_ETAG_ODD))
		memcpy(etag, odd, sizeof(odd) - 1);
}
