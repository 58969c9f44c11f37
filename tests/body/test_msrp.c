/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "body/msrp.h"

#include <stdlib.h>

#define HEADS                                                                                                          \
	"To-Path: msrp://b.example:8493/bb;tcp\r\nFrom-Path: msrp://r.example/rr;tcp msrp://a.example:7654/aa;tcp\r\n"
#define SEND                                                                                                           \
	"MSRP d93kswow SEND\r\n" HEADS "Message-ID: 12339sdqwer\r\nByte-Range: 1-16/*\r\nSuccess-Report: yes\r\n"      \
	"Failure-Report: no\r\nContent-Type: text/plain\r\n\r\nHi\r\n-------d93ksw\r\n-------d93kswow!\r\n\r\n"        \
	"-------d93kswow+\r\n"
#define OPEN "MSRP tid0 SEND\r\n" HEADS "Message-ID: 1\r\n-------tid0$\r\n"
#define OK   "MSRP tid0 200 OK then\r\n" HEADS "-------tid0$\r\n"

static struct msrp read_ok(struct slice text)
{
	struct msrp msrp;
	struct err err = {0};

	cr_assert_eq(msrp_read(&msrp, text, &err), 0, "%s", err.text);
	return msrp;
}

Test(body_msrp, reads_a_send_with_a_body_like_an_end_line)
{
	struct msrp msrp = read_ok(SLICE(SEND));

	cr_assert_eq(msrp.kind, MSRP_SEND);
	cr_assert(slice_is(msrp.transaction, "d93kswow") && slice_is(msrp.method, "SEND"));
	cr_assert(slice_is(msrp.to_path, "msrp://b.example:8493/bb;tcp"));
	cr_assert(slice_is(msrp.from_path, "msrp://r.example/rr;tcp msrp://a.example:7654/aa;tcp"));
	cr_assert(slice_is(msrp.message_id, "12339sdqwer") && slice_is(msrp.content_type, "text/plain"));
	cr_assert(slice_is(msrp.success_report, "yes") && slice_is(msrp.failure_report, "no"));
	cr_assert(msrp.has_range && msrp.range_from == 1 && msrp.range_to == 16 && msrp.range_total == -1);
	cr_assert(slice_is(msrp.body, "Hi\r\n-------d93ksw\r\n-------d93kswow!\r\n"));
	cr_assert_eq(msrp.flag, '+');
	cr_assert(slice_is(msrp_header(&msrp, "message-id"), "12339sdqwer"));
	cr_assert_null(msrp_header(&msrp, "Status").p);
}

Test(body_msrp, reads_without_a_body_and_responses)
{
	struct msrp msrp = read_ok(SLICE(OPEN));

	cr_assert(!msrp.body.p && !msrp.has_range && msrp.flag == '$');
	msrp = read_ok(SLICE(OK));
	cr_assert(msrp.kind == MSRP_RESPONSE && msrp.status == 200 && slice_is(msrp.comment, "OK then"));
	cr_assert_null(msrp.method.p);
	msrp = read_ok(SLICE("MSRP tid0 481\r\n" HEADS "-------tid0$\r\n"));
	cr_assert(msrp.status == 481 && !msrp.comment.p);
	msrp = read_ok(SLICE("MSRP tid0 AUTH\r\n" HEADS "-------tid0#\r\n"));
	cr_assert(msrp.kind == MSRP_OTHER && msrp.flag == '#');
	msrp = read_ok(SLICE("MSRP tid0 SEND\r\n" HEADS "Message-ID: 1\r\n\r\n\r\n-------tid0$\r\n"));
	cr_assert(msrp.body.p && msrp.body.len == 0);
	msrp = read_ok(SLICE("MSRP tid0 SEND\r\n" HEADS "Message-ID: 1\r\n\r\n-------tid0$\r\n"));
	cr_assert(msrp.body.p && msrp.body.len == 0);
}

