/* SPDX-License-Identifier: MIT */
#include "sip_test.h"

static bool has(const char *value, bool *exact, bool *first)
{
	return sip_product_find(slice_of(value), "IM-client", "OMA*", exact, first);
}

Test(sip, product_found)
{
	static const struct {
		const char *value;
		bool exact, first;
	} cases[] = {
		{"IM-client/OMA1.0", true, true},
		{"IM-client/OMA2.0 Vendor Other/1.0", true, true},
		{"Vendor/1.2 (a (nested \\) IM-client/x) comment) IM-client/OMA1.0", true, false},
		{"im-CLIENT/oma1.0", false, true},
		{"(note) IM-client / OMA1.0", true, true},
		{"Vendor\r\n IM-client/OMA1.0", true, false},
		{"Vendor, IM-client/OMA1.0", true, false},
		{"IM-client/1.0 IM-client/OMA1.0", true, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool exact = !cases[i].exact, first = !cases[i].first;

		cr_expect(has(cases[i].value, &exact, &first), "%s", cases[i].value);
		cr_expect(exact == cases[i].exact && first == cases[i].first, "%s", cases[i].value);
	}
}

Test(sip, product_not_found)
{
	static const char *const values[] = {"",
					     "()",
					     "(IM-client/OMA1.0)",
					     "(IM-client/OMA1.0",
					     "PoC-client/OMA1.0",
					     "IM-client",
					     "IM-client OMA1.0",
					     "IM-clients/OMA1.0",
					     "X-IM-client/OMA1.0",
					     "IM-client/1.0",
					     "/OMA1.0",
					     "IM-client/",
					     "IM-client/ (OMA1.0)",
					     "(\\"};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		cr_expect_not(has(values[i], NULL, NULL), "%s", values[i]);
}

Test(sip, product_wildcards)
{
	cr_assert(sip_product_find(SLICE("IM-serv"), "IM-*", "*", NULL, NULL));
	cr_assert(sip_product_find(SLICE("IM-serv/OMA1.0"), "IM-serv", "OMA1.0", NULL, NULL));
	cr_assert_not(sip_product_find(SLICE("IM-serv/OMA1.01"), "IM-serv", "OMA1.0", NULL, NULL));
}

static void product_prefix(struct slice prefix)
{
	cr_expect_eq(sip_product_find(prefix, "IM-client", "OMA1*", NULL, NULL),
		     prefix.len >= strlen("V/1 (c) IM-client / OMA1"), "%zu", prefix.len);
}

Test(sip, product_every_prefix)
{
	each_prefix(SLICE("V/1 (c) IM-client / OMA1.0 (\\(x) Y"), product_prefix);
}
