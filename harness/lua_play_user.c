/* SPDX-License-Identifier: MIT */
#include "harness/lua_play_internal.h"
#include "base/mem.h"
#include "base/time.h"
#include "sip/value.h"

static uint64_t within_option(lua_State *L, uint64_t fallback)
{
	static const char *const known[] = {"within", NULL};

	script_arg_end(L, 2);
	script_options_check(L, 2, known, false);
	return (uint64_t)script_option_number(L, 2, "within", 0, 3600000, (int64_t)(fallback / MILLISECOND)) *
	       MILLISECOND;
}

static int await(lua_State *L, uint32_t had, uint32_t *seen, enum user_event event, uint64_t within)
{
	if (had > *seen) {
		++*seen;
		lua_pushboolean(L, 1);
		return 1;
	}
	return lua_play_await(L, lua_user_check(L), event, within);
}

static int word_await_push(lua_State *L)
{
	struct lua_user *user = lua_user_check(L);
	uint64_t within = within_option(L, user->play->stage->timers.answer);

	return await(L, user->user->pushes, &user->pushes, USER_PUSHED, within);
}

static int word_await_end(lua_State *L)
{
	struct lua_user *user = lua_user_check(L);
	uint64_t within = within_option(L, user->play->stage->timers.answer);

	return await(L, user->user->ended, &user->ended, USER_ENDED, within);
}

static int word_await_request(lua_State *L)
{
	struct lua_user *user = lua_user_check(L);
	uint64_t within = within_option(L, user->play->stage->timers.answer);

	return await(L, user->user->asked, &user->asked, USER_ASKED, within);
}

/* A Contact of the same client under another name, for answers that bring one. */
static int word_contact_as(lua_State *L)
{
	struct lua_user *user = lua_user_check(L);
	struct slice word = script_arg_text(L, 2);

	script_arg_end(L, 2);
	if (!sip_is_token(word))
		return script_error(L, "argument 1 is no token, expected a word");
	lua_pushfstring(L, "<%s:%s-%s>;%s", core_scheme(user->user->core), word.p, strchr(user->user->contact, ':') + 1,
			core_tag(user->user->core));
	return 1;
}

static int word_hang_up(lua_State *L)
{
	struct lua_user *user = lua_user_check(L);

	script_arg_end(L, 1);
	user_hang_up(user->user);
	return 0;
}

static const struct script_method methods[] = {
	{"register", lua_word_register}, {"deregister", lua_word_deregister}, {"publish", lua_word_publish},
	{"modify", lua_word_modify},     {"refresh", lua_word_refresh},       {"remove", lua_word_remove},
	{"deposit", lua_word_deposit},   {"answers", lua_word_answers},       {"then_answers", lua_word_then_answers},
	{"await_push", word_await_push}, {"contact_as", word_contact_as},     {"await_request", word_await_request},
	{"await_end", word_await_end},   {"hang_up", word_hang_up},           {NULL, NULL}};
static const char *const fields[] = {"name", "address", "tel", "contact", "etag", "pushes", "messages", NULL};

static void user_get(lua_State *L, void *object, const char *field)
{
	const struct user *user = ((const struct lua_user *)object)->user;
	const struct {
		const char *name, *text;
	} texts[] = {{"name", user->name},
		     {"address", user->address},
		     {"tel", user->tel},
		     {"contact", user->contact},
		     {"etag", user->etag}};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (strcmp(field, texts[i].name))
			continue;
		lua_pushstring(L, texts[i].text); /* NULL is nil */
		return;
	}
	lua_pushinteger(L, !strcmp(field, "pushes") ? user->pushes : user->messages);
}

const struct script_class lua_user_class = {"user", methods, fields, user_get};
