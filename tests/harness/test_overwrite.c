/* SPDX-License-Identifier: MIT */
#include "harness/overwrite.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/imconform-test-XXXXXX";

static void init(void)
{
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	fclose(fopen("old", "w"));
	cr_assert_eq(symlink("old", "link"), 0);
	cr_assert_eq(symlink("nowhere", "dangling"), 0);
	cr_assert_eq(mkfifo("pipe", 0600), 0);
	cr_assert_eq(mkdir("sub", 0700), 0);
}

static void done(void)
{
	static const char *const files[] = {"old", "link", "dangling", "pipe"};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	rmdir("sub");
	rmdir(folder);
}

TestSuite(harness_overwrite, .init = init, .fini = done);

/* `report`: what stands behind -o, or NULL. `why`: NULL where it is allowed. */
static void check(struct options options, const char *report, const char *why)
{
	struct outputs outputs = {0};
	struct err err = {0};
	int r;

	if (report)
		cr_assert_eq(outputs_add(&outputs, report, &err), 0, "%s", err.text);
	r = overwrite_check(&options, &outputs, &err);
	cr_expect_eq(r, why ? -EINVAL : 0, "%s: %d", report, r);
	if (why)
		cr_expect_str_eq(err.text, why);
	outputs_done(&outputs);
}

#define READS(path) .operands = {.items = (const char *[]){path}, .count = 1}

Test(harness_overwrite, what_is_read)
{
	check((struct options){READS("old"), .journal = "old"}, NULL,
	      "old: --journal would overwrite a file that is read");
	check((struct options){READS("old")}, "json:./sub/../link",
	      "./sub/../link: a report would overwrite a file that is read");
	check((struct options){.journal = "old", .baseline = "link"}, NULL,
	      "old: --journal would overwrite --baseline");
	check((struct options){.expected = "old"}, "text:old", "old: a report would overwrite --expected");
	check((struct options){.ixit = "old"}, "text:old", "old: a report would overwrite --ixit");
	check((struct options){.ics = "old"}, "text:old", "old: a report would overwrite --ics");
}

/* Files that do not exist yet are the same, too. */
Test(harness_overwrite, what_is_written)
{
	struct outputs outputs = {0};
	struct err err = {0};

	check((struct options){.journal = "new"}, "json:new", "new: a report would overwrite --journal");
	cr_assert_eq(outputs_add(&outputs, "json:new", &err), 0);
	cr_assert_eq(outputs_add(&outputs, "html:sub/../new", &err), 0);
	cr_expect_eq(overwrite_check(&(struct options){0}, &outputs, &err), -EINVAL);
	cr_expect_str_eq(err.text, "new: a report would overwrite a report");
	outputs_done(&outputs);
}

Test(harness_overwrite, what_cannot_be_lost)
{
	check((struct options){READS("old"), .journal = "sub/old", .baseline = "old"}, "json:new", NULL);
	check((struct options){READS("-"), .journal = "-"}, "json:-", NULL);
	check((struct options){READS("pipe"), .journal = "/dev/null"}, "json:/dev/null", NULL);
	check((struct options){READS("pipe")}, "json:pipe", NULL);
	check((struct options){READS("none/there"), .journal = "none/there"}, NULL, NULL);
	check((struct options){READS("dangling"), .journal = "old"}, "json:sub", NULL);
}
