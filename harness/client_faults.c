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
