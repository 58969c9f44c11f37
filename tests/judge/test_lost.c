/* SPDX-License-Identifier: MIT
 *
 * What is missing from the evidence though its answer is there, or though it was acknowledged: no verdict may rest on
 * its absence. Each message of a conforming exchange is taken out in turn. */
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

TestSuite(judge_lost, .init = setup, .fini = teardown);

#define ALICE     "From: <sip:alice@im.example>;tag=a\nTo: <sip:alice@im.example>%s\nCall-ID: %s\nCSeq: %u %s\n"
#define CLIENTS   "Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK%s%u\n"
#define PUBLISHED "Accept-Contact: *;+g.oma.sip-im\nUser-Agent: IM-client/OMA1.0\nEvent: poc-settings\n"
#define NONCE(n)                                                                                                       \
	"Authorization: Digest username=\"alice\", realm=\"im.example\", nonce=\"" n "\", uri=\"sip:im.example\", "    \
	"response=\"0123456789abcdef0123456789abcdef\", algorithm=MD5\n"
#define ASKED(n) "WWW-Authenticate: Digest realm=\"im.example\", nonce=\"" n "\", algorithm=MD5, stale=true\n"

/* A request of the client and its answer, `ms` after what was before. */
static void ask(unsigned ms, const char *method, const char *call, unsigned cseq, const char *more, const char *body,
		const char *status, const char *granted)
{
	bool publish = !strcmp(method, "PUBLISH");
	char text[2048];

	snprintf(text, sizeof(text), "%s sip:%sim.example SIP/2.0\n" CLIENTS "Max-Forwards: 70\n" ALICE "%s%s", method,
		 publish ? "alice@" : "", call, cseq, "", call, cseq, method,
		 publish ? PUBLISHED : "Contact: <sip:alice@10.1.0.1>;+g.oma.sip-im\n", more);
	scene_say(&scene, ms, "client", "proxy", text, body);
	snprintf(text, sizeof(text), "SIP/2.0 %s\n" CLIENTS ALICE "%s", status, call, cseq, ";tag=t", call, cseq,
		 method, granted);
	scene_say(&scene, 2, "proxy", "client", text, NULL);
}

/* The verdicts without that message. */
static void judge_without(size_t number)
{
	struct flow *flow = flow_new(scene.flow->user), *whole = scene.flow;

	flow->begin = whole->begin;
	flow->im = true;
	for (size_t i = 0; i < whole->identity_count; i++)
		flow_add_identity(flow, whole->identities[i]);
	for (size_t i = 0; i < whole->count; i++)
		if (i != number)
			flow_append(flow, whole->events[i]->time, &whole->events[i]->path, whole->events[i]->place,
				    whole->events[i]->msg.raw, NULL);
	for (size_t i = 0; i < flow->peer_count; i++)
		flow->peers[i].alive = scene.now;
	flow->watched_until = scene.now;
	scene_judge(&scene, flow, true, true);
	flow_free(flow);
}

static unsigned passes(const char *id)
{
	unsigned count = 0;

	for (size_t i = 0; i < scene.count; i++)
		count += !strcmp(scene.findings[i].requirement, id) && scene.findings[i].verdict == VERDICT_PASS;
	return count;
}

static void expect_no_failure(size_t without)
{
	for (size_t i = 0; i < scene.count; i++) {
		const struct finding *f = &scene.findings[i];
		cr_expect(f->verdict != VERDICT_FAIL && f->verdict != VERDICT_WARN,
			  "without %zu: %s (%s) is %s, expected %s, seen %s", without, f->requirement, f->rule,
			  verdict_name(f->verdict), f->expected, f->seen);
	}
}

static void expect_reason(const char *id, const char *reason)
{
	for (size_t i = 0; i < scene.count; i++)
		if (!strcmp(scene.findings[i].requirement, id) && scene.findings[i].verdict == VERDICT_INCONC &&
		    !strcmp(scene.findings[i].reason, reason))
			return;
	cr_expect_fail("%s is not left open for this: %s", id, reason);
}

static void challenged_twice(void)
{
	ask(10, "REGISTER", "r", 1, "Expires: 3600\n", NULL, "401 Unauthorized", ASKED("n1"));
	ask(10, "REGISTER", "r", 2, "Expires: 3600\n" NONCE("n1"), NULL, "401 Unauthorized", ASKED("n2"));
	ask(10, "REGISTER", "r", 3, "Expires: 3600\n" NONCE("n2"), NULL, "200 OK",
	    "Contact: <sip:alice@10.1.0.1>;expires=3600\n");
	ask(10, "PUBLISH", "p", 1, "Expires: 3600\nContent-Type: application/poc-settings+xml\n", SCENE_SETTINGS_ON,
	    "200 OK", "SIP-ETag: e1\nExpires: 3600\n");
	scene_probe(&scene, 6000);
}

