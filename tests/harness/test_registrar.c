/* SPDX-License-Identifier: MIT
 *
 * What the registrar says by itself: how a client behind a NAT learns where it is seen, and that a connection lives. */
#include "harness_test.h"
#include "base/hash.h"
#include "harness/registrar_private.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct raw { /* a client that writes bytes */
	struct world *world;
	struct stream *stream;
	struct buf got;
	const char *send;
	unsigned wanted; /* publications; with the last of them in force, the first one is refreshed */
};

static void on_open(void *arg, struct stream *stream)
{
	struct raw *raw = arg;

	stream_send(stream, slice_of(raw->send));
}

#define PUBLISH(n, more)                                                                                               \
	"PUBLISH sip:alice@im.example SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bKp" n "\r\n"              \
	"From: <sip:alice@im.example>;tag=1\r\nTo: <sip:alice@im.example>\r\nCall-ID: p" n "\r\nCSeq: 1 PUBLISH\r\n"   \
	"Event: poc-settings\r\n" more "Content-Length: 0\r\n\r\n"

static unsigned count_of(const struct buf *got, const char *what)
{
	unsigned count = 0;

	for (const char *at = got->p; at && (at = strstr(at, what)); at++)
		count++;
	return count;
}

/* As soon as both are in force, the first one is refreshed. */
static void refresh_the_first(struct raw *raw)
{
	char text[1000], tag[64];

	buf_putc(&raw->got, '\0');
	raw->got.len--;
	if (count_of(&raw->got, "SIP-ETag") != raw->wanted)
		return;
	raw->wanted = 0;
	cr_assert_eq(sscanf(strstr(raw->got.p, "SIP-ETag"), "SIP-ETag: %60s", tag), 1);
	snprintf(text, sizeof(text), PUBLISH("3", "SIP-If-Match: %s\r\nExpires: 4294967296\r\n"), tag);
	stream_send(raw->stream, slice_of(text));
}

static void on_bytes(void *arg, struct stream *stream, struct slice bytes)
{
	struct raw *raw = arg;

	buf_add(&raw->got, bytes);
	if (raw->wanted)
		refresh_the_first(raw);
}

static void on_close(void *arg, struct stream *stream, const struct err *err)
{
	((struct raw *)arg)->stream = NULL;
}

static void on_late(void *arg)
{
	world_stop(arg);
}

/* What comes back over one connection within a second. */
static void talk_on(const char *send, unsigned wanted, bool ims, struct buf *to)
{
	static const struct stream_events events = {on_open, on_bytes, on_close};
	static const struct profile profile = {.event = "poc-settings",
					       .feature_tag = "+g.oma.sip-im",
					       .metadata_events = {"sip-profile", "xcap-diff"}};
	struct world *world = world_new_virtual(1, NULL);
	struct registrar_config config = {
		.bind = loopback4(5060), .domain = "im.example", .profile = &profile, .ims = ims};
	struct raw raw = {.world = world, .send = send, .wanted = wanted};
	struct world_timer timer = {0};
	struct registrar *registrar;
	struct account *account;

	cr_assert_eq(registrar_new(world, &config, &registrar, NULL), 0);
	account = registrar_open(registrar, "sip:alice@im.example", "alice", "secret");
	account->registers.associated = account_associated_make(account, SLICE("<{address}>, <tel:{number}>"));
	cr_assert_eq(stream_connect(world, registrar_addr(registrar), &events, &raw, &raw.stream, NULL), 0);
	world_timer_start(world, &timer, 1000 * MS, on_late, world);
	world_run(world);
	*to = raw.got;
	stream_close(raw.stream);
	registrar_free(registrar);
	world_free(world);
}

static void talk(const char *send, struct buf *to)
{
	talk_on(send, 0, false, to);
}

#define REGISTER(via)                                                                                                  \
	"REGISTER sip:im.example SIP/2.0\r\n" via                                                                      \
	"From: <sip:alice@im.example>;tag=1\r\nTo: <sip:alice@im.example>\r\n"                                         \
	"Call-ID: c\r\nCSeq: 1 REGISTER\r\nContact: <sip:alice@10.0.0.7:5060>;+g.oma.sip-im;expires=77\r\n"            \
	"Content-Length: 0\r\n\r\n"

