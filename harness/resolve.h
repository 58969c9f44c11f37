/* SPDX-License-Identifier: MIT
 *
 * How the name of a SIP server becomes addresses (RFC 3263 4, RFC 2782): NAPTR says which transports there are, SRV
 * which hosts, A or AAAA where these are. The rules are here; records come from a source: the name servers
 * (harness/resolve_cares.c), or a test's own. Nothing is asked before the run, and only where a name was given that no
 * table of hosts knows. Fed by cmd_run; what comes out is tried in its order by the runner. */
#ifndef HARNESS_RESOLVE_H
#define HARNESS_RESOLVE_H

#include "base/arena.h"
#include "net/addr.h"

enum resolve_type { RESOLVE_NAPTR, RESOLVE_SRV, RESOLVE_A, RESOLVE_AAAA };

struct resolve_record {
	uint16_t order;       /* NAPTR's order, SRV's priority: the lowest first */
	uint16_t weight;      /* NAPTR's preference: the lowest first; SRV's weight */
	uint16_t port;        /* SRV */
	const char *name;     /* NAPTR's replacement, SRV's target; "" for the root */
	const char *service;  /* NAPTR: "SIP+D2U" */
	const char *flags;    /* NAPTR: "s" */
	struct net_addr addr; /* A, AAAA; without a port */
};

struct resolve_records {
	struct resolve_record *list;
	size_t count; /* 0: the name has none of this type, */
	bool no_name; /* or there is no such name (NXDOMAIN) */
};

struct resolve_source {
	/* Records in the arena. 0, also where there are none; -ETIMEDOUT and others, with a text that begins with the
	 * name, where it can't be known. */
	int (*ask)(void *arg, enum resolve_type type, const char *name, struct arena *arena,
		   struct resolve_records *ret, struct err *err);
	void *arg;
};

struct resolve_query {
	const char *host;
	uint16_t port;                /* 0: none was given */
	bool transport_given;         /* by the URI */
	enum net_transport transport; /* that one */
	unsigned transports;          /* bits (1 << enum net_transport): what can be used here */
	enum net_family family;       /* of the address that requests leave from */
	uint64_t seed;                /* decides among SRV records of one priority, by their weights */
};

struct resolve_target {
	struct net_addr addr;
	enum net_transport transport;
};

enum { RESOLVE_TARGETS_MAX = 16 };

/* Fills `targets` in the order in which they are to be tried (RFC 3263 4.3). 0 with 1 or more of them; -ENOENT: no such
 * name, or no address of the family; -ENOTSUP: no transport that can be used; what the source failed with. */
int resolve_name(const struct resolve_source *source, const struct resolve_query *query,
		 struct resolve_target targets[RESOLVE_TARGETS_MAX], size_t *ret_count, struct err *err);

/* The port of a transport where none is named: 5061 for TLS, else 5060 (RFC 3261 19.1.2). */
uint16_t resolve_default_port(enum net_transport transport);

/* The name servers: `servers` as "ADDR[:PORT]", NULL-ended, NULL or empty for those of this machine. Each question gets
 * two tries of `timeout` ns. Asks when asked, and blocks meanwhile: for before a run. -EINVAL for what is no address,
 * -EIO where the library can't be started. */
struct resolver;
int resolver_new(const char *const *servers, uint64_t timeout, struct resolver **ret, struct err *err);
void resolver_free(struct resolver *resolver); /* NULL is fine */
struct resolve_source resolver_source(struct resolver *resolver);

#endif
