/* SPDX-License-Identifier: MIT
 *
 * --help and the doctor's list, from the table of options. Manual pages: options_man.c. */
#include "harness/options_table.h"

#include <inttypes.h>

enum { HELP_COLUMN = 26, HELP_WIDTH = 80 };

/* Appends words, broken before HELP_WIDTH; the text stands at `column` now. UTF-8 continuations take no room. */
static void put_wrapped(struct buf *to, const char *text, size_t indent, size_t column)
{
	size_t len, width, i;

	while (*text) {
		len = strcspn(text, " ");
		for (i = 0, width = 0; i < len; i++)
			width += ((unsigned char)text[i] & 0xc0) != 0x80;
		if (column > indent && column + 1 + width > HELP_WIDTH) {
			buf_printf(to, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			buf_putc(to, ' ');
			column++;
		}
		buf_add(to, (struct slice){text, len});
		column += width;
		text += len + strspn(text + len, " ");
	}
	buf_putc(to, '\n');
}

static void put_option(const struct option *option, struct buf *to)
{
	size_t from = to->len, column;
	struct buf text = {0};

	if (option->letter)
		buf_printf(to, "  -%c, %s", option->letter, option->name);
	else
		buf_printf(to, "      %s", option->name);
	if (option->argument)
		buf_printf(to, " %s", option->argument);
	column = to->len - from;
	if (column + 2 > HELP_COLUMN) {
		buf_putc(to, '\n');
		column = 0;
	}
	buf_printf(to, "%*s", (int)(HELP_COLUMN - column), "");
	buf_puts(&text, option->help);
	if (*option->fallback)
		buf_printf(&text, " [%s]", option->fallback);
	put_wrapped(to, text.p, HELP_COLUMN, HELP_COLUMN);
	buf_done(&text);
}

static void put_verbs(struct buf *to)
{
	int verb;

	buf_puts(to, "\nVerbs:\n");
	for (verb = VERB_NONE + 1; verb < VERB_COUNT; verb++) {
		buf_printf(to, "  %-9s ", verb_table[verb].name);
		put_wrapped(to, verb_table[verb].summary, 12, 12);
	}
	buf_puts(to, "\nimconform VERB --help tells the options of a verb.\n");
}

static void put_examples(const struct verb_example *example, struct buf *to)
{
	buf_puts(to, "\nExamples:\n");
	for (; example->command; example++) {
		buf_printf(to, "  %s\n      ", example->command);
		put_wrapped(to, example->what, 6, 6);
	}
}

void options_help(enum verb verb, struct buf *to)
{
	const struct verb_row *row = &verb_table[verb];
	const struct option *option;

	if (verb == VERB_NONE)
		buf_printf(to, "imconform: %s\n\nUsage: imconform VERB [OPTION…]\n", row->summary);
	else
		buf_printf(to, "imconform %s: %s\n\nUsage: imconform %s [OPTION…]%s%s\n", row->name, row->summary,
			   row->name, *row->operands ? " " : "", row->operands);
	if (verb == VERB_NONE)
		put_verbs(to);
	buf_puts(to, "\nOptions:\n");
	for (option = option_table; option->name; option++)
		if (option->verbs & 1u << verb)
			put_option(option, to);
	put_examples(verb_about_table[verb].examples, to);
	buf_puts(to, "\nA flag goes before the environment (IMCONFORM_ and the option's name; commas\n"
		     "between several values), that before the IXIT file, that before the default.\n"
		     "Exit status: 0 passed, 1 failed, 2 usage or configuration, 3 inconclusive or\n"
		     "nothing judged, 4 the harness itself, 130 and 143 interrupted.\n");
}

static void put_list(const struct option *option, const struct option_list *list, struct buf *to)
{
	const char *equal;
	size_t i;

	for (i = 0; i < list->count; i++) {
		equal = option->secret ? strchr(list->items[i], '=') : NULL;
		if (i)
			buf_putc(to, ' ');
		if (option->secret)
			buf_printf(to, "%.*s***", equal ? (int)(equal - list->items[i]) + 1 : 0, list->items[i]);
		else
			buf_puts(to, list->items[i]);
	}
}

static void put_value(const struct options *options, const struct option *option, struct buf *to)
{
	const void *at = (const char *)options + option->offset;
	const struct option_shard *shard = at;

	switch (option->kind) {
	case OPTION_FLAG:
		buf_puts(to, *(const bool *)at ? "yes" : "no");
		return;
	case OPTION_TEXT:
	case OPTION_CHOICE:
		buf_puts(to, *(const char *const *)at);
		return;
	case OPTION_NUMBER:
		buf_printf(to, "%" PRIu64, *(const uint64_t *)at);
		return;
	case OPTION_PART:
		buf_printf(to, "%u/%u", shard->index, shard->count);
		return;
	case OPTION_LIST:
		put_list(option, at, to);
		return;
	}
}

void options_explain(const struct options *options, struct buf *to)
{
	const struct option *option;
	enum origin origin;

	for (option = option_table; option->name; option++) {
		struct buf value = {0};

		if (!(option->verbs & 1u << options->verb) || !option->environment || option->id <= OPTION_OF_IXIT_LAST)
			continue;
		origin = options->origin[option->id];
		if (origin == ORIGIN_DEFAULT)
			buf_puts(&value, option->fallback);
		else
			put_value(options, option, &value);
		buf_printf(to, "  %-24s %-34.*s %s\n", option->name + 2, SLICE_F(buf_slice(&value)),
			   origin_name(origin));
		buf_done(&value);
	}
}
