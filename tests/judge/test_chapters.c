/* SPDX-License-Identifier: MIT
 *
 * A user's flow that is judged in chapters: what is remembered of the requests before decides what a push follows. */
#include "judge/scene.h"
#include "trace/story.h"

#include <criterion/criterion.h>

static struct scene scene;
static struct flow *before[4]; /* chapters that are over; what is remembered lies in them */
static size_t before_count;

static void setup(void)
{
	before_count = 0;
	scene_init(&scene);
	scene_deposit(&scene);
	scene_register(&scene);
}

static void teardown(void)
{
	scene_done(&scene);
	for (size_t i = 0; i < before_count; i++)
		flow_free(before[i]);
}

TestSuite(judge_chapters, .init = setup, .fini = teardown);

#define GOOD "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n"

static void publishes(void)
{
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
}

static void push_refused(void)
{
	scene_ask(&scene, (struct scene_request){.from = "server",
						 .to = "core",
						 .method = "INVITE",
						 .by = "sip:im@im.example",
						 .more = "Contact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\n",
						 .status = "300 Multiple Choices"});
}

static void delivered(void)
{
	flow_add_note(scene.flow, scene.now, FLOW_NOTE_DELIVERED);
}

static void another_chapter(void)
{
	struct flow *flow = flow_new(scene.flow->user);
	struct story story;

	story_tell(&story, scene.flow, &scene.profile);
	for (size_t i = 0; i < scene.flow->identity_count; i++)
		flow_add_identity(flow, scene.flow->identities[i]);
	flow->begin = story.end;
	flow->im = true;
	before[before_count++] = scene.flow;
	scene.flow = flow;
}

static enum verdict judged(const char *id, const char *rule)
{
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, id, rule);
}

static enum verdict pushed_after_register(void)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_push(&scene);
	return judged("5.3-no-push", NULL);
}

Test(judge_chapters, a_push_that_is_still_owed)
{
	publishes();
	another_chapter();
	cr_expect_neq(pushed_after_register(), VERDICT_FAIL);
	cr_expect_eq(scene_verdict(&scene, "5.3-no-push", "a push has a PUBLISH before it"), VERDICT_PASS);
}

Test(judge_chapters, a_push_that_is_still_owed_after_two)
{
	publishes();
	another_chapter();
	another_chapter();
	cr_expect_neq(pushed_after_register(), VERDICT_FAIL);
}

Test(judge_chapters, a_push_that_came)
{
	publishes();
	scene_push(&scene);
	another_chapter();
	cr_expect_eq(pushed_after_register(), VERDICT_FAIL);
}

Test(judge_chapters, a_push_that_came_in_the_next)
{
	publishes();
	another_chapter();
	scene_push(&scene);
	another_chapter();
	cr_expect_eq(pushed_after_register(), VERDICT_FAIL);
}

Test(judge_chapters, a_push_after_a_register)
{
	another_chapter();
	scene_push(&scene);
	cr_expect_eq(judged("5.3-no-push", "a push has a PUBLISH before it"), VERDICT_FAIL);
}

/* --- how many have come --- */

static enum verdict pushed_again(void)
{
	another_chapter();
	scene_push(&scene);
	return judged("12.2.2.2-2i", "once");
}

Test(judge_chapters, the_first_push)
{
	publishes();
	cr_expect_eq(pushed_again(), VERDICT_PASS);
}

Test(judge_chapters, another_push)
{
	publishes();
	scene_push(&scene);
	delivered();
	cr_expect_eq(pushed_again(), VERDICT_FAIL);
}

Test(judge_chapters, another_push_long_after)
{
	publishes();
	scene_push(&scene);
	delivered();
	another_chapter();
	cr_expect_eq(pushed_again(), VERDICT_FAIL);
}

Test(judge_chapters, another_push_after_one_that_was_refused)
{
	publishes();
	push_refused();
	cr_expect_eq(pushed_again(), VERDICT_PASS);
}

Test(judge_chapters, another_push_after_one_in_the_next)
{
	publishes();
	another_chapter();
	scene_push(&scene);
	delivered();
	cr_expect_eq(pushed_again(), VERDICT_FAIL);
}

Test(judge_chapters, the_first_push_for_the_last_publish)
{
	publishes();
	scene_push(&scene);
	publishes();
	cr_expect_eq(pushed_again(), VERDICT_PASS);
}

/* --- what else --- */

Test(judge_chapters, a_push_after_a_publish_whose_answer_was_not_seen)
{
	scene_ask(&scene, (struct scene_request){.from = "core",
						 .to = "server",
						 .method = "PUBLISH",
						 .more = GOOD "Expires: 3600\n",
						 .body = SCENE_SETTINGS_ON});
	another_chapter();
	scene_push(&scene);
	cr_expect_eq(judged("6.1.1.5-7", NULL), VERDICT_INCONC);
}

/* The core of the MESSAGE before asserts identities: who has none was not authenticated. */
Test(judge_chapters, a_core_that_asserts)
{
	another_chapter();
	scene_publish(&scene, SCENE_SETTINGS_ON, "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\n", "200 OK",
		      "e1");
	cr_expect_eq(judged("6.1.1.5-3", NULL), VERDICT_FAIL);
}
