/* SPDX-License-Identifier: MIT */
#include "harness/client_faults.h"
#include "harness/commands.h"
#include "harness/server_faults.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>

static void redirect(void)
{
	cr_redirect_stdout();
	cr_redirect_stderr();
}

TestSuite(cmd_serve, .init = redirect);

static struct options options_of(const char **fault)
{
	return (struct options){.verb = VERB_SERVE, .fault = {fault, fault[0] != NULL, 1}};
}

Test(cmd_serve, lists_its_faults)
{
	const char *fault[] = {"list"};
	struct options options = options_of(fault);
	char line[200];
	size_t lines = 0;
	FILE *out;

	cr_assert_eq(cmd_serve(&options), EXIT_PASSED);
	fflush(stdout);
	for (out = cr_get_redirected_stdout(); fgets(line, sizeof(line), out); lines++)
		cr_assert(
			lines ||
			!strcmp(line,
				"register-expires-unequal       answers REGISTER with half the Expires it received\n"));
	cr_assert_eq(lines, SERVER_FAULT_COUNT);
}

static void refuses(struct options options, const char *text)
{
	cr_assert_eq(cmd_serve(&options), EXIT_USAGE);
	fflush(stderr);
	cr_assert_stderr_eq_str(text);
}

Test(cmd_serve, refuses_an_unknown_fault)
{
	const char *fault[] = {"nix"};

	refuses(options_of(fault), "imconform serve: --fault nix: there is no such fault; --fault list shows them\n");
}

Test(cmd_serve, names_the_nearest_fault)
{
	const char *fault[] = {"tag-ignord"};

	refuses(options_of(fault), "imconform serve: --fault tag-ignord: there is no such fault (did you mean "
				   "'tag-ignored'?); --fault list shows them\n");
}

Test(cmd_serve, names_the_nearest_fault_of_the_client)
{
	const char *fault[] = {"register-notag"};
	struct options options = options_of(fault);

	options.role = "client";
	refuses(options, "imconform serve: --fault register-notag: the client has no such fault (did you mean "
			 "'register-no-tag'?); --fault list shows them\n");
}

Test(cmd_serve, lists_the_faults_of_the_client)
{
	const char *fault[] = {"list"};
	struct options options = options_of(fault);
	char line[200];
	size_t lines = 0;
	FILE *out;

	options.role = "client";
	cr_assert_eq(cmd_serve(&options), EXIT_PASSED);
	fflush(stdout);
	for (out = cr_get_redirected_stdout(); fgets(line, sizeof(line), out);)
		lines++;
	cr_assert_eq(lines, CLIENT_FAULT_COUNT);
}

Test(cmd_serve, refuses_a_fault_that_the_client_does_not_have)
{
	const char *fault[] = {"tag-substring"};
	struct options options = options_of(fault);

	options.role = "client";
	refuses(options,
		"imconform serve: --fault tag-substring: the client has no such fault; --fault list shows them\n");
}

Test(cmd_serve, refuses_a_fault_of_the_core)
{
	const char *fault[] = {"list"};
	struct options options = options_of(fault);

	options.role = "core";
	refuses(options, "imconform serve: --fault: the core has no faults, expected role server or client\n");
}

Test(cmd_serve, refuses_an_address_that_is_none)
{
	const char *fault[] = {NULL};
	struct options options = options_of(fault);

	options.listen = "nohost";
	refuses(options, "imconform serve: --listen: \"nohost\": expected a numeric ADDRESS:PORT or [IPv6]:PORT\n");
}

Test(cmd_serve, refuses_a_profile_that_is_not_there)
{
	const char *fault[] = {NULL};
	struct options options = options_of(fault);

	options.profile = "/nowhere/profile.lua";
	cr_assert_eq(cmd_serve(&options), EXIT_USAGE);
}
