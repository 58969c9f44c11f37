/* SPDX-License-Identifier: MIT */
#include "check/stage.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(check_register, .init = stage_init, .fini = stage_done);

/* --- any request --- */

#define VIA      "Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKa\n"
#define FROM     "From: <sip:alice@im.example>;tag=a\n"
#define TO       "To: <sip:alice@im.example>\n"
#define CALL_ID  "Call-ID: c\n"
#define CSEQ     "CSeq: 1 REGISTER\n"
#define FORWARDS "Max-Forwards: 70\n"
#define REGISTER "REGISTER sip:im.example SIP/2.0\n"

static struct event *ask_for(const char *head)
{
	struct event *event = stage_say(SECOND, "client core", head, NULL);

	stage_txn(OCCASION_REGISTER, event, NULL);
	return event;
}

static void expect_valid(const char *head, const char *want)
{
	ask_for(head);
	expect_word("valid_request", want);
}

Test(check_register, valid_request)
{
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS, "yes");
	ask_for(REGISTER)->cut = true;
	expect_word("valid_request", "unknown: the message was cut off in the capture");
}

Test(check_register, valid_from_and_to)
{
	static const char from[] = "no: the From header is missing, can't be read or has no tag",
			  to[] = "no: the To header is missing, can't be read or has a tag";

	expect_valid(REGISTER VIA TO CALL_ID CSEQ FORWARDS, from);
	expect_valid(REGISTER VIA "From: <sip:alice@im.example;tag=a\n" TO CALL_ID CSEQ FORWARDS, from);
	expect_valid(REGISTER VIA "From: <sip:alice@im.example>\n" TO CALL_ID CSEQ FORWARDS, from);
	expect_valid(REGISTER VIA FROM CALL_ID CSEQ FORWARDS, to);
	expect_valid(REGISTER VIA FROM "To: <sip:alice@im.example\n" CALL_ID CSEQ FORWARDS, to);
	expect_valid(REGISTER VIA FROM "To: <sip:alice@im.example>;tag=b\n" CALL_ID CSEQ FORWARDS, to);
}

Test(check_register, uris_that_are_none)
{
	expect_valid(REGISTER VIA "From: <sip;alice@im.example>;tag=a\n" TO CALL_ID CSEQ FORWARDS,
		     "no: a fault in the URI of From");
	expect_valid(REGISTER VIA FROM "To: <sip:alice@>\n" CALL_ID CSEQ FORWARDS, "no: a fault in the URI of To");
	expect_valid(REGISTER VIA FROM "To: <urn:service:im>\n" CALL_ID CSEQ FORWARDS, "yes");
}

Test(check_register, valid_uris)
{
	static const char from[] = "no: headers in the URI of From", to[] = "no: headers in the URI of To";

	expect_valid("REGISTER sip:im.example?Subject=x SIP/2.0\n" VIA FROM TO CALL_ID CSEQ FORWARDS,
		     "no: headers in the Request-URI");
	expect_valid(REGISTER VIA "From: sip:alice@im.example?x=y;tag=a\n" TO CALL_ID CSEQ FORWARDS, from);
	expect_valid(REGISTER VIA "From: <sip:alice@im.example?x=y>;tag=a\n" TO CALL_ID CSEQ FORWARDS, from);
	expect_valid(REGISTER VIA FROM "To: <sip:alice@im.example?x=y>\n" CALL_ID CSEQ FORWARDS, to);
	expect_valid(REGISTER VIA "From: <sip:al?ice@im.example>;tag=a\n" TO CALL_ID CSEQ FORWARDS, "yes");
}

/* RFC 3261 19.1.1, its table */
Test(check_register, valid_uris_without_method)
{
	expect_valid("REGISTER sip:im.example;transport=udp;Method=INVITE SIP/2.0\n" VIA FROM TO CALL_ID CSEQ FORWARDS,
		     "no: a method in the Request-URI");
	expect_valid(REGISTER VIA "From: <sip:alice@im.example;method=x>;tag=a\n" TO CALL_ID CSEQ FORWARDS,
		     "no: a method in the URI of From");
	expect_valid(REGISTER VIA FROM "To: <sips:alice@im.example;method>\n" CALL_ID CSEQ FORWARDS,
		     "no: a method in the URI of To");
	expect_valid(REGISTER VIA FROM "To: <tel:+4420555;method=x>\n" CALL_ID CSEQ FORWARDS, "yes");
	expect_valid(REGISTER VIA FROM "To: <sip:method=x@im.example;transport=method>\n" CALL_ID CSEQ FORWARDS, "yes");
	expect_valid(REGISTER VIA FROM "To: <sip:alice@im.example>;method=x\n" CALL_ID CSEQ FORWARDS, "yes");
}

