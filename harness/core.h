/* SPDX-License-Identifier: MIT
 *
 * The SIP/IP core that the IUT knows: one address (UDP and TCP) that stands where an S-CSCF would. It passes the users'
 * requests on to the IUT, registers users there as a third party (3GPP TS 24.229 5.4.1.7), and brings the IUT's
 * requests to the user whom they are for. Users are played by harness/user.h; whatever they send is text and goes out
 * as it is.
 *
 * The core owns its endpoint, and nothing of its users: they take a seat for each URI by which they can be reached. */
#ifndef HARNESS_CORE_H
#define HARNESS_CORE_H

#include "harness/endpoint.h"
#include "harness/sip_text.h"

struct core;

/* The tag of IM as scenarios and users write it. Where the profile has another one, that is sent in its place. */
#define CORE_TAG "+g.oma.sip-im"

struct core_config {
	struct net_addr bind;         /* port 0 picks one */
	struct net_addr target;       /* the IUT; may be set later (core_set_target) */
	enum net_transport transport; /* NET_UDP, NET_TCP or NET_TLS: how the IUT is reached */
	bool sips;                    /* by SIPS URIs (RFC 5630), over TLS */
	bool large_by_tcp;            /* over UDP: requests of more than 1300 bytes go by TCP (RFC 3261 18.1.1) */
	const char *feature_tag;      /* of the profile; NULL: CORE_TAG */
	const char *domain;           /* "im.example"; copied */
	bool direct;                  /* there is no core: these are the users' clients, at one address */
	bool ims;                     /* it is an IMS: what goes to the IUT goes as an S-CSCF sends it */
	/* Every message of the core, retransmissions too, in order. May be NULL. */
	void (*on_tap)(void *arg, const struct event_path *path, struct slice bytes, bool sent);
	/* As endpoint_events has it. May be NULL. */
	void (*on_tls_failed)(void *arg, const struct net_addr *peer, const struct err *err);
	void *arg;
};

/* What comes for a user. `txn` NULL: an ACK to a 2xx. The callee answers (core_answer); CANCEL is answered already, the
 * INVITE's 487 is the callee's. */
struct core_seat_events {
	void (*on_request)(void *arg, struct server_txn *txn, const struct sip_msg *msg);
	void (*on_cancel)(void *arg, struct server_txn *invite);
	void (*on_txn_end)(void *arg, struct server_txn *txn, bool ack_missing); /* txn must not be used any more */
};

/* -EADDRINUSE and the like with the address in the text. */
int core_new(struct world *world, const struct core_config *config, struct core **ret_core, struct err *err);
void core_free(struct core *core);

void core_set_target(struct core *core, const struct net_addr *target, enum net_transport transport, bool large_by_tcp);
const struct net_addr *core_addr(const struct core *core);
const struct net_addr *core_target(const struct core *core);
/* How URIs of the core's own address begin and end, for the IUT to reach them: "sip" or "sips", ";transport=tls" or "".
 */
const char *core_scheme(const struct core *core);
const char *core_transport_text(const struct core *core);
const char *core_tag(const struct core *core); /* the one that is sent */
const char *core_domain(const struct core *core);
bool core_is_ims(const struct core *core);
bool core_is_direct(const struct core *core);
struct world *core_world(const struct core *core);

/* Requests for this URI (Request-URI first, then To) come to `events`, which must outlive the seat. The last one who
 * takes a seat has it. False for a URI that names no user. */
bool core_seat_take(struct core *core, struct slice uri, const struct core_seat_events *events, void *arg);
/* Also drops what is under way to him: his INVITEs are told to nobody any more. */
void core_seats_leave(struct core *core, void *arg);

/* Sends a request whose Via lines are those of the user only, or none: the core's own Via goes on top and, where
 * `by_route`, the Route lines that lead through the IUT and back. To the IUT, or `dst` where it is not NULL (inside
 * dialogs). Outcomes as endpoint_request tells them. -EBADMSG where there is no Call-ID or CSeq. */
struct core_request {
	struct slice raw;
	bool by_route;
	const struct net_addr *dst;
	enum net_transport transport; /* to dst */
	unsigned lane;                /* as endpoint_request_lane has it */
};
int core_forward(struct core *core, const struct core_request *request, endpoint_answer_fn *on_answer, void *arg,
		 struct client_txn **ret_txn, struct err *err);

/* Requests that wait for their final answer. */
size_t core_working(const struct core *core);

/* A lane that nobody else has. */
unsigned core_lane(struct core *core);

/* Bytes outside of any transaction, as they are: the ACK to a 2xx. */
void core_send(struct core *core, enum net_transport transport, const struct net_addr *dst, struct slice raw);

/* The answer to a request of the IUT: sip_text_answer's head, the core's Record-Route where the answer makes a dialog.
 */
void core_answer_head(struct core *core, struct buf *to, const struct sip_msg *request, unsigned status,
		      const char *to_tag);

/* An answer without more to say: the core's own for whom nobody has a seat. */
void core_refuse(struct server_txn *txn, unsigned status);

#endif
