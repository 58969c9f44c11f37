/* SPDX-License-Identifier: MIT */
#include "script/profile.h"
#include "body/settings_default.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* The file says what the tests go by. */
Test(script_profile, the_default_file)
{
	const struct settings_profile *expected = settings_profile_default();
	const struct settings_rule *a, *b;
	struct arena arena = {0};
	struct profile profile;
	struct err err;
	size_t i;

	cr_assert_eq(profile_load(SOURCE_ROOT "/scenarios/profiles/default.lua", &arena, &profile, &err), 0, "%s",
		     err.text);
	cr_expect_str_eq(profile.name, "default");
	cr_expect_str_eq(profile.feature_tag, "+g.oma.sip-im");
	cr_expect_str_eq(profile.event, "poc-settings");
	cr_expect_str_eq(profile.client_product, "IM-client");
	cr_expect_str_eq(profile.server_product, "IM-serv");
	cr_expect_str_eq(profile.version, "OMA*");
	cr_expect_str_eq(profile.metadata_events[2], "xcap-diff");
	cr_expect_null(profile.metadata_events[3]);
	cr_expect_str_eq(profile.metadata_auid, "org.openmobilealliance.deferred-list");
	cr_expect_str_eq(profile.settings.mime, expected->mime);
	cr_expect_str_eq(profile.settings.root_ns, expected->root_ns);
	cr_expect_str_eq(profile.settings.im_ns, expected->im_ns);
	cr_expect_str_eq(profile.settings.entity_id, expected->entity_id);
	cr_expect_null(profile.settings.xsd);
	cr_assert_eq(profile.settings.rule_count, expected->rule_count);
	for (i = 0; i < expected->rule_count; i++) {
		a = &profile.settings.rules[i];
		b = &expected->rules[i];
		cr_expect(a->item == b->item && same(a->container, b->container) && same(a->element, b->element) &&
				  same(a->attribute, b->attribute) && same(a->values, b->values) &&
				  same(a->selector, b->selector) && same(a->selector_value, b->selector_value) &&
				  a->selector_default == b->selector_default && a->in_root_ns == b->in_root_ns,
			  "rule %zu", i + 1);
	}
	arena_done(&arena);
}

static void fails(const char *text, const char *expected)
{
	char path[] = "/tmp/imconform-profile-XXXXXX";
	struct arena arena = {0};
	struct profile profile;
	struct err err;
	int fd = mkstemp(path);

	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	cr_expect_eq(profile_load(path, &arena, &profile, &err), -EINVAL);
	cr_expect(strstr(err.text, expected), "%s instead of %s", err.text, expected);
	unlink(path);
	arena_done(&arena);
}

#define RELEASE  "release = { client = 'c', server = 's', version = 'v' }, "
#define METADATA "metadata = { events = {}, type = 't', auid = 'a' }, "
#define SETTINGS                                                                                                       \
	"settings = { mime = 'm', root = 'r', root_namespace = 'n', im_namespace = 'i', entity = 'e',\nrules = { { "

Test(script_profile, errors)
{
	fails("return { name = 'x' }", ":1: has no feature_tag, expected one");
	fails("return { name = 'x', feature_tag = 't', event = 'e'," RELEASE METADATA SETTINGS "item = 'x' } } } }",
	      ":2: settings.rules.1.item is 'x', expected one of \"session barring\", \"pager barring\", "
	      "\"invisibility\", "
	      "\"offline delivery\", \"session storing\", \"pager storing\", \"none\"");
	fails("return { name = 'x', feature_tag = 't', event = 'e'," RELEASE METADATA SETTINGS
	      "item = 'none', container = 'c', element = 'e', selector = 's' } } } }",
	      ":2: settings.rules.1 has half a selector, expected selector and selector_value");
}

static void put(const char *path, const char *text)
{
	FILE *to = fopen(path, "w");

	cr_assert_not_null(to);
	fputs(text, to);
	fclose(to);
}

/* A base is another file in the folder; it may have one, too, but not for ever. */
Test(script_profile, bases)
{
	char folder[] = "/tmp/imconform-bases-XXXXXX", a[64], b[64];
	struct arena arena = {0};
	struct profile profile;
	struct err err;

	cr_assert_not_null(mkdtemp(folder));
	snprintf(a, sizeof(a), "%s/a.lua", folder);
	snprintf(b, sizeof(b), "%s/b.lua", folder);
	put(a, "return { name = 'a', feature_tag = 't', event = 'e'," RELEASE METADATA SETTINGS
	       "item = 'none', container = 'c', element = 'e' } } } }");
	put(b, "return { name = 'b', base = 'a.lua', zeta = 1 }");
	cr_expect_eq(profile_load(b, &arena, &profile, &err), -EINVAL, "unknown keys are unknown in both");
	put(b, "return { name = 'b', base = 'a.lua', release = { version = 'w' } }");
	cr_assert_eq(profile_load(b, &arena, &profile, &err), 0, "%s", err.text);
	cr_expect_str_eq(profile.name, "b");
	cr_expect_str_eq(profile.client_product, "c");
	cr_expect_str_eq(profile.version, "w");
	cr_expect_eq(profile.settings.rule_count, 1);
	put(b, "return { name = 'b',\nbase = 'b.lua' }");
	cr_expect_eq(profile_load(b, &arena, &profile, &err), -EINVAL);
	cr_expect_not_null(strstr(err.text, "b.lua:2: base: there are more than 4 of them, expected an end"), "%s",
			   err.text);
	put(b, "return { name = 'b',\nbase = 'gone.lua' }");
	cr_expect_eq(profile_load(b, &arena, &profile, &err), -ENOENT);
	cr_expect_not_null(strstr(err.text, "b.lua:2: base: "), "%s", err.text);
	unlink(a);
	unlink(b);
	rmdir(folder);
	arena_done(&arena);
}
