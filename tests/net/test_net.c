/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "net/bytes.h"
#include "net/packet_build.h"
#include "net/ws.h"
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

TestSuite(net_net, .init = set_up, .fini = tear_down);

static uint64_t reasons(enum net_reason reason)
{
	const struct net_stats *stats = net_stats(net);
	uint64_t all = 0;

	for (unsigned i = 0; i < NET_REASON_COUNT; i++)
		all += stats->reasons[i];
	cr_assert_eq(stats->lost, all);
	return stats->reasons[reason];
}

static void feed_udp(const char *src, const char *dst, struct slice bytes)
{
	struct net_addr a = help_addr(src), b = help_addr(dst);
	struct buf packet = {0};

	packet_build_udp(&packet, &a, &b, bytes);
	help_feed_ip(net, 1, &frame, buf_slice(&packet));
	buf_done(&packet);
}

static void feed_tcp(const char *src, const char *dst, uint32_t seq, struct slice bytes)
{
	struct net_addr a = help_addr(src), b = help_addr(dst);
	struct buf packet = {0};

	packet_build_tcp(&packet, &a, &b, seq, 0, TCP_ACK, bytes);
	help_feed_ip(net, 1, &frame, buf_slice(&packet));
	buf_done(&packet);
}

Test(net_net, sip_is_found_on_any_port_and_nothing_else)
{
	feed_udp("10.0.0.1:9999", "10.0.0.2:53", SLICE("OPTIONS sip:a@b"));
	feed_udp("10.0.0.1:5060", "10.0.0.2:5060", SLICE("\r\n"));
	feed_udp("10.0.0.1:5060", "10.0.0.2:5060", SLICE("\x80\x08 RTP"));
	feed_udp("10.0.0.1:5060", "10.0.0.2:5060", SLICE(""));
	cr_expect_str_eq(rec.log.p, "udp 10.0.0.1:9999 > 10.0.0.2:53 f1-1 OPTIONS sip:a\n");
	cr_expect_eq(net_stats(net)->packets, 4);
}

Test(net_net, a_port_can_be_forced)
{
	static const uint16_t ports[] = {6000, 7000};
	struct net_config config = {.ports = ports, .port_count = 2};

	tear_down();
	net = recorder_net(&rec, &config);
	feed_udp("10.0.0.1:1", "10.0.0.2:7000", SLICE("any@thing"));
	feed_udp("10.0.0.1:7001", "10.0.0.2:1", SLICE("any@thing"));
	feed_tcp("10.0.0.1:6000", "10.0.0.2:1", 1, SLICE("anything"));
	cr_expect_str_eq(rec.log.p, "udp 10.0.0.1:1 > 10.0.0.2:7000 f1-1 any\n0 f3 8\n");
}

Test(net_net, a_snapped_datagram_says_what_is_missing)
{
	struct net_addr a = help_addr("10.0.0.1:1"), b = help_addr("10.0.0.2:2");
	struct buf file = {0}, packet = {0};

	packet_build_udp(&packet, &a, &b, SLICE("OPTIONS sip:a@b and more"));
	help_pcap_head(&file, 101);
	help_pcap_snapped(&file, buf_slice(&packet), 44);
	help_pcap_snapped(&file, buf_slice(&packet), 27);
	help_feed(net, buf_slice(&file));
	cr_expect_str_eq(rec.log.p, "udp 10.0.0.1:1 > 10.0.0.2:2 f1-1 OPTIONS sip:a -8\n");
	cr_expect_eq(reasons(NET_LOST_SNAPPED), 2);
	cr_expect_eq(reasons(NET_LOST_BROKEN), 0);
	buf_done(&file);
	buf_done(&packet);
}

