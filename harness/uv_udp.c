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

void uv_port_drain_errors(struct uv_port *uv)
{
	char control[512], payload[64];
	struct sockaddr_storage to;
	struct iovec part = {payload, sizeof(payload)};
	struct net_addr peer;
	uv_os_fd_t fd;

	while (!uv->port.closed && !uv_fileno((uv_handle_t *)&uv->udp, &fd)) {
		struct msghdr msg = {&to, sizeof(to), &part, 1, control, sizeof(control), 0};
		struct cmsghdr *c;
		struct sock_extended_err *error;

		if (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			return;
		c = CMSG_FIRSTHDR(&msg);
		if (!c || !msg.msg_namelen || c->cmsg_len < CMSG_LEN(sizeof(*error)))
			continue;
		error = (struct sock_extended_err *)CMSG_DATA(c);
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
	src = uv_world_addr(from);
	port_receive(&uv->port, &src, (struct slice){buf->base, (size_t)nread});
}

static void read_waiting(uv_handle_t *handle, void *arg)
{
	struct uv_port *uv = CONTAINER(struct uv_port, udp, (uv_udp_t *)handle);
	struct sockaddr_storage from;
	struct net_addr src;
	char bytes[64 * 1024];
	uv_os_fd_t fd;
	ssize_t n;

	if (handle->type != UV_UDP)
		return;
	while (!uv_is_closing(handle) && !uv_fileno(handle, &fd)) {
		socklen_t len = sizeof(from);
		n = recvfrom(fd, bytes, sizeof(bytes), MSG_DONTWAIT, (struct sockaddr *)&from, &len);
		if (n < 0)
			return;
		src = uv_world_addr((struct sockaddr *)&from);
		port_receive(&uv->port, &src, (struct slice){bytes, (size_t)n});
	}
}

void uv_world_udp_first(uv_loop_t *loop)
{
	uv_walk(loop, read_waiting, NULL);
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
	return uv_udp_recv_start(&uv->udp, uv_world_alloc, received);
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
		uv_close((uv_handle_t *)&uv->udp, port_freed);
		return world_fail(err, rc, "bind", bind);
	}
	*ret_port = &uv->port;
	return 0;
}

void uv_world_udp_close(struct port *port)
{
	uv_world_udp_flush(uv_world_of(port->world));
	uv_close((uv_handle_t *)&uv_port_of(port)->udp, port_freed);
}
