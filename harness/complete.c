/* SPDX-License-Identifier: MIT */
#include "harness/complete.h"

#include "harness/client_faults.h"
#include "harness/options_table.h"
#include "harness/scenarios.h"
#include "harness/server_faults.h"
#include "reports/report.h"

#include <net/if.h>

enum kind { FILES, FOLDERS, NOTHING, NAMES, FORMATS, INTERFACES };

struct completion {
	struct options options; /* of the words before the last */
	const char *word;       /* the last */
	size_t before;          /* so much of it stands before the value: "--only=" */
	struct buf *to;
};

static enum kind kind_of(const char *argument)
{
	static const struct {
		const char *argument;
		enum kind kind;
	} kinds[] = {{"DIR", FOLDERS},     {"PATTERN", NAMES},     {"ID…", NAMES},   {"NAME", NOTHING},
		     {"ADDR", NOTHING},    {"HOST:PORT", NOTHING}, {"URI", NOTHING}, {"N", NOTHING},
		     {"I/N", NOTHING},     {"PORT", NOTHING},      {"", NOTHING},    {"FORMAT:PATH", FORMATS},
		     {"IFACE", INTERFACES}};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].argument, argument))
			return kinds[i].kind;
	return FILES;
}

static bool begins(const char *text, const char *begin)
{
	return !strncmp(text, begin, strlen(begin));
}

/* A value, where it goes on from what is written. */
static void offer(struct completion *completion, const char *value, const char *end, const char *meaning)
{
	if (begins(value, completion->word + completion->before))
		buf_printf(completion->to, "%.*s%s%s\t%s\n", (int)completion->before, completion->word, value, end,
			   meaning);
}

static void offer_paths(struct completion *completion, const char *what)
{
	buf_printf(completion->to, "%s\t%.*s\n", what, (int)completion->before, completion->word);
}

/* A run is for one role, and a list where it is asked for. */
static bool has_role(const struct options *options, enum actor actor)
{
	bool chosen = options->verb == VERB_RUN || options->origin[OPTION_IUT] != ORIGIN_DEFAULT;

	return !chosen || !strcmp(options->iut, actor_name(actor));
}

/* The text without its level would tell a "SHALL NOT" the wrong way round. */
static void offer_requirement(struct completion *completion, const struct requirement *requirement)
{
	struct buf text = {0};

	buf_printf(&text, "%s %s", level_name(requirement->level), requirement->text);
	offer(completion, requirement->id, "", text.p);
	buf_done(&text);
}

/* Requirements and cases of the role. */
static void offer_names(struct completion *completion)
{
	const struct options *options = &completion->options;
	struct catalogue catalogue;
	struct script *script;
	struct err err;
	size_t i;

	if (scenarios_load(options, &catalogue, &script, &err))
		return;
	for (i = 0; i < catalogue.requirement_count; i++)
		if (has_role(options, catalogue.requirements[i]->actor))
			offer_requirement(completion, catalogue.requirements[i]);
	for (i = 0; i < catalogue.play_count; i++)
		if (has_role(options, catalogue.plays[i]->actor))
			offer(completion, catalogue.plays[i]->name, "", catalogue.plays[i]->title);
	script_free(script);
	catalogue_done(&catalogue);
}

static void offer_faults(struct completion *completion)
{
	const char *role = completion->options.role;
	const struct manners *faults = !strcmp(role, "server")   ? &server_faults
				       : !strcmp(role, "client") ? &client_faults
								 : NULL;

	if (!faults)
		return;
	offer(completion, "list", "", "shows what faults there are");
	for (size_t i = 0; i < faults->count; i++)
		offer(completion, faults->list[i].name, "", faults->list[i].text);
}

static void offer_formats(struct completion *completion)
{
	const struct report_format *format;
	const char *colon = strchr(completion->word + completion->before, ':');

	if (colon) {
		completion->before = (size_t)(colon + 1 - completion->word);
		offer(completion, "-", "", "standard output");
		offer_paths(completion, ":files");
		return;
	}
	for (format = report_formats; format->name; format++)
		if (completion->options.verb != VERB_LIST || format->write == report_text ||
		    format->write == report_json)
			offer(completion, format->name, ":", "format of the report");
}

static void offer_interfaces(struct completion *completion)
{
	struct if_nameindex *all = if_nameindex(), *one;

	for (one = all; one && one->if_name; one++)
		offer(completion, one->if_name, "", "interface");
	if (all)
		if_freenameindex(all);
}

