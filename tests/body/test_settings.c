/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "body/settings_default.h"
#include "settings_help.h"

struct settings settings_of(struct slice body)
{
	struct settings_reader *reader;
	struct settings settings;

	settings_init();
	cr_assert_eq(settings_reader_new(settings_profile_default(), &reader, NULL), 0);
	settings_read(reader, body, &settings);
	settings_reader_free(reader);
	return settings;
}

static enum settings_value delivery(const char *body)
{
	struct settings settings = settings_of(slice_of(body));

	return settings_offline_delivery(&settings);
}

Test(body_settings, all_six_with_their_places)
{
	static const char text[] =
		"<?xml version=\"1.0\"?>\n" ROOT "\n<entity id=\"do-not-disturb\">\n"
		"<isb-settings>\n<incoming-session-barring active=\"true\" service-id=\"session-mode\"/>\n"
		"<incoming-session-barring active=\"0\" service-id=\"pager-large-mode\"></incoming-session-barring>"
		"</isb-settings>\n<im:vis-settings><im:vis-status active='false'/></im:vis-settings>\n" DELIVERY(
			" 1 ") "\n<im:hist-settings><im:hist-activation service-id=\"pager-large-mode\" "
			       "active=\"false\"/>"
			       "<im:hist-activation service-id=\"session-mode\" active=\"true\"/></im:hist-settings>\n"
			       "<am-settings><answer-mode> "
			       "automatic\n</answer-mode></am-settings></entity>\n</poc-settings>\n";
	static const enum settings_value want[] = {SETTINGS_TRUE, SETTINGS_FALSE, SETTINGS_FALSE,
						   SETTINGS_TRUE, SETTINGS_TRUE,  SETTINGS_FALSE};
	struct settings settings = settings_of(SLICE(text));
	const struct settings_seen *seen = &settings.item[SETTINGS_SESSION_BARRING];

	cr_assert(settings.valid && settings.well_formed && settings.root_known && !settings.unknown, "%s",
		  settings.text);
	for (int i = 0; i < SETTINGS_ITEM_COUNT; i++)
		cr_assert(settings.item[i].value == want[i] && settings.item[i].count == 1, "%s",
			  settings_item_words[i]);
	cr_assert_eq(seen->line, 5);
	cr_assert(slice_is((struct slice){text + seen->offset, seen->len},
			   "<incoming-session-barring active=\"true\" service-id=\"session-mode\"/>"));
	seen = &settings.item[SETTINGS_PAGER_BARRING];
	cr_assert(slice_is((struct slice){text + seen->offset, seen->len},
			   "<incoming-session-barring active=\"0\" service-id=\"pager-large-mode\">"));
	cr_assert_str_eq(settings.item[SETTINGS_OFFLINE_DELIVERY].text, "1");
}

Test(body_settings, any_prefix_and_beside_the_entity)
{
	cr_assert_eq(delivery("<p:poc-settings xmlns:p=\"" POC "\"><p:entity id=\"a\"/><deferred-settings xmlns=\"" IM
			      "\">"
			      "<offline-delivery active=\"true\"/></deferred-settings></p:poc-settings>"),
		     SETTINGS_TRUE);
	cr_assert_eq(delivery(DOC("<deferred-settings><offline-delivery active=\"false\"/></deferred-settings>")),
		     SETTINGS_FALSE);
	cr_assert_eq(delivery(DOC("<entity id=\"a\">" DELIVERY("true") "</entity>")), SETTINGS_TRUE);
	cr_assert_eq(
		delivery(DOC("<im:deferred-settings><im:offline-delivery im:active=\"true\"/></im:deferred-settings>")),
		SETTINGS_TRUE);
	cr_assert_eq(delivery(DOC("<!-- c --><?pi x?>" DELIVERY("&#116;rue"))), SETTINGS_TRUE);
	cr_assert_eq(delivery("\xef\xbb\xbf" DOC(DELIVERY("true"))), SETTINGS_TRUE);
}

Test(body_settings, absent_is_not_false)
{
	struct settings settings = settings_of(SLICE(DOC("")));

	cr_assert(settings.valid && !settings.unknown);
	for (int i = 0; i < SETTINGS_ITEM_COUNT; i++)
		cr_assert(settings.item[i].value == SETTINGS_ABSENT && settings.item[i].count == 0);
	cr_assert_eq(delivery(DOC("<im:deferred-settings/>")), SETTINGS_ABSENT);
	cr_assert_eq(delivery(DOC("<im:offline-delivery active=\"true\"/>")), SETTINGS_ABSENT);
	cr_assert_eq(delivery(DOC("<x xmlns=\"urn:x\">" DELIVERY("true") "</x>")), SETTINGS_ABSENT);
}

