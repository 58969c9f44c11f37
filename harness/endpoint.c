/* SPDX-License-Identifier: MIT */
#include "harness/endpoint_private.h"

#include "base/mem.h"
#include "harness/tls.h"
#include "sip/value.h"

#include <stdlib.h>

enum { PORT_TRIES = 50 };

/* ---- life ---- */

static void endpoint_destroy(struct endpoint *endpoint)
{
	map_done(&endpoint->clients);
	map_done(&endpoint->servers);
	map_done(&endpoint->accepted);
	osip_door_free(endpoint->door);
	arena_done(&endpoint->arena);
	buf_done(&endpoint->key);
	free(endpoint);
}

/* Between enter and leave the endpoint's memory stays, though the owner may free it; leave returns false once it is
 * gone. */
static void enter(struct endpoint *endpoint)
{
	endpoint->busy++;
}

static bool leave(struct endpoint *endpoint)
{
	endpoint->busy--;
	if (!endpoint->freed)
		return true;
	if (!endpoint->busy)
		endpoint_destroy(endpoint);
	return false;
}

void endpoint_free(struct endpoint *endpoint)
{
	if (!endpoint)
		return;
	client_txn_free_all(endpoint);
	server_txn_free_all(endpoint);
	port_close(endpoint->udp);
	port_close(endpoint->stream);
	endpoint->udp = endpoint->stream = NULL;
	endpoint->freed = true;
	enter(endpoint);
	leave(endpoint);
}

const struct net_addr *endpoint_addr(const struct endpoint *endpoint)
{
	return port_addr(endpoint->udp);
}

size_t endpoint_working(const struct endpoint *endpoint)
{
	return endpoint->working;
}

struct world *endpoint_world(const struct endpoint *endpoint)
{
	return endpoint->world;
}

/* ---- wire ---- */

static void tap(struct endpoint *endpoint, const struct event_path *path, struct slice bytes, bool sent)
{
	if (endpoint->events->on_tap && !endpoint->freed)
		endpoint->events->on_tap(endpoint->arg, path, bytes, sent);
}

int endpoint_transmit(struct endpoint *endpoint, enum net_transport transport, const struct net_addr *dst,
		      unsigned lane, struct slice raw, struct err *err)
{
	struct port *port = transport == NET_UDP ? endpoint->udp : endpoint->stream;
	struct event_path path = {*endpoint_addr(endpoint), *dst, transport};
	int rc;

	if (transport != NET_UDP && transport != endpoint->stream_transport)
		return err_set(err, -ENOTSUP, "the endpoint has no %s", net_transport_name(transport));
	rc = port_send_lane(port, dst, lane, raw, err);
	if (!rc)
		tap(endpoint, &path, raw, true);
	return rc;
}

int endpoint_send(struct endpoint *endpoint, enum net_transport transport, const struct net_addr *dst, struct slice raw,
		  struct err *err)
{
	return endpoint_transmit(endpoint, transport, dst, 0, raw, err);
}

void endpoint_stray(struct endpoint *endpoint, const struct event_path *path, struct slice bytes)
{
	if (endpoint->events->on_stray && !endpoint->freed)
		endpoint->events->on_stray(endpoint->arg, path, bytes);
}

static void receive(struct endpoint *endpoint, const struct event_path *path, struct slice bytes, bool is_sip)
{
	struct sip_msg msg;

	if (!is_sip || sip_msg_index(&msg, bytes, &endpoint->arena, NULL))
		endpoint_stray(endpoint, path, bytes);
	else if (msg.is_request)
		server_txn_receive(endpoint, &msg, path);
	else
		client_txn_receive(endpoint, &msg, path);
}

static void on_message(void *arg, struct port *port, const struct event_path *path, struct slice bytes, bool is_sip)
{
	struct endpoint *endpoint = arg;

	enter(endpoint);
	tap(endpoint, path, bytes, false);
	if (!endpoint->freed) {
		arena_rewind(&endpoint->arena);
		receive(endpoint, path, bytes, is_sip);
	}
	leave(endpoint);
}

static void on_closed(void *arg, struct port *port, const struct net_addr *peer, unsigned lane, const struct err *err)
{
	client_txn_lost(arg, peer, lane, err);
}

static void on_error(void *arg, struct port *port, const struct net_addr *peer, const struct err *err)
{
	struct endpoint *endpoint = arg;

	client_txn_fail(endpoint, port == endpoint->udp ? NET_UDP : endpoint->stream_transport, peer, err);
	if (err->code == TLS_FAILED && endpoint->events->on_tls_failed && !endpoint->freed)
		endpoint->events->on_tls_failed(endpoint->arg, peer, err);
}

