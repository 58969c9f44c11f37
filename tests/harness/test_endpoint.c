/* SPDX-License-Identifier: MIT */
#include "harness/endpoint.h"

#include "harness/sip_text.h"
#include "world_peers.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <pthread.h>
#include <stdio.h>

/* Two endpoints that talk: the diary is what a's tap saw, "ms >|< first line", and what its owner was told. */
struct side {
	struct endpoint *endpoint;
	struct buf *diary;
	struct talk *talk;
	const char *name;
};

struct talk {
	struct world *world;
	struct side a, b;
	struct buf diary;
	enum net_transport transport;
	unsigned statuses[4]; /* what b answers, in order, 0 ends */
	uint64_t answer_delay;
	bool silent;  /* b leaves requests alone */
	bool no_ack;  /* a sends no ACK to a 2xx */
	bool damaged; /* what comes may be anything */
	struct server_txn *waiting;
	struct world_timer later;
	unsigned requests, acks, outcomes, ends, missing;
	struct client_txn *invite;
};

static void note(struct talk *talk, const char *what, struct slice line)
{
	const char *end = line.len ? memchr(line.p, '\r', line.len) : NULL;

	buf_printf(&talk->diary, "%llu %s %.*s\n", (unsigned long long)(world_now(talk->world) / MS), what,
		   end ? (int)(end - line.p) : (int)line.len, line.len ? line.p : "");
}

static void on_tap(void *arg, const struct event_path *path, struct slice bytes, bool sent)
{
	struct side *side = arg;
	char what[8];

	snprintf(what, sizeof(what), "%s%s", side->name, sent ? ">" : "<");
	note(side->talk, what, bytes);
}

static void on_stray(void *arg, const struct event_path *path, struct slice bytes)
{
	note(((struct side *)arg)->talk, "stray", bytes);
}

static void answer(struct talk *talk, unsigned status)
{
	struct buf text = {0};

	sip_text_answer(&text, server_txn_request(talk->waiting), status, "b");
	sip_text_body(&text, NULL, SLICE_NONE);
	cr_assert(endpoint_answer(talk->waiting, buf_slice(&text), NULL) == 0 || talk->damaged);
	buf_done(&text);
}

static void answer_all(void *arg)
{
	struct talk *talk = arg;

	for (size_t i = 0; i < 4 && talk->statuses[i]; i++)
		answer(talk, talk->statuses[i]);
}

static void on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
	struct side *side = arg;

	if (!txn) {
		cr_assert_eq(msg->method, SIP_METHOD_ACK);
		side->talk->acks++;
		return;
	}
	cr_assert_null(server_txn_arg(txn));
	server_txn_set_arg(txn, side->talk);
	side->talk->requests++;
	side->talk->waiting = txn;
	if (side->talk->silent)
		return;
	if (side->talk->answer_delay)
		world_timer_start(side->talk->world, &side->talk->later, side->talk->answer_delay, answer_all,
				  side->talk);
	else
		answer_all(side->talk);
}

static void on_cancel(void *arg, struct server_txn *invite)
{
	struct talk *talk = ((struct side *)arg)->talk;

	cr_assert(invite == talk->waiting || talk->damaged);
	cr_assert_eq(server_txn_arg(invite), talk);
	answer(talk, 487);
}

static void on_txn_end(void *arg, struct server_txn *txn, bool ack_missing)
{
	struct talk *talk = ((struct side *)arg)->talk;

	talk->ends++;
	talk->missing += ack_missing;
	note(talk, ack_missing ? "end without ack" : "end", server_txn_request(txn)->raw);
}

static const struct endpoint_events events = {on_request, on_cancel, on_txn_end, on_stray, on_tap};

static void send_ack(struct talk *talk, const struct sip_msg *msg)
{
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	sip_text_request(&text, "ACK", SLICE("sip:b@127.0.0.1"));
	sip_text_via(&text, talk->transport, endpoint_addr(talk->a.endpoint), sip_text_branch(talk->world, branch));
	sip_text_copy(&text, msg, SIP_HEADER_FROM);
	sip_text_copy(&text, msg, SIP_HEADER_TO);
	sip_text_copy(&text, msg, SIP_HEADER_CALL_ID);
	sip_text_header(&text, "CSeq", "1 ACK");
	sip_text_body(&text, NULL, SLICE_NONE);
	cr_assert_eq(
	    endpoint_send(talk->a.endpoint, talk->transport, endpoint_addr(talk->b.endpoint), buf_slice(&text), NULL),
	    0);
	buf_done(&text);
}

