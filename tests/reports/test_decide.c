/* SPDX-License-Identifier: MIT
 *
 * What decides besides the verdicts: an older campaign, and failures that are known. */
#include "reports/sample.h"
#include "base/mem.h"
#include "reports/baseline.h"
#include "reports/expected.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static bool has_note(const struct campaign *campaign, const char *text)
{
	for (size_t i = 0; i < campaign->note_count; i++)
		if (strstr(campaign->notes[i], text))
			return true;
	return false;
}

#define EXPECT_NOTE(campaign, text) cr_expect(has_note(campaign, text), "%s", text)

/* A finished campaign of one case with one finding, "seen" being what was there. */
static void make(struct sample *sample, enum verdict verdict, const char *seen)
{
	struct finding f = sample_finding("6.1.1.5-1", verdict, 1, seen);
	struct campaign_case *c;

	sample_init(sample, CAMPAIGN_RUN);
	f.case_name = mem_strdup("publish");
	cr_assert_eq(campaign_add_finding(sample->campaign, &f, NULL), 0);
	f = sample_finding("6.1.1.5-2", VERDICT_PASS, 2, "489");
	cr_assert_eq(campaign_add_finding(sample->campaign, &f, NULL), 0);
	c = campaign_add_case(sample->campaign, 1, "publish", NULL);
	c->verdict = verdict;
	sample->campaign->complete = true;
	campaign_settle(sample->campaign);
}

/* --- baseline --- */

static int compare(enum verdict old_verdict, enum verdict new_verdict, const char *note)
{
	struct sample old, new;
	int status;

	make(&old, old_verdict, "x");
	make(&new, new_verdict, "x");
	baseline_compare(new.campaign, old.campaign);
	EXPECT_NOTE(new.campaign, note);
	status = campaign_exit_status(new.campaign);
	sample_done(&old);
	sample_done(&new);
	return status;
}

Test(reports, baseline_tells_what_changed)
{
	cr_expect_eq(compare(VERDICT_PASS, VERDICT_FAIL, "baseline: requirement 6.1.1.5-1 fails now"), 1);
	cr_expect_eq(compare(VERDICT_PASS, VERDICT_FAIL, "baseline: case publish fails now"), 1);
	cr_expect_eq(compare(VERDICT_FAIL, VERDICT_PASS, "baseline: requirement 6.1.1.5-1 is fixed"), 0);
	cr_expect_eq(compare(VERDICT_FAIL, VERDICT_FAIL, "baseline: 0 new failures, 0 fixed, 0 missing, 0 new"), 1);
	cr_expect_eq(compare(VERDICT_PASS, VERDICT_INCONC, "requirement 6.1.1.5-1 is not decided any more"), 3);
	cr_expect_eq(compare(VERDICT_PASS, VERDICT_WARN, "requirement 6.1.1.5-1 is a warning now"), 0);
	cr_expect_eq(compare(VERDICT_PASS, VERDICT_WARN, "0 not decided any more, 2 new warnings"), 0);
	cr_expect_eq(compare(VERDICT_WARN, VERDICT_PASS, "requirement 6.1.1.5-1 is fixed"), 0);
	cr_expect_eq(compare(VERDICT_NONE, VERDICT_PASS, "requirement 6.1.1.5-1 was not there then"), 0);
}

/* What was judged and is not any more refuses the campaign, though everything that it judged passed. */
Test(reports, baseline_misses_what_was_judged)
{
	cr_expect_eq(compare(VERDICT_PASS, VERDICT_NONE, "requirement 6.1.1.5-1 is missing: it was judged then"), 1);
	cr_expect_eq(compare(VERDICT_PASS, VERDICT_NONE, "case publish is missing: it was judged then"), 1);
}

Test(reports, baseline_knows_new_and_missing_cases)
{
	struct sample old, new;

	make(&old, VERDICT_PASS, "x");
	make(&new, VERDICT_PASS, "x");
	for (unsigned i = 0; i < 2 * BASELINE_NAMES_MAX; i++) {
		char name[16];

		snprintf(name, sizeof(name), "new-%u", i);
		campaign_add_case(new.campaign, i + 2, name, NULL)->verdict = VERDICT_PASS;
	}
	campaign_add_case(old.campaign, 9, "gone", NULL)->verdict = VERDICT_PASS;
	baseline_compare(new.campaign, old.campaign);
	EXPECT_NOTE(new.campaign, "baseline: case new-0 was not there then");
	EXPECT_NOTE(new.campaign, "baseline: case gone is missing: it was judged then");
	EXPECT_NOTE(new.campaign, "baseline: 0 new failures, 0 fixed, 1 missing, 100 new, 0 not decided any more");
	cr_expect_eq(new.campaign->note_count, BASELINE_NAMES_MAX + 2);
	cr_expect_eq(campaign_exit_status(new.campaign), 1);
	sample_done(&old);
	sample_done(&new);
}

/* --- expected failures --- */

