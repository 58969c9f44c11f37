/* SPDX-License-Identifier: MIT */
#include "reports/sample.h"
#include "base/mem.h"
#include "reports/output.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect_refused(struct outputs *outputs, const char *value, const char *message)
{
	struct err err = {0};

	cr_expect_eq(outputs_add(outputs, value, &err), -EINVAL, "%s", value);
	cr_expect_str_eq(err.text, message);
}

Test(reports, outputs_are_checked_when_they_are_named)
{
	struct outputs outputs = {0};
	struct err err;

	expect_refused(&outputs, "xml:x",
		       "-o xml:x: unknown format; formats are text json junit tap markdown html sctr pcapng");
	expect_refused(&outputs, "", "-o : unknown format; formats are text json junit tap markdown html sctr pcapng");
	expect_refused(&outputs, "json", "-o json: wants FORMAT:PATH, with '-' for standard output");
	expect_refused(&outputs, "json:", "-o json:: wants FORMAT:PATH, with '-' for standard output");
	cr_assert_eq(outputs_add(&outputs, "json:-", &err), 0);
	cr_expect(outputs_own_stdout(&outputs));
	expect_refused(&outputs, "text:-", "-o text:-: another report goes there already");
	cr_assert_eq(outputs_add(&outputs, "json:a:b", &err), 0);
	cr_expect_str_eq(outputs.list[1].path, "a:b");
	expect_refused(&outputs, "tap:a:b", "-o tap:a:b: another report goes there already");
	outputs_done(&outputs);
	cr_assert_eq(outputs_add(&outputs, "text:-", &err), 0);
	cr_expect_not(outputs_own_stdout(&outputs));
	outputs_done(&outputs);
	for (unsigned i = 0; i < OUTPUTS_MAX; i++) {
		char *value = mem_printf("text:%u", i);

		cr_assert_eq(outputs_add(&outputs, value, &err), 0);
		free(value);
	}
	cr_expect_not(outputs_own_stdout(&outputs));
	expect_refused(&outputs, "text:x", "-o text:x: more than 32 reports");
	outputs_done(&outputs);
}

Test(reports, formats_that_are_told_are_those_that_exist)
{
	struct buf names = {0};

	for (const struct report_format *f = report_formats; f->name; f++)
		buf_printf(&names, "%s%s", names.len ? " " : "", f->name);
	cr_expect_str_eq(names.p, report_format_names());
	buf_done(&names);
}

static void add(struct outputs *outputs, const char *format, const char *path)
{
	char *value = mem_printf("%s:%s", format, path);

	cr_assert_eq(outputs_add(outputs, value, NULL), 0);
	free(value);
}

Test(reports, outputs_that_cannot_be_written_are_told_before)
{
	struct outputs outputs = {0};
	struct err err = {0};

	add(&outputs, "json", "/nonexistent/report.json");
	cr_expect_eq(outputs_open(&outputs, &err), -ENOENT);
	cr_expect_str_eq(err.text, "-o json: /nonexistent/report.json: No such file or directory");
	outputs_done(&outputs);
	add(&outputs, "tap", "/tmp");
	cr_expect_eq(outputs_open(&outputs, &err), -EISDIR);
	cr_expect_str_eq(err.text, "-o tap: /tmp: Is a directory");
	outputs_done(&outputs);
}

Test(reports, outputs_replace_the_old_file_only_when_whole)
{
	const char *path = sample_path("report.tap"), *link = sample_path("link.tap");
	struct outputs outputs = {0};
	struct sample sample;
	struct stat st;
	char *text;

	sample_init(&sample, CAMPAIGN_RUN);
	sample_fill(&sample, "");
	sample_write(path, "old");
	cr_assert_eq(chmod(path, 0600), 0);
	cr_assert_eq(symlink(path, link), 0);
	add(&outputs, "tap", link);
	cr_assert_eq(outputs_open(&outputs, NULL), 0);
	text = sample_read(path);
	cr_expect_str_eq(text, "old");
	free(text);
	cr_assert_eq(outputs_write(&outputs, sample.campaign, &(struct report_options){.color = true}, NULL), 0);
	outputs_done(&outputs);
	text = sample_read(path);
	cr_expect_eq(strncmp(text, "TAP version 13\n1..13\n", 21), 0);
	free(text);
	cr_expect_eq(lstat(link, &st), 0);
	cr_expect(S_ISLNK(st.st_mode));
	cr_expect_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600, "%o", st.st_mode);
	add(&outputs, "tap", path);
	cr_assert_eq(outputs_open(&outputs, NULL), 0);
	outputs_done(&outputs);
	text = sample_read(path);
	cr_expect_eq(strncmp(text, "TAP", 3), 0);
	free(text);
	sample_done(&sample);
}

/* One report that fails does not keep the others from being written. */
Test(reports, outputs_go_on_after_a_failure)
{
	const char *path = sample_path("after.json");
	struct outputs outputs = {0};
	struct sample sample;
	struct err err = {0};

	sample_init(&sample, CAMPAIGN_RUN);
	sample_fill(&sample, "");
	add(&outputs, "text", "/dev/full");
	add(&outputs, "json", path);
	cr_expect_eq(outputs_write(&outputs, sample.campaign, &(struct report_options){0}, &err), -EIO);
	cr_expect_str_eq(err.text, "-o text: /dev/full: No space left on device");
	outputs_done(&outputs);
	cr_expect_eq(access(path, R_OK), 0);
	sample_done(&sample);
}
