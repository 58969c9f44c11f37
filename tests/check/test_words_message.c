/* SPDX-License-Identifier: MIT */
#include "check/stage.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(check_message, .init = stage_init, .fini = stage_done);

static struct event *request(const char *head)
{
	struct event *event = stage_say(SECOND, "core server", head, NULL);

	stage_txn(OCCASION_PUBLISH, event, NULL);
	return event;
}

/* Words look at the answer. */
static struct event *answer(const char *head)
{
	return (struct event *)(stage.event = stage_say(2 * SECOND, "server core", head, NULL));
}

#define PUBLISH "PUBLISH sip:alice@im.example SIP/2.0\n"
#define OK      "SIP/2.0 200 OK\n"

/* Bytes of the decisive message that are marked. */
static const char *marked(void)
{
	static char text[256];
	size_t len = stage.why.to - stage.why.from;

	memcpy(text, stage.why.event->msg.raw.p + stage.why.from, len);
	text[len] = '\0';
	return text;
}

Test(check_message, status)
{
	request(PUBLISH);
	answer("SIP/2.0 403 Not you\n");
	expect_word("status 403", "yes");
	expect_word("status 200 403", "yes");
	expect_word("status 200 404", "no: 403 Not you");
	cr_expect_str_eq(marked(), "SIP/2.0 403 Not you");
	expect_word("class 4", "yes");
	expect_word("class 3 5", "no: 403 Not you");
	cr_expect_str_eq(marked(), "SIP/2.0 403 Not you");
}

Test(check_message, has)
{
	struct event *event = request(PUBLISH "Event: presence\n");

	expect_word("has Event", "yes");
	expect_word("has Expires", "no: no Expires header");
	event->cut = true;
	expect_word("has Event", "yes");
	expect_word("has Expires", "unknown: the message was cut off in the capture");
}

Test(check_message, tagged)
{
	request(PUBLISH "Accept-Contact: *;+g.oma.sip-im\nContact: <sip:a@10.1.0.1>;+g.oma.sip-im\n");
	expect_word("tagged Accept-Contact", "yes");
	expect_word("tagged Contact", "yes");
	expect_word("tagged Reject-Contact", "no: no Reject-Contact header");
	expect_word("tagged_plainly Accept-Contact", "yes");
	expect_word("feature Accept-Contact +g.oma.sip-im", "yes");
	expect_word("feature Accept-Contact +g.oma", "no: Accept-Contact: *;+g.oma.sip-im");
}

/* What is remembered of one header says nothing of another. */
Test(check_message, tagged_by_header)
{
	request(PUBLISH "Reject-Contact: *;+g.oma.sip-im\nContact: <sip:a@10.1.0.1>\n");
	expect_word("tagged Reject-Contact", "yes");
	expect_word("tagged Contact", "no: Contact: <sip:a@10.1.0.1>");
	expect_word("tagged Accept-Contact", "no: no Accept-Contact header");
	expect_word("tagged From", "no: no From header");
	request(PUBLISH "Contact: <sip:a@10.1.0.1>;+g.oma.sip-im\nReject-Contact: *;other\nCSeq: 2 PUBLISH\n");
	expect_word("tagged Contact", "yes");
	expect_word("tagged Reject-Contact", "no: Reject-Contact: *;other");
	expect_word("tagged Accept-Contact", "no: no Accept-Contact header");
}

Test(check_message, tagged_where_the_message_is_cut)
{
	struct event *event = request(PUBLISH "Contact: <sip:a@10.1.0.1>\n");

	expect_word("tagged_plainly Contact", "no");
	event->cut = true;
	expect_word("tagged Contact", "unknown: the message was cut off in the capture");
	expect_word("feature Accept-Contact +x", "unknown: the message was cut off in the capture");
}

