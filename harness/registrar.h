/* SPDX-License-Identifier: MIT
 *
 * The SIP/IP core that a client IUT knows: outbound proxy and registrar, with the IM Server and friends behind it, on
 * one endpoint. Each user has an account, and each account a plan of what the core answers; plays write it
 * (harness/lua_client.h), the runner makes the accounts, nothing is judged here.
 *
 *   registrar.c           life, accounts, and what request goes where
 *   registrar_auth.c      Digest challenges, and whether they are answered
 *   registrar_aka.c       those of AKA (RFC 3310)
 *   registrar_register.c  REGISTER
 *   registrar_publish.c   PUBLISH as the IM Server answers it
 *   registrar_notify.c    SUBSCRIBE and its NOTIFY
 *   registrar_reginfo.c   the state of a registration, which an IMS tells (RFC 3680)
 *   registrar_push.c      the INVITE that delivers deferred messages, MSRP, refresh, BYE
 *
 * One thread, one world. The registrar owns its endpoint and the accounts. */
#ifndef HARNESS_REGISTRAR_H
#define HARNESS_REGISTRAR_H

#include "base/arena.h"
#include "harness/endpoint.h"
#include "harness/sip_text.h"
#include "sip/aka.h"
#include "trace/profile.h"

struct registrar;

struct registrar_config {
	struct net_addr bind;          /* port 0 picks one */
	const char *domain;            /* and realm; copied */
	const struct profile *profile; /* must outlive the registrar */
	bool ims;                      /* it is the P-CSCF and the S-CSCF of an IMS: answers to REGISTER are theirs */
	/* Every message, retransmissions too, in order. May be NULL. */
	void (*on_tap)(void *arg, const struct event_path *path, struct slice bytes, bool sent);
	/* As endpoint_events has it. May be NULL. */
	void (*on_tls_failed)(void *arg, const struct net_addr *peer, const struct err *err);
	/* A request of somebody who has no account: his URI. May be NULL. */
	void (*on_stranger)(void *arg, const struct sip_msg *msg, struct slice user);
	void *arg;
};

enum { PLAN_ANSWERS_MAX = 8, PLAN_CHALLENGES_MAX = 4, PLAN_ROUTES_MAX = 4 };

struct plan_answer {
	unsigned status;      /* 0: none at all */
	uint32_t expires;     /* s, granted by a 2xx; 0: as asked for */
	uint32_t min_expires; /* of a 423 */
	uint32_t retry_after; /* s; 0: no such header */
	const char *contact;  /* of a 3xx: the whole value */
};

struct plan_answers { /* one after the other; the last one stays; empty: 200 */
	struct plan_answer list[PLAN_ANSWERS_MAX];
	size_t count, next;
};

enum plan_where { PLAN_IN_BOTH, PLAN_IN_HEADER, PLAN_IN_CONTACT };
enum plan_aka { PLAN_AKA_FRESH, PLAN_AKA_REPLAYED, PLAN_AKA_FORGED };

struct register_plan {                               /* texts in the account's arena */
	const char *algorithms[PLAN_CHALLENGES_MAX]; /* "MD5", "SHA-256" …, one challenge each */
	size_t algorithm_count;                      /* 0: nobody is challenged */
	const char *qop;                             /* "auth", "auth-int", "auth,auth-int"; NULL: none */
	bool proxy;                                  /* 407 instead of 401 */
	bool other_realm;      /* a challenge for a realm that the user does not know stands first */
	unsigned stale;        /* so many good answers are told that the nonce is stale */
	bool reject;           /* no answer is good enough */
	enum plan_aka aka;     /* the next challenge of AKA; those after it are fresh */
	enum plan_where where; /* the time granted */
	const char *service_routes[PLAN_ROUTES_MAX];
	size_t service_route_count;
	bool path;              /* Path given back, where the client sent one, or one of our own */
	bool gruu;              /* pub-gruu in the Contact */
	bool several;           /* another device's Contact stands first */
	const char *associated; /* P-Associated-URI; NULL: none */
	struct plan_answers answers;
};

