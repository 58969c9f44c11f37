/* SPDX-License-Identifier: MIT */
#include "harness/server_variants.h"
#include "harness/server_private.h"

static const struct {
	const char *name, *leaves_out, *text;
} variants[SERVER_VARIANT_COUNT] = {
#define X(id, name, leaves_out, text) [VARIANT_##id] = {name, leaves_out, text},
	SERVER_VARIANTS(X)
#undef X
};

const char *server_variant_name(size_t variant)
{
	return variants[variant].name;
}

const char *server_variant_leaves_out(size_t variant)
{
	return variants[variant].leaves_out;
}

const char *server_variant_text(size_t variant)
{
	return variants[variant].text;
}

void server_variants_set(struct server_config *config, enum server_variant variant)
{
	if (variant == VARIANT_TCP)
		config->transport = NET_TCP;
	if (variant == VARIANT_SESSION_SHORT)
		config->session_expires = 90;
	if (variant == VARIANT_EXPIRES_AT_MOST)
		config->max_expires = 600;
}
