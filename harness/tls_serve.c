/* SPDX-License-Identifier: MIT */
#include "harness/tls_serve.h"

#include <stdio.h>

static void say(const struct ixit *ixit, const struct tls_context *context, const char *verb)
{
	struct buf text = {0};

	tls_context_describe(context, &text);
	fprintf(stderr, "imconform %s: TLS: our certificate %s: %s\n", verb,
		ixit->tls.certificate ? "is"
				      : "was made for this run alone, and nobody else can know it (see --tls-cert)",
		text.p);
	if (ixit->tls.keylog)
		fprintf(stderr, "imconform %s: TLS: the secrets of this run go to %s\n", verb, ixit->tls.keylog);
	buf_done(&text);
}

int tls_serve(const struct ixit *ixit, struct world *world, const char *verb, bool quiet,
	      struct tls_context **ret_context, struct err *err)
{
	struct tls_settings settings = ixit->tls;
	int rc;

	*ret_context = NULL;
	if (ixit->iut_transport != NET_TLS)
		return 0;
	if (ixit->reference && !settings.certificate) { /* both sides are in here */
		settings.show_made = true;
		settings.clients = TLS_CLIENTS_ASKED;
	}
	rc = tls_context_new(&settings, ret_context, err);
	if (rc < 0)
		return rc;
	world_set_tls(world, *ret_context);
	if (ixit->tls.insecure) /* loud, also where quiet is asked for */
		fprintf(stderr, "imconform %s: " TLS_INSECURE_NOTE "\n", verb);
	if (!quiet && !ixit->reference)
		say(ixit, *ret_context, verb);
	return 0;
}
