/* SPDX-License-Identifier: MIT
 *
 * JSON as it is written: a stream of keys and values, so that a report of any size needs no tree in memory. For the
 * JSON report and the journal. Texts are UTF-8 already (base/text.h); what is not comes out as U+FFFD. */
#ifndef REPORTS_JSON_WRITE_H
#define REPORTS_JSON_WRITE_H

#include "base/slice.h"

#include <stdio.h>

struct json_writer {
	FILE *to;
	bool lines; /* every key of an object and every object of an array on a line of its own */
	bool comma; /* something precedes at this depth */
	unsigned depth;
};

/* `key` NULL inside an array and at the top. `open` is '{' or '['. */
void json_begin(struct json_writer *json, const char *key, char open);
/* `close` is '}' or ']'. */
void json_end(struct json_writer *json, char close);
void json_text(struct json_writer *json, const char *key, const char *text); /* NULL: null */
void json_number(struct json_writer *json, const char *key, uint64_t number);
void json_bool(struct json_writer *json, const char *key, bool value);
/* ns as seconds with nine decimals. */
void json_seconds(struct json_writer *json, const char *key, uint64_t time);

#endif
