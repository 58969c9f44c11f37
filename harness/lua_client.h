/* SPDX-License-Identifier: MIT
 *
 * Live words of the plays for a client IUT: t:client{ … } opens an account with the registrar, its words write the plan
 * of what the core answers, make the client act (harness/tester.h) and wait for what it does. Life, turns and waking
 * are harness/lua_play's.
 *
 *   lua_client.c        the words of t, and waiting
 *   lua_client_plan.c   options that become a plan
 *   lua_client_words.c  the words of a client */
#ifndef HARNESS_LUA_CLIENT_H
#define HARNESS_LUA_CLIENT_H

#include "harness/registrar.h"
#include "harness/tester.h"
#include "script/live.h"

struct lua_play;

struct lua_client {
	struct lua_play *play;
	struct account *account;
	struct tester_user user;
	enum settings_value wished;    /* what its user set offline delivery to; ABSENT: nothing */
	uint32_t seen[ACCOUNT_EVENTS]; /* those that the play has awaited already */
};

enum lua_client_wait {
	WAIT_NONE,
	WAIT_OUT,    /* for a tester that is at work still, though what it was asked for is there */
	WAIT_TESTER, /* for its answer only */
	WAIT_EVENT,  /* the play wants to know whether it comes */
	WAIT_NEEDED, /* nothing after it would be what the play means */
};

struct lua_client_state { /* the part of a play that only clients need */
	struct lua_client clients[8];
	size_t count;
	struct lua_client *waiting;
	enum lua_client_wait wait;
	enum account_event wanted;
	const char *what;    /* "REGISTER": for messages */
	uint64_t within;     /* ns */
	unsigned challenges; /* of the account, when it was looked at last */
	bool asking;         /* the tester */
	size_t probed;       /* clients, of a quiet() under way */
};

extern const struct script_class lua_client_stage_class, lua_client_class;
extern const struct script_method lua_client_stage_methods[], lua_client_methods[];
extern const char *const lua_client_stage_fields[], *const lua_client_fields[];

static inline struct lua_client *lua_client_check(lua_State *L)
{
	return script_object_check(L, 1, &lua_client_class);
}

/* --- waiting --- */

/* Waits until `event` has come once more than the play knows of, or `within` is over. */
int lua_client_await(lua_State *L, struct lua_client *client, enum account_event event, uint64_t within);
/* Asks the tester, then waits for the event as `wait` says. */
int lua_client_ask(lua_State *L, struct lua_client *client, const struct tester_request *request,
		   enum lua_client_wait wait, enum account_event event, const char *what);
/* Waits for an event that something already under way must bring. */
int lua_client_need(lua_State *L, struct lua_client *client, enum account_event event, const char *what);
/* Ends what is under way, and the accounts. */
void lua_client_done(struct lua_play *play);

/* --- lua_client_plan.c --- */

/* t:client{ … } and client:registrar{ … }: what the option table at `arg` says becomes the account's plan. */
extern const char *const lua_client_plan_options[];
void lua_client_plan(lua_State *L, int arg, struct account *account);
/* publications{ … }, registrations{ … }: a list of answers, each a table that starts with its status. */
void lua_client_answers(lua_State *L, int arg, struct account *account, struct plan_answers *ret);

#endif
