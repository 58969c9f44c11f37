/* SPDX-License-Identifier: MIT
 *
 * Which REGISTER of a capture that began late is a first one: only after one of those a PUBLISH is owed for sure. */
#include "judge/scene.h"

#include <criterion/criterion.h>

static struct scene scene;

static void setup(void)
{
	scene_init(&scene);
	scene.flow->begin.registered = scene.flow->begin.published = TRI_UNKNOWN;
	scene.flow->gaps = FLOW_GAP_START;
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge_initial, .init = setup, .fini = teardown);

#define BINDS   "Contact: <sip:alice@10.1.0.1>;+g.oma.sip-im\nExpires: 3600\n"
#define GRANTED "Contact: <sip:alice@10.1.0.1>;expires=3600\n"
#define ASKED   "WWW-Authenticate: Digest realm=\"im.example\", nonce=\"n\", algorithm=MD5\n"
#define ANSWERED                                                                                                       \
	"Authorization: Digest username=\"alice\", realm=\"im.example\", nonce=\"n\", uri=\"sip:im.example\", "        \
	"response=\"0123456789abcdef0123456789abcdef\", algorithm=MD5\n"

static void registers(unsigned cseq, const char *more, const char *status)
{
	const char *granted = !status ? NULL : strncmp(status, "200", 3) ? ASKED : GRANTED;

	scene_ask(&scene,
		  (struct scene_request){
			  .method = "REGISTER", .cseq = cseq, .more = more, .status = status, .granted = granted});
}

/* Nobody publishes. */
static enum verdict judged(void)
{
	scene_probe(&scene, 60000);
	scene_judge(&scene, NULL, false, true);
	return scene_verdict(&scene, "5.2.2-publish", "published after it");
}

Test(judge_initial, the_first_of_its_call)
{
	registers(1, BINDS, "200 OK");
	cr_expect_eq(judged(), VERDICT_FAIL);
}

Test(judge_initial, a_later_one_may_be_a_refresh)
{
	registers(7, BINDS, "200 OK");
	cr_expect_eq(judged(), VERDICT_INCONC);
}

Test(judge_initial, after_a_refusal)
{
	registers(1, BINDS, "300 Multiple Choices");
	registers(2, BINDS, "503 Service Unavailable");
	registers(3, BINDS, "200 OK");
	cr_expect_eq(judged(), VERDICT_FAIL);
}

Test(judge_initial, after_one_of_which_no_answer_was_seen)
{
	registers(1, BINDS, NULL);
	registers(2, BINDS, "200 OK");
	cr_expect_eq(judged(), VERDICT_INCONC);
}

/* What lies between them may have been granted. */
Test(judge_initial, after_a_refusal_and_one_that_is_missing)
{
	registers(1, BINDS, "401 Unauthorized");
	registers(3, BINDS ANSWERED, "200 OK");
	cr_expect_eq(judged(), VERDICT_INCONC);
}

Test(judge_initial, who_comes_without_credentials_and_is_asked_for_them)
{
	registers(7, BINDS, "401 Unauthorized");
	registers(8, BINDS ANSWERED, "200 OK");
	cr_expect_eq(judged(), VERDICT_FAIL);
}

Test(judge_initial, who_is_asked_for_them_and_refused_then)
{
	registers(7, BINDS, "401 Unauthorized");
	registers(8, BINDS ANSWERED, "300 Multiple Choices");
	registers(9, BINDS ANSWERED, "200 OK");
	cr_expect_eq(judged(), VERDICT_FAIL);
}

Test(judge_initial, who_comes_with_credentials_was_there)
{
	registers(7, BINDS ANSWERED, "401 Unauthorized");
	registers(8, BINDS ANSWERED, "200 OK");
	cr_expect_eq(judged(), VERDICT_INCONC);
}

Test(judge_initial, who_is_refused_for_something_else_may_have_been_there)
{
	registers(7, BINDS, "503 Service Unavailable");
	registers(8, BINDS, "200 OK");
	cr_expect_eq(judged(), VERDICT_INCONC);
}

/* He may have published too early. */
Test(judge_initial, after_settings_that_are_the_first_as_well)
{
	scene_ask(&scene, (struct scene_request){.method = "PUBLISH",
						 .more = "Event: poc-settings\nExpires: 3600\n",
						 .body = SCENE_SETTINGS_ON,
						 .status = "200 OK",
						 .granted = "SIP-ETag: e1\nExpires: 3600\n"});
	registers(1, BINDS, "200 OK");
	cr_expect_eq(judged(), VERDICT_FAIL);
}

/* He may be registered still, and be asked for credentials by each refresh. */
Test(judge_initial, who_publishes_while_he_is_asked_for_credentials)
{
	registers(7, BINDS, "401 Unauthorized");
	scene_ask(&scene, (struct scene_request){.method = "PUBLISH",
						 .more = "Event: poc-settings\nExpires: 3600\n",
						 .body = SCENE_SETTINGS_ON});
	judged();
	cr_expect_eq(scene_verdict(&scene, "5.2.2-publish", "not before it succeeded"), VERDICT_NONE);
}
