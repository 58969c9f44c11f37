/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "net/addr.h"

TestSuite(net_addr);

static const char *text_of(const struct net_addr *addr)
{
	static char text[NET_ADDR_TEXT_MAX];

	return net_addr_format(text, addr);
}

Test(net_addr, reads_and_writes_both_families)
{
	static const char *const same[] = {"127.0.0.1:5060", "[::1]:5060", "[2001:db8::a:1]:65535",
					   "255.255.255.255:1"};
	struct net_addr addr;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		cr_assert_eq(net_addr_parse(slice_of(same[i]), 0, &addr, &err), 0, "%s", same[i]);
		cr_expect_str_eq(text_of(&addr), same[i]);
	}
	cr_assert_eq(net_addr_parse(SLICE("192.0.2.1"), 5060, &addr, &err), 0);
	cr_expect_str_eq(text_of(&addr), "192.0.2.1:5060");
	cr_assert_eq(net_addr_parse(SLICE("2001:db8::1"), 5061, &addr, &err), 0);
	cr_expect_str_eq(text_of(&addr), "[2001:db8::1]:5061");
	addr.port = 0;
	cr_expect_str_eq(text_of(&addr), "2001:db8::1");
	cr_expect_str_eq(text_of(&(struct net_addr){0}), "?");
}

Test(net_addr, refuses_what_is_no_address_and_says_why)
{
	static const struct {
		const char *text, *error;
	} bad[] = {
		{"", "\"\": expected a numeric ADDRESS:PORT or [IPv6]:PORT"},
		{"example.com:5060", "\"example.com:5060\": expected a numeric ADDRESS:PORT or [IPv6]:PORT"},
		{"[127.0.0.1]:5060", "\"[127.0.0.1]:5060\": expected a numeric ADDRESS:PORT or [IPv6]:PORT"},
		{"[::1:5060", "\"[::1:5060\": expected a numeric ADDRESS:PORT or [IPv6]:PORT"},
		{"1.2.3.4.5:1", "\"1.2.3.4.5:1\": expected a numeric ADDRESS:PORT or [IPv6]:PORT"},
		{"127.0.0.1", "\"127.0.0.1\": expected a port from 1 to 65535 behind the address"},
		{"127.0.0.1:0", "\"127.0.0.1:0\": expected a port from 1 to 65535 behind the address"},
		{"127.0.0.1:65536", "\"127.0.0.1:65536\": expected a port from 1 to 65535 behind the address"},
		{"[::1]5060", "\"[::1]5060\": expected a port from 1 to 65535 behind the address"},
		{"127.0.0.1:5060x", "\"127.0.0.1:5060x\": expected a port from 1 to 65535 behind the address"},
		{"\x1b[31m", "\"\\x1b[31m\": expected a numeric ADDRESS:PORT or [IPv6]:PORT"},
	};
	struct net_addr addr, before = {.port = 7};
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		addr = before;
		cr_expect_eq(net_addr_parse(slice_of(bad[i].text), 0, &addr, &err), -EINVAL, "%s", bad[i].text);
		cr_expect_str_eq(err.text, bad[i].error);
		cr_expect(net_addr_eq(&addr, &before));
	}
}

Test(net_addr, every_prefix_is_safe)
{
	static const char good[] = "[2001:db8::1]:5060";
	struct net_addr addr;

	for (size_t n = 0; n < sizeof(good) - 1; n++) {
		char *copy = mem_alloc(n ? n : 1);
		memcpy(copy, good, n);
		net_addr_parse((struct slice){copy, n}, 0, &addr, NULL);
		net_pattern_parse((struct slice){copy, n}, &(struct net_pattern){0}, NULL);
		free(copy);
	}
}

static bool matches(const char *pattern, const char *addr)
{
	struct net_pattern p;
	struct net_addr a;
	struct err err;

	cr_assert_eq(net_pattern_parse(slice_of(pattern), &p, &err), 0, "%s", err.text);
	cr_assert_eq(net_addr_parse(slice_of(addr), 0, &a, &err), 0, "%s", err.text);
	return net_pattern_match(&p, &a);
}

