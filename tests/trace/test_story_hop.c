/* SPDX-License-Identifier: MIT
 *
 * One request on several hops, who it is from, and what is meant for the dialog of a push. */
#include "check/stage.h"
#include "trace/story_parts.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define NOW   (1000 * SECOND)
#define ALICE "<sip:alice@im.example>"
#define IM    "<sip:im@im.example>"

static uint64_t now;

static void init(void)
{
	stage_init();
	now = NOW;
}

TestSuite(trace_hop, .init = init, .fini = stage_done);

/* A request, a moment after what was before; its branch is its Call-ID, and "vias" that it went through already. */
static struct event *request(const char *way, const char *method, const char *uri, const char *from, const char *to,
			     const char *call, const char *more)
{
	char text[768];

	snprintf(text, sizeof(text),
		 "%s %s SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%s\nFrom: %s\nTo: %s\nCall-ID: %s\nCSeq: 7 "
		 "%s\n%s",
		 method, uri, call, from, to, call, method, more);
	return stage_say(now += MS, way, text, NULL);
}

static struct txn *told(const struct event *event)
{
	story_tell(&stage.story, stage.flow, &stage.profile);
	return stage.story.of_event[event->number];
}

/* --- a B2BUA --- */

static bool is_relayed_as(const char *from, const char *event)
{
	const struct event *in =
		request("client core", "SUBSCRIBE", "sip:a@b", ALICE ";tag=a", ALICE, "in", "Event: reg\n");

	request("core server", "SUBSCRIBE", "sip:a@b", from, ALICE, "out", event);
	return story_seen_farther(&stage.story, told(in));
}

Test(trace_hop, relayed_for_the_same_user)
{
	cr_expect(is_relayed_as("<sip:alice@IM.example:5070;x=y>;tag=b", "Event: reg\n"));
}

Test(trace_hop, relayed_for_another)
{
	cr_expect_not(is_relayed_as("<sip:bob@im.example>;tag=b", "Event: reg\n"));
}

Test(trace_hop, relayed_of_another_package)
{
	cr_expect_not(is_relayed_as(ALICE ";tag=b", "Event: presence\n"));
}

/* Who has no user part is told by the whole of his URI. */
Test(trace_hop, relayed_for_a_host)
{
	const struct event *in =
		request("client core", "SUBSCRIBE", "sip:a@b", "<sip:host.example>;tag=a", ALICE, "in", "Event: reg\n");

	request("core server", "SUBSCRIBE", "sip:a@b", "<sip:host.example>;tag=b", ALICE, "out", "Event: reg\n");
	cr_expect(story_seen_farther(&stage.story, told(in)));
}

/* --- an INVITE that goes on to the Contact --- */

static bool is_far(const char *registered, const char *invited)
{
	char contact[128];
	const struct event *invite;

	snprintf(contact, sizeof(contact), "Contact: <%s>\n", registered);
	request("client core", "REGISTER", "sip:im.example", ALICE ";tag=a", ALICE, "reg", contact);
	invite = request("core client", "INVITE", invited, IM ";tag=s", ALICE, "call", "");
	return story_is_far_invite(&stage.story, told(invite));
}

Test(trace_hop, retargeted_to_the_contact)
{
	cr_expect(is_far("sip:a@10.1.0.1", "sip:a@10.1.0.1"));
}

Test(trace_hop, invited_elsewhere)
{
	cr_expect_not(is_far("sip:a@10.1.0.1", "sip:b@10.1.0.1"));
}

/* --- from the server --- */

Test(trace_hop, from_the_server_over_a_connection_of_its_own)
{
	struct event_path path = {stage_host("server"), stage_host("client"), NET_UDP};

	cr_expect(story_from_server(&stage.story, &path));
	path.src.port++;
	cr_expect_not(story_from_server(&stage.story, &path));
	path.transport = NET_TCP;
	cr_expect(story_from_server(&stage.story, &path));
	path.dst = stage_host("server");
	cr_expect_not(story_from_server(&stage.story, &path));
	path = (struct event_path){stage_host("core"), stage_host("client"), NET_TCP};
	cr_expect_not(story_from_server(&stage.story, &path));
}

