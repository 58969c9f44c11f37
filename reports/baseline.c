/* SPDX-License-Identifier: MIT */
#include "reports/baseline.h"
#include "base/buf.h"

enum change {
	CHANGE_NONE,
	CHANGE_FAILS,
	CHANGE_WARNS,
	CHANGE_UNDECIDED,
	CHANGE_FIXED,
	CHANGE_MISSING,
	CHANGE_ADDED,
	CHANGE_COUNT
};

static const char *const words[CHANGE_COUNT] = {
	[CHANGE_FAILS] = "fails now",
	[CHANGE_WARNS] = "is a warning now",
	[CHANGE_UNDECIDED] = "is not decided any more",
	[CHANGE_FIXED] = "is fixed",
	[CHANGE_MISSING] = "is missing: it was judged then",
	[CHANGE_ADDED] = "was not there then",
};

struct comparison {
	struct campaign *campaign;
	size_t counts[CHANGE_COUNT];
};

static void add(struct comparison *comparison, enum change change, const char *kind, const char *name)
{
	struct buf note = {0};

	if (change == CHANGE_NONE || ++comparison->counts[change] > BASELINE_NAMES_MAX)
		return;
	buf_printf(&note, "baseline: %s %s %s", kind, name, words[change]);
	campaign_add_note(comparison->campaign, note.p);
	buf_done(&note);
}

static enum change change_of(enum verdict old, enum verdict new)
{
	if (old != VERDICT_NONE && new == VERDICT_NONE)
		return CHANGE_MISSING;
	if (new >= VERDICT_FAIL)
		return old < VERDICT_FAIL ? CHANGE_FAILS : CHANGE_NONE;
	if (new == VERDICT_INCONC)
		return old == VERDICT_PASS || old == VERDICT_WARN ? CHANGE_UNDECIDED : CHANGE_NONE;
	if (new == VERDICT_WARN && old == VERDICT_PASS)
		return CHANGE_WARNS;
	if (new == VERDICT_PASS && old > VERDICT_PASS)
		return CHANGE_FIXED;
	return old == VERDICT_NONE && new != VERDICT_NONE ? CHANGE_ADDED : CHANGE_NONE;
}

static void compare_requirements(struct comparison *comparison, const struct campaign *old)
{
	for (size_t i = 0; i < old->requirement_count; i++) {
		const char *id = old->requirements[i].requirement->id;
		const struct campaign_requirement *now = campaign_find(comparison->campaign, id);

		add(comparison, change_of(old->requirements[i].verdict, now ? now->verdict : VERDICT_NONE),
		    "requirement", id);
	}
	for (size_t i = 0; i < comparison->campaign->requirement_count; i++) {
		const struct campaign_requirement *now = &comparison->campaign->requirements[i];

		if (!campaign_find(old, now->requirement->id))
			add(comparison, CHANGE_ADDED, "requirement", now->requirement->id);
	}
}

static void compare_cases(struct comparison *comparison, const struct campaign *old)
{
	for (size_t i = 0; i < old->case_count; i++) {
		const struct campaign_case *now = campaign_find_case(comparison->campaign, old->cases[i].name);

		add(comparison, now ? change_of(old->cases[i].verdict, now->verdict) : CHANGE_MISSING, "case",
		    old->cases[i].name);
	}
	for (size_t i = 0; i < comparison->campaign->case_count; i++)
		if (!campaign_find_case(old, comparison->campaign->cases[i].name))
			add(comparison, CHANGE_ADDED, "case", comparison->campaign->cases[i].name);
}

void baseline_compare(struct campaign *campaign, const struct campaign *old)
{
	struct comparison comparison = {.campaign = campaign};
	struct buf note = {0};

	compare_requirements(&comparison, old);
	compare_cases(&comparison, old);
	buf_printf(&note,
		   "baseline: %zu new failures, %zu fixed, %zu missing, %zu new, %zu not decided any more, %zu new "
		   "warnings",
		   comparison.counts[CHANGE_FAILS], comparison.counts[CHANGE_FIXED], comparison.counts[CHANGE_MISSING],
		   comparison.counts[CHANGE_ADDED], comparison.counts[CHANGE_UNDECIDED],
		   comparison.counts[CHANGE_WARNS]);
	campaign_add_note(campaign, note.p);
	campaign->refused |= comparison.counts[CHANGE_MISSING] > 0;
	buf_done(&note);
}
