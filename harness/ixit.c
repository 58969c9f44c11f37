/* SPDX-License-Identifier: MIT */
#include "harness/ixit_file.h"

#include "base/text.h"
#include "base/time.h"
#include "harness/password.h"
#include "script/schema.h"
#include "sip/uri.h"

#include <stdio.h>

static const char *const role_words[] = {"server", "client", NULL};
static const char *const transport_words[] = {"udp", "tcp", "tls", NULL};
static const char *const deposit_words[] = {"message", "hook", NULL};

static const enum net_transport transports[] = {NET_UDP, NET_TCP, NET_TLS};

struct ixit_file { /* as the file has it */
	unsigned role, transport, deposit;
	const char *iut_address, *core_address, *domain;
	bool core_trusted, ims, direct, orderly;
	int64_t quiet_ms, answer_ms;
	struct ixit_user *users;
	size_t user_count;
	struct ixit_hooks hooks;
	struct ixit_tls_file tls;
	struct ixit_report report;
	const struct value *hosts;
	const char *const *dns;
	int64_t dns_ms;
};

#define AT(member) offsetof(struct ixit_file, member)
#define TEXT(name, member)                                                                                             \
	{                                                                                                              \
		name, SCHEMA_TEXT, AT(member)                                                                          \
	}

static const struct schema_field iut_fields[] = {
	{"role", SCHEMA_WORD, AT(role), .words = role_words},
	TEXT("address", iut_address),
	{"transport", SCHEMA_WORD, AT(transport), .words = transport_words},
	{"orderly", SCHEMA_FLAG, AT(orderly)},
	{NULL},
};
static const struct schema iut_schema = {sizeof(struct ixit_file), iut_fields};

static const struct schema_field core_fields[] = {
	TEXT("address", core_address),
	{"trusted_by_iut", SCHEMA_FLAG, AT(core_trusted)},
	{"ims", SCHEMA_FLAG, AT(ims)},
	{"direct", SCHEMA_FLAG, AT(direct)},
	{NULL},
};
static const struct schema core_schema = {sizeof(struct ixit_file), core_fields};

static const struct schema_field user_fields[] = {
	{"address", SCHEMA_TEXT, offsetof(struct ixit_user, address), .needed = true},
	{"private_id", SCHEMA_TEXT, offsetof(struct ixit_user, private_id)},
	{"password_file", SCHEMA_TEXT, offsetof(struct ixit_user, password_file)},
	{"k", SCHEMA_TEXT, offsetof(struct ixit_user, k)},
	{"op", SCHEMA_TEXT, offsetof(struct ixit_user, op)},
	{"opc", SCHEMA_TEXT, offsetof(struct ixit_user, opc)},
	{NULL},
};
static const struct schema user_schema = {sizeof(struct ixit_user), user_fields};

static const struct schema_field timer_fields[] = {
	{"quiet_ms", SCHEMA_NUMBER, AT(quiet_ms), .min = 10, .max = 600000},
	{"answer_ms", SCHEMA_NUMBER, AT(answer_ms), .min = 10, .max = 32000},
	{"dns_ms", SCHEMA_NUMBER, AT(dns_ms), .min = 10, .max = 30000},
	{NULL},
};
static const struct schema timer_schema = {sizeof(struct ixit_file), timer_fields};

static const struct schema_field hook_fields[] = {
	TEXT("start", hooks.start),
	TEXT("register", hooks.on_register),
	TEXT("deregister", hooks.deregister),
	TEXT("tester", hooks.tester),
	TEXT("set_offline_delivery", hooks.set_offline_delivery),
	TEXT("deposit", hooks.deposit),
	TEXT("stop", hooks.stop),
	{NULL},
};
static const struct schema hook_schema = {sizeof(struct ixit_file), hook_fields};

static const struct schema_field report_fields[] = {
	TEXT("implementation", report.implementation),
	TEXT("version", report.version),
	TEXT("supplier", report.supplier),
	TEXT("laboratory", report.laboratory),
	TEXT("client", report.client),
	TEXT("date", report.date),
	{NULL},
};
static const struct schema report_schema = {sizeof(struct ixit_file), report_fields};

/* The inner tables all fill the one structure, hence their offset 0. */
static const struct schema_field file_fields[] = {
	{"iut", SCHEMA_TABLE, 0, .table = &iut_schema},
	{"core", SCHEMA_TABLE, 0, .table = &core_schema},
	TEXT("domain", domain),
	{"users", SCHEMA_TABLES, AT(users), .table = &user_schema, .count_offset = AT(user_count)},
	{"timers", SCHEMA_TABLE, 0, .table = &timer_schema},
	{"deposit", SCHEMA_WORD, AT(deposit), .words = deposit_words},
	{"hooks", SCHEMA_TABLE, 0, .table = &hook_schema},
	{"tls", SCHEMA_TABLE, AT(tls), .table = &ixit_tls_schema},
	{"report", SCHEMA_TABLE, 0, .table = &report_schema},
	{"hosts", SCHEMA_ANY, AT(hosts)},
	{"dns", SCHEMA_TEXTS, AT(dns), .max = 8},
	{NULL},
};
static const struct schema file_schema = {sizeof(struct ixit_file), file_fields};

