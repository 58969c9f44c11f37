/* SPDX-License-Identifier: MIT */
#include "harness/world_impl.h"

#include "net/stun.h"
#include "sip/frame.h"

static void port_close_link(struct world_link *link)
{
	port_close(CONTAINER(struct port, link, link));
}

static int open_transport(struct world *world, enum net_transport transport, const struct net_addr *bind,
			  struct port **ret_port, struct err *err)
{
	if (transport == NET_UDP)
		return world->ops->udp_open(world, bind, ret_port, err);
	if (transport == NET_TCP)
		return world_tcp_open(world, bind, NULL, ret_port, err);
	if (transport == NET_TLS && world->tls)
		return world_tcp_open(world, bind, world->tls, ret_port, err);
	return err_set(err, -ENOTSUP, "transport %s has no sockets here", net_transport_name(transport));
}

int port_open(struct world *world, enum net_transport transport, const struct net_addr *bind,
	      const struct port_events *events, void *arg, struct port **ret_port, struct err *err)
{
	struct port *port = NULL;
	int rc = open_transport(world, transport, bind, &port, err);

	if (rc)
		return rc;
	port->transport = transport;
	port->events = events;
	port->arg = arg;
	world_link_add(&world->ports, &port->link, port_close_link);
	*ret_port = port;
	return 0;
}

void port_close(struct port *port)
{
	if (!port)
		return;
	port->closed = true;
	world_link_remove(&port->link);
	if (port->transport == NET_UDP)
		port->world->ops->udp_close(port);
	else
		world_tcp_close(port);
}

const struct net_addr *port_addr(const struct port *port)
{
	return &port->addr;
}

int port_send_lane(struct port *port, const struct net_addr *dst, unsigned lane, struct slice bytes, struct err *err)
{
	if (port->transport == NET_UDP)
		return port->world->ops->udp_send(port, dst, bytes, err);
	return world_tcp_send(port, dst, lane, bytes, err);
}

int port_send(struct port *port, const struct net_addr *dst, struct slice bytes, struct err *err)
{
	return port_send_lane(port, dst, 0, bytes, err);
}

bool port_has_connection(const struct port *port, const struct net_addr *dst)
{
	return port->transport != NET_UDP && world_tcp_has(port, dst);
}

bool port_alias(struct port *port, const struct net_addr *peer, const struct net_addr *alias)
{
	return port->transport == NET_TLS && world_tcp_alias(port, peer, alias);
}

/* RFC 5626 4.4.2: a client that hears nothing gives its flow up. */
static void keep_alive(struct port *port, const struct net_addr *src, struct slice request)
{
	struct buf answer = {0};

	stun_answer(&answer, request, src);
	port_send(port, src, buf_slice(&answer), NULL);
	buf_done(&answer);
}

void port_receive(struct port *port, const struct net_addr *src, struct slice bytes)
{
	struct event_path path = {*src, port->addr, port->transport};
	enum sip_frame frame;
	size_t skip, len;

	if (port->closed)
		return;
	frame = sip_frame_datagram(bytes, &skip, &len);
	if (frame == SIP_FRAME_MESSAGE)
		port->events->on_message(port->arg, port, &path, (struct slice){bytes.p + skip, len}, true);
	else if (stun_is_request(bytes))
		keep_alive(port, src, bytes);
	else if (frame != SIP_FRAME_KEEPALIVE)
		port->events->on_message(port->arg, port, &path, bytes, false);
}

void port_fail(struct port *port, const struct net_addr *peer, int code, const char *what)
{
	struct err err;

	if (port->closed)
		return;
	world_fail(&err, code, what, peer);
	port->events->on_error(port->arg, port, peer, &err);
}
