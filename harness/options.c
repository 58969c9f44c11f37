/* SPDX-License-Identifier: MIT */
#include "harness/options_table.h"

#include "base/mem.h"
#include "base/text.h"
#include "script/suggest.h"

#include <inttypes.h>
#include <stdlib.h>

struct parsing {
	struct options *options;
	char *const *args; /* what is left of argv */
	enum origin origin;
	struct err *err;
	char shown[128]; /* text of the user in a message */
};

static const char *shown(struct parsing *parsing, struct slice text)
{
	return text_clean_fixed(parsing->shown, sizeof(parsing->shown), text);
}

const char *verb_name(enum verb verb)
{
	return verb_table[verb].name;
}

const char *origin_name(enum origin origin)
{
	static const char *const names[] = {"default", "file", "environment", "flag"};

	return names[origin];
}

static void list_add(struct option_list *list, const char *item)
{
	MEM_GROW(list->items, list->count, list->cap);
	list->items[list->count++] = item;
}

static int set_number(struct parsing *parsing, const struct option *option, const char *name, const char *text,
		      uint64_t *to)
{
	uint64_t number;

	if (!slice_to_u64(slice_of(text), &number) || number < option->min || number > option->max)
		return err_set(parsing->err, -EINVAL, "%s: '%s', expected a number from %" PRIu64 " to %" PRIu64, name,
			       shown(parsing, slice_of(text)), option->min, option->max);
	*to = number;
	return 0;
}

static int set_part(struct parsing *parsing, const char *name, const char *text, struct option_shard *to)
{
	const char *slash = strchr(text, '/');
	uint64_t index, count;

	if (!slash || !slice_to_u64(slice_range(text, slash), &index) || !slice_to_u64(slice_of(slash + 1), &count) ||
	    !index || index > count || count > 100000)
		return err_set(parsing->err, -EINVAL, "%s: '%s', expected I/N with 1 <= I <= N, such as 1/4", name,
			       shown(parsing, slice_of(text)));
	*to = (struct option_shard){(uint32_t)index, (uint32_t)count};
	return 0;
}

static int set_choice(struct parsing *parsing, const struct option *option, const char *name, const char *text,
		      const char **to)
{
	char suggestion[SUGGEST_TEXT_MAX];
	struct buf known = {0};
	const char *const *choice;
	int result;

	for (choice = option->choices; *choice; choice++) {
		if (!strcmp(*choice, text)) {
			*to = *choice;
			buf_done(&known);
			return 0;
		}
		buf_printf(&known, "%s%s", known.len ? ", " : "", *choice);
	}
	result = err_set(parsing->err, -EINVAL, "%s: '%s', expected one of %s%s", name, shown(parsing, slice_of(text)),
			 known.p, suggest_from(suggestion, slice_of(text), option->choices));
	buf_done(&known);
	return result;
}

static bool truth_of(const char *text, bool *ret)
{
	*ret = !strcmp(text, "1") || !strcmp(text, "yes") || !strcmp(text, "true");
	return *ret || !strcmp(text, "0") || !strcmp(text, "no") || !strcmp(text, "false");
}

/* `name` as the user wrote it; text NULL for a flag on the command line. */
static int set_value(struct parsing *parsing, const struct option *option, const char *name, const char *text)
{
	void *to = (char *)parsing->options + option->offset;

	parsing->options->origin[option->id] = parsing->origin;
	if (text && !*text)
		return err_set(parsing->err, -EINVAL, "%s: empty, expected %s", name,
			       option->argument ? option->argument : "1 or 0");
	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)to = true;
		if (text && !truth_of(text, to))
			return err_set(parsing->err, -EINVAL, "%s: '%s', expected 1 or 0", name,
				       shown(parsing, slice_of(text)));
		return 0;
	case OPTION_TEXT:
		*(const char **)to = text;
		return 0;
	case OPTION_CHOICE:
		return set_choice(parsing, option, name, text, to);
	case OPTION_NUMBER:
		return set_number(parsing, option, name, text, to);
	case OPTION_PART:
		return set_part(parsing, name, text, to);
	case OPTION_LIST:
		list_add(to, text);
		return 0;
	}
	return 0;
}

