/* SPDX-License-Identifier: MIT
 *
 * What a capture shows on some of the hops only, or of a user who was there before it began: nothing is held against
 * whoever was not seen himself. */
#include "judge/scene.h"
#include "trace/story.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct scene scene;

static void setup(void)
{
	scene_init_capture(&scene);
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge_unseen, .init = setup, .fini = teardown);

#define VIA       "Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK%s%u\n"
#define PROXY_VIA "Via: SIP/2.0/UDP 10.1.0.2:5060;branch=z9hG4bKproxy\n"
#define ALICE     "From: <sip:alice@im.example>;tag=a\nTo: <sip:alice@im.example>%s\nCall-ID: %s\nCSeq: %u %s\n"
#define REGISTERS "Contact: <sip:alice@10.1.0.1>;+g.oma.sip-im\nExpires: 3600\n"
#define PUBLISHES "Accept-Contact: *;+g.oma.sip-im\nUser-Agent: IM-client/OMA1.0\nEvent: poc-settings\nExpires: 3600\n"
#define GRANTED   "Contact: <sip:alice@10.1.0.1>;expires=3600\n"
#define ASKED     "WWW-Authenticate: Digest realm=\"im.example\", nonce=\"n\", algorithm=MD5\n"
#define ANSWERED                                                                                                       \
	"Authorization: Digest username=\"alice\", realm=\"im.example\", nonce=\"n\", uri=\"sip:im.example\", "        \
	"response=\"0123456789abcdef0123456789abcdef\", algorithm=MD5\n"

/* A request of alice's and its answer, from one host to another; `above` is what proxies have put over her Via. */
static void ask(const char *from, const char *to, const char *above, const char *method, unsigned cseq,
		const char *more, const char *status, const char *granted)
{
	bool publish = !strcmp(method, "PUBLISH");
	const char *call = publish ? "p" : "r";
	char text[2048];

	snprintf(text, sizeof(text), "%s sip:%sim.example SIP/2.0\n%s" VIA "Max-Forwards: 70\n" ALICE "%s", method,
		 publish ? "alice@" : "", above, call, cseq, "", call, cseq, method, more);
	scene_say(&scene, 20, from, to, text, strstr(more, "Content-Type") ? SCENE_SETTINGS_ON : NULL);
	snprintf(text, sizeof(text), "SIP/2.0 %s\n%s" VIA ALICE "%s", status, above, call, cseq, ";tag=t", call, cseq,
		 method, granted);
	scene_say(&scene, 5, to, from, text, NULL);
}

static void publish(const char *to, unsigned cseq)
{
	ask("client", to, "", "PUBLISH", cseq, PUBLISHES "Content-Type: application/poc-settings+xml\n", "200 OK",
	    "SIP-ETag: e1\nExpires: 3600\n");
}

static enum verdict judged(const char *id)
{
	scene_probe(&scene, 60000);
	for (size_t i = 0; i < scene.flow->peer_count; i++)
		scene.flow->peers[i].alive = scene.now;
	scene_judge(&scene, NULL, true, true);
	return scene_verdict(&scene, id, NULL);
}

Test(judge_unseen, the_way_of_a_register_of_which_a_later_hop_was_seen)
{
	ask("proxy", "core", PROXY_VIA, "REGISTER", 1, REGISTERS, "200 OK", GRANTED);
	publish("proxy", 1);
	cr_expect_eq(judged("5.2.4-9"), VERDICT_INCONC);
	ask("client", "proxy", "", "REGISTER", 2, REGISTERS, "200 OK", GRANTED);
	publish("server", 2);
	cr_expect_eq(judged("5.2.4-9"), VERDICT_FAIL);
}

static void register_with_a_challenge(void)
{
	ask("client", "proxy", "", "REGISTER", 8, REGISTERS, "401 Unauthorized", ASKED);
	ask("client", "proxy", "", "REGISTER", 9, REGISTERS ANSWERED, "200 OK", GRANTED);
}

