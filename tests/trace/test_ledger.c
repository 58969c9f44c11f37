/* SPDX-License-Identifier: MIT
 *
 * Where chapters end, what is carried from one to the next, and what limits do. */
#include "trace/ledger_feed.h"
#include "body/settings_default.h"
#include "base/mem.h"
#include "net/addr.h"
#include "tools/capture_gen.h"
#include "trace/ledger_parts.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { CHAPTERS_MAX = 128 };

static struct profile profile = {.feature_tag = "+g.oma.sip-im",
				 .event = "poc-settings",
				 .metadata_events = {"sip-profile"},
				 .metadata_type = "application/list+xml",
				 .metadata_auid = "deferred"};
static struct chapter *chapters[CHAPTERS_MAX];
static size_t count;
static uint64_t now;
static struct arena spare;
static struct ledger *ledger;

static void take(void *arg, struct chapter *chapter)
{
	cr_assert_lt(count, CHAPTERS_MAX);
	chapters[count++] = chapter;
}

static void begin(const struct ledger_config *limits)
{
	struct ledger_config config = limits ? *limits : (struct ledger_config){0};

	profile.settings = *settings_profile_default();
	config.profile = &profile;
	config.on_chapter = take;
	ledger = ledger_new(&config);
	now = 1000000000ull;
	count = 0;
}

static void end(void)
{
	for (size_t i = 0; i < count; i++)
		chapter_free(chapters[i]);
	ledger_free(ledger);
	arena_done(&spare);
}

static void say(const struct gen_session *session, unsigned from, unsigned to)
{
	struct buf bytes = {0};

	for (unsigned i = from; i < to; i++) {
		struct wire_message message = {.time = now += 10000000};
		buf_clear(&bytes);
		gen_message(session, i, &bytes, &message.path.src, &message.path.dst);
		message.bytes = buf_slice(&bytes);
		message.place.frame = i + 1;
		feed_message(ledger, &message);
	}
	buf_done(&bytes);
}

Test(trace_ledger, a_chapter_ends_when_nothing_is_open)
{
	const struct gen_session one = {.number = 1}, two = {.number = 2};

	begin(NULL);
	say(&one, 0, GEN_MESSAGES);
	cr_expect_eq(count, 0);
	now += 1000000000;
	say(&two, 0, 1);
	cr_assert_eq(count, 1);
	cr_expect_eq(chapter_message_count(chapters[0]), GEN_MESSAGES);
	cr_expect_eq(chapter_number(chapters[0]), 0);
	ledger_finish(ledger, now);
	cr_expect_eq(count, 2);
	cr_expect_eq(ledger_stats(ledger)->users, 2);
	end();
}

static void say_late(const struct gen_session *session, unsigned late)
{
	say(session, 0, late);
	say(session, late + 1, GEN_MESSAGES);
	say(session, late, late + 1);
}

enum { REGISTERED = 5, REPORTED = 7, PUBLISHED = 10 }; /* answers: to the client, to the core, and of the server */

/* Connections and points of capture have queues of their own. Nothing is owed that has been done. */
Test(trace_ledger, an_answer_that_is_seen_behind_all_that_follows_does_not_keep_it)
{
	static const unsigned late[] = {REGISTERED, REPORTED, PUBLISHED};

	for (uint32_t i = 0; i < ARRAY_LEN(late); i++) {
		const struct gen_session one = {.number = 2 * i}, two = {.number = 2 * i + 1};
		begin(NULL);
		say_late(&one, late[i]);
		now += 1000000000;
		say(&two, 0, 1);
		cr_expect_eq(count, 1, "answer %u", late[i]);
		ledger_finish(ledger, now);
		end();
	}
}

Test(trace_ledger, an_open_dialog_keeps_it)
{
	const struct gen_session one = {.number = 1}, two = {.number = 2};

	begin(NULL);
	say(&one, 0, GEN_MESSAGES - 2); /* no BYE */
	now += 3600ull * 1000000000;
	say(&two, 0, 1);
	cr_expect_eq(count, 0);
	now += 7200ull * 1000000000;
	say(&two, 1, 2);
	cr_expect_eq(count, 2); /* the dialog was given up, and so was the deposit whose answer came too late */
	ledger_finish(ledger, now);
	end();
}

enum { TO_PUBLISH = 12 }; /* the messages of a session up to the answers to its PUBLISH */

/* Nobody can tell a server that pushes nothing from one that is down, until it speaks. */
Test(trace_ledger, a_silence_waits_for_a_sign_of_life)
{
	const struct gen_session one = {.number = 1}, two = {.number = 2};

	begin(NULL);
	say(&one, 0, TO_PUBLISH);
	now += 100ull * 1000000000;
	say(&two, 0, 1); /* of the core */
	cr_expect_eq(count, 0);
	now += 7200ull * 1000000000;
	say(&two, 1, 2);
	cr_expect_gt(count, 0);
	ledger_finish(ledger, now);
	end();
}

