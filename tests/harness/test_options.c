/* SPDX-License-Identifier: MIT
 *
 * The command line: values, their origin, and the text of every error. */
#include "harness/options_table.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { WORDS_MAX = 24 };

static const char *const *environment; /* name, value, …, NULL */

static char *get(const char *name)
{
	const char *const *pair;

	for (pair = environment; pair && *pair; pair += 2)
		if (!strcmp(pair[0], name))
			return (char *)pair[1];
	return NULL;
}

/* Splits at blanks, in place. */
static int parse(struct options *options, char *line, struct err *err)
{
	char program[] = "imconform", *argv[WORDS_MAX] = {program}, *word;
	int argc = 1;

	for (word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return options_parse(options, argc, argv, get, err);
}

static void fails(const char *text, const char *expected)
{
	struct options options;
	char line[256];
	struct err err;

	snprintf(line, sizeof(line), "%s", text);
	cr_expect_eq(parse(&options, line, &err), -EINVAL, "taken: %s", text);
	cr_expect_str_eq(err.text, expected);
	options_done(&options);
}

Test(harness_options, values_and_origins)
{
	char line[] = "run --target sip:127.0.0.1:5070;transport=tcp --iut=client --only 5.3 --only=6.1* -o json:a "
		      "-otap:- --seed 7 "
		      "--jobs 3 --shard 2/4 --strict -q --ixit - --color never";
	struct options options;
	struct err err;

	environment = NULL;
	cr_assert_eq(parse(&options, line, &err), 0, "%s", err.text);
	cr_expect_eq(options.verb, VERB_RUN);
	cr_expect_str_eq(options.target, "sip:127.0.0.1:5070;transport=tcp");
	cr_expect_str_eq(options.iut, "client");
	cr_assert_eq(options.only.count, 2);
	cr_expect_str_eq(options.only.items[1], "6.1*");
	cr_assert_eq(options.output.count, 2);
	cr_expect_str_eq(options.output.items[1], "tap:-");
	cr_expect_eq(options.seed, 7);
	cr_expect_eq(options.jobs, 3);
	cr_expect_eq(options.shard.index, 2);
	cr_expect_eq(options.shard.count, 4);
	cr_expect(options.strict && options.quiet);
	cr_expect_str_eq(options.ixit, "-");
	cr_expect_str_eq(options.color, "never");
	cr_expect_eq(options.origin[OPTION_SEED], ORIGIN_FLAG);
	cr_expect_eq(options.origin[OPTION_ICS], ORIGIN_DEFAULT);
	options_done(&options);
}

Test(harness_options, defaults)
{
	char line[] = "audit a.pcap - -- -b.pcap";
	struct options options;
	struct err err;

	environment = NULL;
	cr_assert_eq(parse(&options, line, &err), 0, "%s", err.text);
	cr_assert_eq(options.operands.count, 3);
	cr_expect_str_eq(options.operands.items[1], "-");
	cr_expect_str_eq(options.operands.items[2], "-b.pcap");
	cr_expect_str_eq(options.iut, "server");
	cr_expect_str_eq(options.role, "server");
	cr_expect_str_eq(options.color, "auto");
	cr_expect_eq(options.seed, 1);
	cr_expect_eq(options.jobs, 0);
	cr_expect_eq(options.shard.count, 1);
	cr_expect_null(options.target);
	options_done(&options);
}

Test(harness_options, environment)
{
	static const char *const pairs[] = {"IMCONFORM_SEED",
					    "9",
					    "IMCONFORM_STRICT",
					    "no",
					    "IMCONFORM_QUIET",
					    "1",
					    "IMCONFORM_SKIP",
					    "a,b c,d",
					    "IMCONFORM_ONLY",
					    "x",
					    "IMCONFORM_ICS",
					    "",
					    "NO_COLOR",
					    "1",
					    NULL};
	char line[] = "run --only y";
	struct options options;
	struct err err;

	environment = pairs;
	cr_assert_eq(parse(&options, line, &err), 0, "%s", err.text);
	cr_expect_eq(options.seed, 9);
	cr_expect_eq(options.origin[OPTION_SEED], ORIGIN_ENVIRONMENT);
	cr_expect_not(options.strict);
	cr_expect(options.quiet);
	cr_assert_eq(options.skip.count, 3);
	cr_expect_str_eq(options.skip.items[1], "b c");
	cr_assert_eq(options.only.count, 1, "a flag replaces the environment's list");
	cr_expect_str_eq(options.only.items[0], "y");
	cr_expect_null(options.ics, "empty is as good as unset");
	cr_expect_str_eq(options.color, "never");
	options_done(&options);
}

Test(harness_options, errors)
{
	environment = NULL;
	fails("", "no verb, expected one of run, audit, list, explain, prove, serve, report, merge, show, doctor; see "
		  "imconform --help");
	fails("rnu", "unknown verb 'rnu' (did you mean 'run'?), see imconform --help");
	fails("frobnicate", "unknown verb 'frobnicate', see imconform --help");
	fails("help rnu", "unknown verb 'rnu' (did you mean 'run'?), see imconform --help");
	fails("--verson", "unknown option '--verson' (did you mean '--version'?), see imconform --help");
	fails("run --sed 1", "unknown option '--sed' (did you mean '--seed'?), see imconform run --help");
	fails("run -z", "unknown option '-z', see imconform run --help");
	fails("run --fault x", "--fault is no option of 'run', see imconform run --help");
	fails("run --target", "--target needs an argument: URI");
	fails("run --strict=1", "--strict takes no argument, but got '1'");
	fails("run --seed x", "--seed: 'x', expected a number from 0 to 18446744073709551615");
	fails("run --seed -1", "--seed: '-1', expected a number from 0 to 18446744073709551615");
	fails("run --seed=", "--seed: empty, expected N");
	fails("run --jobs 0", "--jobs: '0', expected a number from 1 to 10000");
	fails("run --jobs 10001", "--jobs: '10001', expected a number from 1 to 10000");
	fails("run --shard 3/2", "--shard: '3/2', expected I/N with 1 <= I <= N, such as 1/4");
	fails("run --shard 0/2", "--shard: '0/2', expected I/N with 1 <= I <= N, such as 1/4");
	fails("run --shard 2", "--shard: '2', expected I/N with 1 <= I <= N, such as 1/4");
	fails("run --iut sever", "--iut: 'sever', expected one of server, client (did you mean 'server'?)");
	fails("run --color \x1b", "--color: '\\x1b', expected one of auto, always, never");
	fails("run x", "run takes no arguments, but got 'x', see imconform run --help");
	fails("show", "show needs FILE, see imconform show --help");
	fails("show a b", "show takes one argument, but got 'b', see imconform show --help");
	fails("audit", "audit needs FILE… or -i IFACE, see imconform audit --help");
}

Test(harness_options, environment_errors)
{
	static const char *const pairs[] = {"IMCONFORM_SEED", "many", NULL},
				 *const flag[] = {"IMCONFORM_STRICT", "maybe", NULL},
				 *const list[] = {"IMCONFORM_ONLY", "a,,b", NULL};

	environment = pairs;
	fails("run", "IMCONFORM_SEED: 'many', expected a number from 0 to 18446744073709551615");
	environment = flag;
	fails("run", "IMCONFORM_STRICT: 'maybe', expected 1 or 0");
	environment = list;
	fails("run", "IMCONFORM_ONLY: empty, expected PATTERN");
}

/* --help and --man tell every option of a verb; the lines fit a terminal. */
Test(harness_options, help_and_man)
{
	const struct option *option;
	struct buf help = {0}, man = {0};
	const char *line, *end;
	size_t columns;
	int verb;

	for (verb = VERB_NONE; verb < VERB_COUNT; verb++) {
		buf_clear(&help);
		buf_clear(&man);
		options_help((enum verb)verb, &help);
		options_man((enum verb)verb, &man);
		for (option = option_table; option->name; option++) {
			if (!(option->verbs & 1u << verb))
				continue;
			cr_expect(strstr(help.p, option->name), "%s in help", option->name);
			cr_expect(!option->environment || strstr(man.p, option->environment), "%s in man",
				  option->environment);
		}
		for (line = help.p; *line; line = end + 1) {
			end = strchr(line, '\n');
			for (columns = 0; line < end; line++)
				columns += ((unsigned char)*line & 0xc0) != 0x80;
			cr_expect_leq(columns, 80, "%s", verb_name((enum verb)verb));
		}
	}
	cr_expect_eq(strstr(man.p, ".TH IMCONFORM\\-DOCTOR 1 20"), man.p, "%.60s", man.p);
	cr_expect(strstr(man.p, "\n.SH NAME\nimconform\\-doctor \\- checks libraries"));
	buf_done(&help);
	buf_done(&man);
}

/* Each verb says what it does, with commands that can be typed so. */
Test(harness_options, examples)
{
	const struct verb_example *example;
	struct options options;
	char line[256];
	const char *at;
	struct err err;
	int verb;

	environment = NULL;
	for (verb = VERB_NONE; verb < VERB_COUNT; verb++) {
		cr_assert(verb_about_table[verb].text && verb_about_table[verb].examples[0].command);
		for (example = verb_about_table[verb].examples; example->command; example++) {
			cr_expect(*example->what);
			at = strstr(example->command, "imconform ");
			cr_assert(at, "%s", example->command);
			snprintf(line, sizeof(line), "%s", at + strlen("imconform "));
			cr_expect_eq(parse(&options, line, &err), 0, "%s: %s", example->command, err.text);
			cr_expect(verb == VERB_NONE || options.verb == (enum verb)verb);
			options_done(&options);
		}
	}
}

/* No letter and no name means two things in one verb. */
Test(harness_options, the_table_is_sound)
{
	const struct option *a, *b;

	for (a = option_table; a->name; a++) {
		cr_expect(a->verbs && a->help && a->fallback, "%s", a->name);
		cr_expect_eq(a->kind == OPTION_FLAG, !a->argument, "%s", a->name);
		for (b = a + 1; b->name; b++)
			cr_expect(!(a->verbs & b->verbs) ||
					  (strcmp(a->name, b->name) && (!a->letter || a->letter != b->letter)),
				  "%s %s", a->name, b->name);
	}
}

Test(harness_options, explained_without_secrets)
{
	char doctor[] = "doctor --seed 3 --only 5.3 --only 6.1 --strict",
	     audit[] = "audit --password alice=secret.pw x";
	struct options options;
	struct buf text = {0};
	struct err err;

	environment = NULL;
	cr_assert_eq(parse(&options, doctor, &err), 0);
	options_explain(&options, &text);
	cr_expect(strstr(text.p, "  seed                     3                                  flag\n"));
	cr_expect(strstr(text.p, "  only                     5.3 6.1                            flag\n"));
	cr_expect(strstr(text.p, "  strict                   yes                                flag\n"));
	cr_expect_not(strstr(text.p, "target"));
	cr_expect(strstr(text.p, "  ixit                     none                               default\n"));
	options_done(&options);
	buf_clear(&text);
	cr_assert_eq(parse(&options, audit, &err), 0);
	options_explain(&options, &text);
	cr_expect(strstr(text.p, "  password                 alice=***                          flag\n"), "%s", text.p);
	cr_expect_not(strstr(text.p, "secret"));
	options_done(&options);
	buf_done(&text);
}
