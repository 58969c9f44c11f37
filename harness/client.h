/* SPDX-License-Identifier: MIT
 *
 * The reference IM Client: 5.2.2 and 5.2.4 of the change request, for one user, and as much of the rest as the core may
 * ask of it. Written to be read beside the text; used where no client IUT is given, by `serve --role client`, and with
 * one fault each by the self-proof. It lives in a world, real or virtual, and talks to its core (outbound proxy and
 * registrar) at one address.
 *
 *   client.c            its life, and what request goes where
 *   client_request.c    the headers that its requests share, and how they go
 *   client_auth.c       Digest
 *   client_aka.c        AKA, in an IMS
 *   client_ims.c        what else an IMS asks
 *   client_register.c   5.2.2   registration, refresh, de-registration
 *   client_publish.c    5.2.4   when settings are published, and what is made of the answers
 *   client_settings.c   5.2.4   the PUBLISH itself, step by step
 *   client_subscribe.c  12.1.2.2 metadata of deferred messages
 *   client_push.c       the deferred messages' INVITE, answered recvonly, and what comes over MSRP
 *   client_faults.c     deliberate faults, one at a time
 *   client_variants*.c  what else would be legal */
#ifndef HARNESS_CLIENT_H
#define HARNESS_CLIENT_H

#include "harness/client_faults.h"
#include "harness/client_variants.h"
#include "harness/world.h"
#include "sip/milenage.h"
#include "trace/profile.h"

struct client_config {        /* strings and profile must outlive the client */
	struct net_addr bind; /* port 0 picks a free one */
	struct net_addr core;
	enum net_transport transport; /* towards the core: NET_UDP, NET_TCP or NET_TLS */
	const struct profile *profile;
	const char *domain;   /* of the user, and the realm of his password */
	const char *address;  /* "sip:alice@im.example" */
	const char *username; /* of Digest */
	const char *password;
	const struct milenage *keys;     /* of AKA, outlive the client; NULL: none */
	uint32_t expires;                /* s, asked for; 0: 3600 */
	bool ims;                        /* the core is an IMS (3GPP TS 24.229) */
	bool offline_delivery;           /* the setting, to begin with */
	struct client_faults faults;     /* none: a correct client */
	struct client_variants variants; /* none: the client as it is */
};

struct client;

/* Opens its ports, and does nothing else. Errors as endpoint_new. */
int client_new(struct world *world, const struct client_config *config, struct client **ret_client, struct err *err);
/* Without a farewell. NULL is fine. */
void client_free(struct client *client);
const struct net_addr *client_addr(const struct client *client);

/* What a user does with his client. Each starts something and returns at once. */
void client_register(struct client *client);
void client_deregister(struct client *client); /* takes the settings back before it */
void client_set_offline_delivery(struct client *client, bool active);

#endif