Test(body_settings, barring_without_service_id_is_that_of_sessions)
{
	struct settings settings = settings_of(SLICE(DOC(
		"<entity id=\"a\"><isb-settings><incoming-session-barring active=\"true\"/></isb-settings></entity>")));

	cr_assert_eq(settings.item[SETTINGS_SESSION_BARRING].value, SETTINGS_TRUE);
	cr_assert_eq(settings.item[SETTINGS_PAGER_BARRING].value, SETTINGS_ABSENT);
}

Test(body_settings, given_twice)
{
	cr_assert_eq(delivery(DOC(DELIVERY("true") DELIVERY("1"))), SETTINGS_TRUE);
	cr_assert_eq(delivery(DOC(DELIVERY("true") DELIVERY("false"))), SETTINGS_BAD);
	cr_assert_eq(delivery(DOC(DELIVERY("true") DELIVERY("false") DELIVERY("true"))), SETTINGS_BAD);
}

/* what no profile knows is legal, and told */
static const char *const extensions[][2] = {
	{DOC("<im:ext-app><im:streams active=\"true\"/></im:ext-app>"), "streams"},
	{DOC("<x:y xmlns:x=\"urn:x\"/>"), "y"},
	{DOC("<deferred-settings xmlns=\"urn:x\"/>"), "deferred-settings"},
	{DOC("<im:vis-settings><im:vis-state active=\"true\"/></im:vis-settings>"), "vis-state"},
	{DOC("<im:hist-settings><im:hist-activation active=\"true\"/></im:hist-settings>"), "hist-activation"},
	{DOC("<im:hist-settings><im:hist-activation service-id=\"x\" active=\"true\"/></im:hist-settings>"),
	 "hist-activation"},
	{DOC("<entity id=\"a\"><entity id=\"b\"/></entity>"), "entity"},
	{DOC("<im:vis-settings><im:vis-status active=\"1\"><im:deep/></im:vis-status></im:vis-settings>"), "deep"},
	{DOC("<im:deferred-settings><offline-delivery xmlns=\"\" active=\"true\"/></im:deferred-settings>"),
	 "offline-delivery"},
};

Test(body_settings, a_known_extension_of_the_field)
{
	struct settings settings = settings_of(SLICE(
		DOC("<entity id=\"a\"><im:ext-app><im:parallel-streams active=\"true\"/></im:ext-app></entity>")));

	cr_assert(settings.valid && !settings.unknown);
}

Test(body_settings, unknown_names_are_legal_and_told)
{
	for (size_t i = 0; i < ARRAY_LEN(extensions); i++) {
		struct settings settings = settings_of(slice_of(extensions[i][0]));

		cr_assert(settings.valid && settings.unknown, "case %zu: %s", i, settings.text);
		cr_assert_str_eq(settings.unknown_name, extensions[i][1]);
	}
}

/* each: a document, the first breach and its line */
static const struct {
	const char *body, *text;
	unsigned line;
} breaches[] = {
	{"\n<poc-settings/>", "the root is not <poc-settings> in the namespace " POC, 2},
	{"<settings xmlns=\"" POC "\"/>", "the root is not <poc-settings> in the namespace " POC, 1},
	{DOC("<entity/>"), "<entity> has no attribute id", 1},
	{DOC("\n\n" DELIVERY("True")), "the value \"True\" of <offline-delivery> is not true, false, 1 or 0", 3},
	{DOC(DELIVERY("")), "the value \"\" of <offline-delivery> is not true, false, 1 or 0", 1},
	{DOC(DELIVERY("\xc2\x85")), "the value \"\\xc2\\x85\" of <offline-delivery> is not true, false, 1 or 0", 1},
	{DOC("<im:vis-settings><im:vis-status>true</im:vis-status></im:vis-settings>"),
	 "<vis-status> has no attribute active", 1},
	{DOC("\n<am-settings><answer-mode>never</answer-mode></am-settings>"),
	 "the value \"never\" of <answer-mode> is not one of those allowed", 2},
	{DOC("<am-settings><answer-mode/></am-settings>"),
	 "the value \"\" of <answer-mode> is not one of those allowed", 1},
	{DOC("<ipab-settings><incoming-personal-alert-barring active=\"no\"/></ipab-settings>"),
	 "the value \"no\" of <incoming-personal-alert-barring> is not true, false, 1 or 0", 1},
	{DOC("<sss-settings><simultaneous-sessions-support/></sss-settings>"),
	 "<simultaneous-sessions-support> has no attribute active", 1},
};

Test(body_settings, breaches_by_their_text_and_line)
{
	for (size_t i = 0; i < ARRAY_LEN(breaches); i++) {
		struct settings settings = settings_of(slice_of(breaches[i].body));

		cr_assert(settings.well_formed && !settings.valid, "case %zu", i);
		cr_assert_str_eq(settings.text, breaches[i].text);
		cr_assert_eq(settings.line, breaches[i].line);
		cr_assert(settings.column > 0);
		cr_assert_eq(settings.root_known, i >= 2);
	}
	cr_assert_eq(delivery(DOC(DELIVERY("True"))), SETTINGS_BAD);
	cr_assert_eq(delivery(DOC("<im:deferred-settings><im:offline-delivery/></im:deferred-settings>")),
		     SETTINGS_BAD);
}

