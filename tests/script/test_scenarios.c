/* SPDX-License-Identifier: MIT
 *
 * The clause files that come with the program. */
#include "base/text.h"
#include "script_help.h"

struct scenarios {
	struct catalogue catalogue;
	struct script *script;
};

static void scenarios_init(struct scenarios *scenarios)
{
	struct err err;

	catalogue_init(&scenarios->catalogue);
	scenarios->script = script_new(&scenarios->catalogue);
	cr_assert_eq(script_load_dir(scenarios->script, SOURCE_ROOT "/scenarios", &err), 0, "%s", err.text);
	cr_assert_eq(script_finish(scenarios->script, &err), 0, "%s", err.text);
}

static void scenarios_done(struct scenarios *scenarios)
{
	script_free(scenarios->script);
	catalogue_done(&scenarios->catalogue);
}

/* Every obligation of the specification is declared, whatever else is. */
Test(script_scenarios, the_catalogue_is_complete)
{
	static const char *const ids[] = {
		"5.2.2-1",         "5.2.2-2",          "5.2.2-publish", "5.2.2-refresh",  "5.2.2-ims",
		"5.2.4-1",         "5.2.4-2",          "5.2.4-3",       "5.2.4-4",        "5.2.4-5",
		"5.2.4-6",         "5.2.4-7",          "5.2.4-8",       "5.2.4-8a",       "5.2.4-8b",
		"5.2.4-8c",        "5.2.4-8d",         "5.2.4-8e",      "5.2.4-8f",       "5.2.4-9",
		"5.2.4-subscribe", "5.2.4-indicate",   "5.2.4-ims",     "5.3-support",    "5.3-response",
		"5.3-expires",     "5.3-no-push",      "6.1.1.5-1",     "6.1.1.5-2",      "6.1.1.5-3",
		"6.1.1.5-order",   "6.1.1.5-4",        "6.1.1.5-5",     "6.1.1.5-6",      "6.1.1.5-7",
		"6.1.1.5-ims",     "12.2.2.2-trigger", "12.2.2.2-1",    "12.2.2.2-2",     "12.2.2.2-2a",
		"12.2.2.2-2b",     "12.2.2.2-2c",      "12.2.2.2-2d",   "12.2.2.2-2e",    "12.2.2.2-2f",
		"12.2.2.2-2g",     "12.2.2.2-2h",      "12.2.2.2-2i",   "12.2.2.2-any-1", "12.2.2.2-any-2",
		"12.2.2.2-ok-1",   "12.2.2.2-ok-2",    "12.2.2.2-ok-3", "12.2.2.2-ims"};
	struct scenarios s;
	size_t i;

	scenarios_init(&s);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		cr_expect(catalogue_find(&s.catalogue, ids[i]), "%s", ids[i]);
	cr_expect_str_eq(s.catalogue.requirements[0]->clause, "5.2.2", "clauses come in the order of their numbers");
	scenarios_done(&s);
}

/* A live obligation of the server without a case could never be provoked. */
Test(script_scenarios, each_live_step_of_the_server_has_a_case)
{
	const struct requirement *step;
	const char *const *id;
	struct scenarios s;
	size_t i, j, found;

	scenarios_init(&s);
	for (i = 0; i < s.catalogue.requirement_count; i++) {
		step = s.catalogue.requirements[i];
		if (step->actor != ACTOR_SERVER || step->condition == CONDITION_IMS || !step->live)
			continue;
		for (j = 0, found = 0; j < s.catalogue.play_count; j++)
			for (id = s.catalogue.plays[j]->covers; *id; id++)
				found += !strcmp(*id, step->id);
		cr_expect_gt(found, 0, "%s", step->id);
	}
	scenarios_done(&s);
}

static void expect_sentence(const struct rule *rule, const struct check *check)
{
	struct buf text = {0}, clean = {0};

	if (!check)
		return;
	check_sentence(check, &text);
	text_clean(&clean, buf_slice(&text), TEXT_NO_MAX);
	cr_expect(text.len && slice_eq(buf_slice(&text), buf_slice(&clean)), "%s:%d: %s", rule->file, rule->line,
		  text.p);
	cr_expect_not(strchr(text.p, '%'), "%s:%d: %s", rule->file, rule->line, text.p);
	buf_done(&text);
	buf_done(&clean);
}

Test(script_scenarios, each_rule_reads_as_a_sentence)
{
	const struct requirement *step;
	struct scenarios s;
	size_t i, j;

	scenarios_init(&s);
	for (i = 0; i < s.catalogue.requirement_count; i++) {
		step = s.catalogue.requirements[i];
		for (j = 0; j < step->rule_count; j++) {
			expect_sentence(&step->rules[j], step->rules[j].on);
			expect_sentence(&step->rules[j], step->rules[j].expect);
		}
	}
	scenarios_done(&s);
}
