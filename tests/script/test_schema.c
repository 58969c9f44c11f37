/* SPDX-License-Identifier: MIT */
#include "script/schema.h"

#include <criterion/criterion.h>

struct inner {
	const char *text;
	int64_t number;
};
struct outer {
	bool flag;
	unsigned word;
	const char *const *texts;
	struct inner inner;
	const struct inner *list;
	size_t list_count;
	const struct value *any;
};

static const struct schema_field inner_fields[] = {
	{"text", SCHEMA_TEXT, offsetof(struct inner, text), .needed = true},
	{"number", SCHEMA_NUMBER, offsetof(struct inner, number), .min = 1, .max = 10},
	{NULL},
};
static const struct schema inner_schema = {sizeof(struct inner), inner_fields};
static const char *const words[] = {"udp", "tcp", NULL};
static const struct schema_field outer_fields[] = {
	{"flag", SCHEMA_FLAG, offsetof(struct outer, flag)},
	{"word", SCHEMA_WORD, offsetof(struct outer, word), .words = words},
	{"texts", SCHEMA_TEXTS, offsetof(struct outer, texts), .max = 2},
	{"inner", SCHEMA_TABLE, offsetof(struct outer, inner), .table = &inner_schema},
	{"list", SCHEMA_TABLES, offsetof(struct outer, list), .max = 2, .table = &inner_schema,
	 .count_offset = offsetof(struct outer, list_count)},
	{"any", SCHEMA_ANY, offsetof(struct outer, any)},
	{NULL},
};
static const struct schema outer_schema = {sizeof(struct outer), outer_fields};

static int read_text(const char *text, struct outer *to, struct arena *arena, struct err *err)
{
	const struct value *value;

	memset(to, 0, sizeof(*to));
	cr_assert_eq(value_parse("x", slice_of(text), arena, &value, err), 0, "%s", err->text);
	return schema_read(&outer_schema, "x", value, to, arena, err);
}

Test(script_schema, fills_a_structure)
{
	struct arena arena = {0};
	struct outer outer;
	struct err err;

	cr_assert_eq(
		read_text(
			"return { flag = true, word = 'tcp', texts = { 'a', 'b' }, inner = { text = 'i', number = 10 },"
			"list = { { text = 'one' }, { text = 'two', number = 2 } }, any = { 1 } }",
			&outer, &arena, &err),
		0, "%s", err.text);
	cr_expect(outer.flag);
	cr_expect_eq(outer.word, 1);
	cr_expect_str_eq(outer.texts[1], "b");
	cr_expect_null(outer.texts[2]);
	cr_expect_str_eq(outer.inner.text, "i");
	cr_expect_eq(outer.inner.number, 10);
	cr_assert_eq(outer.list_count, 2);
	cr_expect_str_eq(outer.list[0].text, "one");
	cr_expect_eq(outer.list[1].number, 2);
	cr_expect_eq(outer.any->kind, VALUE_LIST);
	cr_expect_eq(read_text("return {}", &outer, &arena, &err), 0);
	arena_done(&arena);
}

static void fails(const char *text, const char *expected)
{
	struct arena arena = {0};
	struct outer outer;
	struct err err;

	cr_expect_eq(read_text(text, &outer, &arena, &err), -EINVAL, "taken: %s", text);
	cr_expect_str_eq(err.text, expected);
	arena_done(&arena);
}

Test(script_schema, errors)
{
	fails("return {\nflga = true }", "x:2: has an unknown key 'flga', expected one of: flag, word, texts, inner, "
					 "list, any (did you mean 'flag'?)");
	fails("return {\ninner = {\ntxt = 'x' } }",
	      "x:3: inner has an unknown key 'txt', expected one of: text, number (did you mean 'text'?)");
	fails("return {\nflag = 1 }", "x:2: flag is a number, expected true or false");
	fails("return {\nword = 'tpc' }", "x:2: word is 'tpc', expected one of \"udp\", \"tcp\" (did you mean 'tcp'?)");
	fails("return {\nword = 'tc' }", "x:2: word is 'tc', expected one of \"udp\", \"tcp\" (did you mean 'tcp'?)");
	fails("return {\nword = 1 }", "x:2: word is a number, expected one of \"udp\", \"tcp\"");
	fails("return { texts = 'a' }", "x:1: texts is text, expected a list of texts");
	fails("return { texts = {\n1 } }", "x:2: texts is a number, expected text");
	fails("return { texts = {\n'a', 'b', 'c' } }", "x:1: texts has 3 items, expected at most 2");
	fails("return { inner = 1 }", "x:1: inner is a number, expected a table of names");
	fails("return { inner = { 'x' } }", "x:1: inner is a list, expected a table of names");
	fails("return { inner = {} }", "x:1: inner has no text, expected one");
	fails("return { inner = { text = '' } }", "x:1: inner.text is empty, expected text");
	fails("return { inner = { text = 1 } }", "x:1: inner.text is a number, expected text");
	fails("return { inner = { text = 'x',\nnumber = 'x' } }",
	      "x:2: inner.number is text, expected a whole number from 1 to 10");
	fails("return { inner = { text = 'x',\nnumber = 0 } }", "x:2: inner.number is 0, expected 1 to 10");
	fails("return { inner = { text = 'x',\nnumber = 11 } }", "x:2: inner.number is 11, expected 1 to 10");
	fails("return { list = { text = 'x' } }", "x:1: list is a table, expected a list of tables");
	fails("return { list = {\n{ text = 'x' },\n{ number = 1 } } }", "x:3: list.2 has no text, expected one");
	fails("return { list = { {}, {}, {} } }", "x:1: list has 3 items, expected at most 2");
}
