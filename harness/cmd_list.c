/* SPDX-License-Identifier: MIT
 *
 * imconform list: the catalogue, without an implementation. */
#include "harness/commands.h"

#include "harness/scenarios.h"
#include "reports/json_write.h"
#include "reports/replace.h"
#include "reports/words.h"

enum { ID_WIDTH = 17, LEVEL_WIDTH = 9, CASE_WIDTH = 38 };

struct listing {
	const struct options *options;
	const struct catalogue *catalogue;
};

static bool of_role(const struct options *options, enum actor actor)
{
	return options->origin[OPTION_IUT] == ORIGIN_DEFAULT || !strcmp(options->iut, actor_name(actor));
}

static bool lists(const struct listing *listing, const struct requirement *requirement)
{
	return of_role(listing->options, requirement->actor) &&
	       scenarios_has(listing->options, listing->catalogue, requirement);
}

static bool lists_play(const struct listing *listing, const struct play *play)
{
	return of_role(listing->options, play->actor) && scenarios_has_play(listing->options, listing->catalogue, play);
}

static size_t count_plays(const struct catalogue *catalogue, const char *id)
{
	size_t i, count = 0;

	for (i = 0; i < catalogue->play_count; i++)
		count += play_covers(catalogue->plays[i], id);
	return count;
}

/* The text, cut so that the line ends at column WORDS_WIDTH. */
static void put_rest(struct buf *to, const char *text, size_t column)
{
	size_t room = WORDS_WIDTH - column;

	if (words_columns(text) <= room)
		buf_printf(to, "%s\n", text);
	else
		buf_printf(to, "%.*s…\n", (int)words_fit(text, room - 1), text);
}

static void put_clause(const struct requirement *first, struct buf *to)
{
	buf_printf(to, "\n%s %s (IM %s)\n", first->clause, first->clause_title,
		   first->actor == ACTOR_CLIENT ? "Client" : "Server");
}

static void put_requirement(const struct listing *listing, const struct requirement *requirement, struct buf *to)
{
	size_t line = to->len;

	buf_printf(to, "%-*s %-*s %c%c %3zu  ", ID_WIDTH, requirement->id, LEVEL_WIDTH, level_name(requirement->level),
		   requirement->live ? 'l' : '-', requirement->capture ? 'c' : '-',
		   count_plays(listing->catalogue, requirement->id));
	put_rest(to, requirement->text, to->len - line);
}

static void put_play(const struct play *play, struct buf *to)
{
	size_t line = to->len;
	struct buf ids = {0};
	const char *const *id;

	buf_printf(to, "%-*s ", CASE_WIDTH, play->name);
	for (id = play->covers; *id; id++)
		buf_printf(&ids, "%s%s", id == play->covers ? "" : " ", *id);
	put_rest(to, ids.p, to->len - line);
	buf_done(&ids);
}

static void list_text(const struct listing *listing, FILE *file)
{
	const struct catalogue *catalogue = listing->catalogue;
	size_t i, requirements = 0, plays = 0;
	const char *clause = NULL;
	struct buf to = {0};

	buf_printf(&to, "%-*s %-*s %-2s %3s  %s\n", ID_WIDTH, "REQUIREMENT", LEVEL_WIDTH, "LEVEL", "IN", "BY",
		   "OBLIGATION");
	for (i = 0; i < catalogue->requirement_count; i++) {
		if (!lists(listing, catalogue->requirements[i]))
			continue;
		if (!clause || strcmp(clause, catalogue->requirements[i]->clause))
			put_clause(catalogue->requirements[i], &to);
		clause = catalogue->requirements[i]->clause;
		put_requirement(listing, catalogue->requirements[i], &to);
		requirements++;
	}
	buf_printf(&to, "\n%-*s %s\n", CASE_WIDTH, "CASE", "IS THERE FOR");
	for (i = 0; i < catalogue->play_count; i++) {
		if (!lists_play(listing, catalogue->plays[i]))
			continue;
		put_play(catalogue->plays[i], &to);
		plays++;
	}
	buf_putc(&to, '\n');
	words_count(&to, requirements, "requirement");
	buf_puts(&to, " (IN: l live, c captures; BY: so many cases), ");
	words_count(&to, plays, "case");
	buf_puts(&to, ".\n");
	words_flush(&to, file);
	buf_done(&to);
}

