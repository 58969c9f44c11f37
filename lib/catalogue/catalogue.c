/* SPDX-License-Identifier: MIT */
#include "catalogue/catalogue.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>

static const char *const actor_names[] = {"server", "client"};
static const char *const level_names[] = {"SHALL", "SHALL NOT", "SHOULD", "MAY", "NOTE"};
static const char *const occasion_phrases[] = {
	[OCCASION_OTHER] = "anything else",
	[OCCASION_REGISTER] = "a REGISTER of the client",
	[OCCASION_THIRD_PARTY] = "a third-party REGISTER from the core to the IM Server",
	[OCCASION_PUBLISH] = "a PUBLISH that the IM Server answers",
	[OCCASION_CLIENT_PUBLISH] = "a PUBLISH that the client sends",
	[OCCASION_SUBSCRIBE] = "a SUBSCRIBE of the client",
	[OCCASION_DEPOSIT] = "a MESSAGE for the served user at the IM Server",
	[OCCASION_PUSH] = "an INVITE that pushes deferred messages",
	[OCCASION_PUSH_REQUEST] = "a request of the IM Server inside a push's dialog",
};
_Static_assert(ARRAY_LEN(occasion_phrases) == OCCASION_COUNT, "each occasion has its phrase");

void catalogue_init(struct catalogue *catalogue)
{
	*catalogue = (struct catalogue){.check_count = 1};
}

void catalogue_init_part(struct catalogue *part, const struct catalogue *whole)
{
	catalogue_init(part);
	part->check_count = whole->check_count;
}

void catalogue_done(struct catalogue *catalogue)
{
	free(catalogue->requirements);
	free(catalogue->rules);
	free(catalogue->plays);
	map_done(&catalogue->by_id);
	map_done(&catalogue->play_by_name);
	map_done(&catalogue->checks);
	arena_done(&catalogue->arena);
	catalogue_init(catalogue);
}

/* Has that asked, too, unless it is already; returns where it goes on. */
static struct guard **add_guard(struct catalogue *catalogue, struct guard **at, const struct check *check)
{
	while (*at && (*at)->check != check)
		at = &(*at)->next;
	if (!*at) {
		*at = arena_alloc(&catalogue->arena, sizeof(**at));
		(*at)->check = check;
	}
	return &(*at)->then;
}

static struct guard **add_condition(struct catalogue *catalogue, struct guard **at, const struct check *check)
{
	unsigned count;
	const struct check *const *parts = check_parts(&check, &count);

	if (parts == &check)
		return add_guard(catalogue, at, check);
	for (unsigned i = 0; i < count; i++)
		at = add_condition(catalogue, at, parts[i]);
	return at;
}

static void lay_ways(struct guard *guard, struct guard *behind)
{
	for (; guard; guard = guard->next) {
		guard->otherwise = guard->next ? guard->next : behind;
		lay_ways(guard->then, guard->otherwise);
	}
}

static void add_rule(struct catalogue *catalogue, const struct requirement *requirement, const struct rule *rule)
{
	struct guard **all = &catalogue->guards[rule->occasion][requirement->actor][requirement->condition];
	struct guard **at = rule->on ? add_condition(catalogue, all, rule->on) : all;

	while (*at)
		at = &(*at)->next;
	*at = arena_alloc(&catalogue->arena, sizeof(**at));
	(*at)->rule = catalogue->rule_count;
	lay_ways(*all, NULL);
	MEM_GROW(catalogue->rules, catalogue->rule_count, catalogue->rule_cap);
	catalogue->rules[catalogue->rule_count++] =
		(struct rule_place){.rule = rule, .requirement = catalogue->requirement_count};
}

int catalogue_add(struct catalogue *catalogue, struct requirement *requirement)
{
	if (catalogue_find(catalogue, requirement->id))
		return -EEXIST;
	for (size_t i = 0; i < requirement->rule_count; i++)
		add_rule(catalogue, requirement, &requirement->rules[i]);
	MEM_GROW(catalogue->requirements, catalogue->requirement_count, catalogue->requirement_cap);
	catalogue->requirements[catalogue->requirement_count++] = requirement;
	map_set(&catalogue->by_id, slice_of(requirement->id), requirement);
	return 0;
}

int catalogue_add_play(struct catalogue *catalogue, struct play *play)
{
	if (catalogue_find_play(catalogue, play->name))
		return -EEXIST;
	MEM_GROW(catalogue->plays, catalogue->play_count, catalogue->play_cap);
	catalogue->plays[catalogue->play_count++] = play;
	map_set(&catalogue->play_by_name, slice_of(play->name), play);
	return 0;
}

/* Word, arguments and kids, so that no two different ones are written alike. */
static void put_check(struct buf *to, const struct check *check)
{
	buf_puts(to, check->word->name);
	for (unsigned i = 0; i < check->arg_count; i++) {
		const struct check_arg *arg = &check->args[i];
		if (arg->kind == CHECK_ARG_NUMBER)
			buf_printf(to, " %lld", (long long)arg->number);
		else
			buf_printf(to, " %s", arg->text);
		buf_putc(to, '\0');
	}
	for (unsigned i = 0; i < check->kid_count; i++)
		buf_printf(to, " (%u)", check->kids[i]->number);
}

const struct check *catalogue_check(struct catalogue *catalogue, struct check *check)
{
	struct buf key = {0};
	const struct check *same;

	put_check(&key, check);
	same = map_get(&catalogue->checks, buf_slice(&key));
	if (!same) {
		check->number = catalogue->check_count++;
		map_set(&catalogue->checks, buf_slice(&key), check);
		same = check;
	}
	buf_done(&key);
	return same;
}

const struct requirement *catalogue_find(const struct catalogue *catalogue, const char *id)
{
	return map_get(&catalogue->by_id, slice_of(id));
}

const struct play *catalogue_find_play(const struct catalogue *catalogue, const char *name)
{
	return map_get(&catalogue->play_by_name, slice_of(name));
}

bool play_covers(const struct play *play, const char *id)
{
	const char *const *covered = play->covers;

	while (*covered && strcmp(*covered, id))
		covered++;
	return *covered != NULL;
}

const char *occasion_phrase(enum occasion occasion)
{
	assert(occasion < OCCASION_COUNT);
	return occasion_phrases[occasion];
}

const char *actor_name(enum actor actor)
{
	assert(actor < ARRAY_LEN(actor_names));
	return actor_names[actor];
}

const char *level_name(enum level level)
{
	assert(level < ARRAY_LEN(level_names));
	return level_names[level];
}

/* Goes back to the last '*' only: more is never needed, and the cost stays the product of the lengths. */
static bool match_wild(const char *pattern, const char *text)
{
	const char *star = NULL, *resume = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			resume = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool catalogue_match(const char *pattern, const char *text)
{
	size_t len = strlen(pattern);

	if (strpbrk(pattern, "*?"))
		return match_wild(pattern, text);
	if (!len || strncmp(pattern, text, len))
		return false;
	return !text[len] || text[len] == '-' || text[len] == '.';
}

static bool names_one(const struct catalogue *catalogue, const char *pattern)
{
	if (catalogue_find(catalogue, pattern))
		return true;
	for (size_t i = 0; i < catalogue->play_count; i++)
		if (!strcmp(catalogue->plays[i]->name, pattern))
			return true;
	return false;
}

bool catalogue_selects(const struct catalogue *catalogue, const char *pattern, const char *text)
{
	if (!strpbrk(pattern, "*?") && names_one(catalogue, pattern))
		return !strcmp(pattern, text);
	return catalogue_match(pattern, text);
}
