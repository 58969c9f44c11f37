/* SPDX-License-Identifier: MIT
 *
 * What the files of the IXIT share: addresses, and what an ICS file is read into. */
#ifndef HARNESS_IXIT_FILE_H
#define HARNESS_IXIT_FILE_H

#include "harness/ixit.h"
#include "script/schema.h"
#include "script/value.h"

enum ics_status { ICS_MANDATORY, ICS_OPTIONAL, ICS_CONDITIONAL, ICS_NOT_APPLICABLE };

struct ics_item {
	const char *id;           /* NULL: a role */
	unsigned status, support; /* enum ics_status, enum ics_answer */
};

struct ics {
	const char *path;
	const struct value *root;
	struct ics_item roles[2]; /* by enum actor */
	const struct ics_item *items;
	size_t item_count;
};

/* An empty ICS is -EINVAL: it would select nothing. */
int ics_read(const char *path, struct arena *arena, const struct ics **ret, struct err *err);

/* --- ixit_target.c; -EINVAL with what was expected, for the caller to put the place in front --- */

/* "HOST:PORT" with a numeric host, or localhost. */
int ixit_address_parse(struct slice text, uint16_t default_port, struct net_addr *ret, struct err *err);
/* The same or a name for the IUT: sets `iut`, or `iut_name` and `iut_port` where the table of hosts does not know it.
 */
int ixit_target_parse(struct slice text, struct ixit *ixit, struct err *err);
/* "sip:HOST:PORT;transport=tcp", "sips:HOST", or just what ixit_target_parse takes. */
int ixit_target_parse_uri(struct slice text, struct ixit *ixit, struct err *err);
/* The table of hosts: of the options first, then the file's (`table`, NULL: none). Before any target is parsed. */
int ixit_hosts_read(const struct options *options, const char *path, const struct value *table, struct ixit *ixit,
		    struct err *err);

/* A path of the file `path`, which is relative to its folder; NULL stays NULL. */
const char *ixit_path(const char *path, const char *name, struct arena *arena);

/* --- ixit_tls.c --- */

struct ixit_tls_file { /* the table "tls" of the file */
	const char *certificate, *key, *authority, *name, *keylog;
	unsigned clients;
	bool insecure, secrets;
};
extern const struct schema ixit_tls_schema; /* of struct ixit_tls_file */
/* The file's, whose paths are relative to its folder. */
void ixit_tls_take_file(const char *path, const struct ixit_tls_file *file, struct ixit *ixit);
/* The options', and --transport. */
int ixit_tls_take_flags(const struct options *options, struct ixit *ixit, struct err *err);
/* Once the target is known: names of ours and of the other side. -EINVAL where --transport contradicts it. */
int ixit_tls_finish(const struct options *options, struct ixit *ixit, struct err *err);

/* ixit_aka.c: the AKA keys of the user who is the `number`th from 1. -EINVAL: in part, or no keys. */
int ixit_keys_read(const char *path, int line, size_t number, struct ixit_user *user, struct arena *arena,
		   struct err *err);

#endif
