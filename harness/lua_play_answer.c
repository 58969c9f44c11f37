/* SPDX-License-Identifier: MIT */
#include "harness/lua_play_internal.h"
#include "sip/value.h"

#include <assert.h>

static void on_life(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct lua_play *play = arg;

	if (msg && msg->status < 200)
		return;
	play->asking = NULL;
	lua_play_finish(play, LUA_PLAY_STUCK, "no answer to %s%s", play->asking_what,
			msg ? ", but the IUT is alive" : ", nor to anything after it");
}

/* Only of somebody who is alive it can be said that he kept silent. */
static void unanswered(struct lua_play *play, const struct err *err)
{
	if (err->code != -ETIMEDOUT ||
	    core_probe(play->stage->core, play->stage->probe, on_life, play, &play->asking, NULL) < 0)
		lua_play_finish(play, LUA_PLAY_STUCK, "no answer to %s: %s", play->asking_what, err->text);
}

static int send_draft(struct lua_play *play, const struct draft *draft, bool by_route, struct err *err)
{
	struct core_request request = {.by_route = by_route, .lane = draft->odd ? play->lane : 0};
	struct buf text = {0};
	int rc;

	play->apart |= draft->odd;
	draft_write(draft, &text);
	request.raw = buf_slice(&text);
	rc = core_forward(play->stage->core, &request, lua_play_answered, play, &play->asking, err);
	buf_done(&text);
	return rc;
}

/* Where there is no core, the IUT may ask the user himself for credentials. A time that is still too brief when it is
 * what the IUT asked for is not raised again. */
static bool asks_again(struct lua_play *play, const struct sip_msg *msg)
{
	struct lua_retry *retry = &play->retry;
	struct user *user = play->asker->user;

	if (!retry->longer && user_draft_longer(user, &retry->draft, msg))
		retry->longer = true;
	else if (!user_draft_credentials(user, &retry->login, &retry->draft, msg))
		return false;
	return send_draft(play, &retry->draft, retry->by_route, NULL) == 0;
}

static void keep_for_retry(struct lua_play *play, const struct lua_user *user, const struct draft *draft, bool by_route)
{
	bool to_him = !strcmp(draft->method, "MESSAGE");

	arena_done(&play->retry_arena);
	play->retry = (struct lua_retry){draft_copy(draft, &play->retry_arena), by_route,
					 to_him ? play->stage->friend_login : user->user->login, false};
}

void lua_play_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct lua_play *play = arg;
	struct slice raw;

	if (msg && msg->status < 200)
		return;
	play->asking = NULL;
	if (!msg) {
		unanswered(play, err);
		return;
	}
	if (asks_again(play, msg))
		return;
	arena_done(&play->retry_arena);
	raw = play->events->find_bytes(play->arg, play->asker->user, msg->raw);
	play->answer = arena_alloc(&play->asker->user->arena, sizeof(*play->answer));
	*play->answer = (struct lua_answer){play, raw.p ? raw : arena_copy(&play->arena, msg->raw),
					    world_now(play->stage->world) - play->asked_at};
	if (play->on_answer)
		play->on_answer(play, play->asker, msg);
	lua_play_wake(play, play->push_answered ? play->push_answered : lua_play_push_answer);
	play->push_answered = NULL;
}

struct draft lua_play_draft(struct lua_play *play)
{
	arena_rewind(&play->stage->scratch);
	return (struct draft){.arena = &play->stage->scratch};
}

int lua_play_ask(lua_State *L, struct lua_user *user, const struct draft *draft, bool by_route,
		 void (*on_answer)(struct lua_play *play, struct lua_user *user, const struct sip_msg *msg))
{
	struct lua_play *play = user->play;
	struct err err;

	keep_for_retry(play, user, draft, by_route);
	play->asking_what = draft->method;
	play->asked_at = world_now(play->stage->world);
	play->asker = user;
	play->on_answer = on_answer;
	if (send_draft(play, draft, by_route, &err) < 0)
		lua_play_finish(play, LUA_PLAY_STUCK, "%s could not be sent: %s", draft->method, err.text);
	return script_wait(L);
}

/* --- reading it --- */

static void push_text(lua_State *L, struct slice text)
{
	if (text.p)
		lua_pushlstring(L, text.p, text.len);
	else
		lua_pushnil(L);
}

/* It was a message when it came. */
static struct sip_msg answer_read(const struct lua_answer *answer)
{
	struct arena *scratch = &answer->play->stage->scratch;
	struct sip_msg msg;
	int rc;

	arena_rewind(scratch);
	rc = sip_msg_index(&msg, answer->raw, scratch, NULL);
	assert(rc == 0);
	(void)rc;
	return msg;
}

static void answer_get(lua_State *L, void *object, const char *field)
{
	const struct lua_answer *answer = object;
	const struct sip_msg msg = answer_read(answer);
	enum sip_header id = !strcmp(field, "expires") ? SIP_HEADER_EXPIRES : SIP_HEADER_MIN_EXPIRES;
	uint64_t number;

	if (!strcmp(field, "status"))
		lua_pushinteger(L, msg.status);
	else if (!strcmp(field, "took"))
		lua_pushinteger(L, (lua_Integer)(answer->took / 1000000));
	else if (!strcmp(field, "etag"))
		push_text(L, sip_msg_value(&msg, SIP_HEADER_SIP_ETAG));
	else if (sip_msg_number(&msg, id, &number) == 0 && number <= INT64_MAX)
		lua_pushinteger(L, (lua_Integer)number);
	else
		lua_pushnil(L);
}

static int word_header(lua_State *L)
{
	const struct lua_answer *answer = script_object_check(L, 1, &lua_answer_class);
	struct slice name = script_arg_text(L, 2);
	enum sip_header id = sip_header_of(name);
	const struct sip_line *line;
	struct sip_msg msg;

	script_arg_end(L, 2);
	msg = answer_read(answer);
	line = id == SIP_HEADER_OTHER ? sip_msg_line_named(&msg, name, NULL) : sip_msg_line(&msg, id);
	push_text(L, line ? sip_line_value(&msg, line) : SLICE_NONE);
	return 1;
}

static const struct script_method methods[] = {{"header", word_header}, {NULL, NULL}};
static const char *const fields[] = {"status", "etag", "expires", "min_expires", "took", NULL};
const struct script_class lua_answer_class = {"answer", methods, fields, answer_get};
