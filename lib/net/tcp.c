/* SPDX-License-Identifier: MIT */
#include "net/tcp.h"
#include "base/time.h"
#include "net/bytes.h"
#include "net/packet_build.h"
#include "net/tcp_priv.h"
#include "base/mem.h"

#include <stdlib.h>

enum { WINDOW_MAX = 1 << 26 }; /* sequence numbers farther away belong to another connection */
#define CLOSED_NS (120 * SECOND)
#define SWEEP_NS  (1 * SECOND)

struct segment {
	struct tcp_bytes bytes;
	uint32_t ack;
	uint16_t sport, dport;
	uint8_t flags;
};

/* The same for both directions. */
static uint64_t pair_hash(const struct ip_pair *ip, const struct segment *s)
{
	size_t n = ip->family == NET_FAMILY_V4 ? 4 : 16;

	return hash_slice((struct slice){(const char *)ip->src, n}, s->sport) +
	       hash_slice((struct slice){(const char *)ip->dst, n}, s->dport);
}

static bool end_is(const struct net_addr *a, uint8_t family, const uint8_t *ip, uint16_t port)
{
	return a->port == port && a->family == family && memcmp(a->ip, ip, family == NET_FAMILY_V4 ? 4 : 16) == 0;
}

static struct tcp_conn *conn_find(const struct assoc *in, uint64_t hash, const struct ip_pair *ip,
				  const struct segment *s, int *ret_dir)
{
	for (struct assoc_node *n = assoc_first(in, hash); n; n = n->chain) {
		struct tcp_conn *c = (struct tcp_conn *)n;

		mem_fetch(c, sizeof(*c)); /* while its ends are compared */
		if (n->hash != hash)
			continue;
		for (int dir = 0; dir < 2; dir++) {
			if (end_is(&c->stream.end[dir], ip->family, ip->src, s->sport) &&
			    end_is(&c->stream.end[!dir], ip->family, ip->dst, s->dport)) {
				*ret_dir = dir;
				return c;
			}
		}
	}
	return NULL;
}

static void ws_free(struct tcp_conn *c)
{
	if (!c->ws)
		return;
	ws_done(&c->ws[0]);
	ws_done(&c->ws[1]);
	free(c->ws);
	c->ws = NULL;
}

static void conn_free(struct tcp *tcp, struct tcp_conn *c)
{
	tcp_order_done(tcp, &c->dir[0]);
	tcp_order_done(tcp, &c->dir[1]);
	ws_free(c);
	free(c);
}

static void closed_expire(struct net *net)
{
	struct assoc *closed = &net->tcp.closed;
	struct assoc_node *n;

	while ((n = closed->oldest) &&
	       (closed->count > net->limits.stream_count || net->now.time > n->time + CLOSED_NS)) {
		assoc_remove(closed, n);
		conn_free(&net->tcp, (struct tcp_conn *)n);
	}
}

static void tell_end(struct net *net, struct tcp_conn *c)
{
	tcp_order_flush(net, c);
	if (c->told)
		net->sink.stream_end(net->sink.ctx, &c->stream);
	c->told = false;
}

/* Over. What carried SIP is remembered for a while, so that late copies of its segments are no new connection. */
static void conn_close(struct net *net, struct tcp_conn *c)
{
	tell_end(net, c);
	assoc_remove(&net->tcp.open, &c->node);
	if (c->mode != TCP_SIP && c->mode != TCP_WS) {
		conn_free(&net->tcp, c);
		return;
	}
	ws_free(c);
	c->mode = TCP_CLOSED;
	assoc_add(&net->tcp.closed, &c->node, c->node.hash, net->now.time);
	closed_expire(net);
}

static void conn_forget(struct net *net, struct tcp_conn *c)
{
	if (c->mode == TCP_CLOSED) {
		assoc_remove(&net->tcp.closed, &c->node);
	} else {
		tell_end(net, c);
		assoc_remove(&net->tcp.open, &c->node);
	}
	conn_free(&net->tcp, c);
}