/* Nothing at all was seen for longer than anything waits: what is over is the one that waited. */
Test(trace_ledger, a_silence_of_hours_ends_the_chapter_and_no_other)
{
	const struct gen_session one = {.number = 1}, two = {.number = 2};

	begin(NULL);
	say(&one, 0, TO_PUBLISH);
	now += 7300ull * 1000000000;
	say(&two, 0, 1);
	cr_expect_eq(count, 1);
	ledger_finish(ledger, now);
	cr_expect_eq(count, 2);
	end();
}

static void add(const char *head, const char *src, const char *dst, const char *body)
{
	struct wire_message message = {.time = now += 10000000};
	struct buf bytes = {0};

	buf_printf(&bytes, "%sContent-Length: %zu\r\n\r\n%s", head, strlen(body), body);
	message.bytes = buf_slice(&bytes);
	net_addr_parse(slice_of(src), 0, &message.path.src, NULL);
	net_addr_parse(slice_of(dst), 0, &message.path.dst, NULL);
	feed_message(ledger, &message);
	buf_done(&bytes);
}

#define IDS(method)                                                                                                    \
	"Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK" method "\r\nFrom: <sip:alice@im.example>;tag=a\r\n"                 \
	"To: <sip:alice@im.example>\r\nCall-ID: " method "\r\nCSeq: 1 " method "\r\n"
#define METADATA "Event: sip-profile\r\nAccept: application/list+xml\r\nExpires: 600\r\n"
#define OFF      "<offline-delivery active=\"false\"/>"

/* The client's part is done when it has subscribed; the server's is to be silent. */
Test(trace_ledger, a_silence_waits_behind_the_subscription)
{
	const struct gen_session two = {.number = 2};
	const char *core = "10.0.0.1:5060", *server = "10.0.0.2:5060";

	begin(NULL);
	add("PUBLISH sip:alice@im.example SIP/2.0\r\nEvent: poc-settings\r\n" IDS("PUBLISH"), core, server, OFF);
	add("SIP/2.0 200 OK\r\n" IDS("PUBLISH"), server, core, "");
	add("SUBSCRIBE sip:alice@im.example SIP/2.0\r\n" METADATA IDS("SUBSCRIBE"), core, server, "");
	add("SIP/2.0 200 OK\r\n" IDS("SUBSCRIBE"), server, core, "");
	now += 10ull * 1000000000;
	say(&two, 0, 1);
	cr_expect_eq(count, 0);
	ledger_finish(ledger, now);
	end();
}

/* What is published for another service is not what a client owes that has registered. */
Test(trace_ledger, a_silence_waits_behind_what_is_no_settings)
{
	const struct gen_session two = {.number = 2};
	const char *client = "10.0.0.3:5060", *core = "10.0.0.1:5060";

	begin(NULL);
	add("REGISTER sip:im.example SIP/2.0\r\nContact: <sip:a@10.0.0.3>;+g.oma.sip-im\r\n" IDS("REGISTER"), client,
	    core, "");
	add("SIP/2.0 200 OK\r\n" IDS("REGISTER"), core, client, "");
	add("PUBLISH sip:alice@im.example SIP/2.0\r\nEvent: presence\r\n" IDS("PUBLISH"), client, core, "");
	add("SIP/2.0 200 OK\r\n" IDS("PUBLISH"), core, client, "");
	now += 2000ull * 1000000000;
	say(&two, 0, 1);
	cr_expect_eq(count, 0);
	add("PUBLISH sip:alice@im.example SIP/2.0\r\nEvent: poc-settings\r\n" IDS("PUBLISH"), client, core, "");
	now += 2000ull * 1000000000;
	say(&two, 1, 2);
	cr_expect_eq(count, 1);
	ledger_finish(ledger, now);
	end();
}

Test(trace_ledger, a_silence_ends_where_the_server_lives)
{
	const struct gen_session one = {.number = 1}, two = {.number = 2};

	begin(NULL);
	say(&one, 0, TO_PUBLISH);
	now += 10ull * 1000000000;
	say(&two, 0, 2); /* the server answers */
	now += 100ull * 1000000000;
	say(&two, 2, 3);
	cr_expect_gt(count, 0);
	ledger_finish(ledger, now);
	end();
}

