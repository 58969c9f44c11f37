/* SPDX-License-Identifier: MIT
 *
 * An IM Server that is its users' registrar: what their own REGISTERs and its challenges mean for the verdicts. */
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

TestSuite(judge_direct, .init = setup, .fini = teardown);

#define IDS(method, n)                                                                                                 \
	"Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK" method #n "\nFrom: <sip:alice@im.example>;tag=" method         \
	"\nTo: <sip:alice@im.example>\nCall-ID: " method "\nCSeq: " #n " " method "\n"
#define REGISTER(n, more)                                                                                              \
	"REGISTER sip:im.example SIP/2.0\n" IDS("REGISTER",                                                            \
						n) "Max-Forwards: 70\nExpires: 3600\n"                                 \
						   "Contact: <sip:alice@10.1.0.1:5060>;+g.oma.sip-im\n" more
#define PUBLISH(n, more)                                                                                               \
	"PUBLISH sip:alice@im.example SIP/2.0\n" IDS(                                                                  \
		"PUBLISH", n) "Max-Forwards: 70\nExpires: 3600\n"                                                      \
			      "Event: poc-settings\nContent-Type: application/poc-settings+xml\n" more
#define TAGGED    "Accept-Contact: *;+g.oma.sip-im\n"
#define CHALLENGE "WWW-Authenticate: Digest realm=\"im.example\", nonce=\"n\"\n"
#define ANSWERED                                                                                                       \
	"Authorization: Digest username=\"alice\", realm=\"im.example\", nonce=\"n\", uri=\"sip:im.example\", "        \
	"response=\"00000000000000000000000000000000\"\n"

static void ask(const char *request, const char *body, const char *answer)
{
	scene_say(&scene, 10, "client", "server", request, body);
	scene_say(&scene, 2, "server", "client", answer, NULL);
}

static void take_registration(void)
{
	ask(REGISTER(1, ""), NULL, "SIP/2.0 401 Unauthorized\n" IDS("REGISTER", 1) CHALLENGE);
	ask(REGISTER(2, ANSWERED), NULL,
	    "SIP/2.0 200 OK\n" IDS("REGISTER", 2) "Contact: <sip:alice@10.1.0.1:5060>;expires=3600\n");
}

#define expect(id, rule, want)                                                                                         \
	cr_expect_eq(scene_verdict(&scene, id, rule), want, "%s is %s", id,                                            \
		     verdict_name(scene_verdict(&scene, id, rule)))

static void judge(void)
{
	scene_probe(&scene, 6000);
	scene_judge(&scene, NULL, true, false);
}

Test(judge_direct, a_challenge_that_is_answered_is_no_refusal)
{
	take_registration();
	ask(PUBLISH(1, TAGGED), SCENE_SETTINGS_ON, "SIP/2.0 401 Unauthorized\n" IDS("PUBLISH", 1) CHALLENGE);
	ask(PUBLISH(2, TAGGED ANSWERED), SCENE_SETTINGS_ON,
	    "SIP/2.0 200 OK\n" IDS("PUBLISH", 2) "SIP-ETag: e1\nExpires: 3600\n");
	judge();
	expect("6.1.1.5-6", NULL, VERDICT_PASS);
	expect("6.1.1.5-1", NULL, VERDICT_NONE);
}

Test(judge_direct, a_challenge_without_an_answer_decides_nothing)
{
	take_registration();
	ask(PUBLISH(1, TAGGED), SCENE_SETTINGS_ON, "SIP/2.0 401 Unauthorized\n" IDS("PUBLISH", 1) CHALLENGE);
	judge();
	expect("6.1.1.5-6", NULL, VERDICT_INCONC);
}

Test(judge_direct, the_tag_is_asked_for_behind_the_password)
{
	take_registration();
	ask(PUBLISH(1, ""), SCENE_SETTINGS_ON, "SIP/2.0 401 Unauthorized\n" IDS("PUBLISH", 1) CHALLENGE);
	ask(PUBLISH(2, ANSWERED), SCENE_SETTINGS_ON, "SIP/2.0 403 Forbidden\n" IDS("PUBLISH", 2));
	judge();
	expect("6.1.1.5-1", "refused with 403", VERDICT_PASS);
	scene_done(&scene);
	scene_init(&scene);
	take_registration();
	ask(PUBLISH(1, ""), SCENE_SETTINGS_ON, "SIP/2.0 401 Unauthorized\n" IDS("PUBLISH", 1) CHALLENGE);
	ask(PUBLISH(2, ANSWERED), SCENE_SETTINGS_ON,
	    "SIP/2.0 200 OK\n" IDS("PUBLISH", 2) "SIP-ETag: e1\nExpires: 3600\n");
	judge();
	expect("6.1.1.5-1", "refused with 403", VERDICT_FAIL);
}

