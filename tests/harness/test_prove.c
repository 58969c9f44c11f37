/* SPDX-License-Identifier: MIT
 *
 * The self-proof proves, and can fail to. */
#include "harness/commands.h"
#include "harness/client.h"
#include "harness/null_client.h"
#include "harness/null_peer.h"
#include "harness/prove_audit.h"
#include "harness/server.h"
#include "base/hash.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/tmp/imconform-test-prove-XXXXXX"

/* What is proved points to its options. */
static struct proving prove(struct options options)
{
	struct options *kept = malloc(sizeof(*kept));
	struct proving proving;
	struct err err = {0};

	*kept = options;
	if (!kept->shard.count)
		kept->shard = (struct option_shard){1, 1};
	kept->seed = 1;
	kept->seeds = 3;
	cr_assert_eq(proving_run(&proving, kept, &err), 0, "%s", err.text);
	return proving;
}

static void done(struct proving *proving)
{
	struct options *kept = (struct options *)proving->stage.options;

	proving_done(proving);
	free(kept);
}

static char *list_of(const struct proving *proving, bool all)
{
	struct buf text = {0};

	buf_puts(&text, "");
	prove_list(proving, all, &text);
	return buf_take(&text);
}

/* --- everything is proved --- */

/* Nothing stands in the table of what captures can't show that they do show. */
static void expect_unseen(const struct proving *proving)
{
	for (const struct prove_unseen *u = prove_unseen; u->id; u++) {
		size_t place = prove_stage_place(&proving->stage, u->id);
		bool needed = false;

		for (size_t i = 0; i < proving->proofs.count; i++) {
			const struct proof *p = &proving->proofs.list[i];

			needed |= p->kind == PROOF_AUDIT && p->requirement == place && !strcmp(p->name, u->name) &&
				  strstr(p->text, u->why);
		}
		cr_expect(needed, "%s %s", u->id, u->name);
	}
}

static void expect_cell(const struct proving *proving, const char *id, enum proof_kind kind, size_t least)
{
	struct proof_cell cell = proving_cell(proving, prove_stage_place(&proving->stage, id), kind);

	cr_expect_geq(cell.count, least, "%s %s: %zu", id, proof_kind_name(kind), cell.count);
	cr_expect(proving_cell_holds(cell));
}

Test(harness_prove, everything_is_proved)
{
	struct proving proving = prove((struct options){0});
	char *open = list_of(&proving, false);

	cr_expect_str_eq(open, "");
	cr_expect(proving_holds(&proving));
	expect_cell(&proving, "6.1.1.5-1", PROOF_FAULTS, 10);
	expect_cell(&proving, "6.1.1.5-1", PROOF_BROKEN, 9);
	expect_cell(&proving, "12.2.2.2-2h", PROOF_VARIANTS, 40);
	expect_cell(&proving, "5.3-no-push", PROOF_NULLS, 11);
	expect_cell(&proving, "12.2.2.2-ok-1", PROOF_WEATHER, 3);
	expect_cell(&proving, "5.2.2-2", PROOF_FAULTS, 7);
	expect_cell(&proving, "5.2.4-8d", PROOF_BROKEN, 3);
	expect_cell(&proving, "5.2.4-9", PROOF_VARIANTS, 40);
	expect_cell(&proving, "5.2.4-subscribe", PROOF_NULLS, 11);
	expect_cell(&proving, "5.2.2-publish", PROOF_WEATHER, 3);
	expect_cell(&proving, "6.1.1.5-6", PROOF_AUDIT, 170);
	expect_cell(&proving, "5.2.4-8", PROOF_AUDIT, 140);
	expect_unseen(&proving);
	free(open);
	done(&proving);
}