static const char *const broken[][2] = {
	{"MSRP tid0 SEND", "the MSRP start line has no end"},
	{"MSRP ti SEND\r\n-------ti$\r\n", "the MSRP start line is not MSRP <id> <method or status>"},
	{"MSRP -tid SEND\r\n-------tid0$\r\n", "the MSRP start line is not MSRP <id> <method or status>"},
	{"MSRP tid0 \r\n-------tid0$\r\n", "the MSRP start line is not MSRP <id> <method or status>"},
	{"MSRP tid0 send\r\n-------tid0$\r\n", "the MSRP method is not in capitals"},
	{"MSRP tid0 SEND x\r\n-------tid0$\r\n", "something stands behind the MSRP method"},
	{"MSRP tid0 SEND\r\n", "the MSRP end-line is missing"},
	{"MSRP tid0 SEND\r\n-------tid1$\r\n", "the MSRP end-line is missing"},
	{"MSRP tid0 SEND\r\n-------tid0$\r\nx", "the MSRP end-line is missing"},
	{"MSRP tid0 SEND\r\n-------tid0!\r\n", "the MSRP continuation flag is none of $ + #"},
	{"MSRP tid0 SEND\r\n-------tid0$\r\n", "To-Path is missing"},
	{"MSRP tid0 SEND\r\nX\r\n-------tid0$\r\n", "MSRP header line 1 is not <name>: <value>"},
	{"MSRP tid0 SEND\r\nX: 1\r\n-------tid0$\r\n", "MSRP header line 1 is not To-Path"},
	{"MSRP tid0 SEND\r\nTo-Path: \r\n-------tid0$\r\n", "MSRP header line 1 is not To-Path"},
	{"MSRP tid0 SEND\r\nTo-Path: a\r\nX: 1\r\n-------tid0$\r\n", "MSRP header line 2 is not From-Path"},
	{"MSRP tid0 SEND\r\nTo-Path: a\r\n-------tid0$\r\n", "From-Path is missing"},
	{"MSRP tid0 SEND\r\n" HEADS ": 1\r\n-------tid0$\r\n", "MSRP header line 3 is not <name>: <value>"},
	{"MSRP tid0 SEND\r\n" HEADS "-------tid0$\r\n", "Message-ID is missing"},
	{"MSRP tid0 REPORT\r\n" HEADS "-------tid0$\r\n", "Message-ID is missing"},
	{"MSRP tid0 200\r\n" HEADS "Byte-Range: 0-1/1\r\n-------tid0$\r\n", "Byte-Range is not <from>-<to>/<total>"},
	{"MSRP tid0 200\r\n" HEADS "Byte-Range: 1-1\r\n-------tid0$\r\n", "Byte-Range is not <from>-<to>/<total>"},
	{"MSRP tid0 200\r\n" HEADS "Byte-Range: *-1/1\r\n-------tid0$\r\n", "Byte-Range is not <from>-<to>/<total>"},
	{"MSRP tid0 200\r\n" HEADS "Byte-Range: 1-1/99999999999999999999\r\n-------tid0$\r\n",
	 "Byte-Range is not <from>-<to>/<total>"},
};

Test(body_msrp, errors_by_their_text)
{
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct msrp msrp;
		struct err err = {0};

		cr_assert_eq(msrp_read(&msrp, slice_of(broken[i][0]), &err), -EBADMSG, "case %zu", i);
		cr_assert_str_eq(err.text, broken[i][1], "case %zu", i);
	}
}

static void framed(struct slice stream, size_t want)
{
	size_t scanned = 0, len = 0;
	struct err err = {0};

	cr_assert_eq(msrp_frame(stream, &scanned, &len, &err), 0, "%s", err.text);
	cr_assert_eq(len, want);
}

Test(body_msrp, frames_messages_one_behind_the_other)
{
	framed(SLICE(SEND OPEN), sizeof(SEND) - 1);
	framed(SLICE(OPEN SEND), sizeof(OPEN) - 1);
	framed(SLICE("MSRP tid0 SEND\r\n-------tid0$\r\n"), 30);
}

Test(body_msrp, end_lines_that_are_none)
{
	static const char text[] =
		"MSRP tid0 SEND\r\n\r\n-------tid0$x\r\n-------tid0\0\r\n-------tid0+\n\r\n-------tid0$\r\n";

	framed((struct slice){text, sizeof(text) - 1}, sizeof(text) - 1);
}