Test(trace_ledger, repetitions_of_an_ended_chapter_begin_no_other)
{
	const struct gen_session one = {.number = 1}, two = {.number = 2};

	begin(NULL);
	say(&one, 0, GEN_MESSAGES);
	now += 1000000000;
	say(&two, 0, 2);
	cr_assert_eq(count, 1);
	say(&one, GEN_MESSAGES - 1, GEN_MESSAGES);
	now += 1000000000;
	ledger_finish(ledger, now);
	cr_expect_eq(count, 2);
	end();
}

/* However the keys fall: with many, some share a place. */
Test(trace_ledger, what_is_known_of_late_does_not_depend_on_hashes)
{
	enum { KEYS = 60000 };
	static struct recent_table table;
	uint64_t rng = 1;

	for (uint32_t i = 0; i < 3 * KEYS; i++)
		recent_note(&table, rng_next(&rng), i);
	rng = 1;
	for (uint32_t i = 0; i < 3 * KEYS; i++) {
		uint32_t known = i < 3 * KEYS - RECENT_COUNT ? 0 : i + 1;
		cr_assert_eq(recent_chapter(&table, rng_next(&rng)), known, "%u", i);
	}
	for (uint32_t i = 0; i < 3; i++)
		recent_note(&table, i * RECENT_COUNT, i);
	for (uint32_t i = 0; i < 3; i++)
		cr_expect_eq(recent_chapter(&table, i * RECENT_COUNT), i + 1);
	cr_expect_eq(recent_chapter(&table, 3 * RECENT_COUNT), 0);
}

static struct flow *flow_at(size_t number)
{
	cr_assert_lt(number, count);
	return chapter_flow(chapters[number], &spare);
}

Test(trace_ledger, a_flow_has_all_identities_and_the_users_name)
{
	const struct gen_session one = {.number = 1};
	struct flow *flow;

	begin(NULL);
	say(&one, 0, GEN_MESSAGES);
	ledger_finish(ledger, now);
	cr_assert_eq(count, 1);
	flow = chapter_flow(chapters[0], &spare);
	cr_expect(slice_is(flow->user, "sip:user1@ims.example"));
	cr_expect(flow_has_identity(flow, SLICE("user1@ims.example")));
	cr_expect(flow_has_identity(flow, SLICE("+441")));
	cr_expect_eq(flow->count, GEN_MESSAGES);
	cr_expect_eq(flow->gaps, FLOW_GAP_START);
	cr_expect_eq(flow->begin.registered, TRI_UNKNOWN);
	cr_expect(flow->im);
	flow_free_to(flow, &spare);
	end();
}

Test(trace_ledger, what_is_known_is_where_the_next_chapter_begins)
{
	const struct gen_session one = {.number = 1};
	const struct publication old = {.etag = SLICE("old"), .end = PUBLICATION_SUPERSEDED};
	const struct publication tag = {.etag = SLICE("tag"), .until = 7, .older = &old};
	const struct state state = {.registered = TRI_YES, .publications = &tag, .call_id = SLICE("call")};
	struct flow *flow;

	begin(NULL);
	say(&one, 0, GEN_MESSAGES);
	ledger_finish(ledger, now);
	chapter_keep(chapters[0], &state);
	say(&(struct gen_session){.number = 1, .fault = GEN_EXPIRES}, 0, 1);
	ledger_finish(ledger, now);
	/* the deposit again is the same message: nothing begins */
	cr_expect_eq(count, 1);
	flow = chapter_flow(chapters[0], &spare);
	cr_expect_eq(flow->begin.registered, TRI_YES);
	cr_expect(slice_is(flow->begin.call_id, "call"));
	cr_expect_eq(state_publication(&flow->begin, SLICE("tag"))->until, 7);
	cr_expect_eq(state_publication(&flow->begin, SLICE("old"))->end, PUBLICATION_SUPERSEDED);
	cr_expect_eq(flow->gaps, 0);
	flow_free_to(flow, &spare);
	end();
}

Test(trace_ledger, limits_end_chapters_as_evicted_and_forget_users)
{
	const struct ledger_config limits = {.open_max = 1, .users_max = 1};
	struct flow *flow;

	begin(&limits);
	for (uint32_t i = 0; i < 4; i++)
		say(&(struct gen_session){.number = i}, 0, 1);
	ledger_finish(ledger, now);
	cr_assert_eq(count, 4);
	cr_expect_eq(ledger_stats(ledger)->evicted, 3);
	cr_expect_geq(ledger_stats(ledger)->forgotten, 2);
	flow = chapter_flow(chapters[0], &spare);
	cr_expect(flow->gaps & FLOW_GAP_EVICTED);
	flow_free_to(flow, &spare);
	end();
}

