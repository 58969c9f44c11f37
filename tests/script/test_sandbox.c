/* SPDX-License-Identifier: MIT
 *
 * Scripts that mean harm: each ends with an err, in bounded time, and leaves the script usable. */
#include "script_help.h"

#include <time.h>

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Runs `body` as a play; then another play must still run to its end. */
static void abuse(const char *body, const char *expected)
{
	struct fixture f;
	struct script_run *bad, *good;
	char text[2048];
	double start;

	fixture_init(&f);
	snprintf(text, sizeof(text),
		 CLAUSE STEP("9.9-1", "") "\nplay { 'bad', 'b', covers = { '9.9-1' }, function(t)\n%s\nend } " PLAY(
			 "good", "local x = 1 .. 'a'"),
		 body);
	cr_assert_eq(fixture_load(&f, text), 0, "%s", f.err.text);
	bad = script_run_new(f.script, catalogue_find_play(&f.catalogue, "bad"));
	good = script_run_new(f.script, catalogue_find_play(&f.catalogue, "good"));
	start = seconds();
	cr_expect_eq(script_run_resume(bad, 0, &f.err), SCRIPT_FAILED, "%s", body);
	start = seconds() - start;
	cr_expect_lt(start, 2.0, "took %f s: %s", start, body);
	/* a suggestion may follow */
	cr_expect(!strncmp(f.err.text, expected, strlen(expected)), "%s instead of %s", f.err.text, expected);
	cr_expect_eq(script_run_resume(good, 0, &f.err), SCRIPT_ENDED, "%s", f.err.text);
	script_run_free(bad);
	script_run_free(good);
	fixture_done(&f);
}

#define ENDLESS   "x.lua:3: runs without end, expected at most 200000 instructions before it waits or ends"
#define TOO_LONG  "x.lua:3: text is too long, expected at most 32768 bytes"
#define TOO_LARGE "x.lua:3: table or recursion is too large, expected at most 65536 bytes"
#define TOO_MUCH  "x.lua:3: uses too much memory, expected at most 16777216 bytes in one go"

Test(script_sandbox, endless)
{
	abuse("while true do end", ENDLESS);
	abuse("goto on ::on:: goto on", ENDLESS);
	abuse("local function f() return f() end return f()", ENDLESS);
	abuse("for i = 1, math do end", "x.lua:3: unknown name 'math', expected a word of the vocabulary or a local");
	abuse("for i = 1, 1 << 60 do end", ENDLESS);
	abuse("for i = 1, 1 << 60 do local t = {} end", ENDLESS);
}

Test(script_sandbox, memory)
{
	abuse("local s = 'x' while true do s = s .. s end", TOO_LONG);
	abuse("local s = 'x' for i = 1, 14 do s = s .. s end while true do local t = s .. 'y' end", TOO_MUCH);
	abuse("local t = {} for i = 1, 1 << 60 do t[i] = i end", TOO_LARGE);
	abuse("local t = {} for i = 1, 1 << 60 do t[i .. ''] = i end", TOO_LARGE);
	abuse("local t for i = 1, 1 << 60 do t = { t, {}, {}, {}, {}, {}, {}, {}, {} } end",
	      "x.lua:3: keeps too much memory, expected at most 2097152 bytes more");
	abuse("local function f() return 1 + f() end f()", TOO_LARGE);
}

/* One instruction's cost is bounded: many of the dearest are still done in time. */
Test(script_sandbox, dear_instructions)
{
	abuse("local s = 'x' for i = 1, 14 do s = s .. s end local a, b = s .. 'y', s .. 'z' while true do local c = a "
	      "< b end",
	      ENDLESS);
	abuse("local s = 'x' for i = 1, 14 do s = s .. s end local a, b = s .. 'y', s .. 'y' while true do local c = a "
	      "== b end",
	      ENDLESS);
	abuse("local function f(...) local a, b, c = ..., ..., ... return a end local function g(n, ...) if n == 0 "
	      "then while true do f(...) end end "
	      "return g(n - 1, n, ...) end g(1000)",
	      ENDLESS);
	abuse("local t = {} for i = 1, 64 do t[i] = i end while true do local f = pairs(t) end", ENDLESS);
	abuse("local s = '1' for i = 1, 13 do s = s .. s end while true do local n = tonumber(s) end", ENDLESS);
}

Test(script_sandbox, nothing_to_break_out_with)
{
	static const char *const names[] = {
		"pcall",          "xpcall",       "error",        "load",   "loadstring", "dofile",
		"require",        "setmetatable", "getmetatable", "rawset", "coroutine",  "string",
		"table",          "os",           "io",           "debug",  "utf8",       "package",
		"collectgarbage", "print",        "next",         "select", "_G"};
	char body[64], expected[128];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(body, sizeof(body), "local x = %s", names[i]);
		snprintf(expected, sizeof(expected),
			 "x.lua:3: unknown name '%s', expected a word of the vocabulary or a local", names[i]);
		abuse(body, expected);
	}
	abuse("local s = ('x'):rep(10)", "x.lua:3: attempt to index a string value (constant 'x')");
	abuse("local s = ('x').gsub", "x.lua:3: attempt to index a string value (constant 'x')");
	abuse("local s = '1' + 1", "x.lua:3: attempt to perform arithmetic on a string value (constant '1')");
	abuse("local c <close> = {}", "x.lua:3: variable 'c' got a non-closable value");
}

Test(script_sandbox, environment_is_for_reading)
{
	abuse("y = 1", "x.lua:3: sets the global 'y', expected 'local y = …'");
	abuse("status = 1", "x.lua:3: sets the global 'status', expected 'local status = …'");
	abuse("_ENV.status = 1", "x.lua:3: sets the global 'status', expected 'local status = …'");
	abuse("local x = _ENV[1]", "x.lua:3: unknown name, expected a word of the vocabulary");
	abuse("status(403)", "x.lua:3: status: is for declarations, expected only outside of plays");
	abuse("play {}", "x.lua:3: play: is for declarations, expected only outside of plays");
}

Test(script_sandbox, bytecode_and_length)
{
	struct fixture f;
	static char text[SCRIPT_SOURCE_MAX + 2];

	expect_error("\x1bLua", "x.lua: is bytecode, expected text");
	memset(text, ' ', sizeof(text) - 1);
	fixture_init(&f);
	cr_expect_eq(fixture_load(&f, text), -EINVAL);
	cr_expect_str_eq(f.err.text, "x.lua: is 98305 bytes long, expected at most 98304");
	fixture_done(&f);
}

/* The compiler runs without the hook: the length of the text bounds it. */
Test(script_sandbox, compiling_is_bounded)
{
	struct fixture f;
	struct buf text = {0};
	double start;
	int i, depth;

	for (depth = 0; depth < 115; depth++) {
		buf_puts(&text, "local a");
		for (i = 0; i < 195; i++)
			buf_puts(&text, ",a");
		buf_puts(&text, " local function f() ");
	}
	while (text.len < SCRIPT_SOURCE_MAX - 4000)
		buf_puts(&text, "x=x ");
	for (depth = 0; depth < 115; depth++)
		buf_puts(&text, "end ");
	fixture_init(&f);
	start = seconds();
	cr_expect_eq(script_load_text(f.script, "x.lua", buf_slice(&text), &f.err), -EINVAL);
	start = seconds() - start;
	cr_expect_lt(start, 2.0, "took %f s", start);
	fixture_done(&f);
	buf_done(&text);
}
