/* SPDX-License-Identifier: MIT
 *
 * IXIT and ICS: what is taken, what is not, and how flags go before files. */
#include "harness/ixit_review.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct bench {
	char path[64], ics[64];
	struct options options;
	struct ixit ixit;
	struct err err;
};

static void put_file(char path[64], const char *text)
{
	int fd;

	snprintf(path, 64, "/tmp/imconform-ixit-XXXXXX");
	fd = mkstemp(path);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static int load(struct bench *bench, const char *ixit, const char *ics, const char *target, const char *core,
		const char *iut)
{
	memset(bench, 0, sizeof(*bench));
	bench->options.iut = "server";
	if (ixit) {
		put_file(bench->path, ixit);
		bench->options.ixit = bench->path;
	}
	if (ics) {
		put_file(bench->ics, ics);
		bench->options.ics = bench->ics;
	}
	bench->options.target = target;
	bench->options.origin[OPTION_TARGET] = target ? ORIGIN_FLAG : ORIGIN_DEFAULT;
	bench->options.core = core;
	bench->options.origin[OPTION_CORE] = core ? ORIGIN_ENVIRONMENT : ORIGIN_DEFAULT;
	if (iut) {
		bench->options.iut = iut;
		bench->options.origin[OPTION_IUT] = ORIGIN_FLAG;
	}
	return ixit_load(&bench->ixit, &bench->options, &bench->err);
}

static void done(struct bench *bench)
{
	ixit_done(&bench->ixit);
	if (bench->options.ixit)
		unlink(bench->path);
	if (bench->options.ics)
		unlink(bench->ics);
}

static const char *text_of(const struct net_addr *addr)
{
	static char text[NET_ADDR_TEXT_MAX];

	return net_addr_format(text, addr);
}

Test(harness_ixit, without_a_file)
{
	struct bench b;

	cr_assert_eq(load(&b, NULL, NULL, NULL, NULL, NULL), 0, "%s", b.err.text);
	cr_expect(b.ixit.reference);
	cr_expect_eq(b.ixit.iut_role, ACTOR_SERVER);
	cr_expect_str_eq(text_of(&b.ixit.core), "127.0.0.1");
	cr_expect(b.ixit.core_trusted && !b.ixit.ims && !b.ixit.direct);
	cr_expect_str_eq(b.ixit.domain, "im.example");
	cr_expect_eq(b.ixit.timers.quiet, 2000000000ull);
	cr_expect_eq(b.ixit.user_count, 0);
	cr_expect_null(b.ixit.ics);
	done(&b);
}

static const char full[] = "return {\n"
			   "iut = { role = 'server', address = '127.0.0.1:5070', transport = 'tcp' },\n"
			   "core = { address = '[::1]:5060', trusted_by_iut = false, ims = true },\n"
			   "domain = 'example.org',\n"
			   "users = { { address = 'sip:alice@example.org', password_file = 'alice.pw' },\n"
			   "  { address = 'sip:bob@example.org', private_id = 'bob-1' } },\n"
			   "timers = { quiet_ms = 500, answer_ms = 1000 },\n"
			   "deposit = 'hook',\n"
			   "hooks = { deposit = 'store.sh', stop = 'stop.sh' } }";

Test(harness_ixit, a_full_file)
{
	struct bench b;

	cr_assert_eq(load(&b, full, NULL, NULL, NULL, NULL), 0, "%s", b.err.text);
	cr_expect_not(b.ixit.reference);
	cr_expect_str_eq(text_of(&b.ixit.iut), "127.0.0.1:5070");
	cr_expect_eq(b.ixit.iut_transport, NET_TCP);
	cr_expect_str_eq(text_of(&b.ixit.core), "[::1]:5060");
	cr_expect(!b.ixit.core_trusted && b.ixit.ims);
	cr_expect_str_eq(b.ixit.domain, "example.org");
	cr_assert_eq(b.ixit.user_count, 2);
	cr_expect_str_eq(b.ixit.users[0].private_id, "alice");
	cr_expect_str_eq(b.ixit.users[0].password_file, "/tmp/alice.pw");
	cr_expect_str_eq(b.ixit.users[1].private_id, "bob-1");
	cr_expect_eq(b.ixit.timers.quiet, 500000000ull);
	cr_expect_eq(b.ixit.timers.answer, 1000000000ull);
	cr_expect_eq(b.ixit.deposit, IXIT_DEPOSIT_HOOK);
	cr_expect_str_eq(b.ixit.hooks.deposit, "store.sh");
	cr_expect_eq(b.ixit.origin_target, ORIGIN_FILE);
	done(&b);
}

Test(harness_ixit, flags_go_before_the_file)
{
	struct bench b;

	cr_assert_eq(load(&b, full, NULL, "sip:localhost:5099;transport=udp", "127.0.0.2:1", "client"), 0, "%s",
		     b.err.text);
	cr_expect_str_eq(text_of(&b.ixit.iut), "127.0.0.1:5099");
	cr_expect_eq(b.ixit.iut_transport, NET_UDP);
	cr_expect_str_eq(text_of(&b.ixit.core), "127.0.0.2:1");
	cr_expect_eq(b.ixit.iut_role, ACTOR_CLIENT);
	cr_expect_eq(b.ixit.origin_target, ORIGIN_FLAG);
	cr_expect_eq(b.ixit.origin_core, ORIGIN_ENVIRONMENT);
	done(&b);
}

Test(harness_ixit, json_and_hooks_of_a_client)
{
	struct bench b;

	cr_assert_eq(load(&b, "{\"iut\": {\"role\": \"client\"}, \"hooks\": {\"register\": \"r.sh\"}}", NULL, NULL,
			  NULL, NULL),
		     0, "%s", b.err.text);
	cr_expect_eq(b.ixit.iut_role, ACTOR_CLIENT);
	cr_expect_eq(b.ixit.origin_role, ORIGIN_FILE);
	cr_expect_not(b.ixit.reference);
	cr_expect_not(b.ixit.iut_known);
	cr_expect_str_eq(b.ixit.hooks.on_register, "r.sh");
	done(&b);
}

/* Who has users or a way to be made to act is there; nobody starts another client then. */
Test(harness_ixit, a_client_that_is_described_is_no_reference)
{
	static const char *const described[] = {
		"{\"iut\": {\"role\": \"client\"}, \"hooks\": {\"tester\": \"t\", \"deregister\": \"d\"}}",
		"{\"iut\": {\"role\": \"client\"}, \"hooks\": {\"start\": \"s\"}}",
		"{\"iut\": {\"role\": \"client\"}, \"users\": [{\"address\": \"sip:a@b\"}]}"};
	struct bench b;

	for (size_t i = 0; i < sizeof(described) / sizeof(described[0]); i++) {
		cr_assert_eq(load(&b, described[i], NULL, NULL, NULL, NULL), 0, "%s", b.err.text);
		cr_expect_not(b.ixit.reference, "%s", described[i]);
		done(&b);
	}
	cr_assert_eq(load(&b, "{\"iut\": {\"role\": \"client\"}}", NULL, NULL, NULL, NULL), 0, "%s", b.err.text);
	cr_expect(b.ixit.reference);
	done(&b);
}

/* `expected` begins behind the file's name */
static void fails(const char *ixit, const char *target, const char *core, const char *expected)
{
	struct bench b;
	size_t skip;

	cr_expect_neq(load(&b, ixit, NULL, target, core, NULL), 0, "taken");
	skip = ixit && !strncmp(b.err.text, b.path, strlen(b.path)) ? strlen(b.path) : 0;
	cr_expect_str_eq(b.err.text + skip, expected);
	done(&b);
}

Test(harness_ixit, errors)
{
	fails("return {\nict = {} }", NULL, NULL,
	      ":2: has an unknown key 'ict', expected one of: iut, core, domain, users, timers, deposit, hooks, "
	      "tls, report, hosts, dns (did you mean 'iut'?)");
	fails("return { iut = {\nrole = 'sever' } }", NULL, NULL,
	      ":2: iut.role is 'sever', expected one of \"server\", \"client\" (did you mean 'server'?)");
	fails("return { iut = {\naddress = 5060 } }", NULL, NULL, ":2: iut.address is a number, expected text");
	fails("return { timers = {\nquiet_ms = 9 } }", NULL, NULL, ":2: timers.quiet_ms is 9, expected 10 to 600000");
	fails("return { timers = {\nquiet_ms = 600001 } }", NULL, NULL,
	      ":2: timers.quiet_ms is 600001, expected 10 to 600000");
	fails("return { timers = {\nanswer_ms = '4' } }", NULL, NULL,
	      ":2: timers.answer_ms is text, expected a whole number from 10 to 32000");
	fails("return { users = {\n{ } } }", NULL, NULL, ":2: users.1 has no address, expected one");
	fails("return { users = {\n{ address = 'alice' } } }", NULL, NULL,
	      ":2: users.1.address is no IM address, expected sip:NAME@DOMAIN");
	fails("return { users = {\n{ address = 'sip:a@b' },\n{ address = 'sip:a@b' } } }", NULL, NULL,
	      ":3: users.2.address is that of users.1, expected another");
	fails("return { users = {\n{ address = 'sip:a@b' },\n{ address = 'sips:a@B' } } }", NULL, NULL,
	      ":3: users.2.address is that of users.1, expected another");
	fails("return { users = {\n{ address = 'sip:a\\1@b' } } }", NULL, NULL,
	      ":2: users.1.address is no IM address, expected sip:NAME@DOMAIN");
	fails("return {\ndomain = 'a b' }", NULL, NULL, ":2: domain is no domain, expected such as \"im.example\"");
	fails("return {\ndomain = '' }", NULL, NULL, ":2: domain is empty, expected text");
	fails("return {\ndomain = 'im.example:5060' }", NULL, NULL,
	      ":2: domain is no domain, expected such as \"im.example\"");
	fails("return {\ndomain = 'im.example>\\r\\nX: y' }", NULL, NULL,
	      ":2: domain is no domain, expected such as \"im.example\"");
	fails("return {\ndeposit = 'hook' }", NULL, NULL, ":2: deposit is \"hook\", expected hooks.deposit");
	fails("return {\ndeposit = 'mail' }", NULL, NULL,
	      ":2: deposit is 'mail', expected one of \"message\", \"hook\"");
	fails("return { core = { ims = true, direct = true } }", NULL, NULL,
	      "there is no core (core.direct, --direct), and it is an IMS (core.ims): expected one of them");
	fails("return { iut = { role = 'client' }, core = { direct = true } }", NULL, NULL,
	      "core.direct and --direct are for a server: a client comes to the harness directly anyway");
	fails("return 7", NULL, NULL, ":1: returns no table, expected return { … }");
	fails(NULL, "sip:127.0.0.1:5070;transport=sctp", NULL,
	      "--target: ';transport=sctp', expected ;transport=udp, tcp or tls");
	fails(NULL, "sip:127.0.0.1:5070;lr", NULL, "--target: ';lr', expected ;transport=udp, tcp or tls");
	fails(NULL, "localhost:x", NULL, "--target: 'localhost…', expected localhost:PORT");
}

/* A name is asked for later, unless a table of hosts has it. */
Test(harness_ixit, names)
{
	struct bench b;

	cr_assert_eq(load(&b, NULL, NULL, "sip:server.example;transport=tcp", NULL, NULL), 0, "%s", b.err.text);
	cr_expect_str_eq(b.ixit.iut_name, "server.example");
	cr_expect(b.ixit.iut_known && !b.ixit.iut_port && b.ixit.iut_transport_given);
	done(&b);
	cr_assert_eq(load(&b,
			  "return { hosts = { ['Server.example'] = '127.0.0.7', ['six.example'] = '::1' },\n"
			  "dns = { '127.0.0.1:5353' }, timers = { dns_ms = 500 } }",
			  NULL, "sip:server.example", NULL, NULL),
		     0, "%s", b.err.text);
	cr_expect_null(b.ixit.iut_name);
	cr_expect_str_eq(text_of(&b.ixit.iut), "127.0.0.7:5060");
	cr_expect_str_eq(b.ixit.dns[0], "127.0.0.1:5353");
	cr_expect_eq(b.ixit.dns_timeout, 500000000ull);
	done(&b);
	cr_assert_eq(load(&b, "return { hosts = { s = '127.0.0.7' }, iut = { address = 's:5099' } }", NULL, NULL, NULL,
			  NULL),
		     0, "%s", b.err.text);
	cr_expect_str_eq(text_of(&b.ixit.iut), "127.0.0.7:5099");
	done(&b);
	cr_assert_eq(load(&b, NULL, NULL, "sips:server.example:5099", NULL, NULL), 0, "%s", b.err.text);
	cr_expect(b.ixit.iut_transport == NET_TLS && b.ixit.iut_port == 5099);
	done(&b);
}

Test(harness_ixit, bad_names)
{
	fails(NULL, "sip:server.example:0", NULL, "--target: 'server.example:0', expected NAME or NAME:PORT");
	fails("return { hosts = {\n['-a'] = '127.0.0.1' } }", NULL, NULL, ":2: hosts: '-a' is no host name");
	fails("return { hosts = {\na = '127.0.0.1:5' } }", NULL, NULL,
	      ":2: hosts: '127.0.0.1:5', expected an address without a port");
	fails("return { hosts = {\na = 7 } }", NULL, NULL, ":2: hosts: '', expected an address without a port");
	fails("return {\nhosts = 'a' }", NULL, NULL, ":2: hosts is text, expected { [\"NAME\"] = \"ADDR\" }");
	fails("return {\ndns = '127.0.0.1' }", NULL, NULL, ":2: dns is text, expected a list of texts");
}

Test(harness_ixit, bad_addresses_name_their_place)
{
	struct bench b;

	cr_expect_neq(load(&b, NULL, NULL, "sip:1.2.3", NULL, NULL), 0);
	cr_expect_eq(strncmp(b.err.text, "--target: ", 10), 0, "%s", b.err.text);
	done(&b);
	cr_expect_neq(load(&b, NULL, NULL, NULL, "here", NULL), 0);
	cr_expect_eq(strncmp(b.err.text, "--core: ", 8), 0, "%s", b.err.text);
	done(&b);
	cr_expect_neq(load(&b, "return { core = {\naddress = '1.2.3' } }", NULL, NULL, NULL, NULL), 0);
	cr_expect(strstr(b.err.text, ":2: core.address: "), "%s", b.err.text);
	done(&b);
	cr_expect_eq(ixit_load(&b.ixit, &(struct options){.iut = "server", .ixit = "/nowhere"}, &b.err), -ENOENT);
	cr_expect_str_eq(b.err.text, "/nowhere: No such file or directory");
	ixit_done(&b.ixit);
}

static const struct requirement server_step = {.id = "6.1.1.5-1", .actor = ACTOR_SERVER},
				server_other = {.id = "5.3-support", .actor = ACTOR_SERVER},
				client_step = {.id = "5.2.4-1", .actor = ACTOR_CLIENT};

Test(harness_ixit, ics_answers)
{
	struct bench b;

	cr_assert_eq(load(&b, NULL, NULL, NULL, NULL, NULL), 0);
	cr_expect_eq(ics_of(&b.ixit, &client_step), ICS_YES);
	done(&b);
	cr_assert_eq(load(&b, NULL,
			  "return { roles = { server = { status = 'm', support = 'yes' }, client = { status = 'o', "
			  "support = "
			  "'unknown' } },"
			  "items = { { id = '6.1.1.5', status = 'm', support = 'no' }, { id = '6.1.1.5-1', support = "
			  "'yes' },"
			  "{ id = '5.3', status = 'n/a', support = 'yes' } } }",
			  NULL, NULL, NULL),
		     0, "%s", b.err.text);
	cr_expect_eq(ics_of(&b.ixit, &server_step), ICS_YES);
	cr_expect_eq(ics_of(&b.ixit, &server_other), ICS_NO);
	cr_expect_eq(ics_of(&b.ixit, &client_step), ICS_UNKNOWN);
	done(&b);
}

static void ics_fails(const char *text, const char *expected)
{
	struct requirement *all[] = {(struct requirement *)&server_step};
	struct catalogue catalogue = {.requirements = all, .requirement_count = 1};
	struct bench b;
	int result = load(&b, NULL, text, NULL, NULL, NULL);

	cr_expect_eq(result ? result : ixit_review_check(&b.ixit, &catalogue, &b.err), -EINVAL, "taken: %s", text);
	cr_expect_str_eq(b.err.text + strlen(b.ics), expected);
	done(&b);
}

Test(harness_ixit, ics_errors)
{
	ics_fails("return {}", ":1: is empty, expected roles or items");
	ics_fails("return { items = {} }", ":1: is empty, expected roles or items");
	ics_fails("return { roles = { server = {\nstatus = 'x', support = 'yes' } } }",
		  ":2: roles.server.status is 'x', expected one of \"m\", \"o\", \"c\", \"n/a\"");
	ics_fails("return { roles = { server = { status = 'm' } } }", ":1: roles.server has no support, expected one");
	ics_fails("return { items = {\n{ id = '5.3', support = 'maybe' } } }",
		  ":2: items.1.support is 'maybe', expected one of \"yes\", \"no\", \"unknown\"");
	ics_fails("return { items = {\n{ id = '9.9', support = 'yes' } } }",
		  ":2: items.1.id is '9.9', expected the id of a requirement");
}

/* --- keys of AKA --- */

#define ALICE "{ address = 'sip:alice@im.example', "
#define KEY   "465b5ce8b199b49faa5f0a2ee238a6bc"
#define OP    "cdc202d5123e20f62b6d676ac72cb318"
#define OPC   "cd63cb71954a9f4e48a5994e37a02baf"

/* OP of TS 35.208's first set gives its OPc. */
Test(harness_ixit, keys_by_op_and_by_opc)
{
	static const char text[] = "return { users = { " ALICE "k = '" KEY "', op = '" OP "' },\n"
				   "{ address = 'sip:bob@im.example', k = '" KEY "', opc = '" OPC "' },\n"
				   "{ address = 'sip:carol@im.example' } } }";
	struct bench b;

	cr_assert_eq(load(&b, text, NULL, NULL, NULL, NULL), 0, "%s", b.err.text);
	cr_assert_not_null(b.ixit.users[0].keys);
	cr_expect_arr_eq(b.ixit.users[0].keys->opc, b.ixit.users[1].keys->opc, 16);
	cr_expect_eq(b.ixit.users[0].keys->k[0], 0x46);
	cr_expect_null(b.ixit.users[2].keys);
	done(&b);
}

Test(harness_ixit, keys_that_are_none)
{
	static const struct {
		const char *text, *wrong;
	} cases[] = {
		{"k = '" KEY "'", "users.1 has keys of AKA in part, expected k with op or opc"},
		{"opc = '" OPC "'", "users.1 has keys of AKA in part, expected k with op or opc"},
		{"k = '" KEY "', op = '" OP "', opc = '" OPC "'",
		 "users.1 has keys of AKA in part, expected k with op or opc"},
		{"k = 'secret', opc = '" OPC "'", "users.1.k: no key of Milenage, expected 32 hexadecimal digits"},
		{"k = '" KEY "', opc = '12'", "users.1.opc: no key of Milenage, expected 32 hexadecimal digits"},
		{"k = '" KEY "', op = '" KEY "0'", "users.1.op: no key of Milenage, expected 32 hexadecimal digits"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench b;
		char text[300];

		snprintf(text, sizeof(text), "return {\nusers = { " ALICE "%s } } }", cases[i].text);
		cr_expect_eq(load(&b, text, NULL, NULL, NULL, NULL), -EINVAL);
		cr_expect_not_null(strstr(b.err.text, cases[i].wrong), "%s", b.err.text);
		cr_expect_not_null(strstr(b.err.text, ":2: "), "%s", b.err.text);
		cr_expect_null(strstr(b.err.text, "secret"));
		done(&b);
	}
}
