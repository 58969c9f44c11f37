/* SPDX-License-Identifier: MIT
 *
 * What a correct IM Server may do otherwise than the reference does: each of these is legal by RFC 3261, 3264, 3903,
 * 4028 or 4566, and must pass everything but the SHOULDs that it leaves out (a warning then, or nothing). The
 * self-proof runs every scenario against each. They bite in server_variants.c, but for one line where each is asked. */
#ifndef HARNESS_SERVER_VARIANTS_H
#define HARNESS_SERVER_VARIANTS_H

#include "base/slice.h"

/* X(id, "name", "SHOULDs that it leaves out", "what the server does") */
#define SERVER_VARIANTS(X)                                                                                             \
	X(TCP, "tcp", "", "reaches the core by TCP")                                                                   \
	X(SESSION_SHORT, "session-short", "", "asks for a session of 90 s")                                            \
	X(EXPIRES_AT_MOST, "expires-at-most", "", "grants publications of at most 10 minutes")

enum server_variant {
	SERVER_VARIANT_NONE = -1,
#define X(id, name, leaves_out, text) VARIANT_##id,
	SERVER_VARIANTS(X)
#undef X
	SERVER_VARIANT_COUNT
};

const char *server_variant_name(size_t variant);
const char *server_variant_leaves_out(size_t variant); /* ids of requirements, parted by blanks */
const char *server_variant_text(size_t variant);

struct server_config;
/* Makes the server that will be started by this configuration such a one. */
void server_variants_set(struct server_config *config, enum server_variant variant);

#endif
