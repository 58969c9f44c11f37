/* SPDX-License-Identifier: MIT
 *
 * Whom we believe, and what we say of whom we do not. */
#include "tls_help.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct tls_lab lab;

static void init(void)
{
	tls_lab_init(&lab);
	tls_lab_issue(&lab, &(struct tls_order){.name = "other-ca", .is_authority = true});
}

static void done(void)
{
	tls_lab_done(&lab);
}

TestSuite(harness_tls_verify, .init = init, .fini = done, .timeout = 60);

/* A client that believes "ca" and wants `wanted` meets who shows `name`; its account, "" where it is content. */
static const char *meet(const char *name, const char *wanted, bool insecure)
{
	static char account[480];
	struct tls_context *server = tls_lab_context(&lab, name, NULL, NULL);
	struct tls_context *client =
		tls_lab_context(&lab, NULL, "ca", &(struct tls_settings){.name = wanted, .insecure = insecure});
	struct tls_pair pair;

	tls_pair_init(&pair, client, server, "192.0.2.1");
	tls_pair_run(&pair);
	cr_assert_eq(tls_is_open(pair.client), !pair.client_rc);
	snprintf(account, sizeof(account), "%s", pair.client_rc ? pair.client_err.text : tls_overlooked(pair.client));
	if (pair.client_rc) { /* it hears why */
		cr_assert_eq(pair.server_rc, TLS_FAILED);
		cr_assert_eq(strncmp(pair.server_err.text, "the other side sent the alert \"", 31), 0, "%s",
			     pair.server_err.text);
	}
	tls_pair_done(&pair);
	tls_context_free(client);
	tls_context_free(server);
	return account;
}

static void starts(const char *seen, const char *text)
{
	cr_expect_eq(strncmp(seen, text, strlen(text)), 0, "%s, expected %s", seen, text);
}

static void has(const char *seen, const char *text)
{
	cr_expect_not_null(strstr(seen, text), "%s, expected %s", seen, text);
}

/* --- names (RFC 5922 7.1, 7.2) --- */

