/* SPDX-License-Identifier: MIT */
#include "harness/uv_order.h"

#include "base/time.h"

#include <string.h>
#include <sys/socket.h>

void uv_order_stamp(uv_handle_t *handle)
{
	uv_os_fd_t fd;
	int on = 1;

	if (!uv_fileno(handle, &fd))
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

void uv_order_join(struct uv_order *order, uv_handle_t *handle, bool (*read)(struct uv_order *order))
{
	struct uv_world *world = handle->loop->data;

	order->handle = handle;
	order->read = read;
	order->at = &world->ordered;
	order->next = *order->at;
	if (order->next)
		order->next->at = &order->next;
	*order->at = order;
	world->ordered_streams += handle->type == UV_TCP;
}

void uv_order_leave(struct uv_order *order)
{
	struct uv_world *world;

	if (!order->at)
		return;
	world = order->handle->loop->data;
	world->ordered_streams -= order->handle->type == UV_TCP;
	*order->at = order->next;
	if (order->next)
		order->next->at = order->at;
	order->at = NULL;
}

static uint64_t stamp_of(struct msghdr *msg)
{
	struct timespec time;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&time, CMSG_DATA(c), sizeof(time));
		return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
	}
	return 0;
}

/* When the first that waits was received; 0: nothing does, or the kernel does not tell. */
static uint64_t waits_since(const uv_handle_t *handle)
{
	union {
		struct cmsghdr aligned;
		char bytes[128];
	} control;
	char byte;
	struct iovec part = {&byte, 1};
	struct msghdr msg = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control)};
	uv_os_fd_t fd;

	if (uv_fileno(handle, &fd) || recvmsg(fd, &msg, MSG_PEEK | MSG_DONTWAIT) < 0)
		return 0;
	return stamp_of(&msg);
}

/* Datagrams alone are few sockets, and the loop calls these in their order. */
void uv_order_note(struct uv_order *order)
{
	const struct uv_world *world = order->at ? order->handle->loop->data : NULL;

	order->since = world && world->ordered_streams ? waits_since(order->handle) : 0;
}

static struct uv_order *first_before(const struct uv_order *order)
{
	const struct uv_world *world = order->handle->loop->data;
	uint64_t least = order->since, since;
	struct uv_order *first = NULL;

	for (struct uv_order *other = world->ordered; other; other = other->next) {
		since = other == order ? 0 : waits_since(other->handle);
		if (since && since < least) {
			least = since;
			first = other;
		}
	}
	return first;
}

void uv_order_earlier(struct uv_order *order)
{
	struct uv_order *first;

	while (order->at && order->since && (first = first_before(order)))
		if (!first->read(first))
			return;
}
