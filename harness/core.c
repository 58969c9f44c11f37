/* SPDX-License-Identifier: MIT */
#include "harness/core.h"
#include "base/map.h"
#include "base/mem.h"
#include "sip/uri.h"
#include "sip/value.h"

#include <stdlib.h>

struct seat {
	const struct core_seat_events *events;
	void *arg;         /* NULL: left */
	struct seat *next; /* of the same one */
	uint32_t asked;    /* requests that came to it and are not over: until then it stays */
	uint32_t key_len;
	char key[];
};

struct core {
	struct core_config config;
	char *domain;
	struct endpoint *endpoint;
	struct map seats;   /* user key, which the seat has → struct seat */
	struct map sitting; /* bytes of arg → the first of his seats */
	struct buf key;
	unsigned lanes; /* given away */
};

/* --- seats --- */

static struct slice key_of(struct core *core, struct slice uri)
{
	buf_clear(&core->key);
	return sip_uri_user_key(uri, &core->key) ? buf_slice(&core->key) : SLICE_NONE;
}

static struct seat *seat_find(struct core *core, struct slice uri)
{
	struct slice key = uri.len ? key_of(core, uri) : SLICE_NONE;
	struct seat *seat = key.len ? map_get(&core->seats, key) : NULL;

	return seat && seat->arg ? seat : NULL;
}

static struct slice arg_key(void *const *arg)
{
	return (struct slice){(const char *)arg, sizeof(*arg)};
}

static struct slice seat_key(const struct seat *seat)
{
	return (struct slice){seat->key, seat->key_len};
}

static struct seat *seat_new(struct core *core, struct slice key)
{
	struct seat *seat = mem_alloc(sizeof(*seat) + key.len);

	seat->key_len = (uint32_t)key.len;
	memcpy(seat->key, key.p, key.len);
	map_set(&core->seats, seat_key(seat), seat);
	return seat;
}

/* A seat that was left goes with the last request that came to it. */
static void seat_drop(struct core *core, struct seat *seat)
{
	if (seat->arg || seat->asked)
		return;
	map_remove(&core->seats, seat_key(seat));
	free(seat);
}

/* From the one who has it, if somebody has. */
static void seat_leave(struct core *core, struct seat *seat)
{
	struct seat *first = seat->arg ? map_get(&core->sitting, arg_key(&seat->arg)) : NULL, **at = &first;

	if (!first)
		return;
	while (*at != seat)
		at = &(*at)->next;
	*at = seat->next;
	if (first)
		map_set(&core->sitting, arg_key(&seat->arg), first);
	else
		map_remove(&core->sitting, arg_key(&seat->arg));
}

bool core_seat_take(struct core *core, struct slice uri, const struct core_seat_events *events, void *arg)
{
	struct slice key = key_of(core, uri);
	struct seat *seat;

	if (!key.len)
		return false;
	seat = map_get(&core->seats, key);
	if (!seat)
		seat = seat_new(core, key);
	seat_leave(core, seat);
	seat->events = events;
	seat->arg = arg;
	seat->next = map_set(&core->sitting, arg_key(&arg), seat);
	return true;
}

void core_seats_leave(struct core *core, void *arg)
{
	struct seat *seat = map_remove(&core->sitting, arg_key(&arg)), *next;

	for (; seat; seat = next) {
		next = seat->next;
		seat->arg = NULL;
		seat_drop(core, seat);
	}
}

/* A proxy goes by the Request-URI; To helps where a peer put something of its own there. */
static struct seat *seat_for(struct core *core, const struct sip_msg *msg)
{
	struct seat *seat = seat_find(core, msg->uri);
	struct sip_addr to;

	if (!seat && sip_msg_addr(msg, SIP_HEADER_TO, &to) == 0)
		seat = seat_find(core, to.uri);
	return seat;
}

/* --- what the IUT sends --- */

void core_refuse(struct server_txn *txn, unsigned status)
{
	struct buf text = {0};

	sip_text_answer(&text, server_txn_request(txn), status, "core");
	sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_answer(txn, buf_slice(&text), NULL);
	buf_done(&text);
}

/* A request inside a dialog whose user has gone finds no call; OPTIONS to the core itself is a question after life. */
static unsigned status_for_nobody(const struct sip_msg *msg)
{
	if (msg->method == SIP_METHOD_OPTIONS)
		return 200;
	return sip_msg_tag(msg, SIP_HEADER_TO).p ? 481 : 404;
}

