/* SPDX-License-Identifier: MIT
 *
 * Whose a message is: by the identities in it, by what the core asserts, and by the place from which he registered. */
#include "trace/ledger_feed.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const struct profile profile = {.feature_tag = "+g.oma.sip-im", .event = "poc-settings"};
static struct chapter *chapters[8];
static size_t count;
static uint64_t now;
static struct arena spare;
static struct ledger *ledger;

static void keep(void *arg, struct chapter *chapter)
{
	cr_assert_lt(count, 8);
	chapters[count++] = chapter;
}

static void begin(bool from_start)
{
	const struct ledger_config config = {.profile = &profile, .on_chapter = keep, .from_start = from_start};

	count = 0;
	now = 1000000000ull;
	ledger = ledger_new(&config);
}

static void end(void)
{
	while (count)
		chapter_free(chapters[--count]);
	ledger_free(ledger);
	arena_done(&spare);
}

/* Ends it; the last of its chapters, of which there are so many. */
static struct flow *finished(size_t chapter_count)
{
	ledger_finish(ledger, now);
	cr_assert_eq(count, chapter_count, "%zu", count);
	return chapter_flow(chapters[count - 1], &spare);
}

static void say_from(uint16_t port, const char *head)
{
	feed_text(ledger, now += 10000000, port, head);
}

static void say_text(const char *head)
{
	say_from(5060, head);
}

#define IDS(n, method)                                                                                                 \
	"Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK" #n "\nCall-ID: " #n "\nCSeq: 1 " #method "\nMax-Forwards: 70\n"

/* Published under a number, of which nothing was seen before: his other identity is beside it (RFC 3325 9.1), or the
 * core names him whom it serves (RFC 5502). */
Test(trace_ledger_names, an_identity_beside_a_known_one_is_the_same_users)
{
	static const char *const beside[] = {
		"P-Asserted-Identity: <tel:+1-555>\nP-Asserted-Identity: <sip:alice@im.example>\n",
		"P-Asserted-Identity: <tel:+1-555>\nP-Served-User: <sip:alice@im.example>;sescase=orig\n"};
	char text[512];

	for (unsigned i = 0; i < 2; i++) {
		struct flow *flow;

		begin(false);
		say_text("REGISTER sip:as SIP/2.0\nFrom: <sip:scscf>;tag=1\nTo: <sip:alice@im.example>\n" IDS(
			1, REGISTER));
		snprintf(text, sizeof(text),
			 "PUBLISH tel:+1555 SIP/2.0\nFrom: <tel:+1555>;tag=2\nTo: <tel:+1555>\nEvent: "
			 "poc-settings\n%s" IDS(2, PUBLISH),
			 beside[i]);
		say_text(text);
		flow = finished(1);
		cr_expect_eq(flow->count, 2);
		cr_expect(flow_has_identity(flow, SLICE("+1555")));
		flow_free_to(flow, &spare);
		end();
	}
}

#define PUBLISHES_NUMBER                                                                                               \
	"PUBLISH tel:+1555 SIP/2.0\nFrom: <tel:+1-555>;tag=2\nTo: <tel:+1555>\nEvent: poc-settings\n" IDS(9, PUBLISH)
#define REGISTERS(user, n)                                                                                             \
	"REGISTER sip:im.example SIP/2.0\nFrom: <sip:" user "@im.example>;tag=1\nTo: <sip:" user                       \
	"@im.example>\n" IDS(n, REGISTER)

/* 5.2.2, NOTE 3: a number may be registered along with another identity. */
Test(trace_ledger_names, a_number_is_his_who_has_registered_from_there)
{
	begin(false);
	say_text(REGISTERS("alice", 1));
	say_text(PUBLISHES_NUMBER);
	ledger_finish(ledger, now);
	cr_assert_eq(count, 1);
	end();
}

static void publish_from(uint16_t port, const char *more, const char *from)
{
	char text[512];

	begin(true);
	say_from(5060, REGISTERS("alice", 1));
	say_from(5062, REGISTERS("bob", 2));
	snprintf(text, sizeof(text),
		 "PUBLISH sip:bob@im.example SIP/2.0\nFrom: <sip:%s@im.example>;tag=2\nTo: <sip:bob@im.example>\n%s"
		 "Event: poc-settings\n" IDS(9, PUBLISH),
		 from, more);
	say_from(port, text);
	ledger_finish(ledger, now);
	cr_assert_eq(count, 2);
}

/* That her client has taken the wrong address is her client's fault (5.2.4, step 2); what the server made of it is open
 * for both. */
