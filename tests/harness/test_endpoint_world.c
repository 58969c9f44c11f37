/* SPDX-License-Identifier: MIT */
#include "endpoint_talk.h"

#include "harness/sip_text.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <pthread.h>
#include <stdio.h>

Test(harness_endpoint, answers_go_where_via_says)
{
	static const struct {
		const char *via;
		const char *told; /* who hears the answer */
	} cases[] = {
		{"SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK1", "c<"},
		{"SIP/2.0/UDP 127.0.0.1:5080;rport;branch=z9hG4bK1", "a<"},
		{"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "a<"},
	};

	for (size_t i = 0; i < 3; i++) {
		struct talk talk = {.statuses = {200}};
		struct side c;
		struct buf text = {0};

		talk_start(&talk, 1, NULL);
		talk_side_open(&talk, &c, "c", loopback4(5080));
		buf_printf(&text, "OPTIONS sip:b SIP/2.0\r\nVia: %s\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n",
			   cases[i].via);
		endpoint_send(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint), buf_slice(&text), NULL);
		world_run(talk.world);
		cr_assert_eq(talk_count(&talk, cases[i].told), 1, "%zu: %s", i, talk.diary.p);
		cr_assert_eq(talk_count(&talk, "stray"), 1);
		buf_done(&text);
		endpoint_free(c.endpoint);
		talk_end(&talk);
	}
}

Test(harness_endpoint, what_fits_nothing_is_stray)
{
	static const char *const strays[] = {"no SIP at all, but long", "SIP/2.0 200 OK\r\nCSeq: 1 X\r\n\r\n",
					     "OPTIONS sip:b SIP/2.0\r\n\r\n"};
	struct talk talk = {0};

	talk_start(&talk, 1, NULL);
	for (size_t i = 0; i < 3; i++)
		endpoint_send(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint), slice_of(strays[i]), NULL);
	world_run(talk.world);
	cr_assert_eq(talk_count(&talk, "stray"), 3);
	cr_assert_eq(talk.requests, 0);
	talk_end(&talk);
}

Test(harness_endpoint, requests_that_make_no_transaction_are_refused)
{
	static const struct {
		const char *raw;
		int code;
		const char *text;
	} cases[] = {
		{"SIP/2.0 200 OK\r\n\r\n", -EBADMSG, "a request was to be sent, and this is a response"},
		{"ACK sip:b SIP/2.0\r\n\r\n", -EINVAL, "an ACK makes no transaction"},
		{"OPTIONS sip:b SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nVia: SIP/2.0/UDP a\r\n\r\n", -EBADMSG,
		 "no Via branch, CSeq or Call-ID to know the transaction by"},
		{"OPTIONS sip:b SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n\r\n",
		 -EEXIST, "another transaction has the same branch and method"},
	};
	struct talk talk = {.silent = true};
	struct err err;

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "OPTIONS", "z9hG4bK1");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		cr_assert_eq(endpoint_request(talk.a.endpoint,
					      &(struct endpoint_request){NET_UDP, endpoint_addr(talk.b.endpoint),
									 slice_of(cases[i].raw), talk_on_answer, &talk},
					      NULL, &err),
			     cases[i].code);
		cr_assert_str_eq(err.text, cases[i].text);
	}
	world_run(talk.world);
	cr_assert_eq(endpoint_answer(talk.waiting, SLICE("BYE sip:b SIP/2.0\r\n"), &err), -EBADMSG);
	cr_assert_str_eq(err.text, "an answer was to be sent, and this is none");
	talk_answer(&talk, 200);
	cr_assert_eq(endpoint_answer(talk.waiting, SLICE("SIP/2.0 200 OK\r\n\r\n"), &err), -EALREADY);
	cr_assert_str_eq(err.text, "the request has its final answer already");
	talk_end(&talk);
}

Test(harness_endpoint, detached_transactions_run_on_silently)
{
	struct talk talk = {.statuses = {200}, .answer_delay = 700 * MS};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "OPTIONS", "z9hG4bK1");
	client_txn_detach(talk.invite);
	world_run(talk.world);
	cr_assert_eq(talk.outcomes, 0);
	cr_assert_eq(talk_count(&talk, "a> OPTIONS"), 2);
	cr_assert_eq(talk_count(&talk, "a< SIP/2.0 200"), 1);
	talk_end(&talk);
}

