/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "harness/runner_internal.h"
#include "harness/scenarios.h"

#include <stdlib.h>

/* Something that the IUT's supplier claims must be among what the case is there for. */
static bool play_is_claimed(const struct runner_config *config, const struct play *play)
{
	for (const char *const *id = play->covers; *id; id++)
		if (ics_of(config->ixit, catalogue_find(config->catalogue, *id)) != ICS_NO)
			return true;
	return false;
}

/* What is there for an IMS alone means nothing to another core; what is there for a core, nothing where there is none.
 */
static bool play_fits_core(const struct runner_config *config, const struct play *play)
{
	for (const char *const *id = play->covers; *id; id++)
		if (ixit_meets(config->ixit, catalogue_find(config->catalogue, *id)->condition))
			return true;
	return false;
}

static bool play_wanted(const struct runner_config *config, const struct play *play, uint64_t number)
{
	if (play->actor != config->ixit->iut_role || !play_is_claimed(config, play) || !play_fits_core(config, play))
		return false;
	if (number % config->options->shard.count != config->options->shard.index - 1)
		return false;
	return scenarios_has_play(config->options, config->catalogue, play);
}

static const char *why_left_out(const struct runner_config *config, const struct play *play)
{
	if (!play_is_claimed(config, play))
		return "the ICS claims nothing that it is there for";
	if (play_fits_core(config, play))
		return "not selected by --only and --skip";
	return catalogue_find(config->catalogue, *play->covers)->condition == CONDITION_IMS
		       ? "the core is no IMS"
		       : "there is no core (core.direct)";
}

/* A case of another shard is not left out: the whole has it. */
static void tell_left_out(const struct runner_config *config, const struct play *play, uint64_t number)
{
	if (play->actor != config->ixit->iut_role ||
	    number % config->options->shard.count != config->options->shard.index - 1)
		return;
	campaign_add_fact(config->campaign, "left out", play->name, why_left_out(config, play));
}

static void want_controls(const struct catalogue *catalogue, bool *wanted)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < catalogue->play_count; i++) {
			const char *control = wanted[i] ? catalogue->plays[i]->control : NULL;

			for (size_t j = 0; control && j < catalogue->play_count; j++) {
				if (wanted[j] || strcmp(catalogue->plays[j]->name, control))
					continue;
				wanted[j] = more = true;
			}
		}
	}
}

static void make_cases(struct runner *runner, const bool *wanted)
{
	const struct catalogue *catalogue = runner->config.catalogue;

	runner->cases = mem_alloc(catalogue->play_count * sizeof(*runner->cases));
	for (size_t i = 0; i < catalogue->play_count; i++) {
		if (!wanted[i])
			continue;
		runner->cases[runner->case_count++] =
			(struct runner_case){.runner = runner, .play = catalogue->plays[i], .number = i};
	}
	for (size_t i = 0; i < runner->case_count; i++)
		for (size_t j = 0; runner->cases[i].play->control && j < runner->case_count; j++)
			if (!strcmp(runner->cases[j].play->name, runner->cases[i].play->control))
				runner->cases[i].control = &runner->cases[j];
}

static uint64_t next_random(uint64_t *state) /* splitmix64 */
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* The others keep their order among themselves. */
static void put_first(struct runner *runner, size_t from, size_t to)
{
	struct runner_case *c = runner->queue[from];

	memmove(runner->queue + to + 1, runner->queue + to, (from - to) * sizeof(c));
	runner->queue[to] = c;
}

static void put_ahead(struct runner *runner)
{
	size_t ahead = 0;

	for (size_t i = 0; i < runner->case_count; i++)
		if (runner->queue[i]->play->ahead)
			put_first(runner, i, ahead++);
}

static void shuffle(struct runner *runner)
{
	uint64_t state = runner->config.options->seed;

	runner->queue = mem_alloc(runner->case_count * sizeof(*runner->queue));
	for (size_t i = 0; i < runner->case_count; i++) {
		size_t j = next_random(&state) % (i + 1);

		runner->queue[i] = runner->queue[j];
		runner->queue[j] = &runner->cases[i];
	}
}

static bool covered_by_any(const struct runner *runner, const char *id)
{
	for (size_t i = 0; i < runner->case_count; i++)
		if (play_covers(runner->cases[i].play, id))
			return true;
	return false;
}

/* Why there will be no verdict, where the catalogue itself does not say so. */
static void excuse_others(struct runner *runner)
{
	const struct runner_config *config = &runner->config;

	for (size_t i = 0; i < config->catalogue->requirement_count; i++) {
		const struct requirement *r = config->catalogue->requirements[i];

		if (r->actor != config->ixit->iut_role)
			continue;
		if (ics_of(config->ixit, r) == ICS_NO)
			campaign_excuse(config->campaign, r->id, "the ICS does not claim it", NULL);
		else if (r->condition == CONDITION_CORE && config->ixit->direct)
			campaign_excuse(config->campaign, r->id, "there is no core (core.direct)", NULL);
		else if (r->live && ixit_meets(config->ixit, r->condition) && !covered_by_any(runner, r->id))
			campaign_excuse(config->campaign, r->id, "no case that is there for it was selected", NULL);
	}
}

int runner_select(struct runner *runner, struct err *err)
{
	const struct runner_config *config = &runner->config;
	const struct catalogue *catalogue = config->catalogue;
	bool *wanted = mem_alloc(catalogue->play_count * sizeof(*wanted) + 1);

	for (size_t i = 0; i < catalogue->play_count; i++)
		wanted[i] = play_wanted(config, catalogue->plays[i], i);
	want_controls(catalogue, wanted);
	make_cases(runner, wanted);
	for (size_t i = 0; i < catalogue->play_count; i++)
		if (!wanted[i])
			tell_left_out(config, catalogue->plays[i], i);
	free(wanted);
	if (!runner->case_count)
		return err_set(err, -EINVAL, "no case is selected, expected at least one");
	shuffle(runner);
	put_ahead(runner);
	excuse_others(runner);
	return 0;
}
