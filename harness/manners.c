/* SPDX-License-Identifier: MIT */
#include "harness/manners.h"

bool manner_find(const struct manners *manners, struct slice name, size_t *ret)
{
	for (size_t i = 0; i < manners->count; i++)
		if (slice_is(name, manners->list[i].name)) {
			*ret = i;
			return true;
		}
	return false;
}

const char *manner_elsewhere(const struct manners *manners, size_t manner, const char *id)
{
	for (size_t i = 0; i < manners->elsewhere_count; i++)
		if (manners->elsewhere[i].manner == manner && !strcmp(manners->elsewhere[i].id, id))
			return manners->elsewhere[i].because;
	return NULL;
}