static void on_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct talk *talk = arg;

	talk->outcomes++;
	if (!msg) {
		note(talk, "told", slice_of(err->text));
		return;
	}
	note(talk, "told", msg->raw);
	if (msg->method == SIP_METHOD_INVITE && msg->status / 100 == 2 && !talk->no_ack)
		send_ack(talk, msg);
}

static struct buf request(struct talk *talk, const char *method, const char *branch)
{
	struct buf text = {0};

	sip_text_request(&text, method, SLICE("sip:b@127.0.0.1"));
	sip_text_via(&text, talk->transport, endpoint_addr(talk->a.endpoint), branch);
	sip_text_header(&text, "Max-Forwards", "70");
	sip_text_header(&text, "From", "<sip:a@127.0.0.1>;tag=a");
	sip_text_header(&text, "To", "<sip:b@127.0.0.1>");
	sip_text_header(&text, "Call-ID", "call of %s", branch);
	sip_text_header(&text, "CSeq", "1 %s", method);
	sip_text_body(&text, NULL, SLICE_NONE);
	return text;
}

static void ask(struct talk *talk, const char *method, const char *branch)
{
	struct buf text = request(talk, method, branch);
	struct err err = {0};

	cr_assert_eq(endpoint_request(talk->a.endpoint, talk->transport, endpoint_addr(talk->b.endpoint),
				      buf_slice(&text), on_answer, talk, &talk->invite, &err),
		     0, "%s", err.text);
	buf_done(&text);
}

static void side_open(struct talk *talk, struct side *side, const char *name, struct net_addr bind)
{
	struct err err = {0};

	side->talk = talk;
	side->name = name;
	cr_assert_eq(endpoint_new(talk->world, &bind, &events, side, &side->endpoint, &err), 0, "%s", err.text);
}

static void talk_open(struct talk *talk, struct world *world, struct net_addr a, struct net_addr b)
{
	talk->world = world;
	side_open(talk, &talk->a, "a", a);
	side_open(talk, &talk->b, "b", b);
}

static void talk_start(struct talk *talk, uint64_t seed, const struct weather *weather)
{
	talk_open(talk, world_new_virtual(seed, weather), loopback4(5060), loopback4(5070));
}

static void talk_end(struct talk *talk)
{
	world_timer_stop(&talk->later);
	endpoint_free(talk->a.endpoint);
	endpoint_free(talk->b.endpoint);
	world_free(talk->world);
	buf_done(&talk->diary);
}

static unsigned count(const struct talk *talk, const char *what)
{
	unsigned n = 0;

	for (const char *p = talk->diary.p; p && (p = strstr(p, what)); p++)
		n++;
	return n;
}

