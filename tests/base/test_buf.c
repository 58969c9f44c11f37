/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <criterion/criterion.h>
#include <stdlib.h>

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
