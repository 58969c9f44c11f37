/* SPDX-License-Identifier: MIT
 *
 * Manners: what peers that come with the program do otherwise than they should or need to. There is a table for each
 * kind of them: faults and legal variants of the reference server and client (server_faults.h, server_variants.h and
 * their like of the client), and peers that know nothing of IM (null_peer.h, null_client.h). Read by the self-proof, by
 * `serve --fault` and by completion. */
#ifndef HARNESS_MANNERS_H
#define HARNESS_MANNERS_H

#include "base/slice.h"

struct manner {
	const char *name;
	/* Requirements, parted by blanks: a fault breaks this one, a variant leaves these out, a peer that knows
	 * nothing may earn these. */
	const char *ids;
	const char *text; /* what the peer does, in a few words */
};

/* Why a fault also breaks another requirement than its own. */
struct manner_elsewhere {
	size_t manner;
	const char *id, *because;
};

struct manners {
	const struct manner *list; /* in the order of their enum */
	size_t count;
	const struct manner_elsewhere *elsewhere;
	size_t elsewhere_count;
};

/* False, *ret untouched, for an unknown name. */
bool manner_find(const struct manners *manners, struct slice name, size_t *ret);
/* Why it also breaks the requirement of that id; NULL: it should not. */
const char *manner_elsewhere(const struct manners *manners, size_t manner, const char *id);

/* Sets of them: an array of so many words, zeroed: none. */
#define MANNER_WORDS(count) (((count) + 63) / 64)

static inline void manner_add(uint64_t *set, size_t manner)
{
	set[manner / 64] |= 1ull << manner % 64;
}

static inline bool manner_is_in(const uint64_t *set, size_t manner)
{
	return set[manner / 64] >> manner % 64 & 1;
}

#endif
