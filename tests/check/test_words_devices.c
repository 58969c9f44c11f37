/* SPDX-License-Identifier: MIT
 *
 * Users with several devices, and networks of which only a part is seen. */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NOW     (1000 * SECOND)
#define FINAL   (NOW + SECOND)
#define QUIET   (FINAL + stage.timers.quiet)
#define CONTACT "Contact: <sip:alice@10.1.0.1>\n"

TestSuite(check_devices, .init = stage_init, .fini = stage_done);

static struct txn *say(enum occasion occasion, const char *method, const char *lines, unsigned status)
{
	unsigned number = (unsigned)stage.flow->count + 1;
	char text[512];
	bool at_server = occasion == OCCASION_PUBLISH || occasion == OCCASION_THIRD_PARTY;
	struct event *request, *final = NULL;

	snprintf(text, sizeof(text), "%s sip:alice@im.example SIP/2.0\nCSeq: %u %s\n%s", method, number, method, lines);
	request = stage_say(NOW, at_server ? "core server" : "client core", text, NULL);
	snprintf(text, sizeof(text), "SIP/2.0 %u Text\nCSeq: %u %s\n", status, number, method);
	if (status)
		final = stage_say(FINAL, at_server ? "server core" : "core client", text, NULL);
	return stage_txn(occasion, request, final);
}

static struct event *request_of(struct txn *txn)
{
	return (struct event *)txn->request;
}

/* --- a device's own --- */

/* The PUBLISH before is that of the same host or the same call; in a run there is but one client. */
Test(check_devices, after_status)
{
	struct txn *first = say(OCCASION_CLIENT_PUBLISH, "PUBLISH", "Call-ID: a\n", 423);

	say(OCCASION_CLIENT_PUBLISH, "PUBLISH", "Call-ID: b\n", 0);
	expect_word("after_status 423", "yes");
	request_of(first)->path.src = stage_host("server");
	expect_word("after_status 423", "no");
	stage.flow->label = SLICE("a case");
	expect_word("after_status 423", "yes");
	stage.flow->label = SLICE_NONE;
	say(OCCASION_CLIENT_PUBLISH, "PUBLISH", "Call-ID: a\n", 0);
	stage.story.txns[1]->occasion = OCCASION_OTHER;
	expect_word("after_status 423", "yes");
}

#define BOB "Contact: <sip:bob@10.1.0.1>\n"

Test(check_devices, rebinds)
{
	struct txn *first = say(OCCASION_REGISTER, "REGISTER", CONTACT, 200);

	say(OCCASION_REGISTER, "REGISTER", CONTACT, 0);
	expect_word("rebinds", "yes");
	stage.txn->before.contact = SLICE("sip:bob@10.1.0.1");
	expect_word("rebinds", "yes"); /* its own was before that one */
	first->occasion = OCCASION_OTHER;
	expect_word("rebinds", "no");
	stage.txn->before.contact = SLICE("sip:alice@10.1.0.1");
	expect_word("rebinds", "yes");
	stage.txn->before.contact = SLICE("");
	expect_word("rebinds", "yes");
}

static void expect_rebinds(const char *want)
{
	stage.txn->before.contact = SLICE("sip:bob@10.1.0.1");
	expect_word("rebinds", want);
}

Test(check_devices, rebinds_what_was_its_own)
{
	struct txn *first = say(OCCASION_REGISTER, "REGISTER", CONTACT, 200);
	struct event *final = (struct event *)first->final;
	uint32_t number = request_of(first)->number;

	say(OCCASION_REGISTER, "REGISTER", CONTACT, 0);
	expect_rebinds("yes");
	request_of(first)->number = stage.event->number;
	expect_rebinds("no");
	request_of(first)->number = number;
	final->msg.status = 300;
	expect_rebinds("no");
	final->msg.status = 199;
	expect_rebinds("no");
	final->msg.status = 299;
	request_of(first)->path.src = stage_host("server");
	expect_rebinds("no");
	request_of(first)->path.src = stage_host("client");
	request_of(first)->path.src.port++;
	expect_rebinds("yes");
	first->final = NULL;
	expect_rebinds("no");
}

/* Not the registration in force counts, which is another device's, but the last of its own. */
Test(check_devices, same_registration)
{
	say(OCCASION_REGISTER, "REGISTER", CONTACT "Call-ID: x\n", 200);
	say(OCCASION_REGISTER, "REGISTER", CONTACT "Call-ID: c\n", 200);
	say(OCCASION_REGISTER, "REGISTER", BOB "Call-ID: d\n", 200);
	say(OCCASION_REGISTER, "REGISTER", CONTACT "Call-ID: c\n", 0);
	stage.txn->before.call_id = SLICE("d");
	stage.txn->before.cseq = 1000;
	expect_word("same_registration", "yes");
	say(OCCASION_REGISTER, "REGISTER", CONTACT "Call-ID: d\n", 0);
	expect_word("same_registration", "no: another Call-ID than the registration's");
}

/* --- publications of several devices --- */

#define NOT_KNOWN "unknown: not known: the settings in force"
#define NONE_OFF  "no: no settings in force turn it off"

