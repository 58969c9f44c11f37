/* SPDX-License-Identifier: MIT */
#include "script/suggest.h"

#include <stdio.h>

enum { NAME_MAX_LEN = 48 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein's distance, with two letters swapped counting as one error. */
static unsigned name_distance(struct slice a, struct slice b)
{
	unsigned char d[NAME_MAX_LEN + 1][NAME_MAX_LEN + 1];
	size_t i, j;

	for (i = 0; i <= a.len; i++) {
		for (j = 0; j <= b.len; j++) {
			if (!i || !j) {
				d[i][j] = (unsigned char)(i + j);
				continue;
			}
			d[i][j] = (unsigned char)min3(d[i - 1][j] + 1u, d[i][j - 1] + 1u,
						      d[i - 1][j - 1] + (unsigned)(a.p[i - 1] != b.p[j - 1]));
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
			    d[i - 2][j - 2] < d[i][j])
				d[i][j] = (unsigned char)(d[i - 2][j - 2] + 1);
		}
	}
	return d[a.len][b.len];
}

void suggest_init(struct suggest *suggest, struct slice wanted)
{
	/* a third of the letters may be wrong */
	*suggest = (struct suggest){wanted, NULL, (unsigned)(wanted.len + 2) / 3 + 1};
}

void suggest_offer(struct suggest *suggest, const char *name)
{
	struct slice offered = slice_of(name);
	unsigned distance;

	if (offered.len > NAME_MAX_LEN || suggest->wanted.len > NAME_MAX_LEN)
		return;
	distance = name_distance(suggest->wanted, offered);
	if (distance > suggest->distance || distance >= suggest->wanted.len)
		return;
	/* of equally near names the first in the alphabet: callers may offer them in any order */
	if (distance == suggest->distance && (!suggest->best || strcmp(name, suggest->best) > 0))
		return;
	suggest->distance = distance;
	suggest->best = name;
}

void suggest_offer_all(struct suggest *suggest, const char *const *names)
{
	for (; *names; names++)
		suggest_offer(suggest, *names);
}

char *suggest_text(const struct suggest *suggest, char to[SUGGEST_TEXT_MAX])
{
	to[0] = '\0';
	if (suggest->best)
		snprintf(to, SUGGEST_TEXT_MAX, " (did you mean '%s'?)", suggest->best);
	return to;
}

char *suggest_from(char to[SUGGEST_TEXT_MAX], struct slice wanted, const char *const *names)
{
	struct suggest suggest;

	suggest_init(&suggest, wanted);
	suggest_offer_all(&suggest, names);
	return suggest_text(&suggest, to);
}
