/* SPDX-License-Identifier: MIT
 *
 * One connection of SIP over TCP or TLS: framing, keep-alives, and TLS between the stream and both. */
#include "harness/world_tcp.h"

#include "base/mem.h"
#include "base/time.h"
#include "sip/frame.h"
#include "sip/msg.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PING_LEN = 4 }; /* CRLFCRLF */
#define HANDSHAKE_TIME (6 * SECOND)

static void conn_free(struct tcp_conn *conn)
{
	world_timer_stop(&conn->handshake);
	tls_free(conn->tls);
	buf_done(&conn->in);
	free(conn);
}

void conn_lose(struct tcp_conn *conn, const struct net_addr *addr)
{
	struct conn_key key = {*addr, conn->lane};

	if (conn_at(conn->owner, addr, conn->lane) == conn)
		map_remove(&conn->owner->conns, (struct slice){(const char *)&key, sizeof(key)});
}

/* Out of the port's books: not found any more. */
static void conn_forget(struct tcp_conn *conn)
{
	conn_lose(conn, &conn->peer);
	conn_lose(conn, &conn->alias);
	*conn->at = conn->next;
	if (conn->next)
		conn->next->at = conn->at;
	conn->stream = NULL;
}

static void tell(struct tcp_conn *conn, struct slice bytes, bool is_sip)
{
	struct port *port = &conn->owner->port;
	struct event_path path = {conn->peer, port->addr, port->transport};

	if (!port->closed)
		port->events->on_message(port->arg, port, &path, bytes, is_sip);
}

/* --- sending --- */

/* `wire` goes out and is done. */
static int conn_flush(struct tcp_conn *conn, struct buf *wire)
{
	int rc = wire->len && conn->stream ? stream_send(conn->stream, buf_slice(wire)) : 0;

	buf_done(wire);
	return rc;
}

int conn_send(struct tcp_conn *conn, struct slice bytes)
{
	struct buf wire = {0};

	if (!conn->tls)
		return stream_send(conn->stream, bytes);
	tls_send(conn->tls, bytes, &wire);
	return conn_flush(conn, &wire);
}

void conn_shut(struct tcp_conn *conn)
{
	struct buf wire = {0};

	if (conn->tls)
		tls_close(conn->tls, &wire);
	conn_flush(conn, &wire);
	stream_close(conn->stream);
	conn_forget(conn);
	if (!conn->busy)
		conn_free(conn);
}

/* --- receiving --- */

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
		conn_send(conn, SLICE("\r\n")); /* RFC 5626 4.4.1: the pong */
	return frame == SIP_FRAME_MORE ? 0 : skip + len;
}

/* Reads what has come; the connection may be gone from the port afterwards, but not its memory. */
static void conn_read(struct tcp_conn *conn)
{
	struct slice all = buf_slice(&conn->in);
	size_t used = 0, step;

	conn->busy = true;
	while (conn->stream && used < all.len && (step = conn_step(conn, (struct slice){all.p + used, all.len - used})))
		used += step;
	conn->busy = false;
	buf_drop_front(&conn->in, used);
}

static void fail(struct tcp_conn *conn, struct err *err)
{
	struct tcp_port *tcp = conn->owner;
	struct net_addr peer = conn->peer;
	char text[NET_ADDR_TEXT_MAX];

	if (tcp->port.closed)
		return;
	if (conn->accepted) /* a port that says nothing */
		peer.port = 0;
	if (err->code == TLS_FAILED)
		err_prefix(err, TLS_FAILED, "TLS with %s%s", net_addr_format(text, &peer),
			   conn->accepted ? ", which connected to us" : "");
	if (err->code == TLS_FAILED)
		tls_context_failed(tcp->tls, err);
	tcp->port.events->on_error(tcp->port.arg, &tcp->port, &conn->peer, err);
}

/* Whether the end is told as that of a connection which had been of use. */
static bool tell_closed(struct tcp_conn *conn, const struct err *err)
{
	struct port *port = &conn->owner->port;

	if (!conn->opened || port->closed || !port->events->on_closed || (err && err->code == TLS_FAILED))
		return false;
	port->events->on_closed(port->arg, port, &conn->peer, conn->lane, err);
	return true;
}

