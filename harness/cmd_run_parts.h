/* SPDX-License-Identifier: MIT
 *
 * What the files of cmd_run share with each other and nobody else. */
#ifndef HARNESS_CMD_RUN_PARTS_H
#define HARNESS_CMD_RUN_PARTS_H

#include "harness/ixit_review.h"
#include "harness/reporting.h"
#include "harness/resolve.h"
#include "harness/runner.h"
#include "harness/scenarios.h"
#include "harness/server.h"
#include "harness/uv_hook.h"
#include "harness/progress.h"
#include "harness/uv_signal.h"

/* How an IUT can be reached, besides TLS. */
#define TRANSPORTS_PLAIN (1u << NET_UDP | 1u << NET_TCP)

/* What a campaign stands on, freed in the reverse order. */
struct campaigning {
	const struct options *options;
	struct ixit ixit;
	struct resolve_target targets[RESOLVE_TARGETS_MAX]; /* where the IUT's name led; none: it has an address */
	size_t target_count;
	struct catalogue catalogue;
	struct script *script;
	struct arena arena;
	struct profile profile;
	struct settings_reader *reader;
	struct outputs outputs;
	struct world *world;
	struct tls_context *tls; /* NULL: the run is without */
	struct uv_signals *signals;
	struct uv_hooks *hooks;
	struct campaign *campaign;
	struct evidence_log *evidence;
	char *evidence_path; /* NULL: frames are counted only */
	bool evidence_is_temporary;
	struct journal *journal;
	struct runner *runner;
	struct progress progress;
	struct world_timer tick; /* shows it anew */
	struct server *server;   /* the reference, or NULL */
	struct tester *tester;   /* of a client IUT, or NULL */
	struct buf repeat;
	int signal; /* that ended it; 0: none */
};

/* What is asked for: options, IXIT, scenarios, profile, reports. Usage errors. */
int campaigning_load(struct campaigning *c, struct err *err);
/* cmd_run_resolve.c: asks name servers where the IUT has a name that no table of hosts knows; nobody otherwise. */
int campaigning_resolve(struct campaigning *c, struct err *err);
/* cmd_run_tls.c: the world gets its TLS where the IUT is reached by it, and the campaign its notes. */
int campaigning_start_tls(struct campaigning *c, struct err *err);
/* cmd_run_repeat.c: fills c->repeat, the command line that runs the same again, but for --only. */
void campaigning_repeat(struct campaigning *c);
/* cmd_run_client.c: who makes a client IUT act; the reference among them. Real sockets are bound already. */
int campaigning_start_tester(struct campaigning *c, struct err *err);
/* World, runner, reference, records. */
int campaigning_start(struct campaigning *c, struct err *err);
/* Shows how far the campaign is from now on, where somebody looks; campaigning_stop_progress() before the report. */
void campaigning_start_progress(struct campaigning *c);
void campaigning_stop_progress(struct campaigning *c);

#endif
