/* SPDX-License-Identifier: MIT */
#include "harness/uv_port.h"

#include "base/mem.h"

#include <linux/errqueue.h>
#include <stdlib.h>
#include <sys/socket.h>

static void port_freed(uv_handle_t *handle)
{
	struct uv_port *uv = CONTAINER(struct uv_port, udp, handle);

	buf_done(&uv->batch.bytes);
	free(uv);
}

/* Beside it stands the time, see uv_order_stamp(). NULL: there is none. */
static const struct sock_extended_err *error_of(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
		    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
			return (const struct sock_extended_err *)CMSG_DATA(c);
	}
	return NULL;
}

void uv_port_drain_errors(struct uv_port *uv)
{
	char control[512], payload[64];
	struct sockaddr_storage to;
	struct iovec part = {payload, sizeof(payload)};
	struct net_addr peer;
	uv_os_fd_t fd;

	while (!uv->port.closed && !uv_fileno((uv_handle_t *)&uv->udp, &fd)) {
		struct msghdr msg = {&to, sizeof(to), &part, 1, control, sizeof(control), 0};
		const struct sock_extended_err *error;

		if (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			return;
		error = error_of(&msg);
		if (!error || !msg.msg_namelen)
			continue;
		peer = uv_world_addr((struct sockaddr *)&to);
		uv->known = (struct net_addr){0};
		port_fail(&uv->port, &peer, -(int)error->ee_errno, "send to");
	}
}

static void received(uv_udp_t *udp, ssize_t nread, const uv_buf_t *buf, const struct sockaddr *from, unsigned flags)
{
	struct uv_port *uv = CONTAINER(struct uv_port, udp, udp);
	struct net_addr src;

	if (flags & UV_UDP_MMSG_FREE)
		return; /* the buffer is the world's */
	if (nread < 0 || !from) {
		uv_port_drain_errors(uv);
		return;
	}
	uv_order_earlier(&uv->order);
	if (uv->port.closed)
		return;
	src = uv_world_addr(from);
	port_receive(&uv->port, &src, (struct slice){buf->base, (size_t)nread});
}

static bool read_in_turn(struct uv_order *order)
{
	struct uv_port *uv = CONTAINER(struct uv_port, order, order);
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	struct net_addr src;
	char bytes[64 * 1024];
	uv_os_fd_t fd;
	ssize_t n;

	if (uv_fileno(order->handle, &fd))
		return false;
	n = recvfrom(fd, bytes, sizeof(bytes), MSG_DONTWAIT, (struct sockaddr *)&from, &len);
	if (n < 0)
		return false;
	src = uv_world_addr((struct sockaddr *)&from);
	port_receive(&uv->port, &src, (struct slice){bytes, (size_t)n});
	return true;
}

static void about_to_read(uv_handle_t *handle, size_t want, uv_buf_t *buf)
{
	uv_order_note(&CONTAINER(struct uv_port, udp, (uv_udp_t *)handle)->order);
	uv_world_alloc(handle, want, buf);
}

static void socket_options(struct uv_port *uv, bool v6)
{
	int size = UV_WORLD_SOCKET_BUFFER, on = 1;
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)&uv->udp, &fd))
		return;
	/* beyond the system's limit where we may, else up to it */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (v6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
	else
		setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
}

static int bind_socket(struct uv_port *uv, const struct net_addr *bind)
{
	bool v6 = bind->family == NET_FAMILY_V6;
	struct sockaddr_storage addr;
	int len = sizeof(addr), rc;

	rc = uv_udp_bind(&uv->udp, uv_world_sockaddr(&addr, bind), v6 ? UV_UDP_IPV6ONLY : 0);
	if (rc)
		return rc;
	socket_options(uv, v6);
	rc = uv_udp_getsockname(&uv->udp, (struct sockaddr *)&addr, &len);
	if (rc)
		return rc;
	uv->port.addr = uv_world_addr((struct sockaddr *)&addr);
	uv_order_stamp((uv_handle_t *)&uv->udp);
	uv_order_join(&uv->order, (uv_handle_t *)&uv->udp, read_in_turn);
	return uv_udp_recv_start(&uv->udp, about_to_read, received);
}

int uv_world_udp_open(struct world *world, const struct net_addr *bind, struct port **ret_port, struct err *err)
{
	unsigned family = bind->family == NET_FAMILY_V6 ? AF_INET6 : AF_INET;
	struct uv_port *uv = mem_alloc(sizeof(*uv));
	int rc;

	uv->port.world = world;
	rc = uv_udp_init_ex(&uv_world_of(world)->loop, &uv->udp, family | UV_UDP_RECVMMSG);
	if (rc) { /* libuv does not know the handle then */
		free(uv);
		return world_fail(err, rc, "open a socket for", bind);
	}
	rc = bind_socket(uv, bind);
	if (rc) {
		uv_order_leave(&uv->order);
		uv_close((uv_handle_t *)&uv->udp, port_freed);
		return world_fail(err, rc, "bind", bind);
	}
	*ret_port = &uv->port;
	return 0;
}

void uv_world_udp_close(struct port *port)
{
	struct uv_port *uv = uv_port_of(port);

	uv_world_udp_flush(uv_world_of(port->world));
	uv_order_leave(&uv->order);
	uv_close((uv_handle_t *)&uv->udp, port_freed);
}
