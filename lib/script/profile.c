/* SPDX-License-Identifier: MIT */
#include "script/profile.h"

#include "script/file.h"
#include "script/schema.h"

enum { XSD_LEN_MAX = 1024 * 1024, BASES_MAX = 4 };

struct profile_file { /* as in the file, where that differs from struct profile */
	struct profile profile;
	const char *const *metadata_events;
	const char *xsd; /* a file beside the profile */
	const char *base;
};

static const char *const items[] = {"session barring", "pager barring", "invisibility", "offline delivery",
				    "session storing", "pager storing", "none",         NULL};
_Static_assert(sizeof(items) / sizeof(items[0]) == SETTINGS_ITEM_COUNT + 2, "each item has its word");

#define TEXT(name, structure, member, need)                                                                            \
	{                                                                                                              \
		name, SCHEMA_TEXT, offsetof(structure, member), .needed = need                                         \
	}
#define OF_FILE(name, member) TEXT(name, struct profile_file, member, true)

static const struct schema_field rule_fields[] = {
	{"item", SCHEMA_WORD, offsetof(struct settings_rule, item), .needed = true, .words = items},
	TEXT("container", struct settings_rule, container, true),
	TEXT("element", struct settings_rule, element, true),
	TEXT("attribute", struct settings_rule, attribute, false),
	TEXT("values", struct settings_rule, values, false),
	TEXT("selector", struct settings_rule, selector, false),
	TEXT("selector_value", struct settings_rule, selector_value, false),
	{"selector_default", SCHEMA_FLAG, offsetof(struct settings_rule, selector_default)},
	{"in_root_namespace", SCHEMA_FLAG, offsetof(struct settings_rule, in_root_ns)},
	{NULL},
};
static const struct schema rule_schema = {sizeof(struct settings_rule), rule_fields};

static const struct schema_field settings_fields[] = {
	OF_FILE("mime", profile.settings.mime),
	OF_FILE("root", profile.settings.root),
	OF_FILE("root_namespace", profile.settings.root_ns),
	OF_FILE("im_namespace", profile.settings.im_ns),
	OF_FILE("entity", profile.settings.entity),
	TEXT("entity_id", struct profile_file, profile.settings.entity_id, false),
	{"rules", SCHEMA_TABLES, offsetof(struct profile_file, profile.settings.rules), .needed = true,
	 .max = SETTINGS_RULES_MAX, .table = &rule_schema,
	 .count_offset = offsetof(struct profile_file, profile.settings.rule_count)},
	TEXT("xsd", struct profile_file, xsd, false),
	{NULL},
};
static const struct schema settings_schema = {sizeof(struct profile_file), settings_fields};

static const struct schema_field release_fields[] = {
	OF_FILE("client", profile.client_product),
	OF_FILE("server", profile.server_product),
	OF_FILE("version", profile.version),
	{NULL},
};
static const struct schema release_schema = {sizeof(struct profile_file), release_fields};

static const struct schema_field metadata_fields[] = {
	{"events", SCHEMA_TEXTS, offsetof(struct profile_file, metadata_events), .needed = true,
	 .max = PROFILE_METADATA_EVENTS_MAX},
	OF_FILE("type", profile.metadata_type),
	OF_FILE("auid", profile.metadata_auid),
	{NULL},
};
static const struct schema metadata_schema = {sizeof(struct profile_file), metadata_fields};

/* The tables inside are only the file's order: their fields all go to one structure, hence the offset 0. */
static const struct schema_field file_fields[] = {
	OF_FILE("name", profile.name),
	TEXT("base", struct profile_file, base, false),
	OF_FILE("feature_tag", profile.feature_tag),
	OF_FILE("event", profile.event),
	{"release", SCHEMA_TABLE, 0, .needed = true, .table = &release_schema},
	{"metadata", SCHEMA_TABLE, 0, .needed = true, .table = &metadata_schema},
	{"settings", SCHEMA_TABLE, 0, .needed = true, .table = &settings_schema},
	{NULL},
};
static const struct schema file_schema = {sizeof(struct profile_file), file_fields};

