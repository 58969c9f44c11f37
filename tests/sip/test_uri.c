/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "sip/uri.h"
#include "sip_test.h"

static void assert_part(struct slice part, const char *text)
{
	assert_slice(part, text ? text : "");
	cr_assert_eq(!part.p, !text);
}

Test(sip, uri_parts)
{
	struct sip_uri uri;

	cr_assert_eq(sip_uri_read(SLICE("sip:alice:se%40cret@IM.example:5061;lr;x=1?Subject=a&b=c"), &uri, NULL), 0);
	cr_assert_eq(uri.scheme, SIP_SCHEME_SIP);
	cr_assert_eq(uri.port, 5061);
	assert_part(uri.scheme_text, "sip");
	assert_part(uri.user, "alice");
	assert_part(uri.password, "se%40cret");
	assert_part(uri.host, "IM.example");
	assert_part(uri.params, "lr;x=1");
	assert_part(uri.headers, "Subject=a&b=c");
	cr_assert_eq(sip_uri_read(SLICE("SIPS:[2001:db8::1]"), &uri, NULL), 0);
	cr_assert(uri.scheme == SIP_SCHEME_SIPS && uri.port == 0);
	assert_part(uri.host, "[2001:db8::1]");
	assert_part(uri.user, NULL);
	assert_part(uri.params, NULL);
	assert_part(uri.headers, NULL);
	cr_assert_eq(sip_uri_read(SLICE("sip:user;par=u%40example.net@example.com?h=1"), &uri, NULL), 0);
	assert_part(uri.user, "user;par=u%40example.net");
	assert_part(uri.headers, "h=1");
	cr_assert_eq(sip_uri_read(SLICE("tel:+1-(201)555.0123;phone-context=x"), &uri, NULL), 0);
	cr_assert_eq(uri.scheme, SIP_SCHEME_TEL);
	assert_part(uri.user, "+1-(201)555.0123");
	assert_part(uri.params, "phone-context=x");
	assert_part(uri.host, NULL);
	cr_assert_eq(sip_uri_read(SLICE("urn:uuid:1-2"), &uri, NULL), 0);
	cr_assert(uri.scheme == SIP_SCHEME_URN && !uri.user.p);
	cr_assert_eq(sip_uri_read(SLICE("soap.beep://a"), &uri, NULL), 0);
	cr_assert_eq(uri.scheme, SIP_SCHEME_OTHER);
	assert_part(uri.scheme_text, "soap.beep");
}

Test(sip, uri_refusals_say_why)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"", "no URI: "},
		{"sip", "no URI: sip"},
		{"sip:", "no URI: sip:"},
		{"alice@im.example", "no URI: alice@im.example"},
		{"<sip:a@b>", "no URI: <sip:a@b>"},
		{"1sip:a", "no URI: 1sip:a"},
		{"sip:a@b; lr", "illegal character in URI: sip:a@b; lr"},
		{"sip:a\x01@b", "illegal character in URI: sip:a\\x01@b"},
		{"sip:\"a\"@b", "illegal character in URI: sip:\"a\"@b"},
		{"sip:@b", "empty user in URI: sip:@b"},
		{"sip::pw@b", "empty user in URI: sip::pw@b"},
		{"sip:a@", "bad host in URI: sip:a@"},
		{"sip:a@b@c", "bad host in URI: sip:a@b@c"},
		{"sip:a@[::1", "bad host in URI: sip:a@[::1"},
		{"sip:a@[::g]", "bad host in URI: sip:a@[::g]"},
		{"sip:a@[]", "bad host in URI: sip:a@[]"},
		{"sip:a@b%41", "bad host in URI: sip:a@b%41"},
		{"sip:b:", "bad port in URI: sip:b:"},
		{"sip:b:0", "bad port in URI: sip:b:0"},
		{"sip:b:65536", "bad port in URI: sip:b:65536"},
		{"sip:b:5x", "bad port in URI: sip:b:5x"},
		{"tel:", "no URI: tel:"},
		{"tel:+", "bad number in URI: tel:+"},
		{"tel:--", "bad number in URI: tel:--"},
		{"tel:+12a", "bad number in URI: tel:+12a"},
		{"tel:12x", "bad number in URI: tel:12x"},
	};
	struct sip_uri uri;
	struct err err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(sip_uri_read(slice_of(cases[i].text), &uri, &err), -EBADMSG, "%s", cases[i].text);
		cr_expect_str_eq(err.text, cases[i].says);
	}
}