Test(harness_endpoint, request_is_answered_and_ends)
{
	struct talk talk = {.statuses = {100, 200}};

	talk_start(&talk, 1, NULL);
	ask(&talk, "OPTIONS", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_str_eq(talk.diary.p, "0 a> OPTIONS sip:b@127.0.0.1 SIP/2.0\n"
				       "0 b< OPTIONS sip:b@127.0.0.1 SIP/2.0\n"
				       "0 b> SIP/2.0 100 Trying\n"
				       "0 b> SIP/2.0 200 OK\n"
				       "0 a< SIP/2.0 100 Trying\n"
				       "0 told SIP/2.0 100 Trying\n"
				       "0 a< SIP/2.0 200 OK\n"
				       "0 told SIP/2.0 200 OK\n"
				       "32000 end OPTIONS sip:b@127.0.0.1 SIP/2.0\n");
	talk_end(&talk);
}

Test(harness_endpoint, unanswered_request_is_repeated_and_times_out)
{
	struct talk talk = {.silent = true};

	talk_start(&talk, 1, NULL);
	ask(&talk, "OPTIONS", "z9hG4bK1");
	world_run(talk.world);
	static const unsigned times[] = {0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500};
	struct buf want = {0};

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		buf_printf(&want, "%u a> OPTIONS sip:b@127.0.0.1 SIP/2.0\n%u b< OPTIONS sip:b@127.0.0.1 SIP/2.0\n",
			   times[i], times[i]);
	buf_puts(&want, "32000 told no final answer to OPTIONS from 127.0.0.1:5070 within 32 s\n");
	cr_assert_str_eq(talk.diary.p, want.p);
	cr_assert_eq(talk.requests, 1);
	buf_done(&want);
	talk_end(&talk);
}

Test(harness_endpoint, unanswered_invite_is_repeated_and_times_out)
{
	struct talk talk = {.silent = true};

	talk_start(&talk, 1, NULL);
	ask(&talk, "INVITE", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_not_null(strstr(talk.diary.p, "\n500 a> INVITE"));
	cr_assert_not_null(strstr(talk.diary.p, "\n1500 a> INVITE"));
	cr_assert_not_null(strstr(talk.diary.p, "\n3500 a> INVITE"));
	cr_assert_not_null(strstr(talk.diary.p, "\n7500 a> INVITE"));
	cr_assert_not_null(strstr(talk.diary.p, "\n15500 a> INVITE"));
	cr_assert_not_null(strstr(talk.diary.p, "\n31500 a> INVITE"));
	cr_assert_eq(count(&talk, "a> INVITE"), 7);
	cr_assert_not_null(
	    strstr(talk.diary.p, "\n32000 told no final answer to INVITE from 127.0.0.1:5070 within 32 s\n"));
	talk_end(&talk);
}

Test(harness_endpoint, loss_is_overcome)
{
	struct weather weather = {.delay = 10 * MS, .jitter = 20 * MS, .loss = 300, .duplicate = 50};

	for (uint64_t seed = 0; seed < 20; seed++) {
		struct talk talk = {.statuses = {200}};

		talk_start(&talk, seed, &weather);
		ask(&talk, "OPTIONS", "z9hG4bK1");
		world_run(talk.world);
		cr_assert_eq(talk.requests, 1);
		cr_assert_eq(count(&talk, "told SIP/2.0 200 OK"), 1, "seed %d: %s", (int)seed, talk.diary.p);
		talk_end(&talk);
	}
}

Test(harness_endpoint, invite_is_acknowledged_by_its_owner)
{
	struct talk talk = {.statuses = {180, 200}};

	talk_start(&talk, 1, NULL);
	ask(&talk, "INVITE", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_eq(talk.acks, 1);
	cr_assert_eq(count(&talk, "b> SIP/2.0 200"), 1);
	cr_assert_eq(talk.ends, 1);
	cr_assert_eq(talk.missing, 0);
	talk_end(&talk);
}

Test(harness_endpoint, accepted_invite_is_repeated_until_the_ack)
{
	struct talk talk = {.statuses = {200}, .no_ack = true};
	static const unsigned times[] = {0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500};
	char line[64];

	talk_start(&talk, 1, NULL);
	ask(&talk, "INVITE", "z9hG4bK1");
	world_run(talk.world);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		snprintf(line, sizeof(line), "\n%u b> SIP/2.0 200 OK\n", times[i]);
		cr_assert_not_null(strstr(talk.diary.p, line), "%s", line);
	}
	cr_assert_eq(count(&talk, "b> SIP/2.0 200"), 11);
	/* each is told: each wants an ACK */
	cr_assert_eq(count(&talk, "told SIP/2.0 200"), 11);
	cr_assert_not_null(strstr(talk.diary.p, "\n32000 end without ack INVITE"));
	talk_end(&talk);
}

Test(harness_endpoint, refused_invite_is_acknowledged_here)
{
	struct talk talk = {.statuses = {486}};

	talk_start(&talk, 1, NULL);
	ask(&talk, "INVITE", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_eq(talk.acks, 0);
	cr_assert_eq(count(&talk, "b< ACK sip:b@127.0.0.1 SIP/2.0"), 1);
	cr_assert_eq(count(&talk, "b> SIP/2.0 486"), 1);
	cr_assert_eq(talk.outcomes, 1);
	/* timer I */
	cr_assert_not_null(strstr(talk.diary.p, "\n5000 end INVITE"));
	talk_end(&talk);
}

Test(harness_endpoint, refusal_without_ack_is_repeated)
{
	struct talk talk = {.statuses = {486}};
	struct buf text;

	talk_start(&talk, 1, NULL);
	text = request(&talk, "INVITE", "z9hG4bK1");
	endpoint_send(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint), buf_slice(&text), NULL);
	world_run(talk.world);
	cr_assert_eq(count(&talk, "b> SIP/2.0 486"), 11);
	cr_assert_eq(count(&talk, "stray SIP/2.0 486"), 11);
	cr_assert_not_null(strstr(talk.diary.p, "\n32000 end without ack INVITE"));
	buf_done(&text);
	talk_end(&talk);
}

Test(harness_endpoint, cancel_is_answered_and_told)
{
	struct talk talk = {.statuses = {180}};
	struct sip_msg invite;
	struct arena arena = {0};
	struct buf text, cancel = {0};

	talk_start(&talk, 1, NULL);
	ask(&talk, "INVITE", "z9hG4bK1");
	text = request(&talk, "INVITE", "z9hG4bK1");
	sip_msg_index(&invite, buf_slice(&text), &arena, NULL);
	sip_text_cancel(&cancel, &invite);
	cr_assert_eq(endpoint_request(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint), buf_slice(&cancel),
				      on_answer, &talk, NULL, NULL),
		     0);
	world_run(talk.world);
	cr_assert_eq(count(&talk, "told SIP/2.0 200 OK"), 1);
	cr_assert_eq(count(&talk, "told SIP/2.0 487"), 1);
	cr_assert_eq(count(&talk, "b< ACK"), 1);
	cr_assert_eq(talk.requests, 1);
	cr_assert_eq(talk.ends, 1);
	buf_done(&text);
	buf_done(&cancel);
	arena_done(&arena);
	talk_end(&talk);
}

Test(harness_endpoint, cancel_of_nothing_is_refused)
{
	struct talk talk = {0};

	talk_start(&talk, 1, NULL);
	ask(&talk, "CANCEL", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_eq(count(&talk, "told SIP/2.0 481"), 1);
	cr_assert_eq(talk.requests, 0);
	cr_assert_eq(talk.ends, 0);
	talk_end(&talk);
}

Test(harness_endpoint, tcp_does_not_repeat)
{
	struct talk talk = {.transport = NET_TCP, .statuses = {200}, .answer_delay = 3000 * MS};

	talk_start(&talk, 1, NULL);
	ask(&talk, "OPTIONS", "z9hG4bK1");
	world_run(talk.world);
	cr_assert_str_eq(talk.diary.p, "0 a> OPTIONS sip:b@127.0.0.1 SIP/2.0\n"
				       "0 b< OPTIONS sip:b@127.0.0.1 SIP/2.0\n"
				       "3000 b> SIP/2.0 200 OK\n"
				       "3000 a< SIP/2.0 200 OK\n"
				       "3000 told SIP/2.0 200 OK\n"
				       "3000 end OPTIONS sip:b@127.0.0.1 SIP/2.0\n");
	talk_end(&talk);
}

Test(harness_endpoint, transport_errors_are_told)
{
	struct talk talk = {0};
	struct buf text;
	struct net_addr nobody = loopback4(9);

	talk_start(&talk, 1, NULL);
	for (int i = 0; i < 2; i++) {
		talk.transport = i ? NET_TCP : NET_UDP;
		text = request(&talk, "OPTIONS", i ? "z9hG4bK1" : "z9hG4bK2");
		cr_assert_eq(endpoint_request(talk.a.endpoint, talk.transport, &nobody, buf_slice(&text), on_answer,
					      &talk, NULL, NULL),
			     0);
		buf_done(&text);
	}
	world_run(talk.world);
	cr_assert_eq(talk.outcomes, 2);
	cr_assert_eq(count(&talk, "told cannot send to 127.0.0.1:9: Connection refused"), 1);
	cr_assert_eq(count(&talk, "told cannot connect to 127.0.0.1:9: Connection refused"), 1);
	talk_end(&talk);
}

Test(harness_endpoint, repeated_request_is_answered_again)
{
	struct talk talk = {.statuses = {202}};
	struct buf text;

	talk_start(&talk, 1, NULL);
	text = request(&talk, "MESSAGE", "z9hG4bK1");
	for (int i = 0; i < 3; i++)
		endpoint_send(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint), buf_slice(&text), NULL);
	world_run(talk.world);
	cr_assert_eq(talk.requests, 1);
	cr_assert_eq(count(&talk, "b> SIP/2.0 202"), 3);
	buf_done(&text);
	talk_end(&talk);
}

Test(harness_endpoint, requests_without_cookie_match_by_the_old_rules)
{
	struct talk talk = {.statuses = {486}};

	talk_start(&talk, 1, NULL);
	ask(&talk, "INVITE", "old1");
	world_run(talk.world);
	cr_assert_eq(talk.acks, 0);
	cr_assert_eq(count(&talk, "b> SIP/2.0 486"), 1);
	talk_end(&talk);
}

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
		side_open(&talk, &c, "c", loopback4(5080));
		buf_printf(&text, "OPTIONS sip:b SIP/2.0\r\nVia: %s\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n",
			   cases[i].via);
		endpoint_send(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint), buf_slice(&text), NULL);
		world_run(talk.world);
		cr_assert_eq(count(&talk, cases[i].told), 1, "%zu: %s", i, talk.diary.p);
		cr_assert_eq(count(&talk, "stray"), 1);
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
	cr_assert_eq(count(&talk, "stray"), 3);
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
	ask(&talk, "OPTIONS", "z9hG4bK1");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		cr_assert_eq(endpoint_request(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint),
					      slice_of(cases[i].raw), on_answer, &talk, NULL, &err),
			     cases[i].code);
		cr_assert_str_eq(err.text, cases[i].text);
	}
	world_run(talk.world);
	cr_assert_eq(endpoint_answer(talk.waiting, SLICE("BYE sip:b SIP/2.0\r\n"), &err), -EBADMSG);
	cr_assert_str_eq(err.text, "an answer was to be sent, and this is none");
	answer(&talk, 200);
	cr_assert_eq(endpoint_answer(talk.waiting, SLICE("SIP/2.0 200 OK\r\n\r\n"), &err), -EALREADY);
	cr_assert_str_eq(err.text, "the request has its final answer already");
	talk_end(&talk);
}

