/* SPDX-License-Identifier: MIT
 *
 * 12.2.2.2-2i, where the session of a push ended before everything had reached the user: what is left may be pushed
 * again. */
#include "judge/scene.h"

#include <criterion/criterion.h>
#include <stdio.h>

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

/* --- two at the same time --- */

#define INVITE                                                                                                         \
	"Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK%s\nFrom: <sip:im@im.example>;tag=%s\n"                          \
	"To: <sip:alice@im.example>%s\nCall-ID: %s\nCSeq: 1 INVITE\nMax-Forwards: 70\n"

static void invites(const char *call)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "INVITE sip:alice@im.example SIP/2.0\n" INVITE "Contact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\n",
		 call, call, "", call);
	scene_say(&scene, 50, "server", "core", text, NULL);
}

static void takes(const char *call)
{
	char text[1024];

	snprintf(text, sizeof(text), "SIP/2.0 200 OK\n" INVITE "Contact: <sip:alice@10.1.0.1>\n", call, call, ";tag=u",
		 call);
	scene_say(&scene, 50, "core", "server", text, NULL);
}

/* Two pushes at once, the settings having been published now and some time ago, when nothing was pushed. */
static enum verdict pushed_at_once(unsigned apart, enum tri registered, enum tri waiting)
{
	scene.flow->begin = (struct state){
		.registered = registered, .published = TRI_YES, .delivery = DELIVERY_ON, .waiting = waiting};
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	scene_probe(&scene, apart);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e2");
	invites("one");
	invites("two");
	takes("one");
	takes("two");
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-2i", "once");
}

Test(judge_left, one_of_two_pushes_may_be_of_the_publish_before)
{
	cr_expect_eq(pushed_at_once(30000, TRI_YES, TRI_UNKNOWN), VERDICT_PASS);
}

Test(judge_left, none_of_two_pushes_is_of_the_publish_long_before)
{
	cr_expect_eq(pushed_at_once(300000, TRI_YES, TRI_UNKNOWN), VERDICT_FAIL);
}

Test(judge_left, of_two_pushes_one_is_late_for_the_publish_long_before)
{
	cr_expect_eq(pushed_at_once(300000, TRI_YES, TRI_YES), VERDICT_PASS);
}

Test(judge_left, no_push_was_owed_for_sure_to_who_may_not_have_been_there)
{
	cr_expect_eq(pushed_at_once(300000, TRI_UNKNOWN, TRI_YES), VERDICT_FAIL);
}