Test(judge_unseen, who_is_challenged_is_new)
{
	register_with_a_challenge();
	cr_expect_eq(judged("5.2.2-publish"), VERDICT_FAIL);
}

Test(judge_unseen, but_not_if_he_was_there_before)
{
	ask("client", "proxy", "", "PUBLISH", 1, PUBLISHES "SIP-If-Match: e0\n", "200 OK",
	    "SIP-ETag: e1\nExpires: 3600\n");
	register_with_a_challenge();
	cr_expect_eq(judged("5.2.2-publish"), VERDICT_INCONC);
}

Test(judge_unseen, a_register_without_from_is_its_clients)
{
	scene_say(&scene, 10, "client", "proxy",
		  "REGISTER sip:im.example SIP/2.0\nVia: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKr\nMax-Forwards: 70\n"
		  "To: <sip:alice@im.example>\nCall-ID: r\nCSeq: 1 REGISTER\n" REGISTERS,
		  NULL);
	cr_expect_eq(judged("5.2.2-1"), VERDICT_FAIL);
	cr_expect_eq(scene_verdict(&scene, "5.3-response", NULL), VERDICT_NONE);
}

Test(judge_unseen, a_register_whose_from_is_no_uri_is_its_clients)
{
	scene_say(&scene, 10, "client", "proxy",
		  "REGISTER sip:im.example SIP/2.0\nVia: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKr\nMax-Forwards: 70\n"
		  "From: <sip;alice@im.example>;tag=a\nTo: <sip:alice@im.example>\nCall-ID: r\nCSeq: 1 "
		  "REGISTER\n" REGISTERS,
		  NULL);
	cr_expect_eq(judged("5.2.2-1"), VERDICT_FAIL);
	cr_expect_eq(scene_verdict(&scene, "5.3-response", NULL), VERDICT_NONE);
}

/* Nobody asserts identities here; but the Event is looked at before them. */
Test(judge_unseen, the_event_comes_before_who_is_not_known)
{
	ask("core", "server", PROXY_VIA, "PUBLISH", 1,
	    "Accept-Contact: *;+g.oma.sip-im\nEvent: presence\nExpires: 3600\n"
	    "Content-Type: application/poc-settings+xml\n",
	    "403 Forbidden", "");
	cr_expect_eq(judged("6.1.1.5-2"), VERDICT_FAIL);
	cr_expect_eq(scene_verdict(&scene, "6.1.1.5-order", NULL), VERDICT_INCONC);
}

Test(judge_unseen, who_is_never_answered)
{
	ask("client", "server", "", "PUBLISH", 1, PUBLISHES "Content-Type: application/poc-settings+xml\n",
	    "100 Trying", "");
	cr_expect_eq(judged("6.1.1.5-6"), VERDICT_INCONC);
}

/* The IM Server was named, and is not on this hop: what it answered comes to the client by others. */
static void only_the_clients_hop(void)
{
	scene.flow->roles_told |= 1u << FLOW_ROLE_SERVER;
	ask("client", "proxy", "", "REGISTER", 1, REGISTERS, "200 OK", GRANTED);
	publish("proxy", 1);
}

Test(judge_unseen, a_removal_without_its_tag_on_the_clients_hop)
{
	only_the_clients_hop();
	ask("client", "proxy", "", "PUBLISH", 2,
	    "Accept-Contact: *;+g.oma.sip-im\nUser-Agent: IM-client/OMA1.0\nEvent: poc-settings\nExpires: 0\n",
	    "400 Bad Request", "");
	cr_expect_eq(judged("5.2.4-1"), VERDICT_FAIL);
	cr_expect_eq(scene_verdict(&scene, "6.1.1.5-4", NULL), VERDICT_NONE);
}

