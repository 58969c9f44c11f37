/* SPDX-License-Identifier: MIT
 *
 * A push on one connection and the answer to its PUBLISH on another: which of them left first. */
#include "judge/scene.h"

#include <criterion/criterion.h>

static struct scene scene;

static void setup(void)
{
	scene_init_capture(&scene);
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge_overtaken, .init = setup, .fini = teardown);

static enum verdict judged(const char *id)
{
	scene_probe(&scene, 60000);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, id, NULL);
}

static struct event *last_event(void)
{
	return (struct event *)scene.flow->events[scene.flow->count - 1];
}

static void publish(void)
{
	scene_say(&scene, 10, "core", "server",
		  "PUBLISH sip:alice@im.example SIP/2.0\nVia: SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKp\n"
		  "Max-Forwards: 70\nFrom: <sip:alice@im.example>;tag=a\nTo: <sip:alice@im.example>\nCall-ID: p\n"
		  "CSeq: 1 PUBLISH\n"
		  "Accept-Contact: *;+g.oma.sip-im\nUser-Agent: IM-client/OMA1.0\nEvent: poc-settings\nExpires: 3600\n"
		  "Content-Type: application/poc-settings+xml\n",
		  SCENE_SETTINGS_ON);
}

static void push_to(const char *host, enum net_transport transport, unsigned ms)
{
	publish();
	scene_say(&scene, 20, "server", host,
		  "INVITE sip:alice@im.example SIP/2.0\nVia: SIP/2.0/TCP 10.0.0.2:5060;branch=z9hG4bKi\n"
		  "Max-Forwards: 70\nFrom: <sip:im@im.example>;tag=f\nTo: <sip:alice@im.example>\nCall-ID: i\n"
		  "CSeq: 1 INVITE\nContact: <sip:s@10.0.0.2>;automata;+g.oma.sip-im\n",
		  NULL);
	last_event()->path.src.port = 40000;
	last_event()->path.transport = transport;
	scene_say(&scene, ms, "server", "core",
		  "SIP/2.0 200 OK\nVia: SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKp\nFrom: <sip:alice@im.example>;tag=a\n"
		  "To: <sip:alice@im.example>;tag=t\nCall-ID: p\nCSeq: 1 PUBLISH\nSIP-ETag: e1\nExpires: 3600\n",
		  NULL);
	last_event()->path.transport = transport;
}

static void push_before_answer(unsigned ms)
{
	push_to("proxy", NET_TCP, ms);
}

/* Ports of their own make no ways of their own, but for connections. */
Test(judge_overtaken, another_port_of_the_same_hosts)
{
	push_to("core", NET_UDP, 100);
	cr_expect_eq(judged("6.1.1.5-7"), VERDICT_FAIL);
}

Test(judge_overtaken, another_connection_between_the_same_hosts)
{
	push_to("core", NET_TCP, 100);
	cr_expect_eq(judged("6.1.1.5-7"), VERDICT_INCONC);
}

Test(judge_overtaken, an_answer_that_may_have_been_overtaken)
{
	push_before_answer(4900);
	cr_expect_eq(judged("6.1.1.5-7"), VERDICT_INCONC);
}

static enum verdict push_before_answer_on_loopback(unsigned ms)
{
	push_before_answer(ms);
	last_event()->path.src.ip[0] = last_event()->path.dst.ip[0] = 127;
	return judged("6.1.1.5-7");
}

/* Where nothing gets lost, a server that is slow to say what it has said already is all that is left. */
Test(judge_overtaken, an_answer_that_little_overtakes_on_loopback)
{
	cr_expect_eq(push_before_answer_on_loopback(249), VERDICT_INCONC);
}

Test(judge_overtaken, an_answer_that_nothing_overtakes_on_loopback)
{
	cr_expect_eq(push_before_answer_on_loopback(250), VERDICT_FAIL);
}

/* Whichever was sent first, the settings that are acted upon ask for the push. */
Test(judge_overtaken, settings_whose_answer_may_have_been_overtaken)
{
	push_before_answer(4900);
	judged("6.1.1.5-7");
	cr_expect_eq(scene_verdict(&scene, "12.2.2.2-1", "a push finds the settings active"), VERDICT_PASS);
}

Test(judge_overtaken, an_answer_that_nothing_overtakes_for_so_long)
{
	push_before_answer(5000);
	cr_expect_eq(judged("6.1.1.5-7"), VERDICT_FAIL);
	cr_expect_neq(scene_verdict(&scene, "12.2.2.2-1", "a push finds the settings active"), VERDICT_PASS);
}

static enum verdict push_before_answer_on_one_way(void)
{
	push_before_answer(20);
	((struct event *)scene.flow->events[scene.flow->count - 2])->path.src.port = 5060;
	return judged("6.1.1.5-7");
}

Test(judge_overtaken, an_answer_that_nothing_overtakes_on_its_way)
{
	cr_expect_eq(push_before_answer_on_one_way(), VERDICT_FAIL);
}

/* An answer before may have been lost. */
Test(judge_overtaken, an_answer_to_one_who_asks_again)
{
	publish();
	cr_expect_eq(push_before_answer_on_one_way(), VERDICT_INCONC);
}

Test(judge_overtaken, an_answer_from_a_loopback_to_elsewhere)
{
	push_before_answer(4900);
	last_event()->path.src.ip[0] = 127;
	cr_expect_eq(judged("6.1.1.5-7"), VERDICT_INCONC);
}
