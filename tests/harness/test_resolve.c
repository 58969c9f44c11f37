/* SPDX-License-Identifier: MIT
 *
 * RFC 3263 and RFC 2782 over records that the test holds. Real name servers: tests/network/names.py. */
#include "harness/resolve.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct entry {
	enum resolve_type type;
	const char *name;
	struct resolve_record record; /* of A and AAAA: the address as text in `service` */
};

struct zone {
	const struct entry *entries; /* ends with name NULL */
	char asked[512];
	bool silent;
};

static int ask(void *arg, enum resolve_type type, const char *name, struct arena *arena, struct resolve_records *ret,
	       struct err *err)
{
	static const char *const types[] = {"NAPTR", "SRV", "A", "AAAA"};
	struct zone *zone = arg;
	size_t len = strlen(zone->asked);

	snprintf(zone->asked + len, sizeof(zone->asked) - len, "%s%s %s", len ? ", " : "", types[type], name);
	if (zone->silent)
		return err_set(err, -ETIMEDOUT, "%s: no name server answers the question for %s", name, types[type]);
	ret->list = arena_alloc(arena, 32 * sizeof(*ret->list));
	ret->no_name = true;
	for (const struct entry *e = zone->entries; e->name; e++) {
		if (strcmp(e->name, name) != 0)
			continue;
		ret->no_name = false;
		if (e->type != type)
			continue;
		ret->list[ret->count] = e->record;
		if (type == RESOLVE_A || type == RESOLVE_AAAA)
			net_addr_parse_ip(slice_of(e->record.service), 0, &ret->list[ret->count].addr);
		ret->count++;
	}
	return 0;
}

static struct resolve_query query_for(const char *host)
{
	return (struct resolve_query){
		.host = host, .transports = 1u << NET_UDP | 1u << NET_TCP, .family = NET_FAMILY_V4, .seed = 1};
}

/* Targets as "udp 10.0.0.1:5060, …", or the error's text. */
static const char *resolve(struct zone *zone, const struct resolve_query *query, int expected)
{
	static char text[1024];
	struct resolve_target targets[RESOLVE_TARGETS_MAX];
	struct resolve_source source = {ask, zone};
	char addr[NET_ADDR_TEXT_MAX];
	struct err err = {0};
	size_t count, len;
	int rc = resolve_name(&source, query, targets, &count, &err);

	cr_assert_eq(rc, expected, "%d: %s", rc, err.text);
	text[0] = '\0';
	for (size_t i = 0; rc == 0 && i < count; i++) {
		len = strlen(text);
		snprintf(text + len, sizeof(text) - len, "%s%s %s", i ? ", " : "",
			 net_transport_name(targets[i].transport), net_addr_format(addr, &targets[i].addr));
	}
	return rc < 0 ? strcpy(text, err.text) : text;
}

/* clang-format off */
static const struct entry full[] = {
	{RESOLVE_NAPTR, "im.example", {.order = 20, .weight = 10, .service = "SIP+D2U", .flags = "s", .name = "_sip._udp.im.example"}},
	{RESOLVE_NAPTR, "im.example", {.order = 10, .weight = 20, .service = "sip+d2t", .flags = "S", .name = "_sip._tcp.im.example"}},
	{RESOLVE_NAPTR, "im.example", {.order = 10, .weight = 10, .service = "SIPS+D2T", .flags = "s", .name = "_sips._tcp.im.example"}},
	{RESOLVE_SRV, "_sip._udp.im.example", {.order = 2, .weight = 0, .port = 5072, .name = "b.im.example"}},
	{RESOLVE_SRV, "_sip._udp.im.example", {.order = 1, .weight = 0, .port = 5071, .name = "a.im.example"}},
	{RESOLVE_SRV, "_sip._tcp.im.example", {.order = 1, .weight = 0, .port = 5073, .name = "a.im.example"}},
	{RESOLVE_A, "im.example", {.service = "127.0.0.9"}},
	{RESOLVE_A, "a.im.example", {.service = "127.0.0.1"}},
	{RESOLVE_A, "a.im.example", {.service = "127.0.0.2"}},
	{RESOLVE_A, "b.im.example", {.service = "127.0.0.3"}},
	{RESOLVE_AAAA, "b.im.example", {.service = "::1"}},
	{.name = NULL},
};
/* clang-format on */

