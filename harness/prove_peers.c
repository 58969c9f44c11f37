/* SPDX-License-Identifier: MIT
 *
 * What campaigns against faulty, unusual and useless implementations prove, and against a correct one in hostile
 * weather. */
#include "base/mem.h"
#include "harness/prove.h"

#include <inttypes.h>
#include <stdlib.h>

static bool names(const char *ids, const char *id)
{
	size_t len = strlen(id);

	for (const char *at = ids; (at = strstr(at, id)); at += len)
		if ((at == ids || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	return false;
}

static bool is_bad(enum verdict verdict)
{
	return verdict == VERDICT_WARN || verdict >= VERDICT_FAIL;
}

/* --- faults --- */

static bool covers(const struct campaign *campaign, const char *case_name, const char *id)
{
	const struct play *play = case_name ? catalogue_find_play(campaign->catalogue, case_name) : NULL;

	return play && play_covers(play, id);
}

static bool is_soft(const struct requirement *requirement, const char *rule)
{
	if (requirement->level == LEVEL_SHOULD || requirement->level == LEVEL_NOTE)
		return true;
	for (size_t i = 0; i < requirement->rule_count; i++)
		if (!strcmp(requirement->rules[i].name, rule))
			return requirement->rules[i].contested != NULL;
	return false;
}

/* The first finding that kills: a failure, or a warning where the text asks no more, or is contested. */
static const struct finding *killer(const struct campaign *campaign, const struct campaign_requirement *r)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct finding *f = &r->findings[i];
		bool bad =
			f->verdict == VERDICT_FAIL || (f->verdict == VERDICT_WARN && is_soft(r->requirement, f->rule));

		if (bad && covers(campaign, f->case_name, r->requirement->id))
			return f;
	}
	return NULL;
}

/* Not of kind WEATHER. */
static const struct manner *manner_of(const struct prove_job *job)
{
	return &job->side->tables[job->kind]->list[job->number];
}

/* What falls with it is told, with the reason that is declared. False: there is none. */
static bool put_elsewhere(const struct campaign *campaign, const struct prove_job *job, struct buf *to)
{
	const struct manners *faults = job->side->tables[PROOF_FAULTS];
	const char *breaks = faults->list[job->number].ids;
	bool all = true;

	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];
		const char *id = r->requirement->id, *because = manner_elsewhere(faults, job->number, id);

		if (!is_bad(r->verdict) || !strcmp(id, breaks))
			continue;
		if (because)
			buf_printf(to, "; breaks %s, too, because %s", id, because);
		else
			buf_printf(to, "; breaks %s, too, undeclared: %s", id, r->reason);
		all &= because != NULL;
	}
	return all;
}

static void judge_fault(const struct prove_stage *stage, struct prove_job *job, const struct campaign *campaign,
			bool alone)
{
	const struct manner *fault = manner_of(job);
	const char *breaks = fault->ids;
	const struct campaign_requirement *r = campaign_find(campaign, breaks);
	const struct finding *by = killer(campaign, r);
	struct buf text = {0};
	bool explained;

	if (by)
		buf_printf(&text, "killed by %s%s", by->case_name, alone ? ", without the cases of others" : "");
	else
		buf_printf(&text, "survives: %s, %s", verdict_name(r->verdict), r->reason);
	explained = put_elsewhere(campaign, job, &text);
	proofs_add(&job->proofs, PROOF_FAULTS, prove_stage_place(stage, breaks), by && explained,
		   mem_strdup(fault->name), buf_take(&text));
}

/* All cases run side by side with those of others. Where a fault spoils the cases of others instead, those that are
 * there for the requirement run alone. */
static int prove_fault(const struct prove_stage *stage, struct prove_job *job, struct err *err)
{
	const char *breaks = manner_of(job)->ids;
	struct campaign *campaign = prove_campaign(stage, job, NULL, NULL, err);
	bool alone = campaign && !killer(campaign, campaign_find(campaign, breaks));

	if (alone) {
		job->cases += campaign->case_count;
		campaign_free(campaign);
		job->only = breaks;
		campaign = prove_campaign(stage, job, NULL, NULL, err);
	}
	if (!campaign)
		return err->code;
	job->cases += campaign->case_count;
	judge_fault(stage, job, campaign, alone);
	campaign_free(campaign);
	return 0;
}

/* --- the others: one proof for each requirement --- */

/* What a variant leaves out is a warning, or not there to be judged. */
static bool variant_holds(const char *left_out, const struct campaign_requirement *r)
{
	if (names(left_out, r->requirement->id))
		return r->verdict == VERDICT_WARN || r->verdict == VERDICT_NONE;
	return r->verdict == VERDICT_PASS;
}

static bool null_holds(const char *earned, const struct campaign_requirement *r)
{
	return r->verdict != VERDICT_PASS || names(earned, r->requirement->id);
}

static bool holds(const struct prove_job *job, const struct campaign_requirement *r)
{
	if (job->kind == PROOF_WEATHER)
		return !is_bad(r->verdict);
	if (job->kind == PROOF_VARIANTS)
		return variant_holds(manner_of(job)->ids, r);
	return null_holds(manner_of(job)->ids, r);
}

static char *name_of(const struct prove_job *job)
{
	if (job->kind == PROOF_WEATHER)
		return mem_printf("seed %" PRIu64, job->seed);
	return mem_strdup(manner_of(job)->name);
}

/* The verdict, and the first case that brought it about. */
static char *text_of(const struct campaign_requirement *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->findings[i].verdict == r->verdict && r->findings[i].case_name)
			return mem_printf("%s in %s: %s", verdict_name(r->verdict), r->findings[i].case_name,
					  r->reason);
	return mem_printf("%s: %s", verdict_name(r->verdict), r->reason);
}

static void judge_each(const struct prove_stage *stage, struct prove_job *job, const struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];
		size_t place = prove_stage_place(stage, r->requirement->id);

		if (!prove_side_has(job->side, stage, place))
			continue;
		proofs_add(&job->proofs, job->kind, place, holds(job, r), name_of(job), text_of(r));
		job->proofs.list[job->proofs.count - 1].decided = r->verdict == VERDICT_PASS;
	}
}

static int prove_each(const struct prove_stage *stage, struct prove_job *job, struct err *err)
{
	struct campaign *campaign = prove_campaign(stage, job, NULL, NULL, err);

	if (!campaign)
		return err->code;
	job->cases = campaign->case_count;
	judge_each(stage, job, campaign);
	campaign_free(campaign);
	return 0;
}

int prove_peers(const struct prove_stage *stage, struct prove_job *job, struct err *err)
{
	if (job->kind != PROOF_FAULTS)
		return prove_each(stage, job, err);
	if (!prove_side_has(job->side, stage, prove_stage_place(stage, manner_of(job)->ids)))
		return 0;
	return prove_fault(stage, job, err);
}
