/* SPDX-License-Identifier: MIT
 *
 * Runs plays against an IUT and has the trace of each judged: users fresh for each case, all cases side by side, each
 * with a deadline. What the judge says goes into the campaign and the journal as soon as it is earned:
 *
 * - the pass of a case whose control case did not pass is inconc;
 * - the pass of a requirement that the case is not there for counts only where a case that is there for it has passed;
 * - a play that could not be carried out is inconc for what it is there for, and whatever it did reach is judged.
 *
 *   runner.c         life, and which cases run now
 *   runner_probe.c   the questions before everything
 *   runner_select.c  which cases run at all
 *   runner_client.c  what is different where the IUT is a client: accounts, and its upper tester
 *   runner_case.c    one case: its users, flows and findings
 *   runner_ladder.c  its ladder
 *   runner_tls.c     what a failure of TLS is worth
 *   runner_settle.c  what its findings are worth
 *
 * The caller owns everything that the configuration points to, and keeps it until runner_free. */
#ifndef HARNESS_RUNNER_H
#define HARNESS_RUNNER_H

#include "harness/evidence.h"
#include "harness/ixit.h"
#include "harness/lua_play.h"
#include "harness/resolve.h"
#include "judge/campaign.h"
#include "reports/journal.h"

struct runner;

struct runner_config {
	struct world *world;
	struct script *script; /* loaded and finished, with lua_play_classes */
	const struct catalogue *catalogue;
	const struct profile *profile;
	const struct ixit *ixit;      /* domain, users, timers, ICS, IMS */
	struct net_addr core, target; /* where the core binds; the IUT (may be set later: runner_set_target) */
	enum net_transport transport;
	const struct resolve_target
		*targets;              /* the first is `target`; the next one is tried where one does not answer */
	size_t target_count;           /* 0: there is no other */
	bool transport_fixed;          /* the user named it: no other is used for large requests */
	uint64_t entropy;              /* makes identities that an IUT can't know; 0: it is as young as the campaign */
	bool reorders;                 /* the network is known to: order of arrival proves nothing */
	bool loses;                    /* the network is known to: absence proves nothing */
	const struct options *options; /* what is selected, seed (order and identities), jobs, shard */
	/* Deposits a message by the IXIT's hook (lua_play.h); NULL: by MESSAGE. */
	void (*deposit)(void *arg, struct user *user, struct slice text, void (*done)(void *to, const char *wrong),
			void *to);
	const char *repeat;    /* command line that repeats a case, its name to be added; NULL: none */
	struct tester *tester; /* client IUT: makes it act; may be set later: runner_set_tester */
	struct campaign *campaign;
	struct journal *journal;       /* NULL: none; may be set later: runner_set_journal */
	struct evidence_log *evidence; /* NULL: none */
	unsigned evidence_file;        /* its index in the campaign */
	void (*on_case)(void *arg, const struct campaign_case *test_case); /* settled; may be NULL */
	/* A user's flow of a play, judged and about to be freed; may be NULL. */
	void (*on_flow)(void *arg, const struct play *play, struct flow *flow);
	void *arg;
};

/* Selects the cases and opens the core's ports. -EINVAL: nothing is selected; errors of binding. */
int runner_new(const struct runner_config *config, struct runner **ret_runner, struct err *err);
/* Ends whatever still runs. NULL is fine. */
void runner_free(struct runner *runner);

const struct net_addr *runner_core(const struct runner *runner);
void runner_set_target(struct runner *runner, const struct net_addr *target);
void runner_set_tester(struct runner *runner, struct tester *tester);
void runner_set_journal(struct runner *runner, struct journal *journal);
size_t runner_case_count(const struct runner *runner);
/* Of the cases, now: what is settled, runs, has not begun. */
void runner_counts(const struct runner *runner, size_t *ret_ended, size_t *ret_running, size_t *ret_waiting);
/* Nobody answers, or no client came: one note says so, and every case that is told is open for this reason alone. */
bool runner_is_in_vain(const struct runner *runner);
unsigned runner_most_at_once(const struct runner *runner); /* cases that ran side by side, at most */

/* Probes the IUT, runs the cases, and returns when the last is settled or runner_interrupt was called. The campaign is
 * then ready for campaign_settle. An IUT that does not answer makes every case inconc. -errno where the journal could
 * not be written. */
int runner_run(struct runner *runner, struct err *err);
/* Of the accounts that it makes up for clients under test. Lies in the arena. */
char *runner_password(struct arena *arena, struct slice username);
/* Their AKA keys. */
void runner_keys_make(struct slice username, struct milenage *ret);

/* From within the world (a timer): no further case counts; what is settled stays. */
void runner_interrupt(struct runner *runner);

#endif
