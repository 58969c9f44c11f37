/* SPDX-License-Identifier: MIT */
#include "harness/cmd_run_parts.h"

#include "harness/tls_serve.h"

static void on_secret(void *arg, const char *line)
{
	struct campaigning *c = arg;

	if (c->evidence)
		evidence_log_secret(c->evidence, line);
}

int campaigning_start_tls(struct campaigning *c, struct err *err)
{
	int rc = tls_serve(&c->ixit, c->world, "run", c->options->quiet, &c->tls, err);

	if (rc < 0 || !c->tls)
		return rc;
	if (c->ixit.tls.insecure)
		campaign_add_note(c->campaign, TLS_INSECURE_NOTE);
	if (!c->ixit.tls_secrets)
		return 0;
	campaign_add_note(c->campaign, "the evidence capture holds the TLS secrets of this run (--tls-secrets)");
	tls_context_on_secret(c->tls, on_secret, c);
	return 0;
}