Test(check_devices, off_published)
{
	struct publication *off;

	say(OCCASION_PUBLISH, "PUBLISH", "", 0);
	expect_word("off_published", NONE_OFF);
	cr_expect_eq(stage.why.event, stage.txn->request);
	off = stage_publication("a", PUBLICATION_LIVE, 0);
	off->delivery = DELIVERY_OFF;
	stage_publication("b", PUBLICATION_LIVE, 0)->delivery = DELIVERY_ON;
	expect_word("off_published", "yes");
	off->until = NOW + 1;
	expect_word("off_published", "yes");
	off->until = NOW;
	expect_word("off_published", NONE_OFF);
	off->until = 0;
	off->end = PUBLICATION_SUPERSEDED;
	expect_word("off_published", NONE_OFF);
	off->end = PUBLICATION_REMOVED;
	expect_word("off_published", NONE_OFF);
	off->end = PUBLICATION_DOUBTFUL;
	expect_word("off_published", NOT_KNOWN);
	off->delivery = DELIVERY_ON;
	expect_word("off_published", NONE_OFF);
	off->delivery = DELIVERY_UNKNOWN;
	expect_word("off_published", NOT_KNOWN);
	off->end = PUBLICATION_LIVE;
	expect_word("off_published", NOT_KNOWN);
}

/* --- what was seen on its way only --- */

static struct txn *answered(void)
{
	struct txn *txn = say(OCCASION_PUBLISH, "PUBLISH", "", 200);

	stage_alive("server", QUIET + SECOND * 10);
	stage.flow->watched_until = QUIET;
	return txn;
}

static void look_again_at(struct txn *txn)
{
	stage.txn = txn;
	stage.event = txn->request;
}

#define SENT_ON "unknown: an INVITE that was seen only as somebody sent it on"
#define NO_PUSH "no: no INVITE within 4000 ms of the answer, the server being alive"

Test(check_devices, a_push_that_a_proxy_sent_on)
{
	struct txn *txn = answered(), *far = say(OCCASION_OTHER, "INVITE", "", 0);

	stage_alive("server", QUIET + SECOND * 10);
	look_again_at(txn);
	expect_word("no_push", "yes");
	expect_word("push_follows", NO_PUSH);
	far->far_push = true;
	request_of(far)->time = QUIET - 1;
	expect_word("no_push", SENT_ON);
	expect_word("push_follows", "yes");
	request_of(far)->time = QUIET;
	expect_word("no_push", "yes");
	request_of(far)->time = QUIET - 1;
	request_of(far)->number = txn->request->number;
	expect_word("no_push", "yes");
	expect_word("push_follows", NO_PUSH);
}

#define MISSING "unknown: a PUBLISH is missing from the evidence"
#define CAME    "no: an INVITE 3 ms after the request"

Test(check_devices, a_publish_that_did_not_reach_the_server)
{
	struct txn *txn = answered(), *other = say(OCCASION_CLIENT_PUBLISH, "PUBLISH", "Event: poc-settings\n", 0),
		   *push;

	push = say(OCCASION_PUSH, "INVITE", "", 0);
	request_of(push)->time = NOW + 3 * MS;
	txn->push = push;
	look_again_at(txn);
	expect_word("no_push", MISSING);
	other->occasion = OCCASION_PUBLISH;
	expect_word("no_push", CAME);
	other->occasion = OCCASION_OTHER;
	request_of(other)->msg.method = SIP_METHOD_MESSAGE;
	expect_word("no_push", CAME);
	request_of(other)->msg.method = SIP_METHOD_PUBLISH;
	request_of(other)->number = txn->request->number;
	expect_word("no_push", CAME);
	request_of(other)->number = push->request->number;
	expect_word("no_push", CAME);
	request_of(other)->number--;
	expect_word("no_push", MISSING);
	stage.profile.event = "presence";
	expect_word("no_push", CAME);
}

#define ON_ITS_WAY "unknown: a PUBLISH was seen on its way, and not at the IM Server"

Test(check_devices, a_push_after_a_publish_that_did_not_reach_the_server)
{
	struct txn *cause = say(OCCASION_THIRD_PARTY, "REGISTER", "", 200),
		   *other = say(OCCASION_OTHER, "PUBLISH", "Event: poc-settings\n", 0);

	say(OCCASION_PUSH, "INVITE", "", 0)->cause = cause;
	expect_word("caused_by publish", ON_ITS_WAY);
	expect_word("caused_by register", "yes");
	other->occasion = OCCASION_PUBLISH;
	expect_word("caused_by publish", "no: an INVITE 0 ms after a REGISTER, with no PUBLISH after it");
}

/* --- a push to a Contact --- */

Test(check_devices, retargeted)
{
	struct txn *registered = say(OCCASION_REGISTER, "REGISTER", "Contact: <sip:x@y>, <sip:alice@im.example>\n", 0);
	struct event *request = request_of(registered);

	request->path.dst = stage_host("server");
	say(OCCASION_PUSH, "INVITE", "", 0);
	expect_word("retargeted", "yes");
	request->path.dst = stage_host("core");
	expect_word("retargeted", "no");
	request->path.dst = stage_host("server");
	registered->occasion = OCCASION_OTHER;
	expect_word("retargeted", "no");
	registered->occasion = OCCASION_REGISTER;
	request->number = stage.event->number;
	expect_word("retargeted", "no");
}

Test(check_devices, retargeted_to_another)
{
	static const char *const contacts[] = {"Contact: <sip:x@y>\n", "Contact: <sip:alice@im.example\n", ""};

	for (size_t i = 0; i < sizeof(contacts) / sizeof(*contacts); i++) {
		request_of(say(OCCASION_REGISTER, "REGISTER", contacts[i], 0))->path.dst = stage_host("server");
		say(OCCASION_PUSH, "INVITE", "", 0);
		expect_word("retargeted", "no");
	}
}
