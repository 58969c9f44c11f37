/* SPDX-License-Identifier: MIT
 *
 * imconform explain: everything that is declared about a requirement, in sentences. */
#include "harness/commands.h"

#include "base/text.h"
#include "harness/scenarios.h"
#include "reports/words.h"
#include "trace/edit.h"

#include <inttypes.h>
#include <stdio.h>

enum { LABEL_WIDTH = 12 };

/* "label      text", wrapped. */
static void put_field(struct buf *to, const char *label, const char *text)
{
	buf_printf(to, "%-*s", LABEL_WIDTH, label);
	words_wrap(to, text, LABEL_WIDTH, LABEL_WIDTH);
}

static void put_sentence(struct buf *to, const char *label, const char *begin, const struct check *check)
{
	struct buf text = {0};

	buf_puts(&text, begin);
	if (check)
		check_sentence(check, &text);
	put_field(to, label, text.p);
	buf_done(&text);
}

static void put_edit(struct buf *to, const struct edit *edit)
{
	char shown[120];

	buf_printf(to, "%s %s", edit_target_name(edit->target), edit_op_name(edit->op));
	if (edit->name)
		buf_printf(to, " '%s'", text_clean_fixed(shown, sizeof(shown), slice_of(edit->name)));
	if (edit->value)
		buf_printf(to, " '%s'", text_clean_fixed(shown, sizeof(shown), slice_of(edit->value)));
	if (edit->op == EDIT_STATUS || edit->op == EDIT_DELAY || edit->op == EDIT_COPY || edit->op == EDIT_REPEAT ||
	    edit->op == EDIT_INSERT_PUSH)
		buf_printf(to, " %" PRId64, edit->number);
}

static void put_rule(struct buf *to, const struct rule *rule)
{
	const char *const *falls;
	struct buf text = {0};
	size_t i;

	buf_printf(to, "\n  rule%s%s\n", *rule->name ? ": " : "", rule->name);
	buf_printf(&text, "%s%s", occasion_phrase(rule->occasion), rule->on ? ", where " : "");
	put_sentence(to, "  on", text.p, rule->on);
	put_sentence(to, "  expect", "", rule->expect);
	if (rule->contested)
		put_field(to, "  contested", rule->contested);
	for (i = 0, buf_clear(&text); i < rule->broken_count; i++) {
		buf_puts(&text, i ? "; " : "");
		put_edit(&text, &rule->broken[i]);
	}
	put_field(to, "  broken by", text.p);
	for (falls = rule->falls_with; *falls; falls++)
		put_field(to, "  breaks", *falls);
	buf_done(&text);
}

static void put_plays(struct buf *to, const struct catalogue *catalogue, const struct requirement *requirement)
{
	struct buf text = {0};

	for (size_t i = 0; i < catalogue->play_count; i++)
		if (play_covers(catalogue->plays[i], requirement->id))
			buf_printf(&text, "%s%s", text.len ? " " : "", catalogue->plays[i]->name);
	put_field(to, "cases", text.len ? text.p : "none is there for it alone");
	buf_done(&text);
}

static void put_requirement(struct buf *to, const struct catalogue *catalogue, const struct requirement *requirement)
{
	struct buf text = {0};
	size_t i;

	buf_printf(to, "%s\n", requirement->id);
	buf_printf(&text, "%s %s", requirement->clause, requirement->clause_title);
	put_field(to, "clause", text.p);
	buf_clear(&text);
	buf_printf(&text, "%s%s, owed by the IM %s", level_name(requirement->level),
		   requirement->condition == CONDITION_IMS    ? " if the core is an IMS"
		   : requirement->condition == CONDITION_CORE ? " if there is a core"
							      : "",
		   requirement->actor == ACTOR_CLIENT ? "Client" : "Server");
	put_field(to, "level", text.p);
	put_field(to, "obligation", requirement->text);
	if (requirement->reading)
		put_field(to, "read as", requirement->reading);
	put_field(to, "live", requirement->live ? requirement->live : "not observable");
	put_field(to, "capture", requirement->capture ? requirement->capture : "not observable");
	put_plays(to, catalogue, requirement);
	buf_clear(&text);
	buf_printf(&text, "%s:%d", requirement->file, requirement->line);
	put_field(to, "declared", text.p);
	for (i = 0; i < requirement->rule_count; i++)
		put_rule(to, &requirement->rules[i]);
	buf_done(&text);
}

/* A case says what it is there for, and how each of that is judged is a requirement's matter. */
static void put_play(struct buf *to, const struct play *play)
{
	const char *const *id;
	struct buf text = {0};

	buf_printf(to, "%s\n", play->name);
	put_field(to, "case", play->title);
	for (id = play->covers; *id; id++)
		buf_printf(&text, "%s%s", text.len ? " " : "", *id);
	put_field(to, "is for", text.p);
	put_field(to, "control", play->control ? play->control : "none");
	buf_clear(&text);
	buf_printf(&text, "%s:%d", play->file, play->line);
	put_field(to, "declared", text.p);
	buf_done(&text);
}

static int explain(struct buf *to, const struct catalogue *catalogue, const char *pattern, struct err *err)
{
	size_t i, found = 0;
	char shown[80], suggestion[SUGGEST_TEXT_MAX];

	for (i = 0; i < catalogue->requirement_count; i++) {
		if (!catalogue_selects(catalogue, pattern, catalogue->requirements[i]->id))
			continue;
		buf_puts(to, to->len ? "\n" : "");
		put_requirement(to, catalogue, catalogue->requirements[i]);
		found++;
	}
	for (i = 0; i < catalogue->play_count; i++) {
		if (!catalogue_selects(catalogue, pattern, catalogue->plays[i]->name))
			continue;
		buf_puts(to, to->len ? "\n" : "");
		put_play(to, catalogue->plays[i]);
		found++;
	}
	if (found)
		return 0;
	return err_set(err, -EINVAL, "'%s' is no requirement and no case%s, see imconform list",
		       text_clean_fixed(shown, sizeof(shown), slice_of(pattern)),
		       scenarios_suggest(catalogue, pattern, suggestion));
}

int cmd_explain(const struct options *options)
{
	struct catalogue catalogue;
	struct script *script;
	struct buf text = {0};
	struct err err;
	size_t i;
	int result = scenarios_load(options, &catalogue, &script, &err);

	if (!result) {
		for (i = 0; i < options->operands.count && !result; i++)
			result = explain(&text, &catalogue, options->operands.items[i], &err);
		if (!result)
			words_flush(&text, stdout);
		script_free(script);
		catalogue_done(&catalogue);
	}
	buf_done(&text);
	if (result)
		fprintf(stderr, "imconform: %s\n", err.text);
	return result ? EXIT_USAGE : EXIT_PASSED;
}
