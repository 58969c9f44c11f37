/* SPDX-License-Identifier: MIT */
#include "sip_test.h"

#include <stdio.h>

Test(sip, fields_first_address_of_a_header)
{
	struct sip_msg msg = WITH("From: Bell, A <sip:a@b>;tag=1\r\nm: <sip:c>, <sip:d>\r\nTo: <sip:e\r\nRoute: ,\r\n");
	struct sip_addr addr;

	cr_assert_eq(sip_msg_addr(&msg, SIP_HEADER_FROM, &addr), 0);
	assert_slice(addr.display, "Bell, A");
	cr_assert_eq(sip_msg_addr(&msg, SIP_HEADER_CONTACT, &addr), 0);
	assert_slice(addr.uri, "sip:c");
	cr_assert_eq(sip_msg_addr(&msg, SIP_HEADER_TO, &addr), -EBADMSG);
	cr_assert_eq(sip_msg_addr(&msg, SIP_HEADER_ROUTE, &addr), -EBADMSG);
	cr_assert_eq(sip_msg_addr(&msg, SIP_HEADER_PATH, &addr), -ENOENT);
	assert_slice(sip_msg_tag(&msg, SIP_HEADER_FROM), "1");
	cr_assert_null(sip_msg_tag(&msg, SIP_HEADER_TO).p);
	cr_assert_null(sip_msg_uri(&msg, SIP_HEADER_TO).p);
	cr_assert_null(sip_msg_uri(&msg, SIP_HEADER_P_ASSERTED_IDENTITY).p);
	assert_slice(sip_msg_uri(&msg, SIP_HEADER_CONTACT), "sip:c");
	msg = WITH("f: sip:a@b\r\n ;TAG = x\r\nt: <sip:a;tag=no>\r\n");
	assert_slice(sip_msg_tag(&msg, SIP_HEADER_FROM), "x");
	cr_assert_null(sip_msg_tag(&msg, SIP_HEADER_TO).p);
}

/* All that can be put together of some pieces, one after the other; what begins or ends with a blank is left to the
 * index. False: there was no more. */
static bool next_text(const char *const *pieces, unsigned count, unsigned most, unsigned *number, char *ret_text)
{
	unsigned rest = (*number)++;

	*ret_text = '\0';
	for (unsigned i = 0; i < most && rest; i++, rest /= count + 1)
		if (rest % (count + 1))
			strcat(ret_text, pieces[rest % (count + 1) - 1]);
	return rest == 0;
}

/* What From is read to at once is what an address and its tag are read to. */
Test(sip, fields_plain_parties_are_read_as_others)
{
	static const char *const pieces[] = {"<", "sip:a@b", ">", ";tag=", "1", ";", "\"", " ", "<sip:a@b>"};
	char value[100], text[140];
	unsigned number = 0, good = 0;

	while (next_text(pieces, 9, 5, &number, value)) {
		struct sip_addr addr, party = {0};
		struct slice tag = SLICE_NONE;
		struct sip_msg msg;
		int r;

		snprintf(text, sizeof(text), "OPTIONS sip:a@b SIP/2.0\r\nFrom:%s\r\n\r\n", value);
		msg = indexed(text);
		r = sip_addr_read(sip_msg_value(&msg, SIP_HEADER_FROM), &addr);
		if (r == 0)
			sip_param_find(addr.params, "tag", &tag);
		cr_assert_eq(sip_msg_addr(&msg, SIP_HEADER_FROM, &party), r, "%s", value);
		cr_assert(r < 0 || (slice_eq(party.uri, addr.uri) && slice_eq(party.params, addr.params) &&
				    slice_eq(party.display, addr.display) && party.brackets == addr.brackets),
			  "%s", value);
		cr_assert(slice_eq(sip_msg_tag(&msg, SIP_HEADER_FROM), tag), "%s", value);
		cr_assert_eq(!sip_msg_tag(&msg, SIP_HEADER_FROM).p, !tag.p, "%s", value);
		cr_assert(slice_eq(sip_msg_uri(&msg, SIP_HEADER_FROM), r == 0 ? addr.uri : SLICE_NONE), "%s", value);
		good += r == 0;
	}
	cr_assert_gt(good, 1000);
}