Test(harness_endpoint, detached_transactions_run_on_silently)
{
	struct talk talk = {.statuses = {200}, .answer_delay = 700 * MS};

	talk_start(&talk, 1, NULL);
	ask(&talk, "OPTIONS", "z9hG4bK1");
	client_txn_detach(talk.invite);
	world_run(talk.world);
	cr_assert_eq(talk.outcomes, 0);
	cr_assert_eq(count(&talk, "a> OPTIONS"), 2);
	cr_assert_eq(count(&talk, "a< SIP/2.0 200"), 1);
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
		text = request(&talk, "OPTIONS", "z9hG4bK1");
		cr_assert_eq(endpoint_request(talk.a.endpoint, NET_UDP, endpoint_addr(talk.b.endpoint),
					      buf_slice(&text), free_in_answer, &talk, NULL, NULL),
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
		ask(&talks[i], "INVITE", "z9hG4bK1");
		ask(&talks[i], "OPTIONS", "z9hG4bK2");
		ask(&talks[i], "MESSAGE", "z9hG4bK3");
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
		ask(&talk, "OPTIONS", "z9hG4bK1");
		test_run_until(talk.world, &talk.outcomes, 2);
		ask(&talk, "INVITE", "z9hG4bK2");
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
	ask(&talk, "OPTIONS", "z9hG4bK1");
	endpoint_free(talk.b.endpoint);
	talk.b.endpoint = NULL;
	test_run_until(talk.world, &talk.outcomes, 1);
	/* sent while b was there, repeated when it was gone */
	cr_assert_eq(count(&talk, "told cannot send to 127.0.0.1:"), 1, "%s", talk.diary.p);
	cr_assert_eq(count(&talk, ": Connection refused"), 1);
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
	cr_assert_eq(endpoint_new(world, port_addr(peer.port), &events, NULL, &endpoint, &err), -EADDRINUSE);
	snprintf(want, sizeof(want), "cannot bind %s: Address already in use",
		 net_addr_format(addr, port_addr(peer.port)));
	cr_assert_str_eq(err.text, want);
	bind = *port_addr(peer.port);
	port_close(peer.port);
	test_run_until(world, &peer.errors, 0);
	cr_assert_eq(endpoint_new(world, &bind, &events, NULL, &endpoint, &err), 0, "%s", err.text);
	endpoint_free(endpoint);
	world_free(world);
}

Test(harness_endpoint, libosip2_prints_nothing, .init = cr_redirect_stdout)
{
	struct talk talk = {.statuses = {486}};

	talk_start(&talk, 1, NULL);
	ask(&talk, "INVITE", "z9hG4bK1");
	ask(&talk, "OPTIONS", "z9hG4bK2");
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
		ask(talk, i % 2 ? "INVITE" : "OPTIONS", branch);
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
	ask(&talk, "INVITE", "z9hG4bK1");
	for (int i = 0; i < 3000; i++) {
		text = request(&talk, methods[i % 4], i % 3 ? "z9hG4bK1" : "old");
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
	cr_assert_gt(count(&talk, "stray"), 1);
	buf_done(&answer_text);
	talk_end(&talk);
}
