/* SPDX-License-Identifier: MIT */
#include "sip/route.h"

#include <criterion/criterion.h>
#include <string.h>

Test(sip_route, same_hop)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{"<sip:p.example;lr>", "<sip:p.example;lr>", true},
		{"<sip:p.example;lr>", "\"P, one\" <sip:P.EXAMPLE;LR>;x", true},
		{"<sip:p.example;lr>", "<sip:p.example;y=z;lr>", true},
		{"<sip:p.example;lr>", "<sip:p.example>", false},
		{"<sip:p.example>", "sip:p.example", true},
		{"<sip:p.example;lr>", "<sip:p.example;lrx>", false},
		{"<sip:p.example;lr>", "<sip:q.example;lr>", false},
		{"<sip:a@p.example;lr>", "<sip:A@p.example;lr>", false},
		{"<sip:p.example;lr>", "<sip:orig@p.example;lr>", false},
		{"<sip:p.example:5060;lr>", "<sip:p.example;lr>", false},
		{"<sip:p.example;lr", "<sip:p.example;lr", false},
		{"<sip:p.example;lr", "<sip:p.example;lr>", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cr_expect_eq(sip_same_hop(slice_of(rows[i].a), slice_of(rows[i].b)), rows[i].same, "%s", rows[i].b);
		cr_expect_eq(sip_same_hop(slice_of(rows[i].b), slice_of(rows[i].a)), rows[i].same, "%s", rows[i].b);
	}
}

Test(sip_route, hop_kept)
{
	static const struct {
		const char *recorded, *route;
		bool kept;
	} rows[] = {
		{"<sip:p.example;lr>", "<sip:p.example;lr>", true},
		{"<sip:p.example;lr>", "<sip:orig@p.example;lr>", true},
		{"<sip:orig@p.example;lr>", "<sip:p.example;lr>", false},
		{"<sip:orig@p.example;lr>", "<sip:term@p.example;lr>", false},
		{"<sip:p.example;lr>", "<sip:orig@q.example;lr>", false},
		{"<sip:p.example;lr>", "<sip:orig@p.example>", false},
		{"<sip:p.example:5060;lr>", "<sip:orig@p.example:5070;lr>", false},
		{"<sip:p.example;lr>", "<sip:orig@p.example;lr", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(sip_hop_kept(slice_of(rows[i].recorded), slice_of(rows[i].route)), rows[i].kept, "%s",
			     rows[i].route);
}