static void free_in_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct talk *talk = arg;

	endpoint_free(talk->a.endpoint);
	talk->a.endpoint = NULL;
	talk->outcomes++;
}

Test(harness_endpoint, owner_may_free_it_from_an_answer)
{
	for (int silent = 0; silent < 2; silent++) {
		struct talk talk = {.statuses = {200}, .silent = silent};
		struct buf text;

		talk_start(&talk, 1, NULL);
		text = talk_request(&talk, "OPTIONS", "z9hG4bK1");
		cr_assert_eq(endpoint_request(talk.a.endpoint,
					      &(struct endpoint_request){NET_UDP, endpoint_addr(talk.b.endpoint),
									 buf_slice(&text), free_in_answer, &talk},
					      NULL, NULL),
			     0);
		world_run(talk.world);
		cr_assert_eq(talk.outcomes, 1);
		buf_done(&text);
		talk_end(&talk);
	}
}

Test(harness_endpoint, equal_seeds_give_equal_runs)
{
	struct weather weather = {.delay = 10 * MS, .jitter = 40 * MS, .loss = 300, .duplicate = 100};
	struct talk talks[3] = {{.statuses = {180, 200}}, {.statuses = {180, 200}}, {.statuses = {180, 200}}};

	for (int i = 0; i < 3; i++) {
		talk_start(&talks[i], i < 2 ? 42 : 43, &weather);
		talk_ask(&talks[i], "INVITE", "z9hG4bK1");
		talk_ask(&talks[i], "OPTIONS", "z9hG4bK2");
		talk_ask(&talks[i], "MESSAGE", "z9hG4bK3");
		world_run(talks[i].world);
	}
	cr_assert_str_eq(talks[0].diary.p, talks[1].diary.p);
	cr_assert_str_neq(talks[0].diary.p, talks[2].diary.p);
	for (int i = 0; i < 3; i++)
		talk_end(&talks[i]);
}

Test(harness_endpoint, works_on_sockets)
{
	for (int i = 0; i < 4; i++) {
		struct talk talk = {.statuses = {180, 200}, .transport = i < 2 ? NET_UDP : NET_TCP};
		struct net_addr bind = i % 2 ? loopback6(0) : loopback4(0);

		talk_open(&talk, world_new_real(NULL), bind, bind);
		talk_ask(&talk, "OPTIONS", "z9hG4bK1");
		test_run_until(talk.world, &talk.outcomes, 2);
		talk_ask(&talk, "INVITE", "z9hG4bK2");
		test_run_until(talk.world, &talk.acks, 1);
		cr_assert_eq(talk.outcomes, 4);
		cr_assert_eq(talk.requests, 2);
		talk_end(&talk);
	}
}

Test(harness_endpoint, refused_sockets_are_told)
{
	struct talk talk = {.transport = NET_UDP};
	struct net_addr bind = loopback4(0);

	talk_open(&talk, world_new_real(NULL), bind, bind);
	talk_ask(&talk, "OPTIONS", "z9hG4bK1");
	endpoint_free(talk.b.endpoint);
	talk.b.endpoint = NULL;
	test_run_until(talk.world, &talk.outcomes, 1);
	/* sent while b was there, repeated when it was gone */
	cr_assert_eq(talk_count(&talk, "told cannot send to 127.0.0.1:"), 1, "%s", talk.diary.p);
	cr_assert_eq(talk_count(&talk, ": Connection refused"), 1);
	talk_end(&talk);
}

Test(harness_endpoint, port_in_use_is_told)
{
	struct world *world = world_new_real(NULL);
	struct net_addr bind = loopback4(0);
	struct test_peer peer = {0};
	struct endpoint *endpoint;
	struct err err;
	char want[128], addr[NET_ADDR_TEXT_MAX];

	/* TCP alone in use: the UDP port is given back */
	test_peer_open(&peer, world, NET_TCP, bind);
	cr_assert_eq(endpoint_new(world, port_addr(peer.port), &talk_events, NULL, &endpoint, &err), -EADDRINUSE);
	snprintf(want, sizeof(want), "cannot bind %s: Address already in use",
		 net_addr_format(addr, port_addr(peer.port)));
	cr_assert_str_eq(err.text, want);
	bind = *port_addr(peer.port);
	port_close(peer.port);
	test_run_until(world, &peer.errors, 0);
	cr_assert_eq(endpoint_new(world, &bind, &talk_events, NULL, &endpoint, &err), 0, "%s", err.text);
	endpoint_free(endpoint);
	world_free(world);
}

