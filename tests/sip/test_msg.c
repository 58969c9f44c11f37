/* SPDX-License-Identifier: MIT */
#include "sip_test.h"
#include "base/buf.h"

static const char publish[] = "PUBLISH sip:alice@im.example SIP/2.0\r\n"
			      "v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
			      "VIA : SIP/2.0/UDP 192.0.2.2\r\n"
			      "X-Foo: one\r\n"
			      "Accept-Contact: *;+g.oma.sip-im\r\n"
			      "\t;require\r\n"
			      "x-foo:two\r\n"
			      "Subject:\r\n"
			      "Content-Length: 4\r\n"
			      "\r\n"
			      "body";

static int index_of(struct slice raw, struct sip_msg *msg, struct err *err)
{
	return sip_msg_index(msg, raw, &test_arena, err);
}

Test(sip, msg_request)
{
	struct sip_msg msg = indexed(publish);
	const struct sip_line *via = sip_msg_line(&msg, SIP_HEADER_VIA), *second, *folded, *named;

	cr_assert(msg.is_request && msg.method == SIP_METHOD_PUBLISH && msg.status == 0 && msg.odd == 0);
	assert_slice(msg.method_text, "PUBLISH");
	assert_slice(msg.uri, "sip:alice@im.example");
	assert_slice(msg.body, "body");
	cr_assert_eq(msg.content_length, 4);
	cr_assert_eq(msg.head_len, sizeof(publish) - 1 - 4);
	cr_assert_eq(msg.line_count, 7);
	cr_assert_eq(via->flags, SIP_LINE_COMPACT);
	assert_slice(sip_line_value(&msg, via), "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa");
	second = sip_msg_line_next(&msg, via);
	cr_assert_eq(second->flags, SIP_LINE_SPACED);
	cr_assert_eq(second->name_len, 3);
	cr_assert_null(sip_msg_line_next(&msg, second));
	folded = sip_msg_line(&msg, SIP_HEADER_ACCEPT_CONTACT);
	cr_assert_eq(folded->flags, SIP_LINE_FOLDED);
	assert_slice(sip_line_value(&msg, folded), "*;+g.oma.sip-im\r\n\t;require");
	named = sip_msg_line_named(&msg, SLICE("X-FOO"), NULL);
	assert_slice(sip_line_value(&msg, named), "one");
	named = sip_msg_line_named(&msg, SLICE("X-FOO"), named);
	assert_slice(sip_line_value(&msg, named), "two");
	cr_assert_null(sip_msg_line_named(&msg, SLICE("X-FOO"), named));
	cr_assert_eq(sip_line_value(&msg, sip_msg_line_named(&msg, SLICE("Subject"), NULL)).len, 0);
	cr_assert(sip_msg_has(&msg, SIP_HEADER_VIA) && !sip_msg_has(&msg, SIP_HEADER_ROUTE));
	cr_assert_null(sip_msg_line(&msg, SIP_HEADER_ROUTE));
	cr_assert_null(sip_msg_value(&msg, SIP_HEADER_ROUTE).p);
	assert_slice(sip_msg_value(&msg, SIP_HEADER_CONTENT_LENGTH), "4");
}

Test(sip, msg_response)
{
	struct sip_msg msg = indexed("\r\n\r\nSIP/2.0 489 Bad \xd0\xbd Event\r\nCSeq: 12\r\n PUBLISH\r\nl:0\r\n\r\n");

	cr_assert(!msg.is_request && msg.status == 489 && msg.method == SIP_METHOD_PUBLISH && msg.odd == 0);
	assert_slice(msg.reason, "Bad \xd0\xbd Event");
	assert_slice(msg.method_text, "PUBLISH");
	cr_assert_null(msg.uri.p);
	cr_assert_null(msg.body.p);
	cr_assert_eq(msg.raw.p[0], 'S');
	msg = indexed("SIP/2.0 180 \r\n\r\n");
	cr_assert(msg.method == SIP_METHOD_NONE && !msg.method_text.p && msg.reason.len == 0 && msg.odd == 0);
}

static uint32_t odd_of(const char *text)
{
	return indexed(text).odd;
}