Test(trace_ledger_names, who_publishes_to_anothers_address_from_her_own_place_is_herself)
{
	static const char *const more[] = {"", "P-Preferred-Identity: <sip:alice@im.example>\n"};
	static const char *const from[] = {"alice", "someone"};

	for (unsigned i = 0; i < 2; i++) {
		publish_from(5060, more[i], from[i]);
		for (unsigned k = 0; k < 2; k++) {
			struct flow *flow = chapter_flow(chapters[k], &spare);
			cr_expect_eq(flow->count, flow_has_identity(flow, SLICE("alice@im.example")) ? 2 : 1);
			cr_expect(flow->gaps & FLOW_GAP_NAMED);
			flow_free_to(flow, &spare);
		}
		end();
	}
}

Test(trace_ledger_names, who_publishes_to_anothers_address_from_elsewhere_is_not_known)
{
	static const struct {
		uint16_t port;
		const char *from;
	} cases[] = {{5062, "alice"}, {5099, "alice"}, {5060, "bob"}};

	for (unsigned i = 0; i < 3; i++) {
		publish_from(cases[i].port, "", cases[i].from);
		for (unsigned k = 0; k < 2; k++) {
			struct flow *flow = chapter_flow(chapters[k], &spare);
			cr_expect_eq(flow->count, flow_has_identity(flow, SLICE("bob@im.example")) ? 2 : 1, "%u", i);
			cr_expect_not(flow->gaps & FLOW_GAP_NAMED);
			flow_free_to(flow, &spare);
		}
		end();
	}
}

/* Behind what hides its clients, it may be somebody else's who was there before. */
Test(trace_ledger_names, a_number_is_not_his_that_has_published_before)
{
	begin(true);
	say_text(REGISTERS("alice", 1));
	say_text("PUBLISH tel:+1555 SIP/2.0\nFrom: <tel:+1-555>;tag=2\nTo: <tel:+1555>\nEvent: poc-settings\n"
		 "SIP-If-Match: e1\n" IDS(9, PUBLISH));
	ledger_finish(ledger, now);
	cr_expect_eq(count, 2);
	end();
}

Test(trace_ledger_names, a_number_is_not_his_who_has_published_under_his_name)
{
	begin(false);
	say_text(REGISTERS("alice", 1));
	say_text("PUBLISH sip:alice@im.example SIP/2.0\nFrom: <sip:alice@im.example>;tag=2\n"
		 "To: <sip:alice@im.example>\nEvent: poc-settings\n" IDS(8, PUBLISH));
	say_text(PUBLISHES_NUMBER);
	ledger_finish(ledger, now);
	cr_assert_eq(count, 2);
	cr_expect_eq(chapter_message_count(chapters[0]), 2);
	end();
}

static void two_users_when(uint16_t bobs_port, uint16_t publish_port)
{
	begin(false);
	say_text(REGISTERS("alice", 1));
	say_from(bobs_port, REGISTERS("bob", 2));
	say_from(publish_port, PUBLISHES_NUMBER);
	ledger_finish(ledger, now);
}

Test(trace_ledger_names, a_number_is_nobodys_where_several_have_registered)
{
	two_users_when(5060, 5060);
	cr_expect_eq(count, 3);
	end();
	two_users_when(5062, 5062);
	cr_expect_eq(count, 2);
	end();
	two_users_when(5062, 5064);
	cr_expect_eq(count, 3);
	end();
	begin(false); /* of the core's REGISTERs all come from there */
	say_text("REGISTER sip:as SIP/2.0\nFrom: <sip:scscf>;tag=1\nTo: <sip:alice@im.example>\n" IDS(1, REGISTER));
	say_text(PUBLISHES_NUMBER);
	ledger_finish(ledger, now);
	cr_expect_eq(count, 2);
	end();
}

/* Who moves leaves no trace at the old place. */
Test(trace_ledger_names, a_number_is_looked_for_where_the_user_is_now)
{
	begin(false);
	say_text(REGISTERS("alice", 1));
	say_from(5070, REGISTERS("alice", 2));
	say_text(REGISTERS("bob", 3));
	say_text(PUBLISHES_NUMBER);
	ledger_finish(ledger, now);
	cr_assert_eq(count, 2);
	cr_expect_eq(chapter_message_count(chapters[0]) + chapter_message_count(chapters[1]), 4);
	cr_expect_eq(chapter_message_count(chapters[0]), 2);
	end();
}

static uint32_t gaps_of_first(const char *one, const char *other)
{
	struct flow *flow;
	uint32_t gaps;

	begin(true);
	say_text(one);
	if (other)
		say_text(other);
	flow = finished(1);
	gaps = flow->gaps;
	flow_free_to(flow, &spare);
	end();
	return gaps;
}

#define REPORTED "REGISTER sip:as SIP/2.0\nFrom: <sip:scscf>;tag=1\nTo: <sip:alice@im.example>\n" IDS(1, REGISTER)
#define INVITED                                                                                                        \
	"INVITE sip:alice@im.example SIP/2.0\nFrom: <sip:im@im.example>;tag=1\nTo: <sip:alice@im.example>\n" IDS(      \
		3, INVITE)