Test(harness_endpoint, libosip2_prints_nothing, .init = cr_redirect_stdout)
{
	struct talk talk = {.statuses = {486}};

	talk_start(&talk, 1, NULL);
	talk_ask(&talk, "INVITE", "z9hG4bK1");
	talk_ask(&talk, "OPTIONS", "z9hG4bK2");
	world_run(talk.world);
	talk_end(&talk);
	fflush(stdout);
	cr_assert_stdout_eq_str("");
}

static void *talk_alone(void *arg)
{
	struct weather weather = {.delay = 10 * MS, .jitter = 40 * MS, .loss = 200};
	struct talk *talk = arg;

	talk_start(talk, 42, &weather);
	for (int i = 0; i < 20; i++) {
		char branch[32];

		snprintf(branch, sizeof(branch), "z9hG4bK%d", i);
		talk_ask(talk, i % 2 ? "INVITE" : "OPTIONS", branch);
	}
	world_run(talk->world);
	return NULL;
}

Test(harness_endpoint, worlds_in_threads_do_not_meet)
{
	struct talk talks[4];
	pthread_t threads[4];

	for (int i = 0; i < 4; i++) {
		talks[i] = (struct talk){.statuses = {200}};
		pthread_create(&threads[i], NULL, talk_alone, &talks[i]);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	cr_assert_eq(talks[0].requests, 20);
	for (int i = 0; i < 4; i++)
		cr_assert_str_eq(talks[i].diary.p, talks[0].diary.p);
	for (int i = 0; i < 4; i++)
		talk_end(&talks[i]);
}

/* Damaged messages, in both directions, with the same few branches: nothing may break. */
Test(harness_endpoint, damaged_messages_do_no_harm)
{
	static const char *const methods[] = {"INVITE", "ACK", "CANCEL", "OPTIONS"};
	struct talk talk = {.statuses = {180, 486}};
	struct buf text, answer_text = {0};
	uint64_t dice = 1;

	talk_start(&talk, 1, NULL);
	buf_puts(&answer_text, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1\r\n"
			       "CSeq: 1 INVITE\r\nCall-ID: call of z9hG4bK1\r\nTo: b;tag=1\r\nFrom: a;tag=2\r\n\r\n");
	talk_ask(&talk, "INVITE", "z9hG4bK1");
	for (int i = 0; i < 3000; i++) {
		text = talk_request(&talk, methods[i % 4], i % 3 ? "z9hG4bK1" : "old");
		if (i % 5 == 0)
			buf_clear(&text), buf_add(&text, buf_slice(&answer_text));
		for (int n = (int)rng_below(&dice, 4); n; n--)
			text.p[rng_below(&dice, text.len)] = "\r\n:;,<\"zZ0"[rng_below(&dice, 10)];
		endpoint_send(talk.b.endpoint, NET_UDP, endpoint_addr(talk.a.endpoint), buf_slice(&text), NULL);
		endpoint_send(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint), buf_slice(&text), NULL);
		buf_done(&text);
	}
	talk.damaged = true;
	world_run(talk.world);
	cr_assert_gt(talk.requests, 1);
	cr_assert_gt(talk_count(&talk, "stray"), 1);
	buf_done(&answer_text);
	talk_end(&talk);
}

/* A server that ends its connection over the first thing that comes by it, `ends` times, and answers from then on. */
struct moody {
	unsigned ends, connections;
};

static void moody_bytes(void *arg, struct stream *stream, struct slice bytes)
{
	struct moody *moody = arg;
	struct arena arena = {0};
	struct buf text = {0};
	struct sip_msg msg;

	if (moody->connections <= moody->ends) {
		stream_close(stream);
		return;
	}
	cr_assert_eq(sip_msg_index(&msg, bytes, &arena, NULL), 0);
	sip_text_answer(&text, &msg, 200, "b");
	sip_text_body(&text, NULL, SLICE_NONE);
	stream_send(stream, buf_slice(&text));
	buf_done(&text);
	arena_done(&arena);
}

static void moody_accept(void *arg, struct stream *stream)
{
	static const struct stream_events events = {.on_bytes = moody_bytes};
	struct moody *moody = arg;

	moody->connections++;
	stream_set_events(stream, &events, moody);
}

