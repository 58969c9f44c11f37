/* SPDX-License-Identifier: MIT */
#include "harness/world.h"

#include "base/buf.h"
#include "harness_test.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* What happened, as text: "1000 a\n" is a at 1000 ms. */
struct diary {
	struct world *world;
	struct buf text;
};

static void note(struct diary *diary, const char *what)
{
	buf_printf(&diary->text, "%llu %s\n", (unsigned long long)(world_now(diary->world) / MS), what);
}

/* ---- timers ---- */

struct tick {
	struct diary *diary;
	const char *name;
	struct world_timer timer;
	struct tick *stops, *starts;
	unsigned again;
};

static void tick(void *arg)
{
	struct tick *t = arg;

	note(t->diary, t->name);
	if (t->stops)
		world_timer_stop(&t->stops->timer);
	if (t->starts)
		world_timer_start(t->diary->world, &t->starts->timer, 5 * MS, tick, t->starts);
	if (t->again && t->again--)
		world_timer_start(t->diary->world, &t->timer, 10 * MS, tick, t);
}

Test(harness_world, timers_fire_in_order_of_time_and_start)
{
	struct diary diary = {world_new_virtual(1, NULL)};
	struct tick ticks[] = {{&diary, "a"}, {&diary, "b"}, {&diary, "c"}, {&diary, "d"}};
	static const uint64_t delays[] = {30 * MS, 10 * MS, 30 * MS, 20 * MS};

	for (size_t i = 0; i < 4; i++)
		world_timer_start(diary.world, &ticks[i].timer, delays[i], tick, &ticks[i]);
	world_run(diary.world);
	cr_assert_str_eq(diary.text.p, "10 b\n20 d\n30 a\n30 c\n");
	buf_done(&diary.text);
	world_free(diary.world);
}

Test(harness_world, timers_start_stop_and_move_from_callbacks)
{
	struct diary diary = {world_new_virtual(1, NULL)};
	struct tick late = {&diary, "late"}, moved = {&diary, "moved"};
	struct tick first = {&diary, "first", .stops = &late, .starts = &moved, .again = 2};

	world_timer_start(diary.world, &moved.timer, 1000 * MS, tick, &moved);
	world_timer_start(diary.world, &first.timer, 10 * MS, tick, &first);
	world_timer_start(diary.world, &late.timer, 10 * MS, tick, &late);
	world_run(diary.world);
	cr_assert_str_eq(diary.text.p, "10 first\n15 moved\n20 first\n25 moved\n30 first\n35 moved\n");
	cr_assert_null(late.timer.world);
	world_timer_stop(&late.timer);
	buf_done(&diary.text);
	world_free(diary.world);
}

Test(harness_world, many_timers_stay_sorted)
{
	enum { COUNT = 500 };
	struct world *world = world_new_virtual(7, NULL);
	struct diary diary = {world};
	struct tick *ticks = calloc(COUNT, sizeof(*ticks));
	unsigned long long at, last = 0, lines = 0;

	for (size_t i = 0; i < COUNT; i++) {
		ticks[i] = (struct tick){&diary, "x"};
		world_timer_start(world, &ticks[i].timer, world_random(world) % 1000 * MS, tick, &ticks[i]);
	}
	for (size_t i = 0; i < COUNT; i += 3)
		world_timer_stop(&ticks[i].timer);
	world_run(world);
	for (char *line = diary.text.p; *line; line = strchr(line, '\n') + 1, lines++) {
		at = strtoull(line, NULL, 10);
		cr_assert_geq(at, last);
		last = at;
	}
	cr_assert_eq(lines, COUNT - (COUNT + 2) / 3);
	free(ticks);
	buf_done(&diary.text);
	world_free(world);
}

static void stop_world(void *arg)
{
	world_stop(arg);
}

