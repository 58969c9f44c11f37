/* SPDX-License-Identifier: MIT */
#include "net/sctp.h"
#include "net/bytes.h"
#include "net/net_priv.h"
#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>

enum {
	CHUNK_DATA = 0,
	FLAG_END = 1,
	FLAG_BEGIN = 2,
	PACKET_HEAD = 12,
	DATA_HEAD = 16,
	SEEN_MAX = 64,
	PIECES_MAX = 1024
};

struct piece {
	struct piece *next;
	struct net_ref from;
	uint32_t tsn, len;
	uint16_t stream, number;
	uint8_t flags;
	uint8_t bytes[];
};

/* What one side sends. */
struct flow {
	struct assoc_node node;
	struct net_addr src, dst;
	struct piece *pieces; /* of unfinished messages, by transmission sequence number */
	size_t bytes, piece_count;
	struct { /* transmission sequence numbers of the last messages: retransmissions are passed over */
		uint32_t first, last;
	} seen[SEEN_MAX];
	uint32_t seen_count;
};

struct chunk {
	uint32_t tsn, len, missing;
	uint16_t stream, number;
	uint8_t flags;
	const uint8_t *p;
};

static void piece_free(struct sctp *sctp, struct flow *flow, struct piece *p)
{
	flow->piece_count--;
	flow->bytes -= sizeof(*p) + p->len;
	sctp->bytes -= sizeof(*p) + p->len;
	free(p);
}

/* Returns how many were freed. */
static uint64_t pieces_free(struct sctp *sctp, struct flow *flow)
{
	uint64_t n = 0;

	for (struct piece *p; (p = flow->pieces); n++) {
		flow->pieces = p->next;
		piece_free(sctp, flow, p);
	}
	return n;
}

static void flow_forget(struct net *net, struct flow *flow)
{
	net_count_many(net, NET_LOST_SCTP_UNFINISHED, pieces_free(&net->sctp, flow));
	assoc_remove(&net->sctp.flows, &flow->node);
	free(flow);
}

void sctp_finish(struct net *net)
{
	while (net->sctp.flows.oldest)
		flow_forget(net, (struct flow *)net->sctp.flows.oldest);
}

void sctp_done(struct sctp *sctp)
{
	for (struct assoc_node *n = sctp->flows.oldest, *newer; n; n = newer) {
		newer = n->newer;
		pieces_free(sctp, (struct flow *)n);
		free(n);
	}
	assoc_done(&sctp->flows);
}

static struct flow *flow_get(struct net *net, const struct net_addr *src, const struct net_addr *dst)
{
	uint64_t hash = net_addr_hash(dst, net_addr_hash(src, 0));
	struct assoc *flows = &net->sctp.flows;
	struct flow *flow;

	for (struct assoc_node *n = assoc_first(flows, hash); n; n = n->chain) {
		flow = (struct flow *)n;
		if (n->hash == hash && net_addr_eq(&flow->src, src) && net_addr_eq(&flow->dst, dst)) {
			assoc_touch(flows, n, net->now.time);
			return flow;
		}
	}
	flow = mem_alloc(sizeof(*flow));
	flow->src = *src;
	flow->dst = *dst;
	assoc_add(flows, &flow->node, hash, net->now.time);
	if (flows->count > net->limits.stream_count)
		flow_forget(net, (struct flow *)flows->oldest);
	return flow;
}

static bool was_seen(const struct flow *flow, uint32_t tsn)
{
	uint32_t n = flow->seen_count < SEEN_MAX ? flow->seen_count : SEEN_MAX;

	for (uint32_t i = 0; i < n; i++)
		if (tsn - flow->seen[i].first <= flow->seen[i].last - flow->seen[i].first)
			return true;
	return false;
}

static void remember(struct flow *flow, uint32_t first, uint32_t last)
{
	uint32_t at = flow->seen_count++ % SEEN_MAX;

	flow->seen[at].first = first;
	flow->seen[at].last = last;
}

static void emit(struct net *net, const struct flow *flow, struct slice bytes, uint32_t missing,
		 const struct net_ref *first)
{
	net_emit(net, &(struct net_datagram){
			      .src = flow->src,
			      .dst = flow->dst,
			      .transport = NET_SCTP,
			      .bytes = bytes,
			      .missing = missing,
			      .first = *first,
		      });
}

/* Sorted into the list; NULL where its number is there already. */
static struct piece *piece_add(struct net *net, struct flow *flow, const struct chunk *c)
{
	struct piece **at = &flow->pieces, *p;