static void evict(struct net *net)
{
	struct tcp_conn *oldest = (struct tcp_conn *)net->tcp.open.oldest;

	if (net->tcp.open.count <= net->limits.stream_count)
		return;
	if (oldest->mode != TCP_NEW)
		net_count(net, NET_LOST_TCP_EVICTED);
	conn_forget(net, oldest);
}

static struct tcp_conn *conn_new(struct net *net, uint64_t hash, const struct ip_pair *ip, const struct segment *s,
				 int dir)
{
	struct tcp_conn *c = mem_alloc(sizeof(*c));

	c->stream.end[dir] = ip_pair_addr(ip->family, ip->src, s->sport);
	c->stream.end[!dir] = ip_pair_addr(ip->family, ip->dst, s->dport);
	c->stream.transport = NET_TCP;
	assoc_add(&net->tcp.open, &c->node, hash, net->now.time);
	evict(net);
	return c;
}

/* Too much waits behind holes: the connections that were quiet the longest give theirs up, until a quarter is free. */
static void queues_limit(struct net *net)
{
	size_t aim = net->limits.stream_bytes - net->limits.stream_bytes / 4;

	if (net->tcp.queued_bytes <= net->limits.stream_bytes)
		return;
	for (struct assoc_node *n = net->tcp.open.oldest; n && net->tcp.queued_bytes > aim; n = n->newer)
		tcp_order_flush(net, (struct tcp_conn *)n);
}

static bool starts_something(struct net *net, const struct segment *s)
{
	struct slice bytes = slice_bytes(s->bytes.p, s->bytes.len);

	return net->sink.probe(bytes) == NET_PROBE_YES || net_port_forced(net, s->sport, s->dport) || ws_starts(bytes);
}

/* Another connection between the same ports: a SYN with another number, or, where that was not captured, SIP that
 * starts outside of the window, or behind the end. */
static bool is_reuse(struct net *net, const struct tcp_conn *c, int dir, const struct segment *s)
{
	const struct tcp_dir *d = &c->dir[dir];
	int32_t ahead = (int32_t)(s->bytes.seq - d->next);

	if (s->flags & TCP_SYN)
		return c->mode == TCP_CLOSED ? !d->has_isn || d->isn != s->bytes.seq
					     : d->anchored && (d->has_isn ? d->isn != s->bytes.seq : ahead != -1);
	if (!d->anchored || s->bytes.len == 0)
		return false;
	if (c->mode == TCP_CLOSED ? ahead >= 0 || ahead < -WINDOW_MAX : ahead > WINDOW_MAX || ahead < -WINDOW_MAX)
		return starts_something(net, s);
	return false;
}

static void count_tls(struct net *net, const struct ip_pair *ip, const struct segment *s)
{
	struct net_addr src = ip_pair_addr(ip->family, ip->src, s->sport);
	struct net_addr dst = ip_pair_addr(ip->family, ip->dst, s->dport);

	net_count_tls(net, &src, &dst);
}

/* The connection of a segment, a new one where it starts one; NULL for all that is no SIP. */
static struct tcp_conn *conn_get(struct net *net, const struct ip_pair *ip, const struct segment *s, int *ret_dir)
{
	bool syn = s->flags & TCP_SYN;
	uint64_t hash = 0;
	struct tcp_conn *c = NULL;

	if (syn || net->tcp.open.count || net->tcp.closed.count) {
		hash = pair_hash(ip, s);
		c = conn_find(&net->tcp.open, hash, ip, s, ret_dir);
		if (!c)
			c = conn_find(&net->tcp.closed, hash, ip, s, ret_dir);
		if (c && !is_reuse(net, c, *ret_dir, s))
			return c->mode == TCP_CLOSED ? NULL : c;
		if (c)
			conn_forget(net, c);
	}
	if (!syn && (s->bytes.len == 0 || !starts_something(net, s))) {
		if (net_is_tls(slice_bytes(s->bytes.p, s->bytes.len)))
			count_tls(net, ip, s);
		return NULL;
	}
	*ret_dir = syn && s->flags & TCP_ACK;
	return conn_new(net, hash ? hash : pair_hash(ip, s), ip, s, *ret_dir);
}

