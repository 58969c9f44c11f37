/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(check_publish, .init = stage_init, .fini = stage_done);

#define PUBLISH "PUBLISH sip:alice@im.example SIP/2.0\n"
#define XML     "Content-Type: application/poc-settings+xml\n"
#define NOW     (1000 * SECOND)
#define BLUR    (500 * MS)
#define UNSURE  "unknown: not all that the server knew is known"

static struct event *publish(const char *more, const char *body)
{
	char head[1024];
	struct event *event;

	snprintf(head, sizeof(head), PUBLISH "CSeq: %zu PUBLISH\n%s", stage.flow->count + 1, more);
	event = stage_say(NOW, "core server", head, body);
	stage_txn(OCCASION_PUBLISH, event, NULL);
	return event;
}

Test(check_publish, event_right)
{
	publish("Event: poc-settings;id=1\n", NULL);
	expect_word("event_right", "yes");
	publish("Event: presence\n", NULL);
	expect_word("event_right", "no: Event: presence");
	publish("", NULL);
	expect_word("event_right", "no: no Event header");
	publish("", NULL)->cut = true;
	expect_word("event_right", "unknown: the message was cut off in the capture");
	publish("Event: poc-settings\nEvent: presence\n", NULL);
	expect_word("event_right", "unknown: several Event headers");
}

/* --- faults --- */

#define ROOT(inside)                                                                                                   \
	"<poc-settings xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\" "                                              \
	"xmlns:im=\"urn:oma:xml:im:service-settings\">" inside "</poc-settings>"
#define DELIVERY(value)                                                                                                \
	ROOT("<entity id=\"a\"><im:deferred-settings><im:offline-delivery active=\"" value                             \
	     "\"/></im:deferred-settings></entity>")

/* Exactly that fault of all, "none" or "unsure". */
static void expect_fault(const char *fault)
{
	static const char *const names[] = {"require", "several-tags", "stale-tag", "no-body",
					    "type",    "broken",       "invalid"};
	bool unsure = strcmp(fault, "unsure") == 0;

	expect_word("sound", unsure ? UNSURE : strcmp(fault, "none") == 0 ? "yes" : "no");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char words[32];

		snprintf(words, sizeof(words), "wrong %s", names[i]);
		expect_word(words, strcmp(names[i], fault) == 0 ? "yes" : "no");
	}
}

Test(check_publish, no_fault)
{
	publish(XML, DELIVERY("true"));
	expect_fault("none");
	publish(XML,
		ROOT("<entity id=\"a\"><im:unheard-of/><im:deferred-settings><im:offline-delivery active=\"true\"/>"
		     "</im:deferred-settings></entity>"));
	expect_fault("none");
}

Test(check_publish, fault_of_require)
{
	publish("Require: timer, foo\n" XML, DELIVERY("true"));
	expect_fault("require");
	publish("Require: Timer, path\n" XML, DELIVERY("true"));
	expect_fault("none");
}

static void expect_named(const char *require, const char *unsupported, const char *want)
{
	char head[256];

	snprintf(head, sizeof(head), "Require: %s\n" XML, require);
	publish(head, DELIVERY("true"));
	snprintf(head, sizeof(head), "SIP/2.0 420 Bad Extension\nCSeq: %zu PUBLISH\n%s", stage.flow->count,
		 unsupported);
	stage.event = stage_say(NOW + MS, "server core", head, NULL);
	expect_word("unsupported_named", want);
}

/* RFC 3261 8.2.2.3 */
Test(check_publish, unsupported_named)
{
	expect_named("timer, foo", "Unsupported: Foo\n", "yes");
	expect_named("foo, bar", "Unsupported: bar\nUnsupported: timer, foo\n", "yes");
	expect_named("foo, bar", "Unsupported: bar\n", "no: Unsupported: bar, Require having been foo, bar");
	expect_named("foo", "Unsupported: fo\n", "no: Unsupported: fo, Require having been foo");
	expect_named("foo", "", "no: Unsupported: absent, Require having been foo");
	expect_named("timer", "Unsupported: x\n", "yes");
}

