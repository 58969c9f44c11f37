/* SPDX-License-Identifier: MIT */
#include "harness/lua_client.h"
#include "harness/lua_play_internal.h"

/* Options of t:client{ … } and client:registrar{ … }. */
const char *const lua_client_plan_options[] = {"algorithms", "qop",        "proxy",         "other_realm", "stale",
					       "reject",     "granted_in", "service_route", "path",        "gruu",
					       "several",    "associated", "expires",       "aka",         NULL};

struct list_sink {
	struct arena *arena;
	const char **items;
	size_t count, max;
};

static void add_item(void *arg, struct slice text)
{
	struct list_sink *sink = arg;

	if (sink->count < sink->max)
		sink->items[sink->count++] = arena_copy(sink->arena, text).p;
}

static size_t read_list(lua_State *L, int arg, const char *name, struct arena *arena, const char **items, size_t max)
{
	struct list_sink sink = {arena, items, 0, max};

	script_option_texts(L, arg, name, add_item, &sink);
	return sink.count;
}

static enum plan_where read_where(lua_State *L, int arg)
{
	static const char *const names[] = {"both", "header", "contact"};
	struct slice name = script_option_text(L, arg, "granted_in", SLICE("both"));

	for (unsigned i = 0; i < 3; i++)
		if (slice_is(name, names[i]))
			return (enum plan_where)i;
	script_error(L, "granted_in is '%s', expected \"both\", \"header\" or \"contact\"", name.p);
	return PLAN_IN_BOTH;
}

static enum plan_aka read_aka(lua_State *L, int arg)
{
	static const char *const names[] = {"fresh", "replayed", "forged"};
	struct slice name = script_option_text(L, arg, "aka", SLICE("fresh"));

	for (unsigned i = 0; i < 3; i++)
		if (slice_is(name, names[i]))
			return (enum plan_aka)i;
	script_error(L, "aka is '%s', expected \"fresh\", \"replayed\" or \"forged\"", name.p);
	return PLAN_AKA_FRESH;
}

static void check_algorithms(lua_State *L, const struct register_plan *plan)
{
	static const char *const known[] = {"MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "AKAv1-MD5"};
	size_t k;

	for (size_t i = 0; i < plan->algorithm_count; i++) {
		for (k = 0; k < sizeof(known) / sizeof(known[0]) && strcmp(known[k], plan->algorithms[i]); k++)
			;
		if (k == sizeof(known) / sizeof(known[0]))
			script_error(L, "algorithms has '%s', expected MD5, SHA-256, their -sess forms or AKAv1-MD5",
				     plan->algorithms[i]);
	}
}

void lua_client_plan(lua_State *L, int arg, struct account *account)
{
	struct register_plan plan = {.answers = account->registers.answers};
	struct slice text;

	plan.algorithm_count = read_list(L, arg, "algorithms", &account->arena, plan.algorithms, PLAN_CHALLENGES_MAX);
	check_algorithms(L, &plan);
	if (!script_option_off(L, arg, "qop"))
		plan.qop = arena_copy(&account->arena, script_option_text(L, arg, "qop", SLICE("auth"))).p;
	plan.proxy = script_option_flag(L, arg, "proxy", false);
	plan.other_realm = script_option_flag(L, arg, "other_realm", false);
	plan.stale = (unsigned)script_option_number(L, arg, "stale", 0, 3, 0);
	plan.reject = script_option_flag(L, arg, "reject", false);
	plan.where = read_where(L, arg);
	plan.aka = read_aka(L, arg);
	plan.service_route_count =
		read_list(L, arg, "service_route", &account->arena, plan.service_routes, PLAN_ROUTES_MAX);
	plan.path = script_option_flag(L, arg, "path", false);
	plan.gruu = script_option_flag(L, arg, "gruu", false);
	plan.several = script_option_flag(L, arg, "several", false);
	text = script_option_text(L, arg, "associated", SLICE_NONE);
	plan.associated = text.p ? account_associated_make(account, text) : NULL;
	if (script_option_has(L, arg, "expires"))
		plan.answers = (struct plan_answers){
			.count = 1,
			.list[0] = {.status = 200,
				    .expires = (uint32_t)script_option_number(L, arg, "expires", 1, UINT32_MAX, 0)}};
	account->registers = plan;
}

/* One answer, a table on top of the stack: { 423, min_expires = 7200 }. */
static void read_answer(lua_State *L, struct account *account, struct plan_answer *answer)
{
	static const char *const known[] = {"expires", "min_expires", "retry_after", "contact", NULL};
	int at = lua_gettop(L), integral = 0;
	struct slice contact;

	script_options_check(L, at, known, true);
	lua_rawgeti(L, at, 1);
	answer->status = (unsigned)lua_tointegerx(L, -1, &integral);
	lua_pop(L, 1);
	if (!integral || (answer->status && (answer->status < 200 || answer->status > 699)))
		script_error(L, "an answer starts with its status, 200 to 699, or 0 for none: { 423, … }");
	answer->expires = (uint32_t)script_option_number(L, at, "expires", 1, UINT32_MAX, 0);
	answer->min_expires = (uint32_t)script_option_number(L, at, "min_expires", 1, UINT32_MAX, 0);
	answer->retry_after = (uint32_t)script_option_number(L, at, "retry_after", 1, 3600, 0);
	contact = script_option_text(L, at, "contact", SLICE_NONE);
	answer->contact = contact.p ? arena_copy(&account->arena, contact).p : NULL;
}

void lua_client_answers(lua_State *L, int arg, struct account *account, struct plan_answers *ret)
{
	static const char *const known[] = {NULL};
	struct plan_answers answers = {0};

	script_arg_end(L, arg);
	script_options_check(L, arg, known, true);
	answers.count = lua_istable(L, arg) ? lua_rawlen(L, arg) : 0;
	if (!answers.count || answers.count > PLAN_ANSWERS_MAX)
		script_error(L, "got %d answers, expected 1 to %d", (int)answers.count, PLAN_ANSWERS_MAX);
	for (size_t i = 0; i < answers.count; i++) {
		if (lua_rawgeti(L, arg, (lua_Integer)i + 1) != LUA_TTABLE)
			script_error(L, "an answer is a table that starts with its status: { 200, … }");
		read_answer(L, account, &answers.list[i]);
		lua_pop(L, 1);
	}
	*ret = answers;
}
