/* SPDX-License-Identifier: MIT
 *
 * Requests that cross answers on their way, or are told apart from what came before: who had not read the 200 yet did
 * nothing wrong. */
#include "scene.h"

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

TestSuite(judge_crossing, .init = setup, .fini = teardown);

#define CROSS_DIALOG(to_tag, cseq)                                                                                     \
	"From: <sip:im@im.example>;tag=f\nTo: <sip:alice@im.example>" to_tag "\nCall-ID: cross\nCSeq: " cseq "\n"
#define CROSS_VIA(branch) "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK" branch "\n"

/* An answer that wants a PRACK, and the 200 with another Contact. */
static void answered_reliably(void)
{
	scene_register(&scene);
	scene_deposit(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, "", "200 OK", "e1");
	scene_say(&scene, 20, "server", "core",
		  "INVITE sip:alice@im.example SIP/2.0\n" CROSS_VIA("i") "Max-Forwards: 70\n" CROSS_DIALOG(
			  "", "1 INVITE") "Contact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\nSupported: 100rel\n",
		  NULL);
	scene_say(&scene, 5, "core", "server",
		  "SIP/2.0 183 Session Progress\n" CROSS_VIA("i") CROSS_DIALOG(";tag=u", "1 INVITE") //
		  "Contact: <sip:early@10.1.0.1>\nRequire: 100rel\nRSeq: 7\nAllow: INVITE, ACK, BYE, PRACK\n",
		  NULL);
	scene_say(&scene, 5, "core", "server",
		  "SIP/2.0 200 OK\n" CROSS_VIA("i") CROSS_DIALOG(";tag=u", "1 INVITE") //
		  "Contact: <sip:late@10.1.0.1>\nAllow: INVITE, ACK, BYE\n",
		  NULL);
}

static void pracks(unsigned after, const char *target)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "PRACK %s SIP/2.0\n" CROSS_VIA("p") CROSS_DIALOG(";tag=u", "2 PRACK") "RAck: 7 1 INVITE\n", target);
	scene_say(&scene, after, "server", "core", text, NULL);
	scene_say(&scene, 1, "core", "server", "SIP/2.0 200 OK\n" CROSS_VIA("p") CROSS_DIALOG(";tag=u", "2 PRACK"),
		  NULL);
}

static void acknowledges(void)
{
	scene_say(&scene, 10, "server", "core",
		  "ACK sip:late@10.1.0.1 SIP/2.0\n" CROSS_VIA("a") CROSS_DIALOG(";tag=u", "1 ACK"), NULL);
}

static enum verdict target_kept(void)
{
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-any-2", NULL);
}

Test(judge_crossing, a_prack_and_the_200)
{
	answered_reliably();
	pracks(150, "sip:early@10.1.0.1");
	acknowledges();
	cr_expect_eq(target_kept(), VERDICT_PASS);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", NULL), VERDICT_PASS);
	cr_expect_neq(scene_verdict(&scene, "12.2.2.2-ok-2", NULL), VERDICT_FAIL);
	cr_expect_neq(scene_verdict(&scene, "12.2.2.2-any-1", NULL), VERDICT_FAIL);
}

Test(judge_crossing, a_prack_that_knows_the_200)
{
	answered_reliably();
	pracks(150, "sip:late@10.1.0.1");
	acknowledges();
	target_kept();
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", NULL), VERDICT_PASS);
}

Test(judge_crossing, a_prack_to_neither)
{
	answered_reliably();
	pracks(150, "sip:alice@im.example");
	acknowledges();
	target_kept();
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", NULL), VERDICT_FAIL);
}

Test(judge_crossing, a_prack_long_after_the_200)
{
	answered_reliably();
	pracks(2500, "sip:early@10.1.0.1");
	target_kept();
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", NULL), VERDICT_FAIL);
}

/* A server that can't keep up reads the 200 as late as it acknowledges it. */
Test(judge_crossing, a_prack_long_after_the_200_of_a_slow_server)
{
	answered_reliably();
	pracks(2500, "sip:early@10.1.0.1");
	acknowledges();
	cr_expect_eq(target_kept(), VERDICT_PASS);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", NULL), VERDICT_PASS);
}

