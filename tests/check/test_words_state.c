/* SPDX-License-Identifier: MIT */
#include "check/stage.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NOW   (1000 * SECOND)
#define LOST  "unknown: packets are missing from the capture"
#define LOSSY "unknown: the network loses messages: one may be missing"
#define TO_ALICE(method, cseq)                                                                                         \
	method " sip:alice@im.example SIP/2.0\nCSeq: " cseq " " method "\nCall-ID: " method cseq "\n"

static void init(void)
{
	stage_init();
	stage_txn(OCCASION_PUBLISH, stage_say(NOW, "core server", TO_ALICE("PUBLISH", "1"), NULL), NULL);
}

/* --- what was known --- */

TestSuite(check_state, .init = init, .fini = stage_done);

#define WHETHER_INITIAL    "unknown: not known: whether this was an initial registration"
#define WHETHER_REGISTERED "unknown: not known: whether the user was registered"
#define WHETHER_PUBLISHED  "unknown: not known: whether settings were published since the initial registration"
#define WHETHER_WAITING    "unknown: not known: whether deferred messages were stored for the user"

static void expect_known(const char *word, enum tri *value, const char *unknown)
{
	stage.flow->gaps = 0;
	stage.txn->occasion = OCCASION_PUBLISH;
	*value = TRI_YES;
	expect_word(word, "yes");
	*value = TRI_NO;
	expect_word(word, "no");
	*value = TRI_UNKNOWN;
	expect_word(word, unknown);
	stage.flow->gaps = FLOW_GAP_LOST; /* what is missing may have been it; what was seen was it */
	expect_word(word, unknown);
	*value = TRI_NO;
	expect_word(word, LOST);
	*value = TRI_YES;
	expect_word(word, "yes");
	stage.flow->gaps = FLOW_GAP_LOSSY; /* the core knows what it sent */
	*value = TRI_NO;
	expect_word(word, "no");
	stage.txn->occasion = OCCASION_REGISTER;
	expect_word(word, LOSSY);
	*value = TRI_YES;
	expect_word(word, "yes");
}

Test(check_state, what_was_known)
{
	expect_known("initial", &stage.txn->initial, WHETHER_INITIAL);
	stage.txn->before.epoch = 1;
	expect_known("registered", &stage.txn->before.registered, WHETHER_REGISTERED);
	expect_known("published", &stage.txn->before.published, WHETHER_PUBLISHED);
	expect_known("waiting", &stage.txn->before.waiting, WHETHER_WAITING);
}

/* Where the core sends no third-party REGISTERs, nobody sees at the server's hop who is registered. */
Test(check_state, registrations_that_are_not_seen)
{
	static const char not_seen[] = "unknown: registrations are not seen here";
	const struct event *request = stage.event;
	struct txn *other;

	stage.txn->occasion = OCCASION_PUBLISH;
	stage.txn->before.registered = TRI_NO;
	expect_word("registered", not_seen);
	other = stage_other(OCCASION_CLIENT_PUBLISH, (struct event *)request, NULL);
	other->vias = 2;
	expect_word("registered", not_seen);
	other->vias = 1;
	expect_word("registered", "no");
	other->occasion = OCCASION_THIRD_PARTY;
	expect_word("registered", "no");
	other->occasion = OCCASION_OTHER;
	expect_word("registered", not_seen);
	stage.flow->label = SLICE("case");
	expect_word("registered", "no");
	stage.flow->label = SLICE_NONE;
	stage.txn->before.registered = TRI_YES;
	expect_word("registered", "yes");
}

Test(check_state, waiting_known)
{
	stage.txn->before.waiting = TRI_YES;
	expect_word("waiting_known", "yes");
	stage.txn->before.waiting = TRI_NO;
	expect_word("waiting_known", "yes");
	stage.txn->before.waiting = TRI_UNKNOWN;
	expect_word("waiting_known", "no");
}

static void expect_delivery(const char *word, enum delivery *value)
{
	static const char *const names[] = {"none", "absent", "off", "on"};
	char words[64], told[64];

	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < 4; k++) {
			*value = DELIVERY_NONE + i;
			snprintf(words, sizeof(words), "%s %s", word, names[k]);
			snprintf(told, sizeof(told), "no: offline delivery was %s", names[i]);
			expect_word(words, i == k ? "yes" : told);
		}
	*value = DELIVERY_UNKNOWN;
	snprintf(words, sizeof(words), "%s none absent off on", word);
	expect_word(words, "unknown: not known: the settings in force");
	*value = DELIVERY_ON;
	expect_word(words, "yes");
}

Test(check_state, delivery)
{
	expect_delivery("delivery", &stage.txn->before.delivery);
	expect_delivery("delivery_after", &stage.txn->after.delivery);
}

Test(check_state, delivery_where_a_publish_may_be_missing)
{
	stage.txn->before.delivery = DELIVERY_ON;
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("delivery on", LOST);
	expect_word("delivery off", LOST);
	stage.flow->gaps = FLOW_GAP_LOSSY;
	expect_word("delivery on", "yes");
	expect_word("delivery off", "no: offline delivery was on");
	stage.txn->occasion = OCCASION_PUSH; /* seen from the other end */
	expect_word("delivery on", "yes");
	expect_word("delivery off", LOSSY);
}

static struct publication *off(const char *etag, enum publication_end end, uint64_t until)
{
	struct publication *p = stage_publication(etag, end, until);

