/* SPDX-License-Identifier: MIT */
#include <ctype.h>

#include "sip_test.h"

#define X(id, name, compact) {SIP_HEADER_##id, name, compact},
static const struct {
	enum sip_header id;
	const char *name;
	char compact;
} headers[] = {SIP_HEADERS(X)};
#undef X

Test(sip, names_header_in_any_case_and_compact)
{
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		char upper[64] = "", lower[64] = "", letter = headers[i].compact;

		for (size_t c = 0; headers[i].name[c]; c++) {
			upper[c] = (char)toupper(headers[i].name[c]);
			lower[c] = (char)tolower(headers[i].name[c]);
		}
		cr_expect_eq(sip_header_of(slice_of(headers[i].name)), headers[i].id, "%s", headers[i].name);
		cr_expect_eq(sip_header_of(slice_of(upper)), headers[i].id, "%s", upper);
		cr_expect_eq(sip_header_of(slice_of(lower)), headers[i].id, "%s", lower);
		cr_expect_str_eq(sip_header_name(headers[i].id), headers[i].name);
		if (!letter)
			continue;
		cr_expect_eq(sip_header_of((struct slice){&letter, 1}), headers[i].id, "%c", letter);
		letter = (char)toupper(letter);
		cr_expect_eq(sip_header_of((struct slice){&letter, 1}), headers[i].id, "%c", letter);
	}
}

Test(sip, names_unknown_headers)
{
	static const char *const others[] = {"",
					     "X-Foo",
					     "Vi",
					     "Viaa",
					     "z",
					     "s",
					     "1",
					     "@",
					     "Accep",
					     "Cont\rct",
					     "Content\rType",
					     "P_Asserted-Identity",
					     "Call-IE",
					     "M\xe1x"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_expect_eq(sip_header_of(slice_of(others[i])), SIP_HEADER_OTHER, "%s", others[i]);
	cr_assert_str_eq(sip_header_name(SIP_HEADER_OTHER), "");
}

Test(sip, names_methods_both_ways)
{
	for (enum sip_method m = SIP_METHOD_ACK; m < SIP_METHOD_COUNT; m++)
		cr_expect_eq(sip_method_of(slice_of(sip_method_name(m))), m);
	cr_assert_eq(sip_method_of(SLICE("invite")), SIP_METHOD_OTHER);
	cr_assert_eq(sip_method_of(SLICE("IN")), SIP_METHOD_OTHER);
	cr_assert_eq(sip_method_of(SLICE("INVITES")), SIP_METHOD_OTHER);
	cr_assert_eq(sip_method_of(SLICE_NONE), SIP_METHOD_NONE);
	cr_assert_str_eq(sip_method_name(SIP_METHOD_NONE), "");
	cr_assert_str_eq(sip_method_name(SIP_METHOD_OTHER), "other");
}