Test(harness_world, stop_leaves_the_rest_for_the_next_run)
{
	struct diary diary = {world_new_virtual(1, NULL)};
	struct tick a = {&diary, "a"}, b = {&diary, "b"};
	struct world_timer stop = {0};

	world_timer_start(diary.world, &a.timer, 10 * MS, tick, &a);
	world_timer_start(diary.world, &stop, 10 * MS, stop_world, diary.world);
	world_timer_start(diary.world, &b.timer, 10 * MS, tick, &b);
	world_run(diary.world);
	cr_assert_str_eq(diary.text.p, "10 a\n");
	world_run(diary.world);
	cr_assert_str_eq(diary.text.p, "10 a\n10 b\n");
	buf_done(&diary.text);
	world_free(diary.world);
}

/* ---- datagrams ---- */

static const struct slice options = SLICE("OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nContent-Length: 0\r\n\r\n");

struct peer {
	struct diary diary;
	struct port *port;
	struct slice answer; /* sent back to whoever sends */
	bool closes;
	unsigned messages;
};

static void peer_message(void *arg, struct port *port, const struct event_path *path, struct slice bytes, bool is_sip)
{
	struct peer *peer = arg;
	char line[200], src[NET_ADDR_TEXT_MAX];

	snprintf(line, sizeof(line), "%s %zu %s %s", is_sip ? "sip" : "junk", bytes.len,
		 net_transport_name(path->transport), net_addr_format(src, &path->src));
	note(&peer->diary, line);
	peer->messages++;
	if (peer->answer.len)
		cr_assert_eq(port_send(port, &path->src, peer->answer, NULL), 0);
	if (peer->closes)
		port_close(port);
}

static void peer_error(void *arg, struct port *port, const struct net_addr *to, const struct err *err)
{
	note(&((struct peer *)arg)->diary, err->text);
}

static const struct port_events peer_events = {peer_message, peer_error};

static void peer_open(struct peer *peer, struct world *world, enum net_transport transport, struct net_addr bind)
{
	struct err err = {0};

	peer->diary.world = world;
	cr_assert_eq(port_open(world, transport, &bind, &peer_events, peer, &peer->port, &err), 0, "%s", err.text);
}

Test(harness_world, datagrams_arrive_later_and_whole)
{
	struct weather weather = {.delay = 20 * MS};
	struct world *world = world_new_virtual(1, &weather);
	struct peer a = {0}, b = {.answer = SLICE("junk of seven words")};

	peer_open(&a, world, NET_UDP, loopback4(5060));
	peer_open(&b, world, NET_UDP, loopback4(5070));
	cr_assert_eq(port_send(a.port, port_addr(b.port), options, NULL), 0);
	cr_assert_eq(port_send(a.port, port_addr(b.port), SLICE("\r\n\r\n"), NULL), 0);
	cr_assert_null(b.diary.text.p);
	world_run(world);
	cr_assert_str_eq(b.diary.text.p, "20 sip 54 udp 127.0.0.1:5060\n");
	cr_assert_str_eq(a.diary.text.p, "40 junk 19 udp 127.0.0.1:5070\n");
	world_free(world);
	buf_done(&a.diary.text);
	buf_done(&b.diary.text);
}

Test(harness_world, datagram_to_nobody_is_refused)
{
	struct world *world = world_new_virtual(1, NULL);
	struct peer a = {0};
	struct net_addr nobody = loopback4(9);
	struct err err;
	char *large = calloc(1, 65508);

	peer_open(&a, world, NET_UDP, loopback4(5060));
	cr_assert_eq(port_send(a.port, &nobody, options, NULL), 0);
	cr_assert_eq(port_send(a.port, &nobody, (struct slice){large, 65508}, &err), -EMSGSIZE);
	cr_assert_str_eq(err.text, "cannot send to 127.0.0.1:9: Message too long");
	world_run(world);
	cr_assert_str_eq(a.diary.text.p, "0 cannot send to 127.0.0.1:9: Connection refused\n");
	free(large);
	buf_done(&a.diary.text);
	world_free(world);
}

