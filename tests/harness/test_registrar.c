/* SPDX-License-Identifier: MIT
 *
 * What the registrar says by itself: how a client behind a NAT learns where it is seen, and that a connection lives. */
#include "harness_test.h"
#include "harness/registrar.h"

#include <criterion/criterion.h>

struct raw { /* a client that writes bytes */
	struct world *world;
	struct stream *stream;
	struct buf got;
	const char *send;
};

static void on_open(void *arg, struct stream *stream)
{
	struct raw *raw = arg;

	stream_send(stream, slice_of(raw->send));
}

static void on_bytes(void *arg, struct stream *stream, struct slice bytes)
{
	buf_add(&((struct raw *)arg)->got, bytes);
}

static void on_close(void *arg, struct stream *stream, const struct err *err)
{
	((struct raw *)arg)->stream = NULL;
}

static void on_late(void *arg)
{
	world_stop(arg);
}

/* What comes back over one connection within a second. */
static void talk(const char *send, struct buf *to)
{
	static const struct stream_events events = {on_open, on_bytes, on_close};
	static const struct profile profile = {.event = "poc-settings", .feature_tag = "+g.oma.sip-im"};
	struct world *world = world_new_virtual(1, NULL);
	struct registrar_config config = {.bind = loopback4(5060), .domain = "im.example", .profile = &profile};
	struct raw raw = {.world = world, .send = send};
	struct world_timer timer = {0};
	struct registrar *registrar;

	cr_assert_eq(registrar_new(world, &config, &registrar, NULL), 0);
	registrar_open(registrar, "sip:alice@im.example", "alice", "secret");
	cr_assert_eq(stream_connect(world, registrar_addr(registrar), &events, &raw, &raw.stream, NULL), 0);
	world_timer_start(world, &timer, 1000 * MS, on_late, world);
	world_run(world);
	*to = raw.got;
	stream_close(raw.stream);
	registrar_free(registrar);
	world_free(world);
}

#define REGISTER(via)                                                                                                  \
	"REGISTER sip:im.example SIP/2.0\r\n" via                                                                      \
	"From: <sip:alice@im.example>;tag=1\r\nTo: <sip:alice@im.example>\r\n"                                         \
	"Call-ID: c\r\nCSeq: 1 REGISTER\r\nContact: <sip:alice@10.0.0.7:5060>;+g.oma.sip-im;expires=77\r\n"            \
	"Content-Length: 0\r\n\r\n"

Test(harness, registrar_answers_the_ping_of_a_connection)
{
	struct buf got = {0};

	talk("\r\n\r\n", &got);
	cr_assert(slice_is(buf_slice(&got), "\r\n"));
	buf_done(&got);
}

Test(harness, registrar_tells_a_client_where_it_is_seen)
{
	struct buf got = {0};

	talk(REGISTER("Via: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bKa;rport\r\n"), &got);
	cr_assert_not_null(slice_find(buf_slice(&got), SLICE(";received=127.0.0.1\r\n")), "%s", got.p);
	cr_assert_not_null(slice_find(buf_slice(&got), SLICE(";branch=z9hG4bKa;rport=")), "%s", got.p);
	cr_assert_not_null(slice_find(buf_slice(&got), SLICE(";+g.oma.sip-im;expires=77\r\n")), "%s", got.p);
	buf_done(&got);
}

Test(harness, registrar_leaves_a_via_without_rport_alone)
{
	struct buf got = {0};

	talk(REGISTER("Via: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bKa\r\n"), &got);
	cr_assert_not_null(slice_find(buf_slice(&got),
				      SLICE("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bKa\r\n")),
			   "%s", got.p);
	buf_done(&got);
}
