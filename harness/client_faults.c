/* SPDX-License-Identifier: MIT */
#include "harness/client_faults.h"
#include "base/mem.h"

/* clang-format off */
static const struct manner faults[] = {
#define X(id, name, breaks, text) [CLIENT_FAULT_##id] = {name, breaks, text},
	CLIENT_FAULTS(X)
#undef X
};

static const struct manner_elsewhere elsewhere[] = {
#define X(fault, id, because) {CLIENT_FAULT_##fault, id, because},
	CLIENT_FAULTS_ELSEWHERE(X)
#undef X
};
/* clang-format on */

const struct manners client_faults = {faults, ARRAY_LEN(faults), elsewhere, ARRAY_LEN(elsewhere)};
