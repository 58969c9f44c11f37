/* SPDX-License-Identifier: MIT
 *
 * Plays with live words: waiting, results, objects, options. */
#include "script_help.h"

struct world_stub { /* what the words of this test act on */
	int64_t number;
	struct buf texts;
	struct script_run *run;
};

static const struct script_class thing_class, other_class;

static int thing_wait(lua_State *L)
{
	struct world_stub *world = script_object_check(L, 1, &thing_class);

	world->number = script_arg_number(L, 2, 0, 1000);
	script_arg_end(L, 2);
	return script_wait(L);
}

static void add_text(void *arg, struct slice text)
{
	struct world_stub *world = arg;

	buf_add(&world->texts, text);
	buf_putc(&world->texts, ';');
}

static int thing_send(lua_State *L)
{
	static const char *const known[] = {"status", "to", "expires", "quick", "headers", NULL};
	struct world_stub *world = script_object_check(L, 1, &thing_class);

	script_options_check(L, 2, known, false);
	buf_printf(&world->texts, "%d ", (int)script_option_number(L, 2, "status", 100, 699, 200));
	buf_add(&world->texts, script_option_text(L, 2, "to", SLICE("bob")));
	buf_puts(&world->texts, script_option_flag(L, 2, "quick", false) ? " quick" : " slow");
	buf_puts(&world->texts, script_option_has(L, 2, "expires") ? " has" : "");
	buf_puts(&world->texts, script_option_off(L, 2, "expires") ? " off " : " ");
	script_option_texts(L, 2, "headers", add_text, world);
	return 0;
}

static int thing_say(lua_State *L)
{
	struct world_stub *world = script_object_check(L, 1, &thing_class);

	add_text(world, script_arg_text(L, 2));
	return 0;
}

static int thing_other(lua_State *L)
{
	script_object_push(L, &other_class, script_object_check(L, 1, &thing_class));
	return 1;
}

static int thing_fail(lua_State *L)
{
	return script_error(L, "fails with %d", 7);
}

static void thing_get(lua_State *L, void *object, const char *field)
{
	lua_pushfstring(L, "<%s>", field);
}

static const struct script_method thing_methods[] = {{"wait", thing_wait},   {"send", thing_send}, {"say", thing_say},
						     {"other", thing_other}, {"fail", thing_fail}, {NULL, NULL}};
static const char *const thing_fields[] = {"address", NULL};
static const struct script_class thing_class = {"thing", thing_methods, thing_fields, thing_get};
static const struct script_class other_class = {"other", (const struct script_method[]){{NULL, NULL}}, NULL, NULL};

static void stage_init(struct fixture *f, struct world_stub *world, const char *body)
{
	char text[4096];

	fixture_init(f);
	memset(world, 0, sizeof(*world));
	script_class_add(f->script, &thing_class);
	script_class_add(f->script, &other_class);
	snprintf(text, sizeof(text),
		 CLAUSE STEP("9.9-1", "") "local kept\n"
					  "play { 'p', 't', covers = { '9.9-1' }, function(t)\n%s\nend }",
		 body);
	cr_assert_eq(fixture_load(f, text), 0, "%s", f->err.text);
	world->run = script_run_new(f->script, f->catalogue.plays[0]);
	script_object_push(script_run_lua(world->run), &thing_class, world);
}

static void stage_done(struct fixture *f, struct world_stub *world)
{
	script_run_free(world->run);
	buf_done(&world->texts);
	fixture_done(f);
}