Test(sip, msg_oddities)
{
	struct slice nul = SLICE("ACK sip:a SIP/2.0\r\nTo: a\0b\r\n\r\n");
	struct slice nul_name = SLICE("ACK sip:a SIP/2.0\r\nT\0o: a\r\n\r\n");
	struct sip_msg msg;

	cr_expect_eq(odd_of("ACK sip:a SIP/2.0\nTo: a\n\n"), SIP_ODD_LF);
	cr_expect_eq(odd_of("ACK sip:a SIP/2.0\r\nTo: a\r\n\n"), SIP_ODD_LF);
	cr_expect_eq(odd_of("ACK sip:a SIP/2.0\r\nTo: a\r\n"), SIP_ODD_NO_BLANK);
	cr_expect_eq(odd_of("ACK sip:a SIP/2.0\r\nTo: a\r\n\r"), SIP_ODD_NO_BLANK);
	cr_expect_eq(odd_of("ACK sip:a SIP/2.0\r\nTo a\r\n\r\n"), SIP_ODD_BAD_LINE);
	cr_expect_eq(odd_of("ACK sip:a SIP/2.0\r\n: a\r\n\r\n"), SIP_ODD_BAD_LINE);
	cr_expect_eq(odd_of("ACK sip:a SIP/2.0\r\nT o: a\r\n\r\n"), SIP_ODD_BAD_LINE);
	cr_expect_eq(odd_of("ACK sip:a SIP/2.0\r\nT@: a\r\n\r\n"), SIP_ODD_BAD_LINE);
	cr_expect_eq(odd_of("ACK sip:a sip/2.0\r\n\r\n"), SIP_ODD_VERSION);
	cr_expect_eq(odd_of("ACK sip:a SIP/3.0\r\n\r\n"), SIP_ODD_VERSION);
	cr_expect_eq(odd_of("SIP/2.1 200 OK\r\n\r\n"), SIP_ODD_VERSION);
	cr_expect_eq(odd_of("ACK  sip:a SIP/2.0\r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("ACK sip:a SIP/2.0 \r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("ACK sip:a b SIP/2.0\r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("ACK\tsip:a SIP/2.0\r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("ACK sip:a\tSIP/2.0\r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("SIP/2.0\t200 OK\r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("SIP/2.0\r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("SIP/2.0  200 OK\r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("SIP/2.0 099 OK\r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("SIP/2.0 700 OK\r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("SIP/2.0 2000 OK\r\n\r\n"), SIP_ODD_START);
	cr_expect_eq(odd_of("SIP/2.0 200\r\n\r\n"), SIP_ODD_START);
	cr_assert_eq(index_of(nul, &msg, NULL), 0);
	cr_expect_eq(msg.odd, SIP_ODD_NUL);
	cr_assert_eq(index_of(nul_name, &msg, NULL), 0);
	cr_expect_eq(msg.odd, SIP_ODD_NUL | SIP_ODD_BAD_LINE);
	cr_expect_eq(indexed("SIP/2.0 200\r\n\r\n").status, 200);
	cr_expect_eq(indexed("SIP/2.0 2000 OK\r\n\r\n").status, 0);
}

Test(sip, msg_bad_lines_stay_visible)
{
	struct sip_msg msg = indexed("ACK sip:a SIP/2.0\r\nFoobar roobar\r\nX Y : z\r\nTo: t\r\n\r\n");

	cr_assert_eq(msg.line_count, 3);
	cr_assert_eq(msg.lines[0].name_len, 0);
	assert_slice(sip_line_value(&msg, &msg.lines[0]), "Foobar roobar");
	cr_assert_eq(msg.lines[1].name_len, 3);
	assert_slice(sip_line_value(&msg, &msg.lines[1]), "z");
	assert_slice(sip_msg_value(&msg, SIP_HEADER_TO), "t");
}

static struct sip_msg with_length(const char *lines)
{
	return indexed(arena_printf(&test_arena, "ACK sip:a SIP/2.0\r\n%s\r\n12345", lines));
}

Test(sip, msg_content_length)
{
	static const struct {
		const char *lines, *body;
		int64_t length;
		uint32_t odd;
	} cases[] = {
		{"", "12345", -1, 0},
		{"Content-Length: 5\r\n", "12345", 5, 0},
		{"Content-Length: 0005\r\n", "12345", 5, 0},
		{"Content-Length:\r\n 5\r\n", "12345", 5, 0},
		{"l: 3\r\n", "123", 3, SIP_ODD_LENGTH_SHORT},
		{"l: 0\r\n", "", 0, SIP_ODD_LENGTH_SHORT},
		{"l: 6\r\n", "12345", 6, SIP_ODD_LENGTH_LONG},
		{"l: 99999999999999999999999\r\n", "12345", INT64_MAX, SIP_ODD_LENGTH_LONG},
		{"l: bad\r\n", "12345", -2, SIP_ODD_LENGTH_BAD},
		{"l: -3\r\n", "12345", -2, SIP_ODD_LENGTH_BAD},
		{"l: 3 3\r\n", "12345", -2, SIP_ODD_LENGTH_BAD},
		{"l:\r\n", "12345", -2, SIP_ODD_LENGTH_BAD},
		{"l: 3\r\nl: 3\r\n", "123", 3, SIP_ODD_LENGTH_SHORT},
		{"l: 3\r\nContent-Length: 4\r\n", "12345", 3, SIP_ODD_LENGTH_BAD},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sip_msg msg = with_length(cases[i].lines);

		assert_slice(msg.body, cases[i].body);
		cr_expect_eq(msg.content_length, cases[i].length, "%s", cases[i].lines);
		cr_expect_eq(msg.odd, cases[i].odd, "%s", cases[i].lines);
		cr_expect_eq(msg.raw.len, msg.head_len + msg.body.len);
		cr_expect(msg.body.len || !msg.body.p);
	}
}

Test(sip, msg_refusals_say_why)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"", "empty message"},
		{"\r\n\r\n", "empty message"},
		{"INVITE sip:a\r\n\r\n", "no SIP start line: INVITE sip:a"},
		{"GET http://a/ HTTP/1.1\r\n\r\n", "no SIP start line: GET http://a/ HTTP/1.1"},
		{"INVITE SIP/2.0\r\n\r\n", "no SIP start line: INVITE SIP/2.0"},
		{" INVITE sip:a SIP/2.0\r\n\r\n", "no SIP start line:  INVITE sip:a SIP/2.0"},
		{"IN(TE sip:a SIP/2.0\r\n\r\n", "no SIP start line: IN(TE sip:a SIP/2.0"},
		{"\x1b[2J\r\n", "no SIP start line: \\x1b[2J"},
	};
	struct sip_msg msg;
	struct err err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(index_of(slice_of(cases[i].text), &msg, &err), -EBADMSG);
		cr_expect_str_eq(err.text, cases[i].says);
	}
}

Test(sip, msg_limits)
{
	struct buf text = {0};
	struct sip_msg msg;
	struct err err;

	buf_puts(&text, "ACK sip:a SIP/2.0\r\n");
	for (int i = 0; i < SIP_LINES_MAX; i++)
		buf_puts(&text, "To:a\r\n");
	buf_puts(&text, "\r\n");
	cr_assert_eq(index_of(buf_slice(&text), &msg, &err), 0);
	cr_assert_eq(msg.line_count, SIP_LINES_MAX);
	text.len -= 2;
	buf_puts(&text, "To:a\r\n\r\n");
	cr_assert_eq(index_of(buf_slice(&text), &msg, &err), -EBADMSG);
	cr_assert_str_eq(err.text, "byte 12019: more than 2000 header lines");
	while (text.len <= SIP_MSG_MAX)
		buf_puts(&text, "12345678901234567890123456789012345678901234567890");
	text.len = SIP_MSG_MAX + 1;
	cr_assert_eq(index_of(buf_slice(&text), &msg, &err), -EBADMSG);
	cr_assert_str_eq(err.text, "message of 1048577 bytes, more than 1048576");
	buf_done(&text);
}

Test(sip, msg_name_longer_than_an_index_can_hold)
{
	struct buf text = {0};
	struct sip_msg msg;

	buf_puts(&text, "ACK sip:a SIP/2.0\r\n");
	for (int i = 0; i < 70000; i++)
		buf_putc(&text, 'n');
	buf_puts(&text, ": v\r\n\r\n");
	cr_assert_eq(index_of(buf_slice(&text), &msg, NULL), 0);
	cr_assert_eq(msg.odd, SIP_ODD_BAD_LINE);
	cr_assert_eq(msg.lines[0].name_len, 0);
	cr_assert_eq(msg.lines[0].value_len, 70003);
	buf_done(&text);
}

static void index_prefix(struct slice prefix)
{
	struct sip_msg msg;
	const size_t start = strlen("PUBLISH sip:alice@im.example SIP/2.0") - 3, whole = sizeof(publish) - 1;
	int r = index_of(prefix, &msg, NULL);

	if (prefix.len <= strlen("PUBLISH sip:alice@im.example SIP/"))
		cr_expect_eq(r, -EBADMSG, "%zu", prefix.len);
	if (prefix.len < start + 3)
		return;
	cr_expect_eq(r, 0, "%zu", prefix.len);
	cr_expect_eq(!!(msg.odd & SIP_ODD_NO_BLANK), prefix.len < whole - 4, "%zu", prefix.len);
	cr_expect_eq(!!(msg.odd & SIP_ODD_LENGTH_LONG),
		     prefix.len < whole && sip_msg_has(&msg, SIP_HEADER_CONTENT_LENGTH) && msg.content_length > 0,
		     "%zu", prefix.len);
}

Test(sip, msg_copy_shares_nothing)
{
	struct arena arena = {0};
	char bytes[] = "MESSAGE sip:b@example.org SIP/2.0\r\nFrom: <sip:a@example.org>;tag=one\r\n"
		       "To: <sip:b@example.org>;tag=two\r\nContent-Length: 4\r\n\r\nbody";
	char raw[sizeof(bytes)];
	struct sip_line lines[8];
	struct sip_msg msg, copy;
	struct sip_addr addr;

	cr_assert_eq(sip_msg_index(&msg, slice_of(bytes), &arena, NULL), 0);
	cr_assert(slice_eq(sip_msg_tag(&msg, SIP_HEADER_FROM), SLICE("one")), "what was asked is kept in the message");
	cr_assert_leq(msg.line_count, 8);
	sip_msg_copy(&copy, &msg, lines, raw);
	memset(bytes, 'x', sizeof(bytes));
	memset(msg.lines, 0xff, msg.line_count * sizeof(*msg.lines));
	cr_expect(slice_eq(copy.method_text, SLICE("MESSAGE")));
	cr_expect(slice_eq(copy.uri, SLICE("sip:b@example.org")));
	cr_expect(slice_eq(copy.body, SLICE("body")));
	cr_expect(slice_eq(sip_msg_tag(&copy, SIP_HEADER_FROM), SLICE("one")));
	cr_expect(slice_eq(sip_msg_tag(&copy, SIP_HEADER_TO), SLICE("two")));
	cr_assert_eq(sip_msg_addr(&copy, SIP_HEADER_FROM, &addr), 0);
	cr_expect(slice_eq(addr.uri, SLICE("sip:a@example.org")));
	arena_done(&arena);
}

Test(sip, msg_every_prefix)
{
	each_prefix(SLICE(publish), index_prefix);
}

static void probe_prefix(struct slice prefix)
{
	cr_expect_eq(sip_msg_probe(prefix), prefix.len >= 16, "%zu", prefix.len);
}

Test(sip, msg_probe)
{
	static const char *const good[] = {
		"SIP/2.0 200 OK\r\n\r\n",
		"SIP/2.0 ",
		"sip/2.0 200 OK\r\n\r\n",
		"SIP/7.0 200 OK\r\n\r\n",
		"INVITE sips:alice@im.example and a long rest",
		"INVITE  TEL:+44123456789",
		"OPTIONS <sip:a@b> SIP/2.0\r\n",
		"OPTIONS novel.scheme:a SIP/2.0\r\n",
		"!odd-Method0123456789_*+`.%indeed'~ sip:a@b",
	};
	static const char *const other[] = {
		"",
		"SIP/2.0",
		"GET / HTTP/1.1\r\nHost: a\r\n",
		"CONNECT a:443 HTTP/1.1\r\n\r\n",
		"SETUP rtsp://a/b RTSP/1.0\r\n",
		"MSRP abc SEND\r\nTo-Path: msrp://a",
		"\x16\x03\x01\x02\x05\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c",
		"INVITEsip:alice@im.example",
		"OPTIONS novel.scheme:cut-off-here",
		"HTTP/1.1 200 OK\r\n\r\n",
		"\r\n\r\nSIP/2.0 200 OK\r\n\r\n",
		"wordwordwordwordwordwordwordword",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_expect(sip_msg_probe(slice_of(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		cr_expect_not(sip_msg_probe(slice_of(other[i])), "%s", other[i]);
	each_prefix(SLICE(publish), probe_prefix);
}