/* Our own request sent back as it was: to answer it would be to answer ourselves. */
static bool is_echo(const struct core *core, const struct sip_msg *msg)
{
	char host[NET_ADDR_TEXT_MAX];
	struct sip_via via;

	return sip_msg_via(msg, &via) == 0 && via.port.p &&
	       slice_is(slice_range(via.host.p, via.port.p + via.port.len), net_addr_format(host, core_addr(core)));
}

static void on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
	struct core *core = arg;
	struct seat *seat = seat_for(core, msg);

	if (is_echo(core, msg))
		return;
	if (!seat) {
		if (txn)
			core_refuse(txn, status_for_nobody(msg));
		return;
	}
	if (txn) {
		server_txn_set_arg(txn, seat);
		seat->asked++;
	}
	seat->events->on_request(seat->arg, txn, msg);
}

static void on_cancel(void *arg, struct server_txn *invite)
{
	struct seat *seat = server_txn_arg(invite);

	if (!seat)
		return;
	if (seat->arg)
		seat->events->on_cancel(seat->arg, invite);
	else
		core_refuse(invite, 487);
}

static void on_txn_end(void *arg, struct server_txn *txn, bool ack_missing)
{
	struct core *core = arg;
	struct seat *seat = server_txn_arg(txn);

	if (!seat)
		return;
	seat->asked--;
	if (seat->arg)
		seat->events->on_txn_end(seat->arg, txn, ack_missing);
	else
		seat_drop(core, seat);
}

static void on_tap(void *arg, const struct event_path *path, struct slice bytes, bool sent)
{
	struct core *core = arg;

	if (core->config.on_tap)
		core->config.on_tap(core->config.arg, path, bytes, sent);
}

static void on_tls_failed(void *arg, const struct net_addr *peer, const struct err *err)
{
	struct core *core = arg;

	if (core->config.on_tls_failed)
		core->config.on_tls_failed(core->config.arg, peer, err);
}

static const struct endpoint_events endpoint_events = {
	.on_tls_failed = on_tls_failed,
	.on_request = on_request,
	.on_cancel = on_cancel,
	.on_txn_end = on_txn_end,
	.on_tap = on_tap,
};

void core_answer_head(struct core *core, struct buf *to, const struct sip_msg *request, unsigned status,
		      const char *to_tag)
{
	bool dialog = request->method == SIP_METHOD_INVITE && !sip_msg_tag(request, SIP_HEADER_TO).p;
	char host[NET_ADDR_TEXT_MAX];

	sip_text_answer(to, request, status, to_tag);
	if (dialog && status > 100 && status < 300 && !core->config.direct)
		sip_text_header(to, "Record-Route", "<%s:mt@%s;lr%s>", core_scheme(core),
				net_addr_format(host, core_addr(core)), core_transport_text(core));
}

/* --- what users send --- */

static enum net_transport transport_for(const struct core *core, const struct core_request *request)
{
	enum { LINES_TO_COME = 220 }; /* Via and Route, and a little room as 18.1.1 asks for */

	if (request->dst && core->config.transport != NET_TLS)
		return request->transport;
	if (core->config.transport == NET_UDP && core->config.large_by_tcp &&
	    request->raw.len + LINES_TO_COME > SIP_TEXT_UDP_MAX)
		return NET_TCP;
	return core->config.transport;
}

/* First hop is the IUT; the second is the core again, so that a server which passes requests on sends them home. */
static void write_routes(struct core *core, struct buf *to, enum net_transport transport)
{
	char host[NET_ADDR_TEXT_MAX], word[SIP_TEXT_ID_MAX];
	const char *scheme = core_scheme(core), *more = core->config.sips ? "" : sip_text_transport(transport);

	sip_text_header(to, "Route", "<%s:%s;lr%s>", scheme, net_addr_format(host, &core->config.target), more);
	sip_text_word(core_world(core), word);
	sip_text_header(to, "Route", "<%s:odi-%s@%s;lr%s>", scheme, word, net_addr_format(host, core_addr(core)),
			core_transport_text(core));
}

const char *core_tag(const struct core *core)
{
	return core->config.feature_tag;
}

