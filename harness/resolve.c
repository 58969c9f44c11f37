/* SPDX-License-Identifier: MIT */
#include "harness/resolve.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct resolving {
	const struct resolve_source *source;
	const struct resolve_query *query;
	struct arena arena;
	struct resolve_target *targets;
	size_t count;
	uint64_t random;
	struct err err; /* the last failure; void where a target is found */
};

static const struct {
	const char *service, *prefix;
	enum net_transport transport;
} services[] = {
	{"SIP+D2U", "_sip._udp", NET_UDP},
	{"SIP+D2T", "_sip._tcp", NET_TCP},
	{"SIPS+D2T", "_sips._tcp", NET_TLS},
};

uint16_t resolve_default_port(enum net_transport transport)
{
	return transport == NET_TLS ? 5061 : 5060;
}

static bool is_usable(const struct resolving *r, enum net_transport transport)
{
	const struct resolve_query *query = r->query;

	return query->transport_given ? transport == query->transport : (query->transports >> transport & 1) != 0;
}

static int ask(struct resolving *r, enum resolve_type type, const char *name, struct resolve_records *ret)
{
	*ret = (struct resolve_records){0};
	return r->source->ask(r->source->arg, type, name, &r->arena, ret, &r->err);
}

static void add(struct resolving *r, const struct net_addr *addr, uint16_t port, enum net_transport transport)
{
	struct resolve_target target = {*addr, transport};

	target.addr.port = port;
	for (size_t i = 0; i < r->count; i++)
		if (r->targets[i].transport == transport && net_addr_eq(&r->targets[i].addr, &target.addr))
			return;
	if (r->count < RESOLVE_TARGETS_MAX)
		r->targets[r->count++] = target;
}

/* The last step: A or AAAA. */
static int add_hosts(struct resolving *r, const char *name, uint16_t port, enum net_transport transport)
{
	bool v6 = r->query->family == NET_FAMILY_V6;
	struct resolve_records hosts;
	char text[128];
	int rc = ask(r, v6 ? RESOLVE_AAAA : RESOLVE_A, name, &hosts);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < hosts.count; i++)
		add(r, &hosts.list[i].addr, port, transport);
	if (hosts.count)
		return 0;
	text_clean_fixed(text, sizeof(text), slice_of(name));
	return err_set(&r->err, -ENOENT, hosts.no_name ? "%s: no such name (NXDOMAIN)" : "%s: has no %s address", text,
		       v6 ? "IPv6" : "IPv4");
}

/* RFC 2782: of those of the lowest priority that are left one at random, weighed; those of weight 0 come first in the
 * running sum. */
static size_t next_of(struct resolving *r, const struct resolve_records *srv, size_t from)
{
	uint64_t sum = 0, mark;
	size_t i, last = from;

	for (i = from; i < srv->count && srv->list[i].order == srv->list[from].order; i++)
		sum += srv->list[i].weight;
	mark = sum ? rng_below(&r->random, sum + 1) : 0;
	for (i = from, sum = 0; i < srv->count && srv->list[i].order == srv->list[from].order; i++) {
		sum += srv->list[i].weight;
		last = i;
		if (sum >= mark)
			break;
	}
	return last;
}

static int by_order(const void *a, const void *b)
{
	const struct resolve_record *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight < y->weight ? -1 : 1;
	return x->port != y->port ? (x->port < y->port ? -1 : 1) : strcmp(x->name, y->name);
}

static void sort(struct resolve_records *records)
{
	if (records->count)
		qsort(records->list, records->count, sizeof(*records->list), by_order);
}

static void move_to(struct resolve_records *records, size_t from, size_t to)
{
	struct resolve_record record = records->list[from];

	memmove(&records->list[to + 1], &records->list[to], (from - to) * sizeof(record));
	records->list[to] = record;
}

/* 0: there were such records, and each that could be found is a target. -ENOENT: none of them, or none that leads
 * anywhere. */
