/* SPDX-License-Identifier: MIT
 *
 * The self-proof: what shows that the verdicts are right. A proof is one attempt to catch the judge out about one
 * requirement:
 *
 *   broken    the smallest lie about a flow that passed must fail the requirement, and nothing else (prove_broken.c)
 *   faults    an implementation with that fault must fail it, in a case that is there for it (prove_peers.c)
 *   variants  what is unusual and legal must pass it
 *   nulls     who does nothing useful must not pass it
 *   weather   a network that loses, doubles and reorders must not fail it, nor a clock that leaps
 *   audit     the evidence of each of these runs, audited, must have its verdicts (prove_audit.c); but for weather
 *
 *   prove.c           jobs, threads, and what they found in one list
 *   prove_stage.c     what each thread works with: catalogue, script, profile
 *   prove_campaign.c  one campaign in a virtual world
 *   prove_server.c    the IM Server's side: reference, faults, variants, null peers
 *   prove_client.c    the IM Client's side, likewise
 *   prove_matrix.c    the list as a matrix
 *   prove_report.c    the list as a campaign, for the formats of reports/
 *
 * Fed by cmd_prove.c. Everything is decided by the seed, whatever the number of threads. */
#ifndef HARNESS_PROVE_H
#define HARNESS_PROVE_H

#include "harness/manners.h"
#include "base/time.h"
#include "harness/options.h"
#include "harness/runner.h"

enum proof_kind { PROOF_BROKEN, PROOF_FAULTS, PROOF_VARIANTS, PROOF_NULLS, PROOF_WEATHER, PROOF_AUDIT, PROOF_KINDS };
const char *proof_kind_name(enum proof_kind kind); /* "broken" … */

struct proof {
	enum proof_kind kind;
	size_t requirement; /* its place in the catalogue */
	bool held;
	bool decided; /* WEATHER: not inconc */
	char *name;   /* of the rule and its lie, the fault, the variant, the peer, the seed */
	char *text;   /* what was seen; "" if there is nothing to tell */
};

struct proofs { /* zeroed: none */
	struct proof *list;
	size_t count, cap;
};
/* Takes both texts over. */
void proofs_add(struct proofs *proofs, enum proof_kind kind, size_t requirement, bool held, char *name, char *text);
void proofs_done(struct proofs *proofs);

/* --- prove_stage.c: what a thread works with --- */

struct prove_stage {
	const struct options *options;
	struct catalogue catalogue;
	struct script *script;
	struct arena arena;
	struct profile profile;
	struct settings_reader *reader;
	struct ixit ixit;
};
/* Usage errors. prove_stage_done() in any case. */
int prove_stage_init(struct prove_stage *stage, const struct options *options, struct err *err);
void prove_stage_done(struct prove_stage *stage);
size_t prove_stage_place(const struct prove_stage *stage, const char *id); /* in the catalogue, which has it */
bool prove_stage_has(const struct prove_stage *stage, size_t requirement); /* of the sides that are proved, selected,
									      and judged at all */
struct prove_side;
bool prove_side_has(const struct prove_side *side, const struct prove_stage *stage, size_t requirement);

/* --- sides: how implementations of one role come to be --- */

struct prove_iut { /* one implementation under test, in the world of one campaign */
	const struct prove_stage *stage;
	struct world *world;
	enum proof_kind kind;
	size_t number; /* which fault, variant or null peer; nothing for the others */
	struct net_addr address, core;
	void *peer; /* what was started */
};

struct prove_side {
	enum actor actor;
	bool without_core;                         /* flows without a core are lied about, too */
	bool ims;                                  /* the core is an IMS: for what is asked for there alone */
	const struct manners *tables[PROOF_KINDS]; /* of FAULTS, VARIANTS and NULLS */
	/* Before the runner is made from `config`, which it may complete. */
	int (*start)(struct prove_iut *iut, struct runner_config *config, struct err *err);
	void (*end)(struct prove_iut *iut);
};
extern const struct prove_side prove_server, prove_client, prove_server_ims, prove_client_ims;
extern const struct prove_side *const prove_sides[]; /* NULL-ended */

/* --- one campaign --- */

struct prove_job {
	const struct prove_side *side;
	enum proof_kind kind;
	size_t number;
	uint64_t seed;
	struct weather weather;
	bool direct;      /* without a core: clients come to the server themselves */
	const char *only; /* id of the requirement whose cases run alone; NULL: all that are selected */
	/* what came of it */
	struct proofs proofs;
	uint64_t cases;
	int code;
	struct err err;
};

/* Runs it, and adds the proofs that its evidence gives; the settled campaign is the caller's. NULL: err. */
struct campaign *prove_campaign(const struct prove_stage *stage, struct prove_job *job,
				void (*on_flow)(void *arg, const struct play *play, struct flow *flow), void *arg,
				struct err *err);

/* What a job has to show. 0, or the error of the harness. */
int prove_broken(const struct prove_stage *stage, struct prove_job *job, struct err *err);
int prove_peers(const struct prove_stage *stage, struct prove_job *job, struct err *err);

/* --- all of it --- */

struct proving {
	struct prove_stage stage;
	struct proofs proofs;
	uint64_t cases, campaigns;
};
/* -EINVAL: usage; other errors are the harness's. proving_done() in any case. */
int proving_run(struct proving *proving, const struct options *options, struct err *err);
void proving_done(struct proving *proving);
/* Is every requirement proved, in every way? */
bool proving_holds(const struct proving *proving);

struct proof_cell {
	size_t held, count, decided;
	enum proof_kind kind;
};
struct proof_cell proving_cell(const struct proving *proving, size_t requirement, enum proof_kind kind);
/* A cell that must have something in it has it, and all of it held; of many kinds of weather one has to decide. */
bool proving_cell_holds(struct proof_cell cell);

/* --- prove_matrix.c --- */
/* The matrix of the campaign. */
void prove_matrix_add(const struct proving *proving, struct campaign *campaign);
/* The names of a cell's proofs, in one line; free(). NULL: there are none. */
char *prove_names(const struct proving *proving, size_t requirement, enum proof_kind kind);
/* The same as text, and the sum of it. */
void prove_matrix(const struct proving *proving, const struct campaign *campaign, struct buf *to);
void prove_list(const struct proving *proving, bool all, struct buf *to); /* all, or what did not hold */

/* --- prove_report.c --- */
/* The caller frees it. */
struct campaign *prove_report(const struct proving *proving);

#endif
