/* SPDX-License-Identifier: MIT */
#include "judge/scene.h"
#include "trace/edit.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define GOOD "Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n"

static struct scene scene;

static void setup(void)
{
	scene_init(&scene);
}

static void teardown(void)
{
	scene_done(&scene);
}

TestSuite(judge, .init = setup, .fini = teardown);

static void good_story(void)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_probe(&scene, 3000);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	scene_push(&scene);
	scene_probe(&scene, 6000);
}

#define expect(id, want)                                                                                               \
	cr_expect_eq(scene_verdict(&scene, id, NULL), want, "%s is %s", id,                                            \
		     verdict_name(scene_verdict(&scene, id, NULL)))

static void expect_no_worse(enum verdict most)
{
	for (size_t i = 0; i < scene.count; i++) {
		const struct finding *f = &scene.findings[i];
		cr_expect_leq(f->verdict, most, "%s (%s): %s, expected %s, seen %s, %s", f->requirement, f->rule,
			      verdict_name(f->verdict), f->expected, f->seen, f->reason);
	}
}

Test(judge, a_good_story_passes)
{
	static const char *const passed[] = {
		"5.3-support", "5.3-response", "5.3-expires",      "5.3-no-push",  "6.1.1.5-2",   "6.1.1.5-4",
		"6.1.1.5-6",   "6.1.1.5-7",    "12.2.2.2-trigger", "12.2.2.2-1",   "12.2.2.2-2",  "12.2.2.2-2a",
		"12.2.2.2-2b", "12.2.2.2-2c",  "12.2.2.2-2d",      "12.2.2.2-2e",  "12.2.2.2-2f", "12.2.2.2-2g",
		"12.2.2.2-2h", "12.2.2.2-2i",  "12.2.2.2-any-2",   "12.2.2.2-ok-3"};

	good_story();
	scene_judge(&scene, NULL, true, false);
	expect_no_worse(VERDICT_PASS);
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		expect(passed[i], VERDICT_PASS);
	expect("6.1.1.5-1", VERDICT_NONE);
	expect("12.2.2.2-any-1", VERDICT_NONE);
}

/* Whatever a capture keeps of each message, nobody is blamed for the rest. */
Test(judge, a_good_story_that_is_cut_off_is_never_blamed)
{
	good_story();
	for (size_t bytes = 40; bytes < 2000; bytes += 3) {
		struct flow *flow = scene_snapped(&scene, bytes);

		scene_judge(&scene, flow, true, false);
		scene_expect_no_blame(&scene);
		flow_free(flow);
	}
}

Test(judge, a_violation_that_the_bytes_prove_stays_one_where_bodies_are_cut_off)
{
	struct flow *flow;

	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON,
		      "Accept-Contact: *;+g.oma.sip-im\nEvent: presence\nP-Asserted-Identity: <sip:alice@im.example>\n",
		      "200 OK", NULL);
	scene_probe(&scene, 3000);
	flow = scene_snapped(&scene, 700); /* the settings are longer */
	cr_assert_eq(flow->gaps, FLOW_GAP_CUT);
	scene_judge(&scene, flow, true, false);
	expect("6.1.1.5-2", VERDICT_FAIL);
	flow_free(flow);
	flow = scene_snapped(&scene, scene.flow->events[4]->msg.head_len - 10); /* ends behind the identity */
	scene_judge(&scene, flow, true, false);
	expect("6.1.1.5-2", VERDICT_INCONC);
	cr_expect_eq(scene_verdict(&scene, "6.1.1.5-2", "refused with 489"), VERDICT_INCONC);
	flow_free(flow);
}

TestSuite(judge_refusals, .init = setup, .fini = teardown);

static void refused(const char *head, const char *status, const char *id, enum verdict want)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, head, status, NULL);
	scene_probe(&scene, 3000);
	scene_judge(&scene, NULL, true, false);
	expect(id, want);
}

Test(judge_refusals, no_tag_403)
{
	refused("Event: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n", "403 Forbidden", "6.1.1.5-1",
		VERDICT_PASS);
}

Test(judge_refusals, no_tag_200)
{
	refused("Event: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n", "200 OK", "6.1.1.5-1",
		VERDICT_FAIL);
}

Test(judge_refusals, longer_tag_404)
{
	refused("a: *;+g.oma.sip-im.large-message\nEvent: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n",
		"404 Not Found", "6.1.1.5-1", VERDICT_FAIL);
}

Test(judge_refusals, odd_form_403)
{
	refused("a: *;+G.OMA.SIP-IM=\"TRUE\"\nEvent: poc-settings\nP-Asserted-Identity: <sip:alice@im.example>\n",
		"403 Forbidden", "6.1.1.5-1", VERDICT_FAIL);
}

