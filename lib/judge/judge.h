/* SPDX-License-Identifier: MIT
 *
 * The judge: every rule of the catalogue over every occasion of a flow. It keeps nothing between flows and has no
 * clock: what it says depends on the flow alone. Thread-safe for different flows. */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "catalogue/catalogue.h"
#include "judge/verdict.h"
#include "trace/flow.h"

struct judge {
	const struct catalogue *catalogue;
	const struct profile *profile;
	struct timers timers;
	const struct secrets *secrets; /* NULL: no passwords are known */
	bool server, client;           /* whose requirements are judged */
	bool ims;                      /* the core is a 3GPP/3GPP2 IMS: rows under that condition apply */
	/* called once per finding, in the order of rules and occasions; texts are the callee's (finding_done) */
	void (*on_finding)(void *arg, struct finding *finding);
	/* Asked before: true where the finding is only to be counted, which the callee does; on_finding is not called
	 * then. `requirement` is the place in the catalogue. May be NULL. */
	bool (*on_count)(void *arg, size_t requirement, enum verdict verdict);
	void *arg;
};

/* Judges the flow. *ret_end (may be NULL) gets what is known of the user afterwards; its slices lie in the flow. */
void judge_flow(const struct judge *judge, struct flow *flow, struct state *ret_end);

#endif
