/* SPDX-License-Identifier: MIT */
#include "harness/cmd_doctor_ixit.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"
#include "script/value.h"

#include <inttypes.h>
#include <stdio.h>

/* `value` is where the file says it; NULL: it does not. */
static void put(const struct ixit *ixit, const char *name, const char *shown, enum origin origin,
		const struct value *value)
{
	char clean[128];

	printf("  %-24s %-34s ", name, text_clean_fixed(clean, sizeof(clean), slice_of(shown)));
	if (value && origin <= ORIGIN_FILE)
		printf("%s:%d\n", ixit->path, value->line);
	else
		printf("%s\n", origin_name(origin));
}

static const struct value *of(const struct ixit *ixit, const char *table, const char *name)
{
	return table ? value_get(value_get(ixit->root, table), name) : value_get(ixit->root, name);
}

static void put_plain(const struct ixit *ixit, const char *table, const char *name, const char *shown)
{
	char full[64];

	snprintf(full, sizeof(full), "%s%s%s", table ? table : "", table ? "." : "", name);
	put(ixit, full, shown, ORIGIN_DEFAULT, of(ixit, table, name));
}

static void put_flag(const struct ixit *ixit, const char *table, const char *name, bool flag)
{
	put_plain(ixit, table, name, flag ? "yes" : "no");
}

static void put_ms(const struct ixit *ixit, const char *name, uint64_t time)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, time / MILLISECOND);
	put_plain(ixit, "timers", name, text);
}

static void put_iut(const struct ixit *ixit)
{
	char text[NET_ADDR_TEXT_MAX];
	const char *address = net_addr_format(text, &ixit->iut);

	if (ixit->reference)
		address = "the reference, started inside";
	else if (!ixit->iut_known)
		address = "comes by itself, or by a hook";
	else if (ixit->iut_name)
		address = ixit->iut_name;
	put(ixit, "iut.role", actor_name(ixit->iut_role), ixit->origin_role, of(ixit, "iut", "role"));
	put(ixit, "iut.address", address, ixit->origin_target, of(ixit, "iut", "address"));
	put(ixit, "iut.transport",
	    ixit->iut_name && !ixit->iut_transport_given ? "as name servers say"
							 : net_transport_name(ixit->iut_transport),
	    ixit->origin_tls[OPTION_TRANSPORT] ? ixit->origin_tls[OPTION_TRANSPORT]
	    : ixit->iut_transport_given        ? ixit->origin_target
					       : ORIGIN_DEFAULT,
	    of(ixit, "iut", "transport"));
}

static void put_tls_text(const struct ixit *ixit, const char *name, const char *shown, enum option_id option)
{
	char full[64];

	snprintf(full, sizeof(full), "tls.%s", name);
	put(ixit, full, shown, ixit->origin_tls[option], of(ixit, "tls", name));
}

static void put_tls(const struct ixit *ixit)
{
	static const char *const clients[] = {"any", "asked", "required"};
	const struct tls_settings *tls = &ixit->tls;

	if (ixit->iut_transport != NET_TLS)
		return;
	put_tls_text(ixit, "certificate", tls->certificate ? tls->certificate : "made for the run", OPTION_TLS_CERT);
	put_tls_text(ixit, "key", tls->key ? tls->key : "with the certificate", OPTION_TLS_KEY);
	put_tls_text(ixit, "authority", tls->authority ? tls->authority : "those of this machine", OPTION_TLS_CA);
	put_tls_text(ixit, "name", tls->name ? tls->name : "the address of the target", OPTION_TLS_NAME);
	put_tls_text(ixit, "clients", clients[tls->clients], OPTION_TLS_CLIENTS);
	put_tls_text(ixit, "insecure", tls->insecure ? "yes" : "no", OPTION_TLS_INSECURE);
	put_tls_text(ixit, "keylog", tls->keylog ? tls->keylog : "none", OPTION_TLS_KEYLOG);
	put_tls_text(ixit, "secrets", ixit->tls_secrets ? "yes" : "no", OPTION_TLS_SECRETS);
}

static void put_core(const struct ixit *ixit)
{
	char text[NET_ADDR_TEXT_MAX];

	put(ixit, "core.address", net_addr_format(text, &ixit->core), ixit->origin_core, of(ixit, "core", "address"));
	put_flag(ixit, "core", "trusted_by_iut", ixit->core_trusted);
	put_flag(ixit, "core", "ims", ixit->ims);
	put(ixit, "core.direct", ixit->direct ? "yes" : "no", ixit->origin_direct, of(ixit, "core", "direct"));
}

static void put_users(const struct ixit *ixit)
{
	const struct value *users = value_get(ixit->root, "users");
	char name[48], shown[160];

	if (!ixit->user_count)
		put(ixit, "users", "made up, fresh for each case", ORIGIN_DEFAULT, NULL);
	for (size_t i = 0; i < ixit->user_count; i++) {
		const struct ixit_user *user = &ixit->users[i];

		snprintf(name, sizeof(name), "users.%zu", i + 1);
		snprintf(shown, sizeof(shown), "%s, %s", user->address,
			 user->password_file ? "with a password" : "no password");
		put(ixit, name, shown, ORIGIN_FILE, &users->items[i]);
	}
}

static void put_hooks(const struct ixit *ixit)
{
	const struct value *hooks = value_get(ixit->root, "hooks");

	for (size_t i = 0; hooks && i < hooks->count; i++)
		put_plain(ixit, "hooks", hooks->names[i], "set");
}

static void put_names(const struct ixit *ixit)
{
	const struct value *hosts = value_get(ixit->root, "hosts");
	char name[300], text[NET_ADDR_TEXT_MAX];

	for (size_t i = 0; i < ixit->host_count; i++) {
		const struct ixit_host *host = &ixit->hosts[i];

		snprintf(name, sizeof(name), "hosts.%s", host->name);
		put(ixit, name, net_addr_format(text, &host->addr), host->origin,
		    host->origin == ORIGIN_FILE ? value_get(hosts, host->name) : NULL);
	}
	for (size_t i = 0; ixit->dns && ixit->dns[i]; i++)
		put(ixit, "dns", ixit->dns[i], ixit->origin_dns, value_get(ixit->root, "dns"));
	if (ixit->iut_name)
		printf("  name servers are asked for %s when a run begins\n", ixit->iut_name);
}

void doctor_put_ixit(const struct ixit *ixit)
{
	printf("\nThe test, and where each value comes from:\n");
	put_iut(ixit);
	put_flag(ixit, "iut", "orderly", ixit->orderly);
	put_core(ixit);
	put_tls(ixit);
	put_plain(ixit, NULL, "domain", ixit->domain);
	put_users(ixit);
	put_ms(ixit, "quiet_ms", ixit->timers.quiet);
	put_ms(ixit, "answer_ms", ixit->timers.answer);
	put_ms(ixit, "dns_ms", ixit->dns_timeout);
	put_plain(ixit, NULL, "deposit", ixit->deposit == IXIT_DEPOSIT_HOOK ? "hook" : "message");
	put_hooks(ixit);
	put_names(ixit);
}