static void take_flags(struct tcp_conn *c, int dir, struct segment *s)
{
	struct tcp_dir *d = &c->dir[dir], *other = &c->dir[!dir];

	if (s->flags & TCP_SYN) {
		d->isn = s->bytes.seq++;
		d->has_isn = true;
		if (s->flags & TCP_ACK && !other->anchored) { /* the other SYN was not captured */
			other->next = s->ack;
			other->anchored = true;
		}
	}
	if (!d->anchored && (s->flags & TCP_SYN || s->bytes.len)) {
		d->next = s->bytes.seq;
		d->anchored = true;
	}
	if (s->flags & TCP_ACK && (!other->has_acked || (int32_t)(s->ack - other->acked) > 0)) {
		other->acked = s->ack;
		other->has_acked = true;
	}
	if (s->flags & TCP_FIN && !d->has_fin) {
		d->fin = s->bytes.seq + s->bytes.len + s->bytes.lost;
		d->has_fin = true;
	}
}

static bool is_over(const struct tcp_conn *c)
{
	for (int dir = 0; dir < 2; dir++)
		if (!c->dir[dir].has_fin || (c->dir[dir].anchored && c->dir[dir].next != c->dir[dir].fin))
			return false;
	return true;
}

static void conn_check(struct net *net, struct tcp_conn *c)
{
	tcp_order_check(net, c);
	if (c->mode == TCP_DULL)
		conn_forget(net, c);
	else if (is_over(c))
		conn_close(net, c);
}

void tcp_sweep(struct net *net)
{
	uint64_t now = net->now.time;

	if (now > net->tcp.swept && now - net->tcp.swept < SWEEP_NS)
		return;
	net->tcp.swept = now;
	for (struct assoc_node *n = net->tcp.open.oldest, *newer; n; n = newer) {
		newer = n->newer;
		conn_check(net, (struct tcp_conn *)n);
	}
}

static bool read_segment(struct layer l, struct segment *ret)
{
	uint32_t head;

	if (l.len < 20)
		return false;
	head = (l.p[12] >> 4) * 4u;
	if (head < 20 || head > l.len)
		return false;
	*ret = (struct segment){
		.bytes = {get_be32(l.p + 4), l.len - head, l.missing, l.p + head},
		.ack = get_be32(l.p + 8),
		.sport = get_be16(l.p),
		.dport = get_be16(l.p + 2),
		.flags = l.p[13],
	};
	return true;
}

void tcp_segment(struct net *net, const struct ip_pair *ip, struct layer l)
{
	struct segment s;
	struct tcp_conn *c;
	int dir;

	if (!read_segment(l, &s)) {
		layer_short(net, &l);
		return;
	}
	c = conn_get(net, ip, &s, &dir);
	if (!c)
		return;
	assoc_fetch(&c->node);
	mem_fetch(c->stream.user, MEM_LINE);
	take_flags(c, dir, &s);
	if (s.bytes.len + s.bytes.lost)
		tcp_order_add(net, c, dir, s.bytes);
	assoc_touch(&net->tcp.open, &c->node, net->now.time);
	tcp_order_count(c);
	if (s.flags & TCP_RST && c->mode != TCP_DULL)
		conn_close(net, c);
	else
		conn_check(net, c);
	queues_limit(net);
}

void tcp_finish(struct net *net)
{
	while (net->tcp.open.oldest)
		conn_close(net, (struct tcp_conn *)net->tcp.open.oldest);
}

void tcp_done(struct tcp *tcp)
{
	for (struct assoc *list = &tcp->open; list; list = list == &tcp->open ? &tcp->closed : NULL) {
		for (struct assoc_node *n = list->oldest, *newer; n; n = newer) {
			newer = n->newer;
			conn_free(tcp, (struct tcp_conn *)n);
		}
		assoc_done(list);
	}
}