Test(check_register, valid_version)
{
	static const char other[] = "no: a first line that is not of SIP/2.0";

	expect_valid("REGISTER sip:im.example SIP/2.1\n" VIA FROM TO CALL_ID CSEQ FORWARDS, other);
	expect_valid("REGISTER sip:im.example SIP/1.0\n" VIA FROM TO CALL_ID CSEQ FORWARDS, other);
	expect_valid("REGISTER sip:im.example sip/2.0\n" VIA FROM TO CALL_ID CSEQ FORWARDS, other);
}

Test(check_register, valid_length)
{
	ask_for(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS)->msg.odd |= SIP_ODD_LENGTH_LONG;
	expect_word("valid_request", "no: the Content-Length header is larger than the body");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS "User-Agent: a\nUser-Agent: a\n",
		     "no: the User-Agent header stands more than once");
}

#define WITH_VIA(via) REGISTER "Via: " via " 10.1.0.1:5060;branch=z9hG4bKa\n" FROM TO CALL_ID CSEQ FORWARDS
#define NO_SIP_2      "no: the Via header is missing, or not of SIP/2.0"

Test(check_register, valid_via)
{
	expect_valid(WITH_VIA("SIP / 2.0 /\tUDP"), "yes");
	expect_valid(WITH_VIA("SIP / 2.0\r\n / UDP"), "yes");
	expect_valid(WITH_VIA("sip/2.0/UDP"), "yes");
	expect_valid(WITH_VIA("SIP/2.1/UDP"), NO_SIP_2);
	expect_valid(WITH_VIA("SIP-2.0/UDP"), NO_SIP_2);
	expect_valid(REGISTER "Via: SIP/2.0\n" FROM TO CALL_ID CSEQ FORWARDS, NO_SIP_2);
	expect_valid(REGISTER FROM TO CALL_ID CSEQ FORWARDS, NO_SIP_2);
}

#define WITH_BRANCH(branch) REGISTER "Via: SIP/2.0/UDP 10.1.0.1" branch "\n" FROM TO CALL_ID CSEQ FORWARDS
#define NO_BRANCH           "no: the Via header has no branch of RFC 3261"

Test(check_register, valid_branch)
{
	expect_valid(WITH_BRANCH(";branch=z9hG4bK1"), "yes");
	expect_valid(WITH_BRANCH(";branch=z9hG4bK"), NO_BRANCH);
	expect_valid(WITH_BRANCH(";branch=y9hG4bK1"), NO_BRANCH);
	expect_valid(WITH_BRANCH(""), NO_BRANCH);
	expect_valid(REGISTER "Via: SIP/2.0/;branch=z9hG4bK1\n" FROM TO CALL_ID CSEQ FORWARDS, NO_BRANCH);
}

Test(check_register, valid_call_id_and_cseq)
{
	static const char cseq[] = "no: the CSeq header has no number below 2^31 and the request's method";

	expect_valid(REGISTER VIA FROM TO CSEQ FORWARDS, "no: the Call-ID header is missing");
	expect_valid(REGISTER VIA FROM TO "Call-ID:\n" CSEQ FORWARDS, "no: the Call-ID header is missing");
	expect_valid(REGISTER VIA FROM TO "Call-ID: a b\n" CSEQ FORWARDS, "no: the Call-ID header has blanks in it");
	expect_valid(REGISTER VIA FROM TO CALL_ID "CSeq: 2147483647 REGISTER\n" FORWARDS, "yes");
	expect_valid(REGISTER VIA FROM TO CALL_ID "CSeq: 2147483648 REGISTER\n" FORWARDS, cseq);
	expect_valid(REGISTER VIA FROM TO CALL_ID "CSeq: 1 PUBLISH\n" FORWARDS, cseq);
	expect_valid(REGISTER VIA FROM TO CALL_ID "CSeq: x REGISTER\n" FORWARDS, cseq);
	expect_valid(REGISTER VIA FROM TO CALL_ID FORWARDS, cseq);
}

Test(check_register, valid_max_forwards)
{
	static const char forwards[] = "no: the Max-Forwards header is missing or no number up to 255";

	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ "Max-Forwards: 255\n", "yes");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ "Max-Forwards: 256\n", forwards);
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ "Max-Forwards: x\n", forwards);
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ, forwards);
}

Test(check_register, valid_but_twice)
{
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS FROM, "no: the From header stands more than once");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS TO, "no: the To header stands more than once");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS CALL_ID,
		     "no: the Call-ID header stands more than once");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS CSEQ, "no: the CSeq header stands more than once");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS FORWARDS,
		     "no: the Max-Forwards header stands more than once");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS "Event: a\no: b\n",
		     "no: the Event header stands more than once");
	expect_valid(REGISTER VIA VIA FROM TO CALL_ID CSEQ FORWARDS, "yes");
}