Test(judge_lost, a_register_whose_answer_is_there)
{
	challenged_twice();
	scene_judge(&scene, NULL, true, true);
	expect_no_failure(99);
	cr_expect_eq(scene_verdict(&scene, "5.2.2-2", NULL), VERDICT_PASS);
	for (size_t i = 0; i < scene.flow->count; i++) {
		judge_without(i);
		expect_no_failure(i);
	}
	judge_without(2);
	expect_reason("5.2.2-2", "a later challenge was seen, whose REGISTER is missing from the evidence");
	judge_without(4);
	expect_reason("5.2.2-2", "a REGISTER is missing from the evidence");
}

static void granted_shortly(void)
{
	static const char granted[] = "Contact: <sip:alice@10.1.0.1>;expires=20\n";

	ask(10, "REGISTER", "r", 1, "Expires: 3600\n", NULL, "200 OK", granted);
	ask(10, "PUBLISH", "p", 1, "Expires: 20\nContent-Type: application/poc-settings+xml\n", SCENE_SETTINGS_ON,
	    "200 OK", "SIP-ETag: e1\nExpires: 20\n");
	ask(10000, "REGISTER", "r", 2, "Expires: 3600\n", NULL, "200 OK", granted);
	ask(10, "PUBLISH", "p", 2, "Expires: 20\nSIP-If-Match: e1\n", NULL, "200 OK", "SIP-ETag: e2\nExpires: 20\n");
	ask(15000, "REGISTER", "r", 3, "Expires: 3600\n", NULL, "200 OK", granted);
	ask(10, "PUBLISH", "p", 3, "Expires: 20\nSIP-If-Match: e2\n", NULL, "200 OK", "SIP-ETag: e3\nExpires: 20\n");
	scene_probe(&scene, 6000);
}

Test(judge_lost, a_refresh_whose_answer_is_there)
{
	granted_shortly();
	scene_judge(&scene, NULL, true, true);
	expect_no_failure(99);
	cr_expect_eq(scene_verdict(&scene, "5.2.2-refresh", NULL), VERDICT_PASS);
	for (size_t i = 0; i < scene.flow->count; i += 2) {
		judge_without(i);
		expect_no_failure(i);
	}
	judge_without(4);
	expect_reason("5.2.2-refresh", "a REGISTER is missing from the evidence");
	judge_without(6);
	expect_reason("5.2.4-1", "a PUBLISH is missing from the evidence");
}

/* More time than for the registration is asked because of the 423; without it nothing is known of that, and nothing
 * passes that did not. */
Test(judge_lost, the_answer_to_the_publish_before)
{
	unsigned whole;

	ask(10, "REGISTER", "r", 1, "Expires: 3600\n", NULL, "200 OK", "Contact: <sip:alice@10.1.0.1>;expires=3600\n");
	ask(10, "PUBLISH", "p", 1, "Expires: 3600\nContent-Type: application/poc-settings+xml\n", SCENE_SETTINGS_ON,
	    "423 Interval Too Brief", "Min-Expires: 7200\n");
	ask(10, "PUBLISH", "q", 1, "Expires: 7200\nContent-Type: application/poc-settings+xml\n", SCENE_SETTINGS_ON,
	    "200 OK", "SIP-ETag: e1\nExpires: 7200\n");
	scene_probe(&scene, 6000);
	scene_judge(&scene, NULL, true, true);
	whole = passes("5.2.4-7");
	judge_without(3);
	expect_no_failure(3);
	cr_expect_eq(passes("5.2.4-7"), whole);
}

/* --- a session --- */

#define SESSION "From: <sip:im@im.example>;tag=f\nTo: <sip:alice@im.example>%s\nCall-ID: c\nCSeq: %u %s\n"

static void server_says(unsigned ms, const char *start, const char *tag, unsigned cseq, const char *method,
			const char *more)
{
	char text[2048];
	bool answer = !strncmp(start, "SIP", 3);

	snprintf(text, sizeof(text), "%s\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK%s%u\n%s" SESSION "%s", start,
		 method, cseq, answer ? "" : "Max-Forwards: 70\n", tag, cseq, method, more);
	scene_say(&scene, ms, answer ? "core" : "server", answer ? "server" : "core", text, NULL);
}