static void push_to(const char *uri)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "INVITE %s SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi\nMax-Forwards: 70\n"
		 "From: <sip:im@im.example>;tag=f\nTo: <sip:alice@im.example>\nCall-ID: push\nCSeq: 1 INVITE\n"
		 "Contact: <sip:im@10.0.0.2>;+g.oma.sip-im;automata\n",
		 uri);
	scene_say(&scene, 20, "server", "client", text, NULL);
}

/* Who is not registered with the server may be refused for that. */
Test(judge_direct, a_403_to_a_stranger_decides_nothing)
{
	ask(PUBLISH(1, TAGGED), SCENE_SETTINGS_ON, "SIP/2.0 403 Forbidden\n" IDS("PUBLISH", 1));
	judge();
	cr_expect_neq(scene_verdict(&scene, "6.1.1.5-6", NULL), VERDICT_FAIL);
}

static void refused_though_registered(bool pushes)
{
	take_registration();
	if (pushes)
		push_to("sip:alice@im.example");
	ask(PUBLISH(1, TAGGED), SCENE_SETTINGS_ON, "SIP/2.0 403 Forbidden\n" IDS("PUBLISH", 1));
	judge();
}

/* What registers users and has not shown that it is the server may be a core. */
Test(judge_direct, a_403_to_a_user_decides_where_the_server_is_known)
{
	refused_though_registered(false);
	expect("6.1.1.5-6", "answered 200", VERDICT_INCONC);
	scene_done(&scene);
	scene_init(&scene);
	refused_though_registered(true);
	expect("6.1.1.5-6", "answered 200", VERDICT_FAIL);
	scene_done(&scene);
	scene_init(&scene);
	scene.flow->label = SLICE("case");
	refused_though_registered(false);
	expect("6.1.1.5-6", "answered 200", VERDICT_FAIL);
}

Test(judge_direct, a_registrar_may_put_the_contact_into_the_request_uri)
{
	take_registration();
	push_to("sip:alice@10.1.0.1:5060");
	judge();
	expect("12.2.2.2-2a", NULL, VERDICT_NONE);
	scene_done(&scene);
	scene_init(&scene);
	take_registration();
	push_to("sip:alice@10.1.0.2:5060");
	judge();
	expect("12.2.2.2-2a", NULL, VERDICT_FAIL);
}

Test(judge_direct, a_push_for_a_registration_alone)
{
	scene_deposit(&scene);
	take_registration();
	push_to("sip:alice@im.example");
	judge();
	expect("5.3-no-push", "a push has a PUBLISH before it", VERDICT_FAIL);
	scene_done(&scene);
	scene_init(&scene);
	scene_deposit(&scene);
	take_registration();
	scene.flow->peers[1].server = true; /* as a run knows */
	judge();
	expect("5.3-no-push", "silence after a REGISTER of the client's own", VERDICT_PASS);
}

/* A REGISTER whose From nobody can read is his who gives his Contact, not the core's. */
Test(judge_direct, a_from_that_cant_be_read_is_the_clients_fault)
{
	take_registration();
	ask("REGISTER sip:im.example SIP/2.0\nVia: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKbroken\n"
	    "From: <sip:alice@im.example;tag=a\nTo: <sip:alice@im.example>\nCall-ID: REGISTER\nCSeq: 3 REGISTER\n"
	    "Max-Forwards: 70\nExpires: 3600\nContact: <sip:alice@10.1.0.1:5060>;+g.oma.sip-im\n",
	    NULL, "SIP/2.0 400 Bad Request\n" IDS("REGISTER", 3));
	scene_probe(&scene, 6000);
	scene_judge(&scene, NULL, true, true);
	expect("5.2.2-1", "a valid REGISTER", VERDICT_FAIL);
	expect("5.3-response", NULL, VERDICT_NONE);
}
