/* SPDX-License-Identifier: MIT
 *
 * SIP over TLS on the streams of both worlds. */
#include "tls_help.h"
#include "world_peers.h"

#include "harness/endpoint.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct tls_lab lab;
static struct tls_context *good, *bad; /* for 127.0.0.1; for another address */

static void init(void)
{
	tls_lab_init(&lab);
	tls_lab_issue(&lab, &(struct tls_order){.name = "good", .san = "IP:127.0.0.1", .issuer = "ca"});
	tls_lab_issue(&lab, &(struct tls_order){.name = "bad", .san = "IP:127.0.0.2", .issuer = "ca"});
	good = tls_lab_context(&lab, "good", "ca", NULL);
	bad = tls_lab_context(&lab, "bad", "ca", NULL);
}

static void done(void)
{
	tls_context_free(good);
	tls_context_free(bad);
	tls_lab_done(&lab);
}

TestSuite(harness_world_tls, .init = init, .fini = done, .timeout = 60);

static const struct weather calm = {.delay = MS};

static struct world *make_world(int real)
{
	struct err err = {0};
	struct world *world = real ? world_new_real(&err) : world_new_virtual(1, &calm);

	cr_assert_not_null(world, "%s", err.text);
	return world;
}

static void open_peer(struct test_peer *peer, struct world *world, struct tls_context *tls)
{
	world_set_tls(world, tls);
	test_peer_open(peer, world, NET_TLS, loopback4(0));
}

static void close_world(struct world *world, struct test_peer *a, struct test_peer *b)
{
	world_free(world);
	buf_done(&a->diary.text);
	buf_done(&b->diary.text);
}

/* --- what goes well --- */

Test(harness_world_tls, messages_are_framed_and_answered_on_the_connection)
{
	static const struct slice two = SLICE("\r\n\r\nMESSAGE sip:b SIP/2.0\r\nl: 3\r\n\r\nabc"
					      "MESSAGE sip:b SIP/2.0\r\nl: 3\r\n\r\nabc");

	for (int real = 0; real < 2; real++) {
		struct world *world = make_world(real);
		struct test_peer a = {0}, b = {.answer = test_options};

		open_peer(&a, world, good);
		open_peer(&b, world, good);
		cr_assert_eq(port_send(a.port, port_addr(b.port), two, NULL), 0);
		cr_assert_eq(port_send(a.port, port_addr(b.port), (struct slice){test_options.p, 9}, NULL), 0);
		cr_assert_eq(port_send(a.port, port_addr(b.port),
				       (struct slice){test_options.p + 9, test_options.len - 9}, NULL),
			     0);
		test_run_until(world, &a.messages, 3);
		cr_assert_eq(b.messages, 3, "%s", b.diary.text.p);
		cr_assert_eq(a.messages, 3, "%s", a.diary.text.p);
		cr_assert_not_null(strstr(a.diary.text.p, "sip 54 tls 127.0.0.1:"), "%s", a.diary.text.p);
		cr_assert_null(strstr(b.diary.text.p, "junk"), "%s", b.diary.text.p);
		cr_assert_eq(a.errors + b.errors, 0, "%s%s", a.diary.text.p, b.diary.text.p);
		close_world(world, &a, &b);
	}
}

Test(harness_world_tls, a_port_may_close_itself_while_it_reads)
{
	for (int real = 0; real < 2; real++) {
		struct world *world = make_world(real);
		struct test_peer a = {0}, b = {.closes = true};

		open_peer(&a, world, good);
		open_peer(&b, world, good);
		port_send(a.port, port_addr(b.port), test_options, NULL);
		port_send(a.port, port_addr(b.port), test_options, NULL);
		test_run_until(world, &b.messages, 1);
		cr_assert_eq(b.messages, 1);
		close_world(world, &a, &b);
	}
}

/* --- what does not --- */

