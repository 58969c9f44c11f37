/* SPDX-License-Identifier: MIT
 *
 * The passwords that a person gives an audit (--password USER=FILE, and the users of the IXIT), so that the values of
 * Digest answers can be verified (RFC 7616 3.4). Filled before judging, then only read, by any number of threads. A
 * password goes nowhere but into the comparison: no error and no report shows it. */
#ifndef HARNESS_AUDIT_SECRETS_H
#define HARNESS_AUDIT_SECRETS_H

#include "base/arena.h"
#include "base/err.h"
#include "check/secrets.h"
#include "harness/ixit.h"
#include "harness/options.h"

struct audit_secret {
	struct slice username, password; /* in the arena; no password: the IXIT has two for that name */
	struct audit_secret *next;
};

struct audit_secrets {
	struct secrets secrets; /* for struct judge; finds by the Digest username, whatever the realm */
	struct audit_secret *first;
	const struct ixit *ixit; /* whose users are able to answer, if they have a password; NULL: none is given */
	struct arena arena;
};

/* Reads the first line of each file. -EINVAL for what is not USER=FILE, for a user told twice, and for a file without a
 * password; -errno where it can't be read. audit_secrets_done in any case. */
int audit_secrets_read(struct audit_secrets *secrets, const struct option_list *list, struct err *err);
/* Adds the IXIT's users who have a password, but for those that are told already, and the keys of AKA of those who have
 * them. What can't be read is left out, as in a run. The IXIT outlives the secrets. */
void audit_secrets_add_users(struct audit_secrets *secrets, const struct ixit *ixit);
void audit_secrets_done(struct audit_secrets *secrets);

#endif
