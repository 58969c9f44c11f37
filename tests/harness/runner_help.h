/* SPDX-License-Identifier: MIT
 *
 * Campaigns in the virtual world for tests of the runner: against the reference server, with faults, or against peers
 * that know nothing of IM. */
#ifndef TESTS_HARNESS_RUNNER_HELP_H
#define TESTS_HARNESS_RUNNER_HELP_H

#include "harness/runner.h"
#include "harness/server.h"

enum null_peer {
	PEER_REFERENCE,
	PEER_SILENT,  /* takes everything, says nothing */
	PEER_STATUS,  /* one status to all requests */
	PEER_LIVING,  /* answers OPTIONS, and nothing else */
	PEER_GARBAGE, /* answers with bytes that are no SIP */
	PEER_NOBODY,  /* no socket at all */
	PEER_LATE,    /* the reference, which comes two seconds after the runner began */
};

struct rehearsal_plan {
	enum null_peer peer;
	unsigned status;     /* of PEER_STATUS */
	const char *fault;   /* of the reference; NULL: none */
	const char *only[4]; /* NULL-ended unless full */
	uint64_t seed, jobs;
	struct weather weather;
	const char *evidence;               /* capture to write; NULL: none */
	struct tls_context *tls, *peer_tls; /* of the harness and of the peer; NULL: UDP */
	bool sips, ims, direct;
	bool slow_push; /* the reference takes 1.5 s from the 200 to the push */
	uint64_t quiet; /* ns; 0: the default */
};

/* A whole campaign, settled; the caller's, to be ended by rehearsal_done. */
struct rehearsal {
	struct campaign *campaign;
	unsigned most_at_once;
	uint64_t lasted; /* ns of virtual time */
};
struct rehearsal rehearse(const struct rehearsal_plan *plan);
void rehearsal_done(struct rehearsal *rehearsal);

/* The catalogue and profile of scenarios/, loaded once. */
struct script *rehearsal_script(void);
const struct catalogue *rehearsal_catalogue(void);
const struct profile *rehearsal_profile(void);

enum verdict verdict_of_requirement(const struct campaign *campaign, const char *id);
/* The campaign tells of a case that it was left out, and why. */
void expect_left_out(const struct campaign *campaign, const char *name, const char *why);
/* Verdicts of all requirements and cases, a line each; reasons tell frame numbers, too. */
void verdicts_write(const struct campaign *campaign, bool reasons, struct buf *to);

#endif
