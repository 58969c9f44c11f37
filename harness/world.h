/* SPDX-License-Identifier: MIT
 *
 * A world is time and a network. The same peers and plays run in either of two: the real one (libuv, sockets, monotonic
 * clock) and the virtual one (one process, in-memory network, time that jumps to the next event), where 32 seconds of
 * silence cost nothing. One thread a world. Nothing above this header knows which one it lives in. */
#ifndef HARNESS_WORLD_H
#define HARNESS_WORLD_H

#include "base/err.h"
#include "base/slice.h"
#include "net/addr.h"
#include "trace/event.h"

struct world;

/* What the virtual network does to packets; all zero: nothing. Only datagrams are lost, doubled or reordered; streams
 * are delayed. */
struct weather {
	uint64_t delay;     /* ns, one way */
	uint64_t jitter;    /* ns, 0..jitter added at random: reorders */
	uint32_t loss;      /* per mille of the datagrams */
	uint32_t duplicate; /* per mille */
	uint64_t jump; /* ns, 0..jump: so far the clock leaps ahead, about twice a minute, as where a machine sleeps */
};

struct world *world_new_real(struct err *err);
struct world *world_new_virtual(uint64_t seed, const struct weather *weather);
/* Ports, streams and listeners that are still open are closed without a callback; they are void afterwards. */
void world_free(struct world *world);

bool world_is_virtual(const struct world *world);
/* ns since the world began; never goes back. Also what libosip2's timers see (harness/osip_*). */
uint64_t world_now(const struct world *world);
/* How often things came so late that the world must have stood still: each time for a second at least. */
uint64_t world_stops(const struct world *world);
/* Wall-clock time of the world's beginning, ns since 1970 (0 in a virtual world): for evidence captures. */
uint64_t world_epoch(const struct world *world);
/* A number that the seed decides (virtual), or real entropy mixed with the seed given by world_seed(). */
uint64_t world_random(struct world *world);
void world_seed(struct world *world, uint64_t seed);

/* The TLS of ports that are opened from now on; borrowed until they are closed. NULL: there is none. */
struct tls_context;
void world_set_tls(struct world *world, struct tls_context *tls);
struct tls_context *world_tls(const struct world *world);

/* Runs until world_stop() (from within a callback), or until nothing can happen any more (virtual: no timer and no
 * packet; real: no handle). */
void world_run(struct world *world);
void world_stop(struct world *world);

/* One-shot timer in the owner's storage: zero it, start it, start it again at will (moves it), stop it before the
 * storage goes. The callback may start it again. */
struct world_timer {
	struct world *world; /* NULL: not running */
	uint64_t at, order;  /* timers of one moment fire in the order in which they were started */
	size_t slot;
	void (*call)(void *arg);
	void *arg;
};
void world_timer_start(struct world *world, struct world_timer *timer, uint64_t delay, void (*call)(void *arg),
		       void *arg);
void world_timer_stop(struct world_timer *timer);

/* A port sends and receives whole SIP messages (sip/frame.h) on one address and transport. */
struct port;
struct port_events {
	/* a message, or bytes that are none (is_sip false: datagram junk, or junk on a stream); keep-alives (RFC 5626),
	 * CRLFs and STUN, are answered and not told. The bytes are gone when this returns. The port may be closed from
	 * within. */
	void (*on_message)(void *arg, struct port *port, const struct event_path *path, struct slice bytes,
			   bool is_sip);
	/* a send failed (ICMP refused, no route, connection refused or reset), or a connection broke; may be called
	 * from within port_send */
	void (*on_error)(void *arg, struct port *port, const struct net_addr *peer, const struct err *err);
	/* a connection of ours ended that had been open: err NULL where the other side closed it in order. May be NULL:
	 * on_error hears of those that broke. */
	void (*on_closed)(void *arg, struct port *port, const struct net_addr *peer, unsigned lane,
			  const struct err *err);
};
/* Binds. Port 0 picks a free one; see port_addr(). NET_TCP and NET_TLS listen and also connect out. -EADDRINUSE,
 * -EACCES … with the address in the text; -ENOTSUP for other transports, and for TLS in a world that has none. `events`
 * must outlive the port. What is wrong with TLS is told by on_error with the code TLS_FAILED (harness/tls.h). */
int port_open(struct world *world, enum net_transport transport, const struct net_addr *bind,
	      const struct port_events *events, void *arg, struct port **ret_port, struct err *err);
void port_close(struct port *port);
const struct net_addr *port_addr(const struct port *port);
/* Sends the bytes as they are. NET_TCP, NET_TLS: reuses the connection to dst that is open (also one that dst opened),
 * or opens one. Returns 0 when the bytes were taken; failures that come later go to on_error. -EMSGSIZE over UDP, and
 * whatever the system says at once, with the address in the text. */
int port_send(struct port *port, const struct net_addr *dst, struct slice bytes, struct err *err);
/* The same by the connection of a lane: those of different lanes are different ones. Lane 0 is everybody's. */
int port_send_lane(struct port *port, const struct net_addr *dst, unsigned lane, struct slice bytes, struct err *err);

/* NET_TCP, NET_TLS: whether a connection with dst is open in lane 0, or being opened. */
bool port_has_connection(const struct port *port, const struct net_addr *dst);

/* NET_TLS: whoever connected from `peer` is also reached at `alias` by that connection, as long as it lasts (RFC 5923);
 * false where his certificate does not say that `alias` is his. */
bool port_alias(struct port *port, const struct net_addr *peer, const struct net_addr *alias);

/* Byte streams, for MSRP. */
struct stream;
struct stream_events {
	void (*on_open)(void *arg, struct stream *stream);
	void (*on_bytes)(void *arg, struct stream *stream, struct slice bytes);
	/* err NULL: closed by the other side in order. The stream is gone after this: no stream_close. */
	void (*on_close)(void *arg, struct stream *stream, const struct err *err);
};
struct listener;
/* Port 0 picks. on_accept sets events and arg of the new stream with stream_set_events before it returns. */
int stream_listen(struct world *world, const struct net_addr *bind, void (*on_accept)(void *arg, struct stream *stream),
		  void *arg, struct listener **ret_listener, struct err *err);
const struct net_addr *listener_addr(const struct listener *listener);
void listener_close(struct listener *listener);
int stream_connect(struct world *world, const struct net_addr *dst, const struct stream_events *events, void *arg,
		   struct stream **ret_stream, struct err *err);
void stream_set_events(struct stream *stream, const struct stream_events *events, void *arg);
/* What comes on it is told in the order of arrival, among datagrams and other such streams: for SIP. */
void stream_in_order(struct stream *stream);
const struct net_addr *stream_local(const struct stream *stream); /* of a connecting one: known from on_open on */
const struct net_addr *stream_peer(const struct stream *stream);
/* Taken as a whole, also before on_open. -EPIPE after the other side has closed (on_close is on its way). */
int stream_send(struct stream *stream, struct slice bytes);
void stream_close(
	struct stream *stream); /* no further callback; what was sent since on_open still arrives; NULL is fine */

#endif
