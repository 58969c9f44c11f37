/* SPDX-License-Identifier: MIT */
#include "harness/harness_test.h"
#include "harness/sip_text_dialog.h"
#include "sip/value.h"

#include <criterion/criterion.h>

TestSuite(sip_text);

static struct arena arena;

static const struct sip_msg *msg_of(const char *text)
{
	struct sip_msg *msg = arena_alloc(&arena, sizeof(*msg));

	cr_assert_eq(sip_msg_index(msg, slice_of(text), &arena, NULL), 0);
	return msg;
}

static void assert_text(struct buf *text, const char *expected)
{
	cr_assert_str_eq(text->p, expected);
	buf_done(text);
}

/* clang-format off */
static const char invite_text[] =
	"INVITE sip:a@x SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\n"
	"Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK0\r\nRecord-Route: <sip:p1;lr>,\r\n <sip:p2;lr>\r\n"
	"f: <sip:b@x>;tag=f1\r\nTO : <sip:a@x>\r\nRoute: <sip:127.0.0.1;lr>\r\n"
	"Call-ID: c\r\nCSeq: 7 INVITE\r\nContact: <sip:b@127.0.0.1:5070>\r\nContent-Length: 0\r\n\r\n";
/* clang-format on */

Test(sip_text, a_request_line_by_line)
{
	struct net_addr from = loopback6(5070);
	struct buf text = {0};

	sip_text_request(&text, "OPTIONS", SLICE("sip:a@x"));
	sip_text_via(&text, NET_TCP, &from, "z9hG4bK1");
	sip_text_header(&text, "Max-Forwards", "%d", 70);
	sip_text_header_slice(&text, "X", SLICE("y"));
	sip_text_body(&text, "text/plain", SLICE("hi"));
	assert_text(&text,
		    "OPTIONS sip:a@x SIP/2.0\r\nVia: SIP/2.0/TCP [::1]:5070;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
		    "X: y\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi");
}

Test(sip_text, answers_copy_what_they_must_as_it_was_sent)
{
	const struct sip_msg *invite = msg_of(invite_text);
	struct buf text = {0};

	sip_text_answer(&text, invite, 180, "t1");
	assert_text(&text, "SIP/2.0 180 Ringing\r\nv: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\n"
			   "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK0\r\nRecord-Route: <sip:p1;lr>,\r\n <sip:p2;lr>\r\n"
			   "f: <sip:b@x>;tag=f1\r\nTO : <sip:a@x>;tag=t1\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n");
	sip_text_answer(&text, invite, 100, "t1");
	cr_assert_null(strstr(text.p, "t1"));
	cr_assert_null(strstr(text.p, "Record-Route"));
	buf_clear(&text);
	sip_text_answer(&text, invite, 486, NULL);
	cr_assert_not_null(strstr(text.p, "SIP/2.0 486 Busy Here\r\n"));
	cr_assert_null(strstr(text.p, "Record-Route"));
	buf_done(&text);
	arena_done(&arena);
}

Test(sip_text, reasons)
{
	cr_assert_str_eq(sip_text_reason(489), "Bad Event");
	cr_assert_str_eq(sip_text_reason(499), "Refused");
	cr_assert_str_eq(sip_text_reason(699), "Declined");
	cr_assert_str_eq(sip_text_reason(99), "Unknown");
}

Test(sip_text, cancel_is_made_of_the_invite)
{
	struct buf text = {0};

	sip_text_cancel(&text, msg_of(invite_text));
	assert_text(&text, "CANCEL sip:a@x SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
			   "Route: <sip:127.0.0.1;lr>\r\nf: <sip:b@x>;tag=f1\r\nTO : <sip:a@x>\r\nCall-ID: c\r\n"
			   "CSeq: 7 CANCEL\r\nContent-Length: 0\r\n\r\n");
	arena_done(&arena);
}

Test(sip_text, copies_others)
{
	static const enum sip_header skip[] = {SIP_HEADER_VIA,  SIP_HEADER_RECORD_ROUTE, SIP_HEADER_CONTENT_LENGTH,
					       SIP_HEADER_FROM, SIP_HEADER_TO,           SIP_HEADER_ROUTE};
	struct buf text = {0};

	sip_text_copy_others(&text, msg_of(invite_text), skip, sizeof(skip) / sizeof(skip[0]));
	assert_text(&text, "Call-ID: c\r\nCSeq: 7 INVITE\r\nContact: <sip:b@127.0.0.1:5070>\r\n");
	arena_done(&arena);
}

