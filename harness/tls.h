/* SPDX-License-Identifier: MIT
 *
 * TLS (1.2 and later, by OpenSSL) as a filter between bytes: what comes from a stream goes in, what is to be sent comes
 * out, and nothing here knows of sockets, so that the virtual world and the real one have the same TLS. The streams are
 * those of harness/world_tcp.c; the files and names come from the options and the IXIT (harness/tls_options.h).
 *
 *   tls.c         contexts: files, versions, key log
 *   tls_session.c one connection
 *   tls_verify.c  whom we believe, and why not (RFC 5922)
 *   tls_made.c    a certificate for who has none
 *
 * Nothing that is secret reaches an err, a log or a report; only the key log, where it is asked for, has secrets. */
#ifndef HARNESS_TLS_H
#define HARNESS_TLS_H

#include "base/buf.h"
#include "base/err.h"

enum { TLS_CLOSED = 1 };
#define TLS_FAILED (-EPROTO) /* the code of whatever is wrong with TLS itself, and of nothing else */

/* What those who connect to us have to show. */
enum tls_clients { TLS_CLIENTS_ANY, TLS_CLIENTS_ASKED, TLS_CLIENTS_REQUIRED };

struct tls_settings {
	const char *certificate, *key; /* PEM files, the chain in order; certificate NULL: one is made (tls_made.c) */
	const char *authority;         /* PEM file of those whom we believe; NULL: the system's */
	const char *name;              /* whom we connect to, for SNI and the check; NULL: the address */
	const char *keylog;            /* file that secrets are appended to, in the format of NSS; NULL: none */
	const char *host, *domain;     /* of ours, for a made certificate; may be NULL */
	enum tls_clients clients;
	bool show_made; /* a made one is shown to servers that ask, too: they have the same context */
	bool insecure;  /* everybody is believed */
};

struct tls_context;
/* Reads the files. -errno with the file in the text; -EINVAL: no PEM, a key of another certificate. Copies what it
 * needs. */
int tls_context_new(const struct tls_settings *settings, struct tls_context **ret_context, struct err *err);
void tls_context_free(struct tls_context *context); /* after the last connection; NULL is fine */
/* Each line of secrets, without its end, as the key log would have it; for evidence. One listener a context. */
void tls_context_on_secret(struct tls_context *context, void (*on_secret)(void *arg, const char *line), void *arg);

/* Each failure of a connection, as its port tells it; for a person who looks on. One listener a context. */
void tls_context_on_failure(struct tls_context *context, void (*on_failure)(void *arg, const struct err *err),
			    void *arg);
void tls_context_failed(const struct tls_context *context, const struct err *err);

/* What a person wants to know of our certificate: "CN=core, issued by CN=Lab CA, valid from 2026-01-01 to 2027-01-01,
 * for DNS:im.example". */
void tls_context_describe(const struct tls_context *context, struct buf *to);
/* 0 where `now` (seconds since 1970) lies within its days; -EINVAL with the days otherwise. */
int tls_context_dates(const struct tls_context *context, int64_t now, struct err *err);

/* One connection. Each function appends to `wire` what has to be sent, whatever it returns. */
struct tls;
/* `peer`: the address of the other side, whom a client wants where the settings have no name. `server`: we are it. */
struct tls *tls_new(struct tls_context *context, bool server, const char *peer);
void tls_free(struct tls *tls); /* NULL is fine */
/* A client's hello; nothing for a server. */
void tls_start(struct tls *tls, struct buf *wire);
/* Takes bytes of the stream and appends what they held to `plain`. 0; TLS_CLOSED: the other side has said that it is
 * over; TLS_FAILED with an account of what is wrong, for a person. After either, only tls_free. */
int tls_receive(struct tls *tls, struct slice bytes, struct buf *plain, struct buf *wire, struct err *err);
/* Kept until the handshake is over, where it is not. */
void tls_send(struct tls *tls, struct slice plain, struct buf *wire);
/* Says that it is over. */
void tls_close(struct tls *tls, struct buf *wire);
/* The stream has ended: 0, or TLS_FAILED where it did so within the handshake. */
int tls_ended(const struct tls *tls, struct err *err);
bool tls_is_open(const struct tls *tls); /* the handshake is over, and it went well */
/* The other side has shown a certificate that we believe, and it is for `name` (a domain, an address). */
bool tls_proved(const struct tls *tls, const char *name);
/* What --tls-insecure has overlooked: the account; "" where there was nothing. */
const char *tls_overlooked(const struct tls *tls);

#endif
