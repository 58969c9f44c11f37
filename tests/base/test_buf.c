/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(base, buf_grows)
{
	struct buf buf = {0};
	char *taken;

	for (int i = 0; i < 1000; i++) {
		buf_putc(&buf, 'a');
		cr_assert_eq(buf.p[buf.len], '\0');
	}
	cr_expect_eq(buf.len, 1000);
	buf_clear(&buf);
	cr_expect_eq(buf.len, 0);
	buf_puts(&buf, "x");
	buf_add(&buf, SLICE("y\0z"));
	buf_add(&buf, SLICE_NONE);
	buf_printf(&buf, "%d %s", -7, "end");
	cr_expect(slice_eq(buf_slice(&buf), SLICE("xy\0z-7 end")));
	buf_drop_front(&buf, 4);
	cr_expect_str_eq(buf.p, "-7 end");
	buf_drop_front(&buf, 6);
	cr_expect_eq(buf.len, 0);
	buf_puts(&buf, "taken");
	taken = buf_take(&buf);
	cr_expect_str_eq(taken, "taken");
	cr_expect_null(buf.p);
	free(taken);
	taken = buf_take(&buf);
	cr_expect_str_eq(taken, "");
	free(taken);
	buf_done(&buf);
}

/* Longer than what any buffer on the stack would hold. */
Test(base, buf_prints_long_texts)
{
	struct buf buf = {0}, twice = {0};

	while (buf.len < 5000)
		buf_puts(&buf, "0123456789");
	buf_printf(&twice, "%s%s", buf.p, buf.p);
	cr_expect_eq(twice.len, 10000);
	cr_expect_eq(memcmp(twice.p, buf.p, 5000), 0);
	cr_expect_str_eq(twice.p + 5000, buf.p);
	buf_done(&twice);
	buf_done(&buf);
}

Test(base, buf_gives_room)
{
	struct buf buf = {0};
	char *at;

	buf_puts(&buf, "ab");
	at = buf_reserve(&buf, 100);
	cr_assert_eq(at, buf.p + 2);
	memset(at, 'c', 100);
	buf_wrote(&buf, at + 100);
	cr_expect_eq(buf.len, 102);
	cr_expect_eq(strlen(buf.p), 102);
	buf_done(&buf);
}

/* From the least that fits to one byte too long for what is there. */
Test(base, buf_printf_writes_the_whole_whatever_room_there_is)
{
	char text[600];

	for (size_t before = 0; before < 300; before++) {
		struct buf buf = {0};
		size_t n = 300 - before;

		memset(text, 'b', before);
		memset(text + before, 'f', n);
		text[before + n] = '\0';
		buf_add(&buf, (struct slice){text, before});
		buf_printf(&buf, "%.*s", (int)n, text + before);
		cr_assert_eq(buf.len, 300);
		cr_assert_str_eq(buf.p, text);
		cr_assert_lt(buf.len, buf.cap);
		buf_printf(&buf, "%s", "");
		cr_assert_str_eq(buf.p, text);
		buf_done(&buf);
	}
}
