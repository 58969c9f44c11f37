/* SPDX-License-Identifier: MIT */
#include "harness/prove.h"
#include "harness/scenarios.h"

int prove_stage_init(struct prove_stage *stage, const struct options *options, struct err *err)
{
	int rc;

	*stage = (struct prove_stage){.options = options};
	rc = scenarios_load(options, &stage->catalogue, &stage->script, err);
	if (rc < 0)
		return rc;
	lua_play_classes(stage->script);
	rc = scenarios_check(options, &stage->catalogue, err);
	if (rc == 0)
		rc = scenarios_profile(options, &stage->arena, &stage->profile, err);
	if (rc == 0)
		rc = settings_reader_new(&stage->profile.settings, &stage->reader, err);
	stage->profile.reader = stage->reader;
	return rc;
}

void prove_stage_done(struct prove_stage *stage)
{
	settings_reader_free(stage->reader);
	arena_done(&stage->arena);
	if (stage->script) {
		script_free(stage->script);
		catalogue_done(&stage->catalogue);
	}
}

size_t prove_stage_place(const struct prove_stage *stage, const char *id)
{
	size_t at = 0;

	while (strcmp(stage->catalogue.requirements[at]->id, id))
		at++;
	return at;
}

bool prove_stage_has(const struct prove_stage *stage, size_t requirement)
{
	const struct requirement *r = stage->catalogue.requirements[requirement];

	if (!r->rule_count || !scenarios_has(stage->options, &stage->catalogue, r))
		return false;
	for (const struct prove_side *const *side = prove_sides; *side; side++)
		if ((*side)->actor == r->actor)
			return true;
	return false;
}

bool prove_side_has(const struct prove_side *side, const struct prove_stage *stage, size_t requirement)
{
	const struct requirement *r = stage->catalogue.requirements[requirement];

	return r->actor == side->actor && (r->condition == CONDITION_IMS) == side->ims &&
	       prove_stage_has(stage, requirement);
}
