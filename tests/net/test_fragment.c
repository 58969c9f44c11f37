/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "net/bytes.h"
#include "net/packet_build.h"
#include "net_help.h"

#include <stdlib.h>

static struct recorder rec;
static struct net *net;
static uint64_t frame;

static void set_up(void)
{
	net = recorder_net(&rec, NULL);
	frame = 0;
}

static void tear_down(void)
{
	net_free(net);
	recorder_done(&rec);
}

TestSuite(net_fragment, .init = set_up, .fini = tear_down);

static uint64_t reasons(enum net_reason reason)
{
	return net_stats(net)->reasons[reason];
}

/* Bytes [from, to) of the UDP packet that carries `tag`, as fragment `id` of IPv4 (even ids) or IPv6 (odd ones). */
static void feed(uint64_t ms, const char *tag, uint16_t id, size_t from, size_t to, bool more, int flip)
{
	bool v6 = id & 1;
	struct net_addr a = help_addr(v6 ? "[::1]:5060" : "10.0.0.1:5060"),
			b = help_addr(v6 ? "[::2]:5060" : "10.0.0.2:5060");
	struct buf whole = {0}, packet = {0};
	size_t head = v6 ? 40 : 20;
	uint8_t *h, ext[8] = {IPPROTO_NUM_UDP};

	packet_build_udp(&whole, &a, &b, slice_of(help_request(tag)));
	if (to > whole.len - head)
		to = whole.len - head;
	packet_build_ip(&packet, &a, &b, v6 ? 44 : IPPROTO_NUM_UDP, to - from + (v6 ? 8 : 0));
	put_be16(ext + 2, (uint32_t)from | more);
	put_be32(ext + 4, id);
	if (v6)
		buf_add(&packet, slice_bytes(ext, 8));
	buf_add(&packet, (struct slice){whole.p + head + from, to - from});
	h = (uint8_t *)packet.p;
	if (!v6) {
		put_be16(h + 4, id);
		put_be16(h + 6, (uint32_t)(from / 8) | (more ? 0x2000 : 0));
	}
	if (flip >= 0)
		packet.p[packet.len - (to - from) + (size_t)flip] ^= 1;
	help_feed_ip(net, ms, &frame, buf_slice(&packet));
	buf_done(&whole);
	buf_done(&packet);
}

Test(net_fragment, the_frame_that_completes_it_is_named)
{
	feed(1, "a", 2, 96, 999, false, -1);
	feed(2, "a", 2, 0, 48, true, -1);
	cr_expect_str_eq(rec.log.p, "");
	feed(3, "a", 2, 48, 96, true, -1);
	cr_expect_str_eq(rec.log.p, "udp 10.0.0.1:5060 > 10.0.0.2:5060 f1-3 OPTIONS sip:a\n");
}

Test(net_fragment, datagrams_are_kept_apart_by_their_number)
{
	feed(1, "a", 2, 0, 48, true, -1);
	feed(1, "b", 4, 0, 48, true, -1);
	feed(1, "c", 3, 0, 48, true, -1);
	feed(1, "b", 4, 48, 999, false, -1);
	feed(1, "c", 3, 48, 999, false, -1);
	feed(1, "a", 2, 48, 999, false, -1);
	cr_expect_str_eq(rec.log.p, "udp 10.0.0.1:5060 > 10.0.0.2:5060 f2-4 OPTIONS sip:b\n"
				    "udp [::1]:5060 > [::2]:5060 f3-5 OPTIONS sip:c\n"
				    "udp 10.0.0.1:5060 > 10.0.0.2:5060 f1-6 OPTIONS sip:a\n");
}

Test(net_fragment, the_first_byte_wins_and_a_conflict_is_counted)
{
	feed(1, "a", 2, 0, 96, true, -1);
	feed(2, "a", 2, 48, 144, true, 0); /* its first byte, 48, lies */
	cr_expect_eq(reasons(NET_LOST_FRAGMENT_CONFLICT), 1);
	feed(3, "a", 2, 96, 999, false, -1);
	cr_expect_eq(reasons(NET_LOST_FRAGMENT_CONFLICT), 1);
	cr_expect_str_eq(rec.log.p, "udp 10.0.0.1:5060 > 10.0.0.2:5060 f1-3 OPTIONS sip:a\n");
	feed(4, "a", 6, 0, 48, true, 17); /* the first one of all lies: "sip:a" is kept as it came */
	feed(5, "a", 6, 0, 48, true, -1);
	feed(6, "a", 6, 48, 999, false, -1);
	cr_expect_eq(reasons(NET_LOST_FRAGMENT_CONFLICT), 2);
}

/* A port that is mirrored twice: the second copy's rest comes when the datagram is whole. */
Test(net_fragment, copies_of_what_is_whole_lack_nothing)
{
	for (int i = 0; i < 2; i++)
		feed(1, "a", 2, 0, 48, true, -1);
	for (int i = 0; i < 2; i++)
		feed(1, "a", 2, 48, 999, false, -1);
	net_finish(net);
	cr_expect_eq(net_stats(net)->datagrams, 1);
	cr_expect_eq(reasons(NET_LOST_FRAGMENTS_UNFINISHED), 0);
}

