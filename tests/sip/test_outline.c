/* SPDX-License-Identifier: MIT
 *
 * A message that is made of its outline is the one that its bytes make. */
#include "sip/outline.h"
#include "alike.h"
#include "sip_test.h"
#include "base/buf.h"

/* Has it an outline? If so, it makes the same message, in memory that ends behind its last line. */
static bool has_outline(struct slice raw)
{
	struct sip_msg msg, again;
	struct sip_outline outline, *kept;
	size_t len;

	if (sip_msg_index(&msg, raw, &test_arena, NULL) < 0)
		return false;
	len = sip_outline_of(&msg, &outline);
	if (len == 0)
		return false;
	kept = malloc(len);
	cr_assert_not_null(kept);
	memcpy(kept, &outline, len);
	sip_outline_index(kept, msg.raw, &again, &test_arena);
	cr_assert(!sip_msg_unlike(&msg, &again), "%s", sip_msg_unlike(&msg, &again));
	free(kept);
	return true;
}

static bool outlined(const char *text)
{
	struct slice raw = exact_copy(slice_of(text));
	bool result = has_outline(raw);

	free((void *)raw.p);
	return result;
}

#define REQUEST "PUBLISH sip:alice@im.example SIP/2.0\r\n"
#define LINES                                                                                                          \
	"v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nVIA: SIP/2.0/UDP 192.0.2.2\r\nX-Foo: one: two\r\n"                \
	"X: y\r\nCSeq: 7 PUBLISH\r\nx-foo: 2\r\n"

Test(sip, outline_makes_the_message)
{
	cr_assert(outlined(REQUEST LINES "Content-Length: 4\r\n\r\nbody"));
	cr_assert(outlined(REQUEST LINES "\r\nbody"));
	cr_assert(outlined(REQUEST LINES "l: 0\r\nl: 0\r\n\r\n"));
	cr_assert(outlined(REQUEST "\r\n"));
	cr_assert(outlined("CONJURE sip:alice@im.example SIP/2.0\r\n" LINES "\r\n"));
	cr_assert(outlined("SIP/2.0 200 OK\r\n" LINES "\r\n"));
	cr_assert(outlined("SIP/2.0 489 Bad Event\r\nCSeq: 1 \t CONJURE\r\n\r\n"));
	cr_assert(outlined("SIP/2.0 489 Bad Event\r\nCSeq: 1 \xff\r\n\r\n"));
	cr_assert(outlined("SIP/2.0 180 Ringing\r\n\r\n"));
	cr_assert(outlined(REQUEST "Subject: \r\n\r\n"));
}

Test(sip, outline_leaves_what_is_unusual)
{
	cr_assert(!outlined(REQUEST LINES "Content-Length: 5\r\n\r\nbody"));
	cr_assert(!outlined(REQUEST LINES "Content-Length: 3\r\n\r\nbody"));
	cr_assert(!outlined(REQUEST LINES));
	cr_assert(!outlined(REQUEST "Subject:\r\n\r\n"));
	cr_assert(!outlined(REQUEST "Subject:  a\r\n\r\n"));
	cr_assert(!outlined(REQUEST "Subject : a\r\n\r\n"));
	cr_assert(!outlined(REQUEST "Subject: a \r\n\r\n"));
	cr_assert(!outlined(REQUEST "Subject: a \r\nTo: <sip:b>\r\n\r\n"));
	cr_assert(!outlined(REQUEST "Subject: a\r\n b\r\n\r\n"));
	cr_assert(!outlined(REQUEST "Subject: a\n\r\n"));
	cr_assert(!outlined("PUBLISH  sip:alice@im.example SIP/2.0\r\n\r\n"));
	cr_assert(!outlined("PUBLISH sip:alice@im.example SIP/3.0\r\n\r\n"));
	cr_assert(!outlined("SIP/2.0 200  OK\r\n\r\n"));
}

static struct slice repeated(const char *start, const char *again, unsigned times, const char *end)
{
	struct buf text = {0};
	struct slice copy;

	buf_puts(&text, start);
	for (unsigned i = 0; i < times; i++)
		buf_puts(&text, again);
	buf_puts(&text, end);
	copy = arena_copy(&test_arena, buf_slice(&text));
	buf_done(&text);
	return copy;
}

/* The largest that has one, and the next one. */
Test(sip, outline_leaves_what_is_large)
{
	unsigned rest = sizeof("Subject: \r\n") - 1;

	cr_assert(has_outline(repeated(REQUEST, "Subject: a\r\n", SIP_OUTLINE_LINES, "\r\n")));
	cr_assert(!has_outline(repeated(REQUEST, "Subject: a\r\n", SIP_OUTLINE_LINES + 1, "\r\n")));
	cr_assert(has_outline(repeated(REQUEST "Subject: ", "a", 1023 - rest, "\r\n\r\n")));
	cr_assert(!has_outline(repeated(REQUEST "Subject: ", "a", 1024 - rest, "\r\n\r\n")));
	cr_assert(has_outline(repeated("", "M", 255, " sip:a SIP/2.0\r\n\r\n")));
	cr_assert(!has_outline(repeated("", "M", 256, " sip:a SIP/2.0\r\n\r\n")));
	rest = sizeof("ACK sip: SIP/2.0\r\n") - 1;
	cr_assert(has_outline(repeated("ACK sip:", "a", UINT16_MAX - rest, " SIP/2.0\r\n\r\n")));
	cr_assert(!has_outline(repeated("ACK sip:", "a", UINT16_MAX + 1 - rest, " SIP/2.0\r\n\r\n")));
}

static void with_any_byte_changed(struct slice good)
{
	static const char others[] = "\r\n\t :a2<";

	for (size_t at = 0; at < good.len; at++)
		for (size_t i = 0; i < sizeof(others); i++) {
			struct slice changed = exact_copy(good);

			((char *)changed.p)[at] = others[i];
			has_outline(changed);
			free((void *)changed.p);
		}
}

static void prefix(struct slice bytes)
{
	has_outline(bytes);
}

Test(sip, outline_of_what_is_broken)
{
	const struct slice request = SLICE(REQUEST LINES "Content-Length: 4\r\n\r\nbody");
	const struct slice answer = SLICE("SIP/2.0 200 OK\r\n" LINES "Content-Length: 4\r\n\r\nbody");

	with_any_byte_changed(request);
	with_any_byte_changed(answer);
	each_prefix(request, prefix);
	each_prefix(answer, prefix);
}
