/* SPDX-License-Identifier: MIT
 *
 * The peers of the self-proof are what they say: no fault, variant or declared reason is idle, and what useless ones
 * get stands in a table. */
#include "harness/client.h"
#include "harness/null_client.h"
#include "harness/null_peer.h"
#include "harness/prove.h"
#include "harness/server.h"
#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

struct sum {
	uint64_t hash;
};

static void add_flow(void *arg, const struct play *play, struct flow *flow)
{
	struct sum *sum = arg;

	for (size_t i = 0; i < flow->count; i++)
		sum->hash += hash_slice(flow->events[i]->msg.raw, flow->events[i]->time) +
			     (uint64_t)flow->events[i]->path.transport;
}

static uint64_t sum_of(const struct prove_stage *stage, const struct prove_side *side, enum proof_kind kind,
		       size_t number, const char *only)
{
	struct prove_job job = {
		.side = side, .kind = kind, .number = number, .seed = 1, .weather = {.delay = 1000000}, .only = only};
	struct sum sum = {0};
	struct err err = {0};
	struct campaign *campaign = prove_campaign(stage, &job, add_flow, &sum, &err);

	cr_assert_not_null(campaign, "%s", err.text);
	campaign_free(campaign);
	proofs_done(&job.proofs);
	return sum.hash;
}

static void stage_init(struct prove_stage *stage)
{
	static const struct options options = {.shard = {1, 1}, .seed = 1};
	struct err err = {0};

	settings_init();
	cr_assert_eq(prove_stage_init(stage, &options, &err), 0, "%s", err.text);
}

/* Where a fault or a variant may show: the first cases do for most. */
static bool differs(const struct prove_stage *stage, const struct prove_side *side, enum proof_kind kind, size_t number,
		    const char *const *where)
{
	for (; *where; where++)
		if (sum_of(stage, side, kind, number, *where) != sum_of(stage, side, PROOF_BROKEN, 0, *where))
			return true;
	return false;
}

/* In an IMS only the faults are proved that mean something there alone, and elsewhere the others. */
static bool is_proved_here(const struct prove_stage *stage, const struct prove_side *side, size_t fault)
{
	return prove_side_has(side, stage, prove_stage_place(stage, side->tables[PROOF_FAULTS]->list[fault].ids));
}

Test(harness_prove_peers, no_fault_is_idle)
{
	struct prove_stage stage;

	stage_init(&stage);
	for (const struct prove_side *const *side = prove_sides; *side; side++) {
		const struct manners *faults = (*side)->tables[PROOF_FAULTS];

		for (size_t i = 0; i < faults->count; i++) {
			const char *where[] = {faults->list[i].ids, NULL};

			if (is_proved_here(&stage, *side, i))
				cr_expect(differs(&stage, *side, PROOF_FAULTS, i, where), "%s", faults->list[i].name);
		}
	}
	prove_stage_done(&stage);
}

/* What is declared to fall with a fault does. */
static void expect_no_idle_reason(const struct prove_stage *stage, const struct prove_side *side, size_t number)
{
	struct prove_job job = {
		.side = side, .kind = PROOF_FAULTS, .number = number, .seed = 1, .weather = {.delay = 1000000}};
	const struct manners *faults = side->tables[PROOF_FAULTS];
	struct err err = {0};
	struct campaign *campaign = prove_campaign(stage, &job, NULL, NULL, &err);

	cr_assert_not_null(campaign, "%s", err.text);
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		if (manner_elsewhere(faults, number, r->requirement->id))
			cr_expect(r->verdict == VERDICT_WARN || r->verdict == VERDICT_FAIL, "%s: %s",
				  faults->list[number].name, r->requirement->id);
	}
	campaign_free(campaign);
}

