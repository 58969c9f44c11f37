/* SPDX-License-Identifier: MIT */
#include "harness/world_impl.h"

#include "sip/frame.h"

void world_init(struct world *world, const struct world_ops *ops, uint64_t seed)
{
	world->ops = ops;
	world->ports.next = world->ports.prev = &world->ports;
	world->streams.next = world->streams.prev = &world->streams;
	world->random = seed;
}

static void ring_close(struct world_link *ring)
{
	while (ring->next != ring)
		ring->next->close(ring->next);
}

void world_free(struct world *world)
{
	if (!world)
		return;
	ring_close(&world->ports);
	ring_close(&world->streams);
	world->ops->free(world);
}

void world_link_add(struct world_link *ring, struct world_link *link, void (*close)(struct world_link *link))
{
	link->close = close;
	link->prev = ring->prev;
	link->next = ring;
	link->prev->next = link->next->prev = link;
}

void world_link_remove(struct world_link *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
}

uint64_t world_now(const struct world *world)
{
	return world->ops->now(world);
}

uint64_t world_epoch(const struct world *world)
{
	return world->ops->epoch(world);
}

uint64_t world_random(struct world *world)
{
	return rng_next(&world->random);
}

void world_seed(struct world *world, uint64_t seed)
{
	world->random = world_is_virtual(world) ? seed : hash_mix(world->random ^ seed);
}

void world_run(struct world *world)
{
	world->stopped = false;
	world->ops->run(world);
}

void world_stop(struct world *world)
{
	world->stopped = true;
	world->ops->stop(world);
}

static void timers_changed(struct world *world)
{
	if (world->ops->timers_changed)
		world->ops->timers_changed(world);
}

void world_timer_start(struct world *world, struct world_timer *timer, uint64_t delay, void (*call)(void *arg),
		       void *arg)
{
	if (timer->world)
		world_heap_remove(&timer->world->heap, timer);
	timer->world = world;
	timer->at = world_now(world) + delay;
	timer->call = call;
	timer->arg = arg;
	world_heap_add(&world->heap, timer);
	timers_changed(world);
}

void world_timer_stop(struct world_timer *timer)
{
	struct world *world = timer->world;

	if (!world)
		return;
	world_heap_remove(&world->heap, timer);
	timer->world = NULL;
	timers_changed(world);
}

void world_fire(struct world *world, uint64_t now)
{
	uint64_t order = world->heap.order;
	struct world_timer *timer;

	/* what the callbacks start waits for its next turn, so that sockets are read between */
	while (!world->stopped && (timer = world_heap_first(&world->heap)) && timer->at <= now &&
	       timer->order < order) {
		world_heap_remove(&world->heap, timer);
		timer->world = NULL;
		timer->call(timer->arg);
	}
}

int world_fail(struct err *err, int code, const char *what, const struct net_addr *addr)
{
	char text[NET_ADDR_TEXT_MAX];

	return err_set(err, code, "cannot %s %s: %s", what, net_addr_format(text, addr), strerror(-code));
}

/* ---- ports ---- */

static void port_close_link(struct world_link *link)
{
	port_close(CONTAINER(struct port, link, link));
}

int port_open(struct world *world, enum net_transport transport, const struct net_addr *bind,
	      const struct port_events *events, void *arg, struct port **ret_port, struct err *err)
{
	struct port *port = NULL;
	int rc;

	if (transport != NET_UDP && transport != NET_TCP)
		return err_set(err, -ENOTSUP, "transport %s has no sockets here", net_transport_name(transport));
	rc = (transport == NET_UDP ? world->ops->udp_open : world_tcp_open)(world, bind, &port, err);
	if (rc)
		return rc;
	port->transport = transport;
	port->events = events;
	port->arg = arg;
	world_link_add(&world->ports, &port->link, port_close_link);
	*ret_port = port;
	return 0;
}

void port_close(struct port *port)
{
	if (!port)
		return;
	port->closed = true;
	world_link_remove(&port->link);
	if (port->transport == NET_UDP)
		port->world->ops->udp_close(port);
	else
		world_tcp_close(port);
}

const struct net_addr *port_addr(const struct port *port)
{
	return &port->addr;
}

int port_send(struct port *port, const struct net_addr *dst, struct slice bytes, struct err *err)
{
	if (port->transport == NET_UDP)
		return port->world->ops->udp_send(port, dst, bytes, err);
	return world_tcp_send(port, dst, bytes, err);
}

void port_receive(struct port *port, const struct net_addr *src, struct slice bytes)
{
	struct event_path path = {*src, port->addr, port->transport};
	enum sip_frame frame;
	size_t skip, len;

	if (port->closed)
		return;
	frame = sip_frame_datagram(bytes, &skip, &len);
	if (frame == SIP_FRAME_MESSAGE)
		port->events->on_message(port->arg, port, &path, (struct slice){bytes.p + skip, len}, true);
	else if (frame != SIP_FRAME_KEEPALIVE)
		port->events->on_message(port->arg, port, &path, bytes, false);
}

void port_fail(struct port *port, const struct net_addr *peer, int code, const char *what)
{
	struct err err;

	if (port->closed)
		return;
	world_fail(&err, code, what, peer);
	port->events->on_error(port->arg, port, peer, &err);
}

/* ---- streams ---- */

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