static const struct port_events port_events = {.on_message = on_message, .on_error = on_error, .on_closed = on_closed};

static int open_ports(struct endpoint *endpoint, const struct net_addr *bind, struct err *err)
{
	struct world *world = endpoint->world;
	struct net_addr addr;
	int rc;

	rc = port_open(world, NET_UDP, bind, &port_events, endpoint, &endpoint->udp, err);
	if (rc)
		return rc;
	addr = *port_addr(endpoint->udp);
	endpoint->stream_transport = world_tls(world) ? NET_TLS : NET_TCP;
	rc = port_open(world, endpoint->stream_transport, &addr, &port_events, endpoint, &endpoint->stream, err);
	if (!rc)
		return 0;
	port_close(endpoint->udp);
	endpoint->udp = NULL;
	return rc;
}

int endpoint_new(struct world *world, const struct net_addr *bind, const struct endpoint_events *events, void *arg,
		 struct endpoint **ret_endpoint, struct err *err)
{
	struct endpoint *endpoint = mem_alloc(sizeof(*endpoint));
	int rc, tries = bind->port ? 1 : PORT_TRIES;

	endpoint->clients.lent = endpoint->servers.lent = true; /* transactions have their keys */
	endpoint->world = world;
	endpoint->events = events;
	endpoint->arg = arg;
	/* a number that is free for UDP may be taken for TCP */
	do
		rc = open_ports(endpoint, bind, err);
	while (rc == -EADDRINUSE && --tries);
	if (rc) {
		endpoint_destroy(endpoint);
		return rc;
	}
	endpoint->door = osip_door_new(world);
	*ret_endpoint = endpoint;
	return 0;
}

/* ---- keys ---- */

static void key_add(struct endpoint *endpoint, struct slice part)
{
	buf_add(&endpoint->key, part);
	buf_putc(&endpoint->key, '\n');
}

static bool key_cseq(struct endpoint *endpoint, const struct sip_msg *msg, struct slice *ret_method)
{
	uint32_t number;

	if (sip_msg_cseq(msg, &number, ret_method))
		return false;
	buf_printf(&endpoint->key, "%u\n", number);
	return true;
}

bool endpoint_client_key(struct endpoint *endpoint, const struct sip_msg *msg)
{
	struct slice method;
	struct sip_via via;

	buf_clear(&endpoint->key);
	if (sip_msg_via(msg, &via) || !via.branch.p || !key_cseq(endpoint, msg, &method))
		return false;
	/* 17.1.3: the branch of the top Via and the method of CSeq, which tells a CANCEL from its INVITE */
	buf_clear(&endpoint->key);
	key_add(endpoint, via.branch);
	key_add(endpoint, method);
	return true;
}

bool endpoint_server_key(struct endpoint *endpoint, const struct sip_msg *msg, struct slice method)
{
	static const struct slice cookie = SLICE("z9hG4bK");
	struct slice unused;
	struct sip_via via;

	buf_clear(&endpoint->key);
	if (sip_msg_via(msg, &via) || !sip_msg_has(msg, SIP_HEADER_CALL_ID) || !key_cseq(endpoint, msg, &unused))
		return false;
	if (via.branch.len > cookie.len && slice_eq_nocase((struct slice){via.branch.p, cookie.len}, cookie)) {
		buf_clear(&endpoint->key);
		key_add(endpoint, via.branch);
	} else { /* 17.2.3, the rules of RFC 2543; without the To tag, which an ACK has and its INVITE has not */
		key_add(endpoint, msg->uri);
		key_add(endpoint, sip_msg_tag(msg, SIP_HEADER_FROM));
		key_add(endpoint, sip_msg_value(msg, SIP_HEADER_CALL_ID));
		key_add(endpoint, via.branch);
	}
	key_add(endpoint, via.host);
	key_add(endpoint, via.port);
	key_add(endpoint, method);
	return true;
}

bool endpoint_dialog_key(struct endpoint *endpoint, const struct sip_msg *msg)
{
	struct slice method;

	buf_clear(&endpoint->key);
	if (!key_cseq(endpoint, msg, &method))
		return false;
	key_add(endpoint, sip_msg_value(msg, SIP_HEADER_CALL_ID));
	key_add(endpoint, sip_msg_tag(msg, SIP_HEADER_FROM));
	return true;
}
