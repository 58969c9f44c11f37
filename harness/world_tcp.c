/* SPDX-License-Identifier: MIT
 *
 * SIP over TCP and TLS on the streams of either world (RFC 3261 18): a port listens, connects out, and finds its
 * connections by the address of the other side. */
#include "harness/world_tcp.h"

#include "base/mem.h"

#include <stdlib.h>

void tcp_port_release(struct tcp_port *tcp)
{
	if (--tcp->busy == 0 && tcp->port.closed)
		free(tcp);
}

static void tcp_accept(void *arg, struct stream *stream)
{
	conn_new(arg, stream, stream_peer(stream), 0, true);
}

int world_tcp_open(struct world *world, const struct net_addr *bind, struct tls_context *tls, struct port **ret_port,
		   struct err *err)
{
	struct tcp_port *tcp = mem_alloc(sizeof(*tcp));
	int rc = stream_listen(world, bind, tcp_accept, tcp, &tcp->listener, err);

	if (rc) {
		free(tcp);
		return rc;
	}
	tcp->tls = tls;
	tcp->port.world = world;
	tcp->port.addr = *listener_addr(tcp->listener);
	*ret_port = &tcp->port;
	return 0;
}

void world_tcp_close(struct port *port)
{
	struct tcp_port *tcp = CONTAINER(struct tcp_port, port, port);

	tcp->busy++;
	listener_close(tcp->listener);
	while (tcp->all)
		conn_shut(tcp->all);
	map_done(&tcp->conns);
	tcp_port_release(tcp);
}

/* A connection of our own to `alias` stays the one that is used. */
bool world_tcp_alias(struct port *port, const struct net_addr *peer, const struct net_addr *alias)
{
	struct tcp_port *tcp = CONTAINER(struct tcp_port, port, port);
	struct tcp_conn *conn = conn_at(tcp, peer, 0);
	struct net_addr host = *alias;
	char name[NET_ADDR_TEXT_MAX];

	host.port = 0;
	if (!conn || !conn->accepted || conn_at(tcp, alias, 0) || !tls_proved(conn->tls, net_addr_format(name, &host)))
		return false;
	conn_lose(conn, &conn->alias);
	conn->alias = *alias;
	conn_stand(conn, alias);
	return true;
}

bool world_tcp_has(const struct port *port, const struct net_addr *dst)
{
	return conn_at(CONTAINER(const struct tcp_port, port, port), dst, 0);
}

static int connect_to(struct tcp_port *tcp, const struct net_addr *dst, unsigned lane, struct tcp_conn **ret_conn,
		      struct err *err)
{
	static const struct stream_events none; /* conn_new sets them */
	struct stream *stream;
	int rc = stream_connect(tcp->port.world, dst, &none, NULL, &stream, err);

	if (!rc)
		*ret_conn = conn_new(tcp, stream, dst, lane, false);
	return rc;
}

int world_tcp_send(struct port *port, const struct net_addr *dst, unsigned lane, struct slice bytes, struct err *err)
{
	struct tcp_port *tcp = CONTAINER(struct tcp_port, port, port);
	struct tcp_conn *conn = conn_at(tcp, dst, lane);
	int rc = conn ? conn_send(conn, bytes) : 0;

	if (conn && rc != -EPIPE)
		return rc ? world_fail(err, rc, "send to", dst) : 0;
	if (conn) { /* the other side has hung up, and its end is about to be told */
		conn_lose(conn, &conn->peer);
		conn_lose(conn, &conn->alias);
	}
	rc = connect_to(tcp, dst, lane, &conn, err);
	if (rc)
		return rc;
	rc = conn_send(conn, bytes);
	return rc ? world_fail(err, rc, "send to", dst) : 0;
}
