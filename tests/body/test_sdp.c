/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "body/sdp.h"
#include "body/sdp_write.h"

#include <stdlib.h>

#define HEAD  "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define MEDIA "m=message 7394 TCP/MSRP *\r\n"
#define PATH  "a=accept-types:text/plain\r\na=path:msrp://192.0.2.1:7394/s1;tcp\r\n"

static struct arena arena;

static void done(void)
{
	arena_done(&arena);
}

TestSuite(body_sdp, .fini = done);

static struct sdp read_ok(const char *text)
{
	struct sdp sdp;
	struct err err = {0};

	cr_assert_eq(sdp_read(&sdp, slice_of(text), &arena, &err), 0, "%s", err.text);
	return sdp;
}

Test(body_sdp, reads_every_part)
{
	const char *text =
		"v=0\r\no=alice 2890844526 2890842807 IN IP4 192.0.2.1\r\ns= \r\ni=info\r\nu=http://a.example/\r\n"
		"e=a@a.example\r\np=+1 617\r\nc=IN IP4 224.2.36.42/127\r\nb=AS:64\r\nt=1 2\r\nr=7d 1h 0 25h\r\n"
		"t=0 0\r\nz=2882844526 -1h\r\nk=prompt\r\na=recvonly\r\na=x-y:1:2\r\n"
		"m=audio 49170/2 RTP/AVP 0 8\r\ni=m\r\nc=IN IP4 224.2.1.1\r\nc=IN IP4 224.2.1.2\r\nb=X:1\r\n"
		"k=clear:x\r\na=ptime:20\r\n" MEDIA PATH;
	struct sdp sdp = read_ok(text);
	struct slice value;

	cr_assert_eq(sdp.media_count, 2);
	cr_assert_eq(sdp.session_count, 16);
	cr_assert_eq(sdp.error_count, 0);
	cr_assert(slice_is(sdp.media[0].media, "audio"));
	cr_assert_eq(sdp.media[0].port, 49170);
	cr_assert(slice_is(sdp.media[0].port_text, "49170/2"));
	cr_assert(slice_is(sdp.media[0].formats, "0 8"));
	cr_assert(slice_is(sdp.media[1].proto, "TCP/MSRP"));
	cr_assert_eq(sdp.media[0].line->number, 17);
	cr_assert(sdp_attribute(&sdp, NULL, "x-y", &value) && slice_is(value, "1:2"));
	cr_assert_null(sdp_attribute(&sdp, NULL, "ptime", &value));
	cr_assert_null(sdp_attribute(&sdp, NULL, "PATH", &value));
	cr_assert(slice_is(sdp_line_find(&sdp, &sdp.media[0], 'c')->value, "IN IP4 224.2.1.1"));
	cr_assert_eq(sdp_message_media(&sdp), &sdp.media[1]);
	cr_assert_eq(sdp_message_media(&sdp)->first->line.p, strstr(text, "a=accept-types"));
}

Test(body_sdp, lf_ends_and_a_last_line_without_end)
{
	struct sdp sdp =
		read_ok("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=message 9 TCP/MSRP *\n"
			"a=sendonly");

	cr_assert_eq(sdp_direction_effective(&sdp, &sdp.media[0], NULL), SDP_SENDONLY);
}

