/* SPDX-License-Identifier: MIT
 *
 * The upper tester: what makes a client IUT act. One of
 *
 *   tester_reference.c  the reference IM Client, in this process, one for each user
 *   tester_shell.c      hook commands of the IXIT
 *   tester_child.c      a child process that takes JSON lines on its standard input and answers on its standard output
 *   tester_person.c     a person at the terminal, who is asked one question at a time
 *   tester_wait.c       nobody: the client acts by itself
 *
 * Used by the words of a client play (harness/lua_client.c) and by the runner between cases. */
#ifndef HARNESS_TESTER_H
#define HARNESS_TESTER_H

#include "harness/client_faults.h"
#include "harness/client_variants.h"
#include "harness/ixit.h"
#include "harness/world.h"
#include "sip/milenage.h"
#include "trace/profile.h"

enum tester_command {
	TESTER_REGISTER, /* starts the client if it must, and registers */
	TESTER_DEREGISTER,
	TESTER_SET_OFFLINE_DELIVERY, /* to `active` */
	TESTER_STOP,                 /* end of a case: the client shall be as before it */
	TESTER_COMMANDS
};
const char *tester_command_name(enum tester_command command); /* "register", … */

struct tester_user { /* texts outlive what is asked about him */
	const char *address, *username, *password;
	const struct milenage *keys; /* of AKA; NULL: none */
};

struct tester_request {
	enum tester_command command;
	const struct tester_user *user;
	bool active;
};

enum tester_outcome {
	TESTER_DONE,
	TESTER_CANNOT, /* there is no way to make it act so: no verdict */
	TESTER_FAILED, /* it was tried */
};
typedef void tester_done_fn(void *to, enum tester_outcome outcome, const char *why);

/* A class in C: every implementation begins with this. */
struct tester {
	const char *name; /* "the reference IM Client", for messages */
	bool patient;     /* people act: answers take longer than a program's */
	unsigned at_once; /* users that can be worked with side by side; 0: as many as there are */
	/* `done` is called once, never from within; or not at all after forget(). */
	void (*ask)(struct tester *tester, const struct tester_request *request, tester_done_fn *done, void *to);
	void (*forget)(struct tester *tester, void *to);
	void (*free)(struct tester *tester);
};

static inline void tester_free(struct tester *tester)
{
	if (tester)
		tester->free(tester);
}

struct tester_reference_config {
	struct world *world;
	struct net_addr core;
	enum net_transport transport;
	const struct profile *profile; /* outlives the tester, as does the domain */
	const char *domain;
	bool ims;
	struct client_faults faults;
	struct client_variants variants;
};
struct tester *tester_new_reference(const struct tester_reference_config *config);

/* The client acts by itself: REGISTER is waited for, everything else can't be had. */
struct tester *tester_new_waiting(struct world *world);
/* Real worlds only. -EINVAL: a hook that can't be used. The ixit outlives the tester. */
int tester_new_shell(struct world *world, const struct ixit *ixit, const struct net_addr *core, struct tester **ret,
		     struct err *err);
int tester_new_child(struct world *world, const struct ixit *ixit, const struct net_addr *core, struct tester **ret,
		     struct err *err);
/* Asks on stderr, reads from stdin: both terminals. */
struct tester *tester_new_person(struct world *world, const struct net_addr *core);

#endif
