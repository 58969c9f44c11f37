/* SPDX-License-Identifier: MIT */
#include "harness/server_faults.h"
#include "base/mem.h"

/* clang-format off */
static const struct manner faults[] = {
#define X(id, name, breaks, text) [FAULT_##id] = {name, breaks, text},
	SERVER_FAULTS(X)
#undef X
};

static const struct manner_elsewhere elsewhere[] = {
#define X(fault, id, because) {FAULT_##fault, id, because},
	SERVER_FAULTS_ELSEWHERE(X)
#undef X
};
/* clang-format on */

const struct manners server_faults = {faults, ARRAY_LEN(faults), elsewhere, ARRAY_LEN(elsewhere)};