Test(harness_tls_verify, names_are_those_of_the_subject_alternatives)
{
	static const struct {
		const char *san, *wanted;
		bool good;
	} cases[] = {
		{"DNS:im.example", "im.example", true},
		{"DNS:IM.Example", "im.example", true},
		{"URI:sip:im.example", "im.example", true},
		{"DNS:other.example,URI:sip:im.example", "im.example", true},
		{"URI:sip:alice@im.example", "im.example", false}, /* a user's, no domain's */
		{"URI:sips:im.example", "im.example", false},
		{"URI:http:im.example", "im.example", false},
		{"URI:sip:im.example;transport=tls", "im.example", false},
		{"DNS:*.example", "im.example", false}, /* no wildcards */
		{"DNS:*", "im.example", false},
		{"DNS:example", "im.example", false},
		{"DNS:im.example.org", "im.example", false},
		{"IP:127.0.0.1", "127.0.0.1", true},
		{"IP:0::1", "::1", true},
		{"IP:127.0.0.2", "127.0.0.1", false},
		{"DNS:127.0.0.1", "127.0.0.1", false},
		{"email:im@im.example", "im.example", false},
		{NULL, "im.example", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *account;

		tls_lab_issue(&lab, &(struct tls_order){.name = "im.example", .san = cases[i].san, .issuer = "ca"});
		account = meet("im.example", cases[i].wanted, false);
		cr_expect_eq(!*account, cases[i].good, "%s for %s: %s", cases[i].san, cases[i].wanted, account);
	}
}

Test(harness_tls_verify, another_name_is_told_with_those_there_are)
{
	const char *account;

	tls_lab_issue(&lab, &(struct tls_order){.name = "im",
						.issuer = "ca",
						.san = "DNS:a.example,URI:sip:b.example,IP:10.0.0.1,email:x@y"});
	account = meet("im", "c.example", false);
	starts(account, "its certificate is not believed: it is not for c.example, which is wanted (CN=im, issued by "
			"CN=ca, valid from 20");
	has(account, ", for DNS:a.example, URI:sip:b.example, IP:10.0.0.1, another kind of name)");
	tls_lab_issue(&lab, &(struct tls_order){.name = "im", .issuer = "ca"});
	has(meet("im", "c.example", false), ", for nobody (no subjectAltName))");
}

Test(harness_tls_verify, many_names_are_counted)
{
	struct buf san = {0};

	for (int i = 0; i < 40; i++)
		buf_printf(&san, "%sDNS:name-%d.example", i ? "," : "", i);
	tls_lab_issue(&lab, &(struct tls_order){.name = "im", .issuer = "ca", .san = san.p});
	has(meet("im", "c.example", false), " and 31 more)");
	buf_done(&san);
}

/* What is in a certificate came from outside. */
Test(harness_tls_verify, names_are_cleaned)
{
	tls_lab_issue(&lab, &(struct tls_order){.name = "im\x1b[2J", .issuer = NULL, .san = "DNS:x"});
	cr_expect_null(strchr(meet("im\x1b[2J", "c.example", false), '\x1b'));
}

/* --- chains and dates --- */

Test(harness_tls_verify, dates_are_told)
{
	const char *account;

	tls_lab_issue(&lab, &(struct tls_order){
				    .name = "old", .san = "DNS:im.example", .issuer = "ca", .from = -9, .to = -2});
	account = meet("old", "im.example", false);
	starts(account, "its certificate is not believed: it has expired (CN=old, issued by CN=ca, valid from 20");
	tls_lab_issue(&lab, &(struct tls_order){
				    .name = "young", .san = "DNS:im.example", .issuer = "ca", .from = 2, .to = 9});
	starts(meet("young", "im.example", false),
	       "its certificate is not believed: its time has not come (CN=young, issued by CN=ca, valid from 20");
}

Test(harness_tls_verify, unknown_issuers_are_named)
{
	const char *account;

	tls_lab_issue(&lab, &(struct tls_order){.name = "im", .san = "DNS:im.example", .issuer = "other-ca"});
	account = meet("im", "im.example", false);
	starts(account,
	       "its certificate is not believed: its issuer is not among the authorities of /tmp/imconform-tls-");
	has(account, "/ca.pem (CN=im, issued by CN=other-ca, valid");
}

Test(harness_tls_verify, who_signs_for_himself_is_not_believed)
{
	const char *account;

	tls_lab_issue(&lab, &(struct tls_order){.name = "self", .san = "DNS:im.example"});
	account = meet("self", "im.example", false);
	starts(account,
	       "its certificate is not believed: it is signed by itself, and is not among the authorities of ");
	has(account, "(CN=self, issued by CN=self, valid");
}

/* An authority that may not issue: whoever it issues for is not believed. */
Test(harness_tls_verify, a_server_is_no_authority)
{
	tls_lab_issue(&lab, &(struct tls_order){.name = "leaf", .issuer = "ca"});
	tls_lab_issue(&lab, &(struct tls_order){.name = "im", .san = "DNS:im.example", .issuer = "leaf"});
	starts(meet("im", "im.example", false), "its certificate is not believed: its issuer is not among");
}

Test(harness_tls_verify, insecure_overlooks_and_says_what)
{
	tls_lab_issue(&lab, &(struct tls_order){.name = "self", .san = "DNS:other.example"});
	starts(meet("self", "im.example", true), "its certificate is not believed: it is signed by itself");
	tls_lab_issue(&lab, &(struct tls_order){.name = "im", .san = "DNS:im.example", .issuer = "ca"});
	cr_expect_str_eq(meet("im", "im.example", true), "");
}

/* --- clients --- */

/* A server that believes "ca" meets a client who shows `name` (NULL: nothing); its account, "" where it is content. */
static const char *greet(const char *name, enum tls_clients clients)
{
	static char account[480];
	struct tls_context *server = tls_lab_context(&lab, "im", "ca", &(struct tls_settings){.clients = clients});
	struct tls_context *client = tls_lab_context(&lab, name, "ca", NULL);
	struct tls_pair pair;

	tls_pair_init(&pair, client, server, "im.example");
	tls_pair_run(&pair);
	snprintf(account, sizeof(account), "%s", pair.server_rc ? pair.server_err.text : "");
	if (pair.server_rc)
		cr_expect_eq(pair.client_rc, TLS_FAILED, "the client did not hear");
	tls_pair_done(&pair);
	tls_context_free(client);
	tls_context_free(server);
	return account;
}

Test(harness_tls_verify, clients_show_what_is_asked_of_them)
{
	tls_lab_issue(&lab, &(struct tls_order){.name = "im", .san = "DNS:im.example", .issuer = "ca"});
	tls_lab_issue(&lab, &(struct tls_order){.name = "alice", .san = "URI:sip:alice@im.example", .issuer = "ca"});
	tls_lab_issue(&lab, &(struct tls_order){.name = "mallory", .issuer = "other-ca"});
	cr_expect_str_eq(greet(NULL, TLS_CLIENTS_ANY), "");
	cr_expect_str_eq(greet(NULL, TLS_CLIENTS_ASKED), "");
	cr_expect_str_eq(greet(NULL, TLS_CLIENTS_REQUIRED),
			 "the other side showed no certificate, and one is required");
	cr_expect_str_eq(greet("alice", TLS_CLIENTS_REQUIRED), "");
	cr_expect_str_eq(greet("mallory", TLS_CLIENTS_ANY), "");
	starts(greet("mallory", TLS_CLIENTS_ASKED), "its certificate is not believed: its issuer is not among");
	starts(greet("mallory", TLS_CLIENTS_REQUIRED), "its certificate is not believed: its issuer is not among");
}