Test(harness_resolve, naptr_then_srv_then_a)
{
	struct zone zone = {full};
	struct resolve_query query = query_for("im.example");

	cr_expect_str_eq(resolve(&zone, &query, 0), "tcp 127.0.0.1:5073, tcp 127.0.0.2:5073, udp 127.0.0.1:5071, "
						    "udp 127.0.0.2:5071, udp 127.0.0.3:5072");
	cr_expect_str_eq(zone.asked, "NAPTR im.example, SRV _sip._tcp.im.example, A a.im.example, SRV "
				     "_sip._udp.im.example, A a.im.example, A b.im.example");
}

Test(harness_resolve, a_transport_that_is_given_asks_for_no_naptr)
{
	struct zone zone = {full};
	struct resolve_query query = query_for("im.example");

	query.transport_given = true;
	query.transport = NET_UDP;
	cr_expect_str_eq(resolve(&zone, &query, 0), "udp 127.0.0.1:5071, udp 127.0.0.2:5071, udp 127.0.0.3:5072");
	query.family = NET_FAMILY_V6;
	cr_expect_str_eq(resolve(&zone, &query, 0), "udp [::1]:5072");
}

Test(harness_resolve, a_port_asks_for_the_address_only)
{
	struct zone zone = {full};
	struct resolve_query query = query_for("im.example");

	query.port = 5090;
	cr_expect_str_eq(resolve(&zone, &query, 0), "udp 127.0.0.9:5090");
	cr_expect_str_eq(zone.asked, "A im.example");
}

Test(harness_resolve, without_naptr_the_names_of_services_are_asked)
{
	struct zone zone = {full + 3};
	struct resolve_query query = query_for("im.example");

	cr_expect_str_eq(resolve(&zone, &query, 0), "udp 127.0.0.1:5071, udp 127.0.0.2:5071, udp 127.0.0.3:5072, "
						    "tcp 127.0.0.1:5073, tcp 127.0.0.2:5073");
}

Test(harness_resolve, without_srv_the_name_itself_is_the_host)
{
	struct zone zone = {full + 6};
	struct resolve_query query = query_for("im.example");

	cr_expect_str_eq(resolve(&zone, &query, 0), "udp 127.0.0.9:5060");
	query.transport_given = true;
	query.transport = NET_TLS;
	cr_expect_str_eq(resolve(&zone, &query, 0), "tls 127.0.0.9:5061");
}

Test(harness_resolve, what_can_not_be_reached_is_said)
{
	static const struct entry sctp[] = {
		{RESOLVE_NAPTR, "s.example", {.service = "SIP+D2S", .flags = "s", .name = "_sip._sctp.s.example"}},
		{RESOLVE_NAPTR, "s.example", {.order = 1, .service = "SIP+D2U", .flags = "a", .name = "s.example"}},
		{RESOLVE_SRV, "_sip._udp.dot.example", {.name = ""}},
		{RESOLVE_A, "dot.example", {.service = "127.0.0.1"}},
		{RESOLVE_AAAA, "six.example", {.service = "::1"}},
		{.name = NULL},
	};
	struct zone zone = {sctp};
	struct resolve_query query = query_for("s.example");

	cr_expect_str_eq(resolve(&zone, &query, -ENOTSUP),
			 "s.example: offers SIP+D2S, SIP+D2U, and none of these transports can be used here");
	query.host = "dot.example";
	cr_expect_str_eq(resolve(&zone, &query, -ENOTSUP),
			 "_sip._udp.dot.example: its SRV record says that the service is not offered");
	query.host = "six.example";
	cr_expect_str_eq(resolve(&zone, &query, -ENOENT), "six.example: has no IPv4 address");
	query.host = "no\x01.example";
	cr_expect_str_eq(resolve(&zone, &query, -ENOENT), "no\\x01.example: no such name (NXDOMAIN)");
	zone = (struct zone){sctp, .silent = true};
	query.host = "s.example";
	cr_expect_str_eq(resolve(&zone, &query, -ETIMEDOUT),
			 "s.example: no name server answers the question for NAPTR");
	cr_expect_str_eq(zone.asked, "NAPTR s.example", "silence is not asked again");
}

