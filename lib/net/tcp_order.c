/* SPDX-License-Identifier: MIT
 *
 * The order of a connection's bytes: first byte wins, holes wait until they are filled or hopeless. */
#include "net/tcp_priv.h"
#include "base/time.h"
#include "net/bytes.h"
#include "base/mem.h"

#include <stdlib.h>

/* When a hole is hopeless: the other side has what is missing, and so many more packets went by; or, where it says
 * nothing, so much waits, or so long. */
enum { PATIENCE = 16, WAITING_MAX = 256, WAITING_BYTES_MAX = 1024 * 1024 };
#define WAITING_NS (5 * SECOND)

struct tcp_piece {
	struct tcp_piece *next;
	struct net_ref from;
	struct tcp_bytes b; /* b.p is `bytes` */
	uint8_t bytes[];
};

static int32_t distance(uint32_t from, uint32_t to)
{
	return (int32_t)(to - from);
}

static uint32_t bytes_end(const struct tcp_bytes *b)
{
	return b->seq + b->len + b->lost;
}

static void remember(struct tcp_dir *d, const struct tcp_bytes *b)
{
	d->seen[d->seen_count++ % TCP_SEEN] =
		(struct tcp_seen){b->seq, b->len, hash_slice(slice_bytes(b->p, b->len), 0)};
}

/* A repetition of what was handed over can be compared where it has the same borders; that is what stacks send. */
static void check_repeated(struct net *net, const struct tcp_dir *d, const struct tcp_bytes *b)
{
	uint32_t n = d->seen_count < TCP_SEEN ? d->seen_count : TCP_SEEN;

	for (uint32_t i = 0; i < n; i++) {
		const struct tcp_seen *s = &d->seen[i];
		if (s->seq == b->seq && s->len == b->len && s->hash != hash_slice(slice_bytes(b->p, b->len), 0))
			net_count(net, NET_LOST_TCP_CONFLICT);
	}
}

static void websocket(struct net *net, struct tcp_conn *c, int dir, struct slice bytes)
{
	struct slice message;
	int r;

	ws_add(&c->ws[dir], bytes);
	while ((r = ws_next(&c->ws[dir], net->limits.message_bytes, &message)) > 0) {
		if (net->sink.probe(message) == NET_PROBE_YES)
			net_emit(net, &(struct net_datagram){
					      .src = c->stream.end[dir],
					      .dst = c->stream.end[!dir],
					      .transport = NET_WS,
					      .bytes = message,
				      });
	}
	if (r == 0)
		return;
	if (r != -EPROTONOSUPPORT)
		net_count(net, NET_LOST_WS_BROKEN);
	c->mode = TCP_DULL;
}

/* The first bytes that are seen of a connection decide what it is. */
static enum tcp_mode decide(struct net *net, struct tcp_conn *c, int dir, struct slice bytes)
{
	if (net_port_forced(net, c->stream.end[0].port, c->stream.end[1].port) ||
	    net->sink.probe(bytes) != NET_PROBE_NO)
		return TCP_SIP;
	if (ws_starts(bytes)) {
		c->ws = mem_alloc(2 * sizeof(*c->ws));
		c->stream.transport = NET_WS;
		return TCP_WS;
	}
	if (net_is_tls(bytes))
		net_count_tls(net, &c->stream.end[dir], &c->stream.end[!dir]);
	return TCP_DULL;
}

static void hand_over(struct net *net, struct tcp_conn *c, int dir, struct slice bytes, const struct net_ref *from)
{
	if (c->mode == TCP_NEW)
		c->mode = decide(net, c, dir, bytes);
	if (c->mode == TCP_WS) {
		websocket(net, c, dir, bytes);
		return;
	}
	if (c->mode != TCP_SIP)
		return;
	net->stats.streams += !c->told;
	c->told = true;
	net->sink.stream_bytes(net->sink.ctx, &c->stream, dir, bytes, from, &net->now);
}

static void gap(struct net *net, struct tcp_conn *c, int dir, uint32_t missing, enum net_reason reason)
{
	c->dir[dir].next += missing;
	if (c->mode == TCP_WS) { /* frames can't be found again behind a hole */
		net_count(net, NET_LOST_WS_BROKEN);
		c->mode = TCP_DULL;
	}
	if (c->mode != TCP_SIP)
		return;
	net_count(net, reason);
	if (c->told)
		net->sink.stream_gap(net->sink.ctx, &c->stream, dir, missing, &net->now);
}

/* b->seq is d->next. */
static void pass(struct net *net, struct tcp_conn *c, int dir, const struct tcp_bytes *b, const struct net_ref *from)
{
	struct tcp_dir *d = &c->dir[dir];

	d->next += b->len;
	if (b->len)
		hand_over(net, c, dir, slice_bytes(b->p, b->len), from);
	if (c->mode == TCP_SIP && b->len)
		remember(d, b);
	if (b->lost)
		gap(net, c, dir, b->lost, NET_LOST_SNAPPED);
}

static void piece_free(struct tcp *tcp, struct tcp_dir *d, struct tcp_piece *piece)
{
	tcp->queued_bytes -= sizeof(*piece) + piece->b.len;
	d->waiting_bytes -= piece->b.len;
	d->waiting--;
	free(piece);
}