/* each: a description, and the first error's text */
static const char *const broken[][2] = {
	{"", "there is no v= line"},
	{"o=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n", "there is no v= line"},
	{"v=0\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n", "there is no o= line"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\nc=IN IP4 h\r\nt=0 0\r\n", "there is no s= line"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\n", "there is no t= line"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\n", "there is no c= line"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\n" MEDIA, "there is no c= line for the media of line 5"},
	{"v=1\r\n", "line 1: the version is not 0"},
	{"v=0\r\ns=-\r\no=- 1 1 IN IP4 h\r\n", "line 3: o= stands behind s="},
	{HEAD "c=IN IP4 192.0.2.1\r\n", "line 6: a second c="},
	{HEAD "r=1 2 3\r\nt=0 0\r\nb=AS:1\r\n", "line 8: b= stands behind t="},
	{HEAD "q=1\r\n", "line 6: q= is not allowed here"},
	{HEAD MEDIA "t=0 0\r\n", "line 7: t= is not allowed here"},
	{HEAD MEDIA "a=x\r\nc=IN IP4 h\r\n", "line 8: c= stands behind a="},
	{HEAD "\r\n", "line 6: not <letter>=<value>"},
	{HEAD "a =x\r\n", "line 6: not <letter>=<value>"},
	{HEAD "A=x\r\n", "line 6: not <letter>=<value>"},
	{HEAD "a=\r\n", "line 6: the value is empty"},
	{HEAD "a=x\ry\r\n", "line 6: a NUL or a lone CR"},
	{HEAD "a=:x\r\n", "line 6: the attribute's name is no token"},
	{HEAD "a=sendonly \r\n", "line 6: the attribute's name is no token"},
	{HEAD "a=x:\r\n", "line 6: the attribute's value is empty"},
	{HEAD "a=sendonly:1\r\n", "line 6: a direction takes no value"},
	{"v=0\r\no=- 1 1 IN IP4\r\n", "line 2: o= does not have its six fields"},
	{"v=0\r\no=-  1 1 IN IP4 h\r\n", "line 2: o= does not have its six fields"},
	{"v=0\r\no=- 1 1 IN IP4 h x\r\n", "line 2: o= does not have its six fields"},
	{"v=0\r\no=- 1 x IN IP4 h\r\n", "line 2: session id or version in o= is no number"},
	{"v=0\r\no=- 1 1 I/N IP4 h\r\n", "line 2: network or address type in o= is no token"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4\r\n", "line 4: c= does not have its three fields"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=I: IP4 h\r\n", "line 4: network or address type in c= is no token"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 1.2.3.256\r\n", "line 4: the address in c= is none"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 1.1.1.1.1.1.1.1.1.1.1.1\r\n", "line 4: the address in c= is none"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 /3\r\n", "line 4: the address in c= is none"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0\r\n", "line 5: t= does not have its two numbers"},
	{"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nb=AS\r\n", "line 5: b= is not <type>:<number>"},
	{HEAD "m=mess/age 9 TCP/MSRP *\r\n", "line 6: the media type is no token"},
	{HEAD "m=message\r\n", "line 6: the media port is missing"},
	{HEAD "m=message nine TCP/MSRP *\r\n", "line 6: the media port is no number up to 65535"},
	{HEAD "m=message 65536 TCP/MSRP *\r\n", "line 6: the media port is no number up to 65535"},
	{HEAD "m=message 9/x TCP/MSRP *\r\n", "line 6: the number of ports is no number"},
	{HEAD "m=message 9\r\n", "line 6: the media protocol is missing"},
	{HEAD "m=message 9 TCP//MSRP *\r\n", "line 6: the media protocol is no list of tokens"},
	{HEAD "m=message 9 TCP/MSRP\r\n", "line 6: the media format is missing"},
	{HEAD "m=message 9 TCP/MSRP  *\r\n", "line 6: a media format is no token"},
};

Test(body_sdp, grammar_errors_by_their_text)
{
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct sdp sdp;
		struct err err = {0};

		cr_assert_eq(sdp_read(&sdp, slice_of(broken[i][0]), &arena, &err), -EBADMSG, "case %zu", i);
		cr_assert_str_eq(err.text, broken[i][1], "case %zu", i);
		cr_assert_str_eq(sdp.errors[0].text, broken[i][1]);
	}
}

Test(body_sdp, goes_on_behind_an_error_and_marks_it)
{
	static const char text[] = HEAD "a=x\0y\r\na=:\r\nm=message nine TCP/MSRP *\r\na=inactive\r\n";
	struct sdp sdp;
	struct err err = {0};

	cr_assert_eq(sdp_read(&sdp, (struct slice){text, sizeof(text) - 1}, &arena, &err), -EBADMSG);
	cr_assert_str_eq(err.text, "line 6: a NUL or a lone CR");
	cr_assert_eq(sdp.error_count, 3);
	cr_assert(slice_is(sdp.errors[1].at, "a=:"));
	cr_assert_eq(sdp.errors[2].line, 8);
	cr_assert_eq(sdp.media[0].port, 0);
	cr_assert_eq(sdp_direction_effective(&sdp, &sdp.media[0], NULL), SDP_INACTIVE);
}

Test(body_sdp, limits)
{
	struct buf buf = {0};
	struct sdp sdp;
	struct err err = {0};

	for (int i = 0; i <= SDP_LINES_MAX; i++)
		buf_puts(&buf, "x\n");
	cr_assert_eq(sdp_read(&sdp, buf_slice(&buf), &arena, &err), -EBADMSG);
	cr_assert_str_eq(err.text, "a session description of more than 4000 lines");
	cr_assert_eq(sdp.line_count, 0);
	buf.len -= 2;
	cr_assert_eq(sdp_read(&sdp, buf_slice(&buf), &arena, &err), -EBADMSG);
	cr_assert_str_eq(err.text, "line 1: not <letter>=<value>");
	cr_assert_eq(sdp.error_count, SDP_ERRORS_MAX);
	cr_assert_eq(sdp.line_count, 4000);
	buf_reserve(&buf, SDP_LEN_MAX);
	buf.len = SDP_LEN_MAX + 1;
	cr_assert_eq(sdp_read(&sdp, buf_slice(&buf), &arena, &err), -EBADMSG);
	cr_assert_str_eq(err.text, "a session description of more than 262144 bytes");
	buf_done(&buf);
}