Test(net_net, an_ip_length_beyond_the_packet_means_missing_bytes)
{
	struct net_addr a = help_addr("10.0.0.1:1"), b = help_addr("10.0.0.2:2");
	struct buf packet = {0};

	packet_build_udp(&packet, &a, &b, SLICE("OPTIONS sip:a@b"));
	help_feed_ip(net, 1, &frame, (struct slice){packet.p, packet.len - 1});
	cr_expect_str_eq(rec.log.p, "udp 10.0.0.1:1 > 10.0.0.2:2 f1-1 OPTIONS sip:a -1\n");
	packet.p[0] = 0x41; /* a header of four bytes */
	help_feed_ip(net, 1, &frame, buf_slice(&packet));
	packet.p[0] = 0x15; /* no version that anybody knows */
	help_feed_ip(net, 1, &frame, buf_slice(&packet));
	cr_expect_eq(reasons(NET_LOST_BROKEN), 2);
	buf_done(&packet);
}

Test(net_net, tls_is_counted_by_pair)
{
	feed_tcp("10.0.0.1:40000", "10.0.0.2:5061", 1, SLICE("\x16\x03\x01\x00\x05hello"));
	feed_tcp("10.0.0.2:5061", "10.0.0.1:40000", 1, SLICE("\x16\x03\x03\x00\x05hello"));
	feed_tcp("10.0.0.1:40001", "10.0.0.2:5061", 1, SLICE("\x17\x03\x03\x00\x05hello"));
	feed_tcp("10.0.0.3:40001", "10.0.0.2:5061", 1, SLICE("\x17\x03\x03\x00\x05hello"));
	feed_tcp("10.0.0.3:40001", "10.0.0.2:5061", 6, SLICE("\x18\x03\x03\x00\x05hello"));
	cr_expect_eq(reasons(NET_LOST_TLS), 4);
	cr_assert_eq(net_stats(net)->tls_count, 2);
	cr_expect_eq(net_stats(net)->tls[0].packets, 3);
	cr_expect_eq(net_stats(net)->tls[0].client.port, 0);
	cr_expect_eq(net_stats(net)->tls[0].server.port, 5061);
	cr_expect_eq(rec.messages, 0);
}

Test(net_net, tunnels_do_not_nest_for_ever)
{
	struct net_addr a = help_addr("10.0.0.1:1"), b = help_addr("10.0.0.2:2");
	struct buf packet = {0}, outer = {0};

	packet_build_udp(&packet, &a, &b, SLICE("OPTIONS sip:a@b"));
	for (int i = 0; i < 40; i++) {
		buf_clear(&outer);
		packet_build_ip(&outer, &a, &b, IPPROTO_NUM_IPIP, packet.len);
		buf_add(&outer, buf_slice(&packet));
		buf_clear(&packet);
		buf_add(&packet, buf_slice(&outer));
		if (i == 5)
			help_feed_ip(net, 1, &frame, buf_slice(&packet));
	}
	help_feed_ip(net, 1, &frame, buf_slice(&packet));
	cr_expect_eq(net_stats(net)->datagrams, 1);
	cr_expect_eq(reasons(NET_LOST_TOO_DEEP), 1);
	buf_done(&packet);
	buf_done(&outer);
}

Test(net_net, unknown_links_are_counted)
{
	net_feed(
		net,
		&(struct capture_packet){.frame = 1, .p = (const uint8_t *)"x", .caplen = 1, .origlen = 1, .link = 147},
		0);
	cr_expect_eq(reasons(NET_LOST_LINK_UNKNOWN), 1);
}

Test(net_net, every_reason_has_a_name)
{
	for (int i = 0; i < NET_REASON_COUNT; i++)
		cr_expect_not_null(net_reason_name((enum net_reason)i));
	cr_expect_str_eq(net_reason_name(NET_LOST_TLS), "TLS without keys");
}

static void feed_sctp(uint32_t tsn, uint8_t flags, struct slice bytes)
{
	struct net_addr a = help_addr("10.0.0.1:1"), b = help_addr("10.0.0.2:2");
	struct buf packet = {0};

	packet_build_sctp(&packet, &a, &b, tsn, bytes);
	packet.p[33] = (char)flags;
	help_feed_ip(net, 1, &frame, buf_slice(&packet));
	buf_done(&packet);
}

