/* SPDX-License-Identifier: MIT */
#include "harness/prove_audit.h"

enum { CORE_PORT = 5060, IUT_PORT = 5070, ONLY_MAX = 16 };

static struct net_addr loopback(uint16_t port)
{
	static const uint8_t address[4] = {127, 0, 0, 1};

	return net_addr_v4(address, port);
}

static int play_all(const struct runner_config *config, struct err *err)
{
	struct runner *runner;
	int rc = runner_new(config, &runner, err);

	if (rc < 0)
		return rc;
	rc = runner_run(runner, err);
	runner_free(runner);
	return rc;
}

/* In an IMS only what is asked for there alone is proved. */
static size_t list_side(const struct prove_stage *stage, const struct prove_side *side, const char *ret[ONLY_MAX])
{
	size_t count = 0;

	for (size_t r = 0; r < stage->catalogue.requirement_count && count < ONLY_MAX; r++)
		if (prove_side_has(side, stage, r))
			ret[count++] = stage->catalogue.requirements[r]->id;
	return count;
}

/* Everything runs at once: time costs nothing here. */
static int campaign_run(struct prove_iut *iut, const struct prove_job *job, struct runner_config *config,
			struct err *err)
{
	struct options options = *iut->stage->options;
	const char *only[ONLY_MAX] = {job->only};
	size_t only_count = job->only ? 1 : job->side->ims ? list_side(iut->stage, job->side, only) : 0;
	struct ixit ixit = {
		.domain = "im.example",
		.iut_role = job->side->actor,
		.ims = job->side->ims,
		.direct = job->direct,
		.timers = TIMERS_DEFAULT,
	};
	int rc;

	if (job->weather.loss) /* silence proves something where it lasts longer than requests are repeated */
		ixit.timers = (struct timers){33 * SECOND, 33 * SECOND};
	options.seed = job->seed;
	options.jobs = 0;
	options.shard = (struct option_shard){1, 1};
	if (only_count)
		options.only = (struct option_list){.items = only, .count = only_count};
	config->options = &options;
	config->ixit = &ixit;
	rc = job->side->start(iut, config, err);
	if (rc < 0)
		return rc;
	rc = play_all(config, err);
	job->side->end(iut);
	return rc;
}

/* Where the network loses messages, what the core saw is not what the implementation did: nothing to compare there. */
static int audit(struct prove_capture *capture, const struct prove_live *live, struct prove_job *job,
		 const struct campaign *run, struct err *err)
{
	struct campaign *audited;

	if (job->kind == PROOF_WEATHER)
		return 0;
	audited = prove_capture_audit(capture, live->stage, job, err);
	if (!audited)
		return err->code;
	prove_agreement(live, job, run, audited);
	campaign_free(audited);
	return 0;
}

static int campaign_play(struct campaign *campaign, struct prove_live *live, struct prove_capture *capture,
			 struct prove_job *job, struct err *err)
{
	const struct prove_stage *stage = live->stage;
	struct prove_iut iut = {.stage = stage,
				.kind = job->kind,
				.number = job->number,
				.world = world_new_virtual(job->seed, &job->weather),
				.address = loopback(IUT_PORT),
				.core = loopback(CORE_PORT)};
	struct runner_config config = {
		.world = iut.world,
		.script = stage->script,
		.catalogue = &stage->catalogue,
		.profile = &stage->profile,
		.core = iut.core,
		.target = iut.address,
		.transport = NET_UDP,
		.campaign = campaign,
		.reorders = job->weather.jitter > 0 || job->weather.loss > 0,
		.loses = job->weather.loss > 0,
		.evidence = capture->log,
		.on_flow = prove_live_flow,
		.arg = live,
	};
	int rc;

	campaign->seed = job->seed;
	campaign->passes_max = 1;
	config.evidence_file = campaign_add_file(campaign, "run.pcapng");
	rc = campaign_run(&iut, job, &config, err);
	world_free(iut.world);
	campaign_settle(campaign);
	return rc < 0 ? rc : audit(capture, live, job, campaign, err);
}

struct campaign *prove_campaign(const struct prove_stage *stage, struct prove_job *job,
				void (*on_flow)(void *arg, const struct play *play, struct flow *flow), void *arg,
				struct err *err)
{
	struct campaign *campaign = campaign_new(CAMPAIGN_RUN, &stage->catalogue, job->side->actor, false);
	struct prove_live live = {.on_flow = on_flow, .arg = arg};
	struct prove_capture capture;
	int rc;

	prove_live_init(&live, stage, job);
	rc = prove_capture_init(&capture, err);
	if (rc == 0)
		rc = campaign_play(campaign, &live, &capture, job, err);
	prove_capture_done(&capture);
	prove_live_done(&live);
	if (rc == 0)
		return campaign;
	campaign_free(campaign);
	return NULL;
}
