/* SPDX-License-Identifier: MIT
 *
 * Clause files: what is frozen, and the text of every error. */
#include "script_help.h"

Test(script_declare, a_clause_freezes)
{
	struct fixture f;
	const struct requirement *step;
	const struct rule *rule;
	const struct play *play;

	fixture_init(&f);
	cr_assert_eq(
		fixture_load(
			&f,
			"clause { '9.9', 'Testing', actor = 'client' }\n"
			"step { '9.9-1', should = 'Refuse it.', condition = 'ims', reading = 'so',\n"
			"  live = 'by a play', capture = false,\n"
			"  rules = {\n"
			"    rule { 'refused', on = publish { im(), answer {} }, expect = answer { status(403) },\n"
			"      contested = 'open', broken = { edit('answer', 'status', 200), edit('push', 'drop') },\n"
			"      falls_with = { ['9.9-2'] = 'the same answer', ['9.9-1'] = 'itself' } },\n"
			"    rule { 'again', on = client_publish {}, expect = im(),\n"
			"      broken = { edit('request', 'header', 'Event', 'x') } } } }\n"
			"step { '9.9-2', may = 'Tell.', live = false, capture = false }\n"
			"play { 'good', 'all is well', covers = { '9.9-2' }, function(t) end }\n"
			"play { 'bad', 'not so', covers = { '9.9-1', '9.9-2' }, control = 'good', ahead = 5, "
			"function(t) end }\n"),
		0, "%s", f.err.text);
	step = catalogue_find(&f.catalogue, "9.9-1");
	cr_assert(step);
	cr_expect_str_eq(step->clause, "9.9");
	cr_expect_str_eq(step->clause_title, "Testing");
	cr_expect_eq(step->actor, ACTOR_CLIENT);
	cr_expect_eq(step->level, LEVEL_SHOULD);
	cr_expect_eq(step->condition, CONDITION_IMS);
	cr_expect_str_eq(step->text, "Refuse it.");
	cr_expect_str_eq(step->reading, "so");
	cr_expect_str_eq(step->live, "by a play");
	cr_expect_null(step->capture);
	cr_expect_str_eq(step->file, "x.lua");
	cr_expect_eq(step->line, 2);
	cr_assert_eq(step->rule_count, 2);
	rule = &step->rules[0];
	cr_expect_eq(rule->requirement, step);
	cr_expect_str_eq(rule->name, "refused");
	cr_expect_eq(rule->occasion, OCCASION_PUBLISH);
	cr_expect_str_eq(rule->on->word->name, "all");
	cr_expect_eq(rule->on->kid_count, 2);
	cr_expect_str_eq(rule->expect->word->name, "answer");
	cr_expect_eq(rule->expect->kids[0]->args[0].number, 403);
	cr_expect_str_eq(rule->contested, "open");
	cr_assert_eq(rule->broken_count, 2);
	cr_expect_eq(rule->broken[0].target, EDIT_ANSWER);
	cr_expect_eq(rule->broken[0].op, EDIT_STATUS);
	cr_expect_eq(rule->broken[0].number, 200);
	cr_expect_eq(rule->broken[1].op, EDIT_DROP);
	cr_expect_str_eq(rule->falls_with[0], "9.9-1: itself");
	cr_expect_str_eq(rule->falls_with[1], "9.9-2: the same answer");
	cr_expect_null(rule->falls_with[2]);
	cr_expect_eq(rule->line, 5);
	rule = &step->rules[1];
	cr_expect_null(rule->on);
	cr_expect_null(rule->falls_with[0]);
	cr_expect_str_eq(rule->broken[0].name, "Event");
	cr_expect_str_eq(rule->broken[0].value, "x");
	step = catalogue_find(&f.catalogue, "9.9-2");
	cr_expect_eq(step->level, LEVEL_MAY);
	cr_expect_eq(step->rule_count, 0);
	play = catalogue_find_play(&f.catalogue, "bad");
	cr_assert(play);
	cr_expect_str_eq(play->title, "not so");
	cr_expect_str_eq(play->covers[0], "9.9-1");
	cr_expect_str_eq(play->covers[1], "9.9-2");
	cr_expect_null(play->covers[2]);
	cr_expect_str_eq(play->control, "good");
	cr_expect_eq(play->ahead, 5 * MILLISECOND);
	cr_expect_eq(catalogue_find_play(&f.catalogue, "good")->ahead, 0);
	cr_expect_eq(play->line, 12);
	fixture_done(&f);
}

