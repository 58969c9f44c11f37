/* SPDX-License-Identifier: MIT
 *
 * What the files of harness/tls share with each other and nobody else. */
#ifndef HARNESS_TLS_PARTS_H
#define HARNESS_TLS_PARTS_H

#include "harness/tls.h"

#include <openssl/ssl.h>
#include <stdio.h>

enum { TLS_ACCOUNT_MAX = 360 };

struct tls_context {
	SSL_CTX *client, *server;
	char *name;      /* NULL: the address */
	char *authority; /* the file, for accounts; NULL: the system's */
	bool insecure;
	FILE *keylog;
	void (*on_secret)(void *arg, const char *line);
	void *secret_arg;
	void (*on_failure)(void *arg, const struct err *err);
	void *failure_arg;
};

struct tls {
	struct tls_context *context;
	SSL *ssl;
	BIO *in, *out; /* the SSL's */
	bool server, open;
	bool heard;                    /* something has come */
	char *name;                    /* whom we want to talk to */
	struct buf waiting;            /* to be sent after the handshake */
	char account[TLS_ACCOUNT_MAX]; /* why its certificate is not believed; "" */
};

/* tls_verify.c: what OpenSSL asks about each certificate, and the names that one has ("DNS:a, URI:sip:b"). */
int tls_verify(int ok, X509_STORE_CTX *store);
bool tls_name_matches(const X509 *certificate, const char *wanted);
void tls_describe(const X509 *certificate, struct buf *to);

/* tls_made.c: a key and a certificate of its own authority, for a day. */
int tls_made(const struct tls_settings *settings, EVP_PKEY **ret_key, X509 **ret_certificate, struct err *err);

/* "certificate verify failed" and the like, of the error that OpenSSL has had last; empties its queue. */
const char *tls_reason(void);

#endif
