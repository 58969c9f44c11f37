/* SPDX-License-Identifier: MIT */
#include "client_help.h"
#include "harness_test.h"
#include "base/mem.h"
#include "harness/tester_ask.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* --- upper testers of clients that are none --- */

struct null_tester {
	struct tester tester;
	struct tester_asks asks;
	struct tester *inner; /* of one that can only do some things; or NULL */
	const struct client_plan *plan;
	struct world *world;
	struct net_addr core;
	struct endpoint *endpoint;
	unsigned sent;
};

static void null_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
}

static void null_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
}

static void send_register(struct null_tester *n, const char *address)
{
	struct buf text = {0};
	char branch[SIP_TEXT_ID_MAX];

	sip_text_request(&text, "REGISTER", SLICE("sip:im.example"));
	sip_text_via(&text, NET_UDP, endpoint_addr(n->endpoint), sip_text_branch(n->world, branch));
	sip_text_header(&text, "Max-Forwards", "70");
	sip_text_header(&text, "From", "<%s>;tag=x%u", address, ++n->sent);
	sip_text_header(&text, "To", "<%s>", address);
	sip_text_header(&text, "Call-ID", "call-%u", n->sent);
	sip_text_header(&text, "CSeq", "1 REGISTER");
	sip_text_header(&text, "Contact", "<sip:x@127.0.0.1:%u>;+g.oma.sip-im", endpoint_addr(n->endpoint)->port);
	sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_request(n->endpoint, &(struct endpoint_request){NET_UDP, &n->core, buf_slice(&text), null_answer},
			 NULL, NULL);
	buf_done(&text);
}

static void null_ask(struct tester *tester, const struct tester_request *request, tester_done_fn *done, void *to)
{
	struct null_tester *n = (struct null_tester *)tester;
	bool acts = request->command == TESTER_REGISTER, sets = request->command == TESTER_SET_OFFLINE_DELIVERY;

	if (n->plan->client == CLIENT_DEAF && sets) {
		tester_asks_answer(&n->asks, done, to, TESTER_DONE, "");
		return;
	}
	if (n->plan->client == CLIENT_CONTRARY || n->plan->client == CLIENT_DEAF) {
		struct tester_request other = {request->command, request->user,
					       sets ? !request->active : request->active};
		n->inner->ask(n->inner, &other, done, to);
		return;
	}
	if (n->inner && request->command != TESTER_SET_OFFLINE_DELIVERY && request->command != TESTER_DEREGISTER) {
		n->inner->ask(n->inner, request, done, to);
		return;
	}
	if (acts && n->plan->client == CLIENT_GARBAGE)
		endpoint_send(n->endpoint, NET_UDP, &n->core, SLICE("HELO im.example\r\n\r\n"), NULL);
	if (acts && n->plan->client == CLIENT_STRANGER)
		send_register(n, "sip:somebody-else@im.example");
	if (acts && n->plan->client == CLIENT_REGISTERS_ONLY)
		send_register(n, request->user->address);
	tester_asks_answer(&n->asks, done, to, n->inner ? TESTER_CANNOT : TESTER_DONE,
			   n->inner ? "there is no hook for it" : "");
}

static void null_forget(struct tester *tester, void *to)
{
	struct null_tester *n = (struct null_tester *)tester;

	tester_asks_forget(&n->asks, to);
	if (n->inner)
		n->inner->forget(n->inner, to);
}

static void null_free(struct tester *tester)
{
	struct null_tester *n = (struct null_tester *)tester;

	tester_asks_done(&n->asks);
	tester_free(n->inner);
	endpoint_free(n->endpoint);
	free(n);
}

static struct tester *null_new(struct world *world, const struct client_plan *plan, const struct net_addr *core,
			       struct tester *inner)
{
	static const struct endpoint_events none = {.on_request = null_request};
	struct null_tester *n = mem_alloc(sizeof(*n));
	struct net_addr bind = *core;

	*n = (struct null_tester){.inner = inner, .plan = plan, .world = world, .core = *core, .asks = {world, NULL}};
	n->tester = (struct tester){.name = "nobody", .ask = null_ask, .forget = null_forget, .free = null_free};
	bind.port = 0;
	cr_assert_eq(endpoint_new(world, &bind, &none, n, &n->endpoint, NULL), 0);
	return &n->tester;
}

/* --- one that is slow to answer --- */

struct slow_tester {
	struct tester tester, *inner;
	struct world *world;
	struct world_timer timer;
	tester_done_fn *done; /* NULL: nobody waits any more */
	void *to;
	enum tester_outcome outcome;
	bool busy;
};

static void slow_answer(void *arg)
{
	struct slow_tester *s = arg;

	s->busy = false;
	if (s->done)
		s->done(s->to, s->outcome, "");
}

