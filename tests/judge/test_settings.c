/* SPDX-License-Identifier: MIT
 *
 * Which settings are in force when a push comes: those that were published last, as long as they are kept. */
#include "judge/scene.h"
#include "base/time.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct scene scene;

static void setup(void)
{
	scene_init(&scene);
	scene.now = 1700000000 * SECOND;
	scene_deposit(&scene);
	scene_register(&scene);
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge_settings, .init = setup, .fini = teardown);

#define GOOD "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n"

/* `match` is the tag before, or "". */
static void asks(const char *body, const char *match, const char *expires, const char *etag, const char *status)
{
	char more[400], granted[200];

	snprintf(more, sizeof(more), GOOD "Expires: %s\n%s%s%s", expires, *match ? "SIP-If-Match: " : "", match,
		 *match ? "\n" : "");
	snprintf(granted, sizeof(granted), "Expires: %s\nSIP-ETag: %s\n", expires, etag);
	scene_ask(&scene, (struct scene_request){.from = "core",
						 .to = "server",
						 .method = "PUBLISH",
						 .call = etag,
						 .more = more,
						 .body = body,
						 .status = status,
						 .granted = granted});
}

static void publishes(const char *body, const char *match, const char *expires, const char *etag)
{
	asks(body, match, expires, etag, "200 OK");
}

static enum verdict pushed(void)
{
	scene_push(&scene);
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-1", "a push finds the settings active");
}

Test(judge_settings, are_in_force_for_their_time)
{
	publishes(SCENE_SETTINGS_ON, "", "20", "e1");
	scene_probe(&scene, 10000);
	cr_expect_eq(pushed(), VERDICT_PASS);
}

Test(judge_settings, are_over_after_their_time)
{
	publishes(SCENE_SETTINGS_ON, "", "20", "e1");
	scene_probe(&scene, 60000);
	cr_expect_eq(pushed(), VERDICT_FAIL);
}

/* `granted` is what the 200 says of the time. */
static void publishes_for(const char *granted)
{
	char lines[100];

	snprintf(lines, sizeof(lines), "SIP-ETag: e1\n%s", granted);
	scene_ask(&scene, (struct scene_request){.from = "core",
						 .to = "server",
						 .method = "PUBLISH",
						 .more = GOOD "Expires: 3600\n",
						 .body = SCENE_SETTINGS_ON,
						 .status = "200 OK",
						 .granted = lines});
	scene_probe(&scene, 60000);
}

Test(judge_settings, are_in_force_where_no_time_was_granted)
{
	publishes_for("");
	cr_expect_eq(pushed(), VERDICT_PASS);
}

Test(judge_settings, are_in_force_where_the_time_is_none)
{
	publishes_for("Expires: 18446744073709551615\n");
	cr_expect_eq(pushed(), VERDICT_PASS);
}

Test(judge_settings, are_refreshed)
{
	publishes(SCENE_SETTINGS_ON, "", "20", "e1");
	publishes(NULL, "e1", "3600", "e2");
	scene_probe(&scene, 60000);
	cr_expect_eq(pushed(), VERDICT_PASS);
}

Test(judge_settings, stay_off_where_they_are_refreshed)
{
	publishes(SCENE_SETTINGS_OFF, "", "20", "e1");
	publishes(NULL, "e1", "3600", "e2");
	cr_expect_eq(pushed(), VERDICT_FAIL);
}

Test(judge_settings, are_changed)
{
	publishes(SCENE_SETTINGS_ON, "", "3600", "e1");
	publishes(SCENE_SETTINGS_OFF, "e1", "3600", "e2");
	cr_expect_eq(pushed(), VERDICT_FAIL);
}

Test(judge_settings, are_taken_back)
{
	publishes(SCENE_SETTINGS_ON, "", "3600", "e1");
	publishes(NULL, "e1", "0", "e2");
	cr_expect_eq(pushed(), VERDICT_FAIL);
}

/* Those of another publication of the user's are refreshed, and are what they were. */
Test(judge_settings, are_those_that_were_refreshed_last)
{
	publishes(SCENE_SETTINGS_OFF, "", "3600", "e1");
	publishes(SCENE_SETTINGS_ON, "", "3600", "f1");
	publishes(NULL, "e1", "3600", "e2");
	cr_expect_eq(pushed(), VERDICT_FAIL);
}

/* Of a publication before the evidence began. */
Test(judge_settings, are_not_known_where_what_is_refreshed_was_not_seen)
{
	scene.flow->begin.delivery = DELIVERY_UNKNOWN;
	scene.flow->begin.publications_complete = false;
	publishes(NULL, "e0", "3600", "e1");
	cr_expect_eq(pushed(), VERDICT_INCONC);
}

