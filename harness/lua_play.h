/* SPDX-License-Identifier: MIT
 *
 * Live words: a play on its coroutine, with the users it has called in. Words provoke and never assert; what came of it
 * is in the trace. A word that waits lets the world go on; a request that gets no answer at all ends the play, because
 * nothing after it would be what the play means.
 *
 *   lua_play.c          life of a play, and waking it
 *   lua_play_stage.c    the words of t
 *   lua_play_user.c     the words of a user
 *   lua_play_request.c  those of them that send something
 *   lua_play_draft.c    options of a word that changes a request
 *   lua_play_answers.c  answers{ … }
 *   lua_play_answer.c   what a word that asks returns
 *
 * Started and freed by the runner; the page of words is scenarios/README.md. */
#ifndef HARNESS_LUA_PLAY_H
#define HARNESS_LUA_PLAY_H

#include "check/timers.h"
#include "harness/core_probe.h"
#include "harness/registrar.h"
#include "harness/tester.h"
#include "harness/user.h"
#include "script/script.h"
#include "trace/profile.h"

enum { LUA_PLAY_USERS_MAX = 8 };

struct lua_stage { /* what all plays of a campaign share; outlives them */
	struct world *world;
	struct script *script;
	struct core *core;           /* of a server IUT, or NULL */
	struct registrar *registrar; /* of a client IUT, or NULL */
	struct tester *tester;       /* makes the client IUT act */
	uint64_t patience;           /* ns until the client has acted that was made to */
	const struct profile *profile;
	struct timers timers;
	uint64_t rest; /* ns that the next plays rest behind what may cause a push, and behind nothing else */
	enum probe_kind probe;
	struct arena scratch; /* of the word at work: what it writes or reads, until it waits or is back */
	const char *friend;   /* who sends messages to users; NULL: somebody of the domain */
	struct user_login friend_login;
	/* Deposits where the IUT takes them by a hook; NULL: by MESSAGE. Calls `done` later, with NULL or what went
	 * wrong. */
	void (*deposit)(void *arg, struct user *user, struct slice text, void (*done)(void *to, const char *wrong),
			void *to);
	void *arg;
};

enum lua_play_end {
	LUA_PLAY_DONE,    /* came to its end */
	LUA_PLAY_SKIPPED, /* the client IUT can't be made to act as it needs: why tells */
	LUA_PLAY_STUCK,   /* could not be carried out: why tells */
	LUA_PLAY_BROKEN,  /* our own fault */
};

struct lua_play_events {
	/* A user is called in, before anything is sent for him. */
	void (*on_user)(void *arg, struct user *user);
	/* Makes the play's user of that number, from 0, who likes to be called so. NULL: there is no identity left. */
	struct user *(*make_user)(void *arg, const char *name, unsigned number);
	/* The same for a client IUT; the account is the play's. */
	struct account *(*make_account)(void *arg, const char *name, unsigned number);
	/* The client said something. May be NULL. */
	void (*on_client_alive)(void *arg, struct account *account);
	/* A message was deposited by the hook: no SIP shows it. May be NULL. */
	void (*on_deposited)(void *arg, struct user *user);
	/* As many messages have come to him as were deposited. May be NULL. */
	void (*on_delivered)(void *arg, struct user *user);
	/* A session of his is over, and that many have not come. May be NULL. */
	void (*on_left)(void *arg, struct user *user);
	/* Bytes of the trace that are the same and stay as long as the play; absent: there are none. */
	struct slice (*find_bytes)(void *arg, struct user *user, struct slice raw);
	/* The play is over; called from the world, never from within a word. It may be freed in here. */
	void (*on_end)(void *arg, enum lua_play_end end, const char *why);
};

struct lua_play;

/* Once per script, before the first play. */
void lua_play_classes(struct script *script);
/* Nothing happens before lua_play_start. `events` outlive it. */
struct lua_play *lua_play_new(struct lua_stage *stage, const struct play *play, const struct lua_play_events *events,
			      void *arg);
void lua_play_start(struct lua_play *play);
/* In any state. Frees the users too: sessions that are up get a BYE. */
void lua_play_free(struct lua_play *play);

struct user *lua_play_user(const struct lua_play *play, size_t at);
/* Had some of its requests a lane of their own (port_send_lane)? On streams, what came by two of them came in no order.
 */
bool lua_play_is_apart(const struct lua_play *play);
/* "file:line" of the word that it waits in; for plays over their deadline. */
void lua_play_where(const struct lua_play *play, struct buf *to);

/* Appends the names of all words and fields, a line each: "user:publish", "t.domain" … For the page of words. */
void lua_play_words(struct buf *names);

#endif
