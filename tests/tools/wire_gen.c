/* SPDX-License-Identifier: MIT */
#include "tools/wire_gen.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "net/bytes.h"
#include "net/packet_build.h"
#include "tools/capture_gen.h"

#include <stdlib.h>

const char *const wire_mode_names[WIRE_MODE_COUNT] = {"udp", "tcp", "frag", "mixed"};

enum {
	USERS_A_CONNECTION = 20,
	SEGMENT_MAX = 1448,
	QUEUE_MAX = 12000,
	IP_HEAD = 20,
	FRAGMENT_MAX = 576, /* a multiple of eight, as fragments are cut */
	MEDIA_LEN = 172,
	BULK_LEN = 1400
};

struct connection { /* [0]: of the side that opened it, [1]: of the other */
	struct net_addr end[2];
	uint32_t seq[2];
	struct buf queue[2];
	uint32_t waiting[2]; /* bits of the users whose messages are in the queue */
	bool open;
};

struct wire {
	enum wire_mode mode;
	FILE *file;
	uint64_t seed, time;
	struct buf capture;
	struct buf held; /* a packet that the next one overtakes */
	uint32_t pairs;  /* of connections: client to core, core to server */
	struct connection *connections;
	uint32_t bulk_seq;
	char noise[BULK_LEN];
};

static uint32_t below(struct wire *wire, uint32_t limit)
{
	return (uint32_t)rng_below(&wire->seed, limit);
}

/* --- packets --- */

static void write_packet(struct wire *wire, struct slice packet)
{
	buf_clear(&wire->capture);
	gen_capture_record(&wire->capture, wire->time += 5000 + below(wire, 90000), packet);
	fwrite(wire->capture.p, 1, wire->capture.len, wire->file);
}

static void write_with_held(struct wire *wire, struct slice packet)
{
	write_packet(wire, packet);
	if (wire->held.len)
		write_packet(wire, buf_slice(&wire->held));
	buf_clear(&wire->held);
}

/* One in `odds` waits for the next. */
static void write_or_hold(struct wire *wire, struct slice packet, uint32_t odds)
{
	if (!wire->held.len && below(wire, odds) == 0)
		buf_add(&wire->held, packet);
	else
		write_with_held(wire, packet);
}

/* --- datagrams --- */

/* RFC 791 2.3: the offset in units of eight bytes. */
static void write_fragment(struct wire *wire, struct slice packet, uint16_t id, size_t from, size_t len)
{
	bool more = from + len < packet.len - IP_HEAD;
	struct buf fragment = {0};
	uint8_t *head;

	buf_add(&fragment, (struct slice){packet.p, IP_HEAD});
	buf_add(&fragment, (struct slice){packet.p + IP_HEAD + from, len});
	head = (uint8_t *)fragment.p;
	put_be16(head + 2, (uint32_t)fragment.len);
	put_be16(head + 4, id);
	put_be16(head + 6, (uint32_t)(from / 8) | (more ? 0x2000 : 0));
	put_be16(head + 10, 0);
	put_be16(head + 10, packet_sum_end(packet_sum(0, head, IP_HEAD)));
	write_or_hold(wire, buf_slice(&fragment), 50);
	buf_done(&fragment);
}

static void write_fragments(struct wire *wire, struct slice packet)
{
	uint16_t id = (uint16_t)rng_next(&wire->seed);

	for (size_t at = 0, rest = packet.len - IP_HEAD, len; rest; at += len, rest -= len) {
		len = rest < FRAGMENT_MAX ? rest : FRAGMENT_MAX;
		write_fragment(wire, packet, id, at, len);
	}
}

static void write_datagram(struct wire *wire, const struct net_addr *src, const struct net_addr *dst,
			   struct slice payload)
{
	struct buf packet = {0};

	packet_build_udp(&packet, src, dst, payload);
	if (wire->mode == WIRE_FRAG && packet.len > IP_HEAD + FRAGMENT_MAX)
		write_fragments(wire, buf_slice(&packet));
	else
		write_with_held(wire, buf_slice(&packet));
	buf_done(&packet);
}

/* --- connections --- */

static void write_segment(struct wire *wire, const struct connection *c, unsigned from, uint8_t flags,
			  struct slice payload)
{
	struct buf packet = {0};

	packet_build_tcp(&packet, &c->end[from], &c->end[!from], c->seq[from], flags == TCP_SYN ? 0 : c->seq[!from],
			 flags, payload);
	if (!payload.len) {
		write_with_held(wire, buf_slice(&packet));
	} else {
		write_or_hold(wire, buf_slice(&packet), 100);
		if (below(wire, 100) == 0)
			write_with_held(wire, buf_slice(&packet));
	}
	buf_done(&packet);
}

/* What waits to be sent by that end, cut as the sender pleases. */
static void flush(struct wire *wire, struct connection *c, unsigned from)
{
	struct slice rest = buf_slice(&c->queue[from]);

	while (rest.len) {
		size_t len = below(wire, 4) ? SEGMENT_MAX : 200 + below(wire, SEGMENT_MAX - 200);
		if (len > rest.len)
			len = rest.len;
		write_segment(wire, c, from, len == rest.len ? TCP_ACK | TCP_PSH : TCP_ACK,
			      (struct slice){rest.p, len});
		c->seq[from] += (uint32_t)len;
		rest = (struct slice){rest.p + len, rest.len - len};
	}
	if (c->queue[from].len && below(wire, 2))
		write_segment(wire, c, !from, TCP_ACK, SLICE(""));
	buf_clear(&c->queue[from]);
	c->waiting[from] = 0;
}