/* --- bases --- */

static const char *beside(const char *path, const char *name, struct arena *arena)
{
	const char *slash = strrchr(path, '/');

	return slash && name[0] != '/' ? arena_printf(arena, "%.*s/%s", (int)(slash - path), path, name) : name;
}

/* What `over` says goes before `under`; both have their names in order. */
static const struct value *merge(const struct value *under, const struct value *over, struct arena *arena)
{
	struct value *both = arena_alloc(arena, sizeof(*both));
	size_t i = 0, k = 0;

	if (over->kind != VALUE_TABLE || under->kind != VALUE_TABLE)
		return over;
	*both = *over;
	both->names = arena_alloc(arena, (under->count + over->count + 1) * sizeof(*both->names));
	both->items = arena_alloc(arena, (under->count + over->count + 1) * sizeof(*both->items));
	for (both->count = 0; i < under->count || k < over->count; both->count++) {
		int order = i == under->count ? 1 : k == over->count ? -1 : strcmp(under->names[i], over->names[k]);

		both->names[both->count] = order < 0 ? under->names[i] : over->names[k];
		both->items[both->count] = order < 0 ? under->items[i] : over->items[k];
		if (order == 0)
			both->items[both->count] = *merge(&under->items[i], &over->items[k], arena);
		i += order <= 0;
		k += order >= 0;
	}
	return both;
}

/* The file with all that its bases say, as one tree. */
static int read_merged(const char *path, unsigned depth, struct arena *arena, const struct value **ret, struct err *err)
{
	const struct value *base, *under;
	int result = value_read(path, arena, ret, err);

	if (result)
		return result;
	base = value_get(*ret, "base");
	if (!base || base->kind != VALUE_TEXT || !base->text.len)
		return 0;
	if (depth == BASES_MAX)
		return err_set(err, -EINVAL, "%s:%d: base: there are more than %d of them, expected an end", path,
			       base->line, BASES_MAX);
	result = read_merged(beside(path, base->text.p, arena), depth + 1, arena, &under, err);
	if (result)
		return err_prefix(err, result, "%s:%d: base", path, base->line);
	*ret = merge(under, *ret, arena);
	return 0;
}

/* --- what schemas do not see --- */

static int check_rules(const char *path, const struct value *rules, const struct settings_profile *settings,
		       struct err *err)
{
	const struct settings_rule *rule;
	size_t i;

	for (i = 0; i < settings->rule_count; i++) {
		rule = &settings->rules[i];
		if (!rule->selector != !rule->selector_value)
			return err_set(
				err, -EINVAL,
				"%s:%d: settings.rules.%zu has half a selector, expected selector and selector_value",
				path, rules->items[i].line, i + 1);
	}
	return 0;
}

static int read_xsd(const char *path, struct arena *arena, struct profile_file *file, struct err *err)
{
	struct buf text = {0};
	int result;

	if (!file->xsd)
		return 0;
	file->xsd = beside(path, file->xsd, arena);
	result = file_read(file->xsd, XSD_LEN_MAX, &text, err);
	if (!result)
		file->profile.settings.xsd = arena_copy(arena, buf_slice(&text)).p;
	buf_done(&text);
	return result;
}

int profile_load(const char *path, struct arena *arena, struct profile *ret, struct err *err)
{
	struct profile_file file = {0};
	const struct value *value;
	size_t i;
	int result = read_merged(path, 0, arena, &value, err);

	if (!result)
		result = schema_read(&file_schema, path, value, &file, arena, err);
	if (!result)
		result = check_rules(path, value_get(value_get(value, "settings"), "rules"), &file.profile.settings,
				     err);
	if (!result)
		result = read_xsd(path, arena, &file, err);
	if (result)
		return result;
	for (i = 0; file.metadata_events[i]; i++)
		file.profile.metadata_events[i] = file.metadata_events[i];
	*ret = file.profile;
	return 0;
}