	while (*at && (int32_t)(c->tsn - (*at)->tsn) > 0)
		at = &(*at)->next;
	if (*at && (*at)->tsn == c->tsn)
		return NULL;
	p = mem_realloc(NULL, sizeof(*p) + c->len);
	*p = (struct piece){*at, net->now, c->tsn, c->len, c->stream, c->number, c->flags};
	memcpy(p->bytes, c->p, c->len);
	*at = p;
	flow->piece_count++;
	flow->bytes += sizeof(*p) + c->len;
	net->sctp.bytes += sizeof(*p) + c->len;
	return p;
}

static bool follows(const struct piece *p, const struct piece *next)
{
	return next && next->tsn == p->tsn + 1 && next->stream == p->stream && next->number == p->number &&
	       !(next->flags & FLAG_BEGIN);
}

/* The link to the first piece of a message that is whole, with its end; NULL where none is. */
static struct piece **find_whole(struct flow *flow, struct piece **ret_last)
{
	for (struct piece **at = &flow->pieces; *at; at = &(*at)->next) {
		struct piece *p = *at;

		if (!(p->flags & FLAG_BEGIN))
			continue;
		while (!(p->flags & FLAG_END) && follows(p, p->next))
			p = p->next;
		if (p->flags & FLAG_END) {
			*ret_last = p;
			return at;
		}
	}
	return NULL;
}

static void hand_over_whole(struct net *net, struct flow *flow)
{
	struct piece *last, **first = find_whole(flow, &last), *p, *end;
	struct net_ref from;
	struct buf message = {0};

	if (!first)
		return;
	from = (*first)->from;
	end = last->next;
	remember(flow, (*first)->tsn, last->tsn);
	while ((p = *first) != end) {
		buf_add(&message, slice_bytes(p->bytes, p->len));
		*first = p->next;
		piece_free(&net->sctp, flow, p);
	}
	if (net->sink.probe(buf_slice(&message)) == NET_PROBE_YES)
		emit(net, flow, buf_slice(&message), 0, &from);
	buf_done(&message);
}

static void limit(struct net *net, struct flow *flow)
{
	if (flow->bytes > net->limits.message_bytes || flow->piece_count > PIECES_MAX)
		net_count_many(net, NET_LOST_SCTP_UNFINISHED, pieces_free(&net->sctp, flow));
	while (net->sctp.bytes > net->limits.stream_bytes)
		flow_forget(net, (struct flow *)net->sctp.flows.oldest);
}

static void add_fragment(struct net *net, const struct net_addr *src, const struct net_addr *dst, const struct chunk *c)
{
	struct flow *flow;

	if (c->missing) {
		net_count(net, NET_LOST_SNAPPED);
		return;
	}
	flow = flow_get(net, src, dst);
	if (was_seen(flow, c->tsn) || !piece_add(net, flow, c))
		return;
	hand_over_whole(net, flow);
	limit(net, flow);
}

static void data_chunk(struct net *net, const struct net_addr *src, const struct net_addr *dst, const struct chunk *c)
{
	struct slice bytes = slice_bytes(c->p, c->len);
	struct flow *flow;

	if ((c->flags & (FLAG_BEGIN | FLAG_END)) != (FLAG_BEGIN | FLAG_END)) {
		add_fragment(net, src, dst, c);
		return;
	}
	if (net->sink.probe(bytes) != NET_PROBE_YES && !net_port_forced(net, src->port, dst->port))
		return;
	flow = flow_get(net, src, dst);
	if (was_seen(flow, c->tsn))
		return;
	remember(flow, c->tsn, c->tsn);
	emit(net, flow, bytes, c->missing, &net->first);
}

void sctp_packet(struct net *net, const struct ip_pair *ip, struct layer l)
{
	struct net_addr src, dst;

	if (l.len < PACKET_HEAD) {
		layer_short(net, &l);
		return;
	}
	src = ip_pair_addr(ip->family, ip->src, get_be16(l.p));
	dst = ip_pair_addr(ip->family, ip->dst, get_be16(l.p + 2));
	layer_skip(&l, PACKET_HEAD);
	while (l.len >= 4) {
		uint32_t len = get_be16(l.p + 2), here = len < l.len ? len : l.len;

		if (len < 4) {
			net_count(net, NET_LOST_BROKEN);
			return;
		}
		if (l.p[0] == CHUNK_DATA && here >= DATA_HEAD)
			data_chunk(net, &src, &dst,
				   &(struct chunk){.tsn = get_be32(l.p + 4),
						   .len = here - DATA_HEAD,
						   .missing = len - here,
						   .stream = get_be16(l.p + 8),
						   .number = get_be16(l.p + 10),
						   .flags = l.p[1],
						   .p = l.p + DATA_HEAD});
		len = (len + 3) & ~3u;
		layer_skip(&l, len < l.len ? len : l.len);
	}
}