Test(script_declare, clause_errors)
{
	expect_error("", "x.lua:1: declares nothing, expected clause { … }");
	expect_error("local x = ", "x.lua:1: unexpected symbol near <eof>");
	expect_error("clause()", "x.lua:1: clause: got nothing, expected a table: clause { … }");
	expect_error("clause { '1', 'x', actor = 'core' }",
		     "x.lua:1: clause: actor is 'core', expected \"server\" or \"client\"");
	expect_error("clause { '1', 'x' }", "x.lua:1: clause: actor is nothing, expected text");
	expect_error("clause { '1', actor = 'server' }", "x.lua:1: clause: item 2 is nothing, expected text");
	expect_error("clause { 'a\\0b', 'x', actor = 'server' }",
		     "x.lua:1: clause: item 1 is text with a NUL, expected text");
	expect_error("clause { '', 'x', actor = 'server' }", "x.lua:1: clause: item 1 is empty, expected text");
	expect_error("clause { 1, 'x', actor = 'server' }", "x.lua:1: clause: item 1 is a number, expected text");
	expect_error("clause { '1', 'x', 'y', actor = 'server' }",
		     "x.lua:1: clause: has an item 3, expected at most 2");
	expect_error("clause { '1', 'x', actr = 'server' }",
		     "x.lua:1: clause: unknown field 'actr', expected one of: actor (did you mean 'actor'?)");
	expect_error("clause { '1', 'x', [true] = 1 }", "x.lua:1: clause: has a key that is no name, expected a name");
	expect_error(CLAUSE CLAUSE, "x.lua:1: clause: this file declares '9.9' already, expected one clause a file");
	expect_error(
		"clause { '1', 'x', actor = 'server' }\nstp {}",
		"x.lua:2: unknown name 'stp', expected a word of the vocabulary or a local (did you mean 'step'?)");
	expect_error(CLAUSE "x = 1", "x.lua:1: sets the global 'x', expected 'local x = …'");
}

