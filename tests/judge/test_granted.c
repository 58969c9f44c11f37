/* SPDX-License-Identifier: MIT
 *
 * What the 200 to a REGISTER gives, in its lines and for its time: the way of what the client sends then, and until
 * when he is registered. */
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

TestSuite(judge_granted, .init = setup, .fini = teardown);

#define CONTACT   "<sip:alice@10.1.0.1>"
#define TABLET    "<sip:alice@10.1.0.2>"
#define PUBLISHES "Accept-Contact: *;+g.oma.sip-im\nUser-Agent: IM-client/OMA1.0\nEvent: poc-settings\nExpires: 3600\n"

static void registers(unsigned cseq, const char *expires, const char *granted)
{
	char more[200];

	snprintf(more, sizeof(more), "Contact: " CONTACT ";+g.oma.sip-im%s\n", expires);
	scene_ask(&scene,
		  (struct scene_request){
			  .method = "REGISTER", .cseq = cseq, .more = more, .status = "200 OK", .granted = granted});
}

static void publishes(const char *more)
{
	char lines[800];

	snprintf(lines, sizeof(lines), PUBLISHES "%s", more);
	scene_ask(&scene, (struct scene_request){.method = "PUBLISH",
						 .more = lines,
						 .body = SCENE_SETTINGS_ON,
						 .status = "200 OK",
						 .granted = "SIP-ETag: e1\nExpires: 3600\n"});
}

static enum verdict judged(const char *id, const char *rule)
{
	scene_judge(&scene, NULL, false, true);
	return scene_verdict(&scene, id, rule);
}

/* --- the way --- */

#define ONE   "<sip:one@10.0.0.8;lr>"
#define OTHER "<sip:two@10.0.0.9;lr>"

static enum verdict sent_by(const char *service_route, const char *route)
{
	char granted[400];

	snprintf(granted, sizeof(granted), "Contact: " CONTACT ";expires=3600\n%s", service_route);
	registers(1, "", granted);
	publishes(route);
	return judged("5.2.4-9", NULL);
}

Test(judge_granted, service_routes_in_two_lines)
{
	cr_expect_eq(sent_by("Service-Route: " ONE "\nService-Route: " OTHER "\n", "Route: " ONE ", " OTHER "\n"),
		     VERDICT_PASS);
}

Test(judge_granted, service_routes_in_two_lines_of_which_one_is_taken)
{
	cr_expect_eq(sent_by("Service-Route: " ONE "\nService-Route: " OTHER "\n", "Route: " ONE "\n"), VERDICT_FAIL);
}

Test(judge_granted, service_routes_without_a_blank)
{
	cr_expect_eq(sent_by("Service-Route: " ONE "," OTHER "\n", "Route: " OTHER "\n"), VERDICT_FAIL);
}

/* --- the time --- */

/* A PUBLISH so many seconds after the 200: who is not registered any more must not publish. */
static enum verdict published_after(unsigned seconds)
{
	scene_probe(&scene, seconds * 1000);
	publishes("");
	return judged("5.2.2-publish", "not before it succeeded");
}

/* All bindings are listed (RFC 3261 10.3, step 8), in whatever order. */
Test(judge_granted, the_time_of_the_contact_that_was_asked_for)
{
	registers(1, "", "Contact: " TABLET ";expires=20, " CONTACT ";expires=3600\n");
	cr_expect_eq(published_after(60), VERDICT_PASS);
}

Test(judge_granted, the_time_of_the_contact_is_over)
{
	registers(1, "", "Contact: " TABLET ";expires=3600\nContact: " CONTACT ";expires=20\n");
	cr_expect_eq(published_after(60), VERDICT_FAIL);
}

Test(judge_granted, the_time_of_the_answer)
{
	registers(1, ";expires=3600", "Expires: 20\n");
	cr_expect_eq(published_after(60), VERDICT_FAIL);
}

Test(judge_granted, the_time_that_was_asked_for_where_the_answer_tells_none)
{
	registers(1, ";expires=20", "");
	cr_expect_eq(published_after(60), VERDICT_FAIL);
}

Test(judge_granted, no_time_that_is_too_long_to_be_one)
{
	registers(1, "", "Contact: " CONTACT ";expires=18446744073709551615\n");
	cr_expect_eq(published_after(60), VERDICT_PASS);
}

/* --- who leaves, and who stays --- */

static void leaves(const char *stays)
{
	registers(1, ";expires=3600", "Contact: " CONTACT ";expires=3600\n");
	registers(2, ";expires=0", stays);
}

Test(judge_granted, who_leaves_is_gone)
{
	leaves("");
	cr_expect_eq(published_after(60), VERDICT_FAIL);
}

/* The user is there as long as one of his devices is. */
Test(judge_granted, another_device_stays)
{
	leaves("Contact: " TABLET ";expires=20, <sip:alice@10.1.0.3>;expires=200, <sip:alice@10.1.0.4>;expires=30\n");
	cr_expect_eq(published_after(60), VERDICT_PASS);
}

Test(judge_granted, another_device_stays_for_a_while)
{
	leaves("Contact: " TABLET ";expires=30, <sip:alice@10.1.0.3>;expires=20\n");
	cr_expect_eq(published_after(60), VERDICT_FAIL);
}

/* A registrar may tell of the binding that is gone, too. */
Test(judge_granted, who_leaves_is_no_other_device)
{
	leaves("Contact: " CONTACT ";expires=3600\n");
	cr_expect_eq(published_after(60), VERDICT_PASS, "the registrar has not let him go");
}