static void slow_inner_done(void *to, enum tester_outcome outcome, const char *why)
{
	struct slow_tester *s = to;

	s->outcome = outcome;
	world_timer_start(s->world, &s->timer, 500 * MS, slow_answer, s);
}

static void slow_ask(struct tester *tester, const struct tester_request *request, tester_done_fn *done, void *to)
{
	struct slow_tester *s = (struct slow_tester *)tester;

	cr_assert_not(s->busy, "told to %s while it is at work", tester_command_name(request->command));
	s->busy = true;
	s->done = done;
	s->to = to;
	s->inner->ask(s->inner, request, slow_inner_done, s);
}

static void slow_forget(struct tester *tester, void *to)
{
	struct slow_tester *s = (struct slow_tester *)tester;

	if (s->to == to)
		s->done = NULL;
}

static void slow_free(struct tester *tester)
{
	struct slow_tester *s = (struct slow_tester *)tester;

	world_timer_stop(&s->timer);
	tester_free(s->inner);
	free(s);
}

static struct tester *slow_new(struct world *world, struct tester *inner)
{
	struct slow_tester *s = mem_alloc(sizeof(*s));

	*s = (struct slow_tester){.inner = inner, .world = world};
	s->tester = (struct tester){.name = "the slow one", .ask = slow_ask, .forget = slow_forget, .free = slow_free};
	return &s->tester;
}

/* --- campaigns --- */

static struct tester *make_tester(struct world *world, const struct client_plan *plan, const struct net_addr *core)
{
	struct tester_reference_config config = {
		.world = world,
		.core = *core,
		.transport = plan->transport,
		.profile = rehearsal_profile(),
		.domain = "im.example",
		.ims = plan->ims,
	};
	size_t fault;
	struct tester *reference;

	if (plan->fault) {
		cr_assert(manner_find(&client_faults, slice_of(plan->fault), &fault), "no fault %s", plan->fault);
		client_faults_set(&config.faults, fault);
	}
	if (plan->variant)
		client_variants_set(&config.variants, *plan->variant);
	if (plan->client != CLIENT_REFERENCE && plan->client < CLIENT_UNABLE)
		return null_new(world, plan, core, NULL);
	reference = tester_new_reference(&config);
	if (plan->client == CLIENT_SLOW)
		return slow_new(world, reference);
	return plan->client == CLIENT_REFERENCE ? reference : null_new(world, plan, core, reference);
}

static struct options options_of(const struct client_plan *plan)
{
	struct options options = {.seed = plan->seed, .jobs = plan->jobs, .shard = {1, 1}};

	for (size_t i = 0; i < 4 && plan->only[i]; i++) {
		MEM_GROW(options.only.items, options.only.count, options.only.cap);
		options.only.items[options.only.count++] = plan->only[i];
	}
	return options;
}

struct rehearsal rehearse_client(const struct client_plan *plan)
{
	struct ixit ixit = {.domain = "im.example",
			    .timers = TIMERS_DEFAULT,
			    .iut_role = ACTOR_CLIENT,
			    .ims = plan->ims,
			    .users = plan->users,
			    .user_count = plan->user_count};
	struct options options = options_of(plan);
	struct err err = {0};
	struct world *world = plan->real ? world_new_real(&err) : world_new_virtual(plan->seed, &plan->weather);
	struct rehearsal ret = {0};
	struct runner *runner;
	struct tester *tester;

	if (plan->real)
		ixit.timers = (struct timers){200 * MS, 2000 * MS};
	ret.campaign = campaign_new(CAMPAIGN_RUN, rehearsal_catalogue(), ACTOR_CLIENT, false);
	struct runner_config config = {
		.world = world,
		.script = rehearsal_script(),
		.catalogue = rehearsal_catalogue(),
		.profile = rehearsal_profile(),
		.ixit = &ixit,
		.core = plan->ipv6 ? loopback6(0) : loopback4(0),
		.transport = plan->transport,
		.options = &options,
		.campaign = ret.campaign,
	};
	cr_assert_eq(evidence_log_new(getenv("EVIDENCE"), 0, &config.evidence, NULL), 0);
	config.evidence_file = campaign_add_file(ret.campaign, "run.pcapng");
	world_set_tls(world, plan->tls);
	cr_assert_eq(runner_new(&config, &runner, &err), 0, "%s", err.text);
	world_set_tls(world, plan->peer_tls);
	tester = make_tester(world, plan, runner_core(runner));
	runner_set_tester(runner, tester);
	cr_assert_eq(runner_run(runner, &err), 0, "%s", err.text);
	ret.most_at_once = runner_most_at_once(runner);
	ret.lasted = world_now(world);
	runner_free(runner);
	tester_free(tester);
	evidence_log_free(config.evidence, NULL);
	world_free(world);
	free(options.only.items);
	campaign_settle(ret.campaign);
	return ret;
}