Test(judge_crossing, nothing_after_the_ack)
{
	answered_reliably();
	acknowledges();
	scene_say(
		&scene, 50, "server", "core",
		"BYE sip:early@10.1.0.1 SIP/2.0\n" CROSS_VIA("b") "Max-Forwards: 70\n" CROSS_DIALOG(";tag=u", "3 BYE"),
		NULL);
	target_kept();
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", NULL), VERDICT_FAIL,
		     "who has acknowledged the 200 has read it");
}

/* --- news of a registration that a PUBLISH has overtaken --- */

#define OVERTAKING "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n"

static enum verdict pushed_after_late_news(unsigned late, const char *id)
{
	scene.flow->begin = (struct state){.delivery = DELIVERY_NONE, .publications_complete = true};
	scene_deposit(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, OVERTAKING, "200 OK", "e1");
	scene_probe(&scene, late);
	scene_register(&scene);
	scene_push(&scene);
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, id, NULL);
}

Test(judge_crossing, news_of_a_registration_that_comes_late)
{
	cr_expect_eq(pushed_after_late_news(50, "5.3-no-push"), VERDICT_INCONC);
	cr_expect_neq(scene_verdict(&scene, "12.2.2.2-trigger", NULL), VERDICT_FAIL);
}

/* It may have been the first PUBLISH of that registration, or not. */
Test(judge_crossing, a_second_publish_after_late_news)
{
	pushed_after_late_news(50, "5.3-no-push");
	flow_add_note(scene.flow, scene.now, FLOW_NOTE_DEPOSITED);
	scene_publish(&scene, SCENE_SETTINGS_ON, OVERTAKING, "200 OK", "e2");
	scene_probe(&scene, 4500);
	scene_judge(&scene, NULL, true, false);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-trigger", "the push comes"), VERDICT_INCONC);
}

Test(judge_crossing, news_that_are_no_news_of_that_time)
{
	cr_expect_eq(pushed_after_late_news(4500, "5.3-no-push"), VERDICT_FAIL);
}

#define SLOW_IDS                                                                                                       \
	"Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK%s\nFrom: <sip:%s>;tag=s\nTo: <sip:alice@im.example>%s\n"        \
	"Call-ID: %s\nCSeq: 1 %s\nExpires: 3600\n%s"

/* One side of a transaction that is still open when the next begins. */
static void slow_request(const char *method, const char *uri, const char *from, const char *more, const char *body)
{
	char head[800];

	snprintf(head, sizeof(head), "%s %s SIP/2.0\n" SLOW_IDS, method, uri, method, from, "", method, method, more);
	scene_say(&scene, 10, "core", "server", head, body);
}

static void slow_answer(const char *status, const char *method, const char *from, const char *more)
{
	char head[800];

	snprintf(head, sizeof(head), "SIP/2.0 %s\n" SLOW_IDS, status, method, from, ";tag=r", method, method, more);
	scene_say(&scene, 10, "server", "core", head, NULL);
}

static void slow_registers(void)
{
	scene.flow->begin = (struct state){.delivery = DELIVERY_NONE, .publications_complete = true};
	scene_deposit(&scene);
	slow_request("REGISTER", "sip:im.example", "scscf.im.example", "Max-Forwards: 70\nContact: <sip:10.0.0.1>\n",
		     NULL);
}

/* A REGISTER of the core that is answered only after the push. */
Test(judge_crossing, news_that_the_server_takes_its_time_over)
{
	slow_registers();
	scene_publish(&scene, SCENE_SETTINGS_ON, OVERTAKING, "200 OK", "e1");
	scene_push(&scene);
	slow_answer("200 OK", "REGISTER", "scscf.im.example", "");
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	cr_expect_neq(scene_verdict(&scene, "12.2.2.2-trigger", NULL), VERDICT_FAIL);
	cr_expect_neq(scene_verdict(&scene, "5.3-no-push", NULL), VERDICT_FAIL);
}