Test(script_declare, step_errors)
{
	expect_error("\nstep {}", "x.lua:2: step: comes first, expected clause { … } before it");
	expect_error(CLAUSE "\nstep {}", "x.lua:2: step: item 1 is nothing, expected text");
	expect_error(CLAUSE "step { '9.8-1' }", "x.lua:1: step: id is '9.8-1', expected '9.9-…' as the clause has it");
	expect_error(CLAUSE "step { '9.9-' }", "x.lua:1: step: id is '9.9-', expected '9.9-…' as the clause has it");
	expect_error(CLAUSE "step { '9.9-1' }",
		     "x.lua:1: step 9.9-1: has no level, expected exactly one of shall, shall_not, should, may, note");
	expect_error(
		CLAUSE "step { '9.9-1', shall = 'x', may = 'y' }",
		"x.lua:1: step 9.9-1: has several levels, expected exactly one of shall, shall_not, should, may, note");
	expect_error(CLAUSE "step { '9.9-1', shall = 3 }", "x.lua:1: step 9.9-1: shall is a number, expected text");
	expect_error(CLAUSE "step { '9.9-1', shall = 'x', condition = 'IMS' }",
		     "x.lua:1: step 9.9-1: condition is 'IMS', expected \"ims\" or \"core\"");
	expect_error(CLAUSE "step { '9.9-1', shall = 'x' }",
		     "x.lua:1: step 9.9-1: live is nothing, expected text that tells how it is shown, or false");
	expect_error(CLAUSE "step { '9.9-1', shall = 'x', live = true }",
		     "x.lua:1: step 9.9-1: live is true, expected text that tells how it is shown, or false");
	expect_error(CLAUSE "step { '9.9-1', shall = 'x', live = 'x', capture = false }",
		     "x.lua:1: step 9.9-1: has no rule, expected on, expect and broken, or live = false and capture = "
		     "false");
	expect_error(CLAUSE "step { '9.9-1', shall = 'x', live = 'x', capture = 'x', rules = {} }",
		     "x.lua:1: step 9.9-1: rules is empty, expected at least one rule");
	expect_error(CLAUSE "step { '9.9-1', shall = 'x', live = 'x', capture = 'x', rules = 1 }",
		     "x.lua:1: step 9.9-1: rules is a number, expected a list of rules");
	expect_error(CLAUSE "step { '9.9-1', shall = 'x', live = 'x', capture = 'x', rules = { im() } }",
		     "x.lua:1: rules: item 1 is a value of another word, expected a rule: rule { … }");
	expect_error(CLAUSE "step { '9.9-1', shall = 'x', live = 'x', capture = 'x', on = publish {}, rules = {} }",
		     "x.lua:1: step 9.9-1: has rules and a rule's fields, expected one or the other");
	expect_error(
		CLAUSE "step { '9.9-1', brken = {} }",
		"x.lua:1: step: unknown field 'brken', expected one of: shall, shall_not, should, may, note, "
		"condition, "
		"reading, live, capture, rules, on, expect, contested, broken, falls_with (did you mean 'broken'?)");
	expect_error(CLAUSE STEP("9.9-1", "") "\n" STEP("9.9-1", ""),
		     "x.lua:2: step 9.9-1: is there already at x.lua:1, expected an id of its own");
	expect_error(CLAUSE "local r = { 'r', on = publish {}, expect = im(), broken = { edit('answer', 'drop') } } "
			    "step { '9.9-1', shall = 'x', live = 'x', capture = 'x', rules = { rule(r), rule(r) } }",
		     "x.lua:1: step 9.9-1: rule 'r' is there twice, expected names of their own");
}

#define DIRECT(rest) CLAUSE "step { '9.9-1', shall = 'x', live = 'l', capture = 'c', " rest " }"

Test(script_declare, rule_errors)
{
	expect_error(DIRECT("on = im()"),
		     "x.lua:1: step 9.9-1: on is a value of another word, expected an occasion: publish { … }");
	expect_error(DIRECT("on = publish {}"), "x.lua:1: step 9.9-1: expect is nothing, expected a check");
	expect_error(DIRECT("on = publish {}, expect = im()"),
		     "x.lua:1: step 9.9-1: broken is nothing, expected a list of at least one edit");
	expect_error(DIRECT("on = publish {}, expect = im(), broken = {}"),
		     "x.lua:1: step 9.9-1: broken is empty, expected a list of at least one edit");
	expect_error(DIRECT("on = publish {}, expect = im(), broken = { 'x' }"),
		     "x.lua:1: broken: item 1 is text, expected an edit");
	expect_error(DIRECT("on = publish {}, expect = im(), broken = { edit('answer', 'drop') }, contested = 1"),
		     "x.lua:1: step 9.9-1: contested is a number, expected text");
	expect_error(CLAUSE "rule { on = publish {} }", "x.lua:1: rule: item 1 is nothing, expected text");
	expect_error(CLAUSE "rule { 'x', no = publish {} }",
		     "x.lua:1: rule: unknown field 'no', expected one of: on, expect, contested, broken, falls_with "
		     "(did you mean 'on'?)");
	expect_error(CLAUSE STEP("9.9-1", ", falls_with = 'x'"),
		     "x.lua:1: step 9.9-1: falls_with is text, expected a table: { [\"ID\"] = \"why\" }");
	expect_error(CLAUSE STEP("9.9-1", ", falls_with = { '9.9-2' }"),
		     "x.lua:1: step 9.9-1: falls_with holds something else, expected [\"ID\"] = \"why\"");
	expect_error(CLAUSE STEP("9.9-1", ", falls_with = { ['9.9-l'] = 'why' }"),
		     "x.lua:1: falls_with names '9.9-l', expected the id of a step (did you mean '9.9-1'?)");
}

