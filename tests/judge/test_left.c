/* SPDX-License-Identifier: MIT
 *
 * 12.2.2.2-2i, where the session of a push ended before everything had reached the user: what is left may be pushed
 * again. */
#include "judge/scene.h"

#include <criterion/criterion.h>

static struct scene scene;

static void setup(void)
{
	scene_init(&scene);
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge_left, .init = setup, .fini = teardown);

#define GOOD "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n"

static enum verdict pushed_again(bool left_of_it)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	if (!left_of_it)
		flow_add_note(scene.flow, scene.now, FLOW_NOTE_LEFT); /* of a session before */
	scene_push(&scene);
	if (left_of_it)
		flow_add_note(scene.flow, scene.now, FLOW_NOTE_LEFT);
	scene_push(&scene);
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-2i", "once");
}

Test(judge_left, a_push_again_for_what_the_first_session_left)
{
	cr_expect_eq(pushed_again(true), VERDICT_PASS);
	scene_expect_no_blame(&scene);
}

Test(judge_left, a_push_again_where_a_session_before_both_left_something)
{
	cr_expect_eq(pushed_again(false), VERDICT_INCONC);
}
