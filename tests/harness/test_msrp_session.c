/* SPDX-License-Identifier: MIT */
#include "harness/harness_test.h"
#include "harness/msrp_session.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

TestSuite(msrp_session);

#define SEC 1000000000ull

/* One end, and what it has seen. */
struct end {
	struct world *world;
	struct msrp_session *session;
	struct buf taken; /* "type:body|" */
	unsigned answer;  /* to messages */
	bool free_on_message, free_on_sent;
	struct buf sent; /* "cookie=status " */
	unsigned opened, ended;
	char why[480]; /* of the end; "" in order */
};

static void on_open(void *arg, struct msrp_session *session)
{
	struct end *end = arg;

	end->opened++;
}

static void end_free(struct end *end)
{
	msrp_session_free(end->session);
	end->session = NULL;
}

static unsigned on_message(void *arg, struct msrp_session *session, struct slice type, struct slice body)
{
	struct end *end = arg;

	buf_printf(&end->taken, "%.*s:%.*s|", SLICE_F(type), SLICE_F(body));
	if (end->free_on_message)
		end_free(end);
	return end->answer;
}

static void on_sent(void *arg, struct msrp_session *session, void *cookie, unsigned status)
{
	struct end *end = arg;

	buf_printf(&end->sent, "%s=%u ", (const char *)cookie, status);
	if (end->free_on_sent)
		end_free(end);
}

static void on_end(void *arg, struct msrp_session *session, const struct err *err)
{
	struct end *end = arg;

	end->ended++;
	snprintf(end->why, sizeof(end->why), "%s", err ? err->text : "");
	end_free(end);
}

static const struct msrp_session_events events = {on_open, on_message, on_sent, on_end};

static void end_init(struct end *end, struct world *world)
{
	*end = (struct end){.world = world, .answer = 200};
	cr_assert_eq(msrp_session_new(world, NULL, &events, end, &end->session, NULL), 0);
}

static void end_done(struct end *end)
{
	msrp_session_free(end->session);
	buf_done(&end->taken);
	buf_done(&end->sent);
}

static void stop(void *arg)
{
	world_stop(arg);
}

static void run(struct world *world, uint64_t ns)
{
	struct world_timer timer = {0};

	world_timer_start(world, &timer, ns, stop, world);
	world_run(world);
}

/* Server a sends to user b; `a_connects` says who opens the stream. */
static void pair_start(struct world *world, struct end *a, struct end *b, bool a_connects)
{
	end_init(a, world);
	end_init(b, world);
	cr_assert_eq(msrp_session_start(b->session, slice_of(msrp_session_path(a->session)), !a_connects, NULL), 0);
	cr_assert_eq(msrp_session_start(a->session, slice_of(msrp_session_path(b->session)), a_connects, NULL), 0);
}

static void delivers(bool a_connects)
{
	struct world *world = world_new_virtual(1, NULL);
	struct end a, b;

	pair_start(world, &a, &b, a_connects);
	msrp_session_send(a.session, "text/plain", SLICE("one"), (void *)"1");
	msrp_session_send(a.session, "message/cpim", SLICE("two"), (void *)"2");
	run(world, SEC);
	cr_assert_str_eq(b.taken.p, "text/plain:one|message/cpim:two|");
	cr_assert_str_eq(a.sent.p, "1=200 2=200 ");
	cr_assert_eq(a.opened, 1);
	cr_assert_eq(b.opened, 1);
	cr_assert(msrp_session_is_open(a.session));
	end_done(&a);
	end_done(&b);
	world_free(world);
}

Test(msrp_session, delivers_where_the_sender_connects)
{
	delivers(true);
}

Test(msrp_session, delivers_where_the_receiver_connects)
{
	delivers(false);
}