#define PUBLISHES_NAME                                                                                                 \
	"PUBLISH sip:alice@im.example SIP/2.0\nFrom: <sip:alice@im.example>;tag=2\nTo: "                               \
	"<sip:alice@im.example>\nEvent: "                                                                              \
	"poc-settings\n" IDS(8, PUBLISH)

/* What is missing of alice's. Ends the ledger. */
static uint32_t alices_gaps(void)
{
	uint32_t gaps = 0;

	ledger_finish(ledger, now);
	for (size_t i = 0; i < count; i++) {
		struct flow *flow = chapter_flow(chapters[i], &spare);

		if (flow_has_identity(flow, SLICE("alice@im.example")))
			gaps |= flow->gaps;
		flow_free_to(flow, &spare);
	}
	end();
	return gaps;
}

/* At the server's hop alone nothing tells whose the number is that published, but that it may be his who gets a push.
 */
Test(trace_ledger_names, a_number_may_be_his_who_is_pushed_to)
{
	static const struct {
		const char *messages[6];
		uint32_t gaps;
	} rows[] = {
		{{REPORTED, PUBLISHES_NUMBER, INVITED}, FLOW_GAP_NAMED},
		{{REPORTED, PUBLISHES_NUMBER}, 0},
		{{REPORTED, INVITED}, 0},
		{{REPORTED, INVITED, PUBLISHES_NUMBER}, 0},
		{{PUBLISHES_NUMBER, REPORTED, INVITED}, 0},
		{{REPORTED, PUBLISHES_NUMBER, PUBLISHES_NAME, INVITED}, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(true);
		for (const char *const *message = rows[i].messages; *message; message++)
			say_text(*message);
		cr_expect_eq(alices_gaps(), rows[i].gaps, "row %zu", i);
	}
}

#define WRITES_TO_NUMBER                                                                                               \
	"MESSAGE tel:+1555 SIP/2.0\nFrom: <sip:bob@im.example>;tag=3\nTo: <tel:+1555>\n" IDS(6, MESSAGE)

/* Nor whose it is that was written to: who is known to have begun with nothing may have that. */
Test(trace_ledger_names, what_was_written_to_a_number_may_be_his_who_is_pushed_to)
{
	static const struct {
		const char *messages[6];
		bool from_start;
		uint32_t gaps;
	} rows[] = {
		{{WRITES_TO_NUMBER, REPORTED, PUBLISHES_NAME, INVITED}, true, FLOW_GAP_NAMED},
		{{WRITES_TO_NUMBER, REPORTED, PUBLISHES_NAME}, true, 0},
		{{REPORTED, PUBLISHES_NAME, INVITED, WRITES_TO_NUMBER}, true, 0},
		{{WRITES_TO_NUMBER, REPORTED, REGISTERS("alice", 4), INVITED}, true, 0},
		{{WRITES_TO_NUMBER, REPORTED, PUBLISHES_NAME, INVITED}, false, FLOW_GAP_START},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].from_start);
		for (const char *const *message = rows[i].messages; *message; message++)
			say_text(*message);
		cr_expect_eq(alices_gaps(), rows[i].gaps, "row %zu", i);
	}
}

/* His client's own registration would have told. */
Test(trace_ledger_names, a_number_is_not_his_whose_registration_was_seen)
{
	begin(true);
	say_text(REPORTED);
	say_text(REGISTERS("alice", 4));
	say_from(5062, PUBLISHES_NUMBER);
	say_text(INVITED);
	cr_expect_eq(alices_gaps(), 0);
}

/* He was written to under his number before he came, and before anybody could know whose it is. */
Test(trace_ledger_names, a_number_that_was_heard_of_is_found_to_be_his)
{
	static const char deposit[] =
		"MESSAGE tel:+1555 SIP/2.0\nFrom: <sip:bob@im.example>;tag=1\nTo: <tel:+1555>\n" IDS(7, MESSAGE);
	struct flow *flow;

	for (unsigned asserted = 0; asserted < 2; asserted++) {
		begin(false);
		say_text(deposit);
		say_text(REGISTERS("alice", 1));
		say_from(asserted ? 5062 : 5060, asserted ? PUBLISHES_NUMBER
							 "P-Asserted-Identity: <tel:+1555>, <sip:alice@im.example>\n"
							  : PUBLISHES_NUMBER);
		flow = finished(2);
		cr_expect_eq(flow->count, 2);
		cr_expect(flow_has_identity(flow, SLICE("+1555")));
		cr_expect(flow->gaps & FLOW_GAP_NAMED);
		flow_free_to(flow, &spare);
		end();
	}
}

