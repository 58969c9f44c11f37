/* SPDX-License-Identifier: MIT */
#include "tls_help.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct tls_lab lab;
static struct tls_context *context; /* server and client believe each other */

static void init(void)
{
	tls_lab_init(&lab);
	tls_lab_issue(&lab, &(struct tls_order){.name = "im", .san = "DNS:im.example", .issuer = "ca"});
	context = tls_lab_context(&lab, "im", "ca", NULL);
}

static void done(void)
{
	tls_context_free(context);
	tls_lab_done(&lab);
}

TestSuite(harness_tls, .init = init, .fini = done, .timeout = 60);

static void assert_got(const struct buf *got, const char *text)
{
	cr_assert_eq(got->len, strlen(text), "%zu bytes", got->len);
	cr_assert_eq(memcmp(got->p, text, got->len), 0);
}

/* --- the course of a connection --- */

Test(harness_tls, both_sides_understand_each_other)
{
	struct tls_pair pair;

	tls_pair_init(&pair, context, context, "im.example");
	tls_send(pair.client, SLICE("early"), &pair.to_server);
	tls_pair_run(&pair);
	cr_assert(tls_is_open(pair.client) && tls_is_open(pair.server), "%s / %s", pair.client_err.text,
		  pair.server_err.text);
	assert_got(&pair.server_got, "early");
	tls_send(pair.server, SLICE("answer"), &pair.to_client);
	cr_assert_null(slice_find(buf_slice(&pair.to_client), SLICE("answer")), "plain text on the wire");
	tls_pair_run(&pair);
	assert_got(&pair.client_got, "answer");
	tls_pair_done(&pair);
}

Test(harness_tls, a_handshake_in_pieces_of_any_length_is_one)
{
	for (size_t step = 1; step < 40; step++) {
		struct tls_pair pair;

		tls_pair_init(&pair, context, context, "im.example");
		pair.step = step;
		tls_send(pair.client, SLICE("MESSAGE"), &pair.to_server);
		tls_pair_run(&pair);
		cr_assert(tls_is_open(pair.client) && tls_is_open(pair.server), "step %zu", step);
		assert_got(&pair.server_got, "MESSAGE");
		tls_pair_done(&pair);
	}
}

/* What a hello is cut into makes no difference, wherever the cut is. */
Test(harness_tls, a_hello_is_taken_in_two_pieces_cut_anywhere)
{
	struct tls *client = tls_new(context, false, "im.example");
	struct buf hello = {0};

	tls_start(client, &hello);
	for (size_t cut = 1; cut < hello.len; cut++) {
		struct tls *server = tls_new(context, true, "127.0.0.1");
		struct buf plain = {0}, wire = {0};

		cr_assert_eq(tls_receive(server, (struct slice){hello.p, cut}, &plain, &wire, NULL), 0);
		cr_assert_eq(wire.len, 0, "an answer to %zu of %zu bytes", cut, hello.len);
		cr_assert_eq(tls_receive(server, (struct slice){hello.p + cut, hello.len - cut}, &plain, &wire, NULL),
			     0);
		cr_assert_gt(wire.len, 100, "no answer where it was cut at %zu", cut);
		tls_free(server);
		buf_done(&wire);
		buf_done(&plain);
	}
	tls_free(client);
	buf_done(&hello);
}

Test(harness_tls, large_messages_pass_whole)
{
	enum { LARGE = 300000 };
	struct tls_pair pair;
	struct buf large = {0};

	for (int i = 0; i < LARGE; i++)
		buf_putc(&large, (char)('a' + i % 26));
	tls_pair_init(&pair, context, context, "im.example");
	tls_send(pair.client, buf_slice(&large), &pair.to_server);
	pair.step = 1000;
	tls_pair_run(&pair);
	tls_send(pair.server, buf_slice(&pair.server_got), &pair.to_client);
	tls_pair_run(&pair);
	assert_got(&pair.client_got, large.p);
	buf_done(&large);
	tls_pair_done(&pair);
}

Test(harness_tls, the_end_is_told_in_order)
{
	struct tls_pair pair;

	tls_pair_init(&pair, context, context, "im.example");
	tls_pair_run(&pair);
	tls_send(pair.client, SLICE("last"), &pair.to_server);
	tls_close(pair.client, &pair.to_server);
	tls_pair_run(&pair);
	assert_got(&pair.server_got, "last");
	cr_assert_eq(pair.server_rc, TLS_CLOSED);
	cr_assert_eq(tls_ended(pair.server, NULL), 0);
	tls_pair_done(&pair);
}