Test(msrp_session, long_messages_go_in_chunks)
{
	struct world *world = world_new_virtual(1, NULL);
	struct slice body = {malloc(10000), 10000};
	struct end a, b;

	memset((char *)body.p, 'x', body.len);
	pair_start(world, &a, &b, true);
	msrp_session_send(a.session, "text/plain", body, (void *)"1");
	msrp_session_send(a.session, "text/plain", SLICE_NONE, (void *)"2");
	run(world, SEC);
	cr_assert_eq(b.taken.len, strlen("text/plain:|") + 10000 + strlen("text/plain:|"));
	cr_assert_str_eq(a.sent.p, "1=200 2=200 ");
	end_done(&a);
	end_done(&b);
	free((char *)body.p);
	world_free(world);
}

Test(msrp_session, refusals_and_silence_are_told)
{
	struct world *world = world_new_virtual(1, NULL);
	struct end a, b;

	pair_start(world, &a, &b, true);
	b.answer = 415;
	msrp_session_send(a.session, "text/plain", SLICE("x"), (void *)"1");
	run(world, SEC);
	cr_assert_str_eq(a.sent.p, "1=415 ");
	b.answer = 0;
	msrp_session_send(a.session, "text/plain", SLICE("x"), (void *)"2");
	run(world, 29 * SEC);
	cr_assert_str_eq(a.sent.p, "1=415 ");
	run(world, 2 * SEC);
	cr_assert_str_eq(a.sent.p, "1=415 2=408 ");
	end_done(&a);
	end_done(&b);
	world_free(world);
}

Test(msrp_session, may_be_freed_in_any_callback)
{
	struct world *world = world_new_virtual(1, NULL);
	struct end a, b;

	pair_start(world, &a, &b, true);
	b.free_on_message = true;
	msrp_session_send(a.session, "text/plain", SLICE("x"), (void *)"1");
	run(world, SEC);
	cr_assert_eq(a.ended, 1, "the other side is gone");
	cr_assert_str_eq(a.why, "");
	end_done(&a);
	end_done(&b);
	pair_start(world, &a, &b, true);
	a.free_on_sent = true;
	msrp_session_send(a.session, "text/plain", SLICE("x"), (void *)"1");
	run(world, SEC);
	cr_assert_null(a.session);
	cr_assert_eq(b.ended, 1);
	end_done(&a);
	end_done(&b);
	world_free(world);
}

Test(msrp_session, paths_that_lead_nowhere)
{
	struct world *world = world_new_virtual(1, NULL);
	struct err err;
	struct end a;

	end_init(&a, world);
	cr_assert_eq(msrp_session_start(a.session, SLICE("msrp://client.example:2855/s;tcp"), true, &err), -EBADMSG);
	cr_assert_str_eq(err.text, "the MSRP path names the host 'client.example', and names are not looked up");
	cr_assert_eq(msrp_session_start(a.session, SLICE("http://127.0.0.1/"), true, &err), -EBADMSG);
	cr_assert_eq(msrp_session_start(a.session, SLICE("msrp://127.0.0.1:9/s;tcp"), true, &err), 0);
	run(world, 60 * SEC);
	cr_assert_eq(a.ended, 1);
	cr_assert(*a.why);
	end_done(&a);
	world_free(world);
}

/* --- a raw stream against a session --- */

struct raw {
	struct stream *stream;
	struct buf in;
	bool closed;
};

static void raw_on_bytes(void *arg, struct stream *stream, struct slice bytes)
{
	buf_add(&((struct raw *)arg)->in, bytes);
}

static void raw_on_close(void *arg, struct stream *stream, const struct err *err)
{
	((struct raw *)arg)->closed = true;
}

static void raw_on_open(void *arg, struct stream *stream)
{
}

static const struct stream_events raw_events = {raw_on_open, raw_on_bytes, raw_on_close};

static void raw_connect(struct world *world, struct end *end, struct raw *raw)
{
	*raw = (struct raw){0};
	cr_assert_eq(stream_connect(world, msrp_session_addr(end->session), &raw_events, raw, &raw->stream, NULL), 0);
	run(world, SEC);
}

