/* SPDX-License-Identifier: MIT
 *
 * Data files: the same tree from Lua and JSON, lines of keys, and the text of every error. */
#include "script/value.h"

#include "base/buf.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void print(struct buf *to, const struct value *value)
{
	size_t i;

	switch (value->kind) {
	case VALUE_FLAG:
		buf_puts(to, value->flag ? "yes" : "no");
		return;
	case VALUE_NUMBER:
		buf_printf(to, "%lld", (long long)value->number);
		return;
	case VALUE_TEXT:
		buf_printf(to, "'%s'", value->text.p);
		return;
	case VALUE_LIST:
	case VALUE_TABLE:
		buf_putc(to, value->kind == VALUE_LIST ? '[' : '{');
		for (i = 0; i < value->count; i++) {
			if (value->kind == VALUE_TABLE)
				buf_printf(to, "%s@%d=", value->names[i], value->items[i].line);
			print(to, &value->items[i]);
			buf_putc(to, ' ');
		}
		buf_putc(to, value->kind == VALUE_LIST ? ']' : '}');
	}
}

static void parses(const char *file, const char *text, const char *expected)
{
	struct arena arena = {0};
	const struct value *value;
	struct buf seen = {0};
	struct err err;

	cr_assert_eq(value_parse(file, slice_of(text), &arena, &value, &err), 0, "%s", err.text);
	print(&seen, value);
	cr_expect_str_eq(seen.p, expected);
	buf_done(&seen);
	arena_done(&arena);
}

static void fails(const char *file, const char *text, const char *expected)
{
	struct arena arena = {0};
	const struct value *value;
	struct err err;

	cr_expect_eq(value_parse(file, slice_of(text), &arena, &value, &err), -EINVAL, "taken: %s", text);
	cr_expect_str_eq(err.text, expected);
	cr_expect_null(value);
	arena_done(&arena);
}

Test(script_value, lua)
{
	parses("x.lua", "return { b = 1, a = 'x', c = { true, false }, d = {} }",
	       "{a@1='x' b@1=1 c@1=[yes no ] d@1=[] }");
	parses("x.lua", "local n = 60 * 60 return { n = n, t = 'a' .. 'b' }", "{n@1=3600 t@1='ab' }");
	parses("x.lua", "return {}", "[]");
	parses("x.lua", "return { { a = 1 }, { a = 2 } }", "[{a@1=1 } {a@1=2 } ]");
}

Test(script_value, json)
{
	parses("x.json", "{\"b\": 1, \"a\": \"x\", \"c\": [true, false],\n\"d\": {}, \"e\": null}",
	       "{a@1='x' b@1=1 c@1=[yes no ] d@2={} }");
	parses("x.lua", "  {\"a\":\n{\"b\"\n: -1}}", "{a@1={b@2=-1 } }");
}

Test(script_value, lines)
{
	parses("x.lua",
	       "-- { a comment, with = things\n--[[ long\n, ]] return {\n  a = 'x, { y = 1', -- , no = 1\n  [\"b\"] = "
	       "[[ long,\n string ]],\n"
	       "  list = { { name = 1 },\n    { name = 2,\n      other = 'it\\'s', last = 3 } },\n  ['c'] = 4; d = "
	       "5,\n e = 1 == 1\n}",
	       "{a@4='x, { y = 1' b@5=' long,\n string ' c@10=4 d@10=5 e@11=yes list@7=[{name@7=1 } {last@9=3 name@8=2 "
	       "other@9='it's' } ] }");
	parses("x.json", "{\n\"a\": [\n1,\n{\"b\": \"}\\\"\",\n\"c\": []}]}", "{a@2=[1 {b@4='}\"' c@5=[] } ] }");
}

