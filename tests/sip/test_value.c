/* SPDX-License-Identifier: MIT */
#include "sip_test.h"

static void assert_values(struct sip_msg msg, enum sip_header id, const char *const *expected)
{
	struct sip_values it;
	struct slice value;
	unsigned n = 0;

	sip_values_start(&it, &msg, id);
	for (; sip_values_next(&it, &value); n++) {
		cr_assert_not_null(expected[n], "one more: %.*s", SLICE_F(value));
		assert_slice(value, expected[n]);
	}
	cr_assert_null(expected[n], "missing: %s", expected[n]);
	cr_assert_eq(sip_values_count(&msg, id), n);
}

#define VALUES(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(sip, value_comma_lists)
{
	assert_values(
		WITH("m: <sip:a@b;x=\"1,2\">;l=\"en,fr\",<sip:c,d@e> ; q=1\r\nTo: x\r\nContact: \"A, B\" <sip:f>\r\n"),
		SIP_HEADER_CONTACT, VALUES("<sip:a@b;x=\"1,2\">;l=\"en,fr\"", "<sip:c,d@e> ; q=1", "\"A, B\" <sip:f>"));
	assert_values(WITH("Accept-Contact: *;a=\"#=0.92,#=1\"\r\n ,\t*;b\r\na: , ,*;c,,\r\n"),
		      SIP_HEADER_ACCEPT_CONTACT, VALUES("*;a=\"#=0.92,#=1\"", "*;b", "*;c"));
	assert_values(WITH("Allow: INVITE,ACK\r\nAllow:\r\nAllow: BYE\r\n"), SIP_HEADER_ALLOW,
		      VALUES("INVITE", "ACK", "BYE"));
	assert_values(WITH("a: *;x=\"\\\",y\",*\r\n"), SIP_HEADER_ACCEPT_CONTACT, VALUES("*;x=\"\\\",y\"", "*"));
	assert_values(WITH("m: \"open, <sip:a>\r\n"), SIP_HEADER_CONTACT, VALUES("\"open, <sip:a>"));
	assert_values(WITH("m: <sip:a, b\r\n"), SIP_HEADER_CONTACT, VALUES("<sip:a, b"));
	assert_values(WITH("To: a\r\n"), SIP_HEADER_CONTACT, (const char *const[]){NULL});
}

Test(sip, value_the_line_of_a_value)
{
	struct sip_msg msg = WITH("Via: a, b\r\nTo: x\r\nv: c\r\n");
	struct sip_values it;
	struct slice value;

	sip_values_start(&it, &msg, SIP_HEADER_VIA);
	cr_assert(sip_values_next(&it, &value) && it.line == &msg.lines[0]);
	cr_assert(sip_values_next(&it, &value) && it.line == &msg.lines[0]);
	cr_assert(sip_values_next(&it, &value) && it.line == &msg.lines[2]);
	cr_assert_not(sip_values_next(&it, &value));
	cr_assert_not(sip_values_next(&it, &value));
}

Test(sip, value_split)
{
	struct slice head, params;

	sip_value_split(SLICE(" poc-settings ; a=1;b"), &head, &params);
	assert_slice(head, "poc-settings");
	assert_slice(params, " a=1;b");
	sip_value_split(SLICE("<sip:a;lr>;q=1"), &head, &params);
	assert_slice(head, "<sip:a;lr>");
	assert_slice(params, "q=1");
	sip_value_split(SLICE("\"a;b\""), &head, &params);
	assert_slice(head, "\"a;b\"");
	cr_assert_null(params.p);
	sip_value_split(SLICE("a;"), &head, &params);
	cr_assert(params.p && params.len == 0);
}

Test(sip, value_params)
{
	struct slice params = SLICE(";;a = 1 ; b;\r\n\tC=\"x;\\\"=y\";expires = 600000;d=;=e"), value;
	struct sip_param param;
	static const char *const names[] = {"a", "b", "C", "expires", "d", ""};
	static const char *const values[] = {"1", NULL, "\"x;\\\"=y\"", "600000", "", "e"};
	struct slice rest = params;

	for (size_t i = 0; i < 6; i++) {
		cr_assert(sip_param_next(&rest, &param));
		assert_slice(param.name, names[i]);
		if (values[i])
			assert_slice(param.value, values[i]);
		cr_assert_eq(!param.value.p, !values[i]);
	}
	cr_assert_not(sip_param_next(&rest, &param));
	cr_assert(sip_param_find(params, "EXPIRES", &value));
	assert_slice(value, "600000");
	cr_assert(sip_param_find(params, "B", &value) && !value.p);
	cr_assert(sip_param_find(params, "b", NULL));
	cr_assert_not(sip_param_find(params, "x", &value));
	cr_assert_not(sip_param_find(SLICE_NONE, "x", NULL));
}

