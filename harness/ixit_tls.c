/* SPDX-License-Identifier: MIT
 *
 * The TLS of the IXIT and of the options. */
#include "harness/ixit_file.h"

#define AT(member) offsetof(struct ixit_tls_file, member)

static const char *const client_words[] = {"any", "asked", "required", NULL};

static const struct schema_field fields[] = {
	{"certificate", SCHEMA_TEXT, AT(certificate)},
	{"key", SCHEMA_TEXT, AT(key)},
	{"authority", SCHEMA_TEXT, AT(authority)},
	{"name", SCHEMA_TEXT, AT(name)},
	{"clients", SCHEMA_WORD, AT(clients), .words = client_words},
	{"insecure", SCHEMA_FLAG, AT(insecure)},
	{"keylog", SCHEMA_TEXT, AT(keylog)},
	{"secrets", SCHEMA_FLAG, AT(secrets)},
	{NULL},
};
const struct schema ixit_tls_schema = {sizeof(struct ixit_tls_file), fields};

void ixit_tls_take_file(const char *path, const struct ixit_tls_file *file, struct ixit *ixit)
{
	struct arena *arena = &ixit->arena;

	ixit->tls = (struct tls_settings){
		.certificate = ixit_path(path, file->certificate, arena),
		.key = ixit_path(path, file->key, arena),
		.authority = ixit_path(path, file->authority, arena),
		.keylog = ixit_path(path, file->keylog, arena),
		.name = file->name,
		.clients = (enum tls_clients)file->clients,
		.insecure = file->insecure,
	};
	ixit->tls_secrets = file->secrets;
}

static void take(const char *flag, const char **to)
{
	if (flag)
		*to = flag;
}

static unsigned word_of(const char *word, const char *const *words)
{
	unsigned i = 0;

	while (strcmp(words[i], word))
		i++;
	return i;
}

int ixit_tls_take_flags(const struct options *options, struct ixit *ixit, struct err *err)
{
	struct tls_settings *tls = &ixit->tls;

	memcpy(ixit->origin_tls, options->origin, sizeof(ixit->origin_tls));
	if (options->transport) {
		net_transport_parse(slice_of(options->transport), &ixit->iut_transport);
		ixit->iut_transport_given = true;
	}
	if (options->tls_cert) /* a key goes with its certificate */
		tls->key = NULL;
	take(options->tls_cert, &tls->certificate);
	take(options->tls_key, &tls->key);
	take(options->tls_ca, &tls->authority);
	take(options->tls_name, &tls->name);
	take(options->tls_keylog, &tls->keylog);
	if (options->tls_clients)
		tls->clients = (enum tls_clients)word_of(options->tls_clients, client_words);
	tls->insecure |= options->tls_insecure;
	ixit->tls_secrets |= options->tls_secrets;
	if (tls->key && !tls->certificate)
		return err_set(err, -EINVAL, "--tls-key without --tls-cert: whose key is it");
	return 0;
}

int ixit_tls_finish(const struct options *options, struct ixit *ixit, struct err *err)
{
	char host[NET_ADDR_TEXT_MAX];
	struct net_addr core = ixit->core;

	if (options->transport && strcmp(options->transport, net_transport_name(ixit->iut_transport)))
		return err_set(err, -EINVAL, "--transport %s, and --target says %s", options->transport,
			       net_transport_name(ixit->iut_transport));
	if (ixit->sips && ixit->iut_transport != NET_TLS)
		return err_set(err, -EINVAL, "--target: a sips URI is reached by TLS, not by %s",
			       net_transport_name(ixit->iut_transport));
	core.port = 0;
	ixit->tls.host = arena_printf(&ixit->arena, "%s", net_addr_format(host, &core));
	ixit->tls.domain = ixit->domain;
	if (!ixit->tls.name)
		ixit->tls.name = ixit->iut_host;
	return 0;
}