Test(check_publish, fault_of_the_body)
{
	publish("Expires: 1\n", NULL);
	expect_fault("no-body");
	publish("", NULL);
	expect_fault("no-body");
	publish("Expires: 0\n", NULL); /* a removal of nothing that it names */
	expect_fault("unsure");
	publish("Content-Type: text/plain\n", "hello");
	expect_fault("type");
	publish(XML, "<poc-settings");
	expect_fault("broken");
	publish(XML, DELIVERY("maybe"));
	expect_fault("invalid");
}

Test(check_publish, fault_that_nobody_can_be_sure_of)
{
	publish(XML "Content-Encoding: gzip\n", DELIVERY("true"));
	expect_fault("unsure");
	publish("Content-Type: multipart/mixed;boundary=x\n", "--x\r\nContent-Type: text/plain\r\n\r\nhi\r\n--x--\r\n");
	expect_fault("unsure");
	publish(XML, "<other/>");
	expect_fault("unsure");
	publish(XML, "<!DOCTYPE poc-settings>" DELIVERY("true"));
	expect_fault("unsure");
	publish(XML,
		ROOT("<entity id=\"a\"><im:unheard-of/><im:deferred-settings><im:offline-delivery active=\"maybe\"/>"
		     "</im:deferred-settings></entity>"));
	expect_fault("unsure");
	publish(XML, DELIVERY("true"))->cut = true;
	expect_fault("unsure");
	publish(XML "Expires: x\n", DELIVERY("true"));
	expect_fault("unsure");
}

/* What is unknown to the profile and hurts no rule is an extension. */
Test(check_publish, faults_together)
{
	publish("Require: foo\nExpires: x\n" XML, DELIVERY("true"));
	expect_word("sound", "no");
	expect_word("wrong require", "unknown");
	expect_word("wrong invalid", "no");
	publish("Require: foo\n" XML, "<poc-settings");
	expect_word("wrong require", "no");
	expect_word("wrong broken", "no");
}

/* --- entity tags --- */

#define TAG "SIP-If-Match: e1\n"

/* What SIP-If-Match is, and what fault that is. */
static void expect_tag(const char *tag, const char *fault)
{
	static const char *const names[] = {"none", "live", "unknown", "superseded", "removed", "expired"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char words[32];

		snprintf(words, sizeof(words), "tag_is %s", names[i]);
		expect_word(words, strcmp(names[i], tag) == 0 ? "yes" : "no");
	}
	expect_fault(fault);
}

Test(check_publish, tag_none)
{
	publish(XML, DELIVERY("true"));
	expect_tag("none", "none");
}

Test(check_publish, tag_unknown)
{
	publish(TAG, NULL);
	stage.txn->before.publications_complete = true;
	stage_publication("e2", PUBLICATION_LIVE, NOW + 60 * SECOND);
	expect_tag("unknown", "stale-tag");
}

static void expect_undecided_tag(const char *reason)
{
	static const char *const words[] = {"tag_is none",       "tag_is live",    "tag_is unknown",
					    "tag_is superseded", "tag_is removed", "tag_is expired"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		expect_word(words[i], reason);
	expect_fault("unsure");
}

Test(check_publish, tag_from_before_the_evidence)
{
	publish(TAG, NULL);
	stage_publication("e2", PUBLICATION_LIVE, NOW + 60 * SECOND);
	expect_undecided_tag("unknown: earlier entity tags are not known");
}

/* RFC 3903 12: a token. */
Test(check_publish, tag_that_is_none)
{
	publish("SIP-If-Match: \"e1\"\n", NULL);
	stage.txn->before.publications_complete = true;
	expect_fault("unsure");
}

Test(check_publish, tag_of_doubt)
{
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_DOUBTFUL, NOW + 60 * SECOND);
	expect_undecided_tag("unknown: a PUBLISH that may have ended the settings was not seen whole");
}

Test(check_publish, tag_ended)
{
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_SUPERSEDED, NOW + 60 * SECOND);
	expect_tag("superseded", "stale-tag");
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_REMOVED, NOW + 60 * SECOND);
	expect_tag("removed", "stale-tag");
}

