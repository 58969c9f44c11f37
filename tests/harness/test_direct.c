/* SPDX-License-Identifier: MIT
 *
 * An IM Server without a core (core.direct): what can be played there is judged, faults are found, and what only a core
 * does is none, with that reason. */
#include "harness_test.h"
#include "runner_help.h"
#include "base/mem.h"

#include <criterion/criterion.h>

TestSuite(harness_direct, .timeout = 120);

static const char *const of_a_core[] = {"5.3-support", "5.3-response", "5.3-expires", "6.1.1.5-3", NULL};

static bool needs_a_core(const char *id)
{
	for (const char *const *other = of_a_core; *other; other++)
		if (!strcmp(*other, id))
			return true;
	return false;
}

Test(harness_direct, the_reference_passes_what_can_be_played)
{
	struct rehearsal r = rehearse(&(struct rehearsal_plan){.seed = 3, .direct = true, .weather = {.delay = MS}});

	cr_expect_eq(campaign_exit_status(r.campaign), 0);
	for (size_t i = 0; i < r.campaign->requirement_count; i++) {
		const struct campaign_requirement *q = &r.campaign->requirements[i];
		bool none = q->requirement->condition == CONDITION_IMS || needs_a_core(q->requirement->id);

		cr_expect_eq(q->verdict, none ? VERDICT_NONE : VERDICT_PASS, "%s: %s", q->requirement->id, q->reason);
		if (needs_a_core(q->requirement->id))
			cr_expect(strstr(q->reason, "there is no core (core.direct)"), "%s", q->reason);
	}
	expect_left_out(r.campaign, "register-initial", "there is no core (core.direct)");
	expect_left_out(r.campaign, "ims-push", "the core is no IMS");
	rehearsal_done(&r);
}

/* What is seen there, where it is not what the fault breaks behind a core; NULL: nothing. */
static const struct {
	enum server_fault fault;
	const char *seen;
} others[] = {
	{FAULT_ORDER_EVENT_ORIGINATOR, NULL}, /* who is not the originator can't be played */
	{FAULT_ORDER_EVENT_PROCESS, "6.1.1.5-2"},
	{FAULT_ROUTE_IGNORED, NULL}, /* who records none, asks for none */
};

static const char *what_is_seen(enum server_fault fault)
{
	const char *breaks = server_faults.list[fault].ids;

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (others[i].fault == fault)
			return others[i].seen;
	return strstr(breaks, "-ims") || needs_a_core(breaks) ? NULL : breaks;
}

static bool is_found(enum server_fault fault, const char *id)
{
	struct rehearsal r = rehearse(&(struct rehearsal_plan){
		.seed = 1, .direct = true, .fault = server_faults.list[fault].name, .weather = {.delay = MS}});
	enum verdict verdict = verdict_of_requirement(r.campaign, id);

	rehearsal_done(&r);
	return verdict == VERDICT_FAIL || verdict == VERDICT_WARN;
}

Test(harness_direct, faults_are_found)
{
	for (enum server_fault fault = 0; fault < SERVER_FAULT_COUNT; fault++) {
		const char *id = what_is_seen(fault);

		cr_expect(!id || is_found(fault, id), "%s breaks %s", server_faults.list[fault].name, id);
	}
}