Test(harness_world_tls, a_certificate_for_another_is_told_to_both)
{
	for (int real = 0; real < 2; real++) {
		struct world *world = make_world(real);
		struct test_peer a = {0}, b = {0};

		open_peer(&a, world, good);
		open_peer(&b, world, bad);
		port_send(a.port, port_addr(b.port), test_options, NULL);
		test_run_until(world, &b.errors, 1);
		test_run_until(world, &a.errors, 1);
		cr_assert_eq(b.messages, 0);
		cr_assert_not_null(strstr(a.diary.text.p, "TLS with 127.0.0.1:"), "%s", a.diary.text.p);
		cr_assert_not_null(strstr(a.diary.text.p, "it is not for 127.0.0.1, which is wanted (CN=bad"), "%s",
				   a.diary.text.p);
		cr_assert_not_null(strstr(b.diary.text.p,
					  "TLS with 127.0.0.1, which connected to us: the other side "
					  "sent the alert \"bad certificate\": it does not believe our"),
				   "%s", b.diary.text.p);
		close_world(world, &a, &b);
	}
}

Test(harness_world_tls, plain_sip_on_a_port_of_tls_is_told)
{
	struct world *world = make_world(0);
	struct test_peer a = {0}, b = {0};

	test_peer_open(&a, world, NET_TCP, loopback4(0));
	open_peer(&b, world, good);
	port_send(a.port, port_addr(b.port), test_options, NULL);
	test_run_until(world, &b.errors, 1);
	cr_assert_eq(b.messages, 0);
	cr_assert_str_eq(b.diary.text.p, "3 TLS with 127.0.0.1, which connected to us: what came is no TLS: \"OPTIONS "
					 "sip:a@127.0.0.1 SIP/2.0\\x0d\\x0aContent-Length: 0… 4 bytes more\"\n");
	close_world(world, &a, &b);
}

Test(harness_world_tls, tls_with_a_port_of_plain_sip_is_told)
{
	struct world *world = make_world(0);
	struct test_peer a = {0}, b = {.answer = SLICE("SIP/2.0 400 Bad Request\r\nl: 0\r\n\r\n")};

	open_peer(&a, world, good);
	test_peer_open(&b, world, NET_TCP, loopback4(0));
	port_send(a.port, port_addr(b.port), test_options, NULL);
	world_run(world);
	cr_assert_geq(a.errors, 1);
	close_world(world, &a, &b);
}

/* Who takes the connection and says nothing is given up after 6 s, and not before. */
Test(harness_world_tls, silence_in_the_handshake_has_an_end)
{
	struct world *world = make_world(0);
	struct test_talker deaf = {.diary.world = world};
	struct net_addr any = loopback4(0);
	struct test_peer a = {0}, none = {0};

	cr_assert_eq(stream_listen(world, &any, test_talker_accept, &deaf, &deaf.listener, NULL), 0);
	open_peer(&a, world, good);
	port_send(a.port, listener_addr(deaf.listener), test_options, NULL);
	world_run(world);
	cr_assert_eq(a.errors, 1);
	cr_assert_eq(strncmp(a.diary.text.p, "6000 TLS with 127.0.0.1:", 24), 0, "%s", a.diary.text.p);
	cr_assert_not_null(strstr(a.diary.text.p, ": the handshake was not over after 6 s\n"), "%s", a.diary.text.p);
	buf_done(&deaf.diary.text);
	close_world(world, &a, &none);
}

Test(harness_world_tls, nobody_there_is_no_matter_of_tls)
{
	struct world *world = make_world(0);
	struct net_addr nobody = loopback4(9);
	struct test_peer a = {0}, none = {0};

	open_peer(&a, world, good);
	port_send(a.port, &nobody, test_options, NULL);
	world_run(world);
	cr_assert_str_eq(a.diary.text.p, "2 cannot connect to 127.0.0.1:9: Connection refused\n");
	close_world(world, &a, &none);
}

Test(harness_world_tls, a_world_without_tls_says_so)
{
	struct world *world = make_world(0);
	struct net_addr any = loopback4(0);
	struct port *port;
	struct err err;

	cr_assert_eq(port_open(world, NET_TLS, &any, &test_peer_events, NULL, &port, &err), -ENOTSUP);
	cr_assert_str_eq(err.text, "transport tls has no sockets here");
	world_free(world);
}

