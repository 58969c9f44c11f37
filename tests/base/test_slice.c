/* SPDX-License-Identifier: MIT */
#include "base/slice.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Each pair of bytes, at each place of a text of each length around a word's: in memory that ends with the text. */
Test(base, slice_case_is_folded_for_letters_only)
{
	for (size_t len = 1; len <= 17; len++) {
		char *a = mem_alloc(len), *b = mem_alloc(len);

		memset(a, 'x', len);
		memset(b, 'X', len);
		for (size_t at = 0; at < len; at += len - 1 ? len - 1 : 1)
			for (unsigned pair = 0; pair < 0x10000; pair++) {
				a[at] = (char)(pair >> 8);
				b[at] = (char)pair;
				cr_assert_eq(slice_eq_nocase((struct slice){a, len}, (struct slice){b, len}),
					     lower(a[at]) == lower(b[at]), "%04x at %zu of %zu", pair, at, len);
			}
		free(a);
		free(b);
	}
}

Test(base, slice_compares)
{
	cr_expect(slice_eq(SLICE_NONE, SLICE("")));
	cr_expect_not(slice_eq(SLICE("ab"), SLICE("abc")));
	cr_expect_not(slice_eq(SLICE("ab"), SLICE("aB")));
	cr_expect(slice_is(SLICE("ab"), "ab"));
	cr_expect_not(slice_is(SLICE("ab\0"), "ab"));
	cr_expect(slice_begins(SLICE("abc"), SLICE("ab")));
	cr_expect(slice_begins(SLICE("ab"), SLICE("ab")));
	cr_expect_not(slice_begins(SLICE("a"), SLICE("ab")));
	cr_expect_not(slice_begins(SLICE("Ab"), SLICE("ab")));
	cr_expect_not(slice_begins(SLICE_NONE, SLICE("ab")));
	cr_expect(slice_is_nocase(SLICE("Via"), "VIA"));
	cr_expect(slice_is_nocase(SLICE(""), ""));
	cr_expect_not(slice_is_nocase(SLICE(""), "v"));
	cr_expect_not(slice_is_nocase(SLICE("v"), ""));
	cr_expect_not(slice_is_nocase(SLICE("@"), "`"));
	cr_expect_null(slice_of(NULL).p);
}

Test(base, slice_trims_blanks_and_line_ends)
{
	cr_expect(slice_is(slice_trim(SLICE(" \t\r\na b\r\n\t ")), "a b"));
	cr_expect_eq(slice_trim(SLICE(" \r\n")).len, 0);
	cr_expect_eq(slice_trim(SLICE_NONE).len, 0);
	cr_expect(slice_is(slice_trim(SLICE("\va\v")), "\va\v"));
}

Test(base, slice_finds)
{
	struct slice text = SLICE("Accept: aab, AAB");

	cr_expect_eq(slice_find(text, SLICE("ab")), text.p + 9);
	cr_expect_eq(slice_find(text, SLICE("AAB")), text.p + 13);
	cr_expect_null(slice_find(text, SLICE("AABB")));
	cr_expect_null(slice_find((struct slice){text.p, 10}, SLICE("aab")));
	cr_expect_eq(slice_find_nocase(text, SLICE("AAB")), text.p + 8);
	cr_expect_null(slice_find_nocase(text, SLICE("aabc")));
	cr_expect_null(slice_find(SLICE("a"), SLICE("ab")));
}

Test(base, slice_reads_numbers)
{
	static const char *const none[] = {"",
					   "-1",
					   "+1",
					   " 1",
					   "1 ",
					   "0x1",
					   "18446744073709551616",
					   "99999999999999999999",
					   "000000000000000000001",
					   "1a"};
	uint64_t number = 7;

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		cr_expect_not(slice_to_u64(slice_of(none[i]), &number), "'%s'", none[i]);
	cr_expect_eq(number, 7);
	cr_expect(slice_to_u64(SLICE("18446744073709551615"), &number));
	cr_expect_eq(number, UINT64_MAX);
	cr_expect(slice_to_u64(SLICE("00000000000000000012"), &number));
	cr_expect_eq(number, 12);
}
