/* SPDX-License-Identifier: MIT
 *
 * report, merge and show, as a user sees them. */
#include "cmd_help.h"
#include "base/mem.h"
#include "net/pcapng_write.h"
#include "reports/sample.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>

static void redirect_both(void)
{
	cr_redirect_stdout();
	cr_redirect_stderr();
}

/* The journal of the sample, which has every verdict; its evidence is a capture beside it. */
static const char *make_journal(const char *name, bool warn_only)
{
	const char *path = sample_path(name);
	struct journal *journal;
	struct sample sample;
	struct err err = {0};

	sample_init(&sample, CAMPAIGN_RUN);
	if (!warn_only) {
		sample_fill(&sample, "");
	} else {
		struct finding warn = sample_finding("12.2.2.2-2g", VERDICT_WARN, 1, "x");
		struct finding pass = sample_finding("6.1.1.5-1", VERDICT_PASS, 2, "x");

		campaign_add_finding(sample.campaign, &warn, NULL);
		campaign_add_finding(sample.campaign, &pass, NULL);
		sample.campaign->complete = true;
	}
	cr_assert_eq(journal_create(path, sample.campaign, 0, 1, &journal, &err), 0, "%s", err.text);
	for (size_t i = 0; i < sample.campaign->case_count; i++)
		journal_add_case(journal, &sample.campaign->cases[i], &err);
	cr_assert_eq(journal_close(journal, &err), 0);
	sample_done(&sample);
	return path;
}

static void make_capture(const char *path)
{
	static const char publish[] = "PUBLISH sip:alice@im.example SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\n"
				      "Call-ID: 1\r\nCSeq: 1 PUBLISH\r\nContent-Length: 0\r\n\r\n";
	struct pcapng_message message = {.transport = NET_UDP, .bytes = SLICE(publish)};
	struct pcapng_writer writer;
	FILE *to = fopen(path, "wb");
	struct buf out = {0};

	net_addr_parse(SLICE("127.0.0.1:5060"), 0, &message.src, NULL);
	net_addr_parse(SLICE("127.0.0.1:5070"), 0, &message.dst, NULL);
	pcapng_writer_init(&writer, &out, "test");
	for (unsigned i = 1; i <= 18; i++) {
		message.time = i * 500000000ull;
		if (i == 1 || i == 18 || i == 2)
			pcapng_write_message(&writer, &message);
		else
			pcapng_write_packet(&writer, message.time, SLICE("no packet"), NULL, 0);
	}
	pcapng_writer_done(&writer);
	fwrite(out.p, 1, out.len, to);
	fclose(to);
	buf_done(&out);
}

Test(harness_cmd_report, renders_a_journal, .init = cr_redirect_stdout)
{
	const char *journal = make_journal("j1.jsonl", false);
	char *text;

	cr_expect_eq(CMD_CALL(cmd_report, "report", journal), EXIT_HARNESS);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect(strstr(text, "imconform: run of the IM Server at 127.0.0.1:5070, seed 7\n"));
	cr_expect(strstr(text, "\nHARNESS ERROR: 1 pass, 1 fail, 1 warn, 1 inconc, 4 none, 1 error; the ICS and what "
			       "was seen differ\n"));
	free(text);
}

Test(harness_cmd_report, gates_on_warnings_only_if_strict)
{
	const char *journal = make_journal("warn.jsonl", true);
	char *output = mem_printf("tap:%s", sample_path("warn.tap"));

	cr_expect_eq(CMD_CALL(cmd_report, "report", journal, "-o", output), EXIT_PASSED);
	cr_expect_eq(CMD_CALL(cmd_report, "report", journal, "-o", output, "--strict"), EXIT_FAILED);
	free(output);
}

Test(harness_cmd_report, errors, .init = cr_redirect_stderr)
{
	const char *bad = sample_path("bad");
	char *text, *expected;

	sample_write(bad, "x\n");
	cr_expect_eq(CMD_CALL(cmd_report, "report", bad), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_report, "report", bad, "-o", "json:/nowhere/x"), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_merge, "merge", bad), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_merge, "merge", bad, "--journal", "/nowhere/x"), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_show, "show", "/nowhere/x"), EXIT_USAGE);
	text = cmd_written(cr_get_redirected_stderr());
	expected = mem_printf("imconform report: %s:1: not a journal: no 'campaign' line first\n"
			      "imconform report: -o json: /nowhere/x: No such file or directory\n"
			      "imconform merge: --journal PATH is missing: where the joined journal goes\n"
			      "imconform merge: %s:1: not a journal: no 'campaign' line first\n"
			      "imconform show: /nowhere/x: No such file or directory\n",
			      bad, bad);
	cr_expect_str_eq(text, expected);
	free(expected);
	free(text);
}

Test(harness_cmd_report, merges)
{
	const char *journal = make_journal("j2.jsonl", true), *out = sample_path("merged.jsonl");

	cr_expect_eq(CMD_CALL(cmd_merge, "merge", journal, journal, "--journal", out), EXIT_PASSED);
	cr_expect(journal_probe(out));
}

#define LADDER                                                                                                         \
	"  seconds            127.0.0.1:5060                    127.0.0.1:5070\n"                                      \
	"    0.000                   |- PUBLISH sip:alice@im.example ->|\n"                                            \
	"    0.500                   |- again PUBLISH sip:alice@im.ex…>|\n"                                          \
	"    8.500                   |- again PUBLISH sip:alice@im.ex…>|\n"

