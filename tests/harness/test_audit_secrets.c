/* SPDX-License-Identifier: MIT
 *
 * --password: what a person may give, what is said where it is wrong, and that no password is ever said. */
#include "harness/audit_secrets.h"
#include "harness/client_help.h"
#include "harness/commands.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static void write_file(const char *text)
{
	FILE *file;

	strcpy(path, "/tmp/imconform-test-XXXXXX");
	file = fdopen(mkstemp(path), "w");
	fputs(text, file);
	fclose(file);
}

static void remove_file(void)
{
	unlink(path);
}

TestSuite(harness_audit_secrets, .fini = remove_file);

static int read_items(struct audit_secrets *secrets, const char **items, size_t count, struct err *err)
{
	const struct option_list list = {items, count, count};

	return audit_secrets_read(secrets, &list, err);
}

static void expect_password(const struct audit_secrets *secrets, const char *username, const char *want)
{
	struct slice password = SLICE_NONE;
	bool found = secrets->secrets.find(secrets->secrets.arg, slice_of(username), SLICE("r"), &password);

	cr_expect_eq(found, want != NULL, "%s", username);
	cr_expect(!want || slice_is(password, want), "%s", username);
}

Test(harness_audit_secrets, users_of_the_ixit)
{
	static char other[] = "/tmp/imconform-test-XXXXXX";
	struct audit_secrets secrets;
	char item[100];
	const char *items[] = {item};

	close(mkstemp(other)); /* empty: no password */
	write_file("open sesame\n");
	const struct ixit_user users[] = {{"sip:a@im.example", "a", path},
					  {"sip:b@im.example", "b", NULL},
					  {"sip:c@im.example", "c", other},
					  {"sip:d@im.example", "d", "/etc/hostname"}, /* told on the command line */
					  {"sip:e@im.example", "e", path},
					  {"sip:e@other.example", "e", "/etc/passwd"}};
	const struct ixit ixit = {.users = users, .user_count = sizeof(users) / sizeof(*users)};

	snprintf(item, sizeof(item), "d=%s", path);
	cr_assert_eq(read_items(&secrets, items, 1, NULL), 0);
	audit_secrets_add_users(&secrets, &ixit);
	expect_password(&secrets, "a", "open sesame");
	expect_password(&secrets, "b", NULL);
	expect_password(&secrets, "c", NULL);
	expect_password(&secrets, "d", "open sesame");
	expect_password(&secrets, "e", NULL);
	cr_expect_not(secrets.secrets.able(&secrets, SLICE("sip:A@im.example")));
	cr_expect(secrets.secrets.able(&secrets, SLICE("sip:a@im.example")));
	cr_expect_not(secrets.secrets.able(&secrets, SLICE("sip:b@im.example")));
	cr_expect(secrets.secrets.able(&secrets, SLICE("sip:e@other.example"))); /* one of the two that are told */
	audit_secrets_done(&secrets);
	unlink(other);
}

static void expect_key(const struct audit_secrets *secrets, const char *username, char want)
{
	struct milenage keys = {.k = "?"};
	bool found = secrets->secrets.find_aka(secrets->secrets.arg, slice_of(username), &keys);

	cr_expect_eq(found, want != '?', "%s", username);
	cr_expect_eq(keys.k[0], want, "%s", username);
}

Test(harness_audit_secrets, keys_of_the_ixit)
{
	static const struct milenage one = {.k = "1"}, same = {.k = "1"}, other = {.k = "2"};
	const struct ixit_user users[] = {{.address = "sip:a@im.example", .private_id = "a", .keys = &one},
					  {.address = "sip:b@im.example", .private_id = "b", .keys = &other},
					  {.address = "sip:c@im.example", .private_id = "c"},
					  {.address = "sip:a@other.example", .private_id = "a", .keys = &same},
					  {.address = "sip:b@other.example", .private_id = "b", .keys = &one},
					  {.address = "sip:d@im.example", .private_id = "d", .keys = &other}};
	const struct ixit ixit = {.users = users, .user_count = sizeof(users) / sizeof(*users)};
	struct audit_secrets secrets;

	cr_assert_eq(read_items(&secrets, NULL, 0, NULL), 0);
	expect_key(&secrets, "a", '?'); /* no IXIT */
	audit_secrets_add_users(&secrets, &ixit);
	expect_key(&secrets, "a", '1');
	expect_key(&secrets, "b", '?'); /* two that differ */
	expect_key(&secrets, "c", '?');
	expect_key(&secrets, "d", '2');
	expect_key(&secrets, "e", '?');
	audit_secrets_done(&secrets);
}

static void refuse(const char *item, int code, const char *text)
{
	struct audit_secrets secrets;
	struct err err = {0};

	cr_expect_eq(read_items(&secrets, &item, 1, &err), code, "%s", item);
	cr_expect_str_eq(err.text, text);
	audit_secrets_done(&secrets);
}

