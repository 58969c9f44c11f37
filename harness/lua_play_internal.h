/* SPDX-License-Identifier: MIT
 *
 * What the files of harness/lua_play share with each other and nobody else. */
#ifndef HARNESS_LUA_PLAY_INTERNAL_H
#define HARNESS_LUA_PLAY_INTERNAL_H

#include "harness/lua_client.h"
#include "harness/lua_play.h"
#include "script/live.h"

struct lua_user {
	struct lua_play *play;
	struct user *user;
	uint32_t pushes, asked, ended; /* those that the play has awaited already */
};

struct lua_answer { /* in the asker's arena */
	struct lua_play *play;
	struct slice raw; /* there or in the trace; read again when it is asked for */
	uint64_t took;    /* ns, from the word to it */
};

struct lua_retry { /* its texts are in the arena of its play that is named for it */
	struct draft draft;
	bool by_route;
	struct user_login login; /* of its sender; without a password where he has none */
	bool longer;             /* it was asked for again, for a longer time */
};

struct lua_play {
	struct lua_stage *stage;
	const struct lua_play_events *events;
	void *arg;
	struct arena arena;
	struct script_run *run;
	struct lua_user *users[LUA_PLAY_USERS_MAX]; /* in the arenas of their users */
	size_t user_count;
	struct lua_client_state *client; /* of plays for a client IUT, in the arena; else NULL */
	struct world_timer timer;        /* what the play waits for at most, or the next turn */
	unsigned lane;                   /* of its odd requests: one that the IUT can't read harms no other play */
	bool apart;                      /* there were some */
	struct client_txn *asking;       /* the request whose answer it waits for; NULL: none */
	const char *asking_what;         /* "PUBLISH": for messages */
	uint64_t asked_at;               /* ns, when the word was said that asks */
	struct lua_retry retry;          /* the request, to be sent once more */
	struct arena retry_arena;        /* empty when nothing is asked: plays wait long, and by the thousand */
	struct lua_user *waiting;        /* the user whose events it waits for; NULL: none */
	enum user_event wanted;
	void (*on_answer)(struct lua_play *play, struct lua_user *user, const struct sip_msg *msg);
	struct lua_user *asker;
	int (*push_answered)(struct lua_play *play); /* result of the word that asks; NULL: the answer */
	int (*push)(struct lua_play *play);          /* result of the word that wakes next */
	uint64_t rest;                               /* ns, before it does */
	uint64_t resting;                            /* ns, as of the stage when it was made */
	struct lua_answer *answer;                   /* result of the word that asks; NULL: the answer */
	bool result;                                 /* result of a word that says whether */
	bool over;                                   /* on_end is told, or about to be */
	enum lua_play_end end;
	const char *why; /* in the arena */
};

extern const struct script_class lua_stage_class, lua_user_class, lua_answer_class;

/* --- waking: the word's results are pushed by `push`, which returns their number --- */
void lua_play_wake(struct lua_play *play, int (*push)(struct lua_play *play));
int lua_play_push_answer(struct lua_play *play);
int lua_play_push_result(struct lua_play *play);
int lua_play_push_nothing(struct lua_play *play);
/* The play ends where it is. Told in a later turn. */
void lua_play_finish(struct lua_play *play, enum lua_play_end end, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* struct user's on_event, arg being the play. */
void lua_play_on_event(void *arg, struct user *user, enum user_event event);
/* Waits until `user` had the event (the caller saw that it is not there yet), or `within` ns: the result tells. */
int lua_play_await(lua_State *L, struct lua_user *user, enum user_event wanted, uint64_t within);

/* A draft in the stage's scratch memory, for lua_play_ask. */
struct draft lua_play_draft(struct lua_play *play);
/* Sends a request of a user, and waits for its final answer: `return lua_play_ask(…);`. `on_answer` (may be NULL) hears
 * of it before the play does. The word returns the answer, unless push_answered
 * was set before. */
int lua_play_ask(lua_State *L, struct lua_user *user, const struct draft *draft, bool by_route,
		 void (*on_answer)(struct lua_play *play, struct lua_user *user, const struct sip_msg *msg));
/* Answers of any request that the play waits for. */
void lua_play_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err);

/* Options that change a request, with those that only one word has. */
const char *const *lua_draft_options(void);
void lua_draft_apply(lua_State *L, int arg, struct draft *draft);

/* Words of a user: those that ask (lua_play_request.c), and his plans (lua_play_answers.c). */
int lua_word_register(lua_State *L);
int lua_word_deregister(lua_State *L);
int lua_word_publish(lua_State *L);
int lua_word_modify(lua_State *L);
int lua_word_refresh(lua_State *L);
int lua_word_remove(lua_State *L);
int lua_word_deposit(lua_State *L);
int lua_word_answers(lua_State *L);
int lua_word_then_answers(lua_State *L);

static inline struct lua_user *lua_user_check(lua_State *L)
{
	return script_object_check(L, 1, &lua_user_class);
}

#endif