Test(net_fragment, a_number_that_comes_again_later_is_another_datagram)
{
	feed(1, "a", 2, 0, 48, true, -1);
	feed(1, "a", 2, 48, 999, false, -1);
	feed(4000, "a", 2, 48, 999, false, -1);
	net_finish(net);
	cr_expect_eq(reasons(NET_LOST_FRAGMENTS_UNFINISHED), 1);
}

Test(net_fragment, an_overlap_may_lie_around_what_is_there)
{
	feed(1, "a", 2, 48, 96, true, -1);
	feed(2, "a", 2, 144, 160, true, -1);
	feed(3, "a", 2, 0, 168, true, -1);
	feed(4, "a", 2, 152, 999, false, -1);
	cr_expect_str_eq(rec.log.p, "udp 10.0.0.1:5060 > 10.0.0.2:5060 f1-4 OPTIONS sip:a\n");
	cr_expect_eq(reasons(NET_LOST_FRAGMENT_CONFLICT), 0);
}

Test(net_fragment, two_ends_are_a_conflict)
{
	feed(1, "a", 2, 48, 96, false, -1);
	feed(2, "a", 2, 96, 999, false, -1);
	cr_expect_eq(reasons(NET_LOST_FRAGMENT_CONFLICT), 1);
}

Test(net_fragment, time_runs_out_in_capture_time)
{
	feed(1, "a", 2, 0, 48, true, -1);
	feed(60000, "b", 4, 0, 48, true, -1);
	cr_expect_eq(reasons(NET_LOST_FRAGMENTS_UNFINISHED), 0);
	feed(60002, "b", 4, 48, 999, false, -1);
	cr_expect_eq(reasons(NET_LOST_FRAGMENTS_UNFINISHED), 1);
	feed(60003, "a", 2, 48, 999, false, -1);
	cr_expect_eq(net_stats(net)->datagrams, 1);
	net_finish(net);
	cr_expect_eq(reasons(NET_LOST_FRAGMENTS_UNFINISHED), 2);
}

Test(net_fragment, the_oldest_go_first_where_there_are_too_many)
{
	struct net_config config = {.limits = {.fragment_count = 2}};

	tear_down();
	net = recorder_net(&rec, &config);
	feed(1, "a", 2, 0, 48, true, -1);
	feed(1, "b", 4, 0, 48, true, -1);
	feed(1, "a", 2, 48, 96, true, -1); /* used: the other one is older now */
	feed(1, "c", 6, 0, 48, true, -1);
	cr_expect_eq(reasons(NET_LOST_FRAGMENTS_EVICTED), 1);
	feed(1, "a", 2, 96, 999, false, -1);
	cr_expect_eq(net_stats(net)->datagrams, 1);
	feed(1, "b", 4, 48, 999, false, -1);
	cr_expect_eq(net_stats(net)->datagrams, 1);
}

Test(net_fragment, memory_is_bounded)
{
	struct net_config config = {.limits = {.fragment_bytes = 10000}};

	tear_down();
	net = recorder_net(&rec, &config);
	for (uint16_t id = 0; id < 200; id += 2)
		feed(1, "a", id, 0, 48, true, -1);
	cr_expect_geq(reasons(NET_LOST_FRAGMENTS_EVICTED), 96);
}

Test(net_fragment, odd_sizes_and_lengths_beyond_a_datagram_are_broken)
{
	feed(1, "a", 2, 0, 47, true, -1);
	feed(1, "a", 2, 48, 48, true, -1);
	cr_expect_eq(reasons(NET_LOST_BROKEN), 2);
	cr_expect_eq(net_stats(net)->datagrams, 0);
}

/* A reference of a few lines: bytes go where they belong if nobody was there before. */
Test(net_fragment, any_order_with_any_repetition_gives_the_message)
{
	uint64_t rng = 1;

	for (int round = 0; round < 300; round++) {
		uint64_t mask = 0, before = net_stats(net)->datagrams;
		uint16_t id = (uint16_t)round;

		while (mask != 0x7ffffff) { /* the 27 units of 8 bytes */
			uint64_t from = rng_below(&rng, 27), n = 1 + rng_below(&rng, 5);
			bool last = from + n >= 27;

			cr_assert_eq(net_stats(net)->datagrams, before);
			feed(1, "r", id, from * 8, last ? 999 : (from + n) * 8, !last, -1);
			for (uint64_t u = from; u < from + n && u < 27; u++)
				mask |= 1ull << u;
		}
		cr_assert_eq(net_stats(net)->datagrams, before + 1);
	}
	cr_expect_eq(reasons(NET_LOST_FRAGMENT_CONFLICT), 0);
}
