/* SPDX-License-Identifier: MIT
 *
 * The real world on loopback: what test_world.c asks of the virtual one, on 127.0.0.1 and ::1. */
#include "world_peers.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct world *real_world(void)
{
	struct err err = {0};
	struct world *world = world_new_real(&err);

	cr_assert_not_null(world, "%s", err.text);
	return world;
}

/* Each test of sockets runs for both families. */
static struct net_addr loopback(int i)
{
	return i ? loopback6(0) : loopback4(0);
}

Test(harness_world_real, datagrams_arrive_and_are_answered)
{
	for (int i = 0; i < 2; i++) {
		struct world *world = real_world();
		struct test_peer a = {0}, b = {.answer = SLICE("junk of seven words")};
		char want[128], addr[NET_ADDR_TEXT_MAX];

		test_peer_open(&a, world, NET_UDP, loopback(i));
		test_peer_open(&b, world, NET_UDP, loopback(i));
		cr_assert_eq(port_send(a.port, port_addr(b.port), test_options, NULL), 0);
		test_run_until(world, &a.messages, 1);
		snprintf(want, sizeof(want), "sip 54 udp %s\n", net_addr_format(addr, port_addr(a.port)));
		cr_assert_str_eq(b.diary.text.p, want);
		snprintf(want, sizeof(want), "junk 19 udp %s\n", net_addr_format(addr, port_addr(b.port)));
		cr_assert_str_eq(a.diary.text.p, want);
		world_free(world);
		buf_done(&a.diary.text);
		buf_done(&b.diary.text);
	}
}

Test(harness_world_real, a_burst_of_datagrams_is_not_lost)
{
	enum { BURST = 2000 };
	struct world *world = real_world();
	struct test_peer a = {0}, b = {0};

	test_peer_open(&a, world, NET_UDP, loopback4(0));
	test_peer_open(&b, world, NET_UDP, loopback4(0));
	for (int i = 0; i < BURST; i++)
		cr_assert_eq(port_send(a.port, port_addr(b.port), test_options, NULL), 0);
	test_run_until(world, &b.messages, BURST);
	cr_assert_eq(b.messages, BURST);
	world_free(world);
	buf_done(&b.diary.text);
}

/* Small ones to one address go together, large ones and those to others alone. */
Test(harness_world_real, datagrams_arrive_in_the_order_in_which_they_were_sent)
{
	static const size_t lens[] = {8, 40, 41, 1401, 42, 43, 65000, 44};
	struct world *world = real_world();
	struct test_peer a = {0}, b = {0}, c = {0};
	struct buf want = {0};
	char addr[NET_ADDR_TEXT_MAX], junk[65000];

	memset(junk, 'x', sizeof(junk));
	test_peer_open(&a, world, NET_UDP, loopback4(0));
	test_peer_open(&b, world, NET_UDP, loopback4(0));
	test_peer_open(&c, world, NET_UDP, loopback4(0));
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		cr_assert_eq(port_send(a.port, port_addr(b.port), (struct slice){junk, lens[i]}, NULL), 0);
		if (i == 5)
			cr_assert_eq(port_send(a.port, port_addr(c.port), SLICE("junk of seven words"), NULL), 0);
		buf_printf(&want, "junk %zu udp %s\n", lens[i], net_addr_format(addr, port_addr(a.port)));
	}
	test_run_until(world, &b.messages, sizeof(lens) / sizeof(lens[0]));
	test_run_until(world, &c.messages, 1);
	cr_assert_str_eq(b.diary.text.p, want.p);
	world_free(world);
	buf_done(&want);
	buf_done(&b.diary.text);
	buf_done(&c.diary.text);
}

Test(harness_world_real, what_was_taken_is_sent_before_the_port_is_closed)
{
	struct world *world = real_world();
	struct test_peer a = {0}, b = {0};

	test_peer_open(&a, world, NET_UDP, loopback4(0));
	test_peer_open(&b, world, NET_UDP, loopback4(0));
	for (int i = 0; i < 3; i++)
		cr_assert_eq(port_send(a.port, port_addr(b.port), test_options, NULL), 0);
	port_close(a.port);
	test_run_until(world, &b.messages, 3);
	cr_assert_eq(b.messages, 3);
	world_free(world);
	buf_done(&b.diary.text);
}

Test(harness_world_real, datagram_to_nobody_is_refused)
{
	for (int i = 0; i < 2; i++) {
		struct world *world = real_world();
		struct test_peer a = {0}, b = {0};
		struct net_addr nobody;
		char want[128], addr[NET_ADDR_TEXT_MAX];

		test_peer_open(&a, world, NET_UDP, loopback(i));
		test_peer_open(&b, world, NET_UDP, loopback(i));
		nobody = *port_addr(b.port);
		port_close(b.port);
		cr_assert_eq(port_send(a.port, &nobody, test_options, NULL), 0);
		/* the error of the first must not stop what goes elsewhere */
		test_peer_open(&b, world, NET_UDP, loopback(i));
		cr_assert_eq(port_send(a.port, port_addr(b.port), test_options, NULL), 0);
		test_run_until(world, &b.messages, 1);
		test_run_until(world, &a.errors, 1);
		snprintf(want, sizeof(want), "cannot send to %s: Connection refused\n", net_addr_format(addr, &nobody));
		cr_assert_str_eq(a.diary.text.p, want);
		cr_assert_eq(b.messages, 1);
		world_free(world);
		buf_done(&a.diary.text);
		buf_done(&b.diary.text);
	}
}

