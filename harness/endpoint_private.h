/* SPDX-License-Identifier: MIT
 *
 * What the parts of the endpoint share: its books of client and server transactions, by the keys of RFC 3261 17.1.3 and
 * 17.2.3. Included by harness/endpoint*.c only. */
#ifndef HARNESS_ENDPOINT_PRIVATE_H
#define HARNESS_ENDPOINT_PRIVATE_H

#include "base/buf.h"
#include "base/map.h"
#include "harness/endpoint.h"
#include "harness/osip_door.h"

struct endpoint {
	struct world *world;
	struct port *udp, *stream;
	enum net_transport stream_transport; /* NET_TCP or NET_TLS */
	const struct endpoint_events *events;
	void *arg;
	struct osip_door *door;
	struct map clients, servers; /* by key */
	struct map accepted;         /* server transactions whose 2xx waits for its ACK, by dialog */
	struct client_txn *first_client;
	size_t working; /* clients that wait for their final answer */
	struct server_txn *first_server;
	struct arena arena; /* index of the message that is being received */
	struct buf key;     /* being built */
	unsigned busy;      /* callbacks under way; freed when the last one is back */
	bool freed;
};

/* Sends, and tells the tap. */
int endpoint_transmit(struct endpoint *endpoint, enum net_transport transport, const struct net_addr *dst,
		      unsigned lane, struct slice raw, struct err *err);
void endpoint_stray(struct endpoint *endpoint, const struct event_path *path, struct slice bytes);

/* Keys, built in endpoint->key; valid until the next one. False where the message lacks what they are made of.
 * `method` replaces the message's own: an ACK or CANCEL looks for its INVITE. */
bool endpoint_client_key(struct endpoint *endpoint, const struct sip_msg *msg);
bool endpoint_server_key(struct endpoint *endpoint, const struct sip_msg *msg, struct slice method);
bool endpoint_dialog_key(struct endpoint *endpoint, const struct sip_msg *msg);

/* endpoint_client.c: an answer came; the transport to a peer broke; a connection that had been open ended (err NULL: in
 * order); all go. */
void client_txn_receive(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path);
void client_txn_fail(struct endpoint *endpoint, enum net_transport transport, const struct net_addr *peer,
		     const struct err *err);
void client_txn_lost(struct endpoint *endpoint, const struct net_addr *peer, unsigned lane, const struct err *err);
void client_txn_free_all(struct endpoint *endpoint);

/* The messages that the endpoint makes itself: the ACK to a failure, of the INVITE as it was sent and of the answer's
 * To (17.1.1.3); the answer to a CANCEL, with the To tag of the last answer to its INVITE (9.2), NULL where there is no
 * INVITE: 481. */
void endpoint_make_ack(struct buf *to, struct slice invite_raw, const struct sip_msg *answer);
void endpoint_make_cancel_answer(struct buf *to, struct world *world, const struct sip_msg *cancel,
				 const struct slice *invite_answer);

enum server_phase {
	SERVER_WORKS,    /* no final answer yet */
	SERVER_FAILED,   /* INVITE with a failure: the machine repeats it until its ACK */
	SERVER_ACCEPTED, /* INVITE with a 2xx: repeated here until its ACK (RFC 3261 13.3.1.4, RFC 6026 7.1) */
	SERVER_DONE,     /* repetitions of the request are answered or absorbed */
};

struct server_txn { /* heap; in the endpoint's list and map */
	struct endpoint *endpoint;
	struct server_txn *next, **at;
	struct osip_machine *machine;
	struct world_timer timer;
	enum server_phase phase;
	bool is_invite, own; /* own: a CANCEL, which the endpoint answers itself */
	bool acked;
	struct event_path path;
	struct net_addr reply; /* where the answers go */
	struct buf answer;     /* the last one */
	int sent;              /* how the last sending went, its error to *err */
	struct err *err;
	uint64_t interval, deadline; /* of the 2xx */
	struct slice key, dialog;    /* dialog: absent but while accepted; heap */
	struct sip_msg request;
	void *arg;
	char bytes[]; /* lines of the request, its bytes, the key */
};

/* endpoint_receive.c: a request came. */
void server_txn_receive(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path);
/* Where its sender listens: the address it came from, at the port of the top Via. */
struct net_addr server_txn_sent_by(const struct sip_msg *msg, const struct event_path *path);

/* endpoint_server.c */
void server_txn_free_all(struct endpoint *endpoint);
/* Sends the last answer; what fails is as good as lost, and the timers deal with it. An osip_machine's `send`. */
void server_txn_send(void *txn, enum osip_send what);
/* Follows the machine after whatever it did. */
void server_txn_follow(struct server_txn *txn);
/* The ACK to a 2xx, which has a branch of its own and is known by its dialog (13.3.1.4). */
void server_txn_dialog_ack(struct endpoint *endpoint, const struct sip_msg *msg);

#endif