Test(check_publish, tag_live_until_it_expires)
{
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_LIVE, NOW + BLUR + 1);
	expect_tag("live", "none");
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_LIVE, NOW + BLUR);
	expect_undecided_tag("unknown: the settings were about to expire");
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_LIVE, NOW - BLUR + 1);
	expect_undecided_tag("unknown: the settings were about to expire");
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_LIVE, NOW - BLUR);
	expect_tag("expired", "stale-tag");
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_LIVE, 0); /* nobody knows when */
	expect_undecided_tag("unknown: the settings were about to expire");
}

/* Who does not wait for the answer (RFC 3903 4) leaves it to the server which of the two comes first. */
Test(check_publish, tag_that_an_open_publish_has)
{
	struct event *first = publish(TAG, NULL);
	struct txn *open = stage.txn;

	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_LIVE, NOW + 60 * SECOND);
	expect_tag("live", "none");
	open->final = stage_say(NOW + SECOND, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\n", NULL);
	expect_undecided_tag("unknown: an earlier PUBLISH with this entity tag was not answered yet");
	first->marks.cseq = stage.txn->request->marks.cseq; /* the same one, on its way */
	expect_tag("live", "none");
}

/* The request may have been under way for as long as the observer stood still. */
Test(check_publish, tag_live_while_the_observer_stood_still)
{
	stage.flow->gaps = FLOW_GAP_STOPPED;
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_LIVE, NOW + BLUR + 60 * SECOND + 1);
	expect_tag("live", "none");
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_LIVE, NOW + BLUR + 60 * SECOND);
	expect_undecided_tag("unknown: the settings were about to expire");
	stage_publication("e1", PUBLICATION_LIVE, NOW + 7200 * SECOND);
	stage.flow->gaps = FLOW_GAP_CLOCK;
	expect_undecided_tag("unknown: the clock was set back, and the settings may be over");
}

/* Of what is missing something may have ended the settings; an end that was seen is one, though its sender may not know
 * of it. */
Test(check_publish, tag_where_packets_are_missing)
{
	static const char missing[] = "unknown: packets are missing from the capture";

	stage.flow->gaps = FLOW_GAP_LOST;
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_LIVE, NOW + 60 * SECOND);
	expect_undecided_tag(missing);
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_REMOVED, NOW + 60 * SECOND);
	expect_word("tag_is removed", missing);
	expect_word("tag_is live", missing);
	expect_fault("stale-tag");
}

/* The core, which observes here, knows what it sent and got. The client's own PUBLISH is seen from the other end. */
Test(check_publish, tag_where_the_network_loses)
{
	stage.flow->gaps = FLOW_GAP_LOSSY;
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_LIVE, NOW + 60 * SECOND);
	expect_tag("live", "none");
	stage.txn->occasion = OCCASION_CLIENT_PUBLISH;
	expect_word("tag_is live", "yes");
	expect_fault("unsure");
	publish(TAG, NULL);
	stage_publication("e1", PUBLICATION_SUPERSEDED, NOW + 60 * SECOND);
	expect_tag("superseded", "stale-tag");
	stage.txn->occasion = OCCASION_CLIENT_PUBLISH;
	expect_word("tag_is superseded", "unknown: the network loses messages: one may be missing");
}

Test(check_publish, tags_several)
{
	publish("SIP-If-Match: e1\nSIP-If-Match: e2\n", NULL);
	stage_publication("e1", PUBLICATION_LIVE, NOW + 60 * SECOND);
	expect_fault("several-tags");
}

static void answer_with_tag(const char *etag)
{
	char head[128];

	snprintf(head, sizeof(head), "SIP/2.0 200 OK\nCSeq: %zu PUBLISH\n%s", stage.flow->count, etag);
	stage.txn->final = stage_say(NOW + MS, "server core", head, NULL);
	stage.event = stage.txn->final;
}

Test(check_publish, tag_given)
{
	stage_txn(OCCASION_CLIENT_PUBLISH,
		  stage_say(SECOND, "client core", "PUBLISH sip:alice@im.example SIP/2.0\n", NULL), NULL);
	expect_word("tag_given", "no");
	stage_publication("e1", PUBLICATION_REMOVED, 0);
	expect_word("tag_given", "no");
	stage_publication("", PUBLICATION_LIVE, 0);
	expect_word("tag_given", "no");
	stage_publication("e2", PUBLICATION_LIVE, 0);
	expect_word("tag_given", "yes");
}

