/* SPDX-License-Identifier: MIT
 *
 * What stands beside the client and the IM Server: other devices of the user, other services, B2BUAs, lost packets. */
#include "judge/scene.h"

#include <criterion/criterion.h>
#include <stdarg.h>
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

TestSuite(judge_network, .init = setup, .fini = teardown);

#define IM    "User-Agent: IM-client/OMA1.0\n"
#define PHONE "User-Agent: Phone/1\n"
#define TAG   ";+g.oma.sip-im"

/* A request of `method` from `who`, whose Contact is `contact`, in the call; and its answer. */
static void request(const char *who, const char *to, const char *method, const char *call, unsigned cseq,
		    const char *more, const char *body)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "%s sip:%s SIP/2.0\nVia: SIP/2.0/UDP host-%s:5060;branch=z9hG4bK%s%u\nMax-Forwards: 70\n"
		 "From: <sip:alice@im.example>;tag=%s\nTo: <sip:alice@im.example>\nCall-ID: %s\nCSeq: %u %s\n%s%s",
		 method, strcmp(method, "REGISTER") ? "alice@im.example" : "im.example", who, call, cseq, call, call,
		 cseq, method, more, body ? "Content-Type: application/poc-settings+xml\n" : "");
	scene_say(&scene, 10, who, to, text, body);
}

static void answer(const char *who, const char *to, const char *method, const char *call, unsigned cseq,
		   const char *status, const char *more)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "SIP/2.0 %s\nVia: SIP/2.0/UDP host-%s:5060;branch=z9hG4bK%s%u\nFrom: <sip:alice@im.example>;tag=%s\n"
		 "To: <sip:alice@im.example>;tag=r\nCall-ID: %s\nCSeq: %u %s\n%s",
		 status, who, call, cseq, call, call, cseq, method, more);
	scene_say(&scene, 5, to, who, text, NULL);
}

static void registers(const char *who, const char *call, unsigned cseq, const char *more)
{
	char contact[512];

	snprintf(contact, sizeof(contact), "Contact: <sip:alice@host-%s>%sExpires: 3600\n", who, more);
	request(who, "proxy", "REGISTER", call, cseq, contact, NULL);
	snprintf(contact, sizeof(contact), "Contact: <sip:alice@host-%s>;expires=3600\n", who);
	answer(who, "proxy", "REGISTER", call, cseq, "200 OK", contact);
}

#define SETTINGS "Accept-Contact: *" TAG "\n" IM "Event: poc-settings\nExpires: 3600\n"

static void publishes(const char *who, const char *call, const char *body, const char *more, const char *etag)
{
	char head[512];

	snprintf(head, sizeof(head), SETTINGS "%s", more);
	request(who, "proxy", "PUBLISH", call, 1, head, body);
	snprintf(head, sizeof(head), "SIP-ETag: %s\nExpires: 3600\n", etag);
	answer(who, "proxy", "PUBLISH", call, 1, "200 OK", head);
}

static enum verdict judged(const char *id)
{
	scene_probe(&scene, 60000);
	scene_judge(&scene, NULL, true, true);
	return scene_verdict(&scene, id, NULL);
}

Test(judge_network, each_device_has_a_call_id_of_its_own)
{
	registers("client", "one", 1, TAG "\n" IM);
	publishes("client", "p1", SCENE_SETTINGS_ON, "", "e1");
	registers("tablet", "two", 1, TAG "\n" IM);
	publishes("tablet", "p2", SCENE_SETTINGS_ON, "", "e2");
	registers("client", "one", 2, TAG "\n" IM);
	cr_expect_eq(judged("5.2.2-refresh"), VERDICT_PASS);
	registers("tablet", "three", 2, TAG "\n" IM);
	cr_expect_eq(judged("5.2.2-refresh"), VERDICT_WARN);
}

Test(judge_network, one_of_two_devices_leaves)
{
	registers("client", "one", 1, TAG "\n" IM);
	publishes("client", "p1", SCENE_SETTINGS_ON, "", "e1");
	registers("tablet", "two", 1, TAG "\n" IM);
	request("client", "proxy", "REGISTER", "one", 2, "Contact: <sip:alice@host-client>\nExpires: 0\n", NULL);
	answer("client", "proxy", "REGISTER", "one", 2, "200 OK", "Contact: <sip:alice@host-tablet>;expires=3500\n");
	publishes("tablet", "p2", SCENE_SETTINGS_ON, "", "e2");
	cr_expect_eq(judged("5.2.2-publish"), VERDICT_PASS);
}

