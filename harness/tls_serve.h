/* SPDX-License-Identifier: MIT
 *
 * From the IXIT to the TLS of a world, for the verbs that have sockets: run and serve. Says on standard error what a
 * person must know: that nobody is checked, that the certificate was made. */
#ifndef HARNESS_TLS_SERVE_H
#define HARNESS_TLS_SERVE_H

#include "harness/ixit.h"
#include "harness/world.h"

#define TLS_INSECURE_NOTE                                                                                              \
	"TLS WITHOUT CHECKS (--tls-insecure): every certificate was believed; nothing proves who the other side was"

/* *ret_context: NULL where the IXIT's transport is not TLS; the caller's, to be freed after the world. -errno as
 * tls_context_new. */
int tls_serve(const struct ixit *ixit, struct world *world, const char *verb, bool quiet,
	      struct tls_context **ret_context, struct err *err);

#endif