static void open_connection(struct wire *wire, struct connection *c, const struct net_addr *opener,
			    const struct net_addr *other)
{
	c->end[0] = *opener;
	c->end[1] = *other;
	c->end[0].port = (uint16_t)(20000 + (c - wire->connections) % 40000); /* no two at a time share one */
	c->seq[0] = (uint32_t)rng_next(&wire->seed);
	c->seq[1] = (uint32_t)rng_next(&wire->seed);
	c->open = true;
	write_segment(wire, c, 0, TCP_SYN, SLICE(""));
	c->seq[0]++;
	write_segment(wire, c, 1, TCP_SYN | TCP_ACK, SLICE(""));
	c->seq[1]++;
	write_segment(wire, c, 0, TCP_ACK, SLICE(""));
}

/* What a user's message answers or passes on has come before it. */
static void flush_others(struct wire *wire, struct connection pair[2], const struct buf *queue, uint32_t user)
{
	for (unsigned i = 0; i < 2; i++)
		for (unsigned end = 0; end < 2; end++)
			if (&pair[i].queue[end] != queue && pair[i].waiting[end] & user)
				flush(wire, &pair[i], end);
}

/* Clients open theirs to the core, and the core opens its own to the server, whose address is the higher one. */
static void queue_message(struct wire *wire, uint32_t user, const struct net_addr *src, const struct net_addr *dst,
			  struct slice message)
{
	bool clients = src->ip[1] || dst->ip[1], opener = clients ? src->ip[1] != 0 : src->ip[3] < dst->ip[3];
	struct connection *pair = &wire->connections[2 * (user / USERS_A_CONNECTION)], *c = &pair[clients ? 0 : 1];
	uint32_t bit = 1u << user % USERS_A_CONNECTION;
	unsigned from = opener ? 0 : 1;

	if (!c->open)
		open_connection(wire, c, opener ? src : dst, opener ? dst : src);
	flush_others(wire, pair, &c->queue[from], bit);
	if (c->queue[from].len + message.len > QUEUE_MAX || (c->queue[from].len && below(wire, 4) == 0))
		flush(wire, c, from);
	buf_add(&c->queue[from], message);
	c->waiting[from] |= bit;
}

/* --- other traffic --- */

static void write_noise(struct wire *wire)
{
	uint32_t host = below(wire, 5000);
	const uint8_t there[4] = {10, 2, (uint8_t)(host >> 8), (uint8_t)host}, here[4] = {10, 0, 0, 9};
	struct net_addr peer = net_addr_v4(there, (uint16_t)(10000 + 2 * (host % 10000))),
			media = net_addr_v4(here, 20000), web = net_addr_v4(here, 443);
	struct buf packet = {0};

	if (below(wire, 100) < 70) {
		wire->noise[0] = (char)0x80; /* RTP (RFC 3550 5.1) */
		packet_build_udp(&packet, &peer, &media, (struct slice){wire->noise, MEDIA_LEN});
	} else {
		packet_build_tcp(&packet, &web, &peer, wire->bulk_seq, 1, TCP_ACK,
				 (struct slice){wire->noise + 1, BULK_LEN - 1});
		wire->bulk_seq += BULK_LEN - 1;
	}
	write_packet(wire, buf_slice(&packet));
	buf_done(&packet);
}

/* --- life --- */

struct wire *wire_new(enum wire_mode mode, FILE *file, uint32_t users, uint64_t seed)
{
	struct wire *wire = mem_alloc(sizeof(*wire));

	*wire = (struct wire){.mode = mode, .file = file, .seed = seed, .time = 1700000000000000000ull};
	wire->pairs = users / USERS_A_CONNECTION + 1;
	wire->connections = mem_alloc(2 * wire->pairs * sizeof(*wire->connections));
	for (size_t i = 0; i < sizeof(wire->noise); i++)
		wire->noise[i] = (char)(rng_next(&wire->seed) | 1);
	gen_capture_begin(&wire->capture);
	fwrite(wire->capture.p, 1, wire->capture.len, file);
	return wire;
}

void wire_message(struct wire *wire, uint32_t user, const struct net_addr *src, const struct net_addr *dst,
		  struct slice message)
{
	while (wire->mode == WIRE_MIXED && below(wire, 100) >= 2)
		write_noise(wire);
	if (wire->mode == WIRE_TCP)
		queue_message(wire, user, src, dst, message);
	else
		write_datagram(wire, src, dst, message);
}

void wire_free(struct wire *wire)
{
	for (uint32_t i = 0; i < 2 * wire->pairs; i++)
		for (unsigned end = 0; end < 2; end++) {
			flush(wire, &wire->connections[i], end);
			buf_done(&wire->connections[i].queue[end]);
		}
	if (wire->held.len)
		write_packet(wire, buf_slice(&wire->held));
	buf_done(&wire->held);
	buf_done(&wire->capture);
	free(wire->connections);
	free(wire);
}