Test(script_run, waits_and_goes_on)
{
	struct fixture f;
	struct world_stub world;
	struct buf where = {0};

	stage_init(&f, &world, "local a, b = t:wait(5)\nt:say(a .. b)\nt:wait(6)\nt:say(t.address)");
	script_run_where(world.run, &where);
	cr_expect_str_eq(where.p, "x.lua:2");
	cr_assert_eq(script_run_resume(world.run, 1, &f.err), SCRIPT_WAITING, "%s", f.err.text);
	cr_expect_eq(world.number, 5);
	buf_clear(&where);
	script_run_where(world.run, &where);
	cr_expect_str_eq(where.p, "x.lua:3");
	lua_pushstring(script_run_lua(world.run), "x");
	lua_pushinteger(script_run_lua(world.run), 9);
	cr_assert_eq(script_run_resume(world.run, 2, &f.err), SCRIPT_WAITING, "%s", f.err.text);
	cr_expect_str_eq(world.texts.p, "x9;");
	cr_expect_eq(script_run_resume(world.run, 0, &f.err), SCRIPT_ENDED);
	cr_expect_str_eq(world.texts.p, "x9;<address>;");
	buf_done(&where);
	stage_done(&f, &world);
}

Test(script_run, options_are_read)
{
	struct fixture f;
	struct world_stub world;

	stage_init(
		&f, &world,
		"t:send() t:send { status = 403, to = 'eve', quick = true, expires = false, headers = { 'a', 'b' } } "
		"t:send { headers = 'one', expires = 1 }");
	cr_expect_eq(script_run_resume(world.run, 1, &f.err), SCRIPT_ENDED, "%s", f.err.text);
	cr_expect_str_eq(world.texts.p, "200 bob slow 403 eve quick has off a;b;200 bob slow has one;");
	stage_done(&f, &world);
}

static void fails(const char *body, const char *expected)
{
	struct fixture f;
	struct world_stub world;

	stage_init(&f, &world, body);
	cr_expect_eq(script_run_resume(world.run, 1, &f.err), SCRIPT_FAILED, "%s", body);
	cr_expect_str_eq(f.err.text, expected);
	stage_done(&f, &world);
}

Test(script_run, errors)
{
	fails("\nt:fail()", "x.lua:4: fails with 7");
	fails("t:wat(1)", "x.lua:3: thing: unknown word 'wat', expected one of: wait, send, say, other, fail, address "
			  "(did you mean 'wait'?)");
	fails("local x = t[1]", "x.lua:3: thing: indexed by a number, expected a name");
	fails("t.address = 1", "x.lua:3: thing: can't be changed, expected only reads");
	fails("t.wait(1)", "x.lua:3: argument 1 is a number, expected a thing: call words with ':'");
	fails("t.wait(t:other(), 1)",
	      "x.lua:3: argument 1 is a value of another word, expected a thing: call words with ':'");
	fails("t:wait()", "x.lua:3: argument 1 is nothing, expected a whole number");
	fails("t:wait('1')", "x.lua:3: argument 1 is text, expected a whole number");
	fails("t:wait(1001)", "x.lua:3: argument 1 is 1001, expected 0 to 1000");
	fails("t:wait(1, 2)", "x.lua:3: got 2 arguments, expected 1");
	fails("t:say(1)", "x.lua:3: argument 1 is a number, expected text");
	fails("t:send(1)", "x.lua:3: argument 1 is a number, expected a table of options");
	fails("t:send { stats = 1 }",
	      "x.lua:3: options: unknown field 'stats', expected one of: status, to, expires, quick, headers "
	      "(did you mean 'status'?)");
	fails("t:send { 1 }", "x.lua:3: options: has an item 1, expected at most 0");
	fails("t:send { status = 99 }", "x.lua:3: status is 99, expected 100 to 699");
	fails("t:send { status = 1.5 }", "x.lua:3: status is a number, expected a whole number");
	fails("t:send { to = 1 }", "x.lua:3: to is a number, expected text");
	fails("t:send { quick = 1 }", "x.lua:3: quick is a number, expected true or false");
	fails("t:send { headers = 1 }", "x.lua:3: headers is a number, expected text or a list of texts");
	fails("t:send { headers = { 1 } }", "x.lua:3: headers holds a number, expected text");
	fails("t:send { headers = { x = 'y' } }", "x.lua:3: headers: unknown field 'x', expected a list");
}

