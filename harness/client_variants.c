/* SPDX-License-Identifier: MIT */
#include "harness/client_variants.h"
#include "base/mem.h"
#include "harness/client_private.h"

#define LATE                                                                                                           \
	(SECOND * 16 / 5) /* well within the time that it is waited for, and beyond that which silence is watched */

static const struct manner variants[] = {
#define X(id, name, leaves_out, text) [CLIENT_VARIANT_##id] = {name, leaves_out, text},
	CLIENT_VARIANTS(X)
#undef X
};

const struct manners client_variants = {variants, ARRAY_LEN(variants)};

void client_variants_begin(struct client_config *config)
{
	if (client_variants_has(&config->variants, CLIENT_VARIANT_TCP))
		config->transport = NET_TCP;
	if (client_variants_has(&config->variants, CLIENT_VARIANT_EXPIRES_SHORT))
		config->expires = 600;
	if (client_variants_has(&config->variants, CLIENT_VARIANT_EXPIRES_LONG))
		config->expires = 7200;
	if (client_variants_has(&config->variants, CLIENT_VARIANT_EXPIRES_WEEK))
		config->expires = 600000;
}

/* --- time --- */

uint64_t client_variants_refresh(const struct client *c, uint64_t granted, uint64_t usual)
{
	if (client_has_variant(c, CLIENT_VARIANT_REFRESH_EARLY))
		return granted * SECOND / 3;
	if (!c->config.ims && client_has_variant(c, CLIENT_VARIANT_REFRESH_LATE)) /* TS 24.229 5.1.1.4.1 */
		return granted * SECOND / 10 * 9;
	return usual;
}

bool client_variants_later(struct client *c, enum client_variant variant, struct world_timer *timer,
			   void (*call)(void *arg))
{
	if (!client_has_variant(c, variant))
		return false;
	world_timer_start(c->world, timer, LATE, call, c);
	return true;
}

uint32_t client_variants_publish_expires(const struct client *c, uint32_t expires)
{
	if (client_has_variant(c, CLIENT_VARIANT_PUBLISH_HALF))
		return (expires + 1) / 2;
	return client_has_variant(c, CLIENT_VARIANT_PUBLISH_TWICE) ? expires * 2 : expires;
}

uint32_t client_variants_subscribe_expires(const struct client *c)
{
	return client_has_variant(c, CLIENT_VARIANT_SUBSCRIBE_BRIEF) ? 300 : c->registration.granted;
}

uint32_t client_variants_cseq(const struct client *c, uint32_t cseq)
{
	return cseq + (client_has_variant(c, CLIENT_VARIANT_CSEQ_JUMPS) ? 7 : 1);
}