static int add_services(struct resolving *r, const char *name, enum net_transport transport)
{
	struct resolve_records srv;
	size_t before = r->count;
	char text[128];
	int rc = ask(r, RESOLVE_SRV, name, &srv);

	if (rc < 0)
		return rc;
	text_clean_fixed(text, sizeof(text), slice_of(name));
	if (!srv.count)
		return err_set(&r->err, -ENOENT, "%s: has no SRV record", text);
	if (srv.count == 1 && !*srv.list[0].name)
		return err_set(&r->err, -ENOTSUP, "%s: its SRV record says that the service is not offered", text);
	sort(&srv);
	for (size_t i = 0; i < srv.count; i++) {
		move_to(&srv, next_of(r, &srv, i), i);
		rc = add_hosts(r, srv.list[i].name, srv.list[i].port, transport);
	}
	return r->count > before ? 0 : rc;
}

static int transport_of(const struct resolving *r, const struct resolve_record *naptr)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (slice_is_nocase(slice_of(naptr->service), services[i].service) &&
		    slice_is_nocase(slice_of(naptr->flags), "s") && is_usable(r, services[i].transport))
			return services[i].transport;
	return -1;
}

static void note_service(struct buf *seen, const struct resolve_record *naptr)
{
	buf_puts(seen, seen->len ? ", " : "");
	text_clean(seen, slice_of(naptr->service), 32);
}

/* RFC 3263 4.1: the records say which transports there are, and which the server likes best. */
static int add_naptr(struct resolving *r, struct resolve_records *naptr)
{
	struct buf seen = {0};
	bool usable = false;
	char text[128];
	int rc = 0;

	sort(naptr);
	for (size_t i = 0; i < naptr->count; i++) {
		int transport = transport_of(r, &naptr->list[i]);

		note_service(&seen, &naptr->list[i]);
		if (transport < 0)
			continue;
		usable = true;
		rc = add_services(r, naptr->list[i].name, (enum net_transport)transport);
	}
	if (!usable)
		rc = err_set(&r->err, -ENOTSUP, "%s: offers %.200s, and none of these transports can be used here",
			     text_clean_fixed(text, sizeof(text), slice_of(r->query->host)), seen.p);
	buf_done(&seen);
	return r->count ? 0 : rc;
}

/* -ENOENT: no transport has SRV records; -ENOTSUP: those that have say that the service is not offered. */
static int by_service_names(struct resolving *r)
{
	struct err refused = {0};

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		int rc = -ENOENT;

		if (is_usable(r, services[i].transport))
			rc = add_services(r, arena_printf(&r->arena, "%s.%s", services[i].prefix, r->query->host),
					  services[i].transport);
		if (rc < 0 && rc != -ENOENT && rc != -ENOTSUP)
			return rc;
		if (rc == -ENOTSUP)
			refused = r->err;
	}
	if (r->count)
		return 0;
	if (refused.code)
		r->err = refused;
	return refused.code ? refused.code : -ENOENT;
}

static int follow(struct resolving *r)
{
	const struct resolve_query *query = r->query;
	enum net_transport transport = query->transport_given ? query->transport : NET_UDP;
	struct resolve_records naptr = {0};
	int rc = 0;

	if (query->port)
		return add_hosts(r, query->host, query->port, transport);
	if (!query->transport_given)
		rc = ask(r, RESOLVE_NAPTR, query->host, &naptr);
	if (rc == 0)
		rc = naptr.count ? add_naptr(r, &naptr) : by_service_names(r);
	if (rc == -ENOENT && !naptr.count)
		rc = add_hosts(r, query->host, resolve_default_port(transport), transport);
	return rc;
}

int resolve_name(const struct resolve_source *source, const struct resolve_query *query,
		 struct resolve_target targets[RESOLVE_TARGETS_MAX], size_t *ret_count, struct err *err)
{
	struct resolving r = {.source = source, .query = query, .targets = targets, .random = query->seed};
	int rc = follow(&r);

	arena_done(&r.arena);
	*ret_count = r.count;
	if (r.count)
		return 0;
	if (err)
		*err = r.err;
	return rc;
}
