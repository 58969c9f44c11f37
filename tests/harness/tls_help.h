/* SPDX-License-Identifier: MIT
 *
 * A laboratory of certificates for tests: authorities and what they issue, made anew for each test, in a folder of its
 * own; and two ends of TLS that hand each other their bytes. */
#ifndef TESTS_HARNESS_TLS_HELP_H
#define TESTS_HARNESS_TLS_HELP_H

#include "harness/tls.h"

struct tls_order {          /* what is to be issued */
	const char *name;   /* CN, and the files' name: NAME.pem, NAME.key */
	const char *san;    /* "DNS:a,URI:sip:b"; NULL: none */
	const char *issuer; /* name of one that was issued before; NULL: signed by itself */
	int from, to;       /* days from today; both 0: yesterday to in 30 days */
	bool is_authority;
};

struct tls_lab {
	char folder[64];
};

void tls_lab_init(struct tls_lab *lab); /* with the authority "ca", CN=ca */
void tls_lab_done(struct tls_lab *lab); /* and its files */
void tls_lab_issue(struct tls_lab *lab, const struct tls_order *order);
/* "FOLDER/NAME.END"; the caller's. */
char *tls_lab_path(const struct tls_lab *lab, const char *name, const char *end);
/* A context that shows `name` (NULL: a made one) and believes `authority` (NULL: the system's). */
struct tls_context *tls_lab_context(const struct tls_lab *lab, const char *name, const char *authority,
				    const struct tls_settings *more);

/* Two ends. `step` bytes at most are handed over at once; 0: as they come. */
struct tls_pair {
	struct tls *client, *server;
	struct buf to_server, to_client;   /* on the wire */
	struct buf server_got, client_got; /* plain */
	int client_rc, server_rc;          /* of the last tls_receive; 0 while it goes on */
	struct err client_err, server_err;
	size_t step;
};
void tls_pair_init(struct tls_pair *pair, struct tls_context *client, struct tls_context *server, const char *peer);
void tls_pair_done(struct tls_pair *pair);
/* Until both are silent. */
void tls_pair_run(struct tls_pair *pair);

#endif