Test(harness_endpoint, connection_that_ends_takes_no_harmless_request_with_it)
{
	static const struct {
		const char *method;
		unsigned ends;
		bool answered;
		unsigned sent;
	} cases[] = {
		{"OPTIONS", 1, true, 2}, {"REGISTER", 8, true, 9}, {"OPTIONS", 9, false, 9}, {"PUBLISH", 1, false, 1}};

	for (size_t i = 0; i < 4; i++) {
		struct talk talk = {.transport = NET_TCP};
		struct moody moody = {.ends = cases[i].ends};
		struct net_addr at = loopback4(5080);
		struct listener *listener;
		struct buf text;

		talk_start(&talk, 1, NULL);
		cr_assert_eq(stream_listen(talk.world, &at, moody_accept, &moody, &listener, NULL), 0);
		text = talk_request(&talk, cases[i].method, "z9hG4bK1");
		cr_assert_eq(endpoint_request(
				     talk.a.endpoint,
				     &(struct endpoint_request){NET_TCP, &at, buf_slice(&text), talk_on_answer, &talk},
				     NULL, NULL),
			     0);
		world_run(talk.world);
		cr_assert_eq(talk.outcomes, 1);
		cr_assert_eq(talk_count(&talk, "told SIP/2.0 200 OK"), cases[i].answered, "%s", talk.diary.p);
		cr_assert_eq(talk_count(&talk, "told no final answer to "), !cases[i].answered, "%s", talk.diary.p);
		cr_assert_eq(talk_count(&talk, "a> "), cases[i].sent, "%s", talk.diary.p);
		buf_done(&text);
		talk_end(&talk);
	}
}

/* Each lane has a connection, and hears the answers to what it sent. */
Test(harness_endpoint, lanes_are_connections)
{
	struct talk talk = {.transport = NET_TCP};
	struct moody moody = {0};
	struct net_addr at = loopback4(5080);
	struct listener *listener;
	char branch[16];
	struct buf text;

	talk_start(&talk, 1, NULL);
	cr_assert_eq(stream_listen(talk.world, &at, moody_accept, &moody, &listener, NULL), 0);
	for (unsigned i = 0; i < 6; i++) {
		snprintf(branch, sizeof(branch), "z9hG4bK%u", i);
		text = talk_request(&talk, "OPTIONS", branch);
		cr_assert_eq(endpoint_request(talk.a.endpoint,
					      &(struct endpoint_request){NET_TCP, &at, buf_slice(&text), talk_on_answer,
									 &talk, i % 3},
					      NULL, NULL),
			     0);
		world_run(talk.world);
		buf_done(&text);
	}
	cr_assert_eq(moody.connections, 3);
	cr_assert_eq(talk_count(&talk, "told SIP/2.0 200 OK"), 6, "%s", talk.diary.p);
	talk_end(&talk);
}

/* Sends a request, closes, and listens where its Via says. */
static void hear_answer(void *arg, struct stream *stream, struct slice bytes)
{
	(*(unsigned *)arg)++;
	cr_assert(slice_find(bytes, SLICE("SIP/2.0 200 OK")) == bytes.p);
}

static void accept_answer(void *arg, struct stream *stream)
{
	static const struct stream_events events = {.on_bytes = hear_answer};

	stream_set_events(stream, &events, arg);
}

static void ask_and_close(void *arg, struct stream *stream)
{
	struct buf *text = arg;

	stream_send(stream, buf_slice(text));
	stream_close(stream);
}

Test(harness_endpoint, answer_finds_who_has_hung_up)
{
	static const struct stream_events events = {.on_open = ask_and_close};
	struct talk talk = {.transport = NET_TCP, .statuses = {200}, .answer_delay = 100 * MS};
	struct net_addr at = loopback4(5080);
	struct listener *listener;
	struct stream *stream;
	struct buf text = {0};
	unsigned heard = 0;

	talk_start(&talk, 1, NULL);
	cr_assert_eq(stream_listen(talk.world, &at, accept_answer, &heard, &listener, NULL), 0);
	buf_puts(&text, "OPTIONS sip:b SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5080;branch=z9hG4bK1\r\nCall-ID: 1\r\n"
			"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
	cr_assert_eq(stream_connect(talk.world, endpoint_addr(talk.b.endpoint), &events, &text, &stream, NULL), 0);
	world_run(talk.world);
	cr_assert_eq(talk.requests, 1);
	cr_assert_eq(heard, 1, "%s", talk.diary.p);
	buf_done(&text);
	talk_end(&talk);
}