Test(harness_tls, an_end_within_the_handshake_is_a_failure)
{
	struct tls *client = tls_new(context, false, "im.example");
	struct buf wire = {0};
	struct err err;

	tls_start(client, &wire);
	cr_assert_eq(tls_ended(client, &err), TLS_FAILED);
	cr_assert_str_eq(err.text, "the other side closed the connection within the handshake");
	tls_free(client);
	buf_done(&wire);
}

/* --- hostile bytes --- */

static int receive(bool server, struct slice bytes, struct err *err)
{
	struct tls *tls = tls_new(context, server, "im.example");
	struct buf plain = {0}, wire = {0};
	int rc;

	tls_start(tls, &wire);
	rc = tls_receive(tls, bytes, &plain, &wire, err);
	cr_assert_eq(plain.len, 0);
	tls_free(tls);
	buf_done(&plain);
	buf_done(&wire);
	return rc;
}

Test(harness_tls, plain_text_is_called_what_it_is)
{
	struct err err;

	for (int server = 0; server < 2; server++) {
		cr_assert_eq(receive(server, SLICE("SIP/2.0 400 \x01"), &err), TLS_FAILED);
		cr_assert_str_eq(err.text, "what came is no TLS: \"SIP/2.0 400 \\x01\"");
	}
}

Test(harness_tls, nonsense_in_records_is_refused)
{
	static const struct {
		struct slice bytes;
		const char *text;
	} bad[] = {
		{SLICE("\x16\x03\x01\x00\x04garb"), "unexpected message"},
		{SLICE("\x16\x07\x07\x00\x04garbage"), "no version of TLS from 1.2 on in common"},
		{SLICE("\x15\x03\x03\x00\x02\x02\x28"), "the other side sent the alert \"handshake failure\": no "
							"cipher in common, or it wants a certificate of "
							"ours (--tls-cert)"},
		{SLICE("\x15\x03\x03\x00\x02\x02\x46"),
		 "the other side sent the alert \"protocol version\": no version of TLS from 1.2 on in common"},
		{SLICE("\x15\x03\x03\x00\x02\x02\x70"),
		 "the other side sent the alert \"unrecognized name\": it does not know the name that we want "
		 "(--tls-name): im.example"},
		{SLICE("\x15\x03\x03\x00\x02\x02\x30"),
		 "the other side sent the alert \"unknown CA\": it does not believe our certificate (--tls-cert)"},
	};
	struct err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_eq(receive(false, bad[i].bytes, &err), TLS_FAILED, "%zu", i);
		cr_expect_str_eq(err.text, bad[i].text);
	}
}

/* Bytes of a good conversation, one of them changed: never accepted as something else, never a crash. */
Test(harness_tls, a_changed_byte_never_passes)
{
	uint64_t dice = 7;

	for (int round = 0; round < 200; round++) {
		struct tls_pair pair;
		uint64_t at;

		tls_pair_init(&pair, context, context, "im.example");
		tls_send(pair.client, SLICE("truth"), &pair.to_server);
		at = rng_next(&dice) % pair.to_server.len;
		pair.to_server.p[at] ^= (char)(1 + rng_next(&dice) % 255);
		tls_pair_run(&pair);
		if (pair.server_got.len)
			assert_got(&pair.server_got, "truth");
		tls_pair_done(&pair);
	}
}

/* --- files --- */

static void fails(const struct tls_settings *settings, int code, const char *text)
{
	struct tls_context *none = NULL;
	struct err err = {0};
	const char *seen = err.text;

	cr_expect_eq(tls_context_new(settings, &none, &err), code, "%s", err.text);
	if (strncmp(seen, lab.folder, strlen(lab.folder)) == 0)
		seen += strlen(lab.folder) + 1;
	cr_expect_eq(strncmp(seen, text, strlen(text)), 0, "%s, expected %s", seen, text);
}

