/* SPDX-License-Identifier: MIT */
#include "harness/world_impl.h"

static void listener_close_link(struct world_link *link)
{
	listener_close(CONTAINER(struct listener, link, link));
}

int stream_listen(struct world *world, const struct net_addr *bind, void (*on_accept)(void *arg, struct stream *stream),
		  void *arg, struct listener **ret_listener, struct err *err)
{
	int rc = world->ops->listen(world, bind, ret_listener, err);
	struct listener *listener;

	if (rc)
		return rc;
	listener = *ret_listener;
	listener->world = world;
	listener->on_accept = on_accept;
	listener->arg = arg;
	world_link_add(&world->streams, &listener->link, listener_close_link);
	return 0;
}

const struct net_addr *listener_addr(const struct listener *listener)
{
	return &listener->addr;
}

void listener_close(struct listener *listener)
{
	if (!listener)
		return;
	world_link_remove(&listener->link);
	listener->world->ops->listener_close(listener);
}

static void stream_close_link(struct world_link *link)
{
	stream_close(CONTAINER(struct stream, link, link));
}

void world_stream_init(struct stream *stream, struct world *world)
{
	static const struct stream_events none;

	stream->world = world;
	stream->events = &none;
	world_link_add(&world->streams, &stream->link, stream_close_link);
}

void world_stream_opened(struct stream *stream)
{
	if (stream->events->on_open)
		stream->events->on_open(stream->arg, stream);
}

void world_stream_bytes(struct stream *stream, struct slice bytes)
{
	if (stream->events->on_bytes)
		stream->events->on_bytes(stream->arg, stream, bytes);
}

void world_stream_end(struct stream *stream, const struct err *err)
{
	world_link_remove(&stream->link);
	if (stream->events->on_close)
		stream->events->on_close(stream->arg, stream, err);
}

int stream_connect(struct world *world, const struct net_addr *dst, const struct stream_events *events, void *arg,
		   struct stream **ret_stream, struct err *err)
{
	int rc = world->ops->connect(world, dst, ret_stream, err);

	if (!rc)
		stream_set_events(*ret_stream, events, arg);
	return rc;
}

void stream_set_events(struct stream *stream, const struct stream_events *events, void *arg)
{
	stream->events = events;
	stream->arg = arg;
}

void stream_in_order(struct stream *stream)
{
	if (stream->world->ops->stream_in_order)
		stream->world->ops->stream_in_order(stream);
}

const struct net_addr *stream_local(const struct stream *stream)
{
	return &stream->local;
}

const struct net_addr *stream_peer(const struct stream *stream)
{
	return &stream->peer;
}

int stream_send(struct stream *stream, struct slice bytes)
{
	return stream->world->ops->stream_send(stream, bytes);
}

void stream_close(struct stream *stream)
{
	if (!stream)
		return;
	world_link_remove(&stream->link);
	stream->world->ops->stream_close(stream);
}
