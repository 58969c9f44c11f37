/* SPDX-License-Identifier: MIT */
#include "harness/core_probe.h"
#include "body/settings_default.h"
#include "harness/user.h"
#include "harness_test.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* The core, a user, and a peer in the IUT's place that keeps what it gets. */
struct stage {
	struct world *world;
	struct core *core;
	struct endpoint *iut;
	struct buf got; /* the last request */
	enum net_transport transport;
	unsigned requests;
	struct buf answered; /* the last answer to a request of the IUT */
	struct buf told;     /* the last answer to a request of a user */
};

static void iut_on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
	struct stage *s = arg;

	buf_clear(&s->got);
	buf_add(&s->got, msg->raw);
	s->transport = path->transport;
	s->requests++;
	if (txn)
		core_refuse(txn, 200);
}

static const struct endpoint_events iut_events = {.on_request = iut_on_request};

static void stage_init(struct stage *s, bool large_by_tcp)
{
	struct core_config config = {.bind = loopback4(5060),
				     .target = loopback4(5070),
				     .large_by_tcp = large_by_tcp,
				     .domain = "im.example"};
	struct net_addr bind = loopback4(5070);

	*s = (struct stage){.world = world_new_virtual(1, NULL)};
	cr_assert_eq(core_new(s->world, &config, &s->core, NULL), 0);
	cr_assert_eq(endpoint_new(s->world, &bind, &iut_events, s, &s->iut, NULL), 0);
}

static void stage_done(struct stage *s)
{
	core_free(s->core);
	endpoint_free(s->iut);
	world_free(s->world);
	buf_done(&s->got);
	buf_done(&s->answered);
	buf_done(&s->told);
}

static void told(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct stage *s = arg;

	buf_clear(&s->told);
	buf_add(&s->told, msg ? msg->raw : slice_of(err->text));
}

static void send_publish(struct stage *s, struct user *user, size_t more)
{
	struct arena arena = {0};
	struct draft draft = {.arena = &arena};
	struct user_publish publish = {.active = "true", .with_body = true, .expires = 60};
	struct core_request request = {.by_route = true};
	struct buf text = {0};
	char *filler = arena_alloc(&arena, more + 1);

	user_draft_publish(user, &draft, settings_profile_default(), &publish);
	memset(filler, 'x', more);
	draft_add(&draft, "X-Filler", slice_of(filler));
	draft_write(&draft, &text);
	request.raw = buf_slice(&text);
	cr_assert_eq(core_forward(s->core, &request, told, s, NULL, NULL), 0);
	world_run(s->world);
	buf_done(&text);
	arena_done(&arena);
}

static bool has(const struct buf *text, const char *part)
{
	return slice_find(buf_slice(text), slice_of(part)) != NULL;
}

Test(harness_core, a_forwarded_request_has_two_vias_and_the_route)
{
	struct stage s;
	struct user *user;

	stage_init(&s, false);
	user = user_new(s.core, "alice", 0xabc);
	send_publish(&s, user, 0);
	cr_assert_eq(slice_find(buf_slice(&s.got), SLICE("PUBLISH sip:alice-000000abc@im.example SIP/2.0\r\n"
							 "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK")),
		     s.got.p);
	cr_expect(has(&s.got, "\r\nRoute: <sip:127.0.0.1:5070;lr>\r\n"));
	cr_expect(has(&s.got, "\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch="));
	cr_expect(has(&s.got, "\r\nP-Asserted-Identity: <sip:alice-000000abc@im.example>\r\n"));
	cr_expect(has(&s.told, "SIP/2.0 200 OK\r\n"));
	user_free(user);
	stage_done(&s);
}

static bool longer(struct user *user, struct draft *draft, const char *answer)
{
	struct arena arena = {0};
	struct sip_msg msg;
	bool ret;

	cr_assert_eq(sip_msg_index(&msg, slice_of(answer), &arena, NULL), 0);
	ret = user_draft_longer(user, draft, &msg);
	arena_done(&arena);
	return ret;
}

static struct draft registering(struct user *user, struct arena *arena, uint64_t expires)
{
	struct draft draft = {.arena = arena};

	user_draft_register(user, &draft, expires);
	return draft;
}

#define TOO_BRIEF "SIP/2.0 423 Interval Too Brief\r\n"

/* RFC 3261 10.2.8 */
Test(harness_core, what_was_too_brief_is_asked_for_longer)
{
	struct arena arena = {0};
	struct buf text = {0};
	struct draft draft;
	struct user *user;
	struct stage s;

	stage_init(&s, false);
	user = user_new(s.core, "alice", 1);
	draft = registering(user, &arena, 3600);
	draft_add(&draft, "Authorization", SLICE("Digest nc=1"));
	cr_expect(longer(user, &draft, TOO_BRIEF "Min-Expires: 7200\r\n\r\n"));
	draft_write(&draft, &text);
	cr_expect(has(&text, "\r\nExpires: 7200\r\n"));
	cr_expect(has(&text, "\r\nCSeq: 2 REGISTER\r\n"));
	cr_expect_not(has(&text, "3600"));
	cr_expect_not(has(&text, "Authorization"));
	cr_expect(longer(user, &draft, TOO_BRIEF "Min-Expires: 4294967295\r\n\r\n"));
	buf_done(&text);
	arena_done(&arena);
	user_free(user);
	stage_done(&s);
}

