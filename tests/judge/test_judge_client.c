/* SPDX-License-Identifier: MIT */
#include "judge/scene.h"
#include "trace/edit.h"

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

TestSuite(judge_client, .init = setup, .fini = teardown);

#define REG                                                                                                            \
	"REGISTER sip:im.example SIP/2.0\nVia: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKreg%u\nMax-Forwards: 70\n"      \
	"From: <sip:alice@im.example>;tag=c%s\nTo: <sip:alice@im.example>\nCall-ID: creg\nCSeq: %u REGISTER\n"
#define REG_ANSWER                                                                                                     \
	"Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKreg%u\nFrom: <sip:alice@im.example>;tag=c\n"                     \
	"To: <sip:alice@im.example>;tag=r%u\nCall-ID: creg\nCSeq: %u REGISTER\n"

static void client_register(unsigned cseq, const char *more)
{
	char text[2048];

	snprintf(text, sizeof(text), REG "Contact: <sip:alice@10.1.0.1>;+g.oma.sip-im\nExpires: 3600\n%s", cseq, "",
		 cseq, more);
	scene_say(&scene, 10, "client", "proxy", text, NULL);
}

static void registrar(unsigned cseq, const char *status, const char *more)
{
	char text[2048];

	snprintf(text, sizeof(text), "SIP/2.0 %s\n" REG_ANSWER "%s", status, cseq, cseq, cseq, more);
	scene_say(&scene, 5, "proxy", "client", text, NULL);
}

#define CREDENTIALS                                                                                                    \
	"Authorization: Digest username=\"alice\", realm=\"im.example\", nonce=\"n1\", uri=\"sip:im.example\", "       \
	"response=\"0123456789abcdef0123456789abcdef\", algorithm=MD5\n"
#define CHALLENGE "WWW-Authenticate: Digest realm=\"im.example\", nonce=\"n1\", algorithm=MD5\n"
#define STALE     "WWW-Authenticate: Digest realm=\"im.example\", nonce=\"n2\", algorithm=MD5, stale=true\n"
#define SHA       "Proxy-Authenticate: Digest realm=\"im.example\", nonce=\"n3\", algorithm=SHA-256\n"
#define GRANTED   "Contact: <sip:alice@10.1.0.1>;expires=3600\nService-Route: <sip:orig@scscf.im.example;lr>\n"

static void client_publish(unsigned n, const char *uri, const char *more, const char *body)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "PUBLISH %s SIP/2.0\nVia: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKcp%u\nMax-Forwards: 70\n"
		 "From: <sip:alice@im.example>;tag=p%u\nTo: <sip:alice@im.example>\nCall-ID: cpub%u\nCSeq: 1 PUBLISH\n"
		 "Route: <sip:orig@scscf.im.example;lr>\nP-Preferred-Identity: <sip:alice@im.example>\n"
		 "Accept-Contact: *;+g.oma.sip-im\nUser-Agent: IM-client/OMA1.0 scene/1\nEvent: poc-settings\n%s%s",
		 uri, n, n, n, more, body ? "Content-Type: application/poc-settings+xml\n" : "");
	scene_say(&scene, 10, "client", "proxy", text, body);
}

static void publish_answer(unsigned n, const char *status, const char *more)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "SIP/2.0 %s\nVia: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKcp%u\nFrom: <sip:alice@im.example>;tag=p%u\n"
		 "To: <sip:alice@im.example>;tag=q%u\nCall-ID: cpub%u\nCSeq: 1 PUBLISH\n%s",
		 status, n, n, n, n, more);
	scene_say(&scene, 5, "proxy", "client", text, NULL);
}

static void subscribe_to(const char *accept)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "SUBSCRIBE sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP "
		 "10.1.0.1:5060;branch=z9hG4bKsub\nMax-Forwards: 70\n"
		 "From: <sip:alice@im.example>;tag=s\nTo: <sip:alice@im.example>\nCall-ID: sub\nCSeq: 1 SUBSCRIBE\n"
		 "Event: sip-profile\nAccept: %s\nExpires: 3600\n",
		 accept);
	scene_say(&scene, 10, "client", "proxy", text, NULL);
}

