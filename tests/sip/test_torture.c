/* SPDX-License-Identifier: MIT
 *
 * The messages of RFC 4475, where somebody put them beside the source (../shared/torture). */
#include "sip_test.h"

#include <stdio.h>

#include "sip/frame.h"
#include "sip/uri.h"

#define FOLDER SOURCE_ROOT "/../shared/torture/"

/* What the reader of each kind of header says: '0' read, 'b' bad, '-' not there. In the order From, To, Contact, Via,
 * CSeq, Request-URI. */
struct fact {
	const char *name;
	enum sip_method method;
	uint16_t status, lines;
	size_t body;
	uint32_t odd;
	const char *readers;
	unsigned vias;
};

static const struct fact facts[] = {
	{"badaspec", SIP_METHOD_OPTIONS, 0, 8, 0, 0, "00-000", 1},
	{"badbranch", SIP_METHOD_OPTIONS, 0, 8, 0, 0, "00-000", 1},
	{"baddate", SIP_METHOD_INVITE, 0, 10, 150, 0, "000000", 1},
	{"baddn", SIP_METHOD_OPTIONS, 0, 8, 0, 0, "00-000", 1},
	{"badinv01", SIP_METHOD_INVITE, 0, 9, 152, 0, "000000", 2},
	{"badvers", SIP_METHOD_OPTIONS, 0, 7, 0, SIP_ODD_VERSION, "00-000", 1},
	{"bcast", SIP_METHOD_INVITE, 200, 9, 154, 0, "00000-", 2},
	{"bext01", SIP_METHOD_OPTIONS, 0, 9, 0, 0, "00-000", 1},
	{"bigcode", SIP_METHOD_INVITE, 0, 7, 0, SIP_ODD_START, "00000-", 1},
	{"clerr", SIP_METHOD_INVITE, 0, 9, 154, SIP_ODD_LENGTH_LONG, "000000", 1},
	{"cparam01", SIP_METHOD_REGISTER, 0, 8, 0, 0, "000000", 1},
	{"cparam02", SIP_METHOD_REGISTER, 0, 8, 0, 0, "000000", 1},
	{"dblreq", SIP_METHOD_REGISTER, 0, 8, 0, SIP_ODD_LENGTH_SHORT, "000000", 1},
	{"esc01", SIP_METHOD_INVITE, 0, 9, 150, 0, "000000", 1},
	{"esc02", SIP_METHOD_OTHER, 0, 10, 0, 0, "000000", 1},
	{"escnull", SIP_METHOD_REGISTER, 0, 9, 0, 0, "000000", 1},
	{"escruri", SIP_METHOD_INVITE, 0, 9, 150, 0, "000000", 1},
	{"insuf", SIP_METHOD_INVITE, 0, 4, 152, 0, "---000", 1},
	{"intmeth", SIP_METHOD_OTHER, 0, 8, 0, SIP_ODD_NUL, "00-000", 1},
	{"inv2543", SIP_METHOD_INVITE, 0, 7, 105, 0, "00-000", 1},
	{"invut", SIP_METHOD_INVITE, 0, 9, 40, 0, "000000", 1},
	{"longreq", SIP_METHOD_INVITE, 0, 43, 150, 0, "000000", 34},
	{"ltgtruri", SIP_METHOD_INVITE, 0, 9, 159, 0, "00000b", 1},
	{"lwsdisp", SIP_METHOD_OPTIONS, 0, 7, 0, 0, "00-000", 1},
	{"lwsruri", SIP_METHOD_INVITE, 0, 9, 159, SIP_ODD_START, "00000b", 1},
	{"lwsstart", SIP_METHOD_INVITE, 0, 9, 150, SIP_ODD_START, "000000", 1},
	{"mcl01", SIP_METHOD_OPTIONS, 0, 9, 67, SIP_ODD_LENGTH_BAD, "00-000", 1},
	{"mismatch01", SIP_METHOD_OPTIONS, 0, 7, 0, 0, "00-000", 1},
	{"mismatch02", SIP_METHOD_OTHER, 0, 9, 138, 0, "000000", 1},
	{"mpart01", SIP_METHOD_MESSAGE, 0, 14, 553, 0, "000000", 1},
	{"multi01", SIP_METHOD_INVITE, 0, 15, 154, 0, "000000", 1},
	{"ncl", SIP_METHOD_INVITE, 0, 9, 152, SIP_ODD_LENGTH_BAD, "000000", 1},
	{"noreason", SIP_METHOD_INVITE, 100, 7, 0, 0, "00000-", 1},
	{"novelsc", SIP_METHOD_OPTIONS, 0, 7, 0, 0, "00-000", 1},
	{"quotbal", SIP_METHOD_INVITE, 0, 9, 152, 0, "0b0000", 1},
	{"regaut01", SIP_METHOD_REGISTER, 0, 8, 0, 0, "00-000", 1},
	{"regbadct", SIP_METHOD_REGISTER, 0, 8, 0, 0, "000000", 1},
	{"regescrt", SIP_METHOD_REGISTER, 0, 8, 0, 0, "000000", 1},
	{"scalar02", SIP_METHOD_REGISTER, 0, 9, 0, 0, "0000b0", 1},
	{"scalarlg", SIP_METHOD_OPTIONS, 503, 8, 0, 0, "00-0b-", 1},
	{"sdp01", SIP_METHOD_INVITE, 0, 10, 150, 0, "000000", 1},
	{"semiuri", SIP_METHOD_OPTIONS, 0, 8, 0, 0, "00-000", 1},
	{"transports", SIP_METHOD_OPTIONS, 0, 12, 0, 0, "00-000", 5},
	{"trws", SIP_METHOD_OPTIONS, 0, 8, 0, SIP_ODD_START, "00-000", 1},
	{"unkscm", SIP_METHOD_OPTIONS, 0, 7, 0, 0, "00-000", 1},
	{"unksm2", SIP_METHOD_REGISTER, 0, 8, 0, 0, "000000", 1},
	{"unreason", SIP_METHOD_INVITE, 200, 8, 154, 0, "00000-", 1},
	{"wsinv", SIP_METHOD_INVITE, 0, 14, 150, 0, "000000", 3},
	{"zeromf", SIP_METHOD_OPTIONS, 0, 7, 0, 0, "00-000", 1},
};

