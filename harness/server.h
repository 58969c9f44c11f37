/* SPDX-License-Identifier: MIT
 *
 * The reference IM Server: 5.3, 6.1.1.5 and 12.2.2.2 of the change request, with the deferred messages delivered over
 * MSRP. Written to be read beside the text; used where no IUT is given, by `serve`, and with one fault each by the
 * self-proof. It lives in a world, real or virtual, and talks to the SIP/IP core at one address.
 *
 *   server.c           its life, and what request goes where
 *   server_answer.c    answers
 *   server_user.c      what is known of a user: registration, publications, deferred messages
 *   server_register.c  5.3       third-party REGISTER
 *   server_publish.c   6.1.1.5   the seven steps; server_rfc3903.c is its step 4
 *   server_deposit.c   MESSAGE: forwarded or stored
 *   server_push.c      12.2.2.2  conditions and the INVITE; server_invite.c is its text
 *   server_answered.c  12.2.2.2  on receipt of answers to the INVITE
 *   server_delivery.c  the offer, and the deferred messages over MSRP
 *   server_session.c   requests inside the dialog, ours and theirs; BYE
 *   server_timer.c     RFC 4028 session timer
 *   server_ims.c       what an IMS asks beyond that
 *   server_direct.c    clients that come by themselves, where there is no core
 *   server_faults*.c   deliberate faults, one at a time
 *   server_variants*.c what else would be legal */
#ifndef HARNESS_SERVER_H
#define HARNESS_SERVER_H

#include "harness/server_faults.h"
#include "harness/server_variants.h"
#include "harness/world.h"
#include "trace/profile.h"

struct server_login { /* of a user who is asked for his password */
	const char *address, *username, *password;
};

struct server_config {                 /* zero in a field: the default that is told */
	struct net_addr bind;          /* port 0 picks a free one */
	struct net_addr core;          /* the SIP/IP core: pushes and forwarded messages go there */
	enum net_transport transport;  /* towards the core: NET_UDP, NET_TCP or NET_TLS */
	const struct profile *profile; /* must be given, must outlive the server */
	const char *domain;            /* whose users are served; "im.example" */
	bool ims;                      /* the core is an IMS (3GPP TS 24.229): this is an application server */
	bool direct; /* there is no core: it is registrar of its users, whom it reaches at their Contact */
	const struct server_login *logins; /* where `direct`: who is asked for a password; must outlive the server */
	size_t login_count;
	uint32_t min_expires;            /* s, of a publication; 2: short, so that expiry can be watched */
	uint32_t max_expires;            /* s; 600000 */
	uint32_t min_registration;       /* s; 0: any is taken */
	uint32_t session_expires;        /* s, asked for in a push; 1800 */
	uint64_t ring;                   /* ns from the first 1xx until the push is cancelled; 60 s */
	uint64_t stream;                 /* ns that a session waits for its MSRP stream; 180 s */
	struct server_faults faults;     /* none: a correct server */
	struct server_variants variants; /* none: the server as it is */
};

struct server;

/* Opens its ports. -EINVAL: bad profile; else as endpoint_new. Copies `config`, but neither profile nor domain. */
int server_new(struct world *world, const struct server_config *config, struct server **ret_server, struct err *err);
void server_free(struct server *server);
const struct net_addr *server_addr(const struct server *server);
/* How many deferred messages are stored for a user. */
size_t server_stored(struct server *server, struct slice user_uri);

#endif