static void assert_equal(const char *a, const char *b, bool equal)
{
	cr_expect_eq(sip_uri_equal(slice_of(a), slice_of(b)), equal, "%s %s", a, b);
	cr_expect_eq(sip_uri_equal(slice_of(b), slice_of(a)), equal, "%s %s", b, a);
}

Test(sip, uri_comparison_of_rfc_3261)
{
	assert_equal("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true);
	assert_equal("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true);
	assert_equal("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true);
	assert_equal("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
		     "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true);
	assert_equal("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
		     "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true);
	assert_equal("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false);
	assert_equal("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false);
	assert_equal("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false);
	assert_equal("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false);
	assert_equal("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false);
	assert_equal("sip:carol@chicago.com;security=off", "sip:carol@chicago.com;security=on", false);
	assert_equal("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false);
}

Test(sip, uri_comparison)
{
	assert_equal("sip:a@b", "sips:a@b", false);
	assert_equal("sip:a@b", "sip:b", false);
	assert_equal("sip:a:x@b", "sip:a@b", false);
	assert_equal("sip:a:x@b", "sip:a:X@b", false);
	assert_equal("sip:a@b;maddr=c", "sip:a@b", false);
	assert_equal("sip:a@b;gr=c", "sip:a@b", false);
	assert_equal("sip:a@b;gr=c;ob", "sip:a@b;gr=c", true);
	assert_equal("sip:a@b;user=phone", "sip:a@b;;user=PHONE;", true);
	assert_equal("sip:a@b?x=1", "sip:a@b?x=1&y=2", false);
	assert_equal("sip:%00@b", "sip:%00%00@b", false);
	assert_equal("sip:%Z%45@b", "sip:%ZE@b", true);
	assert_equal("tel:+1-201-555", "TEL:+1201(555)", true);
	assert_equal("tel:1201;phone-context=a", "tel:1201", false);
	assert_equal("tel:1201", "tel:1202", false);
	assert_equal("urn:a:b", "urn:a:b", true);
	assert_equal("urn:a:b", "URN:a:b", false);
	assert_equal("not a uri", "not a uri", true);
	assert_equal("not a uri", "not a URI", false);
	assert_equal("sip:a@b", "tel:1", false);
}

static void assert_key(const char *uri, const char *key)
{
	struct buf buf = {0};
	struct slice plain;

	cr_expect_eq(sip_uri_user_key(slice_of(uri), &buf), key != NULL, "%s", uri);
	if (sip_uri_plain_key(slice_of(uri), &plain))
		cr_expect(key && slice_is(plain, key), "%s", uri);
	assert_slice(buf_slice(&buf), key ? key : "");
	buf_done(&buf);
}

Test(sip, uri_user_keys)
{
	assert_key("sip:%61lice:pw@IM.Example:5060;transport=tcp?x=y", "alice@im.example");
	assert_key("sips:Alice@im.example", "Alice@im.example");
	assert_key("tel:+44-20(12).345;x=y", "+442012345");
	assert_key("tel:12AB*#;phone-context=X.example", "12ab*#@x.example");
	assert_key("tel:70-42", "7042");
	assert_key("sip:7042@im.example;user=phone", "7042@im.example");
	assert_key("sip:7042;phone-context=+44@gw.example;user=phone", "7042@+44");
	assert_key("sip:7042;phone-context=+44@gw.example", "7042@+44");
	assert_key("sip:alice;phone-context=+44@gw.example", "alice;phone-context=+44@gw.example");
	assert_key("sip:%3B@im.example;user=phone", ";@im.example");
	assert_key("sip:+44-2012345@im.example;user=phone", "+442012345");
	assert_key("sip:%2B442012345;phone-context=x@im.example;User=Phone", "+442012345");
	assert_key("sip:alice@im.example;user=phone", "alice@im.example");
	assert_key("sip:+442012345@im.example", "+442012345");
	assert_key("sip:%2B442012345;npdi@im.example:5060", "+442012345");
	assert_key("sip:442012345@im.example", "442012345@im.example");
	assert_key("sip:+442012345@192.0.2.1:5060", "+442012345@192.0.2.1");
	assert_key("sip:+442012345@[2001:db8::1]", "+442012345@[2001:db8::1]");
	assert_key("sip:+442012345@im.example;user=ip", "+442012345@im.example");
	assert_key("sip:+44x@im.example", "+44x@im.example");
	assert_key("sip:%61@im.example", "a@im.example");
	assert_key("sip:im.example", NULL);
	assert_key("urn:uuid:1", NULL);
	assert_key("im.example", NULL);
	assert_key("sip:a@[2001:DB8::1]", "a@[2001:db8::1]");
}

Test(sip, uri_is_number)
{
	cr_expect(sip_uri_is_number(SLICE("tel:+44-20(12).345")));
	cr_expect(sip_uri_is_number(SLICE("tel:7042;phone-context=im.example")));
	cr_expect(sip_uri_is_number(SLICE("sip:7042@im.example;user=phone")));
	cr_expect(sip_uri_is_number(SLICE("sip:%2B442012345@im.example")));
	cr_expect(sip_uri_is_number(SLICE("sip:+442012345@192.0.2.1"))); /* a device of whoever that is */
	cr_expect_not(sip_uri_is_number(SLICE("sip:442012345@im.example")));
	cr_expect_not(sip_uri_is_number(SLICE("sip:im.example")));
	cr_expect_not(sip_uri_is_number(SLICE("+442012345")));
}

static bool is_plain(const char *uri)
{
	struct slice exact = exact_copy(slice_of(uri)), key;
	bool plain = sip_uri_plain_key(exact, &key);

	free((void *)exact.p);
	return plain;
}

/* Each of them has the key that its copy has; all else only says nothing. */
Test(sip, uri_plain_keys)
{
	static const char *const plain[] = {"sip:a@b",
					    "sip:bob@im.ex",
					    "sip:alice@im.example",
					    "sip:a-1.b@10.0.0.1",
					    "tel:+1",
					    "tel:+442012345",
					    "sip:alice.of.a.long.name@a-host.in.a.long-domain.im.example.net"};
	static const char *const others[] = {"",
					     "sip:",
					     "tel:",
					     "tel:+",
					     "tel:1",
					     "tel:+1-2",
					     "tel:+1;x=y",
					     "sip:a",
					     "sip:@b",
					     "sip:a@",
					     "sip:a@b@c",
					     "sip:alice@im.examplE",
					     "sip:Alice@im.example",
					     "sip:ali%63e@im.example",
					     "sip:alice@im.example:1",
					     "sip:alice@im.example/1",
					     "sip:alice@im.example;lr",
					     "sip:alice:pw@im.example",
					     "sips:alice@im.example",
					     "sip:alice@im.example ",
					     "sip:alice@im.exampl\xe9"};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		cr_expect(is_plain(plain[i]), "%s", plain[i]);
		assert_key(plain[i], plain[i] + 4);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		cr_expect_not(is_plain(others[i]), "%s", others[i]);
}

Test(sip, uri_same_user)
{
	cr_assert(sip_uri_same_user(SLICE("sip:a@B;lr"), SLICE("sips:%61:pw@b:5061?x=y")));
	cr_assert(sip_uri_same_user(SLICE("tel:+44-1"), SLICE("sip:+441@x;user=phone")));
	cr_assert(sip_uri_same_user(SLICE("sip:+441@x"), SLICE("sip:+441@x;user=phone")));
	cr_assert_not(sip_uri_same_user(SLICE("sip:+441@192.0.2.1"), SLICE("sip:+441@x;user=phone")));
	cr_assert_not(sip_uri_same_user(SLICE("tel:441"), SLICE("sip:441@x")));
	cr_assert_not(sip_uri_same_user(SLICE("sip:a@b"), SLICE("sip:A@b")));
	cr_assert_not(sip_uri_same_user(SLICE("sip:b"), SLICE("sip:b")));
	cr_assert_not(sip_uri_same_user(SLICE("x"), SLICE("sip:a@b")));
}

static void uri_prefix(struct slice prefix)
{
	struct buf key = {0};
	struct sip_uri uri;
	bool readable = sip_uri_read(prefix, &uri, NULL) == 0;

	/* "sip:a" is a host; what ends in the user, the brackets or before the port is nothing */
	cr_expect_eq(readable, prefix.len == 5 || prefix.len == 19 || prefix.len > 20, "%zu", prefix.len);
	cr_expect_eq(sip_uri_user_key(prefix, &key), prefix.len >= 19 && readable, "%zu", prefix.len);
	cr_expect(sip_uri_equal(prefix, prefix));
	buf_done(&key);
}

Test(sip, uri_every_prefix)
{
	each_prefix(SLICE("sip:a%42:p%41@[::1]:5060;a=b;transport=%41?h=%42&i"), uri_prefix);
}

static void tel_prefix(struct slice prefix)
{
	struct sip_uri uri;

	cr_expect_eq(sip_uri_read(prefix, &uri, NULL) == 0, prefix.len > 5, "%zu", prefix.len);
}

Test(sip, uri_every_prefix_of_a_number)
{
	each_prefix(SLICE("tel:+1-2;a=b"), tel_prefix);
}
