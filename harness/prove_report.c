/* SPDX-License-Identifier: MIT
 *
 * The proofs as findings, so that every format of reports/ shows them: a proof that held is a pass. */
#include "base/mem.h"
#include "harness/prove.h"

#include <stdlib.h>

/* "6.1.1.5-1 faults": each cell is a case, so that formats without tables show it, too. */
static char *cell_name(const struct proving *proving, size_t requirement, enum proof_kind kind)
{
	return mem_printf("%s %s", proving->stage.catalogue.requirements[requirement]->id, proof_kind_name(kind));
}

static void add_proof(const struct proving *proving, struct campaign *campaign, size_t number)
{
	const struct proof *proof = &proving->proofs.list[number];
	const char *id = proving->stage.catalogue.requirements[proof->requirement]->id;
	struct finding finding = {
		.verdict = proof->held ? VERDICT_PASS : VERDICT_FAIL,
		.order = number,
		.requirement = mem_strdup(id),
		.rule = mem_strdup(proof->name),
		.case_name = cell_name(proving, proof->requirement, proof->kind),
		.user = mem_strdup(""),
		.expected = mem_strdup(proof->held ? "" : "the proof holds"),
		.seen = mem_strdup(proof->text),
		.reason = mem_strdup(""),
	};

	campaign_add_finding(campaign, &finding, NULL);
}

static void add_cell(const struct proving *proving, struct campaign *campaign, size_t requirement, enum proof_kind kind)
{
	const char *ids[] = {proving->stage.catalogue.requirements[requirement]->id, NULL};
	struct proof_cell cell = proving_cell(proving, requirement, kind);
	char *name = cell_name(proving, requirement, kind), *names = prove_names(proving, requirement, kind);
	struct campaign_case *to = campaign_add_case(campaign, requirement * PROOF_KINDS + kind, name, ids);
	char *reason = mem_printf("%zu of %zu proofs held: %s", cell.held, cell.count, names ? names : "none");

	to->verdict = proving_cell_holds(cell) ? VERDICT_PASS : VERDICT_FAIL;
	campaign_set_text(&to->reason, reason);
	campaign_set_text(&to->user, "");
	free(names);
	free(reason);
	free(name);
}

static void add_cells(const struct proving *proving, struct campaign *campaign)
{
	for (size_t r = 0; r < proving->stage.catalogue.requirement_count; r++)
		for (enum proof_kind kind = 0; prove_stage_has(&proving->stage, r) && kind < PROOF_KINDS; kind++)
			if (proving->stage.options->shard.count == 1 || proving_cell(proving, r, kind).count)
				add_cell(proving, campaign, r, kind);
}

struct campaign *prove_report(const struct proving *proving)
{
	const struct options *options = proving->stage.options;
	struct campaign *campaign = campaign_new(CAMPAIGN_PROOF, &proving->stage.catalogue, ACTOR_SERVER, true);

	campaign_set_address(campaign, "");
	campaign->reference = true;
	campaign->complete = true;
	campaign->seed = options->seed;
	campaign->passes_max = 0; /* the list behind each cell is what this is about */
	campaign_add_note(campaign,
			  "the self-proof: each finding is a proof of a requirement's verdict, not a verdict");
	prove_matrix_add(proving, campaign);
	for (size_t i = 0; i < proving->proofs.count; i++)
		add_proof(proving, campaign, i);
	add_cells(proving, campaign);
	campaign_settle(campaign);
	return campaign;
}