Test(harness_resolve, a_service_with_a_broken_host_leaves_the_others)
{
	struct zone zone = {(const struct entry[]){
		{RESOLVE_SRV, "_sip._udp.im.example", {.order = 1, .port = 5060, .name = "gone.example"}},
		{RESOLVE_SRV, "_sip._udp.im.example", {.order = 2, .port = 5060, .name = "b.example"}},
		{RESOLVE_A, "b.example", {.service = "127.0.0.3"}},
		{.name = NULL},
	}};
	struct resolve_query query = query_for("im.example");

	cr_expect_str_eq(resolve(&zone, &query, 0), "udp 127.0.0.3:5060");
}

/* RFC 2782: 30 to 10 to 0 shows in how often each comes first; a seed gives one order. */
Test(harness_resolve, weights_by_the_seed)
{
	struct zone zone = {(const struct entry[]){
		{RESOLVE_SRV, "_sip._udp.im.example", {.weight = 30, .port = 1, .name = "a.example"}},
		{RESOLVE_SRV, "_sip._udp.im.example", {.weight = 10, .port = 2, .name = "a.example"}},
		{RESOLVE_SRV, "_sip._udp.im.example", {.weight = 0, .port = 3, .name = "a.example"}},
		{RESOLVE_A, "a.example", {.service = "127.0.0.1"}},
		{.name = NULL},
	}};
	struct resolve_query query = query_for("im.example");
	unsigned first[4] = {0};
	char once[256];

	for (query.seed = 0; query.seed < 400; query.seed++) {
		const char *text = resolve(&zone, &query, 0);

		zone.asked[0] = '\0';
		first[text[strlen("udp 127.0.0.1:")] - '0']++;
	}
	cr_expect(first[1] > 240 && first[1] < 340, "%u of 400", first[1]);
	cr_expect(first[2] > 60 && first[2] < 150, "%u of 400", first[2]);
	cr_expect(first[3] > 0 && first[3] < 40, "%u of 400", first[3]);
	query.seed = 77;
	strcpy(once, resolve(&zone, &query, 0));
	cr_expect_str_eq(resolve(&zone, &query, 0), once);
}

Test(harness_resolve, more_than_enough_targets_are_cut)
{
	struct entry many[40] = {{.name = NULL}};
	char ip[40][20];
	struct zone zone = {many};
	struct resolve_query query = query_for("im.example");

	for (int i = 0; i < 30; i++) {
		snprintf(ip[i], sizeof(ip[i]), "127.0.1.%d", i + 1);
		many[i] = (struct entry){RESOLVE_A, "im.example", {.service = ip[i]}};
	}
	query.port = 5060;
	cr_expect_not_null(strstr(resolve(&zone, &query, 0), "127.0.1.16:5060"));
	cr_expect_null(strstr(resolve(&zone, &query, 0), "127.0.1.17:5060"));
}

Test(harness_resolve, name_servers_that_are_none)
{
	static const char *const bad[] = {"127.0.0.1:5353", "ns.example", NULL};
	struct resolver *resolver;
	struct err err;

	cr_expect_eq(resolver_new(bad, 1000000, &resolver, &err), -EINVAL);
	cr_expect_eq(strncmp(err.text, "name server: ", 13), 0, "%s", err.text);
}
