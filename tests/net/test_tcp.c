/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "base/hash.h"
#include "net/packet_build.h"
#include "net_help.h"

#include <stdlib.h>

static struct recorder rec;
static struct net *net;
static uint64_t frame, now_ms;

static void set_up(void)
{
	net = recorder_net(&rec, NULL);
	frame = 0;
	now_ms = 1000;
}

static void tear_down(void)
{
	net_free(net);
	recorder_done(&rec);
}

TestSuite(net_tcp, .init = set_up, .fini = tear_down);

static uint64_t reasons(enum net_reason reason)
{
	return net_stats(net)->reasons[reason];
}

static void feed_port(uint16_t port, int dir, uint32_t seq, uint32_t ack, uint8_t flags, struct slice bytes)
{
	struct net_addr end[2] = {help_addr("10.0.0.1:1"), help_addr("10.0.0.2:5060")};
	struct buf packet = {0};

	end[0].port = port;
	packet_build_tcp(&packet, &end[dir], &end[!dir], seq, ack, flags, bytes);
	help_feed_ip(net, now_ms++, &frame, buf_slice(&packet));
	buf_done(&packet);
}

static void feed(int dir, uint32_t seq, uint32_t ack, uint8_t flags, struct slice bytes)
{
	feed_port(40000, dir, seq, ack, flags, bytes);
}

static void handshake(uint32_t isn)
{
	feed(0, isn, 0, TCP_SYN, SLICE_NONE);
	feed(1, 9000, isn + 1, TCP_SYN | TCP_ACK, SLICE_NONE);
	feed(0, isn + 1, 9001, TCP_ACK, SLICE_NONE);
}

static void expect_log(const char *want)
{
	cr_expect_str_eq(rec.log.p, want);
}

Test(net_tcp, bytes_in_order_go_through_with_their_frames)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 108, 9001, TCP_ACK, SLICE("sip:a"));
	feed(1, 9001, 113, TCP_ACK, SLICE("SIP/2.0 "));
	feed(0, 113, 9009, TCP_FIN | TCP_ACK, SLICE_NONE);
	feed(1, 9009, 114, TCP_FIN | TCP_ACK, SLICE_NONE);
	expect_log("0 f4 8\n0 f5 5\n1 f6 8\nend\n");
	cr_expect_str_eq(rec.stream[0].p, "OPTIONS sip:a");
	cr_expect_eq(net_stats(net)->streams, 1);
}

Test(net_tcp, a_hole_waits_and_is_filled)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 112, 9001, TCP_ACK, SLICE("cccc"));
	feed(0, 116, 9001, TCP_ACK, SLICE("dddd"));
	expect_log("0 f4 8\n");
	feed(0, 108, 9001, TCP_ACK, SLICE("bbbb"));
	expect_log("0 f4 8\n0 f7 4\n0 f5 4\n0 f6 4\n");
	cr_expect_str_eq(rec.stream[0].p, "OPTIONS bbbbccccdddd");
	cr_expect_eq(reasons(NET_LOST_TCP_GAP), 0);
}

Test(net_tcp, an_acknowledged_hole_is_given_up_after_some_patience)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 112, 9001, TCP_ACK, SLICE("cccc"));
	feed(1, 9001, 116, TCP_ACK, SLICE_NONE);
	expect_log("0 f4 8\n");
	for (int i = 0; i < 20; i++)
		feed(1, 9001, 116, TCP_ACK, SLICE_NONE);
	expect_log("0 f4 8\n0 gap 4\n0 f5 4\n");
	cr_expect_eq(reasons(NET_LOST_TCP_GAP), 1);
	feed(0, 108, 9001, TCP_ACK, SLICE("late")); /* too late */
	expect_log("0 f4 8\n0 gap 4\n0 f5 4\n");
}

Test(net_tcp, a_hole_without_acknowledgement_is_given_up_after_some_time)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 112, 9001, TCP_ACK, SLICE("cccc"));
	now_ms += 4000;
	feed(0, 116, 9001, TCP_ACK, SLICE("dddd"));
	expect_log("0 f4 8\n");
	now_ms += 2000;
	feed(0, 120, 9001, TCP_ACK, SLICE("eeee"));
	expect_log("0 f4 8\n0 gap 4\n0 f5 4\n0 f6 4\n0 f7 4\n");
}

Test(net_tcp, a_hole_is_given_up_though_its_connection_is_silent)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 112, 9001, TCP_FIN | TCP_ACK, SLICE("cccc"));
	feed(1, 9001, 117, TCP_FIN | TCP_ACK, SLICE_NONE);
	now_ms += 6000;
	expect_log("0 f4 8\n");
	feed_port(50000, 0, 1, 1, TCP_ACK, SLICE("another"));
	expect_log("0 f4 8\n0 gap 4\n0 f5 4\nend\n");
}

