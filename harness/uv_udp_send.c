/* SPDX-License-Identifier: MIT
 *
 * Datagrams that go out. The first one to somebody goes at once, so that what the system says of it is told at once;
 * those that follow go together, before the loop waits or anything else is said: that wakes the other side up once. */
#define _GNU_SOURCE
#include "harness/uv_port.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/socket.h>

enum { SEND_TRIES = 4, BATCH_BYTES = 64 * 1024, SMALL = 1400 };

/* ---- one by one ---- */

struct uv_send {
	uv_udp_send_t request;
	struct net_addr dst;
	char bytes[];
};

static void sent_late(uv_udp_send_t *request, int status)
{
	struct uv_send *send = CONTAINER(struct uv_send, request, request);
	struct uv_port *uv = CONTAINER(struct uv_port, udp, request->handle);

	if (status && status != UV_ECANCELED)
		port_fail(&uv->port, &send->dst, status, "send to");
	free(send);
}

/* The socket is full: libuv keeps the datagram until it is not. */
static int send_late(struct uv_port *uv, const struct net_addr *dst, const struct sockaddr *to, struct slice bytes)
{
	struct uv_send *send = mem_alloc(sizeof(*send) + bytes.len);
	uv_buf_t buf = uv_buf_init(send->bytes, (unsigned)bytes.len);
	int rc;

	send->dst = *dst;
	memcpy(send->bytes, bytes.p, bytes.len);
	rc = uv_udp_send(&send->request, &uv->udp, &buf, 1, to, sent_late);
	if (rc)
		free(send);
	return rc;
}

static int send_now(struct uv_port *uv, const struct net_addr *dst, struct slice bytes)
{
	uv_buf_t buf = uv_buf_init((char *)bytes.p, (unsigned)bytes.len);
	struct sockaddr_storage to;
	int rc = 0;

	uv_world_sockaddr(&to, dst);
	for (int tries = 0; tries < SEND_TRIES; tries++) {
		rc = uv_udp_try_send(&uv->udp, &buf, 1, (struct sockaddr *)&to);
		if (rc != UV_ECONNREFUSED)
			break;
		/* what an earlier datagram met with: this one was not sent yet */
		uv_port_drain_errors(uv);
		if (uv->port.closed)
			return -ECONNREFUSED;
	}
	if (rc == UV_EAGAIN)
		rc = send_late(uv, dst, (struct sockaddr *)&to, bytes);
	return rc < 0 ? rc : 0;
}

/* ---- together ---- */

static int send_together(struct uv_port *uv, const struct udp_batch *batch)
{
	struct mmsghdr messages[UDP_BATCH_MAX] = {0};
	struct iovec parts[UDP_BATCH_MAX];
	struct sockaddr_storage to;
	char *p = batch->bytes.p;
	uv_os_fd_t fd;

	uv_world_sockaddr(&to, &batch->dst);
	for (unsigned i = 0; i < batch->count; p += batch->lens[i++]) {
		parts[i] = (struct iovec){p, batch->lens[i]};
		messages[i].msg_hdr =
			(struct msghdr){.msg_name = &to,
					.msg_namelen = batch->dst.family == NET_FAMILY_V6 ? sizeof(struct sockaddr_in6)
											  : sizeof(struct sockaddr_in),
					.msg_iov = &parts[i],
					.msg_iovlen = 1};
	}
	if (uv_fileno((uv_handle_t *)&uv->udp, &fd))
		return 0;
	return sendmmsg(fd, messages, batch->count, MSG_DONTWAIT);
}

/* What did not go with the others goes alone, and its failure is told. */
static void flush(struct uv_port *uv)
{
	struct udp_batch batch = uv->batch;
	struct slice rest = buf_slice(&batch.bytes);
	int sent, rc;

	if (!batch.count)
		return;
	uv->batch = (struct udp_batch){0};
	sent = batch.count > 1 ? send_together(uv, &batch) : 0;
	for (unsigned i = 0; i < batch.count; i++) {
		struct slice bytes = {rest.p, batch.lens[i]};

		rest = (struct slice){rest.p + bytes.len, rest.len - bytes.len};
		if ((int)i < sent)
			continue;
		if (uv_is_closing((uv_handle_t *)&uv->udp)) /* whom a failure was told has closed it */
			break;
		rc = send_now(uv, &batch.dst, bytes);
		if (rc < 0)
			port_fail(&uv->port, &batch.dst, rc, "send to");
	}
	buf_clear(&batch.bytes);
	if (uv->batch.bytes.p)
		buf_done(&batch.bytes);
	else
		uv->batch.bytes = batch.bytes; /* to be used again */
}

void uv_world_udp_flush(struct uv_world *uv)
{
	struct uv_port *port;

	while ((port = uv->unsent)) {
		uv->unsent = port->next_unsent;
		port->is_unsent = false;
		flush(port);
	}
}

static void batch_add(struct uv_port *uv, struct slice bytes)
{
	struct uv_world *world = uv_world_of(uv->port.world);

	uv->batch.dst = uv->known;
	uv->batch.lens[uv->batch.count++] = (uint32_t)bytes.len;
	buf_add(&uv->batch.bytes, bytes);
	if (uv->batch.count == UDP_BATCH_MAX || uv->batch.bytes.len > BATCH_BYTES)
		flush(uv);
	if (uv->is_unsent)
		return;
	uv->is_unsent = true;
	uv->next_unsent = world->unsent;
	world->unsent = uv;
}

int uv_world_udp_send(struct port *port, const struct net_addr *dst, struct slice bytes, struct err *err)
{
	struct uv_port *uv = uv_port_of(port);
	int rc;

	if (net_addr_eq(dst, &uv->known) && bytes.len <= SMALL) {
		batch_add(uv, bytes);
		return 0;
	}
	flush(uv);
	rc = send_now(uv, dst, bytes);
	uv->known = rc < 0 ? (struct net_addr){0} : *dst;
	return rc < 0 ? world_fail(err, rc, "send to", dst) : 0;
}
