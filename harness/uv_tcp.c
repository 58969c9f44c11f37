/* SPDX-License-Identifier: MIT */
#include "harness/uv_order.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>

enum { BACKLOG = 1024 };

struct uv_tcp_stream {
	struct stream stream;
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_shutdown_t shutdown;
	struct uv_order order;
	bool open;   /* connected */
	bool closed; /* the owner has let go */
};

struct uv_tcp_listener {
	struct listener listener;
	uv_tcp_t tcp;
};

static struct uv_tcp_stream *of_stream(struct stream *stream)
{
	return CONTAINER(struct uv_tcp_stream, stream, stream);
}

static void stream_freed(uv_handle_t *handle)
{
	free(CONTAINER(struct uv_tcp_stream, tcp, handle));
}

static void listener_freed(uv_handle_t *handle)
{
	free(CONTAINER(struct uv_tcp_listener, tcp, handle));
}

void uv_world_stream_cut(uv_handle_t *tcp)
{
	uv_close(tcp, stream_freed);
}

static struct uv_tcp_stream *stream_new(struct world *world)
{
	struct uv_tcp_stream *uv = mem_alloc(sizeof(*uv));

	uv_tcp_init(&uv_world_of(world)->loop, &uv->tcp);
	world_stream_init(&uv->stream, world);
	return uv;
}

/* The other side has closed, or the connection broke. */
static void stream_over(struct uv_tcp_stream *uv, int code, const char *what)
{
	struct err err;

	if (code != UV_EOF)
		world_fail(&err, code, what, &uv->stream.peer);
	uv->closed = true;
	uv_order_leave(&uv->order);
	world_stream_end(&uv->stream, code != UV_EOF ? &err : NULL);
	uv_close((uv_handle_t *)&uv->tcp, stream_freed);
}

/* An end is left to the loop, which is told of it again. */
static bool read_in_turn(struct uv_order *order)
{
	struct uv_tcp_stream *uv = CONTAINER(struct uv_tcp_stream, order, order);
	char bytes[64 * 1024];
	uv_os_fd_t fd;
	ssize_t n;

	if (uv_fileno(order->handle, &fd))
		return false;
	n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n <= 0)
		return false;
	world_stream_bytes(&uv->stream, (struct slice){bytes, (size_t)n});
	return true;
}

void uv_world_stream_in_order(struct stream *stream)
{
	struct uv_tcp_stream *uv = of_stream(stream);

	uv_order_join(&uv->order, (uv_handle_t *)&uv->tcp, read_in_turn);
}

static void about_to_read(uv_handle_t *handle, size_t want, uv_buf_t *buf)
{
	uv_order_note(&CONTAINER(struct uv_tcp_stream, tcp, (uv_tcp_t *)handle)->order);
	uv_world_alloc(handle, want, buf);
}

static void bytes_read(uv_stream_t *tcp, ssize_t nread, const uv_buf_t *buf)
{
	struct uv_tcp_stream *uv = CONTAINER(struct uv_tcp_stream, tcp, tcp);

	if (nread == 0)
		return;
	uv_order_earlier(&uv->order);
	if (uv->closed)
		return;
	if (nread > 0)
		world_stream_bytes(&uv->stream, (struct slice){buf->base, (size_t)nread});
	else
		stream_over(uv, (int)nread, "read from");
}

static void stream_start(struct uv_tcp_stream *uv)
{
	struct sockaddr_storage addr;
	int len = sizeof(addr);

	uv->open = true;
	uv_tcp_nodelay(&uv->tcp, 1);
	uv_order_stamp((uv_handle_t *)&uv->tcp);
	if (!uv_tcp_getsockname(&uv->tcp, (struct sockaddr *)&addr, &len))
		uv->stream.local = uv_world_addr((struct sockaddr *)&addr);
	len = sizeof(addr);
	if (!uv_tcp_getpeername(&uv->tcp, (struct sockaddr *)&addr, &len))
		uv->stream.peer = uv_world_addr((struct sockaddr *)&addr);
	uv_read_start((uv_stream_t *)&uv->tcp, about_to_read, bytes_read);
}

/* ---- listening ---- */

static void arrived(uv_stream_t *tcp, int status)
{
	struct listener *listener = &CONTAINER(struct uv_tcp_listener, tcp, tcp)->listener;
	struct uv_tcp_stream *uv;

	if (status)
		return;
	uv = stream_new(listener->world);
	if (uv_accept(tcp, (uv_stream_t *)&uv->tcp)) {
		stream_close(&uv->stream);
		return;
	}
	stream_start(uv);
	listener->on_accept(listener->arg, &uv->stream);
}

