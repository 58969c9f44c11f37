/* SPDX-License-Identifier: MIT
 *
 * The one table of options and the one of verbs, between parsing and help. */
#ifndef HARNESS_OPTIONS_TABLE_H
#define HARNESS_OPTIONS_TABLE_H

#include "harness/options.h"

enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_TEXT,   /* const char * */
	OPTION_CHOICE, /* const char *: one of `choices` */
	OPTION_NUMBER, /* uint64_t, in min..max */
	OPTION_PART,   /* struct option_shard: I/N */
	OPTION_LIST,   /* struct option_list: given several times; in the environment with commas between */
};

struct option {
	enum option_id id;
	const char *name; /* "--target" */
	char letter;      /* 'o': also "-o"; 0: none */
	enum option_kind kind;
	size_t offset;              /* in struct options */
	const char *argument;       /* "URI", for help; NULL: takes none */
	const char *const *choices; /* NULL-ended */
	uint64_t min, max;
	uint32_t verbs;          /* bits: 1 << enum verb */
	const char *environment; /* "IMCONFORM_TARGET"; NULL: none */
	const char *fallback;    /* the default, for help; "" where there is none to tell */
	bool secret;
	const char *help; /* one sentence without a full stop */
};

extern const struct option option_table[]; /* name NULL at the end */

struct verb_row {
	const char *name, *operands, *summary;
	unsigned operands_min, operands_max;
};
extern const struct verb_row verb_table[VERB_COUNT]; /* [VERB_NONE] is the program itself */

enum { VERB_EXAMPLES_MAX = 8 };

struct verb_about {
	const char *text; /* sentences */
	struct verb_example {
		const char *command, *what;
	} examples[VERB_EXAMPLES_MAX]; /* command NULL at the end */
};
extern const struct verb_about verb_about_table[VERB_COUNT];

/* The option of this id as the verb has it; NULL where it has none. */
const struct option *option_of(enum verb verb, enum option_id id);
/* The option that the verb calls so: "--target" or "-t"; NULL where there is none. */
const struct option *option_named(enum verb verb, struct slice name);

#endif