static void offer_kind(struct completion *completion, enum kind kind)
{
	switch (kind) {
	case FILES:
		offer_paths(completion, ":files");
		return;
	case FOLDERS:
		offer_paths(completion, ":folders");
		return;
	case NOTHING:
		return;
	case NAMES:
		offer_names(completion);
		return;
	case FORMATS:
		offer_formats(completion);
		return;
	case INTERFACES:
		offer_interfaces(completion);
		return;
	}
}

static void offer_value(struct completion *completion, const struct option *option)
{
	const char *equal = strchr(option->argument, '='), *argument = equal ? equal + 1 : option->argument;
	const char *const *choice;

	for (choice = option->choices; choice && *choice; choice++)
		offer(completion, *choice, "", option->help);
	if (option->choices)
		return;
	if (option->id == OPTION_FAULT) {
		offer_faults(completion);
		return;
	}
	if (equal) { /* USER=FILE: what is behind it goes on, what is before it nobody knows */
		equal = strchr(completion->word + completion->before, '=');
		if (!equal)
			return;
		completion->before = (size_t)(equal + 1 - completion->word);
	}
	offer_kind(completion, kind_of(argument));
}

static void offer_verbs(struct completion *completion)
{
	int verb;

	for (verb = VERB_NONE + 1; verb < VERB_COUNT; verb++)
		offer(completion, verb_table[verb].name, "", verb_table[verb].summary);
	offer(completion, "help", "", "explains the program, or a verb");
}

static void offer_options(struct completion *completion)
{
	const struct option *option;

	for (option = option_table; option->name; option++)
		if (option->verbs & 1u << completion->options.verb)
			offer(completion, option->name, "", option->help);
}

/* The option that the last word is the value of; NULL: of none. *ret_only: "--" stood before, only operands follow. */
static const struct option *awaited(enum verb verb, int count, char *const *words, bool *ret_only)
{
	const struct option *option = NULL;
	int i;

	*ret_only = false;
	for (i = 0; i < count - 1 && !*ret_only; i++) {
		if (option) {
			option = NULL;
			continue;
		}
		*ret_only = !strcmp(words[i], "--");
		option = option_named(verb, slice_of(words[i]));
		if (option && !option->argument)
			option = NULL;
	}
	return option;
}

/* "--only=6.1" or "-ojson:a": the value is part of the word. */
static const struct option *attached(struct completion *completion)
{
	const char *word = completion->word, *equal = begins(word, "--") ? strchr(word, '=') : NULL;
	const struct option *option;
	size_t len = equal ? (size_t)(equal - word) : 2;

	if (word[0] != '-' || (!equal && (word[1] == '-' || strlen(word) < 3)))
		return NULL;
	option = option_named(completion->options.verb, (struct slice){word, len});
	if (!option || !option->argument)
		return NULL;
	completion->before = len + (equal ? 1 : 0);
	return option;
}

static void offer_all(struct completion *completion, int count, char *const *words)
{
	enum verb verb = completion->options.verb;
	const char *operands = verb_table[verb].operands;
	const struct option *option;
	bool only_operands;

	option = awaited(verb, count, words, &only_operands);
	if (!option && !only_operands)
		option = attached(completion);
	if (option)
		offer_value(completion, option);
	else if (verb == VERB_NONE && count == 1 && completion->word[0] != '-')
		offer_verbs(completion);
	else if (!only_operands && (completion->word[0] == '-' || !*operands))
		offer_options(completion);
	else if (verb != VERB_NONE)
		offer_kind(completion, kind_of(operands));
}

/* The words before the last as a command line. */
static void parse_before(struct options *options, int count, char *const *words, char *(*get)(const char *name))
{
	enum { WORDS_MAX = 256 };
	char program[] = "imconform", *argv[WORDS_MAX + 2] = {program};
	struct err err;
	int i, argc = 1;

	for (i = 0; i < count - 1 && i < WORDS_MAX; i++)
		argv[argc++] = words[i];
	(void)options_parse(options, argc, argv, get, &err);
}

void complete(int count, char *const *words, char *(*get)(const char *name), struct buf *to)
{
	struct completion completion = {.to = to};

	if (count < 1)
		return;
	if (count == 2 && !strcmp(words[0], "help")) {
		count--;
		words++;
	}
	completion.word = words[count - 1];
	parse_before(&completion.options, count, words, get);
	offer_all(&completion, count, words);
	options_done(&completion.options);
}
