/* SPDX-License-Identifier: MIT
 *
 * list and explain, as a user sees them. */
#include "cmd_help.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>

Test(harness_cmd_list, a_table_of_80_columns, .init = cr_redirect_stdout)
{
	char *text;
	const char *p;
	size_t columns = 0;

	cr_expect_eq(CMD_CALL(cmd_list, "list"), EXIT_PASSED);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect(strstr(text, "\n6.1.1.5-1         SHALL     lc "));
	cr_expect(strstr(text, "\n5.2.2 IM service registration"));
	cr_expect(strstr(text, "\nCASE "));
	for (p = text; *p; p++) {
		columns = *p == '\n' ? 0 : columns + (((unsigned char)*p & 0xc0) != 0x80);
		cr_assert_leq(columns, 80, "%.100s", p - 80);
	}
	free(text);
}

Test(harness_cmd_list, filters, .init = cr_redirect_stdout)
{
	char *text;

	cr_expect_eq(CMD_CALL(cmd_list, "list", "--only", "5.3", "--skip", "5.3-no-push", "--iut", "server"),
		     EXIT_PASSED);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect(strstr(text, "5.3-support"));
	cr_expect_not(strstr(text, "5.3-no-push  "));
	cr_expect_not(strstr(text, "6.1.1.5"));
	cr_expect(strstr(text, "\n3 requirements "));
	free(text);
	cr_expect_eq(CMD_CALL(cmd_list, "list", "--only", "tag-another"), EXIT_PASSED);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect(strstr(text, ", 1 case.\n"), "%s", text);
	free(text);
}

Test(harness_cmd_list, json, .init = cr_redirect_stdout)
{
	char *text;

	cr_expect_eq(CMD_CALL(cmd_list, "list", "--only", "6.1.1.5-1", "-o", "json:-"), EXIT_PASSED);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect_eq(strncmp(text, "{\n \"format\": 1,\n", 16), 0);
	cr_expect(strstr(text, "\"id\": \"6.1.1.5-1\""));
	cr_expect(strstr(text, "\"level\": \"SHALL\""));
	cr_expect_not(strstr(text, "\"id\": \"6.1.1.5-2\""));
	free(text);
}

Test(harness_cmd_list, errors, .init = cr_redirect_stderr)
{
	char *text;

	cr_expect_eq(CMD_CALL(cmd_list, "list", "--only", "9.9"), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_list, "list", "--only", "5.3", "--skip", "5.3", "--skip", "*"), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_list, "list", "-o", "html:x"), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_list, "list", "-o", "json"), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_list, "list", "--scenarios", "/nowhere"), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_explain, "explain", "nothing"), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_explain, "explain", "6.1.1-5-6"), EXIT_USAGE);
	cr_expect_eq(CMD_CALL(cmd_list, "list", "--only", "tag-anothr"), EXIT_USAGE);
	text = cmd_written(cr_get_redirected_stderr());
	cr_expect_str_eq(text, "imconform: --only: '9.9' matches no requirement and no case, see imconform list\n"
			       "imconform: --only and --skip leave nothing to do\n"
			       "imconform: -o: 'html:x', expected text:PATH or json:PATH\n"
			       "imconform: -o: 'json', expected text:PATH or json:PATH\n"
			       "imconform: /nowhere: No such file or directory\n"
			       "imconform: 'nothing' is no requirement and no case, see imconform list\n"
			       "imconform: '6.1.1-5-6' is no requirement and no case (did you mean "
			       "'6.1.1.5-6'?), see imconform list\n"
			       "imconform: --only: 'tag-anothr' matches no requirement and no case (did you mean "
			       "'tag-another'?), see imconform list\n");
	free(text);
}

Test(harness_cmd_list, explain, .init = cr_redirect_stdout)
{
	char *text;

	cr_expect_eq(CMD_CALL(cmd_explain, "explain", "5.3-expires", "push-after-publish"), EXIT_PASSED);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect_eq(strncmp(text, "5.3-expires\nclause      5.3 ", 28), 0, "%s", text);
	cr_expect(strstr(text, "\nlevel       SHALL if there is a core, owed by the IM Server\nobligation  "));
	cr_expect(strstr(text, "\n  on        a third-party REGISTER from the core to the IM Server, where "));
	cr_expect(strstr(text, "\n  broken by "));
	cr_expect(strstr(text, "\n\npush-after-publish\ncase        "));
	free(text);
}

Test(harness_cmd_list, doctor, .init = cr_redirect_stdout)
{
	char *text;

	cr_expect_eq(CMD_CALL(cmd_doctor, "doctor", "--seed", "3"), EXIT_PASSED);
	cr_expect_eq(CMD_CALL(cmd_doctor, "doctor", "--ixit", "/nowhere", "--only", "9.9"), EXIT_USAGE);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect(strstr(text, "\nok    ports      UDP 127.0.0.1 can be bound\n"));
	cr_expect(strstr(text, "\nok    scenarios  "));
	cr_expect(strstr(text, "\nok    profile    default\n"));
	cr_expect(strstr(text, "\n  seed                     3                                  flag\n"));
	cr_expect(strstr(text, "\nWRONG IXIT       /nowhere: No such file or directory\n"));
	cr_expect(strstr(text,
			 "\nWRONG filters    --only: '9.9' matches no requirement and no case, see imconform list\n"));
	free(text);
}

Test(harness_cmd_list, a_profile_that_is_none, .init = cr_redirect_stdout)
{
	char *text;

	cr_expect_eq(CMD_CALL(cmd_doctor, "doctor", "--profile", "nix"), EXIT_USAGE);
	text = cmd_written(cr_get_redirected_stdout());
	cr_expect(strstr(text, "'nix' is neither a profile that comes with the program nor the path of a"), "%s", text);
	free(text);
}