enum account_event {
	ACCOUNT_SEEN,       /* anything came from the client */
	ACCOUNT_REGISTERED, /* a REGISTER has its answer, which was no challenge, or was one that ends it */
	ACCOUNT_PUBLISHED,
	ACCOUNT_SUBSCRIBED,
	ACCOUNT_PUSHED,    /* the INVITE has its final answer, or none is to come */
	ACCOUNT_DELIVERED, /* a pushed message was acknowledged over MSRP */
	ACCOUNT_ENDED,     /* the push is over */
	ACCOUNT_EVENTS
};

enum { ACCOUNT_ETAGS = 8 };

struct account_alias; /* registrar_alias.c */

struct account {
	struct registrar *registrar;
	struct arena arena;
	const char *address, *username,
		*password; /* "sip:alice@im.example"; password NULL: not known, any value is taken */
	struct register_plan registers;
	struct plan_answers publications, subscriptions;
	/* what has come of it */
	uint32_t counts[ACCOUNT_EVENTS];
	unsigned register_status, publish_status, subscribe_status, push_status; /* as answered last; 0: not yet */
	enum settings_value told; /* offline delivery, by the last PUBLISH; ABSENT: it had no document that tells */
	bool registered;
	char *offered;              /* URI of the last REGISTER's Contact; NULL: none */
	char *contact;              /* URI; NULL: never registered */
	struct event_path path;     /* on which the last request of the client came */
	char nonce[AKA_NONCE_TEXT]; /* "": none */
	char etags[ACCOUNT_ETAGS]
		  [SIP_TEXT_ID_MAX];      /* of publications in force, each of his devices having one; "": free */
	uint64_t nonce_call;              /* hash of the Call-ID that it was given to */
	char other_nonce[AKA_NONCE_TEXT]; /* given last to another of his devices, */
	uint64_t other_call;              /* which had this Call-ID */
	const struct milenage *keys;      /* of AKA, outlive the account; NULL: none are known */
	uint64_t sqn;                     /* of the last challenge */
	char taken_nonce[AKA_NONCE_TEXT]; /* by which the client got in; "": none */
	unsigned challenges;              /* since the last answer that was none */
	struct account_subscription *subscription, *reg_subscription;
	struct account_push *pushes;
	struct account_alias *aliases; /* what else it may call itself */
	char call_id[128];             /* of the registration in force, or the last one */
	bool left_over;                /* the client is registered since before this account came to be */
	void (*on_event)(void *arg, struct account *account, enum account_event event); /* may be NULL */
	void *arg;
};

/* -EADDRINUSE and the like with the address in the text. */
int registrar_new(struct world *world, const struct registrar_config *config, struct registrar **ret_registrar,
		  struct err *err);
void registrar_free(struct registrar *registrar);
const struct net_addr *registrar_addr(const struct registrar *registrar);
const char *registrar_domain(const struct registrar *registrar);

/* A user's account. Copies the texts. The last one made for an address has it. */
struct account *registrar_open(struct registrar *registrar, const char *address, const char *username,
			       const char *password);
/* Calls that are up get a BYE; nothing is told any more. A registration that is in force is remembered: its refreshes
 * are granted, and the user's next account is `left_over`. NULL is fine. */
void registrar_close(struct registrar *registrar, struct account *account);

/* A P-Associated-URI with {address} and {number}, his own telephone number, replaced; in the account's arena. */
const char *account_associated_make(struct account *account, struct slice text);
/* Is a challenge of AKA planned that can't be made? */
bool account_lacks_keys(const struct account *account);

/* Asks the client for a sign of life (OPTIONS, on the way on which he came). -ENOTCONN: he never came. */
int account_probe(struct account *account, endpoint_answer_fn *on_answer, void *arg, struct client_txn **ret_txn,
		  struct err *err);

/* Pushes a deferred message to the client: INVITE, MSRP. -ENOTCONN: he is not registered. */
struct account_push_plan {
	const char *text;         /* of the message; NULL: none is sent */
	uint32_t session_expires; /* s; 0: no session timer */
	bool at_session;          /* sendonly on session level, not on the media's */
};
int account_push(struct account *account, const struct account_push_plan *plan, struct err *err);
/* In the last push that is up; nothing where all are over. -ENOTCONN: there was none. */
int account_push_refresh(struct account *account, struct err *err);
int account_push_bye(struct account *account, struct err *err);
/* A word about the last answer to an INVITE: "recvonly", "" where it had no offer that could be read. */
const char *account_push_direction(const struct account *account);

#endif
