/* SPDX-License-Identifier: MIT */
#include "runner_help.h"
#include "harness_test.h"
#include "base/mem.h"
#include "script/profile.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct {
	struct catalogue catalogue;
	struct script *script;
	struct arena arena;
	struct profile profile;
	struct settings_reader *reader;
} loaded;

static void load(void)
{
	struct err err = {0};

	if (loaded.script)
		return;
	settings_init();
	catalogue_init(&loaded.catalogue);
	loaded.script = script_new(&loaded.catalogue);
	lua_play_classes(loaded.script);
	cr_assert_eq(script_load_dir(loaded.script, SOURCE_ROOT "/scenarios", &err), 0, "%s", err.text);
	cr_assert_eq(script_finish(loaded.script, &err), 0, "%s", err.text);
	cr_assert_eq(profile_load(SOURCE_ROOT "/scenarios/profiles/default.lua", &loaded.arena, &loaded.profile, &err),
		     0, "%s", err.text);
	cr_assert_eq(settings_reader_new(&loaded.profile.settings, &loaded.reader, &err), 0, "%s", err.text);
	loaded.profile.reader = loaded.reader;
}

struct script *rehearsal_script(void)
{
	load();
	return loaded.script;
}

const struct catalogue *rehearsal_catalogue(void)
{
	load();
	return &loaded.catalogue;
}

const struct profile *rehearsal_profile(void)
{
	load();
	return &loaded.profile;
}

/* --- peers that know nothing --- */

struct null {
	enum null_peer kind;
	unsigned status;
	struct endpoint *endpoint;
};

static void null_on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
	struct null *null = arg;

	if (!txn)
		return;
	if (null->kind == PEER_STATUS)
		core_refuse(txn, null->status);
	else if (null->kind == PEER_LIVING && msg->method == SIP_METHOD_OPTIONS)
		core_refuse(txn, 200);
	else if (null->kind == PEER_GARBAGE)
		endpoint_send(null->endpoint, path->transport, &path->src, SLICE("HELO im.example\r\n\r\n"), NULL);
}

static const struct endpoint_events null_events = {.on_request = null_on_request};

/* --- campaigns --- */

static struct server *reference_start(struct runner *runner, struct world *world, const struct rehearsal_plan *plan)
{
	struct server_config config = {.bind = loopback4(5070),
				       .core = *runner_core(runner),
				       .transport = world_tls(world) ? NET_TLS : NET_UDP,
				       .profile = &loaded.profile,
				       .domain = "im.example",
				       .ims = plan->ims,
				       .direct = plan->direct};
	size_t which;
	struct server *server;
	struct err err = {0};

	if (plan->slow_push)
		server_variants_set(&config, VARIANT_SLOW_PUSH);
	if (plan->fault) {
		cr_assert(manner_find(&server_faults, slice_of(plan->fault), &which), "no fault %s", plan->fault);
		server_faults_set(&config.faults, which);
	}
	cr_assert_eq(server_new(world, &config, &server, &err), 0, "%s", err.text);
	return server;
}

struct latecomer {
	struct runner *runner;
	struct world *world;
	const struct rehearsal_plan *plan;
	struct world_timer timer;
	struct server *server;
};

static void late_start(void *arg)
{
	struct latecomer *late = arg;

	late->server = reference_start(late->runner, late->world, late->plan);
}

static struct options options_of(const struct rehearsal_plan *plan)
{
	struct options options = {.seed = plan->seed, .jobs = plan->jobs, .shard = {1, 1}};

	for (size_t i = 0; i < 4 && plan->only[i]; i++) {
		MEM_GROW(options.only.items, options.only.count, options.only.cap);
		options.only.items[options.only.count++] = plan->only[i];
	}
	return options;
}

