/* SPDX-License-Identifier: MIT
 *
 * What the parts of the registrar share. Only registrar*.c include it. */
#ifndef HARNESS_REGISTRAR_PRIVATE_H
#define HARNESS_REGISTRAR_PRIVATE_H

#include "base/map.h"
#include "harness/registrar.h"
#include "sip/digest.h"

struct registrar {
	struct world *world;
	struct registrar_config config;
	char *domain;
	struct endpoint *endpoint;
	struct map accounts;   /* user key → struct account */
	struct map aliases;    /* the same of what else they may call themselves */
	struct map remembered; /* user key → struct remembered, of accounts that were closed */
	struct buf key;
};

/* By which a user is known, whatever the form of his URI; absent where it has no user. Valid until the next call. */
struct slice registrar_key(struct registrar *registrar, struct slice uri);
void account_tell(struct account *account, enum account_event event);
/* The next answer of a plan. */
const struct plan_answer *plan_next(struct plan_answers *answers);
/* Of the seconds that are asked for, what the answer grants: less where it has less. */
uint32_t plan_granted(const struct plan_answer *answer, uint32_t asked);
/* Seconds that the request's Expires asks for; an hour where there is none. */
uint32_t registrar_expires(const struct sip_msg *msg);

/* sip_text_answer's head, with where the request came from in Via (RFC 3581 4). `tag` NULL: a new one. */
void registrar_answer_head(struct registrar *registrar, struct buf *to, struct server_txn *txn, unsigned status,
			   const char *tag);
/* The head, what `answer` says, no body. */
void registrar_answer(struct registrar *registrar, struct server_txn *txn, unsigned status);
void registrar_finish(struct server_txn *txn, struct buf *text); /* ends the head, sends, frees the text */
/* Retry-After; Min-Expires, which is above the time that was asked for. */
void registrar_answer_lines(struct buf *to, const struct plan_answer *answer, uint32_t asked);

/* registrar_auth.c: false: the request was answered by a challenge. *ret_rejected: not for want of credentials. */
bool account_authenticates(struct account *account, struct server_txn *txn, bool *ret_rejected);

/* registrar_alias.c: writes P-Associated-URI; from then on the account is known by what stands in it. */
void account_tell_associated(struct account *account, struct buf *to);
struct account *registrar_alias_find(struct registrar *r, struct slice uri);
void account_aliases_forget(struct account *account);

/* registrar_aka.c: the nonce of the next challenge, by the plan. */
void account_aka_challenge(struct account *account);
/* False: the answer is no RES of it. *ret_again: ask once more, it was about the challenge itself. */
bool account_aka_is_right(struct account *account, const struct sip_msg *msg, const struct sip_digest *given,
			  bool *ret_again);

/* registrar_reginfo.c */
void account_reginfo_write(struct account *account, struct buf *to);

void account_on_register(struct account *account, struct server_txn *txn, const struct sip_msg *msg);
void account_on_publish(struct account *account, struct server_txn *txn, const struct sip_msg *msg);
void account_on_subscribe(struct account *account, struct server_txn *txn, const struct sip_msg *msg);
void account_subscription_free(struct account *account);
/* BYE and others inside a push's call. False: not inside one. */
bool account_on_call_request(struct account *account, struct server_txn *txn, const struct sip_msg *msg);
void account_pushes_free(struct account *account);

/* The URI by which a client reaches the IM Server: SIPS where he came as such (RFC 3261 8.1.1.8), by TLS where he came
 * by it. Returns `to`. */
enum { ACCOUNT_CONTACT_MAX = 128 };
const char *account_our_contact(const struct account *account, char to[ACCOUNT_CONTACT_MAX]);
/* Sends a request to the client, on the way on which it came. */
int account_request(struct account *account, struct slice raw, endpoint_answer_fn *on_answer, void *arg,
		    struct client_txn **ret_txn, struct err *err);

#endif
