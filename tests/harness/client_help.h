/* SPDX-License-Identifier: MIT
 *
 * Campaigns against client IUTs for tests: the reference client, with faults, or clients that know nothing of IM. */
#ifndef TESTS_HARNESS_CLIENT_HELP_H
#define TESTS_HARNESS_CLIENT_HELP_H

#include "harness/client.h"
#include "runner_help.h"

enum null_client {
	CLIENT_REFERENCE,
	CLIENT_NEVER,          /* does not come */
	CLIENT_GARBAGE,        /* sends bytes that are no SIP */
	CLIENT_STRANGER,       /* registers, but another user */
	CLIENT_REGISTERS_ONLY, /* registers and does nothing else, not even answer OPTIONS */
	CLIENT_LIAR,           /* says "done" to everything, and does nothing */
	/* a good one behind a tester that is none: */
	CLIENT_UNABLE,   /* is right, but can only be made to register */
	CLIENT_DEAF,     /* is right, but what its user sets is not published */
	CLIENT_CONTRARY, /* is right, but sets offline delivery on for off */
	CLIENT_SLOW,     /* is right, but says half a second later what it has done, and takes no command meanwhile */
};

struct client_plan {
	enum null_client client;
	const char *fault;
	const enum client_variant *variant; /* NULL: none */
	const char *only[4];
	uint64_t seed, jobs;
	enum net_transport transport;
	struct tls_context *tls, *peer_tls; /* of the harness and of the clients, for NET_TLS */
	bool real, ipv6, ims;
	const struct ixit_user *users; /* NULL: made up */
	size_t user_count;
	struct weather weather;
};

/* A whole campaign, settled. It belongs to the process. */
struct rehearsal rehearse_client(const struct client_plan *plan);

#endif