Test(judge_unseen, a_superseded_tag_on_the_clients_hop)
{
	only_the_clients_hop();
	ask("client", "proxy", "", "PUBLISH", 2, PUBLISHES "SIP-If-Match: e1\n", "200 OK",
	    "SIP-ETag: e2\nExpires: 3600\n");
	ask("client", "proxy", "", "PUBLISH", 3, PUBLISHES "SIP-If-Match: e1\n", "412 Conditional Request Failed", "");
	cr_expect_eq(judged("5.2.4-1"), VERDICT_FAIL);
}

static void invite(unsigned ms, const char *to_uri)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "INVITE %s SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi\nMax-Forwards: 70\n"
		 "From: <sip:im@im.example>;tag=f\nTo: <sip:alice@im.example>\nCall-ID: i\nCSeq: 1 INVITE\n"
		 "Contact: <sip:s@10.0.0.2>;automata;+g.oma.sip-im\n",
		 to_uri);
	scene_say(&scene, ms, "server", "core", text, NULL);
}

/* What was before is not known: a push that follows a PUBLISH as it should is held against nobody. */
Test(judge_unseen, a_capture_that_begins_with_the_publish)
{
	scene.flow->begin.waiting = TRI_UNKNOWN;
	publish("server", 1);
	invite(20, "sip:alice@im.example");
	cr_expect_eq(judged("12.2.2.2-trigger"), VERDICT_NONE);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-1", NULL), VERDICT_PASS);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-2i", NULL), VERDICT_PASS);
}

Test(judge_unseen, a_capture_that_begins_with_the_push)
{
	invite(20, "sip:alice@im.example");
	cr_expect_eq(judged("12.2.2.2-2i"), VERDICT_NONE);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-2", NULL), VERDICT_PASS);
}

/* The server has given the tag, and takes it; whether a message waits, nobody sees. */
Test(judge_unseen, a_capture_that_begins_with_a_refresh)
{
	scene.flow->begin.waiting = TRI_UNKNOWN;
	scene.flow->begin.publications_complete = false;
	ask("client", "server", "", "PUBLISH", 7, PUBLISHES "SIP-If-Match: e7\n", "200 OK",
	    "SIP-ETag: e8\nExpires: 3600\n");
	cr_expect_eq(judged("5.2.4-1"), VERDICT_PASS);
	cr_expect_eq(scene_verdict(&scene, "6.1.1.5-5", NULL), VERDICT_NONE);
}

Test(judge_unseen, a_tag_beside_the_one_that_was_given)
{
	scene.flow->begin.publications_complete = false;
	publish("server", 1);
	ask("client", "server", "", "PUBLISH", 2, PUBLISHES "SIP-If-Match: own\n", "200 OK",
	    "SIP-ETag: e2\nExpires: 3600\n");
	cr_expect_eq(judged("5.2.4-1"), VERDICT_FAIL);
}

/* What is stored goes to the IM Server, whose own hop is not here. */
Test(judge_unseen, a_push_that_came_by_the_proxy)
{
	scene.flow->gaps = 0;
	scene.flow->begin.waiting = scene.flow->begin.registered = scene.flow->begin.published = TRI_NO;
	ask("client", "proxy", "", "REGISTER", 1, REGISTERS, "200 OK", GRANTED);
	publish("proxy", 1);
	scene_say(&scene, 20, "proxy", "client",
		  "INVITE sip:alice@10.1.0.1 SIP/2.0\n" PROXY_VIA "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi\n"
		  "Max-Forwards: 69\nFrom: <sip:im@im.example>;tag=f\nTo: <sip:alice@im.example>\nCall-ID: i\n"
		  "CSeq: 1 INVITE\nContact: <sip:s@10.0.0.2>;automata;+g.oma.sip-im\n",
		  NULL);
	cr_expect_eq(judged("12.2.2.2-1"), VERDICT_NONE);
}

