/* SPDX-License-Identifier: MIT
 *
 * A stage: a place in a story that a test of lib/check sets up by hand, field by field, and asks one word about.
 * Nothing is told by lib/trace here, so that each boundary can be put where the test wants it. */
#ifndef TESTS_CHECK_STAGE_H
#define TESTS_CHECK_STAGE_H

#include "base/time.h"
#include "check/check.h"

#define MS MILLISECOND

struct stage {
	struct profile profile;
	struct settings_reader *reader;
	struct flow *flow;  /* of sip:alice@im.example, who is known as +4420555, too */
	struct story story; /* its server is "server" */
	struct timers timers;
	struct secrets secrets;
	struct txn *txn;           /* what words look at: the transaction that was made last, */
	const struct event *event; /* and its request */
	struct why why;            /* of the word that was asked last */
};

extern struct stage stage;

/* For TestSuite(…, .init, .fini). */
void stage_init(void);
void stage_done(void);

/* A message at that time, from one of "core", "server", "client" to another; "tcp" may follow ("core server tcp").
 * `head` has LF line ends and lacks Content-Length; `body` may be NULL. What is sent twice is a repetition. */
struct event *stage_say(uint64_t time, const char *way, const char *head, const char *body);
/* One of the client's with these further lines, and what the core answered to it. */
struct event *stage_request(const char *method, uint64_t time, const char *lines);
struct event *stage_response(unsigned status, uint64_t time, const char *lines);
/* A transaction of the story, which words look at from now on. `final` may be NULL. */
struct txn *stage_txn(enum occasion occasion, struct event *request, struct event *final);
/* Another one; words go on looking at the one they looked at. */
struct txn *stage_other(enum occasion occasion, struct event *request, struct event *final);
/* One more answer to a transaction, which is its final one if it is any. Returns it. */
struct event *stage_answer(struct txn *txn, struct event *answer);
/* A message that only an earlier or later part of the story explains. */
struct event *stage_orphan(uint64_t time, const char *way, const char *head);
/* An entity tag that was given before the transaction; it is the newest then. */
struct publication *stage_publication(const char *etag, enum publication_end end, uint64_t until);
/* The last sign of life of a host; it had none before its first message. */
void stage_alive(const char *host, uint64_t time);
struct net_addr stage_host(const char *name);

/* Asks a word: its name and arguments with blanks between, as "at_least Expires 60". "yes", "no: <seen>", "unknown:
 * <reason>", or the error of the arguments. Valid until the next call. */
const char *stage_ask(const char *words);
/* The same in two steps: between them a check may be given kids. */
struct check *stage_check(const char *words);
const char *stage_eval(struct check *check);

#define expect_word(words, want) cr_expect_str_eq(stage_ask(words), want, "%s: %s", words, stage_ask(words))

#endif