static void client_says(unsigned ms, const char *start, unsigned cseq, const char *method)
{
	bool answer = !strncmp(start, "SIP", 3);
	char text[2048];

	snprintf(text, sizeof(text),
		 "%s\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK%s%u\nFrom: <sip:alice@im.example>;tag=u\n"
		 "To: <sip:im@im.example>;tag=f\nCall-ID: c\nCSeq: %u %s\n",
		 start, method, cseq, cseq, method);
	scene_say(&scene, ms, answer ? "server" : "core", answer ? "core" : "server", text, NULL);
}

static void invite(const char *refresher)
{
	char granted[256];

	snprintf(granted, sizeof(granted),
		 "Contact: <sip:late@10.1.0.1>\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE\nSession-Expires: "
		 "90;refresher=%s\n",
		 refresher);
	scene_register(&scene);
	server_says(10, "INVITE sip:alice@im.example SIP/2.0", "", 1, "INVITE",
		    "Contact: <sip:s@10.0.0.2>;automata;+g.oma.sip-im\nSession-Expires: 90\n");
	server_says(5, "SIP/2.0 180 Ringing", ";tag=u", 1, "INVITE",
		    "Contact: <sip:early@10.1.0.1>\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE\n");
	server_says(5, "SIP/2.0 200 OK", ";tag=u", 1, "INVITE", granted);
	server_says(5, "ACK sip:late@10.1.0.1 SIP/2.0", ";tag=u", 1, "ACK", "");
}

Test(judge_lost, the_answer_that_was_acknowledged)
{
	invite("uac");
	server_says(45000, "UPDATE sip:late@10.1.0.1 SIP/2.0", ";tag=u", 2, "UPDATE", "");
	server_says(5, "SIP/2.0 200 OK", ";tag=u", 2, "UPDATE", "Contact: <sip:late@10.1.0.1>\n");
	scene_probe(&scene, 6000);
	scene_judge(&scene, NULL, true, false);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-3", NULL), VERDICT_PASS);
	judge_without(4);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-any-2", NULL), VERDICT_INCONC);
	cr_expect_neq(scene_verdict(&scene, "12.2.2.2-ok-3", NULL), VERDICT_FAIL);
}

Test(judge_lost, the_clients_refresh_whose_answer_is_there)
{
	invite("uas");
	client_says(45000, "UPDATE sip:s@10.0.0.2 SIP/2.0", 1, "UPDATE");
	client_says(5, "SIP/2.0 200 OK", 1, "UPDATE");
	server_says(20000, "BYE sip:late@10.1.0.1 SIP/2.0", ";tag=u", 2, "BYE", "");
	scene_probe(&scene, 60000);
	for (size_t i = 0; i < 8; i++) {
		judge_without(i);
		cr_expect_eq(passes("12.2.2.2-ok-1"), 0, "without %zu", i);
	}
}

/* Who ends the session before the server has to, shows nothing of the server. */
Test(judge_lost, a_session_that_its_client_ends)
{
	invite("uas");
	client_says(60000, "BYE sip:s@10.0.0.2 SIP/2.0", 1, "BYE");
	client_says(5, "SIP/2.0 200 OK", 1, "BYE");
	scene_probe(&scene, 60000);
	scene_judge(&scene, NULL, true, false);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-ok-1", NULL), VERDICT_NONE);
}

/* What goes to the Contact that was registered comes from the registrar's side, not from the IM Server, and the answer
 * to the REGISTER tells as much as the REGISTER. */
Test(judge_lost, the_register_before_an_invite_to_its_contact)
{
	ask(10, "REGISTER", "r", 1, "Expires: 3600\n", NULL, "200 OK", "Contact: <sip:alice@10.1.0.1>;expires=3600\n");
	ask(10, "PUBLISH", "p", 1, "Expires: 3600\nContent-Type: application/poc-settings+xml\n", SCENE_SETTINGS_ON,
	    "200 OK", "SIP-ETag: e1\nExpires: 3600\n");
	scene_say(
		&scene, 20, "proxy", "client",
		"INVITE sip:alice@10.1.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.1.0.2:5060;branch=z9hG4bKi\nMax-Forwards: 70\n"
		"From: <sip:im@im.example>;tag=f\nTo: <sip:alice@im.example>\nCall-ID: i\nCSeq: 1 INVITE\n"
		"Contact: <sip:s@10.0.0.2>;automata;+g.oma.sip-im\n",
		NULL);
	scene_probe(&scene, 6000);
	scene_judge(&scene, NULL, true, true);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-2a", NULL), VERDICT_NONE);
	judge_without(0);
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-2a", NULL), VERDICT_NONE);
	expect_no_failure(0);
}