/* --- two observers whose clocks differ --- */

#define OFF                                                                                                            \
	"<poc-settings xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\" xmlns:im=\"urn:oma:xml:im:service-settings\">" \
	"<im:deferred-settings><im:offline-delivery active=\"false\"/></im:deferred-settings></poc-settings>"
#define PUBLISHED(first, vias)                                                                                         \
	first vias "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKnear\nFrom: " ALICE ";tag=a\nTo: " ALICE                   \
		   "\nCall-ID: p\nCSeq: 1 PUBLISH\nEvent: poc-settings\n"
#define PUBLISH_LINE "PUBLISH sip:alice@im.example SIP/2.0\n"
#define FAR_VIA      "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKfar\n"
#define TAKEN        "SIP-ETag: e1\nExpires: 3600\n"
#define XML          "Content-Type: application/poc-settings+xml\n"

/* Answered before it came to the server: what the client knew then counts, and the server takes nothing twice. */
Test(trace_hop, answered_before_it_arrived)
{
	const struct event *far, *subscribe;

	stage_say(now += MS, "client core", PUBLISHED(PUBLISH_LINE, "") XML, OFF);
	stage_say(now += MS, "core client", PUBLISHED("SIP/2.0 200 OK\n", "") TAKEN, NULL);
	subscribe =
		request("client core", "SUBSCRIBE", "sip:alice@im.example", ALICE ";tag=s", ALICE, "sub", "Event: x\n");
	far = stage_say(now += MS, "core server", PUBLISHED(PUBLISH_LINE, FAR_VIA) XML, OFF);
	stage_say(now += MS, "server core", PUBLISHED("SIP/2.0 200 OK\n", FAR_VIA) TAKEN, NULL);
	cr_expect_eq(told(far)->occasion, OCCASION_PUBLISH);
	cr_expect_null(stage.story.of_event[far->number]->before.publications);
	cr_expect_eq(stage.story.of_event[subscribe->number]->before.delivery, DELIVERY_OFF);
}

/* --- what was stored, and is handed out --- */

#define BOB "<sip:bob@im.example>;tag=b"

static struct event *says(const char *way, const char *method, const char *call, const char *what)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "%s sip:alice@im.example SIP/2.0\nFrom: " BOB "\nTo: " ALICE "\nCall-ID: %s\nCSeq: 1 %s\n", method,
		 call, method);
	return stage_say(now += MS, way, text, what);
}

/* What was stored while he was away is handed out after that; whose it is asked for is `event`. */
static enum tri handed_out(const struct event *event, struct stored_message *stored)
{
	const struct stored_message *found;
	struct txn *txn;

	story_grow_txns(&stage.story);
	txn = stage.story.of_event[event->number];
	*stored = (struct stored_message){.writer = SLICE("sip:bob@im.example"), .text = SLICE("hello"), .away = true};
	txn->before.stored = stored;
	return story_handout(&stage.story, txn, &found);
}

static void init_events(void)
{
	init();
	stage.story.of_event = arena_alloc(&stage.flow->arena, 16 * sizeof(*stage.story.of_event));
}

TestSuite(trace_handout, .init = init_events, .fini = stage_done);

Test(trace_handout, handed_out_twice)
{
	struct stored_message stored;

	says("server client", "MESSAGE", "one", "hello");
	cr_expect_eq(handed_out(says("server client", "MESSAGE", "two", "hello"), &stored), TRI_YES);
}

Test(trace_handout, said_once_more)
{
	struct stored_message stored;

	says("core server", "MESSAGE", "one", "hello");
	cr_expect_eq(handed_out(says("server client", "MESSAGE", "two", "hello"), &stored), TRI_UNKNOWN);
}

