/* SPDX-License-Identifier: MIT */
#include "harness/null_peer.h"
#include "base/mem.h"
#include "sip/timer.h"
#include "harness/sip_text.h"

#include <stdlib.h>

#define LATE (SIP_HORIZON + SECOND) /* beyond Timer F */

struct null_peer {
	struct world *world;
	enum null_peer_kind kind;
	struct port *udp, *tcp, *other;
	struct listener *listener;
	struct late *late;
	struct world_timer crash;
};

struct late { /* an answer that is on its way */
	struct late *next;
	struct null_peer *peer;
	struct world_timer timer;
	struct net_addr dst;
	struct buf text;
};

static const struct manner kinds[] = {
#define X(id, name, earns, text) [NULL_PEER_##id] = {name, earns, text},
	NULL_PEERS(X)
#undef X
};

const struct manners null_peers = {kinds, ARRAY_LEN(kinds)};

/* --- what it says --- */

static bool answer_write(struct null_peer *peer, struct slice bytes, unsigned status, struct buf *to)
{
	char tag[SIP_TEXT_ID_MAX];
	struct arena arena = {0};
	struct sip_msg msg;
	bool is_request =
		sip_msg_index(&msg, bytes, &arena, NULL) == 0 && msg.is_request && msg.method != SIP_METHOD_ACK;

	if (is_request) {
		sip_text_answer(to, &msg, status, sip_text_word(peer->world, tag));
		sip_text_body(to, NULL, SLICE_NONE);
	}
	arena_done(&arena);
	return is_request;
}

static void answer(struct null_peer *peer, struct port *port, const struct net_addr *dst, struct slice bytes,
		   unsigned status)
{
	struct buf text = {0};

	if (answer_write(peer, bytes, status, &text))
		port_send(port, dst, buf_slice(&text), NULL);
	buf_done(&text);
}

static void late_send(void *arg)
{
	struct late *late = arg;

	port_send(late->peer->udp, &late->dst, buf_slice(&late->text), NULL);
}

static void answer_late(struct null_peer *peer, const struct net_addr *dst, struct slice bytes)
{
	struct late *late = mem_alloc(sizeof(*late));

	late->peer = peer;
	late->dst = *dst;
	late->next = peer->late;
	peer->late = late;
	if (answer_write(peer, bytes, 200, &late->text))
		world_timer_start(peer->world, &late->timer, LATE, late_send, late);
}

static unsigned random_status(struct null_peer *peer)
{
	static const unsigned statuses[] = {200, 202, 204, 302, 400, 401, 403, 404, 406,
					    412, 415, 423, 481, 489, 500, 503, 603};

	return statuses[world_random(peer->world) % ARRAY_LEN(statuses)];
}

static void close_ports(void *arg)
{
	struct null_peer *peer = arg;

	if (peer->udp)
		port_close(peer->udp);
	if (peer->tcp)
		port_close(peer->tcp);
	peer->udp = peer->tcp = NULL;
}

static void on_message(void *arg, struct port *port, const struct event_path *path, struct slice bytes, bool is_sip)
{
	static const unsigned fixed[NULL_PEER_COUNT] = {
		[NULL_PEER_REFUSE_403] = 403, [NULL_PEER_REFUSE_489] = 489, [NULL_PEER_REFUSE_405] = 405,
		[NULL_PEER_REFUSE_503] = 503, [NULL_PEER_ACCEPT] = 200,     [NULL_PEER_TWICE] = 200,
	};
	struct null_peer *peer = arg;

	if (fixed[peer->kind])
		answer(peer, port, &path->src, bytes, fixed[peer->kind]);
	if (peer->kind == NULL_PEER_TWICE)
		answer(peer, port, &path->src, bytes, 403);
	else if (peer->kind == NULL_PEER_RANDOM)
		answer(peer, port, &path->src, bytes, random_status(peer));
	else if (peer->kind == NULL_PEER_ECHO)
		port_send(port, &path->src, bytes, NULL);
	else if (peer->kind == NULL_PEER_OTHER_PORT)
		answer(peer, peer->other, &path->src, bytes, 200);
	else if (peer->kind == NULL_PEER_LATE)
		answer_late(peer, &path->src, bytes);
	else if (peer->kind == NULL_PEER_CRASH)
		world_timer_start(peer->world, &peer->crash, 0, close_ports, peer);
}

static void on_error(void *arg, struct port *port, const struct net_addr *to, const struct err *err)
{
}

/* --- life --- */

static const struct port_events events = {.on_message = on_message, .on_error = on_error};

static void on_accept(void *arg, struct stream *stream)
{
	stream_close(stream);
}

static int open_ports(struct null_peer *peer, const struct net_addr *bind, struct err *err)
{
	struct net_addr other = *bind;
	int rc;

	if (peer->kind == NULL_PEER_CLOSE)
		return stream_listen(peer->world, bind, on_accept, peer, &peer->listener, err);
	rc = port_open(peer->world, NET_UDP, bind, &events, peer, &peer->udp, err);
	if (rc == 0)
		rc = port_open(peer->world, NET_TCP, bind, &events, peer, &peer->tcp, err);
	other.port = 0;
	if (rc == 0 && peer->kind == NULL_PEER_OTHER_PORT)
		rc = port_open(peer->world, NET_UDP, &other, &events, peer, &peer->other, err);
	return rc;
}

int null_peer_new(struct world *world, enum null_peer_kind kind, const struct net_addr *bind,
		  struct null_peer **ret_peer, struct err *err)
{
	struct null_peer *peer = mem_alloc(sizeof(*peer));
	int rc = 0;

	peer->world = world;
	peer->kind = kind;
	if (kind != NULL_PEER_NOBODY)
		rc = open_ports(peer, bind, err);
	if (rc == 0)
		*ret_peer = peer;
	else
		null_peer_free(peer);
	return rc;
}

const struct net_addr *null_peer_addr(const struct null_peer *peer)
{
	return port_addr(peer->udp);
}

/* One that has crashed says nothing any more. */
void null_peer_send(struct null_peer *peer, const struct net_addr *dst, struct slice bytes)
{
	if (peer->udp)
		port_send(peer->udp, dst, bytes, NULL);
}

void null_peer_free(struct null_peer *peer)
{
	if (!peer)
		return;
	world_timer_stop(&peer->crash);
	for (struct late *late = peer->late, *next; late; late = next) {
		next = late->next;
		world_timer_stop(&late->timer);
		buf_done(&late->text);
		free(late);
	}
	close_ports(peer);
	if (peer->other)
		port_close(peer->other);
	if (peer->listener)
		listener_close(peer->listener);
	free(peer);
}