struct rehearsal rehearse(const struct rehearsal_plan *plan)
{
	struct ixit ixit = {.domain = "im.example",
			    .timers = TIMERS_DEFAULT,
			    .sips = plan->sips,
			    .ims = plan->ims,
			    .direct = plan->direct};
	struct options options = options_of(plan);
	struct null null = {plan->peer, plan->status, NULL};
	struct world *world = world_new_virtual(plan->seed, &plan->weather);
	struct net_addr target = loopback4(5070);
	struct rehearsal ret = {0};
	struct latecomer late = {.world = world, .plan = plan};
	struct runner *runner;
	struct err err = {0};

	if (plan->quiet)
		ixit.timers.quiet = plan->quiet;
	load();
	ret.campaign = campaign_new(CAMPAIGN_RUN, &loaded.catalogue, ACTOR_SERVER, false);
	campaign_set_address(ret.campaign, "127.0.0.1:5070");
	ret.campaign->seed = plan->seed;
	ret.campaign->reference = plan->peer == PEER_REFERENCE;
	struct runner_config config = {
		.world = world,
		.script = loaded.script,
		.catalogue = &loaded.catalogue,
		.profile = &loaded.profile,
		.ixit = &ixit,
		.core = loopback4(5060),
		.target = target,
		.transport = plan->tls ? NET_TLS : NET_UDP,
		.options = &options,
		.campaign = ret.campaign,
		.reorders = plan->weather.jitter > 0,
	};
	cr_assert_eq(evidence_log_new(plan->evidence, 0, &config.evidence, NULL), 0);
	config.evidence_file = campaign_add_file(ret.campaign, "run.pcapng");
	world_set_tls(world, plan->tls);
	cr_assert_eq(runner_new(&config, &runner, &err), 0, "%s", err.text);
	world_set_tls(world, plan->peer_tls);
	late.runner = runner;
	if (plan->peer == PEER_REFERENCE)
		late_start(&late);
	else if (plan->peer == PEER_LATE)
		world_timer_start(world, &late.timer, 2000 * MS, late_start, &late);
	else if (plan->peer != PEER_NOBODY)
		cr_assert_eq(endpoint_new(world, &target, &null_events, &null, &null.endpoint, &err), 0, "%s",
			     err.text);
	cr_assert_eq(runner_run(runner, &err), 0, "%s", err.text);
	ret.most_at_once = runner_most_at_once(runner);
	ret.lasted = world_now(world);
	runner_free(runner);
	if (late.server)
		server_free(late.server);
	endpoint_free(null.endpoint);
	evidence_log_free(config.evidence, NULL);
	world_free(world);
	free(options.only.items);
	campaign_settle(ret.campaign);
	return ret;
}

void rehearsal_done(struct rehearsal *rehearsal)
{
	campaign_free(rehearsal->campaign);
}

enum verdict verdict_of_requirement(const struct campaign *campaign, const char *id)
{
	const struct campaign_requirement *r = campaign_find(campaign, id);

	cr_assert_not_null(r, "no requirement %s", id);
	return r->verdict;
}

void expect_left_out(const struct campaign *campaign, const char *name, const char *why)
{
	const struct campaign_fact *fact = campaign_next_fact(campaign, "left out", NULL);

	while (fact && strcmp(fact->name, name))
		fact = campaign_next_fact(campaign, "left out", fact);
	cr_assert_not_null(fact, "%s was not left out", name);
	cr_expect_str_eq(fact->value, why, "%s", name);
}

void verdicts_write(const struct campaign *campaign, bool reasons, struct buf *to)
{
	for (size_t i = 0; i < campaign->requirement_count; i++)
		buf_printf(to, "%-6s %-18s %s\n", verdict_name(campaign->requirements[i].verdict),
			   campaign->requirements[i].requirement->id, reasons ? campaign->requirements[i].reason : "");
	for (size_t i = 0; i < campaign->case_count; i++)
		buf_printf(to, "%-6s %-34s %s\n", verdict_name(campaign->cases[i].verdict), campaign->cases[i].name,
			   reasons ? campaign->cases[i].reason : "");
}
