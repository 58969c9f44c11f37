/* SPDX-License-Identifier: MIT */
#include "trace/wire.h"
#include "base/buf.h"
#include "base/mem.h"
#include "sip/frame.h"
#include "sip/msg.h"

#include <stdlib.h>

struct wire {
	struct net *net;
	struct wire_sink sink;
};

/* What of each direction of a stream is not a whole message yet; most messages come whole and never wait. */
struct wire_stream {
	struct buf waiting[2];
	bool in_step[2]; /* a message has begun where one was to begin */
};

static enum net_probe probe(struct slice bytes)
{
	if (sip_msg_probe(bytes))
		return NET_PROBE_YES;
	while (bytes.len && (bytes.p[0] == '\r' || bytes.p[0] == '\n'))
		bytes.p++, bytes.len--;
	if (!bytes.len)
		return NET_PROBE_MAYBE;
	if (sip_msg_probe(bytes))
		return NET_PROBE_YES;
	/* a segment may be shorter than a start line */
	return bytes.len < 16 && bytes.p[0] >= 'A' && bytes.p[0] <= 'Z' && !memchr(bytes.p, '\n', bytes.len)
		       ? NET_PROBE_MAYBE
		       : NET_PROBE_NO;
}

static void tell_gap(const struct wire *wire, uint64_t time, const struct net_addr *a, const struct net_addr *b,
		     enum flow_gap gap)
{
	if (wire->sink.gap)
		wire->sink.gap(wire->sink.arg, time, a, b, gap);
}

/* --- from bytes to messages --- */

struct cut { /* bytes that are cut into messages */
	const struct wire *wire;
	struct wire_message message; /* all but the bytes */
	bool *in_step;               /* NULL: no stream, where nothing can be out of step */
};

static void tell_message(struct cut *cut, struct slice bytes)
{
	cut->message.bytes = bytes;
	if (cut->in_step)
		*cut->in_step = true;
	cut->wire->sink.message(cut->wire->sink.arg, &cut->message);
}

/* A capture or a gap may begin inside a message: what comes before the next start line is no fault of anybody's. */
static void tell_junk(struct cut *cut)
{
	const struct wire_message *message = &cut->message;

	if (!cut->in_step || !*cut->in_step)
		return;
	*cut->in_step = false;
	tell_gap(cut->wire, message->time, &message->path.src, &message->path.dst, FLOW_GAP_UNREADABLE);
}

/* Returns how many bytes are done with. */
static size_t cut_messages(struct cut *cut, struct slice bytes)
{
	struct slice rest = bytes;
	enum sip_frame frame;
	size_t skip, len;

	do {
		frame = sip_frame_stream(rest, SIP_MSG_MAX, &skip, &len, NULL);
		if (frame == SIP_FRAME_MESSAGE)
			tell_message(cut, (struct slice){rest.p + skip, len});
		else if (frame == SIP_FRAME_JUNK)
			tell_junk(cut);
		rest = (struct slice){rest.p + skip + len, rest.len - skip - len};
	} while (frame != SIP_FRAME_MORE && rest.len);
	return bytes.len - rest.len;
}

/* --- datagrams --- */

/* Most need no second look. */
static bool is_message(const struct net_datagram *d)
{
	return d->probed && d->bytes.p[0] != '\r' && d->bytes.p[0] != '\n';
}

static void on_datagram(void *ctx, const struct net_datagram *d)
{
	const struct wire *wire = ctx;
	struct cut cut = {
		.wire = wire,
		.message =
			{
				.time = d->last.time,
				.path = {d->src, d->dst, d->transport},
				.place = {d->last.file, d->last.frame},
				.cut = d->missing != 0,
			},
	};
	size_t skip, len;

	if (d->missing)
		tell_gap(wire, d->last.time, &d->src, &d->dst, FLOW_GAP_CUT);
	if (d->several)
		cut_messages(&cut, d->bytes);
	else if (is_message(d))
		tell_message(&cut, d->bytes);
	else if (sip_frame_datagram(d->bytes, &skip, &len) == SIP_FRAME_MESSAGE)
		tell_message(&cut, (struct slice){d->bytes.p + skip, len});
}

/* --- streams --- */

/* Whole messages are read where they are; only what is cut is copied. */
static void on_stream_bytes(void *ctx, struct net_stream *stream, int dir, struct slice bytes,
			    const struct net_ref *from, const struct net_ref *now)
{
	struct wire_stream *own = stream->user ? stream->user : (stream->user = mem_alloc(sizeof(*own)));
	struct buf *waiting = &own->waiting[dir];
	struct cut cut = {
		.wire = ctx,
		.message =
			{
				.time = now->time,
				.path = {stream->end[dir], stream->end[!dir], stream->transport},
				.place = {now->file, now->frame},
			},
		.in_step = &own->in_step[dir],
	};
	size_t done;

	if (waiting->len) {
		buf_add(waiting, bytes);
		buf_drop_front(waiting, cut_messages(&cut, buf_slice(waiting)));
		return;
	}
	done = cut_messages(&cut, bytes);
	buf_add(waiting, (struct slice){bytes.p + done, bytes.len - done});
}

static void on_stream_gap(void *ctx, struct net_stream *stream, int dir, uint64_t missing, const struct net_ref *now)
{
	struct wire_stream *own = stream->user;

	tell_gap(ctx, now->time, &stream->end[0], &stream->end[1], FLOW_GAP_LOST);
	if (!own)
		return;
	buf_clear(&own->waiting[dir]);
	own->in_step[dir] = false;
}

static void on_stream_end(void *ctx, struct net_stream *stream)
{
	struct wire_stream *own = stream->user;

	if (!own)
		return;
	buf_done(&own->waiting[0]);
	buf_done(&own->waiting[1]);
	free(own);
	stream->user = NULL;
}

/* --- life --- */

struct wire *wire_new(const struct net_config *config, const struct wire_sink *sink)
{
	struct wire *wire = mem_alloc(sizeof(*wire));
	const struct net_sink below = {wire, probe, on_datagram, on_stream_bytes, on_stream_gap, on_stream_end};

	wire->sink = *sink;
	wire->net = net_new(config, &below);
	return wire;
}

void wire_free(struct wire *wire)
{
	if (!wire)
		return;
	net_free(wire->net);
	free(wire);
}

void wire_feed(struct wire *wire, const struct capture_packet *packet, uint32_t file)
{
	net_feed(wire->net, packet, file);
}

void wire_finish(struct wire *wire)
{
	net_finish(wire->net);
}

const struct net_stats *wire_stats(const struct wire *wire)
{
	return net_stats(wire->net);
}
