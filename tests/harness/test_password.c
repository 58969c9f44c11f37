/* SPDX-License-Identifier: MIT */
#include "harness/password.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

static char path[] = "/tmp/imconform-test-XXXXXX";
static char password[PASSWORD_MAX];

static void init(void)
{
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	close(fd);
}

static void done(void)
{
	unlink(path);
}

TestSuite(harness_password, .init = init, .fini = done);

/* A line of so many letters, and what stands behind it. */
static int read_line_of(int len, const char *behind, struct err *err)
{
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	for (int i = 0; i < len; i++)
		fputc('x', file);
	fputs(behind, file);
	cr_assert_eq(fclose(file), 0);
	return password_read(path, password, err);
}

static void refuses(int len, const char *behind, const char *why)
{
	char text[200];
	struct err err = {0};

	cr_expect_eq(read_line_of(len, behind, &err), -EINVAL);
	snprintf(text, sizeof(text), "%s: %s", path, why);
	cr_expect_str_eq(err.text, text);
}

Test(harness_password, the_first_line)
{
	cr_assert_eq(read_line_of(1, "\r\nsecond\n", NULL), 0);
	cr_expect_str_eq(password, "x");
	cr_assert_eq(read_line_of(PASSWORD_MAX - 2, "", NULL), 0);
	cr_expect_eq(strlen(password), PASSWORD_MAX - 2);
	cr_assert_eq(read_line_of(PASSWORD_MAX - 2, "\n", NULL), 0);
	cr_expect_eq(strlen(password), PASSWORD_MAX - 2);
	refuses(0, "", "no password on the first line");
	refuses(0, "\nsecond\n", "no password on the first line");
}

/* Half of a password is none: with it, right responses would seem wrong. */
Test(harness_password, never_a_part_of_it)
{
	refuses(PASSWORD_MAX - 1, "", "a line of more than 1022 bytes");
	refuses(3 * PASSWORD_MAX, "\n", "a line of more than 1022 bytes");
}

Test(harness_password, no_file)
{
	struct err err = {0};

	cr_expect_eq(password_read("/nowhere/pw", password, &err), -ENOENT);
	cr_expect_str_eq(err.text, "/nowhere/pw: No such file or directory");
	cr_expect_eq(password_read("/", password, &err), -EISDIR);
	cr_expect_str_eq(err.text, "/: Is a directory");
}
