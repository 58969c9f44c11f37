/* SPDX-License-Identifier: MIT */
#include "fuzz/talk.h"
#include "net/packet_build.h"
#include "tools/capture_gen.h"

#include <inttypes.h>

enum { CONNECTIONS_MAX = 64, FIRST_SEQ = 1000, PIECES_MAX = 200 };
static const uint64_t MS = 1000000, BEGIN = 1700000000000000000;
static const uint64_t STEP_MAX = 100000000; /* ms: a day */

/* --- reading --- */

static struct slice next_word(struct slice *line)
{
	const char *blank;
	struct slice word;

	blank = line->len ? memchr(line->p, ' ', line->len) : NULL;
	word = blank ? slice_range(line->p, blank) : *line;
	*line = blank ? slice_range(blank + 1, line->p + line->len) : (struct slice){line->p + line->len, 0};
	return word;
}

/* packets have addresses of one family */
static void read_line(struct talk_message *message, struct slice line)
{
	struct net_addr src = message->src, dst = message->dst;

	message->piece = 0;
	slice_to_u64(next_word(&line), &message->step);
	message->step %= STEP_MAX;
	net_transport_parse(next_word(&line), &message->transport);
	if (net_addr_parse(next_word(&line), 5060, &src, NULL) == 0 &&
	    net_addr_parse(next_word(&line), 5060, &dst, NULL) == 0 && src.family == dst.family) {
		message->src = src;
		message->dst = dst;
	}
	slice_to_u64(next_word(&line), &message->piece);
}

void talk_read(struct talk *ret, struct slice bytes)
{
	const uint8_t core[4] = {10, 0, 0, 1}, server[4] = {10, 0, 0, 2};
	struct talk_message message = {.src = net_addr_v4(core, 5060), .dst = net_addr_v4(server, 5060)};
	const char *end = bytes.p + bytes.len, *at = slice_begins(bytes, SLICE("@@ ")) ? bytes.p + 3 : bytes.p;

	ret->count = 0;
	while (at && at < end && ret->count < TALK_MESSAGES_MAX) {
		const char *mark = slice_find(slice_range(at, end), SLICE("\n@@ "));
		struct slice piece = slice_range(at, mark ? mark : end);
		const char *line_end = piece.len ? memchr(piece.p, '\n', piece.len) : NULL;
		at = mark ? mark + 4 : NULL;
		if (!line_end)
			continue;
		read_line(&message, slice_range(piece.p, line_end));
		message.text = slice_range(line_end + 1, piece.p + piece.len);
		ret->messages[ret->count++] = message;
	}
}

void talk_write(struct buf *to, const struct talk_message *message)
{
	char src[NET_ADDR_TEXT_MAX], dst[NET_ADDR_TEXT_MAX];

	buf_printf(to, "%s@@ %" PRIu64 " %s %s %s %" PRIu64 "\n", to->len ? "\n" : "", message->step,
		   net_transport_name(message->transport), net_addr_format(src, &message->src),
		   net_addr_format(dst, &message->dst), message->piece);
	buf_add(to, message->text);
}

/* --- a capture of it --- */

struct direction { /* of a connection, or an association */
	struct net_addr src, dst;
	uint32_t seq;
};

struct capturing {
	struct buf *to;
	struct buf packet;
	uint64_t time;
	struct direction directions[CONNECTIONS_MAX];
	size_t count;
};

static struct direction *direction_of(struct capturing *c, const struct net_addr *src, const struct net_addr *dst)
{
	struct direction *d = c->directions;

	while (d < c->directions + c->count && !(net_addr_eq(&d->src, src) && net_addr_eq(&d->dst, dst)))
		d++;
	if (d == c->directions + CONNECTIONS_MAX)
		d--;
	else if (d == c->directions + c->count) {
		*d = (struct direction){*src, *dst, FIRST_SEQ};
		c->count++;
	}
	return d;
}

static void record(struct capturing *c)
{
	gen_capture_record(c->to, c->time++, buf_slice(&c->packet));
	buf_clear(&c->packet);
}

static void put_segments(struct capturing *c, const struct talk_message *m)
{
	struct slice rest = m->text;
	struct direction *there = direction_of(c, &m->src, &m->dst), *back = direction_of(c, &m->dst, &m->src);
	size_t piece = m->piece ? m->piece : PACKET_TCP_MAX;

	if (piece < rest.len / PIECES_MAX)
		piece = rest.len / PIECES_MAX;
	while (rest.len) {
		struct slice now = {rest.p, rest.len < piece ? rest.len : piece};
		if (now.len > PACKET_TCP_MAX)
			now.len = PACKET_TCP_MAX;
		packet_build_tcp(&c->packet, &m->src, &m->dst, there->seq, back->seq, TCP_ACK | TCP_PSH, now);
		record(c);
		there->seq += (uint32_t)now.len;
		rest = (struct slice){rest.p + now.len, rest.len - now.len};
	}
}

static void put_message(struct capturing *c, const struct talk_message *m)
{
	struct slice text = m->text;

	if (m->transport == NET_TCP) {
		put_segments(c, m);
	} else if (m->transport == NET_SCTP) {
		text.len = text.len < PACKET_SCTP_MAX ? text.len : PACKET_SCTP_MAX;
		packet_build_sctp(&c->packet, &m->src, &m->dst, direction_of(c, &m->src, &m->dst)->seq++, text);
		record(c);
	} else {
		text.len = text.len < PACKET_UDP_MAX ? text.len : PACKET_UDP_MAX;
		packet_build_udp(&c->packet, &m->src, &m->dst, text);
		record(c);
	}
}

void talk_capture(struct buf *to, const struct talk *talk)
{
	struct capturing c = {.to = to, .time = BEGIN};

	gen_capture_begin(to);
	for (size_t i = 0; i < talk->count; i++) {
		c.time += talk->messages[i].step * MS;
		put_message(&c, &talk->messages[i]);
	}
	buf_done(&c.packet);
}