static int listen_at(struct uv_tcp_listener *uv, const struct net_addr *bind)
{
	struct sockaddr_storage addr;
	int len = sizeof(addr), rc;
	unsigned flags = bind->family == NET_FAMILY_V6 ? UV_TCP_IPV6ONLY : 0;

	rc = uv_tcp_bind(&uv->tcp, uv_world_sockaddr(&addr, bind), flags);
	uv_order_stamp((uv_handle_t *)&uv->tcp);
	if (!rc)
		rc = uv_listen((uv_stream_t *)&uv->tcp, BACKLOG, arrived);
	if (!rc)
		rc = uv_tcp_getsockname(&uv->tcp, (struct sockaddr *)&addr, &len);
	if (!rc)
		uv->listener.addr = uv_world_addr((struct sockaddr *)&addr);
	return rc;
}

int uv_world_listen(struct world *world, const struct net_addr *bind, struct listener **ret_listener, struct err *err)
{
	struct uv_tcp_listener *uv = mem_alloc(sizeof(*uv));
	int rc;

	uv_tcp_init(&uv_world_of(world)->loop, &uv->tcp);
	rc = listen_at(uv, bind);
	if (rc) {
		uv_close((uv_handle_t *)&uv->tcp, listener_freed);
		return world_fail(err, rc, "bind", bind);
	}
	*ret_listener = &uv->listener;
	return 0;
}

void uv_world_listener_close(struct listener *listener)
{
	uv_close((uv_handle_t *)&CONTAINER(struct uv_tcp_listener, listener, listener)->tcp, listener_freed);
}

/* ---- connecting ---- */

static void connected(uv_connect_t *request, int status)
{
	struct uv_tcp_stream *uv = CONTAINER(struct uv_tcp_stream, connect, request);

	if (uv->closed)
		return;
	if (status) {
		stream_over(uv, status, "connect to");
		return;
	}
	stream_start(uv);
	world_stream_opened(&uv->stream);
}

int uv_world_connect(struct world *world, const struct net_addr *dst, struct stream **ret_stream, struct err *err)
{
	struct uv_tcp_stream *uv = stream_new(world);
	struct sockaddr_storage addr;
	int rc;

	uv_world_udp_flush(uv_world_of(world));
	uv->stream.peer = *dst;
	rc = uv_tcp_connect(&uv->connect, &uv->tcp, uv_world_sockaddr(&addr, dst), connected);
	if (rc) {
		stream_close(&uv->stream);
		return world_fail(err, rc, "connect to", dst);
	}
	*ret_stream = &uv->stream;
	return 0;
}

/* ---- sending ---- */

struct uv_tcp_write {
	uv_write_t request;
	char bytes[];
};

/* An error shows on reading, too. */
static void written(uv_write_t *request, int status)
{
	free(CONTAINER(struct uv_tcp_write, request, request));
}

static int write_late(struct uv_tcp_stream *uv, struct slice bytes)
{
	struct uv_tcp_write *write = mem_alloc(sizeof(*write) + bytes.len);
	uv_buf_t buf = uv_buf_init(write->bytes, (unsigned)bytes.len);
	int rc;

	memcpy(write->bytes, bytes.p, bytes.len);
	rc = uv_write(&write->request, (uv_stream_t *)&uv->tcp, &buf, 1, written);
	if (rc)
		free(write);
	return rc;
}

/* The end of the other side has come, and nothing before it that is still to be read: what is written now, nobody
 * reads.
 */
static bool has_hung_up(const struct uv_tcp_stream *uv)
{
	uv_os_fd_t fd;
	char byte;

	return uv->open && !uv_fileno((const uv_handle_t *)&uv->tcp, &fd) &&
	       recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

int uv_world_stream_send(struct stream *stream, struct slice bytes)
{
	struct uv_tcp_stream *uv = of_stream(stream);
	uv_buf_t buf = uv_buf_init((char *)bytes.p, (unsigned)bytes.len);
	int n;

	if (has_hung_up(uv))
		return -EPIPE;
	uv_world_udp_flush(uv_world_of(stream->world)); /* what was said before comes before */
	n = bytes.len ? uv_try_write((uv_stream_t *)&uv->tcp, &buf, 1) : 0;
	if (n == UV_EAGAIN)
		n = 0;
	if (n < 0)
		return n;
	if ((size_t)n == bytes.len)
		return 0;
	return write_late(uv, (struct slice){bytes.p + n, bytes.len - (size_t)n});
}

static void shut(uv_shutdown_t *request, int status)
{
	struct uv_tcp_stream *uv = CONTAINER(struct uv_tcp_stream, shutdown, request);

	if (!uv_is_closing((uv_handle_t *)&uv->tcp))
		uv_close((uv_handle_t *)&uv->tcp, stream_freed);
}

/* What waits to be written still goes out. */
void uv_world_stream_close(struct stream *stream)
{
	struct uv_tcp_stream *uv = of_stream(stream);
	uv_stream_t *tcp = (uv_stream_t *)&uv->tcp;

	uv->closed = true;
	uv_order_leave(&uv->order);
	uv_world_udp_flush(uv_world_of(stream->world));
	uv_read_stop(tcp);
	if (!uv_stream_get_write_queue_size(tcp) || uv_shutdown(&uv->shutdown, tcp, shut))
		uv_close((uv_handle_t *)&uv->tcp, stream_freed);
}
