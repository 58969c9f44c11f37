/* SPDX-License-Identifier: MIT
 *
 * imconform: conformance tests of OMA SIMPLE IM's deferred-message push. Verbs are dispatched here; each has its own
 * cmd_<verb>.c. */
#include "harness/commands.h"

#include "base/hash.h"
#include "harness/build_facts.h"
#include "harness/complete.h"
#include "reports/words.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

static int (*const commands[VERB_COUNT])(const struct options *options) = {
	[VERB_RUN] = cmd_run,       [VERB_AUDIT] = cmd_audit,   [VERB_LIST] = cmd_list,   [VERB_EXPLAIN] = cmd_explain,
	[VERB_SERVE] = cmd_serve,   [VERB_REPORT] = cmd_report, [VERB_MERGE] = cmd_merge, [VERB_SHOW] = cmd_show,
	[VERB_DOCTOR] = cmd_doctor, [VERB_PROVE] = cmd_prove,
};

static int put_text(void (*fill)(enum verb verb, struct buf *to), enum verb verb)
{
	struct buf text = {0};

	fill(verb, &text);
	words_flush(&text, stdout);
	buf_done(&text);
	return EXIT_PASSED;
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
	return commands[options->verb](options);
}

/* imconform --complete WORDS…, which the shells' scripts call. */
static int put_completions(int count, char **words)
{
	struct buf text = {0};

	complete(count, words, getenv, &text);
	words_flush(&text, stdout);
	buf_done(&text);
	return EXIT_PASSED;
}

/* No file of ours takes the place of a standard stream that is closed; to write there goes on to fail. */
static void keep_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
}

/* Where there is no entropy the tables are as they would be without a secret: slow at worst. */
static void seed_tables(void)
{
	uint64_t secret[HASH_SECRETS];

	if (getrandom(secret, sizeof(secret), GRND_NONBLOCK) == sizeof(secret))
		hash_seed(secret);
}

/* What was shown has to arrive; whoever reads no further has read enough. */
static int end_output(int status)
{
	struct err err;

	if (words_end(stdout, &err) == 0 || status == EXIT_HARNESS)
		return status;
	fprintf(stderr, "imconform: standard output: %s\n", err.text);
	return EXIT_HARNESS;
}

int main(int argc, char **argv)
{
	struct options options;
	struct err err;
	int status = EXIT_USAGE;

	keep_streams();
	seed_tables();
	signal(SIGPIPE, SIG_IGN); /* a report that nobody reads is no reason not to write the others */
	signal(SIGXFSZ, SIG_IGN); /* nor is one that grows beyond ulimit -f */
	if (argc > 2 && !strcmp(argv[1], "--complete"))
		return end_output(put_completions(argc - 2, argv + 2));
	if (options_parse(&options, argc, argv, getenv, &err))
		fprintf(stderr, "imconform: %s\n", err.text);
	else
		status = dispatch(&options);
	options_done(&options);
	return end_output(status);
}