Test(harness_world_real, port_in_use_is_told)
{
	static const enum net_transport transports[] = {NET_UDP, NET_TCP};

	for (int i = 0; i < 4; i++) {
		struct world *world = real_world();
		struct test_peer a = {0}, b = {0};
		char want[128], addr[NET_ADDR_TEXT_MAX];
		struct err err = {0};

		test_peer_open(&a, world, transports[i / 2], loopback(i % 2));
		cr_assert_eq(
			port_open(world, transports[i / 2], port_addr(a.port), &test_peer_events, &b, &b.port, &err),
			-EADDRINUSE);
		snprintf(want, sizeof(want), "cannot bind %s: Address already in use",
			 net_addr_format(addr, port_addr(a.port)));
		cr_assert_str_eq(err.text, want);
		world_free(world);
	}
}

Test(harness_world_real, too_long_a_datagram_is_refused)
{
	struct world *world = real_world();
	struct test_peer a = {0};
	char *large = calloc(1, 65508);
	struct net_addr dst = loopback4(9);
	struct err err;

	test_peer_open(&a, world, NET_UDP, loopback4(0));
	cr_assert_eq(port_send(a.port, &dst, (struct slice){large, 65508}, &err), -EMSGSIZE);
	cr_assert_str_eq(err.text, "cannot send to 127.0.0.1:9: Message too long");
	free(large);
	world_free(world);
}

Test(harness_world_real, tcp_messages_are_framed_and_answered_on_the_connection)
{
	for (int i = 0; i < 2; i++) {
		struct world *world = real_world();
		struct test_peer a = {0}, b = {.answer = test_options};

		test_tcp_messages(world, loopback(i), &a, &b);
		test_run_until(world, &a.messages, 3);
		cr_assert_eq(b.messages, 3);
		cr_assert_eq(a.messages, 3);
		world_free(world);
		buf_done(&a.diary.text);
		buf_done(&b.diary.text);
	}
}

Test(harness_world_real, tcp_port_may_close_itself_while_it_reads)
{
	struct world *world = real_world();
	struct test_peer a = {0}, b = {.closes = true, .answer = test_options};

	test_tcp_messages(world, loopback4(0), &a, &b);
	test_run_until(world, &b.messages, 1);
	test_run_until(world, &a.messages, 1);
	cr_assert_eq(b.messages, 1);
	world_free(world);
	buf_done(&a.diary.text);
	buf_done(&b.diary.text);
}

Test(harness_world_real, tcp_to_nobody_is_refused)
{
	struct world *world = real_world();
	struct test_peer a = {0}, b = {0};
	struct net_addr nobody;
	char want[128], addr[NET_ADDR_TEXT_MAX];

	test_peer_open(&a, world, NET_TCP, loopback4(0));
	test_peer_open(&b, world, NET_TCP, loopback4(0));
	nobody = *port_addr(b.port);
	port_close(b.port);
	cr_assert_eq(port_send(a.port, &nobody, test_options, NULL), 0);
	test_run_until(world, &a.errors, 1);
	snprintf(want, sizeof(want), "cannot connect to %s: Connection refused\n", net_addr_format(addr, &nobody));
	cr_assert_str_eq(a.diary.text.p, want);
	world_free(world);
	buf_done(&a.diary.text);
}

Test(harness_world_real, streams_echo_and_close_in_order)
{
	for (int i = 0; i < 2; i++) {
		struct world *world = real_world();
		struct test_talker server = {.diary.world = world, .echo = true, .closes = true};
		struct test_talker client = {.diary.world = world};
		struct net_addr bind = loopback(i);

		cr_assert_eq(stream_listen(world, &bind, test_talker_accept, &server, &server.listener, NULL), 0);
		cr_assert_eq(stream_connect(world, listener_addr(server.listener), &test_talker_events, &client,
					    &client.stream, NULL),
			     0);
		cr_assert_eq(stream_send(client.stream, SLICE("hello")), 0);
		test_run_until(world, &client.ends, 1);
		cr_assert_str_eq(server.diary.text.p, "hello\n");
		cr_assert_str_eq(client.diary.text.p, "open\nhello\nclosed\n");
		world_free(world);
		buf_done(&server.diary.text);
		buf_done(&client.diary.text);
	}
}

