/* SPDX-License-Identifier: MIT
 *
 * A question that every living IUT answers: proof of life before a campaign and after each silence that is watched.
 * OPTIONS (RFC 3261 11) to the IUT itself; for one that keeps silent to that, a third-party de-registration of nobody.
 */
#ifndef HARNESS_CORE_PROBE_H
#define HARNESS_CORE_PROBE_H

#include "harness/core.h"

enum probe_kind { PROBE_OPTIONS, PROBE_REGISTER };

/* Any final answer is a sign of life. As core_forward. */
int core_probe(struct core *core, enum probe_kind kind, endpoint_answer_fn *on_answer, void *arg,
	       struct client_txn **ret_txn, struct err *err);

#endif