Test(judge_network, one_device_off_and_the_other_on)
{
	registers("tablet", "two", 1, TAG "\n" IM);
	publishes("tablet", "p2", SCENE_SETTINGS_OFF, "", "e2");
	publishes("client", "p1", SCENE_SETTINGS_ON, "", "e1");
	request("tablet", "proxy", "SUBSCRIBE", "sub", 1,
		"Event: ua-profile\nAccept: application/vnd.oma.im.deferred-list+xml\nExpires: 3600\n", NULL);
	cr_expect_eq(judged("5.2.4-subscribe"), VERDICT_PASS);
}

Test(judge_network, a_stale_tag_of_one_device_only)
{
	registers("client", "one", 1, TAG "\n" IM);
	publishes("tablet", "p2", SCENE_SETTINGS_ON, "", "e2");
	request("client", "proxy", "PUBLISH", "p1", 1, SETTINGS "SIP-If-Match: gone\n", NULL);
	answer("client", "proxy", "PUBLISH", "p1", 1, "412 Conditional Request Failed", "");
	publishes("tablet", "p3", NULL, "SIP-If-Match: e2\n", "e3");
	scene_probe(&scene, 60000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(scene_verdict(&scene, "5.2.4-1", "after a 412 a new beginning, without the stale tag"),
		     VERDICT_NONE);
}

Test(judge_network, a_telephone_is_no_im_client)
{
	registers("client", "one", 1, "\n" PHONE);
	cr_expect_eq(judged("5.2.2-publish"), VERDICT_NONE);
	cr_expect_eq(judged("5.2.2-1"), VERDICT_NONE);
	registers("tablet", "two", 1, TAG "\n" IM);
	cr_expect_eq(judged("5.2.2-1"), VERDICT_PASS);
}

Test(judge_network, presence_of_an_im_client_is_no_settings)
{
	registers("client", "one", 1, TAG "\n" IM);
	publishes("client", "p1", SCENE_SETTINGS_ON, "", "e1");
	request("client", "proxy", "PUBLISH", "pidf", 1, IM "Event: presence\nContent-Type: application/pidf+xml\n",
		NULL);
	answer("client", "proxy", "PUBLISH", "pidf", 1, "200 OK", "SIP-ETag: x\nExpires: 3600\n");
	cr_expect_eq(judged("5.2.4-6"), VERDICT_PASS);
	cr_expect_eq(judged("6.1.1.5-order"), VERDICT_NONE);
}

/* A B2BUA makes a call of its own, with one Via, and the route that it likes. */
Test(judge_network, what_a_b2bua_sends_on_is_not_the_clients)
{
	registers("client", "one", 1, TAG "\n" IM);
	request("client", "proxy", "PUBLISH", "p1", 1, SETTINGS, SCENE_SETTINGS_ON);
	request("proxy", "server", "PUBLISH", "made", 1, SETTINGS, SCENE_SETTINGS_ON);
	answer("proxy", "server", "PUBLISH", "made", 1, "200 OK", "SIP-ETag: e1\nExpires: 3600\n");
	answer("client", "proxy", "PUBLISH", "p1", 1, "200 OK", "SIP-ETag: e1\nExpires: 3600\n");
	cr_expect_eq(judged("5.2.4-9"), VERDICT_PASS);
	cr_expect_eq(judged("6.1.1.5-6"), VERDICT_PASS);
}

/* An answer without its request shows that packets are missing: a PUBLISH and its answer may be, too. */
Test(judge_network, where_packets_are_missing_a_tag_may_have_been_given)
{
	publishes("client", "p1", SCENE_SETTINGS_ON, "", "e1");
	answer("client", "proxy", "BYE", "lost", 2, "200 OK", "");
	publishes("client", "p2", NULL, "SIP-If-Match: never-seen\n", "e3");
	cr_expect_eq(judged("6.1.1.5-4"), VERDICT_PASS); /* for the first PUBLISH */
}

/* RFC 3261 8.2.6.2: the answer has the CSeq of the request, whatever it says. */
Test(judge_network, a_misnamed_request_has_its_answer)
{
	char text[1024];

	registers("client", "one", 1, TAG "\n" IM);
	request("client", "proxy", "PUBLISH", "p1", 1, SETTINGS, SCENE_SETTINGS_ON);
	answer("client", "proxy", "PUBLISH", "p1", 1, "200 OK", "SIP-ETag: e1\nExpires: 3600\n");
	snprintf(text, sizeof(text),
		 "PUBLISH sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP host-client:5060;branch=z9hG4bKx1\n"
		 "Max-Forwards: 70\nFrom: <sip:alice@im.example>;tag=x\nTo: <sip:alice@im.example>\nCall-ID: x\n"
		 "CSeq: 1 NOTIFY\n" SETTINGS "Content-Type: application/poc-settings+xml\n");
	scene_say(&scene, 10, "client", "proxy", text, SCENE_SETTINGS_ON);
	answer("client", "proxy", "NOTIFY", "x", 1, "200 OK", "SIP-ETag: e2\nExpires: 3600\n");
	cr_expect_eq(judged("6.1.1.5-6"), VERDICT_PASS);
	cr_expect_eq(scene_verdict(&scene, "5.2.4-1", NULL), VERDICT_FAIL);
}

/* Captured on both sides of a NAT: every byte is the same, and it is one registration. */
Test(judge_network, both_sides_of_a_nat)
{
	static const char *const sides[] = {"client", "tablet"};

	for (unsigned i = 0; i < 2; i++)
		scene_say(&scene, i, sides[i], "proxy",
			  "REGISTER sip:im.example SIP/2.0\nVia: SIP/2.0/UDP 192.168.0.1;branch=z9hG4bKn\n"
			  "Max-Forwards: 70\nFrom: <sip:alice@im.example>;tag=n\nTo: <sip:alice@im.example>\n"
			  "Call-ID: n\nCSeq: 1 REGISTER\nContact: <sip:alice@192.168.0.1>" TAG "\n" IM,
			  NULL);
	for (unsigned i = 2; i--;)
		scene_say(&scene, i, "proxy", sides[i],
			  "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.168.0.1;branch=z9hG4bKn;received=10.1.0.2\n"
			  "From: <sip:alice@im.example>;tag=n\nTo: <sip:alice@im.example>;tag=r\nCall-ID: n\n"
			  "CSeq: 1 REGISTER\nContact: <sip:alice@192.168.0.1>;expires=3600\n",
			  NULL);
	cr_expect(scene.flow->events[1]->again);
	cr_expect(scene.flow->events[3]->again);
	cr_expect_eq(judged("5.2.2-1"), VERDICT_PASS);
}

static void invite(const char *uri, const char *vias)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "INVITE %s SIP/2.0\n%sMax-Forwards: 68\nFrom: <sip:im.example>;tag=i\nTo: <sip:alice@im.example>\n"
		 "Call-ID: push\nCSeq: 1 INVITE\nContact: <sip:as.im.example>" TAG ";automata\n",
		 uri, vias);
	scene_say(&scene, 10, "proxy", "client", text, NULL);
}

