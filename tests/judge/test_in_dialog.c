/* SPDX-License-Identifier: MIT
 *
 * 12.2.2.2-ok-3: what the IM Server sends inside the session of a push is of that dialog (RFC 3261 12.2.1.1). Which
 * requests are meant for it though one of their marks is wrong, and which only look so. */
#include "judge/scene.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct scene scene;

#define OFFER                                                                                                          \
	"v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=message 2855 TCP/MSRP *\r\n"         \
	"a=accept-types:text/plain\r\na=path:msrp://10.0.0.2:2855/a;tcp\r\na=sendonly\r\n"
#define SERVER "<sip:im@im.example>;tag=s"
#define CLIENT "<sip:alice@im.example>;tag=u"
#define CORE   "<sip:core.im.example;lr>"

static unsigned branches; /* of the server, given so far */

static void say(unsigned ms, const char *from, const char *to, const char *start, const char *from_line,
		const char *to_line, const char *call, const char *more, const char *body)
{
	char text[1200];

	snprintf(text, sizeof(text),
		 "%s SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKs%u\nMax-Forwards: 70\nFrom: %s\nTo: "
		 "%s\nCall-ID: %s\n%s",
		 start, ++branches, from_line, to_line, call, more);
	scene_say(&scene, ms, from, to, text, body);
}

static void answer(const char *status, const char *to_line)
{
	char text[800];

	snprintf(text, sizeof(text),
		 "SIP/2.0 %s\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKinvite\nFrom: " SERVER
		 "\nTo: %s\nCall-ID: push\nCSeq: 1 INVITE\nContact: <sip:alice@10.1.0.1>\n"
		 "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK\nRecord-Route: " CORE "\n",
		 status, to_line);
	scene_say(&scene, 5, "core", "server", text, NULL);
}

/* A push that was answered. */
static void answered(void)
{
	scene_init(&scene);
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON,
		      "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\n"
		      "P-Asserted-Identity: <sip:alice@im.example>\n",
		      "200 OK", "e1");
	scene_say(&scene, 20, "server", "core",
		  "INVITE sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKinvite\n"
		  "Max-Forwards: 70\nFrom: " SERVER "\nTo: <sip:alice@im.example>\nCall-ID: push\nCSeq: 1 INVITE\n"
		  "Contact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\nAccept-Contact: *;+g.oma.sip-im\n"
		  "User-Agent: IM-serv/OMA1.0\nAllow: INVITE, ACK, CANCEL, BYE, UPDATE\nSupported: timer, 100rel\n"
		  "Session-Expires: 1800;refresher=uac\nContent-Type: application/sdp\n",
		  OFFER);
	answer("180 Ringing", CLIENT);
	answer("200 OK", CLIENT);
}

static void acked(const char *to_line, const char *cseq)
{
	char more[200];

	snprintf(more, sizeof(more), "CSeq: %s ACK\nRoute: " CORE "\n", cseq);
	say(1, "server", "core", "ACK sip:alice@10.1.0.1", SERVER, to_line, "push", more, NULL);
}

/* A session that is up. */
static void setup(void)
{
	answered();
	acked(CLIENT, "1");
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge_in_dialog, .init = setup, .fini = teardown);

static void bye(const char *from_line, const char *to_line, const char *call, const char *more)
{
	say(500, "server", "core", "BYE sip:alice@10.1.0.1", from_line, to_line, call, more, NULL);
}

static enum verdict judged(void)
{
	scene_probe(&scene, 3000);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-ok-3", NULL);
}

#define RIGHT "CSeq: 2 BYE\nRoute: " CORE "\n"

Test(judge_in_dialog, a_bye_as_it_should_be)
{
	bye(SERVER, CLIENT, "push", RIGHT);
	cr_expect_eq(judged(), VERDICT_PASS);
	scene_expect_no_blame(&scene);
}

Test(judge_in_dialog, a_bye_to_nobody)
{
	bye(SERVER, "<sip:alice@im.example>;tag=v", "push", RIGHT);
	cr_expect_eq(judged(), VERDICT_FAIL);
}