/* The file's bytes; skips the test where they are not there. */
static struct slice torture(const char *name)
{
	static char bytes[8192];
	FILE *file = fopen(arena_printf(&test_arena, FOLDER "%s.dat", name), "rb");
	size_t len;

	if (!file)
		cr_skip_test("no torture messages in " FOLDER);
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return arena_copy(&test_arena, (struct slice){bytes, len});
}

static struct sip_msg torture_msg(const char *name)
{
	struct sip_msg msg;
	struct err err = {0};

	cr_assert_eq(sip_msg_index(&msg, torture(name), &test_arena, &err), 0, "%s: %s", name, err.text);
	return msg;
}

static char letter(int r)
{
	return r == 0 ? '0' : r == -ENOENT ? '-' : 'b';
}

/* Into ret_seen, 7 bytes. */
static void read_all(const struct sip_msg *msg, char *ret_seen)
{
	struct sip_uri uri;
	struct sip_addr addr;
	struct sip_via via;
	struct slice method;
	uint32_t cseq;
	char seen[] = {letter(sip_msg_addr(msg, SIP_HEADER_FROM, &addr)),
		       letter(sip_msg_addr(msg, SIP_HEADER_TO, &addr)),
		       letter(sip_msg_addr(msg, SIP_HEADER_CONTACT, &addr)),
		       letter(sip_msg_via(msg, &via)),
		       letter(sip_msg_cseq(msg, &cseq, &method)),
		       letter(msg->is_request ? sip_uri_read(msg->uri, &uri, NULL) : -ENOENT),
		       '\0'};

	memcpy(ret_seen, seen, sizeof(seen));
}

Test(sip, torture_messages_are_indexed)
{
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		const struct fact *fact = &facts[i];
		struct sip_msg msg = torture_msg(fact->name);
		char seen[7];

		cr_expect(sip_msg_probe(msg.raw), "%s", fact->name);
		cr_expect(msg.method == fact->method && msg.status == fact->status, "%s", fact->name);
		cr_expect(msg.line_count == fact->lines && msg.body.len == fact->body, "%s", fact->name);
		cr_expect_eq(msg.odd, fact->odd, "%s: %x", fact->name, msg.odd);
		cr_expect_eq(sip_values_count(&msg, SIP_HEADER_VIA), fact->vias, "%s", fact->name);
		read_all(&msg, seen);
		cr_expect_str_eq(seen, fact->readers, "%s: %s", fact->name, seen);
	}
}

/* The one whose request line has no version. */
Test(sip, torture_message_without_version)
{
	struct sip_msg msg;
	struct err err;

	cr_assert_eq(sip_msg_index(&msg, torture("test"), &test_arena, &err), -EBADMSG);
	cr_assert_str_eq(err.text, "no SIP start line: INVITE sip:alan@jasomi.com");
}

