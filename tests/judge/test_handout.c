/* SPDX-License-Identifier: MIT
 *
 * 5.3-no-push, where the server sends a MESSAGE at the REGISTER: what was stored for the user fails, and what anybody
 * else may have written now does not. */
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

TestSuite(judge_handout, .init = setup, .fini = teardown);

#define RULE "nothing stored is handed out by MESSAGE"
#define GOOD "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n"
#define CPIM "From: <im:bob@im.example>\r\nDateTime: 2007-01-11T10:04:00Z\r\n\r\nContent-Type: text/plain\r\n\r\nhello"

static void message(const char *from, const char *to, const char *writer, const char *call, const char *vias,
		    const char *type, const char *body)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "MESSAGE sip:alice@im.example SIP/2.0\n%sMax-Forwards: 70\nFrom: <sip:%s@im.example>;tag=%s\n"
		 "To: <sip:alice@im.example>\nCall-ID: %s\nCSeq: 1 MESSAGE\nContent-Type: %s\n",
		 vias, writer, call, call, type);
	scene_say(&scene, 30, from, to, text, body);
}

static void answer(const char *from, const char *to, const char *status, const char *writer, const char *call,
		   const char *vias)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "SIP/2.0 %s\n%sFrom: <sip:%s@im.example>;tag=%s\nTo: <sip:alice@im.example>;tag=t\nCall-ID: %s\n"
		 "CSeq: 1 MESSAGE\n",
		 status, vias, writer, call, call);
	scene_say(&scene, 2, from, to, text, NULL);
}

#define IN  "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKin\n"
#define OUT "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKout\n"

static void server_sends(const char *writer, const char *type, const char *body)
{
	message("server", "core", writer, "handed", OUT, type, body);
	answer("core", "server", "200 OK", writer, "handed", OUT);
}

static enum verdict judged(void)
{
	scene_probe(&scene, 6000);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "5.3-no-push", RULE);
}

static const struct finding *finding(void)
{
	for (size_t i = 0; i < scene.count; i++)
		if (!strcmp(scene.findings[i].rule, RULE))
			return &scene.findings[i];
	cr_assert_fail("the rule found nothing");
	return NULL;
}

Test(judge_handout, of_what_was_stored)
{
	scene_deposit(&scene);
	scene_register(&scene);
	server_sends("bob", "text/plain", "hello");
	cr_expect_eq(judged(), VERDICT_FAIL);
	cr_expect_str_eq(finding()->expected, "no stored message by MESSAGE");
	cr_expect_str_eq(finding()->seen, "a MESSAGE with what had been stored, 31 ms after the REGISTER");
	cr_expect_eq(finding()->evidence_count, 3, "the MESSAGE, the REGISTER, the deposit");
}

Test(judge_handout, with_a_remark_in_front)
{
	scene_deposit(&scene);
	scene_register(&scene);
	server_sends("bob", "text/plain", "[Offline message] hello");
	cr_expect_eq(judged(), VERDICT_FAIL);
}

Test(judge_handout, in_a_wrapping)
{
	scene_deposit(&scene);
	scene_register(&scene);
	server_sends("bob", "message/cpim", CPIM);
	cr_expect_eq(judged(), VERDICT_FAIL);
}

Test(judge_handout, without_its_wrapping)
{
	message("core", "server", "bob", "stored", IN, "message/cpim", CPIM);
	answer("server", "core", "202 Accepted", "bob", "stored", IN);
	scene_register(&scene);
	server_sends("bob", "text/plain", "hello");
	cr_expect_eq(judged(), VERDICT_FAIL);
}

/* A proxy that stores and forwards: the same request, later. */
Test(judge_handout, of_the_very_request)
{
	message("core", "server", "bob", "same", IN, "text/plain", "hello");
	answer("server", "core", "202 Accepted", "bob", "same", IN);
	scene_register(&scene);
	message("server", "core", "bob", "same", OUT IN, "text/plain", "hello");
	cr_expect_eq(judged(), VERDICT_FAIL);
}

Test(judge_handout, even_if_the_publish_comes_at_once)
{
	scene_deposit(&scene);
	scene_register(&scene);
	server_sends("bob", "text/plain", "hello");
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	cr_expect_eq(judged(), VERDICT_FAIL);
	cr_expect_neq(scene_verdict(&scene, "12.2.2.2-trigger", NULL), VERDICT_FAIL, "there is nothing left to push");
}

/* --- and what is none --- */

Test(judge_handout, is_no_greeting)
{
	scene_deposit(&scene);
	scene_register(&scene);
	server_sends("im-server", "text/plain", "Welcome.");
	cr_expect_eq(judged(), VERDICT_PASS);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	judged();
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-trigger", NULL), VERDICT_FAIL, "the message is still stored");
}

Test(judge_handout, is_no_message_of_somebody_else)
{
	scene_deposit(&scene);
	scene_register(&scene);
	server_sends("carol", "text/plain", "hello");
	cr_expect_eq(judged(), VERDICT_PASS);
}

/* He was there: 202 says no more than that the server takes care of it. */
Test(judge_handout, is_not_of_one_who_is_there)
{
	scene_register(&scene);
	scene_deposit(&scene);
	scene_register(&scene);
	server_sends("bob", "text/plain", "hello");
	cr_expect_eq(judged(), VERDICT_INCONC);
	cr_expect_str_eq(finding()->reason, "a MESSAGE of the server's that may have been stored");
}

Test(judge_handout, is_not_what_is_said_once_more)
{
	scene_deposit(&scene);
	scene_register(&scene);
	message("core", "server", "bob", "again", IN, "text/plain", "hello");
	message("server", "core", "bob", "again", OUT IN, "text/plain", "hello");
	answer("core", "server", "200 OK", "bob", "again", OUT IN);
	answer("server", "core", "200 OK", "bob", "again", IN);
	cr_expect_neq(judged(), VERDICT_FAIL);
}

Test(judge_handout, is_not_what_may_be_said_once_more)
{
	scene_deposit(&scene);
	scene_register(&scene);
	message("core", "server", "bob", "again", IN, "text/plain", "hello");
	server_sends("bob", "text/plain", "hello");
	answer("server", "core", "200 OK", "bob", "again", IN);
	cr_expect_eq(judged(), VERDICT_INCONC);
}

Test(judge_handout, is_not_after_the_publish)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	server_sends("bob", "text/plain", "hello");
	cr_expect_neq(judged(), VERDICT_FAIL);
	cr_expect_eq(scene_verdict(&scene, "5.3-no-push", NULL), VERDICT_NONE);
}

Test(judge_handout, is_not_known_where_packets_are_missing)
{
	scene_deposit(&scene);
	scene_register(&scene);
	server_sends("bob", "text/plain", "hello");
	scene.flow->gaps = FLOW_GAP_LOST;
	cr_expect_eq(judged(), VERDICT_INCONC);
	cr_expect_str_eq(finding()->reason, "packets are missing from the capture");
}

Test(judge_handout, is_not_known_where_the_beginning_is_missing)
{
	scene.flow->begin.registered = TRI_UNKNOWN;
	scene.flow->begin.waiting = TRI_UNKNOWN;
	scene_deposit(&scene);
	scene_register(&scene);
	server_sends("bob", "text/plain", "hello");
	cr_expect_eq(judged(), VERDICT_INCONC);
}
