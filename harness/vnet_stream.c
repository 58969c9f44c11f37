/* SPDX-License-Identifier: MIT
 *
 * A stream is two ends that know each other while both are open. What is on its way to an end hangs in that end's
 * queue as pieces, each with its time of arrival, which never overtakes the one before. */
#include "harness/vnet.h"

#include "base/mem.h"

#include <stdlib.h>

enum piece_kind { PIECE_CONNECT, PIECE_OPEN, PIECE_BYTES, PIECE_CLOSE, PIECE_REFUSED };

struct vend {
	struct stream stream;
	struct vend *peer;          /* NULL: not there yet, or gone */
	struct piece *first, **end; /* on the way to here */
	struct world_timer timer;   /* arrival of the first */
	uint64_t last;              /* arrival of the last piece */
	struct buf early;           /* sent before the connection was there */
	bool connecting;
};

struct piece {
	struct piece *next;
	enum piece_kind kind;
	uint64_t at;
	size_t len;
	char bytes[];
};

static struct vend *vend_of(struct stream *stream)
{
	return CONTAINER(struct vend, stream, stream);
}

static struct vend *vend_new(struct world *world, const struct net_addr *local, const struct net_addr *peer)
{
	struct vend *vend = mem_alloc(sizeof(*vend));

	world_stream_init(&vend->stream, world);
	vend->stream.local = *local;
	vend->stream.peer = *peer;
	vend->end = &vend->first;
	return vend;
}

static struct piece *vend_take(struct vend *vend)
{
	struct piece *piece = vend->first;

	vend->first = piece->next;
	if (!vend->first)
		vend->end = &vend->first;
	return piece;
}

static void vend_free(struct vend *vend)
{
	world_timer_stop(&vend->timer);
	while (vend->first)
		free(vend_take(vend));
	buf_done(&vend->early);
	free(vend);
}

static void vend_arrival(void *arg);

static void vend_arm(struct vend *vend)
{
	struct world *world = vend->stream.world;

	if (vend->first)
		world_timer_start(world, &vend->timer, vend->first->at - world_now(world), vend_arrival, vend);
}

/* Queues a piece for `to`. */
static void piece_post(struct vend *to, enum piece_kind kind, struct slice bytes)
{
	struct vnet *net = vnet_of(to->stream.world);
	struct piece *piece = mem_alloc(sizeof(*piece) + bytes.len);
	uint64_t at = net->now + vnet_delay(net);
	bool idle = !to->first;

	piece->kind = kind;
	piece->at = to->last = at > to->last ? at : to->last;
	piece->len = bytes.len;
	if (bytes.len)
		memcpy(piece->bytes, bytes.p, bytes.len);
	*to->end = piece;
	to->end = &piece->next;
	if (idle)
		vend_arm(to);
}

static void vend_end(struct vend *vend, int code)
{
	struct err err;

	if (vend->peer)
		vend->peer->peer = NULL;
	if (code)
		world_fail(&err, code, "connect to", &vend->stream.peer);
	world_stream_end(&vend->stream, code ? &err : NULL);
	vend_free(vend);
}

/* The wish to connect has reached the other side. */
static void vend_meet(struct vend *caller)
{
	struct stream *stream = &caller->stream;
	struct listener *listener = map_get(&vnet_of(stream->world)->listeners, vnet_key(&stream->peer));
	struct vend *called;

	if (!listener) {
		piece_post(caller, PIECE_REFUSED, SLICE_NONE);
		return;
	}
	called = vend_new(stream->world, &stream->peer, &stream->local);
	called->peer = caller;
	caller->peer = called;
	piece_post(caller, PIECE_OPEN, SLICE_NONE);
	listener->on_accept(listener->arg, &called->stream);
}

static void vend_opened(struct vend *vend)
{
	vend->connecting = false;
	if (vend->peer && vend->early.len)
		piece_post(vend->peer, PIECE_BYTES, buf_slice(&vend->early));
	buf_done(&vend->early);
	vend->early = (struct buf){0};
	world_stream_opened(&vend->stream);
}

static void vend_arrival(void *arg)
{
	struct vend *vend = arg;
	struct piece *piece = vend_take(vend);

	/* The next arrival is set before the owner hears of this one: it may close the stream. */
	vend_arm(vend);
	switch (piece->kind) {
	case PIECE_CONNECT:
		vend_meet(vend);
		break;
	case PIECE_OPEN:
		vend_opened(vend);
		break;
	case PIECE_BYTES:
		world_stream_bytes(&vend->stream, (struct slice){piece->bytes, piece->len});
		break;
	case PIECE_CLOSE:
		vend_end(vend, 0);
		break;
	case PIECE_REFUSED:
		vend_end(vend, -ECONNREFUSED);
		break;
	}
	free(piece);
}

int vnet_listen(struct world *world, const struct net_addr *bind, struct listener **ret_listener, struct err *err)
{
	struct vnet *net = vnet_of(world);
	struct listener *listener = mem_alloc(sizeof(*listener));
	int rc = vnet_claim(net, &net->listeners, bind, listener, &listener->addr, err);

	if (rc)
		free(listener);
	else
		*ret_listener = listener;
	return rc;
}

void vnet_listener_close(struct listener *listener)
{
	map_remove(&vnet_of(listener->world)->listeners, vnet_key(&listener->addr));
	free(listener);
}

/* The caller's own address: the one of the other side with a port nobody listens on. */
static struct net_addr caller_addr(struct vnet *net, const struct net_addr *dst)
{
	struct net_addr want = *dst, addr = {0};

	want.port = 0;
	if (!vnet_claim(net, &net->listeners, &want, net, &addr, NULL))
		map_remove(&net->listeners, vnet_key(&addr));
	return addr;
}

int vnet_connect(struct world *world, const struct net_addr *dst, struct stream **ret_stream, struct err *err)
{
	struct net_addr local = caller_addr(vnet_of(world), dst);
	struct vend *vend = vend_new(world, &local, dst);

	vend->connecting = true;
	piece_post(vend, PIECE_CONNECT, SLICE_NONE);
	*ret_stream = &vend->stream;
	return 0;
}

int vnet_stream_send(struct stream *stream, struct slice bytes)
{
	struct vend *vend = vend_of(stream);

	if (vend->connecting) {
		buf_add(&vend->early, bytes);
		return 0;
	}
	if (!vend->peer)
		return -EPIPE;
	piece_post(vend->peer, PIECE_BYTES, bytes);
	return 0;
}

void vnet_stream_close(struct stream *stream)
{
	struct vend *vend = vend_of(stream);

	if (vend->peer) {
		vend->peer->peer = NULL;
		piece_post(vend->peer, PIECE_CLOSE, SLICE_NONE);
	}
	vend_free(vend);
}
