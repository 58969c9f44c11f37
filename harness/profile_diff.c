/* SPDX-License-Identifier: MIT */
#include "harness/profile_diff.h"

#include "base/text.h"

#include <stddef.h>

enum { EVENTS = PROFILE_VALUES - 2, RULES = PROFILE_VALUES - 1 };

static const struct {
	const char *name;
	size_t offset; /* of a text in struct profile */
} values[PROFILE_VALUES] = {
	{"feature_tag", offsetof(struct profile, feature_tag)},
	{"event", offsetof(struct profile, event)},
	{"release.client", offsetof(struct profile, client_product)},
	{"release.server", offsetof(struct profile, server_product)},
	{"release.version", offsetof(struct profile, version)},
	{"metadata.type", offsetof(struct profile, metadata_type)},
	{"metadata.auid", offsetof(struct profile, metadata_auid)},
	{"settings.mime", offsetof(struct profile, settings.mime)},
	{"settings.root", offsetof(struct profile, settings.root)},
	{"settings.root_namespace", offsetof(struct profile, settings.root_ns)},
	{"settings.im_namespace", offsetof(struct profile, settings.im_ns)},
	{"settings.entity", offsetof(struct profile, settings.entity)},
	{"settings.entity_id", offsetof(struct profile, settings.entity_id)},
	{"settings.xsd", offsetof(struct profile, settings.xsd)},
	[EVENTS] = {"metadata.events", 0},
	[RULES] = {"settings.rules", 0},
};

static const char *text_of(const struct profile *profile, size_t value)
{
	return *(const char *const *)((const char *)profile + values[value].offset);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_rules(const struct settings_profile *a, const struct settings_profile *b)
{
	bool same = a->rule_count == b->rule_count;

	for (size_t i = 0; same && i < a->rule_count; i++) {
		const struct settings_rule *x = &a->rules[i], *y = &b->rules[i];

		same = x->item == y->item && same_text(x->container, y->container) &&
		       same_text(x->element, y->element) && same_text(x->attribute, y->attribute) &&
		       same_text(x->values, y->values) && same_text(x->selector, y->selector) &&
		       same_text(x->selector_value, y->selector_value) && x->selector_default == y->selector_default &&
		       x->in_root_ns == y->in_root_ns;
	}
	return same;
}

static bool same_events(const struct profile *a, const struct profile *b)
{
	size_t i = 0;

	while (a->metadata_events[i] && same_text(a->metadata_events[i], b->metadata_events[i]))
		i++;
	return !a->metadata_events[i] && !b->metadata_events[i];
}

const char *profile_value_name(size_t value)
{
	return values[value].name;
}

bool profile_value_differs(const struct profile *a, const struct profile *b, size_t value)
{
	if (value == EVENTS)
		return !same_events(a, b);
	if (value == RULES)
		return !same_rules(&a->settings, &b->settings);
	return !same_text(text_of(a, value), text_of(b, value));
}

static void put_text(const char *text, struct buf *to)
{
	buf_putc(to, '"');
	text_clean(to, slice_of(text ? text : ""), 64);
	buf_putc(to, '"');
}

void profile_value_put(const struct profile *a, const struct profile *b, size_t value, struct buf *to)
{
	if (value == EVENTS || value == RULES || !strcmp(values[value].name, "settings.xsd"))
		return;
	buf_putc(to, ' ');
	put_text(text_of(b, value), to);
	buf_puts(to, " instead of ");
	put_text(text_of(a, value), to);
}

void profile_value_take(struct profile *to, const struct profile *from, size_t value)
{
	if (value == EVENTS) {
		memcpy(to->metadata_events, from->metadata_events, sizeof(to->metadata_events));
	} else if (value == RULES) {
		to->settings.rules = from->settings.rules;
		to->settings.rule_count = from->settings.rule_count;
	} else {
		*(const char **)((char *)to + values[value].offset) = text_of(from, value);
	}
}
