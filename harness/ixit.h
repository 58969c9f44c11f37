/* SPDX-License-Identifier: MIT
 *
 * IXIT and ICS: what the IUT and its surroundings are, and what the IUT claims. Read from the files that --ixit and
 * --ics name (Lua data or JSON), checked before any packet, merged with the flags. Everything lives in the ixit's arena
 * and is only read after ixit_load(). */
#ifndef HARNESS_IXIT_H
#define HARNESS_IXIT_H

#include "catalogue/catalogue.h"
#include "harness/options.h"
#include "harness/tls.h"
#include "net/addr.h"
#include "sip/milenage.h"

struct ixit_user {
	const char *address;    /* "sip:alice@im.example" */
	const char *private_id; /* user name of Digest; default: the user part of the address */
	const char *
		password_file; /* NULL: none; read when it is needed, never shown. Relative to the IXIT file's folder */
	const char *k, *op, *opc;    /* of AKA: as the file has them; NULL: none */
	const struct milenage *keys; /* the same as numbers; NULL: none */
};

struct ixit_hooks { /* client IUT: shell commands that make it act; NULL: not given */
	const char *start, *on_register, *deregister, *set_offline_delivery, *deposit, *stop;
	const char *tester; /* instead of them: a program that takes JSON lines (harness/tester_child.c) */
};

struct ixit_report { /* of the conformance report's first page; NULL: not given */
	const char *implementation, *version, *supplier, *laboratory, *client, *date;
};

struct ixit_host { /* of a lab: its name needs no name server */
	const char *name;
	struct net_addr addr; /* port 0 */
	enum origin origin;
};

enum ixit_deposit { IXIT_DEPOSIT_MESSAGE, IXIT_DEPOSIT_HOOK };

struct ixit {
	struct arena arena;
	const char *path;         /* of the file; NULL: none */
	const struct value *root; /* what it says, for places and origins; NULL: none */
	enum actor iut_role;
	bool reference;      /* no target: the reference implementation is started inside */
	struct net_addr iut; /* valid unless `reference`, or the client IUT whose address is not needed */
	bool iut_known;
	enum net_transport iut_transport;
	bool iut_transport_given; /* named, not the default */
	const char *iut_name;     /* a name that no table of hosts has; NULL: none. `iut` is set once it is resolved */
	uint16_t iut_port;        /* given with that name; 0: none was */
	bool orderly;             /* packets between IUT and core keep their order; by default on loopback only */
	const struct ixit_host *hosts;
	size_t host_count;
	const char *const *dns; /* name servers, NULL-ended; NULL: those of this machine */
	uint64_t dns_timeout;   /* ns */
	struct net_addr core;   /* where the harness's core binds; port 0: any free one */
	bool core_trusted;      /* the IUT trusts the core's asserted identities */
	bool ims;
	bool direct; /* there is no core: users come to the IM Server themselves, from the core's address */
	const char *domain;
	const struct ixit_user *users; /* none: made up, fresh per case */
	size_t user_count;
	struct timers timers;
	const char *iut_host;    /* as the target names it; NULL: by an address */
	bool sips;               /* the target is a SIPS URI */
	struct tls_settings tls; /* paths as they are to be opened */
	bool tls_secrets;        /* they go into the evidence, too */
	enum origin
		origin_tls[OPTION_COUNT]; /* of the options for transport and TLS; ORIGIN_DEFAULT: the file's, if any */
	enum ixit_deposit deposit;
	struct ixit_hooks hooks;
	struct ixit_report report;
	enum origin origin_target, origin_core, origin_role, origin_dns, origin_direct; /* of what flags can override */
	const struct ics *ics; /* NULL: none was given; everything may apply */
};

/* What the flags, the environment and the IXIT file say, with defaults. -EINVAL with file:line and what was expected;
 * -ENOENT etc. for files that can't be read. ixit_done() in any case. */
int ixit_load(struct ixit *ixit, const struct options *options, struct err *err);
void ixit_done(struct ixit *ixit);

/* The first line of a user's password file; NULL: none, or it can't be read. */
const char *ixit_password(struct arena *arena, const struct ixit_user *user);

/* Can a requirement of that condition apply here? */
bool ixit_meets(const struct ixit *ixit, enum condition condition);

/* What the IUT's supplier answered for a requirement: by the longest pattern that matches its id, else for its role.
 * Without an ICS, and for what it does not name: YES. */
enum ics_answer { ICS_YES, ICS_NO, ICS_UNKNOWN };
enum ics_answer ics_of(const struct ixit *ixit, const struct requirement *requirement);
/* Does an item of the ICS answer for it, not only what is said of its role? */
bool ics_names(const struct ixit *ixit, const struct requirement *requirement);

#endif
