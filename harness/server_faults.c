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

const char *server_fault_elsewhere(enum server_fault fault, const char *id)
{
	static const struct {
		enum server_fault fault;
		const char *id, *because;
	} all[] = {
#define X(fault, id, because) {FAULT_##fault, id, because},
		SERVER_FAULTS_ELSEWHERE(X)
#undef X
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].fault == fault && !strcmp(all[i].id, id))
			return all[i].because;
	return NULL;
}