Test(script_declare, word_errors)
{
	expect_error(CLAUSE "publish()", "x.lua:1: publish: got nothing, expected a table of checks: publish { … }");
	expect_error(CLAUSE "publish { 1 }", "x.lua:1: publish: item 1 is a number, expected a check");
	expect_error(CLAUSE "publish { on = im() }", "x.lua:1: publish: unknown field 'on', expected a list");
	expect_error(CLAUSE "answer()", "x.lua:1: answer: got nothing last, expected a table of checks: answer { … }");
	expect_error(CLAUSE "answer { publish {} }",
		     "x.lua:1: answer: item 1 is a value of another word, expected a check");
	expect_error(CLAUSE "status(1.5)", "x.lua:1: status: argument 1 has a fraction, expected a whole number");
	expect_error(CLAUSE "status(nil)", "x.lua:1: status: argument 1 is nothing, expected text or a number");
	expect_error(CLAUSE "status('a\\0b')", "x.lua:1: status: argument 1 holds a NUL, expected text");
	expect_error(CLAUSE "status(1, 2, 3, 4, 5, 6, 7)", "x.lua:1: status: got 7 arguments, expected at most 6");
}

Test(script_declare, edit_errors)
{
	expect_error(CLAUSE "edit()", "x.lua:1: edit: argument 1 is nothing, expected the name of a target");
	expect_error_parts(CLAUSE "edit('anser', 'drop')",
			   "x.lua:1: edit: unknown word 'anser', expected a target: request, answer, ",
			   " (did you mean 'answer'?)");
	expect_error_parts(CLAUSE "edit('answer', 'stat')",
			   "x.lua:1: edit: unknown word 'stat', expected an operation: status, header, ",
			   " (did you mean 'status'?)");
	expect_error(CLAUSE "edit('answer', 'status')", "x.lua:1: edit: 'status' got 0 arguments, expected 1");
	expect_error(CLAUSE "edit('answer', 'status', '200')",
		     "x.lua:1: edit: argument 3 is text, expected a whole number");
	expect_error(CLAUSE "edit('answer', 'remove', 1)", "x.lua:1: edit: argument 3 is a number, expected text");
	expect_error(CLAUSE "edit('answer', 'remove', '\\0')", "x.lua:1: edit: argument 3 holds a NUL, expected text");
}

Test(script_declare, play_errors)
{
	expect_error(CLAUSE "play { 'p q', 't' }",
		     "x.lua:1: play: item 1 is 'p q', expected letters, digits, '-', '_' and '.'");
	expect_error(CLAUSE "play { '', 't' }", "x.lua:1: play: item 1 is empty, expected text");
	expect_error(CLAUSE "play { 'p' }", "x.lua:1: play p: item 2 is nothing, expected text");
	expect_error(CLAUSE "play { 'p', 't' }",
		     "x.lua:1: play p: covers is nothing, expected a list of at least one id");
	expect_error(CLAUSE "play { 'p', 't', covers = {} }",
		     "x.lua:1: play p: covers is empty, expected a list of at least one id");
	expect_error(CLAUSE "play { 'p', 't', covers = { 1 } }", "x.lua:1: covers: item 1 is a number, expected text");
	expect_error(CLAUSE "play { 'p', 't', covers = { 'x' }, 3 }",
		     "x.lua:1: play p: item 3 is a number, expected function(t) … end");
	expect_error(CLAUSE "play { 'p', 't', cover = { 'x' } }",
		     "x.lua:1: play: unknown field 'cover', expected one of: covers, control, ahead (did you mean "
		     "'covers'?)");
	expect_error(CLAUSE "play { 'p', 't', covers = { 'x' }, ahead = 'x', function(t) end }",
		     "x.lua:1: play p: ahead is text, expected milliseconds from 0 to 60000");
	expect_error(CLAUSE "play { 'p', 't', covers = { 'x' }, ahead = 60001, function(t) end }",
		     "x.lua:1: play p: ahead is out of range, expected milliseconds from 0 to 60000");
	expect_error(CLAUSE STEP("9.9-1", "") "play { 'p', 't', covers = { '9.9-11' }, function(t) end }",
		     "x.lua:1: covers names '9.9-11', expected the id of a step (did you mean '9.9-1'?)");
	expect_error(CLAUSE STEP("9.9-1", "") PLAY("p", "") "\n" PLAY("p", ""),
		     "x.lua:2: play p: is there already at x.lua:1, expected a name of its own");
	expect_error(CLAUSE STEP("9.9-1", "") "play { 'p', 't', covers = { '9.9-1' }, control = 'p', function(t) end }",
		     "x.lua:1: control names 'p', expected another play for the server");
	expect_error(CLAUSE STEP("9.9-1", "") PLAY(
			     "good", "") "play { 'p', 't', covers = { '9.9-1' }, control = 'god', function(t) end }",
		     "x.lua:1: control names 'god', expected another play for the server (did you mean 'good'?)");
}

