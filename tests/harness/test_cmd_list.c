/* SPDX-License-Identifier: MIT
 *
 * list and explain, as a user sees them. */
#include "harness/commands.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>

static int call(int (*command)(const struct options *), const char *const *argv)
{
	struct options options;
	struct err err;
	int argc = 0, status;

	while (argv[argc])
		argc++;
	cr_assert_eq(options_parse(&options, argc, (char *const *)argv, NULL, &err), 0, "%s", err.text);
	status = command(&options);
	fflush(stdout);
	fflush(stderr);
	options_done(&options);
	return status;
}

#define CALL(command, ...) call(command, (const char *const[]){"imconform", __VA_ARGS__, NULL})

/* What was written since the last call; NUL-terminated, to be freed with buf_done. */
static struct buf written(FILE *from)
{
	struct buf text = {0};
	int c;

	while ((c = fgetc(from)) != EOF)
		buf_putc(&text, (char)c);
	buf_putc(&text, '\0');
	return text;
}

Test(harness_cmd_list, a_table_of_80_columns, .init = cr_redirect_stdout)
{
	struct buf text;
	const char *p;
	size_t columns = 0;

	cr_expect_eq(CALL(cmd_list, "list"), EXIT_PASSED);
	fclose(stdout);
	text = written(cr_get_redirected_stdout());
	cr_expect(strstr(text.p, "\n6.1.1.5-1         SHALL     lc "));
	cr_expect(strstr(text.p, "\n5.2.2 IM service registration"));
	cr_expect(strstr(text.p, "\nCASE "));
	for (p = text.p; *p; p++) {
		columns = *p == '\n' ? 0 : columns + (((unsigned char)*p & 0xc0) != 0x80);
		cr_assert_leq(columns, 80, "%.100s", p - 80);
	}
	buf_done(&text);
}

Test(harness_cmd_list, filters, .init = cr_redirect_stdout)
{
	struct buf text;

	cr_expect_eq(CALL(cmd_list, "list", "--only", "5.3", "--skip", "5.3-no-push", "--iut", "server"), EXIT_PASSED);
	fclose(stdout);
	text = written(cr_get_redirected_stdout());
	cr_expect(strstr(text.p, "5.3-support"));
	cr_expect_not(strstr(text.p, "5.3-no-push  "));
	cr_expect_not(strstr(text.p, "6.1.1.5"));
	cr_expect(strstr(text.p, "\n3 requirements "));
	buf_done(&text);
}

Test(harness_cmd_list, json, .init = cr_redirect_stdout)
{
	struct buf text;

	cr_expect_eq(CALL(cmd_list, "list", "--only", "6.1.1.5-1", "-o", "json:-"), EXIT_PASSED);
	fclose(stdout);
	text = written(cr_get_redirected_stdout());
	cr_expect_eq(strncmp(text.p, "{\n \"format\": 1,\n", 16), 0);
	cr_expect(strstr(text.p, "\"id\": \"6.1.1.5-1\""));
	cr_expect(strstr(text.p, "\"level\": \"SHALL\""));
	cr_expect_not(strstr(text.p, "\"id\": \"6.1.1.5-2\""));
	buf_done(&text);
}

Test(harness_cmd_list, errors, .init = cr_redirect_stderr)
{
	struct buf text;

	cr_expect_eq(CALL(cmd_list, "list", "--only", "9.9"), EXIT_USAGE);
	cr_expect_eq(CALL(cmd_list, "list", "--only", "5.3", "--skip", "5.3", "--skip", "*"), EXIT_USAGE);
	cr_expect_eq(CALL(cmd_list, "list", "-o", "html:x"), EXIT_USAGE);
	cr_expect_eq(CALL(cmd_list, "list", "-o", "json"), EXIT_USAGE);
	cr_expect_eq(CALL(cmd_list, "list", "--scenarios", "/nowhere"), EXIT_USAGE);
	cr_expect_eq(CALL(cmd_explain, "explain", "nothing"), EXIT_USAGE);
	cr_expect_eq(CALL(cmd_explain, "explain", "6.1.1-5-6"), EXIT_USAGE);
	cr_expect_eq(CALL(cmd_list, "list", "--only", "tag-anothr"), EXIT_USAGE);
	fclose(stderr);
	text = written(cr_get_redirected_stderr());
	cr_expect_str_eq(text.p, "imconform: --only: '9.9' matches no requirement and no case, see imconform list\n"
				 "imconform: --only and --skip leave nothing to do\n"
				 "imconform: -o: 'html:x', expected text:PATH or json:PATH\n"
				 "imconform: -o: 'json', expected text:PATH or json:PATH\n"
				 "imconform: /nowhere: No such file or directory\n"
				 "imconform: 'nothing' is no requirement and no case, see imconform list\n"
				 "imconform: '6.1.1-5-6' is no requirement and no case (did you mean "
				 "'6.1.1.5-6'?), see imconform list\n"
				 "imconform: --only: 'tag-anothr' matches no requirement and no case (did you mean "
				 "'tag-another'?), see imconform list\n");
	buf_done(&text);
}

Test(harness_cmd_list, explain, .init = cr_redirect_stdout)
{
	struct buf text;

	cr_expect_eq(CALL(cmd_explain, "explain", "5.3-expires", "push-after-publish"), EXIT_PASSED);
	fclose(stdout);
	text = written(cr_get_redirected_stdout());
	cr_expect_eq(strncmp(text.p, "5.3-expires\nclause      5.3 ", 28), 0, "%s", text.p);
	cr_expect(strstr(text.p, "\nlevel       SHALL if there is a core, owed by the IM Server\nobligation  "));
	cr_expect(strstr(text.p, "\n  on        a third-party REGISTER from the core to the IM Server, where "));
	cr_expect(strstr(text.p, "\n  broken by "));
	cr_expect(strstr(text.p, "\n\npush-after-publish\ncase        "));
	buf_done(&text);
}

Test(harness_cmd_list, doctor, .init = cr_redirect_stdout)
{
	struct buf text;

	cr_expect_eq(CALL(cmd_doctor, "doctor", "--seed", "3"), EXIT_PASSED);
	cr_expect_eq(CALL(cmd_doctor, "doctor", "--ixit", "/nowhere", "--only", "9.9"), EXIT_USAGE);
	fclose(stdout);
	text = written(cr_get_redirected_stdout());
	cr_expect(strstr(text.p, "\nok    ports      UDP 127.0.0.1 can be bound\n"));
	cr_expect(strstr(text.p, "\nok    scenarios  "));
	cr_expect(strstr(text.p, "\nok    profile    default\n"));
	cr_expect(strstr(text.p, "\n  seed                     3                                  flag\n"));
	cr_expect(strstr(text.p, "\nWRONG IXIT       /nowhere: No such file or directory\n"));
	cr_expect(strstr(text.p,
			 "\nWRONG filters    --only: '9.9' matches no requirement and no case, see imconform list\n"));
	buf_done(&text);
}
