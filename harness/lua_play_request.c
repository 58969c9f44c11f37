/* SPDX-License-Identifier: MIT
 *
 * The words of a user that send something for him and return its answer. */
#include "harness/lua_play_internal.h"
#include "base/mem.h"
#include "sip/value.h"

enum { EXPIRES_DEFAULT = 3600, OPTIONS_MAX = 40 };

/* A word's own options before those that every request has. */
static void check_options(lua_State *L, const char *const *own)
{
	const char *known[OPTIONS_MAX];
	size_t count = 0;

	for (; *own; own++)
		known[count++] = *own;
	for (const char *const *common = lua_draft_options(); *common; common++)
		known[count++] = *common;
	known[count] = NULL;
	script_arg_end(L, 2);
	script_options_check(L, 2, known, false);
}

/* --- REGISTER --- */

static enum register_body register_body(lua_State *L)
{
	static const char *const names[] = {"none", "message/sip", "service-info", "multipart"};
	struct slice name = script_option_text(L, 2, "with", SLICE("none"));

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (slice_is(name, names[i]))
			return (enum register_body)i;
	script_error(L, "with is '%s', expected one of: none, message/sip, service-info, multipart", name.p);
	return REGISTER_PLAIN;
}

static uint64_t expires_option(lua_State *L, uint64_t fallback)
{
	int64_t value = (int64_t)fallback;
	int type = LUA_TNIL;

	if (lua_istable(L, 2)) {
		lua_pushliteral(L, "expires");
		type = lua_rawget(L, 2);
		lua_pop(L, 1);
	}
	if (type == LUA_TNUMBER)
		value = script_option_number(L, 2, "expires", 0, INT64_MAX, value);
	return (uint64_t)value;
}

/* A push that it causes, rightly or not, is not to cross the PUBLISH behind it: nothing would tell which of them the
 * server acted upon. */
static void rest(struct lua_play *play)
{
	play->rest = play->resting;
}

static void on_registered(struct lua_play *play, struct lua_user *user, const struct sip_msg *msg)
{
	if (msg->status < 300)
		user->user->registered = true;
	rest(play);
}

static void on_deregistered(struct lua_play *play, struct lua_user *user, const struct sip_msg *msg)
{
	if (msg->status < 300)
		user->user->registered = false;
	rest(play);
}

/* What only a core does: no reason to judge anybody. */
static int skip_without_core(lua_State *L, struct lua_user *user, const char *what)
{
	lua_play_finish(user->play, LUA_PLAY_SKIPPED, "there is no core (core.direct) that %s", what);
	return script_wait(L);
}

static int ask_register(lua_State *L, uint64_t fallback)
{
	static const char *const own[] = {"with", NULL};
	struct lua_user *user = lua_user_check(L);
	struct draft draft = lua_play_draft(user->play);
	enum register_body body;
	uint64_t expires;

	check_options(L, own);
	body = register_body(L);
	if (body != REGISTER_PLAIN && core_is_direct(user->user->core))
		return skip_without_core(L, user, "puts bodies into a REGISTER");
	expires = expires_option(L, fallback);
	user_draft_register(user->user, &draft, expires);
	user_draft_register_body(user->user, &draft, body, expires);
	lua_draft_apply(L, 2, &draft);
	return lua_play_ask(L, user, &draft, false, expires ? on_registered : on_deregistered);
}

int lua_word_register(lua_State *L)
{
	return ask_register(L, EXPIRES_DEFAULT);
}

/* Who leaves ends his sessions first: the text does not say what becomes of one at the next registration. */
int lua_word_deregister(lua_State *L)
{
	user_hang_up(lua_user_check(L)->user);
	return ask_register(L, 0);
}

/* --- PUBLISH --- */

static void on_published(struct lua_play *play, struct lua_user *user, const struct sip_msg *msg)
{
	struct slice etag = sip_msg_value(msg, SIP_HEADER_SIP_ETAG);

	if (msg->status >= 300)
		return;
	if (etag.p)
		user->user->etag = arena_copy(&user->user->arena, etag).p;
	rest(play);
}

