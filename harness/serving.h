/* SPDX-License-Identifier: MIT
 *
 * What imconform serve stands on, whatever role it plays. One file a role: cmd_serve.c the IM Server,
 * cmd_serve_client.c the IM Client, cmd_serve_core.c the core with an IM Server behind it. */
#ifndef HARNESS_SERVING_H
#define HARNESS_SERVING_H

#include "body/settings.h"
#include "harness/client.h"
#include "harness/commands.h"
#include "harness/ixit.h"
#include "harness/scenarios.h"
#include "harness/server.h"
#include "harness/uv_signal.h"

enum { SERVING_CORE_PORT = 5060 };

struct serving { /* freed in the reverse order */
	const struct options *options;
	struct arena arena;
	struct ixit ixit;
	struct profile profile;
	struct world *world;
	struct tls_context *tls; /* NULL: without */
	struct uv_signals *signals;
	struct server *server; /* one of these three */
	struct client *client;
	struct serving_core *core;
	int signal; /* that ended it */
};

/* Each: an err is one of usage. */
int serving_start_client(struct serving *serving, struct err *err);
int serving_start_core(struct serving *serving, struct err *err);
void serving_core_free(struct serving_core *core); /* NULL is fine */
const struct net_addr *serving_core_addr(const struct serving_core *core);

/* Adds what --fault names of this table to the set. -EINVAL: "--fault NAME: WHO no such fault …". */
int serving_faults(const struct options *options, const struct manners *faults, const char *who, uint64_t *set,
		   struct err *err);
/* Where the core is, or shall be: as the options or the IXIT say, else 127.0.0.1:5060. */
struct net_addr serving_core(const struct serving *serving);
/* "HOST:PORT" of an option into *addr, which stays where `text` is NULL. -EINVAL. */
int serving_address(const char *option, const char *text, uint16_t default_port, struct net_addr *addr,
		    struct err *err);
#endif