static int value_line(const struct value *root, const char *table, const char *name)
{
	const struct value *value = value_get(value_get(root, table), name);

	return value ? value->line : 1;
}

static int take_addresses(const char *path, const struct value *root, const struct ixit_file *file, struct ixit *ixit,
			  struct err *err)
{
	if (file->iut_address) {
		if (ixit_target_parse(slice_of(file->iut_address), ixit, err))
			return err_prefix(err, -EINVAL, "%s:%d: iut.address", path, value_line(root, "iut", "address"));
		ixit->iut_known = true;
		ixit->origin_target = ORIGIN_FILE;
	}
	if (file->core_address) {
		if (ixit_address_parse(slice_of(file->core_address), 5060, &ixit->core, err))
			return err_prefix(err, -EINVAL, "%s:%d: core.address", path,
					  value_line(root, "core", "address"));
		ixit->origin_core = ORIGIN_FILE;
	}
	return 0;
}

const char *ixit_path(const char *path, const char *name, struct arena *arena)
{
	const char *slash = strrchr(path, '/');

	if (!name || name[0] == '/' || !slash)
		return name;
	return arena_printf(arena, "%.*s/%s", (int)(slash - path), path, name);
}

static int take_user(const char *path, int line, struct ixit_file *file, size_t number, struct arena *arena,
		     struct err *err)
{
	struct ixit_user *user = &file->users[number];
	struct sip_uri uri;
	size_t i;

	if (sip_uri_read(slice_of(user->address), &uri, NULL) < 0 || !uri.user.len || !uri.host.len)
		return err_set(err, -EINVAL, "%s:%d: users.%zu.address is no IM address, expected sip:NAME@DOMAIN",
			       path, line, number + 1);
	for (i = 0; i < number; i++)
		if (sip_uri_same_user(slice_of(file->users[i].address), slice_of(user->address)))
			return err_set(err, -EINVAL, "%s:%d: users.%zu.address is that of users.%zu, expected another",
				       path, line, number + 1, i + 1);
	if (!user->private_id)
		user->private_id = arena_copy(arena, uri.user).p;
	user->password_file = ixit_path(path, user->password_file, arena);
	return ixit_keys_read(path, line, number + 1, user, arena, err);
}

static int take_users(const char *path, const struct value *root, struct ixit_file *file, struct ixit *ixit,
		      struct err *err)
{
	const struct value *users = value_get(root, "users");
	size_t i;
	int result = 0;

	for (i = 0; i < file->user_count && !result; i++)
		result = take_user(path, users->items[i].line, file, i, &ixit->arena, err);
	ixit->users = file->users;
	ixit->user_count = file->user_count;
	return result;
}

/* The domain of the users who are made up: a host and no more. */
static int check_domain(const char *path, const struct value *root, const char *domain, struct err *err)
{
	struct buf text = {0};
	struct sip_uri uri;
	bool fine;

	buf_printf(&text, "sip:x@%s", domain);
	fine = sip_uri_read(buf_slice(&text), &uri, NULL) == 0 && uri.host.len == strlen(domain);
	buf_done(&text);
	return fine ? 0
		    : err_set(err, -EINVAL, "%s:%d: domain is no domain, expected such as \"im.example\"", path,
			      value_get(root, "domain")->line);
}

static int take_file(const struct options *options, struct ixit *ixit, struct err *err)
{
	const char *path = options->ixit;
	struct ixit_file file = {.role = ixit->iut_role,
				 .domain = ixit->domain,
				 .core_trusted = ixit->core_trusted,
				 .quiet_ms = (int64_t)(ixit->timers.quiet / MILLISECOND),
				 .answer_ms = (int64_t)(ixit->timers.answer / MILLISECOND),
				 .dns_ms = (int64_t)(ixit->dns_timeout / MILLISECOND)};
	const struct value *root;
	int result = value_read(path, &ixit->arena, &root, err);

	ixit->path = path;
	ixit->root = result ? NULL : root;
	if (!result)
		result = schema_read(&file_schema, path, root, &file, &ixit->arena, err);
	if (!result)
		result = ixit_hosts_read(options, path, file.hosts, ixit, err);
	ixit->iut_transport = transports[file.transport];
	ixit->iut_transport_given = value_get(value_get(result ? NULL : root, "iut"), "transport") != NULL;
	if (!result)
		result = take_addresses(path, root, &file, ixit, err);
	if (!result)
		result = take_users(path, root, &file, ixit, err);
	if (!result)
		result = check_domain(path, root, file.domain, err);
	if (result)
		return result;
	if (file.deposit == IXIT_DEPOSIT_HOOK && !file.hooks.deposit)
		return err_set(err, -EINVAL, "%s:%d: deposit is \"hook\", expected hooks.deposit", path,
			       value_get(root, "deposit")->line);
	ixit->iut_role = (enum actor)file.role;
	if (value_get(value_get(root, "iut"), "role"))
		ixit->origin_role = ORIGIN_FILE;
	ixit_tls_take_file(path, &file.tls, ixit);
	ixit->dns = file.dns;
	ixit->dns_timeout = (uint64_t)file.dns_ms * MILLISECOND;
	ixit->core_trusted = file.core_trusted;
	ixit->orderly = file.orderly;
	ixit->ims = file.ims;
	ixit->direct = file.direct;
	ixit->domain = file.domain;
	ixit->timers = (struct timers){(uint64_t)file.quiet_ms * MILLISECOND, (uint64_t)file.answer_ms * MILLISECOND};
	ixit->deposit = (enum ixit_deposit)file.deposit;
	ixit->hooks = file.hooks;
	ixit->report = file.report;
	return 0;
}