Test(harness_world, weather_loses_and_doubles_its_share)
{
	struct weather weather = {.loss = 300, .duplicate = 100, .jitter = 5 * MS};
	struct world *world = world_new_virtual(3, &weather);
	struct peer a = {0}, b = {0};

	peer_open(&a, world, NET_UDP, loopback4(0));
	peer_open(&b, world, NET_UDP, loopback4(0));
	for (int i = 0; i < 2000; i++)
		port_send(a.port, port_addr(b.port), options, NULL);
	world_run(world);
	/* 0.7 + 0.1 of 2000, within four deviations */
	cr_assert_gt(b.messages, 1600 - 100);
	cr_assert_lt(b.messages, 1600 + 100);
	buf_done(&b.diary.text);
	world_free(world);
}

Test(harness_world, ports_are_picked_and_guarded)
{
	struct world *world = world_new_virtual(1, NULL);
	struct peer a = {0}, b = {0}, c = {0};
	struct net_addr taken;
	struct err err;

	peer_open(&a, world, NET_UDP, loopback4(0));
	peer_open(&b, world, NET_UDP, loopback4(0));
	cr_assert_neq(port_addr(a.port)->port, 0);
	cr_assert_neq(port_addr(a.port)->port, port_addr(b.port)->port);
	taken = loopback4(5060);
	peer_open(&c, world, NET_TCP, taken);
	cr_assert_eq(port_open(world, NET_TCP, &taken, &peer_events, &c, &c.port, &err), -EADDRINUSE);
	cr_assert_str_eq(err.text, "cannot bind 127.0.0.1:5060: Address already in use");
	cr_assert_eq(port_open(world, NET_SCTP, &taken, &peer_events, &c, &c.port, &err), -ENOTSUP);
	cr_assert_str_eq(err.text, "transport sctp has no sockets here");
	world_free(world);
}

/* ---- SIP over TCP ---- */

static void tcp_messages(struct world *world, struct net_addr bind, struct peer *a, struct peer *b)
{
	static const struct slice two = SLICE("\r\n\r\nMESSAGE sip:b SIP/2.0\r\nl: 3\r\n\r\nabc"
					      "MESSAGE sip:b SIP/2.0\r\nl: 3\r\n\r\nabc");

	peer_open(a, world, NET_TCP, bind);
	peer_open(b, world, NET_TCP, bind);
	cr_assert_eq(port_send(a->port, port_addr(b->port), two, NULL), 0);
	/* a message in two pieces */
	cr_assert_eq(port_send(a->port, port_addr(b->port), (struct slice){options.p, 20}, NULL), 0);
	cr_assert_eq(port_send(a->port, port_addr(b->port), (struct slice){options.p + 20, options.len - 20}, NULL), 0);
}

Test(harness_world, tcp_messages_are_framed_and_answered_on_the_connection)
{
	struct world *world = world_new_virtual(1, NULL);
	struct peer a = {0}, b = {.answer = options};

	tcp_messages(world, loopback4(0), &a, &b);
	world_run(world);
	cr_assert_eq(b.messages, 3);
	cr_assert_eq(a.messages, 3);
	buf_done(&a.diary.text);
	buf_done(&b.diary.text);
	world_free(world);
}

Test(harness_world, tcp_port_may_close_itself_while_it_reads)
{
	struct world *world = world_new_virtual(1, NULL);
	struct peer a = {0}, b = {.closes = true, .answer = options};

	tcp_messages(world, loopback4(0), &a, &b);
	world_run(world);
	cr_assert_eq(b.messages, 1);
	buf_done(&a.diary.text);
	buf_done(&b.diary.text);
	world_free(world);
}