Test(judge_in_dialog, a_bye_from_nobody)
{
	bye("<sip:im@im.example>;tag=t", CLIENT, "push", RIGHT);
	cr_expect_eq(judged(), VERDICT_FAIL);
}

Test(judge_in_dialog, a_bye_in_a_call_of_its_own)
{
	bye(SERVER, CLIENT, "other", RIGHT);
	cr_expect_eq(judged(), VERDICT_FAIL);
}

Test(judge_in_dialog, a_bye_with_the_number_of_the_invite)
{
	bye(SERVER, CLIENT, "push", "CSeq: 1 BYE\nRoute: " CORE "\n");
	cr_expect_eq(judged(), VERDICT_FAIL);
}

/* The text speaks of the Contact, and of the route only where the core is an IMS. */
Test(judge_in_dialog, a_bye_by_another_way)
{
	bye(SERVER, CLIENT, "push", "CSeq: 2 BYE\n");
	cr_expect_eq(judged(), VERDICT_WARN);
}

/* --- what only looks so --- */

/* Its numbers are its own, and it says who it is the other way round. */
Test(judge_in_dialog, what_the_client_sends)
{
	say(100, "core", "server", "INVITE sip:s@10.0.0.2", CLIENT, SERVER, "push",
	    "CSeq: 1 INVITE\nContact: <sip:alice@10.1.0.1>\n", NULL);
	say(100, "core", "server", "BYE sip:s@10.0.0.2", CLIENT, SERVER, "push", "CSeq: 1 BYE\n", NULL);
	judged();
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", "requests are of the dialog"), VERDICT_NONE);
	scene_expect_no_blame(&scene);
}

/* Each fork is a dialog, whose numbers begin with the INVITE's (RFC 3261 13.2.2.4). */
Test(judge_in_dialog, what_a_second_client_gets)
{
	static const char other[] = "<sip:alice@im.example>;tag=w";

	answer("200 OK", other);
	acked(other, "1");
	bye(SERVER, other, "push", RIGHT);
	bye(SERVER, CLIENT, "push", RIGHT);
	cr_expect_eq(judged(), VERDICT_PASS);
	scene_expect_no_blame(&scene);
}

/* A second push in the same call makes a dialog of its own, by the tag of its answer. */
Test(judge_in_dialog, what_belongs_to_the_push_before)
{
	static const char other[] = "<sip:alice@im.example>;tag=w";
	char text[400];

	say(1, "server", "core", "INVITE sip:alice@im.example", SERVER, "<sip:alice@im.example>", "push",
	    "CSeq: 2 INVITE\nContact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\nContent-Type: application/sdp\n", OFFER);
	snprintf(text, sizeof(text),
		 "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKs%u\nFrom: " SERVER
		 "\nTo: %s\nCall-ID: push\nCSeq: 2 INVITE\nContact: <sip:alice@10.1.0.1>\n",
		 branches, other);
	scene_say(&scene, 1, "core", "server", text, NULL);
	bye(SERVER, CLIENT, "push", "CSeq: 3 BYE\n");
	bye(SERVER, other, "push", "CSeq: 3 BYE\n");
	judged();
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", "requests are of the dialog"), VERDICT_PASS);
}

/* Who goes between keeps the tags, perhaps, and has a call of his own, which was seen to begin. */
Test(judge_in_dialog, what_goes_on_in_another_call)
{
	say(1, "core", "client", "OPTIONS sip:alice@10.1.0.1", SERVER, "<sip:alice@im.example>", "far",
	    "CSeq: 1 OPTIONS\n", NULL);
	bye(SERVER, CLIENT, "push", RIGHT);
	say(1, "core", "client", "BYE sip:alice@10.1.0.1", SERVER, CLIENT, "far", "CSeq: 2 BYE\n", NULL);
	cr_expect_eq(judged(), VERDICT_PASS);
	scene_expect_no_blame(&scene);
}