Test(net_net, sctp_messages_come_once_and_in_pieces)
{
	enum { BEGIN = 2, END = 1 };

	feed_sctp(10, BEGIN | END, SLICE("OPTIONS sip:whole@b"));
	feed_sctp(10, BEGIN | END, SLICE("OPTIONS sip:whole@b")); /* retransmitted */
	feed_sctp(13, END, SLICE("ces@b"));
	feed_sctp(12, 0, SLICE("sip:pie"));
	feed_sctp(12, 0, SLICE("sip:pie"));
	feed_sctp(11, BEGIN, SLICE("OPTIONS "));
	feed_sctp(12, 0, SLICE("sip:pie"));
	feed_sctp(0xffffffff, BEGIN, SLICE("OPTIONS "));
	feed_sctp(0, END, SLICE("sip:wrap@b"));
	feed_sctp(40, BEGIN, SLICE("OPTIONS "));
	cr_expect_str_eq(rec.log.p, "sctp 10.0.0.1:1 > 10.0.0.2:2 f1-1 OPTIONS sip:whole\n"
				    "sctp 10.0.0.1:1 > 10.0.0.2:2 f6-6 OPTIONS sip:pieces\n"
				    "sctp 10.0.0.1:1 > 10.0.0.2:2 f8-9 OPTIONS sip:wrap\n");
	net_finish(net);
	cr_expect_eq(reasons(NET_LOST_SCTP_UNFINISHED), 1);
}

Test(net_net, sctp_memory_is_bounded)
{
	struct net_config config = {.limits = {.stream_bytes = 5000}};

	tear_down();
	net = recorder_net(&rec, &config);
	for (uint32_t tsn = 0; tsn < 1000; tsn += 2)
		feed_sctp(tsn, 0, SLICE("neither beginning nor end"));
	cr_expect_geq(reasons(NET_LOST_SCTP_UNFINISHED), 400);
}

Test(net_net, a_flow_keeps_few_pieces)
{
	for (uint32_t tsn = 0; tsn < 4000; tsn += 2)
		feed_sctp(tsn, 0, SLICE("x"));
	cr_expect_eq(reasons(NET_LOST_SCTP_UNFINISHED), 1025);
}

#define REQUEST_HEAD "GET / HTTP/1.1\r\nUpgrade: WebSocket\r\nSec-WebSocket-Protocol: foo, SIP\r\n\r\n"

static int ws_read(struct slice bytes, size_t step, size_t max, struct buf *to)
{
	struct ws ws = {0};
	struct slice message;
	int r = 0;

	for (size_t at = 0; at < bytes.len && r >= 0; at += step) {
		ws_add(&ws, (struct slice){bytes.p + at, bytes.len - at < step ? bytes.len - at : step});
		while ((r = ws_next(&ws, max, &message)) > 0) {
			buf_add(to, message);
			buf_putc(to, '|');
		}
	}
	ws_done(&ws);
	return r;
}

static void expect_ws(struct slice bytes, int code, const char *messages)
{
	for (size_t step = 1; step <= bytes.len; step += step < 10 ? 1 : bytes.len / 3) {
		struct buf got = {0};

		buf_puts(&got, "");
		cr_expect_eq(ws_read(bytes, step, 100, &got), code, "%s, in steps of %zu", messages, step);
		cr_expect_str_eq(got.p, messages);
		buf_done(&got);
	}
}

Test(net_net, websocket_frames_give_messages_however_they_are_cut)
{
	expect_ws(SLICE(REQUEST_HEAD "\x82\x83\1\2\3\4\x60\x60\x60"
				     "\x81\0"
				     "\x01\x02hi\x89\x01p\x80\x02yo"),
		  0, "abc||hiyo|");
}

Test(net_net, websockets_that_can_not_be_read_say_so)
{
	expect_ws(SLICE("GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: chat\r\n\r\n"),
		  -EPROTONOSUPPORT, "");
	expect_ws(SLICE(REQUEST_HEAD "\x81\x01z\xc1\x01x"), -EBADMSG, "z|");
	expect_ws(SLICE(REQUEST_HEAD "\x83\x01x"), -EBADMSG, "");
	expect_ws(SLICE(REQUEST_HEAD "\x81\x7e\0\x65"), -EMSGSIZE, "");
	expect_ws(SLICE(REQUEST_HEAD "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"), -EMSGSIZE, "");
}
