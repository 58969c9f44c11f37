/* SPDX-License-Identifier: MIT
 *
 * What can stand next on a command line. That shells show it is tested in tests/ci/test_completions.py. */
#include "harness/complete.h"

#include "harness/options_table.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static char *nothing(const char *name)
{
	return NULL;
}

/* The answer to words; to be freed. */
static char *answer(const char *const *words)
{
	struct buf text = {0};
	int count = 0;

	while (words[count])
		count++;
	complete(count, (char *const *)words, nothing, &text);
	return buf_take(&text);
}

#define ANSWER(...) answer((const char *const[]){__VA_ARGS__, NULL})

static void is(char *text, const char *expected)
{
	cr_expect_str_eq(text, expected);
	free(text);
}

static void has(char *text, const char *line, bool expected)
{
	cr_expect_eq(strstr(text, line) != NULL, expected, "%s in:\n%s", line, text);
	free(text);
}

Test(harness_complete, verbs)
{
	is(ANSWER("pro"), "prove\tproves that every check can fail, and for its reason\n");
	is(ANSWER("help", "mer"), "merge\tjoins the journals of shards\n");
	has(ANSWER(""), "help\t", true);
	is(ANSWER("nonsense", ""), "");
	complete(0, NULL, nothing, NULL);
}

Test(harness_complete, options_and_operands)
{
	is(ANSWER("run", "--str"), "--strict\twarnings fail, too: SHOULDs, and readings that are contested\n");
	has(ANSWER("list", ""), "--only\t", true);
	is(ANSWER("audit", ""), ":files\t\n");
	is(ANSWER("audit", "--", "--on"), ":files\t\n");
	is(ANSWER("explain", "5.2.4-6"), "5.2.4-6\tSHALL set Event to 'poc-settings'\n");
	has(ANSWER("explain", "5.3-no"), "5.3-no-push\tSHALL NOT push deferred messages", true);
	has(ANSWER("explain", "tag-"), "tag-another\t", true);
}

Test(harness_complete, values)
{
	is(ANSWER("serve", "--role", "co"), "core\twhich reference implementation to start: server, core or client\n");
	is(ANSWER("run", "--ixit=a"), ":files\t--ixit=\n");
	is(ANSWER("run", "-ojson:a"), ":files\t-ojson:\n");
	is(ANSWER("run", "-o", "json:"), "json:-\tstandard output\n:files\tjson:\n");
	is(ANSWER("run", "-o", "s"), "sctr:\tformat of the report\n");
	is(ANSWER("list", "-o", "s"), "");
	is(ANSWER("run", "--scenarios", ""), ":folders\t\n");
	is(ANSWER("run", "--seed", ""), "");
	is(ANSWER("audit", "--password", "alice"), "");
	is(ANSWER("audit", "--password", "alice=a"), ":files\talice=\n");
	is(ANSWER("run", "--host", "im.example=1"), "");
	is(ANSWER("run", "--tls-name", ""), "");
	is(ANSWER("serve", "--fault", "tag-ig"), "tag-ignored\tdoes not look for the feature tag\n");
	is(ANSWER("serve", "--role", "core", "--fault", ""), "");
	has(ANSWER("audit", "-i", ""), "lo\tinterface\n", true);
}

/* A run is for one role; an audit is for both. */
Test(harness_complete, names_of_the_role)
{
	has(ANSWER("run", "--only", "5.2.4"), "5.2.4-1\t", false);
	has(ANSWER("run", "--iut", "client", "--only", "5.2.4"), "5.2.4-1\t", true);
	has(ANSWER("audit", "--only", "5.2.4"), "5.2.4-1\t", true);
	has(ANSWER("run", "--skip", "tag-"), "tag-another\t", true);
	has(ANSWER("serve", "--fault", "tag-"), "tag-ignored\t", true);
	has(ANSWER("serve", "--role", "client", "--fault", ""), "tag-ignored\t", false);
	has(ANSWER("run", "--scenarios", "/nonexistent", "--only", ""), "\t", false);
}

/* By construction: each option of the table is offered to its verbs, each choice to its option. */
Test(harness_complete, the_whole_table)
{
	const struct option *option;
	char line[128];
	int verb, i;

	for (verb = VERB_NONE + 1; verb < VERB_COUNT; verb++) {
		for (option = option_table; option->name; option++) {
			snprintf(line, sizeof(line), "%s\t", option->name);
			if (option->verbs & 1u << verb)
				has(ANSWER(verb_name((enum verb)verb), "--"), line, true);
			for (i = 0; option->verbs & 1u << verb && option->choices && option->choices[i]; i++) {
				snprintf(line, sizeof(line), "%s\t", option->choices[i]);
				has(ANSWER(verb_name((enum verb)verb), option->name, ""), line, true);
			}
		}
	}
}
