/* SPDX-License-Identifier: MIT
 *
 * What can only be checked when all files are loaded: the ids and plays that declarations name. */
#include "script/shared.h"

/* Of plays that run, in percent: thousands of them wait at once, and little garbage shall lie between. Loading makes
 * none to speak of. */
enum { GC_PAUSE = 130 };

static int unknown_id(const struct catalogue *catalogue, const char *file, int line, const char *what, struct slice id,
		      struct err *err)
{
	char text[SUGGEST_TEXT_MAX];
	struct suggest suggest;
	size_t i;

	suggest_init(&suggest, id);
	for (i = 0; i < catalogue->requirement_count; i++)
		suggest_offer(&suggest, catalogue->requirements[i]->id);
	return err_set(err, -EINVAL, "%s:%d: %s names '%.*s', expected the id of a step%s", file, line, what,
		       SLICE_F(id), suggest_text(&suggest, text));
}

static int finish_rule(const struct catalogue *catalogue, const struct rule *rule, struct err *err)
{
	const char *const *falls;
	struct slice id;

	for (falls = rule->falls_with; *falls; falls++) {
		id = slice_of(*falls);
		id.len = (size_t)(slice_find(id, SLICE(": ")) - id.p);
		if (!map_get(&catalogue->by_id, id))
			return unknown_id(catalogue, rule->file, rule->line, "falls_with", id, err);
	}
	return 0;
}

static int finish_control(const struct catalogue *catalogue, const struct play *play, struct err *err)
{
	char text[SUGGEST_TEXT_MAX];
	struct suggest suggest;
	const struct play *control;
	size_t i;

	if (!play->control)
		return 0;
	control = catalogue_find_play(catalogue, play->control);
	if (control && control != play && control->actor == play->actor)
		return 0;
	suggest_init(&suggest, slice_of(play->control));
	for (i = 0; i < catalogue->play_count; i++)
		if (catalogue->plays[i] != play && catalogue->plays[i]->actor == play->actor)
			suggest_offer(&suggest, catalogue->plays[i]->name);
	return err_set(err, -EINVAL, "%s:%d: control names '%s', expected another play for the %s%s", play->file,
		       play->line, play->control, actor_name(play->actor), suggest_text(&suggest, text));
}

static int finish_play(const struct catalogue *catalogue, const struct play *play, struct err *err)
{
	const char *const *id;
	const struct requirement *covered;

	for (id = play->covers; *id; id++) {
		covered = catalogue_find(catalogue, *id);
		if (!covered)
			return unknown_id(catalogue, play->file, play->line, "covers", slice_of(*id), err);
		if (covered->actor != play->actor)
			return err_set(
				err, -EINVAL, "%s:%d: covers names '%s', which the %s owes, expected a step of the %s",
				play->file, play->line, *id, actor_name(covered->actor), actor_name(play->actor));
	}
	return finish_control(catalogue, play, err);
}

int script_finish(struct script *script, struct err *err)
{
	const struct catalogue *catalogue = script->catalogue;
	const struct requirement *step;
	size_t i, j;
	int result;

	for (i = 0; i < catalogue->requirement_count; i++) {
		step = catalogue->requirements[i];
		for (j = 0; j < step->rule_count; j++) {
			result = finish_rule(catalogue, &step->rules[j], err);
			if (result)
				return result;
		}
	}
	for (i = 0; i < catalogue->play_count; i++) {
		result = finish_play(catalogue, catalogue->plays[i], err);
		if (result)
			return result;
		shared_note(script, catalogue->plays[i]);
	}
	lua_gc(script->sandbox.L, LUA_GCINC, GC_PAUSE, 0, 0);
	return 0;
}