Test(body_msrp, a_body_without_line_ends_is_looked_at_once)
{
	size_t scanned = 0, len;

	cr_assert_eq(msrp_frame(SLICE("MSRP tid0 SEND\r\n\r\nxxxxx"), &scanned, &len, NULL), -EAGAIN);
	cr_assert_eq(scanned, 22);
	cr_assert_eq(msrp_frame(SLICE("MSRP tid0 SEND\r\n\r\nxxxxx\r"), &scanned, &len, NULL), -EAGAIN);
	cr_assert_eq(scanned, 23);
	cr_assert_eq(msrp_frame(SLICE("MSRP tid0 SEND\r\n\r\nxxxxx\r\n-------tid0$\r\n"), &scanned, &len, NULL), 0);
	cr_assert_eq(len, 39);
}

Test(body_msrp, frames_byte_by_byte_and_reads_each_prefix)
{
	static const char text[] = SEND;
	size_t scanned = 0, len, last = 0;

	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		char *copy = mem_alloc(n ? n : 1);
		struct msrp msrp;
		struct err err = {0};

		memcpy(copy, text, n);
		cr_assert_eq(msrp_frame((struct slice){copy, n}, &scanned, &len, &err), -EAGAIN, "%zu %s", n, err.text);
		cr_assert_str_eq(err.text, "the MSRP message is cut off");
		cr_assert(scanned >= last && scanned <= n);
		last = scanned;
		cr_assert_eq(msrp_read(&msrp, (struct slice){copy, n}, NULL), -EBADMSG);
		free(copy);
	}
	cr_assert(scanned > sizeof(text) - 30, "what was seen is not looked at again");
	cr_assert_eq(msrp_frame(SLICE(SEND), &scanned, &len, NULL), 0);
	cr_assert_eq(len, sizeof(text) - 1);
}

static void unframed(struct slice stream, const char *text)
{
	size_t scanned = 0, len;
	struct err err = {0};

	cr_assert_eq(msrp_frame(stream, &scanned, &len, &err), -EBADMSG);
	cr_assert_str_eq(err.text, text);
}

Test(body_msrp, streams_that_are_none)
{
	struct buf buf = {0};

	unframed(SLICE("GET"), "no MSRP start line");
	unframed(SLICE("MSRP tid\r\n"), "the MSRP start line is not MSRP <id> <method or status>");
	unframed(SLICE("MSRP t\0d0 SEND\r\n"), "the MSRP start line is not MSRP <id> <method or status>");
	buf_puts(&buf, "MSRP tid0 200 ");
	for (int i = 0; i < 500; i++)
		buf_putc(&buf, 'x');
	unframed(buf_slice(&buf), "the MSRP start line is too long");
	buf_clear(&buf);
	buf_puts(&buf, "MSRP tid0 SEND\r\n\r\n");
	memset(buf_reserve(&buf, MSRP_MESSAGE_MAX), '\n', MSRP_MESSAGE_MAX);
	buf.len += MSRP_MESSAGE_MAX;
	unframed(buf_slice(&buf), "the MSRP message is too big");
	buf_puts(&buf, "\r\n-------tid0$\r\n");
	unframed(buf_slice(&buf), "the MSRP message is too big");
	buf_done(&buf);
}

Test(body_msrp, writes_what_it_reads)
{
	struct msrp_send send = {.transaction = "abcd",
				 .to_path = "msrp://b/1;tcp",
				 .from_path = "msrp://a/2;tcp",
				 .message_id = "m1",
				 .content_type = "text/plain",
				 .success_report = "yes",
				 .failure_report = "partial",
				 .range_from = 3,
				 .range_to = -1,
				 .range_total = 9,
				 .flag = '+',
				 .body = SLICE("x\0y")};
	struct buf buf = {0};
	struct msrp msrp;

	msrp_send_write(&buf, &send);
	framed(buf_slice(&buf), buf.len);
	msrp = read_ok(buf_slice(&buf));
	cr_assert(slice_eq(msrp.body, send.body) && slice_is(msrp.message_id, "m1"));
	cr_assert(slice_is(msrp_header(&msrp, "Byte-Range"), "3-*/9") && msrp.flag == '+');
	cr_assert(slice_is(msrp.failure_report, "partial") && slice_is(msrp.to_path, "msrp://b/1;tcp"));
	buf_clear(&buf);
	msrp_send_write(&buf, &(struct msrp_send){"abcd", "msrp://b/1;tcp", "msrp://a/2;tcp", "m1"});
	cr_assert_str_eq(buf.p, "MSRP abcd SEND\r\nTo-Path: msrp://b/1;tcp\r\nFrom-Path: msrp://a/2;tcp\r\n"
				"Message-ID: m1\r\n-------abcd$\r\n");
	buf_done(&buf);
}