static int unknown_option(struct parsing *parsing, struct slice name)
{
	char text[SUGGEST_TEXT_MAX];
	const struct option *option, *other = NULL;
	enum verb verb = parsing->options->verb;
	struct suggest suggest;

	suggest_init(&suggest, name);
	for (option = option_table; option->name; option++) {
		if (option->verbs & 1u << verb)
			suggest_offer(&suggest, option->name);
		if (slice_is(name, option->name))
			other = option;
	}
	if (other)
		return err_set(parsing->err, -EINVAL, "%s is no option of '%s', see imconform %s --help", other->name,
			       verb_name(verb), verb_name(verb));
	return err_set(parsing->err, -EINVAL, "unknown option '%s'%s, see imconform%s%s --help", shown(parsing, name),
		       suggest_text(&suggest, text), verb == VERB_NONE ? "" : " ",
		       verb == VERB_NONE ? "" : verb_name(verb));
}

const struct option *option_named(enum verb verb, struct slice name)
{
	const struct option *option;

	for (option = option_table; option->name; option++) {
		if (!(option->verbs & 1u << verb))
			continue;
		if (slice_is(name, option->name) ||
		    (name.len == 2 && name.p[0] == '-' && option->letter && name.p[1] == option->letter))
			return option;
	}
	return NULL;
}

/* One argument that begins with '-': "--name", "--name=value", "-o", "-oVALUE". Moves args behind what it took. */
static int parse_option(struct parsing *parsing)
{
	const char *arg = *parsing->args++, *equal, *value = NULL;
	struct slice name = slice_of(arg);
	const struct option *option;

	if (arg[1] != '-' && name.len > 2) {
		value = arg + 2;
		name.len = 2;
	} else if (arg[1] == '-' && (equal = strchr(arg, '='))) {
		value = equal + 1;
		name.len = (size_t)(equal - arg);
	}
	option = option_named(parsing->options->verb, name);
	if (!option)
		return unknown_option(parsing, name);
	if (!option->argument && value)
		return err_set(parsing->err, -EINVAL, "%s takes no argument, but got '%s'", option->name,
			       shown(parsing, slice_of(value)));
	if (option->argument && !value)
		value = *parsing->args ? *parsing->args++ : NULL;
	if (option->argument && !value)
		return err_set(parsing->err, -EINVAL, "%s needs an argument: %s", option->name, option->argument);
	return set_value(parsing, option, option->name, value);
}

static int parse_args(struct parsing *parsing)
{
	struct options *options = parsing->options;
	bool only_operands = false;
	const char *arg;
	int result = 0;

	while (!result && (arg = *parsing->args)) {
		if (!only_operands && !strcmp(arg, "--")) {
			only_operands = true;
			parsing->args++;
		} else if (!only_operands && arg[0] == '-' && arg[1]) {
			result = parse_option(parsing);
		} else {
			list_add(&options->operands, arg);
			parsing->args++;
		}
	}
	return result;
}

static int set_list(struct parsing *parsing, const struct option *option, const char *text)
{
	char *item, *next, *copy = mem_strdup(text);
	int result = 0;

	list_add(&parsing->options->storage, copy);
	for (item = copy; item && !result; item = next) {
		next = strchr(item, ',');
		if (next)
			*next++ = '\0';
		result = set_value(parsing, option, option->environment, item);
	}
	return result;
}

/* What no flag has set. */
static int parse_environment(struct parsing *parsing, char *(*get)(const char *name))
{
	const struct option *option;
	const char *text;
	int result = 0;

	for (option = option_table; option->name && !result; option++) {
		if (!(option->verbs & 1u << parsing->options->verb) || !option->environment ||
		    parsing->options->origin[option->id] == ORIGIN_FLAG)
			continue;
		text = get(option->environment);
		if (!text || !*text)
			continue;
		if (option->kind == OPTION_LIST)
			result = set_list(parsing, option, text);
		else
			result = set_value(parsing, option, option->environment, text);
	}
	text = get("NO_COLOR");
	if (text && *text && parsing->options->origin[OPTION_COLOR] == ORIGIN_DEFAULT)
		result = result ? result : set_value(parsing, option_of(VERB_NONE, OPTION_COLOR), "NO_COLOR", "never");
	return result;
}