/* Whoever registered before our eyes has published since, whatever was before. */
Test(judge_unseen, settings_published_since_a_registration_of_whatever_kind)
{
	static const char good[] = "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\n"
				   "P-Asserted-Identity: <sip:alice@im.example>\n";

	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, good, "200 OK", "e1");
	scene_probe(&scene, 60000);
	scene_deposit(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, good, "200 OK", "e2");
	cr_expect_eq(judged("6.1.1.5-6"), VERDICT_PASS);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-trigger", "the push comes"), VERDICT_NONE);
}

/* The Contact of a third-party REGISTER is the core's own. */
Test(judge_unseen, a_push_to_the_core_itself)
{
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, "", "200 OK", "e1");
	invite(20, "sip:core.im.example");
	cr_expect_eq(judged("12.2.2.2-2a"), VERDICT_FAIL);
}

/* Nothing was seen of a core, and a Contact may have been registered with the server. */
Test(judge_unseen, a_push_to_a_contact_that_may_be_registered)
{
	publish("server", 1);
	invite(20, "sip:alice@10.1.0.77");
	cr_expect_eq(judged("12.2.2.2-2a"), VERDICT_INCONC);
	invite(20, "sip:alice@im.example");
	cr_expect_eq(judged("12.2.2.2-2i"), VERDICT_PASS);
}

/* Inside the dialog what counts is what the server itself sends: a proxy takes its Route off. */
Test(judge_unseen, an_ack_of_which_a_later_hop_was_seen)
{
	static const char ack[] = "ACK sip:alice@10.1.0.9 SIP/2.0\n%sVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKa\n"
				  "Max-Forwards: 70\nFrom: <sip:im@im.example>;tag=f\n"
				  "To: <sip:alice@im.example>;tag=t\nCall-ID: i\nCSeq: 1 ACK\n";
	char text[1024];

	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, "", "200 OK", "e1");
	invite(20, "sip:alice@im.example");
	scene_say(&scene, 5, "core", "server",
		  "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi\nFrom: <sip:im@im.example>;tag=f\n"
		  "To: <sip:alice@im.example>;tag=t\nCall-ID: i\nCSeq: 1 INVITE\nContact: <sip:alice@10.1.0.1>\n",
		  NULL);
	snprintf(text, sizeof(text), ack, PROXY_VIA);
	scene_say(&scene, 5, "proxy", "client", text, NULL);
	cr_expect_neq(judged("12.2.2.2-ok-3"), VERDICT_FAIL);
	snprintf(text, sizeof(text), ack, "");
	scene_say(&scene, 5, "server", "core", text, NULL);
	cr_expect_eq(judged("12.2.2.2-ok-3"), VERDICT_FAIL);
}

/* Of a refresh whose dialog was not seen to begin nothing but its tag tells that it is one. */
Test(judge_unseen, a_refresh_of_which_the_call_was_not_seen)
{
	static const char text[] = "INVITE %s SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi\n"
				   "Max-Forwards: 70\nFrom: <sip:im@im.example>;tag=f\n"
				   "To: <sip:alice@im.example>;tag=t\nCall-ID: %s\nCSeq: 2 INVITE\n"
				   "Contact: <sip:s@10.0.0.2>;automata;+g.oma.sip-im\n";
	char invite[512];

	scene.flow->gaps = 0; /* not the first chapter of the user */
	scene_register(&scene);
	snprintf(invite, sizeof(invite), text, "sip:alice@10.1.0.1", "one");
	scene_say(&scene, 10, "server", "core", invite, NULL);
	cr_expect_eq(judged("12.2.2.2-2"), VERDICT_NONE);
	snprintf(invite, sizeof(invite), text, "sip:alice@im.example", "two");
	scene_say(&scene, 10, "server", "core", invite, NULL);
	cr_expect_eq(judged("12.2.2.2-2"), VERDICT_FAIL);
}

/* --- whose answer the capture lacks --- */