Test(harness_prove, threads_and_shards_change_nothing)
{
	static const char *only[] = {"5.3"};
	struct option_list few = {only, 1, 1};
	struct proving one = prove((struct options){.jobs = 1, .only = few}),
		       two = prove((struct options){.jobs = 3, .only = few});
	struct proving half = prove((struct options){.shard = {1, 2}, .only = few});
	struct proving rest = prove((struct options){.shard = {2, 2}, .only = few});
	char *first = list_of(&one, true), *second = list_of(&two, true);

	cr_expect_str_eq(first, second);
	cr_expect_eq(half.proofs.count + rest.proofs.count, one.proofs.count);
	cr_expect_eq(half.campaigns + rest.campaigns, one.campaigns);
	cr_expect(proving_holds(&half) && proving_holds(&rest));
	free(first);
	free(second);
	done(&one);
	done(&two);
	done(&half);
	done(&rest);
}

/* --- what is wrong is found --- */

static void write_clause(char folder[], const char *text)
{
	char path[64];
	FILE *to;

	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/x.lua", folder);
	to = fopen(path, "w");
	fprintf(to, "clause { \"9.9\", \"Made up\", actor = \"server\" }\n%s", text);
	fclose(to);
}

static void remove_clause(const char *folder)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/x.lua", folder);
	unlink(path);
	rmdir(folder);
}

static void expect_open_with(const char *other, const char *step, const char *wanted)
{
	char folder[] = FOLDER;
	const char *folders[] = {folder}, *only[] = {"9.9", other};
	struct options options = {.scenarios = {folders, 1, 1}, .only = {only, other ? 2 : 1, 2}};
	struct proving proving;
	char *open;

	write_clause(folder, step);
	proving = prove(options);
	remove_clause(folder);
	open = list_of(&proving, false);
	cr_expect_not_null(strstr(open, wanted), "%s", open);
	cr_expect_not(proving_holds(&proving));
	free(open);
	done(&proving);
}

static void expect_open(const char *step, const char *wanted)
{
	expect_open_with(NULL, step, wanted);
}

#define PLAY "play { \"made-up\", \"a REGISTER\", function(t) t:user():register {} end, covers = { \"9.9-1\" } }\n"
#define STEP(expect, broken)                                                                                           \
	"step { \"9.9-1\", shall = \"be\", live = \"so\", capture = \"so\", on = third_party_register {}, expect "     \
	"= " expect ", broken = { " broken " } }\n" PLAY

Test(harness_prove, a_check_that_cannot_fail)
{
	expect_open(STEP("answer { class(2, 4) }", "edit(\"answer\", \"status\", 404)"),
		    "NOT    9.9-1 broken: in made-up - the lie is not caught");
}

Test(harness_prove, a_check_that_nothing_passes)
{
	expect_open(STEP("answer { class(3) }", "edit(\"answer\", \"status\", 404)"),
		    "NOT    9.9-1 broken:  - no flow passes it");
}

Test(harness_prove, a_lie_that_breaks_another_requirement)
{
	expect_open(STEP("answer { has(\"Expires\") }",
			 "edit(\"answer\", \"status\", 302), edit(\"answer\", \"remove\", \"Expires\")"),
		    "NOT    9.9-1 broken: in made-up - falls too, undeclared: 5.3-response");
}

Test(harness_prove, a_fault_that_breaks_another_requirement)
{
	expect_open_with("5.3-expires", STEP("answer { has(\"Expires\") }", "edit(\"answer\", \"remove\", \"Expires\")"),
			 "NOT    5.3-expires faults: register-expires-missing - killed by");
}

Test(harness_prove, a_check_that_a_useless_peer_passes)
{
	expect_open(STEP("answer { class(2, 4) }", "edit(\"answer\", \"status\", 302)"),
		    "NOT    9.9-1 nulls: refuse-403 - pass in made-up");
}

Test(harness_prove, a_check_that_a_legal_server_fails)
{
	expect_open(STEP("answer { has(\"Server\") }", "edit(\"answer\", \"remove\", \"Server\")"),
		    "NOT    9.9-1 variants: answers-terse - fail in made-up");
}

/* --- the peers are what they say --- */

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

Test(harness_prove, no_fault_is_idle)
{
	struct prove_stage stage;

	stage_init(&stage);
	for (const struct prove_side *const *side = prove_sides; *side; side++) {
		const struct prove_table *faults = &(*side)->tables[PROOF_FAULTS];

		for (size_t i = 0; i < faults->count; i++) {
			const char *where[] = {faults->ids(i), NULL};

			cr_expect(differs(&stage, *side, PROOF_FAULTS, i, where), "%s", faults->name(i));
		}
	}
	prove_stage_done(&stage);
}

