/* SPDX-License-Identifier: MIT
 *
 * imconform serve --role core: registrar, outbound proxy and IM Server for clients that are tested by hand. Whoever
 * registers has an account; what his client does wrong is printed once it has been quiet for a while. */
#include "base/map.h"
#include "base/mem.h"
#include "harness/registrar.h"
#include "harness/serving.h"
#include "judge/judge.h"
#include "sip/uri.h"
#include "sip/value.h"
#include "trace/intake.h"

#include <stdio.h>
#include <stdlib.h>

enum { GUESTS_MAX = 1000 };

struct guest { /* somebody who registered */
	struct guest *next;
	struct serving_core *core;
	struct account *account;
	struct flow *flow;
	struct world_timer quiet;
	struct client_txn *probing;
	struct map told; /* findings that were printed */
};

struct serving_core {
	struct serving *serving;
	struct catalogue catalogue;
	struct script *script;
	struct settings_reader *reader;
	struct registrar *registrar;
	struct intake *intake;
	struct guest *guests;
	struct map by_key;
	size_t count;
};

/* --- what was found --- */

static void on_finding(void *arg, struct finding *finding)
{
	struct guest *guest = arg;
	char *key = mem_printf("%s %s %llu", finding->requirement, finding->rule,
			       finding->evidence_count ? (unsigned long long)finding->evidence[0].time : 0);

	if (finding->verdict > VERDICT_PASS && !map_set(&guest->told, slice_of(key), guest))
		printf("%-6s %s %s: %s%s%s%s\n", verdict_name(finding->verdict), finding->user, finding->requirement,
		       *finding->expected ? "expected " : "", finding->expected, *finding->seen ? ", seen " : "",
		       *finding->seen ? finding->seen : finding->reason);
	finding_done(finding);
	fflush(stdout);
	free(key);
}

static void judge_guest(struct guest *guest)
{
	const struct serving *serving = guest->core->serving;
	struct judge judge = {
		.catalogue = &guest->core->catalogue,
		.profile = &serving->profile,
		.timers = serving->ixit.timers,
		.client = true,
		.ims = serving->ixit.ims,
		.on_finding = on_finding,
		.arg = guest,
	};

	intake_fill(guest->core->intake, guest->flow, world_now(serving->world));
	judge_flow(&judge, guest->flow, NULL);
}

static void on_probed(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct guest *guest = arg;

	if (msg && msg->status < 200)
		return;
	guest->probing = NULL;
	if (msg)
		flow_add_note(guest->flow, world_now(guest->core->serving->world), FLOW_NOTE_CLIENT_ALIVE);
	judge_guest(guest);
}

static void on_quiet(void *arg)
{
	struct guest *guest = arg;

	if (!guest->probing && account_probe(guest->account, on_probed, guest, &guest->probing, NULL) < 0)
		judge_guest(guest);
}

static void on_event(void *arg, struct account *account, enum account_event event)
{
	struct guest *guest = arg;
	struct world *world = guest->core->serving->world;

	if (event == ACCOUNT_SEEN)
		world_timer_start(world, &guest->quiet, 2 * guest->core->serving->ixit.timers.quiet, on_quiet, guest);
}

/* --- who comes --- */

static const struct ixit_user *known_user(const struct ixit *ixit, const char *address)
{
	for (size_t i = 0; i < ixit->user_count; i++)
		if (!strcmp(ixit->users[i].address, address))
			return &ixit->users[i];
	return NULL;
}

/* Users of the IXIT with a password are asked for it. */
static void welcome(struct serving_core *core, struct slice key)
{
	struct guest *guest = mem_alloc(sizeof(*guest));
	char *address = mem_printf("sip:%.*s", SLICE_F(key));
	const struct ixit_user *user = known_user(&core->serving->ixit, address);
	const char *password = user ? ixit_password(&core->serving->arena, user) : NULL;
	struct slice uri = slice_of(address);

	guest->core = core;
	guest->next = core->guests;
	core->guests = guest;
	core->count++;
	map_set(&core->by_key, key, guest);
	guest->flow = intake_expect(core->intake, &uri, 1, SLICE("serve"));
	guest->account = registrar_open(core->registrar, address, user ? user->private_id : address, password);
	guest->account->on_event = on_event;
	guest->account->arg = guest;
	if (user && user->keys) {
		guest->account->keys = user->keys;
		guest->account->registers.algorithms[guest->account->registers.algorithm_count++] = AKA_ALGORITHM;
	} else if (password) {
		guest->account->registers.algorithms[guest->account->registers.algorithm_count++] = "MD5";
		guest->account->registers.qop = "auth";
	}
	free(address);
}

static void on_tap(void *arg, const struct event_path *path, struct slice bytes, bool sent)
{
	struct serving_core *core = arg;
	struct arena arena = {0};
	struct buf key = {0};
	struct sip_msg msg;
	struct sip_addr to;

	if (!sent && sip_msg_index(&msg, bytes, &arena, NULL) == 0 && msg.is_request &&
	    msg.method == SIP_METHOD_REGISTER && sip_msg_addr(&msg, SIP_HEADER_TO, &to) == 0 &&
	    sip_uri_user_key(to.uri, &key) && !map_get(&core->by_key, buf_slice(&key)) && core->count < GUESTS_MAX)
		welcome(core, buf_slice(&key));
	intake_message(core->intake, world_now(core->serving->world), path, (struct event_place){0}, bytes, NULL);
	arena_done(&arena);
	buf_done(&key);
}

/* --- life --- */

int serving_start_core(struct serving *serving, struct err *err)
{
	struct serving_core *core = serving->core = mem_alloc(sizeof(*core));
	struct registrar_config config = {.bind = serving_core(serving),
					  .domain = serving->ixit.domain,
					  .profile = &serving->profile,
					  .ims = serving->ixit.ims,
					  .on_tap = on_tap,
					  .arg = core};
	struct intake_config intake = {.profile = &serving->profile, .live = true};
	int rc;

	core->serving = serving;
	rc = serving_address("--listen", serving->options->listen, SERVING_CORE_PORT, &config.bind, err);
	if (rc == 0)
		rc = scenarios_load(serving->options, &core->catalogue, &core->script, err);
	if (rc == 0)
		rc = settings_reader_new(&serving->profile.settings, &core->reader, err);
	if (rc < 0)
		return rc;
	serving->profile.reader = core->reader;
	core->intake = intake_new(&intake);
	return registrar_new(serving->world, &config, &core->registrar, err);
}

const struct net_addr *serving_core_addr(const struct serving_core *core)
{
	return registrar_addr(core->registrar);
}

static void guest_free(struct guest *guest)
{
	world_timer_stop(&guest->quiet);
	if (guest->probing)
		client_txn_detach(guest->probing);
	judge_guest(guest); /* what there was until now */
	map_done(&guest->told);
	free(guest);
}

void serving_core_free(struct serving_core *core)
{
	if (!core)
		return;
	while (core->guests) {
		struct guest *guest = core->guests;

		core->guests = guest->next;
		guest_free(guest);
	}
	registrar_free(core->registrar);
	intake_free(core->intake);
	map_done(&core->by_key);
	settings_reader_free(core->reader);
	if (core->script) {
		script_free(core->script);
		catalogue_done(&core->catalogue);
	}
	free(core);
}
