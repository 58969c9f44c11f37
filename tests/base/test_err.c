/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <criterion/criterion.h>
#include <string.h>

Test(base, err_tells_its_place)
{
	struct err err = {0};

	cr_expect_eq(err_set(&err, -EINVAL, "line %d", 7), -EINVAL);
	cr_expect_eq(err.code, -EINVAL);
	cr_expect_str_eq(err.text, "line 7");
	cr_expect_eq(err_prefix(&err, -EINVAL, "%s:%d", "x.lua", 3), -EINVAL);
	cr_expect_str_eq(err.text, "x.lua:3: line 7");
	cr_expect_eq(err_set(NULL, -EIO, "lost"), -EIO);
	cr_expect_eq(err_prefix(NULL, -EIO, "lost"), -EIO);
}

Test(base, err_is_cut_where_it_is_too_long)
{
	struct err err = {0};
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&err, -EINVAL, "%s", text);
	cr_expect_eq(strlen(err.text), sizeof(err.text) - 1);
	err_prefix(&err, -EINVAL, "in front");
	cr_expect_eq(strncmp(err.text, "in front: xxx", 13), 0);
	cr_expect_eq(strlen(err.text), sizeof(err.text) - 1);
}

/* Of a path that nobody cleaned, say. */
Test(base, err_is_one_line_for_any_terminal)
{
	struct err err = {0};

	cr_assert_eq(err_set(&err, -ENOENT, "a\n\033[31m\177é: gone"), -ENOENT);
	cr_expect_str_eq(err.text, "a??[31m?é: gone");
	err_prefix(&err, -ENOENT, "b\r%s", "\a");
	cr_expect_str_eq(err.text, "b??: a??[31m?é: gone");
}