Test(check_message, lists)
{
	struct event *event = request(PUBLISH "Allow: INVITE, ACK\nSupported: timer, path\nAllow-Events: presence\n");

	expect_word("lists Allow ACK INVITE", "yes");
	expect_word("lists Allow ACK BYE", "no: Allow: INVITE, ACK");
	expect_word("lists Allow ack", "no: Allow: INVITE, ACK");
	expect_word("lists Allow-Events Presence", "no: Allow-Events: presence");
	expect_word("lists Supported TIMER Path", "yes");
	expect_word("lists Require timer", "no: no Require header");
	event->cut = true;
	expect_word("lists Require timer", "unknown: the message was cut off in the capture");
}

Test(check_message, param_is)
{
	struct event *event = request(PUBLISH "Session-Expires: 90;refresher=UAC;x\n");

	expect_word("param_is Session-Expires refresher uac", "yes");
	expect_word("param_is Session-Expires refresher uas", "no: Session-Expires: 90;refresher=UAC;x");
	expect_word("param_is Session-Expires y uac", "no: Session-Expires: 90;refresher=UAC;x");
	expect_word("param_is Session-Expires x uac", "no: Session-Expires: 90;refresher=UAC;x");
	expect_word("param_is Event y uac", "no: no Event header");
	event->cut = true;
	expect_word("param_is Event y uac", "unknown: the message was cut off in the capture");
}

/* With two of them nobody knows which one is meant. */
Test(check_message, param_is_there_once)
{
	request(PUBLISH "Session-Expires: 90;refresher=uac;refresher=uas\n");
	expect_word("param_is Session-Expires refresher uac", "no: Session-Expires: 90;refresher=uac;refresher=uas");
	expect_word("param_is Session-Expires refresher uas", "no: Session-Expires: 90;refresher=uac;refresher=uas");
	request(PUBLISH "Session-Expires: 90;refresher=uac;Refresher=uac\nCSeq: 2 PUBLISH\n");
	expect_word("param_is Session-Expires refresher uac", "no: Session-Expires: 90;refresher=uac;Refresher=uac");
}

Test(check_message, released)
{
	struct event *event = request(PUBLISH);

	expect_word("released client", "no: no User-Agent header");
	expect_word("released_plainly client", "no: no User-Agent header");
	event->cut = true;
	expect_word("released client", "unknown: the message was cut off in the capture");
	request(PUBLISH "User-Agent: IM-client/OMA1.0 x/1\nCSeq: 2 PUBLISH\n");
	expect_word("released client", "yes");
	expect_word("released_plainly client", "yes");
	expect_word("released server", "no: User-Agent: IM-client/OMA1.0 x/1");
	expect_word("released_plainly server", "no: User-Agent: IM-client/OMA1.0 x/1");
	request(PUBLISH "User-Agent: IM-serv/OMA2.0\nCSeq: 3 PUBLISH\n");
	expect_word("released server", "yes");
	expect_word("released client", "no: User-Agent: IM-serv/OMA2.0");
}

Test(check_message, released_but_not_plainly)
{
	request(PUBLISH "User-Agent: x/1 IM-client/OMA1.0\n");
	expect_word("released client", "yes");
	expect_word("released_plainly client", "no: User-Agent: x/1 IM-client/OMA1.0");
	request(PUBLISH "User-Agent: im-client/OMA1.0\nCSeq: 2 PUBLISH\n");
	expect_word("released client", "yes");
	expect_word("released_plainly client", "no: User-Agent: im-client/OMA1.0");
}

Test(check_message, number)
{
	request(PUBLISH
		"Expires: 4294967295\nMin-Expires: 4294967296\nMax-Forwards: 70\nMax-Forwards: 70\nMin-SE: x\n");
	expect_word("number Expires", "yes");
	expect_word("number Min-Expires", "no");
	expect_word("number Max-Forwards", "no");
	expect_word("number Min-SE", "no");
	expect_word("number RSeq", "no");
}

Test(check_message, at_least)
{
	struct event *event = request(PUBLISH "Expires: 60\nMin-SE: x\n");

	expect_word("at_least Expires 59", "yes");
	expect_word("at_least Expires 60", "yes");
	expect_word("at_least Expires 61", "no: Expires: 60");
	expect_word("at_least Min-SE 1", "no: Min-SE: x");
	expect_word("at_least RSeq 1", "no: no RSeq header");
	event->cut = true;
	expect_word("at_least RSeq 1", "unknown: the message was cut off in the capture");
}