/* The head of a request with the profile's tag, then its body as it is. */
static void add_with_tag(const struct core *core, struct buf *to, struct slice rest)
{
	const char *body = slice_find(rest, SLICE("\r\n\r\n")), *tag;
	struct slice head = body ? slice_range(rest.p, body) : rest;

	while (strcmp(core_tag(core), CORE_TAG) && (tag = slice_find(head, SLICE(CORE_TAG)))) {
		buf_add(to, slice_range(head.p, tag));
		buf_puts(to, core_tag(core));
		head = slice_range(tag + strlen(CORE_TAG), head.p + head.len);
	}
	buf_add(to, slice_range(head.p, rest.p + rest.len));
}

int core_forward(struct core *core, const struct core_request *request, endpoint_answer_fn *on_answer, void *arg,
		 struct client_txn **ret_txn, struct err *err)
{
	enum net_transport transport = transport_for(core, request);
	const struct net_addr *dst = request->dst ? request->dst : &core->config.target;
	const char *end = slice_find(request->raw, SLICE("\n"));
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};
	int rc;

	if (!end)
		return err_set(err, -EBADMSG, "a request without a first line");
	end++;
	buf_add(&text, slice_range(request->raw.p, end));
	sip_text_via(&text, transport, core_addr(core), sip_text_branch(core_world(core), branch));
	if (request->by_route && !core->config.direct)
		write_routes(core, &text, transport);
	add_with_tag(core, &text, slice_range(end, request->raw.p + request->raw.len));
	rc = endpoint_request(
		core->endpoint,
		&(struct endpoint_request){transport, dst, buf_slice(&text), on_answer, arg, request->lane}, ret_txn,
		err);
	buf_done(&text);
	return rc;
}

unsigned core_lane(struct core *core)
{
	return ++core->lanes;
}

void core_send(struct core *core, enum net_transport transport, const struct net_addr *dst, struct slice raw)
{
	endpoint_send(core->endpoint, core->config.transport == NET_TLS ? NET_TLS : transport, dst, raw, NULL);
}

size_t core_working(const struct core *core)
{
	return endpoint_working(core->endpoint);
}

/* --- its own URIs --- */

const char *core_scheme(const struct core *core)
{
	return core->config.sips ? "sips" : "sip";
}

/* RFC 3263 4.1: without a word on it an address is one for UDP. RFC 5630 4: a sips URI says it all. */
const char *core_transport_text(const struct core *core)
{
	return core->config.sips ? "" : sip_text_transport(core->config.transport);
}

/* --- life --- */

int core_new(struct world *world, const struct core_config *config, struct core **ret_core, struct err *err)
{
	struct core *core = mem_alloc(sizeof(*core));
	int rc;

	core->config = *config;
	core->seats.lent = true;
	if (!core->config.feature_tag)
		core->config.feature_tag = CORE_TAG;
	core->domain = mem_strdup(config->domain);
	core->config.domain = core->domain;
	rc = endpoint_new(world, &config->bind, &endpoint_events, core, &core->endpoint, err);
	if (rc < 0) {
		core_free(core);
		return rc;
	}
	*ret_core = core;
	return 0;
}

void core_free(struct core *core)
{
	size_t at = 0;
	void *seat;

	if (!core)
		return;
	if (core->endpoint)
		endpoint_free(core->endpoint);
	while (map_next(&core->seats, &at, NULL, &seat))
		free(seat);
	map_done(&core->seats);
	map_done(&core->sitting);
	buf_done(&core->key);
	free(core->domain);
	free(core);
}

void core_set_target(struct core *core, const struct net_addr *target, enum net_transport transport, bool large_by_tcp)
{
	core->config.target = *target;
	core->config.transport = transport;
	core->config.large_by_tcp = large_by_tcp;
}

const struct net_addr *core_addr(const struct core *core)
{
	return endpoint_addr(core->endpoint);
}

const struct net_addr *core_target(const struct core *core)
{
	return &core->config.target;
}

bool core_is_ims(const struct core *core)
{
	return core->config.ims;
}

bool core_is_direct(const struct core *core)
{
	return core->config.direct;
}

const char *core_domain(const struct core *core)
{
	return core->domain;
}

struct world *core_world(const struct core *core)
{
	return endpoint_world(core->endpoint);
}