Test(trace_handout, said_in_another_way)
{
	struct stored_message stored;

	says("core server", "INFO", "one", "hello");
	cr_expect_eq(handed_out(says("server client", "MESSAGE", "two", "hello"), &stored), TRI_YES);
	cr_expect_eq(handed_out(says("server client", "MESSAGE", "three", "welcome"), &stored), TRI_NO);
}

/* --- in the dialog of a push --- */

/* A push that was answered. */
static void pushed(void)
{
	request("server core", "INVITE", "sip:alice@im.example", IM ";tag=s", ALICE, "push",
		"Contact: <sip:s@10.0.0.2>;+g.oma.sip-im;automata\nUser-Agent: IM-serv/OMA1.0\n");
	stage_say(now += MS, "core server",
		  "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKpush\nFrom: " IM ";tag=s\nTo: " ALICE
		  ";tag=c\nCall-ID: push\nCSeq: 7 INVITE\n",
		  NULL);
}

static enum occasion occasion_of(const char *way, const char *method, const char *from, const char *call,
				 const char *more)
{
	return told(request(way, method, "sip:alice@10.1.0.1", from, ALICE ";tag=c", call, more))->occasion;
}

Test(trace_hop, what_the_server_sends_in_the_dialog)
{
	pushed();
	cr_expect_eq(occasion_of("server core", "BYE", IM ";tag=s", "push", ""), OCCASION_PUSH_REQUEST);
	cr_expect_eq(occasion_of("server core", "INFO", IM ";tag=other", "push", ""), OCCASION_PUSH_REQUEST);
	cr_expect_eq(occasion_of("server core", "UPDATE", IM ";tag=s", "other", ""), OCCASION_PUSH_REQUEST);
}

Test(trace_hop, what_takes_an_invite_back)
{
	pushed();
	cr_expect_eq(occasion_of("server core", "CANCEL", IM ";tag=s", "push", ""), OCCASION_OTHER);
}

/* Farther on it is not as the server sent it. */
Test(trace_hop, what_a_proxy_sends_on)
{
	const struct event *bye, *far;

	pushed();
	bye = request("server core", "BYE", "sip:alice@10.1.0.1", IM ";tag=s", ALICE ";tag=c", "push", "");
	far = request("core client", "BYE", "sip:alice@10.1.0.1", IM ";tag=s", ALICE ";tag=c", "push",
		      "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKsecond\n");
	cr_expect_eq(told(bye)->occasion, OCCASION_PUSH_REQUEST);
	cr_expect_eq(told(far)->occasion, OCCASION_OTHER);
}

static struct event *from_port(const char *from, uint16_t src, uint16_t dst)
{
	struct event *event = request("server core", "INFO", "sip:alice@10.1.0.1", from, ALICE ";tag=c", "push", "");

	event->path.src.port = src;
	event->path.dst.port = dst;
	return event;
}

/* Between two hosts whatever the ports are; on one host one of the ports has to be the same. */
Test(trace_hop, a_strange_tag_on_another_port)
{
	struct event *invite, *info;

	pushed();
	info = from_port(IM ";tag=other", 6000, 7000);
	cr_expect_eq(told(info)->occasion, OCCASION_PUSH_REQUEST);
	invite = stage.flow->events[0];
	invite->path.dst = invite->path.src;
	invite->path.dst.port = 9;
	info->path.dst = info->path.src;
	info->path.dst.port = 7000;
	cr_expect_neq(told(info)->occasion, OCCASION_PUSH_REQUEST);
	info->path.src.port = invite->path.src.port;
	cr_expect_eq(told(info)->occasion, OCCASION_PUSH_REQUEST);
	info->path.src.port = 6000;
	info->path.dst.port = 9;
	cr_expect_eq(told(info)->occasion, OCCASION_PUSH_REQUEST);
}
