/* SPDX-License-Identifier: MIT */
#include "harness/world.h"

#include "world_peers.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

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

	diary_note(t->diary, t->name);
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

Test(harness_world, datagrams_arrive_later_and_whole)
{
	struct weather weather = {.delay = 20 * MS};
	struct world *world = world_new_virtual(1, &weather);
	struct test_peer a = {0}, b = {.answer = SLICE("junk of seven words")};

	test_peer_open(&a, world, NET_UDP, loopback4(5060));
	test_peer_open(&b, world, NET_UDP, loopback4(5070));
	cr_assert_eq(port_send(a.port, port_addr(b.port), test_options, NULL), 0);
	cr_assert_eq(port_send(a.port, port_addr(b.port), SLICE("\r\n\r\n"), NULL), 0);
	cr_assert_null(b.diary.text.p);
	world_run(world);
	cr_assert_str_eq(b.diary.text.p, "20 sip 54 udp 127.0.0.1:5060\n");
	cr_assert_str_eq(a.diary.text.p, "40 junk 19 udp 127.0.0.1:5070\n");
	world_free(world);
	buf_done(&a.diary.text);
	buf_done(&b.diary.text);
}

/* RFC 5626 4.4.2: STUN on a SIP port is answered, and nobody above hears of it. */
Test(harness_world, stun_keeps_a_flow_alive)
{
	static const char request[] = "\x00\x01\x00\x00\x21\x12\xa4\x42transaction!";
	struct world *world = world_new_virtual(1, NULL);
	struct test_peer a = {0}, b = {0};

	test_peer_open(&a, world, NET_UDP, loopback4(5060));
	test_peer_open(&b, world, NET_UDP, loopback4(5070));
	cr_assert_eq(port_send(a.port, port_addr(b.port), (struct slice){request, sizeof(request) - 1}, NULL), 0);
	world_run(world);
	cr_assert_eq(b.messages, 0);
	cr_assert_str_eq(a.diary.text.p, "0 junk 32 udp 127.0.0.1:5070\n", "the answer, as nobody here asks by STUN");
	world_free(world);
	buf_done(&a.diary.text);
	buf_done(&b.diary.text);
}

/* RFC 5626 4.4.1 */
Test(harness_world, a_double_crlf_on_tcp_is_answered_by_one)
{
	struct world *world = world_new_virtual(1, NULL);
	struct test_talker talker = {{world}};
	struct test_peer b = {0};

	test_peer_open(&b, world, NET_TCP, loopback4(5070));
	cr_assert_eq(stream_connect(world, port_addr(b.port), &test_talker_events, &talker, &talker.stream, NULL), 0);
	stream_send(talker.stream, SLICE("\r\n\r\n"));
	world_run(world);
	cr_assert_eq(b.messages, 0);
	cr_assert_eq(talker.bytes, 2);
	world_free(world);
	buf_done(&talker.diary.text);
	buf_done(&b.diary.text);
}

Test(harness_world, datagram_to_nobody_is_refused)
{
	struct world *world = world_new_virtual(1, NULL);
	struct test_peer a = {0};
	struct net_addr nobody = loopback4(9);
	struct err err;
	char *large = calloc(1, 65508);

	test_peer_open(&a, world, NET_UDP, loopback4(5060));
	cr_assert_eq(port_send(a.port, &nobody, test_options, NULL), 0);
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
	struct test_peer a = {0}, b = {0};

	test_peer_open(&a, world, NET_UDP, loopback4(0));
	test_peer_open(&b, world, NET_UDP, loopback4(0));
	for (int i = 0; i < 2000; i++)
		port_send(a.port, port_addr(b.port), test_options, NULL);
	world_run(world);
	/* 0.7 + 0.1 of 2000, within four deviations */
	cr_assert_gt(b.messages, 1600 - 100);
	cr_assert_lt(b.messages, 1600 + 100);
	buf_done(&b.diary.text);
	world_free(world);
}

static void again(void *arg)
{
	struct tick *t = arg;

	t->again++;
	world_timer_start(t->diary->world, &t->timer, 100 * MS, again, t);
	if (world_now(t->diary->world) > 600000 * MS)
		world_stop(t->diary->world);
}

Test(harness_world, a_clock_that_leaps_makes_things_late)
{
	struct weather weather = {.jump = 5000 * MS};
	struct diary steady = {world_new_virtual(3, NULL)}, leaping = {world_new_virtual(3, &weather)};
	struct tick one = {&steady, "one"}, other = {&leaping, "other"};

	world_timer_start(steady.world, &one.timer, 100 * MS, again, &one);
	world_timer_start(leaping.world, &other.timer, 100 * MS, again, &other);
	world_run(steady.world);
	world_run(leaping.world);
	cr_assert_eq(world_stops(steady.world), 0);
	cr_assert_gt(world_stops(leaping.world),
		     5); /* about 20 leaps in ten minutes, four of five of a second or more */
	cr_assert_lt(world_stops(leaping.world), 40);
	cr_assert_lt(other.again, one.again);
	world_free(steady.world);
	world_free(leaping.world);
}