/* Whoever has many users write much at once does not take all memory. */
Test(trace_ledger, all_open_chapters_together_have_a_limit)
{
	const struct ledger_config limits = {.len_max = 5000};

	begin(&limits);
	for (uint32_t i = 0; i < 100; i++)
		say(&(struct gen_session){.number = i}, 0, 1);
	cr_expect_gt(count, 80);
	cr_expect_lt(count, 98);
	cr_expect_eq(ledger_stats(ledger)->evicted, count);
	cr_expect_eq(chapter_number(chapters[0]), 0);
	ledger_finish(ledger, now);
	cr_expect_eq(count, 100);
	end();
}

Test(trace_ledger, a_gap_holds_for_the_hosts_it_names)
{
	const struct gen_session one = {.number = 1};
	const uint8_t ip[4] = {10, 0, 0, 1}, other[4] = {192, 0, 2, 1};
	const struct net_addr core = net_addr_v4(ip, 1), stranger = net_addr_v4(other, 1);
	struct flow *flow;

	begin(NULL);
	say(&one, 0, 6);
	feed_gap(ledger, now, &core, NULL, FLOW_GAP_LOST);
	feed_gap(ledger, now, &core, &stranger, FLOW_GAP_UNREADABLE);
	ledger_finish(ledger, now);
	flow = chapter_flow(chapters[0], &spare);
	cr_expect_eq(flow->gaps, FLOW_GAP_START | FLOW_GAP_LOST);
	flow_free_to(flow, &spare);
	end();
}

Test(trace_ledger, a_gap_before_a_chapter_is_one_of_what_is_known_at_its_beginning)
{
	const struct net_addr core = net_addr_v4((const uint8_t[]){10, 0, 0, 1}, 1);
	struct flow *flow;

	begin(NULL);
	say(&(struct gen_session){.number = 1}, 0, 6);
	feed_gap(ledger, now += 7300ull * 1000000000, &core, NULL, FLOW_GAP_LOST);
	say(&(struct gen_session){.number = 1}, 6, GEN_MESSAGES);
	ledger_finish(ledger, now);
	cr_expect((flow = flow_at(count - 1))->gaps & FLOW_GAP_LOST);
	flow_free_to(flow, &spare);
	end();
}

Test(trace_ledger, from_the_start_users_begin_with_nothing)
{
	const struct ledger_config told = {.from_start = true};
	const struct net_addr core = net_addr_v4((const uint8_t[]){10, 0, 0, 1}, 1);
	struct flow *flow;

	begin(&told);
	say(&(struct gen_session){.number = 1}, 0, 1);
	feed_gap(ledger, now, &core, NULL, FLOW_GAP_LOST); /* may have hidden what the second user did */
	now += 1000000000;
	say(&(struct gen_session){.number = 2}, 0, GEN_MESSAGES);
	ledger_finish(ledger, now);
	flow = flow_at(count - 1);
	cr_expect_eq(flow->gaps, FLOW_GAP_LOST);
	cr_expect_eq(flow->begin.registered, TRI_NO);
	cr_expect_eq(flow->begin.published, TRI_NO);
	cr_expect_eq(flow->begin.waiting, TRI_NO);
	cr_expect_eq(flow->begin.delivery, DELIVERY_NONE);
	cr_expect(flow->begin.publications_complete);
	flow_free_to(flow, &spare);
	end();
}

/* Whoever comes then may be one of them. */
Test(trace_ledger, after_users_were_forgotten_nobody_begins_with_nothing)
{
	const struct ledger_config told = {.from_start = true, .open_max = 1, .users_max = 1};
	struct flow *flow;

	begin(&told);
	for (uint32_t i = 0; i < 5; i++)
		say(&(struct gen_session){.number = i}, 0, 1);
	ledger_finish(ledger, now);
	cr_assert_gt(ledger_stats(ledger)->forgotten, 0);
	flow = flow_at(0);
	cr_expect_not(flow->gaps & FLOW_GAP_START);
	flow_free_to(flow, &spare);
	flow = flow_at(count - 1);
	cr_expect(flow->gaps & FLOW_GAP_START);
	flow_free_to(flow, &spare);
	end();
}

Test(trace_ledger, what_is_no_sip_is_refused_and_nobodys_is_counted)
{
	struct wire_message message = {.time = 1, .bytes = SLICE("hello\r\n\r\n")};

	begin(NULL);
	feed_message(ledger, &message);
	cr_expect_eq(ledger_stats(ledger)->unreadable, 1);
	message.bytes = SLICE("OPTIONS sip:example.org SIP/2.0\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n");
	feed_message(ledger, &message);
	cr_expect_eq(ledger_stats(ledger)->messages, 1);
	cr_expect_eq(ledger_stats(ledger)->strangers, 1);
	end();
}
