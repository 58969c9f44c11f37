/* SPDX-License-Identifier: MIT
 *
 * The proofs as findings, so that every format of reports/ shows them: a proof that held is a pass. */
#include "base/mem.h"
#include "harness/prove.h"

#include <stdlib.h>

static void add_proof(const struct proving *proving, struct campaign *campaign, size_t number)
{
	const struct proof *proof = &proving->proofs.list[number];
	const char *id = proving->stage.catalogue.requirements[proof->requirement]->id;
	struct finding finding = {
		.verdict = proof->held ? VERDICT_PASS : VERDICT_FAIL,
		.order = number,
		.requirement = mem_strdup(id),
		.rule = mem_printf("%s: %s", proof_kind_name(proof->kind), proof->name),
		.user = mem_strdup(""),
		.expected = mem_strdup(proof->held ? "" : "the proof holds"),
		.seen = mem_strdup(proof->text),
		.reason = mem_strdup(""),
	};

	campaign_add_finding(campaign, &finding, NULL);
}

struct campaign *prove_report(const struct proving *proving)
{
	const struct options *options = proving->stage.options;
	struct campaign *campaign = campaign_new(CAMPAIGN_RUN, &proving->stage.catalogue, ACTOR_SERVER, true);

	campaign_set_address(campaign, "");
	campaign->reference = true;
	campaign->complete = true;
	campaign->seed = options->seed;
	campaign_add_note(campaign,
			  "the self-proof: each finding is a proof of a requirement's verdict, not a verdict");
	for (size_t i = 0; i < proving->proofs.count; i++)
		add_proof(proving, campaign, i);
	campaign_settle(campaign);
	return campaign;
}