Test(script_value, lua_errors)
{
	fails("x.lua", "", "x.lua:1: returns no table, expected return { … }");
	fails("x.lua", "return 1", "x.lua:1: returns no table, expected return { … }");
	fails("x.lua", "return {\n x = }", "x.lua:2: unexpected symbol near '}'");
	fails("x.lua", "return {\n x = udp }", "x.lua:2: unknown name 'udp', expected a value: text stands in quotes");
	fails("x.lua", "y = 1", "x.lua:1: unknown name 'y', expected a value: text stands in quotes");
	fails("x.lua", "return {\n x = function() end }", "x.lua:2: holds a function, expected only data");
	fails("x.lua", "return {\n\n x = 1.5 }", "x.lua:3: x has a fraction, expected a whole number");
	fails("x.lua", "return { a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7,\n x = 1.5 }",
	      "x.lua:2: x has a fraction, expected a whole number");
	fails("x.lua", "return { x = {\n y = { 'a\\0' } } }", "x.lua:2: x.y.1 holds a NUL, expected text");
	fails("x.lua", "return { x = {\n 1, y = 2 } }", "x.lua:1: x mixes names and a list, expected one or the other");
	fails("x.lua", "return { [1.5] = 2 }", "x.lua:1: the file has a key that is no name, expected names or a list");
	fails("x.lua", "return { [3] = 2 }", "x.lua:1: the file has a key that is no name, expected names or a list");
	fails("x.lua", "while true do end",
	      "x.lua:1: runs without end, expected at most 500000 instructions before it waits or ends");
	fails("x.lua", "local s = 'x' while true do s = s .. s end",
	      "x.lua:1: text is too long, expected at most 65536 bytes");
	fails("x.lua", "local t = {} t.t = t return t",
	      "x.lua:1: t.t.t.t.t.t.t.t.t.t.t.t.t is too deep, expected at most 12 levels");
	fails("x.lua",
	      "local t = {} for i = 1, 1000 do t[i] = i end local u = {} for i = 1, 1000 do u[i] = t end return u",
	      "x.lua:1: 200.801 is one too many, expected at most 200000 values");
	fails("x.lua", "\x1bLua", "x.lua: is bytecode, expected text");
}

Test(script_value, json_errors)
{
	fails("x.json", "", "x.json:1: '[' or '{' expected near end of file, expected JSON");
	fails("x.json", "[]", "x.json:1: is no object, expected { … }");
	fails("x.json", "{\"a\": 1,\n\"a\": 2}", "x.json:2: duplicate object key near '\"a\"', expected JSON");
	fails("x.json", "{\"a\": 1,\n\"b\": 2.5}", "x.json:2: b has a fraction, expected a whole number");
	fails("x.json", "{\"a\":\n[\"\\u0000\"]}",
	      "x.json:2: \\\\u0000 is not allowed without JSON_ALLOW_NUL near '\"\\\\u0000\"', expected JSON");
	fails("x.json", "{\"a\": \"\xff\"}", "x.json:1: unable to decode byte 0xff near '\"', expected JSON");
	fails("x.json", "{\"a\":[[[[[[[[[[[[[1]]]]]]]]]]]]]}",
	      "x.json:1: a.1.1.1.1.1.1.1.1.1.1.1.1 is too deep, expected at most 12 levels");
}

/* Whatever the bytes are: an err or a tree, never a read behind them. */
Test(script_value, every_prefix)
{
	static const char *const texts[] = {
		"--[==[ c ]==] return { ['a'] = [[x]], b = { 'it\\'s', \"q\", { c = 1 } }, --[[ d ]] e = true }",
		"{\"a\": [1, {\"b\": \"c\\\"\"}, null], \"d\": {\"e\": false}}"};
	struct arena arena = {0};
	const struct value *value;
	size_t i, len;
	char *copy;

	for (i = 0; i < 2; i++) {
		for (len = 0; len < strlen(texts[i]); len++) {
			copy = malloc(len + 1); /* exactly as long, for the sanitizer */
			memcpy(copy, texts[i], len);
			copy = realloc(copy, len ? len : 1);
			cr_expect_eq(value_parse("x", (struct slice){copy, len}, &arena, &value, NULL), -EINVAL, "%zu",
				     len);
			free(copy);
		}
	}
	arena_done(&arena);
}

Test(script_value, files)
{
	struct arena arena = {0};
	const struct value *value;
	struct err err;

	cr_expect_eq(value_read("/nowhere.lua", &arena, &value, &err), -ENOENT);
	cr_expect_str_eq(err.text, "/nowhere.lua: No such file or directory");
	cr_expect_eq(value_read("/", &arena, &value, &err), -EISDIR);
	cr_expect_null(value);
	arena_done(&arena);
}
