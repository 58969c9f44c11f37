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

/* One direction of a stream. Most messages come whole and never wait. */
struct wire_half {
	struct buf waiting; /* what is not a whole message yet */
	size_t wanted;      /* how long it will be, where its head tells; else 0 */
	bool in_step;       /* a message has begun where one was to begin */
};

struct wire_stream {
	struct wire_half halves[2];
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
	struct wire_half *half;      /* NULL: no stream, where nothing can be out of step */
};

static void tell_message(struct cut *cut, struct slice bytes)
{
	cut->message.bytes = bytes;
	if (cut->half)
		cut->half->in_step = true;
	cut->wire->sink.message(cut->wire->sink.arg, &cut->message);
}

/* A capture or a gap may begin inside a message: what comes before the next start line is no fault of anybody's. */
static void tell_junk(struct cut *cut)
{
	const struct wire_message *message = &cut->message;

	if (!cut->half || !cut->half->in_step)
		return;
	cut->half->in_step = false;
	tell_gap(cut->wire, message->time, &message->path.src, &message->path.dst, FLOW_GAP_UNREADABLE);
}

/* Returns how many bytes are done with. *ret_wanted: how many the next message will have, where that is known; else 0.
 */
static size_t cut_messages(struct cut *cut, struct slice bytes, size_t *ret_wanted)
{
	struct slice rest = bytes;
	size_t skip, len = 0;

	while (rest.len) {
		enum sip_frame frame = sip_frame_stream(rest, SIP_MSG_MAX, &skip, &len, NULL);
		if (frame == SIP_FRAME_MORE)
			break;
		if (frame == SIP_FRAME_MESSAGE)
			tell_message(cut, (struct slice){rest.p + skip, len});
		else if (frame == SIP_FRAME_JUNK)
			tell_junk(cut);
		rest = (struct slice){rest.p + skip + len, rest.len - skip - len};
	}
	*ret_wanted = rest.len ? len : 0;
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
	size_t skip, len, wanted;

	if (d->missing)
		tell_gap(wire, d->last.time, &d->src, &d->dst, FLOW_GAP_CUT);
	if (d->several)
		cut_messages(&cut, d->bytes, &wanted);
	else if (is_message(d))
		tell_message(&cut, d->bytes);
	else if (sip_frame_datagram(d->bytes, &skip, &len) == SIP_FRAME_MESSAGE)
		tell_message(&cut, (struct slice){d->bytes.p + skip, len});
}

/* --- streams --- */

/* To what waits is added what belongs to it, where that is known, or all. What is left of *bytes can be read where it
 * is. */
static void complete(struct cut *cut, struct slice *bytes)
{
	struct wire_half *half = cut->half;
	size_t n = bytes->len;

	if (half->wanted && half->wanted - half->waiting.len < n)
		n = half->wanted - half->waiting.len;
	buf_add(&half->waiting, (struct slice){bytes->p, n});
	*bytes = (struct slice){bytes->p + n, bytes->len - n};
	if (half->waiting.len >= half->wanted)
		buf_drop_front(&half->waiting, cut_messages(cut, buf_slice(&half->waiting), &half->wanted));
}

/* Whole messages are read where they are; only what is cut is copied. */
static void on_stream_bytes(void *ctx, struct net_stream *stream, int dir, struct slice bytes,
			    const struct net_ref *from, const struct net_ref *now)
{
	struct wire_stream *own = stream->user ? stream->user : (stream->user = mem_alloc(sizeof(*own)));
	struct wire_half *half = &own->halves[dir];
	struct cut cut = {
		.wire = ctx,
		.message =
			{
				.time = now->time,
				.path = {stream->end[dir], stream->end[!dir], stream->transport},
				.place = {now->file, now->frame},
			},
		.half = half,
	};
	size_t done;

	if (half->waiting.len)
		complete(&cut, &bytes);
	if (!bytes.len)
		return;
	cut.message.place = (struct event_place){from->file, from->frame};
	done = cut_messages(&cut, bytes, &half->wanted);
	if (done < bytes.len)
		buf_add(&half->waiting, (struct slice){bytes.p + done, bytes.len - done});
}

static void on_stream_gap(void *ctx, struct net_stream *stream, int dir, uint64_t missing, const struct net_ref *now)
{
	struct wire_stream *own = stream->user;

	/* what waits behind the hole is read only now that it is given up, later than it came */
	tell_gap(ctx, now->time, &stream->end[0], &stream->end[1], FLOW_GAP_LOST | FLOW_GAP_ORDER);
	if (!own)
		return;
	buf_clear(&own->halves[dir].waiting);
	own->halves[dir].wanted = 0;
	own->halves[dir].in_step = false;
}

static void on_stream_end(void *ctx, struct net_stream *stream)
{
	struct wire_stream *own = stream->user;

	if (!own)
		return;
	buf_done(&own->halves[0].waiting);
	buf_done(&own->halves[1].waiting);
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