Test(harness_tls, files_that_are_wrong_are_named)
{
	char *im = tls_lab_path(&lab, "im", "pem"), *im_key = tls_lab_path(&lab, "im", "key");
	char *ca_key = tls_lab_path(&lab, "ca", "key"), *none = tls_lab_path(&lab, "none", "pem");

	fails(&(struct tls_settings){.certificate = none, .key = im_key}, -ENOENT,
	      "none.pem: No such file or directory");
	fails(&(struct tls_settings){.certificate = im, .key = none}, -ENOENT, "none.pem: No such file or directory");
	fails(&(struct tls_settings){.authority = none}, -ENOENT, "none.pem: No such file or directory");
	fails(&(struct tls_settings){.certificate = im, .key = ca_key}, -EINVAL,
	      "ca.key: the key is not that of the certificate in /tmp/imconform-tls-");
	fails(&(struct tls_settings){.certificate = im_key, .key = im_key}, -EINVAL, "im.key: no certificate in PEM: ");
	fails(&(struct tls_settings){.certificate = im}, -EINVAL, "im.pem: no private key in PEM: ");
	fails(&(struct tls_settings){.authority = im_key}, -EINVAL, "im.key: no certificate in PEM: ");
	fails(&(struct tls_settings){.key = im_key}, -EINVAL, "im.key: a key without a certificate");
	fails(&(struct tls_settings){.keylog = "/nowhere/at/all"}, -ENOENT, "/nowhere/at/all: No such file");
	free(im);
	free(im_key);
	free(ca_key);
	free(none);
}

Test(harness_tls, our_certificate_is_described)
{
	struct buf text = {0};
	struct err err;

	tls_context_describe(context, &text);
	cr_assert_eq(strncmp(text.p, "CN=im, issued by CN=ca, valid from 20", 37), 0, "%s", text.p);
	cr_assert_not_null(strstr(text.p, ", for DNS:im.example"), "%s", text.p);
	cr_assert_eq(tls_context_dates(context, time(NULL), &err), 0);
	cr_assert_eq(tls_context_dates(context, time(NULL) + 40 * 86400, &err), -EINVAL);
	cr_assert_eq(strncmp(err.text, "today is not within its days: CN=im, issued by", 46), 0, "%s", err.text);
	cr_assert_eq(tls_context_dates(context, time(NULL) - 40 * 86400, &err), -EINVAL);
	buf_done(&text);
}

/* Who brings none gets one that only he believes. */
Test(harness_tls, a_made_certificate_is_for_its_maker)
{
	struct tls_context *made = tls_lab_context(
		&lab, NULL, NULL, &(struct tls_settings){.host = "192.0.2.7", .domain = "made.example"});
	static const char *const names[] = {"127.0.0.1", "::1", "192.0.2.7", "made.example", "localhost"};
	struct tls_pair pair;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		tls_pair_init(&pair, made, made, names[i]);
		tls_pair_run(&pair);
		cr_expect(tls_is_open(pair.client), "%s: %s", names[i], pair.client_err.text);
		tls_pair_done(&pair);
	}
	tls_pair_init(&pair, context, made, "127.0.0.1");
	tls_pair_run(&pair);
	cr_expect_eq(pair.client_rc, TLS_FAILED);
	tls_pair_done(&pair);
	tls_context_free(made);
}

/* --- secrets --- */

struct lines {
	unsigned count;
	char last[400];
};

static void on_secret(void *arg, const char *line)
{
	struct lines *lines = arg;

	lines->count++;
	snprintf(lines->last, sizeof(lines->last), "%s", line);
}

Test(harness_tls, secrets_are_told_only_where_they_are_asked_for)
{
	char *path = tls_lab_path(&lab, "keys", "log"), *text = NULL;
	struct tls_context *talker = tls_lab_context(&lab, "im", "ca", &(struct tls_settings){.keylog = path});
	struct lines lines = {0};
	struct tls_pair pair;
	struct stat stat_of;
	size_t size = 0;
	FILE *file;

	tls_context_on_secret(talker, on_secret, &lines);
	tls_pair_init(&pair, talker, context, "im.example");
	tls_pair_run(&pair);
	cr_assert(tls_is_open(pair.client));
	tls_pair_done(&pair);
	tls_context_free(talker);
	cr_assert_geq(lines.count, 4);
	cr_assert_eq(stat(path, &stat_of), 0);
	cr_assert_eq(stat_of.st_mode & 0777, 0600);
	file = fopen(path, "r");
	cr_assert_gt(getdelim(&text, &size, '\0', file), 0);
	cr_assert_not_null(strstr(text, "CLIENT_TRAFFIC_SECRET_0 "));
	cr_assert_not_null(strstr(text, lines.last));
	fclose(file);
	free(text);
	free(path);
}