static void subscribe(void)
{
	subscribe_to("application/vnd.oma.im.deferred-list+xml");
}

static void good_story(void)
{
	client_register(1, "");
	registrar(1, "401 Unauthorized", CHALLENGE);
	client_register(2, CREDENTIALS);
	registrar(2, "200 OK", GRANTED);
	client_publish(1, "sip:alice@im.example", "Expires: 3600\n", SCENE_SETTINGS_OFF);
	publish_answer(1, "200 OK", "SIP-ETag: e1\nExpires: 3600\n");
	subscribe();
	scene_probe(&scene, 60000);
	client_publish(2, "sip:alice@im.example", "Expires: 3600\nSIP-If-Match: e1\n", SCENE_SETTINGS_ON);
	publish_answer(2, "200 OK", "SIP-ETag: e2\nExpires: 3600\n");
	client_publish(3, "sip:alice@im.example", "Expires: 3600\nSIP-If-Match: e2\n", NULL);
	publish_answer(3, "412 Conditional Request Failed", "");
	client_publish(4, "sip:alice@im.example", "Expires: 1800\n", SCENE_SETTINGS_ON);
	publish_answer(4, "423 Interval Too Brief", "Min-Expires: 3000\n");
	client_publish(5, "sip:alice@im.example", "Expires: 3600\n", SCENE_SETTINGS_ON);
	publish_answer(5, "200 OK", "SIP-ETag: e3\nExpires: 3600\n");
	client_register(3, CREDENTIALS);
	registrar(3, "200 OK", GRANTED);
	scene_probe(&scene, 5000);
}

static enum verdict verdict_of_id(const char *id)
{
	return scene_verdict(&scene, id, NULL);
}

Test(judge_client, a_good_story_that_is_cut_off_is_never_blamed)
{
	good_story();
	for (size_t bytes = 40; bytes < 2000; bytes += 3) {
		struct flow *flow = scene_snapped(&scene, bytes);

		scene_judge(&scene, flow, false, true);
		scene_expect_no_blame(&scene);
		flow_free(flow);
	}
}

Test(judge_client, a_good_story_passes)
{
	static const char *const passed[] = {
		"5.2.2-1",  "5.2.2-2",  "5.2.2-publish", "5.2.2-refresh", "5.2.4-1", "5.2.4-2",        "5.2.4-3",
		"5.2.4-4",  "5.2.4-5",  "5.2.4-6",       "5.2.4-7",       "5.2.4-8", "5.2.4-8a",       "5.2.4-8b",
		"5.2.4-8c", "5.2.4-8d", "5.2.4-8e",      "5.2.4-8f",      "5.2.4-9", "5.2.4-subscribe"};

	good_story();
	scene_judge(&scene, NULL, false, true);
	for (size_t i = 0; i < scene.count; i++)
		cr_expect_eq(scene.findings[i].verdict, VERDICT_PASS, "%s (%s): %s, expected %s, seen %s, %s",
			     scene.findings[i].requirement, scene.findings[i].rule,
			     verdict_name(scene.findings[i].verdict), scene.findings[i].expected,
			     scene.findings[i].seen, scene.findings[i].reason);
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		cr_expect_eq(verdict_of_id(passed[i]), VERDICT_PASS, "%s", passed[i]);
}