Test(harness_world, ports_are_picked_and_guarded)
{
	struct world *world = world_new_virtual(1, NULL);
	struct test_peer a = {0}, b = {0}, c = {0};
	struct net_addr taken;
	struct err err;

	test_peer_open(&a, world, NET_UDP, loopback4(0));
	test_peer_open(&b, world, NET_UDP, loopback4(0));
	cr_assert_neq(port_addr(a.port)->port, 0);
	cr_assert_neq(port_addr(a.port)->port, port_addr(b.port)->port);
	taken = loopback4(5060);
	test_peer_open(&c, world, NET_TCP, taken);
	cr_assert_eq(port_open(world, NET_TCP, &taken, &test_peer_events, &c, &c.port, &err), -EADDRINUSE);
	cr_assert_str_eq(err.text, "cannot bind 127.0.0.1:5060: Address already in use");
	cr_assert_eq(port_open(world, NET_SCTP, &taken, &test_peer_events, &c, &c.port, &err), -ENOTSUP);
	cr_assert_str_eq(err.text, "transport sctp has no sockets here");
	world_free(world);
}

/* ---- SIP over TCP ---- */

Test(harness_world, tcp_messages_are_framed_and_answered_on_the_connection)
{
	struct world *world = world_new_virtual(1, NULL);
	struct test_peer a = {0}, b = {.answer = test_options};

	test_tcp_messages(world, loopback4(0), &a, &b);
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
	struct test_peer a = {0}, b = {.closes = true, .answer = test_options};

	test_tcp_messages(world, loopback4(0), &a, &b);
	world_run(world);
	cr_assert_eq(b.messages, 1);
	buf_done(&a.diary.text);
	buf_done(&b.diary.text);
	world_free(world);
}

Test(harness_world, tcp_to_nobody_is_refused)
{
	struct world *world = world_new_virtual(1, NULL);
	struct test_peer a = {0};
	struct net_addr nobody = loopback4(9);

	test_peer_open(&a, world, NET_TCP, loopback4(0));
	cr_assert_eq(port_send(a.port, &nobody, test_options, NULL), 0);
	world_run(world);
	cr_assert_str_eq(a.diary.text.p, "0 cannot connect to 127.0.0.1:9: Connection refused\n");
	buf_done(&a.diary.text);
	world_free(world);
}

/* ---- streams ---- */

Test(harness_world, streams_echo_and_close_in_order)
{
	struct weather weather = {.delay = 10 * MS};
	struct world *world = world_new_virtual(1, &weather);
	struct test_talker server = {.diary.world = world, .echo = true, .closes = true},
			   client = {.diary.world = world};
	struct net_addr bind = loopback4(0);

	cr_assert_eq(stream_listen(world, &bind, test_talker_accept, &server, &server.listener, NULL), 0);
	cr_assert_eq(stream_connect(world, listener_addr(server.listener), &test_talker_events, &client, &client.stream,
				    NULL),
		     0);
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
	struct test_talker client = {.diary.world = world};
	struct net_addr nobody = loopback4(9);

	cr_assert_eq(stream_connect(world, &nobody, &test_talker_events, &client, &client.stream, NULL), 0);
	world_run(world);
	cr_assert_str_eq(client.diary.text.p, "0 cannot connect to 127.0.0.1:9: Connection refused\n");
	buf_done(&client.diary.text);
	world_free(world);
}

Test(harness_world, jitter_keeps_the_order_within_a_stream)
{
	struct weather weather = {.delay = 1 * MS, .jitter = 50 * MS};
	struct world *world = world_new_virtual(9, &weather);
	struct test_talker server = {.diary.world = world}, client = {.diary.world = world};
	struct net_addr bind = loopback4(0);
	struct buf sent = {0};

	cr_assert_eq(stream_listen(world, &bind, test_talker_accept, &server, &server.listener, NULL), 0);
	cr_assert_eq(stream_connect(world, listener_addr(server.listener), &test_talker_events, &client, &client.stream,
				    NULL),
		     0);
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

Test(harness_world, streams_know_both_their_ends)
{
	struct world *world = world_new_virtual(1, NULL);
	struct test_talker server = {.diary.world = world}, client = {.diary.world = world};
	struct net_addr bind = loopback4(0);

	cr_assert_eq(stream_listen(world, &bind, test_talker_accept, &server, &server.listener, NULL), 0);
	cr_assert_eq(stream_connect(world, listener_addr(server.listener), &test_talker_events, &client, &client.stream,
				    NULL),
		     0);
	cr_assert_eq(stream_send(client.stream, SLICE("x")), 0);
	test_run_until(world, &server.bytes, 1);
	cr_assert(net_addr_eq(stream_peer(client.stream), listener_addr(server.listener)));
	cr_assert(net_addr_eq(stream_local(server.stream), listener_addr(server.listener)));
	cr_assert(net_addr_eq(stream_local(client.stream), stream_peer(server.stream)));
	world_free(world);
	buf_done(&server.diary.text);
	buf_done(&client.diary.text);
}