/* Tags may be anybody's where not all was seen. */
Test(judge_in_dialog, a_call_that_may_have_begun_before)
{
	scene.flow->gaps |= FLOW_GAP_START;
	bye(SERVER, CLIENT, "other", RIGHT);
	judged();
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", "requests are of the dialog"), VERDICT_NONE);
	scene_expect_no_blame(&scene);
}

/* --- the ACK, in a capture: one for something else proves nothing where what it is for may be missing --- */

TestSuite(judge_other_ack, .init = answered, .fini = teardown);

#define OTHER "<sip:alice@im.example>;tag=w"

static enum verdict acknowledged(void)
{
	judged();
	return scene_verdict(&scene, "12.2.2.2-ok-3", "the 200 is acknowledged");
}

/* A re-INVITE of that number would have had its number before the BYE. */
Test(judge_other_ack, a_number_that_no_invite_had)
{
	acked(CLIENT, "2");
	bye(SERVER, CLIENT, "push", RIGHT);
	cr_expect_eq(acknowledged(), VERDICT_FAIL);
}

Test(judge_other_ack, a_number_below_the_push)
{
	acked(CLIENT, "0");
	cr_expect_eq(acknowledged(), VERDICT_FAIL);
}

Test(judge_other_ack, a_number_that_an_invite_may_have_had)
{
	acked(CLIENT, "2");
	cr_expect_eq(acknowledged(), VERDICT_INCONC);
	bye(SERVER, CLIENT, "push", "CSeq: 3 BYE\nRoute: " CORE "\n");
	cr_expect_eq(acknowledged(), VERDICT_INCONC);
	scene_expect_no_blame(&scene);
}

Test(judge_other_ack, a_number_that_an_invite_has)
{
	say(100, "server", "core", "INVITE sip:alice@10.1.0.1", SERVER, CLIENT, "push",
	    "CSeq: 2 INVITE\nRoute: " CORE "\nContact: <sip:s@10.0.0.2>\n", NULL);
	acked(CLIENT, "2");
	bye(SERVER, CLIENT, "push", "CSeq: 3 BYE\nRoute: " CORE "\n");
	cr_expect_eq(acknowledged(), VERDICT_INCONC);
}

Test(judge_other_ack, a_tag_that_nobody_had)
{
	acked(OTHER, "1");
	cr_expect_eq(acknowledged(), VERDICT_INCONC);
	bye(SERVER, CLIENT, "push", RIGHT);
	cr_expect_eq(acknowledged(), VERDICT_FAIL);
}

Test(judge_other_ack, a_tag_that_another_client_may_have_had)
{
	acked(OTHER, "1");
	bye(SERVER, OTHER, "push", RIGHT);
	bye(SERVER, CLIENT, "push", RIGHT);
	cr_expect_eq(acknowledged(), VERDICT_INCONC);
}

Test(judge_other_ack, a_wrong_one_where_packets_are_missing)
{
	scene.flow->gaps |= FLOW_GAP_LOST;
	acked(CLIENT, "2");
	bye(SERVER, CLIENT, "push", RIGHT);
	cr_expect_eq(acknowledged(), VERDICT_INCONC);
}

Test(judge_other_ack, a_right_one_after_a_wrong_one)
{
	acked(CLIENT, "2");
	acked(CLIENT, "1");
	bye(SERVER, CLIENT, "push", RIGHT);
	cr_expect_eq(acknowledged(), VERDICT_PASS);
}

/* RFC 3261 8.1.1.7 */
Test(judge_other_ack, the_branch_of_the_invite)
{
	scene_say(&scene, 1, "server", "core",
		  "ACK sip:alice@10.1.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKinvite\n"
		  "Max-Forwards: 70\nFrom: " SERVER "\nTo: " CLIENT "\nCall-ID: push\nCSeq: 1 ACK\nRoute: " CORE "\n",
		  NULL);
	cr_expect_eq(acknowledged(), VERDICT_PASS);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", NULL), VERDICT_WARN);
	acked(CLIENT, "1");
	cr_expect_eq(acknowledged(), VERDICT_PASS);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", NULL), VERDICT_PASS);
}