	p->delivery = DELIVERY_OFF;
	return p;
}

#define NOT_OFF  "no: no settings in force turn it off"
#define SETTINGS "unknown: not known: the settings in force"

/* Each device has a publication of its own, and any of them turns delivery off as long as it is in force. */
Test(check_state, off_published)
{
	struct publication *p;

	expect_word("off_published", NOT_OFF);
	p = off("e1", PUBLICATION_LIVE, NOW + 1);
	expect_word("off_published", "yes");
	p->until = NOW;
	expect_word("off_published", NOT_OFF);
	p->until = 0; /* nobody knows when it ends */
	expect_word("off_published", "yes");
	p->end = PUBLICATION_SUPERSEDED;
	expect_word("off_published", NOT_OFF);
	p->end = PUBLICATION_REMOVED;
	expect_word("off_published", NOT_OFF);
	p->end = PUBLICATION_DOUBTFUL;
	expect_word("off_published", SETTINGS);
	p->delivery = DELIVERY_ON;
	expect_word("off_published", NOT_OFF);
	p->delivery = DELIVERY_UNKNOWN;
	expect_word("off_published", SETTINGS);
	p->end = PUBLICATION_LIVE;
	expect_word("off_published", SETTINGS);
	off("e2", PUBLICATION_REMOVED, 0);
	expect_word("off_published", SETTINGS);
	off("e3", PUBLICATION_LIVE, 0);
	expect_word("off_published", "yes");
	stage_publication("e4", PUBLICATION_DOUBTFUL, 0);
	expect_word("off_published", "yes");
}

static struct event *publishes(uint64_t time, const char *cseq, const char *active)
{
	char head[256], document[512];

	snprintf(head, sizeof(head),
		 "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: %s PUBLISH\nContent-Type: application/poc-settings+xml\n",
		 cseq);
	snprintf(document, sizeof(document),
		 "<poc-settings xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\" "
		 "xmlns:im=\"urn:oma:xml:im:service-settings\"><entity id=\"a\"><im:deferred-settings>"
		 "<im:offline-delivery active=\"%s\"/></im:deferred-settings></entity></poc-settings>",
		 active);
	return stage_say(time, "client core", head, document);
}

static void subscribes(uint64_t time, const char *cseq)
{
	char head[128];

	snprintf(head, sizeof(head), "SUBSCRIBE sip:alice@im.example SIP/2.0\nCSeq: %s SUBSCRIBE\n", cseq);
	stage_txn(OCCASION_SUBSCRIBE, stage_say(time, "client core", head, NULL), NULL);
}

/* Nobody has to wait for the 200. */
Test(check_state, off_on_its_way)
{
	const uint64_t then = 2000 * SECOND;
	struct txn *publish = stage_other(OCCASION_CLIENT_PUBLISH, publishes(then, "1", "false"), NULL);

	subscribes(then + 1, "2");
	expect_word("off_published", "yes");
	publish->final = stage_say(then + SECOND, "core client", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\n", NULL);
	expect_word("off_published", "yes");
	subscribes(then + 2 * SECOND, "3"); /* what was answered is in the state, or nowhere */
	expect_word("off_published", NOT_OFF);
	publish->final = NULL;
	subscribes(then + 32 * SECOND, "4");
	expect_word("off_published", NOT_OFF);
	stage_other(OCCASION_CLIENT_PUBLISH, publishes(then + 40 * SECOND, "5", "true"), NULL);
	subscribes(then + 41 * SECOND, "6");
	expect_word("off_published", NOT_OFF);
}

/* A refusal of a moment before cannot have been read. */
Test(check_state, off_refused_meanwhile)
{
	const uint64_t then = 2000 * SECOND;
	struct txn *publish = stage_other(OCCASION_CLIENT_PUBLISH, publishes(then, "1", "false"), NULL);

	publish->final =
		stage_say(then + 1, "core client", "SIP/2.0 412 Conditional Request Failed\nCSeq: 1 PUBLISH\n", NULL);
	subscribes(then + SECOND / 2 + 1, "2");
	expect_word("off_published", "yes");
	subscribes(then + SECOND / 2 + 2, "3");
	expect_word("off_published", NOT_OFF);
}

Test(check_state, registers_supported)
{
	struct event *event = stage_say(NOW, "core server", TO_ALICE("REGISTER", "1"), NULL);
	struct txn *txn;

	expect_word("registers_supported", "yes");
	txn = stage_other(OCCASION_THIRD_PARTY, event, NULL);
	expect_word("registers_supported", "yes");
	txn->final = stage_say(NOW, "server core", "SIP/2.0 403 Forbidden\nCSeq: 1 REGISTER\n", NULL);
	expect_word("registers_supported", "yes");
	txn->final = stage_say(NOW, "server core", "SIP/2.0 405 Method Not Allowed\nCSeq: 1 REGISTER\n", NULL);
	expect_word("registers_supported", "no");
	txn->final = stage_say(NOW, "server core", "SIP/2.0 501 Not Implemented\nCSeq: 1 REGISTER\n", NULL);
	expect_word("registers_supported", "no");
	txn->occasion = OCCASION_REGISTER;
	expect_word("registers_supported", "yes");
	stage.txn->before.third_party_refused = true;
	expect_word("registers_supported", "no");
}