Test(script_declare, a_play_covers_what_its_own_role_owes)
{
	struct fixture f;

	fixture_init(&f);
	cr_assert_eq(script_load_text(f.script, "x.lua", slice_of(CLAUSE STEP("9.9-1", "")), &f.err), 0);
	cr_assert_eq(script_load_text(f.script, "y.lua",
				      slice_of("clause { '8', 'c', actor = 'client' } " PLAY("p", "")), &f.err),
		     0);
	cr_expect_eq(script_finish(f.script, &f.err), -EINVAL);
	cr_expect_str_eq(f.err.text,
			 "y.lua:1: covers names '9.9-1', which the server owes, expected a step of the client");
	fixture_done(&f);
}

Test(script_declare, basic_functions)
{
	expect_error("ipairs(1)", "x.lua:1: ipairs: got a number, expected a table");
	expect_error("pairs(1)", "x.lua:1: pairs: got a number, expected a table");
	expect_error("pairs { [1.5] = 1 }",
		     "x.lua:1: pairs: a key is neither a name nor a whole number, expected one of these");
	expect_error("local t = {} for i = 1, 65 do t[i] = i end pairs(t)",
		     "x.lua:1: pairs: the table is too large, expected at most 64 keys");
	expect_error("local s = 'x' for i = 1, 8 do s = s .. s end pairs { [s] = 1 }",
		     "x.lua:1: pairs: a name is too long, expected at most 128 bytes");
	expect_error("local s = '' for k, v in pairs { b = 1, a = 2, [7] = 3, 4 } do s = s .. k .. v end clause { '1', "
		     "'2', actor = s }",
		     "x.lua:1: clause: actor is '1473a2b1', expected \"server\" or \"client\"");
	expect_error("tostring {}", "x.lua:1: tostring: got a table, expected a number, text or boolean");
	expect_error("tonumber(true)", "x.lua:1: tonumber: got true, expected text");
	expect_error("type()", "x.lua:1: type: got nothing, expected a value");
	expect_error("clause { '1', '2', actor = tostring(#{1, 2}) .. type(1) .. tonumber('0x10') .. "
		     "tostring(tonumber('x') == nil) }",
		     "x.lua:1: clause: actor is '2number16true', expected \"server\" or \"client\"");
	expect_error(
		"local s = '' for i, v in ipairs { 'a', 'b' } do s = s .. i .. v end clause { '1', '2', actor = s }",
		"x.lua:1: clause: actor is '1a2b', expected \"server\" or \"client\"");
}

Test(script_declare, files)
{
	struct fixture f;

	fixture_init(&f);
	cr_expect_eq(script_load_file(f.script, "/nowhere/x.lua", &f.err), -ENOENT);
	cr_expect_str_eq(f.err.text, "/nowhere/x.lua: No such file or directory");
	cr_expect_eq(script_load_dir(f.script, "/nowhere", &f.err), -ENOENT);
	cr_expect_str_eq(f.err.text, "/nowhere: No such file or directory");
	cr_expect_eq(script_load_file(f.script, "/", &f.err), -EISDIR);
	cr_expect_str_eq(f.err.text, "/: Is a directory");
	fixture_done(&f);
}