/* Of a number that was never registered nobody knows what was seen of it under another name. */
Test(trace_ledger_names, a_number_may_be_somebody_else)
{
	static const char deposit[] =
		"MESSAGE tel:+1555 SIP/2.0\nFrom: <sip:bob@im.example>;tag=1\nTo: <tel:+1555>\n" IDS(1, MESSAGE),
			  reported[] = "REGISTER sip:as SIP/2.0\nFrom: <sip:scscf>;tag=1\nTo: <tel:+1555>\n" IDS(
				  2, REGISTER);

	cr_expect_eq(gaps_of_first(deposit, NULL), 0);
	cr_expect_eq(gaps_of_first(PUBLISHES_NUMBER, NULL), FLOW_GAP_NAMED);
	cr_expect_eq(gaps_of_first(deposit, PUBLISHES_NUMBER), FLOW_GAP_NAMED);
	cr_expect_eq(gaps_of_first(reported, PUBLISHES_NUMBER), 0);
}

#define CALLS_NOTHING(user)                                                                                            \
	"PUBLISH sip:" user "@im.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK" user "\nFrom: <sip:" user  \
	"@im.example>;tag=1\nTo: <sip:" user "@im.example>\nCSeq: 1 PUBLISH\nEvent: poc-settings\n"

/* What has no Call-ID is not of the call of another that has none. */
Test(trace_ledger_names, no_call_is_no_common_call)
{
	begin(true);
	say_text(CALLS_NOTHING("alice"));
	say_text(CALLS_NOTHING("bob"));
	ledger_finish(ledger, now);
	cr_assert_eq(count, 2);
	end();
}

/* Nothing else is known of him: To says the same as From, and the Request-URI is what is wrong. */
Test(trace_ledger_names, who_publishes_to_a_wrong_address_is_himself)
{
	struct flow *flow;

	begin(false);
	say_text("PUBLISH sip:settings@as.example SIP/2.0\nFrom: <sip:alice@im.example>;tag=2\n"
		 "To: <sip:alice@im.example>\nEvent: poc-settings\n" IDS(8, PUBLISH));
	flow = finished(1);
	cr_expect(slice_is(flow->user, "sip:alice@im.example"));
	cr_expect_not(flow_has_identity(flow, SLICE("settings@as.example")));
	flow_free_to(flow, &spare);
	end();
}

/* --- a name that turns out to be his --- */

#define STORED                                                                                                         \
	"SIP/2.0 202 Accepted\nFrom: <sip:bob@im.example>;tag=3\nTo: <tel:+1555>;tag=4\n"                              \
	"Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK6\nCall-ID: 6\nCSeq: 1 MESSAGE\n"
#define REGISTERED                                                                                                     \
	"SIP/2.0 200 OK\nFrom: <sip:alice@im.example>;tag=1\nTo: <sip:alice@im.example>;tag=5\n"                       \
	"P-Associated-URI: <sip:alice@im.example>, <tel:+1555>\n"                                                      \
	"Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\nCall-ID: 1\nCSeq: 1 REGISTER\n"

/* What became of his number before he registered belongs to his story: nothing is missing. */
Test(trace_ledger_names, what_was_stored_for_a_number_is_remembered_of_who_registers_it)
{
	const struct state stored = {.waiting = TRI_YES};
	struct flow *flow;

	begin(false);
	say_text(WRITES_TO_NUMBER);
	say_text(STORED);
	now += 1000000000;
	say_text(REGISTERS("alice", 1));
	cr_assert_eq(count, 1);
	say_text(REGISTERED);
	ledger_finish(ledger, now);
	cr_assert_eq(count, 2);
	cr_expect_eq(chapter_last(chapters[0]), chapter_last(chapters[1]));
	cr_expect_eq(chapter_user_hash(chapters[0]), chapter_user_hash(chapters[1]));
	chapter_keep(chapters[0], &stored);
	flow = chapter_flow(chapters[1], &spare);
	cr_expect(slice_is(flow->user, "sip:alice@im.example"));
	cr_expect_eq(flow->begin.waiting, TRI_YES);
	cr_expect_eq(flow->gaps, 0);
	flow_free_to(flow, &spare);
	end();
}

/* One of them is not over yet: each lacks what the other one has. */
Test(trace_ledger_names, two_stories_at_once_are_both_in_doubt)
{
	begin(false);
	say_text(WRITES_TO_NUMBER);
	say_text(REGISTERS("alice", 1));
	say_text(REGISTERED);
	ledger_finish(ledger, now);
	cr_assert_eq(count, 2);
	for (size_t i = 0; i < count; i++) {
		struct flow *flow = chapter_flow(chapters[i], &spare);
		cr_expect_eq(flow->gaps, FLOW_GAP_START | FLOW_GAP_NAMED);
		flow_free_to(flow, &spare);
	}
	end();
}