Test(check_message, method)
{
	request(PUBLISH);
	expect_word("method PUBLISH", "yes");
	expect_word("method REGISTER PUBLISH", "yes");
	expect_word("method publish REGISTER", "no");
}

Test(check_message, named)
{
	request(PUBLISH "P-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=\"00,1\", IEEE-802.11\n"
			"P-Charging-Vector:\nP-Visited-Network-ID: a, ;b=c\nSupported: \"a\"\n");
	expect_word("named P-Access-Network-Info", "yes");
	expect_word("named P-Charging-Vector", "no: an empty P-Charging-Vector header");
	expect_word("named P-Visited-Network-ID", "no: P-Visited-Network-ID: ;b=c");
	expect_word("named Supported", "no: Supported: \"a\"");
	expect_word("named Expires", "no: no Expires header");
	((struct event *)stage.event)->cut = true;
	expect_word("named Expires", "unknown: the message was cut off in the capture");
}

Test(check_message, one_token)
{
	struct event *event = request(PUBLISH "Event: presence\nSIP-ETag: a\nSIP-ETag: b\nSIP-If-Match: a b\n");

	expect_word("one_token Event", "yes");
	expect_word("one_token SIP-ETag", "no: several SIP-ETag headers");
	expect_word("one_token SIP-If-Match", "no: SIP-If-Match: a b");
	expect_word("one_token Expires", "no: no Expires header");
	event->cut = true;
	expect_word("one_token Expires", "unknown: the message was cut off in the capture");
}

Test(check_message, expires_equal)
{
	request(PUBLISH "Expires: 60\n");
	answer(OK "Expires: 60\n");
	expect_word("expires_equal", "yes");
	answer(OK "Expires: 59\n");
	expect_word("expires_equal", "no: Expires 59 where 60 was received");
	answer(OK "Expires: x\nContact: <sip:a@10.1.0.1>;expires=60\n");
	expect_word("expires_equal", "no: Expires: x");
	answer(OK "Expires: 60\nExpires: 59\n");
	expect_word("expires_equal", "no: several Expires headers");
	expect_word("expires_granted", "no: several Expires headers");
	answer(OK)->cut = true;
	expect_word("expires_equal", "unknown: the message was cut off in the capture");
}

Test(check_message, expires_equal_by_the_contact)
{
	request(PUBLISH "Expires: 60\n");
	answer(OK "Contact: <sip:a@10.1.0.1>;expires=60\n");
	expect_word("expires_equal", "yes");
	answer(OK "Contact: <sip:a@10.1.0.1>;expires=61\n");
	expect_word("expires_equal", "no: Expires 61 where 60 was received");
	cr_expect_str_eq(marked(), "61");
	answer(OK "Contact: <sip:a@10.1.0.1>;expires=x\n");
	expect_word("expires_equal", "no: no Expires in the answer");
	answer(OK "Contact: <sip:a@10.1.0.1>\n");
	expect_word("expires_equal", "no: no Expires in the answer");
	answer(OK);
	expect_word("expires_equal", "no: no Expires in the answer");
}

Test(check_message, expires_where_none_was_asked_for)
{
	request(PUBLISH);
	answer(OK "Expires: 60\n");
	expect_word("expires_equal", "unknown: the request has no Expires to compare with");
	expect_word("expires_granted", "yes");
}

Test(check_message, expires_granted)
{
	request(PUBLISH "Expires: 60\n");
	answer(OK "Expires: 59\n");
	expect_word("expires_granted", "yes");
	answer(OK "Expires: 60\n");
	expect_word("expires_granted", "yes");
	answer(OK "Expires: 61\n");
	expect_word("expires_granted", "no: Expires 61 where 60 was asked for");
	answer(OK "Expires: x\n");
	expect_word("expires_granted", "no: Expires: x");
	answer(OK);
	expect_word("expires_granted", "no: no Expires in the answer");
	answer(OK)->cut = true;
	expect_word("expires_granted", "unknown: the message was cut off in the capture");
}

