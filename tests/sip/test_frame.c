/* SPDX-License-Identifier: MIT */
#include "sip/frame.h"
#include "sip_test.h"

#define HEAD "ACK sip:a@b.example SIP/2.0\r\n"

static void assert_stream(struct slice bytes, enum sip_frame frame, size_t skip, size_t len, const char *says)
{
	struct slice copy = exact_copy(bytes);
	struct err err = {.code = 1, .text = "old"};
	size_t ret_skip = 99, ret_len = 99;

	cr_expect_eq(sip_frame_stream(copy, 100, &ret_skip, &ret_len, &err), frame, "%.*s", SLICE_F(bytes));
	cr_expect(ret_skip == skip && ret_len == len, "%zu %zu: %.*s", ret_skip, ret_len, SLICE_F(bytes));
	cr_expect_str_eq(err.text, says);
	ret_skip = ret_len = 99;
	cr_expect_eq(sip_frame_stream(copy, 100, &ret_skip, &ret_len, NULL), frame);
	cr_expect(ret_skip == skip && ret_len == len);
	free((void *)copy.p);
}

Test(sip, frame_messages_on_a_stream)
{
	assert_stream(SLICE(HEAD "l: 3\r\n\r\n123ACK"), SIP_FRAME_MESSAGE, 0, 40, "");
	assert_stream(SLICE(HEAD "CONTENT-length :\r\n\t3\r\n\r\n123"), SIP_FRAME_MESSAGE, 0, 56, "");
	assert_stream(SLICE("ACK sip:a@b.example SIP/2.0\nl: 3\n\n123"), SIP_FRAME_MESSAGE, 0, 37, "");
	assert_stream(SLICE(HEAD "l: 0\r\nl: 0\r\n\r\n"), SIP_FRAME_MESSAGE, 0, 43, "");
	assert_stream(SLICE(HEAD "To: x\r\n l: 3\r\n\r\n"), SIP_FRAME_MESSAGE, 0, 45, "no Content-Length on a stream");
	assert_stream(SLICE(HEAD "\r\n"), SIP_FRAME_MESSAGE, 0, 31, "no Content-Length on a stream");
	assert_stream(SLICE(HEAD "l: 67\r\n\r\n"), SIP_FRAME_JUNK, 38, 0, "message of over 100 bytes");
	assert_stream(SLICE(HEAD "l: 62\r\n\r\n"), SIP_FRAME_MORE, 0, 100, "");
}

Test(sip, frame_what_is_no_message)
{
	char flood[120];

	assert_stream(SLICE(HEAD "l: bad\r\n\r\n123"), SIP_FRAME_JUNK, 39, 0, "Content-Length is no number");
	assert_stream(SLICE(HEAD "l: -1\r\n\r\n123"), SIP_FRAME_JUNK, 38, 0, "Content-Length is no number");
	assert_stream(SLICE(HEAD "l: 1\r\nl: 2\r\n\r\n123"), SIP_FRAME_JUNK, 43, 0, "two Content-Length lines differ");
	assert_stream(SLICE(HEAD "l: 99999999999999999999\r\n\r\n"), SIP_FRAME_JUNK, 56, 0,
		      "message of over 100 bytes");
	assert_stream(SLICE("MSRP a SEND\r\nACK"), SIP_FRAME_JUNK, 13, 0, "no SIP message starts here: MSRP a SEND");
	assert_stream(SLICE("\x16\x03\x01"), SIP_FRAME_JUNK, 3, 0, "no SIP message starts here: \\x16\\x03\\x01");
	assert_stream(SLICE("ACK x\nACK"), SIP_FRAME_JUNK, 6, 0, "no SIP message starts here: ACK x");
	memset(flood, 'x', sizeof(flood));
	memcpy(flood, HEAD, sizeof(HEAD) - 1);
	assert_stream((struct slice){flood, 100}, SIP_FRAME_MORE, 0, 0, "");
	assert_stream((struct slice){flood, 101}, SIP_FRAME_JUNK, 101, 0,
		      "no end of the header lines within 100 bytes");
}