Test(harness, registrar_answers_the_ping_of_a_connection)
{
	struct buf got = {0};

	talk("\r\n\r\n", &got);
	cr_assert(slice_is(buf_slice(&got), "\r\n"));
	buf_done(&got);
}

Test(harness, registrar_tells_a_client_where_it_is_seen)
{
	struct buf got = {0};

	talk(REGISTER("Via: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bKa;rport\r\n"), &got);
	cr_assert_not_null(slice_find(buf_slice(&got), SLICE(";received=127.0.0.1\r\n")), "%s", got.p);
	cr_assert_not_null(slice_find(buf_slice(&got), SLICE(";branch=z9hG4bKa;rport=")), "%s", got.p);
	cr_assert_not_null(slice_find(buf_slice(&got), SLICE(";+g.oma.sip-im;expires=77\r\n")), "%s", got.p);
	buf_done(&got);
}

Test(harness, registrar_leaves_a_via_without_rport_alone)
{
	struct buf got = {0};

	talk(REGISTER("Via: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bKa\r\n"), &got);
	cr_assert_not_null(slice_find(buf_slice(&got),
				      SLICE("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bKa\r\n")),
			   "%s", got.p);
	buf_done(&got);
}

/* --- PUBLISH --- */

/* RFC 3903 4.1: each of a user's devices has a publication of its own. And what is asked for in vain is not none. */
Test(harness, registrar_keeps_the_publications_of_several_devices)
{
	struct buf got = {0};

	talk_on(PUBLISH("1", "Expires: 60\r\n") PUBLISH("2", "Expires: 60\r\n"), 2, false, &got);
	buf_putc(&got, '\0');
	cr_expect_eq(count_of(&got, "SIP/2.0 200 OK"), 3, "%s", got.p);
	cr_expect_eq(count_of(&got, "Expires: 60\r"), 2, "%s", got.p);
	cr_expect_eq(count_of(&got, "Expires: 4294967295\r"), 1, "%s", got.p);
	buf_done(&got);
}

/* A ninth publication ends the oldest. */
Test(harness, registrar_keeps_eight_publications)
{
	struct buf got = {0};

	talk_on(PUBLISH("1", "") PUBLISH("2", "") PUBLISH("4", "") PUBLISH("5", "") PUBLISH("6", "") PUBLISH("7", "")
			PUBLISH("8", "") PUBLISH("9", "") PUBLISH("a", ""),
		9, false, &got);
	buf_putc(&got, '\0');
	cr_expect_eq(count_of(&got, "SIP/2.0 200 OK"), 9, "%s", got.p);
	cr_expect_eq(count_of(&got, "SIP/2.0 412 Conditional Request Failed"), 1, "%s", got.p);
	buf_done(&got);
}

/* --- what is too brief --- */

static void expect_least(uint32_t asked, const char *want)
{
	const struct plan_answer answer = {.min_expires = 7200};
	struct buf text = {0};

	registrar_answer_lines(&text, &answer, asked);
	cr_expect(slice_is(buf_slice(&text), want), "%u", asked);
	buf_done(&text);
}

/* An IMS client asks for 600000 s, which is no less than what plays call too brief. */
Test(harness, registrar_asks_for_more_than_was_asked_for)
{
	expect_least(60, "Min-Expires: 7200\r\n");
	expect_least(7200, "Min-Expires: 14400\r\n");
	expect_least(600000, "Min-Expires: 607200\r\n");
	expect_least(UINT32_MAX - 7200, "Min-Expires: 4294967295\r\n");
	expect_least(UINT32_MAX, "Min-Expires: 4294967295\r\n");
}

/* --- SUBSCRIBE --- */

