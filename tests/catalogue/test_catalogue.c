/* SPDX-License-Identifier: MIT */
#include "catalogue/catalogue.h"

#include <criterion/criterion.h>

Test(catalogue, patterns)
{
	cr_expect(catalogue_match("6.1.1.5-1", "6.1.1.5-1"));
	cr_expect(catalogue_match("6.1.1.5", "6.1.1.5-1"));
	cr_expect(catalogue_match("6.1", "6.1.1.5-1"));
	cr_expect(catalogue_match("12.2.2.2-any", "12.2.2.2-any-1"));
	cr_expect(catalogue_match("tag", "tag-absent"));
	cr_expect_not(catalogue_match("6.1.1.5-1", "6.1.1.5-10"));
	cr_expect_not(catalogue_match("6.1.1.5-2", "6.1.1.5-1"));
	cr_expect_not(catalogue_match("6", "60.1"));
	cr_expect_not(catalogue_match("", "6.1"));
	cr_expect_not(catalogue_match("6.1.1.5-1", "6.1"));
	cr_expect(catalogue_match("*", ""));
	cr_expect(catalogue_match("*", "x"));
	cr_expect(catalogue_match("6.*-1", "6.1.1.5-1"));
	cr_expect(catalogue_match("?.3-*", "5.3-support"));
	cr_expect(catalogue_match("*push*", "a-push-b"));
	cr_expect(catalogue_match("*a*b*c", "aXbXcXc"));
	cr_expect_not(catalogue_match("?", ""));
	cr_expect_not(catalogue_match("6.*-1", "6.1.1.5-12"));
	cr_expect_not(catalogue_match("*push", "push-b"));
}

/* What is named exactly is meant alone; what is named by nothing is a family. */
Test(catalogue, selections)
{
	struct requirement one = {.id = "6.1-1"}, more = {.id = "6.1-1-more"};
	struct play absent = {.name = "tag-absent"}, stores = {.name = "tag-absent-stores"};
	const struct play *plays[] = {&absent, &stores};
	struct catalogue catalogue;

	catalogue_init(&catalogue);
	cr_assert_eq(catalogue_add(&catalogue, &one), 0);
	cr_assert_eq(catalogue_add(&catalogue, &more), 0);
	catalogue.plays = (void *)plays;
	catalogue.play_count = 2;
	cr_expect(catalogue_selects(&catalogue, "6.1-1", "6.1-1"));
	cr_expect_not(catalogue_selects(&catalogue, "6.1-1", "6.1-1-more"));
	cr_expect(catalogue_selects(&catalogue, "6.1", "6.1-1-more"));
	cr_expect(catalogue_selects(&catalogue, "tag-absent", "tag-absent"));
	cr_expect_not(catalogue_selects(&catalogue, "tag-absent", "tag-absent-stores"));
	cr_expect(catalogue_selects(&catalogue, "tag-absent-*", "tag-absent-stores"));
	cr_expect_not(catalogue_selects(&catalogue, "tag-absent-*", "tag-absent"));
	cr_expect(catalogue_selects(&catalogue, "tag-absent*", "tag-absent"));
	cr_expect(catalogue_selects(&catalogue, "tag", "tag-absent"));
	cr_expect_not(catalogue_selects(&catalogue, "", "tag-absent"));
	catalogue.plays = NULL;
	catalogue.play_count = 0;
	catalogue_done(&catalogue);
}

