/* SPDX-License-Identifier: MIT
 *
 * What is different in two profiles, value by value; the profiles that come with the program. */
#include "harness/profile_diff.h"

#include "script/profile.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct arena arena;

static struct profile load(const char *name)
{
	char path[512];
	struct profile profile;
	struct err err;

	snprintf(path, sizeof(path), SOURCE_ROOT "/scenarios/profiles/%s.lua", name);
	cr_assert_eq(profile_load(path, &arena, &profile, &err), 0, "%s", err.text);
	return profile;
}

/* Names of the values that differ, with both. */
static const char *differences(const struct profile *a, const struct profile *b)
{
	static struct buf text;

	buf_clear(&text);
	buf_puts(&text, "");
	for (size_t i = 0; i < PROFILE_VALUES; i++) {
		if (!profile_value_differs(a, b, i))
			continue;
		buf_printf(&text, "%s%s", text.len ? "; " : "", profile_value_name(i));
		profile_value_put(a, b, i, &text);
	}
	return text.p;
}

Test(harness_profile_diff, editions_differ_in_what_they_say)
{
	struct profile plain = load("default"), poc = load("poc-style");

	cr_expect_str_eq(poc.name, "poc-style");
	cr_expect_str_eq(poc.version, "OMA*", "from the base");
	cr_expect_eq(poc.settings.rule_count, plain.settings.rule_count, "from the base");
	cr_expect_str_eq(differences(&plain, &plain), "");
	cr_expect_str_eq(differences(&plain, &poc),
			 "feature_tag \"+g.poc.talkburst\" instead of \"+g.oma.sip-im\"; "
			 "release.client \"PoC-client\" instead of \"IM-client\"; "
			 "release.server \"PoC-serv\" instead of \"IM-serv\"; "
			 "settings.im_namespace \"urn:oma:params:xml:ns:poc:poc-settings\" instead of "
			 "\"urn:oma:xml:im:service-settings\"");
	arena_done(&arena);
}

Test(harness_profile_diff, values_are_taken_one_by_one)
{
	struct profile plain = load("default"), vendor = load("vendor-example"), mixed = plain;
	size_t count = 0;

	for (size_t i = 0; i < PROFILE_VALUES; i++) {
		count += profile_value_differs(&mixed, &vendor, i);
		profile_value_take(&mixed, &vendor, i);
		cr_expect_not(profile_value_differs(&mixed, &vendor, i), "%s", profile_value_name(i));
	}
	cr_expect_eq(count, 9);
	cr_expect_str_eq(mixed.metadata_events[0], "example-deferred-list");
	cr_expect_eq(mixed.settings.rule_count, 6);
	arena_done(&arena);
}
