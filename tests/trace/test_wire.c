/* SPDX-License-Identifier: MIT */
#include "trace/wire.h"
#include "base/buf.h"
#include "net/packet_build.h"

#include <criterion/criterion.h>

#define FIRST    "MESSAGE sip:a@im.example SIP/2.0\r\nCall-ID: 1\r\nl: 6\r\n\r\n\r\n\r\nxy"
#define PING     "\r\n\r\n"
#define SECOND   "SIP/2.0 200 OK\r\nCall-ID: 2\r\nContent-Length:\r\n  0\r\n\r\n"
#define THIRD    "INVITE sip:b@im.example SIP/2.0\r\nCall-ID: 3\r\nContent-Length: 22\r\n\r\nBYE sip:c SIP/2.0\r\n\r\n\n"
#define MESSAGES 3

static const char stream[] = FIRST PING SECOND THIRD;
enum { STREAM_LEN = sizeof(stream) - 1 };
static const size_t ends[MESSAGES] = {sizeof(FIRST) - 1, sizeof(FIRST PING SECOND) - 1, STREAM_LEN};

enum { LINK_RAW = 101 }; /* an IP packet and nothing around it */
static const uint8_t client[4] = {10, 0, 0, 1}, server[4] = {10, 0, 0, 2};

/* What came out: each message with its frame, each gap. */
static struct buf told;
static struct wire *wire;
static uint64_t frame;

static void on_message(void *arg, const struct wire_message *message)
{
	(void)arg;
	buf_printf(&told, "%llu:%.*s|", (unsigned long long)message->place.frame, SLICE_F(message->bytes));
}

static void on_gap(void *arg, uint64_t time, const struct net_addr *a, const struct net_addr *b, enum flow_gap gap)
{
	(void)arg, (void)time, (void)a, (void)b;
	buf_printf(&told, "gap %u|", gap);
}

static void feed_segment(uint32_t seq, uint8_t flags, struct slice bytes)
{
	struct net_addr src = net_addr_v4(client, 40000), dst = net_addr_v4(server, 5060);
	struct buf packet = {0};

	packet_build_tcp(&packet, &src, &dst, seq, 1, flags, bytes);
	wire_feed(wire,
		  &(struct capture_packet){.time = ++frame,
					   .frame = frame,
					   .p = (const uint8_t *)packet.p,
					   .caplen = (uint32_t)packet.len,
					   .origlen = (uint32_t)packet.len,
					   .link = LINK_RAW},
		  0);
	buf_done(&packet);
}

static void begin(void)
{
	const struct wire_sink sink = {NULL, on_message, on_gap};

	wire = wire_new(NULL, &sink);
	buf_clear(&told);
	feed_segment(0, TCP_SYN, SLICE(""));
	frame = 0;
}

/* The stream's bytes [from, to), as a segment of its own. */
static void feed(size_t from, size_t to)
{
	feed_segment((uint32_t)from + 1, TCP_ACK, (struct slice){stream + from, to - from});
}

static void finish(void)
{
	wire_finish(wire);
	wire_free(wire);
}

/* Each message once, in the frame that brought its last byte; `cuts` are where the segments end. */
static void expect_messages(const size_t *cuts)
{
	static const char *const texts[MESSAGES] = {FIRST, SECOND, THIRD};
	struct buf want = {0};
	unsigned at = 0;

	for (unsigned i = 0; i < MESSAGES; i++) {
		while (cuts[at] < ends[i])
			at++;
		buf_printf(&want, "%u:%s|", at + 1, texts[i]);
	}
	cr_assert_str_eq(told.p, want.p);
	buf_done(&want);
}

Test(trace_wire, a_stream_may_be_cut_anywhere)
{
	for (size_t one = 1; one < STREAM_LEN - 1; one++)
		for (size_t other = one + 1; other < STREAM_LEN; other += 3) {
			begin();
			feed(0, one);
			feed(one, other);
			feed(other, STREAM_LEN);
			finish();
			expect_messages((size_t[]){one, other, STREAM_LEN});
		}
	buf_done(&told);
}

Test(trace_wire, a_stream_may_come_byte_by_byte)
{
	size_t cuts[STREAM_LEN];

	begin();
	for (size_t i = 0; i < STREAM_LEN; i++) {
		feed(i, i + 1);
		cuts[i] = i + 1;
	}
	finish();
	expect_messages(cuts);
	buf_done(&told);
}

/* What waits for a certain length is void, and so is the length. */
Test(trace_wire, a_gap_ends_what_waits)
{
	struct buf want = {0};

	begin();
	feed(0, ends[0] - 1);
	feed(ends[0] + strlen(PING), STREAM_LEN);
	finish();
	buf_printf(&want, "gap %u|2:%s|2:%s|", FLOW_GAP_LOST | FLOW_GAP_ORDER, SECOND, THIRD);
	cr_expect_str_eq(told.p, want.p);
	buf_done(&want);
	buf_done(&told);
}

/* It is read when the hole is filled, and lies where it came. */
Test(trace_wire, what_waited_behind_a_hole_is_found_in_its_own_frame)
{
	struct buf want = {0};

	begin();
	feed(ends[0] + strlen(PING), ends[1]);
	feed(ends[1], STREAM_LEN);
	feed(0, ends[0] + strlen(PING));
	finish();
	buf_printf(&want, "3:%s|1:%s|2:%s|", FIRST, SECOND, THIRD);
	cr_expect_str_eq(told.p, want.p);
	buf_done(&want);
	buf_done(&told);
}
