/* SPDX-License-Identifier: MIT
 *
 * The bytes are a live campaign on the virtual clock whose messages are bent on their way (fuzz/bend.h): which side,
 * which of its legal variants, the requirement whose cases run, and the bends. What a peer says is never our own error.
 */
#include "fuzz/bend.h"
#include "fuzz/fuzz.h"
#include "harness/prove.h"

#include <stdio.h>
#include <stdlib.h>

static struct slice recipe;
static const struct prove_side *bent;

static void must(int result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static const struct prove_stage *stage(void)
{
	static const struct options options = {.verb = VERB_PROVE, .seed = 1, .shard = {1, 1}};
	static struct prove_stage kept;
	struct err err = {0};

	if (!kept.script)
		must(prove_stage_init(&kept, &options, &err), err.text);
	return &kept;
}

static int start_bent(struct prove_iut *iut, struct runner_config *config, struct err *err)
{
	bend_world(iut->world, recipe);
	return bent->start(iut, config, err);
}

static size_t next(size_t count)
{
	size_t byte = recipe.len ? (unsigned char)*recipe.p : 0;

	if (recipe.len)
		recipe = (struct slice){recipe.p + 1, recipe.len - 1};
	return byte % count;
}

static const char *next_requirement(const struct prove_side *side)
{
	const struct catalogue *catalogue = &stage()->catalogue;
	size_t places[256], count = 0;

	for (size_t r = 0; r < catalogue->requirement_count && count < 256; r++)
		if (prove_side_has(side, stage(), r))
			places[count++] = r;
	return catalogue->requirements[places[next(count)]]->id;
}

static void expect_no_error(const struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->requirement_count; i++)
		must(campaign->requirements[i].verdict == VERDICT_ERROR ? -1 : 0, campaign->requirements[i].reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct prove_side side;
	struct prove_job job = {.side = &side, .kind = PROOF_VARIANTS, .seed = 1, .weather = {.delay = SECOND / 1000}};
	struct campaign *campaign;
	struct err err = {0};

	recipe = (struct slice){(const char *)data, size};
	bent = prove_sides[next(4)];
	side = *bent;
	side.start = start_bent;
	job.number = next(side.tables[PROOF_VARIANTS]->count);
	job.only = next_requirement(&side);
	campaign = prove_campaign(stage(), &job, NULL, NULL, &err);
	must(campaign ? 0 : -1, err.text);
	expect_no_error(campaign);
	campaign_free(campaign);
	proofs_done(&job.proofs);
	return 0;
}