Test(sip_text, hops)
{
	struct net_addr addr, four = loopback4(5060), six = loopback6(5099);
	enum net_transport transport;
	struct err err;

	cr_assert_eq(sip_text_hop(SLICE("sip:a@127.0.0.1"), &addr, &transport, NULL), 0);
	cr_assert(net_addr_eq(&addr, &four));
	cr_assert_eq(transport, NET_UDP);
	cr_assert_eq(sip_text_hop(SLICE("sip:[::1]:5099;transport=TCP"), &addr, &transport, NULL), 0);
	cr_assert(net_addr_eq(&addr, &six));
	cr_assert_eq(transport, NET_TCP);
	cr_assert_eq(sip_text_hop(SLICE("sips:a@127.0.0.1"), &addr, &transport, NULL), 0);
	cr_assert_eq(addr.port, 5061);
	cr_assert_eq(transport, NET_TLS);
	cr_assert_eq(sip_text_hop(SLICE("sip:a@host.example"), NULL, NULL, &err), -EAFNOSUPPORT);
	cr_assert_str_eq(err.text, "the next hop is a name, and names are not looked up");
	cr_assert_eq(sip_text_hop(SLICE("tel:+44"), NULL, NULL, &err), -EBADMSG);
	cr_assert_str_eq(err.text, "the next hop is no SIP URI");
}

/* clang-format off */
static const char ok_text[] =
	"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:mangled@x>;tag=f1\r\n"
	"To: <sip:a@x>;tag=t1\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\nRecord-Route: <sip:p1@127.0.0.1:1;lr>\r\n"
	"Record-Route: <sip:p2@127.0.0.1:2;lr>\r\nContact: <sip:ue@127.0.0.1:3>;+g.oma.sip-im\r\n"
	"Content-Length: 0\r\n\r\n";
/* clang-format on */

Test(sip_text, the_callers_dialog)
{
	struct net_addr from = loopback4(5070), hop;
	struct sip_dialog dialog = {0};
	struct buf text = {0};

	cr_assert_eq(sip_dialog_called(&dialog, msg_of(invite_text), msg_of(ok_text), NULL), 0);
	sip_dialog_request(&text, &dialog, "BYE", NET_UDP, &from, "z9hG4bK2");
	assert_text(&text, "BYE sip:ue@127.0.0.1:3 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK2\r\n"
			   "Max-Forwards: 70\r\nRoute: <sip:p2@127.0.0.1:2;lr>\r\nRoute: <sip:p1@127.0.0.1:1;lr>\r\n"
			   "From: <sip:b@x>;tag=f1\r\nTo: <sip:a@x>;tag=t1\r\nCall-ID: c\r\nCSeq: 8 BYE\r\n");
	sip_dialog_ack(&text, &dialog, 7, NET_UDP, &from, "z9hG4bK3");
	cr_assert_not_null(strstr(text.p, "\r\nCSeq: 7 ACK\r\n"));
	buf_done(&text);
	cr_assert_eq(dialog.cseq, 8);
	cr_assert_eq(sip_dialog_hop(&dialog, &hop, NULL, NULL), 0);
	cr_assert_eq(hop.port, 2);
	cr_assert(sip_dialog_has(&dialog, msg_of(ok_text)));
	cr_assert_not(sip_dialog_has(&dialog, msg_of(invite_text)));
	sip_dialog_retarget(&dialog, msg_of(invite_text));
	cr_assert(slice_is(dialog.target, "sip:b@127.0.0.1:5070"));
	sip_dialog_done(&dialog);
	arena_done(&arena);
}

Test(sip_text, the_callees_dialog)
{
	struct net_addr from = loopback4(5060);
	struct sip_dialog dialog = {0};
	struct buf text = {0};

	cr_assert_eq(sip_dialog_accepted(&dialog, msg_of(invite_text), "t1", NULL), 0);
	sip_dialog_request(&text, &dialog, "UPDATE", NET_TCP, &from, "z9hG4bK2");
	assert_text(&text, "UPDATE sip:b@127.0.0.1:5070 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK2\r\n"
			   "Max-Forwards: 70\r\nRoute: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nFrom: <sip:a@x>;tag=t1\r\n"
			   "To: <sip:b@x>;tag=f1\r\nCall-ID: c\r\nCSeq: 1 UPDATE\r\n");
	cr_assert_eq(dialog.remote_cseq, 7);
	sip_dialog_done(&dialog);
	arena_done(&arena);
}

Test(sip_text, no_dialog_without_its_headers)
{
	struct sip_dialog dialog = {0};
	struct err err;

	cr_assert_eq(sip_dialog_called(&dialog, msg_of(invite_text), msg_of("SIP/2.0 200 OK\r\nTo: x\r\n\r\n"), &err),
		     -EBADMSG);
	cr_assert_str_eq(err.text, "a dialog without a readable Contact");
	cr_assert_eq(sip_dialog_called(&dialog, msg_of("INVITE a SIP/2.0\r\n\r\n"), msg_of(ok_text), &err), -EBADMSG);
	cr_assert_str_eq(err.text, "a dialog without a readable CSeq");
	cr_assert_eq(
		sip_dialog_called(&dialog, msg_of("INVITE a SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n"), msg_of(ok_text), &err),
		-EBADMSG);
	cr_assert_str_eq(err.text, "a dialog without From, To or Call-ID");
	sip_dialog_done(&dialog);
	arena_done(&arena);
}