Test(judge_refusals, event_489_without_allow_events)
{
	refused("Accept-Contact: *;+g.oma.sip-im\nEvent: presence\nP-Asserted-Identity: <sip:alice@im.example>\n",
		"489 Bad Event", "6.1.1.5-2", VERDICT_FAIL);
	cr_expect_eq(scene_verdict(&scene, "6.1.1.5-2", "refused with 489"), VERDICT_PASS);
}

Test(judge_refusals, other_originator)
{
	refused("Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\nP-Asserted-Identity: <sip:bob@im.example>\n",
		"403 Forbidden", "6.1.1.5-3", VERDICT_PASS);
}

Test(judge_refusals, no_originator_though_the_core_asserts)
{
	refused("Accept-Contact: *;+g.oma.sip-im\nEvent: poc-settings\n", "200 OK", "6.1.1.5-3", VERDICT_FAIL);
}

Test(judge_refusals, order_is_a_matter_of_its_own)
{
	refused("Event: presence\nP-Asserted-Identity: <sip:alice@im.example>\n", "489 Bad Event", "6.1.1.5-order",
		VERDICT_FAIL);
	expect("6.1.1.5-1", VERDICT_NONE);
}

Test(judge_refusals, good_but_forbidden)
{
	refused(GOOD, "403 Forbidden", "6.1.1.5-6", VERDICT_FAIL);
}

Test(judge_refusals, trouble_is_undecided)
{
	refused(GOOD, "503 Service Unavailable", "6.1.1.5-6", VERDICT_INCONC);
	expect_no_worse(VERDICT_INCONC);
}

TestSuite(judge_silence, .init = setup, .fini = teardown);

Test(judge_silence, without_proof_of_life_is_undecided)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_OFF, GOOD, "200 OK", "e1");
	scene.flow->watched_until = scene.now + 5000000000ull;
	scene_judge(&scene, NULL, true, false);
	expect("12.2.2.2-1", VERDICT_INCONC);
}

Test(judge_silence, with_proof_of_life_passes)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_OFF, GOOD, "200 OK", "e1");
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	expect("12.2.2.2-1", VERDICT_PASS);
	expect_no_worse(VERDICT_PASS);
}

Test(judge_silence, a_push_that_is_owed_and_does_not_come)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	expect("12.2.2.2-trigger", VERDICT_INCONC); /* it may still come */
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	expect("12.2.2.2-trigger", VERDICT_FAIL);
}

Test(judge_silence, lost_packets_excuse_absence)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	scene_probe(&scene, 2500);
	scene.flow->gaps |= FLOW_GAP_LOST;
	scene_judge(&scene, NULL, true, false);
	expect("12.2.2.2-trigger", VERDICT_INCONC);
}

/* Seen from one end of a network that loses: what is missing may have been said, but what was said here is known. */
Test(judge_silence, a_network_that_loses_excuses_absence)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	scene_probe(&scene, 40000);
	scene.flow->gaps |= FLOW_GAP_LOSSY;
	scene_judge(&scene, NULL, true, false);
	expect("12.2.2.2-trigger", VERDICT_INCONC);
	expect("6.1.1.5-6", VERDICT_PASS);
}

Test(judge_silence, silence_over_a_network_that_loses_has_to_be_long)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_OFF, GOOD, "200 OK", "e1");
	scene_probe(&scene, 31000);
	scene.flow->gaps |= FLOW_GAP_LOSSY;
	scene_judge(&scene, NULL, true, false);
	expect("12.2.2.2-1", VERDICT_INCONC);
	scene_probe(&scene, 2000); /* by now who has something to say has given up repeating it */
	scene_judge(&scene, NULL, true, false);
	expect("12.2.2.2-1", VERDICT_PASS);
}

Test(judge_silence, an_observer_who_stood_still_knows_of_no_silence)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_OFF, GOOD, "200 OK", "e1");
	scene_probe(&scene, 40000);
	scene.flow->gaps |= FLOW_GAP_STOPPED;
	scene_judge(&scene, NULL, true, false);
	expect("12.2.2.2-1", VERDICT_INCONC);
	expect("6.1.1.5-6", VERDICT_PASS);
}

Test(judge_silence, a_push_on_register)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_push(&scene);
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	expect("5.3-no-push", VERDICT_FAIL);
}

Test(judge_silence, a_push_for_inactive_settings)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_OFF, GOOD, "200 OK", "e1");
	scene_push(&scene);
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	expect("12.2.2.2-1", VERDICT_FAIL);
	expect("12.2.2.2-2i", VERDICT_PASS);
}

/* A second push for one PUBLISH, after the session of the first. */
static enum verdict pushed_twice(bool delivered)
{
	scene_deposit(&scene);
	scene_register(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, GOOD, "200 OK", "e1");
	scene_push(&scene);
	if (delivered)
		flow_add_note(scene.flow, scene.flow->events[scene.flow->count - 2]->time, FLOW_NOTE_DELIVERED);
	scene_push(&scene);
	scene_probe(&scene, 2500);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-2i", "once");
}

