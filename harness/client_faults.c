/* SPDX-License-Identifier: MIT */
#include "harness/client_faults.h"

static const struct {
	const char *name, *breaks, *text;
} faults[CLIENT_FAULT_COUNT] = {
#define X(id, name, breaks, text) [CLIENT_FAULT_##id] = {name, breaks, text},
	CLIENT_FAULTS(X)
#undef X
};

const char *client_fault_name(enum client_fault fault)
{
	return faults[fault].name;
}

const char *client_fault_breaks(enum client_fault fault)
{
	return faults[fault].breaks;
}

const char *client_fault_text(enum client_fault fault)
{
	return faults[fault].text;
}

bool client_fault_find(struct slice name, enum client_fault *ret)
{
	for (size_t i = 0; i < CLIENT_FAULT_COUNT; i++)
		if (slice_is(name, faults[i].name)) {
			*ret = (enum client_fault)i;
			return true;
		}
	return false;
}

const char *client_fault_elsewhere(enum client_fault fault, const char *id)
{
	static const struct {
		enum client_fault fault;
		const char *id, *because;
	} all[] = {
#define X(fault, id, because) {CLIENT_FAULT_##fault, id, because},
		CLIENT_FAULTS_ELSEWHERE(X)
#undef X
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].fault == fault && !strcmp(all[i].id, id))
			return all[i].because;
	return NULL;
}