Test(harness_world_real, long_streams_arrive_whole_after_close)
{
	enum { LENGTH = 8 << 20 };
	struct world *world = real_world();
	struct test_talker server = {.diary.world = world}, client = {.diary.world = world};
	struct net_addr bind = loopback4(0);
	char *bytes = calloc(1, LENGTH);

	cr_assert_eq(stream_listen(world, &bind, test_talker_accept, &server, &server.listener, NULL), 0);
	cr_assert_eq(stream_connect(world, listener_addr(server.listener), &test_talker_events, &client, &client.stream,
				    NULL),
		     0);
	cr_assert_eq(stream_send(client.stream, SLICE("x")), 0);
	test_run_until(world, &server.bytes, 1);
	cr_assert_eq(stream_send(client.stream, (struct slice){bytes, LENGTH}), 0);
	stream_close(client.stream);
	test_run_until(world, &server.ends, 1);
	cr_assert_eq(server.bytes, LENGTH + 1);
	free(bytes);
	world_free(world);
	buf_done(&server.diary.text);
	buf_done(&client.diary.text);
}

Test(harness_world_real, world_may_go_while_streams_are_open)
{
	struct world *world = real_world();
	struct test_talker server = {.diary.world = world, .echo = true}, client = {.diary.world = world};
	struct net_addr bind = loopback4(0);

	cr_assert_eq(stream_listen(world, &bind, test_talker_accept, &server, &server.listener, NULL), 0);
	cr_assert_eq(stream_connect(world, listener_addr(server.listener), &test_talker_events, &client, &client.stream,
				    NULL),
		     0);
	cr_assert_eq(stream_send(client.stream, SLICE("hello")), 0);
	test_run_until(world, &client.bytes, 5);
	world_free(world);
	cr_assert_eq(client.ends + server.ends, 0);
	buf_done(&server.diary.text);
	buf_done(&client.diary.text);
}

struct clocked {
	struct world *world;
	uint64_t want[3], at[3];
	struct world_timer timers[3];
	unsigned count;
};

static void clock_strikes(void *arg)
{
	struct clocked *clocked = arg;

	clocked->at[clocked->count++] = world_now(clocked->world);
}

Test(harness_world_real, timers_never_fire_early)
{
	struct clocked clocked = {.world = real_world(), .want = {0, 1500000, 20 * MS}};
	uint64_t start = world_now(clocked.world);

	for (int i = 2; i >= 0; i--)
		world_timer_start(clocked.world, &clocked.timers[i], clocked.want[i], clock_strikes, &clocked);
	/* without handles the run ends by itself */
	world_run(clocked.world);
	cr_assert_eq(clocked.count, 3);
	for (int i = 0; i < 3; i++)
		cr_assert_geq(clocked.at[i], start + clocked.want[i]);
	cr_assert_lt(clocked.at[2], start + 1000 * MS);
	world_free(clocked.world);
}

Test(harness_world_real, epoch_is_wall_time_and_randomness_differs)
{
	struct world *a = real_world(), *b = real_world();
	uint64_t wall = (uint64_t)time(NULL) * 1000 * MS;

	cr_assert_lt(world_epoch(a), wall + 2000 * MS);
	cr_assert_gt(world_epoch(a) + 60000 * MS, wall);
	world_seed(a, 1);
	world_seed(b, 1);
	cr_assert_neq(world_random(a), world_random(b));
	cr_assert(!world_is_virtual(a));
	world_free(a);
	world_free(b);
}

Test(harness_world_real, sigpipe_is_ignored)
{
	struct sigaction action;

	world_free(real_world());
	sigaction(SIGPIPE, NULL, &action);
	cr_assert_eq(action.sa_handler, SIG_IGN);
}

Test(harness_world_real, streams_know_both_their_ends)
{
	struct world *world = real_world();
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

/* A timer that is due again at once, as in a world that can't keep up. */
struct hurry {
	struct world *world;
	struct world_timer again;
	const unsigned *until;
	unsigned fired;
};

static void hurry_again(void *arg)
{
	struct hurry *hurry = arg;

	hurry->fired++;
	if (*hurry->until || hurry->fired > 3000)
		world_stop(hurry->world);
	world_timer_start(hurry->world, &hurry->again, 0, hurry_again, hurry);
}

Test(harness_world_real, sockets_are_read_though_timers_are_late)
{
	struct world *world = real_world();
	struct test_peer a = {0}, b = {0};
	struct hurry hurry = {.world = world, .until = &b.messages};

	test_peer_open(&a, world, NET_UDP, loopback4(0));
	test_peer_open(&b, world, NET_UDP, loopback4(0));
	world_timer_start(world, &hurry.again, 0, hurry_again, &hurry);
	cr_assert_eq(port_send(a.port, port_addr(b.port), test_options, NULL), 0);
	world_run(world);
	cr_expect_eq(b.messages, 1, "not read in %u rounds", hurry.fired);
	world_timer_stop(&hurry.again);
	world_free(world);
	buf_done(&b.diary.text);
}

Test(harness_world_real, a_timer_may_stop_the_world_though_another_is_due, .timeout = 20)
{
	struct world *world = real_world();
	unsigned now = 1;
	struct hurry hurry = {.world = world, .until = &now};

	for (unsigned round = 1; round <= 3; round++) {
		world_timer_start(world, &hurry.again, 0, hurry_again, &hurry);
		world_run(world);
		cr_expect_eq(hurry.fired, round);
	}
	world_timer_stop(&hurry.again);
	world_free(world);
}