#define SUBSCRIBE(n, event)                                                                                            \
	"SUBSCRIBE sip:alice@im.example SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bKs" n "\r\n"            \
	"From: <sip:alice@im.example>;tag=1\r\nTo: <sip:alice@im.example>\r\nCall-ID: s" n "\r\nCSeq: 1 SUBSCRIBE\r\n" \
	"Contact: <sip:alice@10.0.0.7>\r\nEvent: " event "\r\nContent-Length: 0\r\n\r\n"

/* What else clients like to know of is not what a play waits for. */
Test(harness, registrar_knows_the_metadata_only)
{
	struct buf got = {0};

	talk(SUBSCRIBE("1", "presence"), &got);
	buf_putc(&got, '\0');
	cr_expect_eq(count_of(&got, "SIP/2.0 489 Bad Event"), 1, "%s", got.p);
	cr_expect_eq(count_of(&got, "Allow-Events: sip-profile\r\nAllow-Events: xcap-diff\r\n"), 1, "%s", got.p);
	cr_expect_eq(count_of(&got, "NOTIFY"), 0, "%s", got.p);
	buf_done(&got);
	talk(SUBSCRIBE("1", "xcap-diff;x"), &got);
	buf_putc(&got, '\0');
	cr_expect_eq(count_of(&got, "SIP/2.0 200 OK"), 1, "%s", got.p);
	buf_done(&got);
}

/* --- what P-Associated-URI gave along --- */

static void expect_publish(const char *uri, const char *before, const char *status)
{
	char text[2000];
	struct buf got = {0};

	snprintf(text, sizeof(text),
		 "%sPUBLISH %s SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bKa\r\nFrom: <%s>;tag=1\r\nTo: "
		 "<%s>\r\n"
		 "Call-ID: a\r\nCSeq: 1 PUBLISH\r\nEvent: poc-settings\r\nContent-Length: 0\r\n\r\n",
		 before, uri, uri, uri);
	talk(text, &got);
	buf_putc(&got, '\0');
	cr_expect_eq(count_of(&got, status), 1, "%s", got.p);
	buf_done(&got);
}

/* It is known by that from the answer on, and by no other number. */
Test(harness, registrar_knows_a_client_by_what_it_gave_it)
{
	static const char registers[] = REGISTER("Via: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bK1\r\n");
	uint64_t number = hash_stable(SLICE("sip:alice@im.example"), 0) % 10000000000u;
	char uri[40];

	snprintf(uri, sizeof(uri), "tel:+88351%010" PRIu64, number);
	expect_publish(uri, "", "SIP/2.0 404 Not Found");
	expect_publish(uri, registers, "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bKa");
	expect_publish("tel:+883510", registers, "SIP/2.0 404 Not Found");
}

/* RFC 3261 25.1 lets a URI have an ampersand; the document of its NOTIFY is XML. */
Test(harness, registrar_tells_of_an_odd_contact_in_good_xml)
{
	static const char from[] = "From: <sip:alice@im.example>;tag=1\r\nTo: <sip:alice@im.example>\r\n"
				   "Contact: <sip:a&b@10.0.0.7:5060>;+g.oma.sip-im\r\nContent-Length: 0\r\n";
	char text[2000];
	struct buf got = {0};

	snprintf(text, sizeof(text),
		 "REGISTER sip:im.example SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bK1\r\n"
		 "Call-ID: c\r\nCSeq: 1 REGISTER\r\n%s\r\n"
		 "SUBSCRIBE sip:alice@im.example SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.7:5060;branch=z9hG4bK2\r\n"
		 "Call-ID: s\r\nCSeq: 1 SUBSCRIBE\r\nEvent: reg\r\nExpires: 60\r\n%s\r\n",
		 from, from);
	talk_on(text, 0, true, &got);
	buf_putc(&got, '\0');
	cr_expect(strstr(got.p, "<uri>sip:a&amp;b@10.0.0.7:5060</uri>"), "%s", got.p);
	cr_expect(strstr(got.p, "<registration aor=\"sip:alice@im.example\" id=\"a0\" state=\"active\">"), "%s", got.p);
	buf_done(&got);
}