Test(body_settings, place_of_a_breach_in_the_body)
{
	static const char text[] = DOC("\xc3\xa4\n" DELIVERY("maybe"));
	struct settings settings = settings_of(SLICE(text));

	cr_assert_eq(settings.offset, strstr(text, "<im:offline") - text);
}

Test(body_settings, other_encodings_have_values_but_no_byte_places)
{
	struct settings settings =
		settings_of(SLICE("<?xml version='1.0' encoding='ISO-8859-1'?>" DOC("\xe4" DELIVERY("true"))));
	static const char ascii[] = DOC(DELIVERY("true"));
	char wide[2 * sizeof(ascii)] = "\xff\xfe";

	cr_assert(settings.valid && settings_offline_delivery(&settings) == SETTINGS_TRUE, "%s", settings.text);
	cr_assert(settings.item[SETTINGS_OFFLINE_DELIVERY].len == 0 &&
		  settings.item[SETTINGS_OFFLINE_DELIVERY].line == 1);
	for (size_t i = 0; i < sizeof(ascii) - 1; i++)
		wide[2 + 2 * i] = ascii[i];
	settings = settings_of((struct slice){wide, 2 * sizeof(ascii)});
	cr_assert(settings.valid && settings_offline_delivery(&settings) == SETTINGS_TRUE, "%s", settings.text);
}

Test(body_settings, a_profile_of_ones_own)
{
	static const struct settings_rule rule = {SETTINGS_OFFLINE_DELIVERY, "store", "mode", NULL, "true off"};
	const struct settings_profile profile = {"a/b", "r", "urn:r", "urn:i", "user", NULL, &rule, 1, NULL};
	struct settings_reader *reader;
	struct settings settings;

	settings_init();
	cr_assert_eq(settings_reader_new(&profile, &reader, NULL), 0);
	settings_read(reader,
		      SLICE("<r xmlns='urn:r'><user><store><mode>tr<!-- -->u<![CDATA[e]]></mode></store></user></r>"),
		      &settings);
	cr_assert(settings.valid, "%s", settings.text);
	cr_assert_eq(settings_offline_delivery(&settings), SETTINGS_TRUE);
	settings_read(reader, SLICE("<r xmlns='urn:r'><store><mode>off</mode></store></r>"), &settings);
	cr_assert(settings.valid && settings_offline_delivery(&settings) == SETTINGS_BAD);
	settings_reader_free(reader);
}

static void profile_refused(struct settings_profile profile, const char *text)
{
	struct settings_reader *reader;
	struct err err = {0};

	cr_assert_eq(settings_reader_new(&profile, &reader, &err), -EINVAL);
	cr_assert_null(reader);
	cr_assert_str_eq(err.text, text);
}

Test(body_settings, profiles_that_are_none)
{
	const struct settings_rule half = {SETTINGS_INVISIBILITY, "a", "b", "c", NULL, "d"},
				   bare = {SETTINGS_INVISIBILITY, "a"};
	struct settings_profile profile = *settings_profile_default();

	profile.im_ns = NULL;
	profile_refused(profile, "the settings profile lacks a MIME type, root, namespace or entity name");
	profile = *settings_profile_default();
	profile.rule_count = SETTINGS_RULES_MAX + 1;
	profile_refused(profile, "the settings profile has more than 32 rules");
	profile.rule_count = 1;
	profile.rules = &bare;
	profile_refused(profile, "rule 1 of the settings profile lacks a name");
	settings_reader_free(NULL);
	profile.rules = &half;
	profile_refused(profile, "rule 1 of the settings profile has half a selector");
}

Test(body_settings, cache_gives_the_same_answers)
{
	struct settings_reader *reader;
	struct settings_cache cache;
	struct settings cached;

	settings_init();
	cr_assert_eq(settings_reader_new(settings_profile_default(), &reader, NULL), 0);
	settings_cache_init(&cache, 3);
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < ARRAY_LEN(breaches); i++) {
			struct settings fresh = settings_of(slice_of(breaches[i].body));

			settings_read_cached(reader, &cache, slice_of(breaches[i].body), &cached);
			cr_assert_eq(memcmp(&fresh, &cached, sizeof(fresh)), 0);
		}
	cr_assert_eq(cache.hits + cache.misses, 3 * ARRAY_LEN(breaches));
	cache.hits = 0;
	settings_read_cached(reader, &cache, slice_of(breaches[0].body), &cached);
	settings_read_cached(reader, &cache, slice_of(breaches[0].body), &cached);
	cr_assert(cache.hits > 0);
	settings_read_cached(reader, &cache, SLICE_NONE, &cached);
	cr_assert_str_eq(cached.text, "the document is empty");
	settings_cache_done(&cache);
	settings_reader_free(reader);
}
