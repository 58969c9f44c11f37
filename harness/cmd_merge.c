/* SPDX-License-Identifier: MIT
 *
 * imconform merge JOURNAL… --journal OUT: one journal of many. Its status tells whether they were joined; what they say
 * is the business of `report`. */
#include "harness/commands.h"
#include "reports/journal.h"

#include <stdio.h>

int cmd_merge(const struct options *options)
{
	struct err err;

	if (!options->journal) {
		fputs("imconform merge: --journal PATH is missing: where the joined journal goes\n", stderr);
		return EXIT_USAGE;
	}
	if (journal_merge(options->operands.items, options->operands.count, options->journal, &err) == 0)
		return EXIT_PASSED;
	fprintf(stderr, "imconform merge: %s\n", err.text);
	return exit_of(&err);
}