/* The first of them is remembered, under whatever line. */
Test(sip, fields_contacts_are_read_as_addresses)
{
	struct sip_msg msg = WITH("m: ,\r\nContact: <sip:c>;a=1, <sip:c>;b\r\nm: sip:d;c , <sip:e\r\n");
	static const char *const params[] = {"a=1", "b", "c"};
	struct sip_values it;
	struct slice value;
	struct sip_addr addr;

	sip_values_start(&it, &msg, SIP_HEADER_CONTACT);
	for (unsigned i = 0; i < 3; i++) {
		cr_assert(sip_values_next(&it, &value));
		cr_assert_eq(sip_contact_read(&msg, value, &addr), 0);
		assert_slice(addr.params, params[i]);
	}
	cr_assert(sip_values_next(&it, &value));
	cr_assert_eq(sip_contact_read(&msg, value, &addr), -EBADMSG);
	msg = WITH("m: <sip:a\r\n");
	cr_assert_eq(sip_contact_read(&msg, sip_msg_value(&msg, SIP_HEADER_CONTACT), &addr), -EBADMSG);
}

static int number_of(struct sip_msg msg, uint64_t *ret)
{
	return sip_msg_number(&msg, SIP_HEADER_EXPIRES, ret);
}

Test(sip, fields_numbers)
{
	uint64_t n = 7;

	cr_assert_eq(number_of(WITH("To: a\r\n"), &n), -ENOENT);
	cr_assert_eq(number_of(WITH("Expires: soon\r\n"), &n), -EBADMSG);
	cr_assert_eq(number_of(WITH("Expires:\r\n"), &n), -EBADMSG);
	cr_assert_eq(number_of(WITH("Expires: -1\r\n"), &n), -EBADMSG);
	cr_assert_eq(number_of(WITH("Expires: 1x\r\n"), &n), -EBADMSG);
	cr_assert_eq(number_of(WITH("Expires: 18446744073709551616\r\n"), &n), -EBADMSG);
	cr_assert_eq(n, 7);
	cr_assert(number_of(WITH("Expires: 18446744073709551615\r\n"), &n) == 0 && n == UINT64_MAX);
	cr_assert(number_of(WITH("Expires:\r\n 0\r\n"), &n) == 0 && n == 0);
	cr_assert(number_of(WITH("Expires: 00000000000000000000000090 ;refresher=uas\r\n"), &n) == 0 && n == 90);
	cr_assert(number_of(WITH("Expires: 5(or so)\r\n"), &n) == 0 && n == 5);
}

static int cseq_of(struct sip_msg msg, uint32_t *ret_number, struct slice *ret_method)
{
	return sip_msg_cseq(&msg, ret_number, ret_method);
}

Test(sip, fields_cseq)
{
	static const char *const bad[] = {"CSeq: 1\r\n",         "CSeq: 1INVITE\r\n",        "CSeq: INVITE\r\n",
					  "CSeq: 1 IN VITE\r\n", "CSeq: 4294967296 ACK\r\n", "CSeq:\r\n",
					  "CSeq: 1 \r\n"};
	struct slice method;
	uint32_t n;

	cr_assert(cseq_of(WITH("cseq: 0009\r\n  INVITE\r\n"), &n, &method) == 0 && n == 9);
	assert_slice(method, "INVITE");
	cr_assert(cseq_of(WITH("CSeq: 4294967295 x\r\n"), &n, &method) == 0 && n == UINT32_MAX);
	cr_assert_eq(cseq_of(WITH(""), &n, &method), -ENOENT);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(
			cseq_of(indexed(arena_printf(&test_arena, "ACK sip:a SIP/2.0\r\n%s\r\n", bad[i])), &n, &method),
			-EBADMSG, "%s", bad[i]);
}