Test(harness_audit_secrets, the_first_line_is_the_password)
{
	struct audit_secrets secrets;
	struct slice password = SLICE_NONE;
	char item[100];
	const char *items[] = {item};
	struct err err;

	write_file("open sesame\r\nanother line\n");
	snprintf(item, sizeof(item), "alice@im.example=%s", path);
	cr_assert_eq(read_items(&secrets, items, 1, &err), 0, "%s", err.text);
	cr_expect(secrets.secrets.find(secrets.secrets.arg, SLICE("alice@im.example"), SLICE("any"), &password));
	cr_expect(slice_is(password, "open sesame"));
	password = SLICE_NONE;
	cr_expect_not(secrets.secrets.find(secrets.secrets.arg, SLICE("alice"), SLICE("any"), &password));
	cr_expect_null(password.p);
	audit_secrets_done(&secrets);
}

Test(harness_audit_secrets, none_is_fine)
{
	struct audit_secrets secrets;
	struct slice password;

	cr_assert_eq(read_items(&secrets, NULL, 0, NULL), 0);
	cr_expect_not(secrets.secrets.find(secrets.secrets.arg, SLICE("alice"), SLICE("x"), &password));
	audit_secrets_done(&secrets);
}

Test(harness_audit_secrets, what_is_wrong_is_told_without_the_password)
{
	char item[100], text[200];

	refuse("alice", -EINVAL, "--password: expected USER=FILE");
	refuse("=file", -EINVAL, "--password: expected USER=FILE");
	refuse("alice=", -EINVAL, "--password: expected USER=FILE");
	refuse("alice=/nowhere/pw", -ENOENT, "--password: /nowhere/pw: No such file or directory");
	refuse("alice=/", -EISDIR, "--password: /: Is a directory");
	write_file("\nsecret on the second line\n");
	snprintf(item, sizeof(item), "alice=%s", path);
	snprintf(text, sizeof(text), "--password: %s: no password on the first line", path);
	refuse(item, -EINVAL, text);
}

Test(harness_audit_secrets, a_line_that_is_cut_is_no_password)
{
	char item[100], text[200], line[3000];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	write_file(line);
	snprintf(item, sizeof(item), "alice=%s", path);
	snprintf(text, sizeof(text), "--password: %s: a line of more than 1022 bytes", path);
	refuse(item, -EINVAL, text);
}

Test(harness_audit_secrets, a_user_has_one_password)
{
	struct audit_secrets secrets;
	struct err err = {0};
	char item[100];
	const char *items[] = {item, item};

	write_file("secret");
	snprintf(item, sizeof(item), "alice=%s", path);
	cr_expect_eq(read_items(&secrets, items, 2, &err), -EINVAL);
	cr_expect_str_eq(err.text, "--password: alice is given twice");
	audit_secrets_done(&secrets);
}

/* --- the command --- */

static int audit(const char *capture, const char *password)
{
	const char *const argv[] = {"imconform",  "audit",  "--from-start", "--only", "5.2.2-2",
				    "--password", password, capture,        NULL};
	struct options options;
	struct err err;
	int status;

	cr_assert_eq(options_parse(&options, 8, (char *const *)argv, NULL, &err), 0, "%s", err.text);
	status = cmd_audit(&options);
	options_done(&options);
	fflush(stdout);
	fflush(stderr);
	return status;
}

static void expect_unsaid(FILE *from, const char *secret)
{
	static char text[1 << 16];
	size_t len = fread(text, 1, sizeof(text) - 1, from);

	text[len] = '\0';
	cr_expect_null(strstr(text, secret), "%s", text);
}

/* A client's campaign, of which one user's password is given: the right one, a wrong one, none that can be read. */
Test(harness_audit_secrets, an_audit_verifies_with_them, .init = cr_redirect_stdout)
{
	char capture[] = "/tmp/imconform-test-XXXXXX", item[200], line[200];
	struct rehearsal run;
	const char *user;
	int len;

	cr_redirect_stderr();
	close(mkstemp(capture));
	setenv("EVIDENCE", capture, 1);
	run = rehearse_client(&(struct client_plan){.seed = 7, .only = {"5.2.2-2"}});
	cr_assert_gt(run.campaign->case_count, 0);
	user = run.campaign->cases[0].user + strlen("sip:");
	len = (int)strcspn(user, "@");
	snprintf(line, sizeof(line), "secret of %.*s", len, user);
	write_file(line);
	snprintf(item, sizeof(item), "%.*s=%s", len, user, path);
	cr_expect_eq(audit(capture, item), EXIT_PASSED);
	remove_file();
	write_file("secret of nobody");
	snprintf(item, sizeof(item), "%.*s=%s", len, user, path);
	cr_expect_eq(audit(capture, item), EXIT_FAILED);
	snprintf(item, sizeof(item), "%.*s=/nowhere/pw", len, user);
	cr_expect_eq(audit(capture, item), EXIT_USAGE);
	fclose(stdout);
	fclose(stderr);
	expect_unsaid(cr_get_redirected_stdout(), "secret of");
	expect_unsaid(cr_get_redirected_stderr(), "secret of");
	unlink(capture);
}