Test(sip, value_quotes_and_tokens)
{
	assert_slice(sip_unquote(SLICE("\"a\\\"b\"")), "a\\\"b");
	assert_slice(sip_unquote(SLICE("\"\"")), "");
	assert_slice(sip_unquote(SLICE("\"")), "\"");
	assert_slice(sip_unquote(SLICE("\"a")), "\"a");
	assert_slice(sip_unquote(SLICE("a")), "a");
	cr_assert(sip_is_token(SLICE("aZ09-.!%*_+`'~")));
	cr_assert_not(sip_is_token(SLICE("")));
	cr_assert_not(sip_is_token(SLICE("a b")));
	cr_assert_not(sip_is_token(SLICE("a\xc3\xa9")));
	cr_assert(sip_is_hex(SLICE("09afAF")));
	cr_assert(sip_is_hex(SLICE("")));
	cr_assert_not(sip_is_hex(SLICE("0g")));
	cr_assert(sip_quotes_close(SLICE("a \"b\\\"\" \"\"")));
	cr_assert_not(sip_quotes_close(SLICE("\"")));
	cr_assert_not(sip_quotes_close(SLICE("\"a\\\"")));
	cr_assert_not(sip_quotes_close(SLICE("\"a\" \"b")));
}

static void assert_addr(const char *text, const char *display, const char *uri, const char *params, bool brackets)
{
	struct sip_addr addr;

	cr_assert_eq(sip_addr_read(slice_of(text), &addr), 0, "%s", text);
	assert_slice(addr.display, display ? display : "");
	assert_slice(addr.uri, uri);
	assert_slice(addr.params, params ? params : "");
	cr_assert_eq(!addr.display.p, !display, "%s", text);
	cr_assert_eq(!addr.params.p, !params, "%s", text);
	cr_assert_eq(addr.brackets, brackets, "%s", text);
}

Test(sip, value_addresses)
{
	assert_addr("<sip:a@b;lr?x=y>", NULL, "sip:a@b;lr?x=y", NULL, true);
	assert_addr("\"A; <B>\" <sip:a@b>;tag=1", "\"A; <B>\"", "sip:a@b", "tag=1", true);
	assert_addr("caller<sip:a@b>\r\n ; tag = 1;q", "caller", "sip:a@b", " tag = 1;q", true);
	assert_addr("Bell, Alexander <sip:a@b>;tag=43", "Bell, Alexander", "sip:a@b", "tag=43", true);
	assert_addr("sip:a@b;tag=1", NULL, "sip:a@b", "tag=1", false);
	assert_addr("sip:a@b ;   tag    = 1", NULL, "sip:a@b", "   tag    = 1", false);
	assert_addr("sip:a@b;x=\"<y>\"", NULL, "sip:a@b", "x=\"<y>\"", false);
	assert_addr(" * ", NULL, "*", NULL, false);
	assert_addr("< sip:a@b >", NULL, "sip:a@b", NULL, true);
	assert_addr("<sip:a>;", NULL, "sip:a", "", true);
}

Test(sip, value_bad_addresses)
{
	static const char *const bad[] = {"",
					  " ",
					  "<",
					  "<>",
					  "< >",
					  "<sip:a",
					  "\"A <sip:a>",
					  "\"",
					  "\"A\\\" <sip:a>",
					  ";tag=1",
					  "sip:a sip:b",
					  "<sip:a> x",
					  "<sip:a>;x=\"",
					  "a b"};
	struct sip_addr addr;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(sip_addr_read(slice_of(bad[i]), &addr), -EBADMSG, "%s", bad[i]);
}

static const char address[] = "\"A \\\" B\" <sip:a@b;lr>;tag=\"x;y\";q = 0.5";

static void addr_prefix(struct slice prefix)
{
	struct sip_addr addr;
	struct slice head, params, value;
	struct sip_param param;

	if (sip_addr_read(prefix, &addr) == 0)
		cr_expect(addr.uri.p >= prefix.p && addr.uri.p + addr.uri.len <= prefix.p + prefix.len);
	else
		cr_expect(prefix.len < strlen("\"A \\\" B\" <sip:a@b;lr>") ||
				  (prefix.len >= strlen("\"A \\\" B\" <sip:a@b;lr>;tag=\"") &&
				   prefix.len < strlen("\"A \\\" B\" <sip:a@b;lr>;tag=\"x;y\"")),
			  "%zu", prefix.len);
	sip_value_split(prefix, &head, &params);
	while (sip_param_next(&params, &param))
		cr_expect(param.name.p + param.name.len <= prefix.p + prefix.len);
	while (sip_list_next(&prefix, &value))
		cr_expect(value.len > 0 && value.p + value.len <= prefix.p);
}

Test(sip, value_every_prefix_of_an_address)
{
	each_prefix(SLICE(address), addr_prefix);
}