static void slow_publish(void)
{
	slow_request("PUBLISH", "sip:alice@im.example", "alice@im.example",
		     OVERTAKING "Max-Forwards: 70\nContent-Type: application/poc-settings+xml\n", SCENE_SETTINGS_ON);
}

static void answers_in_their_order(const char *status_of_news)
{
	slow_registers();
	slow_publish();
	slow_answer(status_of_news, "REGISTER", "scscf.im.example", "");
	slow_answer("200 OK", "PUBLISH", "alice@im.example", "SIP-ETag: e1\n");
}

static enum verdict push_judged(void)
{
	scene_probe(&scene, 4500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-trigger", NULL);
}

/* Both have succeeded, in that order, before a push is owed. */
Test(judge_crossing, news_that_are_answered_before_the_publish)
{
	answers_in_their_order("200 OK");
	scene_push(&scene);
	cr_expect_eq(push_judged(), VERDICT_PASS);
	cr_expect_eq(scene_verdict(&scene, "5.3-no-push", NULL), VERDICT_PASS);
}

Test(judge_crossing, a_push_that_is_owed_since_news_were_answered)
{
	answers_in_their_order("200 OK");
	cr_expect_eq(push_judged(), VERDICT_FAIL);
}

/* What the core makes of a refusal is not known. */
Test(judge_crossing, news_that_are_refused_before_the_publish_is_answered)
{
	answers_in_their_order("403 Forbidden");
	cr_expect_eq(push_judged(), VERDICT_INCONC);
}

/* Nobody can tell that the server had them first. */
Test(judge_crossing, news_that_come_and_are_answered_while_the_publish_is_open)
{
	scene.flow->begin = (struct state){.delivery = DELIVERY_NONE, .publications_complete = true};
	scene_deposit(&scene);
	slow_publish();
	scene_register(&scene);
	slow_answer("200 OK", "PUBLISH", "alice@im.example", "SIP-ETag: e1\n");
	cr_expect_neq(push_judged(), VERDICT_FAIL);
}

/* The core said that he is gone, and the server had heard it. */
Test(judge_crossing, news_that_were_answered_before_the_publish_came)
{
	scene.flow->begin = (struct state){.delivery = DELIVERY_NONE, .publications_complete = true};
	scene_deposit(&scene);
	scene_ask(&scene, (struct scene_request){.from = "core",
						 .to = "server",
						 .method = "REGISTER",
						 .by = "sip:scscf.im.example",
						 .more = "Contact: <sip:scscf.im.example>\nExpires: 0\n",
						 .status = "200 OK",
						 .granted = "Expires: 0\n"});
	scene_publish(&scene, SCENE_SETTINGS_ON, OVERTAKING, "200 OK", "e1");
	scene_push(&scene);
	push_judged();
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-trigger", "no push to who is not registered"), VERDICT_FAIL);
}

Test(judge_crossing, news_of_one_who_may_have_published_before)
{
	answers_in_their_order("200 OK");
	scene.flow->begin.registered = scene.flow->begin.published = TRI_UNKNOWN;
	cr_expect_eq(push_judged(), VERDICT_INCONC);
}

Test(judge_crossing, news_that_the_harness_sends_in_its_order)
{
	scene.flow->label = SLICE("case");
	cr_expect_eq(pushed_after_late_news(50, "5.3-no-push"), VERDICT_FAIL);
}

/* --- a push again, the one before being of an earlier chapter --- */

static enum verdict pushed_again_later(enum tri waiting)
{
	struct state *begin = &scene.flow->begin;

	*begin = (struct state){
		.registered = TRI_YES, .published = TRI_YES, .delivery = DELIVERY_ON, .waiting = waiting};
	begin->cause = (struct state_cause){.method = SIP_METHOD_PUBLISH, .pushes = 1, .published = TRI_YES};
	scene_push(&scene);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-2i", "once");
}

Test(judge_crossing, a_push_again_in_another_chapter)
{
	cr_expect_eq(pushed_again_later(TRI_NO), VERDICT_FAIL);
}

Test(judge_crossing, a_push_again_in_another_chapter_with_messages_left)
{
	cr_expect_eq(pushed_again_later(TRI_UNKNOWN), VERDICT_INCONC);
}