/* --- connections for both directions (RFC 5923) --- */

/* `a` has connected to `b`, and wants to be found at `alias`. */
static void reach_back(struct tls_context *of_a, const struct net_addr *alias, bool expected)
{
	struct tls_context *asking =
		tls_lab_context(&lab, "good", "ca", &(struct tls_settings){.clients = TLS_CLIENTS_ASKED});
	struct world *world = make_world(0);
	struct test_peer a = {0}, b = {0};
	struct net_addr from;

	open_peer(&a, world, of_a);
	open_peer(&b, world, asking);
	port_send(a.port, port_addr(b.port), test_options, NULL);
	world_run(world);
	cr_assert_eq(b.messages, 1, "%s%s", a.diary.text.p, b.diary.text.p);
	buf_drop_front(&b.diary.text, (size_t)(strstr(b.diary.text.p, "127.0.0.1:") - b.diary.text.p));
	b.diary.text.p[b.diary.text.len - 1] = '\0'; /* the line's end */
	cr_assert_eq(net_addr_parse(slice_of(b.diary.text.p), 0, &from, NULL), 0, "%s", b.diary.text.p);
	cr_assert_eq(port_alias(b.port, &from, alias), expected);
	port_send(b.port, alias, test_options, NULL);
	world_run(world);
	cr_assert_eq(a.messages, expected);
	cr_assert_eq(b.errors, !expected);
	close_world(world, &a, &b);
	tls_context_free(asking);
}

Test(harness_world_tls, who_proves_his_address_is_reached_by_his_connection)
{
	struct tls_context *silent = tls_lab_context(&lab, NULL, "ca", NULL);
	struct net_addr nobody = loopback4(9), other = loopback4(9);

	other.ip[3] = 2;
	reach_back(good, &nobody, true);
	reach_back(good, &other, false);    /* 127.0.0.2 is not his */
	reach_back(silent, &nobody, false); /* he showed no certificate */
	tls_context_free(silent);
}

/* --- endpoints --- */

static void on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
}

static void on_failed(void *arg, const struct net_addr *peer, const struct err *err)
{
	struct err *told = arg;

	*told = *err;
}

static void on_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct err *told = arg;

	cr_assert_null(msg);
	*told = *err;
}

Test(harness_world_tls, an_endpoint_of_tls_has_no_tcp_and_tells_of_failures)
{
	static const struct endpoint_events events = {.on_request = on_request, .on_tls_failed = on_failed};
	static const struct slice request = SLICE("OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TLS "
						  "127.0.0.1;branch=z9hG4bKx\r\nCSeq: 1 OPTIONS\r\nCall-ID: 1\r\n\r\n");
	struct world *world = make_world(0);
	struct net_addr any = loopback4(0);
	struct err told = {0}, answered = {0}, err;
	struct endpoint *a, *b;

	world_set_tls(world, good);
	cr_assert_eq(endpoint_new(world, &any, &events, &told, &a, NULL), 0);
	world_set_tls(world, bad);
	cr_assert_eq(endpoint_new(world, &any, &events, &told, &b, NULL), 0);
	cr_assert_eq(endpoint_send(a, NET_TCP, endpoint_addr(b), request, &err), -ENOTSUP);
	cr_assert_str_eq(err.text, "the endpoint has no tcp");
	cr_assert_eq(endpoint_request(
			     a, &(struct endpoint_request){NET_TLS, endpoint_addr(b), request, on_answer, &answered},
			     NULL, NULL),
		     0);
	world_run(world);
	cr_assert_eq(answered.code, TLS_FAILED);
	cr_assert_not_null(strstr(answered.text, "it is not for 127.0.0.1"), "%s", answered.text);
	cr_assert_eq(told.code, TLS_FAILED);
	endpoint_free(a);
	endpoint_free(b);
	world_free(world);
}