/* session level, media level, what is in force, and whether a line says so */
static const struct {
	const char *session, *media;
	enum sdp_direction want;
} directions[] = {
	{"", "", SDP_SENDRECV},
	{"a=sendonly\r\n", "", SDP_SENDONLY},
	{"", "a=sendonly\r\n", SDP_SENDONLY},
	{"a=sendonly\r\n", "a=sendrecv\r\n", SDP_SENDRECV},
	{"a=sendrecv\r\n", "a=sendonly\r\n", SDP_SENDONLY},
	{"a=inactive\r\n", "a=recvonly\r\n", SDP_RECVONLY},
	{"a=SENDONLY\r\n", "", SDP_SENDRECV},
	{"", "a=recvonly\r\na=sendonly\r\n", SDP_RECVONLY},
};

Test(body_sdp, media_level_direction_wins)
{
	for (size_t i = 0; i < ARRAY_LEN(directions); i++) {
		char *text = mem_printf(HEAD "%s" MEDIA PATH "%s", directions[i].session, directions[i].media);
		struct sdp sdp = read_ok(text);
		const struct sdp_line *line;

		cr_assert_eq(sdp_direction_effective(&sdp, sdp.media, &line), directions[i].want, "case %zu", i);
		cr_assert_eq(line == NULL, i == 0 || i == 6);
		if (line)
			cr_assert(slice_is(line->value, sdp_direction_name(directions[i].want)));
		free(text);
	}
}

Test(body_sdp, other_medias_direction_does_not_count)
{
	struct sdp sdp = read_ok(HEAD "m=audio 1 RTP/AVP 0\r\na=sendonly\r\n" MEDIA PATH);

	cr_assert_eq(sdp_direction_effective(&sdp, sdp_message_media(&sdp), NULL), SDP_SENDRECV);
	cr_assert_eq(sdp_direction_given(&sdp, sdp_message_media(&sdp), NULL), SDP_DIRECTION_NONE);
}

Test(body_sdp, answers_to_directions)
{
	cr_assert_eq(sdp_direction_answer(SDP_SENDONLY), SDP_RECVONLY);
	cr_assert_eq(sdp_direction_answer(SDP_RECVONLY), SDP_SENDONLY);
	cr_assert_eq(sdp_direction_answer(SDP_INACTIVE), SDP_INACTIVE);
	cr_assert_eq(sdp_direction_answer(SDP_DIRECTION_NONE), SDP_SENDRECV);
	cr_assert(sdp_direction_answers(SDP_SENDONLY, SDP_RECVONLY));
	cr_assert(sdp_direction_answers(SDP_SENDONLY, SDP_INACTIVE));
	cr_assert(sdp_direction_answers(SDP_SENDRECV, SDP_SENDONLY));
	cr_assert_not(sdp_direction_answers(SDP_SENDONLY, SDP_SENDONLY));
	cr_assert_not(sdp_direction_answers(SDP_SENDONLY, SDP_DIRECTION_NONE));
	cr_assert_not(sdp_direction_answers(SDP_INACTIVE, SDP_SENDRECV));
	cr_assert_str_eq(sdp_direction_name(SDP_DIRECTION_NONE), "");
}

Test(body_sdp, what_is_written_reads_back)
{
	struct sdp_msrp_values values = {.address = "2001:db8::1",
					 .port = 2855,
					 .tls = true,
					 .direction = SDP_SENDONLY,
					 .path = "msrps://[2001:db8::1]:2855/a;tcp",
					 .setup = "actpass",
					 .accept_types = "text/plain message/cpim",
					 .accept_wrapped_types = "*",
					 .session_direction = SDP_SENDRECV,
					 .more = "a=file:1\r\n"};
	struct buf buf = {0};
	struct sdp_msrp msrp;
	struct sdp sdp;
	struct err err = {0};

	sdp_msrp_write(&buf, &values);
	sdp = read_ok(buf.p);
	cr_assert_eq(sdp_msrp_read(&sdp, &msrp, &err), 0, "%s", err.text);
	cr_assert(msrp.tls && msrp.port == 2855 && msrp.direction == SDP_SENDONLY);
	cr_assert(slice_is(msrp.address, "2001:db8::1") && slice_is(msrp.path, values.path));
	cr_assert(slice_is(msrp.setup, "actpass") && slice_is(msrp.accept_types, values.accept_types));
	cr_assert(slice_is(msrp.accept_wrapped_types, "*"));
	cr_assert_eq(sdp_direction_given(&sdp, NULL, NULL), SDP_SENDRECV);
	cr_assert(sdp_attribute(&sdp, msrp.media, "file", NULL));
	buf_done(&buf);
}