Test(harness_core, what_is_no_call_for_longer)
{
	static const struct {
		uint64_t expires;
		const char *answer;
	} rows[] = {
		{3600, "SIP/2.0 400 Bad Request\r\nMin-Expires: 7200\r\n\r\n"},
		{3600, TOO_BRIEF "\r\n"},
		{3600, TOO_BRIEF "Min-Expires: soon\r\n\r\n"},
		{3600, TOO_BRIEF "Min-Expires: 3600\r\n\r\n"},
		{3600, TOO_BRIEF "Min-Expires: 4294967296\r\n\r\n"},
		{0, TOO_BRIEF "Min-Expires: 60\r\n\r\n"},
	};
	struct arena arena = {0};
	struct user *user;
	struct stage s;

	stage_init(&s, false);
	user = user_new(s.core, "alice", 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct draft draft = registering(user, &arena, rows[i].expires);

		cr_expect_not(longer(user, &draft, rows[i].answer), "row %zu", i);
		draft_remove(&draft, "Expires");
		cr_expect_not(longer(user, &draft, TOO_BRIEF "Min-Expires: 60\r\n\r\n"));
	}
	arena_done(&arena);
	user_free(user);
	stage_done(&s);
}

Test(harness_core, large_requests_go_by_tcp_where_they_may)
{
	struct stage s;
	struct user *user;

	for (int may = 0; may < 2; may++) {
		stage_init(&s, may);
		user = user_new(s.core, "alice", 1);
		send_publish(&s, user, 0);
		cr_expect_eq(s.transport, NET_UDP);
		cr_expect_lt(s.got.len, 1300);
		send_publish(&s, user, 600);
		cr_expect_eq(s.transport, may ? NET_TCP : NET_UDP);
		cr_expect_eq(has(&s.got, "Via: SIP/2.0/TCP 127.0.0.1:5060;"), may);
		user_free(user);
		stage_done(&s);
	}
}

/* RFC 3263 4.1: who is told no transport would answer by UDP. */
Test(harness_core, its_addresses_say_by_which_transport)
{
	static const struct {
		enum net_transport transport;
		const char *end;
	} rows[] = {{NET_UDP, "@127.0.0.1:5060"}, {NET_TCP, "@127.0.0.1:5060;transport=tcp"}};
	struct net_addr target = loopback4(5070);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char contact[80], route[80];
		struct stage s;
		struct user *user;

		stage_init(&s, false);
		core_set_target(s.core, &target, rows[i].transport, false);
		user = user_new(s.core, "alice", 1);
		snprintf(contact, sizeof(contact), "sip:ue-alice-000000001%s", rows[i].end);
		cr_expect_str_eq(user->contact, contact);
		send_publish(&s, user, 0);
		snprintf(route, sizeof(route), "127.0.0.1:5060;lr%s>\r\n", core_transport_text(s.core));
		cr_expect(has(&s.got, route), "%s in %.*s", route, (int)s.got.len, s.got.p);
		user_free(user);
		stage_done(&s);
	}
}

/* --- what the IUT sends --- */

static void answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct stage *s = arg;

	buf_clear(&s->answered);
	buf_add(&s->answered, msg ? msg->raw : slice_of(err->text));
}

static void iut_sends(struct stage *s, const char *method, const char *uri, const char *to)
{
	struct net_addr core = loopback4(5060);
	struct buf text = {0};

	buf_printf(&text,
		   "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK%u\r\n"
		   "From: <sip:im@im.example>;tag=1\r\nTo: <%s>\r\nCall-ID: call-%u\r\nCSeq: 1 %s\r\n"
		   "Contact: <sip:im@127.0.0.1:5070>\r\nContent-Length: 9\r\n\r\n[9] hello",
		   method, uri, s->requests, to, s->requests, method);
	s->requests++;
	cr_assert_eq(endpoint_request(s->iut, &(struct endpoint_request){NET_UDP, &core, buf_slice(&text), answered, s},
				      NULL, NULL),
		     0);
	world_run(s->world);
	buf_done(&text);
}

