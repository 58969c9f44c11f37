/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "harness/runner_internal.h"

#include <stdlib.h>

/* --- into campaign and journal --- */

static void emit(struct runner *runner, struct finding *finding)
{
	if (runner->config.journal && !runner->code)
		runner->code = journal_add_finding(runner->config.journal, finding, &runner->err);
	campaign_add_finding(runner->config.campaign, finding, NULL);
}

static void emit_held(void *arg, struct finding *finding)
{
	emit(arg, finding);
}

static void prove(struct runner *runner, const char *id)
{
	uint64_t more;

	if (map_set(&runner->proven, slice_of(id), runner))
		return;
	more = campaign_take(runner->held, id, VERDICT_PASS, emit_held, runner);
	campaign_add_count(runner->config.campaign, id, VERDICT_PASS, more, NULL);
}

/* Where a pass goes that is not what its case is there for. */
static struct campaign *campaign_for(const struct runner *runner, const char *id)
{
	return map_get(&runner->proven, slice_of(id)) ? runner->config.campaign : runner->held;
}

/* What the IUT's supplier does not claim is not asked. */
static bool is_claimed(const struct runner *runner, const char *id)
{
	const struct requirement *r = catalogue_find(runner->config.catalogue, id);

	return r && ics_of(runner->config.ixit, r) != ICS_NO;
}

static void give(struct runner *runner, const struct runner_case *c, struct finding *finding)
{
	bool pass = finding->verdict == VERDICT_PASS, covered = play_covers(c->play, finding->requirement);
	bool open = finding->verdict == VERDICT_INCONC && !covered; /* those who are there for it decide */

	if (!is_claimed(runner, finding->requirement) && pass)
		campaign_shown(runner->config.campaign, finding->requirement, NULL);
	if (!is_claimed(runner, finding->requirement) || open)
		finding_done(finding);
	else if (pass && !covered && campaign_for(runner, finding->requirement) == runner->held)
		campaign_add_finding(runner->held, finding, NULL);
	else
		emit(runner, finding);
}

bool case_count_pass(void *arg, size_t requirement, enum verdict verdict)
{
	struct runner_case *c = arg;
	const struct runner_config *config = &c->runner->config;
	const char *id = config->catalogue->requirements[requirement]->id;

	/* a journal has every finding; what a doubtful case shows may not count at all */
	if (verdict != VERDICT_PASS || config->journal || (c->control && !c->control->passed) ||
	    play_covers(c->play, id) || !is_claimed(c->runner, id))
		return false;
	if (!campaign_only_count(campaign_for(c->runner, id), id, verdict, case_order(c)))
		return false;
	c->found++;
	return true;
}

/* --- what a case is worth --- */

/* What the case is there for stays open; what it shows besides, others show better. */
static void doubt(struct runner_case *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->finding_count; i++) {
		struct finding *finding = &c->findings[i];

		if (finding->verdict == VERDICT_PASS && !play_covers(c->play, finding->requirement)) {
			finding_done(finding);
			continue;
		}
		if (finding->verdict == VERDICT_PASS) {
			finding->verdict = VERDICT_INCONC;
			free(finding->reason);
			finding->reason = mem_printf("control case '%s' did not pass", c->control->play->name);
		}
		c->findings[kept++] = *finding;
	}
	c->finding_count = kept;
}

static const struct finding *worst_about(const struct runner_case *c, const char *id)
{
	const struct finding *worst = NULL;

	for (size_t i = 0; i < c->finding_count; i++)
		if (!strcmp(c->findings[i].requirement, id) && (!worst || c->findings[i].verdict > worst->verdict))
			worst = &c->findings[i];
	return worst;
}

static char *reason_of(const struct finding *finding)
{
	if (finding->verdict == VERDICT_FAIL || (finding->verdict == VERDICT_WARN && !*finding->reason))
		return mem_printf("%s: expected %s, seen %s", finding->requirement, finding->expected, finding->seen);
	return mem_printf("%s: %s", finding->requirement, finding->reason);
}

/* The worst of what it is there for. A requirement that nothing in the case touched leaves it undecided as a control,
 * and unharmed otherwise. */