void tcp_order_done(struct tcp *tcp, struct tcp_dir *d)
{
	for (struct tcp_piece *p; (p = d->queue);) {
		d->queue = p->next;
		piece_free(tcp, d, p);
	}
}

/* Hands over what follows `next` now. */
static void drain(struct net *net, struct tcp_conn *c, int dir)
{
	struct tcp_dir *d = &c->dir[dir];
	struct tcp_piece *p;

	while ((p = d->queue) && p->b.seq == d->next) {
		d->queue = p->next;
		pass(net, c, dir, &p->b, &p->from);
		piece_free(&net->tcp, d, p);
		d->patience = 0;
		d->waiting_since = net->now.time;
	}
}

static void insert(struct net *net, struct tcp_dir *d, struct tcp_piece **at, struct tcp_bytes b)
{
	struct tcp_piece *p = mem_realloc(NULL, sizeof(*p) + b.len);

	memcpy(p->bytes, b.p, b.len);
	p->b = b;
	p->b.p = p->bytes;
	p->from = net->now;
	p->next = *at;
	*at = p;
	if (d->waiting++ == 0) {
		d->waiting_since = net->now.time;
		d->patience = 0;
	}
	d->waiting_bytes += b.len;
	net->tcp.queued_bytes += sizeof(*p) + b.len;
}

/* Cuts `n` bytes off the front. */
static void cut_front(struct tcp_bytes *b, uint32_t n)
{
	uint32_t of_len = n < b->len ? n : b->len;

	b->seq += n;
	b->p += of_len;
	b->len -= of_len;
	b->lost -= n - of_len;
}

/* What of `b` lies before sequence number `end`. */
static struct tcp_bytes front_of(const struct tcp_bytes *b, uint32_t end)
{
	uint32_t n = (uint32_t)distance(b->seq, end);
	struct tcp_bytes front = *b;

	front.len = n < b->len ? n : b->len;
	front.lost = n - front.len < b->lost ? n - front.len : b->lost;
	return front;
}

/* b and the piece both have bytes from b->seq on. */
static bool differs(const struct tcp_bytes *b, const struct tcp_bytes *piece)
{
	uint32_t at = (uint32_t)distance(piece->seq, b->seq), n;

	if (at >= piece->len)
		return false;
	n = piece->len - at < b->len ? piece->len - at : b->len;
	return memcmp(piece->p + at, b->p, n) != 0;
}

/* Into the queue, around what waits there already. */
static void enqueue(struct net *net, struct tcp_dir *d, struct tcp_bytes b)
{
	struct tcp_piece **at = &d->queue;

	for (; *at && b.len + b.lost; at = &(*at)->next) {
		const struct tcp_bytes *old = &(*at)->b;

		if (distance(b.seq, bytes_end(old)) <= 0)
			continue;
		if (distance(old->seq, b.seq) < 0) {
			struct tcp_bytes front = front_of(&b, old->seq);

			insert(net, d, at, front);
			at = &(*at)->next;
			cut_front(&b, front.len + front.lost);
		}
		old = &(*at)->b;
		if (b.len + b.lost == 0 || distance(b.seq, old->seq) > 0)
			return;
		if (differs(&b, old))
			net_count(net, NET_LOST_TCP_CONFLICT);
		if (distance(bytes_end(old), bytes_end(&b)) <= 0)
			return;
		cut_front(&b, (uint32_t)distance(b.seq, bytes_end(old)));
	}
	if (b.len + b.lost)
		insert(net, d, at, b);
}

void tcp_order_add(struct net *net, struct tcp_conn *c, int dir, struct tcp_bytes b)
{
	struct tcp_dir *d = &c->dir[dir];
	int32_t ahead = distance(d->next, b.seq);

	if (ahead < 0) {
		check_repeated(net, d, &b);
		if (distance(d->next, bytes_end(&b)) <= 0)
			return;
		cut_front(&b, (uint32_t)-ahead);
	}
	if (b.seq == d->next && !d->queue) {
		pass(net, c, dir, &b, &net->now);
		return;
	}
	enqueue(net, d, b);
	drain(net, c, dir);
}

static void give_up_hole(struct net *net, struct tcp_conn *c, int dir)
{
	struct tcp_dir *d = &c->dir[dir];

	gap(net, c, dir, (uint32_t)distance(d->next, d->queue->b.seq), NET_LOST_TCP_GAP);
	drain(net, c, dir);
}

static bool hopeless(const struct tcp_dir *d, uint64_t now)
{
	return d->patience > PATIENCE || d->waiting > WAITING_MAX || d->waiting_bytes > WAITING_BYTES_MAX ||
	       (now > d->waiting_since && now - d->waiting_since > WAITING_NS);
}

void tcp_order_count(struct tcp_conn *c)
{
	for (int dir = 0; dir < 2; dir++) {
		struct tcp_dir *d = &c->dir[dir];

		if (d->queue && d->has_acked && distance(d->next, d->acked) > 0)
			d->patience++;
	}
}

void tcp_order_check(struct net *net, struct tcp_conn *c)
{
	for (int dir = 0; dir < 2; dir++)
		while (c->dir[dir].queue && hopeless(&c->dir[dir], net->now.time))
			give_up_hole(net, c, dir);
}

void tcp_order_flush(struct net *net, struct tcp_conn *c)
{
	for (int dir = 0; dir < 2; dir++)
		while (c->dir[dir].queue)
			give_up_hole(net, c, dir);
}
