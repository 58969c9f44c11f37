/* SPDX-License-Identifier: MIT
 *
 * From the name of the IUT to its addresses, before anything is sent to it. */
#include "harness/cmd_run_parts.h"

#include <stdio.h>

static void say_targets(const struct campaigning *c)
{
	char text[NET_ADDR_TEXT_MAX];

	if (c->options->quiet)
		return;
	fprintf(stderr, "imconform run: %s is", c->ixit.iut_name);
	for (size_t i = 0; i < c->target_count; i++)
		fprintf(stderr, "%s %s over %s", i ? ", then" : "", net_addr_format(text, &c->targets[i].addr),
			net_transport_name(c->targets[i].transport));
	fputc('\n', stderr);
}

/* One endpoint speaks TLS or TCP: TLS where the name's records like it best (RFC 3263 4.1), and then nothing else. */
static void keep_one_kind(struct campaigning *c)
{
	bool tls = c->targets[0].transport == NET_TLS;
	size_t kept = 0;

	for (size_t i = 0; i < c->target_count; i++)
		if ((c->targets[i].transport == NET_TLS) == tls)
			c->targets[kept++] = c->targets[i];
	c->target_count = kept;
}

int campaigning_resolve(struct campaigning *c, struct err *err)
{
	const struct ixit *ixit = &c->ixit;
	struct resolve_query query = {
		.host = ixit->iut_name,
		.port = ixit->iut_port,
		.transport_given = ixit->iut_transport_given,
		.transport = ixit->iut_transport,
		.transports = (ixit->iut_transport == NET_TLS ? 0 : TRANSPORTS_PLAIN) | 1u << NET_TLS,
		.family = (enum net_family)ixit->core.family,
		.seed = c->options->seed,
	};
	struct resolve_source source;
	struct resolver *resolver;
	int rc;

	if (!ixit->iut_name)
		return 0;
	rc = resolver_new(ixit->dns, ixit->dns_timeout, &resolver, err);
	if (rc < 0)
		return rc;
	source = resolver_source(resolver);
	rc = resolve_name(&source, &query, c->targets, &c->target_count, err);
	resolver_free(resolver);
	if (rc < 0)
		return rc;
	keep_one_kind(c);
	c->ixit.iut = c->targets[0].addr;
	c->ixit.iut_transport = c->targets[0].transport;
	say_targets(c);
	return 0;
}