static const char *file_of(const char *text)
{
	const char *path = sample_path("expected.txt");

	sample_write(path, text);
	return path;
}

static int apply(const char *text, enum verdict verdict, const char *note)
{
	struct expected expected;
	struct sample sample;
	struct err err = {0};
	int status;

	make(&sample, verdict, "200 OK");
	cr_assert_eq(expected_read(file_of(text), &expected, &err), 0, "%s", err.text);
	expected_apply(&expected, "2026-06-30", sample.campaign);
	EXPECT_NOTE(sample.campaign, note);
	status = campaign_exit_status(sample.campaign);
	expected_done(&expected);
	sample_done(&sample);
	return status;
}

#define LINE "# known\n\n 6.1.1.5-1 | publish | 200 OK | Ann | 2026-06-30\r\n"

Test(reports, expected_failures_do_not_gate)
{
	cr_expect_eq(apply(LINE, VERDICT_FAIL,
			   "expected failure, line 3: 6.1.1.5-1 in case publish (200 OK; Ann, until "
			   "2026-06-30) fails as expected"),
		     0);
	cr_expect_eq(apply("6.1.1.5-*|*|200|Ann|2027-01-01", VERDICT_FAIL, "fails as expected"), 0);
}

/* "publish" is a case of its own, and none of those whose names begin so. */
Test(reports, another_case_is_not_expected)
{
	struct finding f = sample_finding("6.1.1.5-1", VERDICT_FAIL, 3, "200 OK");
	struct expected expected;
	struct sample sample;

	make(&sample, VERDICT_FAIL, "200 OK");
	f.case_name = mem_strdup("publish-twice");
	cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	campaign_add_case(sample.campaign, 2, "publish-twice", NULL)->verdict = VERDICT_FAIL;
	campaign_settle(sample.campaign);
	cr_assert_eq(expected_read(file_of(LINE), &expected, NULL), 0);
	expected_apply(&expected, "2026-06-30", sample.campaign);
	cr_expect_eq(campaign_exit_status(sample.campaign), 1);
	expected_done(&expected);
	sample_done(&sample);
}

Test(reports, a_surprise_refuses)
{
	cr_expect_eq(apply(LINE, VERDICT_PASS, "passes: take the line out"), 1);
	cr_expect_eq(apply("6.1.1.5-1|*|404|Ann|2026-07-01\n", VERDICT_FAIL, "fails for another reason, too"), 1);
	cr_expect_eq(apply("6.1.1.5-1|*|200|Ann|2026-06-29\n", VERDICT_FAIL, "has expired"), 1);
	cr_expect_eq(apply("6.1.1.5-1|*|200|Ann|2026-06-29\n", VERDICT_PASS, "has expired"), 1);
	cr_expect_eq(apply("6.1.1.5-1|other|200|Ann|2026-07-01\n", VERDICT_FAIL, "was not exercised"), 1);
	cr_expect_eq(apply("6.1.1.5-1|other|200|Ann|2026-07-01\n", VERDICT_PASS, "was not exercised"), 0);
}

/* What was only counted is not known. */
Test(reports, failures_without_findings_are_not_expected)
{
	struct expected expected;
	struct sample sample;

	make(&sample, VERDICT_FAIL, "200 OK");
	cr_assert_eq(campaign_add_count(sample.campaign, "6.1.1.5-1", VERDICT_FAIL, 1, NULL), 0);
	campaign_settle(sample.campaign);
	cr_assert_eq(expected_read(file_of(LINE), &expected, NULL), 0);
	expected_apply(&expected, "2026-06-30", sample.campaign);
	cr_expect_eq(campaign_exit_status(sample.campaign), 1);
	expected_done(&expected);
	sample_done(&sample);
}

/* The status of a campaign whose failure is expected, and that has another finding of the same requirement beside it.
 */
static int status_beside(enum verdict other, enum verdict of_case)
{
	struct finding f = sample_finding("6.1.1.5-1", other, 3, "nothing");
	struct expected expected;
	struct sample sample;
	int status;

	make(&sample, VERDICT_FAIL, "200 OK");
	cr_assert_eq(campaign_add_finding(sample.campaign, &f, NULL), 0);
	sample.campaign->cases[0].verdict = of_case;
	campaign_settle(sample.campaign);
	cr_assert_eq(expected_read(file_of(LINE), &expected, NULL), 0);
	expected_apply(&expected, "2026-06-30", sample.campaign);
	status = campaign_exit_status(sample.campaign);
	expected_done(&expected);
	sample_done(&sample);
	return status;
}

Test(reports, an_expected_failure_hides_nothing_else)
{
	cr_expect_eq(status_beside(VERDICT_PASS, VERDICT_FAIL), 0);
	cr_expect_eq(status_beside(VERDICT_WARN, VERDICT_FAIL), 0);
	cr_expect_eq(status_beside(VERDICT_INCONC, VERDICT_FAIL), 3);
	cr_expect_eq(status_beside(VERDICT_ERROR, VERDICT_FAIL), 4);
	cr_expect_eq(status_beside(VERDICT_PASS, VERDICT_ERROR), 4);
}