Test(harness_core, requests_find_their_user)
{
	struct stage s;
	struct user *alice, *bob;

	stage_init(&s, false);
	alice = user_new(s.core, "alice", 1);
	bob = user_new(s.core, "bob", 2);
	iut_sends(&s, "MESSAGE", alice->address, alice->address);
	cr_expect_eq(alice->messages, 0, "it is not one that was deposited");
	user_expect_text(alice, SLICE("hello"));
	user_expect_text(alice, SLICE("another"));
	user_expect_text(bob, SLICE("hello"));
	iut_sends(&s, "MESSAGE", alice->address, alice->address);
	cr_expect_eq(alice->messages, 1);
	iut_sends(&s, "MESSAGE", alice->contact, bob->address);
	cr_expect_eq(alice->messages, 2);
	iut_sends(&s, "MESSAGE", bob->tel, bob->address);
	cr_expect_eq(bob->messages, 1);
	/* a Request-URI of the IUT's own making: To helps */
	iut_sends(&s, "MESSAGE", "sip:127.0.0.1:5060", bob->address);
	cr_expect_eq(bob->messages, 2);
	iut_sends(&s, "MESSAGE", "sip:nobody@im.example", "sip:nobody@im.example");
	cr_expect(has(&s.answered, "SIP/2.0 404 Not Found\r\n"));
	iut_sends(&s, "OPTIONS", "sip:127.0.0.1:5060", "sip:127.0.0.1:5060");
	cr_expect(has(&s.answered, "SIP/2.0 200 OK\r\n"));
	iut_sends(&s, "BYE", "sip:127.0.0.1:5060", "sip:nobody@im.example>;tag=x");
	cr_expect(has(&s.answered, "SIP/2.0 481 "));
	user_free(alice);
	iut_sends(&s, "MESSAGE", "sip:alice-000000001@im.example", "sip:alice-000000001@im.example");
	cr_expect(has(&s.answered, "SIP/2.0 404 Not Found\r\n"));
	user_free(bob);
	stage_done(&s);
}

static void iut_echo(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
	struct stage *s = arg;

	s->requests++;
	endpoint_send(s->iut, path->transport, &path->src, msg->raw, NULL);
}

Test(harness_core, an_echo_is_not_answered)
{
	static const struct endpoint_events echo = {.on_request = iut_echo};
	struct core_config config = {.bind = loopback4(5060), .target = loopback4(5070), .domain = "im.example"};
	struct net_addr bind = loopback4(5070);
	struct stage s = {.world = world_new_virtual(1, NULL)};

	cr_assert_eq(core_new(s.world, &config, &s.core, NULL), 0);
	cr_assert_eq(endpoint_new(s.world, &bind, &echo, &s, &s.iut, NULL), 0);
	cr_assert_eq(core_probe(s.core, PROBE_OPTIONS, told, &s, NULL, NULL), 0);
	world_run(s.world);
	cr_expect_gt(s.requests, 0);
	cr_expect_str_eq(s.told.p, "no final answer to OPTIONS from 127.0.0.1:5070 within 32 s");
	stage_done(&s);
}

Test(harness_core, a_push_is_answered_by_plan)
{
	static const struct user_answer answers[] = {
		{.status = 180, .allow = "INVITE, BYE"},
		{.status = 486, .after = 5 * MS, .headers = {"X-Why: he talks"}},
	};
	const struct user_plan plan = {answers, sizeof(answers) / sizeof(answers[0])};
	struct user *alice;
	struct stage s;

	stage_init(&s, false);
	alice = user_new(s.core, "alice", 1);
	cr_assert(user_plan_add(alice, &plan, false));
	iut_sends(&s, "INVITE", alice->address, alice->address);
	cr_expect_eq(alice->pushes, 1);
	cr_expect_eq(alice->ended, 1);
	cr_expect(has(&s.answered, "SIP/2.0 486 Busy Here\r\n"));
	cr_expect(has(&s.answered, "\r\nX-Why: he talks\r\n"));
	cr_expect_not(has(&s.answered, "Allow:"));
	user_free(alice);
	stage_done(&s);
}

Test(harness_core, the_fifth_plan_is_one_too_many)
{
	struct user_plan plan = {.count = 0};
	struct user *alice;
	struct stage s;

	stage_init(&s, false);
	alice = user_new(s.core, "alice", 1);
	cr_assert(user_plan_add(alice, &plan, false));
	for (int i = 1; i < USER_PLANS_MAX; i++)
		cr_assert(user_plan_add(alice, &plan, true));
	cr_assert_not(user_plan_add(alice, &plan, true));
	user_free(alice);
	stage_done(&s);
}

Test(harness_core, drafts_change_drop_and_add_lines)
{
	struct arena arena = {0};
	struct draft draft = {.arena = &arena, .method = "PUBLISH", .uri = SLICE("sip:a@b")};
	struct buf text = {0};

	for (int i = 0; i < 40; i++)
		draft_printf(&draft, i % 2 ? "X-Odd" : "X-Even", "%d", i);
	draft_set(&draft, "x-even", SLICE("first"));
	draft_remove(&draft, "X-ODD");
	draft_add_raw(&draft, SLICE("o : raw\r\n  folded"));
	draft_write(&draft, &text);
	cr_assert_str_eq(
		text.p, "PUBLISH sip:a@b SIP/2.0\r\nx-even: first\r\no : raw\r\n  folded\r\nContent-Length: 0\r\n\r\n");
	buf_done(&text);
	arena_done(&arena);
}

Test(harness_core, a_port_in_use_is_told)
{
	struct core_config config = {.bind = loopback4(5060), .target = loopback4(5070), .domain = "im.example"};
	struct core *other;
	struct stage s;
	struct err err;

	stage_init(&s, false);
	cr_assert_eq(core_new(s.world, &config, &other, &err), -EADDRINUSE);
	cr_assert_str_eq(err.text, "cannot bind 127.0.0.1:5060: Address already in use");
	stage_done(&s);
}
