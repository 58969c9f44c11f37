/* SPDX-License-Identifier: MIT
 *
 * The whole way of a capture, from its bytes to every report, for the programs of this folder. Only crashes, leaks,
 * slowness and what is asserted here are found; what the verdicts are is not looked at. */
#ifndef TESTS_FUZZ_AUDIT_ALL_H
#define TESTS_FUZZ_AUDIT_ALL_H

#include "base/slice.h"

struct campaign;

/* Audits the capture by the shipped catalogue and profile, which are loaded once and stay until the process ends.
 * Aborts where the journal of the campaign tells another story than the campaign. */
void audit_all(struct slice capture);
/* Every report of a settled campaign, to nowhere. */
void audit_all_report(const struct campaign *campaign);
/* Aborts, and shows both, where two campaigns that must be the same are not. */
void audit_all_compare(const struct campaign *a, const struct campaign *b);

#endif