Test(sip, frame_keepalives_on_a_stream)
{
	assert_stream(SLICE(""), SIP_FRAME_MORE, 0, 0, "");
	assert_stream(SLICE("\n"), SIP_FRAME_KEEPALIVE, 1, 0, "");
	assert_stream(SLICE("\r"), SIP_FRAME_MORE, 0, 0, "");
	assert_stream(SLICE("\rA"), SIP_FRAME_KEEPALIVE, 1, 0, "");
	assert_stream(SLICE("\r\n"), SIP_FRAME_KEEPALIVE, 2, 0, "");
	assert_stream(SLICE("\r\n\r"), SIP_FRAME_MORE, 0, 0, "");
	assert_stream(SLICE("\r\n\r\n"), SIP_FRAME_KEEPALIVE, 4, 0, "");
	assert_stream(SLICE("\r\n\r\n\r\n"), SIP_FRAME_KEEPALIVE, 4, 0, "");
	assert_stream(SLICE("\r\nACK"), SIP_FRAME_KEEPALIVE, 2, 0, "");
	assert_stream(SLICE("\r\n\rA"), SIP_FRAME_KEEPALIVE, 2, 0, "");
	assert_stream(SLICE("\n\r\n"), SIP_FRAME_KEEPALIVE, 1, 0, "");
}

static const char request[] = HEAD "To: x\r\n y\r\nl: 3\r\n\r\n123";
static const char answer[] = "SIP/2.0 200 \r\nl: 0\r\n\r\n"; /* without a reason */
static size_t whole, head;

/* What a cut message needs in all is told from the end of its head on. */
static void stream_prefix(struct slice prefix)
{
	size_t skip, len;
	enum sip_frame frame = sip_frame_stream(prefix, 1000, &skip, &len, NULL);

	if (prefix.len == whole)
		cr_expect(frame == SIP_FRAME_MESSAGE && skip == 0 && len == prefix.len);
	else
		cr_expect(frame == SIP_FRAME_MORE && skip == 0 && len == (prefix.len < head ? 0 : whole), "%zu",
			  prefix.len);
}

Test(sip, frame_every_prefix_needs_more)
{
	whole = sizeof(request) - 1;
	head = whole - 3;
	each_prefix(SLICE(request), stream_prefix);
	whole = head = sizeof(answer) - 1;
	each_prefix(SLICE(answer), stream_prefix);
}

static void assert_datagram(struct slice bytes, enum sip_frame frame, size_t skip, size_t len)
{
	size_t ret_skip = 99, ret_len = 99;

	cr_expect_eq(sip_frame_datagram(bytes, &ret_skip, &ret_len), frame, "%.*s", SLICE_F(bytes));
	cr_expect(ret_skip == skip && ret_len == len, "%zu %zu: %.*s", ret_skip, ret_len, SLICE_F(bytes));
}

Test(sip, frame_datagrams)
{
	assert_datagram(SLICE(HEAD "l: 9\r\n\r\n"), SIP_FRAME_MESSAGE, 0, 37);
	assert_datagram(SLICE("\r\n\n" HEAD "\r\nxyz"), SIP_FRAME_MESSAGE, 3, 34);
	assert_datagram(SLICE(""), SIP_FRAME_KEEPALIVE, 0, 0);
	assert_datagram(SLICE("\0"), SIP_FRAME_KEEPALIVE, 1, 0);
	assert_datagram(SLICE("jaK\n"), SIP_FRAME_KEEPALIVE, 4, 0);
	assert_datagram(SLICE("\r\n\r\n\r\n"), SIP_FRAME_KEEPALIVE, 6, 0);
	assert_datagram(SLICE("\r\n\r\nx"), SIP_FRAME_JUNK, 5, 0);
	assert_datagram(SLICE("\0\1\0\0\x21\x12\xa4\x42tttttttttttt"), SIP_FRAME_JUNK, 20, 0);
}
