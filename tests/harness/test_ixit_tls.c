/* SPDX-License-Identifier: MIT
 *
 * TLS in the IXIT and the options. */
#include "harness/ixit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

TestSuite(harness_ixit_tls);

static struct ixit ixit;
static struct err err;

static int load(const char *text, struct options *options)
{
	char path[] = "/tmp/imconform-ixit-XXXXXX";
	int fd = text ? mkstemp(path) : -1, rc;

	if (text) {
		cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
		close(fd);
		options->ixit = path;
	}
	options->iut = "server";
	rc = ixit_load(&ixit, options, &err);
	if (text)
		unlink(path);
	return rc;
}

static void fails(const char *text, struct options options, const char *expected)
{
	cr_expect_eq(load(text, &options), -EINVAL);
	cr_expect_not_null(strstr(err.text, expected), "%s, expected %s", err.text, expected);
	ixit_done(&ixit);
}

Test(harness_ixit_tls, a_table_of_the_file)
{
	struct options options = {0};

	cr_assert_eq(load("return { iut = { address = '127.0.0.1', transport = 'tls' }, domain = 'example.org',\n"
			  "tls = { certificate = 'c.pem', key = '/k.pem', authority = 'a.pem', name = 'im.example',\n"
			  "clients = 'required', insecure = true, keylog = 'log', secrets = true } }",
			  &options),
		     0, "%s", err.text);
	cr_expect_eq(ixit.iut_transport, NET_TLS);
	cr_expect_eq(ixit.iut.port, 5061);
	cr_expect_str_eq(ixit.tls.certificate, "/tmp/c.pem");
	cr_expect_str_eq(ixit.tls.key, "/k.pem");
	cr_expect_str_eq(ixit.tls.authority, "/tmp/a.pem");
	cr_expect_str_eq(ixit.tls.name, "im.example");
	cr_expect_str_eq(ixit.tls.keylog, "/tmp/log");
	cr_expect_str_eq(ixit.tls.host, "127.0.0.1");
	cr_expect_str_eq(ixit.tls.domain, "example.org");
	cr_expect_eq(ixit.tls.clients, TLS_CLIENTS_REQUIRED);
	cr_expect(ixit.tls.insecure && ixit.tls_secrets);
	ixit_done(&ixit);
}

Test(harness_ixit_tls, flags_go_before_the_file)
{
	struct options options = {.tls_cert = "mine.pem", .tls_ca = "lab.pem", .tls_clients = "asked", .tls_name = "x"};

	cr_assert_eq(load("return { tls = { certificate = 'c.pem', key = 'k.pem', clients = 'required', name = 'y' } }",
			  &options),
		     0, "%s", err.text);
	cr_expect_str_eq(ixit.tls.certificate, "mine.pem");
	cr_expect_null(ixit.tls.key, "the key of another certificate");
	cr_expect_str_eq(ixit.tls.authority, "lab.pem");
	cr_expect_str_eq(ixit.tls.name, "x");
	cr_expect_eq(ixit.tls.clients, TLS_CLIENTS_ASKED);
	cr_expect(!ixit.tls.insecure && !ixit.tls_secrets);
	ixit_done(&ixit);
}

/* RFC 5922 wants the name that was typed, not what it was resolved to. */
Test(harness_ixit_tls, the_targets_host_is_whom_we_want)
{
	static const struct {
		const char *target, *name;
		bool sips;
	} cases[] = {
		{"sips:im.example", "im.example", true},
		{"sip:lab.example:5099;transport=tls", "lab.example", false},
		{"sips:localhost:5061", "localhost", true},
		{"sips:127.0.0.1:5061", NULL, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct options options = {.target = cases[i].target};

		cr_assert_eq(load("return { hosts = { ['lab.example'] = '127.0.0.7' } }", &options), 0, "%s", err.text);
		cr_expect_eq(ixit.iut_transport, NET_TLS);
		cr_expect_eq(ixit.sips, cases[i].sips);
		if (cases[i].name)
			cr_expect_str_eq(ixit.tls.name, cases[i].name);
		else
			cr_expect_null(ixit.tls.name);
		ixit_done(&ixit);
	}
}

Test(harness_ixit_tls, a_transport_for_all)
{
	struct options options = {.transport = "tls", .target = "127.0.0.1"};

	cr_assert_eq(load(NULL, &options), 0, "%s", err.text);
	cr_expect_eq(ixit.iut_transport, NET_TLS);
	cr_expect_eq(ixit.iut.port, 5061);
	ixit_done(&ixit);
}

Test(harness_ixit_tls, contradictions)
{
	fails(NULL, (struct options){.transport = "tls", .target = "sip:127.0.0.1;transport=udp"},
	      "--transport tls, and --target says udp");
	fails(NULL, (struct options){.transport = "tcp", .target = "sips:127.0.0.1"},
	      "--transport tcp, and --target says tls");
	fails(NULL, (struct options){.target = "sips:127.0.0.1;transport=udp"},
	      "--target: a sips URI is reached by TLS, not by udp");
	fails(NULL, (struct options){.tls_key = "k.pem"}, "--tls-key without --tls-cert: whose key is it");
	fails("return { tls = { clients = 'some' } }", (struct options){0},
	      ":1: tls.clients is 'some', expected one of \"any\", \"asked\", \"required\"");
}