Test(judge_silence, a_push_again_after_all_was_delivered)
{
	cr_expect_eq(pushed_twice(true), VERDICT_FAIL);
}

Test(judge_silence, a_push_again_after_a_session_that_may_have_delivered_nothing)
{
	cr_expect_eq(pushed_twice(false), VERDICT_INCONC);
}

/* --- every lie that applies to the good story is caught --- */

TestSuite(judge_broken, .init = setup, .fini = teardown);

/* A lie is a failure, or a warning where the rule is soft; never merely undecided. */
static enum verdict wanted(const struct rule *rule)
{
	enum level level = rule->requirement->level;

	return rule->contested || level == LEVEL_SHOULD || level == LEVEL_NOTE ? VERDICT_WARN : VERDICT_FAIL;
}

static unsigned break_rule(const struct rule *rule, const struct story *story)
{
	const char *id = rule->requirement->id;
	struct flow *broken = NULL;
	struct err err = {0};

	for (size_t i = 0; i < story->count; i++) {
		if (story->txns[i]->occasion != rule->occasion)
			continue;
		if (edit_apply(story, story->txns[i], rule->broken, rule->broken_count, &broken, &err) < 0)
			continue;
		scene_judge(&scene, broken, true, false);
		flow_free(broken);
		if (scene_verdict(&scene, id, rule->name) == wanted(rule))
			return 1;
	}
	cr_log_info("%s %s: %s", id, rule->name, err.text);
	return 0;
}

Test(judge_broken, every_rule_that_passed_can_fail)
{
	struct story story;

	good_story();
	story_tell(&story, scene.flow, &scene.profile);
	for (size_t r = 0; r < scene.catalogue.requirement_count; r++) {
		const struct requirement *requirement = scene.catalogue.requirements[r];
		for (size_t k = 0; k < requirement->rule_count; k++) {
			scene_judge(&scene, NULL, true, false);
			if (scene_verdict(&scene, requirement->id, requirement->rules[k].name) != VERDICT_PASS)
				continue;
			cr_expect(break_rule(&requirement->rules[k], &story), "%s (%s) stays %s", requirement->id,
				  requirement->rules[k].name,
				  verdict_name(scene_verdict(&scene, requirement->id, requirement->rules[k].name)));
		}
	}
}

/* --- the ACK to a refusal --- */

TestSuite(judge_ack, .init = setup, .fini = teardown);

/* A push that is refused `after` ms and never acknowledged, the answer being repeated. */
static enum verdict unacknowledged(bool ringing, unsigned after)
{
#define ANSWER(status)                                                                                                 \
	"SIP/2.0 " status "\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKrefused\n"                                   \
	"From: <sip:im@im.example>;tag=f\nTo: <sip:alice@im.example>;tag=u\nCall-ID: refused\nCSeq: 1 INVITE\n"
	scene_register(&scene);
	scene_deposit(&scene);
	scene_publish(&scene, SCENE_SETTINGS_ON, "", "200 OK", "e1");
	scene_say(&scene, 20, "server", "core",
		  "INVITE sip:alice@im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKrefused\n"
		  "Max-Forwards: 70\nFrom: <sip:im@im.example>;tag=f\nTo: <sip:alice@im.example>\nCall-ID: refused\n"
		  "CSeq: 1 INVITE\nContact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\n"
		  "Accept-Contact: *;+g.oma.sip-im;require;explicit\nUser-Agent: IM-serv/OMA1.0 scene/1\n",
		  NULL);
	if (ringing)
		scene_say(&scene, 100, "core", "server", ANSWER("180 Ringing"), NULL);
	scene_say(&scene, after, "core", "server", ANSWER("486 Busy Here"), NULL);
	for (unsigned i = 0; i < 4; i++)
		scene_say(&scene, 500, "core", "server", ANSWER("486 Busy Here"), NULL);
	scene_probe(&scene, 5000);
	scene_judge(&scene, NULL, true, false);
	return scene_verdict(&scene, "12.2.2.2-2", "a refusal is acknowledged");
}

Test(judge_ack, is_missed_where_the_server_still_waits)
{
	cr_expect_eq(unacknowledged(false, 1000), VERDICT_FAIL);
}

Test(judge_ack, is_missed_after_a_long_ringing)
{
	cr_expect_eq(unacknowledged(true, 40000), VERDICT_FAIL, "a provisional answer ends Timer B");
}

Test(judge_ack, is_not_owed_after_timer_b)
{
	cr_expect_eq(unacknowledged(false, 40000), VERDICT_NONE);
}

Test(judge_ack, is_undecided_as_timer_b_ends)
{
	cr_expect_eq(unacknowledged(false, 32000), VERDICT_INCONC);
}
