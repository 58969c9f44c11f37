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
	struct port *udp, *tcp;
	const struct endpoint_events *events;
	void *arg;
	struct osip_door *door;
	struct map clients, servers; /* by key */
	struct map accepted;	     /* server transactions whose 2xx waits for its ACK, by dialog */
	struct client_txn *first_client;
	struct server_txn *first_server;
	struct arena arena; /* index of the message that is being received */
	struct buf key;	    /* being built */
	unsigned busy;	    /* callbacks under way; freed when the last one is back */
	bool freed;
};

/* Between these the endpoint's memory stays, though the owner may free it. leave returns false once it is gone. */
void endpoint_enter(struct endpoint *endpoint);
bool endpoint_leave(struct endpoint *endpoint);

/* Sends, and tells the tap. */
int endpoint_transmit(struct endpoint *endpoint, enum net_transport transport, const struct net_addr *dst,
		      struct slice raw, struct err *err);
void endpoint_stray(struct endpoint *endpoint, const struct event_path *path, struct slice bytes);

/* Keys, built in endpoint->key; valid until the next one. False where the message lacks what they are made of.
 * `method` replaces the message's own: an ACK or CANCEL looks for its INVITE. */
bool endpoint_client_key(struct endpoint *endpoint, const struct sip_msg *msg);
bool endpoint_server_key(struct endpoint *endpoint, const struct sip_msg *msg, struct slice method);
bool endpoint_dialog_key(struct endpoint *endpoint, const struct sip_msg *msg);

/* endpoint_client.c: an answer came; the transport to a peer broke; all go. */
void client_txn_receive(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path);
void client_txn_fail(struct endpoint *endpoint, enum net_transport transport, const struct net_addr *peer,
		     const struct err *err);
void client_txn_free_all(struct endpoint *endpoint);

/* endpoint_server.c: a request came. */
void server_txn_receive(struct endpoint *endpoint, const struct sip_msg *msg, const struct event_path *path);
void server_txn_free_all(struct endpoint *endpoint);

#endif