static void weigh(struct runner_case *c)
{
	const struct finding *decisive = NULL;
	bool all = true;

	for (const char *const *id = c->play->covers; *id; id++) {
		const struct finding *worst = worst_about(c, *id);

		all &= worst != NULL;
		if (worst && (!decisive || worst->verdict > decisive->verdict))
			decisive = worst;
	}
	c->verdict = decisive ? decisive->verdict : VERDICT_NONE;
	c->passed = all && decisive && decisive->verdict <= VERDICT_WARN;
	if (!decisive)
		c->reason = mem_strdup("nothing made its requirements apply");
	else
		c->reason = decisive->verdict == VERDICT_PASS ? mem_strdup("") : reason_of(decisive);
	if (c->end == LUA_PLAY_SKIPPED) {
		c->passed = false;
		if (c->verdict <= VERDICT_PASS) { /* what it did reach stands by itself */
			c->verdict = VERDICT_NONE;
			free(c->reason);
			c->reason = mem_strdup(c->why);
		}
	} else if (c->end != LUA_PLAY_DONE) {
		c->verdict = verdict_worse(c->verdict, c->end == LUA_PLAY_BROKEN ? VERDICT_ERROR : VERDICT_INCONC);
		c->passed = false;
		free(c->reason);
		c->reason = mem_strdup(c->why);
	}
}

/* The case has been reported; what it is there for can only get worse. */
static void downgrade(struct runner_case *c, const struct finding *finding)
{
	const struct campaign *campaign = c->runner->config.campaign;
	struct campaign_case *to = (struct campaign_case *)campaign_find_case(campaign, c->play->name);

	if (!to || !play_covers(c->play, finding->requirement) || finding->verdict <= to->verdict)
		return;
	to->verdict = finding->verdict;
	free(to->reason);
	to->reason = reason_of(finding);
}

void runner_settle_late(struct runner_case *c, struct finding *finding)
{
	free(finding->case_name);
	finding->case_name = mem_strdup(c->play->name);
	finding->order = case_order(c);
	c->found++;
	downgrade(c, finding);
	give(c->runner, c, finding);
}

static void report_case(struct runner *runner, const struct runner_case *c)
{
	struct campaign_case *to =
		campaign_add_case(runner->config.campaign, c->number, c->play->name, c->play->covers);

	to->verdict = c->verdict;
	to->duration = c->ended - c->began;
	campaign_set_text(&to->reason, c->reason);
	campaign_set_text(&to->user, c->user ? c->user : "");
	if (c->verdict != VERDICT_PASS)
		campaign_set_text(&to->ladder, c->ladder);
	if (runner->config.repeat) {
		char *repeat = mem_printf("%s --only %s", runner->config.repeat, c->play->name);

		campaign_set_text(&to->repeat, repeat);
		free(repeat);
	}
	if (runner->config.journal && !runner->code)
		runner->code = journal_add_case(runner->config.journal, to, &runner->err);
	if (runner->config.on_case)
		runner->config.on_case(runner->config.arg, to);
}

static void settle(struct runner *runner, struct runner_case *c)
{
	if (c->control && !c->control->passed && c->end != LUA_PLAY_SKIPPED) /* of such a case only the rest counts */
		doubt(c);
	weigh(c);
	for (size_t i = 0; i < c->finding_count; i++)
		if (c->findings[i].verdict == VERDICT_PASS && play_covers(c->play, c->findings[i].requirement))
			prove(runner, c->findings[i].requirement);
	for (size_t i = 0; i < c->finding_count; i++)
		give(runner, c, &c->findings[i]);
	c->finding_count = 0;
	c->state = CASE_SETTLED;
	runner->settled++;
	report_case(runner, c);
}

void case_judged(struct runner_case *c)
{
	struct runner_case **at = &c->runner->judged;

	c->state = CASE_JUDGED;
	while (*at && *at < c)
		at = &(*at)->next_judged;
	c->next_judged = *at;
	*at = c;
}

void runner_settle(struct runner *runner)
{
	bool more = true;

	while (more) {
		struct runner_case *c, **at = &runner->judged;

		for (more = false; (c = *at);) {
			if (c->control && c->control->state != CASE_SETTLED) {
				at = &c->next_judged;
				continue;
			}
			*at = c->next_judged;
			settle(runner, c);
			more = true;
		}
	}
}

void runner_settle_start(struct runner *runner)
{
	const struct runner_config *config = &runner->config;

	runner->held = campaign_new(CAMPAIGN_RUN, config->catalogue, config->ixit->iut_role, false);
	runner->held->passes_max = config->journal ? 0 : config->campaign->passes_max;
}

void runner_settle_end(struct runner *runner)
{
	campaign_free(runner->held);
	runner->held = NULL;
}