Test(net_addr, patterns_match_by_bits_and_port)
{
	cr_expect(matches("10.0.0.2", "10.0.0.2:5060"));
	cr_expect(matches("10.0.0.2:5060", "10.0.0.2:5060"));
	cr_expect_not(matches("10.0.0.2:5061", "10.0.0.2:5060"));
	cr_expect(matches("10.0.0.0/8", "10.255.0.1:1"));
	cr_expect_not(matches("10.0.0.0/8", "11.0.0.1:1"));
	cr_expect(matches("10.0.0.0/9:5060", "10.127.0.1:5060"));
	cr_expect_not(matches("10.0.0.0/9:5060", "10.128.0.1:5060"));
	cr_expect(matches("0.0.0.0/0", "192.0.2.1:1"));
	cr_expect_not(matches("0.0.0.0/0", "[::1]:1"));
	cr_expect(matches("10.0.0.1/31", "10.0.0.0:1"));
	cr_expect(matches("2001:db8::/32", "[2001:db8:1::1]:1"));
	cr_expect(matches("[2001:db8::]/32:5060", "[2001:db8:1::1]:5060"));
	cr_expect_not(matches("[2001:db8::]/32:5060", "[2001:db8:1::1]:1"));
	cr_expect(matches("[2001:db8::1]:5060", "[2001:db8::1]:5060"));
	cr_expect(matches("2001:db8::1", "[2001:db8::1]:9"));
}

Test(net_addr, bad_patterns_are_told)
{
	struct net_pattern p;
	struct err err;

	cr_expect_eq(net_pattern_parse(SLICE("server"), &p, &err), -EINVAL);
	cr_expect_str_eq(err.text, "\"server\": expected ADDRESS[/BITS][:PORT] with a numeric address");
	cr_expect_eq(net_pattern_parse(SLICE("10.0.0.0/33"), &p, &err), -EINVAL);
	cr_expect_str_eq(err.text,
			 "\"10.0.0.0/33\": expected at most as many bits behind the slash as the address has");
	cr_expect_eq(net_pattern_parse(SLICE("10.0.0.0/x"), &p, &err), -EINVAL);
	cr_expect_eq(net_pattern_parse(SLICE("10.0.0.0/8:"), &p, &err), -EINVAL);
	cr_expect_str_eq(err.text, "\"10.0.0.0/8:\": expected a port from 1 to 65535 behind the colon");
	cr_expect_eq(net_pattern_parse(SLICE("[::1]x"), &p, &err), -EINVAL);
}

Test(net_addr, order_is_total_and_equal_means_equal)
{
	struct net_addr a, b, c;

	net_addr_parse(SLICE("10.0.0.1:5060"), 0, &a, NULL);
	net_addr_parse(SLICE("10.0.0.1:5061"), 0, &b, NULL);
	net_addr_parse(SLICE("[::1]:1"), 0, &c, NULL);
	cr_expect(net_addr_cmp(&a, &b) < 0 && net_addr_cmp(&b, &a) > 0 && net_addr_cmp(&a, &c) < 0);
	cr_expect(net_addr_cmp(&a, &a) == 0 && net_addr_eq(&a, &a) && !net_addr_eq(&a, &b));
	cr_expect(net_addr_eq_ip(&a, &b) && !net_addr_eq_ip(&a, &c));
	cr_expect_neq(net_addr_hash(&a, 0), net_addr_hash(&b, 0));
}

Test(net_addr, transports_have_names)
{
	enum net_transport t = NET_UDP;

	for (int i = 0; i < NET_TRANSPORT_COUNT; i++) {
		cr_expect(net_transport_parse(slice_of(net_transport_name((enum net_transport)i)), &t));
		cr_expect_eq(t, (enum net_transport)i);
	}
	cr_expect(net_transport_parse(SLICE("TLS"), &t) && t == NET_TLS);
	cr_expect_not(net_transport_parse(SLICE("dccp"), &t));
	cr_expect_eq(t, NET_TLS);
}

Test(net_addr, loopback)
{
	static const struct {
		const char *ip;
		bool is;
	} cases[] = {{"127.0.0.1", true},   {"127.255.3.4", true}, {"128.0.0.1", false},
		     {"10.0.0.127", false}, {"::1", true},         {"::", false},
		     {"::2", false},        {"fe80::1", false},    {"7f00::1", false}};
	struct net_addr addr;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_assert(net_addr_parse_ip(slice_of(cases[i].ip), 5060, &addr));
		cr_expect_eq(net_addr_is_loopback(&addr), cases[i].is, "%s", cases[i].ip);
	}
	addr = (struct net_addr){0};
	cr_expect_not(net_addr_is_loopback(&addr));
}