Test(body_sdp, session_level_direction_is_written_there)
{
	struct sdp_msrp_values values = {
		.path = "msrp://h/s;tcp", .direction = SDP_SENDONLY, .direction_at_session = true};
	struct buf buf = {0};
	struct sdp_msrp msrp;
	struct sdp sdp;

	sdp_msrp_write(&buf, &values);
	sdp = read_ok(buf.p);
	cr_assert_eq(sdp_direction_given(&sdp, NULL, NULL), SDP_SENDONLY);
	cr_assert_eq(sdp_direction_given(&sdp, sdp.media, NULL), SDP_DIRECTION_NONE);
	cr_assert_eq(sdp_msrp_read(&sdp, &msrp, NULL), 0);
	cr_assert(!msrp.tls && msrp.port == 0 && !msrp.setup.p && slice_is(msrp.accept_types, "*"));
	buf_done(&buf);
}

static void msrp_refused(const char *media, int code, const char *want)
{
	char *text = mem_printf(HEAD "a=setup:active\r\n%s", media);
	struct sdp sdp = read_ok(text);
	struct sdp_msrp msrp;
	struct err err = {0};

	cr_assert_eq(sdp_msrp_read(&sdp, &msrp, &err), code);
	cr_assert_str_eq(err.text, want);
	cr_assert(code == -ENOENT || slice_is(msrp.setup, "active"));
	free(text);
}

Test(body_sdp, msrp_errors)
{
	msrp_refused("m=audio 1 RTP/AVP 0\r\n", -ENOENT, "there is no m=message line");
	msrp_refused("m=message 1 RTP/AVP 0\r\n" PATH, -EPROTONOSUPPORT,
		     "line 7: the protocol of m=message is not MSRP");
	msrp_refused(MEDIA "a=accept-types:*\r\n", -EBADMSG, "line 7: m=message without a=path");
	msrp_refused(MEDIA "a=path:msrp://h/s;tcp\r\n", -EBADMSG, "line 7: m=message without a=accept-types");
}

Test(body_sdp, msrp_is_found_in_a_body_of_several_parts)
{
	struct slice type = SLICE("multipart/mixed;boundary=b"), body = SLICE("--b\r\n\r\nhello\r\n--b--\r\n");
	char *text = mem_printf("--b\r\nContent-Type: application/sdp\r\n\r\n%s\r\n--b--\r\n",
				HEAD "t=wrong\r\n" MEDIA "a=accept-types:*\r\n" PATH);
	struct sdp_msrp msrp;
	struct err err = {0};

	cr_assert_eq(sdp_msrp_find(type, slice_of(text), &arena, &msrp, &err), 0, "%s", err.text);
	cr_expect(slice_is(msrp.accept_types, "*") && msrp.path.p);
	cr_expect_eq(sdp_msrp_find(type, body, &arena, &msrp, &err), -ENOENT);
	cr_expect_str_eq(err.text, "there is no session description");
	cr_expect(!msrp.media && !msrp.path.p);
	free(text);
}

static bool has_address(const char *text)
{
	struct sdp sdp;
	struct sdp_msrp msrp;

	sdp_read(&sdp, slice_of(text), &arena, NULL);
	sdp_msrp_read(&sdp, &msrp, NULL);
	return msrp.address.p != NULL;
}

Test(body_sdp, addresses_that_are_none)
{
	cr_assert(has_address("c=IN IP4 h\r\n" MEDIA));
	cr_assert(has_address(MEDIA "c=IN IP4 h\r\n"));
	cr_assert_not(has_address("c=IN IP4\r\n" MEDIA));
	cr_assert_not(has_address(MEDIA));
}

Test(body_sdp, every_prefix_stays_in_bounds)
{
	const char *text = HEAD "a=sendonly\r\n" MEDIA PATH "a=setup:active\r\n";

	for (size_t len = 0; len <= strlen(text); len++) {
		char *copy = mem_alloc(len ? len : 1); /* exact size, so that the sanitizer sees one byte too far */
		struct sdp sdp;
		struct sdp_msrp msrp;

		memcpy(copy, text, len);
		sdp_read(&sdp, (struct slice){copy, len}, &arena, NULL);
		sdp_msrp_read(&sdp, &msrp, NULL);
		free(copy);
		arena_rewind(&arena);
	}
}
