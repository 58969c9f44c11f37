/* SPDX-License-Identifier: MIT
 *
 * The parts of redaction. For redact*.c only. */
#ifndef REPORTS_REDACT_PRIVATE_H
#define REPORTS_REDACT_PRIVATE_H

#include "reports/redact.h"
#include "base/arena.h"
#include "base/map.h"

enum redact_kind {
	REDACT_USER,
	REDACT_PHONE,
	REDACT_HOST,
	REDACT_V4,
	REDACT_V6,
	REDACT_DEVICE, /* of urn:uuid:, gr= */
	REDACT_CALL,
	REDACT_NAME, /* shown before a URI */
	REDACT_TEXT,
	REDACT_VALUE,
	REDACT_SECRET, /* has no number: **** */
	REDACT_KIND_COUNT
};

struct redact_name {
	enum redact_kind kind;
	struct slice text;
	char *pseudonym;           /* NULL until numbers are given */
	struct redact_name *other; /* that begins with the same word */
};

struct redaction {
	struct arena arena;
	struct map names;   /* kind and text -> struct redact_name */
	struct map words;   /* first word -> those that are looked for in any text */
	struct map clauses; /* numbers of the specification look like addresses: 12.2.2.2 */
	struct redact_name **list;
	size_t count, cap;
	unsigned numbers[REDACT_KIND_COUNT];
	bool numbered;
};

/* The pseudonym; "" until numbers are given. An empty text is its own pseudonym. */
const char *redact_name(struct redaction *redaction, enum redact_kind kind, struct slice text);
/* Everything was seen once: from now on names have pseudonyms, none of which is an original. */
void redact_number(struct redaction *redaction);
/* How many bytes at p are a name that was seen elsewhere, and which; 0 and NULL if none. */
size_t redact_find(const struct redaction *redaction, const char *p, const char *end, const struct redact_name **ret);
/* Is it of a name, so that a word goes on here? */
bool redact_is_word(char c);

/* A text being written anew, and what becomes of two places in it. */
struct redact_writer {
	struct redaction *redaction;
	struct buf out;
	const char *text; /* the old one */
	size_t mark[2];   /* in the old one: begin and end of a range; SIZE_MAX: none */
	size_t moved[2];  /* in the new one */
};

void redact_copy(struct redact_writer *w, struct slice s);
/* `s` becomes `word`. */
void redact_put(struct redact_writer *w, struct slice s, const char *word);
void redact_as(struct redact_writer *w, enum redact_kind kind, struct slice s);
/* A user's part of a URI, a host of any form: name, address, address in brackets. */
void redact_user(struct redact_writer *w, struct slice s);
void redact_host(struct redact_writer *w, struct slice s);
/* How many bytes at p are a host; 0: none. */
size_t redact_host_len(const char *p, const char *end);
/* Whatever names somebody in `s`. */
void redact_value(struct redact_writer *w, struct slice s);
/* A message in the form of text_clean_lines. */
void redact_message(struct redact_writer *w, struct slice message);
/* Header fields until an empty line, which is copied; returns what is behind it. `length`: what Content-Length says
 * now; NULL: no such header is changed. */
struct slice redact_headers(struct redact_writer *w, struct slice s, const char *length);
/* The value of the first field of that name before an empty line; SLICE_NONE if none. */
struct slice redact_find_field(struct slice head, const char *name, const char *compact);
void redact_body(struct redact_writer *w, struct slice type, struct slice body);
/* Without blanks at both ends, also those that a clean text has as escapes. */
struct slice redact_trim(struct slice s);
/* Up to and with the next end of line. */
struct slice redact_line(struct slice s);

#endif
