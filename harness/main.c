/* SPDX-License-Identifier: MIT
 *
 * imconform: conformance tests of OMA SIMPLE IM's deferred-message push. Verbs are dispatched here; each has its own
 * cmd_<verb>.c. */
#include "harness/commands.h"

#include "harness/build_facts.h"
#include "harness/complete.h"

#include <stdio.h>
#include <stdlib.h>

static int (*const commands[VERB_COUNT])(const struct options *options) = {
	[VERB_RUN] = cmd_run,       [VERB_AUDIT] = cmd_audit,   [VERB_LIST] = cmd_list,   [VERB_EXPLAIN] = cmd_explain,
	[VERB_SERVE] = cmd_serve,   [VERB_REPORT] = cmd_report, [VERB_MERGE] = cmd_merge, [VERB_SHOW] = cmd_show,
	[VERB_DOCTOR] = cmd_doctor, [VERB_PROVE] = cmd_prove,
};

static int put_text(void (*fill)(enum verb verb, struct buf *to), enum verb verb)
{
	struct buf text = {0};
	int result;

	fill(verb, &text);
	fputs(text.p, stdout);
	buf_done(&text);
	result = fflush(stdout);
	return result ? EXIT_HARNESS : EXIT_PASSED;
}

static void fill_version(enum verb verb, struct buf *to)
{
	buf_puts(to, "imconform " IMCONFORM_VERSION "\n");
}

static int dispatch(const struct options *options)
{
	if (options->help)
		return put_text(options_help, options->verb);
	if (options->man)
		return put_text(options_man, options->verb);
	if (options->version)
		return put_text(fill_version, options->verb);
	if (commands[options->verb])
		return commands[options->verb](options);
	fprintf(stderr, "imconform: '%s' is not part of this program\n", verb_name(options->verb));
	return EXIT_USAGE;
}

/* imconform --complete WORDS…, which the shells' scripts call. */
static int put_completions(int count, char **words)
{
	struct buf text = {0};

	complete(count, words, getenv, &text);
	fwrite(text.p, 1, text.len, stdout);
	buf_done(&text);
	return fflush(stdout) ? EXIT_HARNESS : EXIT_PASSED;
}

int main(int argc, char **argv)
{
	struct options options;
	struct err err;
	int status = EXIT_USAGE;

	if (argc > 2 && !strcmp(argv[1], "--complete"))
		return put_completions(argc - 2, argv + 2);
	if (options_parse(&options, argc, argv, getenv, &err))
		fprintf(stderr, "imconform: %s\n", err.text);
	else
		status = dispatch(&options);
	options_done(&options);
	return status;
}
