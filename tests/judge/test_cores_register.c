/* SPDX-License-Identifier: MIT
 *
 * 5.3 in a capture: a core may write its third-party REGISTER in the user's name. It is told from the user's own by who
 * sends it. */
#include "judge/scene.h"
#include "trace/story.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct scene scene;

static void setup(void)
{
	scene_init(&scene);
	scene.flow->label = SLICE_NONE; /* a capture's */
	scene.flow->gaps = FLOW_GAP_START;
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge_cores_register, .init = setup, .fini = teardown);

#define GOOD "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\n"

/* A REGISTER in alice's name, and what was granted. */
static void registers(const char *from, const char *to, const char *call, const char *granted)
{
	static const char head[] = "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK%s\n"
				   "From: <sip:alice@im.example>;tag=a\nTo: <sip:alice@im.example>%s\nCall-ID: %s\n"
				   "CSeq: 1 REGISTER\n%s";
	char text[1024], lines[600];

	snprintf(lines, sizeof(lines), head, call, "", call,
		 "Max-Forwards: 70\nContact: <sip:alice@10.1.0.1>;+g.oma.sip-im\nExpires: 3600\n");
	snprintf(text, sizeof(text), "REGISTER sip:im.example SIP/2.0\n%s", lines);
	scene_say(&scene, 10, from, to, text, NULL);
	snprintf(lines, sizeof(lines), head, call, ";tag=t", call, granted);
	snprintf(text, sizeof(text), "SIP/2.0 200 OK\n%s", lines);
	scene_say(&scene, 5, to, from, text, NULL);
}

static void expect_expires(enum verdict want)
{
	scene_probe(&scene, 60000);
	scene_judge(&scene, NULL, true, true);
	cr_expect_eq(scene_verdict(&scene, "5.3-expires", NULL), want);
	cr_expect_neq(scene_verdict(&scene, "5.2.4-9", NULL), VERDICT_FAIL);
	cr_expect_eq(scene_verdict(&scene, "5.2.2-refresh", NULL), VERDICT_NONE);
}

/* scene_publish() has the Vias of the client and of the core. */
Test(judge_cores_register, by_whoever_sends_on_the_publish)
{
	registers("client", "proxy", "own", "Contact: <sip:alice@10.1.0.1>;expires=3600\n");
	registers("core", "server", "core", "Expires: 77\n");
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	expect_expires(VERDICT_FAIL);
}

Test(judge_cores_register, by_whoever_is_named_as_the_core)
{
	registers("core", "server", "core", "Expires: 3600\n");
	flow_peer(scene.flow, &scene.flow->events[0]->path.src)->role = FLOW_ROLE_CORE;
	flow_peer(scene.flow, &scene.flow->events[0]->path.dst)->role = FLOW_ROLE_SERVER;
	flow_peer(scene.flow, &scene.flow->events[0]->path.dst)->server = true;
	expect_expires(VERDICT_PASS);
}

/* A border element registers with the core, which may grant what it likes. */
Test(judge_cores_register, to_a_registrar_that_is_no_im_server)
{
	registers("client", "proxy", "own", "Contact: <sip:alice@10.1.0.1>;expires=3600\n");
	registers("proxy", "core", "border", "Expires: 77\n");
	scene_say(&scene, 10, "proxy", "core",
		  "OPTIONS sip:im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKo\n"
		  "Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKp\nFrom: <sip:alice@im.example>;tag=a\n"
		  "To: <sip:im.example>\nCall-ID: o\nCSeq: 1 OPTIONS\n",
		  NULL);
	expect_expires(VERDICT_NONE);
}

Test(judge_cores_register, the_users_own)
{
	registers("client", "server", "own", "Expires: 77\n");
	expect_expires(VERDICT_NONE);
}
