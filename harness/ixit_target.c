/* SPDX-License-Identifier: MIT
 *
 * Addresses of the IXIT and the options: numbers, localhost, or names, which the table of hosts knows or name servers
 * will be asked for. */
#include "harness/ixit_file.h"

#include "base/mem.h"
#include "base/text.h"
#include "harness/resolve.h"

static bool starts_with(struct slice *text, const char *word)
{
	size_t len = strlen(word);

	if (text->len < len || !slice_eq_nocase((struct slice){text->p, len}, slice_of(word)))
		return false;
	*text = slice_range(text->p + len, text->p + text->len);
	return true;
}

int ixit_address_parse(struct slice text, uint16_t default_port, struct net_addr *ret, struct err *err)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1};
	uint64_t port = default_port;

	if (!starts_with(&text, "localhost"))
		return net_addr_parse(text, default_port, ret, err);
	if (text.len &&
	    (*text.p != ':' || !slice_to_u64(slice_range(text.p + 1, text.p + text.len), &port) || port > 65535))
		return err_set(err, -EINVAL, "'localhost…', expected localhost:PORT");
	*ret = net_addr_v4(loopback, (uint16_t)port);
	return 0;
}

/* --- names --- */

/* RFC 3261 25.1: letters, digits, hyphens and dots, and the last label is no number, which would be a wrong address. */
static bool is_name(struct slice text)
{
	const char *end = text.p + text.len, *last = text.p;
	bool letter = false;

	if (!text.len || text.len > 253 || *text.p == '.' || *text.p == '-')
		return false;
	for (const char *p = text.p; p < end; p++) {
		bool digit = *p >= '0' && *p <= '9', sign = *p == '-' || *p == '_';

		if (*p == '.')
			last = p + 1;
		else if (!digit && !sign && !((*p | 32) >= 'a' && (*p | 32) <= 'z'))
			return false;
		if (*p == '.' && p + 1 < end && p[1] == '.')
			return false;
	}
	for (const char *p = last; p < end; p++)
		letter |= *p < '0' || *p > '9';
	return letter || last == end;
}

static const struct ixit_host *host_of(const struct ixit *ixit, struct slice name)
{
	for (size_t i = 0; i < ixit->host_count; i++)
		if (slice_is_nocase(name, ixit->hosts[i].name))
			return &ixit->hosts[i];
	return NULL;
}

static void take_name(struct ixit *ixit, struct slice name, uint16_t port)
{
	const struct ixit_host *host = host_of(ixit, name);

	ixit->iut_host = arena_copy(&ixit->arena, name).p;
	ixit->iut_name = NULL;
	if (host) {
		ixit->iut = host->addr;
		ixit->iut.port = port ? port : resolve_default_port(ixit->iut_transport);
		return;
	}
	ixit->iut_name = arena_copy(&ixit->arena, name).p;
	ixit->iut_port = port;
	ixit->iut = (struct net_addr){0};
}

int ixit_target_parse(struct slice text, struct ixit *ixit, struct err *err)
{
	const char *colon = text.len ? memchr(text.p, ':', text.len) : NULL;
	struct slice name = colon ? slice_range(text.p, colon) : text;
	char seen[64];
	uint64_t port = 0;

	ixit->iut_host = slice_is_nocase(name, "localhost") ? "localhost" : NULL;
	if (!is_name(name) || slice_is_nocase(name, "localhost")) {
		ixit->iut_name = NULL;
		return ixit_address_parse(text, resolve_default_port(ixit->iut_transport), &ixit->iut, err);
	}
	if (colon && (!slice_to_u64(slice_range(colon + 1, text.p + text.len), &port) || !port || port > 65535))
		return err_set(err, -EINVAL, "'%s', expected NAME or NAME:PORT",
			       text_clean_fixed(seen, sizeof(seen), text));
	take_name(ixit, name, (uint16_t)port);
	return 0;
}

static int take_transport(struct slice params, struct ixit *ixit, struct err *err)
{
	enum net_transport transport;
	struct slice value = params;
	char seen[64];

	if (!starts_with(&value, "transport=") || !net_transport_parse(value, &transport) ||
	    (transport != NET_UDP && transport != NET_TCP && transport != NET_TLS))
		return err_set(err, -EINVAL, "';%s', expected ;transport=udp, tcp or tls",
			       text_clean_fixed(seen, sizeof(seen), params));
	ixit->iut_transport = transport;
	ixit->iut_transport_given = true;
	return 0;
}

int ixit_target_parse_uri(struct slice text, struct ixit *ixit, struct err *err)
{
	const char *semicolon = text.len ? memchr(text.p, ';', text.len) : NULL, *end = text.p + text.len;

	if (starts_with(&text, "sips:")) {
		ixit->iut_transport = NET_TLS;
		ixit->iut_transport_given = true;
		ixit->sips = true;
	} else {
		ixit->sips = false;
		starts_with(&text, "sip:");
	}
	if (semicolon && take_transport(slice_range(semicolon + 1, end), ixit, err))
		return -EINVAL;
	return ixit_target_parse(semicolon ? slice_range(text.p, semicolon) : text, ixit, err);
}

/* --- the table of hosts --- */

static int host_parse(struct slice name, struct slice address, struct ixit_host *ret, struct arena *arena,
		      struct err *err)
{
	char seen[64];

	if (!is_name(name))
		return err_set(err, -EINVAL, "'%s' is no host name", text_clean_fixed(seen, sizeof(seen), name));
	if (!net_addr_parse_ip(address, 0, &ret->addr))
		return err_set(err, -EINVAL, "'%s', expected an address without a port",
			       text_clean_fixed(seen, sizeof(seen), address));
	ret->name = arena_copy(arena, name).p;
	return 0;
}

static int take_flag_hosts(const struct options *options, struct ixit_host *to, struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < options->host.count; i++) {
		struct slice text = slice_of(options->host.items[i]);
		const char *equal = memchr(text.p, '=', text.len);

		if (!equal)
			return err_set(err, -EINVAL, "--host: expected NAME=ADDR, such as im.example=127.0.0.1");
		if (host_parse(slice_range(text.p, equal), slice_range(equal + 1, text.p + text.len), &to[i], arena,
			       err))
			return err_prefix(err, -EINVAL, "--host");
		to[i].origin = options->origin[OPTION_HOST];
	}
	return 0;
}

int ixit_hosts_read(const struct options *options, const char *path, const struct value *table, struct ixit *ixit,
		    struct err *err)
{
	size_t flags = options->host.count, count = flags + (table ? table->count : 0);
	struct ixit_host *hosts = arena_alloc(&ixit->arena, (count + 1) * sizeof(*hosts));

	if (take_flag_hosts(options, hosts, &ixit->arena, err))
		return -EINVAL;
	if (table && table->kind != VALUE_TABLE)
		return err_set(err, -EINVAL, "%s:%d: hosts is %s, expected { [\"NAME\"] = \"ADDR\" }", path,
			       table->line, value_kind_name(table));
	for (size_t i = 0; table && i < table->count; i++) {
		const struct value *item = &table->items[i];

		if (host_parse(slice_of(table->names[i]), item->kind == VALUE_TEXT ? item->text : SLICE_NONE,
			       &hosts[flags + i], &ixit->arena, err))
			return err_prefix(err, -EINVAL, "%s:%d: hosts", path, item->line);
		hosts[flags + i].origin = ORIGIN_FILE;
	}
	ixit->hosts = hosts;
	ixit->host_count = count;
	return 0;
}