/* What is declared to fall with a fault does. */
static void expect_no_idle_reason(const struct prove_stage *stage, const struct prove_side *side, size_t number)
{
	struct prove_job job = {
		.side = side, .kind = PROOF_FAULTS, .number = number, .seed = 1, .weather = {.delay = 1000000}};
	const struct prove_table *faults = &side->tables[PROOF_FAULTS];
	struct err err = {0};
	struct campaign *campaign = prove_campaign(stage, &job, NULL, NULL, &err);

	cr_assert_not_null(campaign, "%s", err.text);
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		if (faults->elsewhere(number, r->requirement->id))
			cr_expect(r->verdict == VERDICT_WARN || r->verdict == VERDICT_FAIL, "%s: %s", faults->name(number),
				  r->requirement->id);
	}
	campaign_free(campaign);
}

Test(harness_prove, no_reason_is_idle)
{
	struct prove_stage stage;

	stage_init(&stage);
	for (const struct prove_side *const *side = prove_sides; *side; side++)
		for (size_t i = 0; i < (*side)->tables[PROOF_FAULTS].count; i++)
			expect_no_idle_reason(&stage, *side, i);
	prove_stage_done(&stage);
}

static void expect_no_idle_variant(const struct prove_stage *stage, const struct prove_side *side,
				   const char *const *where)
{
	const struct prove_table *variants = &side->tables[PROOF_VARIANTS];

	for (size_t i = 0; i < variants->count; i++)
		cr_expect(differs(stage, side, PROOF_VARIANTS, i, where), "%s", variants->name(i));
}

Test(harness_prove, no_variant_is_idle)
{
	static const char *const at_server[] = {"12.2.2.2-ok-2", "5.3-response", "6.1.1.5-4", "12.2.2.2-2",
						"6.1.1.5-2",     "6.1.1.5-5",    NULL};
	static const char *const at_client[] = {"5.2.4-2", "5.2.4-9", "5.2.4-subscribe", "5.2.2-publish", "5.2.2-2",
						"5.2.4-1", NULL};
	struct prove_stage stage;

	stage_init(&stage);
	expect_no_idle_variant(&stage, &prove_server, at_server);
	expect_no_idle_variant(&stage, &prove_client, at_client);
	prove_stage_done(&stage);
}

