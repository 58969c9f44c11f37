/* SPDX-License-Identifier: MIT
 *
 * The ICS: roles and options with ISO 9646's status and the supplier's answer.
 *
 *   return {
 *     roles = { server = { status = "m", support = "yes" } },
 *     items = { { id = "5.3-support", status = "o", support = "no" }, { id = "6.1.1.5", status = "m", support = "yes" }
 * },
 *   } */
#include "harness/ixit_file.h"

#include "script/schema.h"

static const char *const status_words[] = {"m", "o", "c", "n/a", NULL};
static const char *const support_words[] = {"yes", "no", "unknown", NULL}; /* enum ics_answer */

static const struct schema_field item_fields[] = {
	{"id", SCHEMA_TEXT, offsetof(struct ics_item, id), .needed = true},
	{"status", SCHEMA_WORD, offsetof(struct ics_item, status), .words = status_words},
	{"support", SCHEMA_WORD, offsetof(struct ics_item, support), .needed = true, .words = support_words},
	{NULL},
};
static const struct schema item_schema = {sizeof(struct ics_item), item_fields};
static const struct schema role_schema = {sizeof(struct ics_item), item_fields + 1};

static const struct schema_field roles_fields[] = {
	{"server", SCHEMA_TABLE, offsetof(struct ics, roles[ACTOR_SERVER]), .table = &role_schema},
	{"client", SCHEMA_TABLE, offsetof(struct ics, roles[ACTOR_CLIENT]), .table = &role_schema},
	{NULL},
};
static const struct schema roles_schema = {sizeof(struct ics), roles_fields};

static const struct schema_field ics_fields[] = {
	{"roles", SCHEMA_TABLE, 0, .table = &roles_schema},
	{"items", SCHEMA_TABLES, offsetof(struct ics, items), .table = &item_schema,
	 .count_offset = offsetof(struct ics, item_count)},
	{NULL},
};
static const struct schema ics_schema = {sizeof(struct ics), ics_fields};

int ics_read(const char *path, struct arena *arena, const struct ics **ret, struct err *err)
{
	struct ics *ics = arena_alloc(arena, sizeof(*ics));
	int result;

	ics->path = arena_copy(arena, slice_of(path)).p;
	result = value_read(path, arena, &ics->root, err);
	if (!result)
		result = schema_read(&ics_schema, path, ics->root, ics, arena, err);
	if (!result && !ics->item_count && !value_get(ics->root, "roles"))
		result = err_set(err, -EINVAL, "%s:1: is empty, expected roles or items", path);
	if (!result)
		*ret = ics;
	return result;
}

static enum ics_answer answer_of(const struct ics_item *item)
{
	return item->status == ICS_NOT_APPLICABLE ? ICS_NO : (enum ics_answer)item->support;
}

/* The item of the longest pattern that matches; else what is said of the role. */
static const struct ics_item *item_of(const struct ics *ics, const struct requirement *requirement)
{
	const struct ics_item *best = &ics->roles[requirement->actor];

	for (size_t i = 0; i < ics->item_count; i++)
		if (catalogue_match(ics->items[i].id, requirement->id) &&
		    (!best->id || strlen(ics->items[i].id) >= strlen(best->id)))
			best = &ics->items[i];
	return best;
}

enum ics_answer ics_of(const struct ixit *ixit, const struct requirement *requirement)
{
	return ixit->ics ? answer_of(item_of(ixit->ics, requirement)) : ICS_YES;
}

bool ics_names(const struct ixit *ixit, const struct requirement *requirement)
{
	return ixit->ics && item_of(ixit->ics, requirement)->id;
}
