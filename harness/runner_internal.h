/* SPDX-License-Identifier: MIT
 *
 * What the files of harness/runner share with each other and nobody else. */
#ifndef HARNESS_RUNNER_INTERNAL_H
#define HARNESS_RUNNER_INTERNAL_H

#include "harness/runner.h"
#include "base/time.h"
#include "judge/judge.h"
#include "trace/intake.h"

enum { CASE_FINDINGS_MAX = 100000, CASE_USERS_BITS = 3 };
#define CASE_DEADLINE (180 * SECOND)

enum case_state { CASE_WAITING, CASE_RUNNING, CASE_JUDGED, CASE_SETTLED };

struct case_client {
	struct account *account;
	struct tester_user member; /* the same for its upper tester */
};

struct runner_case {
	struct runner *runner;
	const struct play *play;
	struct runner_case *control; /* NULL: none */
	uint64_t number;             /* of the play in the catalogue: decides order and identities */
	enum case_state state;
	struct lua_play *live;                  /* while it runs */
	struct flow *flows[LUA_PLAY_USERS_MAX]; /* the intake's, while it runs */
	size_t flow_count;
	struct case_client *clients; /* of a client IUT, beside each flow, in the arena; NULL: of a server IUT */
	struct arena arena;
	size_t stopping; /* clients that are still to be stopped, once the play is over */
	struct world_timer deadline;
	uint64_t began, ended;    /* ns */
	uint64_t stops;           /* of the world, before it began */
	struct finding *findings; /* until it is settled */
	size_t finding_count, finding_cap;
	uint64_t found;                  /* findings so far, those that were only counted too */
	struct runner_case *next_judged; /* in the runner's list */
	enum lua_play_end end;
	char *why;    /* of an end that was none; NULL */
	char *ladder; /* where something did not pass; NULL */
	char *user;   /* the first user's address, for reports */
	enum verdict verdict;
	char *reason;
	bool passed; /* as a control: everything that it is there for held */
};

struct after_user;
struct after { /* users whose cases are over */
	struct after_user *users;
	size_t count;
	struct map by_key; /* sip_uri_user_key of each identity → struct after_user */
	struct tape_pool pool;
};

struct runner {
	struct runner_config config;
	struct core *core;           /* of a server IUT, */
	struct registrar *registrar; /* or of a client IUT */
	bool *busy;                  /* IXIT users that a case works with */
	bool in_vain;                /* the IUT was given up */
	bool client_came;            /* something was heard of the client IUT */
	struct intake *intake;
	struct after after;
	struct arena spare; /* for flows that are judged */
	struct lua_stage stage;
	struct runner_case *cases; /* in the catalogue's order */
	size_t case_count;
	struct runner_case **queue; /* in the order of their start */
	size_t started, running, settled;
	unsigned most_at_once;
	struct runner_case *judged; /* and not settled yet; as `cases` has them */
	struct map proven;          /* requirement id → a case that is there for it has passed */
	struct campaign *held;      /* passes of requirements that no case has proven yet */
	struct client_txn *probing;
	struct world_timer timer;   /* of the first probe */
	struct world_timer filling; /* until more cases may start */
	uint64_t clear_at;          /* ns, when the IUT has done what a case asked that goes ahead of the others */
	struct stream *tcp;         /* does the IUT listen on TCP, too? */
	bool tcp_open;
	bool tls_failed;      /* with the IUT, and no request has come since */
	size_t target_index;  /* of the one that is asked */
	uint64_t asked_since; /* ns, when it was asked first */
	bool finished;
	uint64_t tapped; /* messages */
	int code;        /* first failure of the journal */
	struct err err;
	struct arena arena; /* of what the stage needs */
};

/* --- runner_select.c --- */
int runner_select(struct runner *runner, struct err *err);

/* --- runner_case.c --- */
void case_start(struct runner_case *c);
/* Adds a finding about each requirement that the case is there for and that has none. */
void case_add_open(struct runner_case *c, enum verdict verdict, const char *reason);
void case_done(struct runner_case *c);
/* The intake's flow for a user of the case, whose messages the URIs tell, with what the world may do to them. */
struct flow *case_expect_flow(struct runner_case *c, const char *address, const struct slice *uris, unsigned count);
/* Takes the flow from the intake and judges it, with the case as `arg` of both; on_finding owns what it gets. */
void case_judge(struct runner_case *c, struct flow *flow, void (*on_finding)(void *arg, struct finding *finding),
		bool (*on_count)(void *arg, size_t requirement, enum verdict verdict), struct state *ret_end);

/* Gives up the IUT: the campaign's note says why at length, each case that waits only `reason`. */
void runner_give_up(struct runner *runner, const char *note, const char *reason);

/* --- runner_client.c --- */
int client_runner_start(struct runner *runner, struct err *err); /* opens the registrar */
struct account *client_make_account(void *arg, const char *name, unsigned number);
void client_alive(void *arg, struct account *account);
/* Has the clients of a case that is judged stopped, then tells the runner of its end. */
void client_case_end(struct runner_case *c);
void client_case_drop(struct runner_case *c); /* nothing is told any more */
/* Passwords that the case knows, for the judge: `arg` is the case. */
bool client_able(void *arg, struct slice user);
bool client_name(void *arg, struct slice user, struct slice realm, struct slice *ret_username);
bool client_secret(void *arg, struct slice username, struct slice realm, struct slice *ret_password);
bool client_keys(void *arg, struct slice username, struct milenage *ret_keys); /* and keys of AKA */

/* --- runner_ladder.c --- */
char *case_ladder(const struct runner_case *c); /* free(); NULL where nothing was said */

/* --- runner_settle.c --- */
/* The place of its next finding in the campaign. */
static inline uint64_t case_order(const struct runner_case *c)
{
	return c->number * CASE_FINDINGS_MAX + c->found;
}
/* The judge's on_count, the case being `arg`: a pass that the campaign would not keep has no need of words. */
bool case_count_pass(void *test_case, size_t requirement, enum verdict verdict);
/* It waits to be settled from now on. */
void case_judged(struct runner_case *c);
void runner_settle_start(struct runner *runner);
/* After every end of a case: settles it, and those that waited for it. */
void runner_settle(struct runner *runner);
/* A finding of a case that is settled, which it takes. */
void runner_settle_late(struct runner_case *c, struct finding *finding);
/* Drops what nobody has proven. */
void runner_settle_end(struct runner *runner);

/* --- runner_after.c --- */
/* The case is over: what is known of its user. Not of users of the IXIT, who come back. */
void runner_after_keep(struct runner_case *c, const struct flow *flow, const struct state *end);
/* Is a message that concerned nobody a push to such a user? Then the intake has a flow for it now. */
bool runner_after_wakes(struct runner *runner, struct slice bytes);
void runner_after_judge(struct runner *runner);
void runner_after_done(struct after *after);

/* --- runner_probe.c --- */
void runner_start(void *arg); /* the runner; from the world */

/* --- runner_tls.c --- */
void runner_on_tls_failed(void *arg, const struct net_addr *peer, const struct err *err); /* arg: the runner */
void runner_heard(struct runner *runner, struct slice bytes); /* something came to the core */

/* --- runner.c --- */
void runner_on_tap(void *arg, const struct event_path *path, struct slice bytes, bool sent); /* arg: the runner */
void runner_fill(struct runner *runner);   /* starts as many cases as may run */
void runner_finish(struct runner *runner); /* ends the campaign */
void runner_case_ended(struct runner *runner);

#endif