static const char *const *texts_of(const struct option_list *list, struct arena *arena)
{
	const char **texts = arena_alloc(arena, (list->count + 1) * sizeof(*texts));

	for (size_t i = 0; i < list->count; i++)
		texts[i] = list->items[i];
	return texts;
}

static int take_flags(const struct options *options, struct ixit *ixit, struct err *err)
{
	if (options->dns.count) {
		ixit->dns = texts_of(&options->dns, &ixit->arena);
		ixit->origin_dns = options->origin[OPTION_DNS];
	}
	if (options->origin[OPTION_IUT] != ORIGIN_DEFAULT) {
		ixit->iut_role = strcmp(options->iut, "client") ? ACTOR_SERVER : ACTOR_CLIENT;
		ixit->origin_role = options->origin[OPTION_IUT];
	}
	if (options->direct) {
		ixit->direct = true;
		ixit->origin_direct = options->origin[OPTION_DIRECT];
	}
	if (ixit_tls_take_flags(options, ixit, err))
		return -EINVAL;
	if (options->target) {
		if (ixit_target_parse_uri(slice_of(options->target), ixit, err))
			return err_prefix(err, -EINVAL, "--target");
		ixit->iut_known = true;
		ixit->origin_target = options->origin[OPTION_TARGET];
	}
	if (options->core) {
		if (ixit_address_parse(slice_of(options->core), 5060, &ixit->core, err))
			return err_prefix(err, -EINVAL, "--core");
		ixit->origin_core = options->origin[OPTION_CORE];
	}
	return 0;
}

/* A client comes to us: with hooks that make it act, or users who are its own, it is there. */
static bool client_is_described(const struct ixit *ixit)
{
	const struct ixit_hooks *hooks = &ixit->hooks;

	return hooks->start || hooks->on_register || hooks->tester || ixit->user_count;
}

/* Who sits there is on this host. */
/* Where users come to the server themselves, there is nothing that a core could be. */
static int check_direct(const struct ixit *ixit, struct err *err)
{
	if (!ixit->direct)
		return 0;
	if (ixit->ims)
		return err_set(
			err, -EINVAL,
			"there is no core (core.direct, --direct), and it is an IMS (core.ims): expected one of them");
	if (ixit->iut_role == ACTOR_CLIENT)
		return err_set(
			err, -EINVAL,
			"core.direct and --direct are for a server: a client comes to the harness directly anyway");
	return 0;
}

bool ixit_meets(const struct ixit *ixit, enum condition condition)
{
	return condition == CONDITION_IMS ? ixit->ims : condition == CONDITION_CORE ? !ixit->direct : true;
}

int ixit_load(struct ixit *ixit, const struct options *options, struct err *err)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1};
	int result = 0;

	*ixit = (struct ixit){.core = net_addr_v4(loopback, 0),
			      .core_trusted = true,
			      .domain = "im.example",
			      .dns_timeout = 2 * SECOND,
			      .timers = TIMERS_DEFAULT};
	if (options->ixit)
		result = take_file(options, ixit, err);
	else
		result = ixit_hosts_read(options, NULL, NULL, ixit, err);
	if (!result)
		result = take_flags(options, ixit, err);
	if (!result && options->ics)
		result = ics_read(options->ics, &ixit->arena, &ixit->ics, err);
	if (!result)
		result = ixit_tls_finish(options, ixit, err);
	if (!result)
		result = check_direct(ixit, err);
	if (!value_get(value_get(ixit->root, "iut"), "orderly"))
		ixit->orderly = net_addr_is_loopback(&ixit->core);
	ixit->reference = !ixit->iut_known && !(ixit->iut_role == ACTOR_CLIENT && client_is_described(ixit));
	return result;
}

const char *ixit_password(struct arena *arena, const struct ixit_user *user)
{
	char line[PASSWORD_MAX];

	if (!user->password_file || password_read(user->password_file, line, NULL) < 0)
		return NULL;
	return arena_copy(arena, slice_of(line)).p;
}

void ixit_done(struct ixit *ixit)
{
	arena_done(&ixit->arena);
	*ixit = (struct ixit){0};
}
