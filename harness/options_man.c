/* SPDX-License-Identifier: MIT
 *
 * Manual pages, from the table of options. */
#include "harness/options_table.h"

#include "harness/build_facts.h"

#include <ctype.h>

enum { LINE_WIDTH = 72 };

/* One word of text for roff, which takes a backslash and '-' for itself. */
static void put_word(struct buf *to, struct slice word)
{
	static const char ellipsis[] = "…";
	size_t i;

	for (i = 0; i < word.len; i++) {
		if (word.len - i >= sizeof(ellipsis) - 1 && !memcmp(word.p + i, ellipsis, sizeof(ellipsis) - 1)) {
			buf_puts(to, "...");
			i += sizeof(ellipsis) - 2;
			continue;
		}
		if (word.p[i] == '\\')
			buf_puts(to, "\\e");
		else
			buf_printf(to, "%s%c", word.p[i] == '-' ? "\\" : "", word.p[i]);
	}
}

/* Text as lines: roff fills paragraphs itself. It takes '.' or ''' at the begin of a line for itself, too. */
static void put_text(struct buf *to, const char *text)
{
	size_t len, column = 0;

	while (*text) {
		len = strcspn(text, " ");
		if (column && column + 1 + len > LINE_WIDTH) {
			buf_putc(to, '\n');
			column = 0;
		} else if (column) {
			buf_putc(to, ' ');
			column++;
		}
		if (!column && (*text == '.' || *text == '\''))
			buf_puts(to, "\\&");
		put_word(to, (struct slice){text, len});
		column += len;
		text += len + strspn(text + len, " ");
	}
}

static void put_sentence(struct buf *to, const char *text)
{
	put_text(to, text);
	buf_puts(to, ".\n");
}

/* "imconform-run(1)"; what follows is set upright. */
static void put_page(struct buf *to, const char *name)
{
	buf_puts(to, ".BR imconform");
	if (*name)
		buf_printf(to, "\\-%s", name);
	buf_puts(to, " (1)");
}

static void put_option(const struct option *option, struct buf *to)
{
	buf_puts(to, ".TP\n\\fB");
	if (option->letter)
		buf_printf(to, "\\-%c\\fR, \\fB", option->letter);
	put_word(to, slice_of(option->name));
	buf_puts(to, "\\fR");
	if (option->argument) {
		buf_puts(to, " \\fI");
		put_word(to, slice_of(option->argument));
		buf_puts(to, "\\fR");
	}
	buf_putc(to, '\n');
	put_sentence(to, option->help);
	if (*option->fallback) {
		buf_puts(to, "Default:\n");
		put_sentence(to, option->fallback);
	}
	if (option->environment)
		buf_printf(to, "Environment:\n.BR %s .\n", option->environment);
}

/* " FILE..." */
static void put_operands(int verb, struct buf *to)
{
	if (!*verb_table[verb].operands)
		return;
	buf_puts(to, " \\fI");
	put_word(to, slice_of(verb_table[verb].operands));
	buf_puts(to, "\\fR");
}

static void put_verbs(struct buf *to)
{
	int verb;

	buf_puts(to, ".SH VERBS\n");
	for (verb = VERB_NONE + 1; verb < VERB_COUNT; verb++) {
		buf_printf(to, ".TP\n\\fB%s\\fR", verb_table[verb].name);
		put_operands(verb, to);
		buf_putc(to, '\n');
		put_sentence(to, verb_table[verb].summary);
		buf_puts(to, "See\n");
		put_page(to, verb_table[verb].name);
		buf_puts(to, " .\n");
	}
}

static void put_environment(struct buf *to)
{
	buf_puts(to, ".SH ENVIRONMENT\n");
	put_sentence(to,
		     "Most options can stand in the environment, under the name that is told with each; values of an "
		     "option that may be repeated are separated by commas. A flag goes before the environment, that "
		     "before the IXIT file, that before the default");
}

static void put_status(struct buf *to)
{
	static const char *const rows[][2] = {
		{"0", "all that applied passed, and something did"},
		{"1", "something failed"},
		{"2", "usage or configuration"},
		{"3", "nothing failed, but something is inconclusive, or nothing was judged"},
		{"4", "the harness itself failed"},
		{"130, 143", "interrupted, after the partial report"}};
	size_t i;

	buf_puts(to, ".SH EXIT STATUS\n");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		buf_printf(to, ".TP\n%s\n%s.\n", rows[i][0], rows[i][1]);
}

static void put_examples(const struct verb_example *example, struct buf *to)
{
	buf_puts(to, ".SH EXAMPLES\n");
	for (; example->command; example++) {
		buf_puts(to, ".TP\n\\fB");
		put_word(to, slice_of(example->command));
		buf_puts(to, "\\fR\n");
		put_sentence(to, example->what);
	}
}

static void put_see_also(enum verb own, struct buf *to)
{
	int verb;

	buf_puts(to, ".SH SEE ALSO\n");
	for (verb = VERB_NONE; verb < VERB_COUNT; verb++) {
		if (verb == (int)own)
			continue;
		put_page(to, verb == VERB_NONE ? "" : verb_table[verb].name);
		buf_puts(to, verb == VERB_COUNT - 1 - (own == VERB_COUNT - 1) ? "\n" : " ,\n");
	}
}

static void put_title(enum verb verb, struct buf *to)
{
	const char *c;

	buf_puts(to, ".TH IMCONFORM");
	if (verb != VERB_NONE)
		buf_puts(to, "\\-");
	for (c = verb == VERB_NONE ? "" : verb_table[verb].name; *c; c++)
		buf_putc(to, (char)toupper((unsigned char)*c));
	buf_puts(to, " 1 " IMCONFORM_DATE " \"imconform " IMCONFORM_VERSION "\" \"User Commands\"\n.nh\n");
}

static void put_synopsis(enum verb verb, struct buf *to)
{
	buf_puts(to, ".SH SYNOPSIS\n\\fBimconform");
	if (verb == VERB_NONE) {
		buf_puts(to, "\\fR \\fIVERB\\fR [\\fIOPTION\\fR]...\n");
		return;
	}
	buf_printf(to, " %s\\fR [\\fIOPTION\\fR]...", verb_table[verb].name);
	put_operands(verb, to);
	buf_putc(to, '\n');
}

void options_man(enum verb verb, struct buf *to)
{
	const struct option *option;

	put_title(verb, to);
	buf_puts(to, ".SH NAME\nimconform");
	if (verb != VERB_NONE)
		buf_printf(to, "\\-%s", verb_table[verb].name);
	buf_puts(to, " \\- ");
	put_text(to, verb_table[verb].summary);
	buf_putc(to, '\n');
	put_synopsis(verb, to);
	buf_puts(to, ".SH DESCRIPTION\n");
	put_text(to, verb_about_table[verb].text);
	buf_putc(to, '\n');
	if (verb == VERB_NONE)
		put_verbs(to);
	buf_puts(to, ".SH OPTIONS\n");
	for (option = option_table; option->name; option++)
		if (option->verbs & 1u << verb)
			put_option(option, to);
	put_environment(to);
	put_status(to);
	put_examples(verb_about_table[verb].examples, to);
	put_see_also(verb, to);
}