/* What a gate lets pass is stated for all that. */
Test(reports, a_warning_is_stated)
{
	struct sample sample;
	char *text;

	make(&sample, VERDICT_WARN, "200 OK");
	text = sample_report("sctr", sample.campaign, &(struct report_options){0});
	cr_expect_eq(campaign_exit_status(sample.campaign), 0);
	cr_expect_not_null(strstr(text, "No non-conformance was found. What did not hold"), "%s", text);
	free(text);
	sample_done(&sample);
}

/* What the ICS leaves out is the static review's, and no requirement that failed. */
Test(reports, a_claim_fails_no_requirement)
{
	struct sample sample;

	make(&sample, VERDICT_PASS, "403");
	cr_assert_eq(campaign_claim(sample.campaign, "6.1.1.5-3", CLAIM_NO, NULL), 0);
	campaign_settle(sample.campaign);
	cr_expect_eq(campaign_exit_status(sample.campaign), 1);
	cr_expect_eq(campaign_conformance(sample.campaign), 0);
	sample_done(&sample);
}

static void expect_refused(const char *text, const char *message)
{
	struct expected expected;
	struct err err = {0};
	const char *path = file_of(text);
	char *whole = mem_printf("%s%s", path, message);

	cr_expect_eq(expected_read(path, &expected, &err), -EBADMSG);
	cr_expect_str_eq(err.text, whole);
	expected_done(&expected);
	free(whole);
}

Test(reports, expected_files_are_checked)
{
	struct expected expected;
	struct err err = {0};

	expect_refused("a | b | c | d\n", ":1: wants REQUIREMENT | CASE | REASON | OWNER | EXPIRY");
	expect_refused("#\na | b | | d | 2026-01-01\n", ":2: field 3 is empty");
	expect_refused("a|b|c|d|soon\n", ":1: 'soon' is no day: YYYY-MM-DD");
	expect_refused("a|b|c|d|2026-01-01|f", ":1: has more than five fields");
	cr_expect_eq(expected_read("/nowhere/x", &expected, &err), -ENOENT);
	cr_expect_str_eq(err.text, "/nowhere/x: No such file or directory");
	expected_done(&expected);
	for (size_t i = 0; i < sizeof(LINE); i++) {
		char *begin = strndup(LINE, i);

		expected_read(file_of(begin), &expected, NULL);
		expected_done(&expected);
		free(begin);
	}
}

/* The point of the campaign, and what an expected failure is, in the formats that programs gate upon. */
static void check_gates(enum verdict verdict, const char *known, const char *tap_line, const char *junit_line,
			const char *statement)
{
	static const char *const formats[] = {"tap", "junit", "sctr"};
	const char *lines[] = {tap_line, junit_line, statement};
	struct expected expected;
	struct sample sample;

	make(&sample, verdict, "200 OK");
	cr_assert_eq(expected_read(file_of(known), &expected, NULL), 0);
	expected_apply(&expected, "2026-06-30", sample.campaign);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		char *text = sample_report(formats[i], sample.campaign, &(struct report_options){0});

		cr_expect_not_null(strstr(text, lines[i]), "%s is not in %s", lines[i], text);
		free(text);
	}
	expected_done(&expected);
	sample_done(&sample);
}

Test(reports, expected_failures_in_every_format)
{
	check_gates(VERDICT_FAIL, LINE,
		    "(fail) # TO"
		    "DO expected\n",
		    "<skipped type=\"expected\" message=\"1 of 1 did not hold; 200 OK",
		    "The implementation does not conform");
	check_gates(VERDICT_FAIL, "# none\n", "(fail)\n", "<failure type=\"fail\"",
		    "The implementation does not conform");
	check_gates(VERDICT_PASS, LINE,
		    " - campaign (fail): it is not what the baseline or the list of expected failures wants: see the "
		    "notes\n",
		    "<failure type=\"fail\" message=\"it is not what the baseline", "No non-conformance was found");
}

static size_t count_of(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		n++;
	}
	return n;
}

/* Of the requirement and of the case; nothing is said where there is none. */
Test(reports, expected_failures_in_json)
{
	struct expected expected;
	struct sample sample;
	char *text;

	make(&sample, VERDICT_FAIL, "200 OK");
	cr_assert_eq(expected_read(file_of(LINE), &expected, NULL), 0);
	text = sample_report("json", sample.campaign, &(struct report_options){0});
	cr_expect_eq(count_of(text, "\"known\""), 0);
	free(text);
	expected_apply(&expected, "2026-06-30", sample.campaign);
	text = sample_report("json", sample.campaign, &(struct report_options){0});
	cr_expect_eq(count_of(text, "\"known\": true"), 2, "%s", text);
	free(text);
	expected_done(&expected);
	sample_done(&sample);
}