/* Whether the client has a password is known where it answered once. */
Test(judge_client, a_challenge_left_unanswered)
{
	client_register(1, "");
	registrar(1, "401 Unauthorized", CHALLENGE);
	client_register(2, CREDENTIALS);
	registrar(2, "401 Unauthorized", CHALLENGE);
	scene_probe(&scene, 5000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(scene_verdict(&scene, "5.2.2-2", "no challenge is left unanswered"), VERDICT_PASS,
		     "the first was answered, and refused credentials are not to be tried again");
	client_register(3, CREDENTIALS);
	registrar(3, "401 Unauthorized", STALE);
	scene_probe(&scene, 1000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(scene_verdict(&scene, "5.2.2-2", "no challenge is left unanswered"), VERDICT_INCONC, "too early");
	scene_probe(&scene, 5000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(scene_verdict(&scene, "5.2.2-2", "no challenge is left unanswered"), VERDICT_FAIL);
}

Test(judge_client, a_challenge_that_not_everybody_can_answer)
{
	client_register(1, "");
	registrar(1, "401 Unauthorized", CHALLENGE);
	scene_probe(&scene, 5000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.2-2"), VERDICT_INCONC, "nobody knows of a password");
	client_register(2, CREDENTIALS);
	registrar(2, "200 OK", GRANTED);
	client_register(3, "");
	registrar(3, "407 Proxy Authentication Required", SHA);
	scene_probe(&scene, 5000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(scene_verdict(&scene, "5.2.2-2", "no challenge is left unanswered"), VERDICT_INCONC);
}

Test(judge_client, no_publish_after_the_registration)
{
	client_register(1, "");
	registrar(1, "200 OK", GRANTED);
	scene_probe(&scene, 1000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.2-publish"), VERDICT_INCONC, "no sign of life yet");
	scene_probe(&scene, 5000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.2-publish"), VERDICT_FAIL);
}

Test(judge_client, publish_before_the_registration)
{
	client_register(1, "");
	registrar(1, "403 Forbidden", "");
	client_publish(1, "sip:alice@im.example", "Expires: 3600\n", SCENE_SETTINGS_ON);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.2-publish"), VERDICT_FAIL);
}

Test(judge_client, a_missing_setting)
{
	client_register(1, "");
	registrar(1, "200 OK", GRANTED);
	client_publish(1, "sip:alice@im.example", "Expires: 3600\n",
		       "<poc-settings xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\" "
		       "xmlns:i=\"urn:oma:xml:im:service-settings\">"
		       "<entity id=\"a\"><i:deferred-settings><i:offline-delivery "
		       "active=\"true\"/></i:deferred-settings></entity>"
		       "</poc-settings>");
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.4-8"), VERDICT_PASS);
	cr_expect_eq(verdict_of_id("5.2.4-8d"), VERDICT_PASS);
	cr_expect_eq(verdict_of_id("5.2.4-8a"), VERDICT_FAIL);
}

Test(judge_client, an_unknown_dialect_is_undecided)
{
	client_publish(1, "sip:alice@im.example", "Expires: 3600\n",
		       "<poc-settings xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\" xmlns:v=\"urn:vendor\">"
		       "<entity id=\"a\"><v:hidden>1</v:hidden></entity></poc-settings>");
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.4-8c"), VERDICT_INCONC);
}

static void client_deregister(unsigned cseq)
{
	char text[1024];

	snprintf(text, sizeof(text), REG "Contact: <sip:alice@10.1.0.1>\nExpires: 0\n", cseq, "", cseq);
	scene_say(&scene, 10, "client", "proxy", text, NULL);
	registrar(cseq, "200 OK", "");
}

/* Who has left may still take his settings back, but not publish new ones. */
Test(judge_client, what_is_published_after_the_end)
{
	client_register(1, "");
	registrar(1, "200 OK", GRANTED);
	client_publish(1, "sip:alice@im.example", "Expires: 3600\n", SCENE_SETTINGS_ON);
	publish_answer(1, "200 OK", "SIP-ETag: e1\nExpires: 3600\n");
	client_deregister(2);
	client_publish(2, "sip:alice@im.example", "Expires: 0\nSIP-If-Match: e1\n", NULL);
	publish_answer(2, "200 OK", "SIP-ETag: e2\nExpires: 0\n");
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(scene_verdict(&scene, "5.2.2-publish", "not before it succeeded"), VERDICT_PASS);
	client_publish(3, "sip:alice@im.example", "Expires: 3600\n", SCENE_SETTINGS_ON);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(scene_verdict(&scene, "5.2.2-publish", "not before it succeeded"), VERDICT_FAIL);
}

/* --- the subscription to the metadata --- */

static void subscribe_answer(const char *expires)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKsub\n"
		 "From: <sip:alice@im.example>;tag=s\nTo: <sip:alice@im.example>;tag=n\nCall-ID: sub\nCSeq: 1 "
		 "SUBSCRIBE\n"
		 "Expires: %s\n",
		 expires);
	scene_say(&scene, 5, "proxy", "client", text, NULL);
}

/* Settings that are off, a subscription with this time, and settings that are off once more. */
static void off_and_off_again(const char *expires, const char *subscription_state)
{
	char text[512];

	client_register(1, "");
	registrar(1, "200 OK", GRANTED);
	client_publish(1, "sip:alice@im.example", "Expires: 3600\n", SCENE_SETTINGS_OFF);
	publish_answer(1, "200 OK", "SIP-ETag: e1\nExpires: 3600\n");
	subscribe();
	subscribe_answer(expires);
	snprintf(text, sizeof(text),
		 "NOTIFY sip:alice@10.1.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKnot\n"
		 "From: <sip:alice@im.example>;tag=n\nTo: <sip:alice@im.example>;tag=s\nCall-ID: sub\nCSeq: 1 NOTIFY\n"
		 "Max-Forwards: 70\nEvent: sip-profile\nSubscription-State: %s\n",
		 subscription_state);
	scene_say(&scene, 5, "proxy", "client", text, NULL);
	scene_probe(&scene, 60000);
	client_publish(2, "sip:alice@im.example", "Expires: 3600\nSIP-If-Match: e1\n", SCENE_SETTINGS_OFF);
	publish_answer(2, "200 OK", "SIP-ETag: e2\nExpires: 3600\n");
	scene_probe(&scene, 5000);
	scene_judge(&scene, NULL, false, true);
}

Test(judge_client, a_subscription_in_force_serves)
{
	off_and_off_again("3600", "active;expires=3600");
	cr_expect_eq(verdict_of_id("5.2.4-subscribe"), VERDICT_PASS);
}

/* The package serves other documents, too. */
Test(judge_client, a_subscription_that_names_no_document_decides_nothing)
{
	client_register(1, "");
	registrar(1, "200 OK", GRANTED);
	subscribe_to("application/resource-lists+xml");
	subscribe_answer("3600");
	client_publish(1, "sip:alice@im.example", "Expires: 3600\n", SCENE_SETTINGS_OFF);
	publish_answer(1, "200 OK", "SIP-ETag: e1\nExpires: 3600\n");
	scene_probe(&scene, 60000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.4-subscribe"), VERDICT_INCONC);
}

Test(judge_client, a_subscription_that_ran_out_does_not_serve)
{
	off_and_off_again("30", "active;expires=30");
	cr_expect_eq(verdict_of_id("5.2.4-subscribe"), VERDICT_FAIL);
}

Test(judge_client, a_subscription_that_was_ended_does_not_serve)
{
	off_and_off_again("3600", "Terminated;reason=deactivated");
	cr_expect_eq(verdict_of_id("5.2.4-subscribe"), VERDICT_FAIL);
}

Test(judge_client, a_subscription_before_the_evidence_may_serve)
{
	scene.flow->gaps |= FLOW_GAP_START;
	scene.flow->begin.subscribed = TRI_UNKNOWN;
	client_publish(1, "sip:alice@im.example", "Expires: 3600\nSIP-If-Match: e0\n", SCENE_SETTINGS_OFF);
	publish_answer(1, "200 OK", "SIP-ETag: e1\nExpires: 3600\n");
	scene_probe(&scene, 5000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(scene_verdict(&scene, "5.2.4-subscribe", "subscribed after active=\"false\""), VERDICT_INCONC);
}

Test(judge_client, a_new_registration_asks_for_a_new_subscription)
{
	client_register(1, "");
	registrar(1, "200 OK", "Contact: <sip:alice@10.1.0.1>;expires=20\n");
	client_publish(1, "sip:alice@im.example", "Expires: 20\n", SCENE_SETTINGS_OFF);
	publish_answer(1, "200 OK", "SIP-ETag: e1\nExpires: 20\n");
	subscribe();
	subscribe_answer("3600");
	scene_probe(&scene, 60000);
	client_register(2, "");
	registrar(2, "200 OK", GRANTED);
	client_publish(2, "sip:alice@im.example", "Expires: 3600\n", SCENE_SETTINGS_OFF);
	publish_answer(2, "200 OK", "SIP-ETag: e2\nExpires: 3600\n");
	scene_probe(&scene, 5000);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.4-subscribe"), VERDICT_FAIL);
}

/* --- whose a request is --- */

Test(judge_client, a_register_without_to_is_its_senders)
{
	scene_say(
		&scene, 10, "client", "proxy",
		"REGISTER sip:im.example SIP/2.0\nVia: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKreg1\nMax-Forwards: 70\n"
		"From: <sip:alice@im.example>;tag=c\nCall-ID: creg\nCSeq: 1 REGISTER\n"
		"Contact: <sip:alice@10.1.0.1>;+g.oma.sip-im\nExpires: 3600\n",
		NULL);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.2-1"), VERDICT_FAIL);
}

/* Who registered as sip:alice may write another address of his into From. */
Test(judge_client, a_registered_user_under_another_name)
{
	client_register(1, "");
	registrar(1, "200 OK", GRANTED);
	scene_say(&scene, 10, "client", "proxy",
		  "PUBLISH sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP "
		  "10.1.0.1:5060;branch=z9hG4bKcp1\nMax-Forwards: 70\n"
		  "From: <sip:al@im.example>;tag=p\nTo: <sip:alice@im.example>\nCall-ID: cpub\nCSeq: 1 PUBLISH\n"
		  "P-Preferred-Identity: <sip:alice@im.example>\nEvent: poc-settings\nExpires: 3600\n",
		  NULL);
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.4-2"), VERDICT_PASS);
	cr_expect_eq(verdict_of_id("5.2.4-3"), VERDICT_PASS);
}

/* A lie is a failure, or a warning where the rule is soft; never merely undecided. */
static enum verdict wanted(const struct rule *rule)
{
	enum level level = rule->requirement->level;

	return rule->contested || level == LEVEL_SHOULD || level == LEVEL_NOTE ? VERDICT_WARN : VERDICT_FAIL;
}

/* Returns whether the rule could be broken somewhere; *ret_caught: and was then found. */
static bool break_rule(const struct rule *rule, const struct story *story, bool *ret_caught)
{
	struct flow *broken = NULL;

	*ret_caught = false;
	for (size_t i = 0; i < story->count && !*ret_caught; i++) {
		if (story->txns[i]->occasion != rule->occasion ||
		    edit_apply(story, story->txns[i], rule->broken, rule->broken_count, &broken, NULL) < 0)
			continue;
		scene_judge(&scene, broken, false, true);
		flow_free(broken);
		*ret_caught = scene_verdict(&scene, rule->requirement->id, rule->name) == wanted(rule);
	}
	return *ret_caught;
}

Test(judge_client, every_rule_that_passed_can_fail)
{
	struct story story;
	bool caught;

	good_story();
	scene.passworded = true;
	story_tell(&story, scene.flow, &scene.profile);
	for (size_t r = 0; r < scene.catalogue.requirement_count; r++) {
		const struct requirement *requirement = scene.catalogue.requirements[r];
		for (size_t k = 0; k < requirement->rule_count; k++) {
			scene_judge(&scene, NULL, false, true);
			if (scene_verdict(&scene, requirement->id, requirement->rules[k].name) != VERDICT_PASS)
				continue;
			break_rule(&requirement->rules[k], &story, &caught);
			cr_expect(caught, "%s (%s)", requirement->id, requirement->rules[k].name);
		}
	}
}

/* As long as Expires can say, 2^32-1 s, is a time that was granted. */
Test(judge_client, registered_for_the_longest_time)
{
	static const char granted[] = "Contact: <sip:alice@10.1.0.1>;expires=4294967295\n"
				      "Service-Route: <sip:orig@scscf.im.example;lr>\n";

	client_register(1, "");
	registrar(1, "200 OK", granted);
	client_publish(1, "sip:alice@im.example", "Expires: 4294967295\n", SCENE_SETTINGS_ON);
	publish_answer(1, "200 OK", "SIP-ETag: e1\nExpires: 4294967295\n");
	scene_judge(&scene, NULL, false, true);
	cr_expect_eq(verdict_of_id("5.2.4-7"), VERDICT_PASS);
}
