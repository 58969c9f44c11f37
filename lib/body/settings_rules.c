/* SPDX-License-Identifier: MIT */
#include "body/settings_rules.h"

#include "base/text.h"
#include "body/cut.h"

#include <stdarg.h>
#include <stdio.h>

void settings_breach(struct settings *ret, const struct settings_place *place, const char *format, ...)
{
	va_list args;

	if (ret->text[0])
		return;
	va_start(args, format);
	vsnprintf(ret->text, sizeof(ret->text), format, args);
	va_end(args);
	ret->line = place->line;
	ret->column = place->column;
	ret->offset = place->offset;
}

static bool same(const char *a, const char *b)
{
	return a && b && a[0] == b[0] && strcmp(a, b) == 0;
}

static void unknown(struct settings_walk *walk, struct slice name)
{
	if (!walk->ret->unknown)
		text_clean_fixed(walk->ret->unknown_name, sizeof(walk->ret->unknown_name), name);
	walk->ret->unknown = true;
}

/* Attributes are known by their local names: a prefix in front of them is one of the field's liberties. */
static bool attribute(const struct settings_tag *tag, const char *name, struct slice *ret)
{
	for (int i = 0; i < tag->attribute_count; i++) {
		const unsigned char *const *a = tag->attributes + 5 * i;

		if (!same((const char *)a[0], name))
			continue;
		*ret = slice_trim(slice_range((const char *)a[3], (const char *)a[4]));
		return true;
	}
	return false;
}

static bool word_of(const char *words, struct slice word)
{
	struct slice rest = slice_of(words), one;

	while (cut_at(&rest, ' ', &one))
		if (one.len && slice_eq(one, word))
			return true;
	return false;
}

/* xs:boolean, XML Schema part 2, 3.2.2.1 */
static enum settings_value boolean(struct slice value)
{
	if (slice_is(value, "true") || slice_is(value, "1"))
		return SETTINGS_TRUE;
	return slice_is(value, "false") || slice_is(value, "0") ? SETTINGS_FALSE : SETTINGS_BAD;
}

static void item_note(struct settings_seen *seen, enum settings_value value, struct slice text,
		      const struct settings_place *place)
{
	if (seen->count && seen->value != value)
		value = SETTINGS_BAD;
	seen->value = value;
	if (seen->count++)
		return;
	seen->offset = place->offset;
	seen->len = place->len;
	seen->line = place->line;
	seen->column = place->column;
	text_clean_fixed(seen->text, sizeof(seen->text), text);
}

/* `value` absent: the attribute is missing. */
static void value_note(struct settings_walk *walk, const struct settings_rule *rule, struct slice value,
		       const struct settings_place *place)
{
	enum settings_value read = value.p ? boolean(value) : SETTINGS_BAD;
	char clean[64];

	if (rule->item < SETTINGS_ITEM_COUNT)
		item_note(&walk->ret->item[rule->item], read, value, place);
	if (!value.p)
		settings_breach(walk->ret, place, "<%s> has no attribute %s", rule->element, rule->attribute);
	else if (rule->values ? !word_of(rule->values, value) : read == SETTINGS_BAD)
		settings_breach(walk->ret, place, "the value \"%s\" of <%s> is not %s",
				text_clean_fixed(clean, sizeof(clean), value), rule->element,
				rule->values ? "one of those allowed" : "true, false, 1 or 0");
}

/* May a name of the profile stand in that namespace? */
static bool ns_known(const struct settings_profile *profile, const char *ns)
{
	return same(ns, profile->root_ns) || same(ns, profile->im_ns);
}

static enum settings_level open_root(struct settings_walk *walk, const struct settings_tag *tag)
{
	const struct settings_profile *profile = walk->profile;

	walk->ret->root_known = same(tag->name, profile->root) && same(tag->ns, profile->root_ns);
	if (!walk->ret->root_known) {
		unknown(walk, slice_of(tag->name));
		settings_breach(walk->ret, &tag->place, "the root is not <%s> in the namespace %s", profile->root,
				profile->root_ns);
	}
	return SETTINGS_LEVEL_ROOT;
}

static enum settings_level open_entity(struct settings_walk *walk, const struct settings_tag *tag)
{
	const char *id = walk->profile->entity_id;
	struct slice value;