Test(harness_cmd_report, shows_the_ladder_of_a_capture, .init = cr_redirect_stdout)
{
	const char *path = sample_path("ladder.pcapng");
	char *text;

	make_capture(path);
	cr_expect_eq(CMD_CALL(cmd_show, "show", path), EXIT_PASSED);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect_str_eq(text, LADDER);
	free(text);
}

/* As a shell's <(command) is: it can't be looked into first. */
Test(harness_cmd_report, shows_the_ladder_of_a_pipe, .init = cr_redirect_stdout)
{
	const char *file = sample_path("pipe.pcapng");
	char path[32], *command = mem_printf("cat %s", file), *text;
	FILE *pipe;

	make_capture(file);
	pipe = popen(command, "r");
	cr_assert_not_null(pipe);
	snprintf(path, sizeof(path), "/dev/fd/%d", fileno(pipe));
	cr_expect_eq(CMD_CALL(cmd_show, "show", path), EXIT_PASSED);
	pclose(pipe);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect_str_eq(text, LADDER);
	free(text);
	free(command);
}

/* The capture lies beside the journal; the sample's failure is at frame 18. */
Test(harness_cmd_report, shows_a_journal_with_its_findings, .init = cr_redirect_stdout)
{
	const char *journal = make_journal("j3.jsonl", false);
	char *text;

	make_capture(sample_path("evidence.pcapng"));
	cr_expect_eq(CMD_CALL(cmd_show, "show", journal), EXIT_PASSED);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect(strstr(text, "evidence.pcapng\n  seconds            127.0.0.1:5060"));
	cr_expect(strstr(text, " IUT 127.0.0.1:5070\n"));
	cr_expect(strstr(text, "    8.500!                  |- PUBLISH sip:alice@im.example ->|\n"
			       "           ! 6.1.1.5-1 fail; expected: the answer has status 403; seen: PUBLISH\n"
			       "           | → 200; case publish-untagged\n"),
		  "%s", text);
	free(text);
}

/* Two campaigns of two implementations stand side by side; what is for one only is refused. */
Test(harness_cmd_report, shows_implementations_side_by_side, .init = redirect_both)
{
	const char *a = make_journal("a.jsonl", false), *b = make_journal("b.jsonl", true),
		   *page = sample_path("ab.html");
	char *output = mem_printf("html:%s", page), *text;

	cr_expect_eq(CMD_CALL(cmd_report, "report", a, b, "-o", output, "-o", "text:-"), EXIT_HARNESS);
	cr_expect_eq(CMD_CALL(cmd_report, "report", a, b, "-o", "json:-"), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_report, "report", a, b, "--baseline", a), EXIT_USAGE);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect(strstr(text, " 1  a: run of the IM Server at 127.0.0.1:5070, seed 7"), "%s", text);
	free(text);
	text = sample_read(page);
	cr_expect(strstr(text, "2 implementations side by side"));
	free(text);
	free(output);
	text = cmd_written(cr_get_redirected_stderr());
	cr_expect_str_eq(
		text,
		"imconform: -o json: has no form for several implementations; text, markdown and html have one\n"
		"imconform report: --baseline and --expected are for one campaign, not for several side by side\n");
	free(text);
}

Test(harness_cmd_report, decides_by_baseline_and_expected_failures, .init = redirect_both)
{
	const char *old = make_journal("old.jsonl", false), *new = make_journal("new.jsonl", true);
	const char *known = sample_path("known.txt");
	char *text;

	sample_write(known, "6.1.1.5-1 | * | 404 | Ann | 2001-01-01\n");
	cr_expect_eq(CMD_CALL(cmd_report, "report", new), EXIT_PASSED);
	cr_expect_eq(CMD_CALL(cmd_report, "report", new, "--baseline", old), EXIT_FAILED);
	cr_expect_eq(CMD_CALL(cmd_report, "report", new, "--baseline", new), EXIT_PASSED);
	cr_expect_eq(CMD_CALL(cmd_report, "report", new, "--expected", known), EXIT_FAILED);
	cr_expect_eq(CMD_CALL(cmd_report, "report", new, "--expected", "/nowhere/x"), EXIT_USAGE);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect(strstr(text, "baseline: requirement 6.1.1.5-2 is missing: it was judged then"), "%s", text);
	cr_expect(strstr(text, "has expired"), "%s", text);
	free(text);
	text = cmd_written(cr_get_redirected_stderr());
	cr_expect_str_eq(text, "imconform report: /nowhere/x: No such file or directory\n");
	free(text);
}

Test(harness_cmd_report, redacts_what_can_be_redacted, .init = redirect_both)
{
	const char *journal = make_journal("secret.jsonl", false);
	char *text;

	cr_expect_eq(CMD_CALL(cmd_report, "report", journal, "--redact"), EXIT_HARNESS);
	cr_expect_eq(CMD_CALL(cmd_report, "report", journal, "--redact", "-o", "pcapng:-"), EXIT_HARNESS);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect_null(strstr(text, "alice"), "%s", text);
	cr_expect(strstr(text, "sip:user-1@host-1.invalid"), "%s", text);
	free(text);
	text = cmd_written(cr_get_redirected_stderr());
	cr_expect_str_eq(text, "imconform: -o pcapng: evidence.pcapng: No such file or directory\n");
	free(text);
}

/* Without the capture there are the ladders that the run drew. */
Test(harness_cmd_report, shows_a_journal_without_its_capture, .init = redirect_both)
{
	const char *journal = make_journal("j4.jsonl", false);
	char *text;

	cr_expect_eq(CMD_CALL(cmd_show, "show", journal), EXIT_PASSED);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect_eq(strncmp(text, "case publish-untagged: fail\nSIP   core      server\n", 51), 0, "%s", text);
	free(text);
}