Test(harness_world, tcp_to_nobody_is_refused)
{
	struct world *world = world_new_virtual(1, NULL);
	struct peer a = {0};
	struct net_addr nobody = loopback4(9);

	peer_open(&a, world, NET_TCP, loopback4(0));
	cr_assert_eq(port_send(a.port, &nobody, options, NULL), 0);
	world_run(world);
	cr_assert_str_eq(a.diary.text.p, "0 cannot connect to 127.0.0.1:9: Connection refused\n");
	buf_done(&a.diary.text);
	world_free(world);
}

/* ---- streams ---- */

struct talker {
	struct diary diary;
	struct stream *stream;
	struct listener *listener;
	bool echo, closes;
};

static void talker_open(void *arg, struct stream *stream)
{
	note(&((struct talker *)arg)->diary, "open");
}

static void talker_bytes(void *arg, struct stream *stream, struct slice bytes)
{
	struct talker *talker = arg;

	buf_add(&talker->diary.text, bytes);
	buf_putc(&talker->diary.text, '\n');
	if (talker->echo)
		cr_assert_eq(stream_send(stream, bytes), 0);
	if (talker->closes)
		stream_close(stream);
}

static void talker_close(void *arg, struct stream *stream, const struct err *err)
{
	note(&((struct talker *)arg)->diary, err ? err->text : "closed");
}

static const struct stream_events talker_events = {talker_open, talker_bytes, talker_close};

static void talker_accept(void *arg, struct stream *stream)
{
	struct talker *talker = arg;

	talker->stream = stream;
	stream_set_events(stream, &talker_events, talker);
}

Test(harness_world, streams_echo_and_close_in_order)
{
	struct weather weather = {.delay = 10 * MS};
	struct world *world = world_new_virtual(1, &weather);
	struct talker server = {.diary.world = world, .echo = true, .closes = true}, client = {.diary.world = world};
	struct net_addr bind = loopback4(0);

	cr_assert_eq(stream_listen(world, &bind, talker_accept, &server, &server.listener, NULL), 0);
	cr_assert_eq(stream_connect(world, listener_addr(server.listener), &talker_events, &client, &client.stream, NULL), 0);
	cr_assert_eq(stream_send(client.stream, SLICE("hello")), 0);
	world_run(world);
	cr_assert_str_eq(server.diary.text.p, "hello\n");
	cr_assert_str_eq(client.diary.text.p, "20 open\nhello\n40 closed\n");
	buf_done(&server.diary.text);
	buf_done(&client.diary.text);
	world_free(world);
}

Test(harness_world, stream_to_nobody_is_refused)
{
	struct world *world = world_new_virtual(1, NULL);
	struct talker client = {.diary.world = world};
	struct net_addr nobody = loopback4(9);

	cr_assert_eq(stream_connect(world, &nobody, &talker_events, &client, &client.stream, NULL), 0);
	world_run(world);
	cr_assert_str_eq(client.diary.text.p, "0 cannot connect to 127.0.0.1:9: Connection refused\n");
	buf_done(&client.diary.text);
	world_free(world);
}

Test(harness_world, jitter_keeps_the_order_within_a_stream)
{
	struct weather weather = {.delay = 1 * MS, .jitter = 50 * MS};
	struct world *world = world_new_virtual(9, &weather);
	struct talker server = {.diary.world = world}, client = {.diary.world = world};
	struct net_addr bind = loopback4(0);
	struct buf sent = {0};

	cr_assert_eq(stream_listen(world, &bind, talker_accept, &server, &server.listener, NULL), 0);
	cr_assert_eq(stream_connect(world, listener_addr(server.listener), &talker_events, &client, &client.stream, NULL), 0);
	world_run(world);
	for (int i = 0; i < 100; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		stream_send(client.stream, slice_of(text));
		buf_printf(&sent, "%s\n", text);
	}
	world_run(world);
	cr_assert_str_eq(server.diary.text.p, sent.p);
	buf_done(&sent);
	buf_done(&server.diary.text);
	buf_done(&client.diary.text);
	world_free(world);
}