Test(body_msrp, transaction_ids_that_fit)
{
	cr_assert(msrp_transaction_fits(SLICE("abcd"), SLICE("-------abce")));
	cr_assert_not(msrp_transaction_fits(SLICE("abcd"), SLICE("x-------abcd")));
	cr_assert_not(msrp_transaction_fits(SLICE("abc"), SLICE_NONE));
	cr_assert_not(msrp_transaction_fits(SLICE("ab d"), SLICE_NONE));
	cr_assert_not(msrp_transaction_fits(SLICE("0123456789012345678901234567890123"), SLICE_NONE));
	cr_assert(msrp_is_transaction(SLICE("a.-+%=")));
}

Test(body_msrp, responses_go_one_hop_and_reports_the_whole_way)
{
	struct msrp send = read_ok(SLICE(SEND));
	struct buf buf = {0};

	msrp_response_write(&buf, &send, 200, "OK");
	cr_assert_str_eq(buf.p, "MSRP d93kswow 200 OK\r\nTo-Path: msrp://r.example/rr;tcp\r\n"
				"From-Path: msrp://b.example:8493/bb;tcp\r\n-------d93kswow$\r\n");
	read_ok(buf_slice(&buf));
	buf_clear(&buf);
	msrp_report_write(&buf, &send, "rep1", 200);
	cr_assert_str_eq(buf.p, "MSRP rep1 REPORT\r\nTo-Path: msrp://r.example/rr;tcp msrp://a.example:7654/aa;tcp\r\n"
				"From-Path: msrp://b.example:8493/bb;tcp\r\nMessage-ID: 12339sdqwer\r\n"
				"Byte-Range: 1-16/*\r\nStatus: 000 200\r\n-------rep1$\r\n");
	send = read_ok(buf_slice(&buf));
	cr_assert(send.kind == MSRP_REPORT && slice_is(send.status_header, "000 200"));
	buf_done(&buf);
}

Test(body_msrp, uris)
{
	struct msrp_uri a, b;
	struct slice rest;

	cr_assert_eq(msrp_uri_read(SLICE("MSRPS://u@[2001:DB8::1]:99/s%;TCP;x msrp://h/t;tcp"), &a, &rest, NULL), 0);
	cr_assert(a.secure && slice_is(a.host, "[2001:DB8::1]") && a.port == 99 && slice_is(a.session, "s%"));
	cr_assert_eq(msrp_uri_read(SLICE("msrps://[2001:db8::1]:99/s%;tcp"), &b, NULL, NULL), 0);
	cr_assert(b.secure && slice_is(b.host, "[2001:db8::1]") && b.port == 99 && slice_is(b.session, "s%"));
	cr_assert_eq(msrp_uri_read(rest, &b, &rest, NULL), 0);
	cr_assert(!b.secure && slice_is(b.host, "h") && b.port == 2855 && !rest.p);
}

static void uri_refused(const char *uri, const char *text)
{
	struct msrp_uri ret;
	struct err err = {0};

	cr_assert_eq(msrp_uri_read(slice_of(uri), &ret, NULL, &err), -EBADMSG, "%s", uri);
	cr_assert_str_eq(err.text, text, "%s", uri);
}

Test(body_msrp, uri_errors)
{
	static const char *const scheme = "the MSRP URI does not begin with msrp:// or msrps://";
	static const char *const host = "the MSRP URI's host, port or session is missing or bad";
	static const char *const session = "the MSRP URI's session or transport is missing";

	uri_refused("", scheme);
	uri_refused("sip:a@b", scheme);
	uri_refused("http://h/s;tcp", scheme);
	uri_refused("msrp:/", scheme);
	uri_refused("msrp://h", host);
	uri_refused("msrp:///s;tcp", host);
	uri_refused("msrp://h:/s;tcp", host);
	uri_refused("msrp://h:0/s;tcp", host);
	uri_refused("msrp://h:65536/s;tcp", host);
	uri_refused("msrp://[::1/s;tcp", host);
	uri_refused("msrp://h/;tcp", session);
	uri_refused("msrp://h/s", session);
	uri_refused("msrp://h/s;", session);
}