/* A pattern of stars costs the product of the lengths, not their power. */
Test(catalogue, stars_are_cheap)
{
	char text[2000];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cr_expect_not(catalogue_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

/* A part has the rules of what was added to it, at their requirement's place. */
Test(catalogue, parts_and_the_places_of_rules)
{
	struct check kid = {.word = check_word(SLICE("im"))};
	struct rule rules[] = {{.occasion = OCCASION_PUSH}, {.name = "second"}, {.occasion = OCCASION_DEPOSIT}};
	struct requirement first = {.id = "5.3-a", .rules = rules, .rule_count = 2},
			   second = {.id = "5.3-b", .rules = &rules[2], .rule_count = 1};
	struct catalogue whole, part;

	catalogue_init(&whole);
	catalogue_check(&whole, &kid);
	catalogue_init_part(&part, &whole);
	cr_expect_eq(part.check_count, 2);
	cr_assert_eq(catalogue_add(&part, &first), 0);
	cr_assert_eq(catalogue_add(&part, &second), 0);
	cr_assert_eq(part.rule_count, 3);
	cr_expect_eq(part.rules[0].rule, &rules[0]);
	cr_expect_eq(part.rules[1].rule, &rules[1]);
	cr_expect_eq(part.rules[1].requirement, 0);
	cr_expect_eq(part.rules[2].requirement, 1);
	cr_expect_eq(whole.rule_count, 0);
	catalogue_done(&part);
	catalogue_done(&whole);
}

/* Three rules that begin alike and one that asks nothing: what an all{} asks is asked one by one. */
Test(catalogue, rules_share_the_conditions_that_they_begin_with)
{
	struct check im = {.word = check_word(SLICE("im"))}, answered = {.word = check_word(SLICE("answered"))};
	const struct check *both[] = {&im, &answered}, *again[1], *none[1];
	struct check all = {.word = check_word(SLICE("all")), .kids = both, .kid_count = 2};
	struct check nested = {.word = check_word(SLICE("all")), .kids = again, .kid_count = 1};
	struct check empty = {.word = check_word(SLICE("all")), .kids = none, .kid_count = 0};
	struct rule rules[] = {{.on = &nested}, {.on = &im}, {.on = &answered}, {.on = NULL}, {.on = &empty}};
	struct requirement requirement = {
		.id = "5.3-a", .actor = ACTOR_CLIENT, .condition = CONDITION_IMS, .rules = rules, .rule_count = 5};
	const struct guard *guard;
	struct catalogue catalogue;

	again[0] = &all;
	catalogue_init(&catalogue);
	cr_assert_eq(catalogue_add(&catalogue, &requirement), 0);
	cr_expect_null(catalogue.guards[OCCASION_OTHER][ACTOR_SERVER][CONDITION_IMS]);
	cr_expect_null(catalogue.guards[OCCASION_OTHER][ACTOR_CLIENT][CONDITION_ALWAYS]);
	cr_expect_null(catalogue.guards[OCCASION_PUSH][ACTOR_CLIENT][CONDITION_IMS]);
	guard = catalogue.guards[OCCASION_OTHER][ACTOR_CLIENT][CONDITION_IMS];
	cr_assert_eq(guard->check, &im);
	cr_assert_eq(guard->then->check, &answered);
	cr_expect_null(guard->then->then->check);
	cr_expect_eq(guard->then->then->rule, 0);
	cr_expect_null(guard->then->then->next);
	cr_expect_null(guard->then->next->check);
	cr_expect_eq(guard->then->next->rule, 1);
	cr_expect_eq(guard->otherwise, guard->next);
	cr_expect_eq(guard->then->otherwise, guard->then->next);
	cr_expect_eq(guard->then->then->otherwise, guard->then->next);
	cr_expect_eq(guard->then->next->otherwise, guard->next);
	guard = guard->next;
	cr_assert_eq(guard->check, &answered);
	cr_expect_eq(guard->then->rule, 2);
	cr_expect_null(guard->next->check);
	cr_expect_eq(guard->next->rule, 3);
	cr_expect_eq(guard->next->next->rule, 4);
	cr_expect_null(guard->next->next->next);
	cr_expect_null(guard->next->next->otherwise);
	catalogue_done(&catalogue);
}

Test(catalogue, ids_and_names_are_unique)
{
	struct requirement a = {.id = "5.3-a"}, b = {.id = "5.3-a"}, c = {.id = "5.3-c"};
	struct play p = {.name = "p"}, q = {.name = "p"};
	struct catalogue catalogue;

	catalogue_init(&catalogue);
	cr_expect_null(catalogue_find(&catalogue, "5.3-a"));
	cr_expect_eq(catalogue_add(&catalogue, &a), 0);
	cr_expect_eq(catalogue_add(&catalogue, &b), -EEXIST);
	cr_expect_eq(catalogue_add(&catalogue, &c), 0);
	cr_expect_eq(catalogue.requirement_count, 2);
	cr_expect_eq(catalogue_find(&catalogue, "5.3-a"), &a);
	cr_expect_eq(catalogue.requirements[1], &c);
	cr_expect_eq(catalogue_add_play(&catalogue, &p), 0);
	cr_expect_eq(catalogue_add_play(&catalogue, &q), -EEXIST);
	cr_expect_eq(catalogue_find_play(&catalogue, "p"), &p);
	cr_expect_null(catalogue_find_play(&catalogue, "q"));
	catalogue_done(&catalogue);
}

Test(catalogue, names)
{
	cr_expect_str_eq(actor_name(ACTOR_SERVER), "server");
	cr_expect_str_eq(actor_name(ACTOR_CLIENT), "client");
	cr_expect_str_eq(level_name(LEVEL_SHALL_NOT), "SHALL NOT");
	cr_expect_str_eq(level_name(LEVEL_NOTE), "NOTE");
	cr_expect_str_eq(occasion_phrase(OCCASION_PUSH), "an INVITE that pushes deferred messages");
}

Test(catalogue, what_a_play_is_there_for)
{
	static const char *const ids[] = {"6.1.1.5-1", "6.1.1.5-2", NULL}, *const none[] = {NULL};
	struct play play = {.covers = ids};

	cr_expect(play_covers(&play, "6.1.1.5-1") && play_covers(&play, "6.1.1.5-2"));
	cr_expect_not(play_covers(&play, "6.1.1.5"));
	play.covers = none;
	cr_expect_not(play_covers(&play, "6.1.1.5-1"));
}
