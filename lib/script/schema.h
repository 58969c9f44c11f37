/* SPDX-License-Identifier: MIT
 *
 * Schemas: tables that say what a data file may hold and where it goes in a structure. Unknown keys, wrong types and
 * values out of range are errors at file:line with what was expected. */
#ifndef SCRIPT_SCHEMA_H
#define SCRIPT_SCHEMA_H

#include "script/value.h"

enum schema_type {
	SCHEMA_TEXT,   /* const char *: not empty */
	SCHEMA_NUMBER, /* int64_t, in min..max */
	SCHEMA_FLAG,   /* bool */
	SCHEMA_WORD,   /* an enum (unsigned): the position in `words` */
	SCHEMA_TEXTS,  /* const char *const *, NULL-ended: a list of at most `max` texts */
	SCHEMA_TABLE,  /* the structure of `table`, in place */
	SCHEMA_TABLES, /* pointer to an array of the structures of `table`, at most `max` (0: any number); a size_t at
			* count_offset */
	SCHEMA_ANY,    /* const struct value *: somebody else looks at it */
};

struct schema;
struct schema_field {
	const char *name;
	enum schema_type type;
	size_t offset; /* in the structure */
	bool needed;
	int64_t min, max;
	const char *const *words; /* NULL-ended */
	const struct schema *table;
	size_t count_offset;
};

struct schema {
	size_t size;                       /* of the structure */
	const struct schema_field *fields; /* ends with name NULL */
};

/* Fills what the table names and leaves the rest as it is (zeroed, in TABLES). `file` is for messages. -EINVAL. */
int schema_read(const struct schema *schema, const char *file, const struct value *value, void *to, struct arena *arena,
		struct err *err);

#endif