static const char send_text[] = "MSRP abcd SEND\r\nTo-Path: msrp://127.0.0.1:1/s;tcp\r\n"
				"From-Path: msrp://127.0.0.1:2/t;tcp\r\nMessage-ID: m1\r\nByte-Range: 1-2/2\r\n"
				"Success-Report: yes\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------abcd$\r\n";

Test(msrp_session, answers_and_reports)
{
	struct world *world = world_new_virtual(1, NULL);
	struct raw raw;
	struct end end;

	end_init(&end, world);
	msrp_session_start(end.session, SLICE("msrp://127.0.0.1:2/t;tcp"), false, NULL);
	raw_connect(world, &end, &raw);
	for (size_t i = 0; i < sizeof(send_text) - 1; i++) /* byte for byte */
		stream_send(raw.stream, (struct slice){send_text + i, 1});
	run(world, SEC);
	cr_assert_str_eq(end.taken.p, "text/plain:hi|");
	cr_assert(slice_find(buf_slice(&raw.in), SLICE("MSRP abcd 200 OK\r\n")));
	cr_assert(slice_find(buf_slice(&raw.in), SLICE("\r\nStatus: 000 200\r\n")));
	stream_close(raw.stream);
	buf_done(&raw.in);
	end_done(&end);
	world_free(world);
}

/* Chunks that never end are refused, not kept. */
Test(msrp_session, a_message_has_a_limit)
{
	static const char head[] = "MSRP abcd SEND\r\nTo-Path: msrp://127.0.0.1:1/s;tcp\r\n"
				   "From-Path: msrp://127.0.0.1:2/t;tcp\r\nMessage-ID: m1\r\nByte-Range: 2-*/*\r\n"
				   "Content-Type: text/plain\r\n\r\n";
	struct world *world = world_new_virtual(1, NULL);
	struct buf chunk = {0};
	struct raw raw;
	struct end end;

	buf_puts(&chunk, head);
	memset(buf_reserve(&chunk, MSRP_MESSAGE_MAX / 2), 'x', MSRP_MESSAGE_MAX / 2);
	chunk.len += MSRP_MESSAGE_MAX / 2;
	buf_puts(&chunk, "\r\n-------abcd+\r\n");
	end_init(&end, world);
	msrp_session_start(end.session, SLICE("msrp://127.0.0.1:2/t;tcp"), false, NULL);
	raw_connect(world, &end, &raw);
	for (int i = 0; i < 3; i++)
		stream_send(raw.stream, buf_slice(&chunk));
	run(world, SEC);
	cr_assert_null(slice_find((struct slice){raw.in.p, 100}, SLICE(" 413\r\n")));
	cr_assert_not_null(slice_find(buf_slice(&raw.in), SLICE("MSRP abcd 413\r\n")));
	stream_close(raw.stream);
	buf_done(&raw.in);
	buf_done(&chunk);
	end_done(&end);
	world_free(world);
}

Test(msrp_session, one_stream_a_session)
{
	struct world *world = world_new_virtual(1, NULL);
	struct raw first, second;
	struct end end;

	end_init(&end, world);
	msrp_session_start(end.session, SLICE("msrp://127.0.0.1:2/t;tcp"), false, NULL);
	raw_connect(world, &end, &first);
	raw_connect(world, &end, &second);
	cr_assert(second.closed);
	cr_assert_not(first.closed);
	stream_close(first.stream);
	run(world, SEC);
	cr_assert_eq(end.ended, 1);
	end_done(&end);
	world_free(world);
}

Test(msrp_session, what_is_no_msrp_ends_it)
{
	struct world *world = world_new_virtual(1, NULL);
	struct raw raw;
	struct end end;

	end_init(&end, world);
	msrp_session_start(end.session, SLICE("msrp://127.0.0.1:2/t;tcp"), false, NULL);
	raw_connect(world, &end, &raw);
	stream_send(raw.stream, SLICE("GET / HTTP/1.1\r\n\r\n"));
	run(world, SEC);
	cr_assert_eq(end.ended, 1);
	cr_assert(*end.why);
	cr_assert(raw.closed);
	end_done(&end);
	world_free(world);
}