Test(check_publish, tag_fresh)
{
	publish("SIP-If-Match: e0\n", NULL);
	stage_publication("e1", PUBLICATION_REMOVED, 0);
	answer_with_tag("SIP-ETag: e2\n");
	expect_word("tag_fresh", "yes");
	answer_with_tag("SIP-ETag: e1\n");
	expect_word("tag_fresh", "no: SIP-ETag e1, which was given before");
	answer_with_tag("SIP-ETag: e0\n");
	expect_word("tag_fresh", "no: SIP-ETag e0, which was given before");
	answer_with_tag("");
	expect_word("tag_fresh", "no: no SIP-ETag");
}

/* --- body, removal --- */

Test(check_publish, body)
{
	publish(XML, "x");
	expect_word("body", "yes");
	publish("", NULL);
	expect_word("body", "no");
	publish(XML, "x")->cut = true;
	expect_word("body", "unknown");
}

Test(check_publish, delivery_told)
{
	publish(XML, DELIVERY("false"));
	expect_word("delivery_told", "yes");
	publish(XML, ROOT("<entity id=\"a\"/>"));
	expect_word("delivery_told", "yes");
	publish(XML, DELIVERY("maybe"));
	expect_word("delivery_told", "no");
	publish(XML, "<poc-settings");
	expect_word("delivery_told", "no");
	publish("Content-Type: text/plain\n", "hello");
	expect_word("delivery_told", "no");
	publish("", NULL);
	expect_word("delivery_told", "no");
	publish(XML, DELIVERY("false"))->cut = true;
	expect_word("delivery_told", "unknown");
	publish(XML "Content-Encoding: gzip\n", DELIVERY("false"));
	expect_word("delivery_told", "unknown: the body is encoded");
}

Test(check_publish, removal)
{
	publish("Expires: 0\n", NULL);
	expect_word("removal", "yes");
	publish("Expires: 1\n", NULL);
	expect_word("removal", "no");
	publish("Expires: x\n", NULL);
	expect_word("removal", "no");
	publish("", NULL);
	expect_word("removal", "no");
}

Test(check_publish, arguments)
{
	expect_word("wrong nothing",
		    "wrong: argument 1 is not one of its choices, expected exactly this is wrong: require several-tags "
		    "stale-tag no-body type broken invalid");
	expect_word("tag_is 3", "tag_is: argument 1 is number, expected text");
	expect_word("sound x", "sound: 1 arguments given, expected 0");
}

/* --- 423, and the same again --- */

static void too_brief(const char *least)
{
	char answer[200];

	snprintf(answer, sizeof(answer), "SIP/2.0 423 Interval Too Brief\nCSeq: 1 PUBLISH\n%s", least);
	stage_txn(OCCASION_PUBLISH,
		  stage_say(NOW, "core server", PUBLISH "Call-ID: c\nCSeq: 1 PUBLISH\nExpires: 3600\n" XML, "<a"),
		  stage_say(NOW + MS, "server core", answer, NULL));
}

static void later(const char *call, const char *more, const char *body)
{
	char head[400];

	snprintf(head, sizeof(head), PUBLISH "Call-ID: %s\nCSeq: 2 PUBLISH\n%s" XML, call, more);
	stage_other(OCCASION_PUBLISH, stage_say(NOW + SECOND, "core server", head, body), NULL);
}

Test(check_publish, asked_again)
{
	too_brief("Min-Expires: 7200\n");
	expect_word("asked_again", "no");
	later("c", "Expires: 7199\n", "<a");
	expect_word("asked_again", "no");
	later("other", "Expires: 7200\n", "<a");
	expect_word("asked_again", "no");
	later("c", "Expires: 7200\n", "<b/>");
	expect_word("asked_again", "no");
	later("c", "Expires: 7200\nSIP-If-Match: x\n", "<a");
	expect_word("asked_again", "no");
	later("c", "Expires: 7200\n", "<a");
	expect_word("asked_again", "yes");
}

Test(check_publish, asked_again_for_no_time_that_was_named)
{
	too_brief("");
	later("c", "Expires: 7200\n", "<a");
	expect_word("asked_again", "no");
}
