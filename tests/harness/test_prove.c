/* SPDX-License-Identifier: MIT
 *
 * The self-proof proves, and can fail to. */
#include "cmd_help.h"
#include "harness/prove_audit.h"

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
	expect_cell(&proving, "5.2.2-ims", PROOF_FAULTS, 9);
	expect_cell(&proving, "5.2.4-ims", PROOF_FAULTS, 3);
	expect_cell(&proving, "6.1.1.5-ims", PROOF_FAULTS, 4);
	expect_cell(&proving, "12.2.2.2-ims", PROOF_FAULTS, 4);
	expect_cell(&proving, "5.2.2-ims", PROOF_BROKEN, 16);
	expect_cell(&proving, "12.2.2.2-ims", PROOF_AUDIT, 60);
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
	expect_open_with("5.3-expires",
			 STEP("answer { has(\"Expires\") }", "edit(\"answer\", \"remove\", \"Expires\")"),
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

/* --- the command --- */

#define CALL(...) CMD_CALL(cmd_prove, "prove", "--seeds", "2", __VA_ARGS__)

static void redirect(void)
{
	cr_redirect_stdout();
	cr_redirect_stderr();
}

TestSuite(harness_prove_command, .init = redirect);

Test(harness_prove_command, prints_a_matrix_that_fits)
{
	int status = CALL("--only", "6.1.1.5-1");
	char *out = cmd_written(cr_get_redirected_stdout()), *talk = cmd_written(cr_get_redirected_stderr());

	cr_expect_eq(status, EXIT_PASSED, "%s", out);
	cr_expect_not_null(strstr(out,
				  "requirement           broken    faults  variants     nulls   weather     audit\n"
				  "6.1.1.5-1                 11        11        60        14         2        98\n\n"
				  "1 of 1 requirements proved in each way, "),
			   "%s", out);
	cr_expect_not_null(strstr(talk, " campaigns, "), "%s", talk);
	for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n"))
		cr_expect_leq(strlen(line), 80, "%s", line);
	free(out);
	free(talk);
}

Test(harness_prove_command, lists_all_proofs)
{
	int status = CALL("--only", "12.2.2.2-2d", "--all", "-q");
	char *out = cmd_written(cr_get_redirected_stdout());

	cr_expect_eq(status, EXIT_PASSED);
	cr_expect_not_null(strstr(out, "held   12.2.2.2-2d faults: invite-no-allow - killed by push-invite"), "%s",
			   out);
	cr_expect_not_null(strstr(out, "held   12.2.2.2-2d variants: no-allow - warn"), "%s", out);
	free(out);
}

/* Each shows that the cell is proved, and what is behind it. */
static void expect_report(const char *format, const char *cell, const char *behind)
{
	char path[] = "/tmp/imconform-test-prove-report-XXXXXX", option[128];
	char *out;
	FILE *from;

	close(mkstemp(path));
	snprintf(option, sizeof(option), "%s:%s", format, path);
	cr_expect_eq(CALL("--only", "12.2.2.2-2d", "-q", "-o", option), EXIT_PASSED);
	from = fopen(path, "r"); /* the file is put in place as a whole */
	cr_assert_not_null(from);
	out = cmd_written(from);
	fclose(from);
	unlink(path);
	cr_expect_not_null(strstr(out, cell), "%s: %s", format, out);
	cr_expect_not_null(strstr(out, behind), "%s: %s", format, out);
	free(out);
}

Test(harness_prove_command, reports_in_other_formats)
{
	expect_report("text", "\n12.2.2.2-2d                2         2        60        14         2",
		      "self-proof of IM Server");
	expect_report("markdown", "| 12.2.2.2-2d | 2 | 2 | 60 | 14 | 2 |", "- **12.2.2.2-2d faults** invite-no-allow;");
	expect_report("html", "<tr><th scope=\"row\">12.2.2.2-2d</th><td><details><summary>2</summary>",
		      "invite-no-allow;");
	expect_report("tap", " - case 12.2.2.2-2d faults: 2 of 2 proofs held: invite-no-allow;", "12.2.2.2-2d nulls");
	expect_report("junit", "name=\"12.2.2.2-2d faults\"", "<system-out>2 of 2 proofs held: invite-no-allow;");
	expect_report("json", "\"matrix\":", "\"case\": \"12.2.2.2-2d faults\"");
}

Test(harness_prove_command, nothing_to_prove_is_a_usage_error)
{
	int status = CALL("--only", "5.2.4-indicate");
	char *talk = cmd_written(cr_get_redirected_stderr());

	cr_expect_eq(status, EXIT_USAGE);
	cr_expect_str_eq(talk, "imconform prove: no requirement is selected that can be proved\n");
	free(talk);
}

Test(harness_prove_command, a_pattern_that_matches_nothing_is_a_usage_error)
{
	int status = CALL("--only", "7.7");
	char *talk = cmd_written(cr_get_redirected_stderr());

	cr_expect_eq(status, EXIT_USAGE);
	cr_expect_not_null(strstr(talk, "imconform prove: "), "%s", talk);
	cr_expect_not_null(strstr(talk, "7.7"), "%s", talk);
	free(talk);
}
