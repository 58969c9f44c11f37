/* SPDX-License-Identifier: MIT
 *
 * Is anything stored for the user? What is known of it decides whether a push is owed: it is, it may be, it is not. */
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

TestSuite(judge_waiting, .init = setup, .fini = teardown);

#define GOOD "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n"

static void message(const char *call, const char *status)
{
	scene_ask(&scene, (struct scene_request){.from = "core",
						 .to = "server",
						 .method = "MESSAGE",
						 .by = "sip:bob@im.example",
						 .call = call,
						 .status = status});
}

static void registered(void)
{
	scene.flow->begin.registered = TRI_YES;
}

/* The user comes and publishes, and no push comes: what is known of that for the last PUBLISH. */
static enum verdict owed(void)
{
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e9");
	scene_probe(&scene, 4500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-trigger", "the push comes");
}

Test(judge_waiting, nothing)
{
	cr_expect_eq(owed(), VERDICT_NONE);
}

Test(judge_waiting, a_message_that_was_accepted)
{
	message("one", "202 Accepted");
	cr_expect_eq(owed(), VERDICT_FAIL);
}

Test(judge_waiting, a_message_that_was_taken_while_the_user_was_away)
{
	message("one", "200 OK");
	cr_expect_eq(owed(), VERDICT_FAIL);
}

Test(judge_waiting, a_message_that_was_refused)
{
	message("one", "300 Multiple Choices");
	cr_expect_eq(owed(), VERDICT_NONE);
}

Test(judge_waiting, a_message_whose_answer_was_not_seen)
{
	message("one", NULL);
	cr_expect_eq(owed(), VERDICT_INCONC);
}

Test(judge_waiting, a_message_beside_one_that_was_accepted)
{
	message("one", "202 Accepted");
	message("two", NULL);
	cr_expect_eq(owed(), VERDICT_FAIL);
}

static void orphan(const char *method, const char *status)
{
	char text[400];

	snprintf(text, sizeof(text),
		 "SIP/2.0 %s\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKlost\nFrom: <sip:bob@im.example>;tag=b\n"
		 "To: <sip:alice@im.example>;tag=t\nCall-ID: lost\nCSeq: 1 %s\n",
		 status, method);
	scene_say(&scene, 5, strcmp(method, "INVITE") ? "server" : "core", strcmp(method, "INVITE") ? "core" : "server",
		  text, NULL);
}

Test(judge_waiting, an_answer_whose_message_was_not_seen)
{
	orphan("MESSAGE", "202 Accepted");
	cr_expect_eq(owed(), VERDICT_INCONC);
}

Test(judge_waiting, a_refusal_whose_message_was_not_seen)
{
	orphan("MESSAGE", "404 Not Found");
	cr_expect_eq(owed(), VERDICT_NONE);
}

/* --- of a user who is there, and comes again --- */

static enum verdict owed_when_he_comes_again(void)
{
	static const char leaves[] =
		"REGISTER sip:im-as.im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKend\n"
		"From: <sip:scscf.im.example>;tag=s\nTo: <sip:alice@im.example>\nCall-ID: end\nCSeq: 2 REGISTER\n"
		"Max-Forwards: 70\nContact: <sip:scscf.im.example>\nExpires: 0\n";
	static const char goodbye[] =
		"SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKend\nFrom: <sip:scscf.im.example>;tag=s\n"
		"To: <sip:alice@im.example>;tag=t\nCall-ID: end\nCSeq: 2 REGISTER\nExpires: 0\n";

	scene_say(&scene, 10, "core", "server", leaves, NULL);
	scene_say(&scene, 5, "server", "core", goodbye, NULL);
	return owed();
}

Test(judge_waiting, a_message_that_may_have_been_delivered_at_once)
{
	registered();
	message("one", "200 OK");
	cr_expect_eq(owed_when_he_comes_again(), VERDICT_INCONC);
}

Test(judge_waiting, a_message_that_was_accepted_though_he_was_there)
{
	registered();
	message("one", "202 Accepted");
	cr_expect_eq(owed_when_he_comes_again(), VERDICT_FAIL);
}

Test(judge_waiting, a_message_that_waits_beside_one_that_was_delivered)
{
	registered();
	message("one", "202 Accepted");
	message("two", "200 OK");
	cr_expect_eq(owed_when_he_comes_again(), VERDICT_FAIL);
}

/* --- after a push --- */

static void publishes(void)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
}

static void push_answered(const char *status)
{
	scene_ask(&scene, (struct scene_request){.from = "server",
						 .to = "core",
						 .method = "INVITE",
						 .by = "sip:im@im.example",
						 .more = "Contact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\n",
						 .status = status});
}

/* Only the server knows what is left. */
Test(judge_waiting, what_a_push_may_have_brought)
{
	publishes();
	scene_push(&scene);
	cr_expect_eq(owed_when_he_comes_again(), VERDICT_INCONC);
}

Test(judge_waiting, what_a_push_that_was_refused_did_not_bring)
{
	publishes();
	push_answered("486 Busy Here");
	cr_expect_eq(owed_when_he_comes_again(), VERDICT_FAIL);
}

Test(judge_waiting, what_a_push_that_was_not_seen_may_have_brought)
{
	publishes();
	orphan("INVITE", "200 OK");
	cr_expect_eq(owed_when_he_comes_again(), VERDICT_INCONC);
}

Test(judge_waiting, what_a_push_has_brought_as_a_note_says)
{
	publishes();
	scene_push(&scene);
	flow_add_note(scene.flow, scene.now, FLOW_NOTE_DELIVERED);
	cr_expect_eq(owed_when_he_comes_again(), VERDICT_PASS);
}

Test(judge_waiting, what_was_stored_as_a_note_says)
{
	flow_add_note(scene.flow, scene.now, FLOW_NOTE_DEPOSITED);
	cr_expect_eq(owed(), VERDICT_FAIL);
}

/* --- of the first PUBLISH alone --- */

static void publishes_unanswered(void)
{
	scene_ask(&scene, (struct scene_request){.from = "core",
						 .to = "server",
						 .method = "PUBLISH",
						 .more = GOOD "Expires: 3600\n",
						 .body = SCENE_SETTINGS_ON});
	scene_probe(&scene, 60000);
}

static enum verdict owed_for_another_publish(void)
{
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e9");
	scene_probe(&scene, 4500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-trigger", "the push comes");
}

Test(judge_waiting, settings_before_may_have_been_taken)
{
	scene_deposit(&scene);
	scene_register(&scene);
	publishes_unanswered();
	cr_expect_eq(owed_for_another_publish(), VERDICT_INCONC);
}

Test(judge_waiting, settings_before_were_taken)
{
	publishes();
	scene_push(&scene);
	flow_add_note(scene.flow, scene.now, FLOW_NOTE_DEPOSITED);
	publishes_unanswered();
	cr_expect_eq(owed_for_another_publish(), VERDICT_PASS, "it is not the first");
}