Test(sip, torture_blanks_everywhere)
{
	struct sip_msg msg = torture_msg("wsinv");
	struct sip_addr addr;
	struct sip_via via;
	struct sip_values it;
	struct slice value, method;
	uint32_t cseq;

	assert_slice(sip_msg_tag(&msg, SIP_HEADER_TO), "1918181833n");
	assert_slice(sip_msg_tag(&msg, SIP_HEADER_FROM), "98asjd8");
	cr_assert_eq(sip_msg_addr(&msg, SIP_HEADER_FROM, &addr), 0);
	assert_slice(addr.display, "\"J Rosenberg \\\\\\\"\"");
	cr_assert(sip_msg_cseq(&msg, &cseq, &method) == 0 && cseq == 9);
	assert_slice(method, "INVITE");
	cr_assert_eq(sip_msg_via(&msg, &via), 0);
	assert_slice(via.branch, "390skdjuw");
	sip_values_start(&it, &msg, SIP_HEADER_VIA);
	while (sip_values_next(&it, &value))
		cr_assert_eq(sip_via_read(value, &via), 0);
	assert_slice(via.host, "192.168.255.111");
	assert_slice(via.branch, "z9hG4bK30239");
	cr_assert_eq(sip_msg_addr(&msg, SIP_HEADER_CONTACT, &addr), 0);
	assert_slice(addr.uri, "sip:jdrosen@example.com");
	cr_assert(sip_param_find(addr.params, "q", &value));
	assert_slice(value, "0.33");
	cr_assert_eq(sip_msg_line(&msg, SIP_HEADER_CONTENT_LENGTH)->flags, SIP_LINE_SPACED);
}

Test(sip, torture_details)
{
	struct sip_msg msg = torture_msg("esc01");
	struct sip_addr addr;
	struct sip_uri uri;
	struct buf key = {0};
	uint64_t number;

	cr_assert(sip_uri_user_key(msg.uri, &key));
	cr_assert_str_eq(key.p, "sips:user@example.com@example.net");
	cr_assert_eq(sip_msg_addr(&msg, SIP_HEADER_CONTACT, &addr), 0);
	assert_slice(addr.uri, "sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31");
	msg = torture_msg("esc02");
	assert_slice(msg.method_text, "RE%47IST%45R");
	cr_assert_eq(sip_values_count(&msg, SIP_HEADER_CONTACT), 2);
	msg = torture_msg("intmeth");
	cr_assert_eq(sip_uri_read(msg.uri, &uri, NULL), 0);
	assert_slice(uri.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
	assert_slice(sip_msg_tag(&msg, SIP_HEADER_FROM), "_token~1'+`*%!-.");
	msg = torture_msg("unreason");
	cr_assert_eq(msg.reason.len, 74);
	msg = torture_msg("semiuri");
	cr_assert_eq(sip_values_count(&msg, SIP_HEADER_ACCEPT), 6);
	msg = torture_msg("scalar02");
	cr_assert_eq(sip_msg_number(&msg, SIP_HEADER_EXPIRES, &number), -EBADMSG);
	msg = torture_msg("mcl01");
	cr_assert_eq(msg.content_length, 13);
	msg = torture_msg("ncl");
	cr_assert_eq(msg.content_length, -2);
	msg = torture_msg("cparam02");
	cr_assert_eq(sip_msg_addr(&msg, SIP_HEADER_CONTACT, &addr), 0);
	cr_assert_null(addr.params.p);
	buf_done(&key);
}

static void prefix_is_safe(struct slice prefix)
{
	struct arena arena = {0};
	struct sip_msg msg;
	size_t skip, len;
	enum sip_frame frame = sip_frame_stream(prefix, 100000, &skip, &len, NULL);
	char seen[7];

	cr_expect_leq(frame, SIP_FRAME_MORE);
	if (frame == SIP_FRAME_MORE)
		cr_expect(skip == 0 && (len == 0 || len > prefix.len));
	else
		cr_expect_leq(skip + len, prefix.len);
	if (sip_msg_index(&msg, prefix, &arena, NULL) == 0)
		read_all(&msg, seen);
	arena_done(&arena);
}

Test(sip, torture_prefixes)
{
	static const char *const names[] = {"wsinv", "intmeth", "esc01", "quotbal", "unreason", "badinv01"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		each_prefix(torture(names[i]), prefix_is_safe);
}

/* Two requests in one stream: the first ends where it says, the blank line behind it is a keep-alive. The second one
 * has two bytes more than its Content-Length tells. */
Test(sip, torture_double_request_on_a_stream)
{
	struct slice bytes = torture("dblreq");
	enum sip_frame expected[] = {SIP_FRAME_MESSAGE, SIP_FRAME_KEEPALIVE, SIP_FRAME_MESSAGE, SIP_FRAME_JUNK,
				     SIP_FRAME_KEEPALIVE};

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		size_t skip, len;

		cr_assert_eq(sip_frame_stream(bytes, 100000, &skip, &len, NULL), expected[i], "%zu", i);
		bytes.p += skip + len;
		bytes.len -= skip + len;
	}
	cr_assert_eq(bytes.len, 0);
}
