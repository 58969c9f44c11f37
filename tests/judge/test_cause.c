/* SPDX-License-Identifier: MIT
 *
 * What a push follows where a REGISTER came between it and the PUBLISH before: it may be late, or the REGISTER's. */
#include "judge/scene.h"

#include <criterion/criterion.h>

static struct scene scene;

static void setup(void)
{
	scene_init(&scene);
	scene_deposit(&scene);
	scene_register(&scene);
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge_cause, .init = setup, .fini = teardown);

#define GOOD "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n"

static const char unknown_dialect[] =
	"<poc-settings xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\" xmlns:v=\"urn:vendor\">"
	"<entity id=\"a\"><v:hidden>1</v:hidden></entity></poc-settings>";

static void publishes_unanswered(void)
{
	scene_ask(&scene, (struct scene_request){.from = "core",
						 .to = "server",
						 .method = "PUBLISH",
						 .more = GOOD "Expires: 3600\n",
						 .body = SCENE_SETTINGS_ON});
}

/* A REGISTER, and a push at once. */
static enum verdict pushed_after_register(void)
{
	scene_register(&scene);
	scene_push(&scene);
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "5.3-no-push", NULL);
}

Test(judge_cause, the_publish_of_which_it_is_late)
{
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	cr_expect_neq(pushed_after_register(), VERDICT_FAIL);
	cr_expect_eq(scene_verdict(&scene, "5.3-no-push", "a push has a PUBLISH before it"), VERDICT_PASS);
}

Test(judge_cause, no_publish_that_was_refused)
{
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "503 Service Unavailable", NULL);
	cr_expect_eq(pushed_after_register(), VERDICT_FAIL);
}

Test(judge_cause, no_publish_of_settings_that_are_off)
{
	scene_publish(&scene, SCENE_SETTINGS_OFF, GOOD, "200 OK", "e1");
	cr_expect_eq(pushed_after_register(), VERDICT_FAIL);
}

Test(judge_cause, perhaps_a_publish_of_settings_that_nobody_can_read)
{
	scene_publish(&scene, unknown_dialect, GOOD, "200 OK", "e1");
	cr_expect_eq(pushed_after_register(), VERDICT_INCONC);
}

Test(judge_cause, perhaps_a_publish_whose_answer_was_not_seen)
{
	publishes_unanswered();
	cr_expect_eq(pushed_after_register(), VERDICT_INCONC);
}

/* A run sees every answer. */
Test(judge_cause, no_publish_that_a_run_got_no_answer_to)
{
	scene.flow->label = SLICE("case");
	publishes_unanswered();
	cr_expect_eq(pushed_after_register(), VERDICT_FAIL);
}

Test(judge_cause, no_publish_that_has_had_its_push)
{
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	scene_push(&scene);
	scene_deposit(&scene);
	cr_expect_eq(pushed_after_register(), VERDICT_FAIL);
}

Test(judge_cause, no_publish_that_may_have_been_taken_and_has_had_its_push)
{
	publishes_unanswered();
	scene_push(&scene);
	scene_deposit(&scene);
	cr_expect_eq(pushed_after_register(), VERDICT_FAIL);
}

/* One that was accepted is likelier than one that may have been. */
Test(judge_cause, the_publish_that_was_answered)
{
	publishes_unanswered();
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e2");
	scene_push(&scene);
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	cr_expect_eq(scene_verdict(&scene, "6.1.1.5-7", NULL), VERDICT_PASS);
}

Test(judge_cause, a_publish_of_which_it_is_not_known_whether_it_was_answered)
{
	publishes_unanswered();
	scene_push(&scene);
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	cr_expect_eq(scene_verdict(&scene, "6.1.1.5-7", NULL), VERDICT_INCONC);
}

/* What was refused may be sent again. */
Test(judge_cause, the_publish_of_the_push_that_was_refused)
{
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	scene_ask(&scene, (struct scene_request){.from = "server",
						 .to = "core",
						 .method = "INVITE",
						 .by = "sip:im@im.example",
						 .more = "Contact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\n",
						 .status = "300 Multiple Choices"});
	scene_push(&scene);
	scene_judge(&scene, NULL, true, false);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-2i", "once"), VERDICT_PASS);
}

/* --- what lies before the flow --- */

static void remember(struct state_cause cause)
{
	scene_done(&scene);
	scene_init(&scene);
	scene.flow->begin = (struct state){
		.registered = TRI_YES, .published = cause.published, .delivery = DELIVERY_ON, .waiting = TRI_YES};
	scene.flow->begin.cause = cause;
	scene.flow->begin.publications_complete = true;
}

static enum verdict pushed_at_the_beginning(struct state_cause cause)
{
	remember(cause);
	scene_push(&scene);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "5.3-no-push", "a push has a PUBLISH before it");
}

Test(judge_cause, a_publish_that_is_remembered)
{
	cr_expect_eq(pushed_at_the_beginning(
			     (struct state_cause){.method = SIP_METHOD_PUBLISH, .published = TRI_YES, .owed = TRI_YES}),
		     VERDICT_PASS);
}

Test(judge_cause, a_register_that_is_remembered)
{
	cr_expect_eq(pushed_at_the_beginning((struct state_cause){.method = SIP_METHOD_REGISTER, .third_party = true}),
		     VERDICT_FAIL);
}

static enum verdict pushed_after_register_though(enum tri owed)
{
	remember((struct state_cause){.method = SIP_METHOD_PUBLISH, .published = TRI_YES, .owed = owed});
	return pushed_after_register();
}

Test(judge_cause, a_remembered_publish_of_which_it_is_late)
{
	cr_expect_neq(pushed_after_register_though(TRI_YES), VERDICT_FAIL);
}

Test(judge_cause, a_remembered_publish_that_may_have_asked_for_it)
{
	cr_expect_neq(pushed_after_register_though(TRI_UNKNOWN), VERDICT_FAIL);
}

Test(judge_cause, no_remembered_publish_that_has_had_its_push)
{
	cr_expect_eq(pushed_after_register_though(TRI_NO), VERDICT_FAIL);
}
