/* SPDX-License-Identifier: MIT */
#include "body/settings.h"

const char settings_bare[] = "";

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Control characters have no form in XML 1.0 (2.2) and are left out. */
static void escaped(struct buf *to, const char *text)
{
	for (; *text; text++) {
		if (strchr("<>&\"\t\n\r", *text))
			buf_printf(to, "&#%d;", *text);
		else if ((unsigned char)*text >= ' ')
			buf_putc(to, *text);
	}
}

static void attribute(struct buf *to, const char *name, const char *value)
{
	buf_printf(to, " %s=\"", name);
	escaped(to, value);
	buf_putc(to, '"');
}

static const char *prefix(const struct settings_rule *rule)
{
	return rule->in_root_ns ? "" : "im:";
}

static void setting(struct buf *to, const struct settings_rule *rule, const char *value)
{
	buf_printf(to, "\t\t\t<%s%s", prefix(rule), rule->element);
	if (rule->selector)
		attribute(to, rule->selector, rule->selector_value);
	if (rule->attribute) {
		if (value != settings_bare)
			attribute(to, rule->attribute, value);
		buf_puts(to, "/>\n");
		return;
	}
	buf_putc(to, '>');
	escaped(to, value);
	buf_printf(to, "</%s%s>\n", prefix(rule), rule->element);
}

static const char *value_of(const struct settings_rule *rule, const struct settings_values *values)
{
	return rule->item < SETTINGS_ITEM_COUNT ? values->item[rule->item] : NULL;
}

/* Rules of one container stand together in the document, wherever they stand in the profile: the first one that has a
 * value writes for all. */
static void container(struct buf *to, const struct settings_profile *profile, const struct settings_values *values,
		      size_t first)
{
	const char *name = profile->rules[first].container;

	for (size_t i = 0; i < first; i++)
		if (same(profile->rules[i].container, name) && value_of(&profile->rules[i], values))
			return;
	buf_printf(to, "\t\t<%s%s>\n", prefix(&profile->rules[first]), name);
	for (size_t i = first; i < profile->rule_count; i++) {
		const struct settings_rule *rule = &profile->rules[i];

		if (same(rule->container, name) && value_of(rule, values))
			setting(to, rule, value_of(rule, values));
	}
	buf_printf(to, "\t\t</%s%s>\n", prefix(&profile->rules[first]), name);
}

void settings_write(struct buf *to, const struct settings_profile *profile, const struct settings_values *values)
{
	buf_printf(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"%s\" xmlns:im=\"%s\">\n", profile->root,
		   profile->root_ns, profile->im_ns);
	if (values->entity_id) {
		buf_printf(to, "\t<%s", profile->entity);
		if (profile->entity_id)
			attribute(to, profile->entity_id, values->entity_id);
		buf_puts(to, ">\n");
	}
	for (size_t i = 0; i < profile->rule_count; i++)
		if (value_of(&profile->rules[i], values))
			container(to, profile, values, i);
	if (values->entity_id)
		buf_printf(to, "\t</%s>\n", profile->entity);
	buf_printf(to, "</%s>\n", profile->root);
}
