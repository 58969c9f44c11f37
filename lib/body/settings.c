/* SPDX-License-Identifier: MIT */
#include "body/settings.h"

#include "base/hash.h"
#include "base/mem.h"
#include "body/settings_xml.h"

#include <stdlib.h>

enum { CACHE_SLOTS = 64, CACHE_LEN_MAX = 8 * 1024 };

struct settings_reader {
	const struct settings_profile *profile;
	struct settings_xsd *xsd; /* may be NULL */
};

const char *const settings_item_words[] = {"session-barring",
					   "pager-barring",
					   "invisibility",
					   "offline-delivery",
					   "session-storing",
					   "pager-storing",
					   NULL};

void settings_init(void)
{
	settings_xml_init();
}

static int profile_check(const struct settings_profile *profile, struct err *err)
{
	if (!profile->mime || !profile->root || !profile->root_ns || !profile->im_ns || !profile->entity)
		return err_set(err, -EINVAL, "the settings profile lacks a MIME type, root, namespace or entity name");
	if (profile->rule_count > SETTINGS_RULES_MAX)
		return err_set(err, -EINVAL, "the settings profile has more than %d rules", SETTINGS_RULES_MAX);
	for (size_t i = 0; i < profile->rule_count; i++) {
		const struct settings_rule *rule = &profile->rules[i];

		if (rule->item > SETTINGS_ITEM_NONE || !rule->container || !rule->element)
			return err_set(err, -EINVAL, "rule %zu of the settings profile lacks a name", i + 1);
		if (!rule->selector != !rule->selector_value)
			return err_set(err, -EINVAL, "rule %zu of the settings profile has half a selector", i + 1);
	}
	return 0;
}

int settings_reader_new(const struct settings_profile *profile, struct settings_reader **ret_reader, struct err *err)
{
	struct settings_xsd *xsd = NULL;
	int rc = profile_check(profile, err);

	*ret_reader = NULL;
	if (!rc && profile->xsd)
		rc = settings_xsd_new(slice_of(profile->xsd), &xsd, err);
	if (rc)
		return rc;
	*ret_reader = mem_alloc(sizeof(**ret_reader));
	(*ret_reader)->profile = profile;
	(*ret_reader)->xsd = xsd;
	return 0;
}

void settings_reader_free(struct settings_reader *reader)
{
	if (!reader)
		return;
	settings_xsd_free(reader->xsd);
	free(reader);
}

void settings_read(const struct settings_reader *reader, struct slice body, struct settings *ret)
{
	const struct settings_place nowhere = {0};

	memset(ret, 0, sizeof(*ret));
	if (body.len > SETTINGS_LEN_MAX) {
		ret->too_big = true;
		settings_breach(ret, &nowhere, "the document is over %d bytes", SETTINGS_LEN_MAX);
		return;
	}
	settings_xml_read(reader->profile, body, ret);
	if (ret->well_formed && reader->xsd)
		settings_xsd_check(reader->xsd, body, ret);
	ret->valid = ret->text[0] == '\0';
}

struct settings_cache_slot {
	uint64_t hash;
	struct slice body; /* owned; absent: the slot is empty */
	struct settings settings;
};

void settings_cache_init(struct settings_cache *cache, size_t slot_count)
{
	*cache = (struct settings_cache){.slot_count = slot_count ? slot_count : CACHE_SLOTS};
	cache->slots = mem_alloc(cache->slot_count * sizeof(*cache->slots));
}

void settings_cache_done(struct settings_cache *cache)
{
	for (size_t i = 0; i < cache->slot_count; i++)
		free((char *)cache->slots[i].body.p);
	free(cache->slots);
	*cache = (struct settings_cache){0};
}

static void slot_fill(struct settings_cache_slot *slot, uint64_t hash, struct slice body)
{
	char *copy = mem_realloc((char *)slot->body.p, body.len);

	memcpy(copy, body.p, body.len);
	slot->body = (struct slice){copy, body.len};
	slot->hash = hash;
}

void settings_read_cached(const struct settings_reader *reader, struct settings_cache *cache, struct slice body,
			  struct settings *ret)
{
	struct settings_cache_slot *slot;
	uint64_t hash;

	if (body.len == 0 || body.len > CACHE_LEN_MAX) {
		settings_read(reader, body, ret);
		return;
	}
	hash = hash_slice(body, 0);
	slot = &cache->slots[hash % cache->slot_count];
	if (slot->body.p && slot->hash == hash && slice_eq(slot->body, body)) {
		cache->hits++;
	} else {
		cache->misses++;
		settings_read(reader, body, &slot->settings);
		slot_fill(slot, hash, body);
	}
	*ret = slot->settings;
}
