/* SPDX-License-Identifier: MIT
 *
 * JSON objects as they are read: one call a key, each telling the type that it wants. The first thing that is wrong is
 * kept for the message, and everything that is wrong reads as empty, so that callers ask once, at the end. */
#ifndef REPORTS_JSON_READ_H
#define REPORTS_JSON_READ_H

#include "base/err.h"
#include "base/slice.h"

#include <jansson.h>

struct reading {
	const json_t *object;
	const char *wrong, *key; /* "is missing", "must be a text" …, of the first wrong key; NULL: nothing */
};

const char *get_text(struct reading *from, const char *key); /* "" where it is wrong */
const char *get_text_or_null(struct reading *from, const char *key);
uint64_t get_number(struct reading *from, const char *key);
uint64_t get_number_in_text(struct reading *from, const char *key);
bool get_bool(struct reading *from, const char *key);
const json_t *get_array(struct reading *from, const char *key); /* NULL where it is wrong */
const json_t *get_object(struct reading *from, const char *key);
/* The number whose name() the text is, below `count`. */
unsigned get_choice(struct reading *from, const char *key, const char *(*name)(unsigned), unsigned count);
/* 0, or -EBADMSG with "'key' must be …". */
int reading_end(const struct reading *from, struct err *err);

/* A file that somebody sent may hold texts that no door has cleaned: every text below `root` becomes clean
 * (base/text.h), those that are clean stay as they are. Texts of the keys in `lines` (NULL-ended) may have several
 * lines. */
void reading_clean(json_t *root, const char *const *lines);

#endif