static const char *active_option(lua_State *L, struct arena *arena)
{
	struct slice word;

	if (!lua_istable(L, 2))
		return "true";
	lua_pushliteral(L, "active");
	if (lua_rawget(L, 2) == LUA_TBOOLEAN) {
		word = slice_of(lua_toboolean(L, -1) ? "true" : "false");
		lua_pop(L, 1);
		return word.p;
	}
	lua_pop(L, 1);
	word = script_option_text(L, 2, "active", SLICE("true"));
	if (slice_is(word, "bare"))
		return settings_bare;
	return slice_is(word, "absent") ? NULL : arena_copy(arena, word).p;
}

static int ask_publish(lua_State *L, bool initial, bool with_body, uint64_t expires)
{
	static const char *const own[] = {"active", "whole", NULL}, *const bare[] = {NULL};
	struct lua_user *user = lua_user_check(L);
	struct user_publish publish = {.with_body = with_body};
	struct draft draft = lua_play_draft(user->play);

	check_options(L, with_body ? own : bare);
	if (core_is_direct(user->user->core) &&
	    (script_option_has(L, 2, "asserted") || script_option_has(L, 2, "from")))
		return skip_without_core(L, user, "says who sends, whatever From says");
	if (with_body) {
		publish.active = active_option(L, draft.arena);
		publish.whole = script_option_flag(L, 2, "whole", false);
	}
	publish.expires = expires_option(L, expires);
	if (!initial)
		publish.etag = user->user->etag ? user->user->etag : "none-was-given";
	user_draft_publish(user->user, &draft, &user->play->stage->profile->settings, &publish);
	lua_draft_apply(L, 2, &draft);
	return lua_play_ask(L, user, &draft, true, on_published);
}

int lua_word_publish(lua_State *L)
{
	return ask_publish(L, true, true, EXPIRES_DEFAULT);
}

int lua_word_modify(lua_State *L)
{
	return ask_publish(L, false, true, EXPIRES_DEFAULT);
}

int lua_word_refresh(lua_State *L)
{
	return ask_publish(L, false, false, EXPIRES_DEFAULT);
}

int lua_word_remove(lua_State *L)
{
	return ask_publish(L, false, false, 0);
}

/* --- a message from a friend --- */

static void hook_done(void *to, const char *wrong)
{
	struct lua_play *play = to;

	if (wrong) {
		lua_play_finish(play, LUA_PLAY_STUCK, "the deposit hook failed: %s", wrong);
		return;
	}
	play->asker->user->deposits++;
	if (play->events->on_deposited)
		play->events->on_deposited(play->arg, play->asker->user);
	lua_play_wake(play, lua_play_push_nothing);
}

static void on_deposited(struct lua_play *play, struct lua_user *user, const struct sip_msg *msg)
{
	if (msg->status < 300)
		user->user->deposits++;
}

int lua_word_deposit(lua_State *L)
{
	static const char *const own[] = {"text", NULL};
	struct lua_user *user = lua_user_check(L);
	const struct lua_stage *stage = user->play->stage;
	struct draft draft = lua_play_draft(user->play);
	struct slice text;

	check_options(L, own);
	text = script_option_text(L, 2, "text", SLICE("While you were away."));
	user_expect_text(user->user, text);
	if (stage->deposit) {
		user->play->asker = user;
		stage->deposit(stage->arg, user->user, text, hook_done, user->play);
		return script_wait(L);
	}
	user_draft_message(user->user, &draft,
			   stage->friend ? stage->friend
					 : arena_printf(draft.arena, "sip:friend@%s", core_domain(stage->core)),
			   text);
	lua_draft_apply(L, 2, &draft);
	return lua_play_ask(L, user, &draft, true, on_deposited);
}