/* --- several publications, each known by its tag --- */

static enum verdict refused(const char *match)
{
	asks(NULL, match, "3600", "refused", "412 Conditional Request Failed");
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "6.1.1.5-4", NULL);
}

Test(judge_settings, keep_their_tag_for_their_time)
{
	publishes_for("Expires: 100\n");
	cr_expect_eq(refused("e1"), VERDICT_FAIL);
}

Test(judge_settings, may_have_lost_their_tag_after_their_time)
{
	publishes_for("Expires: 59\n");
	cr_expect_neq(refused("e1"), VERDICT_FAIL);
}

Test(judge_settings, may_have_lost_their_tag_where_the_time_is_none)
{
	publishes_for("Expires: 18446744073709551615\n");
	cr_expect_neq(refused("e1"), VERDICT_PASS);
}

static void publishes_two_and_refreshes_one(void)
{
	publishes(SCENE_SETTINGS_ON, "", "3600", "e1");
	publishes(SCENE_SETTINGS_ON, "", "3600", "f1");
	publishes(NULL, "e1", "3600", "e2");
}

Test(judge_settings, that_were_refreshed_have_another_tag)
{
	publishes_two_and_refreshes_one();
	cr_expect_eq(refused("e1"), VERDICT_PASS);
}

Test(judge_settings, beside_those_that_were_refreshed_keep_their_tag)
{
	publishes_two_and_refreshes_one();
	cr_expect_eq(refused("f1"), VERDICT_FAIL);
}

static enum verdict refused_after_an_unanswered_refresh(const char *match)
{
	publishes(SCENE_SETTINGS_ON, "", "3600", "e1");
	publishes(SCENE_SETTINGS_ON, "", "3600", "f1");
	asks(NULL, "e1", "3600", "e2", NULL);
	return refused(match);
}

Test(judge_settings, that_may_have_been_refreshed_may_have_another_tag)
{
	cr_expect_eq(refused_after_an_unanswered_refresh("e1"), VERDICT_INCONC);
}

Test(judge_settings, beside_those_that_may_have_been_refreshed_keep_their_tag)
{
	cr_expect_eq(refused_after_an_unanswered_refresh("f1"), VERDICT_FAIL);
}

/* Who comes again and takes back what he had published before has published nothing yet. */
Test(judge_settings, that_are_taken_back_are_not_published)
{
	publishes(SCENE_SETTINGS_ON, "", "3600", "e1");
	scene_push(&scene);
	flow_add_note(scene.flow, scene.now, FLOW_NOTE_DEPOSITED);
	scene_probe(&scene, 3700 * 1000);
	scene_register(&scene);
	publishes(NULL, "e1", "0", "e2");
	scene_probe(&scene, 2500);
	publishes(SCENE_SETTINGS_ON, "", "3600", "e3");
	scene_probe(&scene, 4500);
	scene_judge(&scene, NULL, true, false);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-trigger", "the push comes"), VERDICT_FAIL);
}

/* --- a tag that nobody gave, as far as can be seen --- */

static enum verdict taken_with_no_tag_of_ours(void)
{
	publishes(NULL, "nobody", "3600", "e1");
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "6.1.1.5-4", "an unknown entity tag is refused with 412");
}

static void message_unanswered(void)
{
	scene_ask(&scene, (struct scene_request){
				  .from = "core", .to = "server", .method = "MESSAGE", .by = "sip:bob@im.example"});
}

Test(judge_settings, are_not_known_by_a_tag_that_nobody_gave)
{
	cr_expect_eq(taken_with_no_tag_of_ours(), VERDICT_FAIL);
}

/* Who is content with one request over UDP has got an answer: the capture lacks it, and may lack a tag as well. */
Test(judge_settings, may_be_known_by_a_tag_where_an_answer_is_missing)
{
	message_unanswered();
	cr_expect_eq(taken_with_no_tag_of_ours(), VERDICT_NONE);
}

Test(judge_settings, are_not_known_by_it_where_there_was_no_answer)
{
	message_unanswered();
	message_unanswered();
	cr_expect_eq(taken_with_no_tag_of_ours(), VERDICT_FAIL);
}

Test(judge_settings, are_not_known_by_it_in_a_run)
{
	scene.flow->label = SLICE("case");
	message_unanswered();
	cr_expect_eq(taken_with_no_tag_of_ours(), VERDICT_FAIL);
}
