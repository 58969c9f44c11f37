/* SPDX-License-Identifier: MIT
 *
 * "did you mean": the nearest of the known names to one that is not known. */
#ifndef SCRIPT_SUGGEST_H
#define SCRIPT_SUGGEST_H

#include "base/slice.h"

struct suggest {
	struct slice wanted;
	const char *best; /* points to the offered name; NULL: none is near */
	unsigned distance;
};

void suggest_init(struct suggest *suggest, struct slice wanted);
void suggest_offer(struct suggest *suggest, const char *name);
/* All of a NULL-ended list. */
void suggest_offer_all(struct suggest *suggest, const char *const *names);

enum { SUGGEST_TEXT_MAX = 96 };
/* " (did you mean 'status'?)" or "". Returns `to`. */
char *suggest_text(const struct suggest *suggest, char to[SUGGEST_TEXT_MAX]);
/* The same for one list in one go. */
char *suggest_from(char to[SUGGEST_TEXT_MAX], struct slice wanted, const char *const *names);

#endif
