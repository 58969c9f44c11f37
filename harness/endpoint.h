/* SPDX-License-Identifier: MIT
 *
 * A SIP endpoint: transactions (RFC 3261 17, by libosip2) over one UDP and one TCP port of a world. It sends bytes as
 * they are given, malformed ones too: libosip2 only drives timers and retransmission, and sees a copy of the headers
 * that it needs. Used by the harness's core, by the reference IM Server, and by the reference IM Client. */
#ifndef HARNESS_ENDPOINT_H
#define HARNESS_ENDPOINT_H

#include "harness/world.h"

struct endpoint;
struct server_txn; /* a request that waits for our answers; the endpoint's, valid until its end is told */
struct client_txn; /* a request of ours; the endpoint's, valid until its end is told */

struct endpoint_events {
	/* A new request (retransmissions are answered by the endpoint). ACK to a 2xx comes with txn NULL; an ACK to a
	 * failure ends its transaction and is not told. CANCEL: answered 200 by the endpoint, then on_cancel. */
	void (*on_request)(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path);
	void (*on_cancel)(void *arg, struct server_txn *invite);
	/* A server transaction is gone (terminated or timed out waiting for the ACK). May be NULL. */
	void (*on_txn_end)(void *arg, struct server_txn *txn, bool ack_missing);
	/* Everything else that came: answers without a transaction, a 2xx retransmitted after the end, junk. May be NULL. */
	void (*on_stray)(void *arg, const struct event_path *path, struct slice bytes);
	/* Every message that is sent or received, retransmissions too, in order, before anything reacts to it. May be NULL. */
	void (*on_tap)(void *arg, const struct event_path *path, struct slice bytes, bool sent);
};

/* Opens UDP and TCP on `bind` (the same port number for both; port 0 picks). `arg` is passed to the events. */
int endpoint_new(struct world *world, const struct net_addr *bind, const struct endpoint_events *events, void *arg,
		 struct endpoint **ret_endpoint, struct err *err);
void endpoint_free(struct endpoint *endpoint);
const struct net_addr *endpoint_addr(const struct endpoint *endpoint);
struct world *endpoint_world(const struct endpoint *endpoint);

/* Outcome of a request: an answer (provisional ones too; further 2xx to an INVITE each come as answers), or msg NULL:
 * timed out (err -ETIMEDOUT) or the transport failed (err tells). After a final answer (2xx of INVITE: after its
 * retransmission horizon, silently) or an err the client_txn is gone and must not be used. */
typedef void endpoint_answer_fn(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err);

/* Sends `raw`, a request with a top Via branch of its own, as a new client transaction. Over UDP, a request of more than
 * 1300 bytes goes as it is told: the caller chooses the transport (RFC 3261 18.1.1). Fails without side effect:
 * -EBADMSG where there is no Via branch, CSeq or Call-ID to know the transaction by. */
int endpoint_request(struct endpoint *endpoint, enum net_transport transport, const struct net_addr *dst,
		     struct slice raw, endpoint_answer_fn *on_answer, void *arg, struct client_txn **ret_txn, struct err *err);
/* Forgets the callback (the owner goes away); the transaction runs on silently. */
void client_txn_detach(struct client_txn *txn);

/* Sends an answer within the transaction; `raw` must be a response. Final answers end it by the rules (2xx to INVITE is retransmitted until its ACK is
 * told to on_request; RFC 3261 13.3.1.4). */
int endpoint_answer(struct server_txn *txn, struct slice raw, struct err *err);
void server_txn_set_arg(struct server_txn *txn, void *arg); /* the owner's */
void *server_txn_arg(const struct server_txn *txn);
const struct event_path *server_txn_path(const struct server_txn *txn);
const struct sip_msg *server_txn_request(const struct server_txn *txn); /* valid as long as the transaction */

/* Sends bytes outside of any transaction: ACK to a 2xx, deliberate nonsense. */
int endpoint_send(struct endpoint *endpoint, enum net_transport transport, const struct net_addr *dst, struct slice raw,
		  struct err *err);

#endif
