/* SPDX-License-Identifier: MIT
 *
 * What is filed comes back as it was. */
#include "trace/ledger_feed.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "body/settings_default.h"
#include "tools/capture_gen.h"

#include <criterion/criterion.h>

static struct profile profile = {.feature_tag = "+g.oma.sip-im", .event = "poc-settings"};
static struct chapter *chapter;
static uint64_t now;
static struct arena spare;
static struct ledger *ledger;
static struct flow *flow;

static void take(void *arg, struct chapter *it)
{
	cr_assert_null(chapter);
	chapter = it;
}

static void begin(void)
{
	struct ledger_config config = {.profile = &profile, .on_chapter = take};

	profile.settings = *settings_profile_default();
	ledger = ledger_new(&config);
	now = 1000000000ull;
}

static void file(struct slice bytes, const struct event_path *path)
{
	const struct wire_message message = {.time = now += 10000000, .path = *path, .bytes = bytes};

	feed_message(ledger, &message);
}

static void read_again(size_t count)
{
	ledger_finish(ledger, now);
	cr_assert_not_null(chapter);
	flow = chapter_flow(chapter, &spare);
	cr_assert_eq(flow->count, count);
}

static void end(void)
{
	flow_free_to(flow, &spare);
	chapter_free(chapter);
	chapter = NULL;
	ledger_free(ledger);
	arena_done(&spare);
}

static void is_as_filed(const struct event *event, struct slice bytes)
{
	struct event_marks marks = event_marks_of(&event->msg);

	cr_expect(slice_eq(event->msg.raw, bytes), "%.*s", SLICE_F(event->msg.raw));
	cr_expect(event->marks.call == marks.call && event->marks.hop == marks.hop);
	cr_expect(event->marks.key == marks.key && event->marks.cseq == marks.cseq);
	cr_expect(slice_eq(event->marks.branch, marks.branch));
}

Test(trace_ledger_record, a_session)
{
	const struct gen_session one = {.number = 1};
	struct event_path path = {.transport = NET_UDP};
	struct buf bytes = {0};

	begin();
	for (unsigned i = 0; i < GEN_MESSAGES; i++) {
		buf_clear(&bytes);
		gen_message(&one, i, &bytes, &path.src, &path.dst);
		file(buf_slice(&bytes), &path);
	}
	read_again(GEN_MESSAGES);
	for (unsigned i = 0; i < GEN_MESSAGES; i++) {
		buf_clear(&bytes);
		gen_message(&one, i, &bytes, &path.src, &path.dst);
		is_as_filed(flow->events[i], buf_slice(&bytes));
	}
	buf_done(&bytes);
	end();
}

#define START "MESSAGE sip:a@im.example SIP/2.0\r\n"
#define VIA   "SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
#define FROM  "<sip:b@im.example>;tag=1\r\n"
#define TO    "<sip:a@im.example>"

/* Whatever the order of the lines, however many there are of one header, and in whatever way they are written. */
Test(trace_ledger_record, lines_in_any_order)
{
	static const char *const texts[] = {
		START "Call-ID: one\r\nTo: " TO "\r\nFrom: " FROM "Via: " VIA
		      "Via: SIP/2.0/UDP g\r\nCSeq: 1 MESSAGE\r\n\r\n",
		"SIP/2.0 200 OK\r\nVia: " VIA "From: " FROM "To: " TO
		";tag=2\r\nCall-ID: one\r\nCSeq: 1 MESSAGE\r\n\r\n",
		START "v: " VIA "Via:SIP/2.0/UDP  g\r\nf: " FROM "t: " TO ";tag=2\r\ni: one\r\nCSeq: 2 MESSAGE\r\n\r\n",
		START "Via: " VIA "To: " TO ";tag=2\r\nCall-ID: one\r\nCSeq: 3 MESSAGE\r\nFrom: " FROM "\r\nbody",
		START "From: " FROM "To:\r\nCall-ID: one\r\nVia: " VIA "CSeq: 4 MESSAGE\r\n\r\n",
	};
	const struct event_path path = {.transport = NET_UDP};

	begin();
	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		file(slice_of(texts[i]), &path);
	read_again(sizeof(texts) / sizeof(*texts));
	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		is_as_filed(flow->events[i], slice_of(texts[i]));
	end();
}

/* With this secret all values of To have one hash. */
Test(trace_ledger_record, values_that_share_a_hash_stay_apart_by_their_length)
{
	static const char *const texts[] = {
		START "To: " TO "\r\nFrom: " FROM "CSeq: 1 MESSAGE\r\n\r\n",
		START "To: " TO ";tag=2\r\nFrom: " FROM "CSeq: 2 MESSAGE\r\n\r\n",
		START "To: <sip:a@im.example>;tag=22\r\nFrom: " FROM "CSeq: 3 MESSAGE\r\n\r\n",
	};
	const struct event_path path = {.transport = NET_UDP};

	hash_seed((const uint64_t[HASH_SECRETS]){5, 7, ('r' << 8) + 2});
	cr_assert_eq(hash_slice(SLICE("a"), ('r' << 8) + 2), hash_slice(SLICE("bc"), ('r' << 8) + 2));
	begin();
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++)
		file(slice_of(texts[i]), &path);
	read_again(ARRAY_LEN(texts));
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++)
		is_as_filed(flow->events[i], slice_of(texts[i]));
	end();
}