/* --- REGISTER --- */

Test(check_register, domain_uri)
{
	static const struct {
		const char *uri, *want;
	} uris[] = {{"sip:im.example", "yes"},
		    {"sips:im.example;x=1", "yes"},
		    {"sip:alice@im.example", "no: Request-URI sip:alice@im.example"},
		    {"sip:@im.example", "no: Request-URI sip:@im.example"},
		    {"tel:+4420555", "no: Request-URI tel:+4420555"},
		    {"im:im.example", "no: Request-URI im:im.example"},
		    {"sip:", "no: Request-URI sip:"}};

	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		char head[128];

		snprintf(head, sizeof(head), "REGISTER %s SIP/2.0\n" CSEQ, uris[i].uri);
		ask_for(head);
		expect_word("domain_uri", uris[i].want);
	}
}

/* RFC 3261 10.3, step 6 */
Test(check_register, contacts_allowed)
{
	static const char not_so[] = "no: a Contact of * that is not alone, or without Expires: 0";

	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>, <sip:a@10.1.0.2>\n");
	expect_word("contacts_allowed", "yes");
	ask_for(REGISTER);
	expect_word("contacts_allowed", "yes");
	ask_for(REGISTER "Contact: *\nExpires: 0\n");
	expect_word("contacts_allowed", "yes");
	ask_for(REGISTER "Contact: *\nExpires: 3600\n");
	expect_word("contacts_allowed", not_so);
	ask_for(REGISTER "Contact: *\n");
	expect_word("contacts_allowed", not_so);
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>\nContact: *\nExpires: 0\n");
	expect_word("contacts_allowed", not_so);
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>, <mailto:a@im.example>\n");
	expect_word("contacts_allowed", "yes");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>, <a@10.1.0.1:5060>\n");
	expect_word("contacts_allowed", "no: a Contact without a URI");
}

Test(check_register, contacts_with_q)
{
	static const char *const right[] = {"0", "1", "0.", "1.", "0.5", "0.999", "1.000", NULL};
	static const char *const wrong[] = {"2.0", "1.001", "0.5555", "1.0000", ".5", "-1",
					    "00",  "0.5x",  "\"1\"",  "",       NULL};
	static const char no[] = "no: a Contact whose q is not from 0 to 1";
	char text[128];

	for (const char *const *q = right; *q; q++) {
		snprintf(text, sizeof(text), REGISTER "Contact: <sip:a@10.1.0.1>;q=%s;expires=60\n", *q);
		ask_for(text);
		cr_expect_str_eq(stage_ask("contacts_allowed"), "yes", "q=%s", *q);
	}
	for (const char *const *q = wrong; *q; q++) {
		snprintf(text, sizeof(text), REGISTER "Contact: <sip:b@10.1.0.1>, <sip:a@10.1.0.1>;q=%s;expires=60\n",
			 *q);
		ask_for(text);
		cr_expect_str_eq(stage_ask("contacts_allowed"), no, "q=%s", *q);
	}
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>;q\n");
	expect_word("contacts_allowed", no);
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1;q=2.0>\n");
	expect_word("contacts_allowed", "yes");
}

Test(check_register, binds)
{
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>\n");
	expect_word("binds", "yes");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>\nExpires: 0\n");
	expect_word("binds", "no");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>\nExpires: 1\n");
	expect_word("binds", "yes");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>;expires=0\nExpires: 1\n");
	expect_word("binds", "no");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>;expires=1\nExpires: 0\n");
	expect_word("binds", "yes");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>;expires=x\nExpires: 0\n");
	expect_word("binds", "no");
	ask_for(REGISTER "Expires: 1\n");
	expect_word("binds", "no");
	ask_for(REGISTER "Contact: *\nExpires: 1\n");
	expect_word("binds", "no");
}

/* --- a refresh --- */

static void refresh(const char *call_id, uint32_t cseq)
{
	char head[256];

	snprintf(head, sizeof(head), REGISTER "Call-ID: %s\nCSeq: %u REGISTER\n", call_id, cseq);
	ask_for(head);
	stage.txn->before.call_id = SLICE("c");
	stage.txn->before.cseq = 5;
}

Test(check_register, same_registration)
{
	refresh("c", 6);
	expect_word("same_registration", "yes");
	refresh("c", 5);
	expect_word("same_registration", "no: CSeq 5 after 5");
	refresh("c", 4);
	expect_word("same_registration", "no: CSeq 4 after 5");
	refresh("d", 6);
	expect_word("same_registration", "no: another Call-ID than the registration's");
	stage.txn->before.call_id = SLICE_NONE;
	expect_word("same_registration", "unknown: the registration in force was not seen");
}
