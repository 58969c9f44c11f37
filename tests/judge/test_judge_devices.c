/* SPDX-License-Identifier: MIT
 *
 * A client that registers several Contacts: in one REGISTER, or as flows of one instance (RFC 5626). */
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

TestSuite(judge_devices, .init = setup, .fini = teardown);

#define IDS                                                                                                            \
	"Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bK%s%u\nFrom: <sip:alice@im.example>;tag=%s\n"                     \
	"To: <sip:alice@im.example>\nCall-ID: %s\nCSeq: %u REGISTER\n"
#define INSTANCE ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\""
#define OWN      "<sip:alice@10.1.0.1>;+g.oma.sip-im"
#define OTHER    "<sip:desk@10.1.0.9:5062;transport=tcp>;audio;q=0.2"

static void registers(const char *call, unsigned cseq, const char *contact)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "REGISTER sip:im.example SIP/2.0\n" IDS "Max-Forwards: 70\nExpires: 3600\nContact: %s\n", call, cseq,
		 call, call, cseq, contact);
	scene_say(&scene, 10, "client", "proxy", text, NULL);
	snprintf(text, sizeof(text), "SIP/2.0 200 OK\n" IDS "Contact: %s;expires=3600\n", call, cseq, call, call, cseq,
		 contact);
	scene_say(&scene, 5, "proxy", "client", text, NULL);
}

static enum verdict judged(const char *id, const char *rule)
{
	scene_probe(&scene, 6000);
	scene_judge(&scene, NULL, false, true);
	return scene_verdict(&scene, id, rule);
}

static const char refresh[] = "the same Call-ID and a higher CSeq", tag[] = "the feature tag in Contact";

Test(judge_devices, a_second_flow_is_a_registration_of_its_own)
{
	registers("one", 1, OWN ";reg-id=1" INSTANCE);
	registers("two", 1, OWN ";reg-id=2" INSTANCE);
	cr_expect_eq(judged("5.2.2-refresh", refresh), VERDICT_NONE);
	registers("one", 2, OWN ";reg-id=1" INSTANCE);
	registers("two", 2, OWN ";reg-id=2" INSTANCE);
	cr_expect_eq(judged("5.2.2-refresh", refresh), VERDICT_PASS);
}

/* What an earlier chapter has seen is remembered with the flow that it was. */
static void remember(const char *reg_id)
{
	struct state *begin = &scene.flow->begin;

	begin->registered = TRI_YES;
	begin->registered_here = begin->device_im = true;
	begin->call_id = SLICE("one");
	begin->cseq = 4;
	begin->contact = SLICE("sip:alice@10.1.0.1");
	begin->reg_id = slice_of(reg_id);
}

Test(judge_devices, a_flow_of_before_keeps_its_call)
{
	remember("1");
	registers("one", 4, OWN ";reg-id=1" INSTANCE);
	cr_expect_eq(judged("5.2.2-refresh", refresh), VERDICT_WARN);
}

Test(judge_devices, beside_a_flow_of_before)
{
	remember("1");
	registers("one", 4, OWN ";reg-id=2" INSTANCE);
	cr_expect_eq(judged("5.2.2-refresh", refresh), VERDICT_NONE);
}

Test(judge_devices, and_keeps_its_own_call)
{
	registers("one", 1, OWN ";reg-id=1" INSTANCE);
	registers("two", 1, OWN ";reg-id=2" INSTANCE);
	registers("three", 1, OWN ";reg-id=2" INSTANCE);
	cr_expect_eq(judged("5.2.2-refresh", refresh), VERDICT_WARN); /* a note */
}

Test(judge_devices, one_flow_has_one_call)
{
	registers("one", 1, OWN);
	registers("two", 1, OWN);
	cr_expect_eq(judged("5.2.2-refresh", refresh), VERDICT_WARN); /* a note */
}

Test(judge_devices, of_two_contacts_one_speaks_im)
{
	registers("one", 1, OWN ";q=0.8, " OTHER);
	registers("one", 2, OTHER ", " OWN ";q=0.8");
	cr_expect_eq(judged("5.2.2-1", NULL), VERDICT_PASS);
	cr_expect_eq(judged("5.2.2-refresh", refresh), VERDICT_NONE); /* whose the first Contact is changes */
}

Test(judge_devices, of_two_contacts_none_speaks_im)
{
	registers("one", 1, "<sip:alice@10.1.0.1>, " OTHER);
	scene.flow->label = SLICE("client-registers"); /* of a run: else it may be no IM Client */
	cr_expect_eq(judged("5.2.2-1", tag), VERDICT_WARN);
}

/* --- the REGISTERs of who can't write --- */

Test(judge_devices, who_can_not_be_read_is_no_core)
{
	scene_say(&scene, 10, "client", "proxy",
		  "REGISTER sip:im.example SIP/2.0\nVia: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKx\nMax-Forwards: 70\n"
		  "From: <sip:alice@im.example;tag=x\nTo: <sip:alice@im.example>\nCall-ID: x\nCSeq: 1 REGISTER\n"
		  "Contact: " OWN "\nExpires: 3600\n",
		  NULL);
	cr_expect_eq(judged("5.2.2-1", "a valid REGISTER"), VERDICT_FAIL);
}

#define ANOTHER ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e129>\""

/* Each of a user's devices publishes for itself, and the settings of one are not those of the other. */
Test(judge_devices, another_instance_owes_what_the_first_has_done)
{
	remember("");
	scene.flow->begin.published = TRI_YES;
	scene.flow->begin.instance = 1;
	registers("two", 1, OWN ANOTHER);
	scene_probe(&scene, 6000);
	registers("two", 2, OWN ANOTHER);
	cr_expect_eq(judged("5.2.2-publish", "published after it"), VERDICT_FAIL);
}
