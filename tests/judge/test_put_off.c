/* SPDX-License-Identifier: MIT
 *
 * 6.1.1.5: a faulty PUBLISH that the server put off (too busy, credentials wanted, a longer time wanted first) decides
 * nothing; a refusal that only looks like that fails. */
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

TestSuite(judge_put_off, .init = setup, .fini = teardown);

#define TAG       "Accept-Contact: *;+g.oma.sip-im\n"
#define EVENT     "Event: poc-settings\n"
#define ALICE     "P-Asserted-Identity: <sip:alice@im.example>\n"
#define BOB       "P-Asserted-Identity: <sip:bob@im.example>\n"
#define BUSY      "503 Service Unavailable\nRetry-After: 5"
#define CHALLENGE "Digest realm=\"im.example\",nonce=\"n\""

static void answered(const char *body, const char *head, const char *status, const char *id, enum verdict want)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, body, head, status, NULL);
	scene_probe(&scene, 3000);
	scene_judge(&scene, NULL, true, false);
	cr_expect_eq(scene_verdict(&scene, id, NULL), want, "%s is %d", id, scene_verdict(&scene, id, NULL));
}

Test(judge_put_off, too_busy_for_the_tag)
{
	answered(SCENE_SETTINGS_ON, EVENT ALICE, BUSY, "6.1.1.5-1", VERDICT_INCONC);
	scene_expect_no_blame(&scene);
}

Test(judge_put_off, too_busy_for_the_event)
{
	answered(SCENE_SETTINGS_ON, TAG "Event: presence\n" ALICE, BUSY, "6.1.1.5-2", VERDICT_INCONC);
	scene_expect_no_blame(&scene);
}

Test(judge_put_off, too_busy_for_the_order)
{
	answered(SCENE_SETTINGS_ON, "Event: presence\n" ALICE, BUSY, "6.1.1.5-order", VERDICT_INCONC);
	scene_expect_no_blame(&scene);
}

Test(judge_put_off, too_busy_for_the_body)
{
	answered("<poc-settings", TAG EVENT ALICE, BUSY, "6.1.1.5-4", VERDICT_INCONC);
	scene_expect_no_blame(&scene);
}

Test(judge_put_off, in_trouble_for_a_while)
{
	answered(SCENE_SETTINGS_ON, EVENT ALICE, "500 Server Internal Error\nRetry-After: 3", "6.1.1.5-1",
		 VERDICT_INCONC);
	scene_expect_no_blame(&scene);
}

Test(judge_put_off, in_trouble_is_no_refusal)
{
	answered(SCENE_SETTINGS_ON, EVENT ALICE, "500 Server Internal Error", "6.1.1.5-1", VERDICT_FAIL);
}

/* RFC 3261 21.5.4: then it is to be taken as a 500. */
Test(judge_put_off, too_busy_for_ever)
{
	answered(SCENE_SETTINGS_ON, EVENT ALICE, "503 Service Unavailable", "6.1.1.5-1", VERDICT_FAIL);
}

Test(judge_put_off, credentials_are_asked_for)
{
	answered(SCENE_SETTINGS_ON, TAG EVENT BOB, "407 Proxy Authentication Required\nProxy-Authenticate: " CHALLENGE,
		 "6.1.1.5-3", VERDICT_INCONC);
	scene_expect_no_blame(&scene);
}

Test(judge_put_off, credentials_are_asked_for_by_a_registrar)
{
	answered("<poc-settings", TAG EVENT ALICE, "401 Unauthorized\nWWW-Authenticate: " CHALLENGE, "6.1.1.5-4",
		 VERDICT_INCONC);
	scene_expect_no_blame(&scene);
}

Test(judge_put_off, a_401_that_asks_for_nothing)
{
	answered(SCENE_SETTINGS_ON, TAG EVENT BOB, "401 Unauthorized", "6.1.1.5-3", VERDICT_FAIL);
}

Test(judge_put_off, a_407_that_asks_as_a_401_would)
{
	answered(SCENE_SETTINGS_ON, TAG EVENT BOB, "407 Proxy Authentication Required\nWWW-Authenticate: " CHALLENGE,
		 "6.1.1.5-3", VERDICT_FAIL);
}

Test(judge_put_off, a_longer_time_is_wanted_before_the_body_is_read)
{
	answered("<poc-settings", TAG EVENT ALICE, "423 Interval Too Brief\nMin-Expires: 86400", "6.1.1.5-4",
		 VERDICT_INCONC);
	scene_expect_no_blame(&scene);
}

/* The answer to the second shows what the server makes of the body. */
Test(judge_put_off, the_same_again_for_the_longer_time)
{
	static const char request[] = "PUBLISH sip:alice@im.example SIP/2.0\n"
				      "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK-%u\nMax-Forwards: 69\n"
				      "From: <sip:alice@im.example>;tag=a\nTo: <sip:alice@im.example>\n"
				      "Call-ID: again\nCSeq: %u PUBLISH\nExpires: %u\n" TAG EVENT ALICE
				      "Content-Type: application/poc-settings+xml\n";
	static const char answer[] = "SIP/2.0 %s\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK-%u\n"
				     "From: <sip:alice@im.example>;tag=a\nTo: <sip:alice@im.example>;tag=t\n"
				     "Call-ID: again\nCSeq: %u PUBLISH\n";
	static const char *const statuses[] = {"423 Interval Too Brief\nMin-Expires: 7200", "400 Bad Request"};
	char text[800];

	scene_deposit(&scene);
	scene_register(&scene);
	for (unsigned i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), request, i, i + 1, i ? 7200 : 3600);
		scene_say(&scene, 10, "core", "server", text, "<poc-settings");
		snprintf(text, sizeof(text), answer, statuses[i], i, i + 1);
		scene_say(&scene, 1, "server", "core", text, NULL);
	}
	scene_probe(&scene, 3000);
	scene_judge(&scene, NULL, true, false);
	cr_expect_eq(scene_verdict(&scene, "6.1.1.5-4", NULL), VERDICT_PASS);
	scene_expect_no_blame(&scene);
}

Test(judge_put_off, a_longer_time_than_was_asked_for)
{
	answered("<poc-settings", TAG EVENT ALICE, "423 Interval Too Brief\nMin-Expires: 60", "6.1.1.5-4",
		 VERDICT_FAIL);
}

Test(judge_put_off, the_time_is_looked_at_after_the_originator)
{
	answered(SCENE_SETTINGS_ON, TAG EVENT BOB, "423 Interval Too Brief\nMin-Expires: 86400", "6.1.1.5-3",
		 VERDICT_FAIL);
}
