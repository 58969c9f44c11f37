/* SPDX-License-Identifier: MIT
 *
 * A server that answers from another port than it listens on: that it is alive shows there. */
#include "judge/scene.h"

#include <criterion/criterion.h>

static struct scene scene;

static void setup(void)
{
	scene_init(&scene);
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge_other_port, .init = setup, .fini = teardown);

/* Silence after a REGISTER; then who answered it says something, or the core alone. */
static enum verdict silence(const char *answers, const char *lives)
{
	scene_deposit(&scene);
	scene_say(
		&scene, 10, "core", "server",
		"REGISTER sip:10.0.0.2 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKr\nFrom: "
		"<sip:scscf@10.0.0.1>;tag=r\nTo: <sip:alice@im.example>\nCall-ID: r\nCSeq: 1 REGISTER\nExpires: 3600\n"
		"Contact: <sip:scscf@10.0.0.1>\nMax-Forwards: 69\n",
		NULL);
	scene_say(
		&scene, 2, answers, "core",
		"SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKr\nFrom: <sip:scscf@10.0.0.1>;tag=r\nTo: "
		"<sip:alice@im.example>;tag=s\nCall-ID: r\nCSeq: 1 REGISTER\nExpires: 3600\n",
		NULL);
	scene_probe_host(&scene, 3000, lives);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "5.3-no-push", NULL);
}

Test(judge_other_port, it_lives_where_it_answers_from)
{
	cr_expect_eq(silence("server's other port", "server's other port"), VERDICT_PASS);
	scene_expect_no_blame(&scene);
}

Test(judge_other_port, the_life_of_another_is_none_of_its)
{
	cr_expect_eq(silence("server's other port", "core"), VERDICT_INCONC);
}

Test(judge_other_port, where_it_has_answered_nothing_it_is_not_known)
{
	cr_expect_eq(silence("server", "server's other port"), VERDICT_INCONC);
}