Test(net_tcp, the_end_shows_what_waits)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 112, 9001, TCP_ACK, SLICE("cccc"));
	feed(1, 9001, 100, TCP_RST, SLICE_NONE);
	expect_log("0 f4 8\n0 gap 4\n0 f5 4\nend\n");
	recorder_clear(&rec);
	handshake(500);
	feed(0, 501, 9001, TCP_ACK, SLICE("OPTIONS "));
	net_finish(net);
	expect_log("0 f10 8\nend\n");
}

Test(net_tcp, repetitions_are_passed_over_and_lies_in_them_counted)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	cr_expect_eq(reasons(NET_LOST_TCP_CONFLICT), 0);
	feed(0, 100, 9001, TCP_ACK, SLICE("INVITES "));
	cr_expect_eq(reasons(NET_LOST_TCP_CONFLICT), 1);
	feed(0, 107, 9001, TCP_ACK, SLICE(" ")); /* a keep-alive */
	feed(0, 104, 9001, TCP_ACK, SLICE("ONS more"));
	expect_log("0 f4 8\n0 f8 4\n");
	cr_expect_str_eq(rec.stream[0].p, "OPTIONS more");
	cr_expect_eq(reasons(NET_LOST_TCP_CONFLICT), 1);
}

Test(net_tcp, of_what_waits_the_first_byte_wins)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 112, 9001, TCP_ACK, SLICE("cccc"));
	feed(0, 120, 9001, TCP_ACK, SLICE("eeee"));
	feed(0, 110, 9001, TCP_ACK, SLICE("bbCCccddddEE"));
	cr_expect_eq(reasons(NET_LOST_TCP_CONFLICT), 2);
	feed(0, 110, 9001, TCP_ACK, SLICE("bb"));
	feed(0, 108, 9001, TCP_ACK, SLICE("aa"));
	cr_expect_str_eq(rec.stream[0].p, "OPTIONS aabbccccddddeeee");
	expect_log("0 f4 8\n0 f9 2\n0 f7 2\n0 f5 4\n0 f7 4\n0 f6 4\n");
	cr_expect_eq(reasons(NET_LOST_TCP_CONFLICT), 2);
}

Test(net_tcp, sequence_numbers_wrap)
{
	handshake(0xfffffff9u);
	feed(0, 0xfffffffau, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 6, 9001, TCP_ACK, SLICE("bbbb"));
	feed(0, 2, 9001, TCP_ACK, SLICE("aaaa"));
	cr_expect_str_eq(rec.stream[0].p, "OPTIONS aaaabbbb");
}

Test(net_tcp, a_capture_that_starts_late_finds_the_next_message)
{
	feed(0, 500, 9001, TCP_ACK, SLICE("Call-ID: x\r\n\r\n"));
	feed(0, 514, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(1, 9001, 522, TCP_ACK, SLICE("tail of something"));
	net_finish(net);
	expect_log("0 f2 8\n1 f3 17\nend\n");
}

Test(net_tcp, one_direction_alone_is_read)
{
	feed(0, 99, 0, TCP_SYN, SLICE_NONE);
	feed(0, 100, 1, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 108, 1, TCP_FIN | TCP_ACK, SLICE_NONE);
	expect_log("0 f2 8\n");
	net_finish(net);
	expect_log("0 f2 8\nend\n");
}

Test(net_tcp, a_new_syn_is_a_new_connection)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 99, 0, TCP_SYN, SLICE_NONE); /* sent again: the same */
	expect_log("0 f4 8\n");
	feed(0, 7777, 0, TCP_SYN, SLICE_NONE);
	expect_log("0 f4 8\nend\n");
	feed(0, 7778, 0, TCP_ACK, SLICE("OPTIONS "));
	expect_log("0 f4 8\nend\n0 f7 8\n");
	cr_expect_eq(net_stats(net)->streams, 2);
}

Test(net_tcp, reuse_without_a_syn_is_seen_by_its_numbers)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 0x70000000, 9001, TCP_ACK, SLICE("OPTIONS "));
	expect_log("0 f4 8\nend\n0 f5 8\n");
}

Test(net_tcp, late_copies_of_a_closed_connection_start_nothing)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 108, 9001, TCP_RST, SLICE_NONE);
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	feed(0, 99, 9001, TCP_SYN, SLICE_NONE);
	expect_log("0 f4 8\nend\n");
	feed(0, 108, 9001, TCP_ACK, SLICE("OPTIONS ")); /* but what comes next does */
	expect_log("0 f4 8\nend\n0 f8 8\n");
}

Test(net_tcp, the_first_bytes_may_come_out_of_order)
{
	handshake(99);
	feed(0, 108, 9001, TCP_ACK, SLICE("sip:a"));
	feed(0, 100, 9001, TCP_ACK, SLICE("OPTIONS "));
	expect_log("0 f5 8\n0 f4 5\n");
}