	if (id && !attribute(tag, id, &value))
		settings_breach(walk->ret, &tag->place, "<%s> has no attribute %s", walk->profile->entity, id);
	return SETTINGS_LEVEL_ENTITY;
}

static const struct settings_rule *container_find(const struct settings_profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->rule_count; i++)
		if (same(profile->rules[i].container, name))
			return &profile->rules[i];
	return NULL;
}

/* In the root or an entity. */
static enum settings_level open_container(struct settings_walk *walk, const struct settings_tag *tag,
					  enum settings_level parent)
{
	const struct settings_rule *rule = container_find(walk->profile, tag->name);

	if (parent == SETTINGS_LEVEL_ROOT && same(tag->name, walk->profile->entity) && ns_known(walk->profile, tag->ns))
		return open_entity(walk, tag);
	if (!rule || !ns_known(walk->profile, tag->ns)) {
		unknown(walk, slice_of(tag->name));
		return SETTINGS_LEVEL_UNKNOWN;
	}
	walk->container = rule->container;
	return SETTINGS_LEVEL_CONTAINER;
}

static bool rule_fits(const struct settings_walk *walk, const struct settings_rule *rule,
		      const struct settings_tag *tag)
{
	struct slice selector;

	if (!same(rule->container, walk->container) || !same(rule->element, tag->name))
		return false;
	if (!rule->selector)
		return true;
	return attribute(tag, rule->selector, &selector) ? slice_is(selector, rule->selector_value)
							 : rule->selector_default;
}

static enum settings_level open_setting(struct settings_walk *walk, const struct settings_tag *tag)
{
	const struct settings_profile *profile = walk->profile;
	size_t count = ns_known(profile, tag->ns) ? profile->rule_count : 0;
	bool fits = false;

	for (size_t i = 0; i < count; i++) {
		const struct settings_rule *rule = &profile->rules[i];
		struct slice value = SLICE_NONE;

		if (!rule_fits(walk, rule, tag))
			continue;
		fits = true;
		if (rule->attribute) {
			attribute(tag, rule->attribute, &value);
			value_note(walk, rule, value, &tag->place);
			continue;
		}
		walk->text_rule = rule;
		walk->text_place = tag->place;
		walk->text_len = 0;
		walk->text_cut = false;
	}
	if (!fits)
		unknown(walk, slice_of(tag->name));
	return fits ? SETTINGS_LEVEL_SETTING : SETTINGS_LEVEL_UNKNOWN;
}

static enum settings_level open_in(struct settings_walk *walk, const struct settings_tag *tag,
				   enum settings_level parent)
{
	switch (parent) {
	case SETTINGS_LEVEL_ROOT:
	case SETTINGS_LEVEL_ENTITY:
		return open_container(walk, tag, parent);
	case SETTINGS_LEVEL_CONTAINER:
		return open_setting(walk, tag);
	default:
		unknown(walk, slice_of(tag->name));
		return SETTINGS_LEVEL_UNKNOWN;
	}
}

void settings_walk_open(struct settings_walk *walk, const struct settings_tag *tag)
{
	unsigned depth = walk->depth++;

	if (depth == 0)
		walk->level[0] = open_root(walk, tag);
	else if (depth < SETTINGS_DEPTH)
		walk->level[depth] = open_in(walk, tag, walk->level[depth - 1]);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void settings_walk_text(struct settings_walk *walk, struct slice text)
{
	size_t room = SETTINGS_TEXT_MAX - walk->text_len;

	if (!walk->text_rule)
		return;
	while (walk->text_len == 0 && text.len && is_blank(text.p[0]))
		text.p++, text.len--;
	if (text.len > room) {
		walk->text_cut |= slice_trim((struct slice){text.p + room, text.len - room}).len > 0;
		text.len = room;
	}
	memcpy(walk->text + walk->text_len, text.p, text.len);
	walk->text_len += text.len;
}

void settings_walk_close(struct settings_walk *walk)
{
	struct slice text = {walk->text, walk->text_len};
	unsigned depth = --walk->depth;

	if (depth >= SETTINGS_DEPTH || walk->level[depth] != SETTINGS_LEVEL_SETTING || !walk->text_rule)
		return;
	value_note(walk, walk->text_rule, walk->text_cut ? text : slice_trim(text), &walk->text_place);
	walk->text_rule = NULL;
}
