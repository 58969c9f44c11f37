/* SPDX-License-Identifier: MIT
 *
 * Is the subscription to the metadata in force? Then settings that are off once more ask for no other. */
#include "judge/scene.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct scene scene;

#define REGISTERS "Contact: <sip:alice@10.1.0.1>;+g.oma.sip-im\nExpires: 3600\n"
#define PUBLISHES "Accept-Contact: *;+g.oma.sip-im\nUser-Agent: IM-client/OMA1.0\nEvent: poc-settings\nExpires: 3600\n"
#define METADATA  "Accept: application/vnd.oma.im.deferred-list+xml\n"

static void publishes(unsigned cseq, const char *match)
{
	char more[400], granted[100];

	snprintf(more, sizeof(more), PUBLISHES "%s", match);
	snprintf(granted, sizeof(granted), "SIP-ETag: e%u\nExpires: 3600\n", cseq);
	scene_ask(&scene, (struct scene_request){.method = "PUBLISH",
						 .cseq = cseq,
						 .more = more,
						 .body = SCENE_SETTINGS_OFF,
						 .status = "200 OK",
						 .granted = granted});
}

static void setup(void)
{
	scene_init(&scene);
	scene_ask(&scene, (struct scene_request){.method = "REGISTER",
						 .more = REGISTERS,
						 .status = "200 OK",
						 .granted = "Contact: <sip:alice@10.1.0.1>;expires=3600\n"});
	publishes(1, "");
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge_subscribed, .init = setup, .fini = teardown);

static void subscribes(unsigned cseq, const char *accept, const char *expires, const char *status, const char *granted)
{
	char more[400];

	snprintf(more, sizeof(more), "Event: sip-profile\n%sExpires: %s\n", accept, expires);
	scene_ask(&scene,
		  (struct scene_request){
			  .method = "SUBSCRIBE", .cseq = cseq, .more = more, .status = status, .granted = granted});
}

/* Settings that are off, a minute later. */
static enum verdict off_again(void)
{
	scene_probe(&scene, 60000);
	publishes(2, "SIP-If-Match: e1\n");
	scene_probe(&scene, 5000);
	scene_judge(&scene, NULL, false, true);
	return scene_verdict(&scene, "5.2.4-subscribe", "subscribed after active=\"false\"");
}

Test(judge_subscribed, for_the_time_that_was_granted)
{
	subscribes(1, METADATA, "30", "200 OK", "Expires: 3600\n");
	cr_expect_eq(off_again(), VERDICT_PASS);
}

Test(judge_subscribed, for_the_time_that_was_asked_for)
{
	subscribes(1, METADATA, "30", "200 OK", "");
	cr_expect_eq(off_again(), VERDICT_FAIL);
}

Test(judge_subscribed, for_no_time_that_is_too_long_to_be_one)
{
	subscribes(1, METADATA, "3600", "200 OK", "Expires: 18446744073709551615\n");
	cr_expect_eq(off_again(), VERDICT_PASS);
}

Test(judge_subscribed, perhaps_where_the_answer_was_not_seen)
{
	subscribes(1, METADATA, "3600", NULL, NULL);
	cr_expect_eq(off_again(), VERDICT_INCONC);
}

Test(judge_subscribed, still_where_the_answer_to_a_refresh_was_not_seen)
{
	subscribes(1, METADATA, "3600", "200 OK", "Expires: 3600\n");
	subscribes(2, METADATA, "3600", NULL, NULL);
	cr_expect_eq(off_again(), VERDICT_PASS);
}

Test(judge_subscribed, still_where_a_refresh_was_refused)
{
	subscribes(1, METADATA, "3600", "200 OK", "Expires: 3600\n");
	subscribes(2, METADATA, "3600", "500 Server Internal Error", "");
	cr_expect_eq(off_again(), VERDICT_PASS);
}

/* RFC 6665 4.1.2.2 */
Test(judge_subscribed, not_where_the_server_knows_of_none)
{
	subscribes(1, METADATA, "3600", "200 OK", "Expires: 3600\n");
	subscribes(2, METADATA, "3600", "481 Subscription Does Not Exist", "");
	cr_expect_eq(off_again(), VERDICT_FAIL);
}

Test(judge_subscribed, not_where_it_was_ended)
{
	subscribes(1, METADATA, "3600", "200 OK", "Expires: 3600\n");
	subscribes(2, METADATA, "0", "200 OK", "Expires: 0\n");
	cr_expect_eq(off_again(), VERDICT_FAIL);
}

/* A refresh need not say again what it is for. */
Test(judge_subscribed, by_a_refresh_that_names_no_document)
{
	subscribes(1, METADATA, "30", "200 OK", "Expires: 30\n");
	subscribes(2, "", "3600", "200 OK", "Expires: 3600\n");
	cr_expect_eq(off_again(), VERDICT_PASS);
}