Test(net_tcp, what_is_no_sip_costs_nothing_and_is_not_handed_over)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("GET / HTTP/1.1\r\n\r\n"));
	feed(1, 9001, 118, TCP_ACK, SLICE("HTTP/1.1 200 OK\r\n\r\n"));
	feed(0, 118, 9020, TCP_FIN | TCP_ACK, SLICE_NONE);
	expect_log("");
	cr_expect_eq(net_stats(net)->streams, 0);
}

Test(net_tcp, keep_alives_before_the_first_message)
{
	handshake(99);
	feed(0, 100, 9001, TCP_ACK, SLICE("\r\n\r\n"));
	feed(0, 104, 9001, TCP_ACK, SLICE("OPTIONS "));
	expect_log("0 f4 4\n0 f5 8\n");
}

Test(net_tcp, a_snapped_segment_is_a_gap_at_once)
{
	struct net_addr a = help_addr("10.0.0.1:40000"), b = help_addr("10.0.0.2:5060");
	struct buf file = {0}, packet = {0};

	packet_build_tcp(&packet, &a, &b, 100, 1, TCP_ACK, SLICE("OPTIONS sip:a"));
	help_pcap_head(&file, 101);
	help_pcap_snapped(&file, buf_slice(&packet), 48);
	buf_clear(&packet);
	packet_build_tcp(&packet, &a, &b, 113, 1, TCP_ACK, SLICE("OPTIONS "));
	help_pcap_packet(&file, buf_slice(&packet));
	help_feed(net, buf_slice(&file));
	expect_log("0 f1 8\n0 gap 5\n0 f2 8\n");
	cr_expect_eq(reasons(NET_LOST_SNAPPED), 1);
	cr_expect_eq(reasons(NET_LOST_TCP_GAP), 0);
	buf_done(&file);
	buf_done(&packet);
}

Test(net_tcp, the_least_used_connection_goes_first)
{
	struct net_config config = {.limits = {.stream_count = 2}};

	tear_down();
	net = recorder_net(&rec, &config);
	feed_port(1, 0, 100, 1, TCP_ACK, SLICE("OPTIONS "));
	feed_port(2, 0, 100, 1, TCP_ACK, SLICE("OPTIONS "));
	feed_port(1, 0, 108, 1, TCP_ACK, SLICE("used"));
	feed_port(3, 0, 100, 1, TCP_ACK, SLICE("OPTIONS "));
	expect_log("0 f1 8\n0 f2 8\n0 f3 4\nend\n0 f4 8\n");
	cr_expect_eq(reasons(NET_LOST_TCP_EVICTED), 1);
	feed_port(1, 0, 112, 1, TCP_ACK, SLICE("more"));
	expect_log("0 f1 8\n0 f2 8\n0 f3 4\nend\n0 f4 8\n0 f5 4\n");
}

Test(net_tcp, what_waits_is_bounded)
{
	struct net_config config = {.limits = {.stream_bytes = 20000}};
	static char text[1000];

	tear_down();
	net = recorder_net(&rec, &config);
	memset(text, 'x', sizeof(text));
	for (uint16_t port = 1; port <= 100; port++) {
		feed_port(port, 0, 100, 1, TCP_ACK, SLICE("OPTIONS "));
		feed_port(port, 0, 200, 1, TCP_ACK, (struct slice){text, sizeof(text)});
	}
	cr_expect_geq(reasons(NET_LOST_TCP_GAP), 80);
	cr_expect_leq(reasons(NET_LOST_TCP_GAP), 99);
}

/* Segments cut, repeated and shuffled at random within a window always give the text. */
Test(net_tcp, any_order_gives_the_stream)
{
	static char text[4000];
	uint64_t rng = 7;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	memcpy(text, "OPTIONS ", 8);
	for (int round = 0; round < 200; round++) {
		uint32_t isn = (uint32_t)rng_next(&rng), at = 0, starts[64], n = 0;

		recorder_clear(&rec);
		feed_port((uint16_t)(1000 + round), 0, isn - 1, 0, TCP_SYN, SLICE_NONE);
		while (at < sizeof(text)) {
			starts[n++] = at;
			at += 80 + (uint32_t)rng_below(&rng, 100);
		}
		starts[n] = sizeof(text);
		for (uint32_t i = 0; i < n; i++) {
			uint32_t order[3] = {i, (uint32_t)rng_below(&rng, i + 1), i + 1 + (uint32_t)rng_below(&rng, 6)};

			for (int k = 2; k >= 0; k--) {
				uint32_t from = order[k] < n ? starts[order[k]] : 0,
					 to = order[k] < n ? starts[order[k] + 1] : 100;
				feed_port((uint16_t)(1000 + round), 0, isn + from, 1, TCP_ACK,
					  (struct slice){text + from, to - from});
			}
		}
		cr_assert_eq(rec.stream[0].len, sizeof(text));
		cr_assert(memcmp(rec.stream[0].p, text, sizeof(text)) == 0);
	}
	cr_expect_eq(reasons(NET_LOST_TCP_GAP) + reasons(NET_LOST_TCP_CONFLICT), 0);
}
