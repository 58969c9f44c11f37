/* SPDX-License-Identifier: MIT */
#include "harness/lua_client.h"
#include "base/time.h"
#include "harness/lua_play_internal.h"

/* --- what the core will answer --- */

static int word_registrar(lua_State *L)
{
	struct lua_client *client = lua_client_check(L);

	script_arg_end(L, 2);
	script_options_check(L, 2, lua_client_plan_options, false);
	lua_client_plan(L, 2, client->account);
	return 0;
}

static int word_registrations(lua_State *L)
{
	struct account *account = lua_client_check(L)->account;

	lua_client_answers(L, 2, account, &account->registers.answers);
	return 0;
}

static int word_publications(lua_State *L)
{
	struct account *account = lua_client_check(L)->account;

	lua_client_answers(L, 2, account, &account->publications);
	return 0;
}

static int word_subscriptions(lua_State *L)
{
	struct account *account = lua_client_check(L)->account;

	lua_client_answers(L, 2, account, &account->subscriptions);
	return 0;
}

/* --- what the client is made to do --- */

static int ask(lua_State *L, enum tester_command command, bool active, enum lua_client_wait wait,
	       enum account_event event, const char *what)
{
	struct lua_client *client = lua_client_check(L);
	struct tester_request request = {command, &client->user, active};

	return lua_client_ask(L, client, &request, wait, event, what);
}

static int word_register(lua_State *L)
{
	script_arg_end(L, 1);
	return ask(L, TESTER_REGISTER, false, WAIT_NEEDED, ACCOUNT_REGISTERED, "REGISTER");
}

static int word_deregister(lua_State *L)
{
	script_arg_end(L, 1);
	return ask(L, TESTER_DEREGISTER, false, WAIT_NEEDED, ACCOUNT_REGISTERED, "REGISTER");
}

static int word_set_offline_delivery(lua_State *L)
{
	struct lua_client *client = lua_client_check(L);
	bool active = lua_toboolean(L, 2);

	if (!lua_isboolean(L, 2))
		return script_error(L, "argument 1 is no boolean, expected true or false");
	script_arg_end(L, 2);
	client->wished = active ? SETTINGS_TRUE : SETTINGS_FALSE;
	client->account->told = SETTINGS_ABSENT;
	return ask(L, TESTER_SET_OFFLINE_DELIVERY, active, WAIT_TESTER, ACCOUNT_PUBLISHED, "PUBLISH");
}

/* --- what it does --- */

static int await(lua_State *L, enum account_event event)
{
	static const char *const known[] = {"within", NULL};
	struct lua_client *client = lua_client_check(L);
	int64_t fallback = (int64_t)(client->play->stage->timers.answer / MILLISECOND);

	script_arg_end(L, 2);
	script_options_check(L, 2, known, false);
	return lua_client_await(L, client, event,
				(uint64_t)script_option_number(L, 2, "within", 0, 3600000, fallback) * MILLISECOND);
}

static int word_await_register(lua_State *L)
{
	return await(L, ACCOUNT_REGISTERED);
}

static int word_await_publish(lua_State *L)
{
	return await(L, ACCOUNT_PUBLISHED);
}

/* Where nothing after it would be what the play means. */
static int word_needs_publish(lua_State *L)
{
	struct lua_client *client = lua_client_check(L);

	script_arg_end(L, 1);
	return lua_client_need(L, client, ACCOUNT_PUBLISHED, "PUBLISH");
}

static int word_await_subscribe(lua_State *L)
{
	return await(L, ACCOUNT_SUBSCRIBED);
}

static int word_await_delivery(lua_State *L)
{
	return await(L, ACCOUNT_DELIVERED);
}

static int word_await_end(lua_State *L)
{
	return await(L, ACCOUNT_ENDED);
}

/* --- the push --- */

static int word_push(lua_State *L)
{
	static const char *const known[] = {"text", "session_expires", "at_session", NULL};
	struct lua_client *client = lua_client_check(L);
	struct account_push_plan plan = {0};
	struct slice text;
	struct err err;

	script_arg_end(L, 2);
	script_options_check(L, 2, known, false);
	text = script_option_text(L, 2, "text", SLICE("While you were away."));
	plan.text = script_option_off(L, 2, "text") ? NULL : arena_copy(&client->account->arena, text).p;
	plan.session_expires = (uint32_t)script_option_number(L, 2, "session_expires", 90, UINT32_MAX, 0);
	plan.at_session = script_option_flag(L, 2, "at_session", false);
	client->seen[ACCOUNT_PUSHED] = client->account->counts[ACCOUNT_PUSHED];
	if (account_push(client->account, &plan, &err) < 0) {
		lua_play_finish(client->play, LUA_PLAY_STUCK, "no INVITE could be sent: %s", err.text);
		return script_wait(L);
	}
	return lua_client_need(L, client, ACCOUNT_PUSHED, "final answer to the INVITE");
}

static int inside_push(lua_State *L, int (*act)(struct account *account, struct err *err))
{
	struct lua_client *client = lua_client_check(L);
	struct err err;

	script_arg_end(L, 1);
	if (act(client->account, &err) < 0) {
		lua_play_finish(client->play, LUA_PLAY_STUCK, "%s", err.text);
		return script_wait(L);
	}
	return 0;
}

static int word_refresh_push(lua_State *L)
{
	return inside_push(L, account_push_refresh);
}

static int word_end_push(lua_State *L)
{
	return inside_push(L, account_push_bye);
}

const struct script_method lua_client_methods[] = {{"registrar", word_registrar},
						   {"registrations", word_registrations},
						   {"publications", word_publications},
						   {"subscriptions", word_subscriptions},
						   {"register", word_register},
						   {"deregister", word_deregister},
						   {"set_offline_delivery", word_set_offline_delivery},
						   {"await_register", word_await_register},
						   {"await_publish", word_await_publish},
						   {"needs_publish", word_needs_publish},
						   {"await_subscribe", word_await_subscribe},
						   {"await_delivery", word_await_delivery},
						   {"await_end", word_await_end},
						   {"push", word_push},
						   {"refresh_push", word_refresh_push},
						   {"end_push", word_end_push},
						   {NULL, NULL}};
const char *const lua_client_fields[] = {"address",          "registered",  "register_status", "publish_status",
					 "subscribe_status", "push_status", "push_direction",  NULL};

static void client_get(lua_State *L, void *object, const char *field)
{
	const struct account *account = ((const struct lua_client *)object)->account;
	const struct {
		const char *name;
		unsigned number;
	} numbers[] = {{"register_status", account->register_status},
		       {"publish_status", account->publish_status},
		       {"subscribe_status", account->subscribe_status},
		       {"push_status", account->push_status}};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(field, numbers[i].name))
			continue;
		lua_pushinteger(L, numbers[i].number);
		return;
	}
	if (!strcmp(field, "address"))
		lua_pushstring(L, account->address);
	else if (!strcmp(field, "push_direction"))
		lua_pushstring(L, account_push_direction(account));
	else
		lua_pushboolean(L, account->registered);
}

const struct script_class lua_client_class = {"client", lua_client_methods, lua_client_fields, client_get};
