/* SPDX-License-Identifier: MIT
 *
 * What comes out is safe for every report: valid UTF-8 without anything that hides, reorders or controls. */
#include "base/text.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void expect(struct slice bytes, size_t max, const char *shown)
{
	struct buf out = {0};

	text_clean(&out, bytes, max);
	cr_expect_str_eq(out.p ? out.p : "", shown);
	buf_done(&out);
}

Test(base, text_that_is_safe_stays)
{
	expect(SLICE(""), 0, "");
	expect(SLICE("Jäger <sip:\xf0\x9f\x98\x80@im.example>"), 0, "Jäger <sip:\xf0\x9f\x98\x80@im.example>");
	expect(SLICE("a\\b"), 0, "a\\\\b");
}

Test(base, text_without_control_characters)
{
	char shown[16];

	for (unsigned c = 0; c < 0x20; c++) {
		snprintf(shown, sizeof(shown), "\\x%02x", c);
		expect((struct slice){(char[]){(char)c}, 1}, 0, shown);
	}
	expect(SLICE("\x7f"), 0, "\\x7f");
	for (unsigned c = 0x80; c < 0xa0; c++) {
		snprintf(shown, sizeof(shown), "\\xc2\\x%02x", c);
		expect((struct slice){(char[]){(char)0xc2, (char)c}, 2}, 0, shown);
	}
}

/* Bidi, format and zero-width characters, what XML forbids, tags. */
Test(base, text_that_hides_or_reorders_is_shown_as_bytes)
{
	expect(SLICE("\xc2\xad"), 0, "\\xc2\\xad");                   /* U+00AD */
	expect(SLICE("\xd8\x9c"), 0, "\\xd8\\x9c");                   /* U+061C */
	expect(SLICE("\xe2\x80\x8b"), 0, "\\xe2\\x80\\x8b");          /* U+200B */
	expect(SLICE("\xe2\x80\xa8"), 0, "\\xe2\\x80\\xa8");          /* U+2028 */
	expect(SLICE("\xe2\x80\xae"), 0, "\\xe2\\x80\\xae");          /* U+202E */
	expect(SLICE("\xe2\x81\xa6"), 0, "\\xe2\\x81\\xa6");          /* U+2066 */
	expect(SLICE("\xef\xbb\xbf"), 0, "\\xef\\xbb\\xbf");          /* U+FEFF */
	expect(SLICE("\xef\xbf\xbf"), 0, "\\xef\\xbf\\xbf");          /* U+FFFF */
	expect(SLICE("\xf3\xa0\x80\x81"), 0, "\\xf3\\xa0\\x80\\x81"); /* U+E0001 */
	expect(SLICE("\xe2\x80\xaf"), 0, "\xe2\x80\xaf");             /* U+202F: a space */
}

/* RFC 3629: overlong forms, surrogates, too large, cut off, alone. */
Test(base, text_that_is_no_utf8)
{
	expect(SLICE("\xc0\xaf"), 0, "\\xc0\\xaf");
	expect(SLICE("\xe0\x80\xaf"), 0, "\\xe0\\x80\\xaf");
	expect(SLICE("\xed\xa0\x80"), 0, "\\xed\\xa0\\x80");
	expect(SLICE("\xf4\x90\x80\x80"), 0, "\\xf4\\x90\\x80\\x80");
	expect(SLICE("\xe2\x82"), 0, "\\xe2\\x82");
	expect(SLICE("\x80x\xff"), 0, "\\x80x\\xff");
	expect(SLICE("\xe2(\xa1"), 0, "\\xe2(\\xa1");
}

Test(base, text_is_cut_at_a_character)
{
	expect(SLICE("abcdef"), 6, "abcdef");
	expect(SLICE("abcdef"), 4, "abcd… 2 bytes more");
	expect(SLICE("abc\xc3\xa4x"), 4, "abc… 3 bytes more");
	expect(SLICE("abc\xc3\xa4x"), 5, "abc\xc3\xa4… 1 byte more");
}

Test(base, text_of_several_lines)
{
	struct buf out = {0};

	text_clean_lines(&out, SLICE("a\r\n\tb\nc\rd\x1b"), TEXT_NO_MAX);
	cr_expect_str_eq(out.p, "a\n\tb\nc\\x0dd\\x1b");
	buf_done(&out);
}

Test(base, text_fits_where_it_has_to)
{
	char small[8], large[128];

	cr_expect_str_eq(text_clean_fixed(small, sizeof(small), SLICE("abc")), "abc");
	cr_expect_str_eq(text_clean_fixed(small, sizeof(small), SLICE("abcdefghij")), "abcdefg");
	cr_expect_str_eq(text_clean_fixed(small, sizeof(small), SLICE("abcdef\xc3\xa4")), "abcdef");
	cr_expect_str_eq(text_clean_fixed(small, 1, SLICE("abc")), "");
	memset(large, 'x', sizeof(large));
	text_clean_fixed(large, sizeof(large), (struct slice){(char[100]){0}, 100});
	cr_expect_lt(strlen(large), sizeof(large));
}