Test(harness_prove, as_many_as_were_asked_for)
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
	buf_printf(to, "%-7s%-14s", actor_name(side->actor), side->tables[PROOF_NULLS].name(number));
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
Test(harness_prove, table_of_useless_peers)
{
	const char *path = SOURCE_ROOT "/tests/harness/prove_nulls.txt";
	struct buf table = {0}, wanted = {0};
	struct prove_stage stage;
	FILE *file;
	int c;

	stage_init(&stage);
	for (const struct prove_side *const *side = prove_sides; *side; side++)
		for (size_t n = 0; n < (*side)->tables[PROOF_NULLS].count; n++)
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

/* --- the command --- */

static int call(const char *const *argv)
{
	struct options options;
	struct err err;
	int argc = 0, status;

	while (argv[argc])
		argc++;
	cr_assert_eq(options_parse(&options, argc, (char *const *)argv, NULL, &err), 0, "%s", err.text);
	status = cmd_prove(&options);
	fflush(stdout);
	fflush(stderr);
	options_done(&options);
	return status;
}

#define CALL(...) call((const char *const[]){"imconform", "prove", "--seeds", "2", __VA_ARGS__, NULL})

static struct buf written(FILE *from)
{
	struct buf text = {0};
	int c;

	while ((c = fgetc(from)) != EOF)
		buf_putc(&text, (char)c);
	buf_puts(&text, "");
	return text;
}

static void redirect(void)
{
	cr_redirect_stdout();
	cr_redirect_stderr();
}

TestSuite(harness_prove_command, .init = redirect);

Test(harness_prove_command, prints_a_matrix_that_fits)
{
	int status = CALL("--only", "6.1.1.5-1");
	struct buf out = written(cr_get_redirected_stdout()), talk = written(cr_get_redirected_stderr());

	cr_expect_eq(status, EXIT_PASSED, "%s", out.p);
	cr_expect_not_null(strstr(out.p,
				  "requirement           broken    faults  variants     nulls   weather     audit\n"
				  "6.1.1.5-1                  9        10        56        14         2        90\n\n"
				  "1 of 1 requirements proved in each way, "),
			   "%s", out.p);
	cr_expect_not_null(strstr(talk.p, " campaigns, "), "%s", talk.p);
	for (char *line = strtok(out.p, "\n"); line; line = strtok(NULL, "\n"))
		cr_expect_leq(strlen(line), 80, "%s", line);
	buf_done(&out);
	buf_done(&talk);
}

Test(harness_prove_command, lists_all_proofs)
{
	int status = CALL("--only", "12.2.2.2-2d", "--all", "-q");
	struct buf out = written(cr_get_redirected_stdout());

	cr_expect_eq(status, EXIT_PASSED);
	cr_expect_not_null(strstr(out.p, "held   12.2.2.2-2d faults: invite-no-allow - killed by push-invite"), "%s",
			   out.p);
	cr_expect_not_null(strstr(out.p, "held   12.2.2.2-2d variants: no-allow - warn"), "%s", out.p);
	buf_done(&out);
}

/* Each shows that the cell is proved, and what is behind it. */
static void expect_report(const char *format, const char *cell, const char *behind)
{
	char path[] = "/tmp/imconform-test-prove-report-XXXXXX", option[128];
	struct buf out;
	FILE *from;

	close(mkstemp(path));
	snprintf(option, sizeof(option), "%s:%s", format, path);
	cr_expect_eq(CALL("--only", "12.2.2.2-2d", "-q", "-o", option), EXIT_PASSED);
	from = fopen(path, "r"); /* the file is put in place as a whole */
	cr_assert_not_null(from);
	out = written(from);
	fclose(from);
	unlink(path);
	cr_expect_not_null(strstr(out.p, cell), "%s: %s", format, out.p);
	cr_expect_not_null(strstr(out.p, behind), "%s: %s", format, out.p);
	buf_done(&out);
}

Test(harness_prove_command, reports_in_other_formats)
{
	expect_report("text", "\n12.2.2.2-2d                1         2        56        14         2", "self-proof of IM Server");
	expect_report("markdown", "| 12.2.2.2-2d | 1 | 2 | 56 | 14 | 2 |", "- **12.2.2.2-2d faults** invite-no-allow;");
	expect_report("html", "<tr><th scope=\"row\">12.2.2.2-2d</th><td><details><summary>1</summary>", "invite-no-allow;");
	expect_report("tap", " - case 12.2.2.2-2d faults: 2 of 2 proofs held: invite-no-allow;", "12.2.2.2-2d nulls");
	expect_report("junit", "name=\"12.2.2.2-2d faults\"", "<system-out>2 of 2 proofs held: invite-no-allow;");
	expect_report("json", "\"matrix\":", "\"case\": \"12.2.2.2-2d faults\"");
}

Test(harness_prove_command, nothing_to_prove_is_a_usage_error)
{
	int status = CALL("--only", "12.2.2.2-ims");
	struct buf talk = written(cr_get_redirected_stderr());

	cr_expect_eq(status, EXIT_USAGE);
	cr_expect_str_eq(talk.p, "imconform prove: no requirement is selected that can be proved\n");
	buf_done(&talk);
}

Test(harness_prove_command, a_pattern_that_matches_nothing_is_a_usage_error)
{
	int status = CALL("--only", "7.7");
	struct buf talk = written(cr_get_redirected_stderr());

	cr_expect_eq(status, EXIT_USAGE);
	cr_expect_not_null(strstr(talk.p, "imconform prove: "), "%s", talk.p);
	cr_expect_not_null(strstr(talk.p, "7.7"), "%s", talk.p);
	buf_done(&talk);
}