#define NOTHING_LEFT                                                                                                   \
	(struct state)                                                                                                 \
	{                                                                                                              \
		.registered = TRI_YES, .published = TRI_YES, .delivery = DELIVERY_NONE, .waiting = TRI_YES,            \
		.publications_complete = true, .publications = &over                                                   \
	}
static const struct publication over = {.until = 1, .sure_until = 1, .end = PUBLICATION_LIVE};

static void said_by_alice(const char *method, const char *more, const char *body)
{
	char text[1024];

	snprintf(
		text, sizeof(text),
		"%s sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx\n"
		"Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKy\nMax-Forwards: 69\nFrom: <sip:alice@im.example>;tag=x\n"
		"To: <sip:alice@im.example>\nCall-ID: x\nCSeq: 1 %s\n%s",
		method, method, more);
	scene_say(&scene, 10, "core", "server", text, body);
}

/* Settings that have run out are followed by others, for all that is known. */
Test(judge_unseen, settings_that_may_have_been_stored)
{
	scene.flow->gaps = 0;
	scene.flow->begin = NOTHING_LEFT;
	scene.now = 10000000000ull;
	said_by_alice("PUBLISH", "Expires: 60\nEvent: poc-settings\nContent-Type: application/poc-settings+xml\n",
		      SCENE_SETTINGS_ON);
	scene_push(&scene);
	cr_expect_eq(judged("12.2.2.2-1"), VERDICT_INCONC);
}

/* Who forks acknowledges the refusal of a branch himself, whose INVITE the capture may lack. */
Test(judge_unseen, a_branch_that_was_refused)
{
	scene.flow->gaps = 0;
	scene.flow->begin = NOTHING_LEFT;
	scene_publish(&scene, SCENE_SETTINGS_ON, "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\n", "200 OK",
		      "e1");
	scene_push(&scene);
	scene_say(&scene, 10, "core", "tablet",
		  "ACK sip:alice@10.1.0.2 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKfork\n"
		  "From: <sip:im@im.example>;tag=f2\nTo: <sip:alice@im.example>;tag=u\nCall-ID: push2\nCSeq: 1 ACK\n",
		  NULL);
	cr_expect_eq(judged("12.2.2.2-ok-3"), VERDICT_PASS);
}

/* Where nothing shows yet who the IM Server is, the answer would have told. */
Test(judge_unseen, a_message_that_may_have_been_stored)
{
	struct story story;

	scene.flow->gaps = 0;
	scene.flow->begin = NOTHING_LEFT;
	scene.flow->begin.waiting = TRI_NO;
	said_by_alice("MESSAGE", "", "hello");
	story_tell(&story, scene.flow, &scene.profile);
	cr_expect_eq(story.end.waiting, TRI_UNKNOWN);
}

/* What the registration before was like says nothing of the one whose answer is missing. */
Test(judge_unseen, a_registration_that_may_have_succeeded)
{
	struct story story;
	char text[512];

	scene.flow->gaps = 0;
	scene.flow->begin = NOTHING_LEFT;
	scene.flow->begin.registered = TRI_NO;
	scene.flow->begin.registered_here = true;
	scene.flow->begin.registered_for = 60;
	scene.flow->begin.call_id = scene.flow->begin.service_route = SLICE("old");
	snprintf(text, sizeof(text), "REGISTER sip:im.example SIP/2.0\n" VIA "Max-Forwards: 70\n" ALICE REGISTERS, "r",
		 1, "", "r", 1, "REGISTER");
	scene_say(&scene, 10, "client", "proxy", text, NULL);
	story_tell(&story, scene.flow, &scene.profile);
	cr_expect_eq(story.end.registered, TRI_UNKNOWN);
	cr_expect_not(story.end.registered_here);
	cr_expect_eq(story.end.registered_for, 0);
	cr_expect_eq(story.end.call_id.len, 0);
	cr_expect_eq(story.end.service_route.len, 0);
}
