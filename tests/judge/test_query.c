/* SPDX-License-Identifier: MIT
 *
 * A REGISTER without Contact asks for the bindings that there are (RFC 3261 10.2.3): nobody is registered by it. */
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

TestSuite(judge_query, .init = setup, .fini = teardown);

#define VIA(branch) "Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK" branch "\n"
#define ALICE       "From: <sip:alice@im.example>;tag=c\nTo: <sip:alice@im.example>\n"
#define LINES       VIA("r%u") ALICE "Call-ID: reg\nCSeq: %u REGISTER\n"

static void registered(unsigned cseq, const char *contact)
{
	char text[1024];

	snprintf(text, sizeof(text), "REGISTER sip:im.example SIP/2.0\n" LINES "Max-Forwards: 70\n%s", cseq, cseq,
		 contact);
	scene_say(&scene, 10, "client", "proxy", text, NULL);
	snprintf(text, sizeof(text), "SIP/2.0 200 OK\n" LINES "Expires: 3600\n", cseq, cseq);
	scene_say(&scene, 5, "proxy", "client", text, NULL);
}

static enum verdict published(void)
{
	scene_say(&scene, 10, "client", "proxy",
		  "PUBLISH sip:alice@im.example SIP/2.0\n" VIA("p") ALICE
		  "Call-ID: pub\nCSeq: 1 PUBLISH\n"
		  "Accept-Contact: *;+g.oma.sip-im\nUser-Agent: IM-client/OMA1.0\nEvent: poc-settings\nExpires: 3600\n"
		  "Max-Forwards: 70\nContent-Type: application/poc-settings+xml\n",
		  SCENE_SETTINGS_ON);
	scene_judge(&scene, NULL, false, true);
	return scene_verdict(&scene, "5.2.2-publish", "not before it succeeded");
}

Test(judge_query, registers_nobody)
{
	registered(1, "");
	cr_expect_eq(published(), VERDICT_FAIL);
}

Test(judge_query, leaves_who_is_registered_so)
{
	registered(1, "Contact: <sip:alice@10.1.0.1>;+g.oma.sip-im\n");
	registered(2, "");
	cr_expect_eq(published(), VERDICT_PASS);
}