static void json_requirement(const struct listing *listing, const struct requirement *requirement,
			     struct json_writer *json)
{
	const struct catalogue *catalogue = listing->catalogue;
	size_t i;

	json_begin(json, NULL, '{');
	json_text(json, "id", requirement->id);
	json_text(json, "clause", requirement->clause);
	json_text(json, "title", requirement->clause_title);
	json_text(json, "level", level_name(requirement->level));
	json_text(json, "actor", actor_name(requirement->actor));
	json_text(json, "condition",
		  requirement->condition == CONDITION_IMS    ? "ims"
		  : requirement->condition == CONDITION_CORE ? "core"
							     : NULL);
	json_text(json, "text", requirement->text);
	json_text(json, "reading", requirement->reading);
	json_text(json, "live", requirement->live);
	json_text(json, "capture", requirement->capture);
	json_begin(json, "cases", '[');
	for (i = 0; i < catalogue->play_count; i++)
		if (play_covers(catalogue->plays[i], requirement->id))
			json_text(json, NULL, catalogue->plays[i]->name);
	json_end(json, ']');
	json_end(json, '}');
}

static void json_play(const struct play *play, struct json_writer *json)
{
	const char *const *id;

	json_begin(json, NULL, '{');
	json_text(json, "name", play->name);
	json_text(json, "title", play->title);
	json_text(json, "actor", actor_name(play->actor));
	json_begin(json, "requirements", '[');
	for (id = play->covers; *id; id++)
		json_text(json, NULL, *id);
	json_end(json, ']');
	json_text(json, "control", play->control);
	json_end(json, '}');
}

static void list_json(const struct listing *listing, FILE *file)
{
	struct json_writer json = {.to = file, .lines = true};
	const struct catalogue *catalogue = listing->catalogue;
	size_t i;

	json_begin(&json, NULL, '{');
	json_number(&json, "format", 1);
	json_begin(&json, "requirements", '[');
	for (i = 0; i < catalogue->requirement_count; i++)
		if (lists(listing, catalogue->requirements[i]))
			json_requirement(listing, catalogue->requirements[i], &json);
	json_end(&json, ']');
	json_begin(&json, "cases", '[');
	for (i = 0; i < catalogue->play_count; i++)
		if (lists_play(listing, catalogue->plays[i]))
			json_play(catalogue->plays[i], &json);
	json_end(&json, ']');
	json_end(&json, '}');
	fputc('\n', file);
}

static int list_to(const struct listing *listing, const char *output, struct err *err)
{
	void (*list)(const struct listing *, FILE *) = list_text;
	const char *colon = strchr(output, ':'), *path = colon ? colon + 1 : "";
	struct replacement file = {0};
	int result;

	if (*path && slice_is(slice_range(output, colon), "json"))
		list = list_json;
	else if (!*path || !slice_is(slice_range(output, colon), "text"))
		return err_set(err, -EINVAL, "-o: '%s', expected text:PATH or json:PATH", output);
	if (!strcmp(path, "-")) {
		list(listing, stdout);
		return 0;
	}
	result = replacement_open(&file, path, err);
	if (!result) {
		list(listing, file.to);
		result = replacement_commit(&file, err);
	}
	replacement_done(&file);
	return result;
}

static int list_all(const struct listing *listing, struct err *err)
{
	const struct option_list *output = &listing->options->output;
	size_t i;
	int result = scenarios_check(listing->options, listing->catalogue, err);

	if (!result && !output->count)
		return list_to(listing, "text:-", err);
	for (i = 0; i < output->count && !result; i++)
		result = list_to(listing, output->items[i], err);
	return result;
}

int cmd_list(const struct options *options)
{
	struct catalogue catalogue;
	struct listing listing = {options, &catalogue};
	struct script *script;
	struct err err;
	int result = scenarios_load(options, &catalogue, &script, &err);

	if (!result) {
		result = list_all(&listing, &err);
		script_free(script);
		catalogue_done(&catalogue);
	}
	if (result)
		fprintf(stderr, "imconform: %s\n", err.text);
	return result == -EIO || result == -ENOSPC ? EXIT_HARNESS : result ? EXIT_USAGE : EXIT_PASSED;
}
