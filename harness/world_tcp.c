/* SPDX-License-Identifier: MIT
 *
 * SIP over TCP on the streams of either world (RFC 3261 18): a port listens, connects out, and finds its connections
 * by the address of the other side. */
#include "harness/world_impl.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "sip/frame.h"
#include "sip/msg.h"

#include <stdlib.h>

struct tcp_port {
	struct port port;
	struct listener *listener;
	struct map conns;     /* by address of the other side */
	struct tcp_conn *all; /* also those that lost their place in the map to a newer one */
	unsigned busy;	      /* callbacks under way: freed when the last is back */
};

enum { PING_LEN = 4 }; /* CRLFCRLF */

struct tcp_conn {
	struct tcp_port *owner;
	struct tcp_conn *next, **at;
	struct stream *stream; /* NULL: gone */
	struct net_addr peer;
	struct buf in;
	bool busy; /* being read */
};

static struct slice addr_key(const struct net_addr *addr)
{
	return (struct slice){(const char *)addr, sizeof(*addr)};
}

static void conn_free(struct tcp_conn *conn)
{
	buf_done(&conn->in);
	free(conn);
}

/* Out of the port's books: not found any more. */
static void conn_forget(struct tcp_conn *conn)
{
	if (map_get(&conn->owner->conns, addr_key(&conn->peer)) == conn)
		map_remove(&conn->owner->conns, addr_key(&conn->peer));
	*conn->at = conn->next;
	if (conn->next)
		conn->next->at = conn->at;
	conn->stream = NULL;
}

static void port_release(struct tcp_port *tcp)
{
	if (--tcp->busy == 0 && tcp->port.closed)
		free(tcp);
}

static void tell(struct tcp_conn *conn, struct slice bytes, bool is_sip)
{
	struct port *port = &conn->owner->port;
	struct event_path path = {conn->peer, port->addr, NET_TCP};

	if (!port->closed)
		port->events->on_message(port->arg, port, &path, bytes, is_sip);
}

/* One step at the front of what has come. Returns how many bytes it used; 0: more are needed. */
static size_t conn_step(struct tcp_conn *conn, struct slice rest)
{
	size_t skip = 0, len = 0;
	enum sip_frame frame = sip_frame_stream(rest, SIP_MSG_MAX, &skip, &len, NULL);

	if (frame == SIP_FRAME_MESSAGE)
		tell(conn, (struct slice){rest.p + skip, len}, true);
	else if (frame == SIP_FRAME_JUNK)
		tell(conn, (struct slice){rest.p, skip}, false);
	else if (frame == SIP_FRAME_KEEPALIVE && skip == PING_LEN && conn->stream)
		stream_send(conn->stream, SLICE("\r\n")); /* RFC 5626 4.4.1: the pong */
	return skip + len;
}

static void conn_bytes(void *arg, struct stream *stream, struct slice bytes)
{
	struct tcp_conn *conn = arg;
	struct tcp_port *tcp = conn->owner;
	size_t used = 0, step;
	struct slice all;

	buf_add(&conn->in, bytes);
	all = buf_slice(&conn->in);
	conn->busy = true;
	tcp->busy++;
	while (conn->stream && used < all.len && (step = conn_step(conn, (struct slice){all.p + used, all.len - used})))
		used += step;
	conn->busy = false;
	if (conn->stream)
		buf_drop_front(&conn->in, used);
	else
		conn_free(conn);
	port_release(tcp);
}

static void conn_close(void *arg, struct stream *stream, const struct err *err)
{
	struct tcp_conn *conn = arg;
	struct tcp_port *tcp = conn->owner;

	conn_forget(conn);
	tcp->busy++;
	if (conn->in.len)
		tell(conn, buf_slice(&conn->in), false);
	if (err && !tcp->port.closed)
		tcp->port.events->on_error(tcp->port.arg, &tcp->port, &conn->peer, err);
	conn_free(conn);
	port_release(tcp);
}

static const struct stream_events conn_events = {.on_bytes = conn_bytes, .on_close = conn_close};

static struct tcp_conn *conn_new(struct tcp_port *tcp, struct stream *stream, const struct net_addr *peer)
{
	struct tcp_conn *conn = mem_alloc(sizeof(*conn));

	conn->owner = tcp;
	conn->stream = stream;
	conn->peer = *peer;
	conn->next = tcp->all;
	conn->at = &tcp->all;
	if (conn->next)
		conn->next->at = &conn->next;
	tcp->all = conn;
	map_set(&tcp->conns, addr_key(peer), conn);
	stream_set_events(stream, &conn_events, conn);
	return conn;
}

static void tcp_accept(void *arg, struct stream *stream)
{
	conn_new(arg, stream, stream_peer(stream));
}

int world_tcp_open(struct world *world, const struct net_addr *bind, struct port **ret_port, struct err *err)
{
	struct tcp_port *tcp = mem_alloc(sizeof(*tcp));
	int rc = stream_listen(world, bind, tcp_accept, tcp, &tcp->listener, err);

	if (rc) {
		free(tcp);
		return rc;
	}
	tcp->port.world = world;
	tcp->port.addr = *listener_addr(tcp->listener);
	*ret_port = &tcp->port;
	return 0;
}

void world_tcp_close(struct port *port)
{
	struct tcp_port *tcp = CONTAINER(struct tcp_port, port, port);
	struct tcp_conn *conn;

	tcp->busy++;
	listener_close(tcp->listener);
	while ((conn = tcp->all)) {
		stream_close(conn->stream);
		conn_forget(conn);
		if (!conn->busy)
			conn_free(conn);
	}
	map_done(&tcp->conns);
	port_release(tcp);
}

int world_tcp_send(struct port *port, const struct net_addr *dst, struct slice bytes, struct err *err)
{
	struct tcp_port *tcp = CONTAINER(struct tcp_port, port, port);
	struct tcp_conn *conn = map_get(&tcp->conns, addr_key(dst));
	struct stream *stream;
	int rc;

	if (!conn) {
		rc = stream_connect(port->world, dst, &conn_events, NULL, &stream, err);
		if (rc)
			return rc;
		conn = conn_new(tcp, stream, dst);
	}
	rc = stream_send(conn->stream, bytes);
	return rc ? world_fail(err, rc, "send to", dst) : 0;
}
