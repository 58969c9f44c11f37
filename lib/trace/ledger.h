/* SPDX-License-Identifier: MIT
 *
 * The audit's door to the trace: every SIP message of a capture comes in here and is filed under the served user whom
 * it concerns. What a user does is cut into chapters, so that memory holds what is going on and not what has been: a
 * chapter ends when no transaction, dialog or time to wait of the user is open, and what is known of him then is where
 * his next one begins. Where chapters end depends on the messages and their times alone.
 *
 * Fed by one thread. A chapter may be judged on another; the user's memory is touched by the judging side only, which
 * gets the chapters of a user one after the other. */
#ifndef TRACE_LEDGER_H
#define TRACE_LEDGER_H

#include "trace/batch.h"
#include "trace/flow.h"
#include "trace/profile.h"

struct ledger;
struct chapter;

struct ledger_config {
	const struct profile *profile; /* outlives the ledger */
	size_t open_max;  /* chapters open at once; 0: default. The least recently used one ends, as evicted */
	size_t users_max; /* users remembered without an open chapter; 0: default. The longest unheard of is forgotten
			   */
	size_t chapter_len_max; /* bytes of one chapter; 0: default. It ends, as evicted, and goes on as another */
	size_t len_max;         /* bytes of all open chapters; 0: default. As with open_max */
	bool from_start; /* the observation begins before anything of its users: they begin with nothing, as live ones
			    do */
	uint32_t roles_told; /* bits 1 << enum flow_role: somebody told who plays it */
	/* The role that somebody told for this address. May be NULL. */
	enum flow_role (*role)(void *arg, const struct net_addr *addr);
	/* A chapter is over; the callee owns it. */
	void (*on_chapter)(void *arg, struct chapter *chapter);
	void *arg;
};

struct ledger_stats {
	uint64_t messages;   /* SIP messages filed */
	uint64_t unreadable; /* what begins like SIP and is none */
	uint64_t users;      /* users that were heard of */
	uint64_t evicted;    /* chapters ended by open_max, chapter_len_max or len_max */
	uint64_t forgotten;  /* users forgotten for users_max */
	uint64_t strangers;  /* messages that concern no user */
};

struct ledger *ledger_new(const struct ledger_config *config);
/* Frees what was not handed out. */
void ledger_free(struct ledger *ledger);

/* Files what has been read of it. What concerns no user is a sign of life of its sender all the same. */
void ledger_file(struct ledger *ledger, const struct batch *batch);
/* The observation ends at `now`: hands out every open chapter, the oldest first. */
void ledger_finish(struct ledger *ledger, uint64_t now);
const struct ledger_stats *ledger_stats(const struct ledger *ledger);

struct ledger_server { /* who acts as the IM Server, as the messages show it */
	struct net_addr addr;
	uint64_t pushes; /* that came from it */
};
enum { LEDGER_SERVERS_MAX = 64 };
/* Those found so far, in the order in which they were found. */
const struct ledger_server *ledger_servers(const struct ledger *ledger, size_t *ret_count);

/* --- a chapter, on the judging side --- */

/* Whatever the thread that feeds the ledger wants to know about the user's last chapter; NULL at first. */
void **chapter_last(const struct chapter *chapter);
/* From 0, in the order in which chapters began. */
uint64_t chapter_number(const struct chapter *chapter);
/* A number made of the user's name alone, the first one by which he was known, for shards: the same in every process.
 * Of a chapter that is closed. */
uint64_t chapter_user_hash(const struct chapter *chapter);
size_t chapter_message_count(const struct chapter *chapter);
/* The flow, with the beginning that is known, in the caller's spare memory (flow_new_from). It needs the chapter no
 * more. */
struct flow *chapter_flow(const struct chapter *chapter, struct arena *spare);
/* What is known of the user at its end is where his next one begins. The chapter's messages are gone then. */
void chapter_keep(struct chapter *chapter, const struct state *end);
/* When the next chapter of the user may be judged; by the thread that feeds the ledger, before ledger_free. */
void chapter_free(struct chapter *chapter);

#endif