Test(judge_network, a_push_that_a_proxy_sent_on)
{
	flow_add_note(scene.flow, scene.now, FLOW_NOTE_DEPOSITED);
	registers("client", "one", 1, TAG "\n" IM);
	publishes("client", "p1", SCENE_SETTINGS_ON, "P-Asserted-Identity: <sip:alice@im.example>\n", "e1");
	invite("sip:alice@host-client", "Via: SIP/2.0/UDP p;branch=z9hG4bKi2\nVia: SIP/2.0/UDP s;branch=z9hG4bKi1\n");
	cr_expect_eq(judged("12.2.2.2-trigger"), VERDICT_PASS);
	cr_expect_eq(judged("12.2.2.2-2a"), VERDICT_NONE);
}

Test(judge_network, a_push_that_a_b2bua_sent_on)
{
	flow_add_note(scene.flow, scene.now, FLOW_NOTE_DEPOSITED);
	registers("client", "one", 1, TAG "\n" IM);
	publishes("client", "p1", SCENE_SETTINGS_ON, "P-Asserted-Identity: <sip:alice@im.example>\n", "e1");
	invite("sip:alice@host-client", "Via: SIP/2.0/UDP p;branch=z9hG4bKi2\n");
	cr_expect_eq(judged("12.2.2.2-trigger"), VERDICT_PASS);
	cr_expect_eq(judged("12.2.2.2-2a"), VERDICT_NONE);
}
