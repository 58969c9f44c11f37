/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/mem.h"
#include "body/multipart.h"

#include <stdio.h>
#include <stdlib.h>

#define TYPE "multipart/mixed;boundary=\"b 1\""
#define TWO                                                                                                            \
	"preamble\r\n--b 1\r\nContent-Type: application/sdp\r\nX:\r\n 1\r\n\r\nv=0\r\n\r\n--b 1 \t\r\n\r\nbare\r\n"    \
	"--b 1--\r\nepilogue --b 1"

static struct arena arena;

static void done(void)
{
	arena_done(&arena);
}

TestSuite(body_multipart, .fini = done);

Test(body_multipart, media_types)
{
	cr_assert(media_type_is(SLICE("Application/SDP ; charset=x"), "application/sdp"));
	cr_assert(media_type_is(SLICE("multipart/related"), "multipart/*"));
	cr_assert(media_type_is(SLICE("a\r\n /\t b"), "a/b"));
	cr_assert_not(media_type_is(SLICE("application/sdpx"), "application/sdp"));
	cr_assert_not(media_type_is(SLICE("application"), "application/*"));
	cr_assert_not(media_type_is(SLICE_NONE, "application/*"));
}

static void param_is(const char *content_type, const char *want)
{
	struct slice value = SLICE_NONE;
	bool there = media_type_param(slice_of(content_type), "boundary", &arena, &value);

	cr_assert_eq(there, want != NULL, "%s", content_type);
	if (want)
		cr_assert(slice_is(value, want), "%s", content_type);
}

Test(body_multipart, parameters)
{
	param_is("a/b; boundary=x", "x");
	param_is("a/b;x=\"a;boundary=no\";Boundary = \"y\\\"z\" ; q=1", "y\"z");
	param_is("a/b;charset;boundary=\r\n x", "x");
	param_is("a/b;boundary=\"\"", "");
	param_is("a/b;boundary", NULL);
	param_is("a/b;xboundary=1", NULL);
	param_is("a/b;boundary=\"open", NULL);
	param_is("a/b;boundary=\"open\\", NULL);
	param_is("a/b;", NULL);
	param_is("", NULL);
}

Test(body_multipart, parts_with_headers_and_bodies)
{
	struct multipart parts;
	struct err err = {0};

	cr_assert_eq(multipart_read(&parts, SLICE(TYPE), SLICE(TWO), &arena, &err), 0, "%s", err.text);
	cr_assert(parts.closed && parts.count == 2);
	cr_assert_eq(parts.parts[0].header_count, 2);
	cr_assert(slice_is(multipart_value(&parts.parts[0], "content-type"), "application/sdp"));
	cr_assert(slice_is(multipart_value(&parts.parts[0], "X"), "1"));
	cr_assert_null(multipart_value(&parts.parts[0], "Y").p);
	cr_assert(slice_is(parts.parts[0].body, "v=0\r\n"));
	cr_assert_eq(parts.parts[1].header_count, 0);
	cr_assert(slice_is(parts.parts[1].body, "bare"));
	cr_assert(slice_is(parts.parts[1].raw, "\r\nbare"));
}

Test(body_multipart, lf_ends_and_headers_alone)
{
	struct multipart parts;

	cr_assert_eq(multipart_read(&parts, SLICE("multipart/related; boundary=b"),
				    SLICE("--b\nA: 1\n--b\n--b\nB: 2\n\nx\n--b--"), &arena, NULL),
		     0);
	cr_assert_eq(parts.count, 3);
	cr_assert(slice_is(multipart_value(&parts.parts[0], "A"), "1"));
	cr_assert(parts.parts[0].body.p && parts.parts[0].body.len == 0);
	cr_assert_eq(parts.parts[1].raw.len, 0);
	cr_assert(slice_is(parts.parts[2].body, "x"));
}

Test(body_multipart, delimiters_match_as_whole_lines)
{
	struct multipart parts;

	cr_assert_eq(multipart_read(&parts, SLICE("multipart/mixed;boundary=b"),
				    SLICE("--b\r\n\r\n--bb\r\n --b\r\n--b-\r\n--b--\r\n"), &arena, NULL),
		     0);
	cr_assert_eq(parts.count, 1);
	cr_assert(slice_is(parts.parts[0].body, "--bb\r\n --b\r\n--b-"));
}

static void refused(const char *content_type, const char *body, int code, const char *text)
{
	struct multipart parts;
	struct err err = {0};

	cr_assert_eq(multipart_read(&parts, slice_of(content_type), slice_of(body), &arena, &err), code, "%s", body);
	cr_assert_str_eq(err.text, text);
}

Test(body_multipart, errors_by_their_text)
{
	static const char *const bad = "the boundary is not 1 to 70 characters of those allowed";
	char *longer = mem_printf("multipart/mixed;boundary=%071d", 0);

	refused("text/plain", "", -ENOTSUP, "the body is no multipart");
	refused("multipart/mixed", TWO, -EBADMSG, "the multipart type has no boundary");
	refused("multipart/mixed;boundary=\"\"", TWO, -EBADMSG, bad);
	refused("multipart/mixed;boundary=\"b \"", TWO, -EBADMSG, bad);
	refused("multipart/mixed;boundary=a*b", TWO, -EBADMSG, bad);
	refused(longer, TWO, -EBADMSG, bad);
	refused("multipart/mixed;boundary=c", TWO, -EBADMSG, "the multipart has no part");
	refused("multipart/mixed;boundary=b", "--b--\r\n", -EBADMSG, "the multipart has no part");
	refused("multipart/mixed;boundary=b", "--b\r\n\r\nx", -EBADMSG, "the closing boundary is missing");
	free(longer);
}