/* A kept object is an error in another play, not a stale pointer. */
Test(script_run, objects_belong_to_their_run)
{
	struct fixture f;
	struct world_stub world;

	stage_init(&f, &world, "if kept then kept:wait(1) end kept = t");
	cr_expect_eq(script_run_resume(world.run, 1, &f.err), SCRIPT_FAILED);
	cr_expect_str_eq(
		f.err.text,
		"x.lua:2: play p: 'kept' was changed, and other plays see it, expected locals of the play's own");
	script_run_free(world.run);
	world.run = script_run_new(f.script, f.catalogue.plays[0]);
	script_object_push(script_run_lua(world.run), &thing_class, &world);
	cr_expect_eq(script_run_resume(world.run, 1, &f.err), SCRIPT_FAILED);
	cr_expect_str_eq(f.err.text, "x.lua:3: this thing belongs to another play, expected one of this play");
	stage_done(&f, &world);
}

static enum script_state run_once(const char *declarations, const char *body, char text[480])
{
	char source[1024];
	struct fixture f;
	struct script_run *run;
	enum script_state state;

	fixture_init(&f);
	snprintf(source, sizeof(source), CLAUSE STEP("9.9-1", "") "%s " PLAY("p", "%s"), declarations, body);
	cr_assert_eq(fixture_load(&f, source), 0, "%s", f.err.text);
	run = script_run_new(f.script, f.catalogue.plays[0]);
	state = script_run_resume(run, 0, &f.err);
	memcpy(text, f.err.text, 480);
	script_run_free(run);
	fixture_done(&f);
	return state;
}

/* Verdicts must not hang on the order of cases: what plays share stays as it was. */
Test(script_run, shared_values_stay)
{
	char text[480];

	cr_expect_eq(run_once("local v = { a = { 1, 2 } } local function f() return v.a[1] end",
			      "local x = f() + v.a[2] v = v", text),
		     SCRIPT_ENDED, "%s", text);
	cr_expect_eq(run_once("local v = { a = { 1, 2 } }", "v.a[2] = 3", text), SCRIPT_FAILED);
	cr_expect_str_eq(text,
			 "x.lua:1: play p: 'v' was changed, and other plays see it, expected locals of the play's own");
	cr_expect_eq(run_once("local n = 1 local function f() n = n + 1 end", "f()", text), SCRIPT_FAILED);
	cr_expect_str_eq(text,
			 "x.lua:1: play p: 'f' was changed, and other plays see it, expected locals of the play's own");
	cr_expect_eq(run_once("local s = 'a'", "s = s .. 'b'", text), SCRIPT_FAILED);
	cr_expect_eq(run_once("local a, b = 1, 1.5", "b = 2.5", text), SCRIPT_FAILED);
	cr_expect_eq(run_once("local on = true", "on = false", text), SCRIPT_FAILED);
	cr_expect_eq(run_once("local v = {} v.v = v", "local x = v.v.v", text), SCRIPT_ENDED, "%s", text);
}

/* The goal is 8 KiB of memory a waiting play. */
Test(script_run, a_waiting_play_is_small)
{
	enum { COUNT = 500 };
	struct fixture f;
	struct world_stub world;
	struct script_run *runs[COUNT];
	int i, before;

	stage_init(&f, &world, "local a, b, c = 1, 2, 3 t:wait(1)");
	lua_gc(script_run_lua(world.run), LUA_GCCOLLECT);
	before = lua_gc(script_run_lua(world.run), LUA_GCCOUNT);
	for (i = 0; i < COUNT; i++) {
		runs[i] = script_run_new(f.script, f.catalogue.plays[0]);
		script_object_push(script_run_lua(runs[i]), &thing_class, &world);
		cr_assert_eq(script_run_resume(runs[i], 1, &f.err), SCRIPT_WAITING);
	}
	cr_expect_lt(lua_gc(script_run_lua(world.run), LUA_GCCOUNT) - before, COUNT * 3);
	for (i = 0; i < COUNT; i++)
		script_run_free(runs[i]);
	lua_gc(script_run_lua(world.run), LUA_GCCOLLECT);
	cr_expect_leq(lua_gc(script_run_lua(world.run), LUA_GCCOUNT), before + 32);
	stage_done(&f, &world);
}