Test(sip, fields_event)
{
	struct sip_msg msg = WITH("o: poc-settings ;id=1\r\n");

	assert_slice(sip_msg_event(&msg), "poc-settings");
	msg = WITH("Event: poc-settings.winfo\r\n");
	assert_slice(sip_msg_event(&msg), "poc-settings.winfo");
	msg = WITH("Event:\r\n");
	cr_assert(sip_msg_event(&msg).p && sip_msg_event(&msg).len == 0);
	msg = WITH("");
	cr_assert_null(sip_msg_event(&msg).p);
}

Test(sip, fields_lists)
{
	struct sip_msg msg = WITH(
		"Allow: INVITE,ACK\r\nAllow: Bye\r\nk: path , Timer\r\nAccept: a/b;q=1, text/plain\r\nu: Presence\r\n");

	cr_assert(sip_msg_lists(&msg, SIP_HEADER_ALLOW, SLICE("ACK")));
	cr_assert_not(sip_msg_lists(&msg, SIP_HEADER_ALLOW, SLICE("BYE")));
	cr_assert_not(sip_msg_lists(&msg, SIP_HEADER_ALLOW, SLICE("AC")));
	cr_assert(sip_msg_lists(&msg, SIP_HEADER_ALLOW_EVENTS, SLICE("Presence")));
	cr_assert_not(sip_msg_lists(&msg, SIP_HEADER_ALLOW_EVENTS, SLICE("presence")));
	cr_assert(sip_msg_lists(&msg, SIP_HEADER_SUPPORTED, SLICE("timer")));
	cr_assert(sip_msg_lists(&msg, SIP_HEADER_ACCEPT, SLICE("A/B")));
	cr_assert_not(sip_msg_lists(&msg, SIP_HEADER_REQUIRE, SLICE("path")));
}

static void assert_via(const char *text, const char *transport, const char *host, const char *port, const char *branch)
{
	struct sip_via via;

	cr_assert_eq(sip_via_read(slice_of(text), &via), 0, "%s", text);
	assert_slice(via.transport, transport);
	assert_slice(via.host, host);
	assert_slice(via.port, port ? port : "");
	assert_slice(via.branch, branch ? branch : "");
	cr_assert(!via.port.p == !port && !via.branch.p == !branch, "%s", text);
}