Test(harness_prove_peers, no_reason_is_idle)
{
	struct prove_stage stage;

	stage_init(&stage);
	for (const struct prove_side *const *side = prove_sides; *side; side++)
		for (size_t i = 0; i < (*side)->tables[PROOF_FAULTS]->count; i++)
			if (is_proved_here(&stage, *side, i))
				expect_no_idle_reason(&stage, *side, i);
	prove_stage_done(&stage);
}

static void expect_no_idle_variant(const struct prove_stage *stage, const struct prove_side *side,
				   const char *const *where)
{
	const struct manners *variants = side->tables[PROOF_VARIANTS];

	for (size_t i = 0; i < variants->count; i++)
		cr_expect(differs(stage, side, PROOF_VARIANTS, i, where), "%s", variants->list[i].name);
}

Test(harness_prove_peers, no_variant_is_idle)
{
	static const char *const at_server[] = {"12.2.2.2-ok-2", "5.3-response", "6.1.1.5-4",   "12.2.2.2-2",
						"6.1.1.5-2",     "6.1.1.5-5",    "5.3-expires", NULL};
	static const char *const at_client[] = {"5.2.4-2", "5.2.4-9", "5.2.4-subscribe", "5.2.2-publish", "5.2.2-2",
						"5.2.4-1", NULL};
	struct prove_stage stage;

	stage_init(&stage);
	expect_no_idle_variant(&stage, &prove_server, at_server);
	expect_no_idle_variant(&stage, &prove_client, at_client);
	prove_stage_done(&stage);
}

Test(harness_prove_peers, as_many_as_were_asked_for)
{
	cr_expect_geq(SERVER_FAULT_COUNT, 90);
	cr_expect_geq(SERVER_VARIANT_COUNT, 40);
	cr_expect_geq(NULL_PEER_COUNT, 11);
	cr_expect_geq(CLIENT_FAULT_COUNT, 50);
	cr_expect_geq(CLIENT_VARIANT_COUNT, 40);
	cr_expect_geq(NULL_CLIENT_COUNT, 11);
}

/* "server accept  5.3-support p 5.3-response p …": the verdicts' first letters. */
static void put_useless(const struct prove_stage *stage, const struct prove_side *side, size_t number, struct buf *to)
{
	struct prove_job job = {
		.side = side, .kind = PROOF_NULLS, .number = number, .seed = 1, .weather = {.delay = 1000000}};
	struct err err = {0};

	cr_assert_eq(prove_peers(stage, &job, &err), 0, "%s", err.text);
	buf_printf(to, "%-7s%-14s", actor_name(side->actor), side->tables[PROOF_NULLS]->list[number].name);
	for (size_t i = 0; i < job.proofs.count; i++) {
		if (job.proofs.list[i].kind != PROOF_NULLS)
			continue;
		buf_printf(to, " %s %c", stage->catalogue.requirements[job.proofs.list[i].requirement]->id,
			   job.proofs.list[i].text[0]);
	}
	buf_puts(to, "\n");
	proofs_done(&job.proofs);
}

/* What each useless peer gets: a change is made on purpose (BLESS=1), or not at all. */
Test(harness_prove_peers, table_of_useless_peers)
{
	const char *path = SOURCE_ROOT "/tests/harness/prove_nulls.txt";
	struct buf table = {0}, wanted = {0};
	struct prove_stage stage;
	FILE *file;
	int c;

	stage_init(&stage);
	for (const struct prove_side *const *side = prove_sides; *side; side++)
		for (size_t n = 0; n < (*side)->tables[PROOF_NULLS]->count; n++)
			put_useless(&stage, *side, n, &table);
	file = fopen(path, getenv("BLESS") ? "w+" : "r");
	cr_assert_not_null(file);
	if (getenv("BLESS"))
		fputs(table.p, file);
	rewind(file);
	while ((c = fgetc(file)) != EOF)
		buf_putc(&wanted, (char)c);
	fclose(file);
	cr_expect_str_eq(table.p, wanted.p);
	buf_done(&table);
	buf_done(&wanted);
	prove_stage_done(&stage);
}
