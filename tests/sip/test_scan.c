/* SPDX-License-Identifier: MIT
 *
 * What looks at many bytes together finds what looking at one after the other finds. */
#include "sip/scan.h"
#include "sip/names.h"
#include "sip_test.h"
#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>

enum { LEN_MAX = 3 * SIP_SCAN_WIDTH };

/* Bytes of which nothing may be read behind the end, made of few letters so that there is much to be found. */
static struct slice some_bytes(uint64_t *random, size_t len)
{
	static const char letters[] = "abcd\n;=\"\xff";
	char *p = mem_alloc(len + 1);

	for (size_t i = 0; i < len; i++)
		p[i] = rng_below(random, 8) ? 'x' : letters[rng_below(random, sizeof(letters))];
	return (struct slice){mem_realloc(p, len ? len : 1), len};
}

static const char *slow_any(struct slice s, const char *wanted)
{
	for (size_t i = 0; i < s.len; i++)
		if (memchr(wanted, s.p[i], 4))
			return s.p + i;
	return NULL;
}

Test(sip, scan_any)
{
	uint64_t random = 1;

	for (unsigned i = 0; i < 20000; i++) {
		struct slice s = some_bytes(&random, i % LEN_MAX);

		cr_assert_eq(sip_scan_any(s.p, s.p + s.len, ';', '=', '"', '\xff'), slow_any(s, ";=\"\xff"));
		cr_assert_eq(sip_scan_any(s.p, s.p + s.len, 'a', 'a', 'a', 'b'), slow_any(s, "aaab"));
		free((char *)s.p);
	}
}

Test(sip, scan_chars)
{
	uint64_t random = 3;

	for (unsigned i = 0; i < 20000; i++) {
		struct slice s = some_bytes(&random, i % LEN_MAX);
		struct sip_scan_chars in = sip_scan_chars_begin(s);

		for (size_t at = 0; at < s.len; at++)
			if (s.p[at] == '\n')
				cr_assert_eq(sip_scan_chars_next(&in, '\n'), s.p + at);
		cr_assert_null(sip_scan_chars_next(&in, '\n'));
		cr_assert_null(sip_scan_chars_next(&in, '\n'));
		free((char *)s.p);
	}
}

static size_t slow_host(struct slice s)
{
	size_t n = 0;

	while (n < s.len && sip_is(s.p[n], SIP_CHAR_HOST))
		n++;
	return n;
}

/* Each byte at each place, in front of what can be looked at together and behind. */
Test(sip, scan_host)
{
	char text[LEN_MAX];

	for (unsigned at = 0; at < LEN_MAX; at++)
		for (unsigned c = 0; c < 256; c++) {
			memset(text, 'x', sizeof(text));
			text[at] = (char)c;
			for (size_t len = at; len <= LEN_MAX; len += 5) {
				struct slice s = {text, len};
				size_t n = slow_host(s), wide = (size_t)(sip_scan_host(text, text + len) - text);

				cr_assert(wide <= n && (wide == n || len - wide < SIP_SCAN_WIDTH), "%u at %u", c, at);
				for (size_t from = 0; from <= len; from += 3)
					cr_assert_eq(sip_scan_is_host(text, text + from, text + len),
						     slow_host((struct slice){text + from, len - from}) == len - from);
			}
		}
}

Test(sip, scan_char)
{
	uint64_t random = 2;

	for (unsigned i = 0; i < 20000; i++) {
		struct slice s = some_bytes(&random, i % LEN_MAX);
		const char *end = s.p + s.len;

		for (const char *p = s.p; p <= end; p += 1 + rng_below(&random, 8))
			cr_assert_eq(sip_scan_char(s.p, p, end, ';'), slow_any(slice_range(p, end), ";;;;"));
		free((char *)s.p);
	}
}

/* The name with any one byte changed to any other. */
Test(sip, scan_names)
{
	unsigned wrong = 0;
	char text[64];

	for (unsigned id = SIP_HEADER_OTHER + 1; id < SIP_HEADER_COUNT; id++) {
		size_t len = strlen(sip_header_name(id));

		for (size_t at = 0; at < len; at++)
			for (unsigned c = 0; c < 256; c++) {
				memset(text, (int)c, sizeof(text));
				memcpy(text, sip_header_name(id), len);
				memcpy(text + len, ": ", 2);
				text[at] = (char)c;
				wrong += sip_header_at(text, len) != sip_header_of((struct slice){text, len});
			}
		memcpy(text, sip_header_name(id), len);
		memcpy(text + len, ": ", 2);
		cr_assert_eq(sip_header_at(text, len), id);
	}
	cr_assert_eq(wrong, 0);
}

/* A line is read alike, whether much stands behind it or nothing at all. */
Test(sip, scan_lines)
{
	static const char *const lines[] = {"To: <sip:a@b>;tag=1", "v:x",  "P-ASSERTED-IDENTITY : <tel:+1>", "Subject:",
					    "Contact:  *\t ",      "Cont", "X-Very-Long-Name-Of-A-Header: y"};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct sip_msg cut = indexed(arena_printf(&test_arena, "ACK sip:a SIP/2.0\r\n%s\r\n\r\n", lines[i]));
		struct sip_msg msg =
			indexed(arena_printf(&test_arena, "ACK sip:a SIP/2.0\r\n%s\r\n\r\n%0100d", lines[i], 0));

		cr_assert(cut.line_count == 1 && msg.line_count == 1);
		cr_assert(memcmp(cut.lines, msg.lines, sizeof(*cut.lines)) == 0, "%s", lines[i]);
	}
}
