/* SPDX-License-Identifier: MIT
 *
 * The reference client against the registrar: everything passes, and each single fault is found where it bites. */
#include "client_help.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static void expect_all_pass(const struct campaign *campaign)
{
	struct buf text = {0};

	verdicts_write(campaign, true, &text);
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct requirement *r = campaign->requirements[i].requirement;

		if (r->live && r->condition == CONDITION_ALWAYS)
			cr_assert_eq(campaign->requirements[i].verdict, VERDICT_PASS, "%s:\n%s", r->id, text.p);
	}
	for (size_t i = 0; i < campaign->case_count; i++)
		cr_assert_eq(campaign->cases[i].verdict, VERDICT_PASS, "%s:\n%s", campaign->cases[i].name, text.p);
	buf_done(&text);
}

Test(harness, client_reference_passes)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 1});
	struct buf text = {0};

	if (getenv("SHOW")) {
		verdicts_write(r.campaign, true, &text);
		printf("%s", text.p);
	}
	expect_all_pass(r.campaign);
	cr_assert_gt(r.most_at_once, 8);
	buf_done(&text);
}

/* --- single faults --- */

static const struct requirement *requirement_of(const char *id)
{
	return catalogue_find(rehearsal_catalogue(), id);
}

/* What is contested fails as a warning. */
static bool is_contested(enum client_fault fault)
{
	static const enum client_fault contested[] = {
		CLIENT_FAULT_REGISTER_NO_TAG, CLIENT_FAULT_REGISTER_TAG_IN_URI, CLIENT_FAULT_PUBLISH_CONTACT,
		CLIENT_FAULT_USER_AGENT_LATE, CLIENT_FAULT_EXPIRES_FAR,
	};

	for (size_t i = 0; i < sizeof(contested) / sizeof(contested[0]); i++)
		if (contested[i] == fault)
			return true;
	return false;
}

static void check_fault(enum client_fault fault)
{
	struct rehearsal r = rehearse_client(&(struct client_plan){.seed = 7, .fault = client_fault_name(fault)});
	const char *id = client_fault_breaks(fault);
	struct buf text = {0};

	cr_assert_not_null(requirement_of(id), "%s", id);
	verdicts_write(r.campaign, true, &text);
	cr_expect_eq(verdict_of_requirement(r.campaign, id), is_contested(fault) ? VERDICT_WARN : VERDICT_FAIL,
		     "%s shall break %s:\n%s", client_fault_name(fault), id, text.p);
	buf_done(&text);
}

Test(harness, client_faults_are_found)
{
	for (size_t i = 0; i < CLIENT_FAULT_COUNT; i++)
		check_fault((enum client_fault)i);
}