Test(check_message, min_expires_above)
{
	request(PUBLISH "Expires: 60\n");
	answer("SIP/2.0 423 Interval Too Brief\nMin-Expires: 61\n");
	expect_word("min_expires_above", "yes");
	answer("SIP/2.0 423 Interval Too Brief\nMin-Expires: 60\n");
	expect_word("min_expires_above", "no: 423 with Min-Expires 60 to a request for 60 s");
	answer("SIP/2.0 423 Interval Too Brief\nMin-Expires: x\n");
	expect_word("min_expires_above", "no: Min-Expires: x");
	answer("SIP/2.0 423 Interval Too Brief\n");
	expect_word("min_expires_above", "no: no Min-Expires in the 423");
	answer("SIP/2.0 423 Interval Too Brief\n")->cut = true;
	expect_word("min_expires_above", "unknown: the message was cut off in the capture");
}

/* A removal is brief on purpose; without a time the server chose one itself. */
Test(check_message, min_expires_above_what)
{
	request(PUBLISH "Expires: 0\n");
	answer("SIP/2.0 423 Interval Too Brief\nMin-Expires: 61\n");
	expect_word("min_expires_above", "no: 423 with Min-Expires 61 to a request for 0 s");
	request(PUBLISH "CSeq: 2 PUBLISH\n");
	answer("SIP/2.0 423 Interval Too Brief\nMin-Expires: 61\n");
	expect_word("min_expires_above", "yes");
}

Test(check_message, event_allowed)
{
	request(PUBLISH);
	answer("SIP/2.0 489 Bad Event\nAllow-Events: presence, poc-settings\n");
	expect_word("event_allowed", "yes");
	answer("SIP/2.0 489 Bad Event\nu: presence\nu: poc-settings\n");
	expect_word("event_allowed", "yes");
	answer("SIP/2.0 489 Bad Event\nAllow-Events: presence, POC-settings\n");
	expect_word("event_allowed", "no: Allow-Events: presence, POC-settings");
	answer("SIP/2.0 489 Bad Event\n");
	expect_word("event_allowed", "no: no Allow-Events header");
	answer("SIP/2.0 489 Bad Event\n")->cut = true;
	expect_word("event_allowed", "unknown: the message was cut off in the capture");
}

Test(check_message, settings_accepted)
{
	static const char *const good[] = {"application/poc-settings+xml",
					   "text/plain, Application/POC-settings+xml;q=0.5", "*/*",
					   "application/* ;q=0.1"};

	request(PUBLISH);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		char head[128];

		snprintf(head, sizeof(head), "SIP/2.0 415 No\nAccept: %s\n", good[i]);
		answer(head);
		expect_word("settings_accepted", "yes");
	}
	answer("SIP/2.0 415 No\nAccept: application/pidf+xml, text/*\n");
	expect_word("settings_accepted", "no: Accept: application/pidf+xml, text/*");
	answer("SIP/2.0 415 No\n");
	expect_word("settings_accepted", "no: no Accept header");
	answer("SIP/2.0 415 No\n")->cut = true;
	expect_word("settings_accepted", "unknown: the message was cut off in the capture");
}

Test(check_message, arguments)
{
	expect_word("status", "status: 0 arguments given, expected at least 1");
	expect_word("status ok", "status: argument 1 is text, expected a number");
	expect_word("has 3", "has: argument 1 is number, expected text");
	expect_word("has Nothing", "has: argument 1 is no known header, expected a name like \"Event\"");
	expect_word("at_least Expires", "at_least: 1 arguments given, expected 2");
	expect_word("expires_equal 1", "expires_equal: 1 arguments given, expected 0");
	expect_word("released core",
		    "released: argument 1 is not one of its choices, expected User-Agent holds the release token "
		    "(Appendix F) of a: server client");
}
