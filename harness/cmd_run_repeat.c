/* SPDX-License-Identifier: MIT */
#include "harness/cmd_run_parts.h"
#include "reports/quote.h"

#include <inttypes.h>

/* As a shell reads it. */
static void put_word(struct buf *to, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_";

	if (*word && word[strspn(word, plain)] == '\0')
		buf_puts(to, word);
	else
		quote_shell(to, word);
}

static void put(struct buf *to, const char *option, const char *value)
{
	if (!value)
		return;
	buf_printf(to, " %s ", option);
	put_word(to, value);
}

static void put_each(struct buf *to, const char *option, const struct option_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		put(to, option, list->items[i]);
}

static void put_tls(struct buf *to, const struct options *options)
{
	put(to, "--tls-cert", options->tls_cert);
	put(to, "--tls-key", options->tls_key);
	put(to, "--tls-ca", options->tls_ca);
	put(to, "--tls-name", options->tls_name);
	put(to, "--tls-clients", options->tls_clients);
	if (options->tls_insecure)
		buf_puts(to, " --tls-insecure");
}

void campaigning_repeat(struct campaigning *c)
{
	const struct options *options = c->options;
	struct buf *to = &c->repeat;

	buf_puts(to, "imconform run");
	if (c->ixit.iut_role == ACTOR_CLIENT)
		put(to, "--iut", "client");
	put(to, "--target", options->target);
	put(to, "--transport", options->transport);
	put(to, "--core", options->core);
	if (options->direct)
		buf_puts(to, " --direct");
	put_each(to, "--host", &options->host);
	put_each(to, "--dns", &options->dns);
	put(to, "--ixit", options->ixit);
	put(to, "--ics", options->ics);
	put(to, "--profile", options->profile);
	put_each(to, "--scenarios", &options->scenarios);
	put_tls(to, options);
	buf_printf(to, "%s --seed %" PRIu64 "%s", options->strict ? " --strict" : "", options->seed,
		   options->is_virtual ? " --virtual" : "");
}
