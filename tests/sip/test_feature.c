/* SPDX-License-Identifier: MIT */
#include "sip/feature.h"
#include "sip_test.h"

static const char tag[] = "+g.oma.sip-im";

static bool in_accept(const char *lines)
{
	struct sip_msg msg = indexed(arena_printf(&test_arena, "ACK sip:a SIP/2.0\r\n%s\r\n", lines));

	return sip_feature_found(&msg, SIP_HEADER_ACCEPT_CONTACT, tag, NULL, NULL);
}

static bool in_contact(const char *lines)
{
	struct sip_msg msg = indexed(arena_printf(&test_arena, "ACK sip:a SIP/2.0\r\n%s\r\n", lines));

	return sip_feature_found(&msg, SIP_HEADER_CONTACT, tag, NULL, NULL);
}

Test(sip, feature_accept_contact_has_it)
{
	static const char *const lines[] = {
		"Accept-Contact: *;+g.oma.sip-im\r\n",
		"a:*;+G.OMA.SIP-IM;explicit;require\r\n",
		"Accept-Contact: *;explicit;REQUIRE;+g.oma.sip-im=\"TRUE\"\r\n",
		"Accept-Contact: *;+g.oma.sip-im=\"x, true\"\r\n",
		"Accept-Contact: *;+g.oma.sip-im = TRUE\r\n",
		"Accept-Contact: *;+g.oma.sip-im.large-message;+g.oma.sip-im\r\n",
		"Accept-Contact: *;audio\r\nAccept-Contact: *;+g.oma.sip-im\r\n",
		"Accept-Contact: *;language=\"en,fr\",*;+g.oma.sip-im\r\n",
		"Accept-Contact: *;audio\r\n\t,*\r\n ; +g.oma.sip-im\r\n",
		"Accept-Contact: *;%2Bg.oma.sip%2dim\r\n",
		"Accept-Contact: *;+g.oma.sip-im=\"FALSE\";+g.oma.sip-im\r\n",
		"Accept-Contact: +g.oma.sip-im;require\r\n",
		"Accept-Contact: <sip:a@b>;+g.oma.sip-im\r\n",
		"Accept-Contact: sip:a@b;+g.oma.sip-im\r\n",
		"aCCept-cONtact : hello_world ; +g.oma.sip-im\r\n",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_expect(in_accept(lines[i]), "%s", lines[i]);
}

Test(sip, feature_accept_contact_lacks_it)
{
	static const char *const lines[] = {
		"",
		"Accept-Contact:\r\n",
		"Accept-Contact: *\r\n",
		"Accept-Contact: *;+g.oma.sip-im.large-message\r\n",
		"Accept-Contact: *;+g.oma.sip-i\r\n",
		"Accept-Contact: *;+g.oma.sip-im=\"FALSE\"\r\n",
		"Accept-Contact: *;+g.oma.sip-im=\"!TRUE\"\r\n",
		"Accept-Contact: *;+g.oma.sip-im=\"\"\r\n",
		"Accept-Contact: *;+g.oma.sip-im=\"<TRUE>\"\r\n",
		"Accept-Contact: *;x=\";+g.oma.sip-im\"\r\n",
		"Accept-Contact: <sip:a@b;+g.oma.sip-im>;require\r\n",
		"Accept-Contact: <sip:a@b;+g.oma.sip-im\r\n",
		"Accept-Contact: *;%2Bg.oma.sip%2\r\n",
		"j: *;+g.oma.sip-im\r\nContact: <sip:a>;+g.oma.sip-im\r\n",
		"X-Accept-Contact: *;+g.oma.sip-im\r\n",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_expect_not(in_accept(lines[i]), "%s", lines[i]);
}

Test(sip, feature_contact)
{
	cr_expect(in_contact("Contact: \"A, <B>\" <sip:a@b;lr>;expires = 600000;+g.oma.sip-im;automata\r\n"));
	cr_expect(in_contact("m: sip:a@b;q=0.500;+g.oma.sip-im\r\n"));
	cr_expect(in_contact("m: <sip:a>,<sip:b>;+g.oma.sip-im\r\n"));
	cr_expect(in_contact("m: <sip:a>\r\nm: <sip:b>;x;\r\n +g.oma.sip-im\r\n"));
	cr_expect_not(in_contact("m: <sip:a@b;+g.oma.sip-im>;x\r\n"));
	cr_expect_not(in_contact("m: +g.oma.sip-im\r\n"));
	cr_expect_not(in_contact("m: \"A;+g.oma.sip-im\" <sip:a>\r\n"));
	cr_expect_not(in_contact("m: \"A <sip:a>;+g.oma.sip-im\r\n"));
	cr_expect_not(in_contact("a: *;+g.oma.sip-im\r\n"));
}

Test(sip, feature_says_where)
{
	struct sip_msg msg = WITH("a: *;audio\r\na: *;+G.oma.sip-im = \"TRUE\" ;x\r\n");
	const struct sip_line *line = NULL;
	struct slice at = SLICE_NONE;

	cr_assert(sip_feature_found(&msg, SIP_HEADER_ACCEPT_CONTACT, tag, &line, &at));
	cr_assert_eq(line, &msg.lines[1]);
	assert_slice(at, "+G.oma.sip-im = \"TRUE\"");
	cr_assert(sip_feature_in(SLICE("a;+g.oma.sip-im;b"), tag, &at));
	assert_slice(at, "+g.oma.sip-im");
	cr_assert(sip_feature_in(SLICE("a;+g.oma.sip-im;b"), tag, NULL));
	cr_assert_not(sip_feature_in(SLICE_NONE, tag, NULL));
}

static bool plain(enum sip_header id, const char *lines)
{
	struct sip_msg msg = indexed(arena_printf(&test_arena, "ACK sip:a SIP/2.0\r\n%s\r\n", lines));

	return sip_feature_plain(&msg, id, tag);
}

Test(sip, feature_the_plainest_form)
{
	static const char *const other[] = {
		"",
		"a: *;+g.oma.sip-im\r\n",
		"accept-contact: *;+g.oma.sip-im\r\n",
		"Accept-Contact : *;+g.oma.sip-im\r\n",
		"Accept-Contact: *;\r\n +g.oma.sip-im\r\n",
		"Accept-Contact: *;+G.oma.sip-im\r\n",
		"Accept-Contact: *;+g.oma.sip-im=\"TRUE\"\r\n",
		"Accept-Contact: *;%2bg.oma.sip-im\r\n",
		"Accept-Contact: *;+g.oma.sip-im,*;audio\r\n",
		"Accept-Contact: *;+g.oma.sip-im\r\nAccept-Contact: *\r\n",
		"Accept-Contact: +g.oma.sip-im\r\n",
		"Accept-Contact: *;audio\r\n",
	};

	cr_assert(plain(SIP_HEADER_ACCEPT_CONTACT, "Accept-Contact: *;+g.oma.sip-im;require;explicit\r\n"));
	cr_assert(plain(SIP_HEADER_CONTACT, "Contact: <sip:a@b>;+g.oma.sip-im\r\n"));
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		cr_expect_not(plain(SIP_HEADER_ACCEPT_CONTACT, other[i]), "%s", other[i]);
}

static void feature_prefix(struct slice prefix)
{
	cr_expect_eq(sip_feature_in(prefix, tag, NULL), prefix.len >= strlen("x=\"a;b\";+g.oma.sip%2dim"), "%zu",
		     prefix.len);
}

Test(sip, feature_every_prefix)
{
	each_prefix(SLICE("x=\"a;b\";+g.oma.sip%2dim"), feature_prefix);
}
