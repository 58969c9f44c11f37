/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "body/settings_default.h"
#include "settings_help.h"

static struct settings written(const struct settings_values *values, struct buf *buf)
{
	buf_clear(buf);
	settings_write(buf, settings_profile_default(), values);
	return settings_of(buf_slice(buf));
}

Test(body_settings_write, every_choice_of_items_reads_back)
{
	static const char *const words[] = {NULL, "true", "false"};
	static const enum settings_value want[] = {SETTINGS_ABSENT, SETTINGS_TRUE, SETTINGS_FALSE};
	struct buf buf = {0};

	for (unsigned choice = 0; choice < 3 * 3 * 3 * 3 * 3 * 3; choice++) {
		struct settings_values values = {choice % 2 ? "sip:a@b" : NULL};
		struct settings settings;
		unsigned rest = choice;

		for (int i = 0; i < SETTINGS_ITEM_COUNT; i++, rest /= 3)
			values.item[i] = words[rest % 3];
		settings = written(&values, &buf);
		cr_assert(settings.valid && !settings.unknown, "%s in\n%s", settings.text, buf.p);
		rest = choice;
		for (int i = 0; i < SETTINGS_ITEM_COUNT; i++, rest /= 3)
			cr_assert(settings.item[i].value == want[rest % 3] &&
				  settings.item[i].count == (rest % 3 != 0));
	}
	buf_done(&buf);
}

Test(body_settings_write, looks_like_this)
{
	struct settings_values values = {"sip:a@b",
					 {[SETTINGS_PAGER_BARRING] = "1", [SETTINGS_OFFLINE_DELIVERY] = "true"}};
	struct buf buf = {0};

	written(&values, &buf);
	cr_assert_str_eq(buf.p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" ROOT "\n\t<entity id=\"sip:a@b\">\n"
				"\t\t<isb-settings>\n"
				"\t\t\t<incoming-session-barring service-id=\"pager-large-mode\" active=\"1\"/>\n"
				"\t\t</isb-settings>\n"
				"\t\t<im:deferred-settings>\n\t\t\t<im:offline-delivery active=\"true\"/>\n"
				"\t\t</im:deferred-settings>\n\t</entity>\n</poc-settings>\n");
	buf_done(&buf);
}

Test(body_settings_write, an_element_without_its_value)
{
	struct settings_values values = {"sip:a@b", {[SETTINGS_OFFLINE_DELIVERY] = settings_bare}};
	struct buf buf = {0};
	struct settings settings = written(&values, &buf);

	cr_assert_not_null(strstr(buf.p, "<im:offline-delivery/>"));
	cr_assert(settings.well_formed && !settings.valid && !settings.unknown);
	buf_done(&buf);
}

Test(body_settings_write, values_stay_values)
{
	struct settings_values values = {"\"><x>&\x01\n", {[SETTINGS_OFFLINE_DELIVERY] = "<\"'\t>"}};
	struct buf buf = {0};
	struct settings settings = written(&values, &buf);

	cr_assert(settings.well_formed && !settings.unknown && settings_offline_delivery(&settings) == SETTINGS_BAD);
	cr_assert_str_eq(settings.text, "the value \"<\"'\\x09>\" of <offline-delivery> is not true, false, 1 or 0");
	buf_done(&buf);
}

Test(body_settings_write, text_valued_rules_of_a_profile)
{
	static const struct settings_rule rule = {SETTINGS_INVISIBILITY, "v", "s", NULL, "true", "mode", "m"};
	const struct settings_profile profile = {"a/b", "r", "urn:r", "urn:i", "user", NULL, &rule, 1, NULL};
	const struct settings_values values = {"ignored", {[SETTINGS_INVISIBILITY] = "a<b"}};
	struct buf buf = {0};

	settings_write(&buf, &profile, &values);
	cr_assert_str_eq(
		buf.p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r xmlns=\"urn:r\" xmlns:im=\"urn:i\">\n\t<user>\n"
		       "\t\t<im:v>\n\t\t\t<im:s mode=\"m\">a&#60;b</im:s>\n\t\t</im:v>\n\t</user>\n</r>\n");
	buf_done(&buf);
}
