/* SPDX-License-Identifier: MIT */
#include "harness/server_faults.h"

/* clang-format off */
static const struct {
	const char *name, *breaks, *text;
} faults[SERVER_FAULT_COUNT] = {
#define X(id, name, breaks, text) [FAULT_##id] = {name, breaks, text},
	SERVER_FAULTS(X)
#undef X
};
/* clang-format on */

const char *server_fault_name(enum server_fault fault)
{
	return faults[fault].name;
}

const char *server_fault_breaks(enum server_fault fault)
{
	return faults[fault].breaks;
}

const char *server_fault_text(enum server_fault fault)
{
	return faults[fault].text;
}

bool server_fault_find(struct slice name, enum server_fault *ret)
{
	for (size_t i = 0; i < SERVER_FAULT_COUNT; i++)
		if (slice_is(name, faults[i].name)) {
			*ret = (enum server_fault)i;
			return true;
		}
	return false;
}