Test(body_multipart, limits)
{
	struct buf buf = {0};

	for (int i = 0; i < MULTIPART_PARTS_MAX + 2; i++)
		buf_puts(&buf, "--b\r\n\r\n");
	refused("multipart/mixed;boundary=b", buf.p, -E2BIG, "more than 64 parts");
	buf_clear(&buf);
	buf_puts(&buf, "--b\r\n");
	for (int i = 0; i < MULTIPART_HEADERS_MAX + 1; i++)
		buf_puts(&buf, "A: 1\r\n");
	refused("multipart/mixed;boundary=b", buf.p, -E2BIG, "a part has more than 64 header lines");
	buf_done(&buf);
}

Test(body_multipart, find_goes_down_and_forgives_a_missing_end)
{
	struct slice body;

	cr_assert(multipart_find(
		SLICE("multipart/mixed;boundary=a"),
		SLICE("--a\r\nContent-Type: text/plain\r\n\r\nno\r\n--a\r\n"
		      "Content-Type: multipart/related;boundary=b\r\n\r\n--b\r\n"
		      "content-type: application/poc-settings+xml;charset=\"UTF-8\"\r\n\r\n<x/>\r\n--b--\r\n"),
		"application/poc-settings+xml", &arena, &body));
	cr_assert(slice_is(body, "<x/>"));
	cr_assert(multipart_find(SLICE("message/sip"), SLICE("x"), "message/sip", &arena, &body));
	cr_assert(slice_is(body, "x"));
	cr_assert_not(multipart_find(SLICE(TYPE), SLICE(TWO), "message/sip", &arena, &body));
	cr_assert_not(multipart_find(SLICE_NONE, SLICE_NONE, "message/sip", &arena, &body));
}

static void part_is(const char *encoding, const char *body, const char *want)
{
	struct slice found;
	char text[256];

	snprintf(text, sizeof(text),
		 "--a\r\ncontent-transfer-encoding:%s\r\nContent-Type: application/sdp\r\n\r\n%s\r\n--a--", encoding,
		 body);
	cr_assert(
		multipart_find(SLICE("multipart/mixed;boundary=a"), slice_of(text), "application/sdp", &arena, &found));
	cr_expect(slice_is(found, want), "%s: %.*s", body, SLICE_F(found));
}

/* RFC 2045 6.7, 6.8; what can't be undone is left as it is. */
Test(body_multipart, transfer_encodings)
{
	part_is("", "v=0", "v=0");
	part_is(" Binary", "dj0w", "dj0w");
	part_is(" BASE64", "dj0w", "v=0");
	part_is(" base64", " dj\r\n0w\r\nDQo=\r\n", "v=0\r\n");
	part_is(" base64", "dg==", "v");
	part_is(" base64", "", "");
	for (const char *const *bad = (const char *const[]){"dj0", "dj=w", "d===", "====", "dj0w!", "=", NULL}; *bad;
	     bad++)
		part_is(" base64", *bad, *bad);
	part_is(" Quoted-Printable", "v=3D0=0d=0A", "v=0\r\n");
	part_is(" quoted-printable", "a= \r\nb=\nc=", "abc");
	for (const char *const *bad = (const char *const[]){"=x", "a=3", "=3G", NULL}; *bad; bad++)
		part_is(" quoted-printable", *bad, *bad);
	part_is(" x-other", "dj0w", "dj0w");
}

/* `depth` multiparts around one message/sip */
static bool found_at(unsigned depth)
{
	struct buf buf = {0};
	struct slice body;
	bool found;

	for (unsigned i = 0; i < depth; i++)
		buf_printf(&buf, "--b%u\r\nContent-Type: %s;boundary=b%u\r\n\r\n", i,
			   i + 1 == depth ? "message/sip" : "multipart/mixed", i + 1);
	buf_puts(&buf, "body");
	found = multipart_find(depth ? SLICE("multipart/mixed;boundary=b0") : SLICE("message/sip"), buf_slice(&buf),
			       "message/sip", &arena, &body);
	buf_done(&buf);
	return found;
}

Test(body_multipart, nesting_has_an_end)
{
	cr_assert(found_at(1));
	cr_assert(found_at(MULTIPART_DEPTH_MAX));
	cr_assert_not(found_at(MULTIPART_DEPTH_MAX + 1));
}

Test(body_multipart, every_prefix_stays_in_bounds)
{
	for (size_t len = 0; len <= strlen(TWO); len++) {
		char *copy = mem_alloc(len ? len : 1);
		struct multipart parts;
		int rc;

		memcpy(copy, TWO, len);
		rc = multipart_read(&parts, SLICE(TYPE), (struct slice){copy, len}, &arena, NULL);
		cr_assert(rc == 0 || rc == -EBADMSG);
		cr_assert_eq(rc == 0, parts.closed);
		free(copy);
		arena_rewind(&arena);
	}
	for (size_t len = 0; len <= strlen(TYPE); len++) {
		char *copy = mem_alloc(len ? len : 1);
		struct multipart parts;

		memcpy(copy, TYPE, len);
		multipart_read(&parts, (struct slice){copy, len}, SLICE(TWO), &arena, NULL);
		free(copy);
	}
}
