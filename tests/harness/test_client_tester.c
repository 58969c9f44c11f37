/* SPDX-License-Identifier: MIT
 *
 * Upper testers of the real world: hook commands, and a process that speaks JSON lines. */
#include "client_help.h"
#include "harness_test.h"
#include "harness/tester_json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct asking {
	struct world *world;
	enum tester_outcome outcome;
	char why[300];
	bool told;
};

static void on_told(void *to, enum tester_outcome outcome, const char *why)
{
	struct asking *asking = to;

	asking->told = true;
	asking->outcome = outcome;
	snprintf(asking->why, sizeof(asking->why), "%s", why);
	world_stop(asking->world);
}

static const struct tester_user alice = {"sip:alice@im.example", "alice", "it's"};

static struct asking ask_of(struct world *world, struct tester *tester, enum tester_command command)
{
	struct asking asking = {.world = world};
	struct tester_request request = {command, &alice, false};

	tester->ask(tester, &request, on_told, &asking);
	cr_assert_not(asking.told, "never from within");
	world_run(world);
	cr_assert(asking.told);
	return asking;
}

static void expect(struct asking asking, enum tester_outcome outcome, const char *why)
{
	cr_assert_eq(asking.outcome, outcome, "%s", asking.why);
	cr_assert_str_eq(asking.why, why);
}

/* --- hooks --- */

struct shell_set {
	struct world *world;
	struct tester *tester;
};

static struct shell_set shell_of(struct ixit *ixit)
{
	struct net_addr core = loopback4(5060);
	struct shell_set set = {.world = world_new_real(NULL)};

	ixit->domain = "im.example";
	cr_assert_eq(tester_new_shell(set.world, ixit, &core, &set.tester, NULL), 0);
	return set;
}

static void set_free(struct shell_set set)
{
	tester_free(set.tester);
	world_free(set.world);
}

Test(harness, shell_tester_fills_in_what_stands_in_braces)
{
	struct ixit ixit = {
		.hooks.on_register =
			"test {address} = sip:alice@im.example && test {user} = alice && test {password} = \"it's\" && "
			"test {core} = 127.0.0.1:5060 && test {host}/{port} = 127.0.0.1/5060 && test {domain} = "
			"im.example && test {transport} = udp && "
			"test \"$IMCONFORM_USERNAME\" = alice && test ${HOME:+x}{no} = x{no}"};
	struct shell_set set = shell_of(&ixit);

	expect(ask_of(set.world, set.tester, TESTER_REGISTER), TESTER_DONE, "");
	set_free(set);
}

Test(harness, shell_tester_tells_what_it_can_not_do)
{
	struct ixit ixit = {.hooks.on_register = "exit 3", .hooks.set_offline_delivery = "test {active} = false"};
	struct shell_set set = shell_of(&ixit);

	expect(ask_of(set.world, set.tester, TESTER_REGISTER), TESTER_FAILED,
	       "the register hook failed: ended with status 3");
	expect(ask_of(set.world, set.tester, TESTER_DEREGISTER), TESTER_CANNOT, "the IXIT has no hook 'deregister'");
	expect(ask_of(set.world, set.tester, TESTER_SET_OFFLINE_DELIVERY), TESTER_DONE, "");
	set_free(set);
}

/* What `start` began is over when the case is. */
Test(harness, shell_tester_ends_what_it_started)
{
	char path[] = "/tmp/imconform-test-XXXXXX", command[200], line[40] = "";
	int fd = mkstemp(path);
	struct ixit ixit = {.hooks.start = command};
	struct shell_set set;
	FILE *file;

	cr_assert_geq(fd, 0);
	close(fd);
	snprintf(command, sizeof(command), "trap 'echo ended > %s; exit' TERM; while :; do sleep 0.02; done", path);
	set = shell_of(&ixit);
	expect(ask_of(set.world, set.tester, TESTER_REGISTER), TESTER_DONE, "");
	usleep(200000);
	expect(ask_of(set.world, set.tester, TESTER_STOP), TESTER_DONE, "");
	usleep(300000);
	set_free(set);
	file = fopen(path, "r");
	cr_assert_not_null(fgets(line, sizeof(line), file));
	fclose(file);
	unlink(path);
	cr_assert_str_eq(line, "ended\n");
}

/* --- JSON lines --- */

static struct shell_set child_of(struct ixit *ixit, const char *command)
{
	struct net_addr core = loopback4(5060);
	struct shell_set set = {.world = world_new_real(NULL)};

