/* SPDX-License-Identifier: MIT
 *
 * A SIP endpoint: transactions (RFC 3261 17, by libosip2) over one UDP and one TCP port of a world; in a world with TLS
 * (world_set_tls), TLS stands where TCP would, and nothing is sent or taken by plain TCP. It sends bytes as
 * they are given, malformed ones too: libosip2 only drives timers and retransmission, and sees a copy of the headers
 * that it needs. Used by the harness's core, by the reference IM Server, and by the reference IM Client. */
#ifndef HARNESS_ENDPOINT_H
#define HARNESS_ENDPOINT_H

#include "harness/world.h"
#include "sip/timer.h"

struct endpoint;
struct server_txn; /* a request that waits for our answers; the endpoint's, valid until its end is told */
struct client_txn; /* a request of ours; the endpoint's, valid until its end is told */

struct endpoint_events {
	/* A new request (retransmissions are answered by the endpoint). ACK to a 2xx, and one that fits nothing, comes
	 * with txn NULL each time; an ACK to a failure ends its transaction and is not told. CANCEL never comes here:
	 * the endpoint answers 481, or 200 and then tells on_cancel, unless the INVITE has its final answer already;
	 * the owner then answers the INVITE (487). Requests without a Via, CSeq or Call-ID that can be read go to
	 * on_stray. `msg` and `path` are gone when this returns; server_txn_request() stays. */
	void (*on_request)(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path);
	void (*on_cancel)(void *arg, struct server_txn *invite); /* may be NULL */
	/* A server transaction is gone: its repetitions are over (up to 32 s after the final answer), or no ACK came
	 * within 32 s, to a 2xx or to a failure. Never from within endpoint_answer. May be NULL. */
	void (*on_txn_end)(void *arg, struct server_txn *txn, bool ack_missing);
	/* Everything else that came: answers without a transaction, a 2xx retransmitted after the end, requests that no
	 * transaction can be made of, junk. May be NULL. */
	void (*on_stray)(void *arg, const struct event_path *path, struct slice bytes);
	/* Every message that is sent or received, retransmissions, junk and the endpoint's own ACKs and answers too, in
	 * order, before anything reacts to it. Our end of the path is always endpoint_addr(). May be NULL. */
	void (*on_tap)(void *arg, const struct event_path *path, struct slice bytes, bool sent);
	/* TLS with `peer` did not come about, or broke: why. May be NULL. */
	void (*on_tls_failed)(void *arg, const struct net_addr *peer, const struct err *err);
};

/* Opens UDP and TCP, or TLS, on `bind` (the same port number for both; port 0 picks). `arg` is passed to the events.
 * Errors as port_open(). */
int endpoint_new(struct world *world, const struct net_addr *bind, const struct endpoint_events *events, void *arg,
		 struct endpoint **ret_endpoint, struct err *err);
/* Ends everything at once, silently; from within a callback too, but for on_tap. NULL is fine. */
void endpoint_free(struct endpoint *endpoint);
const struct net_addr *endpoint_addr(const struct endpoint *endpoint);
struct world *endpoint_world(const struct endpoint *endpoint);
size_t endpoint_working(const struct endpoint *endpoint); /* requests of ours that wait for their final answer */

/* Outcome of a request: an answer (provisional ones too; further 2xx to an INVITE each come as answers, retransmitted
 * ones too: each wants its ACK, RFC 6026), or msg NULL: timed out (err -ETIMEDOUT) or the transport failed (err tells).
 * After a final answer (2xx of INVITE: after its retransmission horizon, silently) or an err the client_txn is gone and
 * must not be used. The ACK to a failure is sent by the endpoint, the one to a 2xx is the owner's. Never called from
 * within endpoint_request. `msg` is gone when it returns. */
typedef void endpoint_answer_fn(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err);

struct endpoint_request {
	enum net_transport transport;
	const struct net_addr *dst;
	struct slice raw;
	endpoint_answer_fn *on_answer;
	void *arg;
	unsigned lane; /* by whose connection (port_send_lane): what its requests do to that is nothing to others */
};

/* Sends `raw`, a request with a top Via branch of its own, as a new client transaction. Over UDP, a request of more
 * than 1300 bytes goes as it is told: the caller chooses the transport (RFC 3261 18.1.1). Fails without side effect:
 * -EBADMSG where there is no Via branch, CSeq or Call-ID to know the transaction by, -EEXIST where another transaction
 * has the same branch and method, -EINVAL for an ACK (endpoint_send); errors of sending. `ret_txn` may be NULL. */
int endpoint_request(struct endpoint *endpoint, const struct endpoint_request *request, struct client_txn **ret_txn,
		     struct err *err);
/* Forgets the callback (the owner goes away); the transaction runs on silently. */
void client_txn_detach(struct client_txn *txn);

/* Sends an answer within the transaction, where RFC 3261 18.2.2 and RFC 3581 say (for TCP: on the connection it came
 * by, or to the port of Via where that has ended); `raw` starts with a status line and is copied. A final answer ends
 * the transaction by the rules (a 2xx to INVITE is retransmitted until its ACK is told to on_request; RFC
 * 3261 13.3.1.4). -EBADMSG: no response; -EALREADY: it has its final answer; or the error of sending, after which the
 * transaction goes on as though the answer were lost. */
int endpoint_answer(struct server_txn *txn, struct slice raw, struct err *err);
void server_txn_set_arg(struct server_txn *txn, void *arg); /* the owner's */
void *server_txn_arg(const struct server_txn *txn);
const struct event_path *server_txn_path(const struct server_txn *txn);
const struct sip_msg *server_txn_request(const struct server_txn *txn); /* valid as long as the transaction */

/* Sends bytes outside of any transaction: ACK to a 2xx, deliberate nonsense. */
int endpoint_send(struct endpoint *endpoint, enum net_transport transport, const struct net_addr *dst, struct slice raw,
		  struct err *err);

#endif