static int parse_verb(struct parsing *parsing)
{
	char text[SUGGEST_TEXT_MAX];
	const char *word = *parsing->args;
	struct suggest suggest;
	int verb;

	if (word && !strcmp(word, "help")) {
		parsing->options->help = true;
		word = *++parsing->args;
	}
	if (!word || word[0] == '-')
		return 0;
	suggest_init(&suggest, slice_of(word));
	for (verb = VERB_NONE + 1; verb < VERB_COUNT; verb++) {
		if (!strcmp(verb_table[verb].name, word)) {
			parsing->options->verb = (enum verb)verb;
			parsing->args++;
			return 0;
		}
		suggest_offer(&suggest, verb_table[verb].name);
	}
	return err_set(parsing->err, -EINVAL, "unknown verb '%s'%s, see imconform --help",
		       shown(parsing, slice_of(word)), suggest_text(&suggest, text));
}

static int no_verb(const struct parsing *parsing)
{
	struct buf verbs = {0};
	int verb, result;

	for (verb = VERB_NONE + 1; verb < VERB_COUNT; verb++)
		buf_printf(&verbs, "%s%s", verb == VERB_NONE + 1 ? "" : ", ", verb_table[verb].name);
	result = err_set(parsing->err, -EINVAL, "no verb, expected one of %s; see imconform --help", verbs.p);
	buf_done(&verbs);
	return result;
}

static int check_operands(struct parsing *parsing)
{
	const struct options *options = parsing->options;
	const struct verb_row *row = &verb_table[options->verb];

	if (options->help || options->version || options->man)
		return 0;
	if (options->verb == VERB_NONE)
		return no_verb(parsing);
	if (options->operands.count > row->operands_max)
		return err_set(parsing->err, -EINVAL, "%s takes %s, but got '%s', see imconform %s --help", row->name,
			       *row->operands ? "one argument" : "no arguments",
			       shown(parsing, slice_of(options->operands.items[row->operands_max])), row->name);
	if (options->operands.count < row->operands_min)
		return err_set(parsing->err, -EINVAL, "%s needs %s, see imconform %s --help", row->name, row->operands,
			       row->name);
	if (options->verb == VERB_AUDIT && !options->operands.count && !options->interface)
		return err_set(parsing->err, -EINVAL, "audit needs FILE… or -i IFACE, see imconform audit --help");
	return 0;
}

int options_parse(struct options *options, int argc, char *const *argv, char *(*get)(const char *name), struct err *err)
{
	struct parsing parsing = {
		.options = options, .args = argc ? argv + 1 : argv, .origin = ORIGIN_FLAG, .err = err};
	int result;

	*options = (struct options){.iut = "server", .role = "server", .color = "auto", .seed = 1, .shard = {1, 1}};
	result = parse_verb(&parsing);
	if (!result)
		result = parse_args(&parsing);
	parsing.origin = ORIGIN_ENVIRONMENT;
	if (!result && get)
		result = parse_environment(&parsing, get);
	return result ? result : check_operands(&parsing);
}

void options_done(struct options *options)
{
	const struct option *option;
	size_t i;

	for (option = option_table; option->name; option++) { /* several rows may fill one list */
		struct option_list *list = (struct option_list *)((char *)options + option->offset);

		if (option->kind != OPTION_LIST)
			continue;
		free(list->items);
		list->items = NULL;
	}
	for (i = 0; i < options->storage.count; i++)
		free((char *)options->storage.items[i]);
	free(options->storage.items);
	free(options->operands.items);
	*options = (struct options){0};
}