	ixit->hooks.tester = command;
	cr_assert_eq(tester_new_child(set.world, ixit, &core, &set.tester, NULL), 0);
	return set;
}

/* Answers by the command, with the id of the question. */
#define CHILD(cases)      "while read -r line; do id=${line#*:}; id=${id%%,*}; case $line in " cases " esac; done"
#define SAY(result, more) "echo \"{\\\"id\\\":$id,\\\"result\\\":\\\"" result "\\\"" more "}\";;"

Test(harness, child_tester_is_asked_in_json_lines)
{
	struct ixit ixit = {0};
	struct shell_set set = child_of(
		&ixit,
		CHILD("*refuse-this*) " SAY("failed", "") "*register*sip:alice@im.example*127.0.0.1:5060*udp*) " SAY(
			"done", "") "*set_offline_delivery*false*) " SAY("cannot",
									 ",\\\"why\\\":\\\"no such button\\\"")));

	expect(ask_of(set.world, set.tester, TESTER_REGISTER), TESTER_DONE, "");
	expect(ask_of(set.world, set.tester, TESTER_SET_OFFLINE_DELIVERY), TESTER_CANNOT, "no such button");
	set_free(set);
}

Test(harness, child_tester_that_says_done_to_everything_is_rejected)
{
	struct ixit ixit = {0};
	struct shell_set set = child_of(&ixit, CHILD("*) " SAY("done", "")));

	expect(ask_of(set.world, set.tester, TESTER_REGISTER), TESTER_FAILED,
	       "the upper tester says \"done\" to a command that does not exist: its word is worth nothing");
	set_free(set);
}

Test(harness, child_tester_that_ends)
{
	struct ixit ixit = {0};
	struct shell_set set = child_of(&ixit, "exit 4");
	struct asking asking = ask_of(set.world, set.tester, TESTER_REGISTER);

	cr_assert_eq(asking.outcome, TESTER_FAILED);
	cr_assert(!strcmp(asking.why, "the upper tester closed its output") ||
			  !strcmp(asking.why, "the upper tester ended with status 4"),
		  "%s", asking.why);
	set_free(set);
}

Test(harness, child_tester_that_speaks_no_json)
{
	struct ixit ixit = {0};
	struct shell_set set = child_of(&ixit, "echo hello; sleep 5");

	expect(ask_of(set.world, set.tester, TESTER_REGISTER), TESTER_FAILED,
	       "'hello' from the upper tester, expected an object with an id and a result");
	set_free(set);
}

Test(harness, lines_of_a_tester_are_read_strictly)
{
	static const char *const bad[] = {"",
					  "{",
					  "[]",
					  "{\"id\":-1,\"result\":\"done\"}",
					  "{\"result\":\"done\"}",
					  "{\"id\":\"1\",\"result\":\"done\"}",
					  "\xff"};
	const char *good = "{\"id\":12,\"result\":\"failed\",\"why\":\"a\\nb\"}";
	struct tester_reply reply;
	struct err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_assert_eq(tester_json_read(slice_of(bad[i]), &reply, &err), -EBADMSG, "%s", bad[i]);
	cr_assert_eq(tester_json_read(SLICE("{\"id\":1,\"result\":\"yes\"}"), &reply, &err), -EBADMSG);
	cr_assert_str_eq(err.text,
			 "a line of the upper tester has no result, expected \"done\", \"cannot\" or \"failed\"");
	for (size_t len = 0; len < strlen(good); len++)
		cr_assert_eq(tester_json_read((struct slice){good, len}, &reply, NULL), -EBADMSG);
	cr_assert_eq(tester_json_read(slice_of(good), &reply, NULL), 0);
	cr_assert_eq(reply.id, 12);
	cr_assert_eq(reply.outcome, TESTER_FAILED);
	cr_assert_str_eq(reply.why, "a\\x0ab");
}

/* --- the whole thing on sockets --- */

Test(harness, client_reference_passes_on_loopback)
{
	struct client_plan plan = {
		.seed = 9,
		.real = true,
		.only = {"client-challenge-*", "client-publishes*", "client-delivery-off*", "client-pushed*"}};
	struct rehearsal r = rehearse_client(&plan);
	struct buf text = {0};

	verdicts_write(r.campaign, true, &text);
	for (size_t i = 0; i < r.campaign->case_count; i++)
		cr_assert_eq(r.campaign->cases[i].verdict, VERDICT_PASS, "%s", text.p);
	cr_assert_geq(r.campaign->case_count, 14);
	buf_done(&text);
}