/* The stream is gone, in order or not. */
static void conn_end(struct tcp_conn *conn, struct err *err)
{
	conn_forget(conn);
	if (conn->in.len)
		tell(conn, buf_slice(&conn->in), false);
	if (!tell_closed(conn, err) && err)
		fail(conn, err);
}

/* TLS is over on our side: the alert, and then the end. */
static void conn_break(struct tcp_conn *conn, struct err *err)
{
	struct stream *stream = conn->stream;

	conn_end(conn, err);
	stream_close(stream);
}

/* 0, or how TLS ended (tls_receive); plain text is in conn->in. */
static int conn_take(struct tcp_conn *conn, struct slice bytes, struct err *err)
{
	struct buf wire = {0};
	int rc = 0;

	if (conn->tls)
		rc = tls_receive(conn->tls, bytes, &conn->in, &wire, err);
	else
		buf_add(&conn->in, bytes);
	conn_flush(conn, &wire);
	if (conn->tls && tls_is_open(conn->tls))
		world_timer_stop(&conn->handshake);
	return rc;
}

static void conn_bytes(void *arg, struct stream *stream, struct slice bytes)
{
	struct tcp_conn *conn = arg;
	struct tcp_port *tcp = conn->owner;
	struct err err;
	int rc;

	tcp->busy++;
	rc = conn_take(conn, bytes, &err);
	conn_read(conn);
	if (rc && conn->stream)
		conn_break(conn, rc == TLS_CLOSED ? NULL : &err);
	if (!conn->stream)
		conn_free(conn);
	tcp_port_release(tcp);
}

static void conn_close(void *arg, struct stream *stream, const struct err *err)
{
	struct tcp_conn *conn = arg;
	struct tcp_port *tcp = conn->owner;
	struct err why;
	int rc = 0;

	tcp->busy++;
	if (err)
		why = *err;
	else if (conn->tls)
		rc = tls_ended(conn->tls, &why);
	conn_end(conn, err || rc ? &why : NULL);
	conn_free(conn);
	tcp_port_release(tcp);
}

static void conn_open(void *arg, struct stream *stream)
{
	((struct tcp_conn *)arg)->opened = true;
}

static const struct stream_events conn_events = {.on_open = conn_open, .on_bytes = conn_bytes, .on_close = conn_close};

static void on_late(void *arg)
{
	struct tcp_conn *conn = arg;
	struct tcp_port *tcp = conn->owner;
	struct err err;

	err_set(&err, TLS_FAILED, "the handshake was not over after %" PRIu64 " s", HANDSHAKE_TIME / SECOND);
	tcp->busy++;
	conn_break(conn, &err);
	conn_free(conn);
	tcp_port_release(tcp);
}

static void conn_secure(struct tcp_conn *conn)
{
	char host[NET_ADDR_TEXT_MAX];
	struct net_addr addr = conn->peer;
	struct buf wire = {0};

	addr.port = 0;
	conn->tls = tls_new(conn->owner->tls, conn->accepted, net_addr_format(host, &addr));
	world_timer_start(conn->owner->port.world, &conn->handshake, HANDSHAKE_TIME, on_late, conn);
	tls_start(conn->tls, &wire);
	conn_flush(conn, &wire);
}

struct tcp_conn *conn_new(struct tcp_port *tcp, struct stream *stream, const struct net_addr *peer, unsigned lane,
			  bool accepted)
{
	struct tcp_conn *conn = mem_alloc(sizeof(*conn));

	conn->owner = tcp;
	conn->stream = stream;
	conn->peer = *peer;
	conn->lane = lane;
	conn->accepted = accepted;
	conn->next = tcp->all;
	conn->at = &tcp->all;
	if (conn->next)
		conn->next->at = &conn->next;
	tcp->all = conn;
	conn_stand(conn, peer);
	stream_set_events(stream, &conn_events, conn);
	stream_in_order(stream);
	if (tcp->tls)
		conn_secure(conn);
	return conn;
}