Test(sip, fields_via)
{
	static const char *const bad[] = {"",
					  "SIP/2.0",
					  "SIP/2.0/UDP",
					  "SIP/2.0/UDP ",
					  "SIP/2.0/UDP ;branch=x",
					  "HTTP/2.0/UDP a",
					  "SIP/2.0/UDP a:",
					  "SIP/2.0/UDP a:b",
					  "SIP/2.0/UDP [::1",
					  "SIP/2.0/UDP a b",
					  "SIP//UDP a",
					  "SIP/2.0/ a",
					  ";;"};
	struct sip_via via;

	assert_via("SIP/2.0/udp 192.0.2.1:5060;received=a;received=b;branch=z9hG4bK1;rport", "udp", "192.0.2.1", "5060",
		   "z9hG4bK1");
	assert_via("SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw", "UDP", "192.0.2.2", NULL, "390skdjuw");
	assert_via("SIP / 2.0 / TCP [2001:db8::1] : 5061 ; branch =\r\n x", "TCP", "[2001:db8::1]", "5061", "x");
	assert_via("SIP/2.0/TLS [::1]", "TLS", "[::1]", NULL, NULL);
	assert_via("SIP/2.0/UDP 192.0.2.15;;", "UDP", "192.0.2.15", NULL, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(sip_via_read(slice_of(bad[i]), &via), -EBADMSG, "%s", bad[i]);
}

/* A blank makes no difference, but the plain way does not know it. */
Test(sip, fields_plain_vias_are_read_as_others)
{
	static const char *const pieces[] = {"UDP ", " ", "host-1.example.net", ":", "5060", ";branch=z", ";",
					     "\"",   "_"};
	char rest[150], plain[170], spaced[170];
	unsigned number = 0, good = 0;

	while (next_text(pieces, 9, 5, &number, rest)) {
		struct sip_via a, b;
		int r;

		snprintf(plain, sizeof(plain), "SIP/2.0/%s", rest);
		snprintf(spaced, sizeof(spaced), "SIP /2.0/%s", rest);
		r = sip_via_read(slice_of(spaced), &b);
		cr_assert_eq(sip_via_read(slice_of(plain), &a), r, "%s", plain);
		cr_assert(r < 0 ||
				  (slice_eq(a.transport, b.transport) && slice_eq(a.host, b.host) &&
				   slice_eq(a.port, b.port) && !a.port.p == !b.port.p && slice_eq(a.branch, b.branch) &&
				   !a.branch.p == !b.branch.p && slice_eq(a.params, b.params)),
			  "%s", plain);
		good += r == 0;
	}
	cr_assert_gt(good, 100);
}

/* What stands in a Via that can't be read may be told or not. */
Test(sip, fields_branch_is_that_of_the_top_via)
{
	static const char *const pieces[] = {"UDP a", ";branch=", ";", "z9-@ ", " ", ",", "\"", "<", ";x=y"};
	char rest[100], text[160];
	unsigned number = 0, good = 0;

	while (next_text(pieces, 9, 5, &number, rest)) {
		struct sip_via via;
		struct sip_msg msg;

		snprintf(text, sizeof(text), "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/%s\r\n\r\n", rest);
		arena_rewind(&test_arena);
		cr_assert_eq(sip_msg_index(&msg, slice_of(text), &test_arena, NULL), 0);
		if (sip_msg_via(&msg, &via) < 0)
			continue;
		cr_assert(slice_eq(sip_msg_branch(&msg), via.branch), "%s", text);
		good += via.branch.len > 0;
	}
	cr_assert_gt(good, 100);
}

Test(sip, fields_top_via)
{
	struct sip_msg msg = WITH("v: SIP/2.0/TCP a;branch=1 , SIP/2.0/UDP b\r\nVia: SIP/2.0/UDP c\r\n");
	struct sip_via via;

	cr_assert_eq(sip_msg_via(&msg, &via), 0);
	assert_slice(via.host, "a");
	msg = WITH("Via: SIP/2.0/UDP a<b;branch=z9hG4bK1\r\n");
	cr_assert_eq(sip_msg_via(&msg, &via), 0);
	cr_assert(slice_eq(via.branch, sip_msg_branch(&msg)));
	msg = WITH("Via: ,\r\n");
	cr_assert_eq(sip_msg_via(&msg, &via), -EBADMSG);
	msg = WITH("");
	cr_assert_eq(sip_msg_via(&msg, &via), -ENOENT);
}

static void via_prefix(struct slice prefix)
{
	struct sip_via via;
	int r = sip_via_read(prefix, &via);

	if (prefix.len <= strlen("SIP / 2.0/UDP ["))
		cr_expect_eq(r, -EBADMSG, "%zu", prefix.len);
	if (prefix.len > strlen("SIP / 2.0/UDP [::1]:"))
		cr_expect_eq(r, 0, "%zu", prefix.len);
}

Test(sip, fields_every_prefix_of_a_via)
{
	each_prefix(SLICE("SIP / 2.0/UDP [::1]:5060;branch=z9hG4bK;x=\"y\""), via_prefix);
}

static void fields_prefix(struct slice prefix)
{
	struct sip_addr addr;
	struct slice method;
	struct sip_msg msg;
	uint64_t number;
	uint32_t cseq;

	if (sip_msg_index(&msg, prefix, &test_arena, NULL) < 0)
		return;
	if (sip_msg_cseq(&msg, &cseq, &method) == 0)
		cr_expect(cseq == 12 && method.p[0] == 'A');
	if (sip_msg_number(&msg, SIP_HEADER_EXPIRES, &number) == 0)
		cr_expect(number == 3 || number == 36);
	if (sip_msg_addr(&msg, SIP_HEADER_FROM, &addr) == 0)
		cr_expect(addr.uri.len > 0);
	cr_expect(sip_msg_event(&msg).len <= 3);
}

Test(sip, fields_every_prefix_of_a_message)
{
	each_prefix(SLICE("ACK sip:a SIP/2.0\r\nCSeq: 12 ACK\r\nExpires: 36;x\r\nFrom: <sip:a>;tag=1\r\no:poc\r\n\r\n"),
		    fields_prefix);
}
